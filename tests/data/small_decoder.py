"""A file of version 1 read with nothing but FORMAT.md: the documents that one person's passphrase opens.

To be read beside that page, whose sections the docstrings name; nothing here comes from `data/`. No byte counts that is
not authenticated: by the passphrase, the vault key, or signatures that begin at the trust root. Taken for granted is
that who could write did only what they may, and no clock is asked: `decoder.py` builds on this and judges that. So what
no honest writer leaves behind (an entry that does not follow, a bad signature, bytes behind the last whole transaction)
refuses the whole file.
"""

import json
import struct
from contextlib import suppress
from hashlib import sha256
from hmac import digest
from io import BytesIO
from typing import Any
from unicodedata import normalize

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

CHECKPOINT, DATA, KEYSLOT, COMMIT, BEGIN, LEFT = 1, 2, 3, 1, 2, 3
FIELDS = "place blob", "place 8s I B blob", "place 8s", "blob", "8s I 8s 80s", "8s 8s", "8s", "blob"
OPERATIONS = dict(enumerate(FIELDS, 1))  # by tag
Frame = tuple[int, int, int, bytes, bytes, bytes]
Documents = dict[str, dict[str, Any]]


class Undecodable(Exception):
    """The file is not as its writers left it."""


class NoEntry(Exception):
    """No keyslot lets this person in with this secret."""


BROKEN = Undecodable, ValueError, LookupError, struct.error, InvalidTag, InvalidSignature  # what bad bytes raise


def need(holds: object, otherwise: str, error: type[Exception] = Undecodable) -> None:
    if not holds:
        raise error(otherwise)


def take(source: BytesIO, fields: str) -> list[Any]:
    """Fields off the front: numbers (B H I Q), so many bytes (32s), what is in a text or blob, a place."""
    taken: list[Any] = []
    for field in fields.split():
        if field == "place":  # table and id as they are signed, lengths included
            taken.append(b"".join(struct.pack("<H", len(name)) + name for name in take(source, "text text")))
            continue
        length = {"text": "H", "blob": "I"}.get(field)
        form = f"<{take(source, length)[0]}s" if length else f"<{field}"
        taken += struct.unpack(form, source.read(struct.calcsize(form)))
    return taken


def hashed(*parts: bytes | memoryview) -> bytes:
    return sha256(b"".join(parts)).digest()


def expand(secret: bytes, label: bytes) -> bytes:
    return digest(secret, label + b"\x01", "sha256")  # 32 bytes of HKDF-Expand are its first block


def box(seed: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(expand(seed, b"pesttui x25519 v1"))


def unwrap(seed: bytes, wrapped: bytes, *info: bytes) -> bytes:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(wrapped, box(seed), b"".join(info))


def unseal(key: bytes, sealed: bytes, *context: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], b"".join(context))  # the nonce stands before the rest


def verify(key: bytes, signed: bytes, *label: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key).verify(signed[-64:], b"".join(label) + signed[:-64])  # signature last


def normal_login(login: str) -> str:
    return normalize("NFC", normalize("NFC", login.strip()).lower())


def frames(data: bytes) -> list[Frame]:
    """Header and frames: type, flags, epoch, the chain before it, head and body of each; none is opened yet."""
    need(data[:16] == b"PESTTUI\x01" + struct.pack("<HHI", 1, 1, 0), "no file of version 1")
    need(data[56:64] == hashed(data[:56])[:8], "the header is damaged")
    found, chain, at = list[Frame](), hashed(data[:64]), 64
    while at < len(data):
        head = data[at : at + 32]
        magic, size, seq, check, kind, flags, epoch = struct.unpack("<4sIQ12sBBH", head)
        body = data[at + 32 : at + 32 + size]
        fits = (magic, seq, len(body), (32 + size) % 512) == (b"FRM1", len(found) + 1, size, 0)
        sound = kind != KEYSLOT or check == hashed(b"pesttui slot frame v1", head[:16], bytes(12), head[28:], body)[:12]
        need(fits and sound, "a frame is damaged")
        found.append((kind, flags, epoch, chain, head, body))
        chain, at = hashed(chain, head, body), at + 32 + size
    return found


