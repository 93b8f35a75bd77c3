"""Open a case from a note: who is in it on which side, who takes part, and one key."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError
from data.model import Strand
from data.register import KnownNote
from data.vault.directory import Person

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .text import safe
from .widgets import Column, Row, RowList

_LINE = (Column(3), Column(26), Column(0))


class OpenCase(DeskScreen):
    """Confirm what the note proposes. The leads take part in every case."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Open the case"), N_("Open the case"), priority=True),
        Command("turn(1)", "right", N_("Side"), N_("Change a pupil's side, or who takes part")),
        Command("app.focus_next", "tab", N_("Next"), N_("To the next list")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape", N_("Back"), N_("Back")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0], *HERE[3:]])

    def __init__(self, desk: Desk, note: KnownNote) -> None:
        super().__init__(desk)
        self._note = note
        self._strands: dict[str, Strand] = {}
        self._people: dict[str, tuple[Person, bool]] = {}
        self._pupils = RowList(id="pupils")
        self._members = RowList(id="members")
        self._answer = Static("", id="answer", markup=False)
        self._saving = False

    def compose_body(self) -> Iterable[Widget]:
        """Pupils with their side, then people."""
        with Vertical(classes="form"):
            yield Label(self.tr("Pupils and their side (left and right change it)"), classes="heading", markup=False)
            yield self._pupils
            yield Label(self.tr("Taking part (space changes it); leads always do"), classes="heading", markup=False)
            yield self._members
            yield self._answer

    def on_mount(self) -> None:
        """Read what the note proposes."""
        super().on_mount()
        self.title_bar.main = self.tr("Open a case")
        self.title_bar.right = self.who_am_i()
        self._answer.display = False
        self._pupils.focus()
        self._propose()

    @work
    async def _propose(self) -> None:
        cases = self.desk.register.cases
        self._strands = await asyncio.to_thread(cases.strands_of, [self._note.id])
        people = await asyncio.to_thread(cases.propose_members, list(self._strands))
        self._people = {person.id.hex(): (person, True) for person in people}
        self._draw()

    def _draw(self) -> None:
        rows = [
            Row(ident, (("", "text"), (self.desk.pupil(ident), "strong"), (self.tr(strand.value), "key")), _LINE)
            for ident, strand in self._strands.items()
        ]
        self._pupils.show(rows or [Row("", (("", ""), (self.tr("nobody named yet"), "quiet"), ("", "")), _LINE)])
        self._pupils.styles.height = max(1, min(8, len(rows)))
        members = [
            Row(ident, (("[x]" if inside else "[ ]", "key"), (person.name, "text"), ("", "text")), _LINE)
            for ident, (person, inside) in self._people.items()
        ]
        self._members.show(members)
        self._members.styles.height = max(1, min(6, len(members)))

    def on_key(self, event: events.Key) -> None:
        """Change what the cursor is on."""
        if event.key in ("left", "right", "space"):
            event.stop()
            self.action_turn(-1 if event.key == "left" else 1)

    def action_turn(self, step: int) -> None:
        """Change the side of the pupil, or whether the person takes part, under the cursor."""
        if self._pupils.has_focus and self._pupils.key:
            strands = list(Strand)
            now = strands.index(self._strands[self._pupils.key])
            self._strands[self._pupils.key] = strands[(now + step) % len(strands)]
        elif self._members.has_focus and self._members.key != self.desk.register.me and self._members.key:
            person, inside = self._people[self._members.key]
            self._people[self._members.key] = (person, not inside)
        self._draw()

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_turn(1)

    def action_save(self) -> None:
        """Open the case."""
        if not self._saving:
            self._save()

    @work
    async def _save(self) -> None:
        self._saving = True
        members = [person for person, inside in self._people.values() if inside]
        try:
            code = await asyncio.to_thread(
                self.desk.register.cases.open, self._strands, notes=[self._note.id], members=members
            )
        except PesttuiError as error:
            self._answer.update(safe(f"{self.tr('Not saved')}: {self.words.tell(error)}"))
            self._answer.display = True
            return
        finally:
            self._saving = False
        self.tell(self.tr("Case {code} is open", code=code))
        self.app.pop_screen()
        self.app.switch_screen(CaseScreen(self.desk, code))

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.names_shown = not self.desk.names_shown
        self._draw()

    def action_back(self) -> None:
        """Back to the note."""
        self.app.pop_screen()
