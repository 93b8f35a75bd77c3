"""What a dossier asks: whether a shared text may go in, and where the PDF goes."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, NotAllowed, UsageError
from data.outgoing import outgoing
from data.register.dossier import Dossier, Statement
from data.register.dossier.words import DossierWords, Style, file_name

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import LEAVE, SAVE, DeskForm
from .text import safe


class Approve(DeskScreen):
    """The texts that are about others too, one after the other; leaves with the ids of those that go in."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("answer(1)", "f2", N_("Take in"), N_("This text may be read by this pupil's family"), priority=True),
        Command("answer(0)", "x", N_("Leave out"), N_("This text is not for this pupil's family")),
        Command("turn(-1)", "left", N_("Previous"), N_("Back to the text before")),
        Command("turn(1)", "right", N_("Next"), N_("To the next text"), foot=False),
        Command("back", "escape,q", N_("Ready"), N_("Ready: what was not taken in stays out")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Each text as the family would read it, other pupils without a name. Can they tell from it who another pupil "
        "is, or does it say something about that pupil? Then leave it out."
    )

    def __init__(
        self,
        desk: Desk,
        dossier: Dossier,
        texts: Sequence[Statement],
        approved: frozenset[str],
        name: Callable[[str], str],
    ) -> None:
        super().__init__(desk)
        self._texts = texts
        self._words = DossierWords(dossier, desk.words, name)
        self._approved = set(approved)
        self._at = 0
        self._shown = Static("", id="approve-text", markup=False)
        self._scroll = VerticalScroll(self._shown, id="approve")

    def compose_body(self) -> Iterable[Widget]:
        """One text."""
        yield self._scroll

    def on_mount(self) -> None:
        """Show the first one."""
        super().on_mount()
        self.title_bar.main = self.tr("May this text go in?")
        self._scroll.focus()
        self._draw()

    def _draw(self) -> None:
        one = self._texts[self._at]
        self.title_bar.right = self.tr("{at} of {count}", at=self._at + 1, count=len(self._texts))
        now = self.tr("goes in") if one.id in self._approved else self.tr("stays out")
        lines = [Content.styled(now, "bold $key"), Content("")]
        if one.step:
            lines.append(safe(f"{one.step} {one.title}", "bold $heading"))
        for line in self._words.statement(one):
            if line.style is Style.HEAD:
                lines.append(safe(line.text, "$meta"))
            else:
                lines.append(safe(f"{line.label}: {line.text}" if line.label else line.text))
        self._shown.update(Content("\n").join(lines))
        self._scroll.scroll_home(animate=False)

    def action_answer(self, yes: int) -> None:
        """Take the text in, or leave it out, and go on to the next one."""
        ident = self._texts[self._at].id
        if yes:
            self._approved.add(ident)
        else:
            self._approved.discard(ident)
        if self._at + 1 == len(self._texts):
            self.action_back()
        else:
            self.action_turn(1)

    def action_turn(self, step: int) -> None:
        """Turn to another text."""
        self._at = min(max(0, self._at + step), len(self._texts) - 1)
        self._draw()

    def action_back(self) -> None:
        """Go back with what was approved."""
        self.leave(frozenset(self._approved))


class SaveDossier(DeskForm):
    """Where the PDF goes: never over a file that is there. Where none may be written, how it is fetched instead."""

    HERE: ClassVar[tuple[Command, ...]] = (SAVE, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Writes the dossier as a PDF that only you can read, on the machine this program runs on. Who gets it is yours "
        "to decide: put no pupil's name in the name of the file. The export stands in the log of the case."
    )

    def __init__(self, desk: Desk, dossier: Dossier) -> None:
        super().__init__(desk)
        self._dossier = dossier
        self._outside = desk.register.vault.machine.outside
        self._path = quiet_input(self._outside.proposed(file_name(dossier)), id="path", onward=False, max_length=400)

    def compose_body(self) -> Iterable[Widget]:
        """One field, or the command to type elsewhere."""
        with Vertical(classes="form"):
            if self._outside.closed:
                yield Static(safe(self.words.tell(self._refusal())), classes="guidance", markup=False)
            else:
                if self._outside.only:
                    where = self.tr("It goes into the folder {folder}.", folder=self._outside.folder)
                    yield Static(safe(where), classes="guidance", markup=False)
                with Horizontal(classes="field"):
                    yield Label(self.tr("File"), markup=False)
                    yield self._path
            yield self.answer

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be saved where no file may be."""
        return action != "save" or not self._outside.closed

    def _refusal(self) -> NotAllowed:
        found = self._dossier
        whose = f" --for {found.pupil}" if found.pupil else ""
        return self._outside.refusal(f"export dossier {found.code}{whose}")

    def on_mount(self) -> None:
        """Stand behind the name."""
        super().on_mount()
        self.title_bar.main = self.tr("Write a PDF")
        self.title_bar.about = self._dossier.code
        if not self._outside.closed:
            self._path.focus()

    async def save(self) -> object:
        """Write it and say where it is."""
        typed = self._path.value.strip()
        if not typed:
            raise UsageError(N_("Where does the file go?"))
        path = self._outside.place(typed)
        await asyncio.to_thread(self._write, path)
        return self.tr("Written: {path}", path=path)

    def _write(self, path: str) -> None:
        from data.register.dossier.pdf import to_pdf  # noqa: PLC0415 - fonts and paper only when asked for

        register = self.desk.register
        data = to_pdf(self._dossier, self.words)
        with outgoing(register.vault.machine, path, data):
            if not register.log.exported(self._dossier.code, "dossier"):
                raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))
