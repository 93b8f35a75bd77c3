"""Collects what a school year's figures are made from: whatever this person can read, and nobody's name."""

import datetime as dt
from collections.abc import Iterable, Mapping

from ..insight.figures import Basis
from ..insight.year_input import (
    NONE,
    YearAgreement,
    YearApproach,
    YearCase,
    YearCounsel,
    YearIncident,
    YearInput,
    YearNote,
    local_day,
    year_groups,
)
from ..model import (
    Approach,
    DecisionKind,
    Group,
    IncidentWhat,
    Note,
    ParticipantRole,
    School,
    Strand,
)
from ..protocol import Proof, StepState
from .cases import Cases
from .counsel import Counsel
from .incidents import Incidents
from .known import KnownCase, KnownStep
from .known_incident import KnownIncident
from .lists import behaviours
from .notes import KnownNote, Notes
from .pupils import Pupils, fold, school_year

_CONSULTED = (Proof.CONSULTATION, Proof.CONFERENCE)
_TAKEN = (StepState.BUSY, StepState.DONE)


class YearFacts:
    """Reads; decrypts much, so not for the screen's own thread."""

    def __init__(self, pupils: Pupils, cases: Cases, notes: Notes, incidents: Incidents, counsel: Counsel) -> None:
        self._pupils = pupils
        self._cases = cases
        self._notes = notes
        self._incidents = incidents
        self._counsel = counsel

    def collect(self, school: School, basis: Basis) -> YearInput:
        """Return everything, of every year."""
        places = {fold(place): place for place in school.places}
        notes = [known for known in self._notes.all() if not known.note.private]
        protocol = self._cases.protocol
        return YearInput(
            incidents=tuple(self._of_incidents(places)),
            notes=tuple(_notes(notes)) if basis is Basis.ALL else (),
            cases=tuple(self._of_cases(notes)),
            counsel=tuple(
                YearCounsel(one.year, one.conversations, one.complainants, one.referred)
                for one in self._counsel.released()
            ),
            kinds=tuple((kind.id, kind.name) for kind in behaviours(school)),
            places=tuple(places.values()),
            phases=tuple((phase.id, phase.title) for phase in protocol.phases),
            methods=tuple((method.id, method.title) for method in protocol.methods),
            basis=basis,
        )

    # --- incidents -----------------------------------------------------------------------------------------

    def _of_incidents(self, places: Mapping[str, str]) -> Iterable[YearIncident]:
        groups = self._pupils.groups()
        for known in self._incidents.all():
            if known.standing:
                yield self._incident(known, groups, places)

    def _incident(self, known: KnownIncident, groups: Mapping[str, Group], places: Mapping[str, str]) -> YearIncident:
        record, year = known.record, school_year(local_day(known.record.happened))
        answers = (record.what, record.pupils, record.place, record.with_what, record.why)
        measured = record.measures or known.done(IncidentWhat.MEASURE)
        return YearIncident(
            at=record.happened,
            kind=record.behaviour,
            national=record.national.value if record.national else NONE,
            place=places.get(fold(record.place), ""),
            groups=frozenset(self._group(one.pupil, year, groups) for one in record.pupils),
            pupils=frozenset(one.pupil for one in record.pupils),
            whole=all(answers) and bool(measured),
            entered=bool(known.done(IncidentWhat.PARNASSYS)) and not known.unentered,
            told=bool(known.done(IncidentWhat.PARENTS)) and not known.untold,
        )

    def _group(self, pupil: str, year: str, groups: Mapping[str, Group]) -> str:
        """Return the year group a pupil was in: that of the present group, counted back to the year."""
        known = self._pupils.get(pupil)
        group = groups.get(known.group) if known else None
        if known is None or group is None:
            return ""
        return year_groups(str(known.year_group or group.name), int(group.year[:4]) - int(year[:4]))

    # --- cases ---------------------------------------------------------------------------------------------

    def _of_cases(self, notes: Iterable[KnownNote]) -> Iterable[YearCase]:
        noted: dict[str, dt.date] = {}
        for known in notes:
            if known.case:
                day = local_day(known.note.happened)
                noted[known.case] = min(noted.get(known.case, day), day)
        counted: set[str] = set()
        for case in self._cases.all():
            yield _case(case, noted.get(case.code), counted)


