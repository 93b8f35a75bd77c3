"""What a dossier asks: whether a shared text may go in, and where the PDF goes."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, NotAllowed
from data.register.dossier import Dossier, Statement
from data.register.dossier.words import DossierWords, Style, file_name

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .save_file import SaveFile
from .text import safe
from .widgets import Prose


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
        self._shown = Prose(id="approve-text")
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


class SaveDossier(SaveFile):
    """Where the PDF goes: never over a file that is there."""

    TITLE = N_("Write a PDF")
    HELP = N_(
        "Writes the dossier as a PDF that only you can read, on the machine this program runs on. Who gets it is yours "
        "to decide: put no pupil's name in the name of the file. The export stands in the log of the case."
    )

    def __init__(self, desk: Desk, dossier: Dossier) -> None:
        super().__init__(desk, dossier.code, file_name(dossier))
        self._dossier = dossier

    def command(self) -> str:
        """Return the command that makes the same file elsewhere."""
        found = self._dossier
        return f"export dossier {found.code}" + (f" --for {found.pupil}" if found.pupil else "")

    def draw(self) -> bytes:
        """Return the PDF."""
        from data.register.dossier.pdf import to_pdf  # noqa: PLC0415 - fonts and paper only when asked for

        return to_pdf(self._dossier, self.words)

    def write_log(self) -> None:
        """Write it in the log of the case."""
        if not self.desk.register.log.exported(self._dossier.code, "dossier"):
            raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))
