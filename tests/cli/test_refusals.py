"""What goes wrong: a code for scripts, a sentence for people, nothing about children, never a traceback."""

import errno
import fcntl
import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.vault.crypto import FLOOR
from data.vault.machine import Files, Machine
from data.vault.typing import Typing as TypingFile
from data.words import Words
from pesttui.cli import Context, run
from pesttui.secrets import Input
from tests.data.school_kit import PUPILS, note_ids, passphrase_of

from .kit import NAMES, SENTENCE, Answer, Cli, damaged


@dataclass(frozen=True)
class Hurried(Machine):
    """A machine on which waiting takes no time, and every look at the watch is four seconds later."""

    waits: list[float] = field(default_factory=list)
    looks: list[None] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def monotonic(self) -> float:
        self.looks.append(None)
        return 4.0 * len(self.looks)


@contextmanager
def locked(vault: Path) -> Iterator[None]:
    """Hold the writers' lock, as another process would."""
    fd = os.open(f"{vault}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def silent_about_children(answer: Answer) -> bool:
    return SENTENCE not in answer.err and not any(name in answer.err for name in NAMES)


# --- who may come in ---------------------------------------------------------------------------------------


def test_a_wrong_passphrase_and_an_unknown_login_get_the_same_answer(cli: Cli) -> None:
    machine = Hurried(clock=cli.kit.clock)
    wrong = cli("notes", passphrase="niet mijn wachtzin", machine=machine)
    unknown = cli("notes", login="niemand", passphrase="niet mijn wachtzin", machine=machine)
    somebody_elses = cli("notes", login="joost", passphrase="marit fietst naar school", machine=machine)
    empty = cli("notes", login="", passphrase="", machine=machine)
    assert wrong == unknown == somebody_elses == empty
    assert (wrong.code, wrong.out) == (5, "")
    assert wrong.err.strip()


def test_guessing_is_answered_by_a_growing_pause(cli: Cli) -> None:
    machine = Hurried(clock=cli.kit.clock)
    for _ in range(9):
        cli.kit.clock.pass_(seconds=1)
        assert cli("notes", passphrase="niet mijn wachtzin", machine=machine).code == 5
    assert machine.waits == [1, 2, 4, 8, 16, 30]
    machine.waits.clear()
    assert cli("notes", machine=machine).code == 0
    assert machine.waits == [30]
    machine.waits.clear()
    assert cli("notes", machine=machine).code == 0
    assert machine.waits == []


def test_the_pause_counts_for_codes_too(cli: Cli) -> None:
    machine = Hurried(clock=cli.kit.clock)
    given = "AAAAA-AAAAA-AAAAA-AAAAA\neen wachtzin van mij\n"
    options = ("--vault", str(cli.kit.path), "--login", "bob")
    codes = {
        cli.bare(*options, "join", "--code-file", "-", "--new-passphrase-file", "-", given=given, machine=machine).code
        for _ in range(5)
    }
    assert codes <= {2, 5}
    if codes == {5}:
        assert machine.waits == [1, 2]


def test_what_is_remembered_of_failures_is_small_private_and_says_nothing(cli: Cli, tmp_path: Path) -> None:
    machine = Hurried(clock=cli.kit.clock)
    kept = tmp_path / "state" / "pesttui" / "attempts.json"
    assert cli("notes", login="jansje", passphrase="walvis op wielen", machine=machine).code == 5
    before = kept.read_text()
    kept.write_text(json.dumps(json.loads(before) * 200))
    assert cli("notes", login="jansje", passphrase="walvis op wielen", machine=machine).code == 5
    found = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert [path.name for path in found] == ["attempts.json"]
    (path,) = found
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    content = path.read_text()
    assert len(content) < 2000
    assert set(content) <= set("[0123456789, ]")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"a": 1}',
        "[null, {}, 1e99, true]",
        "\x00" * 100,
        "[" * 100_000,
    ],
)
def test_a_remembered_list_that_is_senseless_keeps_nobody_out(cli: Cli, tmp_path: Path, content: str) -> None:
    folder = tmp_path / "state" / "pesttui"
    folder.mkdir(parents=True)
    (folder / "attempts.json").write_text(content)
    assert cli("notes").code == 0


