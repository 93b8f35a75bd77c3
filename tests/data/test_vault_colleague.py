"""An older copy that only a colleague's program recognises: the number in their alarm lets a steward accept it."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from data.errors import NotAllowed, Rollback, UsageError
from data.vault import staffing
from data.vault.accept import FURTHEST, accept, offer
from data.vault.compact import compact
from data.vault.entries import Role
from data.vault.machine import Machine
from data.vault.mark import Mark, read_number
from data.vault.vault import Vault
from data.vault.verify import verify

from . import vault_kit as kit
from .test_vault_pins import enter
from .test_vault_staffing import ident
from .vault_kit import School


@pytest.fixture
def school(tmp_path: Path) -> School:
    folder = tmp_path / "school"
    folder.mkdir()
    return kit.school(folder)


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / "state")


def saved(school: School, state: str, login: str, *idents: str) -> None:
    vault = enter(school, state, login)
    for one in idents:
        kit.put(vault, one, one)
    vault.close()


def number(school: School, state: str, login: str = "bea") -> Mark:
    """Return the number in somebody's alarm, as a colleague types it."""
    vault = enter(school, state, login)
    assert vault.alarm
    assert str(vault.alarm.values["number"]) in str(vault.alarm)
    found = read_number(str(vault.alarm.values["number"]))
    with pytest.raises(Rollback):
        kit.put(vault, "more")
    vault.close()
    return found


def lost(school: School, state: str) -> bytes:
    """Put back a copy that ada has seen all of, and bea more; return the newer file."""
    saved(school, state, "ada", "by ada")
    copy = school.file.read_bytes()
    saved(school, state, "bea", "lost 1", "lost 2")
    newer = school.file.read_bytes()
    school.file.write_bytes(copy)
    return newer


def goes_on(school: School, state: str, login: str = "bea") -> None:
    """Told once, and then saving as ever."""
    vault = enter(school, state, login)
    assert vault.alarm is None
    assert vault.take_accepted()
    kit.put(vault, f"after, by {login}", "verder")
    vault.close()
    assert not enter(school, state, login).take_accepted()


def test_a_steward_to_whom_nothing_looks_older_accepts_for_a_colleague(school: School, state: str) -> None:
    lost(school, state)
    open_still = enter(school, state, "bea")
    seen = number(school, state)
    ada = enter(school, state)
    assert ada.alarm is None
    told = offer(ada, [], seen)
    assert (told.colleague, told.known, told.back) == (True, False, ())
    old_key = ada.vault_key
    done = accept(ada, seen=seen)
    assert (done.generation, ada.alarm, ada.vault_key == old_key) == (2, None, False)
    ada.close()
    open_still.refresh()
    assert open_still.alarm is None
    kit.put(open_still, "at once")
    open_still.close()
    fresh = school.open()
    assert verify(fresh).whole
    (signed,) = fresh.directory.acceptances
    assert signed[0] == 2
    assert "by ada" in fresh.ids("notes")
    assert "lost 1" not in fresh.ids("notes")


def test_who_logs_in_later_goes_on_too_and_others_are_told_nothing(school: School, state: str) -> None:
    saved(school, state, "ben", "by ben")
    lost(school, state)
    seen = number(school, state)
    accept(enter(school, state), seen=seen)
    goes_on(school, state)
    ben = enter(school, state, "ben")  # all that he saw is there
    assert ben.alarm is None
    assert not ben.take_accepted()


def test_the_lost_part_had_been_written_anew(school: School, state: str) -> None:
    """The acceptance has to lie above what the colleague saw, of which the steward's own program knows nothing."""
    saved(school, state, "ada", "by ada")
    copy = school.file.read_bytes()
    dor = enter(school, state, "dor")
    for _ in range(3):
        compact(dor)
    dor.close()
    saved(school, state, "bea", "lost")
    school.file.write_bytes(copy)
    seen = number(school, state)
    assert seen.generation == 4
    assert accept(enter(school, state), seen=seen).generation == 5
    goes_on(school, state)
    fresh = school.open()
    assert [seq for _, seq, _ in fresh.state.earlier[1:]] == [0, 0, 0]
    assert verify(fresh).whole


def test_a_file_that_went_another_way(school: School, state: str) -> None:
    """By now it is longer than what the colleague saw: the beginning of the hash tells them apart."""
    lost(school, state)
    saved(school, state, "ada", *(f"other {each}" for each in range(5)))
    seen = number(school, state)
    ada = enter(school, state)
    assert ada.mark.seq > seen.seq
    accept(ada, seen=seen)
    bea = enter(school, state, "bea")
    assert bea.alarm is None
    kit.put(bea, "after")
    assert "other 4" in school.open().ids("notes")


