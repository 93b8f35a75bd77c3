"""The tests that attack the vault leave many files open: a process has a thousand descriptors."""

import contextlib
import os
from collections.abc import Iterator

import pytest

from data.vault.machine import Files


@pytest.fixture(autouse=True)
def _closed_in_the_end(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what an attack left open. Only there: elsewhere threads close later, and numbers are used again."""
    held: set[int] = set()
    if request.module.__name__.rpartition(".")[2].startswith("test_vault"):
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
