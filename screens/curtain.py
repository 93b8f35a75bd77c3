"""The curtain: one key, and the screen holds nothing that anybody could read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from .text import safe


class Curtain(ModalScreen[None]):
    """An empty screen. What was being typed is still there behind it."""

    DEFAULT_CSS = """
    Curtain { background: $background; align: center bottom; }
    Curtain Static { width: auto; height: 1; color: $quiet; margin-bottom: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f9,enter", "back", show=False, priority=True)]

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Show how to come back, and nothing else."""
        yield Static(safe(self._hint), markup=False)

    def action_back(self) -> None:
        """Take the curtain away."""
        self.dismiss(None)
