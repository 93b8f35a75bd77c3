"""Reading incidents: which entry stands, what was done about it, and whose word on either counts."""

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec

from ..model import Incident, IncidentEvent
from ..vault.entries import CircleKind, Status
from ..vault.records import Place
from ..vault.table import VaultDB
from ..vault.vault import Outline, Vault
from .events import event_of
from .known_incident import KnownEvent, KnownIncident

_IN_A_CASE = ("steps", "decisions", "agreements", "checks", "approaches")


class IncidentReader:
    """Reads them by who signed them: nobody corrects another's, or writes about what they cannot read."""

    def __init__(self, vault: Vault, db: VaultDB) -> None:
        self._vault = vault
        self._db = db
        self._wrote: frozenset[tuple[bytes, bytes]] | None = None
        """Who has written in which circle of a case, as far as somebody asked in this reading."""

    def digest(self, ident: str) -> str:
        """Return SHA-256 of an incident as it is stored, in hex: who can tell it has read it."""
        content = self._vault.read(("incidents", ident))
        return hashlib.sha256(content).hexdigest() if content is not None else "?"

    def read(self, decided: Iterable[Outline], done: Iterable[Outline]) -> list[KnownIncident]:
        """Return incidents with what was done about them, oldest first, from what the file says of each."""
        self._wrote = None
        records: dict[str, Incident] = {}
        first: dict[str, str] = {}
        standing: dict[str, str] = {}
        for seen in decided:
            found = event_of(self._vault, self._db, "incidents", seen.id, Incident)
            if found is None:
                continue
            record = records[seen.id] = self._in_its_case(seen, found[1])
            before = records.get(record.corrects)
            # Only one's own is corrected, and only what was there already: no two entries undo each other.
            own = before is not None and record.corrects != seen.id and before.author == record.author
            first[seen.id] = first[record.corrects] if own else seen.id
            standing[first[seen.id]] = seen.id
        events = self._events(done, first)
        known = [
            KnownIncident(ident, record, tuple(events.get(first[ident], ())), corrected=standing[first[ident]] != ident)
            for ident, record in records.items()
        ]
        return sorted(known, key=lambda one: (one.record.happened, one.record.entered))

    def about(self, notes: Collection[str]) -> list[Place]:
        """Return where the incidents lie that were decided on some notes, with what was done about them since.

        Only those whose author could read the note: what others claim to be about it stays where it is.
        """
        known = self.read(self._vault.outline("incidents"), self._vault.outline("incident_events"))
        found = [
            one for one in known if any(n in notes and self.could_read(one.record.author, n) for n in one.record.notes)
        ]
        events = (("incident_events", event.id) for one in found for event in one.events)
        return list(dict.fromkeys([*(("incidents", one.id) for one in found), *events]))

    def could_read(self, author: str, note: str) -> bool:
        """Whether somebody could read a note, as far as this person can tell."""
        record, who = self._vault.record(("notes", note)), bytes.fromhex(author)
        if record is None or record.author == who:
            return record is not None
        directory, circles = self._vault.directory, self._vault.readers(("notes", note))
        return left_school(self._vault, who) or any(directory.in_circle(who, circle) for circle in circles)

    def _events(self, done: Iterable[Outline], first: Mapping[str, str]) -> dict[str, list[KnownEvent]]:
        """Return what was done about each incident, by its first entry."""
        found: dict[str, dict[str, IncidentEvent]] = {}
        for seen in done:
            event = event_of(self._vault, self._db, "incident_events", seen.id, IncidentEvent)
            if event is not None and event[1].incident in first and event[1].digest == self.digest(event[1].incident):
                found.setdefault(first[event[1].incident], {})[seen.id] = event[1]
        events: dict[str, list[KnownEvent]] = {}
        for ident, written in found.items():
            back = {
                said.takes_back
                for said in written.values()
                if said.takes_back in written and written[said.takes_back].author == said.author
            }
            known = (KnownEvent(one, said, taken_back=one in back) for one, said in written.items())
            events[ident] = sorted(known, key=lambda one: one.record.happened)
        return events

    def _in_its_case(self, seen: Outline, record: Incident) -> Incident:
        """Return an incident without a case that its author takes and took no part in, or that cannot read it."""
        if not record.case:
            return record
        circle = self._vault.directory.labelled(CircleKind.CASE, record.case)
        author = bytes.fromhex(record.author)
        if circle is not None and circle.id in seen.granted and self._took_part(author, circle.id):
            return record
        return msgspec.structs.replace(record, case="")

    def _took_part(self, author: bytes, circle: bytes) -> bool:
        if self._vault.directory.in_circle(author, circle) or left_school(self._vault, author):
            return True
        if self._wrote is None:
            places = ((table, seen.id) for table in _IN_A_CASE for seen in self._vault.outline(table))
            records = filter(None, map(self._vault.record, places))
            self._wrote = frozenset((record.author, record.home) for record in records)
        return (author, circle) in self._wrote


def left_school(vault: Vault, person: bytes) -> bool:
    """Whether somebody has left school: what they wrote while they were there stays what it was."""
    known = vault.directory.people.get(person)
    return known is not None and known.status is Status.LEFT
