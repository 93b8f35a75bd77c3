"""The demo school's days: when there was school, and a clock that can be put there."""

from datetime import date, datetime, time, timedelta

END_OF_DAY = time(16, 30)
"""From when on a school day counts as a whole one: nothing in the story is later."""


class DemoClock:
    """A clock that stands still until it is moved, and never moves back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the moment it was moved to."""
        return self._now

    def move(self, moment: datetime) -> None:
        """Move forward; an earlier moment leaves the clock where it is."""
        self._now = max(self._now, moment)


def local(day: date, at: time) -> datetime:
    """Return a moment of a day in the local zone, with that day's offset: summer time may begin in between."""
    return datetime.combine(day, at).astimezone()


def school_days(now: datetime, count: int) -> list[date]:
    """Return the last weekdays that were over at `now`, latest first; holidays are left out of account."""
    found: list[date] = []
    day = now.astimezone().date()
    while len(found) < count:
        if day.weekday() < 5 and local(day, END_OF_DAY) <= now:
            found.append(day)
        day -= timedelta(days=1)
    return found
