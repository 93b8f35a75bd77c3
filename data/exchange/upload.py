"""A file with groups and pupils: read whole or not at all, in whichever format it is."""

import os
import stat

from ..clean import clean_line
from ..errors import N_
from .roll import MOST_BYTES, NotTaken, Roll
from .table import parse_table

UNREADABLE = N_("{file}: it cannot be read: {reason}")
NOT_THERE = N_("{file}: there is no such file")
NO_FILE = N_("{file}: this is no plain file")
TOO_LARGE = N_("{file}: it is too large; at most {limit} MB")


def read_upload(path: str) -> bytes:
    """Return what is in a file that somebody named; nobody else reads such a file. Raises NotTaken.

    At most 20 MB are read, of a plain file: a pipe or a device would never end.
    """
    file = clean_line(path)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise NotTaken(NO_FILE, file=file)
            with os.fdopen(fd, "rb", closefd=False) as stream:
                data = stream.read(MOST_BYTES + 1)
        finally:
            os.close(fd)
    except (FileNotFoundError, NotADirectoryError):
        raise NotTaken(NOT_THERE, file=file) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise NotTaken(UNREADABLE, file=file, reason=error.args[-1]) from None
    if len(data) > MOST_BYTES:
        raise NotTaken(TOO_LARGE, file=file, limit=MOST_BYTES // 1_000_000)
    return data


def parse(data: bytes, file: str) -> Roll:
    """Return the roll in what was read: EDEXML, or a table; `file` is what messages call it. Raises NotTaken."""
    if data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        from .edexml import parse_edexml  # noqa: PLC0415 - only where there is XML

        return parse_edexml(data, file)
    return parse_table(data, file)


def read_roll(path: str) -> Roll:
    """Return the roll in a file; raises NotTaken."""
    return parse(read_upload(path), path)
