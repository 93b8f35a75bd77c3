"""School days: what the law calls a public holiday, beside a package that knows those of the whole world."""

import datetime as dt

import pytest

from data.model import Holiday
from data.register.calendar import Calendar


@pytest.mark.parametrize("year", range(2014, 2076))
def test_public_holidays(year: int) -> None:
    from holidays import country_holidays

    days = [dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366)]
    free = {day for day in days if day.weekday() < 5 and not Calendar().school_day(day)}
    known = {*country_holidays("NL", years=year), *country_holidays("NL", years=year + 1)}
    # Liberation Day is one by law each year; the package counts every fifth, when most employers give it.
    liberation = dt.date(year, 5, 5)
    assert free - {liberation} == {day for day in known if day in days and day.weekday() < 5} - {liberation}
    assert not Calendar().school_day(liberation)


def test_no_year_is_too_far() -> None:
    """Whatever was typed: it is counted on, and never a fault."""
    for year in (1, 1582, 4100, 9999):
        day = dt.date(year, 12, 31)
        assert Calendar().next_school_day(day) >= day
        assert Calendar().after(day, 5) >= day


def test_counting_goes_over_weekends_and_holidays() -> None:
    autumn = Holiday(name="herfst", first=dt.date(2026, 10, 17), last=dt.date(2026, 10, 25))
    friday = dt.date(2026, 10, 16)
    assert Calendar((autumn,)).after(friday, 1) == dt.date(2026, 10, 26)
    assert Calendar().after(friday, 6) == dt.date(2026, 10, 26)
    assert Calendar().next_school_day(dt.date(2027, 3, 28)) == dt.date(2027, 3, 30)  # Easter
