"""One of a few words on a line: left and right, or the number of its place."""

from collections.abc import Sequence

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
        """Another one was chosen."""

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._options = tuple(options)
        self.set_reactive(ChoiceLine.value, value if value in self._values else self._values[0])

    @property
    def _values(self) -> list[str]:
        return [value for value, _ in self._options]

    def render(self) -> Content:
        """Draw them."""
        parts: list[Content] = []
        for number, (value, word) in enumerate(self._options, 1):
            text = f"{number} {safe_line(word)}"
            if value == self.value:
                parts.append(
                    Content.styled(f"[{text}]", "bold $cursor-text on $cursor" if self.has_focus else "$strong")
                )
            else:
                parts.append(Content.styled(f" {text} ", "$quiet"))
        return Content(" ").join(parts)

    def on_key(self, event: events.Key) -> None:
        """Choose."""
        at = self._values.index(self.value)
        if event.key in ("left", "right"):
            at = (at + (1 if event.key == "right" else -1)) % len(self._options)
        elif event.key.isdigit() and 1 <= int(event.key) <= len(self._options):
            at = int(event.key) - 1
        elif event.key == "space":
            at = (at + 1) % len(self._options)
        else:
            return
        event.stop()
        if self._values[at] != self.value:
            self.value = self._values[at]
            self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        at = 0
        for value, word in self._options:
            at += len(f" {len(self._values)} {safe_line(word)} ") + 1
            if event.x < at:
                if value != self.value:
                    self.value = value
                    self.post_message(self.Changed())
                return
