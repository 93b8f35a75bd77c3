"""A second decoder, written from data/vault/FORMAT.md alone; it must stay so.

It imports nothing of the program, only the standard library and `cryptography`: what it finds in a file is what that
page says. Where the two differ, one of them or the page is wrong; never copy the program's answer into here. It only
reads, knows no generation but the first and no clock, and takes a torn tail for damage.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

# The page's tables. A number is so many bytes, uN a number of N bits, a..b a byte from a to b.
HEAD = "4 u32 u64 12 1..3 0..3 u16"
SLOT = "u8 8 u32 u32 u32 16 32 12 88 80"
PUT, GRANT, DROP_GRANTS, ENTRY, WRAP, DROP_WRAPS, DROP_SLOT, CHECKPOINT = range(1, 9)
OPERATIONS = dict(
    enumerate(
        ("text text blob", "text text 8 u32 0..1 blob", "text text 8", "blob", "8 u32 8 80", "8 8", "8", "blob"), 1
    )
)
STATEMENTS = dict(
    enumerate(
        (
            "8 text text roles 1..3 32 32 u64 u64",
            "8 1..7 text u32 32 blob",
            "8 8 0..1 0..1",
            "u16 32",
            "u64 u64 u64 32",
        ),
        1,
    )
)
ROLES = frozenset(
    (
        "teacher",
        "coordinator",
        "ib",
        "director",
        "counsellor",
        "support",
        "kwink",
        "external",
        "administrator",
        "recovery",
    )
)
STEWARDS = frozenset(("coordinator", "director", "recovery"))
ACTIVE, LEFT = 2, 3
EVERYONE, STAFF, LEAD, DIRECTION, GROUP, CASE, PERSON = range(1, 8)

Place = tuple[str, str]
CircleKeys = dict[tuple[bytes, int], bytes]


class Table(NamedTuple):
    """What the program says of a table."""

    homes: set[int]
    changes: bool = True
    stewards_only: bool = False
    outsiders: bool = False
    deletable: bool = False


TABLES = {
    "school": Table({EVERYONE}, stewards_only=True),
    "groups": Table({STAFF}, stewards_only=True),
    "pupils": Table({STAFF}, stewards_only=True),
    "settings": Table({PERSON}, outsiders=True),
    "cases": Table({CASE}),
    "steps": Table({CASE}, changes=False),
    "decisions": Table({CASE}, changes=False),
    "agreements": Table({CASE}, changes=False),
    "checks": Table({CASE}, changes=False),
    "approaches": Table({CASE}, changes=False),
    "complaints": Table({LEAD, DIRECTION}, changes=False),
    "incidents": Table({PERSON}, changes=False),
    "incident_events": Table({PERSON}, changes=False),
    "dismissals": Table({PERSON}, changes=False),
    "analyses": Table({LEAD, DIRECTION}, changes=False),
    "improvements": Table({LEAD, DIRECTION}, changes=False),
    "notes": Table({PERSON, CASE}, changes=False, deletable=True),
    "log": Table({PERSON, CASE}, changes=False),
    "questions": Table({PERSON}, changes=False),
    "consents": Table({PERSON}, changes=False),
    "counts": Table({PERSON}, changes=False),
}


class Undecodable(Exception):
    """The file is damaged, or not one of these."""


class NoEntry(Exception):
    """This login and this passphrase open nothing."""


def need(fits: object, what: str) -> None:
    if not fits:
        raise Undecodable(what)


def take(data: bytes, at: int, spec: str) -> tuple[list[Any], int]:
    """Read the fields that a table names, from `at` on; return them and where they end."""

    def raw(size: int) -> bytes:
        nonlocal at
        at += size
        need(at <= len(data), "cut short")
        return data[at - size : at]

    def number(bits: int) -> int:
        return int.from_bytes(raw(bits // 8), "little")

    found: list[Any] = []
    for name in spec.split():
        if name == "text":
            found.append(raw(number(16)).decode())
        elif name == "blob":
            found.append(raw(number(32)))
        elif name == "roles":
            found.append([raw(number(16)).decode() for _ in range(number(8))])
            need(ROLES.issuperset(found[-1]), name)
        elif name.isdigit():
            found.append(raw(int(name)))
        elif name[0] == "u":
            found.append(number(int(name[1:])))
        else:
            first, last = map(int, name.split(".."))
            found.append(number(8))
            need(first <= found[-1] <= last, name)
    return found, at


def take_all(data: bytes, spec: str) -> list[Any]:
    found, end = take(data, 0, spec)
    need(end == len(data), "too long")
    return found


def u(bits: int, value: int) -> bytes:
    return value.to_bytes(bits // 8, "little")


def expand(secret: bytes, label: bytes) -> bytes:
    return HKDFExpand(SHA256(), 32, label).derive(secret)


def box(seed: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(expand(seed, b"pesttui x25519 v1"))


def hpke_open(seed: bytes, sealed: bytes, info: bytes) -> bytes | None:
    try:
        return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(sealed, box(seed), info)
    except (InvalidTag, ValueError):
        return None


def gcm_open(key: bytes, sealed: bytes, aad: bytes) -> bytes | None:
    """Open nonce ‖ ciphertext ‖ tag."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], aad)
    except (InvalidTag, ValueError):
        return None


def signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def normal_login(login: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", login.strip()).lower())


@dataclass
class Written:
    """A transaction as it lies in the file: keyslots, and sealed frames with the hash before each."""

    slots: list[bytes] = field(default_factory=list)
    sealed: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)

    def operations(self, vk: bytes) -> bytes:
        opened = b""
        for before, head, body in self.sealed:
            plain = gcm_open(expand(vk, b"pesttui frame v1" + before), head[16:28] + body, before + head)
            need(plain, "a frame does not open")
            (operations,), end = take(plain or b"", 0, "blob")
            need(not any((plain or b"")[end:]), "padding")
            opened += operations
        return opened


def transactions(data: bytes) -> Iterator[Written]:
    """Cut a file into transactions and check all that needs no key."""
    need(data[:16] == b"PESTTUI\x01" + u(16, 1) + u(16, 1) + u(32, 0), "header")
    need(sha256(data[:56]).digest()[:8] == data[56:64] and any(data[48:56]), "header check")
    at, seq, hashed, epoch = 64, 0, sha256(data[:64]).digest(), data[94:96]
    while at < len(data):
        transaction, kind, begin, commit = Written(), 1 if seq == 0 else 2, 2, 0
        while not commit:
            (magic, length, number, check, this, flags, _), end = take(data, at, HEAD)
            head, (body,), seq, commit = data[at:end], take(data, end, str(length))[0], seq + 1, flags & 1
            need(magic == b"FRM1" and length <= 64 << 20 and (32 + length) % 512 == 0, "frame")
            need(number == seq and head[30:] == epoch and flags & 2 == begin, "frame out of place")
            if this == 3:
                need(length == 480 and not commit and not transaction.sealed, "keyslot out of place")
                whole = b"pesttui slot frame v1" + head[:16] + bytes(12) + head[28:] + body
                need(sha256(whole).digest()[:12] == check, "a keyslot has decayed")
                transaction.slots += take(body, 0, "blob")[0]
                take_all(transaction.slots[-1], SLOT)
            else:
                need(this == kind and (commit or (kind == 1 and length > 480)), "type of frame")
                transaction.sealed.append((hashed, head, body))
            at, begin, hashed = end + length, 0, sha256(hashed + head + body).digest()
        yield transaction
    need(seq, "no transaction")


class Opened(NamedTuple):
    """What a keyslot holds, and the vault key."""

    seed: bytes
    root: bytes
    person: bytes
    vk: bytes


def open_slot(slot: bytes, passphrase: str, vault: bytes, epoch: bytes) -> Opened | None:
    _, _, passes, memory, lanes, salt, commitment, nonce, sealed, wrap = take_all(slot, SLOT)
    need(
        2 <= passes <= 16 and 19 << 10 <= memory <= 1 << 20 and 1 <= lanes <= 16 and passes * memory <= 4 << 20, "cost"
    )
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    stretched = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(secret)
    if expand(stretched, b"pesttui slot commitment v1") != commitment:
        return None
    aad = b"pesttui slot v1" + vault + slot[: -len(nonce + sealed + wrap)]
    inside = gcm_open(expand(stretched, b"pesttui slot key v1"), nonce + sealed, aad)
    if inside is None:
        return None
    seed, root, person = take_all(inside, "32 32 8")
    vk = hpke_open(seed, wrap, b"pesttui vault key v1" + vault + epoch + person)
    return Opened(seed, root, person, vk) if vk else None


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
    """What the directory says of a circle: its boxes and sealed pasts by epoch, and who is in it."""

    kind: int
    label: str
    maker: bytes
    boxes: dict[int, bytes] = field(default_factory=dict)
    pasts: dict[int, bytes] = field(default_factory=dict)
    members: set[bytes] = field(default_factory=set)


