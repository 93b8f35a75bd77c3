"""The log on the screen: reading a case is written down, grants stand among the events, and nothing can be edited."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from data.model import LogKind, LogWhat, Strand
from data.vault.machine import Files
from screens import log as log_module
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.log import LogScreen
from screens.overview import Overview
from screens.school import SchoolScreen
from tests.data.school_kit import PUPILS, Kit, school
from tests.data.test_log import forge
from tests.screens.kit import Driver, running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def a_case(kit: Kit, by: str = "marit") -> str:
    sides = {kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Daniël van 't Hof"]: Strand.ACCUSED}
    return kit.open_as(by).cases.open(sides)


async def into(driver: Driver, login: str, code: str) -> CaseScreen:
    """Log in and open a case."""
    await driver.log_in(login)
    day = driver.app.screen
    assert isinstance(day, Dashboard)
    day._rows.go_to(f"case:{code}")
    await driver.press("enter")
    case = driver.app.screen
    assert isinstance(case, CaseScreen)
    return case


def readers(kit: Kit, code: str) -> list[str]:
    register = kit.open_as("anne")
    return [register.people.login(line.author) for line in register.log.of_case(code) if line.kind is LogKind.READ]


async def test_opening_a_case_counts_as_reading_once_a_day(kit: Kit) -> None:
    code = a_case(kit)
    for _ in range(2):
        async with running(kit.path, kit, login="joost", lang="en") as driver:
            await into(driver, "joost", code)
            assert readers(kit, code) == ["joost"]
            await driver.press("o")
            assert isinstance(driver.app.screen, Overview)
            await driver.press("escape", "escape")
    assert readers(kit, code) == ["joost"]
    kit.clock.pass_(days=1)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await driver.log_in("joost")
        assert readers(kit, code) == ["joost"], "my day is not the case"
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        day._rows.go_to(f"case:{code}")
        await driver.press("enter")
    assert readers(kit, code) == ["joost", "joost"]


async def test_the_overview_counts_as_reading(kit: Kit) -> None:
    code = a_case(kit)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        case = await into(driver, "joost", code)
        kit.clock.pass_(days=1)
        driver.app.push_screen(Overview(case.desk, code))
        await driver.settle()
    assert readers(kit, code) == ["joost", "joost"]


class Closing(Files):
    """Files that take nothing more once `closed`."""

    closed: ClassVar[bool] = False

    def write(self, fd: int, data: bytes, offset: int) -> int:
        if self.closed:
            raise OSError(28, os.strerror(28))
        return super().write(fd, data, offset)


async def test_a_case_opens_where_nothing_can_be_written(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    code = a_case(kit)
    kit.machine = replace(kit.machine, files=Closing())
    monkeypatch.setattr(Closing, "closed", True)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await into(driver, "joost", code)
        assert "Z.d.V." in driver.text
        assert "Not saved" not in driver.text
        await driver.press("l")
        assert "opened the case" in driver.text
    assert readers(kit, code) == []


async def test_the_log_of_a_case(kit: Kit) -> None:
    code, other = a_case(kit), a_case(kit)
    kit.open_as("marit").log.exported(code, LogWhat.DOSSIER)
    kit.clock.pass_(days=70)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await into(driver, "joost", code)
        await driver.press("l")
        screen = driver.app.screen
        assert isinstance(screen, LogScreen)
        listed = [line.strip() for line in driver.text.splitlines()[1:6]]
        assert [" ".join(line.split()) for line in listed if line] == [
            "27 Jan 09:30 you read the case",
            "18 Nov 2026 09:30 M. Hoekstra exported the dossier",
            "18 Nov 2026 09:30 M. Hoekstra let J. van der Laan take part",
            "18 Nov 2026 09:30 M. Hoekstra opened the case",
        ]
        assert code in driver.text
        assert other not in driver.text
        assert not any(part in driver.text for name in PUPILS["groep 6"] for part in name.split() if len(part) > 3)
        size = kit.path.stat().st_size
        await driver.press("enter", "delete", "backspace", "e", "x", "d", "n", "f2", "ctrl+s")
        assert driver.app.screen is screen
        assert kit.path.stat().st_size == size
        await driver.press("escape")
        assert isinstance(driver.app.screen, CaseScreen)


async def test_a_line_appears_by_itself(kit: Kit) -> None:
    code = a_case(kit)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await into(driver, "joost", code)
        await driver.press("l")
        kit.open_as("anne").log.exported(code, LogWhat.DOSSIER)
        await driver.until(lambda: "A. Verhoeven" in driver.text)


async def test_grants_and_exports_stand_among_the_events(kit: Kit) -> None:
    code = a_case(kit)
    marit = kit.open_as("marit")
    marit.log.exported(code, "dossier")
    marit.log.withdrawn(code, kit.open_as("joost").me)
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await into(driver, "marit", code)
        assert "take part" not in driver.text
        await driver.press("left")
        for told in ("let J. van der Laan take part", "exported the dossier", "took J. van der Laan out of the case"):
            assert told in driver.text
        for left_out in ("read the case", "opened the case"):
            assert left_out not in driver.text
        assert driver.text.count("case opened") == 1
        kit.open_as("anne").log.exported(code, "parnassys")
        await driver.until(lambda: "exported for ParnasSys" in driver.text)


async def test_the_next_case_has_its_own_lines(kit: Kit) -> None:
    one, other = a_case(kit), a_case(kit)
    kit.open_as("marit").log.exported(one, "dossier")
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        case = await into(driver, "marit", one)
        await driver.press("left")
        assert "exported the dossier" in driver.text
        await driver.press("greater_than_sign")
        assert case._code == other
        assert "exported the dossier" not in driver.text
        assert "let J. van der Laan take part" in driver.text


async def test_the_whole_log_is_for_leads(kit: Kit) -> None:
    code = a_case(kit)
    marit = kit.open_as("marit")
    kit.open_as("hans").log.people(LogWhat.INVITED, marit.me)
    for login, sees in (("anne", True), ("hans", False), ("marit", False)):
        async with running(kit.path, kit, login=login, lang="en") as driver:
            await driver.log_in(login)
            await driver.press("s")
            school_screen = driver.app.screen
            assert isinstance(school_screen, SchoolScreen)
            assert any(command.action == "log" for command in school_screen.all_commands()) is sees
            await driver.press("l")
            assert isinstance(driver.app.screen, LogScreen) is sees
            if sees:
                assert "H. Brouwer" in driver.text
                assert "invited M. Hoekstra" in driver.text
                assert "opened the case" in driver.text
                assert code in driver.text
                await driver.press("q")
                assert isinstance(driver.app.screen, SchoolScreen)


async def test_the_palette_and_the_help_know_the_log(kit: Kit) -> None:
    code = a_case(kit)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        case = await into(driver, "joost", code)
        assert any(command.action == "log" for command in case.all_commands())
        await driver.press("l", "f1")
        assert "signed by who did it" in " ".join(driver.text.split())
        await driver.press("escape")
        assert isinstance(driver.app.screen, LogScreen)


async def test_a_long_log_is_opened_page_by_page(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "PAGE", 10)
    code = a_case(kit)
    marit = kit.open_as("marit")
    with marit.vault.transaction():
        for _ in range(20):
            marit.log.exported(code, "dossier")
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "l")
        screen = driver.app.screen
        assert isinstance(screen, LogScreen)
        assert len(screen._rows._rows) == 10
        assert "Older" in driver.text
        await driver.press("m")
        assert len(screen._rows._rows) == 20
        await driver.press("m", "m")
        assert len(screen._rows._rows) == 22
        assert "Older" not in driver.text


async def test_an_empty_log_says_so(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        await driver.press("s", "l")
        assert "Nothing written down yet." in driver.text


async def test_what_somebody_forged_ends_nothing(kit: Kit) -> None:
    code = a_case(kit)
    karim = kit.open_as("karim")
    for what in ("[@click=app.quit]x[/]", "\x1b]52;c;eA==\x1b\\", "[/b]"):
        forge(karim, code, case=code, kind="exported", what=what)
    forge(karim, code, case=code, kind="exported", what="zoe-de-vries")
    forge(karim, code, case=code, kind="granted", about="ff" * 8)
    async with running(kit.path, kit, login="joost", lang="en") as driver:
        await into(driver, "joost", code)
        await driver.press("left")
        assert "exported something" in driver.text
        assert "let ? take part" in driver.text
        await driver.press("l")
        assert driver.text.count("K. Benali") == 2
        assert "zoe" not in driver.text
