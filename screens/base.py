"""What every screen shares: the words, the two bars, the commands that work everywhere, how trouble is told."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from data.clean import clean_text
from data.errors import N_, PesttuiError
from data.words import Words

from .commands import Command, shown_key
from .messages import VaultChanged
from .text import safe
from .widgets import KeyBar, Prose, TitleBar

if TYPE_CHECKING:
    from .desk import Desk

LEAST_WIDTH, LEAST_HEIGHT = 60, 20
"""The smallest window in which everything can be seen, in cells."""

EVERYWHERE = (
    Command("app.curtain", "f9", N_("Hide"), N_("Hide the screen at once; F9 brings it back"), priority=True),
    Command("app.help", "f1,question_mark", N_("Help"), N_("Help: what this is, and every key that works here")),
    Command("app.lock", "f8", N_("Lock"), N_("Lock: the passphrase is needed again"), foot=False, priority=True),
    Command("app.command_palette", "ctrl+p", N_("Commands"), N_("All commands"), foot=False),
    Command("app.quit", "ctrl+q", N_("Quit"), N_("Quit"), foot=False, priority=True),
)
"""What works on every screen, also while typing; the app binds the keys."""


class PestScreen(Screen[object]):
    """A screen with a title bar, a key bar and commands."""

    HERE: ClassVar[tuple[Command, ...]] = ()
    """The commands of this screen; its BINDINGS are made from them."""

    HELP: ClassVar[str] = ""
    """What the screen is for and how it is used, for the help; a message id."""

    LOSS: ClassVar[str] = N_("Something is not saved yet.")
    """What is asked before the program is left while something here is `unsaved`."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self.title_bar = TitleBar()
        self.key_bar = KeyBar()
        self._once_seen: Callable[[], object] | None = None

    def when_seen(self, change: Callable[[], object]) -> None:
        """Change screens now, or, while the curtain or the lock lies over this one, once it is seen again.

        Textual pops whatever is on top: without this, a save that ends late would lift the curtain.
        """
        if self.app.screen is self:
            change()
        else:
            self._once_seen = change

    def leave(self, result: object = None) -> None:
        """Leave this screen, with a result for whoever opened it."""
        self.when_seen(lambda: self.dismiss(result))

    def on_screen_resume(self) -> None:
        """Do what waited until this screen was seen again."""
        waiting, self._once_seen = self._once_seen, None
        if waiting is not None:
            waiting()

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self.words.tr(message, **values)

    def compose(self) -> ComposeResult:
        """Put what the screen shows between its bars."""
        yield self.title_bar
        yield from self.compose_body()
        yield self.key_bar

    def compose_body(self) -> Iterable[Widget]:
        """Yield what lies between the bars."""
        return ()

    def on_mount(self) -> None:
        """Fill the bars."""
        self.show_keys()

    @on(events.Resize)
    def _measure(self, event: events.Resize) -> None:
        """Say that the window is too small for all of it; what is typed is never in danger."""
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        needs = self.tr("small window; needs {width}×{height}", width=LEAST_WIDTH, height=LEAST_HEIGHT)
        self.title_bar.warning = needs if small else ""

    def unsaved(self) -> bool:
        """Whether something typed here would be lost."""
        return False

    def all_commands(self) -> list[Command]:
        """Return what can be done here now, for the palette."""
        return [c for c in (*self.HERE, *EVERYWHERE) if self.check_action(c.action, ()) is not False]

    def at_foot(self) -> list[Command]:
        """Return the commands that stand at the foot now."""
        return [command for command in self.all_commands() if command.foot]

    def show_keys(self) -> None:
        """Put the commands that can be done now at the foot."""
        self.key_bar.keys = tuple(
            (shown_key(command.key, self.enter_key), self.tr(command.word), command.action)
            for command in self.at_foot()
        )

    @property
    def enter_key(self) -> str:
        """How the Enter key is drawn."""
        return "↵"

    def tell(self, text: str, *, trouble: bool = False) -> None:
        """Say something at the edge of the screen for a few seconds."""
        self.notify(
            clean_text(text), severity="error" if trouble else "information", timeout=8 if trouble else 3, markup=False
        )

    def fail(self, error: PesttuiError) -> None:
        """Say what went wrong."""
        self.tell(f"{self.tr(error.title)}. {self.words.tell(error)}", trouble=True)

    def fail_if_seen(self, error: PesttuiError) -> None:
        """Say what went wrong, unless another screen lies over this one: that one reads, and says so, itself."""
        if self.app.screen is self:
            self.fail(error)


class DeskScreen(PestScreen):
    """A screen of somebody who is logged in."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk.words)
        self.desk = desk
        self._alarm = Prose(id="alarm")

    def compose(self) -> ComposeResult:
        """Put the alarm, if there is one, below the title."""
        yield self.title_bar
        yield self._alarm
        yield from self.compose_body()
        yield self.key_bar

    def on_mount(self) -> None:
        """Fill the bars, and say if the file is only read."""
        super().on_mount()
        self.show_alarm()

    def on_screen_resume(self) -> None:
        """Say if the file is only read by now, or no longer."""
        super().on_screen_resume()
        self.show_alarm()

    def on_vault_changed(self, _: VaultChanged) -> None:
        """Look again: a colleague saved something."""
        self.look_again()

    def look_again(self) -> object:
        """Read once more what this screen shows; nothing, for one on which nothing of the file stands."""
        return None

    def show_alarm(self) -> None:
        """Say on one line that an older copy of the file lies here, and what to do; nothing where all is well."""
        vault = self.desk.register.vault
        alarm = vault.alarm
        if (alarm is not None) != self._alarm.has_class("late"):
            told = N_("Older copy of the file: reading only. In School (s), a shows and accepts it.")
            if not vault.me.steward:
                told = N_("Older copy of the file: reading only. Tell the coordinator: {number}")
            self._alarm.update(safe(self.tr(told, **alarm.values)) if alarm else "")
            self._alarm.set_class(alarm is not None, "late")
            self.show_keys()

    @property
    def enter_key(self) -> str:
        """How the Enter key is drawn on this terminal."""
        return self.desk.glyphs.enter

    def draw_names(self) -> None:
        """Draw again with names, or with initials."""
        self._draw()

    def _draw(self) -> None:
        """Draw what was read; a screen that names no pupils needs none of this."""

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.show_names(not self.desk.names_shown)
        self.draw_names()

    def who_am_i(self) -> str:
        """Return who is logged in, for the right of the title bar."""
        return self.desk.register.vault.me.name
