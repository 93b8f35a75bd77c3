"""A fault in the program: a calm sentence, what was typed kept, and no name of anybody anywhere."""

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.data.school_kit import passphrase_of

from .kit import School, tr
from .pty import Terminal, terminal

FAULTY = """
import sys
from pesttui.__main__ import main
from screens.dashboard import Dashboard
from screens.quick_note import QuickNote

def fault(self):
    pupil = "Zoë de Vries"
    raise ValueError(f"nothing is known of {pupil}")

def fault_in_a_thread(self):
    import asyncio
    self.run_worker(asyncio.to_thread(fault, self))

Dashboard.action_overview = fault
Dashboard.action_question = fault_in_a_thread
QuickNote.action_private = fault
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("key", ["o", "c"], ids=["in a command", "in a thread"])
def test_a_fault_tells_nothing_about_anybody(school: School, key: str) -> None:
    school.jot("marit", b"geheimzinnig gedoe bij het hek", "--about", school.ids["Zoë de Vries"])
    running = Terminal([sys.executable, "-c", FAULTY, "--vault", str(school.path), "--login", "marit"])
    try:
        running.wait_for("Wachtzin")
        running.press(passphrase_of("marit"), "enter")
        running.wait_for("Mijn dag")
        running.press("v" if key == "o" else "n")
        running.wait_quiet()
        if key == "c":
            running.press("esc")
            running.wait_for("Mijn dag")
        running.press(key)
        assert running.ended() == 1
        assert running.text.startswith("pesttui is gestopt door een fout in het programma.")
        for name in ("Zoë", "Vries", "geheimzinnig", "nothing is known", "Traceback"):
            assert name not in running.text
    finally:
        running.close()
    (log,) = Path(os.environ["XDG_STATE_HOME"]).rglob("crash.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    written = log.read_text()
    assert "ValueError" in written
    assert "Zoë" not in written
    assert school.lock_is_free()


def test_what_was_typed_before_a_fault_is_there_again(school: School) -> None:
    running = Terminal([sys.executable, "-c", FAULTY, "--vault", str(school.path), "--login", "marit"])
    try:
        running.wait_for("Wachtzin")
        running.press(passphrase_of("marit"), "enter")
        running.wait_for("Mijn dag")
        running.press("n")
        running.wait_for(tr("What did you see or hear?"))
        running.type("een halve zin over het hek")
        running.press("\x1b[17~")
        assert running.ended() == 1
        assert tr("What was being typed is there at the next log-in.") in running.text
        assert "halve zin" not in running.text
    finally:
        running.close()
    with terminal("--vault", str(school.path), "--login", "marit") as again:
        again.wait_for("Wachtzin")
        again.press(passphrase_of("marit"), "enter")
        again.wait_for("Je was bezig met")
