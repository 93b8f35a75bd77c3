"""School days: no weekends, no public holidays, and not the holidays that the school wrote down."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from dateutil.easter import easter

from ..model import Holiday

SATURDAY = 5
"""The first weekday, counted from Monday as 0, on which there is no school."""

_LONGEST_BREAK = 100
"""How many days are looked through for the next school day: no holiday is longer, whatever was typed."""


@lru_cache(maxsize=32)
def _public(year: int) -> frozenset[dt.date]:
    """Return the public holidays of a year: those of the Algemene termijnenwet, article 3, Good Friday among them."""
    sunday, days = easter(year), ((1, 1), (4, 27), (5, 5), (12, 25), (12, 26))
    fixed = (dt.date(year, month, day) for month, day in days)
    # The King's birthday is kept on the Saturday where it falls on a Sunday.
    moved = (day - dt.timedelta(days=(day.month, day.isoweekday()) == (4, 7)) for day in fixed)
    return frozenset({*moved, *(sunday + dt.timedelta(days=later) for later in (-2, 0, 1, 39, 49, 50))})


@dataclass(frozen=True)
class Calendar:
    """The days on which there is school."""

    holidays: tuple[Holiday, ...] = ()

    def school_day(self, day: dt.date) -> bool:
        """Whether there is school on a day."""
        free = any(holiday.first <= day <= holiday.last for holiday in self.holidays)
        return day.weekday() < SATURDAY and not free and day not in _public(day.year)

    def next_school_day(self, day: dt.date) -> dt.date:
        """Return a day, or the first school day after it: nothing is late that ended when nobody was at school."""
        for later in range(_LONGEST_BREAK):
            if (last := dt.date.max - day).days < later:
                return day + last
            if self.school_day(found := day + dt.timedelta(days=later)):
                return found
        return day

    def after(self, day: dt.date, count: int) -> dt.date:
        """Return the day that lies so many school days after another one."""
        for _ in range(count):
            day = self.next_school_day(min(day, dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1))
        return day
