"""One of a few words on a line: left and right, or the number of its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ..text import safe_line


class ChoiceLine(Widget, can_focus=True):
    """All choices beside each other; the chosen one has brackets before it has a colour."""

    DEFAULT_CSS = """
    ChoiceLine { height: 1; width: 1fr; }
    """

    value = reactive("")

    @dataclass
    class Changed(Message):
        """Somebody chose one."""

        line: "ChoiceLine"

        @property
        def control(self) -> "ChoiceLine":
            """The line, so that `@on` can name it."""
            return self.line

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str,
        *,
        numbered: bool = True,
        undecided: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """`undecided`: nothing is chosen until somebody does; a value of none of them stands for that."""
        super().__init__(id=id)
        self._numbered = numbered
        self._options = tuple(options)
        known = value in self.values
        self.set_reactive(ChoiceLine.value, value if known else "" if undecided else self.values[0])

    @property
    def values(self) -> list[str]:
        """What can be chosen, in order."""
        return [value for value, _ in self._options]

    def _texts(self) -> list[str]:
        words = [safe_line(word) for _, word in self._options]
        return [f"{number} {word}" for number, word in enumerate(words, 1)] if self._numbered else words

    def _folded(self, width: int) -> list[list[tuple[str, str]]]:
        """Return the choices as (value, text) row by row: one row unless the style's height lets it grow."""
        rows: list[list[tuple[str, str]]] = [[]]
        at = 0
        for value, text in zip(self.values, self._texts(), strict=True):
            size = cell_len(text) + 3
            if rows[-1] and at + size > width + 1 and self.styles.is_auto_height:
                rows.append([])
                at = 0
            rows[-1].append((value, text))
            at += size
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows it needs where it may grow."""
        return len(self._folded(width))

    def render(self) -> Content:
        """Draw them."""
        chosen = "bold $cursor-text on $cursor" if self.has_focus else "$strong"
        rows = []
        for row in self._folded(self.size.width):
            parts = [
                Content.styled(f"[{text}]", chosen) if value == self.value else Content.styled(f" {text} ", "$quiet")
                for value, text in row
            ]
            rows.append(Content(" ").join(parts))
        return Content("\n").join(rows)

    def _follow(self) -> None:
        """Let the terminal's own cursor stand on what is chosen: braille lines and magnifiers look there."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where on the screen the chosen one begins."""
        x = y = 0
        for row_at, row in enumerate(self._folded(self.size.width)):
            at = 0
            for value, text in row:
                if value == self.value:
                    x, y = at, row_at
                at += cell_len(text) + 3
        return self.content_region.offset + Offset(x, y)

    def watch_value(self) -> None:
        """Bring the terminal's cursor along."""
        self._follow()

    def offer(self, value: str, word: str) -> None:
        """Let one more be chosen."""
        if value not in self.values:
            self._options = (*self._options, (value, word))
            self.refresh(layout=True)

    def choose(self, value: str) -> None:
        """Choose one as a person does: also the one that was chosen already is now chosen on purpose."""
        self.value = value
        self.post_message(self.Changed(self))

    def choose_place(self, key: str) -> bool:
        """Choose by the number of its place; False for a key that is no such number."""
        if not (self._numbered and key.isdigit() and 1 <= int(key) <= len(self._options)):
            return False
        self.choose(self.values[int(key) - 1])
        return True

    def on_key(self, event: events.Key) -> None:
        """Choose."""
        at = self.values.index(self.value) if self.value in self.values else -1
        if event.key in ("left", "right", "space"):
            step = -1 if event.key == "left" and at >= 0 else 1
            self.choose(self.values[(at + step) % len(self._options)])
        elif not self.choose_place(event.key):
            return
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        rows, at = self._folded(self.size.width), 0
        for value, text in rows[min(max(0, event.y), len(rows) - 1)]:
            at += cell_len(text) + 3
            if event.x < at:
                self.choose(value)
                return
