"""The fields of a step's proof in its form: a few at once, the others on demand."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import UsageError
from data.protocol import Field, FieldKind
from data.protocol.proofs import MAX_LINE
from data.register.details import field_title
from data.when import parse_ahead, parse_moment

from .areas import QuietArea, quiet_area
from .desk import Desk
from .fields import QuietInput, quiet_input
from .text import safe
from .widgets import ChoiceLine

KEPT = "detail:"
"""What the names of these fields begin with while an open form is kept."""

Control = QuietInput | QuietArea | ChoiceLine


class Details(Vertical):
    """The fields of one proof. A value is text as typed; a choice's is its code word, a day's what was typed."""

    DEFAULT_CSS = """
    Details { height: auto; }
    Details Horizontal { height: auto; }
    Details Label { width: 18; color: $quiet; }
    Details .question { width: 1fr; }
    Details QuietInput { width: 1fr; }
    Details ChoiceLine { height: auto; }
    Screen.-tall Details { margin-bottom: 1; }
    Details QuietArea { width: 1fr; height: 2; }
    """

    def __init__(self, desk: Desk, fields: Iterable[Field]) -> None:
        super().__init__(id="details")
        self._desk = desk
        self.fields = tuple(fields)
        self._controls: dict[str, Control] = {field.id: self._control(field) for field in self.fields}
        self._rows: dict[str, Vertical] = {}
        self._start = dict.fromkeys(self._controls, "")
        """What stands in the fields without anybody having typed it."""
        self._stored: dict[str, str] = {}
        """What the entry that is corrected holds, as it is stored."""
        self._all = False

    def compose(self) -> Iterable[Widget]:
        """A row per field."""
        for field in self.fields:
            question = [Label(safe(field.question), classes="question", markup=False)] if field.question else []
            label = Label(safe(field_title(self._desk.words, field)), markup=False)
            row = self._rows[field.id] = Vertical(*question, Horizontal(label, self._controls[field.id]))
            row.styles.height = "auto"
            yield row

    def on_mount(self) -> None:
        """Show what is asked at once."""
        self._show()

    def _control(self, field: Field) -> Control:
        if field.kind is FieldKind.CHOICE:
            words = [(option.value, self._desk.tr(option.label)) for option in field.options]
            return ChoiceLine([("", self._desk.glyphs.dash), *words], "")
        if field.kind is FieldKind.TEXT:
            return quiet_area()
        if field.kind is FieldKind.DAY:
            tr = self._desk.tr
            example = tr("for example: 3 dec, tomorrow") if field.ahead else tr("for example: 12-11, yesterday")
            return quiet_input(placeholder=example, max_length=30)
        return quiet_input(max_length=MAX_LINE)

    # --- few or all ----------------------------------------------------------------------------------------

    @property
    def more(self) -> bool:
        """Whether some fields stand there only on demand."""
        return any(not field.first for field in self.fields)

    @property
    def all_shown(self) -> bool:
        """Whether all fields stand there."""
        return self._all

    def show_all(self) -> None:
        """Show all fields."""
        self._all = True
        self._show()

    def go_to_more(self) -> None:
        """Go to the first field that stands there on demand."""
        self._controls[next(field.id for field in self.fields if not field.first)].focus()

    def _show(self) -> None:
        for field in self.fields:
            self._rows[field.id].display = field.first or self._all or bool(self.value(field.id).strip())
        self.display = any(row.display for row in self._rows.values())

    # --- what stands in them -------------------------------------------------------------------------------

    def value(self, ident: str) -> str:
        """Return what stands in a field."""
        control = self._controls[ident]
        return control.text if isinstance(control, QuietArea) else control.value

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields, by id."""
        return {field.id: self.value(field.id) for field in self.fields}

    @property
    def changed(self) -> bool:
        """Whether somebody typed or chose something: what was put there, and left so, is nothing of theirs."""
        return self.values != self._start

    def propose(self, values: Mapping[str, str]) -> None:
        """Put in what the case knows, where nothing stands; it is saved only beside something that somebody typed."""
        for ident, value in values.items():
            if ident in self._controls and not self.value(ident):
                self._put(ident, value)
                self._start[ident] = value

    def fill(self, stored: Mapping[str, str]) -> None:
        """Begin with what an entry holds that is corrected; empty: with nothing."""
        self._stored = dict(stored)
        for field in self.fields:
            value = stored.get(field.id, "")
            self._put(field.id, _typed_day(value) if field.kind is FieldKind.DAY else value)
        self._start = self.values
        self._show()

    def _put(self, ident: str, value: str) -> None:
        control = self._controls[ident]
        if isinstance(control, ChoiceLine):
            control.offer(value, value)  # a word that only a newer program knows stays, as one more choice
            control.value = value
        elif isinstance(control, QuietArea):
            control.text = value
            control.move_cursor(control.document.end)
        else:
            control.value = value

    # --- kept, and saved -----------------------------------------------------------------------------------

    def kept(self) -> dict[str, str]:
        """Return the values under the names by which an open form is kept."""
        return {f"{KEPT}{ident}": value for ident, value in self.values.items() if value}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put back what `kept` returned; what has no field here any more is left out."""
        for field in self.fields:
            self._put(field.id, fields.get(f"{KEPT}{field.id}", ""))
        self._show()

    def to_save(self, now: datetime) -> dict[str, str]:
        """Return the values, days as ISO; of an entry that is corrected, what was not touched as it was stored.

        Raises UsageError for a day that cannot be understood, or is still to come where the field does not allow it.
        """
        found = self.values
        for field in self.fields:
            value = found[field.id]
            if field.id in self._stored and value == self._start[field.id]:
                found[field.id] = self._stored[field.id]
            elif field.kind is FieldKind.DAY and value.strip():
                day = _nearest(value, now) if field.ahead else parse_moment(value, now).date()
                found[field.id] = day.isoformat()
        return found


def _typed_day(stored: str) -> str:
    """Return a stored day as one would type it."""
    try:
        day = date.fromisoformat(stored)
    except ValueError:  # empty, or written by no program of ours
        return stored
    return f"{day.day}-{day.month}-{day.year}"


def _nearest(typed: str, now: datetime) -> date:
    """Return a typed day that may be past or to come: without a year the one that is nearest to today."""
    past: date | None = None
    with suppress(UsageError):
        past = parse_moment(typed, now).date()
    try:
        ahead = parse_ahead(typed, now.date())
    except UsageError:
        if past is None:
            raise
        return past
    days = (day for day in (ahead, past) if day is not None)
    return min(days, key=lambda day: abs(day - now.date()))
