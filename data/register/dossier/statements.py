"""What was written in a case, as statements: all of it, whosever it is."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ...model import Decision, LogEntry, LogKind, Participant, ParticipantRole, PupilRef, Text
from .facts import (
    Agreed,
    Facts,
    strand_of_agreement,
    strand_of_check,
    strand_of_incident,
    strand_of_incident_event,
    strand_of_note,
    strand_of_step,
)
from .parts import Kind, Said, Scope, Statement

if TYPE_CHECKING:
    from ..known import KnownDecision, KnownStep
    from ..known_incident import KnownEvent, KnownIncident
    from ..members import TakesPart
    from ..notes import KnownNote
    from ..session import Register

LATE_DAYS = 1
"""Written down so many days after it happened, the day of writing is said with it."""


class Statements:
    """Makes statements of a case's documents, with the names of their authors."""

    def __init__(self, register: "Register", facts: Facts) -> None:
        self._register = register
        self._facts = facts
        events = facts.known.events
        self._corrected = {event.record.corrects: event.id for event in events if event.record.corrects}
        self._corrected |= {
            agreed.agreement.corrects: agreed.id for agreed in facts.agreements if agreed.agreement.corrects
        }
        self._corrected |= {known.note.corrects: known.id for known in facts.notes if known.note.corrects}

    def steps(self) -> list[Statement]:
        """Return what happened to the steps; an entry stands before the one that corrects it."""
        return _corrections_behind([self._step(event) for event in self._facts.known.events])

    def notes(self) -> list[Statement]:
        """Return the notes; one stands before the one that corrects it."""
        return _corrections_behind(map(self._note, self._facts.notes))

    def incidents(self) -> list[Statement]:
        """Return the incidents, each with what was done about it behind it; a correction behind what it corrects."""
        known = {one.id: one for one in self._facts.incidents}
        found = []
        for one in _corrections_behind([self._incident(incident) for incident in known.values()]):
            found.append(one)
            if not one.corrected_by:
                found += [self._incident_event(known[one.id], event) for event in known[one.id].events if event.counts]
        return found

    def decisions(self) -> list[Statement]:
        """Return consultations, closings, reopenings and hand-overs."""
        return _in_time(map(self._decision, self._facts.known.decisions))

    def agreements(self) -> list[Statement]:
        """Return the agreements, each with the checks on it behind it."""
        found = []
        for one in _corrections_behind([self._agreement(agreed) for agreed in self._facts.agreements]):
            agreed = next(agreed for agreed in self._facts.agreements if agreed.id == one.id)
            found += [one, *self._checks(agreed)]
        return found

    def members(self) -> list[Statement]:
        """Return who takes part, and since when."""
        return [self._member(taking) for taking in self._register.members.of(self._facts.known.code)]

    def exports(self) -> list[Statement]:
        """Return what was taken out of the file about this case."""
        lines = self._register.log.of_case(self._facts.known.code)
        return [self._logged(at, line) for at, line in enumerate(lines) if line.kind is LogKind.EXPORTED]

    # --- one by one ----------------------------------------------------------------------------------------

    def _name(self, person: str) -> str:
        return self._register.people.name(person)

    def _step(self, event: "KnownStep") -> Statement:
        said, step = event.record, self._facts.steps.get(event.record.step)
        fields = {field.id: field for field in self._facts.known.fields(said.step)}
        return Statement(
            id=event.id,
            kind=Kind.STEP,
            day=said.happened,
            entered=said.entered,
            author=self._name(said.author),
            strand=strand_of_step(self._facts.known, event),
            said=_said(
                _listed("about", said.about),
                ("present", said.present),
                ("", said.text),
                *(Said(ident, text, field=fields.get(ident)) for ident, text in said.details.items()),
                ("reason", said.reason),
            ),
            step=said.step,
            title=step.title if step else "",
            state=said.state,
            late=_late(said.happened, said.entered),
            corrects=said.corrects,
            corrected_by=self._corrected.get(event.id, ""),
        )

    def _note(self, known: "KnownNote") -> Statement:
        note, day = known.note, known.note.happened.astimezone().date()
        return Statement(
            id=known.id,
            kind=Kind.NOTE,
            day=day,
            entered=note.entered,
            author=self._name(note.author),
            strand=strand_of_note(known),
            said=_said(
                ("", note.facts),
                ("words", note.words),
                ("did", note.did),
                ("heard_from", note.heard_from),
                ("place", (note.place,) if note.place else ()),
                *_roles(note.pupils),
            ),
            word="draft" if note.concept else note.kind.value,
            late=_late(day, note.entered),
            corrects=note.corrects,
            corrected_by=self._corrected.get(known.id, ""),
        )

    def _incident(self, known: "KnownIncident") -> Statement:
        record, day = known.record, known.record.happened.astimezone().date()
        later = (
            one.id for one in self._facts.incidents if one.record.corrects == known.id and one.author == known.author
        )

        def before(one: "KnownIncident") -> bool:
            return one.id == record.corrects and one.corrected and one.author == known.author

        return Statement(
            id=known.id,
            kind=Kind.INCIDENT,
            day=day,
            entered=record.entered,
            author=self._name(record.author),
            strand=strand_of_incident(known),
            said=_said(
                Said("kind", (self._register.incidents.kind(record),), free=False),
                ("", record.what),
                ("with_what", record.with_what),
                ("why", record.why),
                ("did", record.measures),
                ("place", (record.place,) if record.place else ()),
                *_roles(record.pupils),
            ),
            word="grave" if record.grave else "",
            late=_late(day, record.entered),
            corrects=record.corrects if any(map(before, self._facts.incidents)) else "",
            corrected_by=next(later, "") if known.corrected else "",
        )

    def _incident_event(self, known: "KnownIncident", event: "KnownEvent") -> Statement:
        said = event.record
        return Statement(
            id=event.id,
            kind=Kind.INCIDENT_EVENT,
            day=said.happened,
            entered=said.entered,
            author=self._name(said.author),
            strand=strand_of_incident_event(known, said),
            said=_said(_listed("about", said.about), ("", said.text)),
            word=said.what.value,
            late=_late(said.happened, said.entered),
        )

    def _decision(self, decision: "KnownDecision") -> Statement:
        said: Decision = decision.record
        return Statement(
            id=decision.id,
            kind=Kind.DECISION,
            day=said.happened,
            entered=said.entered,
            author=self._name(said.author),
            strand=Scope.SCHOOL,
            said=_said(("advice", said.advice), ("", said.text), _listed("told", said.told)),
            word=said.kind.value,
            late=_late(said.happened, said.entered),
            to=self._name(said.to) if said.to else "",
            again=said.again,
        )

    def _agreement(self, agreed: Agreed) -> Statement:
        said = agreed.agreement
        return Statement(
            id=agreed.id,
            kind=Kind.AGREEMENT,
            day=said.happened,
            entered=said.entered,
            author=self._name(said.author),
            strand=strand_of_agreement(self._facts.known, said),
            said=_said(_listed("about", said.about), ("", said.text)),
            late=_late(said.happened, said.entered),
            corrects=said.corrects,
            corrected_by=self._corrected.get(agreed.id, ""),
            again=said.check_on,
            party=said.party,
        )

    def _checks(self, agreed: Agreed) -> list[Statement]:
        return [
            Statement(
                id=ident,
                kind=Kind.CHECK,
                day=check.happened,
                entered=check.entered,
                author=self._name(check.author),
                strand=strand_of_check(self._facts.known, agreed, check),
                said=_said(_listed("about", (check.about,) if check.about else ()), ("", check.text)),
                late=_late(check.happened, check.entered),
                again=check.next_on,
                kept=check.kept,
                safety=check.safety,
            )
            for ident, check in agreed.checks
        ]

    def _member(self, taking: "TakesPart") -> Statement:
        since = taking.since or self._facts.known.case.opened
        return Statement(
            id=f"member:{taking.person.id.hex()}",
            kind=Kind.MEMBER,
            day=since.astimezone().date(),
            entered=since,
            author=taking.person.name,
            strand=Scope.SCHOOL,
            word="owner" if taking.owner else "lead" if taking.lead else "",
        )

    def _logged(self, at: int, line: LogEntry) -> Statement:
        return Statement(
            id=f"log:{at}",
            kind=Kind.LOG,
            day=line.at.astimezone().date(),
            entered=line.at,
            author=self._name(line.author),
            strand=Scope.SCHOOL,
            word=line.what,
        )


