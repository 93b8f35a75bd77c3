"""What keeps a session safe from the line it runs over: signals end it tidily, whatever the terminal does."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable

LAST_RESORT = 3.0
"""Seconds after which the process ends whatever hangs: Textual can block on a terminal that is gone."""


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
