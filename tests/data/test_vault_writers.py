"""Several writers: in turn, in threads, in processes; and readers who never wait for any of them."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data.errors import Busy, Changed, NoEntry, NotSaved
from data.vault.machine import Files, Machine
from data.vault.vault import Placement, Vault
from data.vault.verify import verify
from tests.counts import count

from . import vault_kit as kit

HOLDER = """
import sys
from tests.data import vault_kit as kit
vault = kit.School(sys.argv[1], "").open()
with vault.transaction():
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(path: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_stopped_holder_makes_the_file_busy(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    machine = kit.Impatient()
    vault = school.open(machine=machine)
    with holder(school.path) as process:
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(Busy):
            kit.put(vault, "three")
        assert 10 <= machine.time < 11
        # Reading goes on.
        assert vault.read(("notes", "one")) == b"eerste"
        assert not vault.refresh()
        # It goes on: so can everybody.
        process.send_signal(signal.SIGCONT)
        process.communicate("\n", timeout=30)
        kit.put(vault, "three")


@pytest.mark.parametrize("after", [signal.SIGKILL, signal.SIGCONT])
@pytest.mark.deep
def test_a_stopped_holder_for_ten_real_seconds(tmp_path: Path, after: signal.Signals) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    with holder(school.path) as process:
        process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(Busy):
            kit.put(vault, "three")
        assert 10 <= time.monotonic() - begun < 12
        process.send_signal(after)
        process.communicate("\n", timeout=30)
    kit.put(vault, "three")


def test_a_stopped_holder_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open(machine=kit.Impatient())
    with holder(school.path) as process:
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(Busy):
            kit.put(vault, "three")
        process.kill()
    kit.put(vault, "three")


def test_two_sessions_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    first, second = school.open(), school.open(machine=kit.Impatient())
    with first.transaction(), pytest.raises(Busy):
        kit.put(second, "three")
    kit.put(second, "three")


def test_a_removed_lock_file_lets_nobody_in_twice(tmp_path: Path) -> None:
    """Somebody cleans up the folder: whoever comes next makes a new lock file and all agree on it."""
    school = kit.small(tmp_path)
    first, second = school.open(), school.open(machine=kit.Impatient())
    kit.put(first, "three")
    Path(f"{school.path}.lock").unlink()
    kit.put(second, "four")
    with second.transaction(), pytest.raises(Busy):
        kit.put(school.open(machine=kit.Impatient()), "five")
    with first.transaction(), pytest.raises(Busy):
        kit.put(second, "six")


@pytest.mark.parametrize("name", ["open", "try_lock"])
def test_a_lock_that_cannot_be_had(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    school = kit.small(tmp_path)
    files = Files()
    vault = school.open(machine=Machine(files=files))

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(files, name, refuse)
        with pytest.raises(NotSaved, match="No locks"):
            kit.put(vault, "three")
    kit.put(vault, "three")


def test_the_lock_file_can_be_used_by_whoever_can_write_the_vault(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    lock = Path(f"{school.path}.lock")
    lock.unlink(missing_ok=True)
    school.file.chmod(0o660)
    kit.put(school.open(), "three")
    assert lock.stat().st_mode & 0o777 == 0o660


def test_two_handles_in_turn(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    left, right = school.open(), school.open()
    for number in range(20):
        kit.put((left, right)[number % 2], str(number))
    left.refresh()
    right.refresh()
    assert left.ids("notes") == right.ids("notes") == ["one", "two", *map(str, range(20))]


def test_threads_on_one_session_and_on_several(tmp_path: Path) -> None:
    """Every save of every thread is there, in one order for all; readers see whole saves only."""
    school = kit.small(tmp_path)
    sessions = [school.open(), school.open()]
    seen: list[str] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def write(vault: Vault, name: str) -> None:
        try:
            for number in range(15):
                with vault.transaction() as transaction:
                    for half in "ab":
                        place = ("notes", f"{name}-{number}-{half}")
                        transaction.put(place, half.encode(), Placement(vault.own_circle()))
        except BaseException as problem:
            failures.append(problem)

    def read(vault: Vault) -> None:
        try:
            while not done.is_set():
                vault.refresh()
                ids = vault.ids("notes")
                for ident in ids:
                    assert vault.read(("notes", ident))
                pairs = [ident for ident in ids if ident.endswith("a")]
                assert all(f"{ident[:-1]}b" in ids for ident in pairs)
                seen.extend(ids[-1:])
                assert sum(1 for _ in vault.directory.people.values())
        except BaseException as problem:
            failures.append(problem)

    writers = [threading.Thread(target=write, args=(sessions[n % 2], f"w{n}")) for n in range(4)]
    readers = [threading.Thread(target=read, args=(vault,)) for vault in sessions]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    done.set()
    for thread in readers:
        thread.join(60)
    assert not failures
    assert not any(thread.is_alive() for thread in (*readers, *writers))
    assert seen
    for vault in sessions:
        vault.refresh()
    orders = [vault.ids("notes") for vault in sessions]
    assert orders[0] == orders[1]
    assert len(orders[0]) == 2 + 4 * 15 * 2
    assert verify(sessions[0]).whole


def test_reading_and_polling_wait_for_no_disk_and_no_lock(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    in_sync, go_on = threading.Event(), threading.Event()

    class SlowDisk(Files):
        def sync(self, fd: int) -> None:
            in_sync.set()
            assert go_on.wait(30)
            super().sync(fd)

    vault = school.open(machine=Machine(files=SlowDisk()))
    saving = threading.Thread(target=kit.put, args=(vault, "three"))
    saving.start()
    assert in_sync.wait(30)
    # The save hangs in fsync, with the lock held.
    assert vault.read(("notes", "one")) == b"eerste"
    assert vault.ids("notes") == ["one", "two"]
    assert not vault.refresh()
    assert vault.me.login == "ada"
    other = school.open()
    assert other.read(("notes", "one")) == b"eerste"
    assert saving.is_alive()
    go_on.set()
    saving.join(30)
    assert vault.ids("notes") == ["one", "two", "three"]


def test_people_and_circles_never_change_under_who_looks_at_them(tmp_path: Path) -> None:
    """A screen goes through the list of people while a worker reads that somebody was added."""
    school = kit.school(tmp_path)
    ada, bea = school.open("ada"), school.open("bea")
    for one in (ada, bea):
        looking = iter(one.directory.members.items())
        next(looking)
        kit.new_case(ada, f"Z-{one.me.login}", "bea")
        one.refresh()
        assert one.directory.labelled(kit.KINDS.CASE, f"Z-{one.me.login}")
        list(looking)


def test_polling_reads_nothing_when_nothing_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    school = kit.small(tmp_path)
    files = Files()
    vault = school.open(machine=Machine(files=files))
    read: list[int] = []
    plain = Files.read

    def counting(self: Files, fd: int, count: int, offset: int) -> bytes:
        read.append(count)
        return plain(self, fd, count, offset)

    monkeypatch.setattr(Files, "read", counting)
    for _ in range(5):
        assert not vault.refresh()
    assert sum(read) <= 5 * 64
    # A torn tail that lies there for long is read once.
    tail = b"FRM1" + bytes([224, 255, 255, 3]) + bytes(100_000)
    school.file.write_bytes(school.file.read_bytes() + tail)
    os.utime(school.path, ns=(10**18, 10**18))
    read.clear()
    for _ in range(5):
        assert not vault.refresh()
    assert len([count for count in read if count > 64]) == 1


def test_a_form_on_a_document_that_changed_meanwhile(tmp_path: Path) -> None:
    school = kit.school(tmp_path)
    ada, bea = school.open("ada"), school.open("bea")
    staff = ada.directory.the(kit.KINDS.STAFF).id
    kit.put(ada, "lesson", "een", table="lessons", home=staff)
    bea.refresh()
    seen = bea.revision(("lessons", "lesson"))
    kit.put(ada, "lesson", "twee", table="lessons", home=staff, expected=1)
    with pytest.raises(Changed):
        kit.put(bea, "lesson", "anders", table="lessons", home=staff, expected=seen)
    assert bea.read(("lessons", "lesson")) == b"twee"
    kit.put(bea, "lesson", "drie", table="lessons", home=staff, expected=2)
    ada.refresh()
    assert ada.read(("lessons", "lesson")) == b"drie"
    assert ada.revision(("lessons", "lesson")) == 3


def test_an_error_within_leaves_nothing(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    size = school.file.stat().st_size
    with pytest.raises(RuntimeError), vault.transaction() as transaction:
        transaction.put(("notes", "three"), b"x", Placement(vault.own_circle()))
        raise RuntimeError
    assert school.file.stat().st_size == size
    assert vault.ids("notes") == ["one", "two"]


def test_a_failed_inner_part_spoils_the_whole(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()

    def outer() -> None:
        with vault.transaction() as transaction:
            try:
                with vault.transaction():
                    transaction.put(("notes", "three"), b"x", Placement(vault.own_circle()))
                    raise RuntimeError
            except RuntimeError:
                pass
            transaction.put(("notes", "four"), b"x", Placement(vault.own_circle()))

    with pytest.raises(NotSaved):
        outer()
    assert school.open().ids("notes") == ["one", "two"]


def test_a_closed_session(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    vault = school.open()
    assert vault.read(("notes", "one"))
    vault.close()
    vault.close()
    assert vault.read(("notes", "one")) is None
    assert not vault.refresh()
    assert not vault.can_open(vault.own_circle())
    with pytest.raises(NoEntry):
        kit.put(vault, "three")


COUNTER = """
import sys
from data.errors import Changed
from tests.data import vault_kit as kit
vault = kit.School(sys.argv[1], "").open(sys.argv[2])
staff = vault.directory.the(kit.KINDS.STAFF).id
for _ in range(int(sys.argv[3])):
    with vault.transaction() as transaction:
        now = int(vault.read(("lessons", "count")))
        place = kit.Placement(staff)
        transaction.put(("lessons", "count"), str(now + 1).encode(), place)
"""


HAMMER = """
import sys
from tests.data import vault_kit as kit
vault = kit.School(sys.argv[1], "").open()
print("ready", flush=True)
number = 0
while True:
    kit.put(vault, f"{sys.argv[2]}-{number}")
    number += 1
"""


def test_two_who_save_without_pause_keep_nobody_out(tmp_path: Path) -> None:
    """Whoever waits is let in before whoever has just written: ten turns, not one of them near the ten seconds."""
    school = kit.small(tmp_path)
    vault = school.open()
    with contextlib.ExitStack() as stack:
        for name in "ab":
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", HAMMER, school.path, name], stdout=subprocess.PIPE)
            )
            stack.callback(process.kill)
            assert process.stdout
            process.stdout.readline()
        waited = []
        for number in range(10):
            begun = time.monotonic()
            kit.put(vault, f"mine-{number}")
            waited.append(time.monotonic() - begun)
    assert sum(waited) < 5, waited
    assert verify(vault).whole


def test_who_waits_goes_before_who_has_just_written(tmp_path: Path) -> None:
    """Who lets go of the lock and wants it again at once would have it again, before anybody could look."""
    school = kit.small(tmp_path)
    vault, other = school.open(), school.open()
    waiting = threading.Thread(target=kit.put, args=(other, "other"))
    turns = 0
    with vault.transaction():
        waiting.start()
        time.sleep(0.05)
    while waiting.is_alive() and turns < 100:
        with vault.holding():
            time.sleep(0.02)
        turns += 1
    waiting.join(30)
    assert turns < 5
    assert "other" in school.open().ids("notes")


def count_up(tmp_path: Path, processes: int, rounds: int) -> None:
    """A counter that several processes raise: each update is based on the one before, none is lost."""
    school = kit.school(tmp_path)
    ada = school.open()
    staff = ada.directory.the(kit.KINDS.STAFF).id
    kit.put(ada, "count", "0", table="lessons", home=staff)
    logins = ["ada", "bea", "ben", "dor"]
    running = [
        subprocess.Popen([sys.executable, "-c", COUNTER, school.path, logins[n % 4], str(rounds)])
        for n in range(processes)
    ]
    assert [process.wait(120) for process in running] == [0] * processes
    count("updates of one document by several processes, none lost", processes * rounds)
    ada.refresh()
    assert ada.read(("lessons", "count")) == str(processes * rounds).encode()
    assert ada.revision(("lessons", "count")) == processes * rounds + 1
    assert verify(ada).whole


def test_processes_lose_no_update(tmp_path: Path) -> None:
    count_up(tmp_path, 3, 12)


@pytest.mark.deep
def test_many_processes_lose_no_update(tmp_path: Path) -> None:
    count_up(tmp_path, 8, 100)
