"""A step of a case: what it asks for, where it stands, what was written, and one small form."""

import asyncio
from collections.abc import Iterable
from datetime import date

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import PesttuiError
from data.protocol import StepState, StepView
from data.register import KnownCase
from data.when import parse_moment

from .areas import quiet_area
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .text import safe

_PLACES = ("1", "2", "3", "4")

EARLIER = 3
"""How many earlier entries of the step stand above the form."""


class StateChoice(Widget, can_focus=True):
    """Open, busy, done or skipped: left and right, or the number of its place."""

    state = reactive(StepState.DONE)

    class Changed(Message):
        """Another state was chosen."""

    def __init__(self, desk: Desk, state: StepState) -> None:
        super().__init__(id="state")
        self._desk = desk
        self.set_reactive(StateChoice.state, state)

    def render(self) -> Content:
        """Draw all four; the chosen one has brackets before it has a colour."""
        parts: list[Content] = []
        for number, state in enumerate(StepState, 1):
            word = f"{number} {self._desk.glyphs.state(state.value)} {self._desk.tr(state.value)}"
            if state is self.state:
                style = "bold $cursor-text on $cursor" if self.has_focus else "bold $strong"
                parts.append(Content.styled(f"[{word}]", style))
            else:
                parts.append(Content.styled(f" {word} ", "$quiet"))
        return Content("  ").join(parts)

    def on_key(self, event: events.Key) -> None:
        """Choose."""
        states = list(StepState)
        if event.key in ("left", "right"):
            at = states.index(self.state) + (1 if event.key == "right" else -1)
            self.state = states[at % len(states)]
        elif event.key in _PLACES[: len(states)]:
            self.state = states[_PLACES.index(event.key)]
        else:
            return
        event.stop()
        self.post_message(self.Changed())


class StepForm(DeskForm):
    """What happened to a step. Each entry is a new one; the last stands."""

    def __init__(self, desk: Desk, case: KnownCase, view: StepView) -> None:
        super().__init__(desk)
        self._case = case
        self._view = view
        self._based_on = case.last
        self._choice = StateChoice(desk, StepState.DONE)
        self._text = quiet_area(id="text")
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._reason = quiet_input(id="reason", max_length=400)
        self._reason_line = Horizontal(classes="field")

    def compose_body(self) -> Iterable[Widget]:
        """Guidance and history above, the form below."""
        step = self._view.step
        with Vertical(id="step"):
            yield Static(safe(step.guidance), classes="guidance", markup=False)
            earlier = self._earlier()
            if earlier is not None:
                yield Static(earlier, id="earlier", markup=False)
            yield Label(safe(step.ask, "$heading"), markup=False)
            yield self._text
            yield self._choice
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
            with self._reason_line:
                yield Label(self.tr("why"), markup=False)
                yield self._reason
            yield self.answer

    def _earlier(self) -> Content | None:
        entries = [event.record for event in self._case.events if event.record.step == self._view.step.number]
        lines = []
        for record in entries[-EARLIER:]:
            said = self.desk.text(record.text) or self.desk.text(record.reason)
            head = (
                f"{self.words.date(record.happened)}  {self.tr(record.state.value)}  {self.desk.author(record.author)}"
            )
            lines.append(Content.assemble((head, "$meta"), "  ", safe(said.replace("\n", " "))))
        return Content("\n").join(lines) if lines else None

    def on_mount(self) -> None:
        """Begin with the text; done is what most people come to say."""
        super().on_mount()
        step = self._view.step
        self.title_bar.main = f"{step.number} {step.title}"
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._reason_line.display = False
        self._text.focus()

    @on(StateChoice.Changed)
    def _state_changed(self) -> None:
        self._reason_line.display = self._choice.state is StepState.SKIPPED

    def _happened(self) -> date:
        typed, now = self._day.value.strip(), self.desk.register.now()
        return now.date() if typed in ("", self.tr("today")) else parse_moment(typed, now).date()

    async def save(self) -> None:
        """Write down what happened to the step."""
        await asyncio.to_thread(
            self.desk.register.cases.record_step,
            self._case.code,
            self._view.step.number,
            self._choice.state,
            happened=self._happened(),
            reason=self._reason.value,
            text=self._text.text,
            based_on=self._based_on,
        )

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
        earlier = self._earlier()
        if earlier is not None and self._case.last != self._based_on:
            shown = self.query("#earlier")
            if shown:
                shown.first(Static).update(earlier)
            else:
                await self.query_one("#step").mount(Static(earlier, id="earlier", markup=False), after=0)
            self._based_on = self._case.last

    def typed(self) -> str:
        """Return text and reason."""
        return self._text.text + self._reason.value
