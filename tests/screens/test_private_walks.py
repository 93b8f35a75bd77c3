"""Private notes by keyboard alone: jotted, seen again, shared or removed, and the reminder on my day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.register import Jotting
from screens.dashboard import Dashboard
from screens.note_view import NoteView
from screens.open_case import OpenCase
from screens.quick_note import QuickNote
from tests.data.school_kit import Kit, about, school
from tests.screens.kit import Driver, running

ALONE = "privé: alleen jij"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def jot(driver: Driver, text: str = "twijfel over thuis") -> None:
    await driver.press("n", "f6")
    await driver.type(text)
    await driver.press("f2")


async def test_a_private_note_from_key_to_list(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        assert ALONE not in driver.text
        await driver.press("f6")
        assert ALONE in driver.text
        await driver.press("f6")
        assert ALONE not in driver.text
        await driver.press("f6")
        await driver.type("twijfel over thuis")
        await driver.press("f2")
        await driver.press("5")
        assert "jij, privé" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, NoteView)
        assert ALONE in driver.text
    (known,) = kit.open_as("marit").notes.all()
    assert known.note.private
    assert kit.open_as("joost").notes.all() == []


async def test_a_note_is_not_private_by_itself(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("gewoon")
        await driver.press("f2")
    assert len(kit.open_as("joost").notes.all()) == 1


async def test_a_note_in_a_case_is_never_private(kit: Kit) -> None:
    marit = kit.open_as("marit")
    note = marit.notes.add(about(kit, "duwen", "Zoë de Vries"))
    marit.cases.open(marit.cases.strands_of([note]), notes=[note])
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter", "n", "f6")
        assert isinstance(driver.app.screen, QuickNote)
        assert ALONE not in driver.text
        assert "F6" not in driver.text


async def test_sharing(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await jot(driver, "Zoë twijfelt")
        await driver.press("5", "enter", "z")
        assert isinstance(driver.app.screen, NoteView), "a private note opens no case"
        await driver.press("a")
        assert isinstance(driver.app.screen, NoteView)
        await driver.press("d", "escape")
        assert kit.open_as("joost").notes.all() == []
        await driver.press("d", "f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert "privé" not in driver.text
    (known,) = kit.open_as("joost").notes.all()
    assert not known.note.private


async def test_removing(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await jot(driver)
        await driver.press("5", "enter", "w", "escape")
        assert len(kit.open_as("marit").notes.all()) == 1
        await driver.press("w", "w")
        assert isinstance(driver.app.screen, Dashboard)
        assert "twijfel" not in driver.text
    assert kit.open_as("marit").notes.all() == []


async def test_a_shared_note_has_neither_key(kit: Kit) -> None:
    kit.open_as("marit").notes.add(Jotting("gewoon"))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "d", "w")
        assert isinstance(driver.app.screen, NoteView)
        await driver.press("z")
        assert isinstance(driver.app.screen, OpenCase)


async def test_a_new_case_takes_no_private_note_along(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await jot(driver, "Zoë twijfelt")
        await driver.press("5", "z")
        assert isinstance(driver.app.screen, OpenCase)
        assert "twijfelt" not in driver.text


async def test_the_reminder_opens_the_oldest(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for facts in ("de oudste", "de jongste"):
        marit.notes.add(Jotting(facts, private=True))
        kit.clock.pass_(hours=1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "delen of weghalen" not in driver.text
    kit.clock.pass_(days=100)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        assert "2 privénotities" in driver.text
        assert "de oudste" not in driver.text, "nobody who walks by reads it"
        await driver.press("enter")
        assert "de oudste" in driver.text
        await driver.press("w", "w")
        assert "1 privénotitie:" in driver.text
        await driver.press("enter", "d", "f2")
        assert "privénotitie" not in driver.text
    assert len(kit.open_as("joost").notes.all()) == 1


async def test_an_unfinished_private_note_stays_private(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n", "f6")
        await driver.type("half af")
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter")
        assert ALONE in driver.text
        await driver.press("f2")
    (known,) = kit.open_as("marit").notes.all()
    assert known.note.private
