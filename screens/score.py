"""How safe a child feels, from 1 to 5, and whose score it is: one line of a form."""

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, UsageError
from data.model import Strand
from data.register import KnownCase

from .desk import Desk
from .fields import quiet_input
from .widgets import ChoiceLine


class ScoreLine(Horizontal):
    """A number and a child; whoever was hurt is proposed."""

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(classes="field")
        self._desk = desk
        self._number = quiet_input(id="safety", max_length=1)
        self._whose = ChoiceLine(scored(desk, case), "", numbered=False, id="scored")

    def compose(self) -> Iterable[Widget]:
        """The number, then who."""
        yield Label(self._desk.tr("safe 1–5"), markup=False)
        yield self._number
        yield self._whose

    @property
    def typed(self) -> str:
        """What stands in the field for the number."""
        return self._number.value

    def read(self) -> tuple[int | None, str]:
        """Return how safe the child feels and the child's id; None and no id where nobody asked. Raises UsageError."""
        typed = self.typed.strip()
        if typed and typed not in "12345":
            raise UsageError(N_("How safe a child feels is a number from 1 to 5."))
        return (int(typed), self._whose.value) if typed else (None, "")


def scored(desk: Desk, case: KnownCase) -> list[tuple[str, str]]:
    """Return whose score it can be, with their names: who was hurt, else whoever is in the case."""
    pupils = case.case.pupils
    found = [p for p in pupils if p.strand is Strand.BULLIED] or [p for p in pupils if p.strand is not Strand.OTHER]
    return [(pupil.pupil, desk.pupil(pupil.pupil)) for pupil in found or pupils]
