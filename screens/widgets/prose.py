"""Running text, in which no date comes apart at the end of a line."""

from textual.app import RenderResult
from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual, VisualType
from textual.widgets import Static

from ..text import unsplit


class _Unsplit(Visual):
    """A text that is broken into lines once its width is known."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the longest line."""
        return self._content.get_optimal_width(rules, container_width)

    def get_minimal_width(self, rules: RulesMap) -> int:
        """Return the width of the longest word."""
        return self._content.get_minimal_width(rules)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of lines."""
        return unsplit(self._content, width).get_height(rules, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the lines."""
        return unsplit(self._content, width).render_strips(width, height, style, options)


class Prose(Static):
    """A text without markup, on as many lines as it needs."""

    def __init__(self, content: VisualType = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(content, markup=False, id=id, classes=classes)

    def render(self) -> RenderResult:
        """Return the text."""
        return _Unsplit(self.visual) if isinstance(self.visual, Content) else self.visual

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse went over, as it is broken into lines here."""
        if not isinstance(self.visual, Content):
            return super().get_selection(selection)
        return selection.extract(unsplit(self.visual, self.content_size.width).plain), "\n"
