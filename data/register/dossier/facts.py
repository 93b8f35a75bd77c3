"""What the register knows of one case, read once; and the part of it that is one pupil's, the group's, the school's."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ...model import Agreement, Check, IncidentEvent, NoteKind, StepRecord, Strand
from ...protocol import Proof, Step
from ...vault.entries import CircleKind
from ...vault.vault import Vault
from ..events import event_of
from ..known import KnownCase, KnownDecision, KnownStep
from ..known_incident import KnownIncident, named_in
from ..notes import KnownNote
from ..text import pupils_in
from .parts import ANYBODY, Scope, Strands

if TYPE_CHECKING:
    from ..session import Register

Signed = TypeVar("Signed", Agreement, Check)

_OF_THE_GROUP = {Proof.GROUP_ACTIVITY, Proof.SOLUTION, Proof.AGREEMENT, Proof.CHECK}
"""What a step of these kinds says is the group's, where it names no pupil; of the others it is the school's."""


@dataclass(frozen=True)
class Agreed:
    """An agreement with the checks on it, in the order of writing."""

    id: str
    agreement: Agreement
    checks: tuple[tuple[str, Check], ...] = ()


@dataclass(frozen=True)
class Facts:
    """A case with everything that was written in it, by who signed it."""

    known: KnownCase
    notes: tuple[KnownNote, ...]
    agreements: tuple[Agreed, ...]
    today: dt.date
    pupil: str = ""
    """The pupil whose part of it this is; empty for all of it."""
    incidents: tuple[KnownIncident, ...] = ()

    @property
    def sides(self) -> tuple[str, ...]:
        """The pupils on either side, as far as this is about them."""
        return tuple(pupil.pupil for pupil in self.known.case.pupils if pupil.strand is not Strand.OTHER)

    @property
    def reports(self) -> tuple[KnownNote, ...]:
        """The notes without their corrections: what was reported, each once, as soon as it was written down."""
        return tuple(known for known in self.notes if known.original is None)

    @property
    def steps(self) -> Mapping[int, Step]:
        """The protocol's steps by number."""
        return {step.number: step for step in self.known.protocol.steps}

    @property
    def standing(self) -> tuple[Agreed, ...]:
        """The agreements that no later one corrects."""
        corrected = {agreed.agreement.corrects for agreed in self.agreements}
        return tuple(agreed for agreed in self.agreements if agreed.id not in corrected)

    def events(self, *proofs: Proof) -> list[KnownStep]:
        """Return what happened to steps of some kinds of proof."""
        steps = self.steps
        return [
            event
            for event in self.known.events
            if event.record.step in steps and steps[event.record.step].proof in proofs
        ]

    def within(self, pupil: str) -> "Facts":
        """Return what is one pupil's, the group's and the school's: nothing else is looked at.

        Of what is about several pupils, that it happened for this one, and when: nothing that was said.
        """

        def concerns(strand: Strands) -> bool:
            return share(strand, pupil) is not Share.NONE

        def own(decision: KnownDecision) -> KnownDecision:
            told = tuple(ident for ident in decision.record.told if ident == pupil)
            return KnownDecision(decision.id, msgspec.structs.replace(decision.record, told=told))

        events = tuple(
            KnownStep(event.id, _bare(event.record, pupil)) if event.record.about else event
            for event in self.known.events
            if concerns(strand_of_step(self.known, event))
        )
        pupils = tuple(found for found in self.known.case.pupils if found.pupil == pupil)
        known = replace(
            self.known,
            case=msgspec.structs.replace(self.known.case, pupils=pupils),
            read_events=lambda: events,
            decisions=tuple(map(own, self.known.decisions)),
        )
        agreements = tuple(
            replace(agreed, checks=tuple(found for found in agreed.checks if found[1].about in {"", pupil}))
            for agreed in self.agreements
            if concerns(strand_of_agreement(self.known, agreed.agreement))
        )
        notes = tuple(note for note in self.notes if concerns(strand_of_note(note)))
        incidents = tuple(one for one in self.incidents if concerns(strand_of_incident(one)))
        return Facts(known, notes, agreements, self.today, pupil, incidents)


def _bare(record: StepRecord, pupil: str) -> StepRecord:
    """Return that something happened to a step for one pupil, without what was said."""
    reason = ("…",) if record.reason else ()
    return msgspec.structs.replace(record, about=(pupil,), text=(), reason=reason, present=(), details={})


