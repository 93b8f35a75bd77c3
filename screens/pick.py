"""Choosing one out of a list: a colleague, a case, a note, a pupil."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from data.errors import N_
from data.vault.entries import Person

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .widgets import Column, Row, RowList

_PERSON = (Column(24), Column(0))


class PickList(DeskScreen):
    """Rows of which one is chosen; leaves with the key of the one that was, or None."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("choose", "enter", N_("Choose"), N_("Choose who the cursor is on")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you were")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[1:])

    def __init__(self, desk: Desk, title: str, about: str = "") -> None:
        super().__init__(desk)
        self._title, self._about = title, about
        self._rows = RowList(id="pick")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Fill the bars and stand in the list."""
        super().on_mount()
        self.title_bar.main, self.title_bar.about = self._title, self._about
        self.title_bar.right = self.who_am_i()
        self._rows.focus()

    def show(self, rows: Sequence[Row], nothing: str) -> None:
        """Show the rows, or say that there are none."""
        self._rows.show(rows or [Row("", ((nothing, "quiet"),), (Column(0),))])

    def action_choose(self) -> None:
        """Choose what the cursor is on."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.chosen(event.key)

    def chosen(self, key: str) -> None:
        """Go on with what was chosen."""
        self.leave(key)

    def action_back(self) -> None:
        """Choose nothing."""
        self.leave(None)


class PickPerson(PickList):
    """The people one can choose from; leaves with the login of the one that was chosen, or None."""

    HELP = N_("Put the cursor on somebody and press Enter.")

    def __init__(self, desk: Desk, title: str, people: Sequence[Person]) -> None:
        super().__init__(desk, title)
        self._people = people

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        rows = [
            Row(
                person.login,
                ((person.name, "strong"), (", ".join(self.tr(role.value) for role in person.roles), "meta")),
                _PERSON,
            )
            for person in self._people
        ]
        self.show(rows, self.tr("There is nobody to choose."))
