"""A command is said once: its keys, its word at the foot of the screen, its line in palette and help."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Command:
    """Something a person can do on a screen. Texts are English messages; `action` is Textual's action."""

    action: str
    keys: str
    word: str
    tip: str
    foot: bool = True
    """Whether it stands at the foot: six words at most fit 80 columns."""
    priority: bool = False
    """Whether it works while somebody types in a field."""

    @property
    def key(self) -> str:
        """The key that is shown: the first."""
        return self.keys.split(",")[0]

    def binding(self) -> Binding:
        """Return Textual's binding; its id is what a key map would name."""
        return Binding(
            self.keys, self.action, self.word, show=self.foot, tooltip=self.tip, id=self.action, priority=self.priority
        )


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Return the bindings of a screen's commands."""
    return [command.binding() for command in commands]


_SHOWN = {
    "enter": "↵",
    "escape": "esc",
    "question_mark": "?",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "right_square_bracket": "]",
    "slash": "/",
    "left": "←",
    "right": "→",
    "shift+tab": "s-tab",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


_SHOWN_ASCII = {"left": "<-", "right": "->", "up": "up", "down": "down"}

KEYS_CELLS = 7
"""How many cells the keys of a line of help take: an arrow, a space, shift and tab."""


def shown_key(key: str, enter: str = "↵") -> str:
    """Return a key as people call it: `^s`, `F2`, `esc`; in plain letters where Enter is drawn so."""
    if key == "enter":
        return enter
    if key in _SHOWN_ASCII and enter.isascii():
        return _SHOWN_ASCII[key]
    if key.startswith("ctrl+"):
        return f"^{key[5:]}"
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _SHOWN.get(key, key)
