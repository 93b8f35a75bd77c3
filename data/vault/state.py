"""What the transactions so far add up to: directory, records, grants, wraps, keyslots. Needs no private key.

Every rule on who may write is here, so that each reader and `verify` come to the same answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from ..errors import N_, Broken, Damaged
from . import crypto
from .crypto import sha256
from .directory import Directory, Forged, Refused
from .entries import Acceptance, CircleKind, Status
from .operations import (
    Checkpoint,
    DropGrant,
    DropSlot,
    DropWrap,
    Operation,
    Put,
    PutEntry,
    PutGrant,
    Wrap,
    decode,
)
from .reading import Transaction
from .records import Grant, Place, Record
from .slots import Slot


@dataclass(frozen=True)
class Policy:
    """Who may write in a table, and whether its documents ever change.

    `homes`: the kinds of circle a document can be at home in; its author must be in that circle.
    """

    events: bool
    homes: frozenset[CircleKind]
    stewards_only: bool = False
    outsiders: bool = False
    """Whether somebody who is not staff may have documents at home in their own circle."""
    deletable: bool = False
    """Whether an event's author may delete it, at home in their own circle and never granted to anybody else."""


class Stored(msgspec.Struct, array_like=True, gc=False):
    """A record in its place, with those it follows as long as its own signature was not found good."""

    record: Record
    sign: bytes
    """The author's signature key at the time of writing: a later key must not sign for then, nor an old one for now."""
    order: int
    earlier: "list[Stored] | None" = None
    """Oldest first, of the last record at a place only: in a row, for one within another has no end that is safe."""
    genuine: bool | None = None
    """Whether its signature holds; None as long as nobody looked."""


