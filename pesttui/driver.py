"""How the program speaks to the terminal: as Textual does, but what it showed is wiped before it goes."""

import contextlib
import os

from textual.drivers.linux_driver import LinuxDriver


class WipingDriver(LinuxDriver):
    """A terminal without a second screen, such as the Linux console, would go on showing the last one."""

    def stop_application_mode(self) -> None:
        """Leave nothing to read, then give the terminal back."""
        with contextlib.suppress(OSError):  # the line was cut: whatever is written now reaches nobody
            lines = os.get_terminal_size(self.fileno).lines
            # Line by line: what is cleared at once goes into the history of some terminals.
            self.write("\x1b[0m" + "".join(f"\x1b[{line};1H\x1b[2K" for line in range(1, lines + 1)) + "\x1b[H")
        super().stop_application_mode()
