"""Inside tmux, where many of these programs run: a note being typed outlives another size of the window."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.school_kit import passphrase_of

from .kit import REPOSITORY, School, tr
from .pty import PATIENCE, Gone, need_tool


class Tmux:
    """A server of its own, with one window."""

    def __init__(self, program: str, folder: Path) -> None:
        self._command = [program, "-S", str(folder / "tmux"), "-f", "/dev/null"]

    def __call__(self, *arguments: str, check: bool = True) -> str:
        # Not the environment as C has it: readline, which pytest imports, has written a window's size into that.
        done = subprocess.run(
            [*self._command, *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=check,
            env=dict(os.environ),
        )
        return done.stdout

    def wait_for(self, text: str, line: int | None = None) -> None:
        """Wait until a text stands in the window, or on one line of it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            lines = self("capture-pane", "-p").split("\n")
            if text in ("\n".join(lines) if line is None else lines[line]):
                return
            if time.monotonic() > deadline:
                raise Gone("\n".join((f"not in tmux: {text}", *lines)))
            time.sleep(0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    found = Tmux(need_tool("tmux"), tmp_path)
    yield found
    found("kill-server", check=False)


def test_a_note_outlives_another_size(school: School, tmux: Tmux) -> None:
    program = [sys.executable, "-m", "pesttui", "--vault", str(school.path), "--login", "marit"]
    tmux("new-session", "-d", "-x", "80", "-y", "24", "-c", str(REPOSITORY), *program)
    tmux.wait_for("Wachtzin")
    tmux("send-keys", "-l", passphrase_of("marit"))
    tmux("send-keys", "Enter")
    tmux.wait_for("Mijn dag")
    tmux("send-keys", "n")
    tmux.wait_for(tr("What did you see or hear?"))
    tmux("send-keys", "-l", "iemand huilde bij het hek")
    tmux.wait_for("iemand huilde bij het hek")
    tmux("resize-window", "-x", "100", "-y", "30")
    tmux("send-keys", "-l", " en nog wat")
    tmux.wait_for("iemand huilde bij het hek en nog wat")
    tmux.wait_for(f"F2 {tr('Save')}", line=29)
    tmux("send-keys", "F2")
    tmux.wait_for("Mijn dag")
    assert school.facts("joost") == ["iemand huilde bij het hek en nog wat"]
    tmux("resize-window", "-x", "20", "-y", "5")
    tmux("resize-window", "-x", "80", "-y", "24")
    tmux.wait_for("Mijn dag")
    tmux("send-keys", "C-q")
    deadline = time.monotonic() + PATIENCE
    while tmux("list-sessions", check=False).strip() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert tmux("list-sessions", check=False).strip() == ""
