"""The register of incidents: what was decided to be one, how far each is, and what is still to be done."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.model import School
from data.register import KnownIncident, KnownNote
from data.register.day import LOOK_BACK_DAYS
from data.register.pupils import school_year

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .incident_view import IncidentView, decide
from .incident_words import short_marks, who
from .note_settings import note_settings
from .note_words import note_row
from .pick import PickList
from .widgets import Column, Row, RowList

WIDE, MEDIUM = 110, 76
"""From how many columns on there is room for the time and the case, and for the place and all marks."""

FILTERS = (
    ("mine", N_("mine")),
    ("all", N_("all")),
    ("untold", N_("parents?")),
    ("unentered", N_("ParnasSys?")),
    ("grave", N_("serious")),
    ("year", N_("this year")),
)
"""What the list can show, with its word; the number of its place chooses it."""

_NARROW = (Column(1), Column(6), Column(13), Column(15), Column(8))
_WIDE = (Column(1), Column(12), Column(16), Column(30), Column(12), Column(7))
_SMALL = (Column(1), Column(6), Column(13), Column(0))
_HEAD = (Column(0),)


class IncidentsScreen(DeskScreen):
    """Every incident this person can read, or those of one case."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("open", "enter", N_("Open"), N_("Open the incident under the cursor")),
        Command("decide", "a", N_("New"), N_("Decide that a note is an incident: choose the note")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command(
            "template", "s", N_("Template"), N_("The school's text for ParnasSys, and the duty to report"), foot=False
        ),
        Command("filter(1)", "right,tab", N_("Next"), N_("Next filter"), foot=False),
        Command("filter(-1)", "left,shift+tab", N_("Previous"), N_("Previous filter"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action != "open"])

    HELP = N_(
        "A note becomes an incident when somebody decides so, with e on the note or with a here. A question mark is "
        "still to be done: parents to tell, a text to put into ParnasSys. Left and right, or the numbers, choose what "
        "the list shows: mine, all, parents not told, not in ParnasSys, serious, this school year."
    )

    def __init__(self, desk: Desk, code: str = "") -> None:
        """`code`: the case whose incidents are shown; empty: all that one can read."""
        super().__init__(desk)
        self._code = code
        self._filter = "all" if code else "mine"
        self._chosen_once = bool(code)
        self._rows = RowList(id="incidents")
        self._found: list[KnownIncident] = []

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Read them."""
        super().on_mount()
        self.title_bar.main = self.tr("Incidents")
        self.title_bar.about = self._code
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        self.look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Staff decides; stewards write the template."""
        register = self.desk.register
        if action == "template":
            return register.vault.me.steward and not self._code
        return action != "decide" or register.incidents.writes

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        incidents = self.desk.register.incidents
        try:
            read = incidents.all if not self._code else lambda: incidents.of_case(self._code)
            found = await asyncio.to_thread(read)
            pupils = {one.pupil for known in found for one in known.record.pupils} - self.desk.names.keys()
            names = await asyncio.to_thread(incidents.names, pupils, self._code)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self.desk.names = {**names, **self.desk.names}
        self._found = [known for known in reversed(found) if known.standing]
        if not self._chosen_once:
            self._chosen_once = True
            self._filter = "mine" if self._shown("mine") else "all"
        self._draw()

    # --- drawing -------------------------------------------------------------------------------------------

    def _shown(self, name: str) -> list[KnownIncident]:
        register = self.desk.register
        year = school_year(register.now().date())
        fits: dict[str, Callable[[KnownIncident], object]] = {
            "mine": lambda known: known.author == register.me,
            "all": lambda _: True,
            "untold": lambda known: known.untold,
            "unentered": lambda known: known.unentered,
            "grave": lambda known: known.record.grave,
            "year": lambda known: school_year(known.record.happened.astimezone().date()) == year,
        }
        return list(filter(fits[name], self._found))

    def _draw(self) -> None:
        shown, school = self._shown(self._filter), self.desk.register.school()
        width = self.size.width
        rows = [self._head(), *(self._row(known, school, width) for known in shown)]
        if not shown:
            nothing = self.tr("No incidents here. a makes one of a note.")
            rows.append(Row("", ((nothing, "quiet"),), _HEAD))
        self._rows.show(rows)

    def _head(self) -> Row:
        parts = []
        for name, word in FILTERS:
            here = name == self._filter
            sign = self.desk.glyphs.here if here else " "
            parts.append((f"{sign}{self.tr(word)} {len(self._shown(name))} ", "strong" if here else "quiet"))
        columns = (*(Column(len(text)) for text, _ in parts), Column(0))
        return Row("", (*parts, ("", "text")), columns)

    def _row(self, known: KnownIncident, school: School, width: int) -> Row:
        desk, record = self.desk, known.record
        incidents = desk.register.incidents
        sign = (desk.glyphs.late, "late") if record.grave else (desk.glyphs.lacking if known.waits else " ", "key")
        when = self.words.moment(record.happened)
        day = self.words.date(record.happened.astimezone().date())
        pupils = (who(desk, known), "strong" if known.author == desk.register.me else "text")
        kind, place = (incidents.kind(record, school), "text"), (record.place, "quiet")
        marks = [
            (f"{mark}{word}", style)
            for mark, word, style in short_marks(desk, known, reportable=incidents.reportable(record, school))
        ]
        # Parents and ParnasSys each have a column of their own, as wide as their word: the eye goes down it.
        told, entered = Column(cell_len(self.tr("parents")) + 1), Column(len("ParnasSys") + 1)
        if width >= WIDE:
            cells = (sign, (when, "quiet"), kind, pupils, place, (record.case, "quiet"), *marks)
            return Row(known.id, cells, (*_WIDE, told, entered, Column(0)))
        if width >= MEDIUM:
            cells = (sign, (day, "quiet"), kind, pupils, place, *marks)
            return Row(known.id, cells, (*_NARROW, told, entered, Column(0)))
        return Row(known.id, (sign, (day, "quiet"), kind, pupils, *marks[:2]), (*_SMALL, told, entered))

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: more fits beside each other."""
        self.call_after_refresh(self._draw)

    # --- commands ------------------------------------------------------------------------------------------

    def action_filter(self, step: int) -> None:
        """Go to the next or previous filter."""
        names = [name for name, _ in FILTERS]
        self._choose(names[(names.index(self._filter) + step) % len(names)])

    def _choose(self, name: str) -> None:
        self._filter = name
        self._draw()

    def on_key(self, event: events.Key) -> None:
        """Let the number of its place choose a filter."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(FILTERS):
            event.stop()
            self._choose(FILTERS[int(event.key) - 1][0])

    def action_open(self) -> None:
        """Open the incident under the cursor."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.app.push_screen(IncidentView(self.desk, event.key))

    def action_decide(self) -> None:
        """Choose a note."""
        self.app.push_screen(PickNote(self.desk, self._code), self._picked)

    def _picked(self, note: object) -> None:
        if isinstance(note, str) and note:
            self.when_seen(lambda: self._decide(note))

    @work
    async def _decide(self, note: str) -> None:
        await decide(self, [note])

    @work
    async def action_template(self) -> None:
        """Write the school's template."""
        try:
            form = await note_settings(self.desk, "template")
        except PesttuiError as error:
            self.fail(error)
            return
        self.app.push_screen(form)

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)


