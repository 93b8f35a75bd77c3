"""What somebody's session knew of the file, laid aside when it ends and taken up where it stood by the next one.

Reading a file means opening every frame of it, and each of its documents means opening a key and checking a signature.
What came of that is kept beside the pins, with a hash of the very bytes of the file that it came from. Where those lie
there still the result would be the same, so it needs no trust in the file, its order or its age; where they do not,
the file is read from its first byte. `verify`, backups and writing the file anew ask nothing of this.
"""

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from itertools import chain, count, islice
from typing import TypeVar

import msgspec

from ..errors import VaultError
from ..version import __version__
from . import crypto
from .crypto import Keys
from .directory import Directory
from .journal import Journal, write_all
from .machine import Machine
from .reading import End
from .records import Grant, Place
from .slots import Slot
from .state import State, Stored

MAGIC = b"PESTMEM1"
LAYOUT = 2
"""Another number for every change, between two versions, of what is kept and of any rule by which it came about."""

ENOUGH = 256
"""Frames read and documents opened since it was last laid aside that make doing so worth the while."""

_AT_ONCE = 1024
"""How many documents are sealed together, at most."""

MOST = 64 * 1024 * 1024
"""No piece of it is larger (bytes): where one would be, nothing is laid aside."""


class Part(msgspec.Struct, array_like=True):
    """Some documents of one table, some of their grants, or of what opened: all at once would be as much again."""

    table: str
    documents: dict[str, Stored]
    grants: dict[str, list[Grant]]
    contents: dict[str, tuple[int, bytes]]

    @classmethod
    def of(cls, state: State, contents: Mapping[Place, tuple[int, bytes]]) -> "Iterator[Part]":
        """Yield all that a state has of them, in its order, and what was opened."""
        for table, documents in state.tables.items():
            for some in _some(documents, _size):
                yield cls(table, some, {}, {})
        for table, grants in state.grants.items():
            for some_grants in _some(grants, lambda given: sum(len(grant.wrapped) for grant in given)):
                yield cls(table, {}, some_grants, {})
        opened: dict[str, dict[str, tuple[int, bytes]]] = {}
        for (table, ident), content in contents.items():
            opened.setdefault(table, {})[ident] = content
        for table, texts in opened.items():
            for some_texts in _some(texts, lambda content: len(content[1])):
                yield cls(table, {}, {}, some_texts)

    def fill(self, state: State, contents: dict[Place, tuple[int, bytes]]) -> None:
        """Let them be in a state, and among what was opened, behind those that are."""
        if self.documents:
            state.tables.setdefault(self.table, {}).update(self.documents)
        if self.grants:
            state.grants.setdefault(self.table, {}).update(self.grants)
        contents.update(((self.table, ident), content) for ident, content in self.contents.items())


Kind = TypeVar("Kind")


def _size(stored: Stored) -> int:
    return len(stored.record.sealed) + sum(len(one.record.sealed) for one in stored.earlier or ())


def _some(found: Mapping[str, Kind], size: Callable[[Kind], int]) -> Iterator[dict[str, Kind]]:
    some, full = dict[str, Kind](), 0
    for ident, one in found.items():
        some[ident] = one
        full += size(one)
        if len(some) == _AT_ONCE or full > MOST // 16:
            yield some
            some, full = {}, 0
    if some:
        yield some


class Sum(msgspec.Struct, array_like=True):
    """What `State` adds up to, tables apart: its fields by the same names."""

    wraps: dict[bytes, dict[tuple[bytes, int], list[bytes]]]
    slots: dict[bytes, Slot]
    problems: list[str]
    signatures: int
    forged: int
    maker: bytes
    earlier: tuple[tuple[int, int, bytes], ...]
    order: int
    directory: Directory

    @classmethod
    def of(cls, state: State) -> "Sum":
        """Return what a state adds up to."""
        return cls(*(getattr(state, name) for name in cls.__struct_fields__))

    def fill(self, state: State) -> None:
        """Let an empty state add up to this."""
        for name in self.__struct_fields__:
            setattr(state, name, getattr(self, name))


class Seen(msgspec.Struct, array_like=True):
    """What this person's keys have opened of it: what `Session` and `Keyring` keep."""

    seeds: dict[tuple[bytes, int], bytes | None]
    """(circle, epoch) → its seed, None where it is out of reach."""
    vetted: dict[Place, int]
    hidden: dict[Place, int]
    readers: dict[Place, frozenset[bytes]]
    upgrades: dict[Place, tuple[bytes, bytes]]
    contents: dict[Place, tuple[int, bytes]] = {}
    """These lie in the parts."""


class Known(msgspec.Struct, array_like=True):
    """All but the parts: up to where, out of which bytes, with what result."""

    parts: int
    end: End
    read: bytes
    """SHA-256 of the file up to there."""
    pinned: tuple[int, bytes]
    """The number of the frame that the pin was at, and the file's hash after it; (0, nothing) without a pin."""
    sum: Sum
    seen: Seen


_PART = msgspec.msgpack.Decoder(Part)


def encoded(known: Known, parts: Iterable[Part]) -> Iterator[bytes]:
    """Return what is laid aside piece by piece: what is known is put down now, the parts when they are asked for."""
    return chain((msgspec.msgpack.encode(known),), map(msgspec.msgpack.encode, parts))


