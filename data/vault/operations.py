"""What a transaction can do to the vault, and how that is written down."""

import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from ..errors import N_, Damaged
from . import crypto
from .codec import Reader, Writer
from .entries import Entry
from .records import FRONT, Grant, Place, Record


class Tag(IntEnum):
    """The first byte of an operation."""

    PUT = 1
    GRANT = 2
    DROP_GRANT = 3
    ENTRY = 4
    WRAP = 5
    DROP_WRAP = 6
    DROP_SLOT = 7
    CHECKPOINT = 8


class Put(NamedTuple):
    """A record takes its place."""

    place: Place
    record: Record


class PutGrant(NamedTuple):
    """A circle can open a document."""

    place: Place
    grant: Grant


@dataclass(frozen=True)
class DropGrant:
    """A circle's grant is taken away."""

    place: Place
    circle: bytes


@dataclass(frozen=True)
class PutEntry:
    """The directory grows by one entry."""

    entry: Entry


class Wrap(NamedTuple):
    """A circle's seed for one member, wrapped to the member's public key."""

    circle: bytes
    epoch: int
    member: bytes
    wrapped: bytes


@dataclass(frozen=True)
class DropWrap:
    """All wraps of a circle for one member are taken away."""

    circle: bytes
    member: bytes


@dataclass(frozen=True)
class DropSlot:
    """The keyslot with this label is no longer one."""

    label: bytes


@dataclass(frozen=True)
class Checkpoint:
    """The last operation of a file's first transaction: who made the file, and all generations before it.

    `earlier` holds (generation, last frame's number, last hash) each; the signature is over the file's header and
    the hash of all operations before this one.
    """

    maker: bytes
    earlier: tuple[tuple[int, int, bytes], ...]
    signature: bytes = b""

    def signed(self, header_hash: bytes, operations_hash: bytes) -> bytes:
        """Return what the signature is over."""
        writer = Writer().raw(b"pesttui checkpoint v1").raw(header_hash).raw(operations_hash)
        return writer.raw(self._unsigned()).done()

    def _unsigned(self) -> bytes:
        writer = Writer().raw(self.maker, 8).number(len(self.earlier), 4)
        for generation, seq, digest in self.earlier:
            writer.number(generation, 8).number(seq, 8).raw(digest, 32)
        return writer.done()

    def encode(self) -> bytes:
        """Return the operation without its tag."""
        return self._unsigned() + self.signature


Operation = Put | PutGrant | DropGrant | PutEntry | Wrap | DropWrap | DropSlot | Checkpoint


def _encode_one(operation: Operation, writer: Writer) -> None:
    match operation:
        case Put(place, record):
            writer.number(Tag.PUT, 1).text(place[0]).text(place[1]).blob(record.encode())
        case PutGrant(place, grant):
            writer.number(Tag.GRANT, 1).text(place[0]).text(place[1])
            writer.raw(grant.circle, 8).number(grant.epoch, 4).number(grant.shared, 1).blob(grant.wrapped)
        case DropGrant(place, circle):
            writer.number(Tag.DROP_GRANT, 1).text(place[0]).text(place[1]).raw(circle, 8)
        case PutEntry(entry):
            writer.number(Tag.ENTRY, 1).blob(entry.encode())
        case Wrap(circle, epoch, member, wrapped):
            writer.number(Tag.WRAP, 1).raw(circle, 8).number(epoch, 4).raw(member, 8)
            writer.raw(wrapped, crypto.KEY + crypto.HPKE_EXTRA)
        case DropWrap(circle, member):
            writer.number(Tag.DROP_WRAP, 1).raw(circle, 8).raw(member, 8)
        case DropSlot(label):
            writer.number(Tag.DROP_SLOT, 1).raw(label, 8)
        case Checkpoint():
            writer.number(Tag.CHECKPOINT, 1).blob(operation.encode())


def encode(operations: Iterable[Operation]) -> bytes:
    """Return operations as the plaintext of a frame."""
    writer = Writer()
    for operation in operations:
        _encode_one(operation, writer)
    return writer.done()


_PUT, _GRANT = struct.Struct("<I" + FRONT.format[1:]), struct.Struct("<8sIBI")


def decode(data: bytes) -> list[tuple[int, Operation]]:
    """Return each operation with the offset at which it begins; raises `Damaged`."""
    found: list[tuple[int, Operation]] = []
    places: dict[bytes, Place] = {}
    at, size, put, grant = 0, len(data), int(Tag.PUT), int(Tag.GRANT)
    try:
        while at < size:
            tag = data[at]
            # Nearly all of a file is these two: unpacked at one go, and made without asking by name for each field.
            if tag in (put, grant):
                middle = at + 3 + (data[at + 1] | data[at + 2] << 8)
                start = middle + 2 + (data[middle] | data[middle + 1] << 8)
                named = data[at + 1 : start]
                place = places.get(named)
                if place is None:
                    place = places[named] = _place(data, at + 1, middle, start)
                if tag == put:
                    length, rev, author, home, time, commitment, nonce, sealed = _PUT.unpack_from(data, start)
                    end = start + 4 + length
                    start += _PUT.size
                    last = start + sealed
                    if end > size or last + crypto.SIGNATURE != end:
                        raise Damaged(N_("Something in the file has another length than it says."))
                    record = Record(rev, author, home, time, commitment, nonce, data[start:last], data[last:end])
                    found.append((at, _tuple(Put, (place, record))))
                else:
                    circle, epoch, shared, length = _GRANT.unpack_from(data, start)
                    start += _GRANT.size
                    end = start + length
                    if end > size:
                        raise Damaged(N_("Something in the file ends too early."))
                    if shared > 1:
                        raise Damaged(N_("Something in the file is neither yes nor no."))
                    given = Grant(circle, epoch, shared == 1, data[start:end])
                    found.append((at, _tuple(PutGrant, (place, given))))
            else:
                reader = Reader(data, at)
                found.append((at, _decode_one(reader)))
                end = reader.at
            at = end
    except (struct.error, IndexError, UnicodeDecodeError):
        raise Damaged(N_("Something in the file cannot be read.")) from None
    return found


_tuple = tuple.__new__
"""Makes a named tuple of its fields in order: a third of the time of its own constructor."""


def _place(data: bytes, at: int, middle: int, end: int) -> Place:
    if end > len(data):
        raise Damaged(N_("Something in the file ends too early."))
    return sys.intern(data[at + 2 : middle].decode()), data[middle + 2 : end].decode()


def _decode_one(reader: Reader) -> Operation:
    tag = reader.number(1)
    match tag:
        case Tag.DROP_GRANT:
            return DropGrant((reader.text(), reader.text()), reader.raw(8))
        case Tag.ENTRY:
            return PutEntry(Entry.decode(reader.blob()))
        case Tag.WRAP:
            return Wrap(reader.raw(8), reader.number(4), reader.raw(8), reader.raw(crypto.KEY + crypto.HPKE_EXTRA))
        case Tag.DROP_WRAP:
            return DropWrap(reader.raw(8), reader.raw(8))
        case Tag.DROP_SLOT:
            return DropSlot(reader.raw(8))
        case Tag.CHECKPOINT:
            inner = Reader(reader.blob())
            maker, count = inner.raw(8), inner.number(4)
            earlier = tuple((inner.number(8), inner.number(8), inner.raw(32)) for _ in range(count))
            checkpoint = Checkpoint(maker, earlier, inner.raw(crypto.SIGNATURE))
            inner.end()
            return checkpoint
    raise Damaged(N_("The file holds an operation ({tag}) that this version does not know."), tag=tag)
