"""What a session laid aside is a quicker way to the same: the file decides, byte by byte, and one's own keys."""

import errno
import os
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from data.errors import NoEntry, PesttuiError
from data.vault import crypto, staffing
from data.vault.aside import MAGIC
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind
from data.vault.machine import Files, Machine
from data.vault.operations import Put
from data.vault.vault import Vault, settle
from data.vault.verify import verify

from . import aside_kit
from . import vault_kit as kit
from .test_vault_attack import forge
from .vault_kit import PASSPHRASE, POLICIES, School


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is: in this small school it is worth the while."""
    aside_kit.at_once(monkeypatch)


@pytest.fixture
def school(tmp_path: Path) -> School:
    folder = tmp_path / "school"
    folder.mkdir()
    return kit.school(folder)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def enter(school: School, state: Path | str, login: str = "bea", machine: Machine | None = None) -> Vault:
    return Vault.unlock(
        school.path, login, PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=FLOOR, pins=str(state)
    )


def session(school: School, state: Path | str, login: str = "bea") -> dict[str, Any]:
    """Log in, look at everything, log out; return what there was to see."""
    vault = enter(school, state, login)
    found = everything(vault)
    vault.close()
    return found


def lying(state: Path) -> list[Path]:
    return sorted(state.glob("aside-*"))


def everything(vault: Vault) -> dict[str, Any]:
    """Return all that a session has of the file: what stands where, who can open it, what it says to this person."""
    held = vault.state
    places = sorted((table, ident) for table in POLICIES for ident in held.tables.get(table, ()))
    return {
        "texts": {place: vault.read(place) for place in places},
        "seen without checking": {place: vault.read(place, checked=False) for place in places},
        "ranks": {place: (vault.order(place), vault.revision(place), vault.next_revision(place)) for place in places},
        "records": {place: vault.record(place) for place in places},
        "readers": {place: vault.readers(place) for place in places},
        "grants": {place: list(held.granted(place)) for place in places},
        "outlines": {table: vault.outline(table) for table in POLICIES},
        "ids": {table: vault.ids(table) for table in POLICIES},
        "directory": held.directory,
        "wraps": {circle: wraps for circle, wraps in held.wraps.items() if wraps},
        "slots": held.slots,
        "circles": {circle: vault.can_open(circle) for circle in held.directory.circles},
        "generations": (held.generation, held.earlier, held.maker, held.order),
        "problems": sorted(held.problems),
        "mark": vault.mark,
        "trouble": vault.trouble,
        "alarm": str(vault.alarm),
    }


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count what is opened and checked."""
    found: list[str] = []

    def count(name: str) -> None:
        plain = getattr(crypto, name)

        def counting(*values: Any) -> Any:
            found.append(name)
            return plain(*values)

        monkeypatch.setattr(crypto, name, counting)

    count("verify")
    count("unseal")
    return found


def steps(chance: random.Random, people: dict[str, Vault], case: bytes) -> dict[str, Callable[[], object]]:
    """Return what may happen in a school between two sessions of bea."""
    ada, ben = people["ada"], people["ben"]
    staff = ada.directory.the(CircleKind.STAFF).id
    ident, by = f"n{chance.randrange(10**9)}", chance.choice(list(people.values()))

    def member(joins: bool) -> None:
        bea = kit.person(ada, "bea").id
        with ben.transaction() as transaction:
            if ben.directory.in_circle(bea, case) is not joins:
                (transaction.join if joins else transaction.leave)(case, bea)

    def forged() -> None:
        place = ("lessons", f"forged {ident}")
        kit.inject(ben, Put(place, forge(ben, place, author=ada.me.id, home=staff)))

    return {
        "a note of one's own": lambda: kit.put(by, ident, readers=chance.choice(((), (staff,)))),
        "a note in the case": lambda: kit.put(ben, ident, home=case),
        "a document that changes": lambda: kit.put(by, "les", ident, table="lessons", home=staff, readers=(case,)),
        "a deletion": lambda: delete(by, ("lessons", "les")),
        "bea goes into the case": lambda: member(joins=True),
        "bea goes out of it": lambda: member(joins=False),
        "a forgery": forged,
        "written anew": lambda: compact(ada),
        "keys renewed": lambda: settle(ada),
    }


