"""Finding a pupil by the first letters of a name, with suggestions under the field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from data.register import KnownPupil

from .desk import Desk
from .fields import quiet_input
from .widgets import Column, Row, RowList

SUGGESTIONS = 4

_LINE = (Column(24), Column(14), Column(0))


class PupilFinder(Vertical):
    """A field for first letters; Enter takes the suggestion that the arrows chose, and the field is empty again."""

    DEFAULT_CSS = """
    PupilFinder { height: auto; }
    PupilFinder #who { width: 30; }
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    @dataclass
    class Found(Message):
        """A pupil was chosen."""

        pupil: str

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="finder")
        self._desk = desk
        self._known: Sequence[KnownPupil] | None = None
        self.field = quiet_input(placeholder=desk.tr("first letters of a name"), id="who", onward=False)
        self._suggested = RowList(id="suggested")
        self._suggested.can_focus = False

    def compose(self) -> Iterable[Widget]:
        """The field, and room for suggestions."""
        with Horizontal(classes="field"):
            yield Label(self._desk.tr("who"), markup=False)
            yield self.field
        yield self._suggested

    def on_mount(self) -> None:
        """Nothing is suggested yet."""
        self._suggested.display = False

    def among(self, pupils: Sequence[KnownPupil]) -> None:
        """Look among these pupils."""
        self._known = pupils
        self._find()

    @property
    def half_typed(self) -> str:
        """The letters nobody was chosen for; empty if there are none."""
        return self.field.value.strip()

    @property
    def suggesting(self) -> bool:
        """Whether suggestions are shown."""
        return bool(self._suggested.display)

    def clear(self) -> None:
        """Empty the field."""
        self.field.value = ""
        self._suggested.display = False

    @on(Input.Changed, "#who")
    def _find(self) -> None:
        if self._known is None:
            return  # the list is still being read
        found = self._desk.register.pupils.find(self.field.value, self._known)[:SUGGESTIONS]
        rows = [Row(known.id, ((known.name, "text"), (known.group, "quiet"), ("", "text")), _LINE) for known in found]
        if self.half_typed and not rows:
            rows = [Row("", ((self._desk.tr("no pupil found"), "quiet"), ("", "text"), ("", "text")), _LINE)]
        self._suggested.show(rows)
        self._suggested.styles.height = max(1, len(rows))
        self._suggested.display = bool(rows)

    def on_key(self, event: events.Key) -> None:
        """Let up and down choose among the suggestions while the name is typed."""
        if event.key in ("up", "down") and self.suggesting:
            self._suggested.action_move(1 if event.key == "down" else -1)
            event.stop()

    @on(Input.Submitted, "#who")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.suggesting and self._suggested.key:
            self._take(self._suggested.key)
        elif not self.half_typed:
            self.screen.focus_next()

    @on(RowList.Chosen, "#suggested")
    def _chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        self._take(event.key)

    def _take(self, pupil: str) -> None:
        self.clear()
        self.field.focus()
        self.post_message(self.Found(pupil))
