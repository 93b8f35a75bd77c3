"""The typing file: nothing typed is lost, nobody else can read it, and a living session is left alone."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.register import Register, open_school
from data.vault import typing as vault_typing
from data.vault.machine import Files, Machine
from data.vault.typing import MAGIC, LeftBehind, Typing, Unfinished
from tests.data.school_kit import Kit, passphrase_of, school

AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)


def form(text: str, kind: str = "note", **place: str) -> Unfinished:
    return Unfinished(kind=kind, at=AT, place=place, fields={"facts": text})


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pesttui"


Make = Callable[..., Typing]


@pytest.fixture
def make(kit: Kit, folder: Path) -> Iterator[Make]:
    made: list[Typing] = []

    def open_typing(login: str = "marit", register: Register | None = None) -> Typing:
        made.append(Typing(str(folder), (register or kit.open_as(login)).vault))
        return made[-1]

    yield open_typing
    for found in made:
        found.close(keep=True)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def left(make: Make, *forms: Unfinished, login: str = "marit") -> LeftBehind:
    """Let a session end with something unfinished, and return what the next one is offered."""
    session = make(login)
    session.keep(forms)
    session.close(keep=True)
    return make(login).left_behind()[0]


def until(true: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- what it is for ----------------------------------------------------------------------------------------


def test_what_was_typed_is_offered_to_the_next_session(make: Make) -> None:
    forms = (form("half af", case="Z-7K3F"), form("stap", "step", case="Z-7K3F", step="4"))
    assert left(make, *forms).forms == forms


def test_it_is_written_within_a_second_without_being_asked(make: Make, folder: Path) -> None:
    session = make()
    session.keep([form("een")])
    until(lambda: files(folder), 1.0)


def test_only_the_last_of_quick_changes_is_written(make: Make, folder: Path, kit: Kit) -> None:
    register, count = kit.open_as("marit"), [0]

    class Counting(Files):
        def rename(self, before: str, path: str) -> None:
            count[0] += 1
            super().rename(before, path)

    session = with_files(make, register, Counting())
    for length in range(200):
        session.keep([form("x" * length)])
    until(lambda: count[0])
    session.close(keep=True)
    assert count[0] <= 2
    assert make().left_behind()[0].forms[0].fields["facts"] == "x" * 199


def with_files(make: Make, register: Register, made: Files) -> Typing:
    register.vault.machine = replace(register.vault.machine, files=made)
    return make(register=register)


def test_saved_text_is_gone(make: Make, folder: Path) -> None:
    session = make()
    session.keep([form("half af")])
    session.flush()
    assert len(files(folder)) == 1
    session.keep([])
    session.flush()
    assert files(folder) == []


def test_thrown_away_on_purpose(make: Make, folder: Path) -> None:
    session = make()
    session.keep([form("half af")])
    session.flush()
    session.close(keep=False)
    assert files(folder) == []
    session.keep([form("te laat")])
    session.flush()
    assert files(folder) == []


def test_nothing_is_left_where_nothing_was_typed(make: Make, folder: Path) -> None:
    session = make()
    session.keep([])
    session.close(keep=True)
    assert files(folder) == []


def test_the_newest_is_offered_first(make: Make) -> None:
    old, new = form("oud"), replace_at(form("nieuw"), AT.replace(hour=12))
    for one in (new, old):
        session = make()
        session.keep([one])
        session.close(keep=True)
    assert [found.forms[0].fields["facts"] for found in make().left_behind()] == ["nieuw", "oud"]


def replace_at(one: Unfinished, at: datetime) -> Unfinished:
    return Unfinished(kind=one.kind, at=at, place=one.place, fields=one.fields)


# --- whose it is -------------------------------------------------------------------------------------------


def test_a_living_session_is_left_alone(make: Make) -> None:
    session, other = make(), make()
    session.keep([form("nog bezig")])
    session.flush()
    assert other.left_behind() == []
    session.keep([form("nog steeds bezig")])
    session.flush()
    assert other.left_behind() == []
    session.close(keep=True)
    assert other.left_behind()[0].forms == (form("nog steeds bezig"),)


def test_a_killed_process_lets_go(kit: Kit, folder: Path, make: Make) -> None:
    program = f"""
