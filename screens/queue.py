"""The cases that ask for a consultation, in the order in which one takes them up."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register.queue import Reason, Waiting, queue

from .base import DeskScreen
from .case import CaseScreen
from .case_words import due_words, next_words
from .commands import Command, bindings
from .desk import Desk
from .overview import Overview
from .widgets import Column, Row, RowList

_CASE = (Column(1), Column(7), Column(0), Column(5), Column(22), Column(12, right=True))
_WHY = (Column(1), Column(7), Column(0))
_HEAD = (Column(0),)


class QueueScreen(DeskScreen):
    """Who waits for a lead or the direction, and why."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("overview", "enter,o", N_("Overview"), N_("Consult about the case under the cursor; > goes on")),
        Command("case", "z", N_("Case"), N_("Open the case under the cursor")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Cases that ask for a consultation, with the reason. Enter opens the first; there > goes on to the next of "
        "this list. A case leaves the list once you save advice or a decision, or press x: seen. It comes back when "
        "something new happens, or when nothing happens for as long as your school has set."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="queue")
        self._waiting: list[Waiting] = []

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Read who waits."""
        super().on_mount()
        self.title_bar.main = self.tr("Consultations")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a consultation."""
        super().on_screen_resume()
        self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        try:
            self._waiting = await asyncio.to_thread(queue, self.desk.register)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        for one in self._waiting:
            self.desk.names = {**one.case.names, **self.desk.names}
        self._draw()

    def _draw(self) -> None:
        count = len(self._waiting)
        self.title_bar.about = self.words.trn("{count} case", "{count} cases", count) if count else ""
        nobody = Row("", ((self.tr("No case asks for a consultation now."), "quiet"),), _HEAD)
        self._rows.show([row for one in self._waiting for row in self._two_rows(one)] or [nobody])

    def _two_rows(self, one: Waiting) -> list[Row]:
        """The case as on my day; beneath it, in words, why it asks."""
        desk, known = self.desk, one.case
        late = Reason.LATE in one.reasons
        why = " · ".join(self._why(one, reason) for reason in one.reasons)
        cells = (
            (desk.glyphs.late if late else desk.glyphs.new, "late" if late else "key"),
            (known.code, "text"),
            (desk.who(known), "strong"),
            (desk.groups(known), "quiet"),
            (next_words(desk, known), "text"),
            due_words(desk, known, desk.register.now().date()),
        )
        reason = (("", "text"), ("", "text"), (why, "meta"))
        return [Row(known.code, cells, _CASE), Row("", reason, _WHY)]

    def _why(self, one: Waiting, reason: Reason) -> str:
        known = one.case
        match reason:
            case Reason.OFFERED:
                assert known.offered is not None
                return self.tr("offered by {name}", name=self.desk.author(known.offered.author))
            case Reason.COMPLAINT:
                return self.tr("official complaint")
            case Reason.ASKED:
                return self.tr("asks for a consultation")
            case Reason.ESCALATED:
                return self.tr("a next phase began: {phase}", phase=known.progress.phase.title.lower())
            case Reason.LATE:
                return self.tr("what was due on {date} waits", date=self.words.date(known.due)) if known.due else ""
            case Reason.QUIET:
                return self.words.trn("{count} day without a step", "{count} days without a step", one.still)

    # --- commands ------------------------------------------------------------------------------------------

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_overview()

    def action_overview(self) -> None:
        """Consult about the case under the cursor; next and previous go by the list as it stands here now."""
        if self._rows.key:
            self.desk.codes = tuple(one.case.code for one in self._waiting)
            self.app.push_screen(Overview(self.desk, self._rows.key))

    def action_case(self) -> None:
        """Open the case under the cursor."""
        if self._rows.key:
            self.desk.codes = tuple(one.case.code for one in self._waiting)
            self.app.push_screen(CaseScreen(self.desk, self._rows.key))

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)
