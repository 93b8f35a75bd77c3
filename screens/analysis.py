"""The school year: what happened in numbers that name nobody, what helped, and what is going to be better."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError
from data.insight.figures import Figures
from data.insight.year import figures
from data.insight.year_input import YearInput, year_of, years
from data.insight.year_words import FILTERED, Section, YearWords
from data.register.year import KnownAnalysis
from data.register.year_export import FORMATS, about_point, draw, file_name, log_export, put_down

from .base import DeskScreen
from .charts import chart
from .commands import Command, bindings
from .desk import Desk
from .improvements import Improvements, PutDownForm
from .save_file import SaveFile
from .text import folded, safe
from .widgets import ChoiceLine, Column, Prose, Row, RowList

POINTS = "points"
"""The key of the part with improvement points."""

_PARTS_FILTERED = {"place": "places", "part": "hours", "group": "groups", "month": "months"}
_LINE = (Column(0),)


class AnalysisScreen(DeskScreen):
    """The parts of a year at the left, the one the cursor is on beside them."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("year(-1)", "left", N_("Year"), N_("The school year before")),
        Command("year(1)", "right", N_("Next year"), N_("The next school year"), foot=False),
        Command("filter", "s", N_("Kind"), N_("One kind of behaviour only, the next one, or all again")),
        Command("points", "i", N_("Points"), N_("Improvement points: add one, say how far one is"), foot=False),
        Command("file", "b", N_("File"), N_("Write it as PDF, CSV or JSON")),
        Command("put_down", "l", N_("Record"), N_("Record the figures as they are now"), foot=False),
        Command("turn", "t", N_("Now or then"), N_("The figures of now, or as they were recorded last"), foot=False),
        Command("app.focus_next", "tab", N_("Other side"), N_("To the numbers, to scroll them, and back"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if not c.action.startswith("app.")])

    HELP = N_(
        "A school year in numbers that name nobody. Up and down choose a part, left and right the school year; Tab "
        "goes to the numbers, to scroll them. s shows where and when one kind of behaviour happened. A dash is fewer "
        "than five, or none, or a number that would tell such a one together with the others; so nobody can work out "
        "what one child did or bore. l records the figures, t shows what was recorded."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._year = year_of(desk.register.now().date())
        self._given: YearInput | None = None
        self._stored: list[KnownAnalysis] = []
        self._points: tuple[tuple[str, str], ...] = ()
        self._figures: Figures | None = None
        self._then: KnownAnalysis | None = None
        self._now_wanted: bool | None = None
        self._kind = ""
        self._sections: dict[str, Section] = {}
        self._rows = RowList(id="year-parts")
        self._text = Prose(id="year-text")
        self._scroll = VerticalScroll(self._text, id="year-pane")

    def compose_body(self) -> Iterable[Widget]:
        """Two sides."""
        with Horizontal(id="year"):
            yield self._rows
            yield self._scroll

    def on_mount(self) -> None:
        """Read everything once; a year is counted from it."""
        super().on_mount()
        self.title_bar.main = self.tr("School year {year}", year=self._year)
        self.title_bar.right = self.who_am_i()
        self._text.update(safe(self.tr("Counting…"), "$quiet"))
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        if self._given is not None:
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then count."""
        year = self.desk.register.year
        try:
            self._given = await asyncio.to_thread(year.collect)
            self._stored = await asyncio.to_thread(year.stored)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        await self._count()

    @work(exclusive=True, group="count")
    async def _count_again(self) -> None:
        await self._count()

    async def _count(self) -> None:
        """Count the chosen year in a thread, then draw."""
        given, register = self._given, self.desk.register
        if given is None:
            return
        year, today = self._year, register.now().date()
        stored = [one for one in self._stored if one.figures.year == year]
        # Who made only a part of the figures themselves begins with what was put down from all of them.
        whole = next((one for one in stored if one.figures.basis is not register.year.basis), None)
        then = {True: None, False: stored[0] if stored else None, None: whole}[self._now_wanted]
        found = then.figures if then else await asyncio.to_thread(figures, year, given, today)
        points = await asyncio.to_thread(register.year.points, year)
        if year != self._year:
            return  # another one was chosen meanwhile
        self._figures, self._then = found, then
        self._points = tuple((one.text, about_point(register, one, self.words)) for one in points)
        self._draw()

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        found = self._figures
        if found is None:
            return
        if self._kind not in found.kinds:
            self._kind = ""
        said = self._said(found)
        self._sections = {section.id: section for section in said.sections()}
        when = self.tr("as recorded {date}", date=self.words.date(self._then.entered.date())) if self._then else ""
        self.title_bar.main = self.tr("School year {year}", year=self._year)
        self.title_bar.about = " · ".join(filter(None, (when, said.kind(self._kind) if self._kind else "")))
        rows = [Row(ident, ((section.title, self._style(ident)),), _LINE) for ident, section in self._sections.items()]
        self._rows.show([*rows, Row(POINTS, ((self.tr("Improvement points"), "text"),), _LINE)])
        self._draw_part()

    def _style(self, ident: str) -> str:
        """Return how the name of a part is drawn: bright where the filter works."""
        return "key" if self._kind and ident in _PARTS_FILTERED.values() else "text"

    def _said(self, found: Figures) -> YearWords:
        return YearWords(found, self.words, self._kind, self.desk.glyphs.dash)

    @on(RowList.Moved)
    def _draw_part(self) -> None:
        """Draw the part that the cursor is on."""
        found = self._figures
        if found is None:
            return
        width = max(20, (self._scroll.size.width or 50) - 3)
        said, key = self._said(found), self._rows.key
        parts = self._point_lines(width) if key == POINTS else []
        section = self._sections.get(key)
        if section is not None:
            parts = [chart(block, said, self.desk.glyphs, width) for block in section.blocks]
        # What a dash stands for is said where there is one.
        legend = said.legend() if any(f" {said.number(None)}" in part.plain for part in parts) else ""
        below = [legend, said.based_on(), put_down(self.desk.register, self._then, self.words)]
        if self._then is not None:
            below.append(self._then.remarks)
        if key != POINTS:
            parts += [line for text in below if text for line in folded(safe(text, "$quiet"), width, 6)]
        self._text.update(Content("\n").join(parts))
        self._scroll.scroll_home(animate=False)

    def _point_lines(self, width: int) -> list[Content]:
        lines = []
        for text, about in self._points:
            lines += folded(safe(text, "bold $strong"), width, 4)
            lines += [*folded(safe(about, "$quiet"), width, 3), Content("")]
        return lines or [safe(self.tr("No improvement point yet."), "$quiet")]

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: bars have another room."""
        self.call_after_refresh(self._draw_part)

    # --- commands ------------------------------------------------------------------------------------------

    def action_year(self, step: int) -> None:
        """Go to another school year, of those in which something happened."""
        if self._given is None:
            return
        there = years(self._given, self.desk.register.now().date())
        there = tuple(sorted({*there, *(one.figures.year for one in self._stored)}))
        at = there.index(self._year) + step if self._year in there else len(there) - 1
        if not 0 <= at < len(there):
            edge = (
                self.tr("Nothing is known of an earlier school year.")
                if step < 0
                else self.tr("That is still to come.")
            )
            self.tell(edge)
            return
        self._year, self._now_wanted = there[at], None
        self._count_again()

    def action_filter(self) -> None:
        """Look at the next kind of behaviour only, after the last one at all again."""
        found = self._figures
        if found is None:
            return
        order = ("", *found.kinds)
        if len(order) == 1:
            self.tell(self.tr("No kind of behaviour has enough incidents to look at by itself."))
            return
        self._kind = order[(order.index(self._kind) + 1) % len(order)]
        if self._kind and self._rows.key not in _PARTS_FILTERED.values():
            self._rows.go_to(_PARTS_FILTERED[FILTERED[0]])
        self._draw()

    def action_turn(self) -> None:
        """Look at the figures of now, or at what was put down."""
        if not any(one.figures.year == self._year for one in self._stored):
            self.tell(self.tr("Nothing was recorded of this school year yet."))
            return
        self._now_wanted = self._then is not None
        self._count_again()

    def action_points(self) -> None:
        """Go to the improvement points."""
        self.app.push_screen(Improvements(self.desk, self._year))

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        if event.key == POINTS:
            self.action_points()
        else:
            self._scroll.focus()

    def action_put_down(self) -> None:
        """Put the figures down."""
        self.app.push_screen(PutDownForm(self.desk, self._year))

    def action_file(self) -> None:
        """Write a file of what is shown."""
        if self._figures is not None:
            self.app.push_screen(SaveYear(self.desk, self._figures, self._then))

    def action_back(self) -> None:
        """Back to the parts, then to my day."""
        if self._scroll.has_focus:
            self._rows.focus()
        else:
            self.leave(None)


class SaveYear(SaveFile):
    """Where a school year goes, and as what."""

    TITLE = N_("Write the school year to a file")

    HELP = N_(
        "Writes the school year to a file that only you can read, on the machine this program runs on: a PDF to print "
        "and to talk about, CSV for a spreadsheet, JSON for a program. Nobody is named in it. The export stands in the "
        "log."
    )

    def __init__(self, desk: Desk, found: Figures, stored: KnownAnalysis | None) -> None:
        super().__init__(desk, found.year, file_name(found.year, FORMATS[0]))
        self._found = found
        self._stored = stored
        self._format = ChoiceLine([(kind, kind.upper()) for kind in FORMATS], FORMATS[0], id="format")

    def command(self) -> str:
        """Return the command that makes the same file elsewhere."""
        return f"export year --year {self._found.year} --format {self._format.value}"

    def besides(self) -> Iterable[Widget]:
        """Yield the formats."""
        yield Static("", markup=False)
        with Horizontal(classes="field"):
            yield Label(self.tr("Format"), markup=False)
            yield self._format

    @on(ChoiceLine.Changed, "#format")
    def _formatted(self) -> None:
        """Let the file be called after its format."""
        name, dot, kind = self._path.value.rpartition(".")
        if dot and kind in FORMATS:
            self._path.value = f"{name}.{self._format.value}"

    def draw(self) -> bytes:
        """Return the file."""
        return draw(self.desk.register, self._found, self.words, self._format.value, self._stored)

    def write_log(self) -> None:
        """Write it in the log."""
        log_export(self.desk.register)
