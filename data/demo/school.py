"""Making the demo school: everybody comes in with a one-time code of their own and writes in their own name."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from ..errors import N_, UsageError, VaultError
from ..model import Pupil
from ..register import Jotting, KnownPupil, Register, create_school, join_school
from ..register.calendar import Calendar
from ..register.session import LOOSE
from ..vault.crypto import FLOOR, Cost
from ..vault.machine import Machine
from ..vault.people import Founder
from . import content
from .content import (
    AgreementScene,
    ApproachScene,
    CaseScene,
    CheckScene,
    DecisionScene,
    DismissalScene,
    IncidentEventScene,
    IncidentScene,
    Look,
    NoteScene,
    Scene,
    Staff,
    StepScene,
)
from .crowd import MOST, Crowd
from .days import DemoClock, local, school_days
from .last_year import LastYear

STORY = 42
"""In how many school days before the last one everything happened but last year's incidents."""

LONG_AGO = 400
"""The same where further cases are asked for: two school years."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody one can log in as."""

    login: str
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    passphrase: str


@dataclass(frozen=True)
class Demo:
    """A demo school: where its file lies and who can open it. The founder comes first, then the main teacher."""

    vault: str
    recovery_code: str
    people: tuple[DemoPerson, ...]
    cases: Mapping[str, str] = field(default_factory=dict)
    """The story's cases: the id it has there → the code of the case."""

    @property
    def coordinator(self) -> DemoPerson:
        """The coordinator, who founded the school's file."""
        return self.people[0]

    @property
    def teacher(self) -> DemoPerson:
        """The teacher whose day is the fullest."""
        return self.people[1]

    def person(self, login: str) -> DemoPerson:
        """Return the person with this login; raises KeyError."""
        return {person.login: person for person in self.people}[login]


def create_demo(
    path: str, *, machine: Machine | None = None, seed: int = 7, cost: Cost = FLOOR, cases: int = 0
) -> Demo:
    """Write a fictional school to `path` and return who can log in.

    `seed` chooses the pupils' names; keys are random. The file appears when it is whole, never over an existing
    one. The story lies in the eight weeks before `machine`'s clock, incidents in the school year before this one, and
    `cases` further cases in the two years before. Raises VaultError, or UsageError for a number of cases that is none.
    """
    machine = machine or Machine()
    if not 0 <= cases <= MOST:
        raise UsageError(N_("From 0 to {most} further cases can be made."), most=MOST)
    if os.path.lexists(path):
        raise _taken(path)
    days = school_days(machine.clock.now(), (LONG_AGO if cases else STORY) + 1)
    temporary = f"{path}.demo-{machine.random(4).hex()}"
    random = Random(seed)  # noqa: S311 - names of pupils, no keys
    maker = _Maker(temporary, machine, days, random, cost, cases)
    try:
        with maker.sessions():
            demo = maker.make()
        machine.files.publish(temporary, path)
    except FileExistsError:
        raise _taken(path) from None
    finally:
        for left in (temporary, f"{temporary}.lock"):
            with contextlib.suppress(FileNotFoundError):
                machine.files.remove(left)
    return replace(demo, vault=path)


def _taken(path: str) -> VaultError:
    return VaultError(N_("There is already a file at {path}; it was left alone."), path=path)


