"""The days of a small form: when it was, and when something is looked at again."""

from datetime import date

from data.when import parse_ahead, parse_moment

from .desk import Desk


def in_weeks(desk: Desk, count: int) -> str:
    """Return a day so many weeks ahead, as people type it."""
    return desk.words.trn("in {count} week", "in {count} weeks", count)


def day_ahead(desk: Desk, typed: str, proposed: str) -> date | None:
    """Return the day that was typed; what was only proposed is a school day. Raises UsageError."""
    day = parse_ahead(typed, desk.register.now().date())
    return desk.register.house.calendar.next_school_day(day) if day and typed == proposed else day


def day_before(desk: Desk, typed: str) -> date:
    """Return the day on which something happened, today where nothing else was typed. Raises UsageError."""
    now = desk.register.now()
    return now.date() if typed.strip() in ("", desk.tr("today")) else parse_moment(typed, now).date()
