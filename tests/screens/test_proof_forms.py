"""The proof of a step on the screen: its fields, what the case knows already, corrections, and the end of a case."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from data.model import DecisionKind, StepRecord, Strand
from data.protocol import Proof, StepState, builtin
from data.register import Jotting
from screens.case import CaseScreen
from screens.close_case import CloseCase
from screens.details import _nearest
from screens.open_case import OpenCase
from screens.overview import Overview
from screens.quick_note import QuickNote
from screens.step_form import StepForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, HOSTILE, NOOR, ZOE, a_case, into
from tests.screens.test_step_form import step_of, the_step

DONE, BUSY = StepState.DONE, StepState.BUSY
WIDE = (120, 40)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def number_of(proof: Proof) -> int:
    return next(step.number for step in builtin().steps if step.proof is proof)


ASSESSMENT, HEARING, CONSULTATION, PARENTS, EXPERT = map(
    number_of, (Proof.ASSESSMENT, Proof.HEARING, Proof.CONSULTATION, Proof.PARENT_TALK, Proof.EXPERT)
)


def records(kit: Kit, code: str) -> list[StepRecord]:
    return [event.record for event in kit.open_as("joost").cases.get(code).events]


def shown(form: StepForm) -> list[str]:
    return [ident for ident, row in form._details._rows.items() if row.display]


def foot(driver: Driver) -> str:
    return driver.text.splitlines()[-1]


# --- the fields --------------------------------------------------------------------------------------------


async def test_a_few_fields_stand_there_and_one_key_brings_the_rest(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, ASSESSMENT)
        assert shown(form) == ["since", "how_often", "where"]
        assert "F4" in foot(driver)
        await driver.press("f4")
        assert len(shown(form)) == 3 + 1 + len(builtin().criteria) + 2
        assert form.focused is form._details._controls["seen_by"]
        assert "Wil de een de ander pijn doen of buitensluiten?" in driver.text
        await driver.type("Noor")
        await driver.press("tab", "2", "tab", "4", "tab", "tab", "2", "tab", "5", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
        form = await the_step(driver, HEARING)
        assert "F4" not in foot(driver), "this kind of proof has no more"
    (record,) = records(kit, code)
    assert record.state is DONE
    assert record.details == {
        "seen_by": ("Noor",),
        "criterion_intent": ("yes",),
        "criterion_repeated": ("unclear",),
        "criterion_harm": ("yes",),
        "judgement": ("bullying",),
    }


def explain(form: StepForm) -> None:
    """Enter a later phase with its reason, where the step begins one."""
    if form._why.display:
        form._why._text.text, form._why._kind.value = "het gaat door", "grave"


@pytest.mark.parametrize("number", [step.number for step in builtin().steps])
async def test_every_step_can_be_filled_in_from_top_to_bottom(kit: Kit, number: int) -> None:
    """Tab goes through all fields, at 80×24, and back to the first; what is typed arrives where it was typed."""
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, number)
        if form._details.more:
            await driver.press("f4")
            form._text.focus()
        await driver.type("gedaan")
        for field in form._details.fields:
            control = form._details._controls[field.id]
            while form.focused is not control:
                await driver.press("tab")
            assert control.region.height and form.query_one("#step").region.contains_region(control.region)
            await driver.press("2") if field.options else await driver.type("gisteren")
        explain(form)
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen), driver.text
    (record,) = records(kit, code)
    assert record.text == ("gedaan",)
    assert set(record.details) == {field.id for field in form._details.fields}
    for field in form._details.fields:
        expected = field.options[0].value if field.options else "gisteren" if field.kind != "day" else "2026-11-17"
        assert record.details[field.id] == (expected,)


async def test_what_the_notes_know_stands_there_and_is_nobodys_word_yet(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("alleen", place="plein", case=code))
    kit.clock.pass_(days=2)
    marit.notes.add(Jotting("weer", place="gang", case=code))
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, ASSESSMENT)
        assert form._details.value("where") == "plein, gang"
        assert "18 nov" in form._details.value("since")
        await driver.press("f2")
        assert isinstance(driver.app.screen, StepForm), "a form that nobody filled in records nothing"
        assert not form.unsaved()
        await driver.type("gezien")
        await driver.press("f2")
        form = await the_step(driver, ASSESSMENT)
        assert form._details.value("where") == "", "what the step holds already is not asked again"
    (record,) = records(kit, code)
    assert record.details["where"] == ("plein, gang",)


async def test_everybody_who_takes_part_is_proposed_for_a_conference(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, number_of(Proof.CONFERENCE))
        assert form._who.value == "M. Hoekstra, J. van der Laan"
        assert not form.unsaved()
        await driver.type("verder zo")
        explain(form)
        await driver.press("f2")
    assert records(kit, code)[0].present == ("M. Hoekstra, J. van der Laan",)


async def test_a_day_may_be_to_come_only_where_something_begins_then(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, PARENTS)
        await driver.type("gebeld")
        form._details._put("summary_sent", "morgen")
        await driver.press("f2")
        assert isinstance(driver.app.screen, StepForm)
        assert "Niet bewaard" in driver.text and "gebeld" in driver.text
        await driver.press("escape", "w")
        form = await the_step(driver, EXPERT)
        await driver.type("iemand van buiten")
        form._details._put("from_day", "3-12")
        explain(form)
        await driver.press("f2")
    assert records(kit, code)[0].details == {"from_day": ("2026-12-03",)}


def test_a_day_without_a_year_is_the_nearest(kit: Kit) -> None:
    now = kit.clock.now()
    for typed, days in (("17-11", -1), ("19-11", 1), ("gisteren", -1), ("morgen", 1), ("vandaag", 0)):
        assert _nearest(typed, now) == now.date() + timedelta(days=days), typed


async def test_what_was_typed_into_the_fields_is_given_back(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, ASSESSMENT)
        await driver.press("f4")
        await driver.type("half af")
        await driver.press("tab", "3")
        assert form.unsaved()
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        again = driver.app.screen
        assert isinstance(again, StepForm)
        assert (again._details.value("seen_by"), again._details.value("criterion_intent")) == ("half af", "no")
        assert len(shown(again)) > 3, "the other fields stay shown"
        await driver.press("f2")
    assert records(kit, code)[0].details == {"seen_by": ("half af",), "criterion_intent": ("no",)}


async def test_a_field_whose_place_is_gone_is_given_back_as_a_note(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, CONSULTATION)
        form = driver.app.screen
        assert isinstance(form, StepForm)
        form._details._put("advice", "elke week kijken")
        await driver.settle()
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day: Any = driver.app.screen
        (left,) = day._left
        forms = tuple(msgspec.structs.replace(one, place={**one.place, "case": "Z-WEG"}) for one in left.forms)
        day._left = [type(left)(left.name, forms)]
        await driver.press("enter")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        assert "elke week kijken" in note._facts.text


# --- what is shown -----------------------------------------------------------------------------------------


async def test_panes_and_overview_show_what_a_proof_holds(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    about = [zoe, daniel]
    marit.cases.record_step(code, ASSESSMENT, DONE, text="Gezien.", details={"where": "plein"})
    marit.cases.record_step(code, HEARING, DONE, text="Gehoord.", about=about, details={"told_before": "no"})
    marit.cases.record_step(
        code, PARENTS, DONE, text="Gebeld.", about=about, details={"channel": "phone", "summary_sent": "2026-11-18"}
    )
    async with running(kit.path, kit, login="marit", size=WIDE) as driver:
        await into(driver, code)
        tr = driver.app.words.tr
        assert f"{tr('judgement')} ({ASSESSMENT})" in driver.text, "what a done step lacks stands with what is missing"
        await driver.press("right")
        assert f"{tr('told beforehand')}: {tr('no')}" in driver.text
        await driver.press("right", "right")
        said = f"{tr('spoken')}: {tr('phone')} · {tr('summary sent on')}: wo 18 nov"
        assert said in driver.text
        await driver.press("right")
        assert f"{tr('where')}: plein" in driver.text
        await driver.press("o")
        assert isinstance(driver.app.screen, Overview)
        assert "Gebeld." in driver.text and tr("phone") in driver.text
        assert tr("judgement") in driver.text


async def test_hostile_and_foreign_details_are_only_text(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    now = kit.clock.now()
    record = StepRecord(
        case=code, step=ASSESSMENT, state=DONE, happened=now.date(), entered=now, author=marit.me, text=("gezien",)
    )
    details = {HOSTILE: [HOSTILE], "judgement": ["mobbing [b]"], "since": [HOSTILE + "\n18 nov  1  klaar  jij"]}
    ident = str(marit.db.table("steps").insert({**msgspec.to_builtins(record), "details": details}))
    async with running(kit.path, kit, login="marit", size=WIDE) as driver:
        await into(driver, code)
        await driver.press(*["right"] * 4)
        assert "mobbing [b]" in driver.text and "[b]vet[/b]" in driver.text
        assert "\n18 nov" not in driver.text.replace("│", "").replace("  18", "18")
        await driver.press("o")
        assert isinstance(driver.app.screen, Overview)
        await driver.press("escape")
        form = await the_step(driver, ASSESSMENT)
        await driver.press("f6")
        assert form._details.value("judgement") == "mobbing [b]"
        assert "\x1b" not in driver.text and "\u202e" not in driver.text
        await driver.type(" beter")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen), driver.text
    before, after = records(kit, code)
    assert after.corrects == ident
    assert after.details == before.details, "what was not touched stays as it is"


async def test_ten_thousand_characters_fit_a_field(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, CONSULTATION)
        form._details._put("advice", "woord " * 1700)
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        await driver.press(*["right"] * 4)
        assert "woord woord" in driver.text
    (part,) = records(kit, code)[0].details["advice"]
    assert len(str(part)) > 10_000


# --- corrections -------------------------------------------------------------------------------------------


async def test_an_entry_is_corrected_and_both_are_shown(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    zoe, daniel = kit.ids[ZOE], kit.ids[DANIEL]
    joost = kit.open_as("joost")
    joost.cases.record_step(code, HEARING, DONE, text="Zoë en Daniël gehoord", about=[zoe, daniel])
    kit.clock.pass_(hours=1)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, HEARING)
        assert "F6" in foot(driver)
        await driver.press("f6")
        assert form._text.text == "Zoë de Vries en Daniël van 't Hof gehoord"
        assert form._heard.ticked == {zoe, daniel}
        assert not form.unsaved()
        await driver.press("f2")
        assert isinstance(driver.app.screen, StepForm), "nothing was changed"
        await driver.press("tab", "end", "space", "tab", "tab", "2", "f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "1 van 2" in driver.text
        await driver.press("right")
        assert driver.text.count("gehoord") == 2, "once heard, once not heard yet"
        await driver.press("right", "right", "right")
        assert driver.text.count(driver.app.words.tr("corrected")) == 1
        assert driver.app.words.tr("a correction") in driver.text
        form = await the_step(driver, HEARING)
        assert driver.app.words.tr("corrected") in driver.text
    before, after = records(kit, code)
    assert (before.about, after.about, after.state) == ((zoe, daniel), (zoe,), BUSY)
    assert after.text == before.text
    assert after.author == kit.open_as("marit").me


async def test_the_key_goes_from_entry_to_entry_and_back_to_a_new_one(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit = kit.open_as("marit")
    marit.cases.record_step(code, ASSESSMENT, BUSY, text="een", happened=kit.clock.now().date() - timedelta(days=3))
    marit.cases.record_step(code, ASSESSMENT, DONE, text="twee", details={"judgement": "teasing"})
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, ASSESSMENT)
        seen = []
        for _ in range(4):
            await driver.press("f6")
            seen.append((form._text.text, form._choice.value, form._day.value, form._details.value("judgement")))
        assert seen[0] == seen[3] == ("twee", "done", "18-11-2026", "teasing")
        assert seen[1] == ("een", "busy", "15-11-2026", "")
        assert seen[2][0] == "" and form._by_hand
        await driver.type("!")
        await driver.press("f6")
        assert form._text.text == "twee!", "what was typed is not thrown away for another entry"
        await driver.press("escape")
        assert not isinstance(driver.app.screen, StepForm), "and not thrown away without asking"


async def test_a_step_of_which_nothing_was_written_has_nothing_to_correct(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, HEARING)
        await driver.press("f6")
        assert form._corrects == ""
        assert "F6" not in foot(driver)


async def test_two_people_correct_the_same_entry(kit: Kit) -> None:
    """Nothing is lost: the second reads what the first wrote, and then takes its place."""
    code = a_case(kit, ZOE, DANIEL)
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    first = marit.cases.record_step(code, ASSESSMENT, DONE, text="fout")
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, ASSESSMENT)
        await driver.press("f6")
        await driver.type(" van mij")
        joost.refresh()
        second = joost.cases.record_step(code, ASSESSMENT, DONE, text="van Joost", corrects=first)
        await driver.press("f2")
        assert "Niet bewaard" in driver.text and "van Joost" in driver.text and "fout van mij" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
    assert [record.corrects for record in records(kit, code)] == ["", first, second]
    assert [event.record.text for event in kit.open_as("anne").cases.get(code).standing] == [("fout van mij",)]


async def test_half_a_correction_is_given_back_as_one(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    first = kit.open_as("marit").cases.record_step(
        code, ASSESSMENT, DONE, text="fout", details={"judgement": "teasing"}
    )
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, ASSESSMENT)
        await driver.press("f6")
        await driver.type(" hersteld")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        await driver.press("f2")
    _, record = records(kit, code)
    assert (record.corrects, record.text) == (first, ("fout hersteld",))
    assert record.details == {"judgement": ("teasing",)}


# --- the order of time -------------------------------------------------------------------------------------


async def test_the_time_pane_is_in_the_order_of_what_happened(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    marit, now = kit.open_as("marit"), kit.clock.now()
    marit.notes.add(Jotting("later geschreven", happened=now - timedelta(days=4), case=code))
    marit.cases.record_step(code, ASSESSMENT, BUSY, text="gisteren gezien", happened=now.date() - timedelta(days=1))
    marit.cases.record_step(code, HEARING, BUSY, text="dagen terug", happened=now.date() - timedelta(days=3))
    kit.clock.pass_(minutes=5)
    marit.notes.add(Jotting("net gebeurd", case=code))
    async with running(kit.path, kit, login="marit", size=WIDE) as driver:
        await into(driver, code)
        await driver.press("left")
        order = ["net gebeurd", "gisteren gezien", "dagen terug", "later geschreven"]
        places = [driver.text.index(said) for said in order]
        assert places == sorted(places)
        lines = driver.text.splitlines()
        heads = {said: next(line for at, line in enumerate(lines) if said in lines[at + 1]) for said in order}
        written = driver.app.words.tr("written down {date}", date="18 nov")
        assert {said: written in head for said, head in heads.items()} == {
            "net gebeurd": False,
            "gisteren gezien": False,
            "dagen terug": True,
            "later geschreven": True,
        }


# --- the end of a case, and a new beginning ----------------------------------------------------------------


async def test_a_closing_says_which_families_were_told(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("c")
        form = driver.app.screen
        assert isinstance(form, CloseCase)
        untold = driver.app.words.tr("not told: parents of {pupil}", pupil="Z.d.V., D.v.t.H.")
        assert untold in driver.text
        await driver.press("tab", "space")
        assert driver.app.words.tr("not told: parents of {pupil}", pupil="D.v.t.H.") in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, CloseCase), "what is missing needs a sentence"
        form._text.focus()
        await driver.type("Ouders van Daniël niet te bereiken")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit", size=WIDE) as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        await driver.press("f2")
        assert kit.open_as("joost").cases.get(code).decisions[0].record.told == (kit.ids[ZOE],)
        day: Any = driver.app.screen
        await driver.press("4")
        day._rows.go_to(f"case:{code}")
        await driver.press("enter", "left")
        assert driver.app.words.tr("Families told: ") + "Z.d.V." in driver.text
    (decision,) = kit.open_as("joost").cases.get(code).decisions
    assert decision.record.kind is DecisionKind.CLOSED


async def test_a_case_of_nobody_on_a_side_has_no_families_to_tell(kit: Kit) -> None:
    code = kit.open_as("marit").cases.open({kit.ids[ZOE]: Strand.OTHER})
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("c")
        assert driver.app.words.tr("Which families were told? (space)") not in driver.text
        await driver.type("het bleek niets")
        await driver.press("f2")
    assert not kit.open_as("joost").cases.get(code).open


async def test_who_opens_a_case_reads_that_there_was_one(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = a_case(kit, ZOE, DANIEL)
    marit.refresh()
    marit.cases.decide(code, DecisionKind.CLOSED, text="rustig")
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("z")
        assert isinstance(driver.app.screen, OpenCase)
        said = driver.app.words.tr("Closed case about them: {codes}", codes=code)
        for letters, there in (("zoë", False), ("noo", False), ("dan", True)):
            await driver.type(letters.replace("ë", "e"))
            await driver.press("enter")
            assert (said in driver.text) is there, letters
    assert NOOR
