"""Agreements by script: what `show` tells of them, and what `agenda` waits for."""

from datetime import timedelta

from data.model import AgreedWith, DecisionKind, Kept
from data.words import Words

from .kit import Cli

KEYS = {"text", "party", "about", "at", "by", "check_on", "due", "overdue", "checks"}
CHECK_KEYS = {"at", "by", "kept", "text", "safety", "next_on"}
WEEK = timedelta(days=7)
TR = Words("nl").tr


def agreed(cli: Cli) -> str:
    """Make an agreement with Zoë's family and one with the group, of which the first is looked at."""
    code, today = cli.case("Zoë de Vries", "Daniël van 't Hof"), cli.kit.clock.now().date()
    marit, zoe = cli.kit.open_as("marit"), cli.kit.ids["Zoë de Vries"]
    ident = marit.agreements.make(code, AgreedWith.FAMILY, "Zoë belt elke vrijdag", about=[zoe], check_on=today)
    marit.agreements.check(
        ident, code, Kept.PARTLY, text="Zoë vergat het\neen keer", safety=2, about=zoe, next_on=today + WEEK
    )
    marit.agreements.make(code, AgreedWith.GROUP, "stop is stop")
    marit.agreements.begin(code, "kwink", text="met de groep")
    return code


def test_agreements_as_json(cli: Cli) -> None:
    code, today = agreed(cli), cli.kit.clock.now().date()
    cli.kit.clock.pass_(days=8)
    shown = cli("show", code, "--json", login="joost").json
    family, group = shown["agreements"]
    assert set(family) >= KEYS and set(group) >= KEYS
    assert (family["text"], family["party"], family["by"]) == ("Zoë de Vries belt elke vrijdag", "family", "marit")
    assert family["about"] == [{"id": cli.kit.ids["Zoë de Vries"], "name": "Zoë de Vries"}]
    assert (family["at"], family["check_on"]) == (today.isoformat(), today.isoformat())
    assert (family["due"], family["overdue"]) == ((today + WEEK).isoformat(), True)
    (check,) = family["checks"]
    assert set(check) >= CHECK_KEYS
    assert (check["kept"], check["safety"], check["next_on"]) == ("partly", 2, (today + WEEK).isoformat())
    assert check["text"] == "Zoë de Vries vergat het\neen keer"
    assert (group["party"], group["about"], group["due"], group["overdue"]) == ("group", [], None, False)
    assert (group["group"], group["checks"]) == ("groep 6", [])
    assert [tried["method"] for tried in shown["approaches"]] == ["kwink"]


def test_agreements_in_plain_lines(cli: Cli) -> None:
    code = agreed(cli)
    cli.kit.clock.pass_(days=8)
    lines = cli("show", code).lines
    at = next(at for at, line in enumerate(lines) if TR("agreement") in line and "Zoë" in line)
    assert lines[at].endswith(TR("late"))
    assert lines[at + 1] == "  Zoë de Vries belt elke vrijdag"
    assert TR("partly kept") in lines[at + 2] and TR("safe {score}", score=2) in lines[at + 2]
    assert lines[at + 3 : at + 5] == ["    Zoë de Vries vergat het", "    een keer"]
    assert "  met de groep" in lines


def test_an_agreement_to_look_at_is_in_the_agenda(cli: Cli) -> None:
    code = agreed(cli)
    marit, today = cli.kit.open_as("marit"), cli.kit.clock.now().date()
    marit.cases.decide(code, DecisionKind.CONSULTED, again=today + 3 * WEEK)
    (due,) = cli("agenda", "--json").json
    assert (due["kind"], due["date"], due["case"], due["overdue"]) == ("check", (today + WEEK).isoformat(), code, False)
    assert TR("look at the agreement") in cli("agenda").out
    assert "Zoë" not in cli("agenda").out


def test_a_closed_case_waits_for_no_agreement(cli: Cli) -> None:
    code = agreed(cli)
    cli.kit.open_as("marit").cases.decide(code, DecisionKind.CLOSED, text="klaar")
    assert [found["due"] for found in cli("show", code, "--json").json["agreements"]] == [None, None]
    assert cli("agenda", "--json").json == []
