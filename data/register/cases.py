"""Cases: opened from a note, taken through the protocol step by step, by the people who take part."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from ..clean import clean_line
from ..errors import N_, Changed, NotAllowed, UsageError
from ..model import Case, CasePupil, Decision, DecisionKind, LogWhat, ParticipantRole, StepRecord, Strand, Text
from ..protocol import Protocol, StepState, check_event
from ..vault.entries import CircleKind, Person, Status
from ..vault.records import Place
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .case_code import new_code
from .case_reader import CaseReader
from .details import to_store
from .escalation import asks_why, check_escalation
from .incident_reader import IncidentReader
from .known import KnownCase, as_event
from .log import Log
from .notes import Notes, check_length
from .pupils import Pupils
from .schema import directs, no_such_case
from .text import draw, link

MOST_PUPILS = 60
"""How many pupils one case can have: two whole groups; more is a mistake."""

_STRANDS = {
    ParticipantRole.VICTIM: Strand.BULLIED,
    ParticipantRole.PERPETRATOR: Strand.ACCUSED,
    ParticipantRole.FOLLOWER: Strand.ACCUSED,
    ParticipantRole.ENCOURAGER: Strand.ACCUSED,
}


class Cases(CaseReader):
    """The cases that this person takes part in, or reads as a lead."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, notes: Notes, log: Log, protocol: Protocol) -> None:
        super().__init__(vault, db, protocol)
        self._pupils = pupils
        self._notes = notes
        self._log = log
        self._incidents = IncidentReader(vault, db)

    def propose_members(self, pupils: Iterable[str]) -> list[Person]:
        """Return who takes part in a new case: the teachers of its pupils' groups, and this person first."""
        directory, me = self._vault.directory, self._vault.me
        found = {me.id: me}
        for ident in pupils:
            pupil = self._pupils.get(ident)
            circle = directory.labelled(CircleKind.GROUP, pupil.group) if pupil else None
            for member in directory.members.get(circle.id, {}) if circle else ():
                person = directory.people.get(member)
                if person is not None and person.status is not Status.LEFT:
                    found.setdefault(member, person)
        return list(found.values())

    def strands_of(self, notes: Iterable[str]) -> dict[str, Strand]:
        """Return the pupils of some notes with the side that their roles there suggest; one alone was hurt."""
        found: dict[str, Strand] = {}
        for known in filter(None, map(self._notes.get, notes)):
            for participant in known.note.pupils:
                strand = _STRANDS.get(participant.role, Strand.OTHER)
                if found.get(participant.pupil, Strand.OTHER) is Strand.OTHER:
                    found[participant.pupil] = strand
        return dict.fromkeys(found, Strand.BULLIED) if len(found) == 1 else found

    def open(
        self,
        pupils: Mapping[str, Strand],
        *,
        notes: Sequence[str] = (),
        members: Iterable[Person] | None = None,
        opened: datetime | None = None,
    ) -> str:
        """Open a case and return its code: circle, members, case and the notes' grants in one save.

        `opened` is when it was, where that is not now.

        Raises NotAllowed for outsiders, UsageError for an unknown pupil, NotSaved or Busy.
        """
        vault, directory = self._vault, self._vault.directory
        if not directory.staff(vault.me.id):
            raise NotAllowed(N_("Only staff of the school can open a case."))
        joining = self._notes.joining(notes)
        named = self._named(pupils)
        chosen = self.propose_members(pupils) if members is None else list(members)
        with vault.transaction() as transaction:
            code = new_code(vault)
            circle = transaction.new_circle(CircleKind.CASE, code)
            others = [ident for ident in dict.fromkeys(person.id for person in chosen) if ident != vault.me.id]
            for member in (vault.me.id, *others):
                transaction.join(circle.id, member)
            transaction.join(circle.id, directory.the(CircleKind.LEAD).id)
            case = Case(
                code=code,
                circle=circle.id.hex(),
                owner=vault.me.id.hex(),
                pupils=named,
                protocol=self.protocol.id,
                protocol_version=self.protocol.version,
                opened=opened or vault.machine.clock.now(),
            )
            table = self._db.table("cases")
            table.insert(table.document_class(msgspec.to_builtins(case), code))
            for place in self._places(joining):
                transaction.grant(place, circle.id)
            self._log.changed(code, LogWhat.OPENED)
            for member in others:
                self._log.granted(code, member.hex())
        return code

    def _named(self, pupils: Mapping[str, Strand], before: Iterable[CasePupil] = ()) -> tuple[CasePupil, ...]:
        """Return pupils with their names, as a case keeps them; those it had `before` may have left the list."""
        known = {pupil.pupil: pupil.name for pupil in before}
        if not pupils:
            raise UsageError(N_("A case has at least one pupil."))
        if len(pupils) > MOST_PUPILS:
            raise UsageError(N_("A case has at most {most} pupils."), most=MOST_PUPILS)
        named = []
        for ident, strand in pupils.items():
            pupil = self._pupils.get(ident)
            name = pupil.name if pupil else known.get(ident)
            if name is None:
                raise UsageError(N_("No pupil fits. `pesttui pupils` lists the ids."))
            named.append(CasePupil(pupil=ident, name=name, strand=strand))
        return tuple(named)

    def change_pupils(self, code: str, pupils: Mapping[str, Strand], *, based_on: int) -> None:
        """Say anew who is in a case and on which side; nobody is taken out of it, a side can become `other`.

        `based_on` is the case's `revision` when the form was opened: raises Changed if it was written since.
        """
        with self._vault.transaction():
            known = self.get(code)
            if known.revision != based_on:
                raise Changed(N_("A colleague changed who is in this case meanwhile. Nothing was saved."))
            before = {pupil.pupil: pupil.strand for pupil in known.case.pupils}
            case = msgspec.structs.replace(known.case, pupils=self._named({**before, **pupils}, known.case.pupils))
            if case != known.case:
                self._db.table("cases").replace(msgspec.to_builtins(case), known.code)
                self._log.changed(known.code, LogWhat.PUPILS)

    def add_note(self, code: str, note: str) -> None:
        """Let a note that this person can read belong to a case they take part in, with its corrections.

        What was decided and done about it as an incident comes along, as far as this person can read it.
        """
        circle = self._circle(code)
        with self._vault.transaction() as transaction:
            for place in self._places(self._notes.joining([note])):
                transaction.grant(place, circle)
            self._log.changed(code, LogWhat.ADDED)

    def _places(self, joining: list[str]) -> list[Place]:
        """Return where all that joins a case with some notes lies."""
        return [*(("notes", note) for note in joining), *(self._incidents.about(joining) if joining else ())]

    def _circle(self, code: str) -> bytes:
        circle = self._vault.directory.labelled(CircleKind.CASE, code)
        if circle is None or not self._vault.can_open(circle.id):
            raise no_such_case()
        return circle.id

    def record_step(
        self,
        code: str,
        step: int,
        state: StepState,
        *,
        happened: date | None = None,
        reason: str = "",
        text: str = "",
        present: str = "",
        about: Iterable[str] = (),
        details: Mapping[str, str] | None = None,
        corrects: str = "",
        based_on: str | None = None,
        why: str = "",
        grave: bool = False,
    ) -> str:
        """Write down that something happened to a step and return the event's id.

        The first step of a later phase is written together with `why` it is needed; see `escalate`. `about` are the
        pupils whose side it was; `details` what its proof asks for, by field: a day as ISO, a choice as its code word.
        `corrects` is the id of the entry of this step that it takes the place of, whoever wrote it. `based_on` is the
        `last` of the case when the form was opened: raises Changed if a colleague wrote about the same step since.
        Raises UsageError, also where a step is called done without a word, a pupil or a detail; NotAllowed, NotSaved or
        Busy.
        """
        check_length(text)
        with self._vault.transaction():
            known = self.get(code)
            if not known.open:
                raise UsageError(N_("This case is closed. Open it again first."))
            now, forms = self._vault.machine.clock.now(), _forms(known)
            before = _to_correct(known, step, corrects) if corrects else None
            record = StepRecord(
                case=known.code,
                step=step,
                state=state,
                happened=happened or now.date(),
                entered=now,
                author=self._vault.me.id.hex(),
                reason=_linked(clean_line(reason, 400), forms, known, before.reason if before else ()),
                text=_linked(text, forms, known, before.text if before else ()),
                present=_linked(clean_line(present, 200), forms, known, before.present if before else ()),
                about=tuple(ident for ident in dict.fromkeys(about) if ident in known.names),
                details=to_store(
                    known.fields(step),
                    details or {},
                    forms,
                    now.date(),
                    before.details if before else {},
                    known.full_name,
                ),
                corrects=corrects,
            )
            check_event(self.protocol, as_event(record), now.date())
            if state is StepState.DONE and not (record.text or record.about or record.details):
                raise UsageError(N_("Write in one sentence what was done."))
            if based_on is not None:
                self._check_unchanged(known, step, based_on)
            if phase := asks_why(self.protocol, known.progress.phase.id, step, state):
                self._leave_phase(known, phase.id, why, grave)
            self._log.changed(known.code, LogWhat.STEP)
            return str(self._db.table("steps").insert(msgspec.to_builtins(record)))

    def escalate(self, code: str, phase: str, why: str, *, grave: bool = False) -> str:
        """Write down why a case needs a later phase, by its id, before any step of it; return the decision's id.

        A `grave` case may pass over a phase. Raises UsageError without a reason, NotAllowed, NotSaved or Busy.
        """
        with self._vault.transaction():
            known = self.get(code)
            if not known.open:
                raise UsageError(N_("This case is closed. Open it again first."))
            return self._leave_phase(known, phase, why, grave)

    def _leave_phase(self, known: KnownCase, phase: str, why: str, grave: bool) -> str:
        check_length(why)
        now, before = self._vault.machine.clock.now(), known.progress.phase.id
        record = Decision(
            case=known.code, kind=DecisionKind.ESCALATED, happened=now.date(), entered=now,
            author=self._vault.me.id.hex(), text=link(why, _forms(known)), leaves=before, reaches=phase, grave=grave,
        )  # fmt: skip
        check_escalation(self.protocol, before, record)
        self._log.changed(known.code, LogWhat.ESCALATED)
        return str(self._db.table("decisions").insert(msgspec.to_builtins(record)))

    @staticmethod
    def _check_unchanged(known: KnownCase, step: int, based_on: str) -> None:
        ids = [event.id for event in known.events]
        since = known.events[ids.index(based_on) + 1 :] if based_on in ids else known.events
        if any(event.record.step == step for event in since):
            raise Changed(
                N_("A colleague wrote about this step meanwhile. Nothing was saved; your text is still here.")
            )

    def decide(
        self,
        code: str,
        kind: DecisionKind,
        *,
        text: str = "",
        advice: str = "",
        again: date | None = None,
        happened: date | None = None,
        to: str = "",
        told: Iterable[str] = (),
    ) -> str:
        """Write down a consultation, a closing (`text`: the evaluation) or a reopening (`text`: why); return its id.

        Or a hand-over `to` somebody who takes part (by id), and that person's acceptance; or that a lead or the
        direction saw the case. A later phase is for `escalate`. `told` are the pupils whose families were told of a
        closing. Raises UsageError where it says nothing, or the day to look again is past; Changed where a colleague
        closed, reopened or accepted it meanwhile; NotAllowed, NotSaved or Busy.
        """
        check_length(text, advice)
        if kind is DecisionKind.SEEN and not directs(self._vault):
            raise NotAllowed(N_("That a case was seen is for coordinator, IB and management to say."))
        with self._vault.transaction():
            known = self.get(code)
            now = self._vault.machine.clock.now()
            record = Decision(
                case=known.code,
                kind=kind,
                happened=happened or now.date(),
                entered=now,
                author=self._vault.me.id.hex(),
                advice=link(advice, known.forms),
                text=link(text, known.forms),
                again=again,
                to=to,
                told=tuple(ident for ident in dict.fromkeys(told) if ident in known.names),
            )
            _check_decision(known, record, now.date())
            self._log.changed(known.code, LogWhat(kind.value))
            return str(self._db.table("decisions").insert(msgspec.to_builtins(record)))


