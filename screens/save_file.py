"""Where a file for outside goes: for its owner alone, never over one that is there, and in the log."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, UsageError
from data.outgoing import outgoing

from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import LEAVE, SAVE, DeskForm
from .text import safe


class SaveFile(DeskForm):
    """One field with a path; what is written and what stands in the log says each kind of file.

    Where no file may be written it says how this one is fetched instead.
    """

    HERE: ClassVar[tuple[Command, ...]] = (SAVE, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    TITLE: ClassVar[str] = N_("Write a file")
    """What stands in the title bar; a message id."""

    command: Callable[[], str]
    """Returns the command that makes the same file elsewhere, without the program's name; each kind of file has it."""

    draw: Callable[[], bytes]
    """Returns what goes into the file; called in a thread."""

    write_log: Callable[[], None]
    """Writes the export in the log, or raises so that nothing is written."""

    def __init__(self, desk: Desk, about: str, name: str) -> None:
        super().__init__(desk)
        self._what = about
        self._outside = desk.register.vault.machine.outside
        self._path = quiet_input(self._outside.proposed(name), id="path", onward=False, max_length=400)

    def besides(self) -> Iterable[Widget]:
        """Yield what a kind of file asks besides the path."""
        return ()

    def compose_body(self) -> Iterable[Widget]:
        """The path, and what a kind of file asks besides."""
        with Vertical(classes="form"):
            if self._outside.closed:
                refusal = self.words.tell(self._outside.refusal(self.command()))
                yield Static(safe(refusal), classes="guidance", markup=False)
            else:
                if self._outside.only:
                    where = self.tr(N_("It goes into the folder {folder}."), folder=self._outside.folder)
                    yield Static(safe(where), classes="guidance", markup=False)
                with Horizontal(classes="field"):
                    yield Label(self.tr(N_("File")), markup=False)
                    yield self._path
                yield from self.besides()
            yield self.answer

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be saved where no file may be."""
        return action != "save" or not self._outside.closed

    def on_mount(self) -> None:
        """Stand behind the name."""
        super().on_mount()
        self.title_bar.main = self.tr(self.TITLE)
        self.title_bar.about = self._what
        if not self._outside.closed:
            self._path.focus()

    async def save(self) -> object:
        """Write it and return where it is."""
        typed = self._path.value.strip()
        if not typed:
            raise UsageError(N_("Where does the file go?"))
        path = self._outside.place(typed)
        await asyncio.to_thread(self._write, path)
        return path

    def saved(self, result: object) -> None:
        """Say where it is, and leave with that."""
        self.tell(self.tr(N_("Written: {path}"), path=result))
        self.leave(result)

    def _write(self, path: str) -> None:
        data = self.draw()
        with outgoing(self.desk.register.vault.machine, path, data):
            self.write_log()