def _said(*texts: tuple[str, Text] | Said) -> tuple[Said, ...]:
    """Return the texts and lists that say something, in order."""
    made = (one if isinstance(one, Said) else Said(*one) for one in texts)
    return tuple(one for one in made if one.text)


def _roles(pupils: Sequence[Participant]) -> list[Said]:
    """Return who was in it, each under the role at that moment; those whose role nobody wrote down together."""
    known = [one for one in pupils if one.role is not ParticipantRole.UNKNOWN]
    unknown = [one.pupil for one in pupils if one.role is ParticipantRole.UNKNOWN]
    return [*(_listed(one.role.value, (one.pupil,)) for one in known), _listed("about", unknown)]


def _listed(label: str, pupils: Iterable[str]) -> Said:
    """Return a list of pupils, which nobody typed."""
    return Said(label, tuple(PupilRef(pupil) for pupil in pupils), free=False)


def _late(day: dt.date, entered: dt.datetime) -> bool:
    return (entered.astimezone().date() - day).days >= LATE_DAYS


def _in_time(statements: Iterable[Statement]) -> list[Statement]:
    return sorted(statements, key=lambda one: (one.day, one.entered))  # else as they were written


def _corrections_behind(statements: Iterable[Statement]) -> list[Statement]:
    """Return statements in the order of time, what corrects another straight behind it."""
    ordered = _in_time(statements)
    known = {one.id for one in ordered}
    behind: dict[str, list[Statement]] = {}
    for one in ordered:
        if one.corrects in known and one.corrects != one.id:
            behind.setdefault(one.corrects, []).append(one)
    found: dict[str, Statement] = {}

    moved = {correction.id for several in behind.values() for correction in several}
    # The second round: entries that correct each other, which only a forger writes.
    waiting = [*reversed(ordered), *(one for one in reversed(ordered) if one.id not in moved)]
    while waiting:
        one = waiting.pop()
        if one.id not in found:
            found[one.id] = one
            waiting += reversed(behind.get(one.id, ()))
    return list(found.values())
