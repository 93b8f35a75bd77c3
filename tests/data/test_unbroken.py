"""Dates stay on one line: those the program writes, and those that people type."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.unbroken import NO_BREAK, unbroken
from data.words import LANGUAGES, Words

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


@given(DAYS, st.sampled_from(LANGUAGES), st.text(alphabet="abc ,."))
def test_every_date_that_is_drawn_is_held_together(day: dt.date, language: str, around: str) -> None:
    words = Words(language)
    for drawn in (words.date(day), words.weekday(day), words.long_date(day)):
        held = unbroken(f"{around} {drawn} {around}")
        assert drawn.replace(" ", NO_BREAK) in held
        assert held.replace(NO_BREAK, " ") == f"{around} {drawn} {around}"


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_moment_too(when: dt.datetime, language: str) -> None:
    drawn = Words(language).moment(when)
    assert unbroken(drawn) == drawn.replace(" ", NO_BREAK)


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("op 17 november 2026 belde", "op 17~november~2026 belde"),
        ("Dinsdag 3 maart, om 10 uur", "Dinsdag~3~maart, om 10 uur"),
        ("3 meisjes en 2 jongens", "3 meisjes en 2 jongens"),
        ("groep 6 mei", "groep 6~mei"),
        ("17-11-2026 en 1 op 10", "17-11-2026 en 1 op 10"),
        ("kamer 117 nov", "kamer 117 nov"),
    ],
)
def test_what_people_type(typed: str, held: str) -> None:
    assert unbroken(typed) == held.replace("~", NO_BREAK)
