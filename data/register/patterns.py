"""The pattern check of one person: over the notes they can read, with what was weighed before and by whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from ..clean import clean_text
from ..errors import N_, NotAllowed, UsageError
from ..insight.events import Counted
from ..insight.patterns import Pattern, find
from ..insight.weigh import ANSWERS, Advice, Finding, advise, weigh
from ..model import Dismissal, NationalKind, NoteKind, School
from ..protocol import Proof
from ..protocol.proofs import criteria_in
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .cases import Cases
from .events import by_author
from .house import House
from .known import KnownCase
from .lists import behaviours
from .notes import KnownNote, Notes, check_length, forms_of
from .pupils import Pupils, school_year
from .text import draw, link

HARMFUL = frozenset({NationalKind.INJURY, NationalKind.ARMED, NationalKind.SEXUAL})
"""The national kinds with which a child is injured; the school says which of its own kinds are one of these."""


class Window(StrEnum):
    """How far back is looked."""

    WEEKS = "weeks"
    """As many weeks as the school has set."""
    YEAR = "year"
    """Since the school year began."""


@dataclass(frozen=True)
class KnownPattern:
    """A pattern with its notes, what it may mean, the cases that know of it, and how it was weighed before."""

    pattern: Pattern
    notes: Mapping[str, KnownNote]
    """The notes of every figure, by id."""
    findings: Mapping[str, Finding]
    """How the criteria stand, by the protocol's ids."""
    advice: Advice
    cases: tuple[str, ...]
    """The open cases that some of its notes are in."""
    ended: tuple[str, ...]
    """The closed cases that some are in."""
    inside: str
    """The open case that all of its notes are in, if there is one; of a pair also the first of several that they are
    in. Several towards one in more than one case is something that none of these cases shows."""
    weighed: tuple[Dismissal, ...]
    """When somebody found that nothing follows from it, newest first; what was judged on fewer notes too."""
    dismissed: Dismissal | None
    """The one of these that knew every note of it."""

    @property
    def key(self) -> str:
        """What it is found again by."""
        return self.pattern.key

    @property
    def waits(self) -> bool:
        """Whether somebody should look: it is in no case, and was not weighed with all its notes."""
        return not self.inside and self.dismissed is None

    def of(self, ids: Iterable[str]) -> list[KnownNote]:
        """Return the notes of a figure, oldest first."""
        return [self.notes[ident] for ident in ids if ident in self.notes]


