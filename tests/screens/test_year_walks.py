"""The school year on the screen, by keyboard: read, filtered, put down, written to a file, and made better."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.content import Content

from data.insight.year import figures
from data.insight.year_input import YearInput
from data.insight.year_words import Bars, Facts, Grid, Line, YearWords
from data.vault.typing import Unfinished
from data.words import Words
from screens.analysis import AnalysisScreen, SaveYear
from screens.charts import chart
from screens.dashboard import Dashboard
from screens.glyphs import ASCII, Glyphs
from screens.improvements import Improvements, PointForm, PutDownForm
from screens.quick_note import QuickNote
from screens.unfinished import _form
from tests.data.school_kit import Kit, school
from tests.data.year_kit import a_year
from tests.screens.kit import Driver, running

LAST = "2025-2026"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with school(tmp_path) as found:
        yield found


async def into(driver: Driver, login: str = "anne") -> AnalysisScreen:
    await driver.log_in(login)
    await driver.press("y")
    screen = driver.app.screen
    assert isinstance(screen, AnalysisScreen), driver.text
    return screen


def right(driver: Driver) -> str:
    """Return what stands at the right, all of it."""
    screen = driver.app.screen
    assert isinstance(screen, AnalysisScreen)
    return str(screen._text.content)


async def test_a_lead_walks_through_the_year(kit: Kit) -> None:
    a_year(kit, kit.open_as("marit"))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        assert "School year 2026-2027" in driver.text
        assert "fysiek" in right(driver) and "12 incidents in all" in right(driver)
        await driver.press("down")
        lines = {line.split()[0]: line for line in right(driver).split("\n") if line.strip()}
        assert " 7 " in lines["plein"] and " 5 " in lines["klas"]
        assert lines["plein"].count("█") > lines["klas"].count("█") > 0
        await driver.press("down")
        assert "11-13h" in right(driver) and "Tue" not in driver.text.split("\n")[0]
        for part in (
            "group",
            "Nov 2026",
            "No case was opened",
            "No case was opened",
            "Consultations",
            "seven questions",
        ):
            await driver.press("down")
            assert part in right(driver), part
        await driver.press("down")
        assert "No improvement point yet." in right(driver)
        await driver.press("escape")
        assert isinstance(driver.app.screen, Dashboard)


async def test_one_kind_only(kit: Kit) -> None:
    a_year(kit, kit.open_as("marit"))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        screen = await into(driver)
        kinds = screen._figures.kinds if screen._figures else ()
        assert set(kinds) == {"fysiek", "verbaal"}
        await driver.press("s")
        assert f"Place · {kinds[0]}" in right(driver), "it goes where the filter works"
        assert kinds[0] in driver.text.split("\n")[0]
        await driver.press("s", "s")
        assert "·" not in right(driver).split("\n")[0]


async def test_years_and_an_empty_one(kit: Kit) -> None:
    a_year(kit, kit.open_as("marit"), last=True)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        assert "No incident was written down in this school year." in right(driver)
        await driver.press("s")
        assert "No kind of behaviour has enough incidents" in driver.text
        await driver.press("right")
        assert "still to come" in driver.text
        await driver.press("left")
        assert f"School year {LAST}" in driver.text
        assert "12 incidents in all" in right(driver)
        await driver.press("left")
        assert f"School year {LAST}" in driver.text and "Nothing is known" in driver.text
        await driver.press("right")
        assert "School year 2026-2027" in driver.text


async def test_a_teacher_is_not_offered_it(kit: Kit) -> None:
    async with running(kit.path, kit, login="marit", lang="en") as driver:
        await driver.log_in("marit")
        await driver.press("y")
        screen = driver.app.screen
        assert isinstance(screen, Dashboard)
        assert "analysis" not in {command.action for command in screen.all_commands()}


async def test_put_down_by_a_lead_and_read_by_the_director(kit: Kit) -> None:
    marit = kit.open_as("marit")
    a_year(kit, marit)
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        await driver.press("t")
        assert "Nothing was recorded" in driver.text
        await driver.press("l")
        assert isinstance(driver.app.screen, PutDownForm)
        await driver.type("Plein")
        await driver.press("escape")
        assert "not saved" in driver.text
        await driver.press("f2")
        assert isinstance(driver.app.screen, AnalysisScreen)
        assert "Record" in driver.text
        await driver.press("t")
        assert "as recorded" in driver.text and "Plein" in right(driver)
    a_year(kit, marit)
    async with running(kit.path, kit, login="hans", lang="en") as driver:
        await into(driver, "hans")
        assert "as recorded" in driver.text
        assert "12 incidents in all" in right(driver) and "Recorded by Anne Verhoeven" in right(driver)
        await driver.press("t")
        assert "24 incidents in all" in right(driver) and "cases that the management" in right(driver)
        await driver.press("t")
        assert "12 incidents in all" in right(driver)


@pytest.mark.parametrize(
    ("keys", "kind", "first"), [((), "pdf", b"%PDF"), (("right",), "csv", b"\xef\xbb\xbf"), (("3",), "json", b"{")]
)
async def test_a_file_of_each_kind(kit: Kit, tmp_path: Path, keys: tuple[str, ...], kind: str, first: bytes) -> None:
    a_year(kit, kit.open_as("marit"))
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        await driver.press("b")
        form = driver.app.screen
        assert isinstance(form, SaveYear)
        assert form._path.value == str(Path.cwd() / "schooljaar-2026-2027.pdf")
        form._path.value = str(tmp_path / "uit.pdf")
        await driver.press("tab", *keys)
        assert form._path.value == str(tmp_path / f"uit.{kind}")
        await driver.press("f2")
        assert isinstance(driver.app.screen, AnalysisScreen)
        path = tmp_path / f"uit.{kind}"
        assert path.read_bytes().startswith(first)
        assert path.stat().st_mode & 0o777 == 0o600
        await driver.press("b")
        again = driver.app.screen
        assert isinstance(again, SaveYear)
        again._path.value = str(path)
        await driver.press("f2")
        assert "There is already a file" in driver.text
    lines = kit.open_as("anne").log.all()
    assert [line.what for line in lines if line.kind.value == "exported"] == ["year"]


async def test_a_point_is_written_followed_and_done(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        await driver.press("i")
        assert isinstance(driver.app.screen, Improvements)
        assert "No improvement point yet." in driver.text
        await driver.press("enter", "x", "a")
        form = driver.app.screen
        assert isinstance(form, PointForm)
        await driver.type("Meer ogen op het plein")
        await driver.press("f2")
        assert "By when?" in driver.text, "what was typed is still there"
        assert "Meer ogen op het plein" in driver.text
        form._owner.value, form._due.value = "brou", "in 3 weeks"
        await driver.press("f2")
        assert isinstance(driver.app.screen, Improvements)
        assert "Meer ogen op het plein" in driver.text and "H. Brouwer" in driver.text and "9 Dec" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, PointForm)
        await driver.type("Rooster is rond")
        await driver.press("f2")
        assert "Rooster is rond" in driver.text
        await driver.press("x")
        assert "done 18 Nov" in driver.text
        await driver.press("x")
        assert "by 9 Dec" in driver.text
        await driver.press("escape", "end")
        assert "Meer ogen op het plein" in right(driver)
        await driver.press("enter")
        assert isinstance(driver.app.screen, Improvements)
    (point,) = kit.open_as("hans").year.points("2026-2027")
    assert (point.owner, point.done) == (kit.open_as("hans").me, False)


async def test_who_sees_to_it_has_to_be_clear(kit: Kit) -> None:
    async with running(kit.path, kit, login="anne", lang="en") as driver:
        await into(driver)
        await driver.press("i", "a")
        form = driver.app.screen
        assert isinstance(form, PointForm)
        await driver.type("Beter")
        form._due.value = "in 2 weeks"
        for name, why in (("niemand", "0 colleagues fit"), ("", "Choose a colleague"), ("h", "colleagues fit")):
            form._owner.value = name
            await driver.press("f2")
            assert why in driver.text, name
        form._owner.value = "hans"
        await driver.press("f2")
        assert isinstance(driver.app.screen, Improvements)


async def test_a_point_that_is_late_from_an_earlier_year(kit: Kit) -> None:
    anne = kit.open_as("anne")
    anne.year.add_point("Klassenregels.", anne.me, kit.clock.now().date() + timedelta(days=2), LAST)
    kit.clock.pass_(days=9)
    async with running(kit.path, kit, login="hans", lang="en") as driver:
        await into(driver, "hans")
        await driver.press("i")
        assert "! A. Verhoeven" in driver.text and "from 2025-2026" in driver.text


async def test_what_was_being_typed_is_given_back_where_it_belonged(kit: Kit) -> None:
    anne = kit.open_as("anne")
    point = anne.year.add_point("Klassenregels.", anne.me, kit.clock.now().date() + timedelta(days=2))
    there = {"year": "2026-2027", "point": point, "seen": "0"}
    new, gone = {**there, "point": ""}, {**there, "point": "weg"}
    for login, kind, place, expected in (
        ("anne", "improvement", there, PointForm),
        ("anne", "improvement", new, PointForm),
        ("anne", "improvement", gone, QuickNote),
        ("anne", "year", {"year": LAST}, PutDownForm),
        ("marit", "year", {"year": LAST}, QuickNote),
    ):
        async with running(kit.path, kit, login=login, lang="en") as driver:
            await driver.log_in(login)
            desk = driver.app.screen.desk  # type: ignore[attr-defined]
            kept = Unfinished(kind=kind, at=kit.clock.now(), place=place, fields={"text": "Loopt goed"})
            form = await _form(desk, kept)
            assert type(form) is expected
            if expected is not QuickNote:
                await driver.app.push_screen(form)
                form.refill(kept.fields)
                assert form.where() == place and form.unfinished().fields["text"] == "Loopt goed"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20), (20, 5)])
async def test_at_every_size(kit: Kit, size: tuple[int, int]) -> None:
    a_year(kit, kit.open_as("marit"))
    async with running(kit.path, kit, login="anne", lang="en", size=size) as driver:
        await into(driver)
        for _ in range(10):
            await driver.press("down")
        await driver.press("tab", "down", "escape", "s")


# --- charts --------------------------------------------------------------------------------------------------


def drawn(block: Bars | Grid | Facts, glyphs: Glyphs, width: int) -> list[str]:
    empty = figures("2026-2027", YearInput(), date(2026, 11, 18))
    found = chart(block, YearWords(empty, Words("en"), dash=glyphs.dash), glyphs, width)
    assert isinstance(found, Content)
    return found.plain.split("\n")


BLOCKS = (
    Bars("Place", (Line("plein", 20, "20"), Line("een lange naam van een plaats " * 3, 5, "5"), Line("x", None, "–"))),
    Bars("Share", (Line("of a whole", 9, "9 of 12", 12), Line("hidden", None, "too few to say")), shares=True),
    Grid("When", ("a", "b"), (("Mon", (9, None), 12), ("Tue", (None, 5), None)), (14, 9), ("21 in all",)),
    Facts("Days", (("from first note to case", "half of them at most 4 days (1 to 7)"), ("", "x"))),
    Bars("Nothing", (), ("No incident was written down in this school year.",)),
)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.title)
@pytest.mark.parametrize("width", [20, 54, 110])
def test_a_chart_fits_and_says_every_number_without_colour(block: Bars | Grid | Facts, width: int) -> None:
    for glyphs in (Glyphs(), ASCII):
        lines = drawn(block, glyphs, width)
        assert all(len(line.rstrip()) <= max(width, 30) for line in lines), lines
        text = " ".join(lines)
        assert glyphs is not ASCII or text.replace("–", "").replace("…", "").isascii()
        if isinstance(block, Bars):
            assert all(line.text in text for line in block.lines)
        if isinstance(block, Grid):
            assert all(str(number) in text for number in (9, 5, 12, 14))


@pytest.mark.parametrize(("width", "heads"), [(31, 2), (60, 1)])
def test_what_stands_above_a_column_is_read_whole(width: int, heads: int) -> None:
    names = ("tot 9", "9-11u", "11-13u", "13-15u", "na 15")
    grid = Grid("When", names, (("Mon", (5, 6, 7, 8, 9), 35),), (5, 6, 7, 8, 9))
    lines = drawn(grid, ASCII, width)
    assert all(len(line) <= width + 9 for line in lines) and not any("…" in line for line in lines)
    above = lines[1 : 1 + heads]
    assert lines[1 + heads].startswith("Mon")
    read = "".join("".join(line[7 + 5 * at : 12 + 5 * at] for line in above) for at in range(6))
    if heads == 2:
        assert "".join(read.split()) == "tot99-11u11-13u13-15una15inall"
    else:
        assert above[0].split() == ["tot", "9", "9-11u", "11-13u", "13-15u", "na", "15", "in", "all"]


def test_bars_are_as_long_as_their_numbers() -> None:
    lines = drawn(
        Bars("x", (Line("a", 40, "40"), Line("b", 20, "20"), Line("c", 1, "1"), Line("d", 0, "0"))), ASCII, 54
    )
    assert [line.count("#") for line in lines[1:5]] == [40, 20, 1, 0]
