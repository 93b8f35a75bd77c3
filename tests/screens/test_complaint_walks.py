"""An official complaint from the case: who is offered it, who points the way, and where it stands afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Strand
from screens.case import CaseScreen
from screens.complaint_form import ComplaintForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import running

ZOE, DANIEL = "Zoë de Vries", "Daniël van 't Hof"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.fixture
def code(kit: Kit) -> str:
    return kit.open_as("marit").cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED})


async def test_a_coordinator_writes_it_down_and_what_came_of_it(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("3", "enter", "i")
        assert isinstance(driver.app.screen, ComplaintForm)
        assert "points the way" in driver.text and "Fenna Postma" in driver.text
        await driver.type("ouders van Zoë")
        await driver.press("tab", "tab")
        await driver.type("bestuur")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "Complaint" in driver.text and "ouders van Z.d.V." in driver.text
        await driver.press(*["right"] * 4)
        assert "official complaint" in driver.text
        await driver.press("i")
        assert isinstance(driver.app.screen, ComplaintForm)
        await driver.type("doorgestuurd")
        await driver.press("f2", "o")
        assert "Complaint" in driver.text and "bestuur" in driver.text
    (known,) = kit.open_as("marit").complaints.of_case(code)
    assert known.said[0].text == ("doorgestuurd",)


async def test_a_teacher_reads_it_and_writes_none(kit: Kit, code: str) -> None:
    kit.open_as("anne").complaints.add(code, "ouders van Zoë", kit.clock.now().date())
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("1", "enter", "i")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "ouders van Z.d.V." in driver.text


async def test_half_a_complaint_is_given_back(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("3", "enter", "i")
        await driver.type("half af gebleven")
        driver.app._end(1)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("enter")
        assert isinstance(driver.app.screen, ComplaintForm)
        assert "half af gebleven" in driver.text
