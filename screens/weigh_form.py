"""A reason why nothing follows from a pattern now."""

import asyncio
from collections.abc import Iterable

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_
from data.register import KnownPattern, Window

from .areas import quiet_area
from .desk import Desk
from .form import DeskForm
from .pattern_words import weighed, who
from .text import safe
from .widgets import Prose


class WeighForm(DeskForm):
    """Why nothing follows from a pattern now: a sentence, signed by whoever writes it."""

    KEPT = "weigh"

    HELP = N_(
        "You looked at this pattern and nothing has to be done now: say why, in a sentence. Whoever teaches these "
        "children, and the coordinator, can read it. With one more note the pattern comes "
        "back, and your reason stays."
    )

    def __init__(self, desk: Desk, known: KnownPattern, window: Window = Window.WEEKS) -> None:
        super().__init__(desk)
        self._known = known
        self._window = window
        self._text = quiet_area(id="text")

    def compose_body(self) -> Iterable[Widget]:
        """What it is about, and a field."""
        with Vertical(id="step"):
            yield Prose(id="earlier")
            yield Label(self.tr("Why does nothing follow from it now?"), classes="heading", markup=False)
            yield self._text
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the reason."""
        super().on_mount()
        self.title_bar.main = self.tr("Weigh a pattern")
        self._text.focus()
        self._draw()

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    def _draw(self) -> None:
        pattern = self._known.pattern
        count = self.words.trn("{count} note", "{count} notes", len(pattern.events))
        self.title_bar.about = f"{who(self.desk, pattern)} · {count}"
        earlier = [safe(weighed(self.desk, one), "$quiet") for one in self._known.weighed[:2]]
        above = self.query_one("#earlier", Prose)
        above.update(Content("\n").join(earlier))
        above.display = bool(earlier)

    async def save(self) -> str:
        """Write it down."""
        await asyncio.to_thread(self.desk.register.patterns.dismiss, self._known, self._text.text)
        return self.tr("Weighed. It comes back with the next note.")

    def saved(self, result: object) -> None:
        """Say so, and leave."""
        self.tell(str(result))
        self.leave(True)

    def typed(self) -> str:
        """Return the reason."""
        return self._text.text

    def where(self) -> dict[str, str]:
        """Return the pattern, and how far back it was looked."""
        return {"pattern": self._known.key, "window": self._window.value}
