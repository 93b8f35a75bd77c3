"""First run: a school's file is made, its first coordinator, and the recovery code, shown once."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

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

if TYPE_CHECKING:
    from data.register import Register

Make = Callable[[str, str, str, str], "tuple[Register, str]"]
"""(school, name, login, passphrase) → the register and the recovery code; runs in a thread."""

ASKED = (2, 9)
"""Which groups of the recovery code are typed back, counted from 0: enough to show that it was written down."""


class FirstRun(PestScreen):
    """There is no school's file yet: make one."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Make the file"), N_("Make the school's file"), priority=True),
        Command("app.quit", "ctrl+q", N_("Quit"), N_("Quit")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[:1])

    def __init__(self, words: Words, path: str, login: str, make: Make) -> None:
        super().__init__(words)
        self._path = path
        self._make = make
        self._known_login = login
        self._answer = Static("", id="answer", markup=False)
        self._busy = False

    def compose_body(self) -> Iterable[Widget]:
        """Five fields with what they mean."""
        # Made here and not at birth: as the first screen of all it is born before there is any screen.
        self._fields = {
            "school": quiet_input(max_length=80),
            "name": quiet_input(max_length=80),
            "login": quiet_input(self._known_login, max_length=60),
            "passphrase": quiet_input(password=True, max_length=200),
            "again": quiet_input(password=True, max_length=200),
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
            yield self._answer

    def on_mount(self) -> None:
        """Begin at the school's name."""
        super().on_mount()
        self.title_bar.main = self.tr("A new school")
        self._fields["school"].focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input is self._fields["again"]:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Make the file."""
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
        self._say(self.tr("Making the file…"), "")
        values = [self._fields[name].value for name in ("school", "name", "login", "passphrase")]
        try:
            register, code = await asyncio.to_thread(self._make, *values)
        except PesttuiError as error:
            self._say(self.words.tell(error))
        else:
            self.app.push_screen(RecoveryCode(self.words, code, register))
        finally:
            self._busy = False


class RecoveryCode(PestScreen):
    """The recovery code, until part of it was typed back. It is never shown again."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("I wrote it down"), N_("Check what was typed back"), priority=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    def __init__(self, words: Words, code: str, register: "Register") -> None:
        super().__init__(words)
        self._groups = code.split("-")
        self._register = register
        self._typed = [quiet_input(max_length=5) for _ in ASKED]
        self._answer = Static("", id="answer", markup=False)

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
            yield self._answer

    def on_mount(self) -> None:
        """Begin at the first group asked for."""
        super().on_mount()
        self.title_bar.main = self.tr("Recovery code")
        self._typed[0].focus()

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input is self._typed[-1]:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Go on once both groups were typed as printed."""
        typed = [
            field.value.strip().upper().replace("O", "0").replace("I", "1").replace("L", "1") for field in self._typed
        ]
        if typed == [self._groups[place] for place in ASKED]:
            self.post_message(LoggedIn(self._register))
        else:
            self._answer.set_classes("late")
            self._answer.update(safe(self.tr("That is not what is printed above. Compare it group by group.")))
