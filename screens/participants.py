"""Who was in it, in a note: each pupil with a role at that moment."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from data.model import ParticipantRole

from .desk import Desk
from .widgets import Column, Row, RowList

_WHO = (Column(24), Column(14), Column(0))

LEAST = 4
"""How many rows it takes at the most in a low window."""

OTHER_LINES = 28
"""How many lines of a tall window the rest of a note takes."""


class Participants(RowList):
    """Who was in it, each with a role at that moment: left and right, or the role's first letter."""

    BINDINGS: ClassVar[list[BindingType]] = []
    RESTING = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="participants")
        self._desk = desk
        self.roles: dict[str, ParticipantRole] = {}
        self._names: dict[str, str] = {}
        self._keys_come_here = False
        self.refused: set[str] = set()
        """Pupils taken out by hand: the text may name them again without bringing them back."""

    def draw(self, names: dict[str, str]) -> None:
        """Show who is in it now."""
        self._names = names
        rows: list[Row] = []
        keys = (
            self._desk.tr("left, right: role   del: take out") if self._keys_come_here else self._desk.tr("tab: role")
        )
        room = max(LEAST, self.app.size.height - OTHER_LINES)
        more = len(self.roles) - room
        for ident, role in self.roles.items():
            style = "quiet" if role is ParticipantRole.UNKNOWN else "key"
            word = self._desk.tr("role?") if role is ParticipantRole.UNKNOWN else self._desk.tr(role.value)
            hint = keys if not rows else ""
            rows.append(Row(ident, ((names.get(ident, "?"), "strong"), (word, style), (hint, "quiet")), _WHO))
        if more > 0 and not self._keys_come_here:
            # Here nobody scrolls: the last row counts whom it has no room for, itself among them.
            said = self._desk.words.trn("and {count} more", "and {count} more", more + 1)
            rows[room - 1 :] = [Row("", ((said, "quiet"),), (Column(0),))]
        self.show(rows)
        self.styles.height = max(1, min(room, len(rows)))
        self.display = bool(rows)

    def on_resize(self) -> None:
        """Take the room there is now."""
        self.draw(self._names)

    def on_focus(self) -> None:
        """Say which keys work now."""
        self._keys_come_here = True
        self.draw(self._names)

    def on_blur(self) -> None:
        """Say how to come back."""
        self._keys_come_here = False
        self.draw(self._names)

    def add(self, ident: str) -> None:
        """Put a pupil in."""
        self.roles.setdefault(ident, ParticipantRole.UNKNOWN)
        self.refused.discard(ident)

    def on_key(self, event: events.Key) -> None:
        """Change the role of, or take out, the pupil the cursor is on."""
        if not self.key or event.key in ("up", "down", "tab", "shift+tab"):
            return
        roles = list(ParticipantRole)
        now = roles.index(self.roles[self.key])
        letters = {self._desk.tr(role.value)[:1]: role for role in roles}
        if event.key in ("left", "right"):
            self.roles[self.key] = roles[(now + (1 if event.key == "right" else -1)) % len(roles)]
        elif event.key in letters:
            self.roles[self.key] = letters[event.key]
        elif event.key in ("delete", "backspace"):
            self.refused.add(self.key)
            del self.roles[self.key]
        else:
            return
        event.stop()
        self.post_message(self.Changed())

    class Changed(Message):
        """A role changed or somebody was taken out."""
