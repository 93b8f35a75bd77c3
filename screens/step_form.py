"""A step of a case: what it asks for, where it stands, what was written, and one small form."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from data.errors import N_, PesttuiError, UsageError
from data.model import Strand
from data.protocol import Proof, StepState, StepView
from data.register import KnownCase
from data.when import parse_moment

from .agreed_words import agrees
from .agreement_form import AgreementForm
from .areas import quiet_area
from .check_form import look_at
from .commands import Command, bindings
from .desk import Desk
from .escalate import Why
from .fields import quiet_input
from .form import LEAVE, NEXT, SAVE, DeskForm
from .sides import Heard
from .text import safe
from .widgets import ChoiceLine

EARLIER = 3
"""How many earlier entries of the step stand above the form."""


class StepForm(DeskForm):
    """What happened to a step. Each entry is a new one; the last stands."""

    KEPT = "step"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        NEXT,
        LEAVE,
        Command("agree", "f4", N_("Agreement"), N_("Make an agreement"), foot=False, priority=True),
        Command("look", "f5", N_("Look"), N_("Look whether an agreement is kept"), foot=False, priority=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[3:])

    HELP = N_(
        "Write in a line or two what was done, choose where the step stands and save. Every save is a new entry; "
        "nothing is overwritten. Where children stand below, space ticks whose side it was; the state is “busy” until "
        "everybody was heard, or you choose one: with its number, outside the text. Was it on another day? Type that "
        "day at “when”."
    )

    def __init__(self, desk: Desk, case: KnownCase, view: StepView) -> None:
        super().__init__(desk)
        self._case = case
        self._view = view
        self._based_on = case.last
        states = [(str(state), f"{desk.glyphs.state(state.value)} {desk.tr(state.value)}") for state in StepState]
        self._by_hand = False
        """Whether somebody chose the state; until then it follows the ticks."""
        self._choice = ChoiceLine(states, self._proposed(set()), id="state")
        self._text = quiet_area(id="text")
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._who = quiet_input(placeholder=self.tr("you, or who was there too"), id="present", max_length=200)
        self._reason = quiet_input(id="reason", max_length=400)
        self._reason_line = Horizontal(classes="field")
        self._why = Why(desk, case)
        sides = [(pupil.pupil, pupil.strand) for pupil in case.case.pupils if pupil.strand is not Strand.OTHER]
        self._heard = Heard(desk, sides if view.step.per_pupil else (), self._before())

    def compose_body(self) -> Iterable[Widget]:
        """Guidance and history above, the form below."""
        step = self._view.step
        with Vertical(id="step", classes="sided" if step.per_pupil else ""):
            yield Static(safe(step.guidance), classes="guidance", markup=False)
            yield Static(self._earlier(), id="earlier", markup=False)
            if agrees(self._view):
                keys = self.tr("F4 makes an agreement, F5 looks at one: these stand by themselves.")
                yield Label(safe(keys, "$key"), id="agree-keys", markup=False)
            yield Label(safe(step.ask, "$heading"), markup=False)
            yield self._text
            if step.per_pupil:
                yield Label(safe(self._whose()), classes="quiet", id="whose", markup=False)
            yield self._heard
            yield self._choice
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
                yield Label(self.tr("who"), markup=False)
                yield self._who
            with self._reason_line:
                yield Label(self.tr("why"), markup=False)
                yield self._reason
            yield self._why
            yield self.answer

    def _whose(self) -> str:
        """Return what stands above the pupils: the protocol's own question, or one that fits the step's proof."""
        step = self._view.step
        if step.proof is Proof.PARENT_TALK:
            ask = self.tr("Whose parents did you speak with?")
        else:
            ask = self.tr("Whose side did you hear?")
        return self.tr("{ask} (space)", ask=step.per_pupil_ask or ask)

    def _proposed(self, ticked: set[str]) -> StepState:
        """Return the state that an entry has by itself: done, or busy where a pupil's side would still be missing."""
        return StepState.BUSY if set(self._view.unheard) - ticked else StepState.DONE

    def _entries(self) -> list[tuple[str, str]]:
        """Return what was written about the step: (when, state and by whom; what)."""
        found = []
        for event in self._case.events:
            record = event.record
            if record.step == self._view.step.number:
                said = self.desk.text(record.text) or self.desk.text(record.reason)
                head = (self.words.date(record.happened), self.tr(record.state.value), self.desk.author(record.author))
                found.append(("  ".join(head), said))
        return found

    def _earlier(self) -> Content:
        lines = [
            Content.assemble((head, "$meta"), "  ", safe(said.replace("\n", " ")))
            for head, said in self._entries()[-EARLIER:]
        ]
        return Content("\n").join(lines)

    def _before(self) -> dict[str, str]:
        """Return for each pupil when their side was heard last."""
        days: dict[str, str] = {}
        for entry in self._view.entries:
            for pupil in entry.about:
                days[pupil] = self.words.date(entry.happened_on)
        return days

    def on_mount(self) -> None:
        """Begin with the text; done is what most people come to say."""
        super().on_mount()
        step = self._view.step
        self.title_bar.main = f"{step.number} {step.title}"
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._ask_for_reason()
        self._heard.display = step.per_pupil
        self.query_one("#earlier").display = bool(self._entries())
        self.set_focus(self._text)

    @on(ChoiceLine.Changed)
    def _state_chosen(self) -> None:
        self._by_hand = True
        self._ask_for_reason()

    def _ask_for_reason(self) -> None:
        self._reason_line.display = self._choice.value == StepState.SKIPPED
        self._why.ask(self._case, self._view.step.number, StepState(self._choice.value))

    @on(Heard.Changed)
    def _ticked(self) -> None:
        if not self._by_hand:
            self._choice.value = self._proposed(self._heard.ticked)
        self.keep()

    def on_key(self, event: events.Key) -> None:
        """Let the number beside a state choose it wherever a number is no text."""
        if not isinstance(self.focused, Input | TextArea) and self._choice.choose_place(event.key):
            event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Agreements belong to the steps that make them and look at them, in an open case."""
        return action not in ("agree", "look") or (agrees(self._view) and self._case.open)

    def action_agree(self) -> None:
        """Make an agreement; the step's own form waits."""
        self.app.push_screen(AgreementForm(self.desk, self._case))

    async def action_look(self) -> None:
        """Look whether an agreement is kept, one that was made from here too."""
        try:
            known = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError as error:
            self.fail(error)
            return
        look_at(self, known)

    def _happened(self) -> date:
        typed, now = self._day.value.strip(), self.desk.register.now()
        return now.date() if typed in ("", self.tr("today")) else parse_moment(typed, now).date()

    async def save(self) -> object:
        """Write down what happened to the step."""
        if not self._by_hand and not self.typed().strip():
            raise UsageError(N_("Write in one sentence what was done."))
        await asyncio.to_thread(
            self.desk.register.cases.record_step,
            self._case.code,
            self._view.step.number,
            StepState(self._choice.value),
            happened=self._happened(),
            reason=self._reason.value,
            text=self._text.text,
            present=self._who.value,
            about=self._heard.ticked,
            based_on=self._based_on,
            why=self._why.text,
            grave=self._why.grave,
        )
        return await self._why.hand_over()

    async def refused(self, error: PesttuiError) -> None:
        """Say why, and show what a colleague may have written meanwhile."""
        await super().refused(error)
        await self._show_changes()

    async def _show_changes(self) -> None:
        """Show what a colleague wrote meanwhile; saving again then counts as having seen it."""
        try:
            self._case = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError:
            return
        number = self._view.step.number
        self._view = next((v for v in self._case.progress.steps if v.step.number == number), self._view)
        if self._entries() and self._case.last != self._based_on:
            self.query_one("#earlier", Static).update(self._earlier())
            self.query_one("#earlier").display = True
            self._based_on = self._case.last
        self._ask_for_reason()

    def typed(self) -> str:
        """Return text, reasons and ticks."""
        return self._text.text + self._reason.value + self._why.text + self._who.value + "".join(self._heard.ticked)

    # --- what is kept --------------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return case and step, and what the form was based on."""
        return {"case": self._case.code, "step": str(self._view.step.number), "based_on": self._based_on}

    def fields(self) -> dict[str, str]:
        """Return fields and ticks."""
        ticked = ";".join(sorted(self._heard.ticked))
        return {**super().fields(), "heard": ticked, "by_hand": "yes" if self._by_hand else ""}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        super().refill(fields)
        self._heard.ticked = {pupil for pupil in fields.get("heard", "").split(";") if pupil in self._case.names}
        self._heard.draw()
        self._by_hand = bool(fields.get("by_hand", ""))
        self._ask_for_reason()

    def based_on(self, event: str) -> None:
        """Take up a form that was opened when `event` was the case's last: what came since is then a change."""
        self._based_on = event
