"""A note in a hurry and my day: nothing small holds up a sentence, a search looks everywhere, nothing goes unread."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from data.model import DecisionKind, PupilRef
from data.protocol import StepState
from data.register import Jotting
from screens.about import AboutScreen
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.dialogs import Ask
from screens.help import HelpScreen
from screens.open_case import ChangePupils, OpenCase
from screens.quick_note import PLACE_CELLS, QuickNote
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.screens.test_case_walks import DANIEL, NOOR, ZOE, a_case, into


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def noting(driver: Driver, text: str) -> QuickNote:
    """Log in as Marit and begin a note."""
    await driver.log_in("marit")
    await driver.press("n")
    await driver.type(text)
    note = driver.app.screen
    assert isinstance(note, QuickNote)
    return note


# --- a note in a hurry ---------------------------------------------------------------------------------------


async def test_half_a_name_and_an_odd_time_are_kept_behind_the_sentence(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "Zoë huilde bij het hek")
        tr = driver.app.words.tr
        kept = f"{tr('(who: {typed})', typed='xyz')} {tr('(when: {typed})', typed='half elf')}"
        await driver.press("tab")
        await driver.type("xyz")
        note._when.focus()
        await driver.type("half elf")
        kit.clock.pass_(minutes=3)
        await driver.press("f2")
        assert isinstance(driver.app.screen, Dashboard)
        assert kept.rsplit(maxsplit=1)[-1] in driver.text, "the program says so"
    (known,) = kit.open_as("joost").notes.all()
    assert known.note.facts == (PupilRef(kit.ids[ZOE]), f" huilde bij het hek {kept}")
    assert known.note.happened == known.note.entered - timedelta(minutes=3), "when the note was begun"


async def test_letters_alone_are_no_note(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        await driver.press("tab")
        await driver.type("lo")
        await driver.press("f2")
        assert driver.app.screen is note
        assert "Niet bewaard" in driver.text
    assert kit.open_as("marit").notes.all() == []


async def test_a_moment_to_come_is_still_asked_about(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "geduwd")
        note._when.value = "1-1-2030"
        await driver.press("f2")
        assert driver.app.screen is note
        note._when.value = ""
        await driver.press("f2")
    (known,) = kit.open_as("marit").notes.all()
    assert known.note.facts == ("geduwd",)


async def test_a_name_that_nobody_has_is_said_at_once(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "geduwd")
        nobody = driver.app.words.tr("no pupil found")
        await driver.press("tab")
        assert nobody not in driver.text
        await driver.type("zo")
        assert nobody not in driver.text and ZOE in driver.text
        await driver.type("q")
        assert nobody in driver.text
        await driver.press("enter")
        assert note._finder.field.has_focus and not note._participants.roles
        await driver.press("escape")
        assert nobody not in driver.text and note._finder.field.value == ""


async def test_the_hints_of_a_note_can_be_read(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "")
        assert driver.app.words.tr("now; or 10:42, 10 min ago") in driver.text
        school = note.desk.register.school()
        for places in (("plein", "klas"), ("gymzaal", "overblijflokaal", "fietsenstalling"), ("x" * 99,), ()):
            changed = type(school)(name="x", protocol="x", protocol_version="x", places=places)
            note.desk.register.school = lambda changed=changed: changed  # type: ignore[method-assign,misc]
            hint = note._places()
            assert cell_len(hint) <= PLACE_CELLS
            assert all(word in places for word in hint.removesuffix("…").split(", ") if word), hint
        assert note._places() == ""


async def test_the_keys_of_a_role_are_named_where_they_work(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        note = await noting(driver, "Zoë huilde")
        await driver.until(lambda: bool(note._participants.display))
        tr = driver.app.words.tr
        keys, way = tr("left, right: role   del: take out"), tr("tab: role")
        await driver.press("tab")
        assert way in driver.text and keys not in driver.text
        await driver.press("tab")
        assert keys in driver.text and way not in driver.text
        await driver.press("tab")
        assert way in driver.text and keys not in driver.text
        await driver.press("f1")
        assert isinstance(driver.app.screen, HelpScreen)
        assert "Del" in driver.text


# --- searching -----------------------------------------------------------------------------------------------


async def test_a_search_turns_to_where_something_is_found(kit: Kit) -> None:
    first, second = a_case(kit, ZOE, DANIEL), a_case(kit, NOOR)
    marit = kit.open_as("marit")
    marit.cases.decide(second, DecisionKind.CLOSED, text="het gaat goed")
    marit.notes.add(Jotting("ruzie om een beker"))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("1", "slash")
        for typed, chosen in (("noor", "gesloten"), ("beker", "notities"), ("vries", "notities")):
            await driver.type(typed)
            if typed == "vries":
                assert f"▸{driver.app.words.tr('mine')}" in driver.text, "the first filter that has it"
                break
            assert f"▸{chosen} 1" in driver.text, typed
            day = driver.app.screen
            assert isinstance(day, Dashboard)
            day._search.value = ""
        await driver.press("escape")
        assert "▸mijn 1" in driver.text
        assert first in driver.text.partition("▸")[2]


async def test_tab_changes_the_filter_while_a_search_is_typed(kit: Kit) -> None:
    a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        await driver.press("1", "slash")
        await driver.type("zo")
        seen = []
        for key in ("tab", "tab", "shift+tab", "shift+tab"):
            await driver.press(key)
            seen.append(day._filter)
        assert seen == ["attention", "all", "attention", "mine"]
        assert day._search.has_focus
        await driver.type("e")
        assert day._search.value == "zoe", "and one types on"


async def test_the_foot_of_a_search_shows_what_works(kit: Kit) -> None:
    a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        tr, day = driver.app.words.tr, driver.app.screen
        assert isinstance(day, Dashboard)
        before = driver.text.split("\n")[-1]
        await driver.press("slash")
        foot = driver.text.split("\n")[-1].strip()
        shown = f"↵ {tr('To the list')}   tab {tr('Filter')}   esc {tr('Show all')}   F9 Weg   F1 Hulp"
        assert foot == shown
        assert all(cell_len(tr(command.word)) <= 12 for command in day.WHILE_SEARCHING)
        await driver.type("zo")
        await driver.press("enter")
        foot = driver.text.split("\n")[-1]
        assert f"esc {tr('Show all')}" in foot and "n Notitie" in foot
        await driver.press("escape")
        assert driver.text.split("\n")[-1] == before


# --- what colleagues wrote -----------------------------------------------------------------------------------


async def test_loose_notes_are_put_away_only_after_asking(kit: Kit) -> None:
    joost = kit.open_as("joost")
    for text in ("de eerste", "de tweede"):
        joost.notes.add(Jotting(text))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("x")
        assert isinstance(driver.app.screen, Ask)
        assert "2" in driver.text
        await driver.press("escape")
        assert "de eerste" in driver.text
        await driver.press("x")
        kit.clock.pass_(minutes=1)
        joost.notes.add(Jotting("de derde"))
        await driver.press("f2")
        day = driver.app.screen
        assert isinstance(day, Dashboard)
        day.look_again()
        await driver.settle()
        assert "de eerste" not in driver.text and "de tweede" not in driver.text
        assert "de derde" in driver.text, "what came meanwhile was not asked about"
        await driver.press("x", "f2", "x")
        assert driver.app.screen is day, "where nothing is new there is nothing to ask"


async def test_news_of_a_case_says_the_step_first_and_counts_behind(kit: Kit) -> None:
    code, joost = a_case(kit, ZOE, DANIEL), kit.open_as("joost")
    kit.clock.pass_(minutes=1)
    joost.cases.record_step(code, 1, StepState.DONE, text="gezien")
    kit.clock.pass_(minutes=1)
    joost.cases.record_step(code, 2, StepState.DONE, text="gehoord")
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        said = driver.app.words.tr(
            "step {number} {title}: {state}", number=2, title="Beide kanten horen", state="klaar"
        )
        news = next(row for row in driver.text.split("\n") if said in row)
        assert "(+1)" in news


# --- who is meant --------------------------------------------------------------------------------------------


async def test_who_is_chosen_for_a_case_is_shown_in_full(kit: Kit) -> None:
    code = a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit") as driver:
        await into(driver, code)
        await driver.press("w")
        assert isinstance(driver.app.screen, ChangePupils)
        assert ZOE in driver.text and DANIEL in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, CaseScreen)
        assert "Vries" not in driver.text, "and nowhere else"
        await driver.press("q", "z")
        assert isinstance(driver.app.screen, OpenCase)
        await driver.type("noo")
        await driver.press("enter")
        assert f"{NOOR}  " in driver.text


async def test_a_phase_does_not_name_its_own_role_again(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("p", "2")
        assert isinstance(driver.app.screen, AboutScreen)
        assert "Leerkracht  leerkracht" not in driver.text
        assert " Leerkracht" in driver.text


async def test_of_many_children_the_rest_is_counted_and_all_stand_in_the_note(kit: Kit) -> None:
    many = [f"Kind{number:02} Deel{number:02}" for number in range(14)]
    anne = kit.open_as("anne")
    anne.pupils.add_lines(anne.pupils.group_named("groep 6") or "", "\n".join(many))
    ids = [known.id for known in kit.open_as("marit").pupils.everybody() if known.name in many]
    assert len(ids) == len(many)
    async with running(kit.path, kit, login="marit", lang="en", size=(80, 24)) as driver:
        note = await noting(driver, "In de gym")
        for ident in ids:
            note._participants.add(ident)
        note._participants.draw(note._names)
        await driver.settle()
        assert note._participants.size.height == 4
        assert "and 11 more" in driver.text, "three are named"
        await driver.press("tab", "tab")
        assert note._participants.has_focus and "more" not in driver.text
        await driver.press("end")
        assert "Kind13 Deel13" in driver.text
        await driver.pilot.resize_terminal(120, 40)
        await driver.settle()
        await driver.press("shift+tab")
        assert note._participants.size.height == 12 and "and 3 more" in driver.text
        await driver.press("f2")
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await driver.log_in("marit")
        await driver.press("5")
        all_of_them = ", ".join("K.D." for _ in many)
        assert "unknown (14): " in driver.text, "the preview"
        await driver.press("enter")
        assert f"unknown (14): {all_of_them}" in " ".join(driver.text.split())
