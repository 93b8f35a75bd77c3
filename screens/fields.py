"""Fields to type in, made quiet: no blinking cursor, which a slow line would carry; no frame; no line numbers.

A slow line delivers many keys at once, and Textual hands all of them to the field that has the focus when they
arrive. So a field lets the focus go at once, and passes on what arrives behind: a passphrase typed behind Tab must not
stand in the field before it.
"""

from textual import events
from textual.widget import Widget
from textual.widgets import Input


def takes(field: Widget, event: events.Key, *, onward: bool, held: bool, tabs: bool = True) -> bool:
    """Say whether a field should deal with a key itself; moves the focus, or passes the key on, where not."""
    focused = field.screen.focused
    if focused is not None and focused is not field:
        focused.post_message(events.Key(event.key, event.character))
    elif (event.key == "tab" and tabs) or (event.key == "enter" and onward):
        field.screen.focus_next()
    elif event.key == "shift+tab" and tabs:
        field.screen.focus_previous()
    elif not held:
        return True
    event.prevent_default()
    event.stop()
    return False


def takes_paste(field: Widget, event: events.Paste, *, held: bool) -> bool:
    """Say whether a field should take what was pasted; hands it to the field that has the focus by now, where not."""
    focused = field.screen.focused
    if focused is not None and focused is not field:
        focused.post_message(events.Paste(event.text))
    elif not held:
        return True
    event.prevent_default()
    event.stop()
    return False


class QuietInput(Input):
    """A one-line field that can be held while it is saved; `onward`: Enter goes to the next field, `tabs`: Tab does."""

    held = False
    onward = True
    tabs = True

    async def _on_key(self, event: events.Key) -> None:
        if takes(self, event, onward=self.onward, held=self.held, tabs=self.tabs):
            await super()._on_key(event)

    def _on_paste(self, event: events.Paste) -> None:
        if takes_paste(self, event, held=self.held):
            super()._on_paste(event)
        event.prevent_default()


def quiet_input(value: str = "", *, placeholder: str = "", onward: bool = True, **options: object) -> QuietInput:
    """Return a one-line field without blinking cursor and frame."""
    field = QuietInput(value, placeholder=placeholder, compact=True, **options)  # type: ignore[arg-type]
    field.cursor_blink = False
    field.onward = onward
    return field