import sys, time
from tests.data.test_typing import form
from data.register import open_school
from data.vault.machine import Machine
from data.vault.typing import Typing
register = open_school({str(kit.path)!r}, "marit", {passphrase_of("marit")!r}, machine=Machine())
typing = Typing({str(folder)!r}, register.vault)
typing.keep([form("van een ander proces")])
typing.flush()
print("kept", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "kept\n"
        assert make().left_behind() == []
        process.kill()
        process.wait()
    assert make().left_behind()[0].forms == (form("van een ander proces"),)


def test_a_colleague_is_offered_nothing(make: Make) -> None:
    left(make, form("van Marit"))
    assert make("joost").left_behind() == []


def test_a_colleague_who_copies_the_file_cannot_open_it(make: Make, folder: Path) -> None:
    left(make, form("van Marit"))
    (file,) = files(folder)
    joost = make("joost")
    (folder / f"{joost._prefix}00000000").write_bytes(file.read_bytes())
    assert joost.left_behind() == []


def test_another_school_is_offered_nothing(make: Make, folder: Path, tmp_path: Path) -> None:
    """The same person on a copy of the file made into another school: the vault's id is part of the seal."""
    left(make, form("van hier"))
    (file,) = files(folder)
    session = make()
    session._context = MAGIC + bytes(16) + session._context[-8:]
    (folder / f"{session._prefix}00000000").write_bytes(file.read_bytes())
    assert session.left_behind() == []


def test_nothing_can_be_read_in_it_or_in_its_name(make: Make, folder: Path, kit: Kit) -> None:
    left(make, form("Daniël duwde Zoë"))
    (file,) = files(folder)
    assert "Daniël".encode() not in file.read_bytes()
    assert b"duwde" not in file.read_bytes()
    assert "marit" not in file.name
    assert kit.open_as("marit").me not in file.name
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_words_that_a_slow_disk_was_still_taking_are_given_back(make: Make, folder: Path) -> None:
    """The program was ended between writing them and giving the file its name."""
    left(make, form("eerst"))
    (first,) = files(folder)
    before = first.read_bytes()
    left(make, form("en daarna"))
    (other,) = [path for path in files(folder) if path != first]
    written, newer = other.read_bytes(), Path(f"{first}.new")
    other.unlink()
    newer.write_bytes(written)
    # Newer than what lay there; also where nothing did; and cut short it is nothing.
    for old in (before, None):
        if old is None:
            first.unlink()
        (found,) = make().left_behind()
        assert [one.fields["facts"] for one in found.forms] == ["en daarna"]
    newer.write_bytes(written[:-1])
    assert make().left_behind() == []
    first.write_bytes(before)
    (found,) = make().left_behind()
    assert [one.fields["facts"] for one in found.forms] == ["eerst"]
    newer.write_bytes(written)
    (found,) = make().left_behind()
    session = make()
    assert session.take_over(found)
    assert [path.name for path in files(folder)] == [session._name]
    assert not session.take_over(found)


def test_what_somebody_is_just_writing_is_theirs(make: Make, folder: Path, kit: Kit) -> None:
    slow, go_on = threading.Event(), threading.Event()

    class Slow(Files):
        def sync(self, fd: int) -> None:
            slow.set()
            go_on.wait(10)

    session = make()
    session._files = Slow()
    session.keep([form("half")])
    assert slow.wait(10)
    assert [path.suffix for path in files(folder)] == [".new"]
    assert make().left_behind() == []
    go_on.set()
    session.close(keep=True)
    assert len(make().left_behind()) == 1


def test_its_length_tells_little(make: Make, folder: Path) -> None:
    sizes = set()
    for text in ("", "x", "een zin van een regel of twee, zoals een leerkracht die typt"):
        left(make, form(text))
        sizes |= {file.stat().st_size for file in files(folder)}
    assert len(sizes) == 1


# --- going on ----------------------------------------------------------------------------------------------


def test_taken_over_it_is_in_the_new_file_before_the_old_one_goes(make: Make, folder: Path) -> None:
    found, session = left(make, form("half af")), make()
    assert session.take_over(found)
    (file,) = files(folder)
    assert file.name == session._name
    session.close(keep=True)
    assert make().left_behind()[0].forms == (form("half af"),)


def test_only_one_of_two_sessions_takes_it_over(make: Make, folder: Path) -> None:
    found, sessions = left(make, form("half af")), [make() for _ in range(8)]
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda s=one: taken.append(s.take_over(found))) for one in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 1
    assert len(files(folder)) == 1


