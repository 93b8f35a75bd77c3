"""Incidents: notes that somebody decided to be one, on a ground, and what was done about them since.

Staff decides; only who decided corrects, by a new entry that stands beside the old one. Whoever reads an incident may
write what was done about it.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import msgspec

from ..clean import clean_line
from ..errors import N_, Changed, NotAllowed, UsageError
from ..model import (
    Behaviour,
    Incident,
    IncidentEvent,
    IncidentWhat,
    LogWhat,
    Participant,
    ParticipantRole,
    School,
    Text,
)
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .cases import Cases
from .house import House
from .incident_answers import Answers, as_stored, joined, named_in_note, roles_in
from .incident_reader import IncidentReader
from .known_incident import KnownEvent, KnownIncident, named_in
from .lists import behaviours, reportable
from .log import Log
from .notes import KnownNote, Notes, check_length, forms_of
from .pupils import Pupils
from .text import draw, link

MOST_PUPILS = 60
"""How many pupils one incident can be about: two whole groups; more is a mistake."""


class Incidents:
    """The incidents that this person can read."""

    def __init__(
        self, vault: Vault, db: VaultDB, pupils: Pupils, notes: Notes, cases: Cases, house: House, log: Log
    ) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._notes = notes
        self._cases = cases
        self._house = house
        self._log = log
        self._reader = IncidentReader(vault, db)

    @property
    def writes(self) -> bool:
        """Whether this person may decide that something is an incident: staff of the school."""
        return self._vault.directory.staff(self._vault.me.id)

    # --- what a form begins with ---------------------------------------------------------------------------

    def names(self, pupils: Iterable[str], case: str = "") -> dict[str, str]:
        """Return whole names by id, of pupils who left school too; without those whom this person cannot name."""
        there = self._case_names(case)
        found = {ident: pupil.name for ident in pupils if (pupil := self._pupils.get(ident)) is not None}
        return {**there, **found}

    def begin(self, notes: Iterable[str]) -> Answers:
        """Return what some notes answer already, names in full. Raises NotAllowed for one that cannot be decided on."""
        found = self._decidable(notes)
        known = {kind.id: kind for kind in behaviours(self._house.school())}
        kind = next((kind for one in found for kind in one.note.behaviours if kind in known), "")
        name = self._namer(pupil for one in found for pupil in named_in_note(one))
        return Answers(
            notes=tuple(one.id for one in found),
            behaviour=kind,
            national=known[kind].national if kind else None,
            happened=min(one.note.happened for one in found),
            pupils=tuple(roles_in(found).items()),
            place=next((one.note.place for one in found if one.note.place), ""),
            what=draw(joined(one.note.facts for one in found), name),
            measures=draw(joined(one.note.did for one in found), name),
        )

    def begin_correction(self, ident: str) -> Answers:
        """Return the answers of an incident for the form that corrects it. Raises as `decide`."""
        record = self._to_correct(ident).record
        name = self._namer(named_in(record), record.case)
        return Answers(
            notes=record.notes,
            ground=record.ground,
            behaviour=record.behaviour,
            national=record.national,
            happened=record.happened,
            pupils=tuple((one.pupil, one.role) for one in record.pupils),
            place=record.place,
            what=draw(record.what, name),
            with_what=draw(record.with_what, name),
            why=draw(record.why, name),
            measures=draw(record.measures, name),
            grave=record.grave,
        )

    def _namer(self, pupils: Iterable[str], case: str = "") -> Callable[[str], str]:
        names = self.names(pupils, case)
        return lambda pupil: names.get(pupil, "…")

    # --- deciding ------------------------------------------------------------------------------------------

    def decide(self, answers: Answers, *, corrects: str = "") -> str:
        """Write down that some notes are an incident, and return its id.

        `corrects` is the id of an incident of one's own that this takes the place of. Raises UsageError for what is
        missing or still to come; Changed for a note that is an incident already, or an entry that was corrected
        already; NotAllowed for who is not staff, for a note one cannot read or that is private, and for another's
        incident; NotSaved or Busy.
        """
        if not self.writes:
            raise NotAllowed(N_("Only staff of the school can decide that something is an incident."))
        check_length(answers.what, answers.with_what, answers.why, answers.measures)
        now = self._vault.machine.clock.now()
        with self._vault.transaction():
            before = self._to_correct(corrects).record if corrects else None
            notes = [] if before else self._undecided(answers.notes)
            case = before.case if before else notes[0].case
            _check(answers, self._kinds(before), now)
            same = self.begin_correction(corrects) if before else self.begin(answers.notes)
            kept = before or as_stored(notes)
            forms = self._forms(answers, case)

            def said(field: str) -> Text:
                typed: str = getattr(answers, field)
                stored: Text = getattr(kept, field)
                return stored if stored and typed == getattr(same, field) else link(typed, forms)

            record = Incident(
                notes=before.notes if before else tuple(one.id for one in notes),
                author=self._vault.me.id.hex(),
                entered=now,
                ground=answers.ground,
                behaviour=answers.behaviour,
                national=answers.national,
                happened=answers.happened or now,
                pupils=tuple(Participant(pupil=pupil, role=role) for pupil, role in self._checked(answers, case)),
                place=clean_line(answers.place, 60),
                what=said("what"),
                with_what=said("with_what"),
                why=said("why"),
                measures=said("measures"),
                grave=answers.grave,
                case=case,
                corrects=corrects,
            )
            ident = str(self._db.table("incidents").insert(msgspec.to_builtins(record)))
            self._log.changed(case, LogWhat.INCIDENT)
        return ident

    def _kinds(self, before: Incident | None) -> set[str]:
        """Return the kinds that can be chosen: the school's, and the one that is corrected, though it left the list."""
        return {kind.id for kind in behaviours(self._house.school())} | ({before.behaviour} if before else set())

    def _decidable(self, notes: Iterable[str]) -> list[KnownNote]:
        wanted = list(dict.fromkeys(notes))
        self._notes.check_shared(wanted)
        found = [self._notes.get(ident) for ident in wanted]
        known = [one for one in found if one is not None]
        if not wanted or len(known) < len(wanted):
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        if any(one.note.concept for one in known):
            raise UsageError(N_("This note is a draft. Complete it first."))
        return known

    def _undecided(self, notes: Iterable[str]) -> list[KnownNote]:
        found = self._decidable(notes)
        if any(self.of_note(one.id) is not None for one in found):
            raise Changed(N_("This note is an incident already. Correct that one. Nothing was saved."))
        return found

    def _to_correct(self, ident: str) -> KnownIncident:
        known = self.get(ident)
        if known.record.author != self._vault.me.id.hex():
            raise NotAllowed(N_("Only who decided it corrects it. You can add what was done."))
        if known.corrected:
            raise Changed(N_("This entry was corrected already. Correct the newest one. Nothing was saved."))
        return known

    def _checked(self, answers: Answers, case: str) -> list[tuple[str, ParticipantRole]]:
        chosen = dict(answers.pupils)
        if len(chosen) > MOST_PUPILS:
            raise UsageError(N_("An incident has at most {most} pupils."), most=MOST_PUPILS)
        if not self.names(chosen, case).keys() >= chosen.keys():
            raise UsageError(N_("No pupil fits. `pesttui pupils` lists the ids."))
        return list(chosen.items())

    def _case_names(self, code: str) -> Mapping[str, str]:
        with contextlib.suppress(NotAllowed):
            return self._cases.get(code).names if code else {}
        return {}

    def _forms(self, answers: Answers, case: str) -> list[tuple[str, str]]:
        chosen = {pupil for pupil, _ in answers.pupils}
        forms = forms_of(self._pupils.all(), chosen)
        names = self.names(chosen, case)
        return forms + [(form, pupil) for pupil, name in names.items() for form in {name, *name.split()[:1]}]

    # --- what is done about it -----------------------------------------------------------------------------

    def add(
        self,
        incident: str,
        what: IncidentWhat,
        text: str = "",
        *,
        about: Iterable[str] = (),
        happened: dt.date | None = None,
    ) -> str:
        """Write down what was done about an incident on a day, and return the event's id.

        `about` are the pupils whose parents were told, or whose text stands in ParnasSys; none stands for everybody
        concerned. Raises UsageError for a measure or a report without a word, a day to come or before it happened;
        NotAllowed for who is not staff or cannot read it; NotSaved or Busy.
        """
        check_length(text)
        known, now = self._may_add(incident), self._vault.machine.clock.now()
        if what in (IncidentWhat.MEASURE, IncidentWhat.REPORTED) and not text.strip():
            raise UsageError(N_("Write in one sentence what was done or decided."))
        day = happened or now.date()
        if day > now.date():
            raise UsageError(N_("This date is still to come."))
        if day < known.record.happened.astimezone().date():
            raise UsageError(N_("That is before it happened."))
        record = known.record
        pupils = {one.pupil for one in record.pupils}
        forms = forms_of(self._pupils.all(), pupils)
        event = IncidentEvent(
            incident=incident,
            author=self._vault.me.id.hex(),
            happened=day,
            entered=now,
            what=what,
            text=link(text, forms + [(name, ident) for ident, name in self._case_names(record.case).items()]),
            about=tuple(ident for ident in dict.fromkeys(about) if ident in pupils),
            digest=self._reader.digest(incident),
        )
        return self._write(event, record.case)

    def take_back(self, event: str) -> str:
        """Write down that an event of one's own was a mistake; raises NotAllowed for another's, Changed if it was."""
        for known in self.all():
            for one in known.events:
                if one.id == event:
                    if one.record.author != self._vault.me.id.hex():
                        raise NotAllowed(N_("This is not yours to write."))
                    if one.taken_back:
                        raise Changed(N_("This was taken back already. Nothing was saved."))
                    self._may_add(one.record.incident)
                    now = self._vault.machine.clock.now()
                    digest = self._reader.digest(one.record.incident)
                    record = msgspec.structs.replace(
                        one.record, happened=now.date(), entered=now, text=(), takes_back=event, digest=digest
                    )
                    return self._write(record, known.record.case)
        raise NotAllowed(N_("This does not exist, or you may not see it."))

    def _may_add(self, ident: str) -> KnownIncident:
        known = self.get(ident)
        if not self.writes:
            raise NotAllowed(N_("Only staff of the school can write about an incident."))
        return known

    def _write(self, event: IncidentEvent, case: str) -> str:
        with self._vault.transaction():
            ident = str(self._db.table("incident_events").insert(msgspec.to_builtins(event)))
            self._log.changed(case if self._in_case(case) else "", LogWhat.INCIDENT)
        return ident

    def _in_case(self, case: str) -> bool:
        """Whether the case exists: the direction writes about an incident in one that it takes no part in."""
        return bool(case) and self._vault.directory.labelled(CircleKind.CASE, case) is not None

    # --- reading -------------------------------------------------------------------------------------------

    def all(self) -> list[KnownIncident]:
        """Return every incident this person can read, those that were corrected too, oldest first."""
        return self._reader.read(self._vault.outline("incidents"), self._vault.outline("incident_events"))

    def mine(self) -> list[KnownIncident]:
        """Return the incidents this person decided on; the others are not opened."""
        own = self._vault.own_circle()
        decided = (seen for seen in self._vault.outline("incidents") if seen.home == own)
        done = (seen for seen in self._vault.outline("incident_events") if own in {seen.home, *seen.granted})
        me = self._vault.me.id.hex()
        return [known for known in self._reader.read(decided, done) if known.record.author == me]

    def get(self, ident: str) -> KnownIncident:
        """Return one incident; raises NotAllowed if it does not exist or this person cannot read it."""
        for known in self.all():
            if known.id == ident:
                return known
        raise NotAllowed(N_("This does not exist, or you may not see it."))

    def of_note(self, note: str) -> KnownIncident | None:
        """Return the incident that a note became, as it stands now; only who can read a note decides on it.

        Also where the note was corrected since, or is itself a correction of what was decided on.
        """
        line = self._notes.line(note)
        for known in self.all():
            on = line & {*known.record.notes}
            if known.standing and any(self._reader.could_read(known.record.author, ident) for ident in on):
                return known
        return None

    def corrected_notes(self, known: KnownIncident) -> list[KnownNote]:
        """Return the newest corrections of its notes that were written after it was decided, oldest first."""
        found = dict[str, KnownNote]()
        for ident in known.record.notes:
            near = self._notes.around(ident)
            at = next((at for at, one in enumerate(near) if one.id == ident), len(near))
            later = [one for one in near[at + 1 :] if one.note.entered > known.record.entered]
            found |= {one.id: one for one in later if not one.corrected}
        return sorted(found.values(), key=lambda one: one.note.entered)

    def of_case(self, code: str) -> list[KnownIncident]:
        """Return a case's incidents, oldest first: those decided in it, and those whose notes joined it later."""
        case = clean_line(code, 20).upper()
        notes = {known.id for known in self._notes.of_case(case)} if case else set()
        return [known for known in self.all() if case and (known.record.case == case or notes & {*known.record.notes})]

    def reportable(self, record: Incident, school: School | None = None) -> bool:
        """Whether somebody should think about reporting it; never where the school did not turn that on."""
        school = school or self._house.school()
        return school.report_duty and (record.grave or record.national in reportable(school))

    def kind(self, record: Incident, school: School | None = None) -> str:
        """Return the name of its kind; the id of one that left the school's list."""
        return kind_name(record.behaviour, behaviours(school or self._house.school()))


def kind_name(behaviour: str, listed: Iterable[Behaviour]) -> str:
    """Return the name of a kind of behaviour; its id where the list has it no more."""
    return next((kind.name for kind in listed if kind.id == behaviour), clean_line(behaviour, 24))


def _check(answers: Answers, kinds: set[str], now: dt.datetime) -> None:
    if answers.behaviour not in kinds:
        raise UsageError(N_("Which kind of behaviour was it? Choose one of the list."))
    if not answers.what.strip():
        raise UsageError(N_("What happened? One sentence is enough."))
    if answers.happened is not None and answers.happened > now:
        raise UsageError(N_("That moment is still to come. When did it happen?"))


__all__ = ["Answers", "Incidents", "KnownEvent", "KnownIncident", "kind_name"]
