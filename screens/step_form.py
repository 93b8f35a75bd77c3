"""A step of a case: what it asks for, where it stands, what was written, and one small form."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from data.errors import N_, PesttuiError
from data.protocol import StepState, StepView
from data.register import KnownCase
from data.when import parse_moment

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .fields import quiet_area, quiet_input
from .text import safe

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
        elif event.key.isdigit() and 0 < int(event.key) <= len(states):
            self.state = states[int(event.key) - 1]
        else:
            return
        event.stop()
        self.post_message(self.Changed())


class StepForm(DeskScreen):
    """What happened to a step. Each entry is a new one; the last stands."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Save"), N_("Save what happened to this step"), priority=True),
        Command("app.focus_next", "tab", N_("Next"), N_("To the next field")),
        Command("leave", "escape", N_("Back"), N_("Back; asks before anything typed is lost")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0], HERE[2]])

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
        self._answer = Static("", id="answer", markup=False)
        self._saving = False

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
            yield self._answer

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
        self.title_bar.right = self.who_am_i()
        self._reason_line.display = False
        self._answer.display = False
        self._text.focus()

    @on(StateChoice.Changed)
    def _state_changed(self) -> None:
        self._reason_line.display = self._choice.state is StepState.SKIPPED

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.focus_next()

    def action_save(self) -> None:
        """Save; the text stays until the disk has it."""
        if not self._saving:
            self._save()

    def _happened(self) -> date:
        typed, now = self._day.value.strip(), self.desk.register.now()
        return now.date() if typed in ("", self.tr("today")) else parse_moment(typed, now).date()

    @work
    async def _save(self) -> None:
        self._saving = True
        try:
            happened = self._happened()
            await asyncio.to_thread(
                self.desk.register.cases.record_step,
                self._case.code,
                self._view.step.number,
                self._choice.state,
                happened=happened,
                reason=self._reason.value,
                text=self._text.text,
                based_on=self._based_on,
            )
        except PesttuiError as error:
            self._answer.update(safe(f"{self.tr('Not saved')}: {self.words.tell(error)}"))
            self._answer.display = True
            await self._show_changes()
            return
        finally:
            self._saving = False
        self.tell(self.tr("Saved"))
        self.app.pop_screen()

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

    def unsaved(self) -> bool:
        """Whether something typed here would be lost."""
        return bool(self._text.text.strip() or self._reason.value.strip())

    def action_leave(self) -> None:
        """Back, after asking when something was typed."""
        if self.unsaved():
            self._ask()
        else:
            self.app.pop_screen()

    @work
    async def _ask(self) -> None:
        answers = (
            ("save", "F2", self.tr("Save")),
            ("drop", "w", self.tr("Throw away")),
            ("", "esc", self.tr("Type on")),
        )
        answer = await self.app.push_screen_wait(Ask(self.tr("This is not saved yet."), answers))
        if answer == "save":
            self.action_save()
        elif answer == "drop":
            self.app.pop_screen()