def test_a_first_acceptance_that_was_too_low(school: School, state: str) -> None:
    """Ada has an alarm of her own and accepts; bea saw more than ada did, and needs another one."""
    saved(school, state, "ben", "by ben")
    copy = school.file.read_bytes()
    saved(school, state, "ada", "lost 1")
    dor = enter(school, state, "dor")
    compact(dor)
    dor.close()
    saved(school, state, "bea", "lost 2")
    school.file.write_bytes(copy)
    assert accept(enter(school, state)).generation == 2
    seen = number(school, state)
    assert accept(enter(school, state), seen=seen).generation == 3
    goes_on(school, state)


def refused(vault: Vault, school: School, seen: Mark | None, error: type[Exception] = UsageError) -> str:
    """Neither offered nor done, and not a byte is written; returns why."""
    before, names = school.file.read_bytes(), sorted(school.file.parent.iterdir())
    with pytest.raises(error):
        offer(vault, [], seen)
    with pytest.raises(error) as why:
        accept(vault, seen=seen)
    assert (school.file.read_bytes(), sorted(school.file.parent.iterdir())) == (before, names)
    return str(why.value)


def test_nothing_is_accepted_for_nothing(school: School, state: str) -> None:
    newer = lost(school, state)
    seen = number(school, state)
    ada = enter(school, state)
    assert "--seen" in refused(ada, school, None)
    # The newer file was found: all that the number speaks of is there.
    ada.close()
    school.file.write_bytes(newer)
    ada = enter(school, state)
    assert "nothing is missing" in refused(ada, school, seen)
    kit.put(ada, "more")
    assert "nothing is missing" in refused(ada, school, seen)
    # No number of this school, though it looks like one.
    far = Mark(ada.mark.generation + FURTHEST + 1, 1, bytes(2))
    assert far.number in refused(ada, school, far)


def test_the_right_file_is_put_back_while_the_question_stands(
    school: School, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = lost(school, state)
    seen = number(school, state)
    ada = enter(school, state)
    assert offer(ada, [], seen).colleague
    copy = school.file.read_bytes()
    school.file.write_bytes(newer)
    refused(ada, school, seen)
    # Also in the last moment: while the lock is waited for.
    school.file.write_bytes(copy)
    locked = ada.journal.locked

    def late() -> AbstractContextManager[None]:
        school.file.write_bytes(newer)
        return locked()

    with monkeypatch.context() as patch:
        patch.setattr(ada.journal, "locked", late)
        with pytest.raises(UsageError):
            accept(ada, seen=seen)
    assert school.file.read_bytes() == newer
    assert enter(school, state, "bea").alarm is None


def test_accepting_twice_says_that_it_was_done(school: School, state: str) -> None:
    lost(school, state)
    seen = number(school, state)
    accept(enter(school, state), seen=seen)
    assert "already" in refused(enter(school, state), school, seen)
    # Another steward may: the colleague may have known only that one.
    assert offer(enter(school, state, "dor"), [], seen).colleague


def test_only_stewards_accept_for_others(school: School, state: str) -> None:
    lost(school, state)
    seen = number(school, state)
    refused(enter(school, state, "bea"), school, seen, NotAllowed)
    refused(enter(school, state, "ben"), school, seen, NotAllowed)


def test_who_is_no_steward_any_more_is_not_believed(school: School, state: str) -> None:
    """Dor was let go in the lost part: with the copy she can accept, and bea, who knows, goes on reading only."""
    saved(school, state, "bea", "one")
    copy = school.file.read_bytes()
    ada = enter(school, state)
    staffing.change_person(ada, ident(ada, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    ada.close()
    saved(school, state, "bea", "two")
    school.file.write_bytes(copy)
    seen = number(school, state)
    accept(enter(school, str(Path(state).with_name("dors")), "dor"), seen=seen)
    assert enter(school, state, "bea").alarm


def test_an_open_session_tells_how_far_it_was(school: School, state: str) -> None:
    """Also where no pin is kept: what it has read itself counts."""
    copy = school.file.read_bytes()
    bea = school.open("bea", Machine())
    kit.put(bea, "lost")
    compact(enter(school, state, "dor"))
    bea.refresh()
    mark = bea.mark
    copy_beside = school.file.with_name("copy")
    copy_beside.write_bytes(copy)
    copy_beside.rename(school.path)
    with pytest.raises(Rollback) as alarm:
        bea.refresh()
    assert alarm.value.values["number"] == mark.number
    accept(enter(school, str(Path(state).with_name("adas"))), seen=read_number(mark.number))
    bea.refresh()
    assert bea.alarm is None


@pytest.mark.parametrize("typed", ["2-214-9f3a", " 2-214-9F3A ", "2 - 214 - 9f3a\n"])
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert read_number(typed) == Mark(2, 214, b"\x9f\x3a")
    assert Mark(2, 214, b"\x9f\x3a" + bytes(30)).number == "2-214-9f3a"


@pytest.mark.parametrize(
    "typed",
    ["", "2", "2-214", "2-214-9f3", "2-214-9f3g", "0-1-0000", "2-0-0000", "-1-2-0000", f"{10**9}-1-0000", "٢-1-0000"],
)
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(UsageError):
        read_number(typed)
