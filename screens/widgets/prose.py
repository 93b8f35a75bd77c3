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

    def __init__(self, content: Content, hanging: bool) -> None:
        self._content = content
        self._hanging = hanging

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the longest line."""
        return self._content.get_optimal_width(rules, container_width)

    def get_minimal_width(self, rules: RulesMap) -> int:
        """Return the width of the longest word."""
        return self._content.get_minimal_width(rules)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of lines."""
        return self._broken(width).get_height(rules, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the lines."""
        return self._broken(width).render_strips(width, height, style, options)

    def _broken(self, width: int) -> Content:
        return unsplit(self._content, width, hanging=self._hanging)


class Prose(Static):
    """A text without markup, on as many lines as it needs; `hanging` ones begin below the text they go on with."""

    def __init__(
        self,
        content: VisualType = "",
        *,
        hanging: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(content, markup=False, id=id, classes=classes)
        self._hanging = hanging

    def render(self) -> RenderResult:
        """Return the text."""
        return _Unsplit(self.visual, self._hanging) if isinstance(self.visual, Content) else self.visual

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse went over, as it is broken into lines here."""
        if not isinstance(self.visual, Content):
            return super().get_selection(selection)
        shown = unsplit(self.visual, self.content_size.width, hanging=self._hanging)
        return selection.extract(shown.plain), "\n"
