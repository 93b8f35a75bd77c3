"""Unlock: who are you, and your passphrase. Slow on purpose, never frozen."""

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

LogIn = Callable[[str, str], "object"]


class Unlock(PestScreen):
    """The first screen of every day. `log_in` runs in a thread and returns the register or raises PesttuiError."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "enter", N_("Open"), N_("Open the school's file")),
        Command("first_time", "f3", N_("First time here"), N_("Log in with a one-time code")),
        Command("new_school", "f4", N_("New"), N_("Make a new school's file")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_(
        "Type your login and your passphrase. A colleague who logs in for the first time presses F3 and types "
        "the one-time code they were given."
    )

    def __init__(
        self,
        words: Words,
        login: str,
        log_in: LogIn,
        first_time: Callable[[], PestScreen],
        hint: tuple[tuple[str, str, str], ...] = (),
        *,
        missing: str | None = None,
        first_run: Callable[[], PestScreen] | None = None,
        bound: bool = False,
    ) -> None:
        super().__init__(words)
        self._log_in = log_in
        self._first_time = first_time
        self._hint = hint
        self._missing = missing
        self._first_run = first_run
        self._known_login = login
        self._bound = bound
        self._answer = Static("", id="answer", markup=False)
        self._busy = False

    def compose_body(self) -> Iterable[Widget]:
        """Two fields, the answer, and in the demo who can log in."""
        # Made here and not at birth: as the first screen of all it is born before there is any screen.
        self._login = quiet_input(self._known_login, max_length=60, id="login", disabled=self._bound)
        self._passphrase = quiet_input(password=True, max_length=200, id="passphrase", onward=False)
        with Vertical(id="door"):
            yield Static("pesttui", id="name", markup=False)
            yield Static(self.tr("Anti-bullying protocol, under lock and key"), id="motto", markup=False)
            with Horizontal(classes="field"):
                yield Label(self.tr("Login"), markup=False)
                yield self._login
            with Horizontal(classes="field"):
                yield Label(self.tr("Passphrase"), markup=False)
                yield self._passphrase
            yield self._answer
            if self._hint:
                yield Static(safe(self._hint_text()), id="hint", markup=False)

    def _hint_text(self) -> str:
        lines = [self.tr("Demo school: everybody and everything is made up. Log in as:")]
        lines += [f"  {login:<8} {passphrase:<34} {name}" for login, passphrase, name in self._hint]
        return "\n".join(lines)

    def on_mount(self) -> None:
        """Put the cursor where the first letter belongs."""
        super().on_mount()
        self.title_bar.main = "pesttui"
        if self._missing is not None:
            # Not straight to a new school: where only a disk is missing, a passphrase would be typed in the open.
            there_is_none = N_("There is no school file at {path}. Tell whoever looks after the server.")
            if self._first_run is not None:
                there_is_none = N_("There is no school file at {path}. F4 makes a new school.")
            text = self.tr(there_is_none, path=self._missing)
            self._answer.update(safe(text))
        (self._passphrase if self._login.value else self._login).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the key bar to what works here."""
        makes_school = self._missing is not None and self._first_run is not None
        return action != "app.command_palette" and (action != "new_school" or makes_school)

    @on(Input.Submitted, "#passphrase")
    def _submitted(self) -> None:
        self.action_enter()

    def action_enter(self) -> None:
        """Try to log in."""
        if not self._busy:
            self._try()

    @work
    async def _try(self) -> None:
        self._busy = True
        self._answer.set_classes("")
        self._answer.update(safe(self.tr("Opening…")))
        passphrase, self._passphrase.value = self._passphrase.value, ""
        try:
            register = await asyncio.to_thread(self._log_in, self._login.value, passphrase)
        except PesttuiError as error:
            self._answer.set_classes("late")
            self._answer.update(safe(self.words.tell(error)))
        else:
            self._answer.update("")
            self.post_message(LoggedIn(register))  # type: ignore[arg-type]
        finally:
            self._busy = False
            self._passphrase.focus()

    def action_new_school(self) -> None:
        """Make a new school's file."""
        if self._first_run is not None:
            self.app.push_screen(self._first_run())

    def action_first_time(self) -> None:
        """Log in with a one-time code instead."""
        self.app.push_screen(self._first_time())
