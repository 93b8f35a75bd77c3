"""People and pupils by script: a school from nothing to its first note, without anybody at a terminal."""

import re
from pathlib import Path

import pytest

from data.register import open_school
from tests.data.school_kit import PEOPLE, PUPILS, passphrase_of

from .kit import Cli

ROLES = {"teacher", "coordinator", "ib", "director", "counsellor", "support", "kwink", "external", "administrator"}
CODE = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5})+")


def test_a_school_from_nothing(cli: Cli) -> None:
    """init, groups, an invitation, a first log-in, a note: as the README's administrator would."""
    vault = cli.folder / "srv" / "new" / "school.pest"
    made = cli(
        "init",
        "--school",
        "De Horizon",
        "--name",
        "Ada Kok",
        "--json",
        login="ada",
        passphrase="wat een dag vandaag",
        vault=vault,
    )
    assert made.code == 0
    assert set(made.json) >= {"vault", "recovery_code"}
    assert made.json["vault"] == str(vault)
    assert CODE.fullmatch(made.json["recovery_code"])
    assert (vault.stat().st_mode & 0o777, vault.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def ada(*arguments: str, given: str = "") -> object:
        answer = cli(*arguments, login="ada", passphrase="wat een dag vandaag", vault=vault, given=given)
        assert answer.code == 0, answer.err
        return answer.json if "--json" in arguments else answer.out

    assert ada("pupils", "--add", "groep 5", given="Jip Prins\nSmits, Janneke\n\n") == ""
    listed = ada("pupils", "--json")
    assert isinstance(listed, list)
    assert [(pupil["name"], pupil["group"]) for pupil in listed] == [
        ("Janneke Smits", "groep 5"),
        ("Jip Prins", "groep 5"),
    ]
    invited = ada("person", "add", "bob", "--name", "Bob Smit", "--role", "teacher", "--group", "groep 5", "--json")
    assert isinstance(invited, dict)
    code = cli.secret(invited["code"], "code")
    options = ("--vault", str(vault), "--login", "bob")
    new = cli.secret("een heel nieuwe wachtzin", "new")
    joined = cli.bare(*options, "join", "--code-file", code, "--new-passphrase-file", new)
    assert (joined.code, joined.out) == (0, "")
    jotted = cli(
        "note", "-", "--json", login="bob", passphrase="een heel nieuwe wachtzin", vault=vault, given="Jip viel"
    )
    assert jotted.code == 0
    notes = ada("notes", "--json")
    assert isinstance(notes, list)
    assert [(note["author"], note["facts"]) for note in notes] == [("bob", "Jip Prins viel")]


def test_init_without_json_prints_the_code_alone(cli: Cli) -> None:
    vault = cli.folder / "nieuw.pest"
    new = cli.secret("wat een dag vandaag", "new")
    options = ("--vault", str(vault), "--login", "ada")
    answer = cli.bare(*options, "init", "--school", "De Horizon", "--name", "Ada", "--new-passphrase-file", new)
    assert answer.code == 0
    assert CODE.fullmatch(answer.out.strip())
    assert "ada" in answer.err
    assert answer.out.strip() not in answer.err
    open_school(str(vault), "ada", "wat een dag vandaag", machine=cli.kit.machine).close()


def test_init_takes_the_new_passphrase_from_standard_input(cli: Cli) -> None:
    vault = cli.folder / "nieuw.pest"
    options = ("--vault", str(vault), "--login", "ada")
    given = "wat een dag vandaag\n"
    arguments = ("init", "--school", "De Horizon", "--name", "Ada", "--new-passphrase-file", "-")
    assert cli.bare(*options, *arguments, given=given).code == 0
    open_school(str(vault), "ada", "wat een dag vandaag", machine=cli.kit.machine).close()


def test_init_never_writes_over_a_file(cli: Cli) -> None:
    before = cli.kit.path.read_bytes()
    answer = cli("init", "--school", "De Horizon", "--name", "Ada", login="ada", passphrase="wat een dag vandaag")
    assert (answer.code, answer.out) == (1, "")
    assert cli.kit.path.read_bytes() == before


@pytest.mark.parametrize("path", ["file/school.pest", "file/deeper/school.pest"])
def test_init_where_no_file_can_be(cli: Cli, path: str) -> None:
    (cli.folder / "file").write_text("in the way")
    answer = cli("init", "--school", "S", "--name", "N", passphrase="wat een dag vandaag", vault=cli.folder / path)
    assert (answer.code, answer.out) == (1, "")
    assert path in answer.err


@pytest.mark.parametrize(
    ("school", "name", "passphrase"),
    [("", "Ada", "lang genoeg hoor"), ("S", " ", "lang genoeg hoor"), ("S", "Ada", "kort")],
)
def test_init_refuses_what_is_too_little(cli: Cli, school: str, name: str, passphrase: str) -> None:
    vault = cli.folder / "nieuw.pest"
    answer = cli("init", "--school", school, "--name", name, passphrase=passphrase, vault=vault)
    assert (answer.code, answer.out) == (2, "")
    assert not vault.exists()
    assert passphrase not in answer.err


def test_person_list_as_json(cli: Cli) -> None:
    answer = cli("person", "list", "--json", login="dirk")
    assert answer.code == 0
    assert [person["login"] for person in answer.json] == list(PEOPLE)
    for person in answer.json:
        assert set(person) >= {"login", "name", "roles", "groups", "status", "until", "waiting"}
        assert (person["status"], person["until"], person["waiting"]) == ("active", None, 0)
        name, roles, _ = PEOPLE[person["login"]]
        assert (person["name"], person["roles"]) == (name, [role.value for role in roles])
        assert set(person["roles"]) <= ROLES
    marit = cli("person", "list", "--json").json[1]
    assert marit["groups"] == ["groep 6"]


def test_person_add_as_json_and_once_only(cli: Cli) -> None:
    answer = cli(
        "person",
        "add",
        " bob\x1b ",
        "--name",
        "Bob Smit",
        "--role",
        "teacher",
        "--role",
        "kwink",
        "--json",
        login="anne",
    )
    assert answer.code == 0
    assert set(answer.json) >= {"login", "code", "until"}
    assert answer.json["login"] == "bob"
    assert re.fullmatch(r"2026-12-02T09:30:00\+01:00", answer.json["until"])
    invited = next(person for person in cli("person", "list", "--json").json if person["login"] == "bob")
    assert (invited["status"], invited["roles"]) == ("invited", ["teacher", "kwink"])
    assert invited["until"] == answer.json["until"]
    assert cli("person", "add", "bob", "--name", "Bob", "--role", "teacher", login="anne").code == 2


def test_an_invitation_until_a_day(cli: Cli) -> None:
    answer = cli(
        "person", "add", "gast", "--name", "G", "--role", "external", "--until", "2026-12-24", "--json", login="anne"
    )
    given = f"{answer.json['code']}\neen wachtzin van mij\n"
    options = ("--vault", str(cli.kit.path), "--login", "gast")
    joined = cli.bare(*options, "join", "--code-file", "-", "--new-passphrase-file", "-", given=given)
    assert joined.code == 0
    guest = next(person for person in cli("person", "list", "--json").json if person["login"] == "gast")
    assert guest["until"] == "2026-12-24T23:59:59+01:00"
    cli.kit.clock.pass_(days=40)
    assert cli("notes", login="gast", passphrase="een wachtzin van mij").code == 5


@pytest.mark.parametrize(
    ("login", "arguments", "code"),
    [
        ("anne", ("--role", "baas"), 2),
        ("anne", ("--role", "recovery"), 2),
        ("anne", (), 2),
        ("anne", ("--role", "teacher", "--group", "groep 9"), 2),
        ("anne", ("--role", "teacher", "--until", "morgen"), 2),
        ("marit", ("--role", "teacher"), 6),
        ("dirk", ("--role", "administrator"), 6),
    ],
)
def test_who_cannot_be_invited_or_by_whom(cli: Cli, login: str, arguments: tuple[str, ...], code: int) -> None:
    answer = cli("person", "add", "bob", "--name", "Bob", *arguments, login=login)
    assert (answer.code, answer.out) == (code, "")
    assert len(cli("person", "list", "--json").json) == len(PEOPLE)


def test_a_code_works_once_and_for_its_own_login(cli: Cli) -> None:
    invited = cli("person", "add", "bob", "--name", "Bob", "--role", "teacher", login="anne")
    code = cli.secret(invited.out.strip(), "code")
    new = cli.secret("een heel nieuwe wachtzin", "new")

    def join(login: str) -> int:
        options = ("--vault", str(cli.kit.path), "--login", login)
        return cli.bare(*options, "join", "--code-file", code, "--new-passphrase-file", new).code

    assert join("anne") == 5
    assert join("bob") == 0
    assert join("bob") == 5


def test_a_code_that_is_too_old(cli: Cli) -> None:
    invited = cli("person", "add", "bob", "--name", "Bob", "--role", "teacher", login="anne")
    cli.kit.clock.pass_(days=15)
    given = f"{invited.out}een heel nieuwe wachtzin\n"
    options = ("--vault", str(cli.kit.path), "--login", "bob")
    assert cli.bare(*options, "join", "--code-file", "-", "--new-passphrase-file", "-", given=given).code == 5


def test_pupils_as_json(cli: Cli) -> None:
    answer = cli("pupils", "--json", login="karim")
    assert all(set(pupil) >= {"id", "name", "group"} for pupil in answer.json)
    assert {pupil["name"]: pupil["id"] for pupil in answer.json} == cli.kit.ids
    groups = [pupil["group"] for pupil in answer.json]
    assert groups == ["groep 7"] * len(PUPILS["groep 7"]) + ["groep 6"] * len(PUPILS["groep 6"])


def test_pupils_are_added_from_standard_input(cli: Cli) -> None:
    answer = cli("pupils", "--add", "groep 6", "--json", login="hans", given="Zoë de Vries\nJansen, Kees\n")
    assert answer.code == 0
    assert ("Kees Jansen", "groep 6") in [(pupil["name"], pupil["group"]) for pupil in answer.json]
    assert "Kees" not in answer.err
    assert len(answer.json) == len(cli.kit.ids) + 1


@pytest.mark.parametrize(("login", "given", "code"), [("marit", "Kees Jansen", 6), ("anne", "Kees\n" * 61, 2)])
def test_pupils_that_are_not_added(cli: Cli, login: str, given: str, code: int) -> None:
    answer = cli("pupils", "--add", "groep 6", login=login, given=given)
    assert (answer.code, answer.out) == (code, "")
    assert "Kees" not in answer.err
    assert len(cli("pupils", "--json").json) == len(cli.kit.ids)


def test_demo_as_json(cli: Cli) -> None:
    path = cli.folder / "demo.pest"
    answer = cli.bare("demo", "--create", str(path), "--json")
    assert answer.code == 0
    assert set(answer.json) >= {"vault", "recovery_code", "people"}
    assert (answer.json["vault"], path.stat().st_mode & 0o777) == (str(path), 0o600)
    for person in answer.json["people"]:
        assert set(person) >= {"login", "name", "roles", "passphrase"}
        assert set(person["roles"]) <= ROLES
    first = answer.json["people"][0]
    assert "coordinator" in first["roles"]
    report = cli("verify", "--json", login=first["login"], passphrase=first["passphrase"], vault=path)
    assert (report.code, report.json["whole"]) == (0, True)
    assert cli("cases", "--json", login=first["login"], passphrase=first["passphrase"], vault=path).json
    again = cli.bare("demo", "--create", str(path))
    assert (again.code, again.out) == (1, "")
    assert sorted(found.name for found in Path(cli.folder).glob("demo.pest*")) == ["demo.pest"]


def test_a_demo_that_cannot_be_made_or_shown(cli: Cli) -> None:
    assert cli.bare("demo", "--json").code == 2
    nowhere = cli.bare("demo", "--create", str(cli.folder / "none" / "demo.pest"))
    assert (nowhere.code, nowhere.out) == (1, "")
    without_terminal = cli.bare("demo")
    assert (without_terminal.code, without_terminal.out) == (2, "")


def test_an_own_passphrase_is_never_printed(cli: Cli) -> None:
    for arguments in (("person", "list"), ("notes",), ("verify",), ("pupils",)):
        answer = cli(*arguments)
        assert passphrase_of("marit") not in answer.out + answer.err
