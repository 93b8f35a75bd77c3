"""The school's own part, changed by two at once: both versions stand in the form, and neither is written over."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.model import Contact
from data.register import Register
from screens.house_form import GroupRulesForm, HouseForm, merged
from screens.unfinished import _house
from tests.data.school_kit import Kit, school
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


def test_lines_of_two() -> None:
    assert merged("a\nb", "a", "a\nc") == "a\nb\nc"
    assert merged("a", "a", "b") == "b"
    assert merged("b", "a", "a") == "b"
    assert merged("b", None, "a") == "b\na"
