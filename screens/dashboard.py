"""Mijn dag: what is new, my cases with their next step, my loose notes."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownCase, KnownNote
from data.register.day import Day, News, look
from data.register.session import LOOSE

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .messages import VaultChanged
from .note_view import NoteView
from .quick_note import QuickNote
from .school import SchoolScreen
from .widgets import Column, Row, RowList

MOST_NEWS = 5
"""How many lines of news stand above the cases at 24 lines; more are counted."""

_NEWS = (Column(1), Column(7), Column(15), Column(0), Column(12, right=True))
_CASES = (Column(1), Column(7), Column(0), Column(5), Column(24), Column(12, right=True))
_NOTES = (Column(1), Column(12), Column(15), Column(0), Column(9, right=True))
_HEAD = (Column(0),)


class Dashboard(DeskScreen):
    """The first thing one sees. One list: news above, cases or loose notes below."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("note", "n", N_("Note"), N_("Jot a note"), priority=True),
        Command("open", "enter", N_("Open"), N_("Open what the cursor is on")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("view(1)", "right,tab", N_("Next view"), N_("Next view: my cases, all cases, loose notes"), foot=False),
        Command("view(-1)", "left,shift+tab", N_("Previous view"), N_("Previous view"), foot=False),
        Command("all_seen", "x", N_("Seen"), N_("All loose notes seen")),
        Command("school", "s", N_("School"), N_("Groups, pupils and people")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE[:7] if c.action != "open"])

    VIEWS = ("mine", "all", "notes")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="day")
        self._day: Day | None = None
        self._view = "mine"
        self._looking = False
        self._again = False

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Look at the day."""
        super().on_mount()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after whatever was done on another screen."""
        if self._day is not None:
            self.look_again()

    def on_vault_changed(self, _: VaultChanged) -> None:
        """A colleague saved something."""
        self.look_again()

    def look_again(self) -> None:
        """Collect the day in a thread; a wish that comes meanwhile is granted after it."""
        if self._looking:
            self._again = True
        else:
            self._looking = True
            self._look()

    @work
    async def _look(self) -> None:
        try:
            while True:
                self._again = False
                try:
                    self._day = await asyncio.to_thread(look, self.desk.register)
                except PesttuiError as error:
                    if self.app.screen is self:
                        self.fail(error)
                    return
                self.desk.names = self._day.names
                self._draw()
                if not self._again:
                    return
        finally:
            self._looking = False

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        day = self._day
        if day is None:
            return
        self.title_bar.main = self.tr("My day")
        self.title_bar.about = self.desk.register.school().name
        self.title_bar.right = f"{self.who_am_i()} · {self.words.weekday(day.today)}"
        rows = [*self._news_rows(day), *self._view_rows(day)]
        self._rows.show(rows)

    def _heading(self, *parts: tuple[str, str]) -> Row:
        columns = (*(Column(len(text)) for text, _ in parts), Column(0))
        return Row("", (*parts, ("", "text")), columns)

    def _blank(self) -> Row:
        return Row("", (("", "text"),), _HEAD)

    def _news_rows(self, day: Day) -> list[Row]:
        if self.desk.register.vault.trouble:
            trouble = self.tr("The file is damaged: you can read what lies before the damage, nothing is saved.")
            return [self._blank(), Row("", ((trouble, "late"),), _HEAD)]
        if not day.news:
            return [self._blank(), Row("", ((self.tr("Nothing new since you last looked."), "quiet"),), _HEAD)]
        rows = [self._blank(), self._heading((self.tr("New"), "heading"))]
        room = MOST_NEWS if self.size.height < 34 else 2 * MOST_NEWS
        rows += [self._news_row(item) for item in day.news[:room]]
        if len(day.news) > room:
            more = self.words.trn("and {count} more", "and {count} more", len(day.news) - room)
            rows.append(Row("", ((f"  {more}", "quiet"),), _HEAD))
        return rows

    def _news_row(self, item: News) -> Row:
        desk = self.desk
        when = self.words.moment(item.entered)
        author = desk.author(item.author)
        if item.note is not None:
            what = desk.text(item.note.note.facts)
        elif item.step is not None and item.case is not None:
            number = item.step.step
            title = next((v.step.title for v in item.case.progress.steps if v.step.number == number), "")
            what = f"{number} {title}: {self.tr(item.step.state.value)}"
        else:
            what = self.tr("case opened")
        if item.count > 1:
            what = f"{self.words.trn('{count} new', '{count} new', item.count)}, {what}"
        code = item.case.code if item.case else self.tr("note")
        key = f"news:case:{item.case.code}" if item.case else f"news:note:{item.note.id if item.note else ''}"
        cells = (
            (desk.glyphs.new, "key"),
            (code, "text" if item.case else "quiet"),
            (author, "meta"),
            (what, "text"),
            (when, "quiet"),
        )
        return Row(key, cells, _NEWS)

    def _view_rows(self, day: Day) -> list[Row]:
        counts = {"mine": len(day.mine), "all": len(day.cases), "notes": len(day.notes)}
        words = {"mine": self.tr("my cases"), "all": self.tr("all cases"), "notes": self.tr("loose notes")}
        parts = []
        for view in self.VIEWS:
            here = view == self._view
            sign = self.desk.glyphs.here if here else " "
            parts.append((f"{sign} {words[view]} {counts[view]} ", "strong" if here else "quiet"))
        rows = [self._blank(), self._heading(*parts)]
        if self._view == "notes":
            return rows + (self._note_rows(day) or [self._empty(self.tr("No loose notes. n jots one."))])
        cases = day.mine if self._view == "mine" else day.cases
        if not cases:
            return [*rows, self._empty(self.tr("No cases here. Open one from a note: Enter on the note, then z."))]
        head = (
            ("", "quiet"),
            (self.tr("case"), "quiet"),
            (self.tr("who"), "quiet"),
            (self.tr("group"), "quiet"),
            (self.tr("next step"), "quiet"),
            (self.tr("when"), "quiet"),
        )
        return [*rows, Row("", head, _CASES), *(self._case_row(known, day) for known in cases)]

    def _empty(self, text: str) -> Row:
        return Row("", ((text, "quiet"),), _HEAD)

    def _case_row(self, known: KnownCase, day: Day) -> Row:
        desk, following = self.desk, known.progress.next_step
        late = known.overdue(day.today)
        due, style = "", "quiet"
        if known.due:
            days = (day.today - known.due).days
            due = self.words.date(known.due)
            if late:
                due, style = self.words.trn("{count} day late", "{count} days late", days), "late"
            elif days == 0:
                due, style = self.tr("today"), "key"
        step = f"{following.step.number:>2} {following.step.title}" if following else self.tr("to be decided")
        cells = (
            (desk.glyphs.late if late else " ", "late"),
            (known.code, "text"),
            (desk.who(known), "strong" if known.mine else "text"),
            (desk.groups(known), "quiet"),
            (step, "text"),
            (due, style),
        )
        return Row(f"case:{known.code}", cells, _CASES)

    def _note_rows(self, day: Day) -> list[Row]:
        rows = []
        for known in day.notes:
            note = known.note
            cells = (
                (" ", "text"),
                (self.words.moment(note.happened), "quiet"),
                (self.desk.author(note.author), "meta"),
                (self.desk.text(note.facts), "text"),
                (note.place, "quiet"),
            )
            rows.append(Row(f"note:{known.id}", cells, _NOTES))
        return rows

    # --- commands ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Loose notes are for staff: outsiders write in the cases they are in."""
        vault = self.desk.register.vault
        return action != "note" or vault.directory.staff(vault.me.id)

    async def action_note(self) -> None:
        """Jot a note."""
        await self.app.push_screen(QuickNote(self.desk))

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.names_shown = not self.desk.names_shown
        self._draw()

    def action_view(self, step: int) -> None:
        """Go to the next or previous view."""
        at = (self.VIEWS.index(self._view) + step) % len(self.VIEWS)
        self._view = self.VIEWS[at]
        self._draw()
        if self._day:
            kind = "note" if self._view == "notes" else "case"
            first = next((row.key for row in self._view_rows(self._day) if row.key.startswith(f"{kind}:")), "")
            self._rows.go_to(first)

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._rows.action_choose()

    def action_school(self) -> None:
        """Go to groups, pupils and people."""
        self.app.push_screen(SchoolScreen(self.desk))

    def action_all_seen(self) -> None:
        """Let the loose notes no longer count as new."""
        self._mark_seen()

    @work
    async def _mark_seen(self) -> None:
        register = self.desk.register
        try:
            await asyncio.to_thread(register.mark_seen, LOOSE, register.now())
        except PesttuiError as error:
            self.fail(error)
        self.look_again()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        kind, _, ident = event.key.removeprefix("news:").partition(":")
        if self._day is None:
            return
        if kind == "case":
            self.app.push_screen(CaseScreen(self.desk, ident))
        else:
            note = next((item for item in self._notes() if item.id == ident), None)
            if note is not None:
                self.app.push_screen(NoteView(self.desk, note), self._go_on)

    def _go_on(self, code: object) -> None:
        """Open the case that a note now belongs to."""
        if isinstance(code, str):
            self.when_seen(lambda: self.app.push_screen(CaseScreen(self.desk, code)))

    def _notes(self) -> list[KnownNote]:
        day = self._day
        if day is None:
            return []
        return [*day.notes, *(item.note for item in day.news if item.note is not None)]
