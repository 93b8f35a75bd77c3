"""Taking part, handing over, leaving and passphrases, by keyboard; and a session whose person was let go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.model import Strand
from data.protocol import StepState
from data.register import Jotting
from data.register.counsel import Meeting
from data.vault.entries import Role, Status
from screens.dashboard import Dashboard
from screens.members import MembersScreen
from screens.passphrase import PassphraseForm
from screens.person import PersonScreen
from screens.quick_note import QuickNote
from screens.tasks_form import TasksForm
from screens.unlock import Unlock
from tests.data.school_kit import Kit, passphrase_of, school
from tests.screens.kit import Driver, running

NEW = "een koe op de ladder"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def a_case(kit: Kit, by: str = "marit") -> str:
    strands = {kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Daniël van 't Hof"]: Strand.ACCUSED}
    return kit.open_as(by).cases.open(strands)


async def to_person(driver: Driver, login: str) -> PersonScreen:
    """From my day to one person."""
    await driver.press("s")
    driver.app.screen._rows.go_to(f"person:{login}")  # type: ignore[attr-defined]
    await driver.press("enter")
    screen = driver.app.screen
    assert isinstance(screen, PersonScreen)
    return screen


async def choose(driver: Driver, login: str) -> None:
    driver.app.screen._rows.go_to(login)  # type: ignore[attr-defined]
    await driver.press("enter")


async def test_a_colleague_is_let_in_and_taken_out(kit: Kit) -> None:
    code = a_case(kit)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter", "m")
        assert isinstance(driver.app.screen, MembersScreen)
        assert "eigen zaak" in driver.text
        assert "leest elke zaak" in driver.text
        await driver.press("i")
        await choose(driver, "karim")
        assert "Karim Benali" in driver.text
        assert kit.open_as("karim").cases.get(code)
        await choose(driver, "karim")
        await driver.press("x", "escape")
        assert "Karim Benali" in driver.text
        await driver.press("x", "f2")
        assert "doet niet meer mee" in driver.text
    assert kit.open_as("karim").cases.all() == []


async def test_a_case_is_handed_over_and_accepted(kit: Kit) -> None:
    code = a_case(kit)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("enter", "m", "h")
        await choose(driver, "karim")
        assert "nog niet aangenomen" in driver.text
    async with running(kit.path, kit, login="karim") as driver:
        await driver.log_in("karim")
        assert "aangeboden door M. Hoekstra" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, MembersScreen)
        await driver.press("a")
        assert "Het is nu jouw zaak" in driver.text
    karim = kit.open_as("karim")
    assert karim.cases.get(code).owner == karim.me


async def test_somebody_leaves_while_logged_in(kit: Kit) -> None:
    """What they were typing cannot be saved any more; the screen locks and says why."""
    code = a_case(kit, "karim")
    async with running(kit.path, kit, login="karim") as driver:
        await driver.log_in("karim")
        await driver.press("n")
        await driver.type("half af")
        anne = kit.open_as("anne")
        anne.members.offer(code, anne.people.called("marit").person.id)
        anne.people.revoke("karim")
        driver.app._look()
        await driver.settle()
        assert isinstance(driver.app.screen, Unlock)
        assert driver.app.register is None
        assert "geen toegang" in driver.text
        assert "half af" not in driver.text
        await driver.log_in("karim")
        assert isinstance(driver.app.screen, Unlock)


async def test_a_save_after_being_let_go_is_refused_and_keeps_the_text(kit: Kit) -> None:
    async with running(kit.path, kit, login="karim") as driver:
        await driver.log_in("karim")
        await driver.press("n")
        await driver.type("half af")
        kit.open_as("anne").people.revoke("karim")
        await driver.press("f2")
        note = driver.app.screen
        if isinstance(note, QuickNote):
            assert "Niet bewaard" in driver.text
            assert note._facts.text == "half af"
        else:
            assert isinstance(note, Unlock)


async def test_the_screen_of_who_leaves(kit: Kit) -> None:
    code = a_case(kit, "karim")
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        person = await to_person(driver, "karim")
        assert code in driver.text
        assert "eigen zaak" in driver.text or "als enige" in driver.text
        person._rows.go_to(code)
        await driver.press("h")
        await choose(driver, "marit")
        assert "aangeboden aan" in driver.text
        marit = kit.open_as("marit")
        marit.members.accept(code)
        driver.app._look()
        await driver.settle()
        assert "doet mee" in driver.text
        await driver.press("x", "escape")
        assert isinstance(driver.app.screen, PersonScreen)
        await driver.press("x", "f2")
        assert "heeft geen toegang meer" in driver.text
    anne = kit.open_as("anne")
    assert [p.status for p in anne.vault.directory.people.values() if p.login == "karim"] == [Status.LEFT]
    assert anne.cases.get(code).owner == marit.me


async def test_a_new_code_from_the_screen(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.vault.crypto.STANDARD", __import__("data.vault.crypto", fromlist=["FLOOR"]).FLOOR)
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await to_person(driver, "karim")
        await driver.press("r")
        assert "privénotities" in driver.text, "what is lost is said before"
        await driver.press("f2")
        assert "Geef deze code op papier" in driver.text
    assert kit.open_as("anne").people.called("karim").person.status is Status.INVITED


async def test_tasks_change_and_nonsense_is_refused(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await to_person(driver, "karim")
        await driver.press("t")
        form = driver.app.screen
        assert isinstance(form, TasksForm)
        form._roles.value = "leerkracht, baas"
        await driver.press("f2")
        assert "baas" in driver.text
        assert isinstance(driver.app.screen, TasksForm)
        form._roles.value, form._groups.value, form._last.value = "IB'er", "", "31-7-2027"
        await driver.press("f2")
        assert isinstance(driver.app.screen, PersonScreen)
        assert "2027" in driver.text
    karim = kit.open_as("anne").people.called("karim")
    assert karim.person.roles == (Role.IB,)
    assert karim.groups == ()


async def test_a_teacher_sees_and_changes_nothing_of_others(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await to_person(driver, "karim")
        for key in ("t", "r", "x"):
            await driver.press(key)
            assert isinstance(driver.app.screen, PersonScreen), key
        for word in ("Taken", "Nieuwe code", "Vertrekt"):
            assert word not in driver.text


async def test_who_leaves_sees_what_nobody_else_can_read(kit: Kit) -> None:
    fenna = kit.open_as("fenna")
    fenna.notes.add(Jotting("alleen van mij", private=True))
    fenna.counsel.add(Meeting("een ouder", kit.clock.now(), "in vertrouwen"))
    async with running(kit.path, kit, login="fenna") as driver:
        await driver.log_in("fenna")
        await to_person(driver, "fenna")
        assert "2 notities" in driver.text
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await to_person(driver, "fenna")
        assert "2 notities" not in driver.text


async def test_another_passphrase(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("w")
        form = driver.app.screen
        assert isinstance(form, PassphraseForm)
        form._old.value, form._new.value, form._again.value = passphrase_of("marit"), "marit marit", "marit marit"
        await driver.press("f2")
        assert "snel te raden" in driver.text
        form._new.value = form._again.value = NEW
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert not list((kit.path.parent / "state").glob("typing-*")), "a passphrase is never kept outside"


async def test_who_has_left_can_still_be_seen_in_the_list(kit: Kit) -> None:
    kit.open_as("anne").people.revoke("karim")
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        await driver.press("s")
        driver.app.screen._rows.go_to("person:karim")  # type: ignore[attr-defined]
        await driver.press("enter")
        assert not isinstance(driver.app.screen, PersonScreen)


async def test_the_case_goes_on_for_who_was_taken_out_elsewhere(kit: Kit) -> None:
    """Taken out while the case is open on the screen: nothing new appears, and leaving it works."""
    code = a_case(kit)
    marit = kit.open_as("marit")
    marit.members.invite(code, marit.people.called("karim").person.id)
    async with running(kit.path, kit, login="karim") as driver:
        await driver.log_in("karim")
        await driver.press("enter")
        marit.members.withdraw(code, marit.people.called("karim").person.id)
        marit.cases.record_step(code, 1, StepState.DONE, text="zonder Karim")
        driver.app._look()
        await driver.settle()
        assert "zonder Karim" not in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, Dashboard)
