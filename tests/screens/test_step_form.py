"""The form of a step: what it records by itself, what somebody has to say, and which key means what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Strand
from data.protocol import StepState
from screens.case import CaseScreen
from screens.step_form import StepForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, ZOE, a_case, into


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def step_of(driver: Driver, code: str, number: int) -> StepForm:
    """Log in as Marit and open a step of a case of hers."""
    await into(driver, code)
    return await the_step(driver, number)


async def the_step(driver: Driver, number: int) -> StepForm:
    """Open a step of the case that is on the screen."""
    case = driver.app.screen
    assert isinstance(case, CaseScreen)
    case._steps.go_to(str(number))
    await driver.press("enter")
    form = driver.app.screen
    assert isinstance(form, StepForm)
    return form


def recorded(kit: Kit, code: str) -> list[tuple[int, StepState, tuple[str, ...]]]:
    events = kit.open_as("joost").cases.get(code).events
    return [(event.record.step, event.record.state, event.record.about) for event in events]


@pytest.mark.parametrize("number", [1, 2, 4, 8])
async def test_enter_and_the_save_key_record_nothing(kit: Kit, number: int) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, number)
        await driver.press("f2")
        assert isinstance(driver.app.screen, StepForm)
        assert driver.app.words.tr("Write in one sentence what was done.") in driver.text
    assert recorded(kit, code) == []


async def test_a_step_that_is_called_done_on_purpose_needs_a_word_too(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, 1)
        await driver.press(*["tab"] * 4, "3", "f2")
        assert isinstance(driver.app.screen, StepForm)
        await driver.press("2", "f2")
        assert isinstance(driver.app.screen, CaseScreen), "that it was begun may be said without a word"
    assert recorded(kit, code) == [(1, StepState.BUSY, ())]


async def test_the_state_follows_the_ticks_until_somebody_chooses_one(kit: Kit) -> None:
    code, zoe, daniel = a_case(kit, ZOE, DANIEL), kit.ids[ZOE], kit.ids[DANIEL]
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, 2)
        seen = [form._choice.value]
        await driver.press("tab", "space")
        seen.append(form._choice.value)
        await driver.press("down", "space")
        seen.append(form._choice.value)
        await driver.press("space")
        seen.append(form._choice.value)
        assert seen == ["busy", "busy", "done", "busy"]
        await driver.press("f2")
        form = await the_step(driver, 2)
        assert form._choice.value == "busy"
        await driver.press("tab", "down", "space")
        assert form._choice.value == "done", "the other side was heard before"
        await driver.press("2", "space", "space")
        assert form._choice.value == "busy", "what somebody chose stays"
        await driver.press("f2")
    assert recorded(kit, code) == [(2, StepState.BUSY, (zoe,)), (2, StepState.BUSY, (daniel,))]


async def test_a_step_of_nobody_in_particular_is_done_by_itself(kit: Kit) -> None:
    code = kit.open_as("marit").cases.open({kit.ids[ZOE]: Strand.OTHER})
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, 1)
        assert form._choice.value == "done"
        await driver.press("escape")
        form = await the_step(driver, 2)
        assert form._choice.value == "done"


async def test_a_number_chooses_the_state_wherever_it_is_no_text(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        form = await step_of(driver, code, 2)
        await driver.type("2 keer")
        assert form._choice.value == "busy"
        await driver.press("tab", "3")
        assert (form._choice.value, form._heard.ticked) == ("done", set())
        await driver.press("enter", "down", "space")
        assert form._heard.ticked == {kit.ids[ZOE], kit.ids[DANIEL]}
        await driver.press("tab", "4")
        assert form._choice.value == "done", "on a line of choices a number is one of those"
        await driver.press("tab", "4")
        assert form._choice.value == "skipped"
        assert form._reason_line.display
        await driver.press("tab", "1")
        assert form._choice.value == "skipped", "a day begins with a number"
        assert form._text.text == "2 keer"


async def test_what_was_chosen_by_hand_is_given_back_as_chosen_by_hand(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, 2)
        await driver.type("Zoë gesproken")
        await driver.press("tab", "3")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        form = driver.app.screen
        assert isinstance(form, StepForm)
        await driver.press("tab", "space")
        assert form._choice.value == "done"


async def test_the_pupils_stand_under_the_protocols_own_question(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await step_of(driver, code, 2)
        assert "Wiens kant hoorde je?" in driver.text
        await driver.press("escape")
        await the_step(driver, 4)
        assert "Wiens ouders sprak je?" in driver.text
