"""One pattern: every figure opens exactly its notes; from here a case, or a reason why none is needed."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, NotAllowed, PesttuiError
from data.register import KnownNote, KnownPattern, Window

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .note_view import NoteView
from .note_words import note_row
from .open_case import OpenCase
from .pattern_words import ADVICE_SAID, Line, lines, sides, weighed, who
from .preview import Preview, note_preview
from .text import folded, safe
from .weigh_form import WeighForm
from .widgets import Column, Prose, Row, RowList

_LINE = (Column(12), Column(4, right=True), Column(0))

HISTORY_ROWS = 3
"""On how many lines the last reason is shown: it is meant to be a sentence."""


def window_words(desk: Desk, window: Window) -> str:
    """Return since when is looked."""
    since = desk.words.date(desk.register.patterns.since(window))
    return desk.tr("since {date}", date=since)


def row_of(key: str, line: Line) -> Row:
    """Return a line about a pattern as a row; the cursor stops where it opens something."""
    opens = line.notes or line.case
    cells = ((line.label, "quiet"), (line.mark, line.style if opens else "quiet"), (line.text, line.style))
    return Row(key if opens else "", cells, _LINE)


def take_names(desk: Desk, patterns: Iterable[KnownPattern]) -> None:
    """Know the names of everybody in these notes, who left the school too. Reads: not for the screen's own thread."""
    listed = {known.id: known.name for known in desk.register.pupils.all()}
    for known in patterns:
        for note in known.notes.values():
            for participant in note.note.pupils:
                if participant.pupil not in listed and (pupil := desk.register.pupils.get(participant.pupil)):
                    listed[participant.pupil] = pupil.name
    desk.names = {**desk.names, **listed}


class PatternView(DeskScreen):
    """What the notes about a pair show together, or those about several towards one."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("open", "enter", N_("Its notes"), N_("Open the notes that this line counts")),
        Command("case", "z", N_("Case"), N_("Open a case with these notes, or go to the one there is")),
        Command("weigh", "x", N_("Weigh"), N_("Say why nothing follows from it, until something new comes")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_(
        "What notes about the same children show together. Every line opens exactly the notes it counts. The signs "
        "are the criteria of the protocol: a tick where notes show it, a dash where they do not, a question mark where "
        "you have to ask. z opens a case with these notes. x says why nothing follows from it now: it comes back as "
        "soon as there is one more note."
    )

    def __init__(self, desk: Desk, known: KnownPattern, window: Window = Window.WEEKS) -> None:
        super().__init__(desk)
        self._known = known
        self._window = window
        self._lines: dict[str, Line] = {}
        self._head = Prose(id="advice")
        self._rows = RowList(id="figures")
        self._beside = Preview()

    def compose_body(self) -> Iterable[Widget]:
        """Advice above, figures below, and where there is room the notes of a figure."""
        with Horizontal(id="today"):
            with Vertical(id="pattern"):
                yield self._head
                yield self._rows
            yield self._beside

    def on_mount(self) -> None:
        """Show what is known, and look whether there is more."""
        super().on_mount()
        self.title_bar.main = self.tr("Pattern")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self._draw()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after whatever was done on another screen."""
        super().on_screen_resume()
        self._draw()
        self.look_again()

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: lines are folded to the width."""
        self.call_after_refresh(self._draw)

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw. What is no pattern any more stays as it was when it was opened."""
        register = self.desk.register
        try:
            self._known = await asyncio.to_thread(register.patterns.get, self._known.key, self._window)
            await asyncio.to_thread(take_names, self.desk, [self._known])
        except NotAllowed:
            return
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self._draw()

    # --- drawing -----------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        known, desk = self._known, self.desk
        self.title_bar.about = f"{who(desk, known.pattern)} · {window_words(desk, self._window)}"
        counted = self.tr("Counted from the notes that you can read. What it is, people decide.")
        parts = [safe(self.tr(ADVICE_SAID[known.advice]), "bold $key"), safe(counted, "$quiet")]
        if known.weighed:
            width = max(20, self._rows.size.width - 2)
            parts += folded(safe(weighed(desk, known.weighed[0]), "$meta"), width, HISTORY_ROWS)
        self._head.update(Content("\n").join(parts))
        self._lines = {f"{at}:{line.label}": line for at, line in enumerate(lines(desk, known))}
        self._rows.show([row_of(key, line) for key, line in self._lines.items()])
        self._draw_preview()

    @on(RowList.Moved)
    def _draw_preview(self) -> None:
        """Show the notes of the figure under the cursor, where there is room."""
        if self.size.width < 100:
            return
        line = self._lines.get(self._rows.key)
        parts = list[Content]()
        for note in self._known.of(line.notes if line else ()):
            parts += [note_preview(self.desk, note, short=True), Content("")]
        self._beside.show(Content("\n").join(parts))

    # --- commands ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Staff weighs patterns and opens cases."""
        return action not in ("case", "weigh") or self.desk.register.patterns.writes

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        line = self._lines.get(event.key)
        if line is not None and line.case:
            self.app.push_screen(CaseScreen(self.desk, line.case))
        elif line is not None:
            about = who(self.desk, self._known.pattern)
            self.app.push_screen(NotesOf(self.desk, self._known.of(line.notes), line.text, about), self._go_on)

    def action_case(self) -> None:
        """Open a case with these notes, or go to the one that has them."""
        if self._known.inside:
            self.leave(self._known.inside)
        elif self._known.cases:
            self._ask_which(self._known.cases[0])
        else:
            self._open_case()

    def _open_case(self) -> None:
        pattern = self._known.pattern
        notes = self._known.of(pattern.ids)
        self.app.push_screen(OpenCase(self.desk, notes, sides=sides(pattern)), self._go_on)

    @work
    async def _ask_which(self, code: str) -> None:
        question = self.tr("Case {code} has some of these notes already. Go there, or open another case?", code=code)
        answers = (("go", "F2", self.tr("Go there")), ("new", "n", self.tr("Another")), ("", "esc", self.tr("Back")))
        answer = await self.app.push_screen_wait(Ask(question, answers))
        if answer == "go":
            self.leave(code)
        elif answer == "new":
            self._open_case()

    def _go_on(self, code: object) -> None:
        """Leave with the case that its notes are in now."""
        if code:
            self.leave(code)

    def action_weigh(self) -> None:
        """Ask for a reason."""
        self.app.push_screen(WeighForm(self.desk, self._known, self._window), self._weighed)

    def _weighed(self, done: object) -> None:
        if done:
            self.leave(None)

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)