def take_entry(entry: bytes) -> tuple[list[Any], int, list[Any], bytes, bytes]:
    """Return (number, previous), kind, statement, signer and signature."""
    (*link, kind), end = take(entry, 0, "u32 32 1..5")
    *statement, signer, signature = take_all(entry[end:], STATEMENTS[kind] + " 8 64")
    return link, kind, statement, signer, signature


class Directory:
    """Who there is, by the entries that count."""

    def __init__(self, vault: bytes, root: bytes) -> None:
        self.vault, self.root, self.link = vault, root, [0, bytes(32)]
        self.people: dict[bytes, Person] = {}
        self.circles: dict[bytes, Circle] = {}
        self.vault_keys: dict[int, bytes] = {}
        self.accepted = 0
        self.begins = 0
        """The file's generation while its first transaction is read."""

    def status(self, person: bytes) -> int:
        return self.people[person].status if person in self.people else LEFT

    def steward(self, person: bytes) -> bool:
        return self.status(person) == ACTIVE and not STEWARDS.isdisjoint(self.people[person].roles)

    def within(self, member: bytes, circle: bytes, through: int = 4) -> bool:
        inside = self.circles[circle].members
        nested = (inner for inner in inside if inner in self.circles)
        return member in inside or (through > 0 and any(self.within(member, inner, through - 1) for inner in nested))

    def within_the(self, kind: int, member: bytes) -> bool:
        return any(self.within(member, circle) for circle, known in self.circles.items() if known.kind == kind)

    def add(self, entry: bytes) -> None:
        """Take an entry, if it counts."""
        link, kind, statement, signer, signature = take_entry(entry)
        names_themselves = kind == 1 and statement[0] == signer
        people = self.people
        if self.link[0] == 0 and names_themselves:
            people = {signer: Person(*statement[1:])}
            if sha256(people[signer].sign).digest() != self.root:
                return
        if link != self.link or signer not in people or people[signer].status == LEFT:
            return
        if people[signer].status != ACTIVE and not names_themselves:
            return
        if not signed(people[signer].sign, signature, b"pesttui directory v1" + self.vault + entry[:-64]):
            return
        judges = (self.add_person, self.add_circle, self.add_member, self.add_vault_key, self.add_acceptance)
        judge: Callable[..., bool] = judges[kind - 1]
        if judge(signer, *statement):
            self.link = [link[0] + 1, sha256(entry).digest()]

    def add_person(self, signer: bytes, who: bytes, *fields: Any) -> bool:
        new, old = Person(*fields), self.people.get(who)
        if self.link[0] and not self.steward(signer):
            kept = old and old._replace(status=ACTIVE, sign=new.sign, box=new.box, code_until=new.code_until)
            if signer != who or kept != new:
                return False
        others = [other for key, other in self.people.items() if key != who and other.status != LEFT]
        taken = normal_login(new.login) in {normal_login(other.login) for other in others}
        if who in self.circles or (taken and new.status != LEFT):
            return False
        self.people[who] = new
        return True

    def add_circle(self, signer: bytes, who: bytes, kind: int, label: str, epoch: int, key: bytes, past: bytes) -> bool:
        old = self.circles.get(who)
        if old:
            fits = (kind, label, epoch) == (old.kind, old.label, max(old.boxes) + 1)
        else:
            taken = any((kind, label) == (other.kind, other.label) for other in self.circles.values())
            fits = epoch == 1 and not taken and who not in self.people and bool(label) == (kind > DIRECTION)
        if kind == PERSON:
            allowed = label == signer.hex()
        elif kind == CASE:
            allowed = self.within_the(STAFF, signer) and (not old or self.within(signer, who))
        else:
            allowed = self.steward(signer)
        if fits and allowed:
            circle = self.circles.setdefault(who, Circle(kind, label, signer))
            circle.boxes[epoch], circle.pasts[epoch] = key, past
        return fits and allowed

    def add_member(self, signer: bytes, where: bytes, member: bytes, nested: int, joins: int) -> bool:
        if where not in self.circles or member not in (self.circles if nested else self.people):
            return False
        circle, steward = self.circles[where], self.steward(signer)
        if joins and (member == where or self.within(where, member) if nested else self.status(member) == LEFT):
            return False
        if circle.kind == PERSON:
            allowed = circle.label == signer.hex() and member == signer
        elif circle.kind == CASE:
            inside = self.within(signer, where) or (not circle.members and signer == circle.maker)
            allowed = self.within_the(STAFF, signer) and (inside or (steward and not joins))
            if not joins and (self.circles[member].kind == LEAD if nested else self.within_the(LEAD, member)):
                allowed = allowed and (steward or self.within_the(LEAD, signer))
        else:
            allowed = steward
        if allowed:
            (circle.members.add if joins else circle.members.discard)(member)
        return allowed

    def add_vault_key(self, signer: bytes, epoch: int, hashed: bytes) -> bool:
        allowed = self.steward(signer) and epoch not in self.vault_keys
        if allowed:
            self.vault_keys[epoch] = hashed
        return allowed

    def add_acceptance(self, signer: bytes, generation: int, restored: int, _seq: int, _hash: bytes) -> bool:
        allowed = self.steward(signer) and max(restored, self.accepted) < generation <= self.begins
        if allowed:
            self.accepted = generation
        return allowed


