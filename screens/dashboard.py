"""Mijn dag: what needs me now, then the cases with their next step, or the loose notes."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from data.errors import N_, PesttuiError
from data.model import StepRecord
from data.register import KnownCase, KnownNote
from data.register.agenda import Due
from data.register.day import Day, News, look
from data.register.search import Search
from data.register.session import LOOSE
from data.vault.typing import LeftBehind

from .about import AboutScreen
from .base import DeskScreen
from .case import CaseScreen
from .case_words import due_words, next_words
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .messages import VaultChanged
from .note_view import NoteView
from .open_case import OpenCase
from .overview import Overview
from .preview import case_preview, note_preview
from .quick_note import QuickNote
from .school import SchoolScreen
from .settings import SettingsForm
from .unfinished import left_words, reopen
from .widgets import Column, Row, RowList

MOST_NOW = 6
"""How many lines of what needs me stand above the cases at 24 lines; more are counted."""

REST = 0.1
"""Seconds after which the cursor is taken to rest on a row."""

FILTERS = (
    ("mine", N_("mine")),
    ("attention", N_("attention")),
    ("all", N_("all")),
    ("closed", N_("closed")),
    ("notes", N_("notes")),
)
"""What can stand below, with its word; the number of its place chooses it."""

_NOW = (Column(1), Column(7), Column(15), Column(0), Column(16, right=True))
_LEFT = (Column(1), Column(0), Column(16, right=True))
_DUE = (Column(1), Column(7), Column(22), Column(0), Column(12, right=True))
_CASES = (Column(1), Column(7), Column(0), Column(5), Column(22), Column(12, right=True))
_NOTES = (Column(1), Column(12), Column(15), Column(0), Column(9, right=True))
_HEAD = (Column(0),)


class Dashboard(DeskScreen):
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
        Command("about", "p", N_("Protocol"), N_("About the protocol: steps, roles, dates, rules"), foot=False),
        Command("school", "s", N_("School"), N_("Groups, pupils and people"), foot=False),
        Command("settings", "i", N_("Settings"), N_("Your own settings"), foot=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action != "open"])

    HELP = N_(
        "Above stands what needs you now: what you were typing when the line dropped, what is late or due today, and "
        "what colleagues wrote. Below are the cases; left and right, or 1 to 5, choose mine, those that need "
        "attention, all, closed, or loose notes. Children are shown by initials until you press v."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="day")
        self._preview = Static("", id="preview-text", markup=False)
        self._beside = VerticalScroll(self._preview, id="preview")
        self._beside.can_focus = False
        self._search = quiet_input(id="search", placeholder=self.tr("search: name, code, place, word"), max_length=60)
        self._search.onward = False
        self._day: Day | None = None
        self._left: list[LeftBehind] = []
        wished = desk.register.settings().filter
        self._filter = wished if wished in dict(FILTERS) else FILTERS[0][0]
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
                if self.desk.typing is not None:
                    self._left = await asyncio.to_thread(self.desk.typing.left_behind)
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
        self._rows.show([*self._now_rows(day), *self._below(day)])
        self._draw_preview()

    def _heading(self, *parts: tuple[str, str]) -> Row:
        columns = (*(Column(len(text)) for text, _ in parts), Column(0))
        return Row("", (*parts, ("", "text")), columns)

    def _said(self, text: str, style: str = "quiet") -> Row:
        return Row("", ((text, style),), _HEAD)

    def _now_rows(self, day: Day) -> list[Row]:
        blank = self._said("", "text")
        found = [self._left_row(left) for left in self._left]
        if self.desk.register.vault.trouble:
            trouble = self.tr("The file is damaged: you can read what lies before the damage, nothing is saved.")
            return [blank, *found, self._said(trouble, "late")]
        found += [self._due_row(due, day) for due in day.due]
        found += [self._news_row(item) for item in day.news]
        if not found:
            return [blank, self._said(self.tr("Nothing needs you now."))]
        room = MOST_NOW if self.size.height < 34 else 2 * MOST_NOW
        rows = [blank, self._heading((self.tr("Now"), "heading")), *found[:room]]
        if len(found) > room:
            rows.append(self._said(f"  {self.words.trn('and {count} more', 'and {count} more', len(found) - room)}"))
        return rows

    def _left_row(self, left: LeftBehind) -> Row:
        what, place, when = left_words(self.desk, left)
        busy = self.tr("You were busy with {what}", what=what)
        text = " · ".join(filter(None, (busy, place, self.tr("not saved"))))
        cells = ((self.desk.glyphs.left, "key"), (text, "strong"), (when, "quiet"))
        return Row(f"left:{left.name}", cells, _LEFT)

    def _due_row(self, due: Due, day: Day) -> Row:
        late = due.overdue(day.today)
        what = self.tr("look again") if due.kind == "again" else f"{due.step} {due.title}"
        cells = (
            (self.desk.glyphs.late if late else self.desk.glyphs.new, "late" if late else "key"),
            (due.case.code, "text"),
            (self.desk.who(due.case), "strong"),
            (what, "text"),
            due_words(self.desk, due.case, day.today),
        )
        return Row(f"due:{due.case.code}", cells, _DUE)

    def _news_row(self, item: News) -> Row:
        desk = self.desk
        if item.note is not None:
            what = desk.text(item.note.note.facts)
        elif item.said is not None and item.case is not None:
            what = self._said_words(item)
        else:
            what = self.tr("case opened")
        if item.count > 1:
            what = f"{self.words.trn('{count} new', '{count} new', item.count)}, {what}"
        code = item.case.code if item.case else self.tr("note")
        key = f"news:{item.case.code}" if item.case else f"note:{item.note.id if item.note else ''}:new"
        cells = (
            (desk.glyphs.new, "meta"),
            (code, "text" if item.case else "quiet"),
            (desk.author(item.author), "meta"),
            (what, "text"),
            (self.words.moment(item.entered), "quiet"),
        )
        return Row(key, cells, _NOW)

    def _said_words(self, item: News) -> str:
        """Return what a colleague did in a case: a step, or a decision."""
        said = item.said
        assert said is not None and item.case is not None
        if isinstance(said, StepRecord):
            steps = item.case.progress.steps
            title = next((view.step.title for view in steps if view.step.number == said.step), "")
            return f"{said.step} {title}: {self.tr(said.state.value)}"
        return f"{self.tr(said.kind.value)}: {self.desk.text(said.text or said.advice)}"

    def _below(self, day: Day) -> list[Row]:
        """Return the filters and what the chosen one holds."""
        wanted = Search(self.desk.register, day.names, self._search.value)
        cases = {name: [known for known in day.chosen(name) if wanted.case(known)] for name, _ in FILTERS[:-1]}
        notes = [known for known in day.notes if wanted.note(known)]
        parts = []
        for name, word in FILTERS:
            here = name == self._filter
            count = len(notes) if name == "notes" else len(cases[name])
            sign = self.desk.glyphs.here if here else " "
            parts.append((f"{sign}{self.tr(word)} {count} ", "strong" if here else "quiet"))
        rows = [self._said("", "text"), self._heading(*parts)]
        if self._filter == "notes":
            self.desk.codes = ()
            return rows + ([self._note_row(known) for known in notes] or [self._empty()])
        chosen = cases[self._filter]
        self.desk.codes = tuple(known.code for known in chosen)
        if not chosen:
            return [*rows, self._empty()]
        tr = self.tr
        head = ("", tr("case"), tr("who"), tr("group"), tr("next step"), tr("when"))
        columns = tuple((word, "quiet") for word in head)
        return [*rows, Row("", columns, _CASES), *(self._case_row(known, day) for known in chosen)]

    def _empty(self) -> Row:
        if self._search.value.strip():
            return self._said(self.tr("Nothing here fits what you search. Esc shows all again."))
        return self._said(
            {
                "mine": self.tr("No cases of yours. z opens one; n jots a note first."),
                "attention": self.tr("No case asks for attention."),
                "all": self.tr("No open cases. z opens one; n jots a note first."),
                "closed": self.tr("No closed cases. In a case, c closes it."),
                "notes": self.tr("No loose notes. n jots one."),
            }[self._filter]
        )

    def _case_row(self, known: KnownCase, day: Day) -> Row:
        desk, late = self.desk, known.overdue(day.today)
        sign = (desk.glyphs.late, "late") if late else (desk.glyphs.lacking, "key")
        cells = (
            sign if late or "missing" in known.attention(day.today) else (" ", "text"),
            (known.code, "text"),
            (desk.who(known), "strong" if known.mine else "text"),
            (desk.groups(known), "quiet"),
            (next_words(desk, known), "text"),
            due_words(desk, known, day.today),
        )
        return Row(f"case:{known.code}", cells, _CASES)

    def _note_row(self, known: KnownNote) -> Row:
        note = known.note
        cells = (
            (" ", "text"),
            (self.words.moment(note.happened), "quiet"),
            (self.desk.author(note.author), "meta"),
            (self.desk.text(note.facts), "text"),
            (note.place, "quiet"),
        )
        return Row(f"note:{known.id}", cells, _NOTES)

    # --- preview -------------------------------------------------------------------------------------------

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._draw_preview()

    def _draw_preview(self) -> None:
        """Say more of what the cursor is on, where there is room."""
        day = self._day
        if day is None or not self._beside.display or self.size.width < 100:
            return
        case, note = self._case_here(), self._note_here()
        self.workers.cancel_group(self, "preview")
        if case is not None:
            self._preview_case(case)
        elif note is not None:
            self._preview.update(note_preview(self.desk, note))
        else:
            self._preview.update(Content(""))
        self._beside.scroll_home(animate=False)

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
        self._preview.update(case_preview(self.desk, self.desk.register.now().date(), case, notes))

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: another number of lines fits."""
        self.call_after_refresh(self._draw)

    def _case_here(self) -> KnownCase | None:
        """Return the case the cursor is on."""
        kind, _, ident = self._rows.key.partition(":")
        if self._day is None or kind not in ("case", "due", "news"):
            return None
        return next((known for known in self._day.cases if known.code == ident), None)

    def _note_here(self) -> KnownNote | None:
        """Return the note the cursor is on."""
        kind, _, ident = self._rows.key.partition(":")
        if self._day is None or kind != "note":
            return None
        day, ident = self._day, ident.removesuffix(":new")
        notes = (*day.notes, *(item.note for item in day.news if item.note is not None))
        return next((known for known in notes if known.id == ident), None)

    # --- commands ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Loose notes and new cases are for staff: outsiders write in the cases they are in."""
        vault = self.desk.register.vault
        return action not in ("note", "case") or vault.directory.staff(vault.me.id)

    async def action_note(self) -> None:
        """Jot a note."""
        if self._search.has_focus:
            self._search.insert_text_at_cursor("n")  # a search is typed: the note's key is a letter here
        else:
            await self.app.push_screen(QuickNote(self.desk))

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.names_shown = not self.desk.names_shown
        self._draw()

    def action_filter(self, step: int) -> None:
        """Go to the next or previous filter."""
        names = [name for name, _ in FILTERS]
        self._choose_filter(names[(names.index(self._filter) + step) % len(names)])

    def _choose_filter(self, name: str) -> None:
        self._filter = name
        self._draw()
        if self._day:
            kind = "note" if name == "notes" else "case"
            first = next((row.key for row in self._below(self._day) if row.key.startswith(f"{kind}:")), "")
            self._rows.go_to(first)

    def on_key(self, event: events.Key) -> None:
        """Let the number of its place choose a filter, and Escape end a search."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(FILTERS) and not self._search.has_focus:
            event.stop()
            self._choose_filter(FILTERS[int(event.key) - 1][0])
        elif event.key == "escape" and self._search.display:
            event.stop()
            self._search.value = ""
            self._search.display = False
            self._rows.focus()
        elif event.key in ("up", "down") and self._search.has_focus:
            event.stop()
            self._rows.focus()
            self._rows.action_move(1 if event.key == "down" else -1)

    def action_search(self) -> None:
        """Search as one types."""
        self._search.display = True
        self._search.focus()

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self._draw()
        if self._search.value.strip() and self._day:
            first = next((row.key for row in self._below(self._day) if row.key), "")
            self._rows.go_to(first)

    @on(Input.Submitted, "#search")
    def _search_done(self) -> None:
        self._rows.focus()

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._rows.action_choose()

    def action_case(self) -> None:
        """Open a new case, from the note under the cursor if there is one."""
        note = self._note_here()
        self.app.push_screen(OpenCase(self.desk, [note] if note else []), self._go_on)

    def action_overview(self) -> None:
        """See the case under the cursor on one screen."""
        case = self._case_here()
        if case is not None:
            self.app.push_screen(Overview(self.desk, case.code))

    def action_school(self) -> None:
        """Go to groups, pupils and people."""
        self.app.push_screen(SchoolScreen(self.desk))

    def action_about(self) -> None:
        """Read about the protocol."""
        self.app.push_screen(AboutScreen(self.desk))

    def action_settings(self) -> None:
        """Change one's own settings."""
        self.app.push_screen(SettingsForm(self.desk))

    def action_all_seen(self) -> None:
        """Let the loose notes no longer count as new."""
        self._mark_seen()

    @work
    async def _mark_seen(self) -> None:
        register = self.desk.register
        try:
            await asyncio.to_thread(register.mark_seen, register.now(), LOOSE)
        except PesttuiError as error:
            self.fail(error)
        self.look_again()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        kind, _, ident = event.key.partition(":")
        case, note = self._case_here(), self._note_here()
        if kind == "left":
            self._reopen(ident)
        elif case is not None:
            self.app.push_screen(CaseScreen(self.desk, case.code))
        elif note is not None:
            self.app.push_screen(NoteView(self.desk, note), self._go_on)

    @work
    async def _reopen(self, name: str) -> None:
        """Go on with what was being typed when a session ended."""
        left = next((found for found in self._left if found.name == name), None)
        if left is not None and not await reopen(self, left):
            self.tell(self.tr("Another window of yours was quicker: it has this text."))
            self.look_again()

    def _go_on(self, code: object) -> None:
        """Open the case that a note now belongs to."""
        if isinstance(code, str):
            self.when_seen(lambda: self.app.push_screen(CaseScreen(self.desk, code)))
