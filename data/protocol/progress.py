"""How far a case has come in its protocol, computed from what happened to its steps."""

import datetime
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ..errors import N_, UsageError
from .parts import Phase, Protocol, Step
from .proofs import lacking, useful


class StepState(StrEnum):
    """Where a step stands; being late is a mark beside it, not a state (design, section 8)."""

    OPEN = "open"
    BUSY = "busy"
    DONE = "done"
    SKIPPED = "skipped"


class StepEvent(msgspec.Struct, frozen=True):
    """Something happened to a step: on a day, written down by someone at a moment with an offset."""

    step: int
    state: StepState
    happened_on: datetime.date
    entered_at: datetime.datetime
    by: str
    reason: str = ""
    about: tuple[str, ...] = ()
    """The pupils whose side it was."""
    given: tuple[str, ...] = ()
    """The ids of what its proof holds besides the sentence (`proofs.py`)."""

    @property
    def counts(self) -> bool:
        """Whether the rule is kept that a step is skipped only with a reason (design, section 5)."""
        return self.state is not StepState.SKIPPED or bool(self.reason.strip())


SETTLED = frozenset({StepState.DONE, StepState.SKIPPED})
"""States in which nothing is left to do."""


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """A step of one case: its last event stands; `entries` holds all of them, oldest first.

    `on` and `by` are None for a step to which nothing happened. `missing` holds code words for what the case
    lacks: `not_done`, where a later step was done and this one, which every case needs, was not; `one_sided`, where
    the step was begun and the side of the pupils in `unheard` is not there; `no_judgement` and its like, where the
    step is done and its proof lacks that field (`proofs.lacking`). `hints` are fields that would make a done step's
    proof stronger: nothing is missing without them.
    """

    step: Step
    state: StepState = StepState.OPEN
    on: datetime.date | None = None
    by: str | None = None
    reason: str = ""
    entries: tuple[StepEvent, ...] = ()
    missing: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()

    @property
    def rounds(self) -> int:
        """How many times a step that repeats was taken; 0 for one that does not."""
        taken = {StepState.BUSY, StepState.DONE}
        return sum(entry.state in taken for entry in self.entries) if self.step.repeats else 0

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do: done, or skipped for a reason."""
        return self.state in SETTLED


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """All steps of one case, the one advised next (None: none is left), and the phase it is in."""

    steps: tuple[StepView, ...]
    next_step: StepView | None
    phase: Phase


def progress(
    protocol: Protocol, events: Iterable[StepEvent], sides: tuple[str, ...] = (), reached: Iterable[str] = ()
) -> Progress:
    """Return how far a case has come; steps can be taken in any order (design, section 5).

    `sides` are the pupils on either side: what a step asks of each of them is missing until it is there.
    `reached` are the ids of phases that it was decided the case needs: it is in the furthest of them.
    Events count in the order given, which is that of writing: no clock can change it. Left out are events for a
    step the protocol does not have, and skips without a reason.
    """
    entries: dict[int, list[StepEvent]] = {step.number: [] for step in protocol.steps}
    for event in events:
        if event.step in entries and event.counts:
            entries[event.step].append(event)
    # What a case was judged to be is said once, whichever step it was said in.
    everywhere = {"judgement"} & {field for found in entries.values() for entry in found for field in entry.given}
    done = [number for number, found in entries.items() if found and found[-1].state is StepState.DONE]
    furthest = max(done, default=0)
    views = tuple(
        _view(step, tuple(entries[step.number]), sides, everywhere, passed=step.number < furthest)
        for step in protocol.steps
    )
    phase = _phase(protocol, views, frozenset(reached))
    return Progress(steps=views, next_step=_next(protocol, views, phase), phase=phase)


def check_event(protocol: Protocol, event: StepEvent, today: datetime.date) -> None:
    """Raise UsageError for an event that should not be stored; `today` is the last day it can be of."""
    if all(step.number != event.step for step in protocol.steps):
        raise UsageError(N_("This protocol has no step {number}."), number=event.step)
    if not event.counts:
        raise UsageError(N_("A step is skipped only with a reason."))
    if event.happened_on > today:
        raise UsageError(N_("This date is still to come."))


def _view(
    step: Step, entries: tuple[StepEvent, ...], sides: tuple[str, ...], everywhere: set[str], passed: bool
) -> StepView:
    last = entries[-1] if entries else None
    state, missing, hints = last.state if last else StepState.OPEN, list[str](), tuple[str, ...]()
    if passed and step.when == "always" and state not in SETTLED:
        missing.append("not_done")
    found = {pupil for entry in entries for pupil in entry.about}
    asked = sides if step.per_pupil else ()
    unheard = tuple(pupil for pupil in asked if pupil not in found)
    if unheard and state in {StepState.BUSY, StepState.DONE}:
        missing.append("one_sided")
    if state is StepState.DONE:
        given = everywhere | {field for entry in entries for field in entry.given}
        missing += lacking(step.proof, given)
        hints = useful(step.proof, given)
    return StepView(
        step=step,
        state=state,
        on=last.happened_on if last else None,
        by=last.by if last else None,
        reason=last.reason if last else "",
        entries=entries,
        missing=tuple(missing),
        hints=hints,
        heard=tuple(pupil for pupil in asked if pupil in found),
        unheard=unheard,
    )


def _next(protocol: Protocol, views: tuple[StepView, ...], phase: Phase) -> StepView | None:
    """Return the step to take up: one begun first, then what every case needs in the phases reached so far.

    A next phase is not advised: leaving one is a decision. Where all is done, what repeats goes on.
    """
    order = [known.id for known in protocol.phases]
    reached = set(order[: order.index(phase.id) + 1])
    waiting = [view for view in views if not view.settled]
    busy = [view for view in waiting if view.state is StepState.BUSY]
    needed = [view for view in waiting if view.step.when == "always" and view.step.phase in reached]
    here = [view for view in views if view.step.phase == phase.id]
    going_on = [
        view for view in here if view.step.repeats and view.state is StepState.DONE and view.step.when == "always"
    ]
    possible = [view for view in here if not view.settled]
    return next(iter(busy or needed or going_on[-1:] or possible), None)


def _phase(protocol: Protocol, views: tuple[StepView, ...], reached: frozenset[str]) -> Phase:
    """Return the furthest phase with a step that was begun or done, or that was decided on: a skip moves no case on."""
    touched = {view.step.phase for view in views if view.state in {StepState.BUSY, StepState.DONE}} | reached
    return next((phase for phase in reversed(protocol.phases) if phase.id in touched), protocol.phases[0])