class PickNote(PickList):
    """Choose the note that is an incident; leaves with its id."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Choose"), N_("This note is an incident")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to the incidents")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_("The notes of the last three months that are no incident yet, newest first. Enter chooses one.")

    def __init__(self, desk: Desk, code: str = "") -> None:
        super().__init__(desk, desk.tr("Which note?"), code)
        self._code = code
        self._notes: list[KnownNote] | None = None

    def on_mount(self) -> None:
        """Read them."""
        super().on_mount()
        self._read()

    @work
    async def _read(self) -> None:
        try:
            self._notes = await asyncio.to_thread(self._find)
        except PesttuiError as error:
            self.fail(error)
            return
        self._draw()

    def _find(self) -> list[KnownNote]:
        register = self.desk.register
        since = register.now() - timedelta(days=LOOK_BACK_DAYS)
        found = register.notes.of_case(self._code) if self._code else register.notes.all(since)
        decided = {note for known in register.incidents.all() if known.standing for note in known.record.notes}
        fitting = [one for one in found if one.id not in decided and not (one.note.private or one.note.concept)]
        return list(reversed(fitting))

    def _draw(self) -> None:
        if self._notes is None:
            return
        rows = [note_row(self.desk, known) for known in self._notes]
        self.show(rows, self.tr("No note that is not an incident already. n on My day jots one."))
