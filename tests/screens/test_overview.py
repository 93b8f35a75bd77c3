"""The consultation and the case beside it: what was decided, what is still open, which case is next, the keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.content import Content

from data.model import DecisionKind
from data.protocol import StepState
from data.register import Jotting
from screens.case import CaseScreen
from screens.close_case import CloseCase
from screens.dashboard import Dashboard
from screens.help import HelpScreen
from screens.overview import Overview
from screens.text import folded, safe
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, NOOR, ZOE, a_case, into

CONSULTED, CLOSED, REOPENED = DecisionKind.CONSULTED, DecisionKind.CLOSED, DecisionKind.REOPENED


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def overview(driver: Driver, code: str) -> Overview:
    """Log in as Marit and consult about a case of hers."""
    await into(driver, code)
    await driver.press("o")
    found = driver.app.screen
    assert isinstance(found, Overview)
    return found


def line(driver: Driver, word: str) -> str:
    """Return the line below the checklist that begins with a word."""
    start = f" {driver.app.words.tr(word):<10}"
    return next((text for text in driver.text.split("\n") if text.startswith(start)), "")


def foot(driver: Driver) -> str:
    return driver.text.split("\n")[-1].strip()


# --- what was decided ----------------------------------------------------------------------------------------


async def test_advice_and_decision_of_two_consultations_are_both_shown(kit: Kit) -> None:
    code, marit = a_case(kit, ZOE, DANIEL), kit.open_as("marit")
    marit.cases.decide(code, CONSULTED, advice="oud advies", text="oud besluit")
    marit.cases.decide(code, CONSULTED, text="nieuw besluit")
    marit.cases.decide(code, CONSULTED, advice="nieuw advies")
    async with running(kit.path, kit, login="marit") as driver:
        await overview(driver, code)
        assert "nieuw advies" in line(driver, "Advice")
        assert "nieuw besluit" in line(driver, "Decided")
        assert "oud advies" not in driver.text and "oud besluit" not in driver.text


async def test_advice_and_decision_of_one_consultation_are_both_shown(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    kit.open_as("marit").cases.decide(code, CONSULTED, advice="bel de ouders", text="nog een week wachten")
    async with running(kit.path, kit, login="marit") as driver:
        await overview(driver, code)
        assert "bel de ouders" in line(driver, "Advice")
        assert "nog een week wachten" in line(driver, "Decided")


async def test_how_a_case_ended_stays_in_sight_until_it_is_opened_again(kit: Kit) -> None:
    code, marit = a_case(kit, ZOE, DANIEL), kit.open_as("marit")
    marit.cases.decide(code, CONSULTED, advice="bel de ouders", text="samen spelen")
    marit.cases.decide(code, CLOSED, text="de maatjes hielpen")
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("4", "o")
        assert "gesloten" in driver.text.split("\n")[0]
        assert "de maatjes hielpen" in line(driver, "Closed")
        assert "bel de ouders" in line(driver, "Advice")
        marit.cases.decide(code, CONSULTED, text="toch nog gebeld")
        driver.app._look()
        await driver.settle()
        assert "toch nog gebeld" in line(driver, "Decided")
        assert "de maatjes hielpen" in line(driver, "Closed")
        marit.cases.decide(code, REOPENED, text="het begint opnieuw")
        driver.app._look()
        await driver.settle()
        assert "het begint opnieuw" in line(driver, "Reopened")
        assert "maatjes" not in driver.text


async def test_a_sentence_of_a_step_is_not_hidden_by_a_tick(kit: Kit) -> None:
    code, marit = a_case(kit, ZOE, DANIEL), kit.open_as("marit")
    marit.cases.record_step(code, 2, StepState.BUSY, text="Zoë wil weer meedoen")
    marit.cases.record_step(code, 2, StepState.DONE, about=[kit.ids[ZOE], kit.ids[DANIEL]])
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await overview(driver, code)
        assert "wil weer meedoen" in driver.text


async def test_where_rows_remain_long_words_get_a_second_one(kit: Kit) -> None:
    code, marit = a_case(kit, ZOE, DANIEL), kit.open_as("marit")
    long = " ".join(f"woord{number}" for number in range(22)) + " einde"
    for at in range(3):
        marit.notes.add(Jotting(f"notitie {at} {long}", words=f"kind {at}", case=code))
    async with running(kit.path, kit, login="marit", size=(120, 40)) as driver:
        await overview(driver, code)
        assert driver.text.count("einde") == 3, "each note is whole"
        await driver.pilot.resize_terminal(80, 24)
        await driver.settle()
        rows = driver.text.split("\n")
        assert "einde" not in driver.text
        assert rows[-4].strip().startswith("Advies"), "and nothing has pushed the fields away"
        assert "notitie 2" in driver.text
        assert "kind 2" in driver.text


@pytest.mark.parametrize("width", [4, 10, 33])
@pytest.mark.parametrize(
    "text", ["een twee drie vier", "x" * 99, "漢字テスト" * 9, "", "  ", "een\ntwee", "👩\u200d👧 " * 9]
)
def test_a_text_is_cut_between_words_and_never_too_wide(text: str, width: int) -> None:
    for rows in (1, 2, 3):
        found = folded(safe(text), width, rows)
        assert 1 <= len(found) <= rows
        assert all(cell_len(part.plain) <= width for part in found)
    assert [part.plain for part in folded(Content("een twee drie vier"), 10, 2)] == ["een twee", "drie vier"]


# --- messages and keys ---------------------------------------------------------------------------------------


async def test_what_is_said_stands_above_the_fields_and_can_be_read(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    for at in range(4):
        kit.open_as("marit").notes.add(Jotting(f"notitie {at}", words="niet leuk", case=code))
    async with running(kit.path, kit, login="marit") as driver:
        form = await overview(driver, code)
        await driver.press("tab", "tab", "tab")
        await driver.type("ooit")
        await driver.press("f2")
        rows = driver.text.split("\n")
        said = " ".join(" ".join(rows[-7:-4]).split())
        assert said.endswith("Niet bewaard: Welke dag? Bijvoorbeeld: 3 dec, donderdag, over 2 weken, 3-12-2026.")
        assert "Advies" in rows[-4] and "ooit" in rows[-2]
        assert form.answer.region.bottom == form._advice.region.y


async def test_a_letter_on_the_steps_says_where_to_write(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await overview(driver, code)
        hint = driver.app.words.tr("Tab: advice and decision")
        await driver.press("j", "k", "v", "v", "down")
        assert hint not in driver.text, "these keys do something"
        await driver.press("b")
        assert hint in driver.text
        await driver.press("tab")
        assert hint not in driver.text
        await driver.type("bel")
        assert hint not in driver.text


async def test_the_foot_shows_what_works_where_the_cursor_is(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    a_case(kit, NOOR)
    async with running(kit.path, kit, login="marit") as driver:
        await overview(driver, code)
        assert foot(driver) == "F2 Bewaren   ↵ Stap   tab Advies   > Volgende   F9 Weg   F1 Hulp"
        for _ in range(3):
            await driver.press("tab")
            assert foot(driver) == "F2 Bewaren   tab Verder   esc Stappen   F9 Weg   F1 Hulp"
        await driver.press("escape")
        assert "tab Advies" in foot(driver)


# --- next and previous ---------------------------------------------------------------------------------------


async def test_next_goes_by_the_list_as_it_was_opened(kit: Kit) -> None:
    """My day puts a case elsewhere once it moves; who goes through them still sees each of them once."""
    for name in (ZOE, DANIEL, NOOR):
        a_case(kit, name)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        await driver.press("1", "o")
        form = driver.app.screen
        assert isinstance(form, Overview)
        seen = []
        for place in ("1 van 3", "2 van 3", "3 van 3"):
            seen.append(form._code)
            assert place in driver.text
            await driver.press("tab")
            await driver.type("gezien")
            await driver.press("tab", "tab")
            await driver.type("over 8 weken")
            await driver.press("f2")
            kit.clock.pass_(minutes=1)
            day.look_again()
            await driver.settle()
            await driver.press("greater_than_sign")
        assert len(set(seen)) == 3
        assert form._code == seen[0]
        assert all(kit.open_as("joost").cases.get(code).decisions for code in seen)


async def test_one_case_has_no_next_one(kit: Kit) -> None:
    code = a_case(kit, ZOE)
    async with running(kit.path, kit, login="marit") as driver:
        await overview(driver, code)
        assert ">" not in foot(driver)
        await driver.press("greater_than_sign", "f1")
        assert isinstance(driver.app.screen, HelpScreen)
        assert driver.app.words.tr("Next case of my day") not in driver.text
        await driver.press("f1", "escape")
        assert isinstance(driver.app.screen, CaseScreen)
        assert not [c for c in driver.app.screen.all_commands() if c.action.startswith("other")]


# --- closing -------------------------------------------------------------------------------------------------


async def test_who_closes_a_case_sees_what_is_still_open(kit: Kit) -> None:
    code, marit = a_case(kit, ZOE, DANIEL), kit.open_as("marit")
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("c")
        assert isinstance(driver.app.screen, CloseCase)
        flat = " ".join(driver.text.split())
        assert "1 In kaart brengen, 2 Beide kanten horen, 3 Overleg, 4 Ouders +5" in flat
        await driver.press("escape")
        for number in range(1, 8):
            marit.cases.record_step(code, number, StepState.DONE, text="x", about=[kit.ids[ZOE], kit.ids[DANIEL]])
        driver.app._look()
        await driver.settle()
        await driver.press("c")
        flat = " ".join(driver.text.split())
        assert driver.app.words.tr("Still open: {what}", what="8 Afspraken bijhouden, 9 Terugkoppelen") in flat
        assert "Deskundige" not in flat


async def test_a_closed_case_shows_its_evaluation_and_is_opened_again(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        case = await into(driver, code)
        tips = {command.tip for command in case.all_commands()}
        assert "Close this case" in tips and "Open this case again" not in tips
        await driver.press("c")
        await driver.type("twee weken rustig [b]")
        await driver.press("f2")
        left = " ".join(row[:38].strip() for row in driver.text.split("\n"))
        assert "twee weken rustig [b]" in left
        assert driver.app.words.tr("Closed") in left
        tips = {command.tip for command in case.all_commands()}
        assert "Open this case again" in tips and "Close this case" not in tips
        await driver.press("f1")
        assert driver.app.words.tr("Open this case again") in driver.text


async def test_a_narrow_case_names_the_pane_it_shows(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit", size=(60, 24)) as driver:
        await into(driver, code)
        for pane in ("Notities", "Kanten", "Afspraken", "Ouders", "Tijd"):
            assert f"◂ {pane} ▸" in driver.text
            await driver.press("right")
        await driver.pilot.resize_terminal(80, 24)
        await driver.settle()
        assert "▸Notities Kanten Afspraken Ouders Tijd" in driver.text