class Aside:
    """Where one person's program keeps that for one vault; without a folder nowhere."""

    def __init__(self, folder: str, machine: Machine, keys: Keys, vault_id: bytes, person: bytes) -> None:
        self._folder = folder
        self._machine = machine
        self._files = machine.files
        self._keys = keys
        program = __version__.encode() + LAYOUT.to_bytes(4, "little")
        self._context = MAGIC + program + vault_id + person
        self._name = crypto.derive(keys.seed, b"pesttui aside name v1" + vault_id)[:8].hex()
        self._worth = 0

    def path(self, journal: Journal) -> str:
        """Return where it lies for this file; for a file written anew it is elsewhere."""
        return os.path.join(self._folder, f"aside-{_mark(journal)}-{self._name}")  # noqa: PTH118

    def _key(self, vault_key: bytes) -> bytes:
        """Both are needed: the person's keys with a file that was written anew under another vault key open nothing."""
        return crypto.derive(self._keys.seed, b"pesttui aside v1" + crypto.derive(vault_key, b"pesttui aside vault v1"))

    def take_up(self, journal: Journal, vault_key: bytes, state: State) -> Known | None:
        """Return what was known of this file if the bytes it came from lie there still; the journal then stands there.

        An empty `state` then adds up to it. Raises VaultError where the file cannot be read, never for what is laid
        aside itself.
        """
        try:
            fd = self._files.open(self.path(journal), os.O_RDONLY | os.O_NONBLOCK) if self._folder else -1
        except OSError:
            return None
        if fd < 0:
            return None
        try:
            pieces = self._unsealed(fd, self._key(vault_key))
            known = msgspec.msgpack.decode(next(pieces), type=Known)
            # The pin is to be met on the way: where it lies before the end of this, the hash there must be known.
            passed = {known.pinned[0]: known.pinned[1], known.end.seq - 1: known.end.digest}
            if 0 < journal.watch < known.end.seq and journal.watch not in passed:
                return None
            parts = [_PART.decode(piece) for piece in islice(pieces, known.parts)]
            if len(parts) != known.parts or not journal.resume(known.end, known.read):
                return None
        except (OSError, StopIteration, msgspec.MsgspecError):
            return None  # another's, damaged, or made by this person's program when it was another one
        finally:
            self._files.close(fd)
        for part in parts:
            part.fill(state, known.seen.contents)
        known.sum.fill(state)
        if journal.watch in passed:
            journal.watched = passed[journal.watch]
        self._worth = worth(journal.seq, known.seen.contents, known.seen.hidden)
        return known

    def _unsealed(self, fd: int, key: bytes) -> Iterator[bytes]:
        """Yield piece after piece as far as they open, each behind its own first one only; raises OSError."""
        at, begin, context = len(MAGIC), 4 + crypto.NONCE, self._context
        for number in count():
            head = self._files.read(fd, begin, at)
            size = int.from_bytes(head[:4], "little")
            sealed = self._files.read(fd, size, at + begin) if size <= MOST else b""
            piece = crypto.unseal(key, head[4:], sealed, context + number.to_bytes(4, "little"))
            if piece is None:
                return
            if not number:
                context += head[4:]
            at += begin + size
            yield piece

    def _sealed(self, pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
        context = self._context
        for number, piece in enumerate(pieces):
            if len(piece) > MOST - crypto.TAG:
                raise OSError(errno.EFBIG, "a piece is too large")
            nonce = self._machine.nonce()
            sealed = crypto.seal(key, nonce, piece, context + number.to_bytes(4, "little"))
            if not number:
                context += nonce  # what somebody kept of another evening does not go with it
            yield len(sealed).to_bytes(4, "little") + nonce + sealed

    def wants(self, now: int, least: int = ENOUGH) -> bool:
        """Whether what is known by now is worth that much more than what was laid aside last; asked once for so much.

        A disk that is full is not tried at every look.
        """
        if not self._folder or now - self._worth < least:
            return False
        self._worth = now
        return True

    def keep(self, journal: Journal, vault_key: bytes, pieces: Iterable[bytes]) -> None:
        """Lay aside what is known; nothing happens where that cannot be: without it all is read again."""
        path = self.path(journal)
        temporary = f"{path}.new-{self._machine.nonce()[:4].hex()}"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            fd = self._files.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            try:
                write_all(self._files, fd, MAGIC, 0)
                at = len(MAGIC)
                for piece in self._sealed(pieces, self._key(vault_key)):
                    write_all(self._files, fd, piece, at)
                    at += len(piece)
                if journal.replaced():
                    # Whoever wrote the file anew has removed all that was laid aside of this one.
                    raise OSError(errno.ESTALE, "the file was replaced")
                self._files.rename(temporary, path)
            finally:
                self._files.close(fd)
        except (OSError, VaultError):
            with contextlib.suppress(OSError):
                self._files.remove(temporary)

    def sweep(self, journal: Journal) -> None:
        """Remove what this person laid aside of files that lay here before, and what a program left that died.

        Where another session is laying something aside just now, that is not kept.
        """
        now = os.path.basename(self.path(journal))  # noqa: PTH119
        self._remove(lambda name: name.split(".")[0].endswith(self._name) and name != now)

    def forget(self, journal: Journal) -> None:
        """Remove what anybody laid aside here of a file that was written anew: what left the file leaves here too."""
        self._remove(lambda name: name.startswith(f"aside-{_mark(journal)}-"))
        self._worth = 0

    def _remove(self, wanted: Callable[[str], bool]) -> None:
        with contextlib.suppress(OSError):
            for name in os.listdir(self._folder) if self._folder else ():  # noqa: PTH208
                if name.startswith("aside-") and wanted(name):
                    with contextlib.suppress(OSError):
                        self._files.remove(os.path.join(self._folder, name))  # noqa: PTH118


def worth(seq: int, contents: Sized, hidden: Sized) -> int:
    """Return how many frames and documents the next session need not open."""
    return seq + len(contents) + len(hidden)


def _mark(journal: Journal) -> str:
    """Return what tells the files of one school apart by name."""
    return crypto.sha256(b"pesttui aside file v1", journal.header.file_id)[:4].hex()