def delete(vault: Vault, place: tuple[str, str]) -> None:
    if place[1] in vault.ids(place[0]):
        with vault.transaction() as transaction:
            transaction.delete(place)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_reading_the_file_gives(
    school: School, state: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens between sessions, and in them: with what was laid aside and without, everything is the same."""
    chance = random.Random(seed)
    people = {login: school.open(login) for login in ("ada", "ben", "dor")}
    case = kit.new_case(people["ben"], "Z-1", "bea")
    taken = aside_kit.watched(monkeypatch)
    for _ in range(14):
        for _ in range(chance.randrange(4)):
            for vault in people.values():
                vault.refresh()
            doing = steps(chance, people, case)
            doing[chance.choice(list(doing))]()
        vault = enter(school, state)
        # What was known goes on to count while the session lives, too.
        if chance.random() < 0.5:
            kit.put(vault, f"eigen {chance.randrange(10**9)}")
            settle(vault)
            vault.refresh()
        fresh = vault_without(school)
        assert everything(vault) == everything(fresh)
        fresh.close()
        vault.close()
        assert len(lying(state)) <= 1
    assert any(taken)
    assert not all(taken)
    for vault in people.values():
        vault.close()


def vault_without(school: School) -> Vault:
    return enter(school, "")


def test_nothing_is_opened_or_checked_again(school: School, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bea, ben = school.open("bea"), school.open("ben")
    case = kit.new_case(ben, "Z-1", "bea")
    for number in range(9):
        kit.put(bea, f"note {number}", f"tekst {number}")
        ben.refresh()
        kit.put(ben, f"zaak {number}", home=case)
    first = session(school, state)
    found = counted(monkeypatch)
    again = enter(school, state)
    assert {place: again.read(place) for place in first["texts"]} == first["texts"]
    assert found.count("verify") == 0
    assert found.count("unseal") <= 5  # keyslot, pin, what was laid aside
    kit.put(ben, "later", home=case)
    again.close()
    found.clear()
    third = enter(school, state)
    assert third.read(("notes", "later")) == b"woorden"
    assert found.count("verify") == 1
    third.close()


def test_any_other_byte_of_the_file_is_noticed_as_without_it(school: School, state: Path) -> None:
    bea = school.open("bea")
    for number in range(3):
        kit.put(bea, f"note {number}", f"tekst {number}")
    session(school, state)
    whole, kept = school.file.read_bytes(), {path.name: path.read_bytes() for path in state.iterdir()}

    def outcome(folder: Path | str) -> object:
        try:
            return session(school, folder)
        except PesttuiError as problem:
            return str(problem)

    for at in [*range(0, 64, 9), *range(64, len(whole), 331), len(whole) - 1]:
        school.damage(at, 1 << at % 8)
        for path in state.iterdir():
            path.unlink()
        for name, data in kept.items():
            if name.startswith("aside-"):
                (state / name).write_bytes(data)
        assert outcome(state) == outcome(""), at
        school.file.write_bytes(whole)
    for size in range(0, len(whole), 977):
        school.file.write_bytes(whole[:size])
        (state / lying(state)[0].name).write_bytes(kept[lying(state)[0].name])
        assert outcome(state) == outcome(""), size


def test_the_bytes_are_those_that_were_read(school: School, state: Path) -> None:
    """Somebody writes over the file while a session is open: what that lays aside speaks of what it has read."""
    kit.put(school.open("bea"), "one", "tekst")
    vault = enter(school, state)
    everything(vault)
    middle = vault.journal.end // 2
    school.damage(middle, 4)
    vault.lay_aside()
    assert lying(state)
    again = enter(school, state)
    assert again.damage
    again.close()
    vault.close()


def test_a_pin_means_what_it_means_without_it(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one")
    session(school, state)
    old = school.file.read_bytes(), lying(state)[0].read_bytes()
    vault = enter(school, state)
    kit.put(vault, "two")
    vault.close()
    new = lying(state)[0].read_bytes()
    assert new != old[1]
    # An older copy of the file, with what was laid aside of the newer one, or of the older.
    for kept in (new, old[1]):
        school.file.write_bytes(old[0])
        lying(state)[0].write_bytes(kept)
        alarmed = enter(school, state)
        assert alarmed.alarm
        assert alarmed.read(("notes", "one")) == b"woorden"
        alarmed.close()
        assert lying(state)[0].read_bytes() == kept  # of a file that is not trusted nothing is laid aside
    # A fork that goes further than the pin.
    school.file.write_bytes(old[0])
    ben = school.open("ben")
    for number in range(3):
        kit.put(ben, f"fork {number}")
    alarmed = enter(school, state)
    assert alarmed.alarm
    alarmed.close()


def test_a_pin_behind_it_is_still_compared(school: School, state: Path) -> None:
    """The pin stands before the end of what was laid aside, at a place whose hash that does not know: all is read."""
    kit.put(school.open("bea"), "one")
    vault = enter(school, state)
    kit.put(vault, "two")
    pin = next(state.glob("pin-*"))
    between = pin.read_bytes()
    for ident in ("three", "four"):
        kit.put(vault, ident)
    vault.close()
    pin.write_bytes(between)
    again = enter(school, state)
    assert again.alarm is None
    assert sorted(again.ids("notes")) == ["four", "one", "three", "two"]
    again.close()


def test_who_was_taken_out_meanwhile_reads_nothing_more(school: School, state: Path) -> None:
    ben = school.open("ben")
    case = kit.new_case(ben, "Z-1", "bea")
    kit.put(ben, "one", "van de zaak", home=case)
    assert session(school, state)["texts"]["notes", "one"] == b"van de zaak"
    with ben.transaction() as transaction:
        transaction.leave(case, kit.person(ben, "bea").id)
    settle(ben)
    kit.put(ben, "two", "daarna", home=case)
    again = enter(school, state)
    assert not again.can_open(case)
    assert again.read(("notes", "two")) is None
    assert everything(again) == everything(vault_without(school))
    again.close()


def test_what_was_written_anew_takes_it_with_it(school: School, state: Path) -> None:
    """What left the file leaves the folder, and with a new vault key nobody can open an old one either."""
    kit.put(school.open("bea"), "one", "tekst")
    for login in ("ada", "bea", "ben"):
        session(school, state, login)
    assert len(lying(state)) == 3
    old = {path.name: path.read_bytes() for path in lying(state)}
    ada = enter(school, state, "ada")
    staffing.revoke(ada, kit.person(ada, "ben").id)
    ada.close()
    assert not set(old) & {path.name for path in lying(state)}
    # Put back, under the name that the new file's would have: opened by nobody.
    bea = enter(school, state)
    assert bea._watch
    here, key = bea._watch.aside, bea.vault_key
    path = Path(here.path(bea.journal))
    for data in old.values():
        path.write_bytes(data)
        assert here.take_up(bea.journal, key, bea.empty_state(bea.journal)) is None
    bea.close()
    for name, data in old.items():
        (state / name).write_bytes(data)
    session(school, state)
    left = {path.name for path in lying(state)}
    assert len(left & set(old)) == 2  # one's own old one is swept away by the next session
    with pytest.raises(NoEntry):
        enter(school, state, "ben")


def test_it_is_ones_own(school: School, state: Path) -> None:
    """Another's in its place, a flipped bit, half of it, junk, a folder: the file is read, and nobody is told."""
    kit.put(school.open("bea"), "one", "tekst")
    wanted = {login: session(school, state, login) for login in ("bea", "ben")}
    first, second = lying(state)
    a, b = first.read_bytes(), second.read_bytes()

    def flip(at: int) -> None:
        for path, data in ((first, a), (second, b)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])

    def cut(to: int) -> None:
        first.write_bytes(a[:to])
        second.write_bytes(b[:to])

    def lead_away() -> None:
        first.unlink()
        first.mkdir()
        second.unlink()
        second.symlink_to(first)

    changes: list[Callable[[], object]] = [
        lambda: (first.write_bytes(b), second.write_bytes(a)),
        *[partial(flip, at) for at in (0, 7, 8, 19, 20, 400, len(a) // 2, min(len(a), len(b)) - 1)],
        *[partial(cut, to) for to in (0, 5, 20, 36, 500)],
        lambda: (first.write_bytes(b"junk" * 99), second.write_bytes(MAGIC + bytes(200))),
        lead_away,
    ]
    for change in changes:
        first.write_bytes(a)
        second.write_bytes(b)
        change()
        for login in ("bea", "ben"):
            vault = enter(school, state, login)
            assert everything(vault) == wanted[login]
            assert vault.take_trouble() is None
            vault.close()


def test_of_another_school_or_path(school: School, state: Path, tmp_path: Path) -> None:
    """A copy of the file elsewhere is the same file; another school's is not, also under the same passphrase."""
    kit.put(school.open("bea"), "one", "tekst")
    wanted = session(school, state)
    other = tmp_path / "elsewhere.pest"
    shutil.copy(school.path, other)
    copy = enter(School(str(other), ""), state)
    assert everything(copy) == wanted
    copy.close()
    founded, _ = kit.create(str(tmp_path / "another.pest"), login="bea")
    founded.close()
    assert session(School(str(tmp_path / "another.pest"), ""), state)["texts"] == {}
    assert session(school, state) == wanted


def test_a_code_or_no_folder_lays_nothing_aside(school: School, state: Path, tmp_path: Path) -> None:
    ada = school.open("ada")
    invitation = staffing.reset(ada, kit.person(ada, "bea").id, cost=FLOOR)
    kit.join(school.path, "bea", invitation.code).close()
    assert not state.exists()
    session(school, "")
    assert not lying(tmp_path)
    (tmp_path / "file").write_text("")
    session(school, tmp_path / "file")  # a file where the folder should be


class Full(Files):
    """A disk that takes nothing under that name."""

    def __init__(self, error: int) -> None:
        self.error = error

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if data.startswith(MAGIC) or len(data) > 512:
            super().write(fd, data[:100], offset)
            raise OSError(self.error, "no")
        return super().write(fd, data, offset)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_full_disk_is_no_trouble(school: School, state: Path, error: int) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    wanted = session(school, state)
    before = lying(state)[0].read_bytes()
    vault = enter(school, state, machine=Machine(files=Full(error)))
    assert vault._watch
    vault._watch.aside._worth = 0
    vault.lay_aside()
    vault.close()
    assert [path.read_bytes() for path in lying(state)] == [before]
    assert session(school, state) == wanted


def test_what_a_program_left_that_died_is_no_trouble(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    wanted = session(school, state)
    left = Path(f"{lying(state)[0]}.new-{os.getpid()}")
    left.write_bytes(b"half")
    kit.put(school.open("bea"), "two", "tekst")
    assert session(school, state) != wanted
    assert not left.exists()


def test_verify_and_writing_anew_ask_nothing_of_it(
    school: School, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.put(school.open("bea"), "one", "tekst")
    session(school, state, "ada")
    ada = enter(school, state, "ada")
    signatures = verify(ada).checked
    found = counted(monkeypatch)
    assert verify(ada).checked == signatures
    assert found.count("verify") == signatures
    found.clear()
    compact(ada)
    assert found.count("verify") >= signatures
    ada.close()


def test_nothing_in_it_can_be_read(school: School, state: Path) -> None:
    kit.put(school.open("bea"), "one", "onmiskenbare woorden")
    session(school, state)
    path = lying(state)[0]
    assert path.stat().st_mode & 0o777 == 0o600
    for word in (b"onmiskenbare", b"bea", b"Naam", b"notes", b"coordinator"):
        assert word not in path.read_bytes()
        assert word.decode() not in path.name


@pytest.mark.parametrize("what", ["__version__", "LAYOUT"])
def test_another_program_reads_all_anew(
    school: School, state: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rules may be others: what the last one made of the file is not what this one makes of it."""
    kit.put(school.open("bea"), "one", "tekst")
    wanted = session(school, state)
    monkeypatch.setattr(f"data.vault.aside.{what}", {"__version__": "0.1.1", "LAYOUT": 9}[what])
    found = counted(monkeypatch)
    assert session(school, state) == wanted
    assert found.count("verify") > school.open("bea").directory.count
