"""The log by script: who read, changed, exported or granted what."""

import json

from data.model import Strand

from .kit import NAMES, SENTENCE, Cli, damaged
from .test_refusals import Hurried, locked

KEYS = {"at", "kind", "author", "case", "about", "what"}


def kinds(cli: Cli, login: str, *arguments: str) -> list[tuple[str, str, str | None]]:
    answer = cli("log", "--json", *arguments, login=login)
    assert (answer.code, answer.err) == (0, "")
    return [(line["author"], line["kind"], line["about"]) for line in answer.json]


def test_showing_a_case_is_a_line_once_a_day(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    for options in ((), ("--json",), ()):
        assert cli("show", code.lower(), *options, login="joost").code == 0
    assert cli("show", code, login="anne").code == 0
    cli.kit.clock.pass_(days=1)
    assert cli("show", code, login="joost").code == 0
    expected = [
        ("marit", "changed", None),
        ("marit", "granted", "joost"),
        ("marit", "changed", None),
        ("joost", "read", None),
        ("anne", "read", None),
        ("joost", "read", None),
    ]
    assert kinds(cli, "marit", "--case", code) == kinds(cli, "anne") == expected


def test_a_line_as_json(cli: Cli) -> None:
    code = cli.case("Zoë de Vries", "Noor Yılmaz")
    answer = cli("log", "--json")
    assert all(set(line) == KEYS for line in answer.json)
    opened, granted, step = answer.json
    assert opened == {
        "at": "2026-11-18T09:30:00+01:00",
        "kind": "changed",
        "author": "marit",
        "case": code,
        "about": None,
        "what": "opened",
    }
    assert (granted["kind"], granted["about"], granted["what"]) == ("granted", "joost", "")
    assert (step["kind"], step["what"]) == ("changed", "step")
    assert not any(name in answer.out for name in (*NAMES, SENTENCE))


def test_a_line_as_text(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    answer = cli("log", lang="en")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == [
        f"Wed 18 Nov 2026 09:30  M. Hoekstra  opened the case  {code}",
        f"Wed 18 Nov 2026 09:30  M. Hoekstra  let J. van der Laan take part  {code}",
        f"Wed 18 Nov 2026 09:30  M. Hoekstra  recorded a step  {code}",
    ]
    assert cli("log", "--case", code, lang="en").lines == answer.lines


def test_each_sees_what_their_keys_open(cli: Cli) -> None:
    one, other = cli.case("Zoë de Vries"), cli.case("Bram de Boer", by="karim")
    hans = cli.kit.open_as("hans")
    karim = hans.vault.directory.by_login("karim")
    assert karim
    hans.log.people("roles", karim.id.hex())
    seen = {login: cli("log", "--json", login=login).json for login in ("anne", "marit", "karim", "hans", "dirk")}
    assert {line["case"] for line in seen["anne"]} == {one, other, None}
    assert {line["case"] for line in seen["marit"]} == {one}
    assert {line["case"] for line in seen["karim"]} == {other}
    assert [(line["kind"], line["about"], line["case"]) for line in seen["hans"]] == [("person", "karim", None)]
    assert seen["dirk"] == []


def test_a_guest_sees_the_log_of_their_case(cli: Cli) -> None:
    marit = cli.kit.open_as("marit")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    code = marit.cases.open({cli.kit.ids["Zoë de Vries"]: Strand.BULLIED}, members=[people["esther"]])
    assert cli("show", code, login="esther").code == 0
    assert (
        kinds(cli, "esther", "--case", code)
        == kinds(cli, "marit")
        == [
            ("marit", "changed", None),
            ("marit", "granted", "esther"),
            ("esther", "read", None),
        ]
    )


def test_the_log_of_a_case_one_may_not_read_and_of_none(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    for login in ("karim", "hans", "dirk", "esther"):
        shown = cli("show", code, login=login)
        for wanted in (code, "Z-2222", "Zoë de Vries", ""):
            assert cli("log", "--case", wanted, login=login) == shown
            assert cli("log", "--case", wanted, "--json", login=login) == shown
        assert (shown.code, shown.out) == (6, "")


def test_asking_for_a_case_that_is_not_ones_own_leaves_no_trace_in_it(cli: Cli) -> None:
    code, size = cli.case("Zoë de Vries"), cli.kit.path.stat().st_size
    for login in ("karim", "hans", "dirk", "esther"):
        cli("show", code, login=login)
    assert cli.kit.path.stat().st_size == size


def test_a_case_is_shown_though_nothing_can_be_written(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    with locked(cli.kit.path):
        answer = cli("show", code, "--json", login="joost", machine=Hurried(clock=cli.kit.clock))
        assert (answer.code, answer.err, answer.json["case"]) == (0, "", code)
    size = cli.kit.path.stat().st_size
    cli("note", "-", given="na de schade")
    path = damaged(cli.kit.path, cli.folder / "damaged.pest", (size + 40) / cli.kit.path.stat().st_size)
    cli("note", "-", given="nog later", vault=path)
    answer = cli("show", code, "--json", login="joost", vault=path)
    assert answer.json["case"] == code
    assert not any(kind == "read" for _, kind, _ in kinds(cli, "marit"))
    assert json.loads(cli("log", "--json", vault=path).out)


def test_nothing_on_the_command_line_changes_the_log(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    before = cli("log", "--json").json
    for arguments in (("log", "--clear"), ("log", "remove"), ("log", code), ("log", "--add", "x")):
        assert cli(*arguments).code == 2
    assert cli("log", "--json").json == before
