"""Where a file for outside goes: for its owner alone, never over one that is there, and in the log."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, UsageError
from data.outgoing import outgoing

from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import LEAVE, SAVE, DeskForm


class SaveFile(DeskForm):
    """One field with a path; what is written and what stands in the log says each kind of file."""

    HERE: ClassVar[tuple[Command, ...]] = (SAVE, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    TITLE: ClassVar[str] = N_("Write a file")
    """What stands in the title bar; a message id."""

    def __init__(self, desk: Desk, about: str, name: str) -> None:
        super().__init__(desk)
        self._what = about
        self._path = quiet_input(str(Path.cwd() / name), id="path", onward=False, max_length=400)

    def draw(self) -> bytes:
        """Return what goes into the file; in a thread."""
        raise NotImplementedError

    def write_log(self) -> None:
        """Write the export in the log, or raise so that nothing is written."""
        raise NotImplementedError

    def besides(self) -> Iterable[Widget]:
        """Yield what a kind of file asks besides the path."""
        return ()

    def compose_body(self) -> Iterable[Widget]:
        """The path, and what a kind of file asks besides."""
        with Vertical(classes="form"):
            with Horizontal(classes="field"):
                yield Label(self.tr(N_("File")), markup=False)
                yield self._path
            yield from self.besides()
            yield self.answer

    def on_mount(self) -> None:
        """Stand behind the name."""
        super().on_mount()
        self.title_bar.main = self.tr(self.TITLE)
        self.title_bar.about = self._what
        self._path.focus()

    async def save(self) -> object:
        """Write it and say where it is."""
        typed = self._path.value.strip()
        if not typed:
            raise UsageError(N_("Where does the file go?"))
        path = os.path.abspath(os.path.expanduser(typed))  # noqa: PTH100, PTH111 - a user who is not there is a name
        await asyncio.to_thread(self._write, path)
        return self.tr("Written: {path}", path=path)

    def _write(self, path: str) -> None:
        data = self.draw()
        with outgoing(self.desk.register.vault.machine, path, data):
            self.write_log()
