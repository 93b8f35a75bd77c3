"""How the program speaks with the terminal: as Textual does, and with care where Textual takes none."""

import codecs
import contextlib
import os
import selectors
from collections.abc import Iterable, Iterator
from typing import Any

from textual._parser import ParseEOF, ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

from .paste import PasteFilter

MOST_COLUMNS, MOST_LINES = 1000, 500
"""The largest window that is drawn in: who says theirs is larger would have the server fill its memory with blanks."""

_SENSELESS = (ValueError, OverflowError, ArithmeticError, LookupError, TypeError)
"""What Textual's parser raises for numbers that no terminal sends."""

_LOOK_SECONDS = 0.1
"""How often the thread that reads keys looks whether it is to end."""


class CarefulDriver(LinuxDriver):
    """Wipes the screen before it goes; takes bytes that are no text, and the end of the line, for what they are."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        if self._size is None:
            self._size = self._get_terminal_size()

    def stop_application_mode(self) -> None:
        """Leave nothing to read, then give the terminal back: one without a second screen would go on showing it."""
        with contextlib.suppress(OSError):  # the line was cut: whatever is written now reaches nobody
            lines = min(os.get_terminal_size(self.fileno).lines, MOST_LINES)
            # Line by line: what is cleared at once goes into the history of some terminals.
            self.write("\x1b[0m" + "".join(f"\x1b[{line};1H\x1b[2K" for line in range(1, lines + 1)) + "\x1b[H")
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read keys until the program or the line ends.

        Textual's own ends the program over a byte that is no UTF-8 (an accent from a terminal set to Latin-1), and
        reads the end of a line for ever, at full speed.
        """
        keys = Keys()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_LOOK_SECONDS):
                    data = os.read(self.fileno, 4096)
                    if not data:
                        break
                    for event in keys.read(data):
                        self.process_message(event)
                for event in keys.wait():
                    self.process_message(event)
        keys.end()

    def _get_terminal_size(self) -> tuple[int, int]:
        width, height = super()._get_terminal_size()
        return min(width, MOST_COLUMNS), min(height, MOST_LINES)


class Keys:
    """Makes keys and answers of what a terminal sends, whatever it sends: what means nothing is left out."""

    def __init__(self) -> None:
        self._parser, self._pasted = XTermParser(), PasteFilter()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def read(self, data: bytes) -> Iterator[Message]:
        """Yield what some bytes mean."""
        # A piece may hold no whole character yet; nothing at all means the end to the parser.
        if read := self._pasted.clean(self._decode(data)):
            yield from self._sensible(self._parser.feed(read))

    def wait(self) -> Iterator[Message]:
        """Yield what is meant by what came before, when nothing came behind it for a while."""
        yield from self._sensible(self._parser.tick())

    def end(self) -> None:
        """Say that nothing comes any more."""
        with contextlib.suppress(ParseEOF, ParseError, *_SENSELESS, EOFError):
            for _ in self._parser.feed(""):
                pass

    def _sensible(self, events: Iterable[Message]) -> Iterator[Message]:
        """Yield what can be: no window that nobody has, and nothing the parser falls over."""
        try:
            for event in events:
                if not isinstance(event, Resize) or _can_be(event):
                    yield event
        except _SENSELESS:
            # An answer with numbers that mean nothing, such as a key beyond all letters: the rest of this piece goes.
            self._parser = XTermParser()


def _can_be(window: Resize) -> bool:
    return 0 < window.size.width <= MOST_COLUMNS and 0 < window.size.height <= MOST_LINES
