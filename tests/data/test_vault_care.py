"""Backups made while others write, put back, and accepted: at every step the old file or the new one, whole."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.errors import Busy, Damaged, NoEntry, NotAllowed, NotSaved, Rollback, UsageError, VaultError
from data.vault import people, staffing
from data.vault.accept import Offer, Why, accept, offer, replaced_files
from data.vault.care import Copied, Restored, backup, look_at_backup, restore
from data.vault.compact import Compacted, compact
from data.vault.crypto import FLOOR
from data.vault.entries import CircleKind, Role, Status
from data.vault.machine import Files, Machine
from data.vault.operations import Put
from data.vault.vault import Vault
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit
from .agreement import assert_agreed
from .test_vault_attack import forge
from .test_vault_pins import ago, enter
from .test_vault_staffing import NEW, ident, opens
from .vault_kit import PASSPHRASE, POLICIES, School


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    folder = tmp_path / "school"
    folder.mkdir()
    made = kit.school(folder)
    yield made
    assert_agreed(made)


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / "state")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "school.pest"


def names(path: Path) -> set[str]:
    return {found.name for found in path.parent.iterdir()}


def at(path: Path, login: str = "ada", passphrase: str = PASSPHRASE, machine: Machine | None = None) -> Vault:
    """Log in to a backup."""
    return Vault.unlock(str(path), login, passphrase, machine=machine or Machine(), policies=POLICIES, cost=FLOOR)


def administrator(school: School) -> None:
    code = people.invite(school.open("ada"), "dirk", "Dirk", [Role.ADMINISTRATOR], cost=FLOOR).code
    kit.join(school.path, "dirk", code).close()


# --- backup ----------------------------------------------------------------------------------------------------


def test_a_backup_is_the_file_and_is_read_back(school: School, target: Path) -> None:
    ada = school.open()
    kit.put(ada, "one", "eerste")
    done = backup(ada, str(target))
    assert target.read_bytes() == school.file.read_bytes()
    assert done == Copied(str(target), ada.mark, school.file.stat().st_size, done.seconds)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert names(target) == {"school.pest"}
    copy = at(target)
    assert copy.read(("notes", "one")) == b"eerste"
    assert verify(copy).whole


def test_who_makes_a_backup(school: School, target: Path) -> None:
    administrator(school)
    for login in ("bea", "ext"):
        with pytest.raises(NotAllowed):
            backup(school.open(login), str(target))
    assert not target.exists()
    for login in ("dirk", "dor", "ada"):
        backup(school.open(login), str(target))


def test_only_an_older_backup_of_the_same_school_is_replaced(school: School, target: Path, tmp_path: Path) -> None:
    ada = school.open()
    backup(ada, str(target))
    kit.put(ada, "one")
    backup(ada, str(target))  # over the older one
    backup(ada, str(target))  # over its like
    newer = target.with_name("newer")
    kit.put(ada, "two")
    backup(ada, str(newer))
    compact(ada)
    backup(ada, str(newer))
    foreign = target.with_name("foreign")
    kit.create(str(foreign))[0].close()
    junk, folder, link = (target.with_name(name) for name in ("junk", "folder", "link"))
    junk.write_bytes(b"a letter")
    folder.mkdir()
    link.symlink_to(junk)
    older = at(target)
    for there in (foreign, junk, folder, link, newer):
        with pytest.raises(UsageError):
            backup(older if there is newer else ada, str(there))
    assert junk.read_bytes() == b"a letter"
    with pytest.raises(UsageError):
        backup(ada, school.path, force=True)
    backup(ada, str(junk), force=True)
    backup(ada, str(link), force=True)
    assert not link.is_symlink()
    assert verify(at(junk)).whole


def test_a_damaged_or_older_file_is_not_backed_up(school: School, target: Path, state: str) -> None:
    ada = enter(school, state)
    kit.put(ada, "one")
    old = school.file.read_bytes()
    kit.put(ada, "two")
    backup(ada, str(target))
    kept = target.read_bytes()
    ada.close()
    school.file.write_bytes(old)
    with pytest.raises(Rollback):
        backup(enter(school, state), str(target), force=True)
    school.file.write_bytes(kept)
    school.damage(len(kept) - 900, 1)
    with pytest.raises(Damaged):
        backup(enter(school, state), str(target), force=True)
    assert target.read_bytes() == kept


def test_an_unfinished_save_is_left_out(school: School, target: Path) -> None:
    whole = school.file.read_bytes()
    school.file.write_bytes(whole + b"FRM1")
    backup(school.open(), str(target))
    assert target.read_bytes() == whole


def test_a_file_that_can_only_be_read_is_backed_up(school: School, target: Path) -> None:
    class ReadOnly(Files):
        def open(self, path: str, flags: int, mode: int = 0o600) -> int:
            if flags & (os.O_RDWR | os.O_WRONLY) and path.startswith(school.path):
                raise PermissionError(errno.EACCES, "Permission denied")
            return super().open(path, flags, mode)

    backup(school.open(machine=Machine(files=ReadOnly())), str(target))
    assert target.read_bytes() == school.file.read_bytes()


def test_a_busy_file_is_not_waited_for_for_ever(school: School, target: Path) -> None:
    with school.open("bea").transaction(), pytest.raises(Busy):
        backup(school.open(machine=kit.Impatient()), str(target))


WRITER = """
import sys
import time
from tests.data import vault_kit as kit
from data.vault.compact import compact
vault = kit.School(sys.argv[1], "").open(sys.argv[2])
print("ready", flush=True)
number = 0
while True:
    kit.put(vault, f"{sys.argv[2]} {number}", "x" * (number * 37 % 2000))
    print(number, flush=True)
    number += 1
    time.sleep(0.01)
    if sys.argv[2] == "ben" and number % 9 == 0:
        compact(vault)
