"""Writing down that an official complaint came in, or what came of one; what it is about is not asked."""

import asyncio
from collections.abc import Iterable
from datetime import date

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_
from data.register import KnownCase
from data.register.complaints import MAX_LINE, KnownComplaint
from data.when import parse_ahead, parse_moment

from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import safe, safe_line
from .widgets import ChoiceLine, Prose


def complaint_line(desk: Desk, known: KnownComplaint) -> str:
    """Return a complaint in a line: when, from whom, where it goes, by when something has to be done."""
    record = known.record
    route = next((said.route for said in reversed((record, *known.said)) if said.route), ())
    until = desk.tr("by {date}", date=desk.words.date(known.due)) if known.due else ""
    parts = (desk.words.date(record.happened), desk.text(record.source), desk.text(route), until)
    return " · ".join(filter(None, parts))


class ComplaintForm(DeskForm):
    """A new complaint, or something about the last one."""

    KEPT = "complaint"

    HELP = N_(
        "An official complaint: from whom and since when, where it goes, and by when something has to be done. What it "
        "is about does not belong here: the counsellor points the way, and the board decides. Who takes part in the "
        "case reads what you write."
    )

    def __init__(self, desk: Desk, case: KnownCase, there: Iterable[KnownComplaint] = ()) -> None:
        super().__init__(desk)
        self._case = case
        self._there = {known.id: known for known in there}
        names = [(known.id, safe_line(complaint_line(desk, known), 30)) for known in self._there.values()]
        last = names[-1][0] if names else ""
        self._about = ChoiceLine([*names, ("", desk.tr("new"))], last, numbered=False, id="about")
        self._source = quiet_input(id="source", max_length=MAX_LINE, placeholder=desk.tr("for example: parents of …"))
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._route = quiet_input(id="route", max_length=MAX_LINE, placeholder=desk.tr("board, complaints committee"))
        self._until = quiet_input(id="until", max_length=30, placeholder=self.tr("for example: in 2 weeks, 3 dec"))
        self._text = quiet_area(id="text")
        self._source_line = Horizontal(classes="field wide")

    def compose_body(self) -> Iterable[Widget]:
        """Who points the way, then the fields."""
        with Vertical(id="question"):
            yield Prose(self._guides(), id="guides", classes="guidance")
            if self._there:
                with Horizontal(classes="field wide"):
                    yield Label(self.tr("complaint"), markup=False)
                    yield self._about
            with self._source_line:
                yield Label(self.tr("from whom"), markup=False)
                yield self._source
            for word, field in (
                (self.tr("when"), self._day),
                (self.tr("where it goes"), self._route),
                (self.tr("do something by"), self._until),
            ):
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            yield Label(self.tr("what was done with it"), classes="quiet", markup=False)
            yield self._text
            yield self.answer

    def _guides(self) -> Content:
        """Return who points the way in this school."""
        fillers = self.desk.register.house.fillers().get("counsellor", [])
        names = ", ".join(f"{one.name} ({one.reach})" if one.reach else one.name for one in fillers)
        head = safe(self.tr("The counsellor points the way and does not handle the complaint itself."))
        return Content("\n").join((head, safe(names or self.tr("nobody yet"), "$strong")))

    def on_mount(self) -> None:
        """Begin with from whom, or with what came of it."""
        super().on_mount()
        self.title_bar.main = self.tr("Official complaint")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._fit()
        (self._text if self._about.value else self._source).focus()

    @on(ChoiceLine.Changed)
    def _fit(self) -> None:
        """Ask from whom only where a complaint is new."""
        self._source_line.display = not self._about.value

    def _happened(self) -> date:
        typed, now = self._day.value.strip(), self.desk.register.now()
        return now.date() if typed in ("", self.tr("today")) else parse_moment(typed, now).date()

    async def save(self) -> None:
        """Write it down."""
        complaints, happened = self.desk.register.complaints, self._happened()
        until = parse_ahead(self._until.value, self.desk.register.now().date())
        route, text = self._route.value, self._text.text
        if self._about.value:
            await asyncio.to_thread(
                complaints.about, self._about.value, text, happened=happened, route=route, until=until
            )
        else:
            code = self._case.code
            await asyncio.to_thread(complaints.add, code, self._source.value, happened, route, text, until=until)

    def typed(self) -> str:
        """Return what would be lost."""
        return self._source.value + self._route.value + self._until.value + self._text.text

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}
