"""Closing a case with an evaluation and a day to look again, or opening it again with a reason."""

import asyncio
from collections.abc import Iterable

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_
from data.model import DecisionKind
from data.register import KnownCase
from data.when import parse_ahead

from .areas import quiet_area
from .case_words import missing, still_open
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import safe


class CloseCase(DeskForm):
    """An open case is closed here, a closed one opened again."""

    KEPT = "close"

    HELP = N_(
        "A case is closed with an evaluation: what was done, what helped, how are the children now? "
        "A day to look again shows it on My day once more. A closed case can be opened again with a reason."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        self._kind = DecisionKind.CLOSED if case.open else DecisionKind.REOPENED
        self._text = quiet_area(id="text")
        again = self.tr("in 6 weeks") if case.open else ""
        self._again = quiet_input(again, id="again", max_length=30, onward=False)

    def compose_body(self) -> Iterable[Widget]:
        """What is still missing, the evaluation or reason, and a day."""
        closing = self._kind is DecisionKind.CLOSED
        lacking = missing(self.desk, self._case) if closing else []
        going_on = still_open(self.desk, self._case) if closing else ""
        with Vertical(id="step"):
            if lacking:
                text = self.tr("Still missing: {what}", what=", ".join(lacking))
                yield Static(safe(text, "$key"), id="lacking", markup=False)
            if going_on:
                text = self.tr("Still open: {what}", what=going_on)
                yield Static(safe(text, "$key"), id="going-on", markup=False)
            ask = self.tr("What helped, and how is it now?") if closing else self.tr("Why is it opened again?")
            yield Label(safe(ask, "$heading"), markup=False)
            yield self._text
            with Horizontal(classes="field"):
                yield Label(self.tr("look again"), markup=False)
                yield self._again
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the text."""
        super().on_mount()
        closing = self._kind is DecisionKind.CLOSED
        self.title_bar.main = self.tr("Close the case") if closing else self.tr("Open the case again")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self.set_focus(self._text)

    async def save(self) -> None:
        """Write the decision down."""
        await asyncio.to_thread(
            self.desk.register.cases.decide,
            self._case.code,
            self._kind,
            text=self._text.text,
            again=parse_ahead(self._again.value, self.desk.register.now().date()),
        )

    def typed(self) -> str:
        """Return the text."""
        return self._text.text

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}