"""


def test_backups_while_two_write_and_one_writes_it_anew(school: School, target: Path) -> None:
    """Each backup is whole, holds all that was acknowledged before it began, and no half of anything."""
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, school.path, login], stdout=subprocess.PIPE, text=True)
        for login in ("bea", "ben")
    ]
    try:
        for process in running:
            assert process.stdout
            process.stdout.readline()
        keeper = school.open("dor")
        for number in range(12):
            told = []
            for process in running:
                assert process.stdout
                told.append(int(process.stdout.readline()))
            path = target.with_name(f"backup {number}")
            done = backup(keeper, str(path))
            copy = at(path)
            assert verify(copy).whole
            assert copy.mark == done.mark
            for login, last in zip(("bea", "ben"), told, strict=True):
                assert f"{login} {last}" in copy.ids("notes")
            copy.close()
    finally:
        for process in running:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()


# --- restore ---------------------------------------------------------------------------------------------------


def lost(school: School, target: Path) -> Vault:
    """Two notes, a backup after the first."""
    ada = school.open()
    kit.put(ada, "one", "eerste")
    backup(ada, str(target))
    kit.put(ada, "two", "tweede")
    return ada


def test_a_backup_is_put_back_where_nothing_lies(school: School, target: Path) -> None:
    lost(school, target)
    school.file.unlink()
    done = restore(at(target), school.path)
    assert done.kept == ""
    assert school.file.read_bytes() == target.read_bytes()
    assert names(school.file) == {"school.pest", "school.pest.lock"}
    kit.put(school.open(), "three")


def test_never_over_a_newer_file_without_being_told_so(school: School, target: Path) -> None:
    lost(school, target)
    newer = school.file.read_bytes()
    putting = look_at_backup(at(target), school.path)
    assert putting.newer
    assert putting.offer.known
    with pytest.raises(UsageError):
        restore(at(target), school.path)
    assert school.file.read_bytes() == newer
    assert names(school.file) == {"school.pest", "school.pest.lock"}
    school.file.chmod(0o640)
    done = restore(at(target), school.path, older=True)
    assert school.file.read_bytes() == target.read_bytes()
    assert stat.S_IMODE(school.file.stat().st_mode) == 0o640
    kept = Path(done.kept)
    assert kept.read_bytes() == newer
    generation, seq = putting.there.place if putting.there else (0, 0)
    assert kept.name == f"school.pest.before-restore-{generation}-{seq}.pest"
    # Once more: the file that is kept already is not written over.
    school.file.write_bytes(newer)
    again = restore(at(target), school.path, older=True)
    assert again.kept != done.kept
    assert Path(again.kept).read_bytes() == newer


def test_a_damaged_file_is_replaced_and_kept(school: School, target: Path) -> None:
    ada = school.open()
    kit.put(ada, "one")
    kit.put(ada, "two")
    backup(ada, str(target))
    school.damage(2_000, 1)
    bad = school.file.read_bytes()
    done = restore(at(target), school.path)
    assert Path(done.kept).read_bytes() == bad
    assert verify(school.open()).whole


@pytest.mark.parametrize("what", ["junk", "a damaged header", "an empty file"])
def test_what_is_no_file_any_more_is_replaced_and_kept(school: School, target: Path, what: str) -> None:
    lost(school, target)
    data = school.file.read_bytes()
    bad = {"junk": b"junk" * 100, "a damaged header": data[:20] + b"!" + data[21:], "an empty file": b""}[what]
    school.file.write_bytes(bad)
    done = restore(at(target), school.path)
    assert Path(done.kept).read_bytes() == bad
    assert verify(school.open()).whole


def test_what_is_not_put_back(school: School, target: Path, tmp_path: Path) -> None:
    lost(school, target)
    before = school.file.read_bytes()
    foreign = tmp_path / "foreign.pest"
    kit.create(str(foreign))[0].close()
    with pytest.raises(UsageError):
        restore(at(foreign), school.path, older=True)
    with pytest.raises(UsageError):
        restore(school.open(), school.path, older=True)
    for login in ("bea", "ext"):
        with pytest.raises(NotAllowed):
            restore(at(target, login), school.path, older=True)
    with pytest.raises(NoEntry):
        at(target, "ada", "niet deze zin")
    data = target.read_bytes()
    target.write_bytes(data[:-300] + bytes([data[-300] ^ 1]) + data[-299:])
    with pytest.raises(Damaged):
        restore(at(target), school.path, older=True)
    # What is forged in a backup is damage too.
    ben, place = school.open("ben"), ("notes", "x")
    kit.inject(ben, Put(place, forge(ben, place, author=ident(ben, "bea"), home=school.open("bea").own_circle())))
    target.write_bytes(school.file.read_bytes())
    school.file.write_bytes(before)
    with pytest.raises(Damaged):
        restore(at(target), school.path, older=True)
    assert school.file.read_bytes() == before
    assert names(school.file) == {"school.pest", "school.pest.lock"}


def test_who_may_not_any_more_does_not_put_back(school: School, target: Path) -> None:
    lost(school, target)
    staffing.change_person(school.open(), ident(school.open(), "dor"), roles=[Role.TEACHER], groups=[], until=None)
    with pytest.raises(NotAllowed):
        restore(at(target, "dor"), school.path, older=True)


def test_somebody_saves_while_it_is_put_back(school: School, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost(school, target)
    plain = look_at_backup

    def slow(*arguments: object) -> object:
        found = plain(*arguments)  # type: ignore[arg-type]
        kit.put(school.open("ben"), "meanwhile")
        return found

    monkeypatch.setattr("data.vault.care.look_at_backup", slow)
    with pytest.raises(NotSaved):
        restore(at(target), school.path, older=True)
    assert "meanwhile" in school.open().ids("notes")


# --- accept ----------------------------------------------------------------------------------------------------


def test_restored_and_not_accepted_it_is_only_read(school: School, target: Path, state: str) -> None:
    lost(school, target)
    enter(school, state, "bea").close()
    bea = enter(school, state, "bea")
    kit.put(bea, "mine")
    restore(at(target), school.path, older=True)
    with pytest.raises(Rollback):
        bea.refresh()
    assert bea.read(("notes", "mine"))
    with pytest.raises(Rollback):
        kit.put(bea, "more")
    fresh = enter(school, state, "bea")
    assert fresh.alarm
    with pytest.raises(Rollback):
        kit.put(fresh, "more")
    with pytest.raises(NotAllowed):
        accept(fresh)
    # Who was never here takes it as it is.
    kit.put(school.open("ben"), "by ben")


def accepted(school: School, state: str) -> tuple[Compacted, Offer]:
    """Ada accepts what lies there."""
    ada = enter(school, state)
    replaced = replaced_files(ada)
    told = offer(ada, replaced)
    done = accept(ada, replaced)
    assert ada.alarm is None
    kit.put(ada, "after", "verder")
    ada.close()
    return done, told


def test_once_accepted_everybody_goes_on(school: School, target: Path, state: str) -> None:
    enter(school, state).close()
    lost(school, target)
    bea, ben = enter(school, state, "bea"), enter(school, state, "ben")
    kit.put(bea, "mine")
    kit.put(ben, "bens")
    restore(at(target), school.path, older=True)
    for one in (bea, ben):
        with pytest.raises(Rollback):
            one.refresh()
    done, told = accepted(school, state)
    assert done.generation == 2
    assert told.known
    assert told.back == ()
    # Who has it open, and who logs in later: told once, and on they go.
    bea.refresh()
    assert bea.take_accepted()
    assert not bea.take_accepted()
    assert bea.alarm is None
    kit.put(bea, "again")
    ben.close()
    later = enter(school, state, "ben")
    assert later.take_accepted()
    assert later.alarm is None
    kit.put(later, "bens again")
    later.close()
    assert not enter(school, state, "ben").take_accepted()
    assert "two" not in school.open().ids("notes")
    assert verify(school.open()).whole


def test_the_accepted_file_is_a_generation_above_all_and_has_another_key(
    school: School, target: Path, state: str
) -> None:
    ada = enter(school, state)
    kit.put(ada, "one")
    backup(ada, str(target))
    old_key = ada.vault_key
    for number in range(3):
        compact(ada)
        kit.put(ada, f"lost {number}")
    ada.close()
    newer = school.file.read_bytes()
    restore(at(target), school.path, older=True)
    done, _ = accepted(school, state)
    assert done.generation == 5
    fresh = school.open()
    assert fresh.vault_key != old_key
    assert [number for number, _, _ in fresh.state.earlier] == [1, 2, 3, 4]
    assert [seq for _, seq, _ in fresh.state.earlier[1:]] == [0, 0, 0]
    # The file of before does not come back by itself: it is older now.
    fresh.close()
    school.file.write_bytes(newer)
    assert enter(school, state).alarm
    # And neither does the backup: it is accepted no more.
    school.file.write_bytes(target.read_bytes())
    assert enter(school, state).alarm


def test_a_second_restore_is_accepted_as_well(school: School, target: Path, state: str) -> None:
    enter(school, state).close()
    lost(school, target)
    for number in range(1, 4):
        bea = enter(school, state, "bea")
        kit.put(bea, f"round {number}")
        bea.close()
        restore(at(target), school.path, older=True)
        assert enter(school, state, "bea").alarm
        done, _ = accepted(school, state)
        assert done.generation == number + 1
        assert enter(school, state, "bea").alarm is None


def test_somebody_who_left_does_not_get_back_in(school: School, target: Path, state: str) -> None:
    """By the backup their passphrase opens the file; once it is accepted, nothing of theirs does."""
    ada = enter(school, state)
    case = kit.new_case(ada, "Z-1", "bea")
    backup(ada, str(target))
    staffing.revoke(ada, ident(ada, "bea"))
    ada.close()
    putting = look_at_backup(at(target), school.path)
    assert [(back.login, back.why) for back in putting.offer.back] == [("bea", Why.LEFT)]
    restore(at(target), school.path, older=True)
    before = school.open("bea")  # until then
    _, told = accepted(school, state)
    assert [(back.login, back.why) for back in told.back] == [("bea", Why.LEFT)]
    with pytest.raises(NoEntry):
        before.refresh()
    with pytest.raises(NoEntry):
        school.open("bea")
    fresh = school.open()
    assert fresh.directory.people[before.opened.person].status is Status.LEFT
    assert before.opened.person not in fresh.directory.members[case]
    assert fresh.directory.circles[case].epoch == 2
    assert fresh.directory.stale <= {before.own_circle()}  # which nobody uses any more
    assert verify(fresh).whole


def test_what_else_was_taken_away_is_taken_away_again(school: School, target: Path, state: str) -> None:
    ada = enter(school, state)
    case = kit.new_case(ada, "Z-1", "ben")
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    backup(ada, str(target))
    ada.refresh()
    staffing.change_person(ada, ident(ada, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    with ada.transaction() as transaction:
        transaction.leave(case, ident(ada, "ben"))
    staffing.reset(ada, ident(ada, "bea"), cost=FLOOR)
    kit.join(school.path, "cas", invitation.code).close()
    ben = school.open("ben")
    staffing.change_passphrase(ben, PASSPHRASE, NEW, cost=FLOOR)
    ada.close()
    restore(at(target), school.path, older=True)
    _, told = accepted(school, state)
    why = {back.login: back.why for back in told.back}
    assert why == {"dor": Why.TASKS, "bea": Why.KEYS, "ben": Why.CIRCLES, "cas": Why.KEYS}
    fresh = school.open()
    assert not kit.person(fresh, "dor").steward
    assert kit.person(fresh, "dor").id not in fresh.directory.members[fresh.directory.the(CircleKind.DIRECTION).id]
    assert ident(fresh, "ben") not in fresh.directory.members[case]
    with pytest.raises(NoEntry):
        school.open("bea")
    with pytest.raises(NoEntry):
        kit.join(school.path, "cas", invitation.code)
    with pytest.raises(NoEntry):
        school.open("ben")
    assert opens(school, "ben", NEW).me.login == "ben"
    # Who needs a new code gets one.
    code = staffing.reset(fresh, ident(fresh, "bea"), cost=FLOOR).code
    assert kit.join(school.path, "bea", code).me.status is Status.ACTIVE
    assert verify(school.open()).whole


def test_without_the_file_of_before_that_is_said(school: School, target: Path, state: str) -> None:
    ada = enter(school, state)
    backup(ada, str(target))
    staffing.revoke(ada, ident(ada, "bea"))
    ada.close()
    school.file.write_bytes(target.read_bytes())
    done, told = accepted(school, state)
    assert not told.known
    assert told.back == ()
    assert done.generation == 3  # the pin knew of the second
    assert school.open("bea").me.login == "bea"


def test_there_has_to_be_something_to_accept(school: School, state: str) -> None:
    ada = enter(school, state)
    before = school.file.read_bytes()
    with pytest.raises(UsageError):
        accept(ada, replaced_files(ada))
    assert school.file.read_bytes() == before


def test_who_was_a_steward_in_the_backup_only_does_not_accept(school: School, target: Path, state: str) -> None:
    ada = school.open()
    backup(ada, str(target))
    staffing.change_person(ada, ident(ada, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    restore(at(target), school.path, older=True)
    dor = enter(school, state, "dor")
    assert dor.me.steward
    with pytest.raises(NotAllowed):
        accept(dor, replaced_files(dor))


def test_a_steward_without_a_pin_accepts_for_the_others(school: School, target: Path, state: str) -> None:
    bea = enter(school, state, "bea")
    lost(school, target)
    bea.refresh()
    kit.put(bea, "mine")
    restore(at(target), school.path, older=True)
    done, _ = accepted(school, str(Path(state).with_name("other state")))
    assert done.generation == 2
    bea.refresh()
    assert bea.alarm is None


# --- it dies; each step on its own is in test_vault_steps ---------------------------------------------------------


KILLER = """
import sys
from tests.data import vault_kit as kit
from tests.data.test_vault_care import at, enter
from data.vault.care import backup, restore
from data.vault.accept import accept, replaced_files
from pathlib import Path
path, target, state = sys.argv[1:4]
school = kit.School(path, "")
print("ready", flush=True)
number = 0
while True:
    number += 1
    vault = enter(school, state)
    if vault.alarm:
        accept(vault, replaced_files(vault))
    backup(vault, target + str(number % 2))
    kit.put(vault, f"{sys.argv[4]} {number}", "x")
    vault.close()
    restore(at(Path(target + str(number % 2))), path, older=True)
    for kept in Path(path).parent.glob("*.before-restore-*"):
        kept.unlink()
