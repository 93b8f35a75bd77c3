"""`incidents` and `export parnassys`: by script, for one pupil, in the log, and nobody else in the text."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.model import IncidentWhat
from tests.data.school_kit import about

from .kit import NAMES, Cli
from .test_refusals import Hurried, locked

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def decided(cli: Cli, *names: str, facts: str = "Daniël schopte Zoë.", grave: bool = False) -> str:
    marit = cli.kit.open_as("marit")
    note = marit.notes.add(about(cli.kit, facts, *(names or (ZOE, DANIEL))))
    return marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek", grave=grave))


def exports(cli: Cli) -> list[str]:
    return [line["what"] for line in cli("log", "--json", login="anne").json if line["kind"] == "exported"]


def test_incidents_as_json(cli: Cli) -> None:
    ident = decided(cli, grave=True)
    marit = cli.kit.open_as("marit")
    marit.incidents.add(ident, IncidentWhat.PARENTS, about=[cli.kit.ids[ZOE]])
    (found,) = cli("incidents", "--json").json
    assert (found["incident"], found["kind"], found["national"], found["ground"]) == (
        ident,
        "fysiek",
        None,
        "judgement",
    )
    assert found["what"] == "Daniël van 't Hof schopte Zoë de Vries." and found["grave"] and not found["reportable"]
    assert [pupil["role"] for pupil in found["pupils"]] == ["victim", "perpetrator"]
    assert [pupil["name"] for pupil in found["parents_not_told"]] == [DANIEL] and len(found["not_in_parnassys"]) == 2
    assert [event["what"] for event in found["events"]] == ["parents"] and found["author"] == "marit"
    assert cli("incidents", "--json", login="karim").json == []


def test_incidents_as_lines(cli: Cli) -> None:
    ident = decided(cli)
    marit = cli.kit.open_as("marit")
    marit.incidents.decide(replace(marit.incidents.begin_correction(ident), grave=True), corrects=ident)
    answer = cli("incidents", lang="en")
    assert answer.code == 0 and answer.lines[0].startswith(f"{ident}  18 Nov 09:30  fysiek  ")
    assert answer.lines[1] == "  Daniël van 't Hof schopte Zoë de Vries."
    assert answer.lines[2] == "  [corrected]"
    assert answer.lines[5].startswith("  [serious, parents not told yet: Zoë de Vries, Daniël")


def test_a_text_for_one_pupil(cli: Cli, here: Path) -> None:
    ident, zoe = decided(cli), cli.kit.ids[ZOE]
    answer = cli("export", "parnassys", ident, "--for", zoe, "--output", "-", lang="en")
    assert (answer.code, answer.err) == (0, "")
    assert "What: Another pupil schopte Zoë." in answer.lines and not {"Daniël", "Hof"} & set(answer.out.split())
    assert list(here.iterdir()) == [] and exports(cli) == ["parnassys"]
    written = cli("export", "parnassys", ident, "--for", zoe, lang="en")
    path = here / f"parnassys-{zoe[:8]}.txt"
    assert written.err == f"Written: {path.name}\n" and path.read_text(encoding="utf-8") == answer.out
    assert path.stat().st_mode & 0o777 == 0o600
    assert cli("export", "parnassys", ident, "--for", zoe).code == 1
    assert cli("export", "parnassys", ident, "--for", zoe, "--force").code == 0
    assert exports(cli) == ["parnassys"] * 3


def test_a_name_is_warned_about_and_several_pupils_are_asked_about(cli: Cli) -> None:
    ident = decided(cli)
    named = cli("export", "parnassys", ident, "--for", "zoe", "--output", "-", lang="en")
    assert named.code == 0 and "visible to others" in named.err
    asked = cli("export", "parnassys", ident, lang="en")
    assert asked.code == 2 and all(cli.kit.ids[name] in asked.err for name in (ZOE, DANIEL))
    assert not any(name in asked.err for name in NAMES)
    for wrong in (NOOR, cli.kit.ids[NOOR], "", "niemand"):
        refused = cli("export", "parnassys", ident, "--for", wrong, "--output", "-", lang="en")
        assert (refused.code, refused.out) == (2, ""), wrong
    assert cli("export", "parnassys").code == 2
    assert exports(cli) == ["parnassys"]


def test_one_pupil_alone_need_not_be_named(cli: Cli) -> None:
    ident = decided(cli, ZOE, facts="Zoë viel.")
    (note,) = cli.kit.open_as("marit").incidents.get(ident).record.notes
    for source in (ident, note):
        answer = cli("export", "parnassys", source, "--output", "-", lang="en")
        assert answer.code == 0 and "What: Zoë viel." in answer.lines
    nobody = cli.kit.open_as("marit").notes.add(about(cli.kit, "Ruit kapot."))
    assert cli("export", "parnassys", nobody).code == 2


def test_all_that_is_not_there_yet(cli: Cli) -> None:
    first, zoe = decided(cli), cli.kit.ids[ZOE]
    decided(cli, ZOE, facts="Zoë viel.")
    answer = cli("export", "parnassys", "--for", zoe, "--output", "-", lang="en")
    assert answer.code == 0 and answer.out.count("Kind: fysiek") == 2
    marit = cli.kit.open_as("marit")
    for known in marit.incidents.all():
        marit.incidents.add(known.id, IncidentWhat.PARNASSYS, about=[zoe])
    nothing = cli("export", "parnassys", "--for", zoe, "--output", "-", lang="en")
    assert (nothing.code, nothing.out) == (0, "") and "Everything" in nothing.err
    assert first and exports(cli) == ["parnassys"]


def test_who_may_not_read_it_learns_nothing(cli: Cli) -> None:
    ident = decided(cli)
    answers = [cli("export", "parnassys", source, "--output", "-", login="karim") for source in (ident, "nergens")]
    assert {answer.code for answer in answers} == {6} and answers[0].err == answers[1].err
    assert {answer.out for answer in answers} == {""}


def test_what_cannot_be_logged_is_not_exported(cli: Cli, here: Path) -> None:
    ident, zoe = decided(cli), cli.kit.ids[ZOE]
    with locked(cli.kit.path):
        for output in ("-", "uit.txt"):
            arguments = ("export", "parnassys", ident, "--for", zoe, "--output", output)
            answer = cli(*arguments, machine=Hurried(clock=cli.kit.clock))
            assert (answer.code, answer.out) == (7, "")
    assert list(here.iterdir()) == []
