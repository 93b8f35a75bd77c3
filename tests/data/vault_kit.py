"""A small school to try the vault on: made once, copied for each test."""

import atexit
import functools
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.vault import crypto, people, slots
from data.vault.entries import CircleKind, Person, Role
from data.vault.journal import Journal
from data.vault.machine import Files, Machine
from data.vault.operations import Operation
from data.vault.slots import Slot
from data.vault.state import Policy
from data.vault.vault import Placement, Vault

# The same passphrases again and again: derived once.
crypto.stretch = functools.cache(crypto.stretch)

PASSPHRASE = "een twee drie vier"
KINDS = CircleKind
POLICIES = {
    "notes": Policy(True, frozenset({KINDS.PERSON, KINDS.CASE}), deletable=True),
    "steps": Policy(True, frozenset({KINDS.CASE})),
    "cases": Policy(False, frozenset({KINDS.CASE})),
    "lessons": Policy(False, frozenset({KINDS.STAFF, KINDS.EVERYONE})),
    "school": Policy(False, frozenset({KINDS.EVERYONE}), stewards_only=True),
    "settings": Policy(False, frozenset({KINDS.PERSON}), outsiders=True),
}
ROLES = {
    "ada": (Role.COORDINATOR,),
    "bea": (Role.TEACHER,),
    "ben": (Role.TEACHER,),
    "dor": (Role.DIRECTOR,),
    "ext": (Role.SUPPORT,),
}


@dataclass
class FakeClock:
    """Stands still until told otherwise."""

    moment: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Impatient(Machine):
    """Waiting costs nothing: each sleep moves its time on."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        object.__setattr__(self, "time", 0.0)

    def sleep(self, seconds: float) -> None:
        object.__setattr__(self, "time", self.time + seconds)

    def monotonic(self) -> float:
        return float(self.time)

    time: float = 0.0


@dataclass
class Failing(Files):
    """Files of which the call numbered `at` (and all after it, if `on`) fails with `error`."""

    error: int = 5
    at: int = -1
    on: bool = False
    short: bool = False
    calls: list[str] = field(default_factory=list)
    watching: bool = False

    def _count(self, name: str) -> None:
        if not self.watching:
            return
        self.calls.append(name)
        number = len(self.calls) - 1
        if number == self.at or (self.on and number > self.at >= 0):
            raise OSError(self.error, os.strerror(self.error))

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if self.short and len(data) > 1:
            data = data[: len(data) // 2]
        try:
            self._count("write")
        except OSError:
            # A disk that fills up has taken some of it.
            super().write(fd, data[: len(data) // 3], offset)
            raise
        return super().write(fd, data, offset)

    def sync(self, fd: int) -> None:
        self._count("sync")
        super().sync(fd)

    def sync_folder(self, path: str) -> None:
        self._count("sync_folder")
        super().sync_folder(path)

    def cut(self, fd: int, size: int) -> None:
        self._count("cut")
        super().cut(fd, size)


@dataclass
class School:
    """A copy of the prepared file and how to get into it."""

    path: str
    recovery: str

    @property
    def file(self) -> Path:
        return Path(self.path)

    def open(self, login: str = "ada", machine: Machine | None = None) -> Vault:
        return Vault.unlock(
            self.path, login, PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=crypto.FLOOR
        )

    def damage(self, at: int, mask: int) -> None:
        data = bytearray(self.file.read_bytes())
        data[at] ^= mask
        self.file.write_bytes(bytes(data))


def create(path: str, machine: Machine | None = None, login: str = "ada") -> tuple[Vault, str]:
    founder = people.Founder(login, "Ada Anders", PASSPHRASE)
    return people.create(
        path, founder, machine=machine or Machine(), policies=POLICIES, fill=lambda vault: None, cost=crypto.FLOOR
    )


def join(path: str, login: str, code: str, machine: Machine | None = None) -> Vault:
    return people.join(
        path, login, code, PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=crypto.FLOOR
    )


def put(vault: Vault, ident: str, text: str = "woorden", table: str = "notes", **where: Any) -> None:
    """Save a note in one's own circle, or wherever `home` and `readers` say."""
    home = where.get("home") or vault.own_circle()
    with vault.transaction() as transaction:
        placement = Placement(home, frozenset(where.get("readers", ())))
        transaction.put((table, ident), text.encode(), placement, expected=where.get("expected"))


def inject(vault: Vault, *operations: Operation, new_slots: tuple[Slot, ...] = ()) -> None:
    """Write operations that no honest program would write, whoever one is by now."""
    with vault._writing, vault.journal.locked():
        vault._read()
        vault.commit(operations, list(new_slots))


def inject_bytes(vault: Vault, plaintext: bytes) -> None:
    """Write a validly sealed frame of senseless plaintext."""
    with vault.transaction(), vault._memory:
        vault._count(vault.journal.append(plaintext))


def frame_bounds(data: bytes) -> list[tuple[int, int]]:
    """Return where each frame of a whole file begins and ends."""
    bounds, at = [], 64
    while at < len(data):
        end = at + 32 + int.from_bytes(data[at + 4 : at + 8], "little")
        bounds.append((at, end))
        at = end
    return bounds


def plaintexts(path: str, vault_key: bytes) -> list[bytes]:
    """Return what every sealed frame holds, for somebody with the vault key and nothing else."""
    journal = Journal(path, Machine())
    journal.use_key(vault_key)
    found = [transaction.operations for transaction in journal.read_new()]
    journal.close()
    return found


def person(vault: Vault, login: str) -> Person:
    found = vault.directory.by_login(login)
    assert found
    return found


def new_case(vault: Vault, label: str, *members: str) -> bytes:
    """Make a case circle with these people in it and return its id."""
    with vault.transaction() as transaction:
        circle = transaction.new_circle(CircleKind.CASE, label)
        transaction.join(circle.id, vault.me.id)
        for login in members:
            transaction.join(circle.id, person(vault, login).id)
    return circle.id


def code_slot(vault: Vault, login: str) -> Slot | None:
    return vault.state.slots.get(crypto.label(vault.id, slots.CODE, login))


@functools.cache
def _prepared(kind: str) -> tuple[str, str]:
    folder = tempfile.mkdtemp(prefix="pesttui-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = f"{folder}/school.pest"
    vault, recovery = create(path)
    if kind == "school":
        for login, roles in list(ROLES.items())[1:]:
            invitation = people.invite(vault, login, f"{login.title()} Naam", roles, cost=crypto.FLOOR)
            join(path, login, invitation.code).close()
    vault.close()
    return path, recovery


def _copy(kind: str, folder: Path) -> School:
    source, recovery = _prepared(kind)
    target = folder / "school.pest"
    shutil.copy(source, target)
    return School(str(target), recovery)


def school(folder: Path) -> School:
    """Five people: coordinator ada, teachers bea and ben, director dor, outsider ext. No documents."""
    return _copy("school", folder)


def small(folder: Path) -> School:
    """Ada alone, and two short notes of hers."""
    made = _copy("small", folder)
    vault = made.open()
    put(vault, "one", "eerste")
    put(vault, "two", "tweede")
    vault.close()
    return made