def test_thrown_away_later(make: Make, folder: Path) -> None:
    found = left(make, form("half af"))
    session = make()
    session.drop(found)
    assert files(folder) == [] and session.left_behind() == []
    assert not session.take_over(found)


STEPS = ("open", "write", "sync", "rename", "remove")


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_taking_it_over_nothing_is_lost(kit: Kit, make: Make, folder: Path, step: str) -> None:
    """Whatever system call is the last one, the text is in a file that the next session finds."""

    class Killed(BaseException):
        pass

    class Dying(Files):
        armed = False

        def __getattribute__(self, name: str) -> Any:
            if name == step and object.__getattribute__(self, "armed"):
                raise Killed
            return super().__getattribute__(name)

    found, dying = left(make, form("half af")), Dying()
    session = with_files(make, kit.open_as("marit"), dying)
    dying.armed = True
    with contextlib.suppress(Killed):
        session.take_over(found)
    dying.armed = False
    if session._held >= 0:
        os.close(session._held)
        session._held = -1
    offered = make().left_behind()
    assert offered and all(one.forms == (form("half af"),) for one in offered)


# --- bad files, bad folders --------------------------------------------------------------------------------


def test_a_file_with_any_bit_flipped_is_no_file(make: Make, folder: Path) -> None:
    left(make, form("half af"))
    (file,) = files(folder)
    whole, session = file.read_bytes(), make()
    for at in range(0, len(whole) * 8, 7):
        broken = bytearray(whole)
        broken[at // 8] ^= 1 << at % 8
        file.write_bytes(broken)
        assert session.left_behind() == []
    file.write_bytes(whole)
    assert len(session.left_behind()) == 1


def test_a_file_cut_anywhere_is_no_file(make: Make, folder: Path) -> None:
    left(make, form("half af"))
    (file,) = files(folder)
    whole, session = file.read_bytes(), make()
    for length in range(0, len(whole), 11):
        file.write_bytes(whole[:length])
        assert session.left_behind() == []
        assert file.exists(), "what cannot be read is left alone"


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "dangling link", "huge"])
def test_what_is_no_plain_file_is_left_alone(make: Make, folder: Path, tmp_path: Path, kind: str) -> None:
    session = make()
    folder.mkdir(parents=True)
    path = folder / f"{session._prefix}ffffffff"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(vault_typing.MAX_BYTES + 1)
    else:
        target = tmp_path / "elders"
        if kind == "link":
            target.write_bytes(b"van een ander")
        path.symlink_to(target)
    assert session.left_behind() == []
    assert os.path.lexists(path)


HOSTILE = (
    b"[]",
    b"{}",
    b"null",
    b"[" * 100_000,
    b'[{"kind": "note"}]',
    b'[{"kind": 3, "at": "2026-11-18T10:42:00Z"}]',
    b'[{"kind": "note", "at": "2026-11-18T10:42:00"}]',
    b'[{"kind": "note", "at": "2026-11-18T10:42:00Z", "fields": {"facts": 3}}]',
    b'[{"kind": "note", "at": "2026-11-18T10:42:00Z", "fields": ["facts"]}]',
    b"\xff\xfe",
    b"",
)


