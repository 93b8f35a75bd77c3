"""The first and the last line of every screen: where I am, and what I can press."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ..text import fit, safe_line


class TitleBar(Widget):
    """One line: what this is, what it is about, and at the right who and when."""

    DEFAULT_CSS = """
    TitleBar { dock: top; height: 1; background: $bar; color: $foreground; padding: 0 1; }
    """

    main = reactive("")
    about = reactive("")
    right = reactive("")
    warning = reactive("")
    """What is said instead of `right` and, where there is no room for both, of `about`."""

    def render(self) -> Content:
        """Draw the three parts; the right one is cut first."""
        width, main = self.size.width, safe_line(self.main)
        about = f"  {safe_line(self.about)}" if self.about else ""
        right = safe_line(self.warning or self.right)
        if self.warning and cell_len(main + about + right) + 2 > width:
            about = ""
        room = max(0, width - cell_len(main + about) - 2)
        right = fit(right, room, right=True) if cell_len(right) <= room else fit(right, room)
        style = "bold $key" if self.warning else "$quiet"
        return Content.assemble((main, "bold $strong"), (about, "$quiet"), "  ", (right, style)).truncate(max(1, width))


class KeyBar(Widget):
    """One line: the keys that matter here and a word for each; a click does the same."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $bar; color: $foreground; padding: 0 1; }
    """

    keys: reactive[Sequence[tuple[str, str, str]]] = reactive(())
    """(key as shown, word, action)."""

    def _apart(self) -> int:
        """Return how many spaces lie between two entries: three, or as many as leave room for all, at least one."""
        needs = sum(cell_len(key) + 1 + cell_len(word) for key, word, _ in self.keys)
        gaps = max(1, len(self.keys) - 1)
        return min(3, max(1, (self.size.width - needs) // gaps))

    def _fitting(self) -> list[tuple[int, str, str, str]]:
        """Return (column, key, word, action) of the entries that fit."""
        found, at, apart = [], 0, self._apart()
        for key, word, action in self.keys:
            width = cell_len(key) + 1 + cell_len(word)
            if at + width > self.size.width:
                break
            found.append((at, key, word, action))
            at += width + apart
        return found

    def render(self) -> Content:
        """Draw key and word, three spaces apart where that fits, as many as fit."""
        parts = [Content.assemble((key, "bold $key"), " ", word) for _, key, word, _ in self._fitting()]
        return Content(" " * self._apart()).join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        at = event.get_content_offset_capture(self).x
        for start, key, word, action in self._fitting():
            if start <= at < start + cell_len(key) + 1 + cell_len(word):
                await self.screen.run_action(action)
                return
