"""Reading the file: whole transactions, as far as they can be verified, and what is damage and what only unfinished.

Readers take no lock.
"""

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Self

from ..errors import N_, Broken, Damaged, VaultError
from . import frames
from .crypto import running_sha256, sha256
from .frames import Frame, Header, Torn
from .lock import Lock
from .machine import Look, Machine
from .mark import Mark
from .slots import Slot

TAIL = 64
"""How many bytes before the verified end are compared before it is believed still to be there."""

_PIECE = 1 << 20
"""How much of the file is read at a time to see whether it is the one that was read before (bytes)."""


@dataclass(frozen=True)
class Transaction:
    """What one save held: its first frame's number, new keyslots, the operations, whether it began the file."""

    seq: int
    slots: tuple[Slot, ...]
    operations: bytes
    first: bool


@dataclass(frozen=True)
class End:
    """The verified end: the next writer writes here and nowhere else."""

    offset: int
    seq: int
    digest: bytes
    tail: bytes


class Reading:
    """An open vault file, as far as it is read. Not for several threads at once: `Vault` sees to that."""

    def __init__(self, path: str, machine: Machine, *, lock: Lock | None = None) -> None:
        self.path = path
        self.lock = lock or Lock(f"{path}.lock", machine)
        self._machine = machine
        self._files = machine.files
        self._fd, self.read_only = self._open_file()
        try:
            self._inode = self._files.look_at(self._fd).inode
            self._header_bytes = self._files.read(self._fd, frames.HEADER_SIZE, 0)
            self.header = Header.decode(self._header_bytes)
        except OSError as error:
            self._files.close(self._fd)
            raise self._unreadable(error) from None
        except Damaged:
            self._files.close(self._fd)
            raise
        self.first_hash = sha256(self._header_bytes)
        """SHA-256 of the header, where the chain of frames begins."""
        self._end = End(frames.HEADER_SIZE, 1, self.first_hash, self._header_bytes)
        self._hash = running_sha256(self._header_bytes)
        """Of the very bytes that were verified."""
        self.damage: Damaged | None = None
        self.torn = False
        """Whether unfinished bytes lie behind the verified end: a crash, or somebody writing just now."""
        self.watch = 0
        """The number of the frame behind which the file's hash is remembered while it is read; 0 for none."""
        self.watched: bytes | None = None
        self._known_tail: Look | None = None
        self._doubtful = False
        """Whether a write failed: what the system says of the file is believed once it is read anew."""
        self._key = b""
        self._epoch = 0

    def _open_file(self) -> tuple[int, bool]:
        try:
            return self._files.open(self.path, os.O_RDWR), False
        except FileNotFoundError:
            raise VaultError(N_("There is no school file at {path}."), path=self.path) from None
        except OSError:
            try:
                # Not to wait for the other end where somebody put a pipe.
                return self._files.open(self.path, os.O_RDONLY | os.O_NONBLOCK), True
            except OSError as error:
                raise VaultError(
                    N_("The file {path} cannot be opened: {reason}."), path=self.path, reason=error.strerror
                ) from None

    def _unreadable(self, error: OSError) -> VaultError:
        return VaultError(N_("The file {path} cannot be read: {reason}."), path=self.path, reason=error.strerror)

    def _look(self) -> Look:
        try:
            look = self._files.look(self.path)
            # Where another file has the name by now, the length of the one that is open here is its own.
            return look if look.inode == self._inode else self._files.look_at(self._fd)
        except OSError as error:
            raise self._unreadable(error) from None

    def _read_at(self, count: int, offset: int) -> bytes:
        try:
            return self._files.read(self._fd, count, offset)
        except OSError as error:
            raise self._unreadable(error) from None

    @property
    def seq(self) -> int:
        """The number of the last verified frame."""
        return self._end.seq - 1

    @property
    def digest(self) -> bytes:
        """The hash of everything up to the verified end."""
        return self._end.digest

    @property
    def mark(self) -> Mark:
        """How far the file was verified."""
        return Mark(self.header.generation, self.seq, self.digest)

    @property
    def end(self) -> int:
        """Where the verified end lies: how many bytes of the file are whole."""
        return self._end.offset

    @property
    def size(self) -> int:
        """How many bytes the file has now, whole or not. Raises VaultError."""
        return self._look().size

    def settled(self) -> bool:
        """Whether what was read last has lain there for so long that no writer can be taking it back."""
        try:
            return self._files.quiet(self._files.look_at(self._fd))
        except OSError:
            return False

    def slots(self) -> tuple[dict[bytes, Slot], Damaged | None]:
        """Return the last keyslot of each label, read without any key, and the damage that can be seen without one.

        What is read here is only trusted once the frames around it have been verified with the key it led to.
        """
        data = self._read_at(self._look().size, 0)
        found: dict[bytes, Slot] = {}
        at, seq = frames.HEADER_SIZE, 1
        try:
            while at < len(data):
                begun, waiting = at, []
                while True:
                    frame = frames.take(data, at, seq)
                    if frame.epoch != self.epoch or frame.begins != (at == begun):
                        raise frames.damaged(seq)
                    at, seq = at + frame.size, seq + 1
                    if frame.commits:
                        break
                    if frame.kind == frames.SLOT:
                        waiting.append(Slot.decode(frame.body))
                    elif begun != frames.HEADER_SIZE:
                        raise frames.damaged(seq - 1)
                if at < len(data) or not frames.unwritten(data, begun, 0):
                    found.update((slot.label, slot) for slot in waiting)
        except Torn:
            if frames.another_begins(data, begun):
                return found, frames.damaged(seq)
        except Damaged as problem:
            if frames.another_begins(data, begun) or not frames.unwritten(data, begun, 0):
                return found, problem
        # A file is born whole: no crash leaves it without its first transaction.
        return found, None if found else Broken(N_("The file ends within its first transaction."))

    def count(self) -> int:
        """Return how many whole frames there seem to be, by their heads alone: without a key, so not to be trusted."""
        data, at, seq = self._read_at(self._look().size, 0), frames.HEADER_SIZE, 1
        with contextlib.suppress(Torn, Damaged):
            while at < len(data):
                at, seq = at + frames.take(data, at, seq).size, seq + 1
        return seq - 1

    def share(self) -> int:
        """Return another descriptor of this file, whatever becomes of its name; the caller closes it."""
        try:
            return self._files.duplicate(self._fd)
        except OSError as error:
            raise self._unreadable(error) from None

    @property
    def epoch(self) -> int:
        """The number of the vault key that this file is sealed under: the same in all its frames."""
        if not self._epoch:
            head = self._read_at(frames.FRAME_HEADER, frames.HEADER_SIZE)
            self._epoch = int.from_bytes(head[30:32], "little")
        return self._epoch

    def use_key(self, vault_key: bytes, epoch: int = 0) -> None:
        """Set the vault key, and its epoch for a new file that has no frame yet."""
        self._key = vault_key
        self._epoch = epoch or self._epoch

    def replaced(self) -> bool:
        """Whether what was verified no longer lies at the path: another file, one cut back, or one written over.

        Also after a failed write: what the system says of the file then is only believed once read anew.
        """
        try:
            look = self._files.look(self.path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unreadable(error) from None
        if self._doubtful or look.inode != self._inode or look.size < self._end.offset:
            return True
        return self._read_at(TAIL, self._end.offset - TAIL) != self._end.tail

    def reopen(self) -> Self:
        """Return the file that lies at the path now, unread, with the same key and lock."""
        fresh = type(self)(self.path, self._machine, lock=self.lock)
        if fresh.header.vault_id != self.header.vault_id:
            fresh.close_file()
            raise Broken(N_("Another file lies in the school file's place."))
        fresh.use_key(self._key)
        return fresh

    def stand(self) -> tuple[End, bytes]:
        """Return the verified end, and SHA-256 of the bytes up to there: what `resume` takes."""
        return self._end, self._hash.digest()

    def resume(self, end: End, digest: bytes) -> bool:
        """Move the verified end to where it was in another session, if the same bytes lie before it; says whether.

        Raises VaultError where the file cannot be read.
        """
        found, at = running_sha256(self._header_bytes), len(self._header_bytes)
        # Piece by piece: the whole file at once would stay in the program's memory for long.
        while at < end.offset and (data := self._read_at(min(_PIECE, end.offset - at), at)):
            found.update(data)
            at += len(data)
        if at != end.offset or found.digest() != digest:
            return False
        self._end, self._hash = end, found
        return True

    def read_new(self) -> Iterator[Transaction]:
        """Yield each whole transaction behind the verified end and move the end behind it.

        Stops at an unfinished one (`torn`) or at damage (`damage`, after which nothing is written any more).
        Raises VaultError where the file cannot be read.
        """
        if self.damage:
            return
        look = self._look()
        if not self.lock.mine and look == self._known_tail:
            return
        suspect = yield from self._read_to(look.size)
        if suspect and not self.lock.mine:
            # Without the lock, somebody who cuts off a torn tail and writes anew can look like damage.
            with self.lock.at_once(self._fd) as certain:
                if certain and not self.replaced():
                    suspect = yield from self._read_to(self._look().size)
                elif not (self._files.quiet(look) and look == self._look()):
                    self.torn, suspect = True, None
        self.damage = suspect
        self._known_tail = look if self.torn and self._files.quiet(look) else None

    def _read_to(self, size: int) -> Generator[Transaction, None, Damaged | None]:
        """Read up to `size`; returns what looks like damage, or None."""
        self.torn = False
        start = self._end.offset
        data = self._read_at(size - start, start) if size > start else b""
        while self._end.offset - start < len(data):
            at = self._end.offset - start
            try:
                transaction, end = self._take(data, start)
            except Torn:
                if frames.another_begins(data, at):
                    return frames.damaged(self._end.seq)
                self.torn = True
                return None
            except Damaged as problem:
                # A crash leaves a frame cut short or with sectors of zeros, and nothing behind it.
                if frames.another_begins(data, at) or not frames.unwritten(data, at, start):
                    return problem
                self.torn = True
                return None
            self._hash.update(data[at : end.offset - start])
            self._end = end
            if self.seq == self.watch:
                self.watched = self.digest
            yield transaction
        return None

    def _take(self, data: bytes, start: int) -> tuple[Transaction, End]:
        """Read one transaction at the verified end: keyslot frames and the sealed frames that commit them."""
        at, seq, digest = self._end.offset - start, self._end.seq, self._end.digest
        slots: list[Slot] = []
        operations: list[bytes] = []
        begun = seq
        while True:
            if at >= len(data):
                raise Torn
            try:
                frame = frames.take(data, at, seq)
            except Torn:
                if self._only_length_is_wrong(data, at, digest):
                    raise frames.damaged(seq) from None
                raise
            if frame.epoch != self.epoch or frame.begins != (seq == begun):
                raise frames.damaged(seq)
            if frame.kind == frames.SLOT:
                if operations:
                    raise frames.damaged(seq)
                slots.append(Slot.decode(frame.body))
            else:
                plain = frames.open_frame(self._key, digest, frame)
                if plain is None or (frame.kind == frames.CHECKPOINT) != (begun == 1):
                    raise frames.damaged(seq)
                operations.append(plain)
            digest = sha256(digest, data[at : at + frame.size])
            at += frame.size
            seq += 1
            if frame.commits:
                end = End(start + at, seq, digest, data[at - TAIL : at])
                return Transaction(begun, tuple(slots), b"".join(operations), begun == 1), end

    def _only_length_is_wrong(self, data: bytes, at: int, digest: bytes) -> bool:
        """Whether a frame that seems cut short is whole but for its length: decay, not a crash."""
        head, body = data[at : at + frames.FRAME_HEADER], data[at + frames.FRAME_HEADER :]
        if len(head) < frames.FRAME_HEADER or (len(head) + len(body)) % frames.SECTOR:
            return False
        seq, kind, flags = int.from_bytes(head[8:16], "little"), head[28], head[29]
        frame = Frame(seq, head[16:28], kind, flags, self.epoch, body)
        return frames.open_frame(self._key, digest, frame) is not None

    def close_file(self) -> None:
        """Close the file and keep the lock."""
        self._files.close(self._fd)

    def close(self) -> None:
        """Close the file and let go of the lock."""
        self._files.close(self._fd)
        self.lock.close()
