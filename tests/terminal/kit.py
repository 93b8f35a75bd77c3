"""The small school on the real clock, for processes that open it themselves."""

import base64
import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.model import Strand
from data.protocol import StepState
from data.register import KnownNote, Register, open_school
from data.vault.machine import Machine
from data.words import Words
from tests.data.school_kit import Kit, passphrase_of

from .pty import Terminal, terminal

tr = Words("nl").tr
"""The words on the screen: only those that fingers rely on are written out in a test."""

REPOSITORY = Path(__file__).parents[2]


class School:
    """A copy of the small school, and programs that run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        made = Kit(folder)
        self.path, self.ids = made.path, made.ids

    @contextmanager
    def register(self, login: str) -> Iterator[Register]:
        """A session in this process."""
        found = open_school(str(self.path), login, passphrase_of(login), machine=Machine())
        with contextlib.closing(found):
            yield found

    def notes(self, login: str) -> list[KnownNote]:
        """Return the notes somebody can read now."""
        with self.register(login) as register:
            return register.notes.all()

    def facts(self, login: str) -> list[str]:
        """Return what the notes say that somebody can read now, without the pupils in them."""
        return ["".join(part for part in known.note.facts if isinstance(part, str)) for known in self.notes(login)]

    def case(self, by: str, *names: str) -> str:
        """Open a case about pupils and return its code."""
        with self.register(by) as register:
            strands = {self.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names)}
            return register.cases.open(strands)

    def step(self, by: str, code: str, number: int, text: str, state: StepState = StepState.DONE) -> None:
        """Write something at a step of a case."""
        with self.register(by) as register:
            register.cases.record_step(code, number, state, text=text)

    def secret(self, login: str) -> str:
        """Return the path of a passphrase file."""
        path = self.folder / f"{login}.secret"
        path.touch(0o600)
        path.write_text(passphrase_of(login))
        return str(path)

    def command(self, login: str, *arguments: str) -> list[str]:
        """Return a command line of the program."""
        options = ("--vault", str(self.path), "--login", login, "--passphrase-file", self.secret(login))
        return [sys.executable, "-m", "pesttui", *options, *arguments]

    def jot(self, login: str, text: bytes, *options: str) -> str:
        """Jot a note through the command line and return its id."""
        done = subprocess.run(
            self.command(login, "note", "-", *options), input=text, capture_output=True, timeout=60, check=True
        )
        return done.stdout.decode().strip()

    @contextmanager
    def opened(self, login: str) -> Iterator[Terminal]:
        """The full-screen program, somebody logged in."""
        with terminal("--vault", str(self.path), "--login", login) as found:
            log_in(found, login)
            yield found

    def lock_is_free(self) -> bool:
        """Whether the next writer can have the lock."""
        fd = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(fd)
        return True


def log_in(found: Terminal, login: str) -> None:
    """Type the passphrase and wait for the day."""
    found.wait_for("Wachtzin")
    found.press(passphrase_of(login), "enter")
    found.wait_for("Mijn dag")


def jotted(found: Terminal, text: str) -> None:
    """Write a note, until the program says that it is saved."""
    found.press("n")
    found.wait_for(tr("What did you see or hear?"))
    found.type(text)
    found.press("f2")
    found.wait_for(tr("Saved"))


def traces(text: str) -> list[bytes]:
    """Return how a text would lie in a file: UTF-8, UTF-16, and base64 wherever it begins in what was encoded."""
    found = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    plain = text.encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        # Without the characters that its neighbours have a part in.
        found.append(encoded[(before * 4 + 2) // 3 : len(encoded) - 4])
    # A few bytes are found by chance among hundreds of thousands of random ones.
    return [trace for trace in found if len(trace) >= 6]


def ignore_hang_ups() -> None:
    """Begin as under `nohup`: a hang-up is ignored, and that is inherited."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def leave_the_terminal() -> None:
    """Go on without a controlling terminal, as under `setsid`: nobody is told when it is closed."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    fcntl.ioctl(0, termios.TIOCNOTTY)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def titles(raw: bytes) -> list[bytes]:
    """Return the window titles a program has set."""
    return re.findall(rb"\x1b\][012];(.*?)(?:\x07|\x1b\\)", raw, re.DOTALL)