"""


def kill_loop(school: School, target: Path, state: str, rounds: int) -> None:
    """Kill a program that makes backups, puts them back and accepts them, in the middle of whatever it does."""
    ada = enter(school, state)
    kit.put(ada, "always", "altijd")
    ada.close()
    for number in range(rounds):
        with subprocess.Popen(
            [sys.executable, "-c", KILLER, school.path, str(target), state, str(number)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.02 + number * 0.037 % 0.3)
            process.send_signal(signal.SIGKILL)
        count("kills survived")
        vault = enter(school, state)
        report = verify(vault)
        assert report.whole or report.older, report.problems
        assert vault.read(("notes", "always")) == b"altijd"
        for copy in target.parent.glob("school.pest?"):
            assert verify(at(copy)).whole
        vault.close()
    vault = enter(school, state)
    if vault.alarm:
        accept(vault, replaced_files(vault))
    compact(vault)
    assert verify(vault).whole
    backup(vault, f"{target}0", force=True)
    backup(vault, f"{target}1", force=True)
    assert not any(".new-" in name for name in names(school.file) | names(target))


def test_killed_while_it_cares(school: School, target: Path, state: str) -> None:
    kill_loop(school, target, state, 6)


@pytest.mark.deep
def test_killed_a_hundred_times_while_it_cares(school: School, target: Path, state: str) -> None:
    kill_loop(school, target, state, 100)


def test_what_a_living_program_is_making_is_left_alone(school: School, target: Path) -> None:
    """Two backups to one name at once: neither removes the other's temporary file."""
    ada, dor = school.open(), school.open("dor")
    seen: list[bool] = []

    class Meeting(Files):
        def rename(self, before: str, path: str) -> None:
            backup(dor, str(target))
            seen.append(Path(before).exists())
            super().rename(before, path)

    ada.close()
    backup(school.open(machine=Machine(files=Meeting())), str(target))
    assert seen == [True]
    assert verify(at(target)).whole


