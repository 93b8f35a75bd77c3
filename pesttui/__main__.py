"""Where the program starts: the environment first, then only what this call needs."""

import contextlib
import io
import os
import sys
from collections.abc import Sequence

from .harden import harden


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    prepare_environment()
    from .cli import run  # noqa: PLC0415 - Textual reads the environment while it is imported

    return run(sys.argv[1:] if arguments is None else list(arguments))


TELLTALES = ("TEXTUAL", "TEXTUAL_ALLOW_SIGNALS", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_PRESS")
TELLTALE_BEGINNINGS = ("TEXTUAL_DEVTOOLS", "TEXTUAL_SCREENSHOT")
"""With these Textual writes what is on the screen to a file or a socket, or lets another class draw it."""


def prepare_environment() -> None:
    """Set what Textual reads at import: no animation, and over SSH fewer frames and a patient Escape.

    On a slow line the bytes of an arrow key arrive apart; without patience they would read as Escape.
    """
    for name in [name for name in os.environ if name in TELLTALES or name.startswith(TELLTALE_BEGINNINGS)]:
        del os.environ[name]
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    with contextlib.suppress(OSError, ValueError):
        if os.get_terminal_size(0).columns:
            # A size that some shell exported would hold the screen at it, however large the window becomes.
            os.environ.pop("COLUMNS", None)
            os.environ.pop("LINES", None)
    if "SSH_CONNECTION" in os.environ:
        os.environ.setdefault("ESCDELAY", "300")
        os.environ.setdefault("TEXTUAL_FPS", "20")


def script() -> None:
    """Run the program and leave with its exit code."""
    harden()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no ë shows a question mark instead of nothing at all.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())


if __name__ == "__main__":
    script()
