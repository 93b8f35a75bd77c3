"""Going on to a next phase, as people do it: with its first step, beforehand, with a hand-over; "seen" in a look."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import DecisionKind, Strand
from data.protocol import StepState
from data.register import KnownCase
from screens.case import CaseScreen
from screens.escalate import EscalateForm
from screens.step_form import StepForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def code(kit: Kit) -> str:
    return kit.open_as("marit").cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


async def into(driver: Driver, login: str = "marit") -> None:
    await driver.log_in(login)
    await driver.press("1" if login == "marit" else "3", "enter")
    assert isinstance(driver.app.screen, CaseScreen), driver.text


def now(kit: Kit, code: str) -> KnownCase:
    return kit.open_as("anne").cases.get(code)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_first_step_of_the_next_phase_asks_why(kit: Kit, code: str, size: tuple[int, int]) -> None:
    async with running(kit.path, kit, login="marit", size=size, lang="en") as driver:
        await into(driver)
        await driver.press(*["down"] * 9, "enter")
        assert isinstance(driver.app.screen, StepForm)
        assert driver.app.screen.query_one("#why-next").display
        await driver.type("Met Anne en Hans gepraat")
        await driver.press("f2")
        assert "why is the next phase needed?" in driver.text
        driver.app.screen.query_one("#why").focus()
        await driver.type("het stopt niet")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen), driver.text
    known = now(kit, code)
    assert [said.record.kind for said in known.decisions] == [DecisionKind.ESCALATED]
    assert known.progress.phase.id == "school"


async def test_a_step_of_this_phase_does_not(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        await driver.press("enter")
        assert not driver.app.screen.query_one("#why-next").display


async def test_beforehand_with_a_hand_over(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        await driver.press("p")
        assert isinstance(driver.app.screen, EscalateForm)
        await driver.type("drie weken gewerkt, het helpt te weinig")
        await driver.press("tab", "tab", "right", "f2")
        assert isinstance(driver.app.screen, CaseScreen), driver.text
    known = now(kit, code)
    kinds = [said.record.kind for said in known.decisions]
    assert kinds == [DecisionKind.ESCALATED, DecisionKind.OFFERED]
    assert known.owner == kit.open_as("marit").me, "nothing is forced"


async def test_a_grave_case_passes_over_a_phase(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        await driver.press("p")
        await driver.type("een mes")
        await driver.press("tab", "right", "shift+tab", "shift+tab", "right", "f2")
        assert isinstance(driver.app.screen, CaseScreen), driver.text
    known = now(kit, code)
    assert known.progress.phase.id == "external" and known.decisions[0].record.grave


async def test_in_the_last_phase_there_is_no_next(kit: Kit, code: str) -> None:
    marit = kit.open_as("marit")
    marit.cases.escalate(code, "external", "een mes", grave=True)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        await driver.press("p")
        assert isinstance(driver.app.screen, CaseScreen)


async def test_a_reason_half_typed_is_given_back(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        await driver.press("p")
        await driver.type("half af gebleven")
        await driver.press("tab", "right")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert isinstance(driver.app.screen, EscalateForm), driver.text
        assert "half af gebleven" in driver.text and driver.app.screen.fields()["gravity"] == "grave"


async def test_the_phase_has_its_clock_in_the_title(kit: Kit, code: str) -> None:
    marit = kit.open_as("marit")
    kit.clock.pass_(days=9)
    marit.cases.escalate(code, "school", "te weinig effect")
    kit.clock.pass_(days=2)
    marit.cases.record_step(code, 10, StepState.BUSY, text="Overlegd.")
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await into(driver)
        assert "phase school 2 days" in driver.text
