"""The command line as a program: help in two languages, the version, a reader that leaves, a poor terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from data.vault.machine import Machine
from data.words import Words
from pesttui import __version__
from pesttui.__main__ import main
from pesttui.cli import build
from tests.data.school_kit import passphrase_of

from .kit import Cli

COMMANDS = (
    "agenda",
    "cases",
    "demo",
    "init",
    "join",
    "log",
    "note",
    "notes",
    "person",
    "protocol",
    "pupils",
    "show",
    "ssh",
    "ssh-key",
    "verify",
)
INNER = (*((name,) for name in COMMANDS), ("person", "list"), ("person", "add"), ("protocol", "check"))
WORDS = {"nl": "Een nieuw schoolbestand maken", "en": "Make a new school's file"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_help_lists_every_command(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--help", "-h"):
        assert main(["--lang", language, option]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        listed = {line.split()[0] for line in out.splitlines() if line.startswith("  ") and line.strip()}
        assert set(COMMANDS) <= listed
        assert WORDS[language] in out


def test_dutch_is_what_one_gets_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert WORDS["nl"] in capsys.readouterr().out


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("command", INNER)
def test_every_command_has_help(language: str, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"--lang={language}", *command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "pesttui " + " ".join(command) in out


@pytest.mark.parametrize(
    "command", [(), ("note",), ("export", "year"), ("export",), ("person",), ("import",), ("restore",)]
)
def test_help_has_no_words_of_clicks_own(command: tuple[str, ...]) -> None:
    """Whatever stands in it goes through the catalogue, also what click would say in English."""

    class Marked(Words):
        def tr(self, message: str, **values: object) -> str:
            return f"«{super().tr(message, **values)}»"

    built = build(Marked("en"))
    with click.Context(built, info_name="pesttui") as ctx:
        found: click.Command = built
        for name in command:
            assert isinstance(found, click.Group)
            inner = found.get_command(ctx, name)
            assert inner is not None
            found = inner
        text = found.get_help(found.context_class(found, info_name=" ".join(("pesttui", *command))))
    for word in ("\nOptions:", "Usage: ", "\nCommands:", "Show this message", "Show the version and exit"):
        assert word not in text
    assert "«Usage:» " in text and "«Options»:" in text and "«Show this and stop.»" in text
    assert ("«Commands»:" in text) is isinstance(found, click.Group)


def test_english_messages(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    secret = cli.secret("niet mijn wachtzin")
    options = ["--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", secret]
    assert main(["--lang", "en", *options, "notes"]) == 5
    assert "No entry" in capsys.readouterr().err
    assert main([*options, "notes"]) == 5
    assert "No entry" not in capsys.readouterr().err


def test_a_language_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "de", "notes"]) == 2
    assert capsys.readouterr().out == ""


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pesttui {__version__}\n"


def test_the_vault_from_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PESTTUI_VAULT", str(cli.kit.path))
    secret = cli.secret(passphrase_of("marit"))
    assert cli.bare("--login", "marit", "--passphrase-file", secret, "notes", "--json").json == []


def test_the_vault_where_nobody_says_otherwise(cli: Cli, tmp_path: Path) -> None:
    secret = cli.secret("wat een dag vandaag")
    arguments = ("init", "--school", "S", "--name", "Ada", "--json")
    made = cli.bare("--login", "ada", "--passphrase-file", secret, *arguments)
    assert made.json["vault"] == str(tmp_path / "data" / "pesttui" / "school.pest")


def test_who_one_is_where_nobody_says_otherwise(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "marit")
    secret = cli.secret(passphrase_of("marit"))
    assert cli.bare("--vault", str(cli.kit.path), "--passphrase-file", secret, "notes", "--json").json == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("notes", "--json"),
        ("cases", "--json"),
        ("pupils", "--json"),
        ("person", "list", "--json"),
        ("verify", "--json"),
        ("log", "--json"),
        ("note", "-", "--json"),
    ],
)
def test_json_is_one_document_on_one_line(cli: Cli, arguments: tuple[str, ...]) -> None:
    cli.case("Zoë de Vries")
    answer = cli(*arguments, given="een regel", lang="en")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith("\n")
    assert len(answer.lines) == 1
    assert json.dumps(answer.json, ensure_ascii=False) == answer.lines[0]


def test_verify_as_json(cli: Cli) -> None:
    report = cli("verify", "--json", login="dirk").json
    assert set(report) >= {"whole", "generation", "frames", "documents", "signatures", "problems"}
    assert set(report["signatures"]) >= {"checked", "bad"}
    assert (report["whole"], report["signatures"]["bad"], report["problems"]) == (True, 0, [])
    assert report["frames"] > 0 < report["documents"]


# --- as its own process ------------------------------------------------------------------------------------


def process(cli: Cli, *arguments: str, **options: str) -> "subprocess.Popen[bytes]":
    secret = cli.secret(passphrase_of("marit"))
    given = ("--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", secret)
    return subprocess.Popen(
        [sys.executable, "-m", "pesttui", *given, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **options},
    )


def test_a_reader_that_has_left_gets_no_complaint(cli: Cli) -> None:
    for arguments in (("pupils",), ("pupils", "--json"), ("--help",)):
        running = process(cli, *arguments)
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        said = running.stderr.read()
        running.stderr.close()
        assert running.wait(20) in (0, 1)
        assert said == b""


def test_a_terminal_without_utf_8(cli: Cli) -> None:
    plain, err = process(cli, "pupils", PYTHONIOENCODING="latin-1").communicate(timeout=20)
    assert err == b""
    assert {"Zoë de Vries", "Noor Y?lmaz"} <= {line[18:-9] for line in plain.decode("latin-1").splitlines()}
    document, err = process(cli, "pupils", "--json", PYTHONIOENCODING="latin-1").communicate(timeout=20)
    assert err == b""
    assert "Noor Yılmaz" in [pupil["name"] for pupil in json.loads(document.decode("ascii"))]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(cli: Cli, closed: str) -> None:
    secret = cli.secret(passphrase_of("marit"))
    command = f'exec "$@" {closed}'
    given = ("--vault", str(cli.kit.path), "--login", "marit", "--passphrase-file", secret)
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", sys.executable, "-m", "pesttui", *given, "pupils"],
        capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr


def test_a_demo_school_with_further_cases(cli: Cli, tmp_path: Path) -> None:
    """Each of them with 25 documents, written by who would have written them; nobody is named on the way."""
    path = tmp_path / "demo" / "groot.pest"
    path.parent.mkdir()
    answer = cli.bare("demo", "--create", str(path), "--cases", "3", "--json", machine=Machine())
    assert answer.code == 0
    anne = next(person for person in answer.json["people"] if person["login"] == "anne")
    options = ("--vault", str(path), "--login", "anne", "--passphrase-file", cli.secret(anne["passphrase"]))
    cases = cli.bare(*options, "cases", "--json", machine=Machine()).json
    assert len(cases) == 8 + 3
    before = cli.bare(*options, "demo", "--create", str(path), machine=Machine())
    assert before.code != 0, "an existing file is never written over"
