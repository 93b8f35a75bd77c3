"""What is due and when: steps, agreements to look at, and the days on which people agreed to look again."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import N_
from .complaints import KnownComplaint
from .known import KnownCase
from .removal import removals_of
from .schema import directs

if TYPE_CHECKING:
    from .session import Register

AGAIN, CHECK, STEP, COMPLAINT, REMOVAL = "again", "check", "step", "complaint", "removal"
"""The kinds: a day to look again at the case, one to look at an agreement, the next step by its advised term, and what
a complaint, a suspension or an expulsion asks for by a day.
"""


@dataclass(frozen=True)
class Due:
    """Something that waits for a day. `step` is None for a case whose steps are all taken."""

    date: dt.date
    kind: str
    case: KnownCase
    step: int | None
    title: str
    """The step's title, or that of a list's item; else an empty string."""

    def overdue(self, today: dt.date) -> bool:
        """Whether the day has passed."""
        return self.date < today


def terms(cases: Iterable[KnownCase], complaints: Iterable[KnownComplaint]) -> list[Due]:
    """Return what complaints, suspensions and expulsions in these cases ask for by a day, soonest first."""
    by_code = {known.code: known for known in cases}
    found = [
        Due(known.due, COMPLAINT, by_code[known.record.case], None, "")
        for known in complaints
        if known.due is not None and known.record.case in by_code
    ]
    for case in by_code.values():
        for removal in removals_of(case):
            due = removal.next_due(case.calendar)
            if due is not None and case.open:
                found.append(Due(due[1], REMOVAL, case, None, due[0].text))
    return sorted(found, key=lambda due: (due.date, due.case.case.opened))


def agenda(cases: Iterable[KnownCase]) -> list[Due]:
    """Return what is due in these cases, soonest first; a case waits for one thing at a time."""
    found = []
    for known in cases:
        if known.due is not None:
            following = known.progress.next_step if known.open else None
            number, title = (following.step.number, following.step.title) if following else (None, "")
            found.append(Due(known.due, kind_of(known), known, number, title))
    return sorted(found, key=lambda due: (due.date, due.case.case.opened))


def waiting(register: "Register", cases: Iterable[KnownCase]) -> list[Due]:
    """Return all that waits for a day and for this person, soonest first, in the cases that they can read.

    Steps and agreements wait for who takes part; the terms of complaints and removals for leads and direction too.
    """
    known = list(cases)
    mine = [case for case in known if case.mine]
    found = [*agenda(mine), *terms(known if directs(register.vault) else mine, register.complaints.all())]
    return sorted(found, key=lambda due: (due.date, due.case.case.opened))


def title_of(due: Due, tr: Callable[[str], str]) -> str:
    """Return what is due, in words that name nobody."""
    words = {
        AGAIN: N_("look again"),
        CHECK: N_("look at the agreement"),
        COMPLAINT: N_("official complaint"),
    }
    if due.kind in words:
        return tr(words[due.kind])
    return due.title if due.step is None else f"{due.step} {due.title}"


def kind_of(known: KnownCase) -> str:
    """Return what a case waits for first."""
    if known.due is not None and known.due == known.check_day:
        return CHECK
    return AGAIN if known.agreed_day else STEP
