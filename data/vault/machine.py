"""What the vault needs from the machine it runs on: files, time, randomness. Tests pass in a hostile one."""

import fcntl
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from ..clock import Clock, SystemClock


class Files:
    """The system calls that touch the vault, one place for each: a test overrides one to let it fail."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        """Open without following a link at the end of the path; the descriptor is not inherited."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, mode)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def read(self, fd: int, count: int, offset: int) -> bytes:
        """Read up to `count` bytes from `offset`, all of them unless the file ends first."""
        parts = []
        while count:
            part = os.pread(fd, min(count, 1 << 24), offset)
            if not part:
                break
            parts.append(part)
            count -= len(part)
            offset += len(part)
        return b"".join(parts)

    def write(self, fd: int, data: bytes, offset: int) -> int:
        """Write at `offset`; may write less than it was given, as the system may."""
        return os.pwrite(fd, data, offset)

    def sync(self, fd: int) -> None:
        """Return once what was written is on the disk."""
        os.fsync(fd)

    def cut(self, fd: int, size: int) -> None:
        """Make the file `size` bytes long."""
        os.ftruncate(fd, size)

    def size_and_inode(self, path: str) -> tuple[int, int]:
        """Return size and inode of the file at `path`."""
        found = Path(path).lstat()
        return found.st_size, found.st_ino

    def inode(self, fd: int) -> int:
        """Return the inode of an open file."""
        return os.fstat(fd).st_ino

    def try_lock(self, fd: int) -> bool:
        """Take the lock if nobody holds it.

        flock, not POSIX locks: those are lost as soon as any descriptor of the file is closed.
        """
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(self, fd: int) -> None:
        """Let the lock go."""
        fcntl.flock(fd, fcntl.LOCK_UN)

    def publish(self, temporary: str, path: str) -> None:
        """Give a finished file its name, never over an existing one; durable on return.

        Raises FileExistsError if `path` is taken.
        """
        Path(path).hardlink_to(temporary)
        Path(temporary).unlink()
        folder = os.open(Path(path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, path: str) -> None:
        """Remove a file."""
        Path(path).unlink()


@dataclass(frozen=True)
class Machine:
    """Files, clock and randomness."""

    files: Files = field(default_factory=Files)
    clock: Clock = field(default_factory=SystemClock)

    def random(self, count: int) -> bytes:
        """Return `count` bytes from the system's generator."""
        return secrets.token_bytes(count)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def milliseconds(self) -> int:
        """Return the time as milliseconds since 1970 UTC, the vault's unit."""
        return int(self.clock.now().timestamp() * 1000)
