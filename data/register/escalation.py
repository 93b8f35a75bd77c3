"""Leaving a phase of the protocol: the evaluation it asks for, and how long a case is in its phase."""

import datetime as dt
from collections.abc import Iterable

from ..errors import N_, UsageError
from ..model import Decision, DecisionKind
from ..protocol import Phase, Protocol, StepEvent, StepState

_BEGUN = (StepState.BUSY, StepState.DONE)


def phases_left(protocol: Protocol, before: str, after: str) -> tuple[Phase, ...]:
    """Return the phases that are left by going from one to another, in order; none where that is no later one."""
    order = [phase.id for phase in protocol.phases]
    if before not in order or after not in order:
        return ()
    return protocol.phases[order.index(before) : order.index(after)]


def later_phases(protocol: Protocol, now: str) -> tuple[Phase, ...]:
    """Return the phases that come after one."""
    order = [phase.id for phase in protocol.phases]
    return protocol.phases[order.index(now) + 1 :] if now in order else ()


def reached(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Return the ids of the phases that were decided on."""
    return tuple(said.reaches for said in decisions if said.kind is DecisionKind.ESCALATED)


def unexplained(protocol: Protocol, decisions: Iterable[Decision], now: str) -> tuple[Phase, ...]:
    """Return the phases a case in phase `now` has left without the evaluation that they ask for (`leaving`)."""
    explained = {
        phase.id
        for said in decisions
        if said.kind is DecisionKind.ESCALATED
        for phase in phases_left(protocol, said.leaves, said.reaches)
    }
    left = phases_left(protocol, protocol.phases[0].id, now)
    return tuple(phase for phase in left if phase.leaving and phase.id not in explained)


def asks_why(protocol: Protocol, now: str, step: int, state: StepState) -> Phase | None:
    """Return the later phase that a case in phase `now` enters by this step, where it has to be said why."""
    if state not in _BEGUN:
        return None
    phase = next((found.phase for found in protocol.steps if found.number == step), "")
    left = phases_left(protocol, now, phase)
    if not any(one.leaving for one in left):
        return None
    return next(found for found in protocol.phases if found.id == phase)


def since(
    protocol: Protocol, phase: str, opened: dt.date, events: Iterable[StepEvent], decisions: Iterable[Decision]
) -> dt.date:
    """Return the day on which a phase of a case began: the first of what was decided or done in it."""
    if phase == protocol.phases[0].id:
        return opened
    inside = {step.number for step in protocol.steps if step.phase == phase}
    days = [event.happened_on for event in events if event.step in inside and event.state in _BEGUN]
    days += [said.happened for said in decisions if said.kind is DecisionKind.ESCALATED and said.reaches == phase]
    return min(days, default=opened)


def check_escalation(protocol: Protocol, now: str, said: Decision) -> None:
    """Raise UsageError for an escalation without a reason, to no later phase, or past one if not grave."""
    left = phases_left(protocol, now, said.reaches)
    if not left:
        raise UsageError(N_("The case is in this phase already, or in a later one."))
    if not said.text:
        raise UsageError(N_("A phase is left with a reason: why is the next phase needed?"))
    if len(left) > 1 and not said.grave:
        raise UsageError(N_("This passes over a phase. That is for a serious case: choose “serious” and say why."))
