"""Suggestions behind `@`, `#` and `!` in a note: arrows choose, Enter or Tab takes, typing on ignores them."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual import events, on
from textual.widgets import TextArea

from data.register.capture import Capture, Suggestion, Token, token_at

from .areas import QuietArea
from .desk import Desk
from .text import safe_line
from .widgets import Column, Row, RowList

MOST_CELLS = 30
"""How wide a suggested name may be drawn."""


class Suggestions(RowList):
    """The list that opens at the cursor, over what lies there; it never takes the focus."""

    DEFAULT_CSS = """
    Suggestions { display: none; overlay: screen; constrain: inside inflect; margin: 1 0; background: $background; }
    Suggestions > .rows--rest { background: $cursor; color: $cursor-text; text-style: bold; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="suggestions")
        self.can_focus = False
        self.capture = Capture()
        """What can be suggested: until the pupils are read, nothing."""
        self.meant: dict[str, str] = {}
        """The pupils that were chosen, by the form of the name that stands in the text."""
        self._desk = desk
        self._for: QuietArea | None = None
        self._found: Sequence[Suggestion] = ()
        self._token: Token | None = None
        self._row = 0
        self._ignored: tuple[int, str, int] | None = None
        """The line, sign and place of what somebody closed the list of."""

    def open_for(self, area: QuietArea) -> bool:
        """Whether it is open for a field, so that arrows, Enter and Tab are its own."""
        return bool(self.display) and self._for is area

    @property
    def chosen(self) -> Suggestion | None:
        """What the arrows stand on."""
        return next((one for one in self._found if one.value == self.key), None)

    @property
    def token(self) -> Token | None:
        """What was typed."""
        return self._token

    def look(self, area: QuietArea, *, opening: bool = True) -> None:
        """Suggest what is being typed in a field; `opening`: also where nothing is suggested yet."""
        if not opening and not self.display:
            return
        if not area.has_focus or area.read_only or not area.selection.is_empty:
            self.close()
            return
        row, column = area.cursor_location
        token = token_at(area.document.get_line(row), column)
        here = (row, token.sign, token.start) if token else None
        if here is None or here != self._ignored:
            self._ignored = None
        found = self.capture.suggest(token) if token and here != self._ignored else []
        if token is None or not found:
            self.close()
            return
        same = self._token == token and self._for is area
        self._for, self._found, self._token, self._row = area, found, token, row
        # What was typed on stands for something else: the likeliest of that.
        self._show(self.key if same and self.chosen else found[0].value)

    def _show(self, at: str) -> None:
        hint = self._desk.glyphs.enter
        names = [safe_line(one.shown) for one in self._found]
        sides = [
            " ".join(filter(None, (one.beside, self._desk.tr("left school") if one.left else "")))
            for one in self._found
        ]
        wide = min(MOST_CELLS, max(map(cell_len, names)))
        columns = (Column(1), Column(wide), Column(max(map(cell_len, sides)) or 1), Column(cell_len(hint)))
        rows = [
            Row(
                one.value,
                (
                    (self._desk.glyphs.here if one.value == at else " ", "key"),
                    (name, "text"),
                    (side, "quiet"),
                    (hint if one.value == at else " ", "quiet"),
                ),
                columns,
            )
            for one, name, side in zip(self._found, names, sides, strict=True)
        ]
        self.show(rows)
        self.go_to(at)
        self.styles.width = sum(column.width for column in columns) + len(columns) + 1
        self.styles.height = len(rows)
        if self._for is not None and self._token is not None:
            letters = cell_len(self._token.typed) + 1
            self.absolute_offset = self._for.cursor_screen_offset - (letters, 0)
        self.display = True

    def close(self) -> None:
        """Suggest nothing."""
        if self.display:
            self.display = False
            self.show([])
        self._found, self._token, self._for = (), None, None

    def ignore(self) -> None:
        """Close it, and leave what is being typed alone from now on."""
        if self._token is not None:
            self._ignored = (self._row, self._token.sign, self._token.start)
        self.close()

    def on_click(self, event: events.Click) -> None:
        """Take what was clicked."""
        event.prevent_default()
        if 0 <= event.y < len(self._found):
            self.go_to(self._found[event.y].value)
            self.action_choose()

    def choose(self, step: int) -> None:
        """Stand on the next or previous one."""
        self.action_move(step)
        self._show(self.key)


class NoteArea(QuietArea):
    """A field of a note in which a sign suggests what it may stand for."""

    def __init__(self, suggestions: Suggestions, took: Callable[[Suggestion], None], **options: object) -> None:
        super().__init__("", compact=True, soft_wrap=True, show_line_numbers=False, **options)  # type: ignore[arg-type]
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self._suggestions = suggestions
        self._took = took
        self._after: tuple[int, int] | None = None
        """Where the cursor stood when something had just been taken."""

    async def _on_key(self, event: events.Key) -> None:
        if self.has_focus and self._suggestions.open_for(self) and event.key in ("up", "down", "enter", "tab"):
            event.prevent_default()
            event.stop()
            if event.key in ("up", "down"):
                self._suggestions.choose(1 if event.key == "down" else -1)
            else:
                self.take()
            return
        if event.is_printable:
            if self._after == self.cursor_location and event.character and event.character.isalnum():
                self.insert(" ")  # a word follows the name: who typed no space meant one
            self._after = None
        await super()._on_key(event)
        # At once, and not when the change is told: on a slow line Enter arrives right behind the letter.
        if event.is_printable:
            self._suggestions.look(self)

    def take(self) -> None:
        """Put what the arrows stand on in the place of what was typed."""
        listed, token, chosen = self._suggestions, self._suggestions.token, self._suggestions.chosen
        listed.close()
        if token is None or chosen is None:
            return
        row = self.cursor_location[0]
        taken = listed.capture.take(self.document.get_line(row), token, chosen, listed.meant)
        self.replace(taken.text, (row, taken.start), (row, token.end), maintain_selection_offset=False)
        row, column = self.cursor_location
        if column and not self.document.get_line(row)[column - 1].isspace():
            self._after = row, column
        self._took(chosen)

    def on_resize(self) -> None:
        """Let the list go along with the cursor."""
        self.call_after_refresh(self._follow_cursor)

    def _follow_cursor(self) -> None:
        if self._suggestions.open_for(self):
            self.scroll_cursor_visible()
            self._suggestions.look(self, opening=False)

    @on(TextArea.Changed)
    def _changed(self) -> None:
        """Letters were taken away: look at what is left."""
        self._suggestions.look(self)

    @on(TextArea.SelectionChanged)
    def _moved(self) -> None:
        """Close the list once the cursor is elsewhere."""
        self._suggestions.look(self, opening=False)

    def on_blur(self) -> None:
        """Suggest nothing for a field that has no keys."""
        if self._suggestions.open_for(self):
            self._suggestions.close()
