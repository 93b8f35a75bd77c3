"""Small things that let a screen be read at a glance, in each window."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from data.insight.figures import Figures
from data.insight.year_words import Grid, YearWords
from data.model import ParticipantRole
from data.register import Jotting
from data.words import Words
from screens.charts import chart
from screens.commands import shown_key
from screens.glyphs import ASCII
from screens.quick_note import QuickNote
from tests.data.school_kit import Kit, school
from tests.screens.kit import running
from tests.screens.test_case_walks import DANIEL, ZOE, a_case

tr = Words("nl").tr


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def test_the_key_for_help_stands_at_the_foot_of_a_small_window(kit: Kit) -> None:
    a_case(kit, ZOE, DANIEL)
    async with running(kit.path, kit, login="marit", size=(60, 20)) as driver:
        await driver.log_in("marit")
        for keys in (("n",), ("escape", "o"), ("escape", "e"), ("escape", "t")):
            await driver.press(*keys)
            assert f"F1 {tr('Help')}" in driver.text.splitlines()[-1], keys


async def test_a_word_behind_a_name_that_was_taken_gets_its_space(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("@zo\nduwde @zo\n, en @zo\n riep")
        note = driver.app.screen
        assert isinstance(note, QuickNote)
        assert note._facts.text == "Zoë duwde Zoë, en Zoë riep"


async def test_why_it_was_not_saved_goes_away_as_one_types_on(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n", "f2")
        assert tr("Not saved") in driver.text
        await driver.type("duwde")
        assert tr("Not saved") not in driver.text


async def test_suggestions_stay_at_the_cursor_when_the_window_changes(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("n")
        await driver.type("x" * 30 + " " + "y" * 30 + " @zo")
        for size in ((60, 20), (120, 40), (80, 24)):
            await driver.pilot.resize_terminal(*size)
            await driver.settle()
            note = driver.app.screen
            assert isinstance(note, QuickNote)
            assert note._suggestions.display
            cursor = note._facts.cursor_screen_offset
            assert note._suggestions.region.y == cursor.y + 1, size


async def test_what_lacks_stands_in_its_own_column_and_answers_beside_their_words(kit: Kit) -> None:
    register = kit.open_as("marit")
    for number in range(2):
        register.notes.add(Jotting(f"ruzie {number}", pupils=((kit.ids[ZOE], ParticipantRole.VICTIM),)))
    async with running(kit.path, kit, login="marit") as driver:
        await driver.log_in("marit")
        await driver.press("5", "enter", "e", "1", "f2")
        lines = driver.text.splitlines()
        answers = [line for line in lines if line.strip().startswith((tr("What "), tr("Who"))) and "?" not in line]
        assert len({len(line) - len(line.split(maxsplit=1)[1]) for line in answers}) == 1
        await driver.press(
            "p", "x", "escape", "escape", "escape", "5", "down", "enter", "e", "1", "f2", "escape", "escape"
        )
        await driver.press("e")
        rows = [line for line in driver.text.splitlines() if "Z.d.V." in line]
        assert len(rows) == 2
        assert {row[row.index("ParnasSys") - 1] for row in rows} == {"✓", "?"}
        assert len({row.index("ParnasSys") for row in rows}) == 1


def test_a_table_of_which_nothing_may_be_shown_says_so_in_one_sentence() -> None:
    words = YearWords(cast(Figures, SimpleNamespace(kinds=())), Words("en"))
    hidden, some = (
        Grid("Day and hour", ("9-11", "11-13"), (("Mon", (count, None), None),), (None, None)) for count in (None, 5)
    )
    drawn = chart(hidden, words, ASCII, 60).plain
    assert drawn == "Day and hour\nEvery part of it is too small to be shown by itself.\n"
    assert "Mon" in chart(some, words, ASCII, 60).plain


def test_without_its_letters_a_terminal_shows_arrows_it_has() -> None:
    assert [shown_key(key, ASCII.enter) for key in ("left", "right", "enter")] == ["<-", "->", "Enter"]
    assert [shown_key(key) for key in ("left", "right", "enter")] == ["←", "→", "↵"]


async def test_the_page_of_every_key_says_how_lists_and_choices_work(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en", size=(100, 60)) as driver:
        await driver.log_in("marit")
        await driver.press("f1", "a")
        lines = driver.text.splitlines()
        assert any(line.split()[:2] == ["↑", "k"] and "The row above" in line for line in lines)
        tips = {line.rindex("  ") for line in lines if line.strip().startswith(("↑ k", "F9", "pgup", "← s-tab"))}
        assert len(tips) == 1, "every explanation begins in one column"
