"""An older copy of the file lies there: every screen says so, what is typed is kept, and a steward ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.vault.care import backup, restore
from data.vault.vault import Vault
from screens.accept import ColleaguesAlarm
from screens.base import DeskScreen
from screens.dashboard import Dashboard
from screens.dialogs import Ask
from screens.quick_note import QuickNote
from screens.school import SchoolScreen
from tests.cli.kit import Cli
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import Driver, running

ALARM = "Older copy of the file: reading only."


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    folder = tmp_path / "school"
    folder.mkdir()
    with school(folder) as made:
        yield made


def alarmed(driver: Driver) -> bool:
    """Whether the line stands on the screen that is seen."""
    return ALARM in driver.text.splitlines()[1]


async def jot(driver: Driver, text: str) -> None:
    await driver.press("n")
    await driver.type(text)
    await driver.press("f2")


async def seen_more(kit: Kit, login: str) -> bytes:
    """Log in, save a note, end; return the file as it was before."""
    old = kit.path.read_bytes()
    async with running(kit.path, kit, login=login, lang="en") as driver:
        await driver.log_in(login)
        await jot(driver, "Sem hielp Noor.")
        await driver.until(lambda: not isinstance(driver.app.screen, QuickNote))
        await driver.press("ctrl+q")
    return old


async def test_every_screen_says_it_and_what_is_typed_is_kept(kit: Kit) -> None:
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert alarmed(driver)
        assert "Tell the coordinator" in driver.text
        for key in ("s", "escape", "i", "escape", "p", "escape", "n"):
            await driver.press(key)
            assert alarmed(driver), key
        await driver.press("escape")
        await jot(driver, "Zoë stond alleen.")
        assert isinstance(driver.app.screen, Dashboard)
        assert "Kept on this computer" in driver.text
        await jot(driver, "En Noor ook.")
        assert isinstance(driver.app.screen, Dashboard)
        await driver.press("ctrl+q")
    assert kit.path.read_bytes() == old
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert alarmed(driver)
        assert "You were busy with a note" in driver.text
        await driver.press("enter")
        assert "En Noor ook." in driver.text
        assert [type(screen) for screen in driver.app.screen_stack].count(QuickNote) == 2


async def test_it_comes_while_one_works_and_a_steward_ends_it(kit: Kit) -> None:
    vault, path = kit.open_as("anne").vault, kit.path.with_name("backup.pest")
    backup(vault, str(path))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await jot(driver, "Sem hielp Noor.")
        kit.open_as("anne").people.revoke("karim")
        await driver.press("s")
        assert "a Accept" not in driver.text
        assert "Invite" in driver.text
        copy = Vault.unlock(str(path), "anne", passphrase_of("anne"), machine=kit.machine, policies=vault._policies)
        restore(copy, str(kit.path), older=True)
        copy.close()
        await driver.until(lambda: alarmed(driver))
        await driver.settle()
        assert isinstance(driver.app.screen, SchoolScreen)
        assert "a Accept" in driver.text
        assert "Invite" not in driver.text.splitlines()[-1]
        await driver.press("a")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        await driver.until(lambda: "Karim" in driver.text)
        assert "What was saved later" in driver.text
        before = kit.path.read_bytes()
        await driver.press("escape")
        assert kit.path.read_bytes() == before
        assert alarmed(driver)
        await driver.press("a")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        await driver.press("a")
        await driver.until(lambda: not alarmed(driver))
        await driver.settle()
        assert "a Accept" not in driver.text
        await driver.press("escape")
        await jot(driver, "En nu verder.")
        assert isinstance(driver.app.screen, Dashboard)
        assert not alarmed(driver)
    register = kit.open_as("anne")
    assert register.vault.directory.by_login("karim") is None
    assert any("En nu verder" in "".join(map(str, known.note.facts)) for known in register.notes.all())


async def test_a_steward_without_an_alarm_accepts_for_a_colleague(kit: Kit) -> None:
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        number = driver.text.splitlines()[1].split()[-1]
        await jot(driver, "Zoë stond alleen.")
        await driver.press("ctrl+q")
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        assert not alarmed(driver)
        await driver.press("s")
        assert "a Accept" not in driver.text.splitlines()[-1]
        await driver.press("a")
        assert isinstance(driver.app.screen, ColleaguesAlarm)
        assert "there is nothing to accept" in " ".join(driver.text.split())
        # No number, or one of another kind: nothing is asked.
        await driver.press("f2")
        assert isinstance(driver.app.screen, ColleaguesAlarm)
        await driver.type("2-5")
        await driver.press("enter")
        assert "no number of an alarm" in driver.text
        driver.app.screen._number.value = number
        # Back, twice over: nothing is done.
        await driver.press("f2")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        assert "only a colleague's program has seen more" in " ".join(driver.text.split())
        await driver.press("escape")
        assert isinstance(driver.app.screen, SchoolScreen)
        assert kit.path.read_bytes() == old
        await driver.press("a")
        await driver.type(number)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, Ask))
        await driver.press("a")
        await driver.until(lambda: isinstance(driver.app.screen, SchoolScreen))
        await driver.settle()
        assert kit.path.read_bytes() != old
        assert not alarmed(driver)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert not alarmed(driver)
        assert "You were busy with a note" in driver.text
        await driver.press("enter", "f2")
        assert isinstance(driver.app.screen, Dashboard)
    facts = ["".join(map(str, known.note.facts)) for known in kit.open_as("marit").notes.all()]
    assert any("stond alleen" in one for one in facts)


async def test_what_was_kept_is_given_back_once_it_is_accepted(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        kit.open_as("anne").change_settings(lambda now: now)
        old = kit.path.read_bytes()
        await jot(driver, "Sem hielp Noor.")
        await driver.press("escape")
        new = kit.path.read_bytes()
        kit.path.write_bytes(old)
        await driver.until(lambda: alarmed(driver))
        await jot(driver, "Zoë stond alleen.")
        assert "Kept on this computer" in driver.text
        kit.path.write_bytes(new)
        await driver.until(lambda: not alarmed(driver))
        await driver.until(lambda: "You were busy with a note" in driver.text)
        screens = [screen for screen in driver.app.screen_stack if isinstance(screen, DeskScreen)]
        assert not any(screen.desk.parked for screen in screens)


async def test_a_teacher_has_nothing_to_accept_with(kit: Kit) -> None:
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("s", "a")
        assert isinstance(driver.app.screen, SchoolScreen)


async def test_somebody_else_at_the_screen_does_not_lose_it(kit: Kit) -> None:
    """Marit's kept note waits for her, whoever logs in after her in the same window."""
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await jot(driver, "Zoë stond alleen.")
        await driver.press("f8")
        driver.app.screen.query_one("#login").value = "joost"  # type: ignore[attr-defined]
        await driver.log_in("joost")
        assert "Joost" in driver.text
        assert not alarmed(driver)
        assert "You were busy" not in driver.text
        await driver.press("f8")
        driver.app.screen.query_one("#login").value = "marit"  # type: ignore[attr-defined]
        await driver.log_in("marit")
        assert "You were busy with a note" in driver.text


