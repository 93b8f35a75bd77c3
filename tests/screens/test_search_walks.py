"""The search in everything, by keyboard: typed, narrowed, opened, and found again as it was left."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from data.model import Dismissal, Ground, Incident, Participant, PupilRef, Strand
from data.protocol import StepState
from data.register import Jotting
from data.register.search import Found, Query, Search
from data.words import Words
from screens.base import DeskScreen
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.found import FoundView
from screens.incident_view import IncidentView
from screens.note_view import NoteView, PrivateNoteView
from screens.question import QuestionView
from screens.search import PAGE, SearchScreen
from tests.data.school_kit import Kit, about, passphrase_of, school
from tests.screens.kit import Driver, running

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def written(kit: Kit) -> str:
    """Let there be something to find; return the code of a case."""
    marit = kit.open_as("marit")
    marit.notes.add(Jotting("gisteren geknikkerd", place="plein"))
    kit.clock.pass_(minutes=5)
    note = marit.notes.add(about(kit, f"{ZOE} stond alleen bij het hek", ZOE, DANIEL))
    code = marit.cases.open({kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED}, notes=[note])
    kit.clock.pass_(minutes=5)
    marit.cases.record_step(code, 2, StepState.DONE, text=f"{ZOE} vertelde over het hek", about=[kit.ids[ZOE]])
    kit.clock.pass_(minutes=5)
    marit.notes.add(Jotting("twijfel over het hek", private=True))
    kit.clock.pass_(minutes=5)
    marit.questions.ask("wie repareert het hek?")
    kit.clock.pass_(minutes=5)
    return code


async def searching(driver: Driver, text: str = "") -> SearchScreen:
    await driver.log_in("marit")
    await driver.press("f")
    await driver.type(text)
    screen = driver.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def hits(screen: SearchScreen) -> list[str]:
    """The rows' last cells, as drawn."""
    return [row.cells[-1][0] for row in screen._rows._rows if row.key]


async def test_typing_finds_and_opens_and_comes_back_as_it_was(kit: Kit) -> None:
    code = written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "he")
        assert [row.cells[1][0] for row in screen._rows._rows] == ["question", "private", "step", "note"]
        await driver.type("k")
        assert "4 found" in driver.text and code in driver.text
        assert "Z.d.V. stond alleen bij het hek" in driver.text and "Zoë" not in driver.text
        for kind in (QuestionView, PrivateNoteView, CaseScreen, NoteView):
            here = screen._rows.key
            await driver.press("enter")
            assert type(driver.app.screen) is kind
            await driver.press("escape")
            back = driver.app.screen
            assert isinstance(back, SearchScreen), "back where one was"
            assert (screen._typed.value, screen._rows.key) == ("hek", here)
            assert screen._typed.has_focus
            await driver.press("down")
        await driver.press("escape")
        assert isinstance(driver.app.screen, Dashboard)


async def test_a_step_is_opened_where_it_stands(kit: Kit) -> None:
    code = written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await searching(driver, "vertelde")
        await driver.press("enter")
        case = driver.app.screen
        assert isinstance(case, CaseScreen)
        assert (case._code, case._steps.key, case._shown) == (code, "2", "time")
        await driver.press("f")
        assert isinstance(driver.app.screen, SearchScreen), "from a case as well"


async def test_the_fields_do_what_the_signs_do(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver)
        asked: list[tuple[str, str, str]] = [
            ("who", "zo vr", "@zo-vr"),
            ("where", "pl", "#pl"),
            ("kind", "step", "!step"),
            ("when", "this week", "this week"),
            ("by", "me", "by:me"),
        ]
        for name, typed, sign in asked:
            field = screen._filters[name]
            field.focus()
            await driver.type(typed)
            by_field = hits(screen)
            assert by_field, name
            field.value = ""
            await driver.press("shift+tab")
            screen._typed.value = sign
            await driver.settle()
            assert hits(screen) == by_field, name
            screen._typed.value = ""
            await driver.settle()
            assert hits(screen) == []


