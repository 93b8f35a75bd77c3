"""Running text on a screen: lines break between words, and never within a date."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.content import Content

from data.unbroken import unbroken
from screens.text import folded, safe, unsplit
from screens.widgets import Prose

DATE = "ma 17 nov 2026 10:42"
WORDS = st.lists(st.sampled_from(["de", "ouders", "belden", "漢字", DATE, "17 november", "\n", "  in"]), max_size=20)


@given(WORDS, st.integers(24, 60), st.booleans())
def test_no_date_comes_apart_and_nothing_is_lost(words: list[str], width: int, hanging: bool) -> None:
    text = " ".join(words)
    broken = unsplit(safe(text), width, hanging=hanging)
    assert "".join(broken.plain.split()) == "".join(text.split())
    if DATE in text:
        assert broken.plain.count(DATE) == text.count(DATE)
        assert all(cell_len(line.rstrip()) <= width for line in broken.plain.split("\n"))
    assert broken.plain.count("17 november") == text.count("17 november")


@given(WORDS, st.integers(24, 60), st.integers(1, 6))
def test_a_text_that_is_cut_breaks_in_the_same_places(words: list[str], width: int, rows: int) -> None:
    shown = folded(safe(" ".join(words)), width, rows)
    whole = shown[:-1]  # of the last row what does not fit is cut, wherever that is
    assert sum(line.plain.count("2026") for line in whole) == sum(line.plain.count(DATE) for line in whole)
    assert len(shown) <= rows


def test_what_is_bright_stays_bright() -> None:
    text = Content.assemble(("belde ", "bold"), "op ", (DATE, "red"), " terug")
    broken = unsplit(text, 22)
    assert broken.plain == f"belde op\n{DATE}\nterug"
    assert [broken.plain[span.start : span.end].strip() for span in broken.spans] == ["belde", DATE]


def test_what_goes_on_stands_below_what_it_goes_on_with() -> None:
    said = (
        "ja       Is alles opgeschreven?  2 nov, 3 nov",
        "! ouders van N. niet gesproken",
        "  School: De Regenboog in de wijk",
    )
    assert unsplit(safe("\n".join(said)), 26, hanging=True).plain.split("\n") == [
        "ja       Is alles",
        "         opgeschreven?",
        "         2 nov, 3 nov",
        "! ouders van N. niet",
        "  gesproken",
        "  School: De Regenboog in",
        "  de wijk",
    ]
    assert unsplit(safe("  een       heel lang woord"), 12, hanging=True).plain.split("\n")[1] == "heel lang"


class Page(App[None]):
    CSS = "Prose { width: 30; }"

    def compose(self) -> ComposeResult:
        yield Prose(f"Moeder kwam langs en belde op {DATE} nog eens, en daarna op 18 november 2026.")


async def test_the_widget_is_as_high_as_its_lines() -> None:
    app = Page()
    async with app.run_test(size=(60, 20)) as pilot:
        prose = app.query_one(Prose)
        lines = [prose.render_line(y).text.rstrip() for y in range(prose.size.height)]
        assert lines == ["Moeder kwam langs en belde op", f"{DATE} nog eens,", "en daarna op 18 november 2026."]
        prose.styles.width = 28
        await pilot.pause()
        lines = [prose.render_line(y).text.rstrip() for y in range(prose.size.height)]
        assert lines[-1] == "18 november 2026." and len(lines) == 4
        prose.text_select_all()
        assert unbroken(app.screen.get_selected_text() or "").count("18\u00a0november") == 1
