"""The log: who read, changed, exported or granted what, newest first. There is nothing to change here."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.model import LogEntry
from data.register.log_words import told

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .widgets import Column, Row, RowList

PAGE = 500
"""How many lines are opened at once: a school's log is long, and most of it is never looked at."""

_LINE = (Column(17), Column(16), Column(0))
_WITH_CASE = (*_LINE, Column(6))
_HEAD = (Column(0),)


class LogScreen(DeskScreen):
    """The log of one case, or, with an empty code, all of it that this person can read."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("older", "m", N_("Older"), N_("Show older lines as well")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Who read, changed, exported or granted what, newest first; who reads a case stands here once a day. Each line "
        "is signed by who did it and nobody can change it. No pupil is named in it. In a case it shows that case, for "
        "everybody who takes part; the whole log is for coordinators and IB'ers."
    )

    def __init__(self, desk: Desk, code: str = "") -> None:
        super().__init__(desk)
        self._code = code
        self._most = PAGE
        self._more = False
        self._rows = RowList(id="log")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Read the lines."""
        super().on_mount()
        self.title_bar.main = self.tr("Log")
        self.title_bar.about = self._code
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again(first=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer older lines where there are any."""
        return self._more if action == "older" else True

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False) -> None:
        """Read in a thread, then draw."""
        try:
            lines = await asyncio.to_thread(self._read)
        except PesttuiError as error:
            self.fail_if_seen(error)
            if first:
                self.leave(None)
            return
        self._more = len(lines) > self._most
        shown = lines[-self._most :][::-1]
        empty = [Row("", ((self.tr("Nothing written down yet."), "quiet"),), _HEAD)]
        self._rows.show([self._row(line) for line in shown] or empty)
        self.show_keys()

    def _read(self) -> list[LogEntry]:
        """Return what is shown, and one more line if there is one."""
        log, most = self.desk.register.log, self._most + 1
        return log.of_case(self._code, most) if self._code else log.all(most)

    def _row(self, line: LogEntry) -> Row:
        at, this_year = line.at.astimezone(), self.desk.register.now().year
        day = self.words.date(at.date()) + (f" {at.year}" if at.year != this_year else "")
        cells = (
            (f"{day} {at:%H:%M}", "quiet"),
            (self.desk.author(line.author), "meta"),
            (told(self.words, line, self.desk.colleague(line.about)), "text"),
        )
        with_case = bool(line.case) and not self._code
        # Of two lines that are alike in everything it does not matter which one the cursor stays on.
        key = ":".join((line.at.isoformat(), line.author, line.kind, line.about, line.what))
        return Row(key, (*cells, (line.case, "quiet")), _WITH_CASE) if with_case else Row(key, cells, _LINE)

    def action_older(self) -> None:
        """Show older lines as well."""
        self._most += PAGE
        self.look_again()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)
