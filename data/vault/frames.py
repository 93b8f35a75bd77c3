"""Header and frames: how bytes become transactions that cannot be changed, dropped, swapped or repeated.

Each frame is sealed under a key that depends on the hash of everything before it, so a frame opens at its own
place in its own file only.
"""

import struct
from dataclasses import dataclass

from ..errors import N_, Broken, Damaged, Foreign, Newer
from . import crypto
from .codec import Reader, Writer

MAGIC = b"PESTTUI\x01"
VERSION = 1
SUITE = 1
HEADER_SIZE = 64
CHECK = 8
FRAME_MAGIC = b"FRM1"
FRAME_HEADER = 32
SECTOR = 512
MAX_BODY = 64 * 1024 * 1024
PIECE = 32 * 1024 * 1024
"""How much of a file's first transaction goes into one frame."""

SLOT_BODY = SECTOR - FRAME_HEADER

CHECKPOINT, DATA, SLOT = 1, 2, 3
COMMIT, BEGIN = 1, 2
"""A transaction's last frame and its first: with both, two transactions never look like one unfinished one."""

_HEAD = struct.Struct("<4sIQ12sBBH")


@dataclass(frozen=True)
class Header:
    """The first 64 bytes of a file, in clear."""

    vault_id: bytes
    file_id: bytes
    generation: int

    def encode(self) -> bytes:
        """Return the 64 bytes. The check is against decay, so that it is not mistaken for a wrong passphrase."""
        front = (
            Writer()
            .raw(MAGIC, 8)
            .number(VERSION, 2)
            .number(SUITE, 2)
            .number(0, 4)
            .raw(self.vault_id, 16)
            .raw(self.file_id, 16)
            .number(self.generation, 8)
            .done()
        )
        return front + crypto.sha256(front)[:CHECK]

    @classmethod
    def decode(cls, data: bytes) -> "Header":
        """Read a header; raises `Damaged` saying whether the file is foreign, newer or cut."""
        if data[:7] != MAGIC[:7]:
            raise Foreign(N_("This is not a pesttui file."))
        if len(data) < HEADER_SIZE:
            raise Broken(N_("The file ends within its header."))
        reader = Reader(data)
        magic, version, suite, flags = reader.raw(8), reader.number(2), reader.number(2), reader.number(4)
        whole = crypto.sha256(data[: HEADER_SIZE - CHECK])[:CHECK] == data[HEADER_SIZE - CHECK : HEADER_SIZE]
        if whole and (magic, version, suite, flags) != (MAGIC, VERSION, SUITE, 0):
            raise Newer(
                N_("This file was made by a newer pesttui (version {version}). Update the program; the file is whole."),
                version=version,
            )
        if not whole:
            raise Broken(N_("The file's header is damaged."))
        return cls(reader.raw(16), reader.raw(16), reader.number(8))


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it lies in the file."""

    seq: int
    nonce: bytes
    kind: int
    flags: int
    epoch: int
    body: bytes

    def head(self) -> bytes:
        """Return the 32 bytes before the body."""
        length = len(self.body)
        return _HEAD.pack(FRAME_MAGIC, length, self.seq, self.nonce, self.kind, self.flags, self.epoch)

    def encode(self) -> bytes:
        """Return the whole frame."""
        return self.head() + self.body

    @property
    def size(self) -> int:
        """How many bytes the frame takes in the file."""
        return FRAME_HEADER + len(self.body)

    @property
    def begins(self) -> bool:
        """Whether a transaction starts here."""
        return bool(self.flags & BEGIN)

    @property
    def commits(self) -> bool:
        """Whether a transaction ends here."""
        return bool(self.flags & COMMIT)


class Torn(Exception):
    """The bytes end before the frame does."""


def damaged(seq: int) -> Damaged:
    """Return the error that names a frame."""
    return Broken(N_("Frame {seq} is damaged."), seq=seq)


def take(data: bytes, at: int, seq: int) -> Frame:
    """Read the frame at `at`, which must be number `seq`.

    Raises `Torn` if the bytes end before the frame does, `Damaged` if they are no frame.
    """
    if len(data) - at < FRAME_HEADER:
        # What is there must at least begin like the frame that is expected.
        if FRAME_MAGIC.startswith(data[at : at + 4]):
            raise Torn
        raise damaged(seq)
    magic, length, number, nonce, kind, flags, epoch = _HEAD.unpack_from(data, at)
    sized = length <= MAX_BODY and (FRAME_HEADER + length) % SECTOR == 0
    if magic != FRAME_MAGIC or not sized or kind not in (CHECKPOINT, DATA, SLOT) or flags > COMMIT | BEGIN:
        raise damaged(seq)
    if number != seq:
        raise Broken(N_("Frame {number} stands where frame {seq} belongs."), number=number, seq=seq)
    if kind == SLOT:
        fits = length == SLOT_BODY and not flags & COMMIT
    else:
        # Only a checkpoint spans frames, and long ones: a keyslot's damaged kind never passes for one.
        fits = bool(flags & COMMIT) or (kind == CHECKPOINT and length > SLOT_BODY)
    if not fits:
        raise damaged(seq)
    body = data[at + FRAME_HEADER : at + FRAME_HEADER + length]
    if len(body) < length:
        raise Torn
    frame = Frame(number, nonce, kind, flags, epoch, body)
    if kind == SLOT and slot_check(frame) != nonce:
        raise damaged(seq)
    return frame


def pieces(operations: bytes) -> list[bytes]:
    """Cut a file's first transaction into what fits into frames."""
    return [operations[at : at + PIECE] for at in range(0, max(1, len(operations)), PIECE)]