def enter(slot: bytes, secret: str, vault: bytes, epoch: int) -> tuple[bytes, bytes, bytes, bytes]:
    """Keyslots: a person's seed, the trust root, who it is, and the vault key."""
    passes, memory, lanes, salt, commitment, sealed, wrapped = struct.unpack("<9xIII16s32s100s80s", slot)
    fits = 2 <= passes <= 16 and 19 << 10 <= memory <= 1 << 20 and 1 <= lanes <= 16 and passes * memory <= 4 << 20
    need(fits, "a keyslot that asks too little work or too much")
    argon2id = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    stretched = argon2id.derive(normalize("NFC", secret).encode("utf-8", "surrogatepass"))
    need(commitment == expand(stretched, b"pesttui slot commitment v1"), "another secret", NoEntry)
    opened = unseal(expand(stretched, b"pesttui slot key v1"), sealed, b"pesttui slot v1", vault, slot[:69])
    seed, root, person = opened[:32], opened[32:64], opened[64:]
    info = b"pesttui vault key v1" + vault + struct.pack("<H", epoch) + person
    return seed, root, person, unwrap(seed, wrapped, info)


class Contents:
    """Operations: what they make, one after the other."""

    def __init__(self, header: bytes, root: bytes) -> None:
        self.header, self.vault, self.root, self.entries, self.last = header, header[16:32], root, 0, bytes(32)
        self.people: dict[bytes, tuple[int, bytes]] = {}  # status and sign
        self.circles: dict[tuple[bytes, int], tuple[bytes, bytes]] = {}  # at each epoch: box and past
        self.vault_keys: dict[int, bytes] = {}  # at each epoch: the hash
        self.slots: dict[bytes, bytes] = {}  # by label
        self.wraps: list[list[Any]] = []  # circle, epoch, member, wrapped seed
        self.grants: list[list[Any]] = []  # place, circle, epoch, shared, wrapped key
        self.counted: dict[bytes, tuple[int, bytes]] = {}  # at each place: rev and home
        self.records: dict[bytes, bytes] = {}  # at each place: the one that stands

    def apply(self, slots: dict[bytes, bytes], plain: bytes, first: bool) -> None:
        self.slots |= slots
        source, tag = BytesIO(plain), 0
        while (begin := source.tell()) < len(plain):
            (tag,) = take(source, "B")
            self.do(first, memoryview(plain)[:begin], tag, take(source, OPERATIONS[tag]))
        need(tag == 8 or not first, "no checkpoint")

    def do(self, first: bool, before: memoryview, tag: int, fields: list[Any]) -> None:
        match tag:
            case 1:
                self.put(first, *fields)
            case 2:
                self.grants.append(fields)
            case 3:
                self.grants = [grant for grant in self.grants if grant[:2] != fields]
            case 4:
                self.say(*fields)
            case 5:
                self.wraps.append(fields)
            case 6:
                self.wraps = [wrap for wrap in self.wraps if [wrap[0], wrap[2]] != fields]
            case 7:
                self.slots.pop(fields[0], None)
            case 8:
                need(first, "a checkpoint later on")
                _, key = self.people[fields[0][:8]]
                verify(key, fields[0], b"pesttui checkpoint v1", hashed(self.header), hashed(before))

    def say(self, entry: bytes) -> None:
        """Directory: an entry."""
        number, previous, kind = struct.unpack("<I32sB", entry[:37])
        need((number, previous) == (self.entries, self.last), "an entry that does not follow")
        said, signer, people = BytesIO(entry[37:-72]), entry[-72:-64], dict(self.people)
        if kind == 1:
            person, _, _, roles = take(said, "8s text text B")
            *_, status, sign, _, _, _ = take(said, "text " * roles + "B 32s 32s Q Q")
            people[person] = status, sign
        _, key = (self.people if number else people)[signer]  # the founder signs with the key that is said here
        need(number or hashed(key) == self.root, "another founder than the keyslot names")
        verify(key, entry, b"pesttui directory v1", self.vault)
        self.people, self.entries, self.last = people, number + 1, hashed(entry)
        if kind == 2:
            circle, _, _, epoch, public, past = take(said, "8s B text I 32s blob")
            self.circles[circle, epoch] = public, past
        elif kind == 4:
            epoch, self.vault_keys[epoch] = take(said, "H 32s")

    def put(self, first: bool, place: bytes, record: bytes) -> None:
        """Records: one that follows the last at its place."""
        rev, author, home = struct.unpack("<I8s8s", record[:20])
        before = self.counted.get(place, (rev - 1 if first else 0, home))
        need(before == (rev - 1, home), "a record that does not follow")
        self.counted[place] = rev, home  # which a forged one takes too
        verify(self.people[author][1], record, b"pesttui record v1", self.vault, place)
        self.records[place] = record

    def seeds(self, person: bytes, seed: bytes) -> dict[tuple[bytes, int], bytes]:
        """Circles' keys: by circle and epoch, those wrapped for this person directly or through at most four others."""
        held = {(person, 0): seed}
        for _ in range(5):
            for (holder, _), key in list(held.items()):
                for circle, epoch, member, wrapped in self.wraps:
                    if member == holder and (circle, epoch) not in held:
                        about = self.vault + circle + struct.pack("<I", epoch)
                        with suppress(*BROKEN):
                            self.keep(held, circle, epoch, unwrap(key, wrapped, b"pesttui wrap v1", about, member))
        return held

    def keep(self, held: dict[tuple[bytes, int], bytes], circle: bytes, epoch: int, seed: bytes) -> None:
        """Circles' keys: a seed that fits what the directory names, and those of the epochs before."""
        while box(seed).public_key().public_bytes_raw() == self.circles[circle, epoch][0]:
            held[circle, epoch], past = seed, self.circles[circle, epoch][1]
            about = self.vault + circle + struct.pack("<I", epoch)
            seed = unseal(expand(seed, b"pesttui symmetric v1"), past, b"pesttui circle past v1", about)
            epoch -= 1

    def documents(self, held: dict[tuple[bytes, int], bytes]) -> Documents:
        """Grants and records: what these seeds open."""
        found: Documents = {}
        for place, circle, epoch, shared, wrapped in self.grants:
            seed, record = held.get((circle, epoch)), self.records.get(place, b"")
            front, commitment, sealed = record[:60], record[28:60], record[60:72] + record[76:-64]
            if seed and sealed[12:]:  # no deletion
                info = b"pesttui grant v1" + self.vault + place + circle + struct.pack("<I", epoch)
                symmetric = expand(seed, b"pesttui symmetric v1")
                with suppress(InvalidTag, ValueError):
                    key = unwrap(seed, wrapped, info) if shared else unseal(symmetric, wrapped, info)
                    if hashed(b"pesttui k", key) == commitment:
                        content = unseal(key, sealed, b"pesttui content v1", self.vault, place, front)
                        table, ident = take(BytesIO(place), "text text")
                        found.setdefault(table.decode(), {})[ident.decode()] = json.loads(content)
        return found