def _notes(notes: Iterable[KnownNote]) -> Iterable[YearNote]:
    """Yield the notes that stand: not a concept that was completed, nor an entry that its author corrected."""
    known = {one.id: one.note for one in notes}

    def own(note: Note, before: str) -> bool:
        return before in known and known[before].author == note.author

    gone = {note.replaces for note in known.values() if own(note, note.replaces)}
    gone |= {note.corrects for note in known.values() if own(note, note.corrects)}
    for ident, note in known.items():
        if ident not in gone:
            yield YearNote(
                at=note.happened,
                pupils=frozenset(one.pupil for one in note.pupils),
                placed=bool(note.place),
                roles=bool(note.pupils) and all(one.role is not ParticipantRole.UNKNOWN for one in note.pupils),
                concept=note.concept,
            )


def _case(known: KnownCase, noted: dt.date | None, counted: set[str]) -> YearCase:
    """Return a case; an agreement that serves several is counted in the first of them."""
    sides = {one.pupil for one in known.case.pupils if one.strand is not Strand.OTHER}
    closing = next((one.record for one in reversed(known.decisions) if one.record.kind is DecisionKind.CLOSED), None)
    closed = None if known.open else closing
    agreed = [one for one in known.agreements if not one.corrected and one.id not in counted]
    counted.update(one.id for one in agreed)
    consulted = sum(one.record.kind is DecisionKind.CONSULTED for one in known.decisions)
    consulted += len(_taken(known, *_CONSULTED))
    return YearCase(
        opened=local_day(known.case.opened),
        phase=known.progress.phase.id,
        pupils=frozenset(known.names),
        noted=noted,
        told=_families(known, sides),
        closed=closed.happened if closed else None,
        evaluated=closed is not None and bool(sides) and sides <= set(closed.told),
        consultations=consulted,
        agreements=tuple(YearAgreement(one.kept.value if one.kept else "") for one in agreed),
        approaches=tuple(_approaches(known)),
    )


def _taken(known: KnownCase, *proofs: Proof) -> list[KnownStep]:
    """Return what counts of the entries of steps with one of these proofs."""
    numbers = {view.step.number for view in known.progress.steps if view.step.proof in proofs}
    return [one for one in known.standing if one.record.step in numbers and one.record.state in _TAKEN]


def _families(known: KnownCase, sides: set[str]) -> dt.date | None:
    """Return when the last of all families on both sides had been spoken with."""
    spoken: set[str] = set()
    for one in sorted(_taken(known, Proof.PARENT_TALK), key=lambda one: one.record.happened):
        spoken |= set(one.record.about)
        if sides and sides <= spoken:
            return one.record.happened
    return None


def _approaches(known: KnownCase) -> Iterable[YearApproach]:
    """Yield each approach that was begun, with the looks until the same one was begun anew."""
    records = sorted((one.record for one in known.approaches), key=lambda record: record.happened)
    for at, begun in enumerate(records):
        if begun.looked:
            continue
        later = [record for record in records[at + 1 :] if record.method == begun.method]
        until = next((place for place, record in enumerate(later) if not record.looked), len(later))
        looks = later[:until]
        yield YearApproach(
            method=begun.method,
            looks=tuple((look.happened - begun.happened).days for look in looks),
            scores=_scores(known, looks),
        )


def _scores(known: KnownCase, looks: list[Approach]) -> tuple[int, ...]:
    """Return the scores of the child who gave the first of them, with the one from before the approach."""
    scored = [look for look in looks if look.safety is not None]
    if not scored:
        return ()
    before = known.agreed.scored_before(scored[0])
    own = [look.safety for look in scored if look.about == scored[0].about and look.safety is not None]
    return tuple(own) if before is None else (before, *own)
