"""Cases: opened from a note, taken through the protocol step by step, by the people who take part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from ..clean import clean_line
from ..errors import N_, Changed, NotAllowed, UsageError
from ..model import Case, CasePupil, ParticipantRole, StepRecord, Strand
from ..protocol import Progress, Protocol, StepEvent, StepState, check_event, progress
from ..vault.directory import CircleKind, Person, Status
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .notes import Notes, check_length
from .pupils import Pupils
from .schema import no_such_case
from .text import draw, link

_CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not taken for each other when read aloud."""

_STRANDS = {
    ParticipantRole.VICTIM: Strand.BULLIED,
    ParticipantRole.PERPETRATOR: Strand.ACCUSED,
    ParticipantRole.FOLLOWER: Strand.ACCUSED,
    ParticipantRole.ENCOURAGER: Strand.ACCUSED,
}


@dataclass(frozen=True)
class KnownStep:
    """A step event with its id and text."""

    id: str
    record: StepRecord


@dataclass(frozen=True)
class KnownCase:
    """A case as this person sees it now."""

    case: Case
    progress: Progress
    events: tuple[KnownStep, ...]
    members: tuple[Person, ...]
    mine: bool
    """Whether this person takes part themselves, not only as a lead."""
    due: date | None
    """When the next advisable step is to be done, by the protocol's advice; None where it gives none."""

    @property
    def code(self) -> str:
        """The case's code."""
        return self.case.code

    def overdue(self, today: date) -> bool:
        """Whether the next step's advised date has passed."""
        return self.due is not None and self.due < today

    @property
    def names(self) -> dict[str, str]:
        """The pupils of the case: id → name as the case knows it."""
        return {pupil.pupil: pupil.name for pupil in self.case.pupils}

    @property
    def last(self) -> str:
        """The id of the last step event, or an empty string: what a form was based on."""
        return self.events[-1].id if self.events else ""

    def said(self, step: int) -> StepRecord | None:
        """Return what was last written about a step, with its reason and text."""
        found = [event.record for event in self.events if event.record.step == step]
        return found[-1] if found else None


