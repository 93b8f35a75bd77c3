"""What keeps a session safe from the line it runs over: it ends tidily when that is cut, with a signal or without."""

import asyncio
import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable

LAST_RESORT = 3.0
"""Seconds after which the process ends whatever hangs: Textual can block on a terminal that is gone."""

LOOK_SECONDS = 1.0
"""How often the line is looked at: whoever has no controlling terminal gets no signal when it is cut."""


def end_on_signals(end: Callable[[int], None]) -> None:
    """Call `end` with the exit code when the line is cut or the system asks us to stop.

    Textual sets no such handler; without one the terminal is left in disarray, and where the signal is inherited
    as ignored the process would spin for ever.
    """
    loop = asyncio.get_running_loop()

    def handle(number: int) -> None:
        timer = threading.Timer(LAST_RESORT, os._exit, (128 + number,))
        timer.daemon = True
        timer.start()
        end(128 + number)

    for number in (signal.SIGHUP, signal.SIGTERM):
        # Only the main thread can set handlers: a test that runs the app elsewhere goes without.
        with contextlib.suppress(RuntimeError, ValueError):
            loop.add_signal_handler(number, handle, number)
    if os.isatty(0):
        _end_on_silence(loop, lambda: handle(signal.SIGHUP))


def _end_on_silence(loop: asyncio.AbstractEventLoop, cut: Callable[[], None]) -> None:
    """Call `cut` once the terminal at standard input is gone. Textual would read its end for ever, at full speed."""
    line = select.poll()
    line.register(0, 0)  # a hang-up and errors are told without being asked for

    def look() -> None:
        if line.poll(0):
            cut()
        else:
            loop.call_later(LOOK_SECONDS, look)

    look()