@pytest.mark.parametrize("plain", HOSTILE, ids=lambda plain: plain[:20].decode("latin-1"))
def test_what_decrypts_and_is_no_form_is_left_out(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch, plain: bytes
) -> None:
    session = make()
    monkeypatch.setattr(msgspec.json, "encode", lambda _: plain)
    session.keep([form("x")])
    session.close(keep=True)
    monkeypatch.undo()
    assert make().left_behind() == []


def test_hostile_text_comes_back_harmless(make: Make) -> None:
    (one,) = left(make, form("a\x1b]52;c;x\x07\u202eb\x00", "note\x1b[2J", case="Z\x1b")).forms
    assert (one.kind, one.place, one.fields) == ("note[2J", {"case": "Z"}, {"facts": "a]52;c;xb"})


def test_a_very_long_text_is_bounded(make: Make) -> None:
    (one,) = left(make, form("x" * 3_000_000)).forms
    assert len(one.fields["facts"]) == vault_typing.MAX_FIELD


@pytest.mark.parametrize("call", ["open", "write", "sync", "rename"])
def test_a_folder_that_takes_nothing_is_said_and_tried_again(
    kit: Kit, make: Make, folder: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_typing, "RETRY", 0.05)

    class Full(Files):
        full = True

        def __getattribute__(self, name: str) -> Any:
            if name == call and object.__getattribute__(self, "full"):
                raise OSError(28, "No space left on device")
            return super().__getattribute__(name)

    full = Full()
    register = kit.open_as("marit")
    session = with_files(make, register, full)
    session.keep([form("half af")])
    session.flush()
    assert session.trouble is not None and "No space left" in str(session.trouble)
    assert files(folder) == []
    full.full = False
    until(lambda: session.trouble is None)
    session.close(keep=True)
    assert make().left_behind()[0].forms == (form("half af"),)


def test_a_short_write_is_gone_on_with(kit: Kit, make: Make) -> None:
    class Short(Files):
        def write(self, fd: int, data: bytes, offset: int) -> int:
            return super().write(fd, data[:100], offset)

    session = with_files(make, kit.open_as("marit"), Short())
    session.keep([form("half af")])
    session.close(keep=True)
    assert make().left_behind()[0].forms == (form("half af"),)


def test_a_file_in_place_of_the_folder(kit: Kit, make: Make, folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("geen map")
    session = make()
    session.keep([form("half af")])
    session.flush()
    assert session.trouble is not None
    assert session.left_behind() == []
    assert folder.read_text() == "geen map"


def test_keeping_never_waits_for_a_disk(kit: Kit, make: Make) -> None:
    """A disk that hangs must not hold up who types."""
    hanging, go_on = threading.Event(), threading.Event()

    class Hanging(Files):
        def sync(self, fd: int) -> None:
            hanging.set()
            go_on.wait(10)

    session = with_files(make, kit.open_as("marit"), Hanging())
    session.keep([form("een")])
    assert hanging.wait(5)
    begun = time.monotonic()
    for length in range(100):
        session.keep([form("x" * length)])
    assert time.monotonic() - begun < 1
    go_on.set()
    session.close(keep=True)
    assert make().left_behind()[0].forms == (form("x" * 99),)


def test_ending_while_the_disk_hangs(kit: Kit, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, go_on = threading.Event(), threading.Event()

    class Hanging(Files):
        def sync(self, fd: int) -> None:
            hanging.set()
            go_on.wait(20)

    session = with_files(make, kit.open_as("marit"), Hanging())
    session.keep([form("een")])
    assert hanging.wait(5)
    begun = time.monotonic()
    session.flush()
    assert time.monotonic() - begun < 5
    go_on.set()


def test_the_key_is_dropped_at_the_end(make: Make) -> None:
    session = make()
    session.close(keep=True)
    assert session._key == b""


def test_it_works_while_the_vault_is_locked(kit: Kit, folder: Path, make: Make) -> None:
    register = open_school(str(kit.path), "marit", passphrase_of("marit"), machine=Machine())
    session = make(register=register)
    register.close()
    session.keep([form("na het slot")])
    session.close(keep=True)
    assert make().left_behind()[0].forms == (form("na het slot"),)
