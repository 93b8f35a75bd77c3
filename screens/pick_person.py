"""Choosing a colleague out of a list."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_
from data.vault.directory import Person

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .widgets import Column, Row, RowList

_PERSON = (Column(24), Column(0))


class PickPerson(DeskScreen):
    """The people one can choose from; leaves with the login of the one that was chosen, or None."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Choose"), N_("Choose who the cursor is on")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you were")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    HELP = N_("Put the cursor on somebody and press Enter.")

    def __init__(self, desk: Desk, title: str, people: Sequence[Person]) -> None:
        super().__init__(desk)
        self._title = title
        self._people = people
        self._rows = RowList(id="pick")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        self.title_bar.main = self._title
        self.title_bar.right = self.who_am_i()
        rows = [
            Row(
                person.login,
                ((person.name, "strong"), (", ".join(self.tr(role.value) for role in person.roles), "meta")),
                _PERSON,
            )
            for person in self._people
        ]
        nobody = Row("", ((self.tr("There is nobody to choose."), "quiet"), ("", "")), _PERSON)
        self._rows.show(rows or [nobody])
        self._rows.focus()

    def action_choose(self) -> None:
        """Choose."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.leave(event.key)

    def action_back(self) -> None:
        """Choose nobody."""
        self.leave(None)
