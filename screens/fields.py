"""Fields to type in, made quiet: no blinking cursor, which a slow line would carry; no frame; no line numbers."""

from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.widgets import TextArea


class QuietInput(Input):
    """A one-line field that can be held while it is saved, without losing its focus."""

    held = False

    async def _on_key(self, event: events.Key) -> None:
        if self.held:
            event.prevent_default()
            event.stop()
            return
        await super()._on_key(event)


def quiet_input(value: str = "", *, placeholder: str = "", **options: object) -> QuietInput:
    """Return a one-line field without blinking cursor and frame."""
    field = QuietInput(value, placeholder=placeholder, compact=True, **options)  # type: ignore[arg-type]
    field.cursor_blink = False
    return field


def quiet_area(text: str = "", **options: object) -> "TextArea":
    """Return a field of several lines without blinking cursor, line numbers and frame."""
    from textual.widgets import TextArea  # noqa: PLC0415 - the unlock screen does without

    area = TextArea(text, compact=True, soft_wrap=True, show_line_numbers=False, **options)  # type: ignore[arg-type]
    area.cursor_blink = False
    area.highlight_cursor_line = False
    return area