def test_progress_goes_up_to_one(school: School, target: Path, state: str) -> None:
    ada = enter(school, state)
    for number in range(5):
        kit.put(ada, f"note {number}")

    def told(run: Callable[[Callable[[float], None]], object]) -> list[float]:
        parts: list[float] = []
        run(parts.append)
        return parts

    for parts in (
        told(lambda tell: backup(ada, str(target), progress=tell)),
        told(lambda tell: verify(ada, tell)),
        told(lambda tell: compact(ada, progress=tell)),
        told(lambda tell: restore(at(target), school.path, older=True, progress=tell)),
    ):
        assert parts == sorted(parts)
        assert 0 < parts[0] <= parts[-1] <= 1
        assert len(parts) > 1


def test_what_is_said_says_what_to_do(school: School, target: Path) -> None:
    """Every refusal of this page is one sentence or more, and none of them names a person or a pupil."""
    lost(school, target)
    said = []
    for run in (
        lambda: restore(at(target), school.path),
        lambda: backup(school.open("bea"), str(target)),
        lambda: backup(at(target), school.path),
        lambda: accept(school.open()),
    ):
        with pytest.raises(VaultError) as caught:
            try:
                run()
            except UsageError as problem:
                raise VaultError(problem.message, **problem.values) from None
        said.append(str(caught.value))
    assert all(text.endswith((".", "--older.", "--force.")) for text in said), said
    assert not any(name in text for text in said for name in ("Ada", "Bea"))


def test_restored_says_where_it_kept_what_lay_there(school: School, target: Path) -> None:
    lost(school, target)
    done = restore(at(target), school.path, older=True)
    assert isinstance(done, Restored)
    assert done.copied.path == school.path
    ago(school)
    assert replaced_files(school.open())[0].mark.seq > done.copied.mark.seq
