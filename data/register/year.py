"""The school year: its figures, what of them was put down, and what the school is going to do better.

Leads make figures from everything; the direction from the incidents and the cases it reads, and reads what leads put
down (design, section 6).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from ..clean import clean_line, clean_text
from ..errors import N_, Changed, NotAllowed, UsageError
from ..insight.figures import Basis, Figures
from ..insight.year import figures
from ..insight.year_input import YearInput, span, year_of
from ..insight.year_words import YearWords
from ..model import Analysis, Improvement
from ..vault.entries import CircleKind, Status
from ..vault.table import VaultDB
from ..vault.vault import Vault
from ..words import Words
from .events import event_of
from .house import House
from .notes import check_length
from .pupils import Pupils
from .schema import directs
from .text import link, pupils_in
from .year_facts import YearFacts

MOST_REMARKS = 2000
MAX_POINT = 200
"""How long an improvement point is at most: what does not fit is more than one."""


@dataclass(frozen=True)
class KnownAnalysis:
    """A year's figures as somebody put them down."""

    id: str
    author: str
    entered: dt.datetime
    figures: Figures
    remarks: str


@dataclass(frozen=True)
class KnownPoint:
    """An improvement point as it stands now, and what was written about it, in the order of writing."""

    id: str
    year: str
    text: str
    owner: str
    due: dt.date | None
    said: tuple[Improvement, ...]
    done_on: dt.date | None
    """When it was called done, by the clock of who did; None: it goes on."""

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.done_on is not None

    def overdue(self, today: dt.date) -> bool:
        """Whether its day has passed and it is not done."""
        return not self.done and self.due is not None and self.due < today


def _sensible(stored: dict[str, Any]) -> Figures | None:
    """Return stored figures; None for what cannot be shown whole: keys that are no day, rows of another length."""
    try:
        found = msgspec.convert(stored, Figures)
        words = YearWords(found, Words("en"))
        words.based_on()
        words.sections()
        for kind in found.kinds:
            for table in found.tables:
                found.filtered(kind, table.id)
    except (ValueError, LookupError, ArithmeticError, TypeError):
        return None
    return found


