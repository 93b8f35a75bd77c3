"""`export year`: a school year by script, for those who may, in the log, and nothing left where it fails."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.data.year_kit import a_year

from .kit import NAMES, Cli
from .test_dossier import Full, names
from .test_refusals import Hurried, locked

YEAR = "2026-2027"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def happened(cli: Cli) -> None:
    a_year(cli.kit, cli.kit.open_as("marit"))


def exports(cli: Cli) -> list[tuple[str, str]]:
    lines = cli("log", "--json", login="anne").json
    return [(line["author"], line["what"]) for line in lines if line["kind"] == "exported"]


def test_a_pdf_named_after_the_year_for_its_owner_alone(cli: Cli, here: Path) -> None:
    answer = cli("export", "year", login="anne", lang="en")
    path = here / f"schooljaar-{YEAR}.pdf"
    assert (answer.code, answer.out, answer.err) == (0, "", f"Written: {path.name}\n")
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(here) == [path.name]
    assert exports(cli) == [("anne", "year")]


def test_json_to_standard_output(cli: Cli, here: Path) -> None:
    answer = cli("export", "year", "--year", YEAR, "--format", "json", "--output", "-", login="anne")
    assert (answer.code, answer.err, names(here)) == (0, "", [])
    assert (answer.json["year"], answer.json["basis"], answer.json["improvements"]) == (YEAR, "all", [])
    tables = {table["id"]: table for table in answer.json["tables"]}
    assert tables["place"]["total"] == 12
    assert {cell["key"]: cell.get("count") for cell in tables["place"]["cells"]}["plein"] == 7
    assert not any(name in answer.out for name in NAMES)
    assert exports(cli) == [("anne", "year")]


def test_csv_is_a_table_of_six_columns(cli: Cli) -> None:
    answer = cli("export", "year", "--format", "csv", "--output", "-", login="anne", lang="en")
    rows = list(csv.reader(io.StringIO(answer.out.removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["part", "table", "row", "column", "number", "text"]
    assert ["Where", "Place", "plein", "", "7", "7"] in rows
    assert all(len(row) == 6 for row in rows)


def test_the_direction_reads_what_was_put_down_or_the_incidents(cli: Cli) -> None:
    arguments = ("export", "year", "--format", "json", "--output", "-")
    assert cli(*arguments, login="hans").json["basis"] == "direction"
    cli.kit.open_as("anne").year.put_down(YEAR)
    assert cli(*arguments, login="hans").json["basis"] == "all"


def test_an_empty_year(cli: Cli) -> None:
    answer = cli("export", "year", "--year", "2019-2020", "--format", "csv", "--output", "-", login="anne", lang="en")
    assert answer.code == 0
    assert "No incident was written down in this school year." in answer.out


@pytest.mark.parametrize("login", ["marit", "fenna", "dirk", "esther"])
def test_who_may_not(cli: Cli, here: Path, login: str) -> None:
    answer = cli("export", "year", login=login)
    assert (answer.code, answer.out, names(here)) == (6, "", [])


@pytest.mark.parametrize(
    "arguments", [("--year", "2026"), ("--year", "2026-2028"), ("--format", "xlsx"), ("te", "veel"), ("--year",)]
)
def test_what_is_not_understood(cli: Cli, here: Path, arguments: tuple[str, ...]) -> None:
    answer = cli("export", "year", *arguments, login="anne", lang="en")
    assert (answer.code, answer.out, names(here)) == (2, "", [])


def test_an_existing_file_stays_unless_forced(cli: Cli, here: Path) -> None:
    there = here / "uit.csv"
    there.write_text("van mij")
    arguments = ("export", "year", "--format", "csv", "--output", "uit.csv")
    assert (cli(*arguments, login="anne").code, there.read_text()) == (1, "van mij")
    assert exports(cli) == []
    assert cli(*arguments, "--force", login="anne").code == 0
    assert there.read_text() != "van mij"


def test_what_cannot_be_written_or_logged_leaves_nothing(cli: Cli, here: Path) -> None:
    full = cli("export", "year", login="anne", machine=replace(cli.kit.machine, files=Full()), lang="en")
    assert (full.code, full.err.startswith("Not saved: The file ")) == (1, True)
    with locked(cli.kit.path):
        busy = cli("export", "year", login="anne", machine=Hurried(clock=cli.kit.clock))
        printed = cli("export", "year", "--output", "-", login="anne", machine=Hurried(clock=cli.kit.clock))
    assert (busy.code, printed.code, printed.out) == (7, 7, "")
    assert names(here) == []
    assert exports(cli) == []
