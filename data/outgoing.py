"""Files for outside the vault: whole or not there, for their owner alone, never over another one unasked.

In an export folder with the set-group-ID bit a file is its group's to read as well: who set that bit shares it.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from .errors import N_, NotSaved
from .vault.machine import Machine


@contextlib.contextmanager
def outgoing(machine: Machine, path: str, data: bytes, *, replace: bool = False) -> Iterator[None]:
    """Write `data` beside `path`, let the caller do what belongs to it (the log), then give the file its name.

    Where the caller fails nothing is left. `replace` lets an existing plain file go. Raises NotSaved: the path is
    taken, the disk is full, or it may not be written there; NotAllowed where no file may be (`Machine.outside`).
    """
    machine.outside.check(path)
    files, temporary = machine.files, f"{path}.{machine.random(4).hex()}"
    if os.path.lexists(path) and (not replace or os.path.isdir(path)):  # noqa: PTH112
        raise _taken(path)
    try:
        _write(machine, temporary, data)
        yield
        if replace:
            files.rename(temporary, path)
            files.sync_folder(path)
        else:
            _publish(machine, temporary, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise NotSaved(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror) from None
    finally:
        with contextlib.suppress(OSError):
            files.remove(temporary)


def _publish(machine: Machine, temporary: str, path: str) -> None:
    """Give the file its name, never over another; a share that knows no hard links gets the name first."""
    files = machine.files
    try:
        files.publish(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        files.close(files.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        files.rename(temporary, path)
        with contextlib.suppress(OSError):  # nor does every share know how to sync a folder
            files.sync_folder(path)


def _write(machine: Machine, path: str, data: bytes) -> None:
    files = machine.files
    fd = files.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        if _shared(machine, path):
            os.fchmod(fd, 0o640)
        at = 0
        while at < len(data):
            at += files.write(fd, data[at:], at)
        files.sync(fd)
    finally:
        files.close(fd)


def _shared(machine: Machine, path: str) -> bool:
    """Whether a path lies in an export folder that its administrator shares with a group."""
    folder = os.path.dirname(path)  # noqa: PTH120
    if not machine.outside.folder or folder != os.path.abspath(machine.outside.folder):  # noqa: PTH100
        return False
    return bool(os.stat(folder).st_mode & stat.S_ISGID)  # noqa: PTH116


def _taken(path: str) -> NotSaved:
    return NotSaved(N_("There is already a file at {path}; it was left alone."), path=path)
