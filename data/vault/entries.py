"""What an entry of the directory says, and how that is written down."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from ..errors import N_, Damaged
from . import crypto
from .codec import Reader, Writer


class Kind(IntEnum):
    """What an entry says."""

    PERSON = 1
    CIRCLE = 2
    MEMBER = 3
    VAULT_KEY = 4
    ACCEPTANCE = 5


class Status(IntEnum):
    """Where a person stands: invited by code, active, or gone."""

    INVITED = 1
    ACTIVE = 2
    LEFT = 3


class CircleKind(IntEnum):
    """What a circle of people is for; the first four exist once."""

    EVERYONE = 1
    STAFF = 2
    LEAD = 3
    DIRECTION = 4
    GROUP = 5
    CASE = 6
    PERSON = 7


class Role(StrEnum):
    """A person's task in the school; `recovery` is the printed code."""

    TEACHER = "teacher"
    COORDINATOR = "coordinator"
    IB = "ib"
    DIRECTOR = "director"
    COUNSELLOR = "counsellor"
    SUPPORT = "support"
    KWINK = "kwink"
    EXTERNAL = "external"
    ADMINISTRATOR = "administrator"
    RECOVERY = "recovery"


STEWARDS = frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.RECOVERY})


@dataclass(frozen=True)
class Person:
    """A person as the directory knows them.

    `until`, the last moment they take part, and `code_until`, the last moment their one-time code is accepted,
    are milliseconds since 1970, 0 for none.
    """

    id: bytes
    login: str
    name: str
    roles: tuple[Role, ...]
    status: Status
    sign: bytes
    box: bytes
    until: int = 0
    code_until: int = 0

    @property
    def steward(self) -> bool:
        """Whether this person may change people and groups."""
        return self.status is Status.ACTIVE and bool(STEWARDS & set(self.roles))


@dataclass(frozen=True)
class Circle:
    """People who share a key. `label` is a group's id, a case's code, a person's id in hex, or empty."""

    id: bytes
    kind: CircleKind
    label: str
    epoch: int
    box: bytes
    past: bytes = b""
    """From epoch 2 on: the previous epoch's seed, sealed under this one's symmetric key (nonce first)."""


@dataclass(frozen=True)
class Member:
    """Somebody joined or left a circle; `circle_member` says that the member is itself a circle."""

    circle: bytes
    member: bytes
    circle_member: bool
    joined: bool


@dataclass(frozen=True)
class VaultKey:
    """A new vault key is in force: its number and its hash."""

    epoch: int
    digest: bytes


@dataclass(frozen=True)
class Acceptance:
    """A restored file is the school's from `generation` on; it ended at frame `seq` of generation `restored`."""

    generation: int
    restored: int
    seq: int
    digest: bytes


Statement = Person | Circle | Member | VaultKey | Acceptance


@dataclass(frozen=True)
class Entry:
    """One signed statement at its place in the chain."""

    number: int
    previous: bytes
    statement: Statement
    signer: bytes
    signature: bytes = b""
    read: bytes = field(default=b"", repr=False, compare=False)
    """The bytes up to the signature, of one that was read: there is one way to write an entry down."""

    def unsigned(self) -> bytes:
        """Return the entry's bytes up to the signature."""
        if self.read:
            return self.read
        writer = Writer().number(self.number, 4).raw(self.previous, 32)
        match self.statement:
            case Person() as person:
                writer.number(Kind.PERSON, 1).raw(person.id, 8).text(person.login).text(person.name)
                writer.number(len(person.roles), 1)
                for role in person.roles:
                    writer.text(role)
                writer.number(person.status, 1).raw(person.sign, 32).raw(person.box, 32)
                writer.number(person.until, 8).number(person.code_until, 8)
            case Circle() as circle:
                writer.number(Kind.CIRCLE, 1).raw(circle.id, 8).number(circle.kind, 1).text(circle.label)
                writer.number(circle.epoch, 4).raw(circle.box, 32).blob(circle.past)
            case Member() as member:
                writer.number(Kind.MEMBER, 1).raw(member.circle, 8).raw(member.member, 8)
                writer.number(member.circle_member, 1).number(member.joined, 1)
            case VaultKey() as key:
                writer.number(Kind.VAULT_KEY, 1).number(key.epoch, 2).raw(key.digest, 32)
            case Acceptance() as accepted:
                writer.number(Kind.ACCEPTANCE, 1).number(accepted.generation, 8).number(accepted.restored, 8)
                writer.number(accepted.seq, 8).raw(accepted.digest, 32)
        return writer.raw(self.signer, 8).done()

    def encode(self) -> bytes:
        """Return the whole entry."""
        return self.unsigned() + self.signature

    @classmethod
    def decode(cls, data: bytes) -> "Entry":
        """Read an entry; raises `Damaged`."""
        reader = Reader(data)
        number, previous, kind = reader.number(4), reader.raw(32), reader.number(1)
        try:
            statement = _read_statement(reader, kind)
        except ValueError:
            raise Damaged(N_("Entry {number} of the directory cannot be read."), number=number) from None
        unsigned = data[: -crypto.SIGNATURE]
        entry = cls(number, previous, statement, reader.raw(8), reader.raw(crypto.SIGNATURE), unsigned)
        reader.end()
        return entry


def _read_statement(reader: Reader, kind: int) -> Statement:
    match Kind(kind):
        case Kind.PERSON:
            ident, login, name = reader.raw(8), reader.text(), reader.text()
            roles = tuple(Role(reader.text()) for _ in range(reader.number(1)))
            return Person(
                ident, login, name, roles, Status(reader.number(1)), reader.raw(32), reader.raw(32),
                reader.number(8), reader.number(8),
            )  # fmt: skip
        case Kind.CIRCLE:
            ident, circle, label = reader.raw(8), CircleKind(reader.number(1)), reader.text()
            return Circle(ident, circle, label, reader.number(4), reader.raw(32), reader.blob())
        case Kind.MEMBER:
            return Member(reader.raw(8), reader.raw(8), reader.flag(), reader.flag())
        case Kind.VAULT_KEY:
            return VaultKey(reader.number(2), reader.raw(32))
        case Kind.ACCEPTANCE:
            return Acceptance(reader.number(8), reader.number(8), reader.number(8), reader.raw(32))


def signing_context(vault_id: bytes, unsigned: bytes) -> bytes:
    """Return what a directory signature is over."""
    return b"pesttui directory v1" + vault_id + unsigned


def fingerprint(person: Person) -> bytes:
    """Return 16 bytes for a person with the key they sign with now: what a pin remembers of a steward."""
    return crypto.sha256(b"pesttui steward v1", person.id, person.sign)[:16]
