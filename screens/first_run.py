"""First run: a school's file is made, its first coordinator, and the recovery code, shown once."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, UsageError
from data.words import Words

from .commands import Command, bindings
from .fields import quiet_input
from .first_log_in import check_twice
from .form import LEAVE, Form
from .messages import LoggedIn
from .text import safe

if TYPE_CHECKING:
    from data.register import Register

Make = Callable[[str, str, str, str], "tuple[Register, str]"]
"""(school, name, login, passphrase) → the register and the recovery code; runs in a thread."""

ASKED = (2, 9)
"""Which groups of the recovery code are typed back, counted from 0: enough to show that it was written down."""


class FirstRun(Form):
    """There is no school's file yet: make one."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Make the file"), N_("Make the school's file"), priority=True),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    WAIT = N_("Making the file…")
    TROUBLE = ""

    def __init__(self, words: Words, path: str, login: str, make: Make) -> None:
        super().__init__(words)
        self._path = path
        self._make = make
        self._known_login = login

    def compose_body(self) -> Iterable[Widget]:
        """Five fields with what they mean."""
        self._fields = {
            "school": quiet_input(max_length=80),
            "name": quiet_input(max_length=80),
            "login": quiet_input(self._known_login, max_length=60),
            "passphrase": quiet_input(password=True, max_length=200),
            "again": quiet_input(password=True, max_length=200, onward=False),
        }
        labels = {
            "school": self.tr("School"),
            "name": self.tr("Your name"),
            "login": self.tr("Login"),
            "passphrase": self.tr("New passphrase"),
            "again": self.tr("Once more"),
        }
        with Vertical(classes="form"):
            yield Static(
                safe(
                    self.tr(
                        "There is no school file at {path} yet. Make it here; you become the first coordinator "
                        "and invite the others.",
                        path=self._path,
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
        """Begin at the school's name."""
        super().on_mount()
        self.title_bar.main = self.tr("A new school")
        self._fields["school"].focus()

    async def save(self) -> object:
        """Make the file."""
        check_twice(self._fields["passphrase"].value, self._fields["again"].value)
        values = [self._fields[name].value for name in ("school", "name", "login", "passphrase")]
        register, code = await asyncio.to_thread(self._make, *values)
        return RecoveryCode(self.words, code, register)

    def saved(self, result: object) -> None:
        """Show the recovery code."""
        assert isinstance(result, RecoveryCode)
        self.when_seen(lambda: self.app.push_screen(result))


class RecoveryCode(Form):
    """The recovery code, until part of it was typed back. It is never shown again."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("I wrote it down"), N_("Check what was typed back"), priority=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    TROUBLE = ""

    def __init__(self, words: Words, code: str, register: "Register") -> None:
        super().__init__(words)
        self._groups = code.split("-")
        self._register = register
        self._typed = [quiet_input(max_length=5, onward=place != ASKED[-1]) for place in ASKED]

    def compose_body(self) -> Iterable[Widget]:
        """Show the code and ask for two of its groups."""
        with Vertical(classes="form"):
            yield Static(
                safe(
                    self.tr(
                        "This recovery code opens the file when passphrases are lost. It is shown once. "
                        "Write it down or print it, and keep it in the school's safe: who has it can read everything."
                    )
                ),
                classes="guidance",
                markup=False,
            )
            half = (len(self._groups) + 1) // 2
            lines = [self._groups[:half], self._groups[half:]]
            number = 0
            for line in lines:
                with Horizontal(classes="code"):
                    for group in line:
                        number += 1
                        yield Static(safe(f"{number:>2} {group}"), markup=False)
            for place, field in zip(ASKED, self._typed, strict=True):
                with Horizontal(classes="field wide"):
                    yield Label(self.tr("Type group {number}", number=place + 1), markup=False)
                    yield field
            yield self.answer

    def on_mount(self) -> None:
        """Begin at the first group asked for."""
        super().on_mount()
        self.title_bar.main = self.tr("Recovery code")
        self._typed[0].focus()

    async def save(self) -> object:
        """Compare what was typed with what is printed."""
        alike = str.maketrans({"O": "0", "I": "1", "L": "1"})
        typed = [field.value.strip().upper().translate(alike) for field in self._typed]
        if typed != [self._groups[place] for place in ASKED]:
            raise UsageError(N_("That is not what is printed above. Compare it group by group."))
        return self._register

    def saved(self, result: object) -> None:
        """Begin the first day."""
        self.post_message(LoggedIn(self._register))

    LOSS = N_("The recovery code is never shown again. Did you write it down?")

    def unsaved(self) -> bool:
        """The code counts as unsaved until it was typed back."""
        return True

    def action_leave(self) -> None:
        """Stay: the code is shown once."""
