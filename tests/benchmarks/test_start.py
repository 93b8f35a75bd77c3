"""Cold first paint of the unlock screen, against a Textual app with one label."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ptyprocess import PtyProcess

from tests.benchmarks.ratio import medians, table
from tests.data.school_kit import school

LABEL = """
from textual.app import App
from textual.widgets import Label
class One(App):
    def compose(self):
        yield Label("wachtzin-hier")
One().run()
"""


def until_seen(argv: list[str], wanted: bytes) -> Callable[[], object]:
    """Start a program in a terminal and wait until it has drawn something."""
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}

    def run() -> None:
        process = PtyProcess.spawn(argv, dimensions=(24, 80), env=environment)
        seen, until = b"", time.monotonic() + 20
        while wanted not in seen:
            assert time.monotonic() < until
            seen += process.read(65536)
        process.kill(signal.SIGKILL)  # a tidy end is not what is measured
        process.close()

    return run


def test_first_paint(tmp_path: Path) -> None:
    label = tmp_path / "one_label.py"
    label.write_text(LABEL)
    with school(tmp_path) as kit:
        measured = medians(
            10,
            **{
                "one label": until_seen([sys.executable, str(label)], b"wachtzin-hier"),
                "pesttui: unlock": until_seen(
                    [sys.executable, "-m", "pesttui", "--vault", str(kit.path), "--login", "marit"], b"Wachtzin"
                ),
            },
        )
    print(table("cold first paint", measured, "one label"))
