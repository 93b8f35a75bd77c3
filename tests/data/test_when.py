"""Moments as teachers type them, in the school's zone."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from data.when import parse_ahead, parse_moment


@pytest.fixture(autouse=True, scope="module")
def amsterdam() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Amsterdam")
        time.tzset()
        yield
    time.tzset()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()


NOW = "2026-11-18 10:45:30"


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("", "2026-11-18 10:45:30"),
        ("nu", "2026-11-18 10:45:30"),
        (" NU ", "2026-11-18 10:45:30"),
        ("10:42", "2026-11-18 10:42"),
        ("9.05", "2026-11-18 09:05"),
        ("10:45", "2026-11-18 10:45"),
        ("vandaag", "2026-11-18 10:45"),
        ("vandaag 8:30", "2026-11-18 08:30"),
        ("gisteren", "2026-11-17 12:00"),
        ("gisteren 14:15", "2026-11-17 14:15"),
        ("14:15 gisteren", "2026-11-17 14:15"),
        ("eergisteren 9:00", "2026-11-16 09:00"),
        ("10 min geleden", "2026-11-18 10:35:30"),
        ("10m", "2026-11-18 10:35:30"),
        ("2 uur geleden", "2026-11-18 08:45:30"),
        ("2u geleden", "2026-11-18 08:45:30"),
        ("17-11 12:05", "2026-11-17 12:05"),
        ("17/11", "2026-11-17 12:00"),
        ("19-11 12:05", "2025-11-19 12:05"),
        ("3-9-2024", "2024-09-03 12:00"),
        ("29-2-2024 10:00", "2024-02-29 10:00"),
        ("yesterday 14:15", "2026-11-17 14:15"),
        ("dinsdag", "2026-11-17 12:00"),
        ("di 10:15", "2026-11-17 10:15"),
        ("10:15 op dinsdag", "2026-11-17 10:15"),
        ("woensdag 10:15", "2026-11-18 10:15"),
        ("donderdag", "2026-11-12 12:00"),
        ("afgelopen woensdag 9:00", "2026-11-11 09:00"),
        ("vorige week dinsdag", "2026-11-10 12:00"),
        ("vorige week vrijdag 14:15", "2026-11-13 14:15"),
        ("dinsdag vorige week", "2026-11-10 12:00"),
        ("last monday at 9:00", "2026-11-16 09:00"),
    ],
)
def test_moments(typed: str, moment: str) -> None:
    found = parse_moment(typed, at(NOW))
    assert found == at(moment) and found.utcoffset() == at(moment).utcoffset()


@pytest.mark.parametrize(
    "typed",
    [
        "straks", "10 uur", "2u", "half drie", "25:00", "12:60", "31-2", "29-2", "0-0", "32-1", "1-13", "1-1-0000",
        "dinsdag gisteren", "vorige week", "di wo", "dinsdag 17-11",
        "10:42:11", "morgen", "1-2-3-4", "\x1b[31m", "-", "99999 min",
    ],
)  # fmt: skip
def test_unclear(typed: str) -> None:
    with pytest.raises(UsageError, match="When was it"):
        parse_moment(typed, at(NOW))


@pytest.mark.parametrize("typed", ["10:46", "23:59", "vandaag 11:00", "18-11 11:00", "18-11-2027", "31-12-9999"])
def test_still_to_come(typed: str) -> None:
    with pytest.raises(UsageError, match="still to come"):
        parse_moment(typed, at(NOW))


def test_yesterday_may_have_had_another_offset() -> None:
    now = at("2026-10-26 09:00")
    found = parse_moment("24-10 14:00", now)
    assert (found.utcoffset(), now.utcoffset()) == (timedelta(hours=2), timedelta(hours=1))
    assert found.hour == 14


def test_the_nights_when_the_clock_is_changed() -> None:
    assert parse_moment("29-3 02:30", at("2026-03-29 09:00")) < at("2026-03-29 09:00")
    assert parse_moment("25-10 02:30", at("2026-10-25 09:00")) < at("2026-10-25 09:00")


def test_an_hour_that_comes_twice_is_the_last_one_that_has_been() -> None:
    """At the end of summer time 02:30 comes twice: what was ten minutes ago was not seventy minutes ago."""
    first, second = at("2026-10-25T00:30:00+00:00"), at("2026-10-25T01:30:00+00:00")
    assert f"{first:%H:%M}" == f"{second:%H:%M}" == "02:30"
    assert parse_moment("02:30", second + timedelta(minutes=10)) == second
    assert parse_moment("02:30", first + timedelta(minutes=10)) == first
    assert parse_moment("10 min geleden", second + timedelta(minutes=5)) == first + timedelta(minutes=55)
    assert parse_moment("25-10 02:30", at("2026-10-25 09:00")) == second


def test_a_day_that_not_every_year_has() -> None:
    assert parse_moment("29-2 10:00", at("2028-03-01 09:00")) == at("2028-02-29 10:00")
    assert parse_moment("gisteren 10:00", at("2028-03-01 09:00")) == at("2028-02-29 10:00")
    assert parse_moment("dinsdag", at("2028-03-01 09:00")) == at("2028-02-29 12:00")


def test_around_new_year() -> None:
    assert parse_moment("31-12 14:00", at("2027-01-04 09:00")) == at("2026-12-31 14:00")
    assert parse_moment("gisteren 14:00", at("2027-01-01 09:00")) == at("2026-12-31 14:00")


PIECES = st.sampled_from(["gisteren", "vandaag", "nu", "10:42", "23.59", "29-2", "1-1-0001", "31-12-9999", "5 min"])
TYPED = st.text(max_size=40) | st.from_regex(r"[0-9:./ -]{0,14}") | st.lists(PIECES, max_size=4).map(" ".join)


@given(TYPED, st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_whatever_is_typed_is_understood_or_refused(typed: str, naive: datetime) -> None:
    now = naive.astimezone()
    try:
        found = parse_moment(typed, now)
    except UsageError:
        return
    assert found <= now and found.tzinfo is not None


# --- days to come ------------------------------------------------------------------------------------------

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("   ", None),
        ("vandaag", date(2026, 11, 18)),
        ("morgen", date(2026, 11, 19)),
        ("over 2 weken", date(2026, 12, 2)),
        ("over een week", date(2026, 11, 25)),
        ("in 3 days", date(2026, 11, 21)),
        ("+10d", date(2026, 11, 28)),
        ("donderdag", date(2026, 11, 19)),
        ("woensdag", date(2026, 11, 25)),
        ("Do 3 dec.", date(2026, 12, 3)),
        ("do 3 december", date(2026, 12, 3)),
        ("3 dec", date(2026, 12, 3)),
        ("3-12", date(2026, 12, 3)),
        ("3 januari", date(2027, 1, 3)),
        ("17 nov", date(2027, 11, 17)),
        ("3-12-2026", date(2026, 12, 3)),
        ("3 dec 2026", date(2026, 12, 3)),
        ("2026-12-03", date(2026, 12, 3)),
        ("29-2-2028", date(2028, 2, 29)),
        ("17-11-2026", date(2026, 11, 17)),
    ],
)
def test_a_day_to_look_again(typed: str, expected: date | None) -> None:
    assert parse_ahead(typed, WEDNESDAY) == expected


@pytest.mark.parametrize(
    "typed",
    ["ooit", "32 dec", "3-13", "29-2", "over weken", "over 9999 weken", "2026-13-01", "\x1b[", "0-0-0000", "1" * 50],
)
def test_a_day_that_cannot_be_understood(typed: str) -> None:
    with pytest.raises(UsageError, match="Which day"):
        parse_ahead(typed, WEDNESDAY)


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_is_not(typed: str) -> None:
    try:
        found = parse_ahead(typed, WEDNESDAY)
    except UsageError:
        return
    assert found is None or isinstance(found, date)
