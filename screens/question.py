"""A question to the coordinator: asked in a sentence, answered, or taken up as a case."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, PesttuiError
from data.model import Question
from data.register import KnownQuestion
from data.register.day import LOOK_BACK_DAYS
from data.register.text import pupils_in

from .areas import quiet_area
from .commands import Command, bindings
from .desk import Desk
from .form import LEAVE, NEXT, SAVE, DeskForm
from .open_case import OpenCase
from .text import safe
from .widgets import Column, Prose, Row, RowList

_ASKED = (Column(15), Column(0), Column(12), Column(12, right=True))


class AskQuestion(DeskForm):
    """A field for a question, and the questions asked before: for a lead those of everybody."""

    KEPT = "question"

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Ask"), N_("Send the question to the coordinator"), priority=True),
        NEXT,
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0]])

    HELP = N_(
        "A doubt, or something you want to talk over: ask the coordinator. Only the coordinator and the IB'er read it. "
        "The answer is on My day. Below are the questions of this term; Enter opens one."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._text = quiet_area(id="text")
        self._rows = RowList(id="asked")
        self._known: dict[str, KnownQuestion] = {}

    def compose_body(self) -> Iterable[Widget]:
        """The question above, earlier ones below."""
        with Vertical(id="question"):
            yield Label(self.tr("What do you want to ask? Only the leads read it."), classes="heading", markup=False)
            yield self._text
            yield Label(self.tr("Earlier questions"), classes="quiet", markup=False)
            yield self._rows
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the question; earlier ones are read meanwhile."""
        super().on_mount()
        self.title_bar.main = self.tr("Question to the coordinator")
        self.set_focus(self._text)
        self._read()

    def on_screen_resume(self) -> None:
        """Read again: something may have been answered."""
        super().on_screen_resume()
        self._read()

    @work(exclusive=True, group="look")
    async def _read(self) -> None:
        register = self.desk.register
        try:
            found = await asyncio.to_thread(register.questions.all, register.now() - timedelta(days=LOOK_BACK_DAYS))
        except PesttuiError as error:
            self.fail(error)
            return
        self._known = {known.id: known for known in found}
        empty = Row("", ((self.tr("No questions yet."), "quiet"),), (Column(0),))
        self._rows.show([self._row(known) for known in found] or [empty])

    def _row(self, known: KnownQuestion) -> Row:
        desk = self.desk
        state = known.case or (self.tr("waits") if known.waiting else self.tr("answered"))
        cells = (
            (desk.author(known.asked.author), "meta"),
            (desk.text(known.asked.text), "text"),
            (state, "key" if known.waiting else "quiet"),
            (self.words.moment(known.last.entered), "quiet"),
        )
        return Row(known.id, cells, _ASKED)

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.app.push_screen(QuestionView(self.desk, self._known[event.key]), self._go_on)

    def _go_on(self, code: object) -> None:
        """Leave with the case that a question became."""
        if isinstance(code, str) and not self.unsaved():
            self.leave(code)

    async def save(self) -> str:
        """Ask it."""
        await asyncio.to_thread(self.desk.register.questions.ask, self._text.text)
        return self.tr("Asked")

    def typed(self) -> str:
        """Return the question."""
        return self._text.text


class QuestionView(DeskForm):
    """A question with what was said to it, and a field to say something."""

    KEPT = "answer"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        Command("answer", "a", N_("Answer"), N_("Type an answer")),
        Command("case", "z", N_("Open a case"), N_("Open a case from this question")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command(NEXT.action, NEXT.keys, NEXT.word, NEXT.tip, foot=False),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:4])

    HELP = N_(
        "A question and what was said to it; who asked it and the leads can read and answer. a goes to the field, F2 "
        "sends the answer. z opens a case from it, in which who asked takes part."
    )

    def __init__(self, desk: Desk, known: KnownQuestion) -> None:
        super().__init__(desk)
        self._known = known
        self._text = quiet_area(id="text")
        self._written = Prose()
        self._pane = VerticalScroll(self._written, id="said")

    def compose_body(self) -> Iterable[Widget]:
        """What was said above, a field below."""
        with Vertical(id="question"):
            yield self._pane
            yield Label(self.tr("Your answer"), classes="heading", markup=False)
            yield self._text
            yield self.answer

    def on_mount(self) -> None:
        """Begin with what was said: letters are commands there."""
        super().on_mount()
        self.title_bar.main = self.tr("Question")
        self._pane.focus()
        self._draw()
        self._seen()

    @work
    async def _seen(self) -> None:
        """Remember that its asker has seen what was said to it."""
        register = self.desk.register
        if self._known.asked.author == register.me and self._known.said:
            try:
                await asyncio.to_thread(register.mark_seen, register.now(), self._known.key)
            except PesttuiError as error:
                self.fail(error)

    def _draw(self) -> None:
        self.title_bar.about = self._known.case or self.desk.author(self._known.asked.author)
        parts = [part for record in (self._known.asked, *self._known.said) for part in self._entry(record)]
        self._written.update(Content("\n").join(parts[:-1]))

    def _entry(self, record: Question) -> list[Content]:
        head = f"{self.desk.author(record.author)}  {self.words.moment(record.entered)}"
        opened = self.tr("case {code} was opened from it", code=record.case)
        text = safe(opened, "bold $key") if record.case else safe(self.desk.text(record.text))
        return [safe(head, "$meta"), text, Content("")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a lead opens a case from it, and only once."""
        return action != "case" or (self.desk.register.questions.answers and not self._known.case)

    def action_answer(self) -> None:
        """Go to the field."""
        self._text.focus()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    # --- answering -----------------------------------------------------------------------------------------

    async def save(self) -> str:
        """Write the answer down."""
        await asyncio.to_thread(self.desk.register.questions.answer, self._known.id, self._text.text)
        return self.tr("Answered")

    def typed(self) -> str:
        """Return the answer."""
        return self._text.text

    def where(self) -> dict[str, str]:
        """Return the question."""
        return {"question": self._known.id}

    # --- a case --------------------------------------------------------------------------------------------

    def action_case(self) -> None:
        """Open a case about the pupils in the question, with who asked it."""
        asked = self._known.asked
        form = OpenCase(self.desk, pupils=pupils_in(asked.text), member=asked.author)
        self.app.push_screen(form, self._opened)

    def _opened(self, code: object) -> None:
        if isinstance(code, str):
            self._became(code)

    @work
    async def _became(self, code: str) -> None:
        """Write down which case came of it, for who asked; then go there."""
        try:
            await asyncio.to_thread(self.desk.register.questions.became, self._known.id, code)
            self._known = await asyncio.to_thread(self.desk.register.questions.get, self._known.id)
        except PesttuiError as error:
            self.fail(error)
            return
        self._draw()
        self.show_keys()
        if not self.unsaved():
            self.leave(code)