async def test_a_note_of_the_command_line_is_given_back(
    kit: Kit, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older copy takes no note: its words wait, sealed, where the program finds them."""
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    state = kit.path.parent / "state"
    for place in ("pesttui.cli", "pesttui.commands.writing"):
        monkeypatch.setattr(f"{place}.state_folder", lambda: str(state))
    cli = Cli(kit, tmp_path, capsys)
    options = ("--about", kit.ids["Zoë de Vries"], "--place", "plein", "--at", "9:10", "--kind", "verbaal", "--private")
    answer = cli("note", "-", *options, "--json", given="Zoë stond alleen.", lang="en")
    assert (answer.code, answer.out) == (4, "") and "Your words are kept on this computer" in answer.err
    assert kit.path.read_bytes() == old and "alleen" not in answer.err
    assert not any(b"alleen" in path.read_bytes() for path in state.iterdir() if path.is_file())
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "You were busy with a note" in driver.text
        await driver.press("enter")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        jotting, unclear = note._jotting()
    assert (jotting.facts, jotting.place, jotting.behaviours, unclear) == (
        "Zoë stond alleen.",
        "plein",
        ("verbaal",),
        [],
    )
    assert jotting.private and jotting.happened == kit.clock.now().replace(hour=9, minute=10)
    assert [pupil for pupil, _ in jotting.pupils] == [kit.ids["Zoë de Vries"]]


async def test_a_note_that_cannot_be_kept_says_so(
    kit: Kit, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await seen_more(kit, "marit")
    kit.path.write_bytes(old)
    state = kit.path.parent / "state"
    monkeypatch.setattr("pesttui.cli.state_folder", lambda: str(state))
    monkeypatch.setattr("pesttui.commands.writing.state_folder", lambda: str(kit.path))
    answer = Cli(kit, tmp_path, capsys)("note", "-", given="Zoë stond alleen.", lang="en")
    assert (answer.code, answer.out) == (1, "") and "not kept" in answer.err
