"""First log-in: a one-time code from the coordinator becomes a passphrase of one's own."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, UsageError
from data.words import Words

from .commands import Command, bindings
from .fields import quiet_input
from .form import LEAVE, Form
from .messages import LoggedIn
from .text import safe

Join = Callable[[str, str, str], "object"]


class FirstLogIn(Form):
    """Login, code, and a passphrase twice. `join` runs in a thread."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Log in"), N_("Log in for the first time"), priority=True),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    WAIT = N_("Opening…")
    TROUBLE = ""

    def __init__(self, words: Words, login: str, join: Join, *, bound: bool = False) -> None:
        super().__init__(words)
        self._join = join
        self._fields = {
            "login": quiet_input(login, max_length=60, disabled=bound),
            "code": quiet_input(placeholder="XXXXX-XXXXX-XXXXX-XXXXX", max_length=40),
            "passphrase": quiet_input(password=True, max_length=200),
            "again": quiet_input(password=True, max_length=200, onward=False),
        }

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
            yield self.answer

    def on_mount(self) -> None:
        """Begin at the first empty field."""
        super().on_mount()
        self.title_bar.main = self.tr("First time here")
        self._fields["code" if self._fields["login"].value else "login"].focus()

    async def save(self) -> object:
        """Take the code and the passphrase."""
        check_twice(self._fields["passphrase"].value, self._fields["again"].value)
        values = [self._fields[name].value for name in ("login", "code", "passphrase")]
        return await asyncio.to_thread(self._join, *values)

    def saved(self, result: object) -> None:
        """Begin the first day."""
        self.post_message(LoggedIn(result))  # type: ignore[arg-type]


def check_twice(passphrase: str, again: str) -> None:
    """Raise UsageError where a new passphrase was not typed the same twice."""
    if passphrase != again:
        raise UsageError(N_("The two passphrases differ."))
