"""Official complaints: that one came in, from whom, where it goes, and what came of it; never what it is about.

Leads and direction write them; who takes part in the case reads them as well (design, section 4). The counsellor
points the way and does not handle a complaint's content (the protocol), and the board decides on it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from ..clean import clean_line
from ..errors import N_, NotAllowed, UsageError
from ..model import Complaint, LogWhat
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .cases import Cases
from .events import event_of
from .log import Log
from .notes import check_length, forms_of, recognise
from .pupils import Pupils
from .schema import directs
from .text import link

MAX_LINE = 200
"""How long a source or a route is at most, in characters."""


@dataclass(frozen=True)
class KnownComplaint:
    """A complaint with what came of it, in the order of writing."""

    id: str
    record: Complaint
    said: tuple[Complaint, ...]

    @property
    def last(self) -> Complaint:
        """What was written last: the complaint itself, as long as nothing came of it."""
        return self.said[-1] if self.said else self.record

    @property
    def due(self) -> dt.date | None:
        """By when something has to be done, as it was written last; None: nothing has to."""
        return self.last.until


class Complaints:
    """The complaints that this person can read."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, cases: Cases, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._cases = cases
        self._log = log

    @property
    def writes(self) -> bool:
        """Whether this person may write one down."""
        return directs(self._vault)

    # --- writing -------------------------------------------------------------------------------------------

    def add(
        self,
        case: str,
        source: str,
        happened: dt.date,
        route: str = "",
        text: str = "",
        *,
        until: dt.date | None = None,
    ) -> str:
        """Write down that a complaint came in on a day, and return its id.

        `source` is from whom, `route` where it goes, `until` by when something has to be done. Raises UsageError
        without a source, for a day to come or a term that is past; NotAllowed for who is no lead and not the
        direction, or a case that does not exist; NotSaved or Busy.
        """
        if not clean_line(source):
            raise UsageError(N_("From whom is the complaint?"))
        return self._write(clean_line(case, 20).upper(), "", source, happened, route, text, until)

    def about(
        self,
        complaint: str,
        text: str,
        *,
        happened: dt.date | None = None,
        route: str = "",
        until: dt.date | None = None,
    ) -> str:
        """Write down what came of a complaint; without `until` nothing is waited for any more. Raises as `add`."""
        known = next((known for known in self.all() if known.id == complaint), None)
        if known is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        if not text.strip():
            raise UsageError(N_("What came of it? One sentence is enough."))
        day = happened or self._vault.machine.clock.now().date()
        return self._write(known.record.case, complaint, "", day, route, text, until)

    def _write(
        self, case: str, to: str, source: str, happened: dt.date, route: str, text: str, until: dt.date | None
    ) -> str:
        if not self.writes:
            raise NotAllowed(N_("An official complaint is written down by coordinator, IB or management."))
        check_length(text)
        now = self._vault.machine.clock.now()
        if happened > now.date():
            raise UsageError(N_("This date is still to come."))
        if until is not None and until < now.date():
            raise UsageError(N_("That day is past. By when has something to be done?"))
        with self._vault.transaction():
            forms = self._forms(case, f"{source}\n{text}")
            record = Complaint(
                case=case,
                author=self._vault.me.id.hex(),
                happened=happened,
                entered=now,
                source=link(clean_line(source, MAX_LINE), forms),
                route=link(clean_line(route, MAX_LINE), forms),
                to=to,
                text=link(text, forms),
                until=until,
            )
            ident = str(self._db.table("complaints").insert(msgspec.to_builtins(record)))
            self._log.changed(case, LogWhat.COMPLAINT)
        return ident

    def _forms(self, case: str, typed: str) -> list[tuple[str, str]]:
        """Return how pupils may be typed: those of the case, or, where this person cannot read it, whoever is named."""
        known = next((known for known in self._cases.all() if known.code == case), None)
        if known is not None:
            return known.forms
        pupils = self._pupils.all()
        return forms_of(pupils, set(recognise(typed, pupils, self._pupils.my_groups())))

    # --- reading -------------------------------------------------------------------------------------------

    def of_case(self, code: str) -> list[KnownComplaint]:
        """Return a case's complaints, oldest first."""
        wanted = clean_line(code, 20).upper()
        return [known for known in self.all() if known.record.case == wanted]

    def all(self) -> list[KnownComplaint]:
        """Return every complaint this person can read, oldest first."""
        records = dict(self._read(seen.id for seen in self._vault.outline("complaints")))
        said: dict[str, list[Complaint]] = {}
        for record in records.values():
            about = records.get(record.to)
            if about is not None and not about.to and about.case == record.case:
                said.setdefault(record.to, []).append(record)
        found = (KnownComplaint(ident, one, tuple(said.get(ident, ()))) for ident, one in records.items() if not one.to)
        return sorted(found, key=lambda known: (known.record.happened, known.record.entered))

    def _read(self, idents: Iterable[str]) -> Iterable[tuple[str, Complaint]]:
        """Yield what can be read, by who signed it: whatever its content says, nobody writes in another's name."""
        for ident in idents:
            found = event_of(self._vault, self._db, "complaints", ident, Complaint)
            if found is not None:
                yield found
