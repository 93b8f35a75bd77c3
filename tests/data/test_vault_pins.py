"""Pins: an older copy or a fork in the file's place is read only, and said; everything else about them is quiet."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import Damaged, NotSaved, Rollback
from data.vault import crypto, people, slots, staffing
from data.vault.compact import compact
from data.vault.crypto import FLOOR
from data.vault.entries import Acceptance, Role
from data.vault.machine import Files, Machine
from data.vault.pin import MAGIC, SIZE, PinFile
from data.vault.vault import Vault, settle
from data.vault.verify import verify

from . import vault_kit as kit
from .agreement import assert_agreed
from .test_vault_attack import entry, refused
from .test_vault_staffing import first_operations, ident, write_anew
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


def enter(school: School, state: str, login: str = "ada", machine: Machine | None = None) -> Vault:
    """Log in on a machine that remembers."""
    return Vault.unlock(
        school.path, login, PASSPHRASE, machine=machine or Machine(), policies=POLICIES, cost=FLOOR, pins=state
    )


def saved(school: School, state: str, ident: str, login: str = "ada") -> None:
    """Save a note, and remember it."""
    vault = enter(school, state, login)
    kit.put(vault, ident, ident)
    vault.close()


def pins(state: str) -> list[Path]:
    return sorted(Path(state).glob("pin-*"))


def ago(school: School) -> None:
    """Let the file's last change lie so far back that nobody can be taking it back."""
    os.utime(school.path, ns=(10**18, 10**18))


def alarmed(vault: Vault, school: School) -> None:
    """Only read, with the alarm and its exit code; and not a byte is written."""
    before = school.file.read_bytes()
    assert vault.alarm
    assert vault.alarm.exit_code == 4
    with pytest.raises(Rollback):
        kit.put(vault, "more")
    with pytest.raises(Rollback):
        compact(vault)
    assert settle(vault) == 0
    report = verify(vault)
    assert (report.whole, report.older) == (False, True)
    assert len(report.problems) == 1
    assert school.file.read_bytes() == before


# --- what is noticed -------------------------------------------------------------------------------------------


def test_an_older_copy_is_only_read(school: School, state: str) -> None:
    saved(school, state, "one")
    old = school.file.read_bytes()
    saved(school, state, "two")
    school.file.write_bytes(old)
    vault = enter(school, state)
    assert vault.read(("notes", "one")) == b"one"
    alarmed(vault, school)
    vault.close()
    # It does not become right by being looked at, and the right one is taken as ever.
    alarmed(enter(school, state), school)


def test_the_right_file_put_back_ends_the_alarm(school: School, state: str) -> None:
    saved(school, state, "one")
    old = school.file.read_bytes()
    saved(school, state, "two")
    new = school.file.read_bytes()
    school.file.write_bytes(old)
    vault = enter(school, state)
    assert vault.alarm
    school.file.write_bytes(new)
    vault.refresh()
    assert vault.alarm is None
    kit.put(vault, "three")
    assert verify(vault).whole


def test_a_fork_is_only_read(school: School, state: str) -> None:
    """As long as what was seen, or longer, but other saves in it: by a colleague who has no pin here."""
    saved(school, state, "one")
    old = school.file.read_bytes()
    saved(school, state, "two")
    school.file.write_bytes(old)
    other = school.open("bea")
    for number in range(3):
        kit.put(other, f"fork {number}")
        other.refresh()
        alarmed(enter(school, state), school)


def test_an_older_generation_is_only_read(school: School, state: str) -> None:
    old = school.file.read_bytes()
    vault = enter(school, state)
    compact(vault)
    vault.close()
    school.file.write_bytes(old)
    alarmed(enter(school, state), school)


def test_a_fork_written_anew_is_only_read(school: School, state: str) -> None:
    """Its generation is later, but it lists another past."""
    saved(school, state, "one")
    old = school.file.read_bytes()
    saved(school, state, "two")
    school.file.write_bytes(old)
    compact(school.open("bea"))
    alarmed(enter(school, state), school)


