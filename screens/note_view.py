"""One loose note, to read, and to open a case from."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownNote

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .note_again import note_again
from .note_words import kind_names, mark, roles, source_words
from .open_case import OpenCase
from .pick import PickList
from .text import safe
from .widgets import Column, Prose, Row


class NoteView(DeskScreen):
    """A note as it was written."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("case", "z", N_("Open a case"), N_("Open a case from this note")),
        Command("add", "a", N_("Add to case"), N_("Let this note belong to a case that is open")),
        Command(
            "incident", "e", N_("Incident"), N_("Decide that this is an incident, or see the one it is"), foot=False
        ),
        Command("go_on", "enter", N_("Complete"), N_("Go on with this draft of yours")),
        Command("correct", "c", N_("Correct"), N_("Correct this note of yours by a new entry; both are shown")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "A loose note as it was written. z opens a case from it, a lets it belong to a case that is open. A "
        "note is never changed: c writes a correction of one of your own, and both are shown. Enter goes on with a "
        "draft of your own. Beside a colleague's note you write one of your own."
    )

    def __init__(self, desk: Desk, known: KnownNote) -> None:
        super().__init__(desk)
        self._known = known
        self._around = [known]
        """The note with all it corrects and all that corrects it, in the order of writing."""
        self._text = Prose()

    def compose_body(self) -> Iterable[Widget]:
        """The note."""
        with VerticalScroll(classes="form"):
            yield self._text

    def on_mount(self) -> None:
        """Draw it."""
        super().on_mount()
        self.title_bar.main = self.tr("Note")
        self.title_bar.right = self.who_am_i()
        self._draw()

    @work(exclusive=True, group="around")
    async def _read_around(self) -> None:
        """Read what corrects it, or what became of it, and draw that with it."""
        try:
            found = await asyncio.to_thread(self.desk.register.notes.around, self._known.id)
        except PesttuiError as error:
            self.fail(error)
            return
        if not found:
            self.leave(None)  # of a private concept nothing is left but its next entry
            return
        now = await asyncio.to_thread(self.desk.register.notes.get, self._known.id)
        self._known, self._around = now or self._known, found
        self.show_keys()
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only who wrote it goes on with it, or corrects it once it is complete."""
        note = self._known.note
        if action not in ("go_on", "correct"):
            return action != "case" or not self._known.case
        return note.author == self.desk.register.me and note.concept == (action == "go_on")

    def _draw(self) -> None:
        note = self._known.note
        moment = self.words.moment(note.happened)
        self.title_bar.about = f"{moment} · {note.place}" if note.place else moment
        self._text.update(Content("\n\n").join([self._drawn(known) for known in self._around]))

    def _drawn(self, known: KnownNote) -> Content:
        """Return one note; of several, each says when it was."""
        note, desk = known.note, self.desk
        when = (self.words.moment(note.happened), note.place) if len(self._around) > 1 else ()
        head = "  ".join(
            filter(None, (*when, desk.author(note.author), source_words(desk, known) or self._kind(known)))
        )
        parts = [safe(head, "$meta"), safe(desk.text(note.facts), "$quiet" if known.corrected else "")]
        if said := mark(desk, known):
            parts.insert(1, safe(said, "bold $key"))
        if note.private:
            parts.insert(0, safe(self.tr("private: only you"), "bold $key"))
        if kinds := kind_names(desk, known):
            parts.append(safe(", ".join(kinds), "$meta"))
        if note.words:
            parts += [safe("\n" + self.tr("The child's own words"), "$quiet"), safe(desk.text(note.words), "$key")]
        if note.did:
            parts += [safe(f"\n{self.tr('What I did')}", "$quiet"), safe(desk.text(note.did))]
        if note.pupils:
            parts.append(safe(f"\n{self.tr('who')}", "$quiet"))
            parts += map(safe, roles(desk, note))
        entered = (note.entered - note.happened).total_seconds()
        if entered > 24 * 3600:
            parts.append(safe(f"\n{self.tr('written down on {date}', date=self.words.moment(note.entered))}", "$quiet"))
        return Content("\n").join(parts)

    def _kind(self, known: KnownNote) -> str:
        return self.tr(known.note.kind.value)

    def action_go_on(self) -> None:
        """Go on with one's own concept."""
        self._write_again()

    def action_correct(self) -> None:
        """Correct one's own note by a new entry."""
        self._write_again()

    @work
    async def _write_again(self) -> None:
        try:
            form = await note_again(self.desk, self._known)
        except PesttuiError as error:
            self.fail(error)
            return
        self.when_seen(lambda: self.app.push_screen(form))

    def action_case(self) -> None:
        """Open a case from this note."""
        self.app.push_screen(OpenCase(self.desk, [self._known]), self._go_on)

    def _go_on(self, code: object) -> None:
        """Leave with the case that the note now belongs to, if it does."""
        if code:
            self.leave(code)

    def action_add(self) -> None:
        """Choose a case for this note."""
        self.app.push_screen(PickCase(self.desk, self._known), self._go_on)

    @work
    async def action_incident(self) -> None:
        """Decide that this is an incident; where it is one already, see it."""
        from .incident_view import decide  # noqa: PLC0415 - with the form, which most notes never need

        await decide(self, [self._known.id])

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away, a correction written."""
        super().on_screen_resume()
        self._draw()
        self._read_around()

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)


class PrivateNoteView(NoteView):
    """A note that only its author can open: it is shared or removed, and joins no case."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("share", "d", N_("Share"), N_("Let this private note be a note for those whom it concerns")),
        Command("remove", "w", N_("Remove"), N_("Remove this private note for good")),
        *(command for command in NoteView.HERE if command.action in ("go_on", "names", "back")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[:2])

    HELP = N_(
        "A private note: only you can open it, with any program. d makes it a note for those whom it concerns; it can "
        "join a case then. w removes it for good. My day asks for the one or the other after two weeks."
    )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No case opens from it, and what nobody has read needs no correction: those keys do nothing here."""
        return action not in ("case", "add", "incident", "correct") and super().check_action(action, parameters)

    def action_share(self) -> None:
        """Share a private note, once it is clear who will read it."""
        self._ask_and_share()

    def action_remove(self) -> None:
        """Remove a private note, once somebody is sure."""
        self._ask_and_remove()

    @work
    async def _ask_and_share(self) -> None:
        question = self.tr("Who may read notes about these pupils can read this one then. It cannot be undone.")
        if not self._known.note.pupils:
            question = self.tr("The teachers of your group, or else the leads, can read it then. It cannot be undone.")
        answers = (("share", "F2", self.tr("Share")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) == "share":
            await self._do(self.desk.register.notes.share, self.tr("Shared"))

    @work
    async def _ask_and_remove(self) -> None:
        answers = (("remove", "w", self.tr("Remove")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(self.tr("This private note is gone for good then."), answers)):
            await self._do(self.desk.register.notes.remove, self.tr("Removed"))

    async def _do(self, change: Callable[[str], object], said: str) -> None:
        try:
            await asyncio.to_thread(change, self._known.id)
        except PesttuiError as error:
            self.fail(error)
            return
        self.tell(said)
        self.leave(None)


class PickCase(PickList):
    """Choose the case that a note belongs to."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Choose"), N_("Let the note belong to this case")),
        Command("back", "escape,q", N_("Back"), N_("Back to the note")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    def __init__(self, desk: Desk, known: KnownNote) -> None:
        super().__init__(desk, desk.tr("Which case?"))
        self._known = known

    def on_mount(self) -> None:
        """Read them."""
        super().on_mount()
        self._read()

    @work
    async def _read(self) -> None:
        try:
            cases = await asyncio.to_thread(self.desk.register.cases.all)
        except PesttuiError as error:
            self.fail(error)
            return
        here = {participant.pupil for participant in self._known.note.pupils}
        cases.sort(key=lambda known: bool(here & known.names.keys()))  # those with the same pupils end on top
        rows = [
            Row(known.code, ((known.code, "text"), (self.desk.who(known), "strong")), (Column(8), Column(0)))
            for known in reversed(cases)
        ]
        self.show(rows, self.tr("There is no open case that you take part in."))

    def chosen(self, key: str) -> None:
        """Ask before others can read it."""
        self._ask_and_add(key)

    @work
    async def _ask_and_add(self, code: str) -> None:
        answers = (("add", "F2", self.tr("Add to case")), ("", "esc", self.tr("Back")))
        question = self.tr("Everybody in case {code} can read this note then. It cannot be undone.", code=code)
        if await self.app.push_screen_wait(Ask(question, answers)) != "add":
            return
        try:
            await asyncio.to_thread(self.desk.register.cases.add_note, code, self._known.id)
        except PesttuiError as error:
            self.fail(error)
            return
        self.leave(code)
