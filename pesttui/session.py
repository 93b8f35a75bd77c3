"""What keeps a session safe from the line it runs over: it ends tidily when that is cut, stalls, or says nothing.

Textual draws through a queue; when a line takes nothing more, the queue fills and the event loop stands still, and
with it every timer that would lock or end the program. So the line is watched by a thread of its own, and signals are
taken where they arrive and not where the loop would come round to them.
"""

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

STALL_SECONDS = 120.0
"""After so long without a turn of the event loop the program ends: what cannot draw cannot lock itself either."""


def watch_the_line(end: Callable[[int], None], keep: Callable[[], None]) -> None:
    """Call `end` with the exit code, in the running event loop, when the line is cut or the system asks us to stop.

    `keep` is called at once, in a thread: it writes down what was typed even where the loop never comes to `end`.
    Textual sets no handler for these signals; without one the terminal is left in disarray, and where SIGHUP is
    inherited as ignored the process would spin for ever.
    """
    _Line(asyncio.get_running_loop(), end, keep).watch()


class _Line:
    """The line of one session, and how it ends: once, and within seconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop, end: Callable[[int], None], keep: Callable[[], None]) -> None:
        self._loop = loop
        self._end = end
        self._keep = keep
        self._poll: select.poll | None = None
        self._gone = False
        self._ending = threading.Event()
        self._unseen = 0
        """How often the line was looked at since the event loop last came round."""

    def watch(self) -> None:
        """Begin."""
        # Only the main thread can set handlers: a test that runs the app elsewhere goes without.
        with contextlib.suppress(ValueError):
            for number in (signal.SIGHUP, signal.SIGTERM):
                signal.signal(number, lambda number, _: self.cut(number))
            self._resume_on_a_line_only()
        if os.isatty(0):
            self._poll = select.poll()
            self._poll.register(0, 0)  # a hang-up and errors are told without being asked for
            self._turn()
            threading.Thread(target=self._look, name="line", daemon=True).start()

    def gone(self) -> bool:
        """Whether nobody has the other end of the terminal any more."""
        return self._gone or (self._poll is not None and bool(self._poll.poll(0)))

    def cut(self, number: int) -> None:
        """End as after this signal."""
        if self._ending.is_set():
            return
        self._ending.set()
        if self.gone():
            self._gone = True
            _read_nothing()
        last = threading.Timer(LAST_RESORT, os._exit, (128 + number,))
        last.daemon = True
        last.start()
        threading.Thread(target=self._keep, name="keep", daemon=True).start()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._end, 128 + number)

    def _turn(self) -> None:
        """Show that the event loop comes round."""
        self._unseen = 0
        self._loop.call_later(LOOK_SECONDS, self._turn)

    def _look(self) -> None:
        """Look at the line now and then, from a thread. Counted, not timed: a program that was stopped is not late."""
        while not self._ending.wait(LOOK_SECONDS):
            self._unseen += 1
            if self._loop.is_closed():
                return
            if self.gone() or self._unseen * LOOK_SECONDS > STALL_SECONDS:
                self.cut(signal.SIGHUP)

    def _resume_on_a_line_only(self) -> None:
        """Keep Textual from starting anew on a terminal that is gone: a hang-up comes with SIGCONT."""
        resume = signal.getsignal(signal.SIGCONT)
        if callable(resume):
            signal.signal(signal.SIGCONT, lambda number, frame: None if self.gone() else resume(number, frame))


def _read_nothing() -> None:
    """Put a pipe that stays silent in the place of a terminal that is gone: Textual reads its end at full speed."""
    reading, _ = os.pipe()
    os.dup2(reading, 0)
    os.close(reading)