class Record:
    """A record; `key` is what its author signed with at that time."""

    def __init__(self, blob: bytes) -> None:
        *fields, self.signature = take_all(blob, "u32 8 8 u64 32 12 blob 64")
        self.rev, self.author, self.home, _, self.commitment, self.nonce, self.sealed = fields
        self.front, self.body, self.key = blob[:60], blob[:-64], b""


class Replay:
    """What a file's operations add up to."""

    def __init__(self, header: bytes, root: bytes) -> None:
        self.header, self.vault, self.directory = header, header[16:32], Directory(header[16:32], root)
        self.records: dict[Place, list[Record]] = defaultdict(list)
        self.grants: dict[Place, list[list[Any]]] = defaultdict(list)
        self.wraps: list[list[Any]] = []
        self.slots: dict[bytes, bytes] = {}

    def apply(self, slots: list[bytes], data: bytes, first: bool) -> None:
        """Let one transaction count, or nothing of it if a part cannot be read."""
        try:
            operations = list(parse(data))
        except (Undecodable, UnicodeDecodeError):
            need(not first, "the first transaction cannot be read")
            return
        self.slots |= {slot[1:9]: slot for slot in slots}
        self.directory.begins = int.from_bytes(self.header[48:56], "little") if first else 0
        for tag, fields in operations:
            if tag == PUT:
                self.put((fields[0], fields[1]), Record(fields[2]), first)
            elif tag == GRANT:
                self.grants[fields[0], fields[1]].append(fields[2:])
            elif tag == DROP_GRANTS and fields[0] in TABLES and not TABLES[fields[0]].changes:
                continue
            elif tag == DROP_GRANTS:
                grants = self.grants[fields[0], fields[1]]
                grants[:] = [grant for grant in grants if grant[0] != fields[2]]
            elif tag == ENTRY:
                self.directory.add(fields[0])
            elif tag == WRAP:
                self.wraps.append(fields)
            elif tag == DROP_WRAPS:
                self.wraps = [wrap for wrap in self.wraps if [wrap[0], wrap[2]] != fields]
            elif tag == DROP_SLOT:
                self.slots.pop(fields[0], None)
        if first:
            need(operations and operations[-1][0] == CHECKPOINT, "no checkpoint")
            statement = operations[-1][1][0]
            before = data[: -len(statement) - 5]
            listed = [int.from_bytes(statement[at : at + 8], "little") for at in range(12, len(statement) - 64, 48)]
            need(
                [*listed, int.from_bytes(self.header[48:56], "little")] == list(range(1, len(listed) + 2)),
                "generations",
            )
            need(self.directory.status(statement[:8]) == ACTIVE, "maker")
            message = sha256(self.header).digest() + sha256(before).digest() + statement[:-64]
            maker = self.directory.people.get(statement[:8])
            need(maker and signed(maker.sign, statement[-64:], b"pesttui checkpoint v1" + message), "checkpoint")

    def put(self, place: Place, record: Record, first: bool) -> None:
        """Accept a record, if its author may write it and it follows the one before."""
        directory, author, past = self.directory, record.author, self.records[place]
        table, home = TABLES.get(place[0]), directory.circles.get(record.home)
        if table is None or home is None or home.kind not in table.homes or directory.status(author) != ACTIVE:
            return
        if not directory.within(author, record.home) or (table.stewards_only and not directory.steward(author)):
            return
        if home.kind == PERSON and not table.outsiders and not directory.within_the(STAFF, author):
            return
        last = past[-1] if past else None
        private = table.deletable and home.kind == PERSON and home.label == author.hex()
        others = any(grant[0] != record.home for grant in self.grants[place])
        allowed = table.changes or (private and not record.sealed and not others)
        if last:
            follows = allowed and record.home == last.home and record.rev == last.rev + 1
        else:
            follows = (record.rev == 1 and bool(record.sealed)) or (first and allowed)
        if follows:
            record.key = directory.people[author].sign
            past.append(record)

    def open_circles(self, person: bytes, seed: bytes) -> CircleKeys:
        """Return the seeds of circles that this person reaches, directly or through at most four."""
        keys: CircleKeys = {(person, 0): seed}
        for _ in range(5):
            for (holder, _), held in list(keys.items()):
                for circle, epoch, member, wrap in self.wraps:
                    if member == holder and (circle, epoch) not in keys:
                        info = b"pesttui wrap v1" + self.vault + circle + u(32, epoch) + member
                        self.keep(keys, circle, epoch, hpke_open(held, wrap, info))
        return keys

    def keep(self, keys: CircleKeys, circle: bytes, epoch: int, seed: bytes | None) -> None:
        """Keep a seed, and those of the epochs before, as far as they give the boxes that the directory names."""
        known = self.directory.circles.get(circle)
        while known and seed and known.boxes.get(epoch) == box(seed).public_key().public_bytes_raw():
            keys[circle, epoch] = seed
            aad = b"pesttui circle past v1" + self.vault + circle + u(32, epoch)
            past = known.pasts[epoch]  # empty where it was lost
            seed = gcm_open(expand(seed, b"pesttui symmetric v1"), past, aad) if past else None
            epoch -= 1

    def read(self, place: Place, keys: CircleKeys) -> bytes | None:
        """Return the content that stands at a place, if these keys open it."""
        where = self.vault + b"".join(u(16, len(name.encode())) + name.encode() for name in place)
        for record in reversed(self.records[place]):
            if signed(record.key, record.signature, b"pesttui record v1" + where + record.body):
                break
        else:
            return None
        for circle, epoch, shared, wrapped in self.grants[place] if record.sealed else ():
            if seed := keys.get((circle, epoch)):
                context = b"pesttui grant v1" + where + circle + u(32, epoch)
                symmetric = expand(seed, b"pesttui symmetric v1")
                k = hpke_open(seed, wrapped, context) if shared else gcm_open(symmetric, wrapped, context)
                if k and sha256(b"pesttui k" + k).digest() == record.commitment:
                    return gcm_open(k, record.nonce + record.sealed, b"pesttui content v1" + where + record.front)
        return None