class Year:
    """For leads and direction; everybody else is refused."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, house: House, facts: YearFacts) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._house = house
        self._facts = facts

    @property
    def reads(self) -> bool:
        """Whether figures are for this person."""
        return directs(self._vault)

    @property
    def basis(self) -> Basis:
        """What this person's figures are made from."""
        directory = self._vault.directory
        lead = directory.in_circle(self._vault.me.id, directory.the(CircleKind.LEAD).id)
        return Basis.ALL if lead else Basis.DIRECTION

    def _require(self) -> None:
        if not self.reads:
            raise NotAllowed(N_("The figures of the school year are for coordinator, IB and management."))

    # --- figures -------------------------------------------------------------------------------------------

    def collect(self) -> YearInput:
        """Return what figures are made from. Decrypts much: not for the screen's own thread. Raises NotAllowed."""
        self._require()
        return self._facts.collect(self._house.school(), self.basis)

    def figures(self, year: str = "") -> Figures:
        """Return a school year's figures as they are now, this year's if none is named; raises UsageError."""
        today = self._vault.machine.clock.now().date()
        span(year or year_of(today))
        return figures(year or year_of(today), self.collect(), today)

    def put_down(self, year: str, remarks: str = "") -> str:
        """Write down a school year's figures as they are now, and return the id.

        Raises UsageError for a remark that is too long or names a pupil, NotAllowed, NotSaved or Busy.
        """
        remarks = clean_text(remarks).strip()
        if len(remarks) > MOST_REMARKS:
            raise UsageError(N_("At most {most} characters."), most=MOST_REMARKS)
        self._check_nameless(remarks)
        found = self.figures(year)
        analysis = Analysis(
            author=self._vault.me.id.hex(),
            entered=self._vault.machine.clock.now(),
            year=found.year,
            figures=msgspec.to_builtins(found),
            remarks=remarks,
        )
        with self._vault.transaction():
            return str(self._db.table("analyses").insert(msgspec.to_builtins(analysis)))

    def stored(self, year: str = "") -> list[KnownAnalysis]:
        """Return what was put down, newest first; only of a year if one is named. Raises NotAllowed."""
        self._require()
        found = []
        for seen in self._vault.outline("analyses"):
            event = event_of(self._vault, self._db, "analyses", seen.id, Analysis)
            if event is None or (year and event[1].year != year):
                continue
            shown = _sensible(event[1].figures)
            if shown is None:
                continue  # of a newer version, or of nobody's
            if shown.year == event[1].year:
                found.append(KnownAnalysis(event[0], event[1].author, event[1].entered, shown, event[1].remarks))
        return found[::-1]

    def best(self, year: str = "") -> tuple[Figures, KnownAnalysis | None]:
        """Return what to look at first: for leads the figures of now, for others what leads put down last, if they did.

        With the second comes as what it was put down. Raises as `figures`.
        """
        today = self._vault.machine.clock.now().date()
        stored = [] if self.basis is Basis.ALL else self.stored(year or year_of(today))
        whole = next((one for one in stored if one.figures.basis is Basis.ALL), None)
        return (whole.figures, whole) if whole else (self.figures(year), None)

    # --- improvement points --------------------------------------------------------------------------------

    def add_point(self, text: str, owner: str, due: dt.date | None, year: str = "") -> str:
        """Write down what is going to be better, who sees to it (an id) and by when; return its id.

        `year` is the school year whose figures it came from, this one if none is named. Raises UsageError where
        something is missing, too long, past, or names a pupil; NotAllowed, NotSaved or Busy.
        """
        self._require()
        today = self._vault.machine.clock.now().date()
        year = year or year_of(today)
        span(year)
        if not clean_line(text):
            raise UsageError(N_("Write in one sentence what is going to be better."))
        self._check_owner(owner)
        if due is None:
            raise UsageError(N_("By when? Without a day nobody looks at it again."))
        return self._write(text, owner, due, year=year)

    def about_point(
        self,
        point: str,
        text: str = "",
        *,
        owner: str = "",
        due: dt.date | None = None,
        done: bool = False,
        seen: int | None = None,
    ) -> str:
        """Write down how far a point is, another owner or day, or that it is done; raises as `add_point`.

        What is not given stays. A point that was done goes on again by whatever is written about it without `done`.
        `seen` is how much was said about it when the form was opened: raises Changed where more was said since.
        """
        self._require()
        with self._vault.transaction():
            known = next((one for one in self.points() if one.id == point), None)
            if known is None:
                raise NotAllowed(N_("This does not exist, or you may not see it."))
            if seen is not None and len(known.said) != seen:
                raise Changed(N_("A colleague changed this meanwhile. Nothing was saved; your text is still here."))
            if owner and owner != known.owner:
                self._check_owner(owner)
            changed = (owner and owner != known.owner) or (due and due != known.due) or done != known.done
            if not clean_line(text) and not changed:
                raise UsageError(N_("Write in one sentence how far it is."))
            return self._write(text, owner, due if due != known.due else None, to=point, done=done)

    def _write(
        self, text: str, owner: str, due: dt.date | None, *, year: str = "", to: str = "", done: bool = False
    ) -> str:
        check_length(text)
        now, text = self._vault.machine.clock.now(), clean_line(text, 10 * MAX_POINT)
        if len(text) > MAX_POINT:
            raise UsageError(N_("At most {most} characters."), most=MAX_POINT)
        self._check_nameless(text)
        if due is not None and due < now.date():
            raise UsageError(N_("That day is past. By when has something to be done?"))
        record = Improvement(
            author=self._vault.me.id.hex(), entered=now, year=year, text=text, owner=owner, due=due, to=to, done=done
        )
        with self._vault.transaction():
            return str(self._db.table("improvements").insert(msgspec.to_builtins(record)))

    def _check_owner(self, owner: str) -> None:
        people = {
            person.id.hex() for person in self._vault.directory.people.values() if person.status is not Status.LEFT
        }
        if owner not in people:
            raise UsageError(N_("Who sees to it? Choose a colleague."))

    def _check_nameless(self, text: str) -> None:
        """Raise UsageError where a pupil is clearly named: this goes to people who know none of them."""
        forms = [(known.name, known.id) for known in self._pupils.all() if known.pupil.family]
        if pupils_in(link(text, forms)):
            raise UsageError(N_("A pupil is named in it. What belongs to the school year holds no names."))

    def points(self, year: str = "") -> list[KnownPoint]:
        """Return the improvement points in the order of writing, raises NotAllowed.

        Of a school year: those that came from it, and those of earlier years that were not done before it.
        """
        self._require()
        found = list(self._points())
        if not year:
            return found
        first = span(year)[0]
        return [
            one for one in found if one.year <= year and not (one.year < year and one.done_on and one.done_on < first)
        ]

    def _points(self) -> Iterable[KnownPoint]:
        records = dict(
            event
            for seen in self._vault.outline("improvements")
            if (event := event_of(self._vault, self._db, "improvements", seen.id, Improvement)) is not None
        )
        for ident, record in records.items():
            if record.to:
                continue
            said = tuple(other for other in records.values() if other.to == ident)
            last = said[-1] if said else record
            yield KnownPoint(
                id=ident,
                year=record.year,
                text=record.text,
                owner=next((one.owner for one in reversed(said) if one.owner), record.owner),
                due=next((one.due for one in reversed(said) if one.due), record.due),
                said=said,
                done_on=last.entered.astimezone().date() if last.done else None,
            )
