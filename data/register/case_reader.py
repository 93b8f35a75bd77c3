"""Reading cases: what happened in each is put together once, and again when something of it changes."""

from collections.abc import Iterable
from functools import partial

from ..clean import clean_line
from ..clock import moment_of
from ..model import Case, Decision, School, StepRecord
from ..protocol import Protocol
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Outline, Vault
from .agreed import TABLES, AgreedReader
from .calendar import Calendar
from .events import event_of
from .known import KnownCase, KnownDecision, KnownStep
from .schema import no_such_case

Events = dict[bytes, dict[str, list[Outline]]]
"""Circle → table → what was written there, in order, from outside."""


class CaseReader:
    """The cases that this person can read."""

    def __init__(self, vault: Vault, db: VaultDB, protocol: Protocol) -> None:
        self._vault = vault
        self._db = db
        self._agreed = AgreedReader(vault, db)
        self.protocol = protocol
        self._seen: dict[str, tuple[object, KnownCase]] = {}
        """What was read, by code, with the versions it was read from: events never change."""

    def all(self) -> list[KnownCase]:
        """Return the cases this person can read, oldest first."""
        homes, calendar = self._events_by_home(), self._calendar()
        codes = [seen.id for seen in self._vault.outline("cases")]
        found = [known for code in codes if (known := self._known(code, homes, calendar)) is not None]
        return sorted(found, key=lambda known: known.case.opened)

    def get(self, code: str) -> KnownCase:
        """Return one case; raises NotAllowed if it does not exist or this person cannot read it."""
        known = self._known(clean_line(code, 20).upper(), self._events_by_home(), self._calendar())
        if known is None:
            raise no_such_case()
        return known

    def _events_by_home(self) -> Events:
        """Return events from outside by circle and table: it must be their case's to count."""
        found: Events = {}
        for table in ("steps", "decisions", "approaches"):
            for seen in self._vault.outline(table):
                found.setdefault(seen.home, {}).setdefault(table, []).append(seen)
        for table in ("agreements", "checks"):
            for seen in self._vault.outline(table):
                for circle in seen.granted:  # one agreement can serve several cases
                    found.setdefault(circle, {}).setdefault(table, []).append(seen)
        return found

    def _calendar(self) -> Calendar:
        return Calendar(next((s.holidays for s in self._db.table("school").everything(School).values()), ()))

    def _known(self, code: str, homes: Events, calendar: Calendar) -> KnownCase | None:
        """Return a case with what happened in it; None if this person cannot read it, or it is none."""
        directory = self._vault.directory
        case = self._db.table("cases").typed(code, Case)
        circle = directory.labelled(CircleKind.CASE, code)
        record = self._vault.record(("cases", code))
        if case is None or circle is None or record is None or record.home != circle.id:
            return None
        if case.code != code:
            return None
        here = homes.get(circle.id, {})
        steps, decided = tuple(here.get("steps", ())), tuple(here.get("decisions", ()))
        inside = directory.members.get(circle.id, {})
        members = tuple(person for member in inside if (person := directory.people.get(member)) is not None)
        agreed = {name: tuple(here.get(name, ())) for name in TABLES}
        version = (record.rev, steps, decided, *agreed.values(), members, calendar)
        known = self._seen.get(code)
        if known is None or known[0] != version:
            decisions = (event_of(self._vault, self._db, "decisions", seen.id, Decision) for seen in decided)
            events = {"steps": steps, "decisions": decided, **agreed}
            written = max([record.time, *(seen.time for found in events.values() for seen in found)])
            case_now = KnownCase(
                case,
                self.protocol,
                partial(self._events, code, steps),
                partial(self._agreed.read, code, events),
                tuple(KnownDecision(ident, said) for ident, said in filter(None, decisions) if said.case == code),
                members,
                self._vault.me.id in inside,
                record.rev,
                moment_of(written),
                calendar,
            )
            known = self._seen[code] = (version, case_now)
        return known[1]

    def _events(self, code: str, steps: Iterable[Outline]) -> tuple[KnownStep, ...]:
        found = (event_of(self._vault, self._db, "steps", seen.id, StepRecord) for seen in steps)
        return tuple(KnownStep(ident, said) for ident, said in filter(None, found) if said.case == code)

    def forget(self) -> None:
        """Read every case anew: keys have come that may open more."""
        self._seen.clear()
