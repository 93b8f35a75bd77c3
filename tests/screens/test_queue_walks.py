"""The queue of a coordinator: three cases in a row by keyboard alone, "seen", and who has no queue."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.model import DecisionKind, Strand
from data.protocol import StepState
from data.register import Register
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.overview import Overview
from screens.queue import QueueScreen
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def opened(kit: Kit, register: Register, *names: str) -> str:
    sides = {kit.ids[name]: Strand.ACCUSED if at else Strand.BULLIED for at, name in enumerate(names)}
    return register.cases.open(sides)


def three(kit: Kit) -> list[str]:
    """Three cases in the order of the queue: asked, escalated, late."""
    marit = kit.open_as("marit")
    late = opened(kit, marit, ZOE, DANIEL)
    kit.clock.pass_(days=5)
    escalated, asked = opened(kit, marit, NOOR, DANIEL), opened(kit, marit, "Sem Bakker", NOOR)
    marit.cases.escalate(escalated, "school", "Te weinig effect.")
    marit.cases.record_step(asked, 3, StepState.BUSY, text="Denk je mee?")
    kit.clock.pass_(minutes=5)
    return [asked, escalated, late]


async def into_queue(driver: Driver, login: str = "anne") -> None:
    await driver.log_in(login)
    await driver.press("r")
    assert isinstance(driver.app.screen, QueueScreen), driver.text


async def test_three_cases_one_after_the_other(kit: Kit) -> None:
    codes = three(kit)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into_queue(driver)
        shown = driver.text.split("\n")
        lines = [line for line in shown if "Z-" in line]
        reasons = [shown[at + 1] for at, line in enumerate(shown) if "Z-" in line]
        assert [line.split()[1] for line in lines] == codes
        for reason, said in zip(("asks for", "phase began: school", "waits"), reasons, strict=True):
            assert reason in said
        await driver.press("enter")
        assert isinstance(driver.app.screen, Overview) and codes[0] in driver.text and "1 of 3" in driver.text
        for number, code in enumerate(codes, 1):
            assert code in driver.text.split("\n")[0], number
            await driver.press("tab")
            await driver.type(f"advies {number}")
            await driver.press("f2", "greater_than_sign")
        await driver.press("escape")
        assert isinstance(driver.app.screen, QueueScreen)
        assert "No case asks for a consultation" in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, Dashboard)
    anne = kit.open_as("anne")
    assert [anne.cases.get(code).decisions[-1].record.advice for code in codes] == [
        ("advies 1",), ("advies 2",), ("advies 3",)
    ]  # fmt: skip


async def test_seen_goes_back_to_the_teacher(kit: Kit) -> None:
    codes = three(kit)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into_queue(driver)
        await driver.press("o", "x")
        assert "Seen" in driver.text and "you" in driver.text
        await driver.press("escape")
        assert codes[0] not in driver.text and codes[1] in driver.text
    assert kit.open_as("marit").cases.get(codes[0]).decisions[-1].record.kind is DecisionKind.SEEN
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "A. Verhoeven" in driver.text and "seen" in driver.text
        await driver.press("3")
        await driver.press(*["up"] * 10, "enter")
        screen = driver.app.screen
        assert isinstance(screen, CaseScreen)


async def test_a_teacher_has_no_queue_and_says_no_seen(kit: Kit) -> None:
    code = three(kit)[0]
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("r")
        assert isinstance(driver.app.screen, Dashboard)
        await driver.press("1", "o")
        assert isinstance(driver.app.screen, Overview)
        await driver.press("x")
    assert all(
        said.record.kind is not DecisionKind.SEEN for known in [kit.open_as("marit").cases.get(code)]
        for said in known.decisions
    )  # fmt: skip


async def test_an_empty_queue_opens_nothing(kit: Kit) -> None:
    async with running(kit.path, kit, login="hans") as driver:
        await into_queue(driver, "hans")
        await driver.press("enter", "o", "z")
        assert isinstance(driver.app.screen, QueueScreen)


async def test_the_case_itself_and_names(kit: Kit) -> None:
    codes = three(kit)
    async with running(kit.path, kit, login="anne", size=(120, 40)) as driver:
        await into_queue(driver)
        await driver.press("v")
        assert "Noor Y" in driver.text
        await driver.press("down", "z")
        assert isinstance(driver.app.screen, CaseScreen) and codes[1] in driver.text


async def test_my_day_counts_who_waits_and_shows_what_is_due(kit: Kit) -> None:
    codes = three(kit)
    anne, today = kit.open_as("anne"), kit.clock.now().date()
    anne.complaints.add(codes[0], "ouders", today, until=today)
    anne.removals.record(codes[1], "suspension", pupil=kit.ids[DANIEL], done={"decision": today - timedelta(days=9)})
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        now = driver.text.split("mine")[0]
        assert "official complaint" in now and "today" in now
        assert "Terug op school" in now and "2 days late" in now
        assert "cases ask for a consultation" in now
        await driver.press("down", "down", "enter")
        assert isinstance(driver.app.screen, QueueScreen)


async def test_a_step_that_repeats_says_which_time_it_is(kit: Kit) -> None:
    marit = kit.open_as("marit")
    code = opened(kit, marit, ZOE, DANIEL)
    for at in range(3):
        marit.cases.record_step(code, 8, StepState.BUSY, text=f"Ronde {at}")
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await driver.log_in("marit")
        await driver.press("1", "enter")
        assert "Afspraken bijhouden · time 3" in driver.text
        await driver.press("o")
        assert "time 3: Ronde 2" in driver.text
