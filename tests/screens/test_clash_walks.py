"""The school's own part, changed by two at once: both versions stand in the form, and neither is written over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.widgets import TextArea

from data.model import Contact, DecisionKind, Strand
from data.register import Register
from data.vault.entries import Role
from screens.close_case import CloseCase
from screens.escalate import EscalateForm
from screens.form import DeskForm
from screens.house_form import GroupRulesForm, HouseForm, merged
from screens.improvements import PointForm, year_form
from screens.incident_form import IncidentForm
from screens.tasks_form import TasksForm
from screens.unfinished import _house
from tests.data.school_kit import Kit, about, school
from tests.screens.kit import Driver, running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def change(register: Register, **fields: object) -> None:
    """Change some of the school's part and leave the rest as it is."""
    now = register.house.now()
    kept = {name: getattr(now, name) for name in ("rules", "contacts", "evaluated", "discussed_in_mr", "holidays")}
    register.house.change(**{**kept, "based_on": now.revision, **fields})


async def form(driver: Driver, kit: Kit) -> HouseForm:
    await driver.log_in("anne")
    desk = driver.app.screen.desk  # type: ignore[attr-defined]
    found = HouseForm(desk, desk.register.house.now())
    await driver.app.push_screen(found)
    await driver.settle()
    return found


