"""The dossier of a case: what is missing, what complaint rulings ask, then all of it; or for one pupil."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownCase
from data.register.dossier import Dossier, build
from data.register.dossier.words import DossierWords, Line, Style

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dossier_forms import Approve, SaveDossier
from .pick import PickList
from .text import safe
from .widgets import Column, Prose, Row

_STYLES = {
    Style.TITLE: "bold $strong",
    Style.FACT: "",
    Style.PART: "bold $heading",
    Style.SECTION: "bold",
    Style.GAP: "$key",
    Style.ASKED: "",
    Style.HEAD: "$meta",
    Style.TEXT: "",
    Style.QUIET: "$quiet",
}

_ANSWERS = {"yes": "$done", "partly": "$key", "no": "bold $late"}

EVERYBODY = "everybody"
"""The key of the row for a dossier of the whole case: no pupil's id."""


class DossierScreen(DeskScreen):
    """A case as proof, to read before somebody asks for it."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("pupil", "p", N_("For whom"), N_("For everybody in the case, or for one pupil's family")),
        Command("approve", "a", N_("Approve"), N_("Look at the texts that are about others too, one by one")),
        Command("file", "b", N_("PDF"), N_("Write it as a PDF")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to the case")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "The case as proof: what is missing first, then what complaint rulings look at, then every step with who, when "
        "and what. The arrows scroll. For one pupil's family only what is that pupil's, the group's or the school's is "
        "in it, other pupils without a name. Texts that are about others too you read first: F2 takes one in, x leaves "
        "it out. Each PDF stands in the log."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        self._pupil = ""
        self._approved = frozenset[str]()
        self._dossier: Dossier | None = None
        self._text = Prose(hanging=True, id="dossier-text")
        self._scroll = VerticalScroll(self._text, id="dossier")

    def compose_body(self) -> Iterable[Widget]:
        """One text to scroll."""
        yield self._scroll

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self.title_bar.main = self._case.code
        self.title_bar.right = self.who_am_i()
        self._scroll.focus()
        self.look_again(first=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a dossier for one pupil has texts to approve."""
        return action != "approve" or bool(self._approved or (self._dossier and self._dossier.to_approve))

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False, ask: bool = False) -> None:
        """Put it together in a thread, then draw; `ask` shows the texts to approve, if there are any."""
        try:
            self._dossier = await asyncio.to_thread(
                build, self.desk.register, self._case.code, self._pupil or None, self._approved
            )
        except PesttuiError as error:
            self.fail_if_seen(error)
            if first:
                self.leave(None)
            return
        self._draw()
        self.show_keys()
        if ask and self._dossier.to_approve:
            self.action_approve()

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        found = self._dossier
        if found is None:
            return
        whose = self.desk.pupil(self._pupil) if self._pupil else self.tr("for everybody")
        self.title_bar.about = f"{self.tr('Dossier')} · {whose}"
        words = DossierWords(found, self.words, self._called)
        lines = [*self._left_out(found), *words.gaps(), *words.ruled(), *words.head(), *words.sections()]
        self._text.update(Content("\n").join(map(self._line, lines)))

    def _left_out(self, found: Dossier) -> list[Line]:
        """Return what somebody has to know before this is given to anybody."""
        said = []
        if found.to_approve:
            count = len(found.to_approve)
            said.append(
                self.words.trn(
                    "{count} text waits for your approval (a).", "{count} texts wait for your approval (a).", count
                )
            )
        for statement in found.refused:
            day = self.words.long_date(statement.day)
            left = N_("Left out: the entry of {day} by {name}. Another pupil's name was typed in it: correct it first.")
            said.append(self.tr(left, day=day, name=statement.author))
        return [Line(Style.GAP, text) for text in said]

    def _called(self, pupil: str) -> str:
        """Return a pupil as drawn now; in a dossier for one, nobody else has a name."""
        return self.desk.pupil(pupil) if pupil in self._named() else self.tr("another pupil")

    def _named(self) -> set[str]:
        return {self._pupil} if self._pupil else {*self._case.names, *self.desk.names}

    def _line(self, line: Line) -> Content:
        text = safe(line.text, _STYLES[line.style]) if _STYLES[line.style] else safe(line.text)
        match line.style:
            case Style.ASKED:
                answer = (f"{line.label:<9}", _ANSWERS[line.answer.value if line.answer else "no"])
                drawn = Content.assemble(answer, text, (f"  {line.right}", "$quiet"))
            case Style.TITLE | Style.PART:
                drawn = Content.assemble("\n", text)
            case Style.SECTION:
                drawn = Content.assemble("\n", text, (f"  {line.right}", "$quiet"))
            case Style.GAP:
                drawn = Content.assemble((f"{self.desk.glyphs.late} ", "$late"), text)
            case Style.FACT | Style.TEXT if line.label:
                drawn = Content.assemble(safe(f"  {line.label}: ", "$quiet"), text)
            case Style.TEXT:
                drawn = safe("\n".join(f"  {part}" for part in line.text.split("\n")))
            case _:
                drawn = text
        return drawn

    # --- commands ------------------------------------------------------------------------------------------

    def action_pupil(self) -> None:
        """Choose for whom it is."""
        self.app.push_screen(PickPupil(self.desk, self._case), self._chosen)

    def _chosen(self, key: object) -> None:
        if isinstance(key, str) and key:
            self._pupil, self._approved = ("" if key == EVERYBODY else key), frozenset()
            self._scroll.scroll_home(animate=False)
            self.look_again(ask=True)

    def action_approve(self) -> None:
        """Show the texts to approve one by one."""
        found = self._dossier
        if found is not None and (found.to_approve or self._approved):
            again = [one for one in found.statements if one.id in self._approved]
            self.app.push_screen(
                Approve(self.desk, found, (*found.to_approve, *again), self._approved, self._called), self._approve
            )

    def _approve(self, approved: object) -> None:
        if isinstance(approved, frozenset):
            self._approved = approved
            self.look_again()

    def action_file(self) -> None:
        """Ask where the PDF goes."""
        if self._dossier is not None:
            self.app.push_screen(SaveDossier(self.desk, self._dossier))

    def action_back(self) -> None:
        """Back to the case."""
        self.leave(None)


class PickPupil(PickList):
    """Everybody, or one of the pupils of a case; leaves with the id, or with `EVERYBODY`."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Choose"), N_("Choose who the cursor is on")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you were")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_("For everybody in the case, or for the family of one pupil: put the cursor there and press Enter.")

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk, desk.tr("For whom is this dossier?"))
        self._case = case

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        self._draw()

    def _draw(self) -> None:
        columns = (Column(30), Column(0))
        rows = [Row(EVERYBODY, ((self.tr("for everybody"), "strong"), ("", "")), columns)]
        rows += [
            Row(one.pupil, ((self.desk.pupil(one.pupil), "strong"), (self.tr(one.strand.value), "meta")), columns)
            for one in self._case.case.pupils
        ]
        self._rows.show(rows)
