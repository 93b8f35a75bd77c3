"""Periods as people type them: `vorige week`, `sinds 1-9`, `sept 2026`, `2025-2026`, in English too."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ...clean import clean_line
from ...errors import UsageError
from ...when import month_named, parse_past_day
from ..pupils import school_year


class Period(NamedTuple):
    """Days, the first and the last of them included."""

    first: date
    last: date


MOST_WORDS = 6
"""How many words a period takes at most: `tot en met 1 september 2026`."""

_THIS, _LAST = r"(?:deze|dit|this)", r"(?:vorige|vorig|last)"
_WEEK, _MONTH, _YEAR = r"week", r"(?:maand|month)", r"(?:schooljaar|school year)"
_SINCE = re.compile(r"(?:sinds|vanaf|since) (.+)")
_THROUGH = re.compile(r"(?:t/m|tm|tot en met|until|through) (.+)")
_BEFORE = re.compile(r"(?:tot|before) (.+)")
_BETWEEN = re.compile(r"(.+?) (?:t/m|tm|tot en met|until|through|tot|to|-|–) (.+)")
_SCHOOL_YEAR = re.compile(r"(\d{4})[-/](\d{4})")
_MONTH_OF_YEAR = re.compile(r"([a-z]{3,9})\.? (\d{4})")
_PLAIN_DAY = re.compile(r"\d{1,2}[-/]\d{1,2}|[a-z]+")
"""What may be a day, and may be a text as well: `6-7`, `maandag`."""


def parse_period(typed: str, today: date) -> Period | None:
    """Return the period that was typed in a field for nothing else, or None where it cannot be understood."""
    return _period(_plain(typed), today, alone=True)


def period_at(words: Sequence[str], today: date) -> tuple[Period, int] | None:
    """Return the period with which some words begin and how many of them it takes; None if they begin with none.

    Among other words only what can hardly be anything else counts: `sept 2026`, not `sept`; `sinds 6-7`, not `6-7`.
    """
    for count in range(min(MOST_WORDS, len(words)), 0, -1):
        found = _period(_plain(" ".join(words[:count])), today, alone=False)
        if found is not None:
            return found, count
    return None


def _plain(typed: str) -> str:
    return clean_line(typed, 60).lower()


def _period(text: str, today: date, *, alone: bool) -> Period | None:
    if found := _SINCE.fullmatch(text):
        since = _span(found[1], today, alone=True)
        return Period(since.first, date.max) if since else None
    if found := _THROUGH.fullmatch(text):
        until = _span(found[1], today, alone=True)
        return Period(date.min, until.last) if until else None
    if found := _BEFORE.fullmatch(text):
        before = _span(found[1], today, alone=True)
        return Period(date.min, before.first - timedelta(days=1)) if before and before.first > date.min else None
    if alone and (found := _BETWEEN.fullmatch(text)):
        since, until = (_span(part, today, alone=True) for part in found.groups())
        return Period(since.first, until.last) if since and until else None
    return _span(text, today, alone=alone)


def _span(text: str, today: date, *, alone: bool) -> Period | None:
    """Return the days of a day, a week, a month, a year; `alone`: nothing else can be meant."""
    try:
        return _week_or_year(text, today) or _month(text, today, alone) or _day(text, today, alone)
    except (ValueError, OverflowError):  # a year that the calendar does not have
        return None


def _week_or_year(text: str, today: date) -> Period | None:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    this_year = int(school_year(today)[:4])
    spans = {
        rf"{_THIS} {_WEEK}": (monday, monday + timedelta(days=6)),
        rf"{_LAST} {_WEEK}": (monday - timedelta(days=7), monday - timedelta(days=1)),
        rf"{_THIS} {_MONTH}": _days_of_month(first.year, first.month),
        rf"{_LAST} {_MONTH}": _days_of_month(*_month_before(first)),
        rf"{_THIS} {_YEAR}": _days_of_school_year(this_year),
        rf"{_LAST} {_YEAR}": _days_of_school_year(this_year - 1),
    }
    for pattern, span in spans.items():
        if re.fullmatch(pattern, text):
            return Period(*span)
    if (found := _SCHOOL_YEAR.fullmatch(text)) and int(found[2]) == int(found[1]) + 1:
        return Period(*_days_of_school_year(int(found[1])))
    return None


def _days_of_school_year(year: int) -> tuple[date, date]:
    """Return the first and the last day of the school year that begins in a year, as `school_year` has it."""
    label = f"{year}-{year + 1}"
    begins = next(date(year, month, 1) for month in range(1, 13) if school_year(date(year, month, 1)) == label)
    return begins, begins.replace(year=year + 1) - timedelta(days=1)


def _days_of_month(year: int, month: int) -> tuple[date, date]:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _month_before(first: date) -> tuple[int, int]:
    before = first - timedelta(days=1)
    return before.year, before.month


def _month(text: str, today: date, alone: bool) -> Period | None:
    if found := _MONTH_OF_YEAR.fullmatch(text):
        month = month_named(found[1])
        return Period(*_days_of_month(int(found[2]), month)) if month else None
    month = month_named(text) if alone else None
    if month:
        return Period(*_days_of_month(today.year - (month > today.month), month))
    if alone and re.fullmatch(r"\d{4}", text):
        return Period(date(int(text), 1, 1), date(int(text), 12, 31))
    return None


def _day(text: str, today: date, alone: bool) -> Period | None:
    named = text in ("vandaag", "today", "gisteren", "yesterday", "eergisteren")
    if not alone and not named and _PLAIN_DAY.fullmatch(text):
        return None
    try:
        day = parse_past_day(text, today)
    except UsageError:
        return None
    return Period(day, day)
