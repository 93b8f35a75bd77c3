"""Files that are damaged, foreign or newer, given to every command: what it is, where, what to do; never changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from data.vault import codes
from data.vault.crypto import sha256
from data.words import Words
from pesttui.cli import build
from tests.data.school_kit import Kit
from tests.data.vault_kit import frame_bounds

from .kit import SENTENCE, Answer, Cli
from .test_refusals import Hurried, silent_about_children

DAY = "2026-11-18"

COMMANDS: dict[str, tuple[str, ...]] = {
    "accept": ("--yes",),
    "agenda": (),
    "backup": ("{beside}/copy.pest",),
    "cases": (),
    "compact": (),
    "export calendar": ("--output", "-"),
    "export dossier": ("{case}", "--output", "-"),
    "export parnassys": ("x", "--for", "x", "--output", "-"),
    "export year": ("--output", "-"),
    "import": ("{beside}/pupils.csv", "--apply"),
    "incidents": (),
    "join": ("--code-file", "-", "--new-passphrase-file", "-"),
    "log": (),
    "note": ("-",),
    "notes": ("--json",),
    "person add": ("nieuw", "--name", "Nieuw", "--role", "teacher"),
    "person list": (),
    "person passphrase": ("--new-passphrase-file", "{beside}/new"),
    "person reset": ("karim", "--yes"),
    "person revoke": ("karim", "--yes"),
    "person roles": ("karim", "--role", "ib"),
    "pupils": (),
    "recover": ("--code-file", "-"),
    "restore": ("{file}", "--older"),
    "show": ("{case}",),
    "verify": ("--json",),
}
"""Every command that opens a file, with what makes it write where it can."""

BESIDES = {"join": {5}, "recover": {5}, "export parnassys": {6}}
"""What they answer where the damage lies behind what they need: no such code, no such incident."""

OPENS_NONE = {"demo", "init", "protocol check", "ssh", "ssh-key"}
"""`ssh` runs one of the others; `demo` and `init` make a file, and never over one (`tests/cli/test_people.py`)."""


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_no_command_is_missing_here() -> None:
    assert set(leaves(build(Words("en")))) == COMMANDS.keys() | OPENS_NONE


def foreign(data: bytes) -> bytes:
    return b"\x89PNG\r\n" + bytes(5000)


def newer(data: bytes) -> bytes:
    front = data[:8] + (7).to_bytes(2, "little") + data[10:56]
    return front + sha256(front)[:8] + data[64:]


def header(data: bytes) -> bytes:
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


def cut(data: bytes) -> bytes:
    return data[:3000]


def begun(data: bytes) -> bytes:
    """A flipped bit in the first transaction: nothing can be read."""
    return flipped(data, 1)


def flipped(data: bytes, frame: int) -> bytes:
    begin, end = frame_bounds(data)[frame - 1]
    at = (begin + end) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def last(data: bytes) -> int:
    """The number of the frame before the last: behind it something whole follows, so it is no crash."""
    return len(frame_bounds(data)) - 1


def ended(data: bytes) -> bytes:
    return flipped(data, last(data))


LEAVE = "Leave this file as it is, and have a backup put back: pesttui restore"

BAD: dict[Callable[[bytes], bytes], tuple[str, ...]] = {
    foreign: ("Another kind of file: This is not a pesttui file.", "It was left alone. Is it the right file?"),
    newer: ("A newer file: ", "made by a newer pesttui (version 7). Update the program; the file is whole."),
    header: ("The file is damaged: The file's header is damaged.", LEAVE),
    cut: ("The file is damaged: ", LEAVE),
    begun: ("The file is damaged: Frame 1 is damaged.", LEAVE),
    ended: ("what is shown is what lies before the damage. Frame {last} is damaged.", LEAVE),
}
"""How a file is bad, and what is said of it."""


NOT_WHOLE = ("The backup is not whole, so nothing was put back; try an older one. Frame {last} is damaged.",)


@pytest.fixture
def beside(cli: Cli) -> Path:
    """A folder with what commands want beside the school's file."""
    cli.case("Zoë de Vries")
    assert cli("note", "-", given="voor de schade").code == 0
    for text in ("erna", "nog later"):
        assert cli("note", "-", given=text).code == 0
    folder = cli.folder / "beside"
    folder.mkdir()
    (folder / "pupils.csv").write_text("groep,roepnaam,achternaam\n6,Fien,Mulder\n", encoding="utf-8")
    (folder / "new").touch(0o600)
    (folder / "new").write_text("vier nieuwe woorden samen\n", encoding="utf-8")
    return folder


def ask(cli: Cli, command: str, kit: Kit, beside: Path, file: Path) -> Answer:
    (case,) = (known.code for known in kit.open_as("anne").cases.all())
    values = {"beside": str(beside), "case": case, "file": str(file)}
    arguments = [word.format(**values) for word in (*command.split(), *COMMANDS[command])]
    vault = beside / "restored.pest" if command == "restore" else file
    code = codes.encode(bytes(32 if command == "recover" else 10))
    given = f"{code}\neen wachtzin van mij\n" if command in ("join", "recover") else SENTENCE
    return cli(*arguments, login="anne", vault=vault, given=given, machine=Hurried(clock=kit.clock), lang="en")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_writes_in_a_bad_file_or_ends_in_a_traceback(cli: Cli, beside: Path, command: str) -> None:
    """`Cli` itself refuses tracebacks; a fault in the program would end with 1."""
    data = cli.kit.path.read_bytes()
    for spoil, said in BAD.items():
        folder = cli.folder / spoil.__name__
        folder.mkdir()
        file = folder / "bad.pest"
        file.write_bytes(spoil(data))
        answer = ask(cli, command, cli.kit, beside, file)
        assert answer.code in {3} | (BESIDES.get(command, set()) if spoil is ended else set()), (spoil.__name__, answer)
        if answer.code == 3:
            told = NOT_WHOLE if (command, spoil) == ("restore", ended) else said
            assert all(text.format(last=last(data)) in answer.err for text in told), (spoil.__name__, answer)
        assert silent_about_children(answer)
        assert file.read_bytes() == spoil(data)
        # A lock may lie beside it: nothing else does.
        assert {found.name for found in folder.iterdir()} <= {"bad.pest", "bad.pest.lock"}
        assert {found.name for found in beside.iterdir()} <= {"pupils.csv", "new", "restored.pest.lock"}


@pytest.mark.parametrize("frame", [2, 5, -1])
def test_the_frame_is_named(cli: Cli, beside: Path, frame: int) -> None:
    data = cli.kit.path.read_bytes()
    frame = frame if frame > 0 else last(data)
    file = cli.folder / "bad.pest"
    file.write_bytes(flipped(data, frame))
    report = cli("verify", "--json", vault=file, login="anne", lang="en")
    where = report.json["problems"][0] if report.out else report.err
    assert f"Frame {frame} is damaged." in where
    assert report.code == 3


def test_what_lies_before_the_damage_can_be_read(cli: Cli, beside: Path) -> None:
    file = cli.folder / "bad.pest"
    file.write_bytes(ended(cli.kit.path.read_bytes()))
    for command, shown in (("notes", "voor de schade"), ("cases", "Z-"), ("person list", "Karim"), ("pupils", "Zoë")):
        answer = cli(*command.split(), vault=file, lang="en")
        assert answer.code == 3
        assert shown in answer.out
