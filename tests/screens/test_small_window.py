"""A window that is too small says so, and still takes a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.words import Words
from tests.data.school_kit import Kit, school
from tests.screens.kit import running

tr = Words("nl").tr
SAID = tr("small window; needs {width}×{height}", width=60, height=20)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (59, 24), (80, 19)])
async def test_a_small_window_says_so_and_takes_a_note(kit: Kit, size: tuple[int, int]) -> None:
    async with running(kit.path, kit, login="marit", size=size) as driver:
        await driver.log_in("marit")
        assert SAID[:6] in driver.text.splitlines()[0]
        await driver.press("n")
        await driver.type("iemand huilde")
        await driver.press("f2")
    assert len(kit.open_as("marit").notes.all()) == 1


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_a_window_that_is_large_enough_says_nothing(kit: Kit, size: tuple[int, int]) -> None:
    async with running(kit.path, kit, login="marit", size=size) as driver:
        await driver.log_in("marit")
        assert SAID[:6] not in driver.text
        await driver.pilot.resize_terminal(30, 8)
        await driver.settle()
        assert SAID[:6] in driver.text
        await driver.pilot.resize_terminal(*size)
        await driver.settle()
        assert SAID[:6] not in driver.text
