"""The line takes nothing more, and nobody hangs up: no key can be drawn, and the program ends all the same."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from .kit import School, log_in, tr
from .pty import Terminal
from .test_typing import ENDING, SENTENCE, typed

PATCHED = "import pesttui.session as s; s.STALL_SECONDS = {}; from pesttui.__main__ import script; script()"


@contextmanager
def stalled(school: School, patience: float = 120.0) -> Iterator[Terminal]:
    """A program in mid-sentence whose terminal takes nothing any more: the event loop stands still."""
    code = PATCHED.format(patience)
    command = [sys.executable, "-c", code, "--vault", str(school.path), "--login", "marit"]
    with Terminal(command).closing() as found:
        log_in(found, "marit")
        typed(found)
        time.sleep(1)
        for round_ in range(60):
            found.press("y")
            found.resize(80 + round_ % 2, 24)  # the whole screen is drawn anew each time
            time.sleep(0.05)
        yield found


def offered(school: School) -> None:
    """What was typed is there at the next log-in, and can be saved."""
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")
        marit.press("enter")
        marit.wait_for(SENTENCE.rsplit(maxsplit=1)[-1])
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    (fact,) = school.facts("joost")
    assert fact.startswith(SENTENCE + "y")


def hang_up(found: Terminal) -> None:
    found.hang_up()


def terminate(found: Terminal) -> None:
    found.signal(signal.SIGTERM)


@pytest.mark.parametrize("end", [hang_up, terminate])
def test_a_stalled_program_ends_when_it_is_told(school: School, end: Callable[[Terminal], None]) -> None:
    with stalled(school) as marit:
        used = marit.seconds_used
        end(marit)
        marit.ended(ENDING, reading=False)
        assert marit.seconds_used - used < 2
    assert school.lock_is_free()
    offered(school)


def test_a_stalled_program_ends_by_itself(school: School) -> None:
    with stalled(school, patience=3) as marit:
        used = marit.seconds_used
        assert marit.ended(3 + ENDING, reading=False) == 128 + signal.SIGHUP
        assert marit.seconds_used - used < 2
    assert school.lock_is_free()
    offered(school)


def test_a_line_that_only_hesitates_goes_on(school: School) -> None:
    with stalled(school, patience=60) as marit:
        time.sleep(3)
        marit.wait_quiet()
        marit.type(" toch nog")
        marit.press("f2")
        marit.wait_for("Bewaard")
    (fact,) = school.facts("joost")
    assert fact.startswith(SENTENCE)
    assert fact.endswith("y toch nog")
