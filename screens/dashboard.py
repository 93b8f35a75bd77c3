"""Mijn dag: what needs me now, then the cases with their next step, or the loose notes."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from data.errors import N_, PesttuiError
from data.register import KnownCase, KnownNote, KnownPattern
from data.register.day import Day, look
from data.register.session import LOOSE
from data.vault.typing import LeftBehind

from .agreed_view import AgreedView
from .base import EVERYWHERE
from .case import CaseScreen
from .commands import Command, bindings
from .day_rows import FILTERS, FOLDED, WAYS_LINES, DayRows, case_at, note_at, pattern_at
from .desk import Desk
from .dialogs import Ask
from .fields import quiet_input
from .members import MembersScreen
from .note_again import note_again
from .note_view import NoteView, PrivateNoteView
from .open_case import OpenCase
from .overview import Overview
from .pattern_view import PatternView
from .preview import Preview, case_preview, note_preview, pattern_preview
from .question import QuestionView
from .quick_note import QuickNote
from .unfinished import reopen
from .ways import Ways
from .widgets import Column, Row, RowList

NARROW = 70
"""Below how many columns the groups of cases are left out."""

REST = 0.1
"""Seconds after which the cursor is taken to rest on a row."""


class Dashboard(Ways):
    """The first thing one sees. One list: what needs me above, cases or loose notes below."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("note", "n", N_("Note"), N_("Jot a note"), priority=True),
        Command("open", "enter", N_("Open"), N_("Open what the cursor is on")),
        Command("case", "z", N_("Case"), N_("Open a new case, from the note under the cursor if there is one")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("overview", "o", N_("Overview"), N_("The whole case on one screen, to consult with"), foot=False),
        Command("search", "slash", N_("Search"), N_("Search cases and notes as you type"), foot=False),
        Command(
            "filter(1)", "right,tab", N_("Next"), N_("Next filter: mine, attention, all, closed, notes"), foot=False
        ),
        Command("filter(-1)", "left,shift+tab", N_("Previous"), N_("Previous filter"), foot=False),
        Command("all_seen", "x", N_("Seen"), N_("All loose notes seen"), foot=False),
        *Ways.WAYS,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action != "open"])

    WHILE_SEARCHING: ClassVar[tuple[Command, ...]] = (
        Command("found", "enter", N_("To the list"), N_("To what was found")),
        Command("filter(1)", "tab", N_("Filter"), N_("Next filter: mine, attention, all, closed, notes")),
        Command("end_search", "escape", N_("Show all"), N_("End the search")),
    )
    """What stands at the foot while a search is typed: letters are no commands then."""

    HELP = N_(
        "Above stands what needs you now: what you were typing when the line dropped, what is late or due today, and "
        "what colleagues wrote; Enter on “and … more” shows the rest. Below are the cases; left and right, or 1 to 5, "
        "choose mine, those that need attention, all, closed, or loose notes. Children are shown by initials until "
        "you press v."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="day")
        self._beside = Preview()
        self._search = quiet_input(id="search", placeholder=self.tr("search: name, code, place, word"), max_length=60)
        self._search.onward = self._search.tabs = False
        self._day: Day | None = None
        self._left: list[LeftBehind] = []
        wished = desk.register.settings().filter
        self._filter = wished if wished in dict(FILTERS) else FILTERS[0][0]
        self._before_search = self._filter
        self._unfolded: set[str] = set()
        self._looking = False
        self._again = False

    def compose_body(self) -> Iterable[Widget]:
        """One list, a preview where there is room, and a field that appears for searching."""
        with Horizontal(id="today"):
            yield self._rows
            yield self._beside
        yield self._search

    def on_mount(self) -> None:
        """Look at the day."""
        super().on_mount()
        self._search.display = False
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after whatever was done on another screen."""
        super().on_screen_resume()
        if self._day is not None:
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
                    day = await asyncio.to_thread(look, self.desk.register)
                except PesttuiError as error:
                    self.fail_if_seen(error)
                    return
                if self.desk.typing is not None:
                    self._left = await asyncio.to_thread(self.desk.typing.left_behind)
                # Only now, and whole: a resize that draws in between would put the cursor on another row.
                self._day = day
                self.desk.names = day.names
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
        drawn = self._drawn(day)
        lines = self._rows.size.height or self.size.height - 2
        rows = [*drawn.now(self._left, lines, self._unfolded), *drawn.below()]
        self._rows.show([*rows, *self._ways_below(lines - len(rows))])
        self._draw_preview()

    def _ways_below(self, room: int) -> list[Row]:
        """Return where else one can go from here, at the end of the room that is left; nothing where there is none."""
        if room < WAYS_LINES or self._search.display:
            return []
        blank = Row("", (("", "text"),), (Column(0),))
        return [*[blank] * (room - 2), self.ways((self._rows.size.width or self.size.width) - 2), blank]

    def _drawn(self, day: Day) -> DayRows:
        return DayRows(self.desk, day, self._filter, self._search.value, narrow=self.size.width < NARROW)

    def _first_below(self) -> str:
        """Return the key of the first row that the chosen filter shows."""
        return next((row.key for row in self._drawn(self._day).below() if row.key), "") if self._day else ""

    def before_leaving(self) -> None:
        """Let next and previous go by the list as it stands here now: it is put in another order as one works."""
        if self._day is not None:
            self.desk.codes = self._drawn(self._day).codes

    # --- preview -------------------------------------------------------------------------------------------

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._draw_preview()

    def _draw_preview(self) -> None:
        """Say more of what the cursor is on, where there is room."""
        day = self._day
        if day is None or not self._beside.display or self.size.width < 100:
            return
        case, note, pattern = self._case_here(), self._note_here(), self._pattern_here()
        self.workers.cancel_group(self, "preview")
        if pattern is not None:
            self._beside.show(pattern_preview(self.desk, pattern))
        elif case is not None:
            self._preview_case(case)
        elif note is not None:
            self._beside.show(note_preview(self.desk, note))
        else:
            self._beside.show(Content(""))

    @work(exclusive=True, group="preview")
    async def _preview_case(self, case: KnownCase) -> None:
        """Read a case's notes, once the cursor rests on it."""
        await asyncio.sleep(REST)
        try:
            notes = await asyncio.to_thread(self.desk.register.notes.of_case, case.code)
            await asyncio.to_thread(lambda: case.progress)
        except PesttuiError as error:
            self.fail(error)
            return
        self._beside.show(case_preview(self.desk, self.desk.register.now().date(), case, notes))

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: another number of lines fits."""
        self.call_after_refresh(self._draw)

    def _case_here(self) -> KnownCase | None:
        """Return the case the cursor is on."""
        return case_at(self._day, self._rows.key) if self._day else None

    def _note_here(self) -> KnownNote | None:
        """Return the note the cursor is on."""
        return note_at(self._day, self._rows.key) if self._day else None

    def _pattern_here(self) -> KnownPattern | None:
        """Return the pattern the cursor is on."""
        return pattern_at(self._day, self._rows.key) if self._day else None

    # --- commands ------------------------------------------------------------------------------------------

    def at_foot(self) -> list[Command]:
        """Return what works where the cursor is."""
        found = super().at_foot()
        if self._search.has_focus:
            return [*self.WHILE_SEARCHING, *(command for command in EVERYWHERE if command.foot)]
        if self._search.display:
            return [self.WHILE_SEARCHING[-1] if command.action == "names" else command for command in found]
        return found

    def on_descendant_focus(self) -> None:
        """Say what works here."""
        self.show_keys()

    async def action_note(self) -> None:
        """Jot a note."""
        if self._search.has_focus:
            self._search.insert_text_at_cursor("n")  # a search is typed: the note's key is a letter here
        else:
            await self.app.push_screen(QuickNote(self.desk))

    def action_filter(self, step: int) -> None:
        """Go to the next or previous filter."""
        names = [name for name, _ in FILTERS]
        self._choose_filter(names[(names.index(self._filter) + step) % len(names)])

    def _choose_filter(self, name: str) -> None:
        self._filter = name
        self._draw()
        self._rows.go_to(self._first_below())

    def on_key(self, event: events.Key) -> None:
        """Let the number of its place choose a filter, and Escape end a search."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(FILTERS) and not self._search.has_focus:
            event.stop()
            self._choose_filter(FILTERS[int(event.key) - 1][0])
        elif event.key == "escape" and self._search.display:
            event.stop()
            self.action_end_search()
        elif event.key == "escape" and self._unfolded:
            event.stop()
            self._unfolded.clear()
            self._draw()
        elif event.key in ("up", "down") and self._search.has_focus:
            event.stop()
            self._rows.focus()
            self._rows.action_move(1 if event.key == "down" else -1)

    def action_search(self) -> None:
        """Search as one types."""
        if not self._search.display:
            self._before_search = self._filter
        self._search.display = True
        self._search.focus()

    def action_end_search(self) -> None:
        """Show all again, with the filter from before the search."""
        if self._search.display:
            self._filter = self._before_search
            self._search.value = ""
            self._search.display = False
            self._draw()
            self._rows.focus()
            self.show_keys()

    def action_found(self) -> None:
        """Go to what was found."""
        self._rows.focus()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        """Show what fits; where the filter hides all of it, turn to the first one that does not."""
        if self._day is not None and self._search.value.strip():
            self._filter = self._drawn(self._day).with_hits() or self._filter
        self._draw()
        if self._search.value.strip():
            self._rows.go_to(self._first_below())

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self.action_found()

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._rows.action_choose()

    def action_case(self) -> None:
        """Open a new case, from the note under the cursor if there is one."""
        note = self._note_here()
        shared = note is not None and not note.note.private
        self.app.push_screen(OpenCase(self.desk, [note] if note and shared else []), self.after_question)

    def action_overview(self) -> None:
        """See the case under the cursor on one screen."""
        case = self._case_here()
        if case is not None:
            self.before_leaving()
            self.app.push_screen(Overview(self.desk, case.code))

    def action_all_seen(self) -> None:
        """Let the loose notes no longer count as new, after asking: what is marked is easily never read."""
        new = [item for item in self._day.news if item.case is None] if self._day else []
        if new:
            self._ask_and_mark(len(new), max(item.entered for item in new))
        else:
            self.tell(self.tr("No loose note is new."))

    @work
    async def _ask_and_mark(self, count: int, until: datetime) -> None:
        """Mark what was there when it was asked; what colleagues write meanwhile stays new."""
        question = self.words.trn(
            "{count} loose note is new. Mark it as seen?", "{count} loose notes are new. Mark them as seen?", count
        )
        answers = (("seen", "F2", self.tr("Seen")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) != "seen":
            return
        try:
            await asyncio.to_thread(self.desk.register.mark_seen, until, LOOSE)
        except PesttuiError as error:
            self.fail(error)
        self.look_again()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        kind, _, ident = event.key.partition(":")
        case, note = self._case_here(), self._note_here()
        self.before_leaving()
        if kind == "left":
            self._reopen(ident)
        elif kind == FOLDED:
            self._unfolded.add(ident)
            self._draw()
        elif kind == "offer" and case is not None:
            self.app.push_screen(MembersScreen(self.desk, case))
        elif kind in (places := self._places()):
            places[kind]()
        elif (pattern := self._pattern_here()) is not None:
            self.app.push_screen(PatternView(self.desk, pattern), self.after_question)
        elif kind == "question" and self._day is not None:
            known = next(known for known in self._day.questions if known.id == ident)
            self.app.push_screen(QuestionView(self.desk, known), self.after_question)
        elif case is not None:
            self.app.push_screen(CaseScreen(self.desk, case.code))
        elif note is not None and event.key.endswith(":concept"):
            self._complete(note)
        elif note is not None:
            view = PrivateNoteView if note.note.private else NoteView
            self.app.push_screen(view(self.desk, note), self.after_question)

    def _places(self) -> dict[str, Callable[[], object]]:
        """Return what a line that counts opens, by its kind."""
        return {
            "queue": self.action_queue,
            "counsel": self.action_counsel,
            "incidents": self.action_incidents,
            "agreed": lambda: self.app.push_screen(AgreedView(self.desk)),
        }

    @work
    async def _complete(self, note: KnownNote) -> None:
        """Go on with a concept."""
        try:
            form = await note_again(self.desk, note)
        except PesttuiError as error:
            self.fail(error)
            return
        self.when_seen(lambda: self.app.push_screen(form))

    @work
    async def _reopen(self, name: str) -> None:
        """Go on with what was being typed when a session ended."""
        left = next((found for found in self._left if found.name == name), None)
        if left is not None and not await reopen(self, left):
            self.tell(self.tr("Another window of yours was quicker: it has this text."))
            self.look_again()

    def after_question(self, code: object) -> None:
        """Open the case that a note now belongs to."""
        if isinstance(code, str):
            self.before_leaving()
            self.when_seen(lambda: self.app.push_screen(CaseScreen(self.desk, code)))