def _frame_key(vault_key: bytes, previous: bytes) -> bytes:
    return crypto.derive(vault_key, b"pesttui frame v1" + previous)


def seal_frame(
    vault_key: bytes, previous: bytes, *, seq: int, nonce: bytes, kind: int, flags: int, epoch: int, operations: bytes
) -> Frame:
    """Seal operations into a frame that fills whole sectors; raises ValueError for more than 64 MiB."""
    plain = Writer().blob(operations).done()
    plain += bytes(-(len(plain) + FRAME_HEADER + crypto.TAG) % SECTOR)
    if len(plain) + crypto.TAG > MAX_BODY:
        raise ValueError("a frame is at most 64 MiB")
    head = Frame(seq, nonce, kind, flags, epoch, bytes(len(plain) + crypto.TAG)).head()
    body = crypto.seal(_frame_key(vault_key, previous), nonce, plain, previous + head)
    return Frame(seq, nonce, kind, flags, epoch, body)


def open_frame(vault_key: bytes, previous: bytes, frame: Frame) -> bytes | None:
    """Return the operations in a sealed frame, or None when it does not belong here or was changed."""
    plain = crypto.unseal(_frame_key(vault_key, previous), frame.nonce, frame.body, previous + frame.head())
    if plain is None or len(plain) < 4:
        return None
    end = 4 + int.from_bytes(plain[:4], "little")
    # Exactly one way to write a transaction down: no hidden bytes behind it.
    if end > len(plain) or plain.count(0, end) != len(plain) - end:
        return None
    return plain[4:end]


def slot_check(frame: Frame) -> bytes:
    """Return what stands in a keyslot frame's nonce field: a check against decay that needs no key."""
    front = Frame(frame.seq, bytes(crypto.NONCE), frame.kind, frame.flags, frame.epoch, frame.body)
    return crypto.sha256(b"pesttui slot frame v1", front.encode())[: crypto.NONCE]


def slot_frame(*, seq: int, flags: int, epoch: int, slot: bytes, random_fill: bytes) -> Frame:
    """Put a keyslot into a frame of its own, in clear, one sector long; it counts once a sealed frame follows.

    The fill is random: sectors of zeros are what a crash leaves, and must mean nothing else.
    """
    size = SLOT_BODY - 4 - len(slot)
    body = Writer().blob(slot).raw(random_fill[:size], size).done()
    bare = Frame(seq, bytes(crypto.NONCE), SLOT, flags, epoch, body)
    return Frame(seq, slot_check(bare), SLOT, flags, epoch, body)


def chain(previous: bytes, frame: Frame) -> bytes:
    """Return the hash of everything up to and including this frame."""
    return crypto.sha256(previous, frame.head(), frame.body)


def another_begins(data: bytes, at: int) -> bool:
    """Whether a second transaction begins behind the one at `at`: then the first was acknowledged, so is no crash."""
    for place in range(at + SECTOR, len(data) - FRAME_HEADER + 1, SECTOR):
        if data.startswith(FRAME_MAGIC, place) and data[place + 29] & BEGIN:
            return True
    return False


def unwritten(data: bytes, at: int, start: int) -> bool:
    """Whether a whole piece of `data` from `at` on within one sector is zero: what a crash leaves unwritten.

    `data` lies at file offset `start`. Frames begin 64 bytes into a sector, so no piece is shorter than 64 bytes:
    sealed bytes are never zero by chance. A file cut within a frame's header may end in fewer.
    """
    if not any(data[at:]):
        return True
    while at < len(data):
        size = min(SECTOR - (start + at) % SECTOR, len(data) - at)
        if size >= HEADER_SIZE and not any(data[at : at + size]):
            return True
        at += size
    return False
