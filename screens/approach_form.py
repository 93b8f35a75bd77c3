"""The protocol's methods in a case: begin one, or look back on it. A short card says what each is."""

import asyncio
from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_
from data.model import Approach
from data.register import KnownCase

from .agreed_words import approach_lines
from .ahead import day_before
from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .score import ScoreLine
from .text import safe
from .widgets import Column, Row, RowList

_METHOD = (Column(1), Column(30), Column(0))
_MOST_ROWS = 5


class ApproachForm(DeskForm):
    """A method that was begun is looked back on, one that was not is begun."""

    KEPT = "approach"

    HELP = N_(
        "Up and down choose a method of the protocol; a short card says what it is. F2 begins it. Once it was begun, "
        "the same key looks back on it: write how it goes, and ask the child how safe school feels, 1 is not at all, "
        "5 is quite."
    )

    def __init__(self, desk: Desk, case: KnownCase, method: str = "") -> None:
        """`method`: the one (by id) to begin with; empty: what was begun last, else the first."""
        super().__init__(desk)
        self._case = case
        self._first = method or next((found.record.method for found in reversed(case.approaches)), "")
        self._methods = RowList(id="methods")
        self._card = Static("", id="card", markup=False)
        self._question = Label("", id="ask", classes="heading", markup=False)
        self._text = quiet_area(id="text")
        self._score = ScoreLine(desk, case)
        self._day = quiet_input(self.tr("today"), id="day", max_length=20, onward=False)

    def compose_body(self) -> Iterable[Widget]:
        """Methods, the card of one, and a small form."""
        with Vertical(id="step"):
            yield self._methods
            yield self._card
            yield self._question
            yield self._text
            yield self._score
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
            yield self.answer

    def on_mount(self) -> None:
        """Begin on the method that is going on."""
        super().on_mount()
        self.title_bar.main = self.tr("Approach")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        rows = []
        for method in self._case.protocol.methods:
            said = self._said(method.id)
            sign = (self.desk.glyphs.busy, "key") if said else (self.desk.glyphs.open, "quiet")
            begun = self.tr("begun {date}", date=self.words.date(said[0].happened)) if said else ""
            rows.append(Row(method.id, (sign, (method.title, "strong"), (begun, "meta")), _METHOD))
        self._methods.show(rows)
        self._methods.styles.height = max(1, min(_MOST_ROWS, len(rows)))
        self._methods.go_to(self._first)
        self._show()
        self.set_focus(self._methods)

    def _said(self, method: str) -> list[Approach]:
        return [found.record for found in self._case.approaches if found.record.method == method]

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._show()
        self.keep()

    @on(RowList.Chosen)
    def _go_on(self) -> None:
        self.set_focus(self._text)

    def _show(self) -> None:
        """Show the card of the method under the cursor, and what was written about it last."""
        method = next((found for found in self._case.protocol.methods if found.id == self._methods.key), None)
        if method is None:
            return
        said = self._said(method.id)
        lines = [safe(method.text, "$quiet"), *([safe(" · ".join(method.parts), "$key")] if method.parts else [])]
        lines += [approach_lines(self.desk, self._case, said[-1])] if said else []
        self._card.update(Content("\n").join(lines))
        self._question.update(self.tr("How does it go?") if said else self.tr("What is begun, and with whom?"))
        self._score.display = bool(said)

    async def save(self) -> None:
        """Write down that it was begun, or how it goes."""
        agreements, method = self.desk.register.agreements, self._methods.key
        text, happened = self._text.text, day_before(self.desk, self._day.value)
        if not self._said(method):
            await asyncio.to_thread(agreements.begin, self._case.code, method, text=text, happened=happened)
            return
        safety, about = self._score.read()
        await asyncio.to_thread(
            agreements.looked, self._case.code, method, text=text, safety=safety, about=about, happened=happened
        )

    def typed(self) -> str:
        """Return what was typed."""
        return self._text.text + self._score.typed

    def where(self) -> dict[str, str]:
        """Return case and method."""
        return {"case": self._case.code, "method": self._methods.key}
