"""A case as one person sees it: its documents, how far it has come, what it waits for."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ..model import QUIET_DAYS, Agreement, Approach, Case, Check, Decision, DecisionKind, StepRecord, Strand, Text
from ..protocol import Field, Phase, Progress, Proof, Protocol, StepEvent, fields_of, progress
from ..protocol.proofs import PRESENT
from ..vault.entries import Person
from . import escalation
from .agreed import Agreed, KnownAgreement, KnownApproach
from .calendar import Calendar
from .text import draw

Said = StepRecord | Decision | Agreement | Check | Approach
"""Something that was written down in a case, notes apart."""

_TURNS = (DecisionKind.CLOSED, DecisionKind.REOPENED)


@dataclass(frozen=True)
class KnownStep:
    """A step event with its id and text."""

    id: str
    record: StepRecord


@dataclass(frozen=True)
class KnownDecision:
    """A decision about a case with its id."""

    id: str
    record: Decision


@dataclass(frozen=True)
class KnownCase:
    """A case as this person sees it now."""

    case: Case
    protocol: Protocol
    read_events: Callable[[], tuple[KnownStep, ...]]
    """Opens what happened to its steps: only when somebody asks, for most cases of a school are closed."""
    read_agreed: Callable[[], Agreed]
    """Opens what was agreed in it, as late."""
    decisions: tuple[KnownDecision, ...]
    members: tuple[Person, ...]
    mine: bool
    """Whether this person takes part themselves, not only as a lead."""
    revision: int
    """How often the case's own document was written: what a form on it was based on."""
    written: dt.datetime
    """When anything in it was written last, by the clock of who wrote it."""
    calendar: Calendar = field(default_factory=Calendar)
    """The school's days: no term ends on another."""

    @cached_property
    def events(self) -> tuple[KnownStep, ...]:
        """What happened to its steps, in the order of writing."""
        return self.read_events()

    @cached_property
    def agreed(self) -> Agreed:
        """What was agreed in it, how it was kept, what was tried."""
        return self.read_agreed()

    @property
    def agreements(self) -> tuple[KnownAgreement, ...]:
        """The agreements that serve it, those that were corrected too, in the order of writing."""
        return self.agreed.agreements

    @property
    def approaches(self) -> tuple[KnownApproach, ...]:
        """Where one of the protocol's methods was begun or looked back on, in the order of writing."""
        return self.agreed.approaches

    @property
    def records(self) -> list[Said]:
        """Everything that was written down in it, notes apart, kind by kind."""
        return [
            *(event.record for event in self.events),
            *(known.record for known in self.decisions),
            *self.agreed.records,
        ]

    @cached_property
    def progress(self) -> Progress:
        """How far it has come."""
        sides = tuple(pupil.pupil for pupil in self.case.pupils if pupil.strand is not Strand.OTHER)
        events = [as_event(event.record) for event in self.standing]
        return progress(self.protocol, events, sides, escalation.reached(self._decided))

    @property
    def _decided(self) -> list[Decision]:
        return [known.record for known in self.decisions]

    @property
    def phase_since(self) -> dt.date:
        """The day on which the phase it is in began."""
        opened, events = self.case.opened.astimezone().date(), (as_event(event.record) for event in self.standing)
        return escalation.since(self.protocol, self.progress.phase.id, opened, events, self._decided)

    @property
    def unexplained(self) -> tuple[Phase, ...]:
        """The phases that were left without the evaluation the protocol asks for."""
        return escalation.unexplained(self.protocol, self._decided, self.progress.phase.id)

    @property
    def missing(self) -> tuple[str, ...]:
        """What it lacks as a whole, as code words: `unexplained`. What a step lacks its view says."""
        return ("unexplained",) if self.unexplained else ()

    @cached_property
    def _places(self) -> tuple[dict[str, str], dict[str, KnownStep]]:
        return places(self.events)

    @property
    def standing(self) -> tuple[KnownStep, ...]:
        """What counts of `events`: a correction stands where the entry it corrects stood, which counts no more."""
        return tuple(self._places[1].values())

    @cached_property
    def corrected(self) -> frozenset[str]:
        """The ids of entries that were corrected: shown, and nothing more."""
        return frozenset(event.id for event in self.events) - {event.id for event in self.standing}

    def now(self, entry: str) -> KnownStep | None:
        """Return what counts in the place of an entry (by id): itself, or its last correction; None if unknown."""
        found, standing = self._places
        return standing.get(found.get(entry, ""))

    @property
    def code(self) -> str:
        """The case's code."""
        return self.case.code

    @property
    def names(self) -> dict[str, str]:
        """The pupils of the case: id → name as the case knows it."""
        return {pupil.pupil: pupil.name for pupil in self.case.pupils}

    def full_name(self, pupil: str) -> str:
        """Return a pupil's whole name for a form, where typed names become references again; dots if unknown here."""
        return self.names.get(pupil, "…")

    def fields(self, step: int) -> tuple[Field, ...]:
        """Return what the proof of a step asks for; nothing for a step that the protocol does not have."""
        found = next((view.step for view in self.progress.steps if view.step.number == step), None)
        return fields_of(found, self.protocol.criteria) if found else ()

    @property
    def forms(self) -> list[tuple[str, str]]:
        """How its pupils may be typed in a text: whole name or given name, with their ids."""
        return [(form, pupil.pupil) for pupil in self.case.pupils for form in (pupil.name, *pupil.name.split()[:1])]

    @property
    def open(self) -> bool:
        """Whether it goes on: closed last, it does not."""
        turns = [known.record.kind for known in self.decisions if known.record.kind in _TURNS]
        return not turns or turns[-1] is not DecisionKind.CLOSED

    @property
    def owner(self) -> str:
        """Whose case it is: who accepted it last, else who opened it."""
        accepted = [known.record.author for known in self.decisions if known.record.kind is DecisionKind.ACCEPTED]
        return accepted[-1] if accepted else self.case.owner

    @property
    def offered(self) -> Decision | None:
        """The hand-over that waits for its acceptance, if there is one."""
        kinds = (DecisionKind.OFFERED, DecisionKind.ACCEPTED)
        turns = [known.record for known in self.decisions if known.record.kind in kinds]
        return turns[-1] if turns and turns[-1].kind is DecisionKind.OFFERED else None

    @property
    def status(self) -> str:
        """`open` or `closed`."""
        return "open" if self.open else "closed"

    @property
    def last(self) -> str:
        """The id of the last step event, or an empty string: what a form was based on."""
        return self.events[-1].id if self.events else ""

    @property
    def moved(self) -> dt.datetime:
        """When something was last recorded about its steps, decided or agreed."""
        return max([*(said.entered for said in self.records), self.case.opened])

    @property
    def worked_on(self) -> dt.datetime:
        """When something was last done: that somebody looked at it moves no case on."""
        looked = (Decision, DecisionKind.SEEN)
        done = (said for said in self.records if (type(said), getattr(said, "kind", None)) != looked)
        return max([*(said.entered for said in done), self.case.opened])

    # --- what it waits for ---------------------------------------------------------------------------------

    @property
    def agreed_day(self) -> dt.date | None:
        """The day on which people agreed to look again, until something was recorded on or after it."""
        for at in reversed(range(len(self.decisions))):
            decision = self.decisions[at].record
            if decision.again is not None or decision.kind in _TURNS:
                return None if decision.again is None or self._kept(decision.again, at) else decision.again
        return None

    def _kept(self, again: dt.date, at: int) -> bool:
        """Whether something was recorded on or after the day that the decision at this place names."""
        later: list[StepRecord | Decision] = [event.record for event in self.standing]
        later += [said for said in self._decided[at + 1 :] if said.kind is not DecisionKind.SEEN]
        return any(said.happened >= again for said in later)

    @cached_property
    def check_day(self) -> dt.date | None:
        """The earliest day on which one of its agreements is to be looked at; None in a closed case."""
        return min((known.due for known in self.agreements if known.due), default=None) if self.open else None

    @cached_property
    def step_due(self) -> dt.date | None:
        """When its next step asks for something: the agreed day, else the step's term; None where neither is known.

        The term runs from what was settled last or, if the step repeats, from its last entry; one that ends on a day
        without school ends on the next with. A step that looks at agreements waits for their own days, where they have
        any.
        """
        if self.agreed_day or not self.open:
            return self.agreed_day
        upcoming = self.progress.next_step
        if upcoming is None or upcoming.step.term_days is None:
            return None
        looks_at_agreements = upcoming.step.proof is Proof.CHECK
        if looks_at_agreements and self.check_day:
            return self.check_day
        counted = [
            view.on
            for view in self.progress.steps
            if view.on and (view.settled or (view.step.repeats and view.step.number == upcoming.step.number))
        ]
        if looks_at_agreements:
            counted += [check.record.happened for known in self.agreements for check in known.checks]
        day = max([*counted, self.case.opened.date()]) + dt.timedelta(days=upcoming.step.term_days)
        return self.calendar.next_school_day(day)

    @cached_property
    def due(self) -> dt.date | None:
        """When it asks for something: its next step, or an agreement that is to be looked at before that."""
        return min((day for day in (self.step_due, self.check_day) if day), default=None)

    def overdue(self, today: dt.date) -> bool:
        """Whether the day it waits for has passed."""
        return self.due is not None and self.due < today

    def attention(self, today: dt.date) -> tuple[str, ...]:
        """Return why somebody should look at it: `late`, `today`, `missing`, `quiet`, `undecided`, as code words."""
        due, found = self.due, []
        if due is not None and due <= today:
            found.append("late" if due < today else "today")
        if self.open:
            if self.missing or any(view.missing for view in self.progress.steps):
                found.append("missing")
            if due is None and (today - self.worked_on.astimezone().date()).days >= QUIET_DAYS:
                found.append("quiet")
            if self.progress.next_step is None:
                found.append("undecided")
        return tuple(found)

    def said(self, step: int) -> StepRecord | None:
        """Return what was last written about a step, with its reason and text."""
        found = [event.record for event in self.standing if event.record.step == step]
        return found[-1] if found else None

    def details(self, step: int) -> dict[str, Text]:
        """Return what the proof of a step holds by now, field by field: of each what was written last."""
        found: dict[str, Text] = {}
        for event in self.standing:
            if event.record.step == step:
                found |= event.record.details
        return found


def places(events: Iterable[KnownStep]) -> tuple[dict[str, str], dict[str, KnownStep]]:
    """Return in whose place each event stands (by ids), and what counts in each place, in the order of writing.

    Only an earlier entry of the same step is corrected, and only by an entry that counts itself; of two corrections
    of one entry the later counts. What says anything else is an entry of its own, so that nothing can undo a step.
    """
    found: dict[str, str] = {}
    standing: dict[str, KnownStep] = {}
    for event in events:
        place = found.get(event.record.corrects, "")
        if not place or standing[place].record.step != event.record.step or not as_event(event.record).counts:
            place = event.id
        found[event.id] = place
        standing[place] = event
    return found, standing


def as_event(record: StepRecord) -> StepEvent:
    """Return a stored step event as the protocol's rules see it."""
    return StepEvent(
        step=record.step,
        state=record.state,
        happened_on=record.happened,
        entered_at=record.entered,
        by=record.author,
        reason=draw(record.reason, lambda _: "…"),
        about=record.about,
        given=tuple(ident for ident, said in {**record.details, PRESENT: record.present}.items() if said),
    )
