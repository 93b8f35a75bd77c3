"""A list of rows in columns, one of them bright: the same for cases, steps, news, pupils and people.

Moving the cursor draws two lines and nothing else, which a slow SSH line feels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..text import fit, safe_line


@dataclass(frozen=True)
class Column:
    """A column: its width in cells, 0 for what is left; numbers stand at the right."""

    width: int = 0
    right: bool = False


@dataclass(frozen=True)
class Row:
    """A line: a key to find it by (empty: a heading that the cursor skips), cells as (text, style name)."""

    key: str
    cells: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    marks: tuple[tuple[int, int], ...] = ()
    """What stands out in the last cell, as (from, to) in order: underlined, for colours do not carry everywhere."""

    @property
    def selectable(self) -> bool:
        """Whether the cursor stops here."""
        return bool(self.key)


def _marked(text: str, style: Style, marks: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """Yield a text with some of its places bold and underlined."""
    at, stands_out = 0, style + Style(bold=True, underline=True)
    for begin, end in marks:
        yield Segment(text[at:begin], style)
        yield Segment(text[begin:end], stands_out)
        at = end
    yield Segment(text[at:], style)


class RowList(ScrollView, can_focus=True):
    """Rows with a cursor. Style names are `text quiet strong heading key late done meta`."""

    DEFAULT_CSS = """
    RowList { height: 1fr; background: $background; color: $foreground; }
    RowList { overflow-x: hidden; scrollbar-size-vertical: 1; }
    RowList > .rows--text { color: $foreground; }
    RowList > .rows--quiet { color: $quiet; }
    RowList > .rows--strong { color: $strong; text-style: bold; }
    RowList > .rows--heading { color: $heading; }
    RowList > .rows--key { color: $key; }
    RowList > .rows--late { color: $late; text-style: bold; }
    RowList > .rows--done { color: $done; }
    RowList > .rows--meta { color: $meta; }
    RowList > .rows--cursor { background: $cursor; color: $cursor-text; text-style: bold; }
    RowList > .rows--rest { background: $raised; color: $foreground; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"rows--{name}"
        for name in ("text", "quiet", "strong", "heading", "key", "late", "done", "meta", "cursor", "rest")
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "", show=False),
        Binding("down,j", "move(1)", "", show=False),
        Binding("pageup", "page(-1)", "", show=False),
        Binding("pagedown", "page(1)", "", show=False),
        Binding("home", "edge(-1)", "", show=False),
        Binding("end", "edge(1)", "", show=False),
        # A binding and not a key method: those come before bindings, and would overtake an arrow typed before.
        Binding("enter", "choose", "", show=False),
    ]

    RESTING: ClassVar[bool] = True
    """Whether the cursor's row stays marked while the keys go elsewhere."""

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        rows: "RowList"
        key: str

    @dataclass
    class Chosen(Message):
        """A row was chosen with Enter, or clicked while the cursor was on it."""

        rows: "RowList"
        key: str

        @property
        def control(self) -> "RowList":
            """The list, so that `@on` can name it."""
            return self.rows

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: Sequence[Row] = ()
        self._cursor = -1

    # --- content -------------------------------------------------------------------------------------------

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows. The cursor stays on its row's key, else at its place."""
        if rows == self._rows:
            return
        key, before = self.key, self._cursor
        self._rows = rows
        self.virtual_size = Size(self.size.width, len(rows))
        self._cursor = next((at for at, row in enumerate(rows) if key and row.key == key), -1)
        if self._cursor < 0:
            self._cursor = self._nearest(max(0, before))
        self.refresh()
        if self.key != key:
            self.post_message(self.Moved(self, self.key))

    @property
    def key(self) -> str:
        """The key of the row the cursor is on, empty if there is none."""
        return self._rows[self._cursor].key if 0 <= self._cursor < len(self._rows) else ""

    def go_to(self, key: str) -> None:
        """Put the cursor on the row with this key, if there is one."""
        for at, row in enumerate(self._rows):
            if key and row.key == key:
                self._set_cursor(at)
                return

    def _nearest(self, at: int) -> int:
        """Return the selectable row nearest to a place, the later one first; -1 if there is none."""
        places = [place for place, row in enumerate(self._rows) if row.selectable]
        return min(places, key=lambda place: (abs(place - at), -place), default=-1)

    # --- moving --------------------------------------------------------------------------------------------

    def _set_cursor(self, at: int) -> None:
        if not 0 <= at < len(self._rows) or at == self._cursor:
            return
        before, self._cursor = self._cursor, at
        for place in (before, at):
            if place >= 0:
                self.refresh_line(place)
        self._keep_in_sight(at)
        self._follow()
        self.post_message(self.Moved(self, self.key))

    def _keep_in_sight(self, at: int) -> None:
        """Scroll half a screen at once where the row is out of sight: every scrolling draws all lines again."""
        first, height = self.scroll_offset.y, max(1, self.size.height)
        if at == self._nearest(0):
            self.scroll_to(y=0, animate=False, force=True, immediate=True)  # with the first row, the headings above it
        elif at < first:
            self.scroll_to(y=max(0, at - height // 2), animate=False, force=True, immediate=True)
        elif at >= first + height:
            self.scroll_to(y=at - height // 2, animate=False, force=True, immediate=True)

    def _follow(self) -> None:
        """Let the terminal's own cursor follow the row: braille lines and magnifiers look there."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where on the screen the row begins that the cursor is on."""
        return self.content_region.offset + Offset(0, max(0, self._cursor - self.scroll_offset.y))

    def action_move(self, step: int) -> None:
        """Move to the next row in a direction that can be chosen."""
        at = self._cursor + step
        while 0 <= at < len(self._rows) and not self._rows[at].selectable:
            at += step
        self._set_cursor(at)

    def action_page(self, direction: int) -> None:
        """Move by a screenful."""
        target = self._cursor + direction * max(1, self.size.height - 1)
        self._set_cursor(self._nearest(min(max(0, target), len(self._rows) - 1)))

    def action_edge(self, direction: int) -> None:
        """Move to the first or last row."""
        self._set_cursor(self._nearest(0 if direction < 0 else len(self._rows)))

    def action_choose(self) -> None:
        """Choose the row."""
        if self.key:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where it was clicked; a second click there chooses."""
        at = event.y + self.scroll_offset.y
        if 0 <= at < len(self._rows) and self._rows[at].selectable:
            if at == self._cursor:
                self.action_choose()
            else:
                self._set_cursor(at)

    def on_focus(self) -> None:
        """Draw the cursor bright."""
        self.refresh_line(max(0, self._cursor))

    def on_blur(self) -> None:
        """Draw the cursor quiet."""
        self.refresh_line(max(0, self._cursor))

    def on_resize(self) -> None:
        """Fit the rows to the new width."""
        self.virtual_size = Size(self.size.width, len(self._rows))
        if self._cursor >= 0:
            self._keep_in_sight(self._cursor)

    # --- drawing -------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        at, width = y + self.scroll_offset.y, self.size.width
        base = self.rich_style
        if at >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[at]
        over: Style | None = None
        if at == self._cursor and (self.has_focus or self.RESTING):
            over = self.get_component_rich_style("rows--cursor" if self.has_focus else "rows--rest")
        blank = over or base
        segments = [Segment(" ", blank)]
        last = len(row.cells) - 1
        for number, (text, style, size, right) in enumerate(self._cells(row, width - 2)):
            drawn = over or base + self.get_component_rich_style(f"rows--{style}", partial=True)
            fitted, marks = fit(safe_line(text), size, right=right), row.marks if number == last else ()
            segments += _marked(fitted, drawn, marks)
            segments.append(Segment(" ", blank))
        return Strip(segments).adjust_cell_length(width, blank)

    @staticmethod
    def _cells(row: Row, width: int) -> list[tuple[str, str, int, bool]]:
        """Return (text, style, width, at the right) of each cell; what is left goes to columns without a width."""
        fixed = sum(column.width for column in row.columns) + len(row.columns) - 1
        free = [column for column in row.columns if not column.width]
        share = max(1, (width - fixed) // len(free)) if free else 0
        return [
            (text, style or "text", column.width or share, column.right)
            for (text, style), column in zip(row.cells, row.columns, strict=True)
        ]
