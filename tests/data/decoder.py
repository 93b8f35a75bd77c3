"""The decoder that judges: `small_decoder` and every rule of FORMAT.md on what a reader takes from whom.

Written from that page alone, like the small one on which it builds, and from the tables that the page names; it must
stay so. Nothing of the program is imported: where the two differ, one of them or the page is wrong; never copy the
program's answer into here. What may not be is left out here, and a transaction that cannot be read counts for nothing.
It only reads, knows no time but what it is told, and takes a torn tail for damage.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

from . import small_decoder
from .small_decoder import (
    BROKEN,
    COMMIT,
    KEYSLOT,
    LEFT,
    OPERATIONS,
    Contents,
    Documents,
    NoEntry,
    Undecodable,
    need,
    normal_login,
    take,
)

__all__ = ["NoEntry", "Undecodable", "decode"]

PUT, GRANT, DROP_GRANTS, ENTRY, CHECKPOINT = 1, 2, 3, 4, 8
SLOT = "B 8s I I I 16s 32s 12s 88s 80s"
RECORD = "I 8s 8s Q 32s 12s blob 64s"
STATEMENTS = {2: "8s B text I 32s blob", 3: "8s 8s B B", 4: "H 32s", 5: "Q Q Q 32s"}
STEWARDS = {"coordinator", "director", "recovery"}
ROLES = STEWARDS | {"teacher", "ib", "counsellor", "support", "kwink", "external", "administrator"}
INVITED, ACTIVE = 1, 2
EVERYONE, STAFF, LEAD, DIRECTION, GROUP, CASE, PERSON = range(1, 8)


class Table(NamedTuple):
    """What the program says of a table."""

    homes: set[int]
    changes: bool = False
    stewards_only: bool = False
    outsiders: bool = False
    deletable: bool = False


TABLES = {
    "school": Table({EVERYONE}, changes=True, stewards_only=True),
    "groups": Table({STAFF}, changes=True, stewards_only=True),
    "pupils": Table({STAFF}, changes=True, stewards_only=True),
    "settings": Table({PERSON}, changes=True, outsiders=True),
    "cases": Table({CASE}, changes=True),
    **dict.fromkeys(("steps", "decisions", "agreements", "checks", "approaches"), Table({CASE})),
    **dict.fromkeys(("complaints", "analyses", "improvements"), Table({LEAD, DIRECTION})),
    "log": Table({PERSON, CASE}),
    "notes": Table({PERSON, CASE}, deletable=True),
    **dict.fromkeys(("incidents", "incident_events", "dismissals", "questions", "consents", "counts"), Table({PERSON})),
}


class Person(NamedTuple):
    """What the directory says of a person."""

    login: str
    name: str
    roles: list[str]
    status: int
    sign: bytes
    box: bytes
    until: int
    code_until: int


@dataclass
class Circle:
    """What the directory says of a circle, its keys aside."""

    kind: int
    label: str
    maker: bytes
    epoch: int = 0
    members: set[bytes] = field(default_factory=set)


def whole(data: bytes, fields: str) -> list[Any]:
    source = BytesIO(data)
    taken = take(source, fields)
    need(not source.read(), "bytes are left over")
    return taken


def read_entry(entry: bytes) -> tuple[int, bytes, list[Any]]:
    """Kind, signer and statement; a person is their id and what is said of them."""
    kind, said, signer = entry[36], entry[37:-72], entry[-72:-64]
    if kind == 1:
        source = BytesIO(said)
        who, login, name, count = take(source, "8s text text B")
        roles = [role.decode() for role in take(source, "text " * count)]
        person = Person(login.decode(), name.decode(), roles, *whole(source.read(), "B 32s 32s Q Q"))
        need(ROLES.issuperset(roles) and INVITED <= person.status <= LEFT, "an unknown role or status")
        return kind, signer, [who, person]
    statement = whole(said, STATEMENTS[kind])
    if kind == 2:
        statement[2] = statement[2].decode()
        need(EVERYONE <= statement[1] <= PERSON, "an unknown kind of circle")
    need(kind != 3 or max(statement[2:]) <= 1, "another flag")
    return kind, signer, statement


def can_be_read(plain: bytes) -> bool:
    """Whether a transaction's operations, and the records, entries and checkpoints in them, are what they can be."""
    source = BytesIO(plain)
    try:
        while source.tell() < len(plain):
            (tag,) = take(source, "B")
            fields = take(source, OPERATIONS[tag])
            if tag <= DROP_GRANTS:
                table_of(fields[0])
            if tag == PUT:
                whole(fields[1], RECORD)
            elif tag == GRANT:
                need(fields[3] <= 1, "another flag")
            elif tag == ENTRY:
                read_entry(fields[0])
            elif tag == CHECKPOINT:
                (count,) = take(BytesIO(fields[0][8:]), "I")
                need(len(fields[0]) == 12 + 48 * count + 64, "a checkpoint of another length")
    except BROKEN:
        return False
    return True


