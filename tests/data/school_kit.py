"""A small school for tests: made once for all of them, copied for each."""

import contextlib
import functools
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from data.model import ParticipantRole
from data.register import Jotting, KnownNote, Register, create_school, join_school, open_school
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Role
from data.vault.machine import Machine
from data.vault.people import Founder, invite

START = datetime(2026, 11, 18, 8, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
"""When the school is made: a Wednesday."""

PEOPLE: dict[str, tuple[str, tuple[Role, ...], tuple[str, ...]]] = {
    "anne": ("Anne Verhoeven", (Role.COORDINATOR,), ()),
    "marit": ("Marit Hoekstra", (Role.TEACHER,), ("groep 6",)),
    "joost": ("Joost van der Laan", (Role.TEACHER,), ("groep 6",)),
    "karim": ("Karim Benali", (Role.TEACHER,), ("groep 7",)),
    "fenna": ("Fenna Postma", (Role.TEACHER, Role.COUNSELLOR), ()),
    "hans": ("Hans Brouwer", (Role.DIRECTOR,), ()),
    "dirk": ("Dirk Schipper", (Role.ADMINISTRATOR,), ()),
    "esther": ("Esther Mensink", (Role.EXTERNAL,), ()),
}

PUPILS = {
    "groep 6": ("Sem van Dijk", "Sem Bakker", "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"),
    "groep 7": ("Bram de Boer", "Sem Jansen", "Lotte Smit"),
}

VICTIM, PERPETRATOR = ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR


class TurnableClock:
    """A clock that tests set as they like, back too."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def pass_(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


def passphrase_of(login: str) -> str:
    return f"{login} fietst naar school"


@functools.cache
def _template() -> tuple[Path, dict[str, str]]:
    """Make the school; return its file and the pupils' ids by name."""
    folder = Path(tempfile.mkdtemp(prefix="pesttui-kit-"))
    path, machine = folder / "school.pest", Machine(clock=TurnableClock())
    name, roles, _ = PEOPLE["anne"]
    founder = Founder("anne", name, passphrase_of("anne"), roles)
    register, _ = create_school(str(path), "De Regenboog", founder, machine=machine, cost=FLOOR)
    with contextlib.closing(register):
        for group, pupils in PUPILS.items():
            register.pupils.add_lines(register.pupils.add_group(group, START.date()), "\n".join(pupils))
        ids = {known.name: known.id for known in register.pupils.all()}
        for login, (name, roles, groups) in PEOPLE.items():
            if login != "anne":
                # Through the vault: the log begins empty.
                circles = [_circle(register, group) for group in groups]
                code = invite(register.vault, login, name, roles, groups=circles, cost=FLOOR).code
                join_school(str(path), login, code, passphrase_of(login), machine=machine, cost=FLOOR).close()
    return path, ids


def _circle(register: Register, group: str) -> bytes:
    found = register.vault.directory.labelled(CircleKind.GROUP, register.pupils.group_named(group) or "")
    assert found is not None
    return found.id


class Kit:
    """One test's own copy of the school."""

    def __init__(self, folder: Path) -> None:
        template, self.ids = _template()
        self.path = folder / "school.pest"
        shutil.copy(template, self.path)
        self.clock = TurnableClock(START + timedelta(hours=1))
        self.machine = Machine(clock=self.clock)
        self._open: list[Register] = []

    def open_as(self, login: str) -> Register:
        """Log in; the session is closed at the end of the test."""
        register = open_school(str(self.path), login, passphrase_of(login), machine=self.machine)
        self._open.append(register)
        return register

    def close(self) -> None:
        for register in self._open:
            register.close()

    def who_reads(self, note: str) -> set[str]:
        """Return the logins of everybody who can read a note, each in a session of their own."""
        return {login for login in PEOPLE if note in note_ids(self.open_as(login))}


@contextlib.contextmanager
def school(folder: Path) -> Iterator[Kit]:
    """Copy the school into a folder."""
    kit = Kit(folder)
    try:
        yield kit
    finally:
        kit.close()


def note_ids(register: Register) -> set[str]:
    return {known.id for known in register.notes.all()}


def note_of(register: Register, ident: str) -> KnownNote:
    return next(known for known in register.notes.all() if known.id == ident)


def about(kit: Kit, facts: str, *names: str, case: str = "") -> Jotting:
    """Return a jotting about pupils by whole name: the first was hurt, the others did it."""
    pupils = tuple((kit.ids[name], PERPETRATOR if at else VICTIM) for at, name in enumerate(names))
    return Jotting(facts=facts, pupils=pupils, case=case)
