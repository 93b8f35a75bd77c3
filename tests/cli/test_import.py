"""Groups and pupils from a file, by script: the shape that scripts rely on, exit codes, and nothing half done."""

from pathlib import Path

import pytest

from tests.data.roll_kit import HEADER, SAMPLE, table
from tests.data.school_kit import PUPILS

from .kit import NAMES, Cli

ALL = [f"{group};{name.replace(' ', ';;', 1)}" for group, names in PUPILS.items() for name in names]


def write(tmp_path: Path, *rows: str, header: str = HEADER) -> str:
    path = tmp_path / "klas.csv"
    path.write_bytes(table(*rows, header=header))
    return str(path)


def pupils(cli: Cli) -> dict[str, str]:
    return {known["name"]: known["group"] for known in cli("pupils", "--json", login="anne").json}


def test_differences_first_then_applied(cli: Cli) -> None:
    before = cli.kit.path.read_bytes()
    shown = cli("import", str(SAMPLE), "--json", login="anne")
    assert shown.code == 0
    assert set(shown.json) >= {"groups", "pupils", "teachers", "dropped", "warnings"}
    for name in ("groups", "pupils", "teachers"):
        assert set(shown.json[name]) == {"new", "changed", "gone", "same"}
    assert shown.json["groups"] == {"new": 5, "changed": 0, "gone": 2, "same": 0}
    assert shown.json["pupils"] == {"new": 2, "changed": 0, "gone": 8, "same": 0}
    assert shown.json["teachers"]["new"] == 3
    assert "bsn" in shown.json["dropped"]
    assert "133456785" not in shown.out
    assert all(isinstance(text, str) for text in shown.json["warnings"])
    assert cli.kit.path.read_bytes() == before, "nothing is written without --apply"
    applied = cli("import", str(SAMPLE), "--apply", "--json", login="anne")
    assert (applied.code, applied.json) == (0, shown.json)
    assert pupils(cli)["Wimpie imp ie"] == "4B"
    assert len(pupils(cli)) == 10, "nobody left by not being in the file"
    again = cli("import", str(SAMPLE), "--json", login="anne").json
    assert (again["pupils"]["same"], again["groups"]["same"]) == (2, 5)
    assert cli("verify", login="anne").code == 0


def test_plain_lines_name_nobody_unless_asked(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, *ALL[1:], "groep 8;Mia;;Nieuw;9")
    plain = cli("import", path, login="anne", lang="en")
    assert plain.code == 0
    assert "pupils: 1 new, 0 changed, 1 gone, 7 the same" in plain.lines
    assert "With --apply" in plain.err
    assert not any(name in plain.out + plain.err for name in {*NAMES, "Mia", "Nieuw"})
    named = cli("import", path, "--names", login="anne", lang="en")
    assert "new  Mia Nieuw  groep 8" in named.lines
    assert "not in the file  Sem van Dijk  groep 6" in named.lines


def test_who_is_not_in_the_file_leaves_when_told(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, *ALL[1:])
    assert cli("import", path, "--apply", login="anne").code == 0
    assert "Sem van Dijk" in pupils(cli)
    assert cli("import", path, "--apply", "--left", login="anne").code == 0
    assert "Sem van Dijk" not in pupils(cli)
    assert cli("import", path, "--json", login="anne").json["pupils"] == {"new": 0, "changed": 0, "gone": 0, "same": 7}


def test_a_name_of_another_group_is_left_out_until_told(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, *(row.replace("groep 6;Noor", "groep 7;Noor") for row in ALL))
    assert cli("import", path, "--apply", login="anne").code == 0
    assert pupils(cli)["Noor Yılmaz"] == "groep 6"
    assert cli("import", path, "--apply", "--same", login="anne").code == 0
    assert pupils(cli)["Noor Yılmaz"] == "groep 7"


@pytest.mark.parametrize("login", ["marit", "fenna", "dirk", "esther"])
def test_for_stewards_only(cli: Cli, login: str) -> None:
    before = cli.kit.path.read_bytes()
    for extra in ((), ("--apply",), ("--json",)):
        answer = cli("import", str(SAMPLE), *extra, login=login)
        assert (answer.code, answer.out) == (6, "")
        assert answer.err
    assert cli.kit.path.read_bytes() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<EDEX>\n<school>\n</EDEX>", "line 3"),
        (b"<!DOCTYPE EDEX [<!ENTITY a 'Zoe'>]><EDEX>&a;</EDEX>", "line 1"),
        (table("groep 6;Sem;;van Dijk;1", "groep 6;Sem;;Bakker;1"), "line 3"),
        (table("groep 6;=Zoe();;Vries;1"), "line 2"),
        (b"groep;naam\ngroep 6;Zo\x81\n", "line 2"),
        (b"", "line 1"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_and_reason(cli: Cli, tmp_path: Path, data: bytes, said: str) -> None:
    path, before = tmp_path / "EDEX.XML", cli.kit.path.read_bytes()
    path.write_bytes(data)
    for extra in (("--apply",), ("--json",)):
        answer = cli("import", str(path), *extra, login="anne", lang="en")
        assert (answer.code, answer.out) == (2, "")
        assert "EDEX.XML" in answer.err
        assert said in answer.err
        assert not any(name in answer.err for name in ("Sem", "Zo", "Vries", "Dijk"))
    assert cli.kit.path.read_bytes() == before


def test_no_file_and_one_that_is_too_large(cli: Cli, tmp_path: Path) -> None:
    assert cli("import", str(tmp_path / "none.xml"), login="anne").code == 2
    large = tmp_path / "large.xml"
    with large.open("wb") as stream:
        stream.truncate(100_000_000)
    answer = cli("import", str(large), login="anne")
    assert (answer.code, "20 MB" in answer.err) == (2, True)


def test_the_log_tells_it_without_a_name(cli: Cli) -> None:
    cli("import", str(SAMPLE), "--apply", login="anne")
    line = cli("log", "--json", login="anne").json[-1]
    assert (line["kind"], line["what"], line["about"]) == ("person", "imported", None)
