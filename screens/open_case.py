"""Open a case from a note: who is in it on which side, who takes part, and one key."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, UsageError
from data.model import Strand
from data.register import KnownNote
from data.vault.directory import Person

from .commands import Command, bindings
from .desk import Desk
from .form import LEAVE, DeskForm
from .widgets import Column, Row, RowList

_LINE = (Column(3), Column(26), Column(0))


class OpenCase(DeskForm):
    """Confirm what the note proposes. The leads take part in every case."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Open the case"), N_("Open the case"), priority=True),
        Command("turn(1)", "right", N_("Side"), N_("Change a pupil's side, or who takes part")),
        Command("app.focus_next", "tab", N_("Next"), N_("To the next list")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0], HERE[3]])

    def __init__(self, desk: Desk, note: KnownNote) -> None:
        super().__init__(desk)
        self._note = note
        self._strands: dict[str, Strand] = {}
        self._people: dict[str, tuple[Person, bool]] = {}
        self._pupils = RowList(id="pupils")
        self._members = RowList(id="members")

    def compose_body(self) -> Iterable[Widget]:
        """Pupils with their side, then people."""
        with Vertical(classes="form"):
            yield Label(self.tr("Pupils and their side (left and right change it)"), classes="heading", markup=False)
            yield self._pupils
            yield Label(self.tr("Taking part (space changes it); leads always do"), classes="heading", markup=False)
            yield self._members
            yield self.answer

    def on_mount(self) -> None:
        """Read what the note proposes."""
        super().on_mount()
        self.title_bar.main = self.tr("Open a case")
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

    async def save(self) -> str:
        """Open the case and return its code."""
        if not self._strands:
            raise UsageError(N_("A case has at least one pupil. Write a note that says who it is about."))
        members = [person for person, inside in self._people.values() if inside]
        cases = self.desk.register.cases
        return await asyncio.to_thread(cases.open, self._strands, notes=[self._note.id], members=members)

    def saved(self, result: object) -> None:
        """Leave with the code of the new case."""
        self.tell(self.tr("Case {code} is open", code=result))
        self.leave(result)

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        self._draw()

    def action_names(self) -> None:
        """Show names, or initials again."""
        self.desk.names_shown = not self.desk.names_shown
        self._draw()
