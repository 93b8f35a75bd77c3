"""Cases by script: the list, one of them, and what somebody outside learns."""

import re
from dataclasses import replace
from datetime import date

from data.model import DecisionKind, Strand
from data.protocol import StepState
from data.register import Jotting
from data.words import Words
from tests.data.school_kit import about

from .kit import Cli

CASE_KEYS = {"case", "status", "phase", "next_step", "due", "overdue", "owner", "pupils"}
STEP_KEYS = {"number", "title", "state", "by", "at", "missing"}
STATES = {"open", "busy", "done", "skipped"}


def test_cases_as_json(cli: Cli) -> None:
    code = cli.case("Zoë de Vries", "Daniël van 't Hof")
    answer = cli("cases", "--json", login="joost")
    assert (answer.code, answer.err) == (0, "")
    (case,) = answer.json
    assert set(case) >= CASE_KEYS
    assert (case["case"], case["status"], case["owner"], case["overdue"]) == (code, "open", "marit", False)
    assert isinstance(case["next_step"], int)
    assert case["due"] is None or case["due"].startswith("2026-")
    names = ("Zoë de Vries", "Daniël van 't Hof")
    for pupil, name in zip(case["pupils"], names, strict=True):
        assert {"id": cli.kit.ids[name], "name": name}.items() <= pupil.items()


def test_a_late_case_says_so(cli: Cli) -> None:
    cli.case("Zoë de Vries")
    cli.kit.clock.pass_(days=90)
    (case,) = cli("cases", "--json").json
    assert case["overdue"] is True
    assert Words("nl").tr("late") in cli("cases").out


def test_who_takes_no_part_sees_no_case(cli: Cli) -> None:
    cli.case("Zoë de Vries")
    for login in ("karim", "fenna", "dirk", "esther"):
        answer = cli("cases", "--json", login=login)
        assert (answer.code, answer.json) == (0, [])
    assert len(cli("cases", "--json", login="anne").json) == 1