async def test_each_field_says_what_can_stand_there(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await searching(driver)
        await driver.press("tab")
        await driver.type("zo")
        assert ZOE in driver.text
        await driver.press("tab")
        assert "klas, gang, toilet" in driver.text
        await driver.press("tab")
        assert "fysiek, verbaal" in driver.text
        await driver.press("tab")
        await driver.type("ooit")
        assert "nothing is called ooit" in driver.text
        await driver.press("tab")
        assert "anne, marit" in driver.text


async def test_a_period_that_was_understood_is_shown(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "this week hek")
        assert "16 Nov 2026" in driver.text and "22 Nov 2026" in driver.text
        assert len(hits(screen)) == 4
        screen._typed.value = '"gisteren"'
        await driver.settle()
        assert hits(screen) == ["gisteren geknikkerd"], "between quotes it is a word"


async def test_initials_until_asked_for_names(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        screen = await searching(driver, "zoe")
        assert "Z.d.V." in driver.text and "Zoë" not in driver.text
        await driver.press(*["tab"] * 6)
        assert screen._rows.has_focus
        await driver.press("v")
        assert ZOE in driver.text
        row = next(row for row in screen._rows._rows if ZOE in row.cells[-1][0])
        assert [row.cells[-1][0][at:to] for at, to in row.marks] == [ZOE], "the name is the hit"
        drawn = screen._rows.render_line(screen._rows._rows.index(row))
        marked = [part.text for part in drawn if part.style and part.style.bold and part.style.underline]
        assert marked == [ZOE], "bold and underlined, not by a colour alone"
        await driver.press("f9", "f9")
        assert "Zoë" not in driver.text


async def test_letters_are_letters_in_the_field_and_commands_in_the_list(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "vmqf/?")
        assert screen._typed.value == "vmqf/?"
        assert "Nothing you may read fits all of this." in driver.text
        screen._typed.value = "hek"
        await driver.press(*["tab"] * 6)
        await driver.press("j", "j")
        assert screen._rows.key == screen._found.entries[2].key
        await driver.press("slash")
        assert screen._typed.has_focus and screen._typed.value == "hek"


async def test_many_hits_come_a_page_at_a_time(kit: Kit) -> None:
    marit = kit.open_as("marit")
    with marit.vault.transaction():
        for number in range(PAGE + 20):
            marit.notes.add(Jotting(f"knikker {number}"))
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "knikker")
        assert f"{PAGE + 20} found" in driver.text
        assert len(hits(screen)) == PAGE
        await driver.press(*["tab"] * 6)
        await driver.press("end")
        assert "and 20 more: m shows them" in driver.text
        last = screen._rows.key
        await driver.press("m")
        assert len(hits(screen)) == PAGE + 20 and screen._rows.key == last
        assert not any(command.action == "more" for command in screen.all_commands())


async def test_what_a_colleague_writes_is_found_while_one_looks(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "nieuw")
        assert hits(screen) == []
        await asyncio.to_thread(lambda: kit.open_as("joost").notes.add(about(kit, "iets nieuws bij Noor", NOOR)))
        driver.app._look()
        await driver.until(lambda: bool(hits(screen)))
        assert hits(screen) == ["iets nieuws bij N.Y."]


async def test_after_the_lock_the_search_is_there_and_read_anew(kit: Kit) -> None:
    written(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver, "hek")
        before, search = hits(screen), screen.desk.register.search
        await driver.press("f8")
        await driver.until(lambda: len(search) == 0)
        assert "hek" not in driver.text
        driver.app.screen.query_one("#passphrase").value = passphrase_of("marit")  # type: ignore[attr-defined]
        await driver.press("enter")
        assert driver.app.screen is screen
        assert hits(screen) == before
        assert screen.desk.register.search is not search


def incident(kit: Kit) -> None:
    marit = kit.open_as("marit")
    note = marit.notes.add(about(kit, "geduwd", ZOE))
    found = Incident(
        notes=(note,), author="x" * 16, entered=kit.clock.now(), ground=Ground.JUDGEMENT, behaviour="fysiek",
        happened=kit.clock.now(), pupils=(Participant(pupil=kit.ids[ZOE]),), place="trap", what=("van de trap [/b]",),
    )  # fmt: skip
    marit.db.table("incidents").insert(msgspec.to_builtins(found))


def dismissal(kit: Kit) -> None:
    marit = kit.open_as("marit")
    found = Dismissal(
        author=marit.me,
        entered=kit.clock.now(),
        pupils=(kit.ids[ZOE],),
        reason=("van de trap [/b]", PupilRef(kit.ids[ZOE])),
    )
    marit.db.table("dismissals").insert(msgspec.to_builtins(found))


@pytest.mark.parametrize(
    ("write", "login", "opens"), [(incident, "hans", IncidentView), (dismissal, "anne", FoundView)]
)
async def test_what_is_found_is_read_where_it_belongs(
    kit: Kit, write: Callable[[Kit], None], login: str, opens: type[DeskScreen]
) -> None:
    write(kit)
    async with running(kit.path, kit, login=login, lang="en") as driver:
        await driver.log_in(login)
        await driver.press("f")
        await driver.type("trap")
        await driver.press("enter")
        assert isinstance(driver.app.screen, opens)
        assert "van de trap [/b]" in driver.text and "Z.d.V." in driver.text
        await driver.press("v")
        assert ZOE in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, SearchScreen)


