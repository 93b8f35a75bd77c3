"""The line drops in the middle of a sentence: the sentence is there at the next log-in."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .kit import School, ignore_hang_ups, leave_the_terminal, log_in, tr
from .pty import Terminal, terminal

SENTENCE = "halverwege een zin die niemand"
ENDING = 5.0
KEPT_WITHIN = 1.0
"""Within so many seconds what was typed outlives even a SIGKILL."""


def typed(found: Terminal, text: str = SENTENCE) -> None:
    """Begin a note and leave it unfinished."""
    found.press("n")
    found.wait_for(tr("What did you see or hear?"))
    found.type(text)


def hang_up(found: Terminal) -> None:
    found.hang_up()


def terminate(found: Terminal) -> None:
    found.signal(signal.SIGTERM)


def kill(found: Terminal) -> None:
    time.sleep(KEPT_WITHIN)
    found.signal(signal.SIGKILL)


ENDS: dict[str, tuple[Callable[[], None] | None, Callable[[Terminal], None]]] = {
    "hang-up": (None, hang_up),
    "hang-up inherited as ignored": (ignore_hang_ups, hang_up),
    "terminal closed without a signal": (leave_the_terminal, hang_up),
    "SIGTERM": (None, terminate),
    "SIGKILL": (None, kill),
}


@pytest.mark.parametrize(("before", "end"), ENDS.values(), ids=ENDS)
def test_a_sentence_that_was_cut_off_is_there_again(
    school: School, before: Callable[[], None] | None, end: Callable[[Terminal], None]
) -> None:
    with terminal("--vault", str(school.path), "--login", "marit", before=before) as marit:
        log_in(marit, "marit")
        typed(marit)
        used = marit.seconds_used
        end(marit)
        marit.ended(ENDING)
        assert marit.seconds_used - used < 3
    assert school.notes("marit") == []
    with school.opened("joost") as joost:
        joost.wait_quiet()
        assert "bezig met" not in joost.text, "it is Marit's alone"
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")
        assert "halverwege" not in marit.text, "the list does not say what was typed"
        marit.press("enter")
        marit.wait_for("die niemand")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
        marit.wait_quiet()
        assert "bezig met" not in marit.text
    assert school.facts("joost") == [SENTENCE]
    with school.opened("marit") as marit:
        marit.wait_quiet()
        assert "bezig met" not in marit.text


def test_what_was_given_back_survives_another_cut(school: School) -> None:
    with school.opened("marit") as marit:
        typed(marit)
        terminate(marit)
        marit.ended(ENDING)
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")
        marit.press("enter")
        marit.wait_for("die niemand")
        marit.type(" afmaakt")
        hang_up(marit)
        marit.ended(ENDING)
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")
        marit.press("enter")
        marit.wait_for("die niemand afmaakt")


def test_a_step_goes_back_into_its_form(school: School) -> None:
    code = school.case("marit", "Zoë de Vries", "Daniël van 't Hof")
    with school.opened("marit") as marit:
        marit.wait_for(code)
        marit.press("enter")
        marit.wait_for("Terugkoppelen")
        marit.press("enter")
        marit.wait_for(tr("today"))
        marit.type("drie keer op het plein")
        terminate(marit)
        marit.ended(ENDING)
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")
        assert code in marit.text
        marit.press("enter")
        marit.wait_for("op het plein")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    with school.register("joost") as register:
        assert [event.record.step for event in register.cases.get(code).events] == [1]


def test_what_is_thrown_away_is_not_offered(school: School) -> None:
    with school.opened("marit") as marit:
        typed(marit)
        marit.press("esc")
        marit.wait_for(tr("Throw away"))
        marit.press("w")
        marit.wait_for("Mijn dag")
        time.sleep(KEPT_WITHIN)
        marit.signal(signal.SIGKILL)
        marit.ended(ENDING)
    with school.opened("marit") as marit:
        marit.wait_quiet()
        assert "bezig met" not in marit.text


def test_a_second_window_is_not_offered_what_the_first_is_typing(school: School) -> None:
    with school.opened("marit") as first:
        typed(first)
        time.sleep(KEPT_WITHIN)
        with school.opened("marit") as second:
            second.wait_quiet()
            assert "bezig met" not in second.text
            typed(second, "iets heel anders")
            second.press("f2")
            second.wait_for(tr("Saved"))
        first.press("f2")
        first.wait_for(tr("Saved"))
    assert sorted(school.facts("joost")) == sorted([SENTENCE, "iets heel anders"])


def test_locked_and_then_cut_off(school: School) -> None:
    with school.opened("marit") as marit:
        typed(marit)
        marit.press("f8")
        marit.wait_for("Wachtzin")
        marit.signal(signal.SIGKILL)
        marit.ended(ENDING)
    with school.opened("marit") as marit:
        marit.wait_for("bezig met")


def test_a_state_folder_that_takes_nothing(school: School, tmp_path: Path) -> None:
    """A file stands where the folder should be: it is said, and the note can be saved all the same."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "pesttui").write_text("")
    environment = {"XDG_STATE_HOME": str(blocked)}
    with terminal("--vault", str(school.path), "--login", "marit", environment=environment) as marit:
        log_in(marit, "marit")
        typed(marit)
        marit.wait_for("buiten dit venster")
        marit.press("f2")
        marit.wait_for(tr("Saved"))
    assert school.facts("joost") == [SENTENCE]
    assert [path.name for path in blocked.iterdir()] == ["pesttui"]
