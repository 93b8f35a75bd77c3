"""Closing a case with an evaluation and a day to look again, or opening it again with a reason."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

from textual import on
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, Changed, PesttuiError
from data.model import DecisionKind, Strand
from data.register import KnownCase
from data.when import parse_ahead

from .areas import quiet_area
from .case_words import missing, still_open
from .clash import quoted
from .desk import NAMED, Desk
from .fields import quiet_input
from .form import DeskForm
from .sides import Heard
from .text import safe
from .widgets import Prose


class CloseCase(DeskForm):
    """An open case is closed here, a closed one opened again."""

    KEPT = "close"

    HELP = N_(
        "A case is closed with an evaluation: what was done, what helped, how are the children now? "
        "Tick the families that were told with space. Is something missing, or was a family not told? Say in the "
        "evaluation why it is closed all the same. "
        "A day to look again shows it on My day once more. A closed case can be opened again with a reason."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        self._kind = DecisionKind.CLOSED if case.open else DecisionKind.REOPENED
        self._text = quiet_area(id="text")
        again = self.tr("in 6 weeks") if case.open else ""
        self._again = quiet_input(again, id="again", max_length=30, onward=False)
        sides = [(pupil.pupil, pupil.strand) for pupil in case.case.pupils if pupil.strand is not Strand.OTHER]
        self._told = Heard(desk, sides if case.open else (), {}, nothing=self.tr("not told yet"))
        self._lacking = Prose(id="lacking")

    def compose_body(self) -> Iterable[Widget]:
        """What is still missing, the evaluation or reason, and a day."""
        closing = self._kind is DecisionKind.CLOSED
        going_on = still_open(self.desk, self._case) if closing else ""
        with Vertical(id="step"):
            yield self._lacking
            if going_on:
                text = self.tr("Still open: {what}", what=going_on)
                yield Prose(safe(text, "$key"), id="going-on")
            ask = self.tr("What helped, and how is it now?") if closing else self.tr("Why is it opened again?")
            yield Label(safe(ask, "$heading"), markup=False)
            yield self._text
            if closing:
                yield Label(self.tr("Which families were told? (space)"), classes="quiet", id="whose", markup=False)
            yield self._told
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
        self._told.display = bool(self._told.pupils)
        self.query("#whose").set(display=bool(self._told.pupils))
        self._show_lacking()
        self.set_focus(self._text)

    @on(Heard.Changed)
    def _ticked(self) -> None:
        self._show_lacking()
        self.keep()

    def _show_lacking(self) -> None:
        """Say what the case ends without; the evaluation has to say why."""
        if self._kind is not DecisionKind.CLOSED:
            self._lacking.display = False
            return
        found = missing(self.desk, self._case)
        untold = [self.desk.pupil(pupil) for pupil in self._told.pupils if pupil not in self._told.ticked]
        if untold:
            more = f" +{len(untold) - NAMED}" if len(untold) > NAMED else ""
            found.append(self.tr("not told: parents of {pupil}", pupil=", ".join(untold[:NAMED]) + more))
        self._lacking.display = bool(found)
        self._lacking.update(safe(self.tr("Still missing: {what}", what=", ".join(found)), "$key"))

    async def save(self) -> None:
        """Write the decision down."""
        await asyncio.to_thread(
            self.desk.register.cases.decide,
            self._case.code,
            self._kind,
            text=self._text.text,
            again=parse_ahead(self._again.value, self.desk.register.now().date()),
            told=self._told.ticked,
        )

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, show what they wrote."""
        await super().refused(error)
        if isinstance(error, Changed):
            with contextlib.suppress(PesttuiError):
                now = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
                turned = (DecisionKind.CLOSED, DecisionKind.REOPENED)
                theirs = [found.record for found in now.decisions if found.record.kind in turned][-1:]
                said = [quoted(self.desk, record.author, record.text) for record in theirs]
                self.say(" ".join([self.words.tell(error), *said]), late=True)

    def typed(self) -> str:
        """Return text and ticks."""
        return self._text.text + "".join(self._told.ticked)

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}

    def fields(self) -> dict[str, str]:
        """Return fields and ticks."""
        return {**super().fields(), "told": ";".join(sorted(self._told.ticked))}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        super().refill(fields)
        self._told.ticked = {pupil for pupil in fields.get("told", "").split(";") if pupil in self._told.pupils}
        self._told.draw()
        self._show_lacking()
