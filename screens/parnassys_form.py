"""What a steward sets about incidents: the school's template for ParnasSys, and whether there is a duty to report."""

import asyncio
from collections.abc import Iterable

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_
from data.exchange.parnassys import builtin
from data.exchange.template import FIELDS
from data.model import School

from .areas import quiet_area
from .desk import Desk
from .form import DeskForm
from .text import safe
from .widgets import ChoiceLine

_YES = "yes"


class ParnassysForm(DeskForm):
    """The template as text, with the words it can hold."""

    HELP = N_(
        "Lines as they come into ParnasSys. A word between braces is filled in; a line of which nothing is known is "
        "left out. Other pupils never come into it, whatever the template says. Empty it for the built-in one. The "
        "duty to report is a bill and no law yet: turned on, grave incidents are marked to be thought about."
    )

    def __init__(self, desk: Desk, school: School, revision: int) -> None:
        super().__init__(desk)
        self._revision = revision
        self._begun = school.parnassys or builtin(desk.words)
        self._template = quiet_area(self._begun, id="template")
        self._duty_begun = _YES if school.report_duty else ""
        options = [("", desk.tr("no")), (_YES, desk.tr("yes"))]
        self._duty = ChoiceLine(options, self._duty_begun, numbered=False, id="duty")

    def compose_body(self) -> Iterable[Widget]:
        """One area and one choice."""
        known = " ".join("{" + word + "}" for word in FIELDS)
        with VerticalScroll(classes="form", id="house"):
            yield Label(self.tr("The text for ParnasSys"), classes="heading", markup=False)
            yield self._template
            yield Static(safe(known), classes="guidance", markup=False)
            with Horizontal(classes="field wide"):
                yield Label(self.tr("Duty to report"), markup=False)
                yield self._duty
            yield self.answer

    def on_mount(self) -> None:
        """Begin to write."""
        super().on_mount()
        self.title_bar.main = self.tr("Incidents: what the school set")
        self._template.focus()

    def typed(self) -> str:
        """Return what was changed."""
        same = self._template.text == self._begun and self._duty.value == self._duty_begun
        return "" if same else f"{self._template.text}."

    async def save(self) -> None:
        """Write it down; the built-in template as none."""
        text = self._template.text
        own = "" if text.strip() == builtin(self.words).strip() else text
        await asyncio.to_thread(
            self.desk.register.house.change_incidents,
            parnassys=own,
            report_duty=self._duty.value == _YES,
            based_on=self._revision,
        )
