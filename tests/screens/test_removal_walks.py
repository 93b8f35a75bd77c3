"""The list of a suspension, filled in with days; and the school's holidays, typed one a line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.model import Strand
from data.register.removal import removals_of
from screens.case import CaseScreen
from screens.removal_form import RemovalForm
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


async def test_a_suspension_day_by_day(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("3", "enter", "u")
        assert isinstance(driver.app.screen, RemovalForm)
        assert "WPO" in driver.text and "D.v.t.H." in driver.text
        await driver.type("today")
        await driver.press("tab")
        assert "by 25 Nov" in driver.text
        await driver.type("-")
        await driver.press("f2")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "Schorsing" in driver.text and "2 of 3" in driver.text
        await driver.press("u")
        assert "18 Nov" in driver.text
        await driver.type("18-11")
        await driver.press("f2")
    (known,) = removals_of(kit.open_as("marit").cases.get(code))
    assert known.pupil == kit.ids[DANIEL] and not known.going_on and known.waived == {"inspectorate"}
    assert known.done == {"decision": date(2026, 11, 18), "back": date(2026, 11, 18)}


async def test_an_expulsion_fits_a_small_window(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("3", "enter", "u", "shift+tab", "shift+tab", "right")
        for word in ("Ouders gehoord", "Besluit op papier", "Bestuur besluit", "remark"):
            assert word in driver.text


async def test_a_teacher_has_no_such_form(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("1", "enter", "u")
        assert isinstance(driver.app.screen, CaseScreen)


async def test_half_a_list_is_given_back(kit: Kit, code: str) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("3", "enter", "u")
        await driver.type("17-11")
        driver.app._end(1)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("enter")
        assert isinstance(driver.app.screen, RemovalForm)
        assert "17-11" in driver.text and "by 24 Nov" in driver.text


async def test_holidays_are_typed_one_a_line(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en", size=(100, 40)) as driver:
        await driver.log_in("anne")
        await driver.press("p")
        screen = driver.app.screen
        await driver.press("w")
        form = driver.app.screen
        assert form is not screen
        form.query_one("#holidays").text = "herfst; 17-10-2026; 25-10-2026\nkerst"  # type: ignore[attr-defined]
        await driver.press("f2")
        assert "A holiday is a name" in driver.text
        form.query_one("#holidays").text = "herfst; 17-10-2026; 25-10-2026\nkerst; 19 dec; 3 jan"  # type: ignore[attr-defined]
        await driver.press("f2")
    assert [(one.name, one.first, one.last) for one in kit.open_as("anne").house.now().holidays] == [
        ("herfst", date(2026, 10, 17), date(2026, 10, 25)),
        ("kerst", date(2026, 12, 19), date(2027, 1, 3)),
    ]