# --- the file ----------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(cli: Cli) -> None:
    answer = cli("notes", vault=cli.folder / "none" / "school.pest")
    assert (answer.code, answer.out) == (1, "")
    assert "none/school.pest" in answer.err


@pytest.mark.parametrize("content", [b"", b"hallo", b"PK\x03\x04" * 400, b"PESTTUI\x01", os.urandom(4000)])
def test_a_foreign_file(cli: Cli, content: bytes) -> None:
    path = cli.folder / "foreign.pest"
    path.write_bytes(content)
    for arguments in (("notes",), ("note", "-"), ("verify", "--json")):
        answer = cli(*arguments, vault=path, given=SENTENCE)
        assert (answer.code, answer.out) == (3, "")
        assert answer.err.strip()
    assert path.read_bytes() == content


def test_a_file_of_a_newer_version(cli: Cli) -> None:
    from data.vault.crypto import sha256

    data = bytearray(cli.kit.path.read_bytes())
    data[8:10] = (7).to_bytes(2, "little")
    data[56:64] = sha256(bytes(data[:56]))[:8]
    path = cli.folder / "newer.pest"
    path.write_bytes(data)
    answer = cli("notes", vault=path)
    assert (answer.code, answer.out) == (3, "")
    assert "7" in answer.err
    assert path.read_bytes() == bytes(data)


@pytest.mark.parametrize("kept", [0, 7, 40, 64, 100, 1000, 3000])
def test_a_file_that_was_cut_at_its_beginning(cli: Cli, kept: int) -> None:
    path = cli.folder / "cut.pest"
    path.write_bytes(cli.kit.path.read_bytes()[:kept])
    answer = cli("notes", vault=path)
    assert (answer.code, answer.out) == (3, "")


def test_a_damaged_file_shows_what_it_can_and_says_so_to_scripts_too(cli: Cli) -> None:
    first = cli("note", "-", "--json", given="voor de schade").json["note"]
    size = cli.kit.path.stat().st_size
    cli("note", "-", given="na de schade")
    path = damaged(cli.kit.path, cli.folder / "damaged.pest", (size + 40) / cli.kit.path.stat().st_size)
    cli("note", "-", given="nog later")
    answer = cli("notes", "--json", vault=path)
    assert answer.code == 3
    assert [note["note"] for note in answer.json] == [first]
    assert answer.err.strip()
    report = cli("verify", "--json", vault=path)
    assert (report.code, report.json["whole"]) == (3, False)
    assert report.json["problems"]
    before = path.read_bytes()
    refused = cli("note", "-", vault=path, given=SENTENCE)
    assert (refused.code, refused.out) == (3, "")
    assert path.read_bytes() == before


@pytest.mark.parametrize("at", [0.3, 0.5, 0.7, 0.9, 0.99])
def test_no_damage_ends_in_a_traceback(cli: Cli, at: float) -> None:
    cli.case("Zoë de Vries")
    path = damaged(cli.kit.path, cli.folder / "damaged.pest", at)
    for arguments in (("notes",), ("cases",), ("person", "list"), ("pupils",), ("log",), ("verify",), ("note", "-")):
        answer = cli(*arguments, vault=path, given=SENTENCE, machine=Hurried(clock=cli.kit.clock))
        assert answer.code in (3, 5), answer
        assert silent_about_children(answer)


def test_a_folder_a_pipe_and_a_link_in_the_files_place(cli: Cli) -> None:
    folder, pipe, link = cli.folder / "folder", cli.folder / "pipe", cli.folder / "link"
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(cli.kit.path)
    for path in (folder, pipe, link):
        answer = cli("notes", vault=path)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.strip()


