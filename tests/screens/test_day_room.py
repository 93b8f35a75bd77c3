"""My day with much to show, with room to spare, and with little: what is folded, what opens, what says where to go."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from data.model import ParticipantRole
from data.register import Jotting
from data.words import Words
from screens.dashboard import Dashboard
from screens.quick_note import QuickNote
from screens.search import SearchScreen
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, ZOE, a_case

tr = Words("nl").tr


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def _notes(kit: Kit, count: int) -> None:
    register = kit.open_as("anne")
    for number in range(count):
        register.notes.add(Jotting(facts=f"losse notitie {number}", pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),)))


def _day(driver: Driver) -> Dashboard:
    assert isinstance(driver.app.screen, Dashboard)
    return driver.app.screen


async def test_what_there_is_room_for_is_shown_and_the_choices_stay_where_they_are(kit: Kit) -> None:
    _notes(kit, 9)
    a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert all(f"losse notitie {number}" in driver.text for number in range(9))
        lines = driver.text.splitlines()
        at = next(place for place, line in enumerate(lines) if "▸mijn" in line)
        for key in ("2", "3", "4", "5"):
            await driver.press(key)
            assert "▸" in driver.text.splitlines()[at], "the choices do not move while one chooses"


async def test_what_is_folded_opens_and_folds_again(kit: Kit) -> None:
    _notes(kit, 30)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        while not _day(driver)._rows.key.startswith("folded:"):
            await driver.press("down")
        folded = _day(driver)._rows.key
        await driver.press("enter")
        assert _day(driver)._rows.key.endswith(":new"), "the cursor is on the first that came to light"
        keys = [row.key for row in _day(driver)._rows._rows]
        assert folded not in keys
        assert sum(key.endswith(":new") for key in keys) == 30
        await driver.press("escape")
        assert folded in [row.key for row in _day(driver)._rows._rows]


async def test_of_several_texts_left_behind_the_newest_stands_there_and_the_others_are_counted(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("geheim")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = _day(driver)
        (left,) = day._left
        older = [
            replace(
                left,
                name=f"{left.name}-{days}",
                forms=tuple(structs.replace(form, at=form.at - timedelta(days=days)) for form in left.forms),
            )
            for days in (2, 1, 3)
        ]
        day._left = [*older, left]
        day._draw()
        await driver.settle()
        keys = [row.key for row in day._rows._rows]
        assert keys[2:4] == [f"left:{left.name}", "folded:left"]
        assert tr("and {count} earlier, not saved", count=3) in driver.text
        assert "geheim" not in driver.text
        day._rows.go_to("folded:left")
        await driver.press("enter")
        shown = [row.key for row in day._rows._rows if row.key.startswith("left:")]
        assert shown == [f"left:{left.name}", *(f"left:{left.name}-{days}" for days in (1, 2, 3))]
        day._rows.go_to(f"left:{left.name}")
        await driver.press("enter")
        assert isinstance(driver.app.screen, QuickNote)


async def test_the_room_below_says_which_screens_are_a_key_away(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        said = f"f {tr('Search all')}   t {tr('Patterns')}   e {tr('Incidents')}"
        (line,) = [line for line in driver.text.splitlines() if said in line]
        assert tr("School year") not in line, "nor what is not hers"
        await driver.press("f")
        assert isinstance(driver.app.screen, SearchScreen)
    async with running(kit.path, kit, login="anne", size=(120, 40)) as driver:
        await driver.log_in("anne")
        (line,) = [line for line in driver.text.splitlines() if said in line]
        assert f"r {tr('Consult')}   y {tr('School year')}" in line


async def test_a_full_list_takes_the_room_of_that_line(kit: Kit) -> None:
    _notes(kit, 30)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("5")
        assert f"t {tr('Patterns')}" not in driver.text


async def test_in_a_narrow_window_one_reads_who_a_case_is_about(kit: Kit) -> None:
    a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit", size=(60, 20)) as driver:
        await driver.log_in("marit")
        heads = [line for line in driver.text.splitlines() if tr("next step") in line]
        assert heads
        assert tr("group") not in heads[0]
        await driver.pilot.resize_terminal(80, 24)
        await driver.settle()
        assert any(tr("next step") in line and tr("group") in line for line in driver.text.splitlines())
