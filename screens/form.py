"""A form: fields, one save key, and nothing typed that is lost without asking."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from data.errors import N_, PesttuiError, Rollback
from data.vault.typing import Unfinished

from .base import DeskScreen, PestScreen
from .commands import Command, bindings
from .fields import QuietInput
from .text import safe
from .widgets import ChoiceLine

SAVE = Command("save", "f2,ctrl+s", N_("Save"), N_("Save"), priority=True)
NEXT = Command("app.focus_next", "tab", N_("Next"), N_("To the next field"))
LEAVE = Command("leave", "escape", N_("Back"), N_("Back; asks before anything typed is lost"))


_FIELDS = "Input, TextArea"


def _text(field: Widget) -> str:
    return field.text if isinstance(field, TextArea) else field.value if isinstance(field, Input) else ""


class Form(PestScreen):
    """Saves in a thread; where that fails, what was typed stays and the answer says why.

    A form leaves by dismissing itself, never by popping "the top": the curtain or the lock may lie over it by then.
    """

    HERE: ClassVar[tuple[Command, ...]] = (SAVE, NEXT, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings([SAVE, LEAVE])

    WAIT: ClassVar[str] = N_("Saving…")
    """What stands there while it is saved."""

    TROUBLE: ClassVar[str] = N_("Not saved")
    """What stands before the reason why it was not; empty at the door, where the reason says enough."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answer = Static("", id="answer", markup=False)
        self._saving = False
        self._done = False
        self._refused: dict[Widget, str] = {}
        """What stood in the fields when it was not saved, as long as that is said."""

    # --- what each form says -------------------------------------------------------------------------------

    def typed(self) -> str:
        """Return what would be lost."""
        return ""

    async def save(self) -> object:
        """Write it down and return what `saved` gets; raises PesttuiError."""
        return None

    def saved(self, result: object) -> None:
        """Go on after saving: say so, and leave."""
        self.tell(result if isinstance(result, str) and result else self.tr("Saved"))
        self.leave(None)

    async def kept_instead(self, error: PesttuiError) -> bool:
        """Whether what could not be saved is kept elsewhere, and this form was left."""
        return False

    async def refused(self, error: PesttuiError) -> None:
        """Say why nothing was saved."""
        text = self.words.tell(error)
        self.say(f"{self.tr(self.TROUBLE)}: {text}" if self.TROUBLE else text, late=True)
        self._refused = {field: _text(field) for field in self.query(_FIELDS)}

    # --- what all forms do ---------------------------------------------------------------------------------

    def say(self, text: str, *, late: bool = False) -> None:
        """Put a sentence at the form's foot."""
        self._refused = {}
        self.answer.set_class(late, "late")
        self.answer.update(safe(text))

    def unsaved(self) -> bool:
        """Whether something typed here would be lost."""
        return not self._done and bool(self.typed().strip())

    async def finished(self) -> None:
        """Hold nothing any more that could be lost: it is saved."""
        self._done = True

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _typed_on(self, event: TextArea.Changed | Input.Changed) -> None:
        """Take away why it was not saved, once somebody types on: it need not be so any more."""
        field = event.control
        # A slow line tells late of what was typed before somebody saved.
        if field.has_focus and _text(field) not in ("", self._refused.get(field, _text(field))):
            self.say("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.submitted(event.input)

    def submitted(self, field: Input) -> None:
        """Save: Enter in the last field. In the others it goes onward by itself."""
        self.action_save()

    def action_save(self) -> None:
        """Save, once at a time."""
        if not self._saving and not self._done:
            self._saving = True
            self._after_keys(None)

    def _after_keys(self, before: Widget | None) -> None:
        """Begin once the keys that arrived with the save key are in their fields, however many fields that takes."""
        focused = self.focused
        if focused is None or focused is before:
            self._hold(True)
            self._save()
        else:
            focused.call_later(self._after_keys, focused)

    def _hold(self, held: bool) -> None:
        """Take no more words while what is there is being saved: they would be lost with the form."""
        self._saving = held
        for area in self.query(TextArea):
            area.read_only = held
        for field in self.query(QuietInput):
            field.held = held

    @work
    async def _save(self) -> None:
        self.say(self.tr(self.WAIT))
        try:
            result = await self.save()
        except PesttuiError as error:
            if not await self.kept_instead(error):
                await self.refused(error)
        else:
            await self.finished()
            self.say("")
            self.saved(result)
        finally:
            self._hold(False)

    def action_leave(self) -> None:
        """Back, after asking when something was typed."""
        if self._saving:
            return
        if self.unsaved():
            self._ask()
        else:
            self.leave(None)

    @work
    async def _ask(self) -> None:
        from .dialogs import Ask  # noqa: PLC0415 - the first screen does without

        answers = (
            ("save", "F2", self.tr("Save")),
            ("drop", "w", self.tr("Throw away")),
            ("", "esc", self.tr("Type on")),
        )
        answer = await self.app.push_screen_wait(Ask(self.tr("This is not saved yet."), answers))
        if answer == "save":
            self.action_save()
        elif answer == "drop":
            self.leave(None)


class DeskForm(Form, DeskScreen):
    """A form of somebody who is logged in. What is typed is also kept outside it until it is saved or thrown away."""

    KEPT: ClassVar[str] = ""
    """The kind under which it is kept, for who opens it again; empty: it holds nothing worth that."""

    def on_mount(self) -> None:
        """Fill the bars."""
        super().on_mount()
        self.title_bar.right = self.who_am_i()

    # --- what is kept of it --------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return where it belongs, for who opens it again: a case's code, a step's number."""
        return {}

    def fields(self) -> dict[str, str]:
        """Return what stands in its fields, by their ids."""
        found = {field.id: field.value for field in self.query(QuietInput) if field.id}
        found |= {area.id: area.text for area in self.query(TextArea) if area.id}
        return found | {line.id: line.value for line in self.query(ChoiceLine) if line.id}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put back what `fields` returned; what has no field here any more is left out."""
        for field in self.query(QuietInput):
            field.value = fields.get(field.id or "", field.value)
        for area in self.query(TextArea):
            area.text = fields.get(area.id or "", area.text)
            area.move_cursor(area.document.end)
        for line in self.query(ChoiceLine):
            line.value = fields.get(line.id or "", line.value)

    def unfinished(self) -> Unfinished:
        """Return what would be lost with this form."""
        return Unfinished(kind=self.KEPT, at=self.desk.register.now(), place=self.where(), fields=self.fields())

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceLine.Changed)
    def keep(self) -> None:
        """Let what is typed in all open forms be kept; another thread writes it down."""
        if self.KEPT and self.is_attached:
            self.desk.keep([form for form in self.app.screen_stack if isinstance(form, DeskForm)])

    async def kept_instead(self, error: PesttuiError) -> bool:
        """Keep what was typed for later and go on, while the file is only read."""
        if not (isinstance(error, Rollback) and self.KEPT and self.desk.park(self.unfinished())):
            return False
        await self.finished()
        self.tell(self.tr("Kept on this computer. It is given back once the file is accepted."))
        self.leave(None)
        return True

    async def finished(self) -> None:
        """Hold nothing any more. What was kept of it goes before anybody reads "saved": it would be offered again."""
        await super().finished()
        self.keep()
        if self.KEPT and self.desk.typing is not None:
            await asyncio.to_thread(self.desk.typing.flush)

    def on_unmount(self) -> None:
        """Forget what was thrown away. When the program ends, what is kept has been closed before."""
        self._done = True
        self.desk.keep([form for form in self.app.screen_stack if isinstance(form, DeskForm)])
