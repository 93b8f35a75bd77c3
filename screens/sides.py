"""The pupils of a case and their sides: whom an entry is about, and on which side somebody stands."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from data.model import Strand

from .desk import Desk
from .widgets import Column, Row, RowList

_HEARD = (Column(3), Column(24), Column(14), Column(0))
_STRANDS = (Column(26), Column(14), Column(0))


class Heard(RowList):
    """Whose side an entry is: space ticks a pupil."""

    BINDINGS: ClassVar[list[BindingType]] = []
    RESTING = False

    class Changed(Message):
        """A tick was set or taken away."""

    def __init__(
        self, desk: Desk, pupils: Iterable[tuple[str, Strand]], before: Mapping[str, str], *, nothing: str = ""
    ) -> None:
        """`nothing` stands beside a pupil who has nothing in `before`."""
        super().__init__(id="heard")
        self._desk = desk
        self._pupils = tuple(pupils)
        self._before = dict(before)
        """What is there already: pupil → a few words."""
        self._nothing = nothing or desk.tr("nothing yet")
        self.ticked: set[str] = set()

    @property
    def pupils(self) -> tuple[str, ...]:
        """Who can be ticked."""
        return tuple(pupil for pupil, _ in self._pupils)

    def on_mount(self) -> None:
        """Show everybody."""
        self.draw()

    def draw(self) -> None:
        """Show everybody, ticked or not."""
        rows = []
        for pupil, strand in self._pupils:
            tick = "[x]" if pupil in self.ticked else "[ ]"
            said = self._before.get(pupil) or self._nothing
            cells = (
                (tick, "key"),
                (self._desk.pupil(pupil), "strong"),
                (self._desk.tr(strand.value), "meta"),
                (said, "quiet"),
            )
            rows.append(Row(pupil, cells, _HEARD))
        self.show(rows)
        self.styles.height = max(1, min(5, len(rows)))

    def on_key(self, event: events.Key) -> None:
        """Tick or untick."""
        if event.key == "space" and self.key:
            event.stop()
            self.turn(self.key)

    def turn(self, pupil: str) -> None:
        """Tick a pupil, or untick."""
        self.ticked ^= {pupil}
        self.draw()
        self.post_message(self.Changed())

    def action_choose(self) -> None:
        """Let Enter and a click do what space does."""
        if self.key:
            self.turn(self.key)


class Strands(RowList):
    """Who is in a case and on which side: left and right change it."""

    BINDINGS: ClassVar[list[BindingType]] = []

    class Changed(Message):
        """A side changed, or somebody was taken out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="pupils")
        self._desk = desk
        self.strands: dict[str, Strand] = {}
        self.fixed: frozenset[str] = frozenset()
        """Pupils who cannot be taken out: the case has them already."""

    def draw(self) -> None:
        """Show everybody with the side."""
        rows: list[Row] = []
        for pupil, strand in self.strands.items():
            hint = "" if rows else self._desk.tr("left, right: side   del: take out")
            # In full, as in a note: who is chosen must not be taken for somebody with the same letters.
            name = self._desk.names.get(pupil) or self._desk.tr("another pupil")
            cells = ((name, "strong"), (self._desk.tr(strand.value), "key"), (hint, "quiet"))
            rows.append(Row(pupil, cells, _STRANDS))
        nobody = Row("", ((self._desk.tr("nobody yet"), "quiet"), ("", ""), ("", "")), _STRANDS)
        self.show(rows or [nobody])
        self.styles.height = max(1, min(6, len(rows)))

    def add(self, pupil: str) -> None:
        """Put a pupil in: who comes first is most often the one who was hurt."""
        first = Strand.OTHER if Strand.BULLIED in self.strands.values() else Strand.BULLIED
        self.strands.setdefault(pupil, first)
        self.draw()

    def turn(self, step: int) -> None:
        """Change the side of the pupil under the cursor."""
        if self.key:
            order = list(Strand)
            self.strands[self.key] = order[(order.index(self.strands[self.key]) + step) % len(order)]
            self.draw()
            self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        """Change what the cursor is on."""
        if event.key in ("left", "right", "space"):
            self.turn(-1 if event.key == "left" else 1)
        elif event.key in ("delete", "backspace") and self.key and self.key not in self.fixed:
            del self.strands[self.key]
            self.draw()
            self.post_message(self.Changed())
        else:
            return
        event.stop()

    def action_choose(self) -> None:
        """Let Enter and a click change the side too."""
        self.turn(1)


def packed(strands: Mapping[str, Strand]) -> str:
    """Return sides as one line of text, to be kept while a form is open."""
    return ";".join(f"{pupil}={strand}" for pupil, strand in strands.items())


def unpacked(text: str) -> dict[str, Strand]:
    """Return the sides that `packed` made a text of; what is no side is left out."""
    parts = (part.partition("=") for part in text.split(";"))
    return {pupil: Strand(strand) for pupil, _, strand in parts if pupil and strand in set(Strand)}
