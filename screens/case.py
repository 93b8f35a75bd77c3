"""A case: the protocol's steps beside what was written, and what is missing in plain sight."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_, PesttuiError
from data.protocol import StepState, StepView
from data.register import KnownCase, KnownNote

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .messages import VaultChanged
from .quick_note import QuickNote
from .step_form import StepForm
from .text import safe
from .widgets import Column, Row, RowList

_STEP = (Column(1), Column(2, right=True), Column(0), Column(12, right=True))
_HEAD = (Column(0),)
_STYLES = {StepState.DONE: "done", StepState.BUSY: "key", StepState.SKIPPED: "quiet", StepState.OPEN: "quiet"}


class CaseScreen(DeskScreen):
    """One case, for who works on it."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("note", "n", N_("Note"), N_("Jot a note in this case"), priority=True),
        Command("open", "enter", N_("Step"), N_("Open the step the cursor is on")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("app.focus_next", "tab", N_("Side"), N_("To the steps, or to the notes"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0], HERE[2], HERE[4]])

    def __init__(self, desk: Desk, code: str) -> None:
        super().__init__(desk)
        self._code = code
        self._case: KnownCase | None = None
        self._notes: list[KnownNote] = []
        self._steps = RowList(id="steps")
        self._missing = Static("", id="missing", markup=False)
        self._guidance = Static("", id="guidance", markup=False)
        self._pane = VerticalScroll(id="pane")
        self._written = Static("", id="written", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """Steps at the left, notes at the right."""
        with Horizontal(id="case"):
            with Vertical(id="protocol"):
                yield self._steps
                yield self._missing
                yield self._guidance
            with self._pane:
                yield self._written

    def on_mount(self) -> None:
        """Read the case."""
        super().on_mount()
        self.title_bar.main = self._code
        self._steps.focus()
        self.look_again(first=True)

    def on_vault_changed(self, _: VaultChanged) -> None:
        """A colleague saved something."""
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        if self._case is not None:
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False) -> None:
        """Read the case in a thread and draw it; what is drawn has been seen."""
        register = self.desk.register
        try:
            self._case = await asyncio.to_thread(register.cases.get, self._code)
            self._notes = await asyncio.to_thread(register.notes.of_case, self._code)
        except PesttuiError as error:
            if self.app.screen is self:
                self.fail(error)
            if first:
                self.leave(None)
            return
        self.desk.names = {**self._case.names, **self.desk.names}
        self._draw()
        if first and self._case.progress.next_step:
            self._steps.go_to(str(self._case.progress.next_step.step.number))
        try:
            await asyncio.to_thread(register.mark_seen, self._code, self._last_written())
        except PesttuiError:
            return  # that something was seen is worth no trouble: it stays new

    def _last_written(self) -> datetime:
        assert self._case is not None
        moments = [known.note.entered for known in self._notes]
        moments += [event.record.entered for event in self._case.events]
        return max([*moments, self._case.case.opened])

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        known = self._case
        if known is None:
            return
        groups = self.desk.groups(known)
        group = self.tr("group {name}", name=groups) if groups else ""
        days = (self.desk.register.now().date() - known.case.opened.astimezone().date()).days
        self.title_bar.about = " · ".join(part for part in (self.desk.who(known), group) if part)
        phase = self.tr("phase {phase}", phase=known.progress.phase.title.lower())
        self.title_bar.right = f"{phase} · {self.words.trn('{count} day', '{count} days', days)}"
        self._steps.show(self._step_rows(known))
        self._missing.update(self._missing_text(known))
        self._written.update(self._written_text())
        self._show_guidance()

    def _step_rows(self, known: KnownCase) -> list[Row]:
        rows = []
        phases = {phase.id: phase.title for phase in self.desk.register.protocol.phases}
        last = ""
        for view in known.progress.steps:
            if view.step.phase != last:
                last = view.step.phase
                rows.append(Row("", ((phases[last], "heading"),), _HEAD))
            rows.append(self._step_row(known, view))
        return rows

    def _step_row(self, known: KnownCase, view: StepView) -> Row:
        glyphs = self.desk.glyphs
        glyph, style = glyphs.state(view.state.value), _STYLES[view.state]
        following = known.progress.next_step
        right, right_style = self._right(known, view)
        if view is following and known.overdue(self.desk.register.now().date()):
            glyph, style = glyphs.late, "late"
        elif view is following and view.state is StepState.OPEN:
            glyph, style = glyphs.here, "key"
        text = "quiet" if view.state in (StepState.OPEN, StepState.SKIPPED) and view is not following else "text"
        cells = ((glyph, style), (str(view.step.number), text), (view.step.title, text), (right, right_style))
        return Row(str(view.step.number), cells, _STEP)

    def _right(self, known: KnownCase, view: StepView) -> tuple[str, str]:
        """Return what stands at the right of a step: a word when it matters, else its date."""
        today, following = self.desk.register.now().date(), view is known.progress.next_step
        words = {"if_agreed": self.tr("if agreed"), "optional": self.tr("possible")}
        if following and known.due and known.overdue(today):
            return self.tr("{count}d late", count=(today - known.due).days), "late"
        if view.state is StepState.SKIPPED:
            found = self.tr("skipped"), "quiet"
        elif view.state is StepState.BUSY:
            found = self.tr("busy"), "key"
        elif following and known.due:
            found = self.tr("by {date}", date=self.words.date(known.due)), "key"
        elif view.on is not None:
            found = self.words.date(view.on), "quiet"
        elif following:
            found = self.tr("next"), "key"
        else:
            found = words.get(view.step.when, ""), "quiet"
        return found

    def _missing_text(self, known: KnownCase) -> Content:
        missing = [f"{view.step.number} {view.step.title}" for view in known.progress.steps if view.missing]
        members = ", ".join(self.desk.author(person.id.hex()) for person in known.members)
        parts = []
        if missing:
            parts.append(Content.assemble((self.tr("Missing"), "bold $key"), " ", safe(", ".join(missing))))
        parts.append(Content.assemble((self.tr("Taking part"), "$quiet"), " ", safe(members)))
        return Content("\n").join(parts)

    def _written_text(self) -> Content:
        blocks = [*((known.note.happened, self._note_text(known)) for known in self._notes), *self._step_texts()]
        if not blocks:
            return safe(self.tr("Nothing written yet. n jots a note in this case."), "$quiet")
        newest_first = sorted(blocks, key=lambda block: block[0], reverse=True)
        return Content("\n\n").join(text for _, text in newest_first)

    def _note_text(self, known: KnownNote) -> Content:
        note, desk = known.note, self.desk
        head = "  ".join(
            part for part in (self.words.moment(note.happened), note.place, desk.author(note.author)) if part
        )
        parts = [safe(head, "$meta"), safe(desk.text(note.facts))]
        roles = ", ".join(
            f"{desk.pupil(p.pupil)} {self.tr(p.role.value)}" for p in note.pupils if p.role.value != "unknown"
        )
        if note.words:
            parts.append(safe(self.tr("“{words}”", words=desk.text(note.words)), "$key"))
        if note.did:
            parts.append(Content.assemble((self.tr("Did: "), "$quiet"), safe(desk.text(note.did))))
        if roles:
            parts.append(safe(roles, "$quiet"))
        return Content("\n").join(parts)

    def _step_texts(self) -> list[tuple[datetime, Content]]:
        """Return what was written with steps, to stand among the notes."""
        known = self._case
        if known is None:
            return []
        found = []
        for event in known.events:
            record = event.record
            said = self.desk.text(record.text) or self.desk.text(record.reason)
            if said:
                step = self.tr("step {number}: {state}", number=record.step, state=self.tr(record.state.value))
                head = f"{self.words.date(record.happened)}  {step}  {self.desk.author(record.author)}"
                found.append((record.entered, Content("\n").join((safe(head, "$heading"), safe(said)))))
        return found

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._show_guidance()

    def _show_guidance(self) -> None:
        """Say, where there is room, what the step under the cursor asks for."""
        view = self._step_here()
        if view is None:
            self._guidance.update("")
            return
        self._guidance.update(
            Content("\n").join((safe(view.step.title, "bold $heading"), safe(view.step.guidance, "$quiet")))
        )

    def _step_here(self) -> StepView | None:
        if self._case is None:
            return None
        return next((v for v in self._case.progress.steps if str(v.step.number) == self._steps.key), None)

    # --- commands ------------------------------------------------------------------------------------------

    async def action_note(self) -> None:
        """Jot a note in this case."""
        if self._case is not None:
            await self.app.push_screen(QuickNote(self.desk, self._case))

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.names_shown = not self.desk.names_shown
        self._draw()

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)

    def action_open(self) -> None:
        """Open the step the cursor is on."""
        view = self._step_here()
        if view is not None and self._case is not None:
            self.app.push_screen(StepForm(self.desk, self._case, view))

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_open()
