"""One of a few words on a line: left and right, or the number of its place."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
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

    class Changed(Message):
        """Somebody chose one."""

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
        known = value in self._values
        self.set_reactive(ChoiceLine.value, value if known else "" if undecided else self._values[0])

    @property
    def _values(self) -> list[str]:
        return [value for value, _ in self._options]

    def _texts(self) -> list[str]:
        words = [safe_line(word) for _, word in self._options]
        return [f"{number} {word}" for number, word in enumerate(words, 1)] if self._numbered else words

    def render(self) -> Content:
        """Draw them."""
        parts: list[Content] = []
        for value, text in zip(self._values, self._texts(), strict=True):
            if value == self.value:
                parts.append(
                    Content.styled(f"[{text}]", "bold $cursor-text on $cursor" if self.has_focus else "$strong")
                )
            else:
                parts.append(Content.styled(f" {text} ", "$quiet"))
        return Content(" ").join(parts)

    def choose(self, value: str) -> None:
        """Choose one as a person does: also the one that was chosen already is now chosen on purpose."""
        self.value = value
        self.post_message(self.Changed())

    def choose_place(self, key: str) -> bool:
        """Choose by the number of its place; False for a key that is no such number."""
        if not (self._numbered and key.isdigit() and 1 <= int(key) <= len(self._options)):
            return False
        self.choose(self._values[int(key) - 1])
        return True

    def on_key(self, event: events.Key) -> None:
        """Choose."""
        at = self._values.index(self.value) if self.value in self._values else -1
        if event.key in ("left", "right", "space"):
            step = -1 if event.key == "left" and at >= 0 else 1
            self.choose(self._values[(at + step) % len(self._options)])
        elif not self.choose_place(event.key):
            return
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        at = 0
        for value, text in zip(self._values, self._texts(), strict=True):
            at += cell_len(text) + 3
            if event.x < at:
                self.choose(value)
                return
