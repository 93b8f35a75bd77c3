"""School days: no weekends, no public holidays, and not the holidays that the school wrote down."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from ..model import Holiday

SATURDAY = 5
"""The first weekday, counted from Monday as 0, on which there is no school."""

_LONGEST_BREAK = 100
"""How many days are looked through for the next school day: no holiday is longer, whatever was typed."""


@lru_cache(maxsize=32)
def _public(year: int) -> frozenset[dt.date]:
    """Return the Dutch public holidays of a year, by the package `holidays`."""
    from holidays import country_holidays  # noqa: PLC0415 - a quarter of a second, for who reads a case

    return frozenset(country_holidays("NL", years=year))


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
