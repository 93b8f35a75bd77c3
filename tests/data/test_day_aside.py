"""A school at work, by chance: the day and the cases of who took up what was laid aside, and of who reads it all."""

import dataclasses
import functools
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from data.errors import PesttuiError
from data.model import AgreedWith, DecisionKind, Kept, Strand
from data.protocol import StepState
from data.register import Jotting, Register, open_school
from data.register.day import look
from data.register.known import KnownCase
from data.vault import crypto
from data.vault.compact import compact
from data.vault.entries import Role
from data.vault.vault import settle

from . import aside_kit
from .school_kit import START, VICTIM, Kit, passphrase_of, school

LOGINS = ("anne", "marit", "joost", "karim", "fenna", "hans", "esther")

Kind = TypeVar("Kind")


def plain(value: object) -> object:
    """Return something as what it says: a case keeps what it has yet to open."""
    if isinstance(value, KnownCase):
        said = (value.case, value.events, value.agreed, value.decisions, value.members, value.mine, value.revision)
        return (*map(plain, said), value.written, value.progress, value.open, value.due, value.owner)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def seen_by(register: Register) -> dict[str, object]:
    """Return what there is to see for somebody: the day, each case, lists, and what was found in them."""
    cases = register.cases.all()
    views: dict[str, object] = {
        "day": look(register),
        "cases": [register.cases.get(known.code) for known in cases],
        "notes": register.notes.all(),
        "notes of cases": [register.notes.of_case(known.code) for known in cases],
        "members": [register.members.of(known.code) for known in cases],
        "log": [register.log.of_case(known.code) for known in cases],
        "confidential": register.notes.confidential(),
        "outside": register.agreements.outside(),
        "questions": register.questions.all(START),
        "pupils": register.pupils.everybody(),
        "people": register.people.all(),
        "patterns": register.patterns.all() if register.patterns.writes else [],
        "settings": register.settings(),
        "circles": {circle: register.vault.can_open(circle) for circle in register.vault.directory.circles},
    }
    return {name: plain(view) for name, view in views.items()}


