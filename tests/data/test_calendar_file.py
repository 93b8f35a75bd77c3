"""A calendar file says what is due and nothing that somebody slipped into a title."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from data.exchange.calendar import to_calendar
from data.register.agenda import STEP


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_line_end_in_a_title_begins_no_line(end: str) -> None:
    evil = f"Gesprek{end}BEGIN:VALARM{end}ATTACH:http://example.org/"
    due: Any = SimpleNamespace(case=SimpleNamespace(code="Z-7K3F"), kind=STEP, step=2, title=evil, date=dt.date.max)
    made = to_calendar(
        [due], lambda message: message, now=dt.datetime(2026, 11, 18, tzinfo=dt.UTC), name=evil, vault=b"x"
    )
    names = [line.partition(":")[0] for line in made.decode().replace("\r\n ", "").splitlines()]
    assert names.count("BEGIN") == 2 and "ATTACH" not in names
    assert "SUMMARY" in names
