"""A case's notes one by one: the way to complete or correct one that is in a case."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownNote

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .note_view import NoteView
from .note_words import marked
from .widgets import Column, Row, RowList

_COLUMNS = (Column(12), Column(15), Column(0), Column(9, right=True))


class CaseNotes(DeskScreen):
    """The notes of one case, newest first; a correction stands beside its original."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Open"), N_("Open the note the cursor is on")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to the case")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_("The notes of the case. Enter opens one: there you complete a draft of yours, or correct your own note.")

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code
        self._notes: list[KnownNote] = []
        self._rows = RowList(id="notes")

    def compose_body(self) -> Iterable[Widget]:
        """The notes."""
        yield self._rows

    def on_mount(self) -> None:
        """Fill the bars; the notes are read as soon as it is seen."""
        super().on_mount()
        self.title_bar.main = self.tr("Notes")
        self.title_bar.about = self.tr("in case {code}", code=self._code)
        self.title_bar.right = self.who_am_i()
        self._rows.focus()

    def on_screen_resume(self) -> None:
        """Read them, again after one was completed or corrected."""
        super().on_screen_resume()
        self.look_again()

    @work(exclusive=True, group="read")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        try:
            found = await asyncio.to_thread(self.desk.register.notes.of_case, self._code)
        except PesttuiError as error:
            self.fail(error)
            return
        self._notes = found
        self._draw()

    def _draw(self) -> None:
        desk = self.desk
        rows = [
            Row(
                known.id,
                (
                    (desk.words.moment(known.note.happened), "quiet"),
                    (desk.author(known.note.author), "meta"),
                    (marked(desk, known), "quiet" if known.corrected else "text"),
                    (known.note.place, "quiet"),
                ),
                _COLUMNS,
            )
            for known in reversed(self._notes)
        ]
        empty = Row("", ((self.tr("Nothing written yet. n jots a note in this case."), "quiet"),), (Column(0),))
        self._rows.show(rows or [empty])

    def action_choose(self) -> None:
        """Open the note the cursor is on."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        known = next((known for known in self._notes if known.id == event.key), None)
        if known is not None:
            self.app.push_screen(NoteView(self.desk, known))

    def action_back(self) -> None:
        """Back to the case."""
        self.leave(None)
