"""A list taken from a file by keyboard: what it would change is read first, then made in one go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from screens.import_screen import ImportForm, ImportScreen
from screens.school import SchoolScreen
from tests.data.roll_kit import SAMPLE, table
from tests.data.school_kit import PUPILS, Kit, school
from tests.screens.kit import Driver, running

ROWS = [f"{group};{name.replace(' ', ';;', 1)}" for group, names in PUPILS.items() for name in names]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def look_at(driver: Driver, path: Path | str) -> None:
    """From my day to the differences of a file."""
    await driver.log_in("anne")
    await driver.press("s", "m")
    assert isinstance(driver.app.screen, ImportForm)
    driver.app.screen.query_one("#path").value = str(path)  # type: ignore[attr-defined]
    await driver.press("f2")


def groups(kit: Kit) -> dict[str, str]:
    return {known.name: known.group for known in kit.open_as("anne").pupils.all()}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_differences_are_read_and_made(kit: Kit, size: tuple[int, int]) -> None:
    async with running(kit.path, kit, login="anne", lang="en", size=size) as driver:
        await look_at(driver, SAMPLE)
        assert isinstance(driver.app.screen, ImportScreen)
        assert "2014-2015" in driver.text
        assert "bsn" in driver.text
        assert "133456785" not in driver.text
        assert max(map(len, driver.text.splitlines())) <= size[0]
        await driver.press("end")
        assert "Wimpie" not in driver.text
        await driver.press("v")
        assert "Wimpie imp ie" in driver.text or size == (80, 24)
        await driver.press("f2")
        assert "8 pupils are not in the file" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, SchoolScreen)
        assert "Kabouters" not in driver.text, "an empty group of long ago is none of now"
        assert "4B" in driver.text
    assert len(groups(kit)) == 10


async def test_questions_are_answered_or_nothing_is_done(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "klas.csv"
    rows = [row.replace("groep 6;Noor", "groep 7;Noor") for row in ROWS[1:]]
    path.write_bytes(table(*rows))
    before = kit.path.read_bytes()
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await look_at(driver, path)
        await driver.press("f2", "escape")
        assert isinstance(driver.app.screen, ImportScreen)
        await driver.press("f2", "f2", "escape")
        assert isinstance(driver.app.screen, ImportScreen)
        assert kit.path.read_bytes() == before
        await driver.press("f2", "f2", "x")
        assert isinstance(driver.app.screen, SchoolScreen)
    assert groups(kit)["Noor Yılmaz"] == "groep 7"
    assert "Sem van Dijk" not in groups(kit)


async def test_a_bad_file_is_told_and_the_path_stays(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "EDEX.XML"
    path.write_bytes(b"<EDEX>\n<school>\n</EDEX>")
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await look_at(driver, path)
        assert isinstance(driver.app.screen, ImportForm)
        assert "line 3" in driver.text
        assert driver.app.screen.query_one("#path").value == str(path)  # type: ignore[attr-defined]
        await driver.press("escape")
        assert isinstance(driver.app.screen, SchoolScreen)


async def test_hostile_names_are_shown_harmlessly(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "klas.csv"
    path.write_bytes(table("[red]6;[/b]Sem\x1b]52;;$(x)\u202e;1", "[red]6;{0} [link=x]Mia;;%s;2"))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await look_at(driver, path)
        await driver.press("v", "f2", "f2")
        assert isinstance(driver.app.screen, SchoolScreen)
        assert "[red]6" in driver.text
        await driver.press("g", "escape")
    assert {"[/b]Sem]52 $(x)", "{0} [link=x]Mia %s"} < set(groups(kit))


async def test_a_teacher_is_not_offered_it(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("s", "m")
        assert isinstance(driver.app.screen, SchoolScreen)


async def test_a_colleague_was_quicker(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "klas.csv"
    path.write_bytes(table(*ROWS, "groep 7;Mia;;Nieuw;9"))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await look_at(driver, path)
        hans = kit.open_as("hans")
        hans.pupils.add_lines(hans.pupils.group_named("groep 7") or "", "Ander Kind")
        await driver.press("f2")
        if isinstance(driver.app.screen, ImportScreen):
            assert "Mia Nieuw" not in groups(kit), "what was not seen is not made"
            await driver.press("f2", "f2")
        else:
            await driver.press("f2")
        assert isinstance(driver.app.screen, SchoolScreen)
    assert {"Mia Nieuw", "Ander Kind"} < set(groups(kit))
