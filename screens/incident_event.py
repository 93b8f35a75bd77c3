"""What was done about an incident: parents told, the direction brought in, a measure, ParnasSys, a report."""

import asyncio
from collections.abc import Iterable, Mapping

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Label, TextArea

from data.errors import N_, UsageError
from data.model import IncidentWhat
from data.register import KnownIncident
from data.register.incident_words import WHAT

from .ahead import day_before
from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .incident_words import who
from .open_case import Ticks
from .widgets import ChoiceLine, Column, Row, RowList

_TICK = (Column(3), Column(26), Column(0))
_ABOUT = (IncidentWhat.PARENTS, IncidentWhat.PARNASSYS, IncidentWhat.MEASURE)
"""What can be about some of the pupils."""


class IncidentEventForm(DeskForm):
    """One thing on one day; what the protocol still asks for is proposed."""

    KEPT = "incident-done"

    HELP = N_(
        "What was done: choose it with its number. Space ticks whose parents were told, in whose file it stands, or "
        "whom a measure is about. The protocol: the teacher handles an incident first, the management comes in when "
        "that does not solve it, and parents are involved. F2 saves."
    )

    def __init__(self, desk: Desk, known: KnownIncident) -> None:
        super().__init__(desk)
        self._known = known
        proposed = IncidentWhat.PARENTS if known.untold else IncidentWhat.MEASURE
        self._what = ChoiceLine([(what.value, desk.tr(word)) for what, word in WHAT.items()], proposed.value, id="done")
        self._whom = Ticks(id="whom")
        self._whom_label = Label(desk.tr("Whose? (space)"), classes="quiet", markup=False)
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._text = quiet_area(id="text")
        self._propose()

    def compose_body(self) -> Iterable[Widget]:
        """What, whose, when, and a few words."""
        with Vertical(id="step"):
            yield Label(self.tr("What was done?"), classes="heading", markup=False)
            yield self._what
            yield self._whom_label
            yield self._whom
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
            yield Label(self.tr("In a few words"), classes="quiet", markup=False)
            yield self._text
            yield self.answer

    def on_mount(self) -> None:
        """Begin with what was done."""
        super().on_mount()
        self.title_bar.main = self.tr("Incident")
        moment = self.words.moment(self._known.record.happened)
        self.title_bar.about = f"{moment} · {who(self.desk, self._known)}"
        self._draw()
        self.set_focus(self._what)

    @property
    def _chosen(self) -> IncidentWhat:
        return IncidentWhat(self._what.value)

    def _propose(self) -> None:
        """Tick those for whom it is still to be done."""
        lacking = {IncidentWhat.PARENTS: self._known.untold, IncidentWhat.PARNASSYS: self._known.unentered}
        self._whom.ticked = set(lacking.get(self._chosen, ()))

    def _draw(self) -> None:
        rows = []
        for one in self._known.record.pupils:
            tick = "[x]" if one.pupil in self._whom.ticked else "[ ]"
            cells = ((tick, "key"), (self.desk.pupil(one.pupil), "strong"), (self.tr(one.role.value), "meta"))
            rows.append(Row(one.pupil, cells, _TICK))
        self._whom.show(rows)
        self._whom.styles.height = max(1, min(5, len(rows)))
        self._whom.display = self._whom_label.display = bool(rows) and self._chosen in _ABOUT

    @on(ChoiceLine.Changed)
    def _turned(self) -> None:
        self._propose()
        self._draw()

    @on(RowList.Chosen)
    def _tick(self) -> None:
        self._draw()
        self.keep()

    def on_key(self, event: events.Key) -> None:
        """Let the number beside it choose what was done, wherever a number is no text."""
        if not isinstance(self.focused, Input | TextArea) and self._what.choose_place(event.key):
            event.stop()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    async def save(self) -> None:
        """Write it down."""
        chosen, ticked = self._chosen, self._whom.ticked
        about = [one.pupil for one in self._known.record.pupils if one.pupil in ticked] if chosen in _ABOUT else []
        if chosen in (IncidentWhat.PARENTS, IncidentWhat.PARNASSYS) and self._known.record.pupils and not about:
            raise UsageError(N_("Whose? Tick at least one with space."))
        day = day_before(self.desk, self._day.value)
        add = self.desk.register.incidents.add
        await asyncio.to_thread(add, self._known.id, chosen, self._text.text, about=about, happened=day)

    def typed(self) -> str:
        """Return the text."""
        return self._text.text

    def where(self) -> dict[str, str]:
        """Return the incident."""
        return {"incident": self._known.id}

    def fields(self) -> dict[str, str]:
        """Return fields and ticks."""
        return {**super().fields(), "whom": ";".join(sorted(self._whom.ticked))}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        known = fields.get("done", "") in self._what.values
        super().refill({**fields, "done": fields["done"] if known else self._what.value})
        self._whom.ticked = set(filter(None, fields.get("whom", "").split(";")))
        self._draw()
