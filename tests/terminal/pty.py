"""A real terminal for tests: the program in a process of its own, and what a person would see of it."""

import contextlib
import os
import re
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pyte
import pytest
from ptyprocess import PtyProcess

PATIENCE = 20.0
"""How many seconds a test waits for what must come; a busy machine is slow, not wrong."""

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "left": "\x1b[D",
    "right": "\x1b[C",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f2": "\x1bOQ",
    "f4": "\x1bOS",
    "f8": "\x1b[19~",
    "ctrl+q": "\x11",
}

ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"
"""What a program writes to take the whole screen, and to give it back."""

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[?0-9;]*\$[a-z]")
"""Requests about keyboard and modes: they draw nothing, and pyte takes them for something that does."""


class Gone(AssertionError):
    """The program ended, or never showed what was waited for."""


class Terminal:
    """One program in one pseudo-terminal of 80 by 24 cells, or as asked."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        before: Callable[[], None] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        """Everything the program has written."""
        env = {**os.environ, **(environment or {})}
        self._process = PtyProcess.spawn(list(arguments), dimensions=(size[1], size[0]), env=env, preexec_fn=before)
        self.pid: int = self._process.pid
        self._status: int | None = None
        self._used = 0.0
        self._open = True

    # --- what it shows -------------------------------------------------------------------------------------

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program writes, waiting at most so long for it; says whether there was anything."""
        if not self._open or not select.select([self._process.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._process.fd, 1 << 16)
        except OSError:  # how Linux says that nobody has the other end any more
            data = b""
        if not data:
            self._open = False
            return False
        self.raw += data
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
        return True

    @property
    def text(self) -> str:
        """The screen, without the blanks at its right."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Read until something holds; raises Gone with the screen if it does not come true in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Gone(f"not within {seconds} s: {what}\n{self.text}")
            if not self.read() and not self._open:
                if condition():
                    return
                raise Gone(f"the program has left: {what}\n{self.text}")

    def wait_for(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until a text stands on the screen."""
        self.until(lambda: text in self.text, text, seconds)

    def wait_quiet(self, seconds: float = 0.3) -> None:
        """Read until the program has had nothing to say for so long."""
        deadline = time.monotonic() + PATIENCE
        while self.read(seconds):
            if time.monotonic() > deadline:
                raise Gone(f"not quiet within {PATIENCE} s\n{self.text}")

    def wait_without(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until a text no longer stands on the screen."""
        self.until(lambda: text not in self.text, f"without {text}", seconds)

    # --- what is done to it --------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys: names of `KEYS`, or text as it is."""
        for key in keys:
            self.bytes(KEYS.get(key, key).encode())

    def bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        while data:
            # A line holds a few kilobytes: who pastes more waits for the program to take them.
            if select.select([], [self._process.fd], [], 0.1)[1]:
                data = data[os.write(self._process.fd, data[:1024]) :]
            else:
                self.read(0)

    def type(self, text: str) -> None:
        """Type a text and wait until its last word stands on the screen."""
        self.press(text)
        self.wait_for(text.rsplit(maxsplit=1)[-1])

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; what it shows is drawn anew."""
        self.screen.resize(lines, columns)
        self.screen.reset()
        self._process.setwinsize(lines, columns)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close this end: the program has no terminal any more."""
        self._open = False
        self._process.fileobj.close()

    # --- how it ends ---------------------------------------------------------------------------------------

    def ended(self, within: float = PATIENCE, *, reading: bool = True) -> int:
        """Wait for the program to end, reading what it still says; return its exit code, negative for a signal.

        `reading` off: nobody reads, as at the other end of a line that is stalled.
        """
        deadline = time.monotonic() + within
        while self._status is None:
            found, status, usage = os.wait4(self.pid, os.WNOHANG)
            if found:
                self._status, self._used = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
            elif time.monotonic() > deadline:
                raise Gone(f"still running after {within} s\n{self.text}")
            elif not (reading and self.read(0.02)):
                time.sleep(0.01)
        while self.read():
            pass
        return self._status

    @property
    def seconds_used(self) -> float:
        """The processor time that the program has used, or had when it ended."""
        if self._status is not None:
            return self._used
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @contextmanager
    def closing(self) -> Iterator["Terminal"]:
        """Hand it over; it is gone when the block is left."""
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        """End the program, whatever it takes."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                self.signal(signal.SIGKILL)
            self.ended()
        if not self._process.fileobj.closed:
            self._process.fileobj.close()
        self._process.closed = True


@contextmanager
def terminal(
    *arguments: str,
    size: tuple[int, int] = (80, 24),
    before: Callable[[], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run `pesttui` with these arguments in a terminal; it is gone when the block is left."""
    command = [sys.executable, "-m", "pesttui", *arguments]
    with Terminal(command, size=size, before=before, environment=environment).closing() as found:
        yield found


def unsupported(reason: str) -> NoReturn:
    """Skip the test, or let it fail where none may be skipped."""
    if os.environ.get("PESTTUI_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason)


def need_tool(name: str) -> str:
    """Return the path of a tool of the system; without it the test is `unsupported`."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return path or unsupported(f"this test needs {name}, which is not installed")
