"""Keeping keys out of files: no core dump, and no other program of the same user looks into this one.

How far that goes: Python cannot wipe `bytes`, so after a lock keys may lie in memory that is free but not yet used
again. Swap is the machine's affair. Root reads everything.
"""

import contextlib
import resource
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Ask the system for it; where it has no such thing the program runs on without."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - on Linux alone

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