def test_a_file_that_somebody_else_writes_in_for_too_long(cli: Cli) -> None:
    machine = Hurried(clock=cli.kit.clock)
    with locked(cli.kit.path):
        answer = cli("note", "-", given=SENTENCE, machine=machine)
        assert (answer.code, answer.out) == (7, "")
        assert silent_about_children(answer)
        assert machine.waits
        assert cli("notes", "--json", machine=machine).json == []
    assert cli("note", "-", given=SENTENCE).code == 0
    assert len(note_ids(cli.kit.open_as("marit"))) == 1


class Full(Files):
    """A disk without room."""

    def write(self, fd: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Typing(io.StringIO):
    """Standard input that somebody types at."""

    def isatty(self) -> bool:
        return True


def typed(cli: Cli, machine: Machine, text: str) -> int:
    """Type a note into a terminal; return the exit code."""
    options = (
        "--vault",
        str(cli.kit.path),
        "--login",
        "marit",
        "--passphrase-file",
        cli.secret(passphrase_of("marit")),
    )
    return run([*options, "note", "-"], Context(Words("en"), given=Input(Typing(text)), machine=machine, cost=FLOOR))


def test_a_disk_without_room(cli: Cli) -> None:
    before = cli.kit.path.read_bytes()
    answer = cli("note", "-", given=SENTENCE, machine=Machine(clock=cli.kit.clock, files=Full()), lang="en")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "Not saved: The disk did not take it: No space left on device.\n"
    assert cli.kit.path.read_bytes() == before
    # A script has the words still: nothing is kept that would come twice.
    assert not list((cli.folder / "state").rglob("typing-*"))
    assert cli("note", "-", given=SENTENCE).code == 0
    assert len(note_ids(cli.kit.open_as("marit"))) == 1


def test_what_was_typed_into_a_terminal_is_kept(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    """It is nowhere else: the program gives it back."""
    with locked(cli.kit.path):
        assert typed(cli, Hurried(clock=cli.kit.clock), SENTENCE) == 7
    said = capsys.readouterr().err
    assert "you get them back when you open pesttui here" in said
    assert SENTENCE not in said
    register = cli.kit.open_as("marit")
    kept = TypingFile(str(cli.folder / "state" / "pesttui"), register.vault)
    (left,) = kept.left_behind()
    assert [form.fields["facts"] for form in left.forms] == [SENTENCE]
    kept.close(keep=False)
    # Where that cannot be kept either, nobody is told so.
    folder = cli.folder / "state" / "pesttui"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    with locked(cli.kit.path):
        assert typed(cli, Hurried(clock=cli.kit.clock), SENTENCE) == 1
    assert "you get them back" not in capsys.readouterr().err


# --- passphrase files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o610, 0o620])
def test_a_passphrase_file_that_others_can_touch(cli: Cli, mode: int) -> None:
    path = cli.secret("marit fietst naar school", "open", mode)
    answer = cli.bare("--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", path, "notes")
    assert (answer.code, answer.out) == (2, "")
    assert "chmod 600" in answer.err
    assert "fietst" not in answer.err


def test_passphrase_files_that_cannot_be_read(cli: Cli) -> None:
    link, folder, binary = cli.folder / "link", cli.folder / "folder", cli.folder / "binary"
    link.symlink_to(cli.secret("marit fietst naar school"))
    folder.mkdir(0o700)
    binary.write_bytes(b"\xff\xfe\x00\xe9\n")
    binary.chmod(0o600)
    for path in (link, folder, binary, cli.folder / "none"):
        answer = cli.bare("--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", str(path), "notes")
        assert (answer.code, answer.out) == (2, "")
        assert str(path) in answer.err


def test_only_the_first_line_of_a_passphrase_file_counts(cli: Cli) -> None:
    assert cli("notes", passphrase="marit fietst naar school\r\nen meer").code == 0


def test_nobody_is_asked_where_there_is_no_terminal(cli: Cli) -> None:
    answer = cli.bare("--vault", str(cli.kit.path), "--login", "marit", "notes")
    assert (answer.code, answer.out) == (2, "")
    assert "--passphrase-file" in answer.err


# --- what messages may not hold ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("notes", "Sem", "Jansen", SENTENCE),
        ("Zoë", SENTENCE),
        ("note", f"--Zoë {SENTENCE}"),
        ("note", "-", "--about", "Bram de Bakker"),
        ("note", "-", "--about", "Sem"),
        ("note", SENTENCE, "--about", "Noor Smit"),
        ("note", SENTENCE, "--about"),
        ("note", SENTENCE, "--plaats", "plein"),
        ("show", "Zoë de Vries"),
        ("show", SENTENCE, "Lotte"),
        ("show",),
        ("verify", SENTENCE),
        ("cases", "Daniël"),
        ("person", "add", "x", "--role", "teacher"),
        ("person", "Lotte"),
        ("protocol", "check"),
        ("demo", "--json"),
        ("demo", "--cases", "-1", "--create", "x.pest"),
        ("demo", "--cases", "5001", "--create", "x.pest"),
        ("demo", "--cases", SENTENCE),
        ("agenda", "Lotte"),
        ("log", "Lotte"),
        ("log", "--case", SENTENCE),
    ],
)
def test_no_message_repeats_a_name_or_a_sentence(cli: Cli, arguments: tuple[str, ...]) -> None:
    cli.case("Zoë de Vries", "Sem Jansen")
    answer = cli(*arguments, given=f"{SENTENCE} Lotte")
    assert (answer.code in (2, 6), answer.out) == (True, "")
    assert silent_about_children(answer), answer.err
    assert answer.err.strip()


