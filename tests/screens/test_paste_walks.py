"""Pasting pupils, by keyboard: what it does is said before it is saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from screens.paste_form import NewGroup, PastePupils
from screens.school import SchoolScreen
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

LINES = "Zoë de Vries\nMaja Nowak\nLotte Smit"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def effect(driver: Driver) -> str:
    form = driver.app.screen
    assert isinstance(form, PastePupils)
    return " ".join(str(form._effect.content).split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_who_is_new_and_who_is_there_is_said_before_it_is_saved(kit: Kit, size: tuple[int, int]) -> None:
    group = kit.open_as("anne").pupils.group_named("groep 6") or ""
    before = {known.id for known in kit.open_as("anne").pupils.all()}
    async with running(kit.path, kit, login="anne", lang="en", size=size) as driver:
        await driver.log_in("anne")
        await driver.press("s")
        school_screen = driver.app.screen
        assert isinstance(school_screen, SchoolScreen)
        school_screen._rows.go_to(f"group:{group}")
        await driver.press("p")
        assert "in this group and not in this list, and stay." in effect(driver)
        await driver.type(LINES)
        assert "New (2): Maja Nowak, Lotte Smit" in effect(driver)
        assert "Already in this group (1): Zoë de Vries" in effect(driver)
        assert "Also in another group, and not moved from there: Lotte Smit (groep 7)" in effect(driver)
        assert "New (2)" in driver.text and "Not saved" not in driver.text
        await driver.press("f2")
        assert driver.app.screen is school_screen and "2 added, 1 were there already." in driver.text
    after = {known.id for known in kit.open_as("anne").pupils.all()}
    assert before <= after and len(after - before) == 2


async def test_a_new_group_that_is_there_already_says_so(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "g")
        form = driver.app.screen
        assert isinstance(form, NewGroup)
        await driver.type("Groep 6")
        assert "is there already" in driver.text
        await driver.press("tab")
        await driver.type(LINES)
        assert "Already in this group (1): Zoë de Vries" in effect(driver)
        await driver.press("shift+tab", "end", "backspace")
        await driver.type("9")
        assert "is there already" not in driver.text and "New (3)" in effect(driver)
        assert "Zoë de Vries (groep 6), Lotte Smit (groep 7)" in effect(driver)


async def test_more_names_than_a_group_has_are_refused_before_they_are_saved(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "g", "tab")
        form = driver.app.screen
        assert isinstance(form, NewGroup)
        form._pupils.text = "Kind Een\n" * 61
        await driver.settle()
        assert "More than 60 names: too many for one group." in effect(driver)