class _Maker:
    """Plays the story on a fresh file."""

    def __init__(self, path: str, machine: Machine, days: list[date], random: Random, cost: Cost, cases: int) -> None:
        self._path = path
        self._further = cases
        self._days = days
        self._random = random
        self._cost = cost
        self._cast, self._story = content.load_cast(), content.load_story()
        self._end = machine.clock.now()
        teachers = {
            group: [one.login for one in self._cast.staff if group in one.groups] for group in self._cast.groups
        }
        self._teachers: Mapping[str, list[str]] = teachers
        self._last_year = LastYear(teachers, self._cast.founder, self._end.astimezone().date(), random)
        self._founded = min(days[-1], self._last_year.begin - timedelta(days=1))
        self._clock = DemoClock(local(self._founded, time(13, 5)))
        self._machine = replace(machine, clock=self._clock)
        self._as: dict[str, Register] = {}
        self._pupils: dict[str, Pupil] = {}
        self._ids: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._cases: dict[str, str] = {}
        self._agreements: dict[AgreementScene, str] = {}
        self._incidents: dict[str, str] = {}

    @contextlib.contextmanager
    def sessions(self) -> Iterator[None]:
        """Close everybody's session at the end."""
        try:
            yield
        finally:
            for register in self._as.values():
                register.close()

    def make(self) -> Demo:
        """Make the school, let everybody in, and let the story happen in the order of time."""
        recovery_code = self._found()
        self._let_in()
        for moment, happen in sorted(self._scenes(), key=lambda scene: scene[0]):
            self._clock.move(moment)
            happen()
        first = (self._cast.founder, self._cast.teacher)
        staff = sorted(self._cast.staff, key=lambda person: [person.login != login for login in first])
        return Demo(self._path, recovery_code, tuple(map(_shown, staff)), dict(self._cases))

    def _found(self) -> str:
        """Make the file, the groups and the pupils."""
        cast = self._cast
        founder = next(person for person in cast.staff if person.login == cast.founder)
        as_founder = Founder(founder.login, founder.name, founder.passphrase, founder.roles)
        register, code = create_school(self._path, cast.school, as_founder, machine=self._machine, cost=self._cost)
        self._as[founder.login] = register
        self._pupils = content.draw_pupils(cast, self._story.leads, self._random)
        for group in cast.groups:
            ident = register.pupils.add_group(group, self._end.astimezone().date())
            names = sorted(pupil.name for pupil in self._pupils.values() if pupil.group == group)
            register.pupils.add_lines(ident, "\n".join(names))
        now = register.house.now()
        register.house.change(
            rules=cast.rules, contacts=cast.contacts, evaluated=None, discussed_in_mr=None, based_on=now.revision
        )
        for ident, found in register.house.groups().items():
            if found.name in cast.group_rules:
                register.house.change_group_rules(ident, cast.group_rules[found.name], based_on=found)
        ids = {known.name: known.id for known in register.pupils.all()}
        self._ids = {key: ids[pupil.name] for key, pupil in self._pupils.items()}
        return code

    def _let_in(self) -> None:
        """Invite everybody; they log in for the first time the day after."""
        founder = self._as[self._cast.founder]
        others = [person for person in self._cast.staff if person.login not in self._as]
        codes = {}
        for person in others:
            until = self._end + timedelta(days=person.guest_days) if person.guest_days else None
            invitation = founder.people.invite(
                person.login, person.name, person.roles, person.groups, until=until, cost=self._cost
            )
            codes[person.login] = invitation.code
        self._clock.move(local(self._founded + timedelta(days=1), time(8, 5)))
        for person in others:
            self._as[person.login] = self._join(person, codes[person.login])

    def _join(self, person: Staff, code: str) -> Register:
        return join_school(self._path, person.login, code, person.passphrase, machine=self._machine, cost=self._cost)

    def _scenes(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Yield when something is written down, and what to do then."""
        for note in self._story.notes:
            late = timedelta(minutes=note.late or self._random.randint(2, 25))
            yield self._moment(note) + late, partial(self._note, note)
        for case in self._story.cases:
            yield self._moment(case), partial(self._open, case)
            for step in case.steps:
                yield self._moment(step), partial(self._step, case, step)
            for decision in case.decisions:
                yield self._moment(decision), partial(self._decide, case, decision)
            for agreement in case.agreements:
                yield self._moment(agreement), partial(self._agree, case, agreement)
                for check in agreement.checks:
                    yield self._moment(check), partial(self._check, case, agreement, check)
            for approach in case.approaches:
                yield self._moment(approach), partial(self._approach, case, approach)
        yield from self._weighed()
        for look in self._story.looks:
            yield self._moment(look), partial(self._look, look)
        pupils = self._as[self._cast.founder].pupils.all()
        for moment, happened in self._last_year.terms(pupils):
            yield moment, partial(self._last_year.write, self._as, happened)
        yield self._last_year.closing, partial(self._last_year.close, self._as)
        if self._further:
            yield from self._crowd(pupils)

    def _weighed(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Yield what somebody found in notes: an incident, or a pattern from which nothing follows."""
        for incident in self._story.incidents:
            yield self._moment(incident), partial(self._decide_on, incident)
            for event in incident.done:
                yield self._moment(event), partial(self._done, incident, event)
        for dismissal in self._story.dismissals:
            yield self._moment(dismissal), partial(self._dismiss, dismissal)

    def _crowd(self, pupils: Sequence[KnownPupil]) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Yield the further cases, a week's at a time."""
        crowd = Crowd(self._teachers, self._cast.founder, self._random)
        days = list(reversed(self._days[:-3]))
        for day, plans in crowd.weeks(crowd.plans(self._further, pupils, days)):
            yield local(day, time(16, 15)), partial(crowd.write, self._as, plans)

    def _moment(self, scene: Scene) -> datetime:
        return local(self._days[scene.back], scene.at)

    def _typed(self, text: str) -> str:
        return content.with_names(text, self._pupils)

    def _note(self, scene: NoteScene) -> None:
        register = self._as[scene.by]
        code = self._cases[scene.case] if scene.case else ""
        register.refresh()
        jotting = Jotting(
            facts=self._typed(scene.facts),
            words=self._typed(scene.words),
            did=self._typed(scene.did),
            pupils=tuple((self._ids[key], role) for key, role in scene.pupils.items()),
            place=scene.place,
            happened=self._moment(scene),
            kind=scene.kind,
            case=code,
            behaviours=scene.behaviours,
            source=scene.source,
            heard_from=self._typed(scene.heard_from),
            concept=scene.concept,
        )
        names = self._given_names(scene) if code else None
        if scene.corrects:
            self._notes[scene.id] = register.notes.correct(self._notes[scene.corrects], jotting, names)
        else:
            self._notes[scene.id] = register.notes.add(jotting, names)

    def _given_names(self, scene: NoteScene) -> dict[str, str]:
        """Return the note's pupils as a guest types them, who has no pupils' list to be helped by."""
        return {self._ids[key]: self._pupils[key].given for key in scene.pupils}

    def _open(self, scene: CaseScene) -> None:
        register = self._as[scene.by]
        register.refresh()
        notes = [self._notes[ident] for ident in scene.notes]
        strands = register.cases.strands_of(notes)
        members = register.cases.propose_members(strands)
        people = {person.login: person for person in register.vault.directory.people.values()}
        members += [people[login] for login in scene.members]
        self._cases[scene.id] = register.cases.open(strands, notes=notes, members=members)

    def _step(self, case: CaseScene, scene: StepScene) -> None:
        self._as[scene.by or case.by].cases.record_step(
            self._cases[case.id], scene.number, scene.state,
            text=self._typed(scene.text), reason=self._typed(scene.reason), about=self._heard(scene),
            why=self._typed(scene.why),
            present=scene.present, details={field: self._typed(said) for field, said in scene.details.items()},
        )  # fmt: skip

    def _decide(self, case: CaseScene, scene: DecisionScene) -> None:
        register = self._as[scene.by or case.by]
        register.refresh()
        register.cases.decide(
            self._cases[case.id], scene.kind, advice=self._typed(scene.advice), text=self._typed(scene.text),
            again=self._clock.now().date() + timedelta(days=scene.again) if scene.again else None,
            told=[self._ids[key] for key in scene.told],
        )  # fmt: skip

    def _days_on(self, days: int) -> date | None:
        return Calendar().next_school_day(self._clock.now().date() + timedelta(days=days)) if days else None

    def _agree(self, case: CaseScene, scene: AgreementScene) -> None:
        self._agreements[scene] = self._as[scene.by or case.by].agreements.make(
            self._cases[case.id], scene.party, self._typed(scene.text),
            about=[self._ids[key] for key in scene.about], check_on=self._days_on(scene.look),
        )  # fmt: skip

    def _check(self, case: CaseScene, agreement: AgreementScene, scene: CheckScene) -> None:
        self._as[scene.by or case.by].agreements.check(
            self._agreements[agreement], self._cases[case.id], scene.kept, text=self._typed(scene.text),
            safety=scene.safety, about=self._ids.get(scene.about, ""), next_on=self._days_on(scene.look),
        )  # fmt: skip

    def _approach(self, case: CaseScene, scene: ApproachScene) -> None:
        agreements, text = self._as[scene.by or case.by].agreements, self._typed(scene.text)
        if scene.looked:
            agreements.looked(
                self._cases[case.id], scene.method, text=text, safety=scene.safety, about=self._ids.get(scene.about, "")
            )
        else:
            agreements.begin(self._cases[case.id], scene.method, text=text)

    def _decide_on(self, scene: IncidentScene) -> None:
        register, note = self._as[scene.by], self._notes[scene.note]
        register.refresh()
        answers = replace(
            register.incidents.begin([note]), ground=scene.ground, behaviour=scene.behaviour, national=scene.national,
            grave=scene.grave, with_what=self._typed(scene.with_what), why=self._typed(scene.why),
        )  # fmt: skip
        self._incidents[scene.note] = register.incidents.decide(answers)

    def _done(self, incident: IncidentScene, scene: IncidentEventScene) -> None:
        register = self._as[scene.by or incident.by]
        register.refresh()
        register.incidents.add(
            self._incidents[incident.note], scene.what, self._typed(scene.text),
            about=[self._ids[key] for key in scene.about],
        )  # fmt: skip

    def _dismiss(self, scene: DismissalScene) -> None:
        register, pupils = self._as[scene.by], {self._ids[key] for key in scene.pupils}
        register.refresh()
        # Among thousands of further cases the same children can be part of a larger pattern: that nobody dismissed.
        for known in register.patterns.all():
            if set(known.pattern.pupils) == pupils:
                register.patterns.dismiss(known, self._typed(scene.reason))

    def _heard(self, scene: StepScene) -> set[str]:
        """Return the pupils whose side a step's text tells, where the step asks for each of them."""
        protocol = self._as[self._cast.founder].protocol
        per_pupil = any(step.number == scene.number and step.per_pupil for step in protocol.steps)
        return {self._ids[key] for key in scene.about or content.keys_in(scene.text)} if per_pupil else set()

    def _look(self, scene: Look) -> None:
        register = self._as[scene.by]
        register.refresh()
        register.mark_seen(self._clock.now(), LOOSE, *(known.code for known in register.cases.all()))


def _shown(person: Staff) -> DemoPerson:
    return DemoPerson(person.login, person.name, tuple(map(str, person.roles)), person.groups, person.passphrase)
