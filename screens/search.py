"""The search in everything one may read: found as one types, each hit in its context, latest first."""

import asyncio
import time
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from data.clean import clean_text
from data.errors import N_, PesttuiError
from data.register.search import Entry, Found, Query, snippet
from data.register.search.index import Sought
from data.register.search.periods import Period
from data.register.search.query import parse, parse_fields
from data.register.search.words import begin, words

from .base import EVERYWHERE, DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .fields import QuietInput
from .found import day_words, in_full, kind_word, screen_for
from .messages import VaultChanged
from .preview import Preview
from .text import safe
from .widgets import Column, Row, RowList

PAGE = 60
"""How many hits are shown at once."""

MOST_TYPED = 200
"""How long what is looked for can be, in characters."""

REDRAW = 0.25
"""While it is still being read: after so many seconds it is looked at again what was found."""

HINTED = 8
"""How many pupils that fit are named below the fields."""

_DAY, _KIND, _CODE, _AUTHOR = Column(11), Column(11), Column(7), Column(15)
_NARROW = (_DAY, _KIND, _CODE, Column(0))
_WIDE = (_DAY, _KIND, _AUTHOR, _CODE, Column(0))
_LINE = (Column(0),)

_FILTERS = (
    ("who", "@", N_("who")),
    ("where", "#", N_("where")),
    ("kind", "!", N_("kind")),
    ("when", "", N_("when, e.g. since 1-9")),
    ("by", N_("by:"), N_("by whom")),
)
"""The fields beside the first, with the sign that does the same there, and what it is for."""


