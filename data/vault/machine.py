"""What the vault needs from the machine it runs on: files, time, randomness. Tests pass in a hostile one."""

import contextlib
import errno
import fcntl
import os
import secrets
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from ..clock import Clock, SystemClock
from ..outside import Outside

QUIET_NS = 2_000_000_000
"""A file changed longer ago than this cannot have changed since without its time showing it (nanoseconds)."""


@dataclass(frozen=True)
class Look:
    """What the system says of a file: size, inode, time of the last change in nanoseconds."""

    size: int
    inode: int
    changed: int


class Files:
    """The system calls that touch the vault, one place for each: a test overrides one to let it fail."""

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        """Open without following a link at the end of the path; the descriptor is not inherited."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, mode)

    def duplicate(self, fd: int) -> int:
        """Return a second descriptor of an open file; it is not inherited."""
        return os.dup(fd)

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

    def look(self, path: str) -> Look:
        """Return what the system says of the file at `path`."""
        found = os.lstat(path)
        return Look(found.st_size, found.st_ino, found.st_mtime_ns)

    def look_at(self, fd: int) -> Look:
        """Return what the system says of an open file; raises OSError for what is no plain file."""
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return Look(found.st_size, found.st_ino, found.st_mtime_ns)

    def quiet(self, look: Look) -> bool:
        """Whether a file's last change lies so far back that the same look again means the same bytes.

        Clocks of file systems tick in milliseconds: two writes in one tick look alike.
        """
        return time.time_ns() - look.changed > QUIET_NS

    def share_mode(self, fd: int, like: int) -> None:
        """Give a file the read and write permissions of another: whoever can write the one needs the other."""
        os.fchmod(fd, os.fstat(like).st_mode & 0o666)

    def share_owner(self, fd: int, like: int) -> None:
        """Give a file the mode and group of another, and its owner where the system lets us.

        Raises PermissionError where the group cannot be kept although it has other rights than everybody.
        """
        found = os.fstat(like)
        mode = stat.S_IMODE(found.st_mode)
        try:
            os.fchown(fd, -1, found.st_gid)
        except PermissionError:
            if mode >> 3 & 7 != mode & 7:
                raise
        with contextlib.suppress(PermissionError):
            os.fchown(fd, found.st_uid, -1)
        os.fchmod(fd, mode)

    def sync_folder(self, path: str) -> None:
        """Return once the names in the folder of `path` are on the disk."""
        folder = os.open(Path(path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def try_lock(self, fd: int, *, shared: bool = False) -> bool:
        """Take the lock if nobody holds it; `shared`, if nobody holds it alone.

        flock, not POSIX locks: those are lost as soon as any descriptor of the file is closed.
        """
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
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
        self.link(temporary, path)
        self.remove(temporary)
        self.sync_folder(path)

    def link(self, path: str, name: str) -> None:
        """Give a file a second name in the same folder, never one that is taken; raises FileExistsError."""
        Path(name).hardlink_to(path)

    def rename(self, before: str, path: str) -> None:
        """Give a file another name in the same folder, in place of what has it."""
        Path(before).replace(path)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder."""
        return os.listdir(folder)  # noqa: PTH208 - names, and not paths

    def leftovers(self, path: str) -> list[str]:
        """Return the temporary files of a vault that is to be at `path`."""
        where = Path(path)
        return [str(found) for found in where.parent.iterdir() if found.name.startswith(f"{where.name}.new-")]

    def clear_leftovers(self, path: str, *, besides: str = "") -> None:
        """Remove the temporary files of a vault; what cannot be removed stays, and stands in nobody's way."""
        with contextlib.suppress(OSError):
            for leftover in self.leftovers(path):
                if leftover != besides:
                    with contextlib.suppress(OSError):
                        self.remove(leftover)

    def remove(self, path: str) -> None:
        """Remove a file."""
        Path(path).unlink()


@dataclass(frozen=True)
class Machine:
    """Files, clock and randomness, and where files for outside the vault may go."""

    files: Files = field(default_factory=Files)
    clock: Clock = field(default_factory=SystemClock)
    outside: Outside = field(default_factory=Outside)

    def random(self, count: int) -> bytes:
        """Return `count` bytes from the system's generator."""
        return secrets.token_bytes(count)

    def nonce(self) -> bytes:
        """Return a nonce for a file outside the vault that is written when time allows: always the system's own.

        Not from `random`: how often it is asked must not change what a test has seeded.
        """
        return secrets.token_bytes(12)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def milliseconds(self) -> int:
        """Return the time as milliseconds since 1970 UTC, the vault's unit."""
        return int(self.clock.now().timestamp() * 1000)
