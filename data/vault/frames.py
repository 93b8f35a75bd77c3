"""Header and frames: how bytes become transactions that cannot be changed, dropped, swapped or repeated.

Each frame is sealed under a key that depends on the hash of everything before it, so a frame opens at its own
place in its own file only.
"""

from dataclasses import dataclass
from typing import ClassVar

from ..errors import N_, Damaged
from . import crypto
from .codec import Reader, Writer

MAGIC = b"PESTTUI\x01"
VERSION = 1
SUITE = 1
HEADER_SIZE = 64
FRAME_MAGIC = b"FRM1"
FRAME_HEADER = 32
SECTOR = 512
MAX_BODY = 64 * 1024 * 1024

CHECKPOINT, DATA, SLOT = 1, 2, 3
COMMIT = 1


@dataclass(frozen=True)
class Header:
    """The first 64 bytes of a file, in clear."""

    vault_id: bytes
    file_id: bytes
    generation: int

    def encode(self) -> bytes:
        """Return the 64 bytes."""
        return (
            Writer()
            .raw(MAGIC, 8)
            .number(VERSION, 2)
            .number(SUITE, 2)
            .number(0, 4)
            .raw(self.vault_id, 16)
            .raw(self.file_id, 16)
            .number(self.generation, 8)
            .raw(bytes(8))
            .done()
        )

    @classmethod
    def decode(cls, data: bytes) -> "Header":
        """Read a header; raises `Damaged` saying whether the file is foreign, newer or cut."""
        if data[:7] != MAGIC[:7]:
            raise Damaged(N_("This is not a pesttui file."))
        if len(data) < HEADER_SIZE:
            raise Damaged(N_("The file ends within its header."))
        reader = Reader(data)
        magic, version, suite, flags = reader.raw(8), reader.number(2), reader.number(2), reader.number(4)
        if magic != MAGIC or version > VERSION or suite > SUITE or flags:
            raise Damaged(
                N_("This file was made by a newer pesttui (version {version}). Update the program; the file is whole."),
                version=version,
            )
        if version != VERSION or suite != SUITE:
            raise Damaged(N_("The file's header is damaged."))
        header = cls(reader.raw(16), reader.raw(16), reader.number(8))
        if reader.raw(8) != bytes(8):
            raise Damaged(N_("The file's header is damaged."))
        return header


@dataclass(frozen=True)
class Frame:
    """One frame as it lies in the file."""

    seq: int
    nonce: bytes
    kind: int
    flags: int
    epoch: int
    body: bytes

    SIZES: ClassVar[str] = "magic 4, body length 4, seq 8, nonce 12, kind 1, flags 1, epoch 2"

    def head(self) -> bytes:
        """Return the 32 bytes before the body."""
        return (
            Writer()
            .raw(FRAME_MAGIC)
            .number(len(self.body), 4)
            .number(self.seq, 8)
            .raw(self.nonce, crypto.NONCE)
            .number(self.kind, 1)
            .number(self.flags, 1)
            .number(self.epoch, 2)
            .done()
        )

    def encode(self) -> bytes:
        """Return the whole frame."""
        return self.head() + self.body

    @property
    def commits(self) -> bool:
        """Whether a transaction ends here."""
        return bool(self.flags & COMMIT)


class Torn(Exception):  # noqa: N818 - a finding, not an error
    """The bytes end before the frame does."""


def take(data: bytes, at: int, seq: int) -> Frame:
    """Read the frame at `at`, which must be number `seq`.

    Raises `Torn` if the bytes end before the frame does, `Damaged` if they are no frame.
    """
    head = data[at : at + FRAME_HEADER]
    if len(head) < FRAME_HEADER:
        # What is there must at least begin like the frame that is expected.
        if FRAME_MAGIC.startswith(head[:4]) or head.startswith(FRAME_MAGIC):
            raise Torn
        raise Damaged(N_("Frame {seq} is damaged."), seq=seq)
    reader = Reader(head)
    magic, length, number = reader.raw(4), reader.number(4), reader.number(8)
    nonce, kind, flags, epoch = reader.raw(12), reader.number(1), reader.number(1), reader.number(2)
    sized = length <= MAX_BODY and (FRAME_HEADER + length) % SECTOR == 0
    if magic != FRAME_MAGIC or not sized or kind not in (CHECKPOINT, DATA, SLOT) or flags > COMMIT:
        raise Damaged(N_("Frame {seq} is damaged."), seq=seq)
    if number != seq:
        raise Damaged(N_("Frame {number} stands where frame {seq} belongs."), number=number, seq=seq)
    body = data[at + FRAME_HEADER : at + FRAME_HEADER + length]
    if len(body) < length:
        raise Torn
    return Frame(number, nonce, kind, flags, epoch, body)


def _context(previous: bytes, head: bytes) -> bytes:
    return previous + head


def frame_key(vault_key: bytes, previous: bytes) -> bytes:
    """Return the key of the frame that follows the hash `previous`."""
    return crypto.derive(vault_key, b"pesttui frame v1" + previous)


def seal_frame(
    vault_key: bytes, previous: bytes, *, seq: int, nonce: bytes, kind: int, epoch: int, operations: bytes
) -> Frame:
    """Seal operations into a frame that ends a transaction and fills whole sectors."""
    overhead = FRAME_HEADER + crypto.TAG
    plain = Writer().blob(operations).done()
    plain += bytes(-(len(plain) + overhead) % SECTOR)
    if len(plain) + crypto.TAG > MAX_BODY:
        raise ValueError("a transaction is at most 64 MiB")
    empty = Frame(seq, nonce, kind, COMMIT, epoch, bytes(len(plain) + crypto.TAG))
    body = crypto.seal(frame_key(vault_key, previous), nonce, plain, _context(previous, empty.head()))
    return Frame(seq, nonce, kind, COMMIT, epoch, body)


def open_frame(vault_key: bytes, previous: bytes, frame: Frame) -> bytes | None:
    """Return the operations in a sealed frame, or None when it does not belong here or was changed."""
    key = frame_key(vault_key, previous)
    plain = crypto.unseal(key, frame.nonce, frame.body, _context(previous, frame.head()))
    if plain is None:
        return None
    reader = Reader(plain)
    operations = reader.blob()
    if any(reader.raw(len(plain) - reader.at)):
        return None
    return operations


def slot_frame(seq: int, epoch: int, slot: bytes, random_fill: bytes) -> Frame:
    """Put a keyslot into a frame of its own, in clear; it counts once a sealed frame follows.

    The fill is random: sectors of zeros are what a crash leaves, and must mean nothing else.
    """
    size = -(FRAME_HEADER + 4 + len(slot)) % SECTOR
    body = Writer().blob(slot).raw(random_fill[:size], size).done()
    return Frame(seq, bytes(crypto.NONCE), SLOT, 0, epoch, body)


def chain(previous: bytes, frame: Frame) -> bytes:
    """Return the hash of everything up to and including this frame."""
    return crypto.sha256(previous, frame.encode())


def zero_sector(data: bytes, start: int) -> bool:
    """Whether a whole piece of `data` (which lies at file offset `start`) within one sector is zero.

    Frames begin 64 bytes into a sector, so no piece is shorter than 64 bytes: sealed bytes are never so by chance.
    """
    at = 0
    while at < len(data):
        size = min(SECTOR - (start + at) % SECTOR, len(data) - at)
        piece = data[at : at + size]
        if len(piece) >= HEADER_SIZE and not any(piece):
            return True
        at += size
    return False