class Patterns:
    """What the notes that this person can read show together."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, notes: Notes, cases: Cases, house: House) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._notes = notes
        self._cases = cases
        self._house = house

    @property
    def writes(self) -> bool:
        """Whether this person weighs patterns: staff does."""
        return self._vault.directory.staff(self._vault.me.id)

    def since(self, window: Window) -> date:
        """Return the first day of a window."""
        today = self._vault.machine.clock.now().astimezone().date()
        if window is Window.YEAR:
            return date(int(school_year(today)[:4]), 8, 1)
        return today - timedelta(weeks=self._house.school().pattern_weeks)

    def all(self, window: Window = Window.WEEKS, cases: Sequence[KnownCase] | None = None) -> list[KnownPattern]:
        """Return the patterns of a window: what waits first, then what weighs most, then what was last.

        Private notes are in none, and neither is anything confidential. `cases` are the readable ones, where somebody
        has read them already. Reads and decrypts; not for the screen's own thread.
        """
        begin = datetime.combine(self.since(window), time()).astimezone()
        # Whatever happened since was written down since: the clock that says so is the author's own in both.
        notes = {known.id: known for known in self._notes.all(begin) if _counts(known)}
        now = self._vault.machine.clock.now()
        school = self._house.school()
        found = find(
            map(_counted, notes.values()),
            since=begin,
            until=now + timedelta(days=1),  # a colleague's clock may go before this one
            least=school.pattern_least,
        )
        if not found:
            return []
        known = {case.code: case for case in (self._cases.all() if cases is None else cases)}
        weighed = self._weighed()
        patterns = [self._known(pattern, notes, school, known, weighed) for pattern in found]
        order = list(Advice)
        return sorted(patterns, key=lambda one: (not one.waits, order.index(one.advice)))

    def get(self, key: str, window: Window = Window.WEEKS) -> KnownPattern:
        """Return one pattern; raises NotAllowed if it is not, or no longer, there for this person."""
        for known in self.all(window):
            if known.key == key:
                return known
        raise NotAllowed(N_("This does not exist, or you may not see it."))

    def dismiss(self, known: KnownPattern, reason: str) -> str:
        """Write down why nothing follows from a pattern, until a further note comes; return the entry's id.

        Raises UsageError without a reason, NotAllowed for who is no staff, NotSaved or Busy.
        """
        if not self.writes:
            raise NotAllowed(N_("Only staff of the school can weigh a pattern."))
        if not clean_text(reason).strip():
            raise UsageError(N_("Write in one sentence why nothing follows from it now."))
        check_length(reason)
        pattern = known.pattern
        record = Dismissal(
            author=self._vault.me.id.hex(),
            entered=self._vault.machine.clock.now(),
            pupils=pattern.pupils,
            many=pattern.many,
            notes=tuple(sorted(pattern.written)),
            reason=link(reason, forms_of(self._pupils.all(), {*pattern.pupils, *pattern.others})),
        )
        return str(self._db.table("dismissals").insert(msgspec.to_builtins(record)))

    # --- what is known of a pattern ----------------------------------------------------------------------------

    def _known(
        self,
        pattern: Pattern,
        notes: Mapping[str, KnownNote],
        school: School,
        cases: Mapping[str, KnownCase],
        weighed: Mapping[tuple[bool, frozenset[str]], list[Dismissal]],
    ) -> KnownPattern:
        codes = {event.id: self._cases_of(notes[event.id], cases) for event in pattern.events}
        every = sorted(set().union(*codes.values()))
        still_open = [code for code in every if cases[code].open]
        inside = next((code for code in still_open if all(code in within for within in codes.values())), "")
        if not pattern.many and not inside and all(within.intersection(still_open) for within in codes.values()):
            inside = still_open[0]
        harmful = {kind.id for kind in behaviours(school) if kind.national in HARMFUL}
        assessed = _assessed([cases[code] for code in every])
        findings = weigh(pattern, least=school.pattern_least, harmful=harmful, assessed=assessed)
        history = weighed.get((pattern.many, frozenset(pattern.pupils)), [])
        return KnownPattern(
            pattern=pattern,
            notes={event.id: notes[event.id] for event in (*pattern.events, *pattern.back, *pattern.alone)},
            findings=findings,
            advice=advise(pattern, findings),
            cases=tuple(still_open),
            ended=tuple(code for code in every if not cases[code].open),
            inside=inside,
            weighed=tuple(history),
            dismissed=next((one for one in history if self._holds(one, pattern)), None),
        )

    def _cases_of(self, known: KnownNote, cases: Mapping[str, KnownCase]) -> set[str]:
        """Return the codes of all readable cases that a note is in: it can have flared up in a second one."""
        if not known.case:
            return set()
        circles, readers = self._vault.directory.circles, self._vault.readers(("notes", known.id))
        labels = {circles[circle].label for circle in readers if circles[circle].kind is CircleKind.CASE}
        return labels & cases.keys()

    # --- what was weighed before -------------------------------------------------------------------------------

    def _weighed(self) -> dict[tuple[bool, frozenset[str]], list[Dismissal]]:
        """Return the dismissals that can be read, newest first, by whose pattern they are about.

        By who signed them: whatever its content says, nobody writes in another's name.
        """
        found: dict[tuple[bool, frozenset[str]], list[Dismissal]] = {}
        for ident, said in self._db.table("dismissals").everything(Dismissal).items():
            record = self._vault.record(("dismissals", ident))
            if record is not None:
                one = by_author(said, record.author.hex())
                found.setdefault((one.many, frozenset(one.pupils)), []).insert(0, one)
        return found

    def _holds(self, dismissal: Dismissal, pattern: Pattern) -> bool:
        """Whether somebody weighed all there is: every note is named, and they can read every one of them.

        Anybody on the staff can write that a pattern means nothing: from who cannot know its notes it is shown, and
        changes nothing.
        """
        if not pattern.written <= set(dismissal.notes):
            return False
        return all(self._reads(bytes.fromhex(dismissal.author), note) for note in pattern.written)

    def _reads(self, author: bytes, note: str) -> bool:
        """Whether somebody can read a note, as far as this person can tell by the keys they share."""
        directory, record = self._vault.directory, self._vault.record(("notes", note))
        if record is None:
            return False
        if record.author == author:
            return True
        return any(directory.in_circle(author, circle) for circle in self._vault.readers(("notes", note)))


def _counts(known: KnownNote) -> bool:
    """Whether a note counts: what its author keeps to themselves, or in a compartment, never does."""
    return not known.note.private and known.note.kind is not NoteKind.CONFIDENTIAL


def _counted(known: KnownNote) -> Counted:
    note = known.note
    return Counted(
        id=known.id,
        author=note.author,
        happened=note.happened,
        entered=note.entered,
        pupils=tuple((participant.pupil, participant.role) for participant in note.pupils),
        place=note.place,
        behaviours=note.behaviours,
        words=bool(note.words),
        corrects=note.corrects,
    )


def _assessed(cases: Iterable[KnownCase]) -> dict[str, str]:
    """Return what the assessments of cases say of the criteria, by the protocol's ids; of each the newest case's."""
    found: dict[str, str] = {}
    for case in sorted(cases, key=lambda known: known.case.opened):
        for view in case.progress.steps:
            if view.step.proof is Proof.ASSESSMENT:
                details = case.details(view.step.number)
                answers = {one: draw(details[field], lambda _: "") for one, field in criteria_in(details).items()}
                found |= {one: answer for one, answer in answers.items() if answer in ANSWERS}
    return found
