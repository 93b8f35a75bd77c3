"""An app whose terminal cursor stands where the focus is: there braille lines, readers and magnifiers look."""

from .closed import ClosedApp


class FollowingApp(ClosedApp):
    """Textual hides the terminal's own cursor and leaves it behind for whatever is no field to type in."""

    def on_mount(self) -> None:
        """Follow from screen to screen."""
        self.screen_change_signal.subscribe(self, lambda _: self.on_resize())

    def on_descendant_focus(self) -> None:
        """Follow the focus, once it is known where that is."""
        self.call_after_refresh(self._follow_focus)

    def on_resize(self) -> None:
        """Follow what has moved."""
        self.call_after_refresh(self._follow_focus)

    def _follow_focus(self) -> None:
        focused = self.focused
        if focused is not None:
            self.cursor_position = getattr(focused, "cursor_screen_offset", focused.content_region.offset)
