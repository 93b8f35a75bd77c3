"""What is left of a crash: where it happened, never what somebody had typed."""

import os
import sys
import traceback
from datetime import UTC, datetime


def trace(error: BaseException) -> str:
    """Return where an error came from: files, lines, functions and the kind of error, without any value.

    Messages and source lines are left out too: either can hold a name.
    """
    lines = [f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"]
    found: BaseException | None = error
    while found is not None:
        lines += [
            f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}"  # noqa: PTH119
            for frame in traceback.extract_tb(found.__traceback__)
        ]
        lines.append(f"{type(found).__module__}.{type(found).__qualname__}")
        found = found.__cause__ or found.__context__
    return "\n".join(lines) + "\n"


def keep(error: BaseException, folder: str) -> str | None:
    """Write the trace to a file that only its owner can read, and return its path; None if there is no room."""
    path = os.path.join(folder, "crash.log")  # noqa: PTH118
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(trace(error))
    except OSError:
        return None
    return path


def current() -> BaseException | None:
    """Return the error that is being handled."""
    return sys.exc_info()[1]
