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
    Incident,
    IncidentEvent,
    IncidentWhat,
    Note,
    ParticipantRole,
    School,
    Strand,
)
from ..protocol import Proof, StepState
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .cases import Cases
from .counsel import Counsel
from .events import event_of
from .known import KnownCase, KnownStep
from .lists import behaviours
from .notes import KnownNote, Notes
from .pupils import Pupils, fold, school_year

_BESIDE = {ParticipantRole.DEFENDER, ParticipantRole.BYSTANDER}
"""Who only saw it: their parents need not be told, and nothing about it has to stand in their ParnasSys file."""

_CONSULTED = (Proof.CONSULTATION, Proof.CONFERENCE)
_TAKEN = (StepState.BUSY, StepState.DONE)


class YearFacts:
    """Reads; decrypts much, so not for the screen's own thread."""

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, cases: Cases, notes: Notes, counsel: Counsel) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._cases = cases
        self._notes = notes
        self._counsel = counsel

    def collect(self, school: School, basis: Basis) -> YearInput:
        """Return everything, of every year."""
        places = {fold(place): place for place in school.places}
        notes = [known for known in self._notes.all() if not known.note.private]
        protocol = self._cases.protocol
        return YearInput(
            incidents=tuple(self._incidents(places)),
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

    def _incidents(self, places: Mapping[str, str]) -> Iterable[YearIncident]:
        """Yield what stands of the incidents, by who signed it: one's own entry is corrected, nobody else's."""
        records: dict[str, Incident] = {}
        first: dict[str, str] = {}
        standing: dict[str, str] = {}
        for seen in self._vault.outline("incidents"):
            found = event_of(self._vault, self._db, "incidents", seen.id, Incident)
            if found is None:
                continue
            records[seen.id] = found[1]
            before = records.get(found[1].corrects)
            own = before is not None and found[1].corrects != seen.id and before.author == found[1].author
            first[seen.id] = first[found[1].corrects] if own else seen.id
            standing[first[seen.id]] = seen.id
        done: dict[str, list[IncidentEvent]] = {}
        for seen in self._vault.outline("incident_events"):
            event = event_of(self._vault, self._db, "incident_events", seen.id, IncidentEvent)
            if event is not None and event[1].incident in first:
                done.setdefault(first[event[1].incident], []).append(event[1])
        groups = self._pupils.groups()
        for place, ident in standing.items():
            yield self._incident(records[ident], done.get(place, ()), groups, places)

    def _incident(
        self,
        record: Incident,
        done: Iterable[IncidentEvent],
        groups: Mapping[str, Group],
        places: Mapping[str, str],
    ) -> YearIncident:
        events = list(done)
        what = {event.what for event in events}
        concerned = {one.pupil for one in record.pupils if one.role not in _BESIDE}

        def for_all(kind: IncidentWhat) -> bool:
            about = [set(event.about) or concerned for event in events if event.what is kind]
            return bool(about) and concerned <= set().union(*about)

        answers = (record.what, record.pupils, record.place, record.with_what, record.why)
        measured = record.measures or IncidentWhat.MEASURE in what
        year = school_year(local_day(record.happened))
        return YearIncident(
            at=record.happened,
            kind=record.behaviour,
            national=record.national.value if record.national else NONE,
            place=places.get(fold(record.place), ""),
            groups=frozenset(self._group(one.pupil, year, groups) for one in record.pupils),
            pupils=frozenset(one.pupil for one in record.pupils),
            whole=all(answers) and bool(measured),
            entered=for_all(IncidentWhat.PARNASSYS),
            told=for_all(IncidentWhat.PARENTS),
        )

    def _group(self, pupil: str, year: str, groups: Mapping[str, Group]) -> str:
        """Return the year group a pupil was in: that of the present group, counted back to the year."""
        known = self._pupils.get(pupil)
        group = groups.get(known.group) if known else None
        return year_groups(group.name, int(group.year[:4]) - int(year[:4])) if group else ""

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
