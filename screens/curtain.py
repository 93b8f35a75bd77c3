"""The curtain: one key, and the screen holds nothing that anybody could read."""

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from .text import safe


class Curtain(ModalScreen[None]):
    """An empty screen. What was being typed is still there behind it; the program's F9 takes it away."""

    DEFAULT_CSS = """
    Curtain { background: $background; align: center bottom; }
    Curtain Static { width: auto; height: 1; color: $quiet; margin-bottom: 1; }
    """

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Show how to come back, and nothing else."""
        yield Static(safe(self._hint), markup=False)
