"""The time, passed in: tests and the demo school choose their own."""

from datetime import UTC, datetime
from typing import Protocol

_LAST = datetime(2199, 12, 31, tzinfo=UTC)
"""No moment is later, whatever number a program wrote down for it."""


def moment_of(milliseconds: float) -> datetime:
    """Return the moment so many milliseconds after 1970, in the local zone."""
    return datetime.fromtimestamp(min(milliseconds / 1000, _LAST.timestamp()), UTC).astimezone()


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the moment, with the local zone's offset."""
        ...


class SystemClock:
    """The machine's clock, in its local zone."""

    def now(self) -> datetime:
        """Return the moment, with the local zone's offset."""
        return datetime.now(UTC).astimezone()
