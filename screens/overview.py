"""The whole case on one screen, for two people who look at it together: what was done, by whom, what is missing,
what was agreed; and below it what they decide now.
"""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, PesttuiError
from data.model import DecisionKind, Text
from data.protocol import StepState, StepView
from data.register import KnownCase, KnownComplaint, KnownNote
from data.register.schema import directs
from data.when import parse_ahead

from .agreed_words import of_step
from .base import EVERYWHERE
from .case_words import is_next, missing_of, proof_line, round_words, step_sign, step_style, step_when
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import NEXT, SAVE, DeskForm
from .overview_lines import LastLines
from .quick_note import QuickNote
from .step_form import StepForm
from .widgets import Column, Prose, Row, RowList

_STEP = (Column(1), Column(2, right=True), Column(19), Column(11), Column(15), Column(0))
_OTHER_LINES = 7
"""How many lines the bars, the answer, the fields and the white between hold."""


WIDE = 100
"""From so many columns on, the title bar has room for how long a case is in its phase."""


class Overview(DeskForm):
    """A case to consult about. The steps have the keys until Tab goes to the fields."""

    KEPT = "consultation"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        Command("open", "enter", N_("Step"), N_("Open the step the cursor is on")),
        Command("decide", "tab", N_("Advice"), N_("To advice, decision and the day to look again")),
        Command("other(1)", "greater_than_sign,right_square_bracket", N_("Next case"), N_("Next case of my day")),
        Command("other(-1)", "less_than_sign", N_("Previous"), N_("Previous case of my day"), foot=False),
        Command("note", "n", N_("Note"), N_("Jot a note in this case"), foot=False),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("seen", "x", N_("Seen"), N_("Let the others know that you saw this case"), foot=False),
        Command("leave", "escape", N_("Back"), N_("Back; asks before anything typed is lost"), foot=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action not in ("open", "decide")])

    IN_A_FIELD: ClassVar[tuple[Command, ...]] = (
        SAVE,
        NEXT,
        Command("leave", "escape", N_("Steps"), N_("Back to the steps")),
    )
    """What stands at the foot while somebody types: letters are no commands then."""

    HELP = N_(
        "For a consultation: every step with its state, its day, who did it and what is missing. "
        "Tab goes to the fields below: type advice, decision and the day to look again, F2 saves them with the case. "
        "The keys > and < turn to the next and the previous case; x tells the others that you saw this one."
    )

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code
        self._case: KnownCase | None = None
        self._notes: list[KnownNote] = []
        self._complaints: list[KnownComplaint] = []
        self._steps = RowList(id="checklist")
        self._last = Prose(id="last")
        self._advice = quiet_input(id="advice", max_length=2000)
        self._decision = quiet_input(id="decision", max_length=2000)
        self._again = quiet_input(id="again", max_length=30, placeholder=self.tr("for example: in 2 weeks, 3 dec"))
        self._again.onward = False
        self._hinted = False

    def compose_body(self) -> Iterable[Widget]:
        """The checklist, what was last written, and what is decided now."""
        yield self._steps
        yield self._last
        with Vertical(id="decide"):
            yield self.answer
            for word, field in (
                (self.tr("Advice"), self._advice),
                (self.tr("Decision"), self._decision),
                (self.tr("Again"), self._again),
            ):
                with Horizontal(classes="field"):
                    yield Label(word, markup=False)
                    yield field

    def on_mount(self) -> None:
        """Read the case."""
        super().on_mount()
        self.title_bar.main = self._code
        self._steps.focus()
        self.look_again(first=True)

    # --- what can be done now ------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no next case where there is only one; leads and direction say that they saw it."""
        if action == "seen":
            return directs(self.desk.register.vault)
        return not action.startswith("other") or bool(self.desk.other_case(self._code, 1))

    def at_foot(self) -> list[Command]:
        """Return what works where the cursor is."""
        if self.focused is None or self.focused is self._steps:
            return super().at_foot()
        return [*self.IN_A_FIELD, *(command for command in EVERYWHERE if command.foot)]

    def on_descendant_focus(self) -> None:
        """Say what works here; a hint how to come here has been followed."""
        self.show_keys()
        if self._hinted and self.focused is not self._steps:
            self.say("")

    def on_key(self, event: events.Key) -> None:
        """Say where one can write, to who begins to write on the steps."""
        if self.focused is self._steps and event.is_printable and event.key not in self.active_bindings:
            self.say(self.tr("Tab: advice and decision"))
            self._hinted = True

    def say(self, text: str, *, late: bool = False) -> None:
        """Put a sentence above the fields."""
        self._hinted = False
        super().say(text, late=late)

    # --- reading -------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        if self._case is not None:
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False) -> None:
        """Read the case in a thread and draw it."""
        register, code = self.desk.register, self._code
        try:
            case = await asyncio.to_thread(register.cases.get, code)
            notes = await asyncio.to_thread(register.notes.of_case, code)
            complaints = await asyncio.to_thread(register.complaints.of_case, code)
        except PesttuiError as error:
            self.fail_if_seen(error)
            if first:
                self.leave(code)
            return
        if code != self._code:
            return
        self._case, self._notes, self._complaints = case, notes, complaints
        self.desk.names = {**case.names, **self.desk.names}
        self._draw()
        if first and case.progress.next_step:
            self._steps.go_to(str(case.progress.next_step.step.number))
        await asyncio.to_thread(register.log.read_case, code)

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        known = self._case
        if known is None:
            return
        codes = self.desk.codes
        self.title_bar.main = known.code
        self.title_bar.about = self.desk.about(known)
        place = ""
        if known.code in codes[:-1] or known.code in codes[1:]:
            place = self.tr("{at} of {total}", at=codes.index(known.code) + 1, total=len(codes))
        today = self.desk.register.now().date()
        lasting = self.desk.lasting(known, today) if self.size.width >= WIDE else self.desk.phase(known)
        parts = (place, lasting)
        self.title_bar.right = " · ".join(part for part in parts if part)
        self._steps.show([self._step_row(known, view) for view in known.progress.steps])
        room = self.size.height - len(known.progress.steps) - _OTHER_LINES
        self._last.update(LastLines(self.desk, known, self._notes, self._complaints).draw(self.size.width - 3, room))

    def _step_row(self, known: KnownCase, view: StepView) -> Row:
        desk, today = self.desk, self.desk.register.now().date()
        text = step_style(known, view)
        said = known.said(view.step.number)
        when = step_when(desk, known, view, today)
        if view.on is not None and not (is_next(known, view) and known.step_due):
            when = self.words.date(view.on), "quiet"
        agreed, agreed_style = of_step(desk, known, view, today)
        who = (desk.text(said.present) or desk.author(said.author)) if said else ""
        if view.missing:
            what = missing_of(desk, known, view), "key"
        elif view.state is StepState.SKIPPED:
            what = view.reason and desk.text(said.reason) if said else "", "quiet"
        else:
            said_last = desk.text(self._last_words(known, view)).split("\n")[0]
            words = ": ".join(filter(None, (round_words(desk, view), said_last)))
            proof = proof_line(desk, known, view.step.number, known.details(view.step.number))
            what = "  ".join(filter(None, (words, proof))), text
        if agreed:
            what = f"{agreed} · {what[0]}" if what[0] else agreed, agreed_style if agreed_style == "late" else what[1]
        cells = (
            step_sign(desk, known, view, today),
            (str(view.step.number), text),
            (view.step.title, text),
            when,
            (who, "meta"),
            what,
        )
        return Row(str(view.step.number), cells, _STEP)

    @staticmethod
    def _last_words(known: KnownCase, view: StepView) -> Text:
        """Return what was written about a step last: a tick alone does not hide the sentence before it."""
        found = [event.record.text for event in known.standing if event.record.step == view.step.number]
        return next(filter(None, reversed(found)), ())

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._draw()

    # --- commands ------------------------------------------------------------------------------------------

    async def action_note(self) -> None:
        """Jot a note in this case."""
        if self._case is not None:
            await self.app.push_screen(QuickNote(self.desk, self._case))

    def action_decide(self) -> None:
        """Go to the fields."""
        self._advice.focus()

    def action_other(self, step: int) -> None:
        """Turn to the next or previous case, once what was typed here is saved."""
        code = self.desk.other_case(self._code, step)
        if self.unsaved():
            self.say(self.tr("First save this case with F2, or empty the fields."), late=True)
        elif code:
            self._code, self._case = code, None
            self.say("")
            self.look_again(first=True)

    def action_open(self) -> None:
        """Open the step the cursor is on."""
        if self._case is not None:
            steps = self._case.progress.steps
            view = next((view for view in steps if str(view.step.number) == self._steps.key), None)
            if view is not None:
                self.app.push_screen(StepForm(self.desk, self._case, view))

    @work(exclusive=True, group="seen")
    async def action_seen(self) -> None:
        """Let the others know that one saw the case, without a word of advice."""
        register = self.desk.register
        try:
            await asyncio.to_thread(register.cases.decide, self._code, DecisionKind.SEEN)
        except PesttuiError as error:
            self.fail(error)
        else:
            self.tell(self.tr("Seen: the others read that here."))
            self.look_again()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_leave(self) -> None:
        """From a field back to the steps; from there back, with the case one stands in."""
        if self.focused is not self._steps:
            self._steps.focus()
        else:
            super().action_leave()

    def leave(self, result: object = None) -> None:
        """Leave with the case one stands in."""
        super().leave(result or self._code)

    # --- saving --------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write the consultation down."""
        await asyncio.to_thread(
            self.desk.register.cases.decide,
            self._code,
            DecisionKind.CONSULTED,
            advice=self._advice.value,
            text=self._decision.value,
            again=parse_ahead(self._again.value, self.desk.register.now().date()),
        )

    def saved(self, result: object) -> None:
        """Stay: the next case is one key away."""
        for field in (self._advice, self._decision, self._again):
            field.value = ""
        self._done = False
        self._steps.focus()
        self.say("")
        self.tell(self.tr("Saved"))
        self.look_again()

    def typed(self) -> str:
        """Return the fields."""
        return self._advice.value + self._decision.value + self._again.value

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._code}
