"""The counsellor's compartment by keyboard alone, and what everybody else sees of it: nothing but numbers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from data.register.counsel import Meeting
from screens.counsel import Compartment, Numbers
from screens.counsel_form import ConsentForm, MeetingForm
from screens.dashboard import Dashboard
from screens.quick_note import QuickNote
from tests.data.school_kit import PEOPLE, Kit, school
from tests.screens.kit import Driver, running

WHO, TEXT = "Ria Smit", "voelt zich niet gehoord"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def talk(driver: Driver, referred: str = "") -> None:
    await driver.press("g")
    await driver.type(WHO)
    await driver.press("tab", "tab")
    await driver.type(TEXT)
    await driver.press("tab")
    await driver.type(referred)
    await driver.press("f2")


async def test_a_conversation_an_appointment_and_a_consent(kit: Kit) -> None:
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        await driver.press("b")
        assert isinstance(driver.app.screen, Compartment)
        assert "alleen jij kunt dit lezen" in driver.text
        await talk(driver, "de GGD")
        assert isinstance(driver.app.screen, Compartment)
        assert TEXT in driver.text
        assert "doorverwezen naar de GGD" in driver.text
        assert WHO not in driver.text, "a name is not on the screen before somebody asks"
        assert "R.S." in driver.text
        await driver.press("v")
        assert WHO in driver.text
        await driver.press("a")
        await driver.type(WHO)
        await driver.press("f2")
        assert "Niet bewaard" in driver.text, "an appointment is on a day"
        await driver.press("tab")
        await driver.type("over 2 dagen")
        await driver.press("f2")
        assert "vr 20 nov" in driver.text
        await driver.press("t")
        await driver.type(WHO)
        await driver.press("tab")
        await driver.type("met de directeur praten")
        await driver.press("f2")
        assert "met de directeur praten" in driver.text
        await driver.press("end", "w", "escape")
        assert "ingetrokken" not in driver.text
        await driver.press("w", "f2")
        assert "ingetrokken 18 nov" in driver.text
        await driver.press("w")
        assert isinstance(driver.app.screen, Compartment), "it is taken back once"
        await driver.press("q")
        assert isinstance(driver.app.screen, Dashboard)
        assert WHO not in driver.text
        assert TEXT not in driver.text
    fenna = kit.open_as("fenna")
    assert len(fenna.counsel.all()) == 2
    assert fenna.counsel.consents()[0].withdrawn


async def test_removing(kit: Kit) -> None:
    kit.open_as("fenna").counsel.add(Meeting(WHO, kit.clock.now(), TEXT))
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        await driver.press("b", "w", "escape")
        assert TEXT in driver.text
        await driver.press("w", "w")
        assert TEXT not in driver.text
    assert kit.open_as("fenna").counsel.all() == []


async def test_numbers_leave_when_the_counsellor_says_so(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fenna.counsel.add(Meeting(WHO, kit.clock.now(), TEXT))
    fenna.counsel.add(Meeting(WHO, kit.clock.now() - timedelta(days=150), TEXT))
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        await driver.press("b", "l")
        assert "2026-2027: 1 gesprek met 1 persoon, 0 doorverwezen." in driver.text
        await driver.press("escape")
        assert kit.open_as("hans").counsel.released() == []
        await driver.press("l", "j")
        assert "2025-2026: 1 gesprek" in driver.text
        await driver.press("j", "f2")
    for login in ("hans", "anne"):
        async with running(kit.path, kit, login=login) as driver:
            await driver.log_in(login)
            await driver.press("g")
            assert isinstance(driver.app.screen, Numbers)
            assert "1 gesprek" in driver.text
            assert "2026-2027" in driver.text
            assert "2025-2026" not in driver.text


@pytest.mark.parametrize("login", sorted(set(PEOPLE) - {"fenna"}))
async def test_nobody_else_has_the_key(kit: Kit, login: str) -> None:
    kit.open_as("fenna").counsel.add(Meeting(WHO, kit.clock.now(), TEXT))
    async with running(kit.path, kit, login=login) as driver:
        await driver.log_in(login)
        await driver.press("b")
        assert isinstance(driver.app.screen, Dashboard)
        assert "besloten" not in driver.text.lower()
        if login not in ("anne", "hans"):
            await driver.press("g")
            assert isinstance(driver.app.screen, Dashboard)
        await driver.press("5")
        assert TEXT not in driver.text


async def test_my_day_counts_appointments_and_says_nothing_of_them(kit: Kit) -> None:
    kit.open_as("fenna").counsel.add(Meeting(WHO, kit.clock.now() + timedelta(days=1), TEXT, appointment=True))
    kit.clock.pass_(days=1)
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        assert "1 besloten afspraak" in driver.text
        assert WHO not in driver.text
        assert TEXT not in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, Compartment)


@pytest.mark.parametrize("key", ["g", "a", "t"])
async def test_half_a_sentence_is_kept(kit: Kit, key: str) -> None:
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        await driver.press("b", key)
        await driver.type(WHO)
        driver.app._end(1)
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        assert "Je was bezig met iets besloten" in driver.text
        await driver.press("enter")
        form = driver.app.screen
        assert isinstance(form, ConsentForm if key == "t" else MeetingForm)
        assert form._who.value == WHO
        assert isinstance(form, ConsentForm) or form._appointment is (key == "a")


async def test_who_is_no_counsellor_any_more_gets_it_back_as_a_private_note(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type(TEXT)
        driver.app._end(1)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        (left,) = day._left
        forms = tuple(structs.replace(form, kind="meeting", fields={"who": WHO, "text": TEXT}) for form in left.forms)
        day._left = [replace(left, forms=forms)]
        await driver.press("enter")
        assert isinstance(driver.app.screen, QuickNote)
        assert TEXT in driver.text
        assert WHO in driver.text
        assert "privé: alleen jij" in driver.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
async def test_hostile_names_and_texts_are_drawn(kit: Kit, size: tuple[int, int]) -> None:
    hostile = "[/b] [red] \x1b[2J [@click=app.quit]x[/]"
    fenna = kit.open_as("fenna")
    fenna.counsel.add(Meeting(hostile, kit.clock.now(), hostile + "漢" * 300 + "\n" * 20, referred=hostile))
    fenna.counsel.consent(hostile, hostile, kit.clock.now().date())
    async with running(kit.path, kit, login="fenna", size=size) as driver:
        await driver.log_in("fenna")
        await driver.press("b", "v", "end", "home")
        assert isinstance(driver.app.screen, Compartment)
        assert "[/b] [red]" in driver.text
