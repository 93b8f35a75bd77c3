"""Every test runs on a machine with no home, no terminal and Dutch time."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.vault.machine import Files

UNSET = ("COLORTERM", "NO_COLOR", "PESTTUI_VAULT", "SSH_CONNECTION", "LC_ALL", "LC_CTYPE", "TEXTUAL_THEME")


def pytest_configure() -> None:
    """Set the zone before any module computes a moment in it."""
    os.environ["TZ"] = "Europe/Amsterdam"
    time.tzset()


@pytest.fixture(autouse=True)
def _own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("DATA", "STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    yield


@pytest.fixture(autouse=True)
def _closed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test left open of the vaults it attacked: a process has a thousand descriptors."""
    held: set[int] = set()
    opening, closing = Files.open, Files.close

    def opened(self: Files, path: str, flags: int, mode: int = 0o600) -> int:
        fd = opening(self, path, flags, mode)
        held.add(fd)
        return fd

    def closed(self: Files, fd: int) -> None:
        held.discard(fd)
        closing(self, fd)

    monkeypatch.setattr(Files, "open", opened)
    monkeypatch.setattr(Files, "close", closed)
    yield
    for fd in held:
        with contextlib.suppress(OSError):
            os.close(fd)
