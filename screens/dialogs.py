"""Questions that need an answer before anything goes on. Each way out is a key and a button."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from .text import safe


class Ask(ModalScreen[str]):
    """A question with two or three answers: (answer, key, button's text). Escape gives an empty answer."""

    DEFAULT_CSS = """
    Ask { align: center middle; background: $background; }
    Ask > Vertical { width: 62; height: auto; background: $raised; padding: 1 2; }
    Ask Static { height: auto; margin-bottom: 1; }
    Ask Horizontal { height: 1; }
    Ask Button { margin-right: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "answer('')", show=False)]

    def __init__(self, question: str, answers: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__()
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        """Show the question and a button for each answer."""
        with Vertical():
            yield Static(safe(self._question), markup=False)
            with Horizontal():
                for answer, key, text in self._answers:
                    yield Button(safe(f"{key}  {text}"), id=f"answer-{answer}", compact=True)

    def on_mount(self) -> None:
        """Let each key give its answer."""
        for answer, key, _ in self._answers:
            self._bindings.bind(key.lower(), f"answer('{answer}')", show=False)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the button's answer."""
        self.dismiss((event.button.id or "").removeprefix("answer-"))

    def action_answer(self, answer: str) -> None:
        """Give an answer."""
        self.dismiss(answer)
