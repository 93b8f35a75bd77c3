"""The cases that ask coordinator, IB or direction for a consultation, each with the reasons why."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..model import DecisionKind
from ..protocol import Proof, StepState
from .known import KnownCase
from .schema import directs
from .session import Register

_ASKS = {Proof.CONSULTATION, Proof.CONFERENCE}
_LOOK_BACK_DAYS = 92
"""How far back a question that became a case still asks for a consultation: a term."""

_NO_LOOK = {DecisionKind.ESCALATED, DecisionKind.OFFERED}
"""What asks somebody to look, even when a lead wrote it."""


class Reason(StrEnum):
    """Why a case asks for a consultation; the first of them comes first in the queue."""

    OFFERED = "offered"
    """It is offered to this person."""
    COMPLAINT = "complaint"
    """An official complaint came in, or something came of one."""
    ASKED = "asked"
    """A question became this case, or the step that asks for a consultation was begun."""
    ESCALATED = "escalated"
    LATE = "late"
    QUIET = "quiet"
    """Nothing was done in it for as many days as the school has set."""


@dataclass(frozen=True)
class Waiting:
    """A case in the queue with why it is there, what weighs most first."""

    case: KnownCase
    reasons: tuple[Reason, ...]
    still: int
    """For how many days nothing was done in it."""


def queue(register: Register, cases: Iterable[KnownCase] | None = None) -> list[Waiting]:
    """Return who waits for this person, what weighs most first; nobody for who is no lead and not the direction.

    A case leaves the queue once a lead or the direction gave advice, decided, or said that they saw it, until there is
    something new. `cases` are the readable ones, where somebody has read them already. Reads and decrypts; not for the
    screen's own thread.
    """
    if not directs(register.vault):
        return []
    asked, complained = _asked(register), _complained(register)
    found = []
    for known in register.cases.all() if cases is None else cases:
        waiting = _waiting(register, known, asked.get(known.code), complained.get(known.code))
        if waiting is not None:
            found.append(waiting)
    order = list(Reason)
    return sorted(
        found, key=lambda one: (order.index(one.reasons[0]), one.case.due or dt.date.max, one.case.case.opened)
    )


def _asked(register: Register) -> dict[str, dt.datetime]:
    """Return when a question became a case, by the case's code."""
    since = register.now() - dt.timedelta(days=_LOOK_BACK_DAYS)
    told = (said for known in register.questions.all(since) for said in known.said if said.case)
    return {said.case: said.entered for said in told}


def _complained(register: Register) -> dict[str, dt.datetime]:
    """Return when a colleague last wrote about a complaint, by the case's code."""
    found: dict[str, dt.datetime] = {}
    for known in register.complaints.all():
        for said in (known.record, *known.said):
            if said.author != register.me:
                found[said.case] = max(said.entered, found.get(said.case, said.entered))
    return found


def _looked(register: Register, known: KnownCase) -> dt.datetime:
    """Return when a lead or the direction last said something about a case; long ago where nobody did."""
    moments = (
        said.record.entered
        for said in known.decisions
        if said.record.kind not in _NO_LOOK and directs(register.vault, said.record.author)
    )
    return max(moments, default=dt.datetime.min.replace(tzinfo=dt.UTC))


def _waiting(
    register: Register, known: KnownCase, asked: dt.datetime | None, complained: dt.datetime | None
) -> Waiting | None:
    looked, now = _looked(register, known), register.now()
    found = []
    if known.offered and known.offered.to == register.me:
        found.append(Reason.OFFERED)
    if complained is not None and complained > looked:
        found.append(Reason.COMPLAINT)
    if not known.open and not found:
        return None  # most cases of most years: what happened in them is not opened for this
    still = (now.date() - max(known.worked_on, looked).astimezone().date()).days
    if known.open:
        begun = _begun(known)
        if any(moment > looked for moment in (asked, begun) if moment is not None):
            found.append(Reason.ASKED)
        if any(moment > looked for moment in _escalated(register, known)):
            found.append(Reason.ESCALATED)
        if known.due is not None and known.overdue(now.date()) and known.due >= _day(looked):
            found.append(Reason.LATE)
        if still >= register.house.quiet_days:
            found.append(Reason.QUIET)
    return Waiting(known, tuple(found), still) if found else None


def _day(looked: dt.datetime) -> dt.date:
    return looked.date() if looked.year == dt.MINYEAR else looked.astimezone().date()


def _begun(known: KnownCase) -> dt.datetime | None:
    """Return when a consultation that is still going on was begun, or last written about."""
    views = (view for view in known.progress.steps if view.step.proof in _ASKS and view.state is StepState.BUSY)
    return max((view.entries[-1].entered_at for view in views), default=None)


def _escalated(register: Register, known: KnownCase) -> Iterable[dt.datetime]:
    return (
        said.record.entered
        for said in known.decisions
        if said.record.kind is DecisionKind.ESCALATED and said.record.author != register.me
    )