class SearchField(QuietInput):
    """A field of the search: what is pasted loses what a terminal would obey."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(id=name, placeholder=hint, max_length=MOST_TYPED, select_on_focus=False, compact=True)
        self.cursor_blink = self.onward = False

    def validate_value(self, value: str) -> str:
        """Return what was typed without control characters."""
        return clean_text(value)


class SearchScreen(DeskScreen):
    """One field for everything, and a row of fields for who knows what they look for."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("open", "enter", N_("Open"), N_("Open what was found")),
        Command("field", "f,slash", N_("Search"), N_("Back to what you are looking for")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("more", "m", N_("More"), N_("Show more of what was found"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    WHILE_TYPING: ClassVar[tuple[Command, ...]] = (
        HERE[0],
        Command("app.focus_next", "tab", N_("Filter"), N_("To the next field, and from the last to the list")),
        HERE[-1],
    )
    """What stands at the foot while one types: letters are no commands then."""

    HELP = N_(
        "Type words, or their beginnings: what has all of them is found, in everything you may read, latest first. "
        "@ with letters of a name finds a pupil, # a place, ! a kind, by: a colleague; a period such as last week, "
        "since 1-9, sept 2026 or 2025-2026 is understood. The fields below do the same. Between quotes stand words as "
        "they are. Up and down choose, Enter opens; what you look for is still there when you come back."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._typed = SearchField("sought", self.tr("words, @pupil, #place, !kind, by:colleague, last week"))
        self._filters = {name: SearchField(name, self.tr(hint)) for name, _, hint in _FILTERS}
        self._hint = Static("", id="hint", markup=False)
        self._rows = RowList(id="found")
        self._beside = Preview()
        self._most = PAGE
        self._found = Found(0, (), Sought())
        self._periods: tuple[Period, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """What is looked for above, what was found below, and all of one hit where there is room."""
        with Vertical(id="find"):
            yield self._typed
            with Horizontal(id="filters"):
                for name, sign, _ in _FILTERS:
                    if sign:
                        yield Label(self.tr(sign), markup=False)
                    yield self._filters[name]
            yield self._hint
        with Horizontal(id="today"):
            yield self._rows
            yield self._beside

    def on_mount(self) -> None:
        """Begin to read, and let somebody type meanwhile."""
        super().on_mount()
        self.title_bar.main = self.tr("Search")
        self.title_bar.right = self.who_am_i()
        self._typed.focus()

    def on_screen_resume(self) -> None:
        """Look again: something may have been written, names put away, or another session begun."""
        super().on_screen_resume()
        self.read()

    def on_vault_changed(self, _: VaultChanged) -> None:
        """Somebody saved something."""
        self.read()

    # --- looking -------------------------------------------------------------------------------------------

    @work(exclusive=True, group="read")
    async def read(self) -> None:
        """Let be read what is not yet, a little at a time; what was read is found already."""
        search, looked = self.desk.register.search, 0.0
        try:
            while await asyncio.to_thread(search.read_some):
                if time.monotonic() - looked > REDRAW:
                    looked = time.monotonic()
                    self.seek()
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self.seek()

    def query_typed(self) -> Query:
        """Return what is looked for now."""
        today = self.desk.register.now().date()
        typed = {name: field.value for name, field in self._filters.items()}
        return parse(self._typed.value, today) & parse_fields(**typed, today=today)

    @work(exclusive=True, group="find")
    async def seek(self, *, anew: bool = False) -> None:
        """Find what is looked for now; a later wish takes the place of an earlier one. `anew`: from the first hit."""
        query, search = self.query_typed(), self.desk.register.search
        self.desk.names = {**search.names, **self.desk.names}
        width = max(20, self._rows.size.width - 1 - sum(column.width + 1 for column in self._columns))

        def find() -> tuple[Found, list[Row]]:
            found = search.find(query, self.words, self._most)
            return found, [self._row(entry, found, width) for entry in found.entries]

        try:
            found, rows = await asyncio.to_thread(find)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self._found, self._periods = found, query.periods
        self._show(rows, bool(query))
        if anew and rows:
            self._rows.go_to(rows[0].key)
        self._draw_hint()
        self._draw_preview()

    def _show(self, rows: list[Row], asked: bool) -> None:
        more = self._found.total - len(rows)
        if more > 0:
            text = self.words.trn("and {count} more: m shows them", "and {count} more: m shows them", more)
            rows = [*rows, Row("", ((text, "quiet"),), _LINE)]
        if not rows and asked and not self.desk.register.search.left:
            rows = [Row("", ((self.tr("Nothing you may read fits all of this."), "quiet"),), _LINE)]
        self._rows.show(rows)

    # --- drawing -------------------------------------------------------------------------------------------

    @property
    def _columns(self) -> tuple[Column, ...]:
        return _WIDE if self.size.width >= 140 else _NARROW

    def _row(self, entry: Entry, found: Found, width: int) -> Row:
        desk, columns = self.desk, self._columns
        said = snippet(entry, found.sought, desk.pupil, width)
        cells = [(day_words(desk, entry), "quiet"), (kind_word(desk, entry), "meta")]
        cells += [(desk.author(entry.author), "meta")] if columns is _WIDE else []
        cells += [(entry.case, "text"), (said.text, "quiet" if entry.corrected else "text")]
        return Row(entry.key, tuple(cells), columns, said.marks)

    def _draw_hint(self) -> None:
        search, found = self.desk.register.search, self._found
        parts = []
        if search.left:
            parts.append(self.tr("still {percent} % to read", percent=max(1, round(100 * search.left))))
        if self.query_typed():
            parts.insert(0, self.words.trn("{count} found", "{count} found", found.total))
        parts += [self._period(period) for period in self._periods]
        parts += [self.tr("nothing is called {typed}", typed=typed) for typed in found.unknown]
        self._hint.update(safe(" · ".join([*parts, *filter(None, [self._choices()])])))

    def _period(self, period: Period) -> str:
        first, last = (f"{self.words.date(day)} {day.year}" for day in period)
        if period.first.year == 1:
            return self.tr("until {date}", date=last)
        if period.last.year == 9999:
            return self.tr("since {date}", date=first)
        return first if period.first == period.last else f"{first} {self.desk.glyphs.dash} {last}"

    def _choices(self) -> str:
        """Return what can stand in the field one is in, as far as it fits what is typed there."""
        field, search = self.focused, self.desk.register.search
        if field is self._filters["when"]:
            return self.tr("last week, since 1-9, sept 2026, 2025-2026")
        if field is self._filters["who"]:
            named = sorted(self._fitting("who", search.names.values())) if self._filters["who"].value.strip() else []
            return ", ".join(named[:HINTED]) + (f" +{len(named) - HINTED}" if named[HINTED:] else "")
        if field is self._filters["where"]:
            return ", ".join(self._fitting("where", search.places()))
        if field is self._filters["kind"]:
            return ", ".join(self._fitting("kind", search.kinds(self.words).values()))
        if field is self._filters["by"]:
            return ", ".join(self._fitting("by", (person.login for person in search.colleagues())))
        return ""

    def _fitting(self, field: str, names: Iterable[str]) -> list[str]:
        typed = words(self._filters[field].value.rpartition(",")[2])
        return [name for name in names if begin(typed, words(name))]

    def _draw_preview(self) -> None:
        """Say all of what the cursor is on, where there is room."""
        if not self._beside.display or self.size.width < 100:
            return
        entry = self._entry_here()
        self._beside.show(in_full(self.desk, entry, self._found.sought) if entry else Content(""))

    def _entry_here(self) -> Entry | None:
        return next((entry for entry in self._found.entries if entry.key == self._rows.key), None)

    def on_resize(self) -> None:
        """Fit the context to the new width."""
        self.call_after_refresh(self.seek)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._draw_preview()

    def on_descendant_focus(self) -> None:
        """Say what works here, and what can stand here."""
        self.show_keys()
        self._draw_hint()

    def at_foot(self) -> list[Command]:
        """Return what works where the cursor is."""
        if isinstance(self.focused, QuietInput):
            return [*self.WHILE_TYPING, *(command for command in EVERYWHERE if command.foot)]
        return super().at_foot()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer more where there is more."""
        return action != "more" or self._found.total > len(self._found.entries)

    # --- commands ------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self) -> None:
        self._most = PAGE
        self.seek(anew=True)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_open()

    def on_key(self, event: events.Key) -> None:
        """Let the arrows choose a hit while one types."""
        if isinstance(self.focused, QuietInput) and event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            move = self._rows.action_page if event.key.startswith("page") else self._rows.action_move
            move(-1 if event.key.endswith("up") else 1)

    def action_field(self) -> None:
        """Go back to the field."""
        self._typed.focus()

    def draw_names(self) -> None:
        """Draw again with names, or with initials."""
        self.seek()

    def action_more(self) -> None:
        """Show more."""
        self._most += PAGE
        self.seek()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open what the cursor is on."""
        entry = self._entry_here()
        if entry is not None:
            self._open(entry)

    @work(exclusive=True, group="open")
    async def _open(self, entry: Entry) -> None:
        try:
            screen = await screen_for(self.desk, entry)
        except PesttuiError as error:
            self.fail(error)
            return
        self.desk.codes = tuple(dict.fromkeys(found.case for found in self._found.entries if found.case))
        self.when_seen(lambda: self.app.push_screen(screen, self._go_on))

    def _go_on(self, code: object) -> None:
        """Open the case that a note or a question became."""
        if isinstance(code, str) and code:
            self.when_seen(lambda: self.app.push_screen(CaseScreen(self.desk, code)))

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)
