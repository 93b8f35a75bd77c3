"""Other tasks, resets, leaving, recovery and writing the file anew, by script; refusals with their exit codes."""

from pathlib import Path

import pytest

from data.model import Strand
from data.register import Jotting
from tests.data.school_kit import passphrase_of

from .kit import Cli

NEW = "een koe op de ladder"


def join(cli: Cli, login: str, code: str, passphrase: str = NEW) -> int:
    """Use a one-time code and return the exit code."""
    options = ("--vault", str(cli.kit.path), "--login", login)
    files = ("--code-file", cli.secret(code, "code"), "--new-passphrase-file", cli.secret(passphrase, "new"))
    return cli.bare(*options, "join", *files).code


def status(cli: Cli, login: str) -> str:
    people = cli("person", "list", "--json", login="anne").json
    return str(next(person["status"] for person in people if person["login"] == login))


def test_other_roles_and_groups(cli: Cli) -> None:
    answer = cli("person", "roles", "karim", "--group", "groep 6", login="anne")
    assert (answer.code, answer.out) == (0, "")
    people = {person["login"]: person for person in cli("person", "list", "--json", login="anne").json}
    assert (people["karim"]["groups"], people["karim"]["roles"]) == (["groep 6"], ["teacher"])
    assert (
        cli("person", "roles", "karim", "--role", "ib", "--no-group", "--until", "2027-07-31", login="anne").code == 0
    )
    people = {person["login"]: person for person in cli("person", "list", "--json", login="anne").json}
    assert (people["karim"]["groups"], people["karim"]["roles"]) == ([], ["ib"])
    assert people["karim"]["until"].startswith("2027-07-31")


@pytest.mark.parametrize(
    ("login", "arguments", "code"),
    [
        ("marit", ("person", "roles", "karim", "--role", "director"), 6),
        ("marit", ("person", "reset", "karim", "--yes"), 6),
        ("marit", ("person", "revoke", "karim", "--yes"), 6),
        ("marit", ("recover", "--renew"), 6),
        ("anne", ("person", "roles", "niemand", "--role", "teacher"), 2),
        ("anne", ("person", "roles", "karim", "--role", "baas"), 2),
        ("anne", ("person", "roles", "karim", "--group", "groep 9"), 2),
        ("anne", ("person", "reset", "karim"), 2),
        ("anne", ("person", "reset", "anne", "--yes"), 2),
        ("anne", ("person", "revoke", "karim"), 2),
        ("anne", ("person", "revoke", "anne", "--yes"), 2),
        ("anne", ("person", "revoke", "niemand", "--yes"), 2),
    ],
)
def test_refusals_change_nothing(cli: Cli, login: str, arguments: tuple[str, ...], code: int) -> None:
    before = cli.kit.path.read_bytes()
    answer = cli(*arguments, login=login)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err
    assert cli.kit.path.read_bytes() == before


def test_a_reset_prints_a_code_that_works_once(cli: Cli) -> None:
    answer = cli("person", "reset", "karim", "--yes", "--json", login="anne")
    assert answer.code == 0
    assert set(answer.json) == {"login", "code", "until"}
    assert cli("notes", login="karim").code == 5
    assert status(cli, "karim") == "invited"
    assert join(cli, "karim", answer.json["code"]) == 0
    assert join(cli, "karim", answer.json["code"]) == 5
    assert cli("notes", login="karim", passphrase=NEW).code == 0


def test_a_code_that_came_too_late(cli: Cli) -> None:
    code = cli("person", "reset", "karim", "--yes", "--json", login="anne").json["code"]
    cli.kit.clock.pass_(days=15)
    assert join(cli, "karim", code) == 5
    cli("person", "list", login="anne")  # a steward's log-in clears up
    assert status(cli, "karim") == "invited", "still a colleague, perhaps on a long holiday"
    code = cli("person", "reset", "karim", "--yes", "--json", login="anne").json["code"]
    assert join(cli, "karim", code) == 0
    cli("person", "add", "nieuw", "--name", "Nieuw Hier", "--role", "teacher", login="anne")
    cli.kit.clock.pass_(days=15)
    cli("person", "list", login="anne")
    assert status(cli, "nieuw") == "left"


