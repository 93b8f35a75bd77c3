"""Every test runs on a machine with no home, no terminal and Dutch time."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.counts import lines

UNSET = ("COLORTERM", "NO_COLOR", "PESTTUI_VAULT", "SSH_CONNECTION", "LC_ALL", "LC_CTYPE", "TEXTUAL_THEME")


def pytest_configure() -> None:
    """Set the zone before any module computes a moment in it."""
    os.environ["TZ"] = "Europe/Amsterdam"
    time.tzset()


BEGUN = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the attacks on the vault counted."""
    for line in lines(time.monotonic() - BEGUN):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    yield