class NotesOf(DeskScreen):
    """The notes of one figure, no more and no less."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("open", "enter", N_("Read"), N_("Read the note under the cursor")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to the pattern")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_("The notes that a line of the pattern counts. Enter opens one.")

    def __init__(self, desk: Desk, notes: Sequence[KnownNote], what: str, about: str) -> None:
        super().__init__(desk)
        self._notes = {known.id: known for known in notes}
        self._what = what
        self._about = about
        self._rows = RowList(id="notes-of")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Draw it."""
        super().on_mount()
        count = self.words.trn("{count} note", "{count} notes", len(self._notes))
        self.title_bar.main = count
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self._draw()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    def _draw(self) -> None:
        self.title_bar.about = f"{self._what} · {self._about}"
        self._rows.show([note_row(self.desk, known) for known in self._notes.values()])

    def action_open(self) -> None:
        """Read the note under the cursor."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        known = self._notes[event.key]
        view = CaseNoteView if known.case else NoteView
        self.app.push_screen(view(self.desk, known), self._go_on)

    def _go_on(self, code: object) -> None:
        """Leave with the case that a note now belongs to."""
        if code:
            self.leave(code)

    def action_back(self) -> None:
        """Back to the pattern."""
        self.leave(None)


class CaseNoteView(NoteView):
    """A note that is in a case: from here one goes to that case, and opens no other."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("case", "z", N_("Case"), N_("Go to the case that this note is in")),
        *(command for command in NoteView.HERE if command.action not in ("case", "add")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[:1])

    HELP = N_("A note of a case, as it was written. z goes to the case.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """It is in a case already, and leads there."""
        return action == "case" or (action != "add" and super().check_action(action, parameters))

    def action_case(self) -> None:
        """Go to its case."""
        self.leave(self._known.case)