async def test_the_last_wish_counts(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes late, to what is not asked any more, is not shown."""
    written(kit)
    slow, find = threading.Event(), Search.find

    def late(self: Search, query: Query, language: Words, most: int) -> Found:
        if query.words == ("twijfel",):
            slow.wait(5)
        return find(self, query, language, most)

    async with running(kit.path, kit, login="marit", lang="en") as driver:
        screen = await searching(driver)
        monkeypatch.setattr(Search, "find", late)
        screen._typed.value = "twijfel"
        await driver.pilot.pause()
        screen._typed.value = "geknikkerd"
        await driver.until(lambda: hits(screen) == ["gisteren geknikkerd"])
        slow.set()
        await driver.settle()
        assert hits(screen) == ["gisteren geknikkerd"]


async def test_while_it_is_read_it_says_so_and_finds_what_was_read(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    marit = kit.open_as("marit")
    with marit.vault.transaction():
        for number in range(100):
            marit.notes.add(Jotting(f"knikker {number}"))
    go_on, read = threading.Semaphore(3), Search.read_some
    held: list[Callable[[], object]] = []

    def slowly(self: Search, seconds: float = 0.0) -> bool:
        go_on.acquire(timeout=5)
        held.append(go_on.release)
        return read(self, 0.00001)

    monkeypatch.setattr(Search, "read_some", slowly)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.settle()
        driver.app.screen.query_one("#passphrase").value = passphrase_of("marit")  # type: ignore[attr-defined]
        await driver.press("enter")
        await driver.pilot.press("f", *"knik")
        await driver.until(lambda: "% to read" in driver.text and len(held) == 3)
        go_on.release(200)
        await driver.settle()
        assert "100 found" in driver.text and "% to read" not in driver.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
async def test_hostile_texts_are_shown_and_typed(kit: Kit, size: tuple[int, int]) -> None:
    marit = kit.open_as("marit")
    for facts in ("hek [/b] [red", "hek \x1b]0;x\x07", "hek \u202egnimmok", "hek " + "漢字" * 2000, "hek\n\n\nna"):
        marit.notes.add(Jotting(facts))
    async with running(kit.path, kit, login="marit", lang="en", size=size) as driver:
        screen = await searching(driver, "hek")
        assert len(hits(screen)) == 5
        for typed in ("[/b]", "x" * 50_000, "\u202ehek", "hek [red @[/b] #[ ![", '"' * 300, "hek [/b]"):
            screen._typed.value = typed
            await driver.settle()
            assert not {"\x1b", "\x07", "\u202e"} & set(driver.text)
        assert hits(screen) == ["hek [/b] [red"]