class Cases:
    """The cases that this person takes part in, or reads as a lead."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, notes: Notes, protocol: Protocol) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._notes = notes
        self.protocol = protocol

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
        """Return the pupils of some notes with the side that their roles there suggest."""
        found: dict[str, Strand] = {}
        for known in filter(None, map(self._notes.get, notes)):
            for participant in known.note.pupils:
                strand = _STRANDS.get(participant.role, Strand.OTHER)
                if found.get(participant.pupil, Strand.OTHER) is Strand.OTHER:
                    found[participant.pupil] = strand
        return found

    def open(
        self, pupils: Mapping[str, Strand], *, notes: Sequence[str] = (), members: Iterable[Person] | None = None
    ) -> str:
        """Open a case and return its code: circle, members, case and the notes' grants in one save.

        Raises NotAllowed for outsiders, UsageError for an unknown pupil, NotSaved or Busy.
        """
        vault, directory = self._vault, self._vault.directory
        if not directory.staff(vault.me.id):
            raise NotAllowed(N_("Only staff of the school can open a case."))
        named = []
        for ident, strand in pupils.items():
            pupil = self._pupils.get(ident)
            if pupil is None:
                raise UsageError(N_("No pupil fits. `pesttui pupils` lists the ids."))
            named.append(CasePupil(pupil=ident, name=pupil.name, strand=strand))
        chosen = self.propose_members(pupils) if members is None else list(members)
        with vault.transaction() as transaction:
            code = self._new_code()
            circle = transaction.new_circle(CircleKind.CASE, code)
            for member in dict.fromkeys([vault.me.id, *(person.id for person in chosen)]):
                transaction.join(circle.id, member)
            transaction.join(circle.id, directory.the(CircleKind.LEAD).id)
            case = Case(
                code=code,
                circle=circle.id.hex(),
                owner=vault.me.id.hex(),
                pupils=tuple(named),
                protocol=self.protocol.id,
                protocol_version=self.protocol.version,
                opened=vault.machine.clock.now(),
            )
            table = self._db.table("cases")
            table.insert(table.document_class(msgspec.to_builtins(case), code))  # type: ignore[arg-type]
            for note in notes:
                transaction.grant(("notes", note), circle.id)
        return code

    def _new_code(self) -> str:
        """Return a short random code that no case has: a teacher cannot know the next number."""
        while True:
            drawn = self._vault.machine.random(4)
            code = "Z-" + "".join(_CODE[byte % len(_CODE)] for byte in drawn)
            if self._vault.directory.labelled(CircleKind.CASE, code) is None:
                return code

    def add_note(self, code: str, note: str) -> None:
        """Let a note that this person can read belong to a case they take part in."""
        circle = self._circle(code)
        with self._vault.transaction() as transaction:
            transaction.grant(("notes", note), circle)

    def _circle(self, code: str) -> bytes:
        circle = self._vault.directory.labelled(CircleKind.CASE, code)
        if circle is None or not self._vault.can_open(circle.id):
            raise no_such_case()
        return circle.id

    def all(self) -> list[KnownCase]:
        """Return the cases this person can read, oldest first."""
        steps = self._steps_by_home()
        codes = [seen.id for seen in self._vault.outline("cases")]
        found = [known for code in codes if (known := self._known(code, steps)) is not None]
        return sorted(found, key=lambda known: known.case.opened)

    def get(self, code: str) -> KnownCase:
        """Return one case; raises NotAllowed if it does not exist or this person cannot read it."""
        known = self._known(clean_line(code, 20).upper(), self._steps_by_home())
        if known is None:
            raise no_such_case()
        return known

    def _steps_by_home(self) -> dict[bytes, list[str]]:
        """Return the ids of step events by the circle they are at home in: it must be their case's to count."""
        found: dict[bytes, list[str]] = {}
        for seen in self._vault.outline("steps"):
            found.setdefault(seen.home, []).append(seen.id)
        return found

    def _known(self, code: str, steps: Mapping[bytes, list[str]]) -> KnownCase | None:
        """Return a case with what happened to its steps; None if this person cannot read it, or it is none."""
        directory = self._vault.directory
        document = self._db.table("cases").get(doc_id=code)  # type: ignore[call-overload]
        circle = directory.labelled(CircleKind.CASE, code)
        record = self._vault.record(("cases", code))
        if document is None or circle is None or record is None or record.home != circle.id:
            return None
        case = msgspec.convert(dict(document), Case)
        if case.code != code:
            return None
        events = tuple(event for ident in steps.get(circle.id, ()) if (event := self._event(ident, code)) is not None)
        state = progress(self.protocol, [as_event(event.record) for event in events])
        inside = directory.members.get(circle.id, {})
        members = tuple(person for member in inside if (person := directory.people.get(member)) is not None)
        return KnownCase(case, state, events, members, self._vault.me.id in inside, _due(case, state))

    def _event(self, ident: str, code: str) -> KnownStep | None:
        """Return a step event by who signed it: whatever its content says, nobody writes in another's name."""
        document, signed = self._db.table("steps").get(doc_id=ident), self._vault.record(("steps", ident))  # type: ignore[call-overload]
        if document is None or signed is None:
            return None
        record = msgspec.convert(dict(document), StepRecord)
        return (
            KnownStep(ident, msgspec.structs.replace(record, author=signed.author.hex()))
            if record.case == code
            else None
        )

    def record_step(
        self,
        code: str,
        step: int,
        state: StepState,
        *,
        happened: date | None = None,
        reason: str = "",
        text: str = "",
        based_on: str | None = None,
    ) -> str:
        """Write down that something happened to a step and return the event's id.

        `based_on` is the `last` of the case when the form was opened: raises Changed if a colleague wrote about
        the same step since. Raises UsageError, NotAllowed, NotSaved or Busy.
        """
        check_length(text)
        with self._vault.transaction():
            known = self.get(code)
            now = self._vault.machine.clock.now()
            record = StepRecord(
                case=known.code,
                step=step,
                state=state,
                happened=happened or now.date(),
                entered=now,
                author=self._vault.me.id.hex(),
                reason=link(clean_line(reason, 400), _forms(known)),
                text=link(text, _forms(known)),
            )
            check_event(self.protocol, as_event(record), now.date())
            if based_on is not None:
                self._check_unchanged(known, step, based_on)
            return str(self._db.table("steps").insert(msgspec.to_builtins(record)))

    @staticmethod
    def _check_unchanged(known: KnownCase, step: int, based_on: str) -> None:
        ids = [event.id for event in known.events]
        since = known.events[ids.index(based_on) + 1 :] if based_on in ids else known.events
        if any(event.record.step == step for event in since):
            raise Changed(
                N_("A colleague wrote about this step meanwhile. Nothing was saved; your text is still here.")
            )


def _forms(known: KnownCase) -> list[tuple[str, str]]:
    """Return how the case's pupils may be typed: whole name or given name."""
    return [(form, pupil.pupil) for pupil in known.case.pupils for form in (pupil.name, pupil.name.split()[0])]


def as_event(record: StepRecord) -> StepEvent:
    """Return a stored step event as the protocol's rules see it."""
    return StepEvent(
        step=record.step,
        state=record.state,
        happened_on=record.happened,
        entered_at=record.entered,
        by=record.author,
        reason=draw(record.reason, lambda _: "…"),
    )


def _due(case: Case, state: Progress) -> date | None:
    """Return when the next step is due: its term after what was settled last or, if it repeats, its last entry."""
    upcoming = state.next_step
    if upcoming is None or upcoming.step.term_days is None:
        return None
    counted = [
        view.on
        for view in state.steps
        if view.on and (view.settled or (view.step.repeats and view.step.number == upcoming.step.number))
    ]
    return max([*counted, case.opened.date()]) + timedelta(days=upcoming.step.term_days)
