"""Whether an agreement is kept: one key says so, another saves; how the child feels and the next day come by it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, TextArea

from data.errors import N_, PesttuiError, UsageError
from data.model import Kept
from data.register import KnownAgreement, KnownCase
from data.register.agreed import weeks_ahead

from .agreed_words import KEPT, check_lines, party, standing, when
from .agreement_form import AgreementForm
from .ahead import day_ahead, day_before, in_weeks
from .areas import quiet_area
from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import LEAVE, NEXT, SAVE, DeskForm
from .score import ScoreLine, scored
from .text import safe
from .widgets import ChoiceLine, Column, Prose, Row, RowList

_AGREEMENT = (Column(1), Column(16), Column(20), Column(0))
_MOST_ROWS, _LAST_CHECKS = 4, 2


class CheckForm(DeskForm):
    """The agreements of a case, the one that is due first under the cursor, and how it is kept."""

    KEPT = "check"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        NEXT,
        Command("replace", "f4", N_("Replace"), N_("Agree something else in the place of this one"), priority=True),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[2]])

    HELP = N_(
        "Press 1, 2 or 3: kept, partly kept, not kept. F2 saves; the rest may stay empty. Up and down choose another "
        "agreement. Ask the child apart how safe school feels: 1 is not at all, 5 is quite. The next day is a "
        "proposal; empty it if nobody needs to look again. F4 agrees something else in its place."
    )

    def __init__(self, desk: Desk, case: KnownCase, agreement: str = "") -> None:
        """`agreement`: the one (by id) to begin with; empty: what is due first. At least one must stand."""
        super().__init__(desk)
        self._case = case
        self._first = agreement
        self._agreements = RowList(id="agreements")
        self._said = Prose(id="earlier")
        self._kept = ChoiceLine(
            [(kept.value, desk.tr(word)) for kept, word in KEPT.items()], "", undecided=True, id="kept"
        )
        self._text = quiet_area(id="text")
        self._score = ScoreLine(desk, case)
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._proposed = ""
        self._next = quiet_input(id="next-on", max_length=30, onward=False)

    def compose_body(self) -> Iterable[Widget]:
        """Agreements above, the form below."""
        with Vertical(id="step"):
            yield self._agreements
            yield self._said
            yield Label(self.tr("Was it kept?"), classes="heading", markup=False)
            yield self._kept
            yield Label(self.tr("What did you see or hear? (may stay empty)"), classes="quiet", markup=False)
            yield self._text
            yield self._score
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
                yield Label(self.tr("again"), markup=False)
                yield self._next
            yield self.answer

    def on_mount(self) -> None:
        """Begin on what is due first."""
        super().on_mount()
        self.title_bar.main = self.tr("Look at an agreement")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._draw()
        self._agreements.go_to(self._first)
        self._show()
        self.set_focus(self._agreements)

    # --- which agreement -----------------------------------------------------------------------------------

    @property
    def _here(self) -> KnownAgreement | None:
        return next((found for found in standing(self._case) if found.id == self._agreements.key), None)

    def _draw(self) -> None:
        today, rows = self.desk.register.now().date(), []
        for known in standing(self._case):
            sign, word, style = when(self.desk, known, today)
            whom, text = party(self.desk, known.agreement), self.desk.text(known.agreement.text)
            rows.append(Row(known.id, ((sign, style), (word, style), (whom, "meta"), (text, "text")), _AGREEMENT))
        self._agreements.show(rows)
        self._agreements.styles.height = max(1, min(_MOST_ROWS, len(rows)))

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._show()

    @on(RowList.Chosen)
    def _go_on(self) -> None:
        self.set_focus(self._kept)

    def _show(self) -> None:
        """Say the agreement in full and what was found last; propose when to look again."""
        known = self._here
        if known is None:
            self._said.update("")
            return
        lines = [safe(self.desk.text(known.agreement.text), "bold")]
        lines += list(check_lines(self.desk, self._case, known))[-_LAST_CHECKS:]
        self._said.update(Content("\n").join(lines))
        self._score.display = self._scores(known)
        self._propose()

    def _scores(self, known: KnownAgreement) -> bool:
        """Whether a child's score can stand with an agreement."""
        may = self.desk.register.agreements.may_score
        return any(may(known, pupil) for pupil, _ in scored(self.desk, self._case))

    def _proposal(self) -> str:
        """Return when to look again, as the rhythm says."""
        looks = len(self._here.checks) + 1 if self._here else 1
        return in_weeks(self.desk, weeks_ahead(looks, Kept(self._kept.value) if self._kept.value else None))

    def _propose(self) -> None:
        """Propose the next day, unless somebody typed another."""
        if self._next.value == self._proposed:
            self._proposed = self._next.value = self._proposal()

    @on(ChoiceLine.Changed)
    def _chosen(self) -> None:
        self._propose()

    def on_key(self, event: events.Key) -> None:
        """Let 1, 2 and 3 say how it was kept, wherever a number is no text."""
        if not isinstance(self.focused, Input | TextArea) and self._kept.choose_place(event.key):
            event.stop()

    def action_replace(self) -> None:
        """Agree something else in the place of the one under the cursor."""
        if (known := self._here) is not None:
            self.app.push_screen(AgreementForm(self.desk, self._case, known.id))

    def on_screen_resume(self) -> None:
        """Look again: another agreement may stand there now."""
        super().on_screen_resume()
        self._look_again()

    @work(exclusive=True, group="look")
    async def _look_again(self) -> None:
        await self._read()

    async def _read(self) -> None:
        try:
            self._case = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError:
            return  # what was typed stays; saving says what is the matter
        self._draw()
        self._show()

    # --- saving --------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write the check down."""
        known = self._here
        if known is None:
            raise UsageError(N_("There is no agreement to look at."))
        if not self._kept.value:
            raise UsageError(N_("Was it kept? Press 1, 2 or 3."))
        safety, whose = self._score.read() if self._scores(known) else (None, "")
        await asyncio.to_thread(
            self.desk.register.agreements.check,
            known.id,
            self._case.code,
            Kept(self._kept.value),
            text=self._text.text,
            safety=safety,
            about=whose,
            next_on=day_ahead(self.desk, self._next.value, self._proposed),
            happened=day_before(self.desk, self._day.value),
        )

    async def refused(self, error: PesttuiError) -> None:
        """Say why, and show what a colleague may have agreed meanwhile."""
        await super().refused(error)
        await self._read()

    def typed(self) -> str:
        """Return what was chosen and typed."""
        return self._kept.value + self._text.text + self._score.typed

    def where(self) -> dict[str, str]:
        """Return case and agreement."""
        return {"case": self._case.code, "agreement": self._agreements.key}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put the fields back; a day that the rhythm would propose counts as proposed."""
        super().refill(fields)
        self._proposed = self._proposal()


def look_at(screen: DeskScreen, case: KnownCase) -> None:
    """Open the form, or say that nothing was agreed."""
    if standing(case):
        screen.app.push_screen(CheckForm(screen.desk, case))
    else:
        screen.tell(screen.tr("Nothing agreed yet."))
