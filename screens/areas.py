"""Fields of several lines; apart from the others because the first screen does without."""

from textual import events
from textual.widgets import TextArea

from .fields import takes, takes_paste


class QuietArea(TextArea):
    """A field of several lines; what is held is `read_only`."""

    async def _on_key(self, event: events.Key) -> None:
        if takes(self, event, onward=False, held=False):
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        if takes_paste(self, event, held=False):
            await super()._on_paste(event)
        event.prevent_default()


def quiet_area(text: str = "", **options: object) -> QuietArea:
    """Return a field of several lines without blinking cursor, line numbers and frame."""
    area = QuietArea(text, compact=True, soft_wrap=True, show_line_numbers=False, **options)  # type: ignore[arg-type]
    area.cursor_blink = False
    area.highlight_cursor_line = False
    return area
