"""What complaint rulings look at, asked of a case: yes, partly or no, the days that show it, and what is missing.

The questions come from rulings of the Landelijke Klachtencommissie (onderwijsgeschillen.nl): 106704 (registered, and
examined in time), 105512 (applied throughout, reports, parents), 104763 (agreements kept, parents had to ask),
105629 (later reports examined too), 104451 (unfounded: on paper and kept, both sides heard, evaluation planned).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ...model import QUIET_DAYS, DecisionKind, Kept, NoteKind, Strand
from ...protocol import Proof, StepState, StepView
from .facts import Agreed, Facts, read

if TYPE_CHECKING:
    from ..session import Register

REGISTERED_DAYS = 3
"""Written down within so many days, a weekend included, counts as in time."""

STRUCTURAL = 3
"""So many reports make one ask whether it is structural: the next one is not waited for."""

RINGS = 3
"""From so many signals on, more than the school spoke with the parents, they had to ring the bell too often."""


class Asked(StrEnum):
    """What is asked."""

    REGISTERED = "registered"
    EXAMINED = "examined"
    APPLIED = "applied"
    HEARD = "heard"
    TOLD = "told"
    AGREED = "agreed"
    KEPT = "kept"
    REPORTED = "reported"
    EVALUATED = "evaluated"


class Answer(StrEnum):
    """Whether it was done."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class GapKind(StrEnum):
    """What is missing."""

    NOTHING = "nothing"
    LATE = "late"
    """Written down long after `day`."""
    NOT_ASSESSED = "not_assessed"
    STRUCTURAL = "structural"
    """The case was opened long after the report of `day`, when there were several."""
    NOT_EXAMINED = "not_examined"
    """Nothing happened after the report of `day`."""
    PASSED_OVER = "passed_over"
    STEP_OPEN = "step_open"
    STEP_LATE = "step_late"
    """It had to be done by `day`."""
    NOT_HEARD = "not_heard"
    NO_OTHER_SIDE = "no_other_side"
    NOT_TOLD = "not_told"
    END_NOT_TOLD = "end_not_told"
    NO_AGREEMENT = "no_agreement"
    NOT_CHECKED = "not_checked"
    CHECK_LATE = "check_late"
    NOT_SAID = "not_said"
    """It was looked at on `day`, and nobody wrote down as such whether they are kept."""
    NOT_KEPT = "not_kept"
    PARTLY_KEPT = "partly_kept"
    NO_REPORT = "no_report"
    RANG = "rang"
    """`count` signals came in, more than the school spoke with the parents."""
    NO_DAY = "no_day"
    """No day on which the case is looked at again."""
    DAY_PAST = "day_past"


@dataclass(frozen=True)
class Gap:
    """Something that is missing; drawn in the reader's words."""

    kind: GapKind
    step: int = 0
    pupil: str = ""
    day: dt.date | None = None
    count: int = 0


@dataclass(frozen=True)
class Evidence:
    """What shows it: the id of what was written, its day, and the day on which it was written down."""

    id: str
    day: dt.date
    entered: dt.date


@dataclass(frozen=True)
class Ruled:
    """A question with its answer; `own`: it is asked about one pupil, not about both sides."""

    asked: Asked
    answer: Answer
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    own: bool = False


_Found = tuple[list[Evidence], list[Gap]]
"""What shows it, and what is missing."""


def questions(register: "Register", code: str) -> list[Ruled]:
    """Return each question with its answer, for all of a case; raises NotAllowed."""
    return ask(read(register, code))


def ask(facts: Facts) -> list[Ruled]:
    """Return each question that this protocol and these pupils give cause for, answered by these facts alone.

    What shows it and what is missing decide the answer: nothing missing is yes, something of both is partly.
    """
    asking: dict[Asked, Callable[[Facts], _Found | None]] = {
        Asked.REGISTERED: _registered,
        Asked.EXAMINED: _examined,
        Asked.APPLIED: _applied,
        Asked.HEARD: _heard,
        Asked.TOLD: _told,
        Asked.AGREED: _agreed,
        Asked.KEPT: _kept,
        Asked.REPORTED: _reported,
        Asked.EVALUATED: _evaluated,
    }
    ruled = []
    for asked, find in asking.items():
        found = find(facts)
        if found is not None:
            evidence, gaps = found
            answer = Answer.YES if not gaps else Answer.PARTLY if evidence else Answer.NO
            ordered = tuple(sorted(evidence, key=lambda one: (one.day, one.entered, one.id)))
            ruled.append(Ruled(asked, answer, ordered, tuple(dict.fromkeys(gaps)), bool(facts.pupil)))
    return ruled


# --- what was written ----------------------------------------------------------------------------------------


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone().date()


