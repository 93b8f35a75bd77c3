"""A Textual app without the ways out that Textual has: what is on the screen stays on the screen."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen


class ClosedApp(App[None]):
    """Writes no picture and no file by itself, starts no other program, and is not put aside with keys in memory.

    Nothing here calls these; but an action's name in a text, or a widget that is used one day, could.
    """

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer none of Textual's own: a screenshot would write pupils' names to a file."""
        return ()

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Make no picture."""

    def deliver_text(self, *_: Any, **__: Any) -> str | None:
        """Write no file; exports go through the register, which logs them."""
        return None

    def deliver_binary(self, *_: Any, **__: Any) -> str | None:
        """Write no file."""
        return None

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Start no browser: on a server it would run there, as the account that owns the school's file."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Give the terminal to no other program."""
        raise RuntimeError("the terminal is given to no other program")
        yield

    def action_suspend_process(self) -> None:
        """Do not stop: a stopped process keeps its keys, and nothing locks it."""
