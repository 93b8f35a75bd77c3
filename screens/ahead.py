"""The days of a small form: when it was, and when something is looked at again."""

from datetime import date

from data.errors import N_, UsageError
from data.model import Strand
from data.register import KnownCase
from data.register.agreed import school_day
from data.when import parse_ahead, parse_moment

from .desk import Desk


def in_weeks(desk: Desk, count: int) -> str:
    """Return a day so many weeks ahead, as people type it."""
    return desk.words.trn("in {count} week", "in {count} weeks", count)


def day_ahead(desk: Desk, typed: str, proposed: str) -> date | None:
    """Return the day that was typed; what was only proposed is never in a weekend. Raises UsageError."""
    day = parse_ahead(typed, desk.register.now().date())
    return school_day(day) if day and typed == proposed else day


def day_before(desk: Desk, typed: str) -> date:
    """Return the day on which something happened, today where nothing else was typed. Raises UsageError."""
    now = desk.register.now()
    return now.date() if typed.strip() in ("", desk.tr("today")) else parse_moment(typed, now).date()


def score(typed: str) -> int | None:
    """Return how safe a child feels, as typed; None where nobody asked. Raises UsageError."""
    if typed.strip() and typed.strip() not in "12345":
        raise UsageError(N_("How safe a child feels is a number from 1 to 5."))
    return int(typed) if typed.strip() else None


def scored(desk: Desk, case: KnownCase) -> list[tuple[str, str]]:
    """Return whose score it can be, with their names: who was hurt, else whoever is in the case."""
    pupils = case.case.pupils
    found = [p for p in pupils if p.strand is Strand.BULLIED] or [p for p in pupils if p.strand is not Strand.OTHER]
    return [(pupil.pupil, desk.pupil(pupil.pupil)) for pupil in found or pupils]