def decode(data: bytes, login: str, secret: str, kind: int = 1, made: type[Contents] = Contents) -> Documents:
    """Each document by table and id. A code is given as printed: `kind` 2, or 3 for recovery with its empty login."""
    try:
        whole, vault = frames(data), data[16:32]
        label = digest(vault, bytes([kind]) + normal_login(login).encode("utf-8", "surrogatepass"), "sha256")[:8]
        every = [take(BytesIO(body), "blob")[0] for frame, *_, body in whole if frame == KEYSLOT]
        mine = [slot for slot in every if slot[1:9] == label]  # of which the last stands
        need(mine, "no keyslot", NoEntry)
        seed, root, person, vault_key = enter(mine[-1], secret, vault, epoch := whole[0][2])
        contents, first, slots, joined = made(data[:64], root), True, dict[bytes, bytes](), b""
        for frame, flags, this, chain, head, body in whole:
            need(this == epoch and flags & ~COMMIT == (0 if slots or joined else BEGIN), "a frame that does not follow")
            if frame == KEYSLOT:
                slots |= {body[5:13]: take(BytesIO(body), "blob")[0]}
                continue
            need(frame == (CHECKPOINT if first else DATA), "a frame of another type")
            key = expand(vault_key, b"pesttui frame v1" + chain)
            plain = BytesIO(unseal(key, head[16:28] + body, chain, head))
            joined += take(plain, "blob")[0]
            need(not any(plain.read()), "padding that is not zero")
            if flags & COMMIT:
                contents.apply(slots, joined, first)
                slots, joined, first = {}, b"", False
        need(not (first or slots or joined), "the last transaction is not whole")
        need(contents.vault_keys[epoch] == hashed(vault_key), "not the vault key that the directory names")
        public = Ed25519PrivateKey.from_private_bytes(expand(seed, b"pesttui ed25519 v1")).public_key()
        status, sign = contents.people.get(person, (LEFT, b""))
        named = sign == public.public_bytes_raw() and status != LEFT
        need(named and contents.slots.get(label) == mine[-1], "access was withdrawn", NoEntry)
        return contents.documents(contents.seeds(person, seed))
    except BROKEN as error:
        raise Undecodable(str(error)) from error