def read(register: "Register", code: str) -> Facts:
    """Read a case; raises NotAllowed for one that does not exist or that this person cannot read."""
    known = register.cases.get(code)
    notes = (
        note
        for note in register.notes.of_case(known.code)
        if not note.note.private and note.note.kind is not NoteKind.CONFIDENTIAL
    )
    incidents = tuple(register.incidents.of_case(known.code))
    agreements = _agreements(register, known.code)
    return Facts(known, tuple(notes), agreements, register.now().date(), incidents=incidents)


def _agreements(register: "Register", code: str) -> tuple[Agreed, ...]:
    """Return a case's agreements and the checks on them, by who signed them."""
    found = {
        ident: agreement
        for ident, agreement in _signed(register, "agreements", code, Agreement)
        if code in agreement.cases
    }
    checks: dict[str, list[tuple[str, Check]]] = {}
    for ident, check in _signed(register, "checks", code, Check):
        checks.setdefault(check.agreement, []).append((ident, check))
    return tuple(Agreed(ident, agreement, tuple(checks.get(ident, ()))) for ident, agreement in found.items())


def _signed(register: "Register", table: str, code: str, kind: type[Signed]) -> list[tuple[str, Signed]]:
    """Return a table's documents that the case's circle can read, by who signed them."""
    vault = register.vault
    circle = vault.directory.labelled(CircleKind.CASE, code)
    idents = _readable(vault, table, circle.id) if circle is not None else ()
    found = (event_of(vault, register.db, table, ident, kind) for ident in idents)
    return [event for event in found if event is not None]


def _readable(vault: Vault, table: str, circle: bytes) -> list[str]:
    return [seen.id for seen in vault.outline(table) if circle in {seen.home, *seen.granted}]


# --- whose a statement is ------------------------------------------------------------------------------------


class Share(Enum):
    """What a dossier for one pupil takes of a statement."""

    ALL = auto()
    FACT = auto()
    """That it happened, and when: it is this pupil's and others' too."""
    NONE = auto()


def share(strand: Strands, pupil: str) -> Share:
    """Return what of a statement with this strand is for one pupil."""
    if isinstance(strand, Scope) or strand == {pupil}:
        return Share.ALL
    return Share.FACT if pupil in strand and ANYBODY not in strand else Share.NONE


def strand_of_step(known: KnownCase, event: KnownStep) -> Strands:
    """Return whose an entry of a step is; one that should say whose, and does not, may be any pupil's."""
    step = next((step for step in known.protocol.steps if step.number == event.record.step), None)
    if event.record.about:
        return frozenset(event.record.about)
    if step is not None and step.per_pupil:
        return _everybody(known)
    return Scope.GROUP if step is not None and step.proof in _OF_THE_GROUP else Scope.SCHOOL


def strand_of_note(known: KnownNote) -> Strands:
    """Return whose a note is: every pupil's who is named in it, or in what it corrects: it takes something back."""
    named: set[str] = set()
    one: KnownNote | None = known
    while one is not None:
        named.update(participant.pupil for participant in one.note.pupils)
        for text in (one.note.facts, one.note.words, one.note.did, one.note.heard_from):
            named.update(pupils_in(text))
        one = one.original
    return frozenset(named) if named else Scope.SCHOOL


def strand_of_incident(known: KnownIncident) -> Strands:
    """Return whose an incident is: every pupil's who was in it or is named in it."""
    named = named_in(known.record)
    return frozenset(named) if named else Scope.SCHOOL


def strand_of_incident_event(known: KnownIncident, said: IncidentEvent) -> Strands:
    """Return whose it is: the pupils' whom it is about, else the incident's; and whoever is named in it."""
    named = {*(said.about or named_in(known.record)), *pupils_in(said.text)}
    return frozenset(named) if named else Scope.SCHOOL


def strand_of_agreement(known: KnownCase, agreement: Agreement) -> Strands:
    """Return whose an agreement is."""
    if agreement.about:
        return frozenset(agreement.about)
    return Scope.GROUP if agreement.party.value == Scope.GROUP.value else _everybody(known)


def strand_of_check(known: KnownCase, agreed: Agreed, check: Check) -> Strands:
    """Return whose a check is: the child's whose score is in it, else the agreement's."""
    return frozenset({check.about}) if check.about else strand_of_agreement(known, agreed.agreement)


def _everybody(known: KnownCase) -> frozenset[str]:
    """Return a strand that is no single pupil's, however few there are in the case."""
    return frozenset({*known.names, ANYBODY})
