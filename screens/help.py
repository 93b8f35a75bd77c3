"""Help for where one is: what the screen is for, every key that works here, what the signs mean."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_
from data.words import Words

from .base import PestScreen
from .commands import KEYS_CELLS, Command, bindings, shown_key
from .glyphs import Glyphs
from .text import safe


class HelpScreen(PestScreen):
    """One page about another screen."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("back", "escape,q", N_("Back"), N_("Back to where you were")),
        Command("every_key", "a", N_("Every key"), N_("Every key of the program, screen by screen")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    def __init__(self, words: Words, about: PestScreen, glyphs: Glyphs) -> None:
        super().__init__(words)
        self._about = about
        self._commands = about.all_commands()
        self._glyphs = glyphs
        self._text = Static("", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """One text."""
        with VerticalScroll(classes="form", id="help"):
            yield self._text

    def on_mount(self) -> None:
        """Write it."""
        super().on_mount()
        self.title_bar.main = self.tr("Help")
        self.title_bar.about = str(self._about.title_bar.main)
        parts = [safe(self.tr(self._about.HELP)), Content("")] if self._about.HELP else []
        parts.append(Content.styled(self.tr("Keys here"), "bold $heading"))
        parts += [self._key(command) for command in self._commands]
        parts += [Content(""), Content.styled(self.tr("Signs"), "bold $heading")]
        parts += [
            Content.assemble((f"{sign:>{KEYS_CELLS}}  ", "bold $key"), self.tr(word)) for sign, word in self._signs()
        ]
        self._text.update(Content("\n").join(parts))

    def _key(self, command: Command) -> Content:
        keys = " ".join(shown_key(key, self._glyphs.enter) for key in command.keys.split(","))
        return Content.assemble((f"{keys:>{KEYS_CELLS}}  ", "bold $key"), self.tr(command.tip))

    def _signs(self) -> tuple[tuple[str, str], ...]:
        glyphs = self._glyphs
        return (
            (glyphs.done, N_("done")),
            (glyphs.busy, N_("busy")),
            (glyphs.skipped, N_("skipped, with a reason")),
            (glyphs.here, N_("comes next")),
            (glyphs.late, N_("late")),
            (glyphs.broken, N_("not kept")),
            (glyphs.lacking, N_("something is missing")),
            (glyphs.new, N_("new, or due today")),
            (glyphs.left, N_("typed and not saved")),
        )

    def action_every_key(self) -> None:
        """Open the page with all of them."""
        from .keymap import KeyMap  # noqa: PLC0415 - it imports every screen

        self.app.push_screen(KeyMap(self.words, self._glyphs.enter))

    def action_back(self) -> None:
        """Back to where one was."""
        self.leave(None)