def _to_correct(known: KnownCase, step: int, ident: str) -> StepRecord:
    """Return the entry that is to be corrected; raises UsageError for none of this step, Changed if it was already."""
    found = next((event.record for event in known.events if event.id == ident), None)
    if found is None or found.step != step:
        raise UsageError(N_("Only what was written about this step can be corrected here."))
    if ident in known.corrected:
        raise Changed(N_("This entry was corrected already. Correct the newest one. Nothing was saved."))
    return found


def _linked(typed: str, forms: list[tuple[str, str]], known: KnownCase, before: Text) -> Text:
    """Return a typed text with its pupils as references; one that a correction did not touch as it was stored."""
    return before if before and draw(before, known.full_name) == typed else link(typed, forms)


def _check_decision(known: KnownCase, record: Decision, today: date) -> None:
    if record.kind in (DecisionKind.OFFERED, DecisionKind.ACCEPTED):
        _check_hand_over(known, record)
        return
    if record.kind is DecisionKind.SEEN:
        return
    if record.kind in (DecisionKind.ESCALATED, DecisionKind.REMOVAL):
        raise UsageError(N_("This is written down in a form of its own."))
    closing = record.kind is DecisionKind.CLOSED
    if record.kind is not DecisionKind.CONSULTED and known.open is not closing:
        raise Changed(N_("A colleague closed or reopened this case meanwhile. Nothing was saved."))
    if closing and not record.text:
        raise UsageError(N_("A case is closed with an evaluation: what helped, how is it now?"))
    if record.kind is DecisionKind.REOPENED and not record.text:
        raise UsageError(N_("A case is opened again with a reason."))
    if not (record.text or record.advice or record.again):
        raise UsageError(N_("Write down advice, a decision or a day to look again."))
    if record.happened > today:
        raise UsageError(N_("This date is still to come."))
    if record.again is not None and record.again < today:
        raise UsageError(N_("That day is past. When is the case looked at again?"))


def _check_hand_over(known: KnownCase, record: Decision) -> None:
    if not known.open:
        raise UsageError(N_("This case is closed. Open it again first."))
    if record.kind is DecisionKind.ACCEPTED:
        if known.offered is None or known.offered.to != record.author:
            raise Changed(N_("This case is not offered to you any more. Nothing was saved."))
    elif record.to not in {person.id.hex() for person in known.members} or record.to == known.owner:
        raise UsageError(N_("A case is handed over to somebody else who takes part in it."))


def _forms(known: KnownCase) -> list[tuple[str, str]]:
    return known.forms
