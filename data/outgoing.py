"""Files for outside the vault: whole or not there, for their owner alone, never over another one unasked."""

import contextlib
import os
from collections.abc import Iterator

from .errors import N_, NotSaved
from .vault.machine import Machine


@contextlib.contextmanager
def outgoing(machine: Machine, path: str, data: bytes, *, replace: bool = False) -> Iterator[None]:
    """Write `data` beside `path`, let the caller do what belongs to it (the log), then give the file its name.

    Where the caller fails nothing is left. `replace` lets an existing plain file go. Raises NotSaved: the path is
    taken, the disk is full, or it may not be written there.
    """
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
            files.publish(temporary, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise NotSaved(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror) from None
    finally:
        with contextlib.suppress(OSError):
            files.remove(temporary)


def _write(machine: Machine, path: str, data: bytes) -> None:
    files = machine.files
    fd = files.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        at = 0
        while at < len(data):
            at += files.write(fd, data[at:], at)
        files.sync(fd)
    finally:
        files.close(fd)


def _taken(path: str) -> NotSaved:
    return NotSaved(N_("There is already a file at {path}; it was left alone."), path=path)
