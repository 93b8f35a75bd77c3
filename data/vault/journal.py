"""The file itself: whole transactions in, whole transactions out, whatever happens to the machine in between.

Readers take no lock. Writers hold it from reading what is new until what they wrote is on the disk.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..errors import N_, Busy, Damaged, NotSaved, VaultError
from . import frames
from .crypto import sha256
from .frames import Frame, Header, Torn
from .machine import Machine
from .slots import Slot

LOCK_SECONDS = 10
"""How long a writer waits for another before saying that the file is busy."""


@dataclass(frozen=True)
class Transaction:
    """What one save held: its first frame's number, new keyslots, the operations, whether it began the file."""

    seq: int
    slots: tuple[Slot, ...]
    operations: bytes
    first: bool


@dataclass
class _End:
    """The verified end: the next writer writes here and nowhere else."""

    offset: int
    seq: int
    digest: bytes


class Journal:
    """An open vault file. Not for several threads at once: `Vault` sees to that."""

    def __init__(self, path: str, machine: Machine, *, lock_path: str | None = None) -> None:
        self.path = path
        self._machine = machine
        self._files = machine.files
        self._lock_path = lock_path or f"{path}.lock"
        self._lock_fd: int | None = None
        self._fd, self.read_only = self._open_file()
        self._inode = self._files.inode(self._fd)
        self.header_bytes = self._files.read(self._fd, frames.HEADER_SIZE, 0)
        self.header = Header.decode(self.header_bytes)
        self.damage: Damaged | None = None
        self.torn = False
        """Whether unfinished bytes lie behind the verified end: a crash, or somebody writing just now."""
        self._key = b""
        self._epoch = 0
        self._rewind()

    def _open_file(self) -> tuple[int, bool]:
        try:
            return self._files.open(self.path, os.O_RDWR), False
        except FileNotFoundError:
            raise VaultError(N_("There is no school file at {path}."), path=self.path) from None
        except OSError:
            try:
                return self._files.open(self.path, os.O_RDONLY), True
            except OSError as error:
                raise VaultError(
                    N_("The file {path} cannot be opened: {reason}."), path=self.path, reason=error.strerror
                ) from None

    def _rewind(self) -> None:
        self._end = _End(frames.HEADER_SIZE, 1, sha256(self.header_bytes))
        self._epoch = 0

    @property
    def seq(self) -> int:
        """The number of the last verified frame."""
        return self._end.seq - 1

    @property
    def first_hash(self) -> bytes:
        """SHA-256 of the header, where the chain of frames begins."""
        return sha256(self.header_bytes)

    def slots(self) -> dict[bytes, Slot]:
        """Return the last keyslot of each label, read without any key.

        What is read here is only trusted once the frames around it have been verified with the key it led to.
        """
        data = self._files.read(self._fd, self._size(), 0)
        found: dict[bytes, Slot] = {}
        waiting: list[Slot] = []
        at, seq = frames.HEADER_SIZE, 1
        with contextlib.suppress(Torn, Damaged):
            while at < len(data):
                frame = frames.take(data, at, seq)
                if frame.kind == frames.SLOT:
                    waiting.append(Slot.decode(frame.body))
                else:
                    found.update((slot.label, slot) for slot in waiting)
                    waiting.clear()
                at += frames.FRAME_HEADER + len(frame.body)
                seq += 1
        return found

    def use_key(self, vault_key: bytes) -> None:
        """Set the vault key; needed before anything sealed is read or written."""
        self._key = vault_key

    @property
    def epoch(self) -> int:
        """The number of the vault key that this file is sealed under: the same in all its frames."""
        if not self._epoch:
            head = self._files.read(self._fd, frames.FRAME_HEADER, frames.HEADER_SIZE)
            self._epoch = int.from_bytes(head[30:32], "little")
        return self._epoch

    def _size(self) -> int:
        return self._files.size_and_inode(self.path)[0]

    def replaced(self) -> bool:
        """Whether the path now leads to another file than the one that is open, or to one that was cut back."""
        try:
            size, inode = self._files.size_and_inode(self.path)
        except FileNotFoundError:
            return False
        return inode != self._inode or size < self._end.offset

    def reload(self) -> None:
        """Open the file at the path anew, from its beginning."""
        self._files.close(self._fd)
        self._fd, self.read_only = self._open_file()
        self._inode = self._files.inode(self._fd)
        self.header_bytes = self._files.read(self._fd, frames.HEADER_SIZE, 0)
        self.header = Header.decode(self.header_bytes)
        self.damage = None
        self._rewind()

    def read_new(self) -> Iterator[Transaction]:
        """Yield each whole transaction behind the verified end and move the end behind it.

        Stops at an unfinished one (`torn`) or at damage (`damage`, after which nothing is written any more).
        """
        if self.damage:
            return
        size = self._size()
        self.torn = False
        if size == self._end.offset:
            return
        start = self._end.offset
        data = self._files.read(self._fd, size - start, start)
        while self._end.offset - start < len(data):
            try:
                transaction, end = self._take(data, start)
            except Torn:
                self.torn = True
                return
            except Damaged as problem:
                # A crash leaves a frame cut short or with sectors of zeros, and nothing behind it.
                at = self._end.offset - start
                if frames.zero_sector(data[at:], self._end.offset) and self._nothing_follows(data, at):
                    self.torn = True
                else:
                    self.damage = problem
                return
            self._end = end
            yield transaction

    def _take(self, data: bytes, start: int) -> tuple[Transaction, _End]:
        """Read one transaction at the verified end: keyslot frames and the sealed frames that commit them."""
        at, seq, digest = self._end.offset - start, self._end.seq, self._end.digest
        slots: list[Slot] = []
        operations: list[bytes] = []
        begun = seq
        while True:
            if at >= len(data):
                raise Torn
            frame = frames.take(data, at, seq)
            if frame.epoch != self.epoch:
                raise Damaged(N_("Frame {seq} is damaged."), seq=seq)
            if frame.kind == frames.SLOT:
                slots.append(Slot.decode(frame.body))
            else:
                plain = frames.open_frame(self._key, digest, frame)
                checkpoint = frame.kind == frames.CHECKPOINT
                if plain is None or checkpoint != (begun == 1):
                    raise Damaged(N_("Frame {seq} is damaged."), seq=seq)
                operations.append(plain)
            digest = frames.chain(digest, frame)
            at += frames.FRAME_HEADER + len(frame.body)
            seq += 1
            if frame.commits and frame.kind != frames.SLOT:
                end = _End(start + at, seq, digest)
                return Transaction(begun, tuple(slots), b"".join(operations), begun == 1), end

    @staticmethod
    def _nothing_follows(data: bytes, at: int) -> bool:
        """Whether no whole frame header lies anywhere behind the bad transaction's first frame."""
        return data.find(frames.FRAME_MAGIC, at + frames.FRAME_HEADER) < 0

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the writers' lock; raises `Busy` after ten seconds, `NotSaved` where nothing can be written."""
        if self.read_only:
            raise NotSaved(N_("The file is read-only here."))
        if self._lock_fd is None:
            try:
                self._lock_fd = self._files.open(self._lock_path, os.O_RDWR | os.O_CREAT)
            except OSError as error:
                raise NotSaved(N_("The lock file cannot be opened: {reason}."), reason=error.strerror) from None
        until = self._machine.monotonic() + LOCK_SECONDS
        while not self._files.try_lock(self._lock_fd):
            if self._machine.monotonic() > until:
                raise Busy(N_("Somebody else is writing for too long. Nothing was saved; try again."))
            self._machine.sleep(0.02)
        try:
            yield
        finally:
            self._files.unlock(self._lock_fd)

    def append(self, operations: bytes, slots: Sequence[Slot] = (), *, first: bool = False) -> Transaction:
        """Write one transaction at the verified end and return once it is on the disk.

        Needs the lock, and everything before read. Raises `NotSaved`, with the file as it was.
        """
        if self.damage:
            raise NotSaved(N_("The file is damaged, so nothing is written to it."))
        seq, digest, written = self._end.seq, self._end.digest, []
        for slot in slots:
            fill = self._machine.random(frames.SECTOR)
            written.append(frames.slot_frame(seq, self.epoch, slot.encode(), fill))
            digest, seq = frames.chain(digest, written[-1]), seq + 1
        sealed = frames.seal_frame(
            self._key, digest, seq=seq, nonce=self._machine.random(12), operations=operations, epoch=self.epoch,
            kind=frames.CHECKPOINT if first else frames.DATA,
        )  # fmt: skip
        written.append(sealed)
        self._write(written)
        transaction = Transaction(self._end.seq, tuple(slots), operations, first)
        length = sum(frames.FRAME_HEADER + len(frame.body) for frame in written)
        self._end = _End(self._end.offset + length, seq + 1, frames.chain(digest, sealed))
        return transaction

    def _write(self, written: list[Frame]) -> None:
        data = b"".join(frame.encode() for frame in written)
        try:
            if self._files.size_and_inode(self.path)[0] != self._end.offset:
                # Only a torn tail can lie there: the lock is held and all before it was read.
                self._files.cut(self._fd, self._end.offset)
                self._files.sync(self._fd)
            done = 0
            while done < len(data):
                done += self._files.write(self._fd, data[done:], self._end.offset + done)
            self._files.sync(self._fd)
        except OSError as error:
            self._take_back(error)
        self.torn = False

    def _take_back(self, error: OSError) -> NoReturn:
        """Cut off what was half written, so that no reader takes for saved what was not acknowledged."""
        with contextlib.suppress(OSError):
            self._files.cut(self._fd, self._end.offset)
            self._files.sync(self._fd)
        raise NotSaved(N_("The disk did not take it: {reason}."), reason=error.strerror) from None

    def start(self, vault_key: bytes, epoch: int) -> None:
        """Set key and epoch for a new file that has no frame yet."""
        self._key, self._epoch = vault_key, epoch

    def publish(self, path: str) -> None:
        """Give a new file its name; raises VaultError if something has that name already."""
        try:
            self._files.publish(self.path, path)
        except FileExistsError:
            raise VaultError(N_("There is already a file at {path}; it was left alone."), path=path) from None
        self.path = path

    def close(self) -> None:
        """Close the file and let go of the lock file, which stays: removing it would let two writers in."""
        self._files.close(self._fd)
        if self._lock_fd is not None:
            self._files.close(self._lock_fd)
            self._lock_fd = None


def create_file(path: str, header: Header, machine: Machine) -> None:
    """Write a new file that holds a header and nothing else; raises VaultError."""
    try:
        fd = machine.files.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            machine.files.write(fd, header.encode(), 0)
            machine.files.sync(fd)
        finally:
            machine.files.close(fd)
    except OSError as error:
        raise VaultError(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror) from None
