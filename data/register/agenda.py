"""What is due and when: steps, agreements to look at, and the days on which people agreed to look again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from .known import KnownCase

AGAIN, CHECK, STEP = "again", "check", "step"
"""The kinds: a day to look again at the case, one to look at an agreement, the next step by its advised term."""


@dataclass(frozen=True)
class Due:
    """Something that waits for a day. `step` is None for a case whose steps are all taken."""

    date: dt.date
    kind: str
    case: KnownCase
    step: int | None
    title: str
    """The step's title, or an empty string."""

    def overdue(self, today: dt.date) -> bool:
        """Whether the day has passed."""
        return self.date < today


def agenda(cases: Iterable[KnownCase]) -> list[Due]:
    """Return what is due in these cases, soonest first; a case waits for one thing at a time."""
    found = []
    for known in cases:
        if known.due is not None:
            following = known.progress.next_step if known.open else None
            number, title = (following.step.number, following.step.title) if following else (None, "")
            found.append(Due(known.due, kind_of(known), known, number, title))
    return sorted(found, key=lambda due: (due.date, due.case.case.opened))


def kind_of(known: KnownCase) -> str:
    """Return what a case waits for first."""
    if known.due is not None and known.due == known.check_day:
        return CHECK
    return AGAIN if known.agreed_day else STEP