def _written(facts: Facts) -> list[Evidence]:
    """Return everything that was written in the case."""
    found = [Evidence(known.id, _day(known.note.happened), _day(known.written)) for known in facts.reports]
    found += [Evidence(event.id, event.record.happened, _day(event.record.entered)) for event in facts.known.events]
    found += [Evidence(said.id, said.record.happened, _day(said.record.entered)) for said in facts.known.decisions]
    for agreed in facts.agreements:
        found.append(Evidence(agreed.id, agreed.agreement.happened, _day(agreed.agreement.entered)))
        found += [Evidence(ident, check.happened, _day(check.entered)) for ident, check in agreed.checks]
    return found


def _events(facts: Facts, *proofs: Proof) -> list[Evidence]:
    return [
        Evidence(event.id, event.record.happened, _day(event.record.entered))
        for event in facts.events(*proofs)
        if event.record.state is not StepState.OPEN
    ]


def _views(facts: Facts, *proofs: Proof) -> list[StepView]:
    return [view for view in facts.known.progress.steps if view.step.proof in proofs]


def _of_step(facts: Facts, number: int) -> list[Evidence]:
    return [
        Evidence(event.id, event.record.happened, _day(event.record.entered))
        for event in facts.known.events
        if event.record.step == number and event.record.state is not StepState.OPEN
    ]


# --- the questions -------------------------------------------------------------------------------------------


def _registered(facts: Facts) -> _Found:
    written = _written(facts)
    late = [one for one in written if (one.entered - one.day).days > REGISTERED_DAYS]
    gaps = [Gap(GapKind.LATE, day=day) for day in sorted({one.day for one in late})]
    if not written:
        gaps = [Gap(GapKind.NOTHING)]
    return [one for one in written if one not in late], gaps


def _examined(facts: Facts) -> _Found | None:
    """In time, whether it is structural; and the later reports as well as the first."""
    evidence, gaps = _events(facts, Proof.ASSESSMENT), list[Gap]()
    for view in _views(facts, Proof.ASSESSMENT):
        if view.step.when == "always" and view.state in {StepState.OPEN, StepState.BUSY}:
            gaps.append(Gap(GapKind.NOT_ASSESSED, step=view.step.number))
    opened = _day(facts.known.case.opened)
    before = sorted(day for known in facts.reports if (day := _day(known.note.happened)) <= opened)
    if len(before) >= STRUCTURAL and (opened - before[STRUCTURAL - 1]).days > QUIET_DAYS:
        gaps.append(Gap(GapKind.STRUCTURAL, day=before[STRUCTURAL - 1]))
    followed = [one for one in _written(facts) if one.id not in {known.id for known in facts.reports}]
    for known in facts.reports:
        reported = max(_day(known.note.happened), opened)
        by = reported + dt.timedelta(days=QUIET_DAYS)
        answers = [one for one in followed if reported <= one.day <= by]
        evidence += answers[:1]
        if not answers and (facts.today > by or not facts.known.open):
            gaps.append(Gap(GapKind.NOT_EXAMINED, day=_day(known.note.happened)))
    return (list(dict.fromkeys(evidence)), gaps) if evidence or gaps else None


def _applied(facts: Facts) -> _Found:
    known = facts.known
    views, following = known.progress.steps, known.progress.next_step
    order = [phase.id for phase in known.protocol.phases]
    reached = set(order[: order.index(known.progress.phase.id) + 1])
    evidence, gaps = list[Evidence](), list[Gap]()
    for view in views:
        number = view.step.number
        if view.settled:
            evidence += _of_step(facts, number)[-1:]
        elif "not_done" in view.missing:
            gaps.append(Gap(GapKind.PASSED_OVER, step=number))
        elif not known.open and view.step.when == "always" and view.step.phase in reached:
            gaps.append(Gap(GapKind.STEP_OPEN, step=number))
        elif following is not None and view is following and known.open and known.overdue(facts.today):
            gaps.append(Gap(GapKind.STEP_LATE, step=number, day=known.due))
    if not evidence and not gaps:
        gaps.append(Gap(GapKind.STEP_OPEN, step=views[0].step.number))
    return evidence, gaps


def _each_side(facts: Facts, proof: Proof, missing: GapKind) -> _Found | None:
    """Ask whether every pupil on either side, or every family, was spoken with in each such step that was begun.

    The first of them belongs to every case.
    """
    views = [view for view in _views(facts, proof) if view.step.when == "always"]
    if not views or (facts.pupil and not facts.sides):
        return None
    gaps = []
    for view in views:
        begun = view.state in {StepState.BUSY, StepState.DONE}
        asked = view.unheard if begun else facts.sides if view is views[0] and not view.settled else ()
        gaps += [Gap(missing, step=view.step.number, pupil=pupil) for pupil in asked]
    return _events(facts, proof), gaps


def _heard(facts: Facts) -> _Found | None:
    found = _each_side(facts, Proof.HEARING, GapKind.NOT_HEARD)
    strands = {pupil.strand for pupil in facts.known.case.pupils}
    if found is not None and not facts.pupil and not {Strand.BULLIED, Strand.ACCUSED} <= strands:
        found[1].append(Gap(GapKind.NO_OTHER_SIDE))
    return found


