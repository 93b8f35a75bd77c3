"""The pattern check: pairs, and several towards one, over the notes that this person can read."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownPattern, Window

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .pattern_view import PatternView, take_names, window_words
from .pattern_words import ADVICE, how_often, legend, letters, signs, who
from .preview import Preview, pattern_preview
from .weigh_form import WeighForm
from .widgets import Column, Row, RowList

_HEAD = (Column(0),)


NARROW = 70
"""Below how many columns the last day is left out, so that who it is about can be read."""


def _columns(criteria: int) -> tuple[Column, ...]:
    return (Column(1), Column(0), Column(11), Column(max(1, 2 * criteria - 1)), Column(15), Column(9, right=True))


class PatternsScreen(DeskScreen):
    """What to look at first, then what is in a case, then what was weighed."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("open", "enter", N_("Open"), N_("Open the pattern under the cursor")),
        Command("weigh", "x", N_("Weigh"), N_("Say why nothing follows from it, until something new comes")),
        Command("window", "right,left", N_("Period"), N_("Look back some weeks, or the whole school year")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_(
        "Teachers see single moments; here stands what repeats: the same two children again, or several towards one. "
        "Only notes that you can read are counted, private ones never. The letters above the signs are the criteria of "
        "the protocol. It advises and never judges: what it is, people decide."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._window = Window.WEEKS
        self._found: dict[str, KnownPattern] | None = None
        self._rows = RowList(id="patterns")
        self._beside = Preview()

    def compose_body(self) -> Iterable[Widget]:
        """One list, and where there is room the figures of the pattern under the cursor."""
        with Horizontal(id="today"):
            yield self._rows
            yield self._beside

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self.title_bar.main = self.tr("Patterns")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after whatever was done on another screen."""
        super().on_screen_resume()
        self.look_again()

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: there may be room beside the list now."""
        self.call_after_refresh(self._draw)

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        window = self._window
        try:
            found = await asyncio.to_thread(self.desk.register.patterns.all, window)
            await asyncio.to_thread(take_names, self.desk, found)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self._found = {known.key: known for known in found}
        self._draw()

    # --- drawing -----------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self.title_bar.about = window_words(self.desk, self._window)
        if self._found is None:
            return
        found = list(self._found.values())
        parts = (
            (N_("To look at"), [one for one in found if one.waits]),
            (N_("In a case"), [one for one in found if one.inside]),
            (N_("Weighed"), [one for one in found if one.dismissed and not one.inside]),
        )
        rows: list[Row] = []
        for title, patterns in parts:
            if patterns:
                rows += [Row("", (("", "text"),), _HEAD), self._heading(title), *map(self._row, patterns)]
        blank = Row("", (("", "text"),), _HEAD)
        explained = [Row("", ((f"  {text}", "quiet"),), _HEAD) for text in legend(self.desk)]
        self._rows.show([*rows, blank, *explained] if rows else [blank, self._nothing()])
        self._draw_preview()

    def _nothing(self) -> Row:
        least = self.desk.register.school().pattern_least
        text = self.words.trn(
            "No two children are in {count} note or more in this period.",
            "No two children are in {count} notes or more in this period.",
            least,
        )
        return Row("", ((text, "quiet"),), _HEAD)

    @property
    def _columns(self) -> tuple[Column, ...]:
        return _columns(len(self.desk.register.protocol.criteria))

    def _heading(self, title: str) -> Row:
        cells = (("", "text"), (self.tr(title), "heading"), ("", "text"), (letters(self.desk), "quiet"))
        return self._fitted("", (*cells, ("", "text"), (self.tr("last"), "quiet")))

    def _fitted(self, key: str, cells: tuple[tuple[str, str], ...]) -> Row:
        columns = self._columns
        if self.size.width < NARROW:
            cells, columns = cells[:-1], columns[:-1]
        return Row(key, cells, columns)

    def _row(self, known: KnownPattern) -> Row:
        desk, pattern = self.desk, known.pattern
        last = known.inside or self.words.date(pattern.last.astimezone().date())
        cells = (
            (desk.glyphs.new if known.waits else "", "key"),
            (who(desk, pattern), "strong" if known.waits else "text"),
            (how_often(desk, pattern), "text"),
            (signs(desk, known), "text"),
            (self.tr(ADVICE[known.advice]), "key" if known.waits else "quiet"),
            (last, "quiet"),
        )
        return self._fitted(known.key, cells)

    @on(RowList.Moved)
    def _draw_preview(self) -> None:
        """Show the figures of the pattern under the cursor, where there is room."""
        known = self._here()
        if self.size.width < 100:
            return
        self._beside.show(pattern_preview(self.desk, known) if known is not None else Content(""))

    def _here(self) -> KnownPattern | None:
        return (self._found or {}).get(self._rows.key)

    # --- commands ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Staff weighs patterns."""
        return action != "weigh" or self.desk.register.patterns.writes

    def action_open(self) -> None:
        """Open the pattern under the cursor."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        known = self._here()
        if known is not None:
            self.app.push_screen(PatternView(self.desk, known, self._window), self._go_on)

    def _go_on(self, code: object) -> None:
        """Open the case that a pattern's notes are in now."""
        if isinstance(code, str):
            self.when_seen(lambda: self.app.push_screen(CaseScreen(self.desk, code)))

    def action_weigh(self) -> None:
        """Ask for a reason."""
        known = self._here()
        if known is not None:
            self.app.push_screen(WeighForm(self.desk, known, self._window))

    def action_window(self) -> None:
        """Look further back, or less far."""
        self._window = Window.YEAR if self._window is Window.WEEKS else Window.WEEKS
        self.look_again()

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)
