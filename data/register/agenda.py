"""What is due and when: the next step of each case, and the days on which people agreed to look again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from .known import KnownCase

AGAIN, STEP = "again", "step"
"""The kinds: a day that was agreed on, and the next step by the protocol's advised term."""


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
            found.append(Due(known.due, AGAIN if known.agreed_day else STEP, known, number, title))
    return sorted(found, key=lambda due: (due.date, due.case.case.opened))