def test_a_fault_in_the_program_leaves_no_name_behind(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError(f"{PUPILS['groep 6'][0]}: {SENTENCE}")

    monkeypatch.setattr("data.register.notes.Notes.add", fault)
    answer = cli("note", "-", given=f"{SENTENCE} Lotte")
    assert (answer.code, answer.out) == (1, "")
    assert silent_about_children(answer)
    log = tmp_path / "state" / "pesttui" / "crash.log"
    assert str(log) in answer.err
    assert log.stat().st_mode & 0o777 == 0o600
    kept = log.read_text()
    assert "RuntimeError" in kept
    assert not any(name in kept for name in (SENTENCE, *NAMES))


def test_standard_input_that_is_no_text(cli: Cli, tmp_path: Path) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"Zo\xeb huilde\n"), encoding="utf-8")
    options = ("--vault", str(cli.kit.path), "--login", "marit")
    secret = cli.secret("marit fietst naar school")
    context = Context(Words("nl"), given=Input(stream), machine=cli.kit.machine)
    assert run([*options, "--passphrase-file", secret, "note", "-"], context) == 2
    assert note_ids(cli.kit.open_as("marit")) == set()


# --- protocol files ----------------------------------------------------------------------------------------


def test_protocol_check(cli: Cli) -> None:
    good = Path(__file__).parents[2] / "data" / "protocol" / "zevensprong.toml"
    answer = cli.bare("protocol", "check", str(good))
    assert (answer.code, answer.err) == (0, "")
    assert "12" in answer.out
    bad = cli.folder / "bad.toml"
    bad.write_text(good.read_text().replace('proof = "assessment"', 'proof = "gevoel"'))
    syntax, binary = cli.folder / "syntax.toml", cli.folder / "binary.toml"
    syntax.write_text("[protocol\n")
    binary.write_bytes(b"\xff\xfe\x00")
    for path, place in (
        (bad, "steps[0].proof"),
        (syntax, "1"),
        (binary, "1"),
        (cli.folder, ""),
        (cli.folder / "none", ""),
    ):
        refused = cli.bare("protocol", "check", str(path))
        assert (refused.code, refused.out) == (2, "")
        assert str(path) in refused.err
        assert place in refused.err
