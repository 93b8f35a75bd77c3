"""Taking groups and pupils from a file: where it lies, what it would change, and then all of it or nothing."""

import asyncio
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError, UsageError
from data.model.school import initials
from data.register.differences import Choices, Fate, Move, Plan, Tally
from data.register.roll_words import FATES, warnings

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .fields import quiet_input
from .form import LEAVE, DeskForm
from .text import safe
from .widgets import Column, Row, RowList

if TYPE_CHECKING:
    from data.exchange.roll import Roll

_COUNTED = (Column(16), *(Column(11, right=True),) * 4, Column(0))
_MOVE = (Column(24), Column(26), Column(0))
_LINE = (Column(0),)

WIDEST = 96
"""How long a line of text gets on a wide screen."""


class ImportForm(DeskForm):
    """Which file; leaves with what is in it and the differences, or with None."""

    LOOK = Command("save", "f2,ctrl+s", N_("Look"), N_("Read the file and show what it would change"), priority=True)
    HERE: ClassVar[tuple[Command, ...]] = (LOOK, LEAVE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    WAIT = N_("Reading…")
    TROUBLE = ""

    HELP = N_(
        "In ParnasSys: export EDEX & UWLR (new), EDEXML. Or a CSV whose first row says: groep, roepnaam, "
        "tussenvoegsel, achternaam, leerlingnummer, jaargroep. The file lies on the machine that this program runs on. "
        "Of all that is in it only names, groups, years and keys are taken. Nothing changes before you have seen what "
        "would."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._path = quiet_input(id="path", onward=False, max_length=400, placeholder="/home/anne/EDEX.XML")

    def compose_body(self) -> Iterable[Widget]:
        """One field."""
        with Vertical(classes="form"):
            text = self.tr("EDEXML out of ParnasSys, or a CSV. First you see what it would change.")
            yield Static(safe(text), classes="guidance", markup=False)
            with Horizontal(classes="field"):
                yield Label(self.tr("File"), markup=False)
                yield self._path
            yield self.answer

    def on_mount(self) -> None:
        """Begin to type."""
        super().on_mount()
        self.title_bar.main = self.tr("Import groups and pupils")
        self._path.focus()

    async def save(self) -> "tuple[Roll, Plan]":
        """Read it and find the differences."""
        typed = self._path.value.strip()
        if not typed:
            raise UsageError(N_("Which file?"))
        return await asyncio.to_thread(self._look, typed)

    def _look(self, typed: str) -> "tuple[Roll, Plan]":
        from data.exchange.upload import read_roll  # noqa: PLC0415 - only for who imports

        imports = self.desk.register.imports
        imports.check()
        roll = read_roll(self.desk.register.vault.machine.outside.source(typed))
        return roll, imports.plan(roll)

    def saved(self, result: object) -> None:
        """Go on to the differences."""
        self.leave(result)


class ImportScreen(DeskScreen):
    """The differences, to be read; F2 makes them."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("apply", "f2,ctrl+s", N_("Apply"), N_("Make all these changes in one go"), priority=True),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back: nothing is changed")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "What the file would change. F2 makes all of it in one go, after asking about pupils who are not in the file "
        "and about those who have the name of a pupil of another group. In a new school year every group is a new one: "
        "who taught a pupil keeps what they could read, who teaches them now reads what is new. Let the teachers into "
        "their groups afterwards, with Enter on a person: a file gives no rights."
    )

    def __init__(self, desk: Desk, roll: "Roll", plan: Plan) -> None:
        super().__init__(desk)
        self._roll = roll
        self._plan = plan
        self._said: list[str] = []
        self._rows = RowList(id="differences")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        self.title_bar.main = self.tr("What would change")
        self.title_bar.about = self.tr("school year {year}", year=self._plan.year)
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_resize(self) -> None:
        """Fold the sentences anew."""
        self._draw()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Compare in a thread, then draw."""
        imports = self.desk.register.imports
        try:
            self._plan = await asyncio.to_thread(imports.plan, self._roll)
        except PesttuiError as error:
            self.fail(error)
            return
        self._said = warnings(
            self.words, self._plan, open_cases=await asyncio.to_thread(imports.open_cases, self._plan)
        )
        self._draw()

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        plan, tr = self._plan, self.tr
        heads = ("", tr("new"), tr("changed"), tr("gone"), tr("the same"), "")
        rows = [Row("", tuple((word, "quiet") for word in heads), _COUNTED)]
        rows += self._tally("groups", tr("Groups"), plan.groups)
        rows += self._tally("pupils", tr("Pupils"), plan.pupils)
        rows += self._tally("teachers", tr("Teachers"), plan.teachers)
        for at, text in enumerate(self._said):
            rows += [_blank()] if at == 0 else []
            rows += self._sentence(f"said:{at}", text, f"{self.desk.glyphs.late} ", "key")
        if plan.dropped:
            text = tr("not taken: {fields}", fields=", ".join(plan.dropped))
            rows += [_blank(), *self._sentence("dropped", text, "", "quiet")]
        if plan.moves:
            rows += [_blank(), Row("", ((tr("Pupils"), "heading"),), _LINE)]
            rows += [self._move(at, move) for at, move in enumerate(plan.moves)]
        self._rows.show(rows)

    @staticmethod
    def _tally(key: str, word: str, tally: Tally) -> Iterator[Row]:
        counts = (tally.new, tally.changed, tally.gone, tally.same)
        cells = ((str(count), "text" if count else "quiet") for count in counts)
        yield Row(key, ((word, "text"), *cells, ("", "")), _COUNTED)

    def _sentence(self, key: str, text: str, sign: str, style: str) -> Iterator[Row]:
        """Yield a text on as many rows as it needs, so that all of it can be read."""
        width = max(20, min(WIDEST, self.size.width - 4) - len(sign))
        for at, part in enumerate(textwrap.wrap(text, width)):
            yield Row(f"{key}:{at}", (((sign if at == 0 else " " * len(sign)) + part, style),), _LINE)

    def _move(self, at: int, move: Move) -> Row:
        way = f" {self.desk.glyphs.to} ".join(dict.fromkeys(filter(None, (move.before, move.after))))
        known = move.by_name and move.fate is not Fate.ALIKE
        name = move.name if self.desk.names_shown else initials(move.name)
        fate = self.tr(FATES[move.fate]) + (f" ({self.tr('by name')})" if known else "")
        style = "text" if move.fate in {Fate.NEW, Fate.CHANGED} else "key"
        return Row(f"move:{at}", ((name, "text"), (way, "quiet"), (fate, style)), _MOVE)

    # --- commands ------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Back to the school."""
        self.leave(None)

    def action_apply(self) -> None:
        """Make the differences, after asking what the file does not say."""
        self._ask_and_apply()

    @work(exclusive=True, group="apply")
    async def _ask_and_apply(self) -> None:
        plan, left, same = self._plan, False, False
        if alike := plan.count(Fate.ALIKE):
            question = self.words.trn(
                "{count} pupil has the name of a pupil of another group. Is it the same child?",
                "{count} pupils have the name of a pupil of another group. Are they the same children?",
                alike,
            )
            answers = (("same", "F2", self.tr("The same")), ("skip", "n", self.tr("Leave out")), *self._back())
            answer = await self.app.push_screen_wait(Ask(question, answers))
            if not answer:
                return
            same = answer == "same"
        if absent := plan.count(Fate.ABSENT):
            question = self.words.trn(
                "{count} pupil is not in the file. Has this pupil left the school?",
                "{count} pupils are not in the file. Have they left the school?",
                absent,
            )
            answers = (("stay", "F2", self.tr("Still here")), ("left", "x", self.tr("Left")), *self._back())
            answer = await self.app.push_screen_wait(Ask(question, answers))
            if not answer:
                return
            left = answer == "left"
        imports, choices = self.desk.register.imports, Choices(left=left, same=same)
        try:
            done = await asyncio.to_thread(lambda: imports.apply(self._roll, choices, seen=plan))
        except PesttuiError as error:
            self.fail(error)
            self.look_again()
            return
        self.tell(self.tr("Nothing to change.") if done.empty else self.tr("Groups and pupils are up to date."))
        self.leave(None)

    def _back(self) -> tuple[tuple[str, str, str], ...]:
        return (("", "esc", self.tr("Back")),)


def _blank() -> Row:
    return Row("", (("", "text"),), _LINE)
