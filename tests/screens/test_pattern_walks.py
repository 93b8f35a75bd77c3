"""Patterns by keyboard alone: every figure to its notes, a case made of one, a reason given, and what comes back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.model import ParticipantRole, Strand
from data.register import Jotting, Register, Window
from screens.case import CaseScreen
from screens.dashboard import Dashboard
from screens.dialogs import Ask
from screens.note_view import NoteView
from screens.open_case import OpenCase
from screens.pattern_view import CaseNoteView, NotesOf, PatternView
from screens.patterns import PatternsScreen
from screens.weigh_form import WeighForm
from tests.data.school_kit import Kit, school
from tests.screens.kit import Driver, running
from tests.test_floors import HOSTILE

ZOE, DANIEL, NOOR = "Zoë de Vries", "Daniël van 't Hof", "Noor Yılmaz"
VICTIM, PERPETRATOR = ParticipantRole.VICTIM, ParticipantRole.PERPETRATOR
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


def jot(kit: Kit, register: Register, day: int, place: str = "plein", facts: str = "", *names: str) -> str:
    first, second = names or (ZOE, DANIEL)
    register.refresh()
    return register.notes.add(
        Jotting(
            facts or f"Iets op dag {day}.",
            words="Ik vind het niet leuk.",
            pupils=((kit.ids[first], VICTIM), (kit.ids[second], PERPETRATOR)),
            place=place,
            happened=kit.clock.now() - timedelta(days=day),
        )
    )


def four(kit: Kit) -> list[str]:
    """Three notes by Marit and one by Joost, over five weeks, at two places."""
    marit, joost = kit.open_as("marit"), kit.open_as("joost")
    notes = [jot(kit, marit, day) for day in (35, 20, 10)]
    return [*notes, jot(kit, joost, 2, "gang")]


def at(driver: Driver) -> type:
    return type(driver.app.screen)


async def to_line(driver: Driver, text: str) -> None:
    """Move the cursor down to the line that says something."""
    rows = driver.app.screen.query_one("#figures")
    for _ in range(40):
        row = rows._rows[rows._cursor]  # type: ignore[attr-defined]
        if any(text in cell for cell, _ in row.cells):
            return
        await driver.press("down")
    raise AssertionError(f"no line says {text!r}\n{driver.text}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_pattern_is_opened_and_a_case_made_of_it(kit: Kit, size: tuple[int, int]) -> None:
    notes = four(kit)
    async with running(kit.path, kit, login="marit", lang="en", size=size) as driver:
        await driver.log_in("marit")
        assert "4th note about these two in 5 weeks" in driver.text
        line = next(line for line in driver.text.split("\n") if "4th note" in line)
        assert "D.v.t.H. → Z.d.V." in line and "Zoë" not in driver.text
        rows = driver.app.screen.query_one("#day")
        rows.go_to(next(row.key for row in rows._rows if row.key.startswith("pattern:")))  # type: ignore[attr-defined]
        await driver.press("enter")
        assert at(driver) is PatternView
        assert "maybe bullying" not in driver.text.split("\n")[0] and "may be bullying" in driver.text
        await to_line(driver, "gang")
        await driver.press("enter")
        assert at(driver) is NotesOf and "1 note" in driver.text and "J. van der Laan" in driver.text
        await driver.press("enter")
        assert at(driver) is NoteView and "dag 2" in driver.text
        await driver.press("escape", "escape")
        assert at(driver) is PatternView
        await driver.press("z")
        assert at(driver) is OpenCase and driver.text.count("[x]") >= 4
        await driver.press("f2")
        assert at(driver) is CaseScreen
        await driver.press("escape")
        assert at(driver) is Dashboard and "4th note" not in driver.text
    marit = kit.open_as("marit")
    (case,) = marit.cases.all()
    assert {known.id for known in marit.notes.of_case(case.code)} == set(notes)
    assert {pupil.pupil: pupil.strand for pupil in case.case.pupils} == {
        kit.ids[ZOE]: Strand.BULLIED, kit.ids[DANIEL]: Strand.ACCUSED
    }  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_every_figure_opens_exactly_its_notes(kit: Kit, size: tuple[int, int]) -> None:
    four(kit)
    async with running(kit.path, kit, login="marit", lang="en", size=size) as driver:
        await driver.log_in("marit")
        await driver.press("t", "enter")
        view = driver.app.screen
        assert isinstance(view, PatternView)
        keys = [key for key, line in view._lines.items() if line.notes]
        assert len(keys) >= 10
        for key in keys:
            line = view._lines[key]
            view._rows.go_to(key)
            if line.mark.endswith("×"):
                assert line.mark == f"{len(line.notes)}×"
            await driver.press("enter")
            opened = driver.app.screen
            assert isinstance(opened, NotesOf), line
            assert [row.key for row in opened._rows._rows] == list(line.notes)
            await driver.press("escape")


async def test_weighed_with_a_reason_until_the_next_note(kit: Kit) -> None:
    four(kit)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("t")
        assert at(driver) is PatternsScreen and "To look at" in driver.text
        await driver.press("x", "f2")
        assert at(driver) is WeighForm and "why" in driver.text, "not without a reason"
        await driver.type("ze zitten nu apart")
        await driver.press("f2")
        assert at(driver) is PatternsScreen
        assert "Weighed" in driver.text and "To look at" not in driver.text
        await driver.press("enter")
        assert "weighed on 18 Nov by M. Hoekstra, 4 notes: ze zitten nu apart" in " ".join(driver.text.split())
        await driver.press("escape", "escape")
        assert at(driver) is Dashboard and "note about these two" not in driver.text
    kit.clock.pass_(hours=1)
    jot(kit, kit.open_as("joost"), 0)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        assert "5th note about these two" in driver.text
        await driver.press("t")
        assert "To look at" in driver.text
        await driver.press("enter", "x")
        assert "ze zitten nu apart" in driver.text, "the earlier reason stands above the new one"
        await driver.type("nog eens")
        await driver.press("escape")
        assert at(driver) is Ask
        await driver.press("w")
        assert at(driver) is PatternView
        await driver.press("x")
        await driver.type("nog eens")
        await driver.press("f2")
        assert at(driver) is PatternsScreen
        await driver.press("enter")
        await to_line(driver, "ze zitten nu apart")
        await driver.press("enter")
        assert at(driver) is NotesOf and driver.text.split("\n")[0].startswith(" 4 notes"), "what was judged on then"


async def test_a_case_that_has_some_of_the_notes_is_offered_first(kit: Kit) -> None:
    notes = four(kit)
    marit = kit.open_as("marit")
    code = marit.cases.open(marit.cases.strands_of(notes[:3]), notes=notes[:3])
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await driver.log_in("marit")
        await driver.press("t", "enter")
        await to_line(driver, code)
        await driver.press("enter")
        assert at(driver) is CaseScreen
        await driver.press("escape", "home", "enter", "enter")
        assert at(driver) is CaseNoteView
        await driver.press("a")
        assert at(driver) is CaseNoteView, "it is in a case already"
        await driver.press("z")
        assert at(driver) is CaseScreen and code in driver.text
        await driver.press("escape", "enter", "z")
        assert at(driver) is Ask and code in driver.text
        await driver.press("n")
        assert at(driver) is OpenCase
        await driver.press("escape", "z", "f2")
        assert at(driver) is CaseScreen and code in driver.text
    kit.open_as("marit").cases.add_note(code, notes[3])
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("t")
        assert "In a case" in driver.text and code in driver.text
        await driver.press("enter", "z")
        assert at(driver) is CaseScreen


async def test_the_whole_year_and_names(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day in (100, 80, 2):
        jot(kit, marit, day)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("t", "enter")
        assert at(driver) is PatternsScreen and "No two children are in 3 notes" in driver.text
        await driver.press("right")
        assert "since 1 Aug" in driver.text and "3×" in driver.text
        await driver.press("v")
        assert "Daniël van" in driver.text
        await driver.press("v", "enter")
        assert at(driver) is PatternView and "since 1 Aug" in driver.text
        await driver.press("v")
        assert "Zoë" in driver.text
        await driver.press("v", "escape", "left")
        assert "No two children" in driver.text


async def test_both_ways_takes_no_side(kit: Kit) -> None:
    marit = kit.open_as("marit")
    for day, names in ((30, (ZOE, DANIEL)), (20, (DANIEL, ZOE)), (10, (ZOE, DANIEL)), (5, (DANIEL, ZOE))):
        jot(kit, marit, day, "plein", "", *names)
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("t")
        assert "↔" in driver.text and "like a conflict" in driver.text
        await driver.press("enter", "z")
        form = driver.app.screen
        assert isinstance(form, OpenCase) and set(form._pupils.strands.values()) == {Strand.OTHER}


async def test_who_reads_no_notes_has_no_patterns(kit: Kit) -> None:
    four(kit)
    async with running(kit.path, kit, login="karim", lang="en") as driver:
        await driver.log_in("karim")
        assert "about these two" not in driver.text
        await driver.press("t")
        assert "No two children" in driver.text
    async with running(kit.path, kit, login="esther", lang="en") as driver:
        await driver.log_in("esther")
        await driver.press("t")
        assert at(driver) is Dashboard, "outsiders weigh no patterns"


async def test_a_reason_outlives_a_line_that_drops(kit: Kit) -> None:
    four(kit)
    marit = kit.open_as("marit")
    (known,) = marit.patterns.all()
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("t", "x")
        await driver.type("ze zitten nu apart")
        form = driver.app.screen
        assert isinstance(form, WeighForm)
        assert form.where() == {"pattern": known.key, "window": Window.WEEKS.value}
        left = form.unfinished()
    from screens.unfinished import _form

    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        again = await _form(driver.app.screen.desk, left)  # type: ignore[attr-defined]
        assert isinstance(again, WeighForm) and again.where() == form.where()


async def test_hostile_text_in_notes_and_reasons(kit: Kit) -> None:
    marit = kit.open_as("marit")
    texts = [text for text in HOSTILE.values() if text.strip()]
    for day, text in enumerate(texts, 1):
        jot(kit, marit, day, text[:60], text)
    (known,) = marit.patterns.all()
    marit.patterns.dismiss(known, HOSTILE["closing tag"] + HOSTILE["title"] + HOSTILE["override"])
    async with running(kit.path, kit, login="marit", lang="en", size=(120, 40)) as driver:
        await driver.log_in("marit")
        await driver.press("t", "enter", "enter")
        assert at(driver) is NotesOf
        await driver.press(*["down"] * 5, "escape", *["down"] * 30)
        assert at(driver) is PatternView and "\x1b" not in driver.text and "\u202e" not in driver.text