async def test_what_a_colleague_changed_elsewhere_in_the_form_is_kept(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne") as driver:
        mine = await form(driver, kit)
        mine._rules.text = "Mijn regel"
        mine._evaluated.value = "1-10-2026"
        contact = Contact(role="counsellor", name="Pien Anders", reach="06")
        change(kit.open_as("hans"), rules=["Zijn regel"], contacts=[contact], evaluated=date(2026, 9, 2))
        await driver.press("f2")
        assert isinstance(driver.app.screen, HouseForm)
        assert mine._rules.text.splitlines() == ["Mijn regel", "Zijn regel"]
        assert "Pien Anders" in mine._contacts.text, "it was not touched here: theirs stands in it now"
        assert mine._evaluated.value == "1-10-2026"
        assert "2-9-2026" in str(mine.answer.render()), "both days are shown"
        await driver.press("f2")
        assert not isinstance(driver.app.screen, HouseForm)
    now = kit.open_as("hans").house.now()
    assert (list(now.rules), [found.name for found in now.contacts]) == (["Mijn regel", "Zijn regel"], ["Pien Anders"])
    assert now.evaluated == date(2026, 10, 1)


async def test_what_was_typed_before_a_colleague_changed_it_is_no_newer_than_theirs(kit: Kit) -> None:
    """Given back on another day, on what has become of it meanwhile."""
    async with running(kit.path, kit, login="anne") as driver:
        mine = await form(driver, kit)
        mine._rules.text = "Mijn regel"
        kept = mine.unfinished()
        change(kit.open_as("hans"), rules=["Zijn regel"])
        mine.desk.register.refresh()
        again = await _house(mine.desk, kept)
        assert isinstance(again, HouseForm)
        await driver.app.push_screen(again)
        await driver.settle()
        again.refill(kept.fields)
        await driver.press("f2")
        assert again._rules.text.splitlines() == ["Mijn regel", "Zijn regel"]
        assert kit.open_as("hans").house.now().rules == ("Zijn regel",)


async def test_the_rules_of_a_group(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne") as driver:
        await driver.log_in("anne")
        desk = driver.app.screen.desk  # type: ignore[attr-defined]
        ident, group = next(iter(desk.register.house.groups().items()))
        mine = GroupRulesForm(desk, ident, group)
        await driver.app.push_screen(mine)
        await driver.settle()
        mine._rules.text = "Wij wachten"
        kit.open_as("hans").house.change_group_rules(ident, ["Wij delen"], based_on=group)
        await driver.press("f2")
        assert mine._rules.text.splitlines() == ["Wij wachten", "Wij delen"]
        await driver.press("f2")
    assert kit.open_as("hans").house.groups()[ident].rules == ("Wij wachten", "Wij delen")


async def opened(driver: Driver, form: DeskForm) -> None:
    await driver.app.push_screen(form)
    await driver.settle()


def answer(form: DeskForm) -> str:
    return str(form.answer.render())


async def test_an_improvement_point(kit: Kit) -> None:
    """A day and an owner that a colleague chose are not written over by those that stood in the form."""
    hans = kit.open_as("hans")
    today = hans.now().date()
    point = hans.year.add_point("Toezicht op het plein.", hans.me, today + timedelta(days=30))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        register = driver.app.register
        assert register is not None
        (known,) = register.year.points()
        mine = PointForm(driver.app.screen.desk, known.year, known)  # type: ignore[attr-defined]
        await opened(driver, mine)
        mine._text.value, mine._due.value = "Rooster is rond.", "in 2 weeks"
        kept = mine.unfinished()
        hans.year.about_point(point, "Wacht op de raad.", owner=register.me, due=today + timedelta(days=60), done=True)
        await driver.press("f2")
        assert driver.app.screen is mine
        assert "Wacht op de raad." in answer(mine)
        assert f"{today + timedelta(days=60):%d-%m-%Y}" in answer(mine), "both days are shown"
        assert mine._owner.value == "Anne Verhoeven", "it was not touched here: theirs stands in it now"
        assert (mine._text.value, mine._due.value, mine._done_line.value) == ("Rooster is rond.", "in 2 weeks", "yes")
        # Given back on another day, on what has become of it meanwhile: no newer than theirs.
        register.refresh()
        again = year_form(mine.desk, "improvement", kept.place)
        assert isinstance(again, PointForm)
        await opened(driver, again)
        again.refill(kept.fields)
        await driver.press("f2")
        assert driver.app.screen is again
        assert "Wacht op de raad." in answer(again)
        await driver.press("escape", "w")
        await driver.press("f2")
        assert driver.app.screen is not mine
    (now,) = kit.open_as("hans").year.points()
    assert [one.text for one in now.said] == ["Wacht op de raad.", "Rooster is rond."]
    assert (hans.people.name(now.owner), now.due, now.done) == ("Anne Verhoeven", today + timedelta(14), True)


async def test_somebodys_tasks(kit: Kit) -> None:
    """What another steward gave or took away meanwhile is neither undone nor hidden."""
    hans = kit.open_as("hans")
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        desk = driver.app.screen.desk  # type: ignore[attr-defined]
        mine = TasksForm(desk, desk.register.people.called("karim"))
        await opened(driver, mine)
        mine._groups.value = "groep 6"
        hans.people.change("karim", [Role.TEACHER, Role.KWINK], ["groep 7", "groep 6"])
        await driver.press("f2")
        assert driver.app.screen is mine
        assert "Groups: groep" in answer(mine)
        assert mine._groups.value == "groep 6"
        assert "," in mine._roles.value, "it was not touched here: theirs stands in it now"
        await driver.press("f2")
        assert driver.app.screen is not mine
    now = kit.open_as("hans").people.called("karim")
    assert (set(now.person.roles), now.groups) == ({Role.TEACHER, Role.KWINK}, ("groep 6",))


TYPED = "Het ging daarna goed."


@pytest.mark.parametrize("how", ["close", "reopen", "escalate"])
async def test_a_decision_that_somebody_else_made_first(kit: Kit, how: str) -> None:
    """It is made once; the colleague's words stand beside one's own, and these stay to be written elsewhere."""
    other = kit.open_as("anne")
    code = other.cases.open({kit.ids["Zoë de Vries"]: Strand.BULLIED, kit.ids["Sem van Dijk"]: Strand.ACCUSED})
    if how == "reopen":
        other.cases.decide(code, DecisionKind.CLOSED, text="Klaar.")
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await driver.log_in("anne")
        desk = driver.app.screen.desk  # type: ignore[attr-defined]
        known = desk.register.cases.get(code)
        mine = EscalateForm(desk, known) if how == "escalate" else CloseCase(desk, known)
        await opened(driver, mine)
        mine.query(TextArea).first().text = TYPED
        if how == "escalate":
            other.cases.escalate(code, mine._phase.value, "De ouders van de ander vroegen erom.")  # type: ignore[union-attr]
        else:
            kind = DecisionKind.CLOSED if how == "close" else DecisionKind.REOPENED
            other.cases.decide(code, kind, text="De ouders van de ander vroegen erom.")
        await driver.press("f2")
        assert driver.app.screen is mine
        assert "De ouders van de ander vroegen erom." in answer(mine)
        assert mine.query(TextArea).first().text == TYPED
        assert mine.unsaved()
    assert TYPED not in str(kit.open_as("anne").cases.get(code).decisions)


async def test_a_note_that_somebody_else_made_an_incident(kit: Kit) -> None:
    joost = kit.open_as("joost")
    note = joost.notes.add(about(kit, "Bij het hek.", "Zoë de Vries", "Sem van Dijk"))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        desk = driver.app.screen.desk  # type: ignore[attr-defined]
        begun = desk.register.incidents.begin([note])
        mine = IncidentForm(desk, replace(begun, behaviour="fysiek"), desk.register.incidents.names(dict(begun.pupils)))
        await opened(driver, mine)
        mine._measures.text = TYPED
        theirs = joost.incidents.begin([note])
        joost.incidents.decide(replace(theirs, behaviour="fysiek", what="Geduwd bij het hek, met opzet."))
        await driver.press("f2")
        assert driver.app.screen is mine
        assert "Geduwd bij het hek, met opzet." in answer(mine)
        assert mine._measures.text == TYPED
        assert mine.unsaved()


def test_lines_of_two() -> None:
    assert merged("a\nb", "a", "a\nc") == "a\nb\nc"
    assert merged("a", "a", "b") == "b"
    assert merged("b", "a", "a") == "b"
    assert merged("b", None, "a") == "b\na"
