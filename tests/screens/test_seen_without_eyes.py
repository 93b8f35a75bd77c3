"""Where a braille line or a magnifier looks: the terminal's own cursor stands in what has the focus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Strand
from pesttui.app import PesttuiApp
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

ZOE = "Zoë de Vries"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def inside(app: PesttuiApp) -> bool:
    focused = app.screen.focused
    return focused is None or focused.region.contains_point(app.cursor_position)


async def round_trip(driver: Driver) -> None:
    """Press tab until the focus is where it began."""
    first = driver.app.screen.focused
    for _ in range(20):
        assert inside(driver.app), (driver.app.screen.focused, driver.app.cursor_position)
        await driver.press("tab")
        if driver.app.screen.focused is first:
            return


@pytest.mark.parametrize("keys", ["n", "i", "z", "c", "w", "s"])
async def test_the_cursor_follows_the_focus(kit: Kit, keys: str) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press(*keys)
        await round_trip(driver)


async def test_the_cursor_follows_the_row(kit: Kit) -> None:
    with_case = kit.open_as("marit")
    with_case.cases.open({kit.ids[ZOE]: Strand.BULLIED})
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        rows = []
        for _ in range(4):
            await driver.press("down")
            assert inside(driver.app)
            rows.append(driver.app.cursor_position.y)
        assert rows == sorted(set(rows))


async def test_the_cursor_stands_on_what_is_chosen(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("i", "tab", "tab")
        assert "[donker]" in driver.text
        places = [driver.app.cursor_position]
        await driver.press("right")
        places.append(driver.app.cursor_position)
        line = driver.text.splitlines()[places[0].y]
        assert [line[place.x :].split("]")[0] for place in places] == [" donker  [licht", "[licht"]


async def test_buttons_of_a_question(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("iets")
        await driver.press("escape")
        await round_trip(driver)


async def test_another_look_is_taken_up_at_once_and_again_at_the_next_log_in(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("i", "tab", "tab", "right", "f2")
        assert driver.app.theme == "pesttui-light"
    async with running(kit.path, kit, login="marit") as driver:
        assert driver.app.theme == "pesttui-dark"
        await driver.log_in("marit")
        assert driver.app.theme == "pesttui-light"