class Work:
    """What people do with the register, as far as they may."""

    def __init__(self, kit: Kit, chance: random.Random, folder: Path) -> None:
        self.kit, self.chance, self.folder = kit, chance, folder

    def enter(self, login: str, pins: Path | str) -> Register:
        return open_school(str(self.kit.path), login, passphrase_of(login), machine=self.kit.machine, pins=str(pins))

    def something(self) -> str:
        """Let somebody do something; what they may not do they do not."""
        doing: list[Callable[[Register], object]] = [
            self.note, self.note, self.correct, self.private, self.remove, self.case, self.case, self.step, self.step,
            self.agree, self.check, self.decide, self.invite, self.withdraw, self.ask, self.answer, self.look_at,
            self.pupils, self.tasks, self.anew, self.settle,
        ]  # fmt: skip
        do, login = self.chance.choice(doing), self.chance.choice((*LOGINS, "anne", "anne", "marit", "marit"))
        self.kit.clock.pass_(minutes=self.chance.randrange(1, 4000))
        register = self.enter(login, self.folder if self.chance.random() < 0.5 else "")
        try:
            do(register)
        except PesttuiError as problem:
            return f"{login} {do.__name__}: {problem}"
        finally:
            register.close()
        return f"{login} {do.__name__}"

    def one_of(self, found: Sequence[Kind]) -> Kind:
        if not found:
            raise PesttuiError("there is none")
        return self.chance.choice(found)

    def some_case(self, register: Register) -> KnownCase:
        return self.one_of(register.cases.all())

    def some_note(self, register: Register) -> str:
        return self.one_of(register.notes.all()).id

    def jotting(self, **more: Any) -> Jotting:
        name = self.chance.choice(sorted(self.kit.ids))
        return Jotting(facts=f"Gezien: {name} stond alleen.", pupils=((self.kit.ids[name], VICTIM),), **more)

    def note(self, register: Register) -> None:
        open_cases = [known.code for known in register.cases.all() if known.open]
        case = self.chance.choice([*open_cases, "", ""])
        register.notes.add(self.jotting(case=case, concept=self.chance.random() < 0.3))

    def private(self, register: Register) -> None:
        register.notes.add(self.jotting(private=True))

    def correct(self, register: Register) -> None:
        register.notes.correct(self.some_note(register), self.jotting())

    def remove(self, register: Register) -> None:
        (register.notes.remove if self.chance.random() < 0.5 else register.notes.share)(self.some_note(register))

    def case(self, register: Register) -> None:
        chosen = self.chance.sample(sorted(self.kit.ids.values()), 2)
        register.cases.open(dict(zip(chosen, (Strand.BULLIED, Strand.ACCUSED), strict=True)))

    def step(self, register: Register) -> None:
        known, state = self.some_case(register), self.chance.choice([StepState.BUSY, StepState.SKIPPED])
        step = self.chance.randrange(1, 4)
        register.cases.record_step(
            known.code, step, state, text="Gesproken.", reason="Niet nodig.", why="Het gaat door."
        )

    def agree(self, register: Register) -> None:
        known = self.some_case(register)
        about = [known.case.pupils[0].pupil]
        party = self.chance.choice(list(AgreedWith))
        register.agreements.make(known.code, party, "Stop is stop.", about=about)

    def check(self, register: Register) -> None:
        known = self.some_case(register)
        agreed, kept = self.one_of(known.agreements).id, self.chance.choice(list(Kept))
        register.agreements.check(agreed, known.code, kept, text="Gekeken.")

    def decide(self, register: Register) -> None:
        kind = self.chance.choice([DecisionKind.CLOSED, DecisionKind.REOPENED, DecisionKind.SEEN])
        register.cases.decide(self.some_case(register).code, kind, text="Het is goed zo.")

    def invite(self, register: Register) -> None:
        code = self.some_case(register).code
        register.members.invite(code, self.one_of(register.members.candidates(code)).id)

    def withdraw(self, register: Register) -> None:
        code = self.some_case(register).code
        register.members.withdraw(code, self.one_of(register.members.of(code)).person.id)

    def ask(self, register: Register) -> None:
        register.questions.ask("Wat doe ik met Sem Bakker?")

    def answer(self, register: Register) -> None:
        register.questions.answer(self.one_of(register.questions.all(START)).id, "Kom even langs.")

    def look_at(self, register: Register) -> None:
        register.mark_seen(register.now(), *(known.code for known in register.cases.all()))

    def pupils(self, register: Register) -> None:
        group = self.one_of(sorted(register.pupils.groups()))
        register.pupils.add_lines(group, f"Nieuw Kind{self.chance.randrange(99)}")

    def tasks(self, register: Register) -> None:
        roles = self.chance.choice([(Role.TEACHER,), (Role.COORDINATOR, Role.TEACHER), (Role.SUPPORT,)])
        register.people.change("karim", roles=roles, groups=(), until=None)

    def anew(self, register: Register) -> None:
        if register.vault.me.steward:
            compact(register.vault)

    def settle(self, register: Register) -> None:
        settle(register.vault)


def walk(folder: Path, seed: int, taken: list[bool]) -> None:
    chance = random.Random(seed)
    with school(folder) as kit:
        work, done = Work(kit, chance, folder / "state"), list[str]()
        for login in ("anne", "marit"):
            register = work.enter(login, work.folder)
            work.case(register)
            register.close()
        for _ in range(20):
            done += [work.something() for _ in range(chance.randrange(1, 4))]
            login = chance.choice(LOGINS)
            one, other = work.enter(login, work.folder), work.enter(login, "")
            try:
                seen, wanted = seen_by(one), seen_by(other)
                different = [(name, seen[name], wanted[name]) for name in wanted if seen[name] != wanted[name]]
                assert not different, (login, done)
                one.refresh()
                assert seen_by(one) == wanted, (login, done)
            finally:
                other.close()
                one.close()
    assert taken


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each session took up what was laid aside."""
    found = aside_kit.watched(monkeypatch)
    aside_kit.at_once(monkeypatch)
    monkeypatch.setattr(crypto, "stretch", functools.cache(crypto.stretch))
    return found


def test_a_day_is_the_same_day(tmp_path: Path, taken: list[bool]) -> None:
    walk(tmp_path, 1, taken)
    assert taken.count(True) > 2


@pytest.mark.deep
def test_many_days(tmp_path: Path, taken: list[bool]) -> None:
    for seed in range(100, 140):
        folder = tmp_path / str(seed)
        folder.mkdir()
        walk(folder, seed, taken)
    assert taken.count(True) > 100
