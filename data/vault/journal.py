"""The file itself: whole transactions in, whole transactions out, whatever happens to the machine in between.

Readers take no lock. Writers hold it from reading what is new until what they wrote is on the disk.
"""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from typing import NoReturn

from ..errors import N_, NotSaved, VaultError
from . import frames
from .frames import BEGIN, COMMIT, Frame, Header
from .machine import Files, Machine
from .reading import TAIL, End, Reading, Transaction
from .slots import Slot


class Journal(Reading):
    """An open vault file. Not for several threads at once: `Vault` sees to that."""

    _refused: bytes | None = None
    """What a failed write may have left behind the verified end, as long as it could not be cut off."""
    _folder_synced = False

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the writers' lock; raises `Busy` after ten seconds, `NotSaved` where nothing can be written."""
        if self.read_only and not self._writable_by_now():
            raise NotSaved(N_("The file is read-only here. Tell whoever looks after the server, then save again."))
        with self.lock.held(self._fd):
            yield

    def _writable_by_now(self) -> bool:
        """Open the file once more for writing; whoever typed meanwhile need not begin again."""
        try:
            fd = self._files.open(self.path, os.O_RDWR)
        except OSError:
            return False
        with contextlib.suppress(OSError):
            if self._files.look_at(fd).inode == self._inode:
                fd, self._fd, self.read_only = self._fd, fd, False
        self._files.close(fd)
        return not self.read_only

    def append(self, operations: bytes, slots: Sequence[Slot] = (), *, first: bool = False) -> Transaction:
        """Write one transaction at the verified end and return once it is on the disk.

        Needs the lock, and everything before read. Raises `NotSaved`, with the file as it was.
        """
        if self.damage:
            raise NotSaved(N_("The file is damaged, so nothing is written to it."))
        seq, digest, written, flags = self._end.seq, self._end.digest, [], BEGIN
        for slot in slots:
            fill = self._machine.random(frames.SECTOR)
            frame = frames.slot_frame(seq=seq, flags=flags, epoch=self.epoch, slot=slot.encode(), random_fill=fill)
            written.append(frame)
            digest, seq, flags = frames.chain(digest, frame), seq + 1, 0
        # Only what begins a file may need several frames; nobody reads it before it is whole.
        pieces = frames.pieces(operations) if first else [operations]
        for number, piece in enumerate(pieces, 1):
            flags |= COMMIT if number == len(pieces) else 0
            try:
                sealed = frames.seal_frame(
                    self._key, digest, seq=seq, nonce=self._machine.random(12), operations=piece, epoch=self.epoch,
                    kind=frames.CHECKPOINT if first else frames.DATA, flags=flags,
                )  # fmt: skip
            except ValueError:
                raise NotSaved(N_("This is too much for one save.")) from None
            written.append(sealed)
            digest, seq, flags = frames.chain(digest, sealed), seq + 1, 0
        self._write(written)
        transaction = Transaction(self._end.seq, tuple(slots), operations, first)
        offset = self._end.offset + sum(frame.size for frame in written)
        for frame in written:
            self._hash.update(frame.encode())
        self._end = End(offset, seq, digest, written[-1].body[-TAIL:])
        return transaction

    def _write(self, written: list[Frame]) -> None:
        data = b"".join(frame.encode() for frame in written)
        try:
            if not self._folder_synced:
                # Who gave the file its name may have died before the name was on the disk.
                self._files.sync_folder(self.path)
                self._folder_synced = True
            if self._files.look(self.path).size != self._end.offset:
                # Only a torn tail can lie there: the lock is held and all before it was read.
                self._files.cut(self._fd, self._end.offset)
                self._files.sync(self._fd)
            write_all(self._files, self._fd, data, self._end.offset)
            self._files.sync(self._fd)
            if self._files.look(self.path).inode != self._inode:
                raise OSError(errno.ESTALE, "the file was replaced")
        except OSError as error:
            self._take_back(data, error)
        self.torn = False

    def _take_back(self, data: bytes, error: OSError) -> NoReturn:
        """Cut off what was half written, so that nobody takes for saved what was not acknowledged."""
        self._doubtful, self._refused = True, data
        self._cut_refused()
        raise NotSaved(N_("The disk did not take it: {reason}."), reason=error.strerror) from None

    def clear_up(self) -> bool:
        """Cut off what a failed write left, if that did not work then; False as long as it still does not."""
        if self._refused is None or self.lock.mine:
            return self._cut_refused()
        with self.lock.at_once(self._fd) as held:
            return held and self._cut_refused()

    def _cut_refused(self) -> bool:
        if self._refused is None:
            return True
        try:
            look = self._files.look(self.path)
            left = self._files.read(self._fd, len(self._refused) + 1, self._end.offset)
            # More than was written here: another writer has built on it, so it stays.
            if left and look.inode == self._inode and self._refused.startswith(left):
                self._files.cut(self._fd, self._end.offset)
                self._files.sync(self._fd)
        except OSError:
            return False
        self._refused = None
        return True

    def publish(self, path: str) -> None:
        """Give a new file its name; raises VaultError if something has that name already, or it cannot be had."""
        try:
            self._files.publish(self.path, path)
        except FileExistsError:
            raise VaultError(N_("There is already a file at {path}; it was left alone."), path=path) from None
        except OSError as error:
            with contextlib.suppress(OSError):
                if self._files.look(path).inode == self._inode:
                    self._files.remove(path)
            raise VaultError(
                N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror
            ) from None
        self.path = path
        self._folder_synced = True

    def take_place(self, of: "Journal") -> None:
        """Take over the name and the permissions of an older generation; needs its lock, and is durable on return.

        Raises VaultError with the older file still in its place.
        """
        try:
            self._files.share_owner(self._fd, of._fd)
            self._files.sync(self._fd)
            self._files.rename(self.path, of.path)
        except OSError as error:
            raise VaultError(
                N_("The file {path} cannot be made: {reason}."), path=of.path, reason=error.strerror
            ) from None
        self.path = of.path
        # It lies there now: if its name does not get onto the disk, the next writer sees to that.
        with contextlib.suppress(OSError):
            self._files.sync_folder(self.path)
            self._folder_synced = True


def write_all(files: Files, fd: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset`; raises OSError."""
    done = 0
    while done < len(data):
        count = files.write(fd, data[done:], offset + done)
        if not count:
            raise OSError(errno.EIO, "nothing was written")
        done += count


def create_file(path: str, header: Header, machine: Machine) -> None:
    """Write a new file that holds a header and nothing else; raises VaultError."""
    try:
        fd = machine.files.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            write_all(machine.files, fd, header.encode(), 0)
            machine.files.sync(fd)
        finally:
            machine.files.close(fd)
    except OSError as error:
        raise VaultError(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror) from None
