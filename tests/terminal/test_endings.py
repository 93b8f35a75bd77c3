"""However it ends, what was saved is there, the lock is free, and the terminal is as it was."""

import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from data.vault.verify import verify

from .kit import School, ignore_hang_ups, jotted, leave_the_terminal, log_in
from .pty import ALTERNATE, NORMAL, terminal

ENDING = 5.0
"""Within so many seconds the program has ended, whatever hangs."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
def test_a_signal_right_after_a_save(school: School, number: int) -> None:
    with school.opened("marit") as marit:
        jotted(marit, "tas in de sloot")
        marit.signal(number)
        assert marit.ended(ENDING) == 128 + number
        assert marit.raw.rfind(NORMAL) > marit.raw.rfind(ALTERNATE) >= 0
        assert b"Traceback" not in marit.raw
        # Mouse, paste and hidden cursor are given back too.
        for taken, given in (
            (b"\x1b[?1003h", b"\x1b[?1003l"),
            (b"\x1b[?2004h", b"\x1b[?2004l"),
            (b"\x1b[?25l", b"\x1b[?25h"),
        ):
            assert marit.raw.rfind(given) > marit.raw.rfind(taken)
    assert school.facts("joost") == ["tas in de sloot"]
    assert school.lock_is_free()


@pytest.mark.parametrize(
    "before",
    [None, ignore_hang_ups, leave_the_terminal],
    ids=["as usual", "SIGHUP inherited as ignored", "no signal at all"],
)
def test_a_terminal_that_is_gone_right_after_a_save(school: School, before: Callable[[], None] | None) -> None:
    with terminal("--vault", str(school.path), "--login", "marit", before=before) as marit:
        log_in(marit, "marit")
        jotted(marit, "tas in de sloot")
        used = marit.seconds_used
        marit.hang_up()
        assert marit.ended(ENDING) == 128 + signal.SIGHUP
        assert marit.seconds_used - used < 2
    assert school.facts("joost") == ["tas in de sloot"]
    assert school.lock_is_free()


def test_a_signal_before_anybody_logs_in(school: School) -> None:
    with terminal("--vault", str(school.path), "--login", "marit") as nobody:
        nobody.wait_for("Wachtzin")
        nobody.press("een halve wacht")
        nobody.signal(signal.SIGTERM)
        assert nobody.ended(ENDING) == 128 + signal.SIGTERM
        assert b"een halve wacht" not in nobody.raw


def test_quitting_gives_the_terminal_back(school: School) -> None:
    with school.opened("marit") as marit:
        marit.press("ctrl+q")
        assert marit.ended(ENDING) == 0
        assert marit.raw.rfind(NORMAL) > marit.raw.rfind(ALTERNATE) >= 0
    assert school.lock_is_free()


def killed_at_random(school: School, rounds: int) -> None:
    """Kill a command that writes a note, at any moment from its start to after its end."""
    begun = time.monotonic()
    acknowledged = {school.jot("marit", b"de eerste keer ongestoord")}
    whole = time.monotonic() - begun
    random_moment = random.Random(rounds)
    for round_ in range(rounds):
        running = subprocess.Popen(
            school.command("marit", "note", "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert running.stdin is not None
        running.stdin.write(f"ronde {round_}".encode())
        running.stdin.close()
        running.stdin = None
        try:
            # Most often in its second half, where it has left Python's own start behind it.
            running.wait(random_moment.uniform(0.4, 1.1) * whole)
        except subprocess.TimeoutExpired:
            running.kill()
        said, _ = running.communicate()
        if said.endswith(b"\n"):
            acknowledged.add(said.decode().strip())
    assert acknowledged <= {known.id for known in school.notes("joost")}
    assert school.lock_is_free()
    with school.register("dirk") as register:
        report = verify(register.vault)
    assert report.whole, report.problems
    school.jot("marit", b"en daarna gewoon weer")


def test_killed_while_writing(school: School) -> None:
    killed_at_random(school, 20)


@pytest.mark.deep
def test_killed_while_writing_many_times(school: School) -> None:
    killed_at_random(school, 200)


# --- no terminal at all ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_can_do_nothing(school: School, name: str) -> None:
    with terminal("--vault", str(school.path), environment={"TERM": name}) as found:
        assert found.ended() == 2
        assert "pesttui --help" in found.text.replace("\n", " ")
        assert ALTERNATE not in found.raw


@pytest.mark.parametrize("arguments", [(), ("demo",)])
def test_no_terminal(school: School, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*school.command("marit")[:3], "--vault", str(school.path), *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"pesttui --help" in done.stderr
    assert b"Traceback" not in done.stderr
