"""Failed log-ins: remembered in a small file, answered by a growing pause. Never what was typed."""

import json
import os
from collections.abc import Callable
from typing import TypeVar

from ..errors import NoEntry
from .machine import Machine

KEPT = 50
"""How many failures are remembered: enough to slow guessing, bounded so that guessing cannot fill a disk."""

FREE = 3
"""How many failures cost nothing: people mistype."""

LONGEST = 30.0
"""The longest pause, in seconds: longer would let anybody lock a teacher out."""

WINDOW_MS = 15 * 60 * 1000
"""After a quarter of an hour without a failure the pause is gone."""

Result = TypeVar("Result")


class Attempts:
    """The failures of this system account, whoever tried to log in."""

    def __init__(self, folder: str, machine: Machine) -> None:
        self._path = os.path.join(folder, "attempts.json")  # noqa: PTH118
        self._folder = folder
        self._machine = machine

    def recent(self) -> list[int]:
        """Return the moments of recent failures, in milliseconds since 1970."""
        try:
            with open(self._path, encoding="utf-8") as file:  # noqa: PTH123
                found = json.load(file)
        except (OSError, ValueError, RecursionError):
            return []
        now = self._machine.milliseconds()
        moments = found if isinstance(found, list) else []
        return [at for at in moments if isinstance(at, int) and now - WINDOW_MS < at <= now][-KEPT:]

    def pause(self) -> float:
        """Return how many seconds the next log-in waits: 0 at first, then 1, 2, 4 … up to half a minute."""
        extra = len(self.recent()) - FREE
        return min(LONGEST, 2.0**extra) if extra >= 0 else 0.0

    def wait(self) -> None:
        """Wait out the pause."""
        seconds = self.pause()
        if seconds:
            self._machine.sleep(seconds)

    def guard(self, log_in: Callable[[], Result]) -> Result:
        """Log in and remember it if that fails; a success clears the list."""
        try:
            result = log_in()
        except NoEntry:
            self._store([*self.recent(), self._machine.milliseconds()][-KEPT:])
            raise
        if self.recent():
            self._store([])
        return result

    def _store(self, moments: list[int]) -> None:
        """Keep the list; a state folder that is full or read-only must not keep anybody out."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            temporary = f"{self._path}.{os.getpid()}"
            with open(temporary, "w", encoding="utf-8", opener=_private) as file:
                json.dump(moments, file)
            os.replace(temporary, self._path)  # noqa: PTH105
        except OSError:
            return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