def test_people_left_out_of_a_file_written_anew(school: School, state: str) -> None:
    """A colleague with the vault key leaves out that somebody lost their tasks: who logs in afterwards notices."""
    vault = enter(school, state)
    staffing.change_person(vault, ident(vault, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    vault.close()
    ben = school.open("ben")
    operations = first_operations(ben)
    last = max(at for at, one in enumerate(operations) if type(one).__name__ == "PutEntry")
    write_anew(ben, [one for at, one in enumerate(operations) if at < last], seq=ben.journal.seq + 1000)
    alarmed(enter(school, state), school)


def test_a_file_cut_off_within_what_was_saved(school: School, state: str) -> None:
    saved(school, state, "one")
    whole = school.file.read_bytes()
    saved(school, state, "two")
    for cut in (len(whole), len(whole) + 1, len(whole) + 40, school.file.stat().st_size - 1):
        os.truncate(school.path, cut)
        alarmed(enter(school, state), school)


def test_damage_is_said_as_damage(school: School, state: str) -> None:
    saved(school, state, "one")
    at = school.file.stat().st_size - 300
    saved(school, state, "two")
    school.damage(at, 1)
    vault = enter(school, state)
    assert vault.damage
    assert vault.alarm is None
    assert not verify(vault).older
    with pytest.raises(NotSaved):
        kit.put(vault, "three")


@pytest.mark.parametrize("how", ["rename", "in place"])
def test_the_right_file_put_back_while_a_session_is_open(school: School, state: str, how: str) -> None:
    saved(school, state, "one")
    old = school.file.read_bytes()
    vault = enter(school, state)
    kit.put(vault, "two")
    new, kept = school.file.read_bytes(), school.file.with_name("kept")
    if how == "rename":
        school.file.rename(kept)
    school.file.write_bytes(old)
    with pytest.raises(Rollback):
        vault.refresh()
    assert vault.alarm
    if how == "rename":
        kept.rename(school.path)
    else:
        school.file.write_bytes(new)
    vault.refresh()
    assert vault.alarm is None
    kit.put(vault, "three")


@pytest.mark.parametrize("how", ["rename", "in place"])
def test_an_older_copy_put_back_while_a_session_is_open(school: School, state: str, how: str) -> None:
    saved(school, state, "one")
    old = school.file.read_bytes()
    vault = enter(school, state)
    kit.put(vault, "two", "tweede")
    if how == "rename":
        other = school.file.with_name("other")
        other.write_bytes(old)
        other.replace(school.path)
    else:
        school.file.write_bytes(old)
    with pytest.raises(Rollback):
        vault.refresh()
    assert vault.read(("notes", "two")) == b"tweede"
    alarmed(vault, school)


def test_a_refused_file_is_not_read_every_second(school: School, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(school, state, "one")
    old = school.file.read_bytes()
    vault = enter(school, state)
    kit.put(vault, "two")
    school.file.write_bytes(old)
    ago(school)
    read: list[int] = []
    plain = Files.read

    def counting(self: Files, fd: int, count: int, offset: int) -> bytes:
        read.append(count)
        return plain(self, fd, count, offset)

    monkeypatch.setattr(Files, "read", counting)
    for _ in range(5):
        with pytest.raises(Rollback):
            vault.refresh()
    assert len([count for count in read if count > 10_000]) <= 2


# --- what is no reason for alarm -------------------------------------------------------------------------------


def test_the_first_time_is_trusted(school: School, state: str) -> None:
    vault = enter(school, state)
    assert vault.alarm is None
    assert vault.take_trouble() is None
    kit.put(vault, "one")


def test_what_follows_is_taken(school: School, state: str) -> None:
    """Saves and generations of others, a vault key that changed, somebody who left: no pin minds."""
    saved(school, state, "one")
    ben = school.open("ben")
    kit.put(ben, "by ben")
    for change in (compact, lambda vault: staffing.revoke(vault, ident(vault, "bea"))):
        other = school.open("ada")
        change(other)
        kit.put(other, f"note {other.journal.header.generation}")
        vault = enter(school, state)
        assert vault.alarm is None
        assert verify(vault).whole
        vault.close()
    compact(school.open("ada"))
    compact(school.open("ada"))
    assert enter(school, state).alarm is None


def test_a_reader_past_a_cut_back_end_reloads_in_silence_down_to_its_pin(school: School, state: str) -> None:
    """What somebody wrote and could not sync is taken back: who read it meanwhile is told nothing."""
    saved(school, state, "mine")
    mine = school.file.read_bytes()
    reader = enter(school, state)
    kit.put(school.open("ben"), "never synced")
    reader.refresh()
    assert ("notes", "never synced") in {("notes", one) for one in reader.ids("notes")}
    school.file.write_bytes(mine)
    assert reader.refresh()
    assert reader.alarm is None
    assert reader.ids("notes") == ["mine"]
    kit.put(reader, "more")
    # Below the pin it is an alarm.
    os.truncate(school.path, len(mine))
    with pytest.raises(Rollback):
        reader.refresh()


def test_what_has_lain_there_for_a_while_is_pinned_by_who_reads_it(school: School, state: str) -> None:
    vault = enter(school, state, "bea")
    old = school.file.read_bytes()
    kit.put(school.open("ben"), "by ben")
    vault.refresh()
    ago(school)
    vault.refresh()
    vault.close()
    school.file.write_bytes(old)
    assert enter(school, state, "bea").alarm


def test_a_failed_save_is_not_pinned(school: School, state: str) -> None:
    files = kit.Failing(error=errno.EIO, at=2)
    vault = enter(school, state, machine=Machine(files=files))
    files.watching = True
    with pytest.raises(NotSaved):
        kit.put(vault, "one")
    files.watching = False
    vault.close()
    again = enter(school, state)
    assert again.alarm is None
    kit.put(again, "two")


def test_two_sessions_of_one_person_raise_one_pin(school: School, state: str) -> None:
    first, second = enter(school, state), enter(school, state)
    kit.put(first, "one")
    kit.put(second, "two")
    old = school.file.read_bytes()
    kit.put(second, "three")
    first.close()
    second.close()
    assert len(pins(state)) == 1
    school.file.write_bytes(old)
    assert enter(school, state).alarm


def test_each_person_and_each_path_has_a_pin(school: School, state: str, tmp_path: Path) -> None:
    saved(school, state, "one")
    saved(school, state, "two", "bea")
    elsewhere = School(str(tmp_path / "elsewhere.pest"), "")
    elsewhere.file.write_bytes(school.file.read_bytes())
    saved(elsewhere, state, "three")
    assert len(pins(state)) == 3
    names = " ".join(path.name for path in Path(state).iterdir())
    assert not any(word in names for word in ("ada", "bea", "school", "elsewhere"))
    for path in Path(state).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_size == SIZE or path.name.startswith("aside-")
    assert stat.S_IMODE(Path(state).stat().st_mode) == 0o700


def test_a_code_leaves_nothing_and_its_taker_has_a_pin(school: School, state: str) -> None:
    ada = school.open("ada")
    invitation = people.invite(ada, "cas", "Cas", [Role.TEACHER], cost=FLOOR)
    old = school.file.read_bytes()
    people.join(
        school.path, "cas", invitation.code, PASSPHRASE, machine=Machine(), policies=POLICIES, cost=FLOOR, pins=state
    ).close()
    assert len(pins(state)) == 1
    assert enter(school, state, "cas").alarm is None
    school.file.write_bytes(old)
    with pytest.raises(Exception, match="belong together"):
        enter(school, state, "cas")


# --- pins that are lost, spoilt or forged ----------------------------------------------------------------------


def spoil(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "lost":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(data[:100])
    elif how == "longer":
        path.write_bytes(data + b"x")
    elif how == "flipped":
        path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    else:
        path.write_bytes(how.encode() * 40)


@pytest.mark.parametrize("how", ["lost", "empty", "cut", "longer", "flipped", "junk"])
def test_a_pin_that_is_lost_or_spoilt_keeps_nobody_out(school: School, state: str, how: str) -> None:
    saved(school, state, "one")
    spoil(pins(state)[0], how)
    vault = enter(school, state)
    assert vault.alarm is None
    said = vault.take_trouble()
    assert (said is None) == (how in ("lost", "empty"))
    assert vault.take_trouble() is None
    old = school.file.read_bytes()
    kit.put(vault, "two")
    vault.close()
    # It has begun anew.
    again = enter(school, state)
    assert again.take_trouble() is None
    again.close()
    school.file.write_bytes(old)
    assert enter(school, state).alarm


def test_every_flipped_byte_of_a_pin_is_noticed(school: School, state: str) -> None:
    saved(school, state, "one")
    (path,) = pins(state)
    whole, vault = path.read_bytes(), school.open()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        found = PinFile(state, Machine(), vault.opened.keys, vault.id, vault.me.id, school.path)
        assert found.load() is None
        assert found.take_trouble()


def test_another_person_cannot_make_a_pin(school: School, state: str) -> None:
    """Ben, with the same system account, puts his own pin, or one he made, in ada's place: it is none of hers."""
    saved(school, state, "one")
    (path,) = pins(state)
    saved(school, state, "two", "ben")
    (bens,) = set(pins(state)) - {path}
    path.write_bytes(bens.read_bytes())
    vault = enter(school, state)
    assert vault.take_trouble()
    ben = school.open("ben")
    nonce = bytes(12)
    key = crypto.derive(ben.opened.keys.seed, b"pesttui pin v1")
    path.write_bytes(MAGIC + nonce + crypto.seal(key, nonce, bytes(SIZE - 36), MAGIC + ben.id + vault.me.id))
    assert enter(school, state).take_trouble()


def test_a_pin_of_another_path_is_none_of_this_one(school: School, state: str, tmp_path: Path) -> None:
    saved(school, state, "one")
    elsewhere = School(str(tmp_path / "elsewhere.pest"), "")
    elsewhere.file.write_bytes(school.file.read_bytes())
    (here,) = pins(state)
    saved(elsewhere, state, "two")
    (there,) = set(pins(state)) - {here}
    here.write_bytes(there.read_bytes())
    assert enter(school, state).take_trouble()


class NoRoom(Files):
    """A disk that takes nothing in the state folder."""

    def __init__(self, name: str, error: int, where: str) -> None:
        self.name, self.error, self.where = name, error, where
        self._here: set[int] = set()

    def open(self, path: str, flags: int, mode: int = 0o600) -> int:
        here = path.startswith(self.where)
        if here and (self.name == "open" or (self.name == "create" and flags & os.O_CREAT)):
            raise OSError(self.error, os.strerror(self.error))
        fd = super().open(path, flags, mode)
        (self._here.add if here else self._here.discard)(fd)
        return fd

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if self.name == "write" and fd in self._here:
            raise OSError(self.error, os.strerror(self.error))
        return super().write(fd, data, offset)


@pytest.mark.parametrize("there", [False, True], ids=["no pin", "a pin"])
@pytest.mark.parametrize("name", ["open", "create", "write"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_a_state_folder_that_takes_nothing(school: School, state: str, there: bool, name: str, error: int) -> None:
    """Said once; then work goes on."""
    if there:
        saved(school, state, "before")
    vault = enter(school, state, machine=Machine(files=NoRoom(name, error, state)))
    kit.put(vault, "one")
    said = vault.take_trouble()
    assert said
    assert os.strerror(error) in str(said)
    kit.put(vault, "two")
    vault.refresh()
    assert vault.take_trouble() is None
    vault.close()
    assert set(school.open().ids("notes")) >= {"one", "two"}


def test_a_folder_that_is_a_file(school: School, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("x")
    vault = enter(school, str(tmp_path / "state"))
    kit.put(vault, "one")
    assert vault.take_trouble()


def test_a_link_in_the_pins_place_is_not_followed(school: School, state: str, tmp_path: Path) -> None:
    saved(school, state, "one")
    (path,) = pins(state)
    victim = tmp_path / "victim"
    victim.write_text("x")
    path.unlink()
    path.symlink_to(victim)
    vault = enter(school, state)
    kit.put(vault, "two")
    assert vault.take_trouble()
    assert victim.read_text() == "x"


# --- acceptances that are none ---------------------------------------------------------------------------------


def test_an_acceptance_belongs_into_a_files_beginning_and_to_a_steward(school: School) -> None:
    ada, ben = school.open("ada"), school.open("ben")
    for by, statement in ((ada, Acceptance(2, 1, 5, bytes(32))), (ben, Acceptance(2, 1, 5, bytes(32)))):
        refused(by, ben if by is ada else ada, entry(by, statement))
    before = school.file.read_bytes()
    for by, number in ((ben, 2), (ada, 3), (ada, 2**64 - 1), (ada, 1)):
        write_anew(by, [*first_operations(by), entry(by, Acceptance(number, 1, 5, bytes(32)))])
        fresh = school.open("dor")
        assert fresh.directory.acceptances == []
        assert not verify(fresh).whole
        fresh.close()
        school.file.write_bytes(before)
        ada, ben = school.open("ada"), school.open("ben")


def test_a_steward_of_then_cannot_accept_for_others(school: School, state: str) -> None:
    """Dor was let go; with an old copy, in which she is director, she accepts it: nobody who knows believes her."""
    saved(school, state, "one", "bea")
    old = school.file.read_bytes()
    ada = school.open("ada")
    staffing.change_person(ada, ident(ada, "dor"), roles=[Role.TEACHER], groups=[], until=None)
    saved(school, state, "two", "bea")
    school.file.write_bytes(old)
    dor = school.open("dor")
    write_anew(dor, [*first_operations(dor), entry(dor, Acceptance(2, 1, dor.journal.seq, dor.journal.digest))])
    assert school.open("ben").directory.acceptances
    alarmed(enter(school, state, "bea"), school)


# --- recovery codes -------------------------------------------------------------------------------------------


def test_keys_of_a_recovery_code_are_remembered_too(school: School, state: str) -> None:
    def recover() -> Vault:
        return staffing.recover(
            school.path, school.recovery, machine=Machine(), policies=POLICIES, cost=FLOOR, pins=state
        )

    vault = recover()
    old = school.file.read_bytes()
    kit.put(school.open("ben"), "one")
    vault.refresh()
    ago(school)
    vault.refresh()
    vault.close()
    school.file.write_bytes(old)
    again = recover()
    assert again.alarm
    assert slots.RECOVERY


def test_damage_stays_damage_for_who_has_no_pin(school: School) -> None:
    school.file.write_bytes(school.file.read_bytes()[:500])
    with pytest.raises(Damaged):
        school.open()
