"""The time, passed in: tests and the demo school choose their own."""

from datetime import UTC, datetime
from typing import Protocol


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
