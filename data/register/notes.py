"""Notes: jotted in half a minute, never overwritten, read by those whom they concern."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from ..clean import MAX_TEXT, clean_line, clean_text
from ..errors import N_, NotAllowed, UsageError
from ..model import LogWhat, Note, NoteKind, Participant, ParticipantRole
from ..vault.directory import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Outline, Vault
from .log import Log
from .pupils import KnownPupil, Pupils
from .text import link, pupils_in

PRIVATE_DAYS = 14
"""After so many days a private note is to be shared or removed: a drawer of one's own is no file."""


@dataclass(frozen=True)
class KnownNote:
    """A note with its id and the case it belongs to, if this person takes part in it."""

    id: str
    note: Note
    case: str


@dataclass(frozen=True)
class Jotting:
    """A note as it was typed, before names become references."""

    facts: str
    words: str = ""
    did: str = ""
    pupils: tuple[tuple[str, ParticipantRole], ...] = ()
    place: str = ""
    happened: datetime | None = None
    kind: NoteKind = NoteKind.OBSERVATION
    case: str = ""
    private: bool = False


class Notes:
    """The notes that this person can read."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._log = log

    def add(self, jotting: Jotting, names: Mapping[str, str] | None = None) -> str:
        """Save a note and return its id once it is on the disk.

        `names` are the pupils as a case names them (id → name), for those who cannot read the pupils' list.
        Raises UsageError for an empty note, NotSaved or Busy with nothing written.
        """
        if not clean_text(jotting.facts).strip():
            raise UsageError(N_("A note needs at least one line about what was seen or heard."))
        check_length(jotting.facts, jotting.words, jotting.did)
        if jotting.private and jotting.case:
            raise UsageError(N_("A note in a case is for everybody who takes part; it cannot be private."))
        now = self._vault.machine.clock.now()
        if jotting.happened and jotting.happened > now:
            raise UsageError(N_("That moment is still to come. When did it happen?"))
        forms = forms_of(self._pupils.all(), {pupil for pupil, _ in jotting.pupils})
        forms += [(name, pupil) for pupil, name in (names or {}).items()]
        note = Note(
            kind=jotting.kind,
            author=self._vault.me.id.hex(),
            happened=jotting.happened or now,
            entered=now,
            facts=link(jotting.facts, forms),
            words=link(jotting.words, forms),
            did=link(jotting.did, forms),
            pupils=tuple(Participant(pupil=pupil, role=role) for pupil, role in dict(jotting.pupils).items()),
            place=clean_line(jotting.place, 60),
            case=jotting.case,
            private=jotting.private,
        )
        with self._vault.transaction():
            ident = str(self._db.table("notes").insert(msgspec.to_builtins(note)))
            if note.case:
                self._log.changed(note.case, LogWhat.NOTE)
        return ident

    def all(self, since: datetime | None = None) -> list[KnownNote]:
        """Return the notes this person can read, oldest first by when it happened; only those written `since`."""
        least = since.timestamp() * 1000 if since else 0
        return self._read(seen for seen in self._vault.outline("notes") if seen.time >= least)

    def fresh(self, since: datetime, seen: Callable[[str], datetime]) -> list[KnownNote]:
        """Return the loose notes written since a moment, and those in cases that were written after `seen(code)`."""
        cases = self._cases()
        mine = {circle for circle in cases if self._vault.can_open(circle)}
        least = {circle: seen(cases[circle]).timestamp() * 1000 for circle in mine}

        def wanted(found: Outline) -> bool:
            inside = found.granted & mine
            return any(found.time > least[circle] for circle in inside) if inside else True

        oldest = since.timestamp() * 1000
        return self._read(found for found in self._vault.outline("notes") if found.time >= oldest and wanted(found))

    def loose(self, since: datetime) -> list[KnownNote]:
        """Return the notes written since a moment that are in no case and not private, oldest first."""
        return [known for known in self.all(since) if not known.case and not known.note.private]

    # --- private ones --------------------------------------------------------------------------------------

    def alone(self) -> int:
        """Return how many notes of one's own nobody else can read, the counsellor's among them."""
        me = self._vault.me.id.hex()
        kept = (*self.all(), *self.confidential())
        return len({known.id for known in kept if known.note.private and known.note.author == me})

    def waiting(self) -> list[KnownNote]:
        """Return one's private notes that are older than `PRIVATE_DAYS`, oldest first: to be shared or removed."""
        before = (self._vault.machine.clock.now() - timedelta(days=PRIVATE_DAYS)).timestamp() * 1000
        mine = {self._vault.own_circle()}
        old = (seen for seen in self._vault.outline("notes") if seen.time < before and seen.granted == mine)
        return [known for known in self._read(old) if known.note.private]

    def share(self, ident: str) -> str:
        """Write a private note anew for those whom it concerns, remove the private one, and return the new id.

        What happened when stays; it counts as written down now, for nobody could read it before. Raises NotAllowed.
        """
        with self._vault.transaction():
            note = self._private(ident)
            shared = msgspec.structs.replace(note, private=False, entered=self._vault.machine.clock.now())
            self._db.table("notes").remove(doc_ids=[ident])  # type: ignore[list-item]
            return str(self._db.table("notes").insert(msgspec.to_builtins(shared)))

    def remove(self, ident: str) -> None:
        """Remove one's own private note for good, a confidential one too; raises NotAllowed for any other."""
        with self._vault.transaction():
            if ident not in {known.id for known in self.confidential()}:
                self._private(ident)
            self._db.table("notes").remove(doc_ids=[ident])  # type: ignore[list-item]

    def _private(self, ident: str) -> Note:
        known = self.get(ident)
        if known is None or not known.note.private:
            raise NotAllowed(N_("This is not yours to write."))
        return known.note

    def confidential(self) -> list[KnownNote]:
        """Return what is in one's own compartment, oldest first; it is in no other list."""
        mine = self._vault.own_circle()
        own = (seen for seen in self._vault.outline("notes") if seen.home == mine)
        return self._read(own, confidential=True)

    def check_shared(self, notes: Iterable[str]) -> None:
        """Raise NotAllowed for a private note: it is shared first, as a note of its own, and joins a case then."""
        if any(known is not None and known.note.private for known in map(self.get, notes)):
            raise NotAllowed(N_("This note is private. Share it first."))

    # --- reading -------------------------------------------------------------------------------------------

    def get(self, ident: str) -> KnownNote | None:
        """Return one note, or None if this person cannot read it."""
        return next(iter(self._read(seen for seen in self._vault.outline("notes") if seen.id == ident)), None)

    def some(self, outlines: Iterable[Outline]) -> list[KnownNote]:
        """Return those of some notes that this person can read, oldest first."""
        return self._read(outlines)

    def of_case(self, code: str) -> list[KnownNote]:
        """Return a case's notes, oldest first."""
        circle = self._vault.directory.labelled(CircleKind.CASE, code)
        if circle is None:
            return []
        found = self._read(seen for seen in self._vault.outline("notes") if circle.id in seen.granted)
        return [known for known in found if known.case == code]

    def _read(self, outlines: Iterable[Outline], *, confidential: bool = False) -> list[KnownNote]:
        """Open the notes of which only the outline is known; what cannot be opened is left out.

        What lies in one's compartment and what does not are never read together.
        """
        cases = self._cases()
        found = []
        for seen in outlines:
            document = self._db.table("notes").get(doc_id=seen.id)  # type: ignore[call-overload]
            if document is not None:
                case = self._case_of(seen.id, cases) if seen.granted & cases.keys() else ""
                note = self._signed(seen, dict(document))
                if (note.private and note.kind is NoteKind.CONFIDENTIAL) is confidential:
                    found.append(KnownNote(seen.id, note, case))
        return sorted(found, key=lambda known: known.note.happened)

    def _cases(self) -> dict[bytes, str]:
        """Return the circles of cases with the case's code."""
        return {c.id: c.label for c in self._vault.directory.circles.values() if c.kind is CircleKind.CASE}

    def _signed(self, seen: Outline, document: dict[str, object]) -> Note:
        """Return a note by who signed it and who has a key: whatever its content says.

        Nobody writes in another's name, and what others can read is not called private. As far as its author can tell:
        anybody can write a grant that opens nothing.
        """
        note, record = msgspec.convert(document, Note), self._vault.record(("notes", seen.id))
        if record is None:
            return note
        private = note.private and record.author == self._vault.me.id
        if private and seen.granted != {record.home}:
            private = self._vault.readers(("notes", seen.id)) <= {record.home}
        return msgspec.structs.replace(note, author=record.author.hex(), private=private)

    def _case_of(self, ident: str, cases: Mapping[bytes, str]) -> str:
        """A note belongs to the case whose circle can read it: so it can join one later without being changed."""
        granted = self._vault.readers(("notes", ident)) & cases.keys()
        return min((cases[circle] for circle in granted), default="")


def check_length(*texts: str) -> None:
    """Raise UsageError for a text that would be cut: what was typed is kept whole or not at all."""
    longest = max(map(len, texts), default=0)
    if longest > MAX_TEXT:
        raise UsageError(N_("This text is too long: {count} characters, at most {most}."), count=longest, most=MAX_TEXT)


def forms_of(pupils: Iterable[KnownPupil], chosen: set[str]) -> list[tuple[str, str]]:
    """Return the forms in which pupils may be typed in a note.

    Chosen pupils by given name; everybody by whole name. Forms that two share are left out by `link`.
    """
    forms = [(known.name, known.id) for known in pupils]
    return forms + [(known.pupil.given, known.id) for known in pupils if known.id in chosen]


def recognise(typed: str, pupils: Iterable[KnownPupil], mine: set[str]) -> list[str]:
    """Return the ids of pupils whom a typed text clearly names: by given name in one's own groups, or in full.

    Somebody else's pupil with the same given name does not count against one's own.
    """
    known = list(pupils)
    forms = [(pupil.name, pupil.id) for pupil in known if pupil.pupil.family]
    forms += [(pupil.pupil.given, pupil.id) for pupil in known if pupil.pupil.group in mine]
    return list(pupils_in(link(typed, forms)))
