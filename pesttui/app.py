"""The program: which screen is on, who is logged in, what colleagues wrote meanwhile."""

import asyncio
import math
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import BindingType

from data.errors import NoEntry, PesttuiError
from data.words import Words
from screens.base import EVERYWHERE, DeskScreen, PestScreen
from screens.commands import bindings
from screens.messages import LoggedIn, SettingsChanged, VaultChanged
from screens.unlock import Unlock

from . import crash, theme
from .driver import CarefulDriver
from .entry import Entry
from .following import FollowingApp
from .session import watch_the_line
from .terminal import glyphs_for

if TYPE_CHECKING:
    from textual.command import Provider

    from data.register import Register
    from data.vault.machine import Machine
    from screens.desk import Desk

END_SECONDS = 1800.0
"""After so long without a key a locked program ends; what was being typed is kept for the next log-in."""

NAMES_SECONDS = 120.0
"""For so long names are shown after somebody asked for them; `v` asks again."""

LOOK_SECONDS = 1.0
"""How often the file is looked at for what colleagues wrote, and the clock for how long nobody has pressed a key."""


def _palette() -> "type[Provider]":
    from screens.palette import ScreenCommands  # noqa: PLC0415 - not before somebody asks

    return ScreenCommands


class PesttuiApp(FollowingApp):
    """The app holds no rule of the protocol and no byte of the file: screens and register do."""

    CSS_PATH = "../screens/look.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[object]] = {_palette}  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        *,
        vault: str,
        login: str,
        words: Words,
        machine: "Callable[[], Machine]",
        state_folder: str,
        hint: tuple[tuple[str, str, str], ...] = (),
        bound: bool = False,
        guest: bool = False,
    ) -> None:
        # Named here, so that no environment variable names another one.
        super().__init__(driver_class=CarefulDriver)
        self._login = login
        self._guest = guest
        self.words = self._own_words = words
        self._state_folder = state_folder
        # A demo is gone in the end: nothing of it is remembered.
        pins = "" if hint else state_folder
        self._entry = Entry(vault, machine, state_folder, pins, only=login if bound else None)
        self._hint = hint
        self.title = "pesttui"
        self.register: Register | None = None
        self._desk: Desk | None = None
        self._person = b""
        self._trouble = ""
        self._told = False
        self._looking = False
        self._last_key = time.monotonic()
        self._lock_seconds = math.inf

    # --- starting ------------------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every theme the roles that the screens draw with."""
        return theme.defaults()

    def on_mount(self) -> None:
        """Choose the look, guard the line, and look at the file now and then."""
        for made in theme.all_themes():
            self.register_theme(made)
        self._dress("")
        if not self.is_headless:
            watch_the_line(self._end, self._flush_typing)
        self.set_interval(LOOK_SECONDS, self._look)

    def _dress(self, look: str) -> None:
        self.theme = theme.chosen(look, poor=self.console.color_system in (None, "standard"))

    def _end(self, code: int) -> None:
        """End because the line was cut or the system asks for it: what is typed is written down first."""
        self._keep_typing()
        self.exit(return_code=code)

    def _flush_typing(self) -> None:
        """Write down what the forms gave to keep; from any thread, and when the event loop stands still."""
        typing = self._desk.typing if self._desk is not None else None
        if typing is not None:
            typing.flush()

    def _keep_typing(self) -> bool:
        """Write down what stands in the forms now, and leave it for the next log-in; says whether that was anything."""
        if self._desk is not None and self._desk.typing is not None:
            from screens.form import DeskForm  # noqa: PLC0415

            self._desk.keep([form for form in self.screen_stack if isinstance(form, DeskForm)])
            self._desk.typing.close(keep=True)
            return self._left_behind()
        return False

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there, whatever widget takes the key."""
        if isinstance(event, events.InputEvent):
            self._last_key = time.monotonic()
        await super().on_event(event)

    def get_default_screen(self) -> PestScreen:
        """Return the first screen, the door: it stays at the bottom of the stack."""
        return self._unlock_screen()

    def _first_run(self) -> PestScreen:
        from screens.first_run import FirstRun  # noqa: PLC0415 - once in a school's life

        return FirstRun(self.words, self._entry.path, self._login, self._entry.make)

    def _first_time(self) -> PestScreen:
        from screens.first_log_in import FirstLogIn  # noqa: PLC0415 - once in a colleague's life

        return FirstLogIn(self.words, self._login, self._entry.join, bound=self._entry.only is not None)

    def _unlock_screen(self) -> Unlock:
        return Unlock(
            self.words,
            self._login,
            self._entry.log_in,
            self._first_time,
            self._hint,
            missing=self._entry.path if self._entry.missing else None,
            # Where only a disk is missing, whoever comes in over SSH must not make another school.
            first_run=None if self._guest else self._first_run,
            bound=self._entry.only is not None,
        )

    # --- a session -----------------------------------------------------------------------------------------

    def on_logged_in(self, message: LoggedIn) -> None:
        """Begin somebody's day."""
        from data.vault.typing import Typing  # noqa: PLC0415
        from screens.dashboard import Dashboard  # noqa: PLC0415 - and with it the register
        from screens.desk import Desk  # noqa: PLC0415

        message.stop()
        self.register = message.register
        me = message.register.vault.me
        left = self._left_behind()
        if self._person not in (b"", me.id) and left:
            # Whoever sits here now may not see it, and it must not be lost: its owner comes first.
            self.register = None
            self._close(message.register)
            if isinstance(self.screen, PestScreen):
                self.screen.tell(
                    self.words.tr(
                        "{login} has something here that is not saved. Let them log in first.", login=self._login
                    ),
                    trouble=True,
                )
            return
        same, self._person, self._login = self._person == me.id, me.id, me.login
        if self._desk is not None and same and len(self.screen_stack) > 2:
            # The lock lies over what was being done: take it away and go on with the new keys.
            self._desk.register = message.register
            self._beneath_curtain(self.pop_screen)
            return
        typing = self._desk.typing if self._desk is not None and same else None
        parked = self._desk.parked if self._desk is not None and same else ()
        if self._desk is not None and typing is None:
            self._desk.end_typing()
        self._take_up(message.register)
        self._desk = Desk(message.register, self.words, glyphs_for(os.environ), parked=parked)
        self._desk.typing = typing or Typing(self._state_folder, message.register.vault)
        day = Dashboard(self._desk)
        self._beneath_curtain(lambda: self._only(day))

    def _take_up(self, register: "Register") -> None:
        """Take up somebody's own settings."""
        settings = register.settings()
        self.words = Words(settings.language) if settings.language else self._own_words
        self._lock_seconds = 60.0 * settings.lock_minutes
        self._dress(settings.look)

    def on_settings_changed(self, _: SettingsChanged) -> None:
        """Take up new settings: the day is drawn anew, in another language if that was chosen."""
        from screens.dashboard import Dashboard  # noqa: PLC0415

        if self.register is not None and self._desk is not None:
            self._take_up(self.register)
            self._desk.words = self.words
            day = Dashboard(self._desk)
            self._beneath_curtain(lambda: self._only(day))

    def _left_behind(self) -> bool:
        return any(isinstance(screen, PestScreen) and screen.unsaved() for screen in self.screen_stack[1:])

    def _beneath_curtain(self, change: Callable[[], object]) -> None:
        """Change screens; a curtain that is down stays down, until somebody presses F9."""
        from screens.curtain import Curtain  # noqa: PLC0415

        covered = isinstance(self.screen, Curtain)
        if covered:
            self.pop_screen()
        change()
        if covered:
            self.push_screen(Curtain("F9"))

    def _only(self, screen: PestScreen) -> None:
        """Show a screen with nothing behind it but the door."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    def action_lock(self) -> None:
        """Drop the keys and ask for the passphrase again; who comes back finds what they were typing."""
        if self.register is not None:
            if not isinstance(self.screen, PestScreen):
                self.screen.dismiss("")  # a question or the curtain: what it lies over is locked as well
            self._names_away()
            if self._desk is not None and self._desk.typing is not None:
                self._desk.typing.flush()
            register, self.register = self.register, None
            self.push_screen(self._unlock_screen())
            self._close(register)

    @work(thread=True)
    def _close(self, register: "Register") -> None:
        """Drop the keys, in a thread: a save that is under way is waited for, the lock is not."""
        register.close()

    def _names_away(self) -> None:
        """Draw initials again: whoever comes back asks for names anew."""
        if self._desk is not None:
            self._desk.show_names(False)

    async def action_quit(self) -> None:
        """End the program, after asking when something typed would be lost."""
        losses = [s.LOSS for s in self.screen_stack if isinstance(s, PestScreen) and s.unsaved()]
        if not losses:
            self._leave()
        elif isinstance(self.screen, PestScreen):
            self._ask_to_quit(losses[-1])

    @work
    async def _ask_to_quit(self, loss: str) -> None:
        from screens.dialogs import Ask  # noqa: PLC0415

        tr = self.words.tr
        answers = (("drop", "w", tr("Throw away")), ("", "esc", tr("Back")))
        if await self.push_screen_wait(Ask(tr(loss), answers)) == "drop":
            self._leave()

    def _leave(self) -> None:
        """End on purpose: nothing typed is left."""
        if self._desk is not None:
            self._desk.end_typing()
        self.exit()

    def action_help(self) -> None:
        """Open the help for the screen one is on, or close it."""
        from screens.help import HelpScreen  # noqa: PLC0415

        if isinstance(self.screen, HelpScreen):
            self.screen.action_back()
        elif isinstance(self.screen, PestScreen):
            self.push_screen(HelpScreen(self.words, self.screen, glyphs_for(os.environ)))

    def action_curtain(self) -> None:
        """Hide the screen at once, or show it again."""
        from screens.curtain import Curtain  # noqa: PLC0415

        if isinstance(self.screen, Curtain):
            self.screen.dismiss(None)
        else:
            self._names_away()
            self.push_screen(Curtain("F9"))

    def action_command_palette(self) -> None:
        """Open the palette, where there is something to choose from and no curtain."""
        from textual.command import CommandPalette  # noqa: PLC0415

        if isinstance(self.screen, PestScreen):
            self.push_screen(CommandPalette(placeholder=self.words.tr("What do you want to do?")))

    def _look(self) -> None:
        idle = time.monotonic() - self._last_key
        if self.register is not None and idle > self._lock_seconds:
            self.action_lock()
        elif self.register is None and idle > END_SECONDS:
            self._end(0)  # a process that ends leaves no keys in memory
            return
        self._tell_trouble()
        self._names_long_enough()
        if self.register is not None and not self._looking:
            self._looking = True
            self._refresh(self.register)

    def _names_long_enough(self) -> None:
        """Draw initials again once names have stood there for a while: somebody walked away from an open screen."""
        desk = self._desk
        if desk is not None and desk.names_shown and time.monotonic() - desk.names_since > NAMES_SECONDS:
            desk.show_names(False)
            for screen in self.screen_stack:
                if isinstance(screen, DeskScreen):
                    screen.draw_names()

    def _tell_trouble(self) -> None:
        """Say once that what is typed cannot be kept outside this window, where that is so."""
        typing = self._desk.typing if self._desk is not None else None
        trouble = typing.trouble if typing is not None else None
        if trouble is not None and not self._told and self._top is not None:
            self._say(trouble)
            self._told = True
        elif trouble is None:
            self._told = False

    @work
    async def _refresh(self, register: "Register") -> None:
        """Read what colleagues wrote, in a thread, and tell every open screen."""
        try:
            news = await asyncio.to_thread(register.refresh)
        except NoEntry as error:
            self._withdrawn(register, error)
            return
        except PesttuiError as error:
            self._tell_past(register)
            # Said once, not every second for as long as it lasts.
            if error.message != self._trouble:
                self._trouble = error.message
                self._say(error)
            return
        finally:
            self._looking = False
        self._tell_past(register)
        self._trouble = ""
        if news:
            for screen in self.screen_stack:
                screen.post_message(VaultChanged(news))

    def _tell_past(self, register: "Register") -> None:
        """Say what is known of the file's past; and give back what waited while it was only read."""
        from data.vault.accept import PUT_BACK  # noqa: PLC0415

        vault, screen = register.vault, self._top
        if register is not self.register or screen is None:
            return
        for open_screen in self.screen_stack:
            if isinstance(open_screen, DeskScreen) and open_screen.is_mounted:
                open_screen.show_alarm()
        if (trouble := vault.take_trouble()) is not None:
            screen.fail(trouble)
        if vault.take_accepted():
            screen.tell(self.words.tr(PUT_BACK), trouble=True)
        if self._desk is not None and self._desk.parked and vault.alarm is None:
            self._give_back(self._desk)

    def _give_back(self, desk: "Desk") -> None:
        """Leave what was parked as an ended session does: my day offers it."""
        from data.vault.typing import Typing  # noqa: PLC0415
        from screens.dashboard import Dashboard  # noqa: PLC0415
        from screens.form import DeskForm  # noqa: PLC0415

        desk.end_typing()
        desk.parked, desk.typing = (), Typing(self._state_folder, desk.register.vault)
        desk.keep([form for form in self.screen_stack if isinstance(form, DeskForm)])
        for screen in self.screen_stack:
            if isinstance(screen, Dashboard):
                screen.look_again()

    def _withdrawn(self, register: "Register", error: NoEntry) -> None:
        """Lock for good: this person has left, or was given new keys."""
        if register is self.register:
            self.action_lock()
            self.call_after_refresh(self._say, error)

    def _say(self, error: PesttuiError) -> None:
        if self._top is not None:
            self._top.fail(error)

    @property
    def _top(self) -> PestScreen | None:
        """What is seen, unless that is a question, the curtain, or, as the program ends, nothing any more."""
        top = self.screen_stack[-1] if self.screen_stack else None
        return top if isinstance(top, PestScreen) else None

    # --- ending --------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Leave calmly after a bug. Textual's own traceback would print what people typed."""
        kept = self._keep_typing()
        error = crash.current()
        path = crash.keep(error, self._state_folder) if error else None
        self.bell()
        told = self.words.tr(
            "pesttui stopped because of a fault in the program. What was saved is safe. Trace: {path}", path=path or "–"
        )
        typed = self.words.tr("What was being typed is there at the next log-in.") if kept else ""
        self._exit_renderables.append("\n".join(filter(None, (told, typed))))
        self._close_messages_no_wait()