def test_one_case_as_json(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    marit = cli.kit.open_as("marit")
    marit.notes.add(Jotting("Zoë vertelde meer", case=code), {cli.kit.ids["Zoë de Vries"]: "Zoë"})
    marit.cases.record_step(code, 2, StepState.SKIPPED, reason="al gesproken")
    for spelling in (code, code.lower()):
        answer = cli("show", spelling, "--json", login="joost")
        assert answer.code == 0
        case = answer.json
        assert set(case) >= CASE_KEYS | {"steps", "notes", "agreements"}
        assert [step["number"] for step in case["steps"]] == list(range(1, 13))
        assert all(set(step) >= STEP_KEYS and step["state"] in STATES for step in case["steps"])
        assert all(isinstance(step["missing"], list) for step in case["steps"])
        first, second, third = case["steps"][:3]
        assert (first["state"], first["by"], first["at"]) == ("done", "marit", "2026-11-18")
        assert second["state"] == "skipped"
        assert (third["state"], third["by"], third["at"]) == ("open", None, None)
        assert [note["facts"] for note in case["notes"]] == ["Zoë de Vries vertelde meer"]


def test_a_case_as_json_holds_the_proof_of_each_step(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    marit = cli.kit.open_as("marit")
    first = marit.cases.record_step(code, 3, StepState.DONE, text="Met Jost.", details={"judgement": "teasing"})
    typed = {"judgement": "bullying", "advice": "Zoë volgen\nelke week"}
    marit.cases.record_step(code, 3, StepState.DONE, text="Met Joost.", details=typed, corrects=first)
    step = cli("show", code, "--json", login="joost").json["steps"][2]
    assert step["details"] == {"judgement": "bullying", "advice": "Zoë de Vries volgen\nelke week"}
    before, after = step["entries"]
    keys = {"entry", "at", "entered", "author", "state", "text", "reason", "present", "about", "details"}
    assert keys | {"corrects", "corrected"} <= set(before)
    assert (before["entry"], before["details"], before["corrected"]) == (first, {"judgement": "teasing"}, True)
    assert (after["corrects"], after["corrected"], after["text"]) == (first, False, "Met Joost.")
    lines, tr = cli("show", code).lines, Words("nl").tr
    at = lines.index(f"      {tr('judgement')}: {tr('bullying')}")
    assert lines[at + 1] == f"      {tr('advice')}: Zoë de Vries volgen elke week"
    assert lines[at - 1].startswith("  3 ")


def test_a_closing_as_json_says_which_families_were_told(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    zoe = cli.kit.ids["Zoë de Vries"]
    cli.kit.open_as("marit").cases.decide(code, DecisionKind.CLOSED, text="Rustig.", told=[zoe])
    (decision,) = cli("show", code, "--json").json["decisions"]
    assert decision["told"] == [{"id": zoe, "name": "Zoë de Vries"}]


def test_one_case_in_plain_lines(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    cli.kit.open_as("marit").notes.add(Jotting("twee\nregels", case=code))
    answer = cli("show", code)
    assert answer.code == 0
    assert answer.lines[0] == f"{code}  Zoë de Vries"
    assert [int(line[:3]) for line in answer.lines if re.match(r" [ \d]\d ", line)] == list(range(1, 13))
    assert answer.lines[-2:] == ["  twee", "  regels"]


def test_complaints_and_incidents_of_a_case(cli: Cli) -> None:
    code, ids = cli.case("Zoë de Vries"), cli.kit.ids
    marit = cli.kit.open_as("marit")
    note = marit.notes.add(about(cli.kit, "Daniël schopte Zoë.", "Zoë de Vries", "Daniël van 't Hof", case=code))
    ident = marit.incidents.decide(replace(marit.incidents.begin([note]), behaviour="fysiek", grave=True))
    anne = cli.kit.open_as("anne")
    today = anne.now().date()
    complaint = anne.complaints.add(code, "ouders van Zoë", today, "het bestuur", until=today)
    cli.kit.clock.pass_(minutes=1)
    anne.complaints.about(complaint, "Het bestuur belde.")
    loose = marit.notes.add(about(cli.kit, "Iets anders.", "Zoë de Vries"))
    marit.incidents.decide(replace(marit.incidents.begin([loose]), behaviour="verbaal"))
    found = cli("show", code, "--json").json
    assert [one["incident"] for one in found["incidents"]] == [ident] and found["incidents"][0]["case"] == code
    (said,) = found["complaints"]
    assert (said["complaint"], said["by"], said["route"]) == (complaint, "anne", "het bestuur")
    assert (said["until"], said["due"]) == (today.isoformat(), None)
    assert [(one["text"], one["until"]) for one in said["said"]] == [("Het bestuur belde.", None)]
    lines = cli("show", code, lang="en").lines
    assert f"{today}  official complaint  anne  by {today}" in lines and "  goes to: het bestuur" in lines
    assert f"{today}  about the complaint  anne" in lines and "  Het bestuur belde." in lines
    at = next(at for at, line in enumerate(lines) if line.startswith(f"{ident}  "))
    assert "fysiek" in lines[at] and lines[at + 1] == "  Daniël van 't Hof schopte Zoë de Vries."
    assert lines[at + 2].startswith("  [serious") and not any("Iets anders" in line for line in lines)
    assert ids["Zoë de Vries"] in {pupil["id"] for pupil in found["incidents"][0]["pupils"]}


def test_a_case_one_may_not_read_and_one_that_does_not_exist_get_the_same_answer(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    for login in ("karim", "hans", "dirk", "esther"):
        for options in ((), ("--json",)):
            closed, absent = cli("show", code, *options, login=login), cli("show", "Z-2222", *options, login=login)
            assert closed == absent
            assert (closed.code, closed.out) == (6, "")
            assert closed.err.strip()


def test_a_guest_reads_the_case_with_the_names_it_holds(cli: Cli) -> None:
    marit = cli.kit.open_as("marit")
    people = {person.login: person for person in marit.vault.directory.people.values()}
    code = marit.cases.open({cli.kit.ids["Zoë de Vries"]: Strand.BULLIED}, members=[people["marit"], people["esther"]])
    (case,) = cli("cases", "--json", login="esther").json
    assert case["case"] == code
    assert case["pupils"][0]["name"] == "Zoë de Vries"
    assert cli("pupils", "--json", login="esther").json == []


# --- agenda ------------------------------------------------------------------------------------------------------

DUE_KEYS = {"date", "kind", "case", "step", "text", "overdue"}


def test_agenda_tells_what_is_due_soonest_first(cli: Cli) -> None:
    early = cli.case("Zoë de Vries")
    cli.kit.clock.pass_(days=3)
    later = cli.case("Noor Yılmaz")
    cli.kit.open_as("marit").cases.decide(later, DecisionKind.CONSULTED, text="zo verder", again=date(2027, 1, 18))
    answer = cli("agenda", "--json")
    assert (answer.code, answer.err) == (0, "")
    first, second = answer.json
    assert set(first) >= DUE_KEYS
    assert set(second) >= DUE_KEYS
    assert (first["case"], first["kind"], first["step"], first["overdue"]) == (early, "step", 2, False)
    assert (second["case"], second["kind"], second["date"]) == (later, "again", "2027-01-18")
    cli.kit.clock.pass_(days=90)
    assert [due["overdue"] for due in cli("agenda", "--json").json] == [True, True]
    lines = cli("agenda").lines
    assert len(lines) == 2
    assert early in lines[0]
    assert Words("nl").tr("late") in lines[0]
    assert Words("nl").tr("look again") in lines[1]
    assert not any("Vries" in line or "Noor" in line for line in lines), "a line of the agenda names nobody"


def test_agenda_holds_only_ones_own_cases(cli: Cli) -> None:
    cli.case("Zoë de Vries")
    for login in ("karim", "anne", "dirk"):
        assert cli("agenda", "--json", login=login).json == []
    assert cli("agenda", login="karim").out == ""


def test_a_closed_case_is_shown_as_closed(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    marit = cli.kit.open_as("marit")
    marit.cases.decide(code, DecisionKind.CLOSED, text="Zoë is weer vrolijk")
    case = cli("show", code, "--json").json
    assert (case["status"], case["next_step"], case["due"], case["overdue"]) == ("closed", None, None, False)
    (decision,) = case["decisions"]
    assert decision["kind"] == "closed"
    assert decision["text"] == "Zoë de Vries is weer vrolijk", "a name is a reference, drawn in full"
    assert [found["status"] for found in cli("cases", "--json").json] == ["closed"]
    assert cli("agenda", "--json").json == []
    assert Words("nl").tr("closed") in cli("cases").out