def parse(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Cut a transaction's plaintext into operations, and try whether their insides can be read."""
    at = 0
    while at < len(data):
        (tag,), at = take(data, at, "1..8")
        fields, at = take(data, at, OPERATIONS[tag])
        if tag == PUT:
            Record(fields[2])
        elif tag == ENTRY:
            take_entry(fields[0])
        elif tag == CHECKPOINT:
            (_, count), _ = take(fields[0], 0, "8 u32")
            need(len(fields[0]) == 12 + 48 * count + 64, "checkpoint")
        yield tag, fields


def decode(data: bytes, login: str, passphrase: str) -> dict[str, dict[str, Any]]:
    """Return what this person can read, by table and id; raises NoEntry or Undecodable."""
    whole = list(transactions(data))
    vault, epoch = data[16:32], data[94:96]
    label = digest(vault, b"\x01" + normal_login(login).encode("utf-8", "surrogatepass"), "sha256")[:8]
    mine = [slot for transaction in whole for slot in transaction.slots if slot[1:9] == label]
    opened = open_slot(mine[-1], passphrase, vault, epoch) if mine else None
    if opened is None:
        raise NoEntry
    replay = Replay(data[:64], opened.root)
    for number, transaction in enumerate(whole):
        replay.apply(transaction.slots, transaction.operations(opened.vk), first=number == 0)
    hashed = replay.directory.vault_keys.get(int.from_bytes(epoch, "little"))
    need(hashed == sha256(opened.vk).digest(), "vault key")
    me = replay.directory.people.get(opened.person)
    mine_stands = replay.slots.get(label) == mine[-1]
    signs = Ed25519PrivateKey.from_private_bytes(expand(opened.seed, b"pesttui ed25519 v1")).public_key()
    if not mine_stands or me is None or me.status == LEFT or me.sign != signs.public_bytes_raw():
        raise NoEntry
    keys, found = replay.open_circles(opened.person, opened.seed), defaultdict[str, dict[str, Any]](dict)
    for place in replay.records:
        content = replay.read(place, keys)
        if content is not None:
            found[place[0]][place[1]] = json.loads(content)
    return dict(found)
