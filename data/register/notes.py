"""Notes: jotted in half a minute, never overwritten, read by those whom they concern.

A concept is gone on with by its author's next entry, which is shown in its place; a complete note is corrected by an
entry that is shown beside it. A colleague does neither: they write a note of their own.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import msgspec

from ..errors import N_, Changed, NotAllowed, UsageError
from ..model import LogWhat, Note, NoteKind
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Outline, Transaction, Vault
from .jotting import Jotting, check_length, forms_of, recognise
from .log import Log
from .pupils import Pupils
from .schema import SPECS
from .versions import KnownNote, family, standing, successors, with_originals

__all__ = ["PRIVATE_DAYS", "Jotting", "KnownNote", "Notes", "check_length", "forms_of", "recognise"]

PRIVATE_DAYS = 14
"""After so many days a private note is to be shared or removed: a drawer of one's own is no file."""


UNFINISHED_DAYS = 31
"""After so many days a concept is no longer asked for: it stands among the notes as what it is."""


class Notes:
    """The notes that this person can read."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._log = log
        self._opened: tuple[tuple[int, ...] | None, dict[tuple[str, str], KnownNote | None]] = None, {}

    # --- writing -------------------------------------------------------------------------------------------

    def add(self, jotting: Jotting, names: Mapping[str, str] | None = None) -> str:
        """Save a note and return its id once it is on the disk.

        `names` are the pupils as a case names them (id → name), for those who cannot read the pupils' list.
        Raises UsageError for an empty note, NotSaved or Busy with nothing written.
        """
        note = self._made(jotting, names)
        with self._vault.transaction():
            ident = str(self._db.table("notes").insert(msgspec.to_builtins(note)))
            if note.case:
                self._log.changed(note.case, LogWhat.NOTE)
        return ident

    def go_on(self, ident: str, jotting: Jotting, names: Mapping[str, str] | None = None) -> str:
        """Save the next entry of one's own concept and return its id; the concept is shown no more.

        Who could read the concept can read what became of it, whomever it names now: a group that a name was taken
        out of would else go on reading the half note. So it never becomes private again; a private concept, which
        nobody else has read, is removed for its next entry. It stays in the case it is in.
        Raises NotAllowed for another's note or a complete one, Changed where it was gone on with elsewhere, and what
        `add` raises.
        """
        with self._vault.transaction() as transaction:
            concept = self._own(ident)
            if not concept.note.concept:
                raise NotAllowed(N_("This note is complete. It can be corrected by a new entry."))
            last = self.get(ident)
            if last is None or last.id != ident:
                raise Changed(N_("This draft was completed elsewhere. Saved again, this is a note of its own."))
            if jotting.private and not concept.note.private:
                raise UsageError(N_("Others could read this draft, so it cannot become private."))
            happened = jotting.happened or concept.note.happened
            note = self._made(replace(jotting, happened=happened, case=concept.case), names)
            if concept.note.private:
                self._db.table("notes").remove(doc_ids=[ident])  # type: ignore[list-item]
                return str(self._db.table("notes").insert(msgspec.to_builtins(note)))
            return self._follow(transaction, concept, msgspec.structs.replace(note, replaces=ident))

    def correct(self, ident: str, jotting: Jotting, names: Mapping[str, str] | None = None) -> str:
        """Save a correction of one's own note and return its id; both are shown.

        Who could read the note can read its correction, also where that names other pupils; it joins the note's case.
        Raises NotAllowed for another's note, a private one or a concept, UsageError where nothing was changed, and
        what `add` raises.
        """
        with self._vault.transaction() as transaction:
            before = self._own(ident)
            if before.note.concept:
                raise NotAllowed(N_("This is a draft. Complete it first."))
            self.check_shared([ident])
            if jotting.private:
                raise UsageError(N_("Others could read this note, so its correction cannot be private."))
            happened = jotting.happened or before.note.happened
            note = self._made(replace(jotting, happened=happened, case=before.case, concept=False), names)
            if msgspec.structs.replace(note, entered=before.note.entered, case=before.note.case) == (
                msgspec.structs.replace(before.note, corrects="", replaces="")
            ):
                raise UsageError(N_("Nothing was changed."))
            return self._follow(transaction, before, msgspec.structs.replace(note, corrects=ident))

    def _made(self, jotting: Jotting, names: Mapping[str, str] | None) -> Note:
        now = self._vault.machine.clock.now()
        jotting.check(now)
        return jotting.note(self._vault.me.id.hex(), now, self._pupils.all(), names or {})

    def _own(self, ident: str) -> KnownNote:
        known = self._exact(ident)
        if known is None or known.note.author != self._vault.me.id.hex():
            raise NotAllowed(
                N_("Only who wrote a note goes on with it or corrects it. Write one of your own beside it.")
            )
        return known

    def _follow(self, transaction: Transaction, earlier: KnownNote, note: Note) -> str:
        """Write a note for its own readers and those of an earlier one."""
        readers, document = self._readers_of(transaction, earlier), msgspec.to_builtins(note)
        ident = str(self._db.table("notes").insert(document))
        placed = SPECS["notes"].place(transaction, document).circles
        for circle in sorted(readers - placed):
            transaction.grant(("notes", ident), circle)
        circles, cases = readers | placed, self._cases()
        for code in sorted(cases[circle] for circle in circles & cases.keys()):
            self._log.changed(code, LogWhat.NOTE)
        return ident

    def _readers_of(self, transaction: Transaction, known: KnownNote) -> frozenset[bytes]:
        """Return the circles that a note of one's own was meant for, and those that are seen to have a key.

        Not whoever a grant merely names: who cannot read a note can write one, and would get a key to the next.
        So a case that a colleague let it join, and that its author is not in, does not get what follows.
        """
        document, readers = msgspec.to_builtins(known.note), self._vault.readers(("notes", known.id))
        try:
            return readers | SPECS["notes"].place(transaction, document).circles
        except NotAllowed:  # written in a case that this person takes part in no more
            return readers

    # --- reading -------------------------------------------------------------------------------------------

    def all(self, since: datetime | None = None) -> list[KnownNote]:
        """Return the notes this person can read, oldest first by when it happened; only those written `since`.

        A concept that was gone on with is not among them; a correction stands straight behind its original.
        """
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

    def unfinished(self) -> list[KnownNote]:
        """Return one's own concepts of the last `UNFINISHED_DAYS` that wait to be completed, oldest first."""
        vault, since = self._vault, self._vault.machine.clock.now() - timedelta(days=UNFINISHED_DAYS)
        homes = {vault.own_circle()}
        if not vault.directory.staff(vault.me.id):
            homes |= {circle for circle in self._cases() if vault.can_open(circle)}
        written = vault.outline("notes", since.timestamp() * 1000)
        found, me = self._read(seen for seen in written if seen.home in homes), vault.me.id.hex()
        return [known for known in found if known.note.concept and known.note.author == me]

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

    def joining(self, notes: Iterable[str]) -> list[str]:
        """Return the ids of what joins a case with some notes: what stands in their place, with its corrections.

        Raises NotAllowed for a private note.
        """
        found: dict[str, None] = {}
        for ident in notes:
            near = [known.id for known in self.around(ident)] or [ident]
            self.check_shared(near)
            found |= dict.fromkeys(near)
        return list(found)

    # --- one by one ----------------------------------------------------------------------------------------

    def get(self, ident: str) -> KnownNote | None:
        """Return one note, or what a concept became; None if this person cannot read it."""
        return next(iter(self._read(seen for seen in self._vault.outline("notes") if seen.id == ident)), None)

    def some(self, outlines: Iterable[Outline]) -> list[KnownNote]:
        """Return those of some notes that this person can read, oldest first."""
        return self._read(outlines)

    def around(self, ident: str) -> list[KnownNote]:
        """Return a note with all it corrects and all that corrects it, in the order of writing."""
        last = self.get(ident)
        if last is None:
            return []
        first: KnownNote | None = last
        seen, find = {last.id}, self._finder()
        while first is not None and first.note.corrects and first.note.corrects not in seen:
            seen.add(first.note.corrects)
            first = find(first.note.corrects)
        outlines = self._vault.outline("notes")
        homes = {found.home for found in outlines if found.id in seen}
        since = next(at for at, found in enumerate(outlines) if found.id in seen)
        near = self._read(found for found in outlines[since:] if found.home in homes)
        return family(last.id, near, self._rank)

    def line(self, ident: str) -> frozenset[str]:
        """Return the ids of a note, of what it corrects and what corrects it, and of the concepts they come from."""
        found = {ident}
        for known in self.around(ident):
            one: KnownNote | None = known
            while one is not None and (one is known or one.id not in found):
                found.add(one.id)
                before = self._exact(one.note.replaces) if one.note.replaces else None
                one = before if before and before.note.concept and before.note.author == one.note.author else None
        return frozenset(found)

    def of_case(self, code: str) -> list[KnownNote]:
        """Return a case's notes, oldest first, each correction behind its original."""
        circle = self._vault.directory.labelled(CircleKind.CASE, code)
        if circle is None:
            return []
        granted = [seen for seen in self._vault.outline("notes") if circle.id in seen.granted]
        outside = {seen.home for seen in granted if not self._writes_in(circle.id, seen.home)}
        found = self._read(granted, code=code, also=outside)
        return [known for known in found if known.case == code]

    def _writes_in(self, case: bytes, home: bytes) -> bool:
        """Whether those who write notes with this home are in a case: what they write on about it is granted to it."""
        directory = self._vault.directory
        circle = directory.circles.get(home)
        if circle is None or circle.kind is not CircleKind.PERSON:
            return home == case
        return directory.in_circle(bytes.fromhex(circle.label), case)

    # --- opening -------------------------------------------------------------------------------------------

    def _rank(self, ident: str) -> int:
        return self._vault.order(("notes", ident))

    def _exact(self, ident: str) -> KnownNote | None:
        """Return a note itself, also a concept that was gone on with."""
        return self._finder()(ident)

    def _finder(self) -> Callable[[str], KnownNote | None]:
        """Return what finds notes themselves, one by one, having gone through the table once."""
        there: dict[str, Outline] = {}
        cases = self._cases()

        @cache
        def find(ident: str) -> KnownNote | None:
            if not there:
                there.update((seen.id, seen) for seen in self._vault.outline("notes"))
            return self._open([there[ident]], cases).get(ident) if ident in there else None

        return find

    def _read(
        self,
        outlines: Iterable[Outline],
        *,
        confidential: bool = False,
        code: str = "",
        also: Collection[bytes] = (),
    ) -> list[KnownNote]:
        """Open the notes of which only the outline is known, and put what became of concepts in their place.

        What cannot be opened is left out; what lies in one's compartment and what does not are never read together.
        `code`: the case they are read for. `also`: homes whose later notes may belong to these without being among
        them, for their authors are not in that case.
        """
        cases = self._cases()
        found = self._open(outlines, cases, confidential=confidential, code=code)
        if confidential:
            return sorted(found.values(), key=lambda known: known.note.happened)
        pool, homes = dict(found), {*also}
        concepts = {ident for ident, known in found.items() if known.note.concept}
        if concepts or homes:
            written = self._vault.outline("notes")
            homes |= {seen.home for seen in written if seen.id in concepts}
            first = next((at for at, seen in enumerate(written) if seen.id in found), 0)
            near = (seen for seen in written[first:] if seen.home in homes and seen.id not in found)
            pool |= self._open(near, cases, code=code)
        later, stands = successors(pool, self._rank), dict[str, KnownNote]()
        for ident, known in found.items():
            for last in standing(ident, later):
                one = stands.get(last, pool[last])
                begun = min(known.note.entered, one.written) if last != ident else one.begun
                case = one.case or known.case
                stands[last] = one if (case, begun) == (one.case, one.begun) else replace(one, case=case, begun=begun)
        for known in pool.values() if also else ():
            original = stands.get(known.note.corrects)
            if original is not None and known.id not in later and known.note.author == original.note.author:
                stands.setdefault(known.id, replace(known, case=known.case or original.case))
        ordered = sorted(stands.items(), key=lambda item: item[1].note.happened)
        return with_originals(dict(ordered), self._finder(), self._rank)

    def _open(
        self, outlines: Iterable[Outline], cases: Mapping[bytes, str], *, confidential: bool = False, code: str = ""
    ) -> dict[str, KnownNote]:
        # My day asks several times for much the same: what was opened is kept until a note or a key comes.
        stamp, (kept, opened) = self._vault.stamp("notes"), self._opened
        if stamp is None or stamp != kept:
            opened = {}
            self._opened = stamp, opened
        found = {}
        for seen in outlines:
            if (seen.id, code) not in opened:
                opened[seen.id, code] = self._known(seen, cases, code)
            known = opened[seen.id, code]
            if known and (known.note.private and known.note.kind is NoteKind.CONFIDENTIAL) is confidential:
                found[seen.id] = known
        return found

    def _known(self, seen: Outline, cases: Mapping[bytes, str], code: str) -> KnownNote | None:
        document = self._db.table("notes").typed(seen.id, Note)
        if document is None:
            return None
        case = "" if cases.keys().isdisjoint(seen.granted) else self._case_of(seen.id, cases, code)
        return KnownNote(seen.id, self._signed(seen, document), case)

    def _cases(self) -> dict[bytes, str]:
        """Return the circles of cases with the case's code."""
        return {c.id: c.label for c in self._vault.directory.circles.values() if c.kind is CircleKind.CASE}

    def _signed(self, seen: Outline, note: Note) -> Note:
        """Return a note by who signed it and who has a key: whatever its content says.

        Nobody writes in another's name, and what others can read is not called private. As far as its author can tell:
        anybody can write a grant that opens nothing.
        """
        record = self._vault.record(("notes", seen.id))
        if record is None:
            return note
        private = note.private and record.author == self._vault.me.id
        if private and seen.granted != {record.home}:
            private = self._vault.readers(("notes", seen.id)) <= {record.home}
        if (note.author, note.private) == (author := record.author.hex(), private):
            return note
        return msgspec.structs.replace(note, author=author, private=private)

    def _case_of(self, ident: str, cases: Mapping[bytes, str], wanted: str) -> str:
        """A note belongs to the case whose circle can read it: so it can join one later without being changed.

        Of several, the `wanted` one.
        """
        granted = self._vault.readers(("notes", ident)) & cases.keys()
        codes = {cases[circle] for circle in granted}
        return wanted if wanted in codes else min(codes, default="")
