"""A damaged, foreign or newer file in the program: what it is, where, what to do; read as far as it goes, unchanged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from screens.dashboard import Dashboard
from screens.quick_note import QuickNote
from screens.unlock import Unlock
from tests.cli.test_bad_files import LEAVE, begun, cut, ended, foreign, header, last, newer
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

SAID: dict[Callable[[bytes], bytes], tuple[str, ...]] = {
    foreign: ("This is not a pesttui file.", "It was left alone. Is it the right file?"),
    newer: ("made by a newer pesttui (version 7). Update the program; the file is whole.",),
    header: ("The file's header is damaged.", LEAVE),
    cut: ("The file ends within its first transaction.", LEAVE),
    begun: ("Frame 1 is damaged.", LEAVE),
}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    folder = tmp_path / "school"
    folder.mkdir()
    with school(folder) as made:
        yield made


def words(driver: Driver) -> str:
    return " ".join(driver.text.split())


@pytest.mark.parametrize("spoil", SAID)
async def test_at_the_door(kit: Kit, spoil: Callable[[bytes], bytes]) -> None:
    bad = spoil(kit.path.read_bytes())
    kit.path.write_bytes(bad)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert isinstance(driver.app.screen, Unlock)
        assert all(text in words(driver) for text in SAID[spoil])
        # Not taken for a wrong passphrase: the next log-in waits for nothing.
        assert "do not belong together" not in driver.text
    assert kit.path.read_bytes() == bad
    assert {found.name for found in kit.path.parent.iterdir()} <= {"school.pest", "school.pest.lock", "state"}
    assert not list((kit.path.parent / "state").glob("attempts*"))


async def test_read_as_far_as_it_goes(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        for text in ("voor de schade", "erna", "nog later"):
            await driver.press("n")
            await driver.type(text)
            await driver.press("f2")
    frame = last(kit.path.read_bytes())
    bad = ended(kit.path.read_bytes())
    kit.path.write_bytes(bad)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert isinstance(driver.app.screen, Dashboard)
        assert f"Frame {frame} is damaged." in driver.text
        assert LEAVE in driver.text
        register = driver.app.register
        assert register is not None
        assert ("voor de schade",) in [known.note.facts for known in register.notes.all()]
        await driver.press("n")
        await driver.type("past er niet bij")
        await driver.press("f2")
        assert isinstance(driver.app.screen, QuickNote)
        assert "Not saved: The file is damaged, so nothing is written to it." in words(driver)
        assert "past er niet bij" in driver.text
    assert kit.path.read_bytes() == bad


@pytest.mark.parametrize(
    ("spoil", "title"),
    [(foreign, "Another kind of file."), (newer, "A newer file."), (begun, "The file is damaged. Frame 1 is damaged.")],
)
async def test_while_one_works(kit: Kit, spoil: Callable[[bytes], bytes], title: str) -> None:
    """What was read stays on the screen, it is said what lies there now, and what is typed is not lost."""
    data = kit.path.read_bytes()
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await driver.log_in("marit")
        beside = kit.path.with_name("beside")
        beside.write_bytes(spoil(data))
        beside.rename(kit.path)
        await driver.until(lambda: title in words(driver))
        await driver.press("n")
        await driver.type("dit mag niet weg")
        await driver.press("f2")
        assert isinstance(driver.app.screen, QuickNote)
        assert "Not saved" in driver.text
        assert "dit mag niet weg" in driver.text
        assert kit.path.read_bytes() == spoil(data)
        beside.write_bytes(data)
        beside.rename(kit.path)
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
    assert [known.note.facts for known in kit.open_as("marit").notes.all()] == [("dit mag niet weg",)]
