"""The writers' lock: one writer at a time, on one machine or several, and free again when its holder dies."""

import contextlib
import os
from collections.abc import Iterator

from ..errors import N_, Busy, NotSaved
from .machine import Machine

LOCK_SECONDS = 10
"""How long a writer waits for another before saying that the file is busy."""

_LOOK_AGAIN = 0.005
_AFTER_YOU = 0.01
_JUST_NOW = 0.05
"""Seconds: between two tries of who waits; what who wrote `_JUST_NOW` leaves to who waits: more than one try."""


class Lock:
    """flock on a file beside the vault. The file stays: removing it would let two writers in.

    Who waits holds a shared flock on the vault itself meanwhile. It keeps nobody out; who writes without a pause sees
    by it that somebody waits, and lets them go first.
    """

    def __init__(self, path: str, machine: Machine) -> None:
        self.path = path
        self._machine = machine
        self._files = machine.files
        self._fd: int | None = None
        self._depth = 0
        self._released = -_JUST_NOW

    @property
    def mine(self) -> bool:
        """Whether this session holds it now."""
        return self._depth > 0

    @contextlib.contextmanager
    def held(self, like: int) -> Iterator[None]:
        """Hold the lock; within itself it is free. `like` is the descriptor whose permissions a new lock file gets.

        Raises `Busy` after ten seconds, `NotSaved` where no lock can be had.
        """
        if not self._depth:
            self._let_others_first(like)
            if not self._take(like):
                self._wait(like)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth and self._fd is not None:
                self._files.unlock(self._fd)
                self._released = self._machine.monotonic()

    def _wait(self, like: int) -> None:
        until, seen = self._machine.monotonic() + LOCK_SECONDS, False
        try:
            while not self._take(like):
                if self._machine.monotonic() > until:
                    raise Busy(N_("Somebody else is writing for too long. Nothing was saved; try again."))
                with contextlib.suppress(OSError):  # it is no more than a courtesy
                    seen = seen or self._files.try_lock(like, shared=True)
                self._machine.sleep(_LOOK_AGAIN)
        finally:
            with contextlib.suppress(OSError):
                self._files.unlock(like)

    def _let_others_first(self, like: int) -> None:
        if self._machine.monotonic() - self._released < _JUST_NOW:
            with contextlib.suppress(OSError):
                if self._files.try_lock(like):
                    self._files.unlock(like)
                else:
                    self._machine.sleep(_AFTER_YOU)

    @contextlib.contextmanager
    def at_once(self, like: int) -> Iterator[bool]:
        """Hold the lock if nobody else does, without waiting; says whether it is held."""
        try:
            taken = self._take(like)
        except NotSaved:
            taken = False
        try:
            yield taken
        finally:
            if taken and self._fd is not None:
                self._files.unlock(self._fd)

    def _take(self, like: int) -> bool:
        try:
            if self._fd is None:
                self._fd = self._open(like)
            if not self._files.try_lock(self._fd):
                return False
            # Somebody who cleans up may have removed the file: a lock on what has no name keeps nobody out.
            with contextlib.suppress(FileNotFoundError):
                if self._files.look(self.path).inode == self._files.look_at(self._fd).inode:
                    return True
            self.close()
        except OSError as error:
            raise NotSaved(N_("The lock file cannot be used: {reason}."), reason=error.strerror) from None
        return False

    def _open(self, like: int) -> int:
        with contextlib.suppress(FileExistsError):
            fd = self._files.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            self._files.share_mode(fd, like)
            return fd
        return self._files.open(self.path, os.O_RDWR | os.O_CREAT)

    def close(self) -> None:
        """Let go of the lock and its file."""
        if self._fd is not None:
            self._files.close(self._fd)
            self._fd = None