def _told(facts: Facts) -> _Found | None:
    found = _each_side(facts, Proof.PARENT_TALK, GapKind.NOT_TOLD)
    closings = [said.record for said in facts.known.decisions if said.record.kind is DecisionKind.CLOSED]
    if found is not None and closings and not facts.known.open:
        told = closings[-1].told
        found[1].extend(Gap(GapKind.END_NOT_TOLD, pupil=pupil) for pupil in facts.sides if pupil not in told)
    return found


def _agreed(facts: Facts) -> _Found | None:
    evidence = [
        Evidence(agreed.id, agreed.agreement.happened, _day(agreed.agreement.entered)) for agreed in facts.standing
    ]
    evidence += _events(facts, Proof.AGREEMENT)
    if not evidence and not _views(facts, Proof.AGREEMENT):
        return None
    return evidence, [] if evidence else [Gap(GapKind.NO_AGREEMENT)]


def _kept(facts: Facts) -> _Found | None:
    """Ask it of each agreement that stands; where none is written down as such, of the step that looks at them."""
    evidence, gaps = list[Evidence](), list[Gap]()
    looked = _events(facts, Proof.CHECK)
    for agreed in facts.standing:
        evidence += [Evidence(ident, check.happened, _day(check.entered)) for ident, check in agreed.checks]
        gaps += _kept_gaps(agreed, facts.today, looked)
    evidence += looked
    if looked and not facts.standing:
        gaps.append(Gap(GapKind.NOT_SAID, day=max(one.day for one in looked)))
    made = facts.standing or _events(facts, Proof.AGREEMENT)
    if not made and not _views(facts, Proof.AGREEMENT, Proof.CHECK):
        return None
    if not evidence and not gaps:
        gaps.append(Gap(GapKind.NOT_CHECKED if made else GapKind.NO_AGREEMENT))
    return evidence, gaps


def _kept_gaps(agreed: Agreed, today: dt.date, looked: Iterable[Evidence]) -> list[Gap]:
    agreement = agreed.agreement
    if not agreed.checks:
        if agreement.check_on is not None and agreement.check_on < today:
            return [Gap(GapKind.CHECK_LATE, day=agreement.check_on)]
        planned = agreement.check_on is not None or any(one.day >= agreement.happened for one in looked)
        return [] if planned else [Gap(GapKind.NOT_CHECKED, day=agreement.happened)]
    last = agreed.checks[-1][1]
    if last.kept is Kept.NOT:
        return [Gap(GapKind.NOT_KEPT, day=last.happened)]
    if last.kept is Kept.PARTLY:
        return [Gap(GapKind.PARTLY_KEPT, day=last.happened)]
    late = last.next_on is not None and last.next_on < today
    return [Gap(GapKind.CHECK_LATE, day=last.next_on)] if late else []


def _reported(facts: Facts) -> _Found | None:
    """Ask whether reports went out, and whether the parents had to ask for them."""
    if not _views(facts, Proof.REPORT, Proof.PARENT_TALK):
        return None
    evidence, gaps = _events(facts, Proof.REPORT), list[Gap]()
    if not evidence:
        gaps.append(Gap(GapKind.NO_REPORT))
    signals = [known for known in facts.reports if known.note.kind is NoteKind.SIGNAL]
    contacts = len(_events(facts, Proof.REPORT, Proof.PARENT_TALK))
    if len(signals) >= RINGS and len(signals) > contacts:
        gaps.append(Gap(GapKind.RANG, count=len(signals)))
    return evidence, gaps


def _evaluated(facts: Facts) -> _Found:
    """Ask for a day on which people look at it again; a closed case has been evaluated, and is looked at once more."""
    known, today = facts.known, facts.today
    evidence = [
        Evidence(said.id, said.record.happened, _day(said.record.entered))
        for said in known.decisions
        if said.record.kind is DecisionKind.CLOSED or said.record.again is not None
    ]
    planned = [agreed for agreed in facts.standing if (day := _looked_again(agreed)) is not None and day >= today]
    evidence += [Evidence(agreed.id, agreed.agreement.happened, _day(agreed.agreement.entered)) for agreed in planned]
    if known.agreed_day is not None and known.agreed_day < today:
        return evidence, [Gap(GapKind.DAY_PAST, day=known.agreed_day)]
    closings = [said.record for said in known.decisions if said.record.kind is DecisionKind.CLOSED]
    if not known.open:
        return evidence, [] if closings[-1].again else [Gap(GapKind.NO_DAY)]
    if known.agreed_day is None and not planned:
        return evidence, [Gap(GapKind.NO_DAY)]
    return evidence, []


def _looked_again(agreed: Agreed) -> dt.date | None:
    """Return when an agreement is looked at next."""
    return agreed.checks[-1][1].next_on if agreed.checks else agreed.agreement.check_on