def test_somebody_leaves(cli: Cli) -> None:
    code = cli.case("Zoë de Vries", by="karim")
    asked = cli("person", "revoke", "karim", login="anne")
    assert asked.code == 2
    assert code in asked.out
    assert "Zoë" not in asked.out + asked.err
    done = cli("person", "revoke", "karim", "--yes", login="anne")
    assert done.code == 0
    assert cli("notes", login="karim").code == 5
    assert status(cli, "karim") == "left"
    whole = cli("verify", "--json", login="anne").json
    assert (whole["whole"], whole["generation"]) == (True, 2)
    assert cli("show", code, login="anne").code == 0


def test_the_last_steward_stays(cli: Cli) -> None:
    assert cli("person", "revoke", "hans", "--yes", login="anne").code == 0
    answer = cli("person", "roles", "anne", "--role", "teacher", login="anne")
    assert answer.code == 2
    assert answer.err


def test_another_passphrase(cli: Cli) -> None:
    new = cli.secret(NEW, "new")
    answer = cli("person", "passphrase", "--new-passphrase-file", new)
    assert (answer.code, answer.out) == (0, "")
    assert cli("notes").code == 5
    assert cli("notes", passphrase=NEW).code == 0
    weak = cli("person", "passphrase", "--new-passphrase-file", cli.secret("marit hoekstra", "new"), passphrase=NEW)
    assert weak.code == 2
    assert "marit hoekstra" not in weak.err


def test_the_recovery_code(cli: Cli, tmp_path: Path) -> None:
    renewed = cli("recover", "--renew", "--json", login="anne").json["recovery_code"]
    options = ("--vault", str(cli.kit.path), "--login", "anne")
    answer = cli.bare(*options, "recover", "--code-file", cli.secret(renewed, "code"), "--json")
    assert answer.code == 0
    assert cli("notes", login="anne").code == 5
    assert join(cli, "anne", answer.json["code"]) == 0
    assert cli("person", "list", login="anne", passphrase=NEW).code == 0
    second = cli("recover", "--renew", login="anne", passphrase=NEW)
    assert second.out.strip().count("-") == 10
    assert cli.bare(*options, "recover", "--code-file", cli.secret(renewed, "code")).code == 5
    assert cli.bare(*options, "recover", "--code-file", cli.secret("geen code", "code")).code == 2


def test_the_file_written_anew(cli: Cli) -> None:
    marit = cli.kit.open_as("marit")
    for number in range(30):
        marit.mark_seen(cli.kit.clock.now(), f"Z-{number}")
        cli.kit.clock.pass_(minutes=1)
    marit.notes.add(Jotting("blijft staan"))
    answer = cli("compact", "--json", login="dirk")
    assert answer.code == 0
    assert answer.json["generation"] == 2
    assert answer.json["after"] < answer.json["before"]
    assert [note["facts"] for note in cli("notes", "--json").json] == ["blijft staan"]
    assert "2" in cli("compact", login="dirk").out


def test_who_was_taken_out_of_a_case_gets_the_usual_answer(cli: Cli) -> None:
    marit = cli.kit.open_as("marit")
    code = marit.cases.open({cli.kit.ids["Zoë de Vries"]: Strand.BULLIED})
    karim = marit.people.called("karim").person.id
    marit.members.invite(code, karim)
    assert cli("show", code, login="karim").code == 0
    marit.members.withdraw(code, karim)
    out, never = cli("show", code, login="karim"), cli("show", "Z-9999", login="karim")
    assert (out.code, out.err) == (never.code, never.err) == (6, never.err)


def test_a_wrong_passphrase_and_an_unknown_login_get_one_sentence(cli: Cli) -> None:
    wrong = cli("notes", passphrase="niet de goede zin")
    unknown = cli("notes", login="niemand", passphrase=passphrase_of("marit"))
    assert (wrong.code, wrong.err) == (unknown.code, unknown.err)
    assert wrong.code == 5