@dataclass
class State:
    """The sum of all transactions."""

    vault_id: bytes
    first_hash: bytes
    directory: Directory
    policies: Mapping[str, Policy]
    keep_all: bool = False
    """Whether superseded records are kept for `verify`."""
    live: bool = False
    """Whether other threads look at this: then the directory is replaced by a changed copy, never changed."""
    alone: bool = False
    """Whether nobody else looks yet, although what changes is kept track of."""
    tables: dict[str, dict[str, Stored]] = field(default_factory=dict)
    history: list[tuple[Place, Stored]] = field(default_factory=list)
    grants: dict[str, dict[str, list[Grant]]] = field(default_factory=dict)
    """Table → id → who can open that document, oldest first."""
    wraps: dict[bytes, dict[tuple[bytes, int], list[bytes]]] = field(default_factory=dict)
    """Circle → (member, epoch) → wraps, newest last."""
    slots: dict[bytes, Slot] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """What was refused, for `verify`: English sentences without anything a person typed."""
    signatures: int = 0
    forged: int = 0
    generation: int = 1
    maker: bytes = b""
    earlier: tuple[tuple[int, int, bytes], ...] = ()
    """All generations before this file: number, last frame's number, last hash."""
    accepted: list[Operation] | None = None
    """What counted, in order, for whoever writes the file anew."""
    order: int = 0
    touched: set[Place] = field(default_factory=set)
    keys_changed: bool = False
    """Whether people, circles or wraps changed since this was last set to False."""
    dropped: set[tuple[bytes, bytes]] = field(default_factory=set)
    """(circle, member) of the wraps that were taken away since this was last emptied."""
    accepting: bool = False
    """Whether a later generation is being prepared, which may hold the acceptance of this file."""
    _allowed: dict[tuple[str, bytes, bytes], bool] = field(default_factory=dict)
    """Who may write where, as long as the directory stays as it is."""

    def apply(self, transaction: Transaction) -> None:
        """Let a transaction count; what somebody was not allowed to write is left out and noted.

        Raises `Damaged` only for a file's first transaction: without that there is nothing to go on from.
        """
        operations = self._operations(transaction)
        if operations is None:
            return
        if self.live and not self.alone and any(isinstance(operation, PutEntry) for _, operation in operations):
            self.directory = self.directory.copy()
        for slot in transaction.slots:
            self.slots[slot.label] = slot
        for at, operation in operations:
            try:
                # Nearly all are these two, so they are told apart first.
                if isinstance(operation, PutGrant):
                    self._grant(*operation)
                elif isinstance(operation, Put):
                    self._put(*operation, transaction.first)
                else:
                    self._apply_one(operation, transaction, at)
                if self.accepted is not None:
                    self.accepted.append(operation)
            except Refused as refusal:
                self.forged += isinstance(refusal, Forged)
                if transaction.first and isinstance(operation, Checkpoint):
                    raise Broken(N_("The file's first transaction is not signed by who made it.")) from None
                self.problems.append(f"frame {transaction.seq}: {refusal.args[0]}")

    def _operations(self, transaction: Transaction) -> list[tuple[int, Operation]] | None:
        """Return what a transaction says; None, and a note, where that cannot be read."""
        try:
            operations = decode(transaction.operations)
        except Damaged as problem:
            if transaction.first:
                raise
            # Sealed, so written by somebody with the vault key, but senseless: left out whole, like a forgery.
            self.problems.append(f"frame {transaction.seq}: {problem}")
            return None
        # The maker's signature covers what comes before it: nothing may come behind it, and it comes once.
        if transaction.first:
            checkpoints = [at for at, (_, operation) in enumerate(operations) if isinstance(operation, Checkpoint)]
            if checkpoints != [len(operations) - 1]:
                raise Broken(N_("The file's first transaction is not signed."))
        return operations

    def _apply_one(self, operation: Operation, transaction: Transaction, at: int) -> None:
        match operation:
            case DropGrant(place, circle):
                policy = self.policies.get(place[0])
                if policy is not None and policy.events:
                    # Who was granted an event keeps it: dropping grants would be deleting, by anybody and unsigned.
                    raise Refused(N_("a grant of what is never changed, taken away"))
                given = self.grants.get(place[0], {})
                left = [grant for grant in given.pop(place[1], ()) if grant.circle != circle]
                if left:
                    given[place[1]] = left
                self._touch(place)
            case PutEntry(entry):
                self.signatures += 1
                self._allowed.clear()
                if isinstance(entry.statement, Acceptance):
                    self._check_acceptance(entry.statement, transaction)
                self.directory.add(entry)
                self.keys_changed = True
            case Wrap(circle, epoch, member, wrapped):
                self.wraps.setdefault(circle, {}).setdefault((member, epoch), []).append(wrapped)
                self.keys_changed = True
            case DropWrap(circle, member):
                held = self.wraps.get(circle, {})
                for key in [key for key in held if key[0] == member]:
                    del held[key]
                    if self.live:
                        self.dropped.add((circle, member))
            case DropSlot(label):
                self.slots.pop(label, None)
            case Checkpoint():
                self._checkpoint(operation, transaction, at)

    def _touch(self, place: Place) -> None:
        if self.live:
            self.touched.add(place)

    def _grant(self, place: Place, grant: Grant) -> None:
        table = self.grants.get(place[0])
        if table is None:
            table = self.grants[place[0]] = {}
        given = table.get(place[1])
        if given is None:
            table[place[1]] = [grant]
        else:
            given.append(grant)
        if self.live:
            self.touched.add(place)

    def places(self) -> set[Place]:
        """Return every place at which something was written or granted."""
        there: tuple[Mapping[str, Mapping[str, object]], ...] = self.tables, self.grants
        return {(table, ident) for tables in there for table, documents in tables.items() for ident in documents}

    def granted(self, place: Place) -> Sequence[Grant]:
        """Return the grants of a document, oldest first."""
        table = self.grants.get(place[0])
        return table.get(place[1], ()) if table else ()

    def take_changes(self) -> tuple[set[Place], bool]:
        """Return what was written or granted since last asked, and whether people, circles or wraps changed.

        While nobody looks at it yet (not `live`) every place is new: see `places`.
        """
        changes = self.touched, self.keys_changed
        self.touched, self.keys_changed = set(), False
        return changes

    def _check_acceptance(self, accepted: Acceptance, transaction: Transaction) -> None:
        """Refuse one that says of another generation than this file's or an earlier one: it begins a file."""
        if not self.accepting and not (transaction.first and accepted.generation <= self.generation):
            raise Refused(N_("an acceptance that does not belong there"))

    def _checkpoint(self, checkpoint: Checkpoint, transaction: Transaction, at: int) -> None:
        maker = self.directory.people.get(checkpoint.maker)
        signed = checkpoint.signed(self.first_hash, sha256(transaction.operations[:at]))
        self.signatures += 1
        numbers = (number for number, _, _ in checkpoint.earlier)
        whole = len(checkpoint.earlier) == self.generation - 1 and all(a == b for a, b in enumerate(numbers, 1))
        if not transaction.first or not whole or maker is None or maker.status is not Status.ACTIVE:
            raise Refused(N_("a checkpoint that does not belong there"))
        if not crypto.verify(maker.sign, checkpoint.signature, signed):
            raise Forged(N_("a checkpoint with a forged signature"))
        self.maker, self.earlier = maker.id, checkpoint.earlier

    def _put(self, place: Place, record: Record, carried: bool) -> None:
        """Let a record take its place; a file's first transaction carries over what stood in the one before."""
        name, ident = place
        policy = self.policies.get(name)
        if policy is None:
            raise Refused(N_("a document in a table that does not exist"))
        rev, author, home, sealed = record.rev, record.author, record.home, record.sealed
        asked = (name, author, home)
        allowed = self._allowed.get(asked)
        if allowed is None:
            allowed = self._allowed[asked] = may_write(self.directory, policy, author, home)
        if not allowed:
            raise Refused(N_("a document by somebody who might not write it"))
        table = self.tables.get(name)
        if table is None:
            table = self.tables[name] = {}
        before = table.get(ident)
        # Signatures wait until somebody looks (`standing`); a forged record still takes its number, so that
        # all readers agree on which one comes next, whatever they have looked at so far.
        deletion = not sealed and self.deletable(place, author, home)
        if before is None:
            fits = (rev == 1 and bool(sealed)) or (carried and (deletion or not policy.events))
        else:
            same_home = before.record.home == home
            fits = (deletion or not policy.events) and rev == before.record.rev + 1 and same_home
        if not fits:
            raise Refused(N_("a document that does not follow the one it replaces"))
        self.order += 1
        stored = table[ident] = Stored(record, self.directory.people[author].sign, self.order, _row(before))
        if self.keep_all:
            self.history.append((place, stored))
        if self.live:
            self.touched.add(place)

    def deletable(self, place: Place, author: bytes, home: bytes) -> bool:
        """Whether this person may delete this event at home in this circle: theirs, and never granted to others.

        Grants of events are never dropped, so those there are now are all there ever were.
        """
        policy, circle = self.policies[place[0]], self.directory.circles.get(home)
        if not policy.events or not policy.deletable or circle is None:
            return False
        own = circle.kind is CircleKind.PERSON and circle.label == author.hex()
        return own and all(grant.circle == home for grant in self.granted(place))

    def head(self, place: Place) -> Stored | None:
        """Return the last record written at a place, its signature perhaps not checked yet."""
        table = self.tables.get(place[0])
        return table.get(place[1]) if table else None

    def standing(self, place: Place) -> Stored | None:
        """Return the document that counts at a place: the last one whose author's signature holds.

        Signatures are checked here, once each, and not while reading the file: most documents are never opened.
        """
        head = self.head(place)
        if head is None or head.genuine:
            return head
        found: Stored | None = None
        for stored in chain((head,), reversed(head.earlier or ())):
            if stored.genuine is None:
                stored.genuine = self.genuine(place, stored)
            if stored.genuine:
                found = stored
                break
        # The forged ones behind it are not looked at again.
        head.earlier = [found] if found is not None and found is not head else None
        return found

    def genuine(self, place: Place, stored: Stored) -> bool:
        """Check a record's signature and keep the count."""
        self.signatures += 1
        if stored.record.genuine(self.vault_id, place, stored.sign):
            return True
        self.forged += 1
        self.problems.append(f"a document in '{place[0]}' with a forged signature")
        return False

    def continues(self, known: "State") -> bool:
        """Whether this, a later generation, has all entries of the directory and all that stood, or what followed it.

        Whoever writes a file anew chooses what to leave out: who had the old one open notices.
        """
        if self.directory.chain[: known.directory.count] != known.directory.chain:
            return False
        for table, documents in known.tables.items():
            for ident, head in documents.items():
                now = self.head((table, ident))
                alone = head.earlier is None and head.genuine is not False
                if alone and now is not None and now.record == head.record:
                    continue
                stood, stands = known.standing((table, ident)), self.standing((table, ident))
                if stood is None or (stands is not None and stands.record == stood.record):
                    continue
                if stands is None or stands.record.rev <= stood.record.rev:
                    return False
        return True

    def ids(self, table: str) -> Iterator[str]:
        """Yield the ids of a table's documents that were not deleted, in the order they were written."""
        for ident, head in self.tables.get(table, {}).items():
            if head.record.deleted:
                stored = self.standing((table, ident))
                if stored is None or stored.record.deleted:
                    continue
            yield ident


def _row(before: Stored | None) -> list[Stored] | None:
    """Return what the record that follows this one has to remember of those before it."""
    if before is None:
        return None
    row, before.earlier = before.earlier or [], None
    row.append(before)
    return row


def may_write(directory: Directory, policy: Policy, author: bytes, home: bytes) -> bool:
    """Whether this person may now write a document of this kind at home in this circle."""
    person, circle = directory.people.get(author), directory.circles.get(home)
    if person is None or circle is None or person.status is not Status.ACTIVE or circle.kind not in policy.homes:
        return False
    if policy.stewards_only and not person.steward:
        return False
    if circle.kind is CircleKind.PERSON and not policy.outsiders and not directory.staff(author):
        return False
    return directory.in_circle(author, home)
