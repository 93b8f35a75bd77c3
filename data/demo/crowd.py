"""Many further cases for a large demo school: the sizes a school reaches after years, to see that all stays quick."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from random import Random

import msgspec

from ..model import Decision, DecisionKind, Note, Participant, ParticipantRole, StepRecord, Strand
from ..protocol import Proof, StepState
from ..register import KnownPupil, Register
from ..register.text import link
from .days import local

MOST = 5000
"""How many further cases can be asked for."""

DOCUMENTS = 25
"""How many documents a case has, about."""

NOTES = 12
_PER_WEEK = 5  # school days


class Templates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sentences with room for two names."""

    facts: tuple[str, ...]
    words: tuple[str, ...]
    did: tuple[str, ...]
    places: tuple[str, ...]
    evaluation: str
    advice: str
    steps: dict[str, str]


def load_templates() -> Templates:
    """Return the sentences beside this module."""
    return msgspec.convert(tomllib.loads((resources.files(__package__) / "crowd.toml").read_text("utf-8")), Templates)


@dataclass(frozen=True)
class Plan:
    """A case before it is written: whose it is, about whom, and on which school days something happened."""

    owner: str
    other: str
    bullied: KnownPupil
    accused: KnownPupil
    days: Sequence[dt.date]
    steps: int
    """How many steps of the protocol were taken."""
    closed: bool


class Crowd:
    """Draws cases and writes them, a batch per person and week, each by who would have written it."""

    def __init__(self, teachers: Mapping[str, Sequence[str]], lead: str, random: Random) -> None:
        self._teachers = teachers
        self._lead = lead
        self._random = random
        self._templates = load_templates()

    def plans(self, count: int, pupils: Sequence[KnownPupil], days: Sequence[dt.date]) -> list[Plan]:
        """Return so many cases; `days` are school days, oldest first. The same pairs come back now and then."""
        random, groups = self._random, [group for group, teachers in self._teachers.items() if teachers]
        members = {group: [pupil for pupil in pupils if pupil.group == group] for group in groups}
        found = []
        for _ in range(count):
            group = random.choice([group for group in groups if len(members[group]) > 1])
            bullied, accused = random.sample(members[group][:8], 2)
            teachers = self._teachers[group]
            start = random.randrange(len(days) - 1)
            length = min(len(days) - start, random.randint(10, 60))
            when = sorted(random.choice(days[start : start + length]) for _ in range(DOCUMENTS))
            old = start + length < len(days) - 40
            steps = random.randint(7, 9) if old else random.randint(1, 8)
            found.append(Plan(teachers[0], teachers[-1], bullied, accused, when, steps, old and random.random() < 0.85))
        return sorted(found, key=lambda plan: plan.days[-1])

    def weeks(self, plans: Sequence[Plan]) -> Iterator[tuple[dt.date, list[Plan]]]:
        """Yield the plans by the week in which each ends, with the last of its days."""
        for at in range(0, len(plans), _PER_WEEK * 2):
            batch = list(plans[at : at + _PER_WEEK * 2])
            yield batch[-1].days[-1], batch

    def write(self, registers: Mapping[str, Register], plans: Sequence[Plan]) -> None:
        """Write a batch: owners open their cases and write, then colleagues and the lead add theirs."""
        codes: dict[int, str] = {}
        for login in dict.fromkeys(plan.owner for plan in plans):
            register = registers[login]
            with register.vault.transaction():
                for plan in plans:
                    if plan.owner == login:
                        codes[id(plan)] = self._open(register, plan)
        for login in dict.fromkeys(person for plan in plans for person in (plan.other, self._lead)):
            register = registers[login]
            with register.vault.transaction():
                for plan in plans:
                    code = codes[id(plan)]
                    if login == self._lead:
                        self._decide(register, plan, code)
                    elif login == plan.other:
                        self._note(register, plan, code, range(NOTES - 3, NOTES))

    def _open(self, register: Register, plan: Plan) -> str:
        sides = {plan.bullied.id: Strand.BULLIED, plan.accused.id: Strand.ACCUSED}
        code = register.cases.open(sides, opened=local(plan.days[0], dt.time(15, 30)))
        self._note(register, plan, code, range(NOTES - 3))
        records = []
        for at, step in enumerate(register.protocol.steps[: plan.steps]):
            day = plan.days[min(len(plan.days) - 1, 2 * at + 1)]
            last = at == plan.steps - 1
            again = 4 if step.repeats else 1
            for _ in range(again):
                records.append(
                    StepRecord(
                        case=code,
                        step=step.number,
                        state=StepState.BUSY if (last or step.repeats) and not plan.closed else StepState.DONE,
                        happened=day,
                        entered=local(day, dt.time(15, 45)),
                        author=register.me,
                        text=link(self._filled(self._templates.steps.get(step.proof, ""), plan), self._forms(plan)),
                        about=(plan.bullied.id, plan.accused.id) if step.per_pupil and not last else (),
                        details={"judgement": ("maybe_bullying",)} if step.proof is Proof.ASSESSMENT else {},
                    )
                )
        register.db.table("steps").insert_multiple(map(msgspec.to_builtins, records))
        if plan.closed:
            evaluation = self._filled(self._templates.evaluation, plan)
            self._insert_decision(register, plan, code, DecisionKind.CLOSED, text=evaluation)
        return code

    def _note(self, register: Register, plan: Plan, code: str, numbers: range) -> None:
        random, templates, forms = self._random, self._templates, self._forms(plan)
        notes = []
        for number in numbers:
            happened = local(plan.days[number], dt.time(random.randint(8, 14), random.randint(0, 59)))
            notes.append(
                Note(
                    author=register.me,
                    happened=happened,
                    entered=happened + dt.timedelta(minutes=random.randint(1, 90)),
                    facts=link(self._filled(random.choice(templates.facts), plan), forms),
                    words=(random.choice(templates.words),) if random.random() < 0.4 else (),
                    did=link(self._filled(random.choice(templates.did), plan), forms) if random.random() < 0.6 else (),
                    pupils=(
                        Participant(pupil=plan.bullied.id, role=ParticipantRole.VICTIM),
                        Participant(pupil=plan.accused.id, role=ParticipantRole.PERPETRATOR),
                    ),
                    place=random.choice(templates.places),
                    case=code,
                )
            )
        register.db.table("notes").insert_multiple(map(msgspec.to_builtins, notes))

    def _decide(self, register: Register, plan: Plan, code: str) -> None:
        if not plan.closed and self._random.random() < 0.3:
            self._insert_decision(register, plan, code, DecisionKind.CONSULTED, advice=self._templates.advice)

    def _insert_decision(self, register: Register, plan: Plan, code: str, kind: DecisionKind, **texts: str) -> None:
        day, forms = plan.days[-1], self._forms(plan)
        record = Decision(
            case=code,
            kind=kind,
            happened=day,
            entered=local(day, dt.time(16, 0)),
            author=register.me,
            text=link(texts.get("text", ""), forms),
            advice=link(texts.get("advice", ""), forms),
        )
        register.db.table("decisions").insert(msgspec.to_builtins(record))

    @staticmethod
    def _filled(text: str, plan: Plan) -> str:
        return text.format(a=plan.bullied.pupil.given, b=plan.accused.pupil.given)

    @staticmethod
    def _forms(plan: Plan) -> list[tuple[str, str]]:
        return [(pupil.pupil.given, pupil.id) for pupil in (plan.bullied, plan.accused)]
