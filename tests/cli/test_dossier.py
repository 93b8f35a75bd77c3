"""`export dossier`: a case as proof by script, in the log, and nothing left where it fails."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.protocol import StepState
from data.vault.machine import Files

from .kit import NAMES, SENTENCE, Cli
from .test_refusals import Hurried, locked

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


class Full(Files):
    """A disk with no room for anything but the vault."""

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if data.startswith(b"%PDF"):
            raise OSError(28, "No space left on device")
        return super().write(fd, data, offset)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def exports(cli: Cli, code: str) -> list[str]:
    answer = cli("log", "--case", code, "--json", login="anne")
    return [line["author"] for line in answer.json if line["kind"] == "exported"]


def test_a_pdf_named_after_the_case_for_its_owner_alone(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE, DANIEL)
    answer = cli("export", "dossier", code.lower(), lang="en")
    path = here / f"dossier-{code}.pdf"
    assert (answer.code, answer.out, answer.err) == (0, "", f"Written: {path.name}\n")
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(here) == [path.name]
    assert exports(cli, code) == ["marit"]


def test_text_to_standard_output(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE, DANIEL)
    answer = cli("export", "dossier", code, "--format", "text", "--output", "-", lang="en")
    assert answer.code == 0
    assert answer.err == ""
    assert f"    {SENTENCE}" in answer.lines
    assert answer.lines[0] == f"Dossier {code}"
    assert names(here) == []
    assert exports(cli, code) == ["marit"]


def test_for_a_pupil_shared_texts_wait_for_approval(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE, DANIEL, text="Daniël duwde Zoë.")
    zoe = cli.kit.ids[ZOE]
    arguments = ("export", "dossier", code, "--for", zoe, "--format", "text", "--output", "-")
    without, approved = cli(*arguments, lang="en"), cli(*arguments, "--approve", "all", lang="en")
    assert without.err.startswith("1 text is about more than one pupil and is left out")
    assert "duwde" not in without.out
    assert approved.err == ""
    assert "Another pupil duwde Zoë de Vries." in approved.out
    assert not any(name in without.out + approved.out for name in ("Daniël", "Hof"))
    assert cli("export", "dossier", code, "--for", zoe).code == 0
    assert names(here) == [f"dossier-{code}-{zoe[:8]}.pdf"]


def test_a_pupil_by_name_is_warned_about(cli: Cli) -> None:
    code = cli.case(ZOE, DANIEL)
    answer = cli("export", "dossier", code, "--for", "zoe", "--format", "text", "--output", "-", lang="en")
    assert answer.code == 0
    assert "visible to others" in answer.err
    for wrong in ("Sem", "", cli.kit.ids["Noor Yılmaz"]):
        refused = cli("export", "dossier", code, "--for", wrong, lang="en")
        assert (refused.code, refused.out) == (2, "")
    assert cli("export", "dossier", code, "--approve", "all").code == 2


def test_an_existing_file_stays_unless_forced(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE)
    there = here / "uit.pdf"
    there.write_text("van mij")
    refused = cli("export", "dossier", code, "--output", "uit.pdf")
    assert (refused.code, there.read_text()) == (1, "van mij")
    assert exports(cli, code) == []
    assert cli("export", "dossier", code, "--output", "uit.pdf", "--force").code == 0
    assert there.read_bytes().startswith(b"%PDF")
    assert there.stat().st_mode & 0o777 == 0o600
    (here / "map").mkdir()
    assert cli("export", "dossier", code, "--output", "map", "--force").code == 1
    assert names(here) == ["map", "uit.pdf"]


def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE, DANIEL)
    machine = replace(cli.kit.machine, files=Full())
    for answer in (
        cli("export", "dossier", code, machine=machine, lang="en"),
        cli("export", "dossier", code, "--output", "nergens/uit.pdf", lang="en"),
    ):
        assert answer.code == 1
        assert answer.err.startswith("Not saved: The file ")
        assert not any(name in answer.err for name in NAMES)
    assert names(here) == []
    assert exports(cli, code) == []


def test_what_cannot_be_logged_is_not_exported(cli: Cli, here: Path) -> None:
    code = cli.case(ZOE, DANIEL)
    with locked(cli.kit.path):
        answer = cli("export", "dossier", code, machine=Hurried(clock=cli.kit.clock))
        printed = cli("export", "dossier", code, "--output", "-", machine=Hurried(clock=cli.kit.clock))
    assert (answer.code, printed.code, printed.out) == (7, 7, "")
    assert names(here) == []


def test_who_may_not_read_it_learns_nothing(cli: Cli) -> None:
    code = cli.case(ZOE, DANIEL)
    answers = [cli("export", "dossier", case, login="karim") for case in (code, "Z-0000")]
    assert {answer.code for answer in answers} == {6}
    assert answers[0].err == answers[1].err


def test_a_text_in_which_a_name_was_typed_is_told(cli: Cli) -> None:
    code = cli.case(ZOE, DANIEL)
    register = cli.kit.open_as("marit")
    register.cases.record_step(code, 3, StepState.DONE, text="Noor zag het ook.")
    answer = cli("export", "dossier", code, "--for", cli.kit.ids[ZOE], "--approve", "all", lang="en")
    assert "1 text is left out: another pupil's name was typed in it." in answer.err
    assert "Noor" not in answer.err
