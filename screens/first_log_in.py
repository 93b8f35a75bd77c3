"""First log-in: a one-time code from the coordinator becomes a passphrase of one's own."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from data.errors import N_, PesttuiError
from data.words import Words

from .base import PestScreen
from .commands import Command, bindings
from .fields import quiet_input
from .messages import LoggedIn
from .text import safe

Join = Callable[[str, str, str], "object"]


class FirstLogIn(PestScreen):
    """Login, code, and a passphrase twice. `join` runs in a thread."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Log in"), N_("Log in for the first time"), priority=True),
        Command("back", "escape", N_("Back"), N_("Back")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    def __init__(self, words: Words, login: str, join: Join) -> None:
        super().__init__(words)
        self._join = join
        self._fields = {
            "login": quiet_input(login, max_length=60),
            "code": quiet_input(placeholder="XXXXX-XXXXX-XXXXX-XXXXX", max_length=40),
            "passphrase": quiet_input(password=True, max_length=200),
            "again": quiet_input(password=True, max_length=200),
        }
        self._answer = Static("", id="answer", markup=False)
        self._busy = False

    def compose_body(self) -> Iterable[Widget]:
        """Four fields with what they mean."""
        labels = {
            "login": self.tr("Login"),
            "code": self.tr("One-time code"),
            "passphrase": self.tr("New passphrase"),
            "again": self.tr("Once more"),
        }
        with Vertical(classes="form"):
            yield Static(
                safe(
                    self.tr(
                        "The coordinator gave you a one-time code. Choose a passphrase that only you know: "
                        "four or more words are strong and easy to remember."
                    )
                ),
                classes="guidance",
                markup=False,
            )
            for name, field in self._fields.items():
                with Horizontal(classes="field wide"):
                    yield Label(labels[name], markup=False)
                    yield field
            yield self._answer

    def on_mount(self) -> None:
        """Begin at the first empty field."""
        super().on_mount()
        self.title_bar.main = self.tr("First time here")
        self._fields["code" if self._fields["login"].value else "login"].focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input is self._fields["again"]:
            self.action_save()
        else:
            self.focus_next()

    def action_back(self) -> None:
        """Return to the unlock screen."""
        self.app.pop_screen()

    def action_save(self) -> None:
        """Take the code and the passphrase."""
        if self._fields["passphrase"].value != self._fields["again"].value:
            self._say(self.tr("The two passphrases differ."))
        elif not self._busy:
            self._try()

    def _say(self, text: str, classes: str = "late") -> None:
        self._answer.set_classes(classes)
        self._answer.update(safe(text))

    @work
    async def _try(self) -> None:
        self._busy = True
        self._say(self.tr("Opening…"), "")
        values = [self._fields[name].value for name in ("login", "code", "passphrase")]
        try:
            register = await asyncio.to_thread(self._join, *values)
        except PesttuiError as error:
            self._say(self.words.tell(error))
        else:
            self.post_message(LoggedIn(register))  # type: ignore[arg-type]
        finally:
            self._busy = False