def table_of(place: bytes) -> Table | None:
    table, _ident = (text.decode() for text in take(BytesIO(place), "text text"))
    return TABLES.get(table)


def check_forms(data: bytes) -> None:
    """What a header and frames have to be, although they open when they are not."""
    need(any(data[48:56]), "a generation of zero")
    sealed = False
    for kind, flags, _, _, _, body in small_decoder.frames(data):
        need(len(body) <= 64 << 20, "a frame of more than 64 MiB")
        if kind == KEYSLOT:
            whole(take(BytesIO(body), "blob")[0], SLOT)
            need(len(body) == 480 and not flags & COMMIT and not sealed, "a keyslot out of place")
        else:
            need(
                flags & COMMIT or (kind == small_decoder.CHECKPOINT and len(body) > 480),
                "a frame that is not the last of its save",
            )
            sealed = not flags & COMMIT


class Judged(Contents):
    """What the operations make that are allowed."""

    now = 0
    """Milliseconds since 1970, by the reader's clock."""

    def __init__(self, header: bytes, root: bytes) -> None:
        super().__init__(header, root)
        self.known: dict[bytes, Person] = {}
        self.rings: dict[bytes, Circle] = {}
        self.accepted = 0
        self.begins = int.from_bytes(header[48:56], "little")
        """The file's generation, while its first transaction is read."""

    def apply(self, slots: dict[bytes, bytes], plain: bytes, first: bool) -> None:
        if can_be_read(plain):
            super().apply(slots, plain, first)
            self.begins = 0
        need(not self.begins, "the first transaction cannot be read")

    def do(self, first: bool, before: memoryview, tag: int, fields: list[Any]) -> None:
        if tag == CHECKPOINT and first:
            self.check(fields[0])
            super().do(first, before, tag, fields)
        elif tag == DROP_GRANTS:
            table = table_of(fields[0])
            if table is None or table.changes:
                super().do(first, before, tag, fields)
        elif tag != CHECKPOINT:
            with suppress(*BROKEN):
                super().do(first, before, tag, fields)

    def check(self, checkpoint: bytes) -> None:
        listed = [int.from_bytes(checkpoint[at : at + 8], "little") for at in range(12, len(checkpoint) - 64, 48)]
        need([*listed, self.begins] == [*range(1, len(listed) + 2)], "a checkpoint that leaves out a generation")
        need(self.status(checkpoint[:8]) == ACTIVE, "a checkpoint by somebody who is not there")

    def put(self, first: bool, place: bytes, record: bytes) -> None:
        """Let a record count, if its author may write it there and it may follow what does."""
        rev, author, at_home, *_, sealed, _ = whole(record, RECORD)
        table, home = table_of(place), self.rings.get(at_home)
        if table is None or home is None or home.kind not in table.homes or self.status(author) != ACTIVE:
            return
        if not self.within(author, at_home) or (table.stewards_only and not self.steward(author)):
            return
        if home.kind == PERSON and not table.outsiders and not self.within_the(STAFF, author):
            return
        own = table.deletable and home.kind == PERSON and home.label == author.hex()
        private = own and not sealed and not any(at == place and circle != at_home for at, circle, *_ in self.grants)
        allowed = table.changes or private
        if allowed if place in self.counted else (rev == 1 and sealed) or (first and allowed):
            super().put(first, place, record)

    def say(self, entry: bytes) -> None:
        """Let an entry of the directory count, if its signer may say that."""
        kind, signer, said = read_entry(entry)
        themselves = kind == 1 and said[0] == signer
        status = said[1].status if themselves and not self.entries else self.status(signer)
        may = (self.may_person, self.may_circle, self.may_member, self.may_key, self.may_accept)[kind - 1]
        if (status == ACTIVE or (status == INVITED and themselves)) and may(signer, *said):
            super().say(entry)
            if kind == 1:
                self.known[said[0]] = said[1]
            elif kind == 2:
                ring = self.rings.setdefault(said[0], Circle(said[1], said[2], signer))
                ring.epoch = said[3]
            elif kind == 3:
                members = self.rings[said[0]].members
                (members.add if said[3] else members.discard)(said[1])
            elif kind == 5:
                self.accepted = said[0]

    def seeds(self, person: bytes, seed: bytes) -> dict[tuple[bytes, int], bytes]:
        """What somebody holds, whose time is not over."""
        until = self.known[person].until
        need(until == 0 or self.now <= until, "no longer", NoEntry)
        return super().seeds(person, seed)

    def status(self, person: bytes) -> int:
        return self.known[person].status if person in self.known else LEFT

    def steward(self, person: bytes) -> bool:
        return self.status(person) == ACTIVE and not STEWARDS.isdisjoint(self.known[person].roles)

    def within(self, member: bytes, circle: bytes, through: int = 4) -> bool:
        inside = self.rings[circle].members
        nested = (inner for inner in inside if inner in self.rings)
        return member in inside or (through > 0 and any(self.within(member, inner, through - 1) for inner in nested))

    def within_the(self, kind: int, member: bytes) -> bool:
        return any(self.within(member, circle) for circle, known in self.rings.items() if known.kind == kind)

    def may_person(self, signer: bytes, who: bytes, new: Person) -> bool:
        if self.entries and not self.steward(signer):
            old = self.known.get(who)
            kept = old and old._replace(status=ACTIVE, sign=new.sign, box=new.box, code_until=new.code_until)
            if signer != who or kept != new:
                return False
        elif not self.entries and signer != who:
            return False
        others = [other.login for key, other in self.known.items() if key != who and other.status != LEFT]
        taken = new.status != LEFT and normal_login(new.login) in map(normal_login, others)
        return who not in self.rings and not taken

    def may_circle(
        self, signer: bytes, who: bytes, kind: int, label: str, epoch: int, _box: bytes, _past: bytes
    ) -> bool:
        old = self.rings.get(who)
        if old:
            fits = (kind, label, epoch) == (old.kind, old.label, old.epoch + 1)
        else:
            taken = any((kind, label) == (other.kind, other.label) for other in self.rings.values())
            fits = epoch == 1 and not taken and who not in self.known and bool(label) == (kind > DIRECTION)
        if kind == PERSON:
            return fits and label == signer.hex()
        if kind == CASE:
            return fits and self.within_the(STAFF, signer) and (not old or self.within(signer, who))
        return fits and self.steward(signer)

    def may_member(self, signer: bytes, where: bytes, member: bytes, nested: int, joins: int) -> bool:
        if where not in self.rings or member not in (self.rings if nested else self.known):
            return False
        circle, steward = self.rings[where], self.steward(signer)
        if joins and (member == where or self.within(where, member) if nested else self.status(member) == LEFT):
            return False
        if circle.kind == PERSON:
            return circle.label == signer.hex() and member == signer
        if circle.kind == CASE:
            inside = self.within(signer, where) or (not circle.members and signer == circle.maker)
            lead = self.rings[member].kind == LEAD if nested else self.within_the(LEAD, member)
            unbound = bool(joins) or not lead or steward or self.within_the(LEAD, signer)
            return self.within_the(STAFF, signer) and (inside or (steward and not joins)) and unbound
        return steward

    def may_key(self, signer: bytes, epoch: int, _hash: bytes) -> bool:
        return self.steward(signer) and epoch not in self.vault_keys

    def may_accept(self, signer: bytes, generation: int, restored: int, _seq: int, _hash: bytes) -> bool:
        return self.steward(signer) and max(restored, self.accepted) < generation <= self.begins


def decode(data: bytes, login: str, secret: str, kind: int = 1, now: int = 0) -> Documents:
    """What this person can read by table and id, `now` in milliseconds since 1970; raises NoEntry or Undecodable."""
    found = small_decoder.decode(data, login, secret, kind, type("JudgedNow", (Judged,), {"now": now}))
    check_forms(data)
    return found
