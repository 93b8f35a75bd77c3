"""What the transactions so far add up to: directory, records, grants, wraps, keyslots. Needs no private key.

Every rule on who may write is here, so that each reader and `verify` come to the same answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import N_, Damaged
from .crypto import sha256, verify
from .directory import CircleKind, Directory, Refused, Status
from .journal import Transaction
from .operations import (
    Checkpoint,
    DropGrant,
    DropSlot,
    DropWrap,
    Put,
    PutEntry,
    PutGrant,
    Wrap,
    decode,
)
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


@dataclass
class Stored:
    """A record in its place, with the one it replaced as long as its signature has not been checked."""

    record: Record
    sign: bytes
    """The author's signature key at the time of writing: a later key must not sign for then, nor an old one for now."""
    order: int
    before: "Stored | None"
    checked: bool = False


@dataclass
class State:
    """The sum of all transactions."""

    vault_id: bytes
    first_hash: bytes
    directory: Directory
    policies: Mapping[str, Policy]
    tables: dict[str, dict[str, Stored]] = field(default_factory=dict)
    grants: dict[Place, dict[bytes, list[Grant]]] = field(default_factory=dict)
    wraps: dict[bytes, dict[tuple[bytes, int], list[bytes]]] = field(default_factory=dict)
    """Circle → (member, epoch) → wraps, newest last."""
    slots: dict[bytes, Slot] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    """What was refused, for `verify`: English sentences without anything a person typed."""
    signatures: int = 0
    forged: int = 0
    maker: bytes = b""
    order: int = 0
    touched: set[Place] = field(default_factory=set)
    directory_changed: bool = False

    def apply(self, transaction: Transaction) -> None:  # noqa: PLR0912 - one branch per kind of operation
        """Let a transaction count; what somebody was not allowed to write is left out and noted."""
        try:
            operations = list(decode(transaction.operations))
        except Damaged as problem:
            if transaction.first:
                raise
            # Sealed, so written by somebody with the vault key, but senseless: left out whole, like a forgery.
            self.problems.append(f"frame {transaction.seq}: {problem}")
            return
        for slot in transaction.slots:
            self.slots[slot.label] = slot
        for at, operation in operations:
            try:
                match operation:
                    case Put(place, record):
                        self._put(place, record)
                    case PutGrant(place, grant):
                        self.grants.setdefault(place, {}).setdefault(grant.circle, []).append(grant)
                        self.touched.add(place)
                    case DropGrant(place, circle):
                        self.grants.get(place, {}).pop(circle, None)
                        self.touched.add(place)
                    case PutEntry(entry):
                        self.signatures += 1
                        self.directory.add(entry)
                        self.directory_changed = True
                    case Wrap(circle, epoch, member, wrapped):
                        self.wraps.setdefault(circle, {}).setdefault((member, epoch), []).append(wrapped)
                        self.directory_changed = True
                    case DropWrap(circle, member):
                        held = self.wraps.get(circle, {})
                        for key in [key for key in held if key[0] == member]:
                            del held[key]
                    case DropSlot(label):
                        self.slots.pop(label, None)
                    case Checkpoint():
                        self._checkpoint(operation, transaction, at)
            except Refused as refusal:
                self.problems.append(f"frame {transaction.seq}: {refusal.args[0]}")
        if transaction.first and not self.maker:
            raise Damaged(N_("The file's first transaction is not signed."))

    def _checkpoint(self, checkpoint: Checkpoint, transaction: Transaction, at: int) -> None:
        maker = self.directory.people.get(checkpoint.maker)
        signed = checkpoint.signed(self.first_hash, sha256(transaction.operations[:at]))
        if not transaction.first or maker is None or not verify(maker.sign, checkpoint.signature, signed):
            raise Damaged(N_("The file's first transaction is not signed by who made it."))
        self.maker = maker.id

    def _put(self, place: Place, record: Record) -> None:
        policy = self.policies.get(place[0])
        if policy is None:
            raise Refused(N_("a document in a table that does not exist"))
        if not self.may_write(policy, record.author, record.home):
            raise Refused(N_("a document by somebody who might not write it"))
        before = self.standing(place)
        if before is None:
            fits = record.rev == 1 and not record.deleted
        else:
            same_home = before.record.home == record.home
            fits = not policy.events and record.rev == before.record.rev + 1 and same_home
        if not fits:
            raise Refused(N_("a document that does not follow the one it replaces"))
        self.order += 1
        sign = self.directory.people[record.author].sign
        self.tables.setdefault(place[0], {})[place[1]] = Stored(record, sign, self.order, before)
        self.touched.add(place)

    def may_write(self, policy: Policy, author: bytes, home: bytes) -> bool:
        """Whether this person may now write a document at home in this circle."""
        person, circle = self.directory.people.get(author), self.directory.circles.get(home)
        if person is None or circle is None or person.status is Status.LEFT or circle.kind not in policy.homes:
            return False
        if policy.stewards_only and not person.steward:
            return False
        if circle.kind is CircleKind.PERSON and not policy.outsiders and not self.directory.staff(author):
            return False
        return self.directory.in_circle(author, home)

    def standing(self, place: Place) -> Stored | None:
        """Return the document that counts at a place: the last one whose author's signature holds.

        Signatures are checked here, once each, and not while reading the file: most documents are never opened.
        """
        table = self.tables.get(place[0], {})
        stored = table.get(place[1])
        while stored is not None and not stored.checked:
            self.signatures += 1
            if stored.record.genuine(self.vault_id, place, stored.sign):
                stored.checked, stored.before = True, None
                break
            self.forged += 1
            self.problems.append(f"a document in '{place[0]}' with a forged signature")
            stored = stored.before
            if stored is None:
                del table[place[1]]
            else:
                table[place[1]] = stored
        return stored

    def ids(self, table: str) -> Iterator[str]:
        """Yield the ids of a table's documents that were not deleted, in the order they were written."""
        for ident, stored in self.tables.get(table, {}).items():
            if not stored.record.deleted:
                yield ident
