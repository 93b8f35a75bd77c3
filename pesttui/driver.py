"""How the program speaks with the terminal: as Textual does, and with care where Textual takes none."""

import codecs
import contextlib
import os
import selectors

from textual._parser import ParseEOF, ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from .paste import PasteFilter

_LOOK_SECONDS = 0.1
"""How often the thread that reads keys looks whether it is to end."""


class CarefulDriver(LinuxDriver):
    """Wipes the screen before it goes; takes bytes that are no text, and the end of the line, for what they are."""

    def stop_application_mode(self) -> None:
        """Leave nothing to read, then give the terminal back: one without a second screen would go on showing it."""
        with contextlib.suppress(OSError):  # the line was cut: whatever is written now reaches nobody
            lines = os.get_terminal_size(self.fileno).lines
            # Line by line: what is cleared at once goes into the history of some terminals.
            self.write("\x1b[0m" + "".join(f"\x1b[{line};1H\x1b[2K" for line in range(1, lines + 1)) + "\x1b[H")
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Read keys until the program or the line ends.

        Textual's own ends the program over a byte that is no UTF-8 (an accent from a terminal set to Latin-1), and
        reads the end of a line for ever, at full speed.
        """
        parser, pasted = XTermParser(), PasteFilter()
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_LOOK_SECONDS):
                    data = os.read(self.fileno, 4096)
                    if not data:
                        break
                    # A piece may hold no whole character yet; nothing at all means the end to the parser.
                    for event in parser.feed(read) if (read := pasted.clean(decode(data))) else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        with contextlib.suppress(ParseEOF, ParseError, EOFError):
            for _ in parser.feed(""):
                pass
