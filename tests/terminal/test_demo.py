"""The README's first line: the demo school, in which one logs in as the first screen says, and no trace of it after."""

import re
from pathlib import Path

from .pty import terminal


def test_the_demo_school(tmp_path: Path) -> None:
    with terminal("demo", environment={"TMPDIR": str(tmp_path)}) as found:
        found.wait_for("Wachtzin")
        found.wait_for("Fenna Postma")  # the last line of the hint
        shown = re.search(r"marit +(\S+ \S+ \S+ \S+)", found.text)
        assert shown is not None, found.text
        (folder,) = tmp_path.glob("pesttui-demo-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        found.press(shown[1], "enter")
        found.wait_for("Mijn dag")
        found.wait_for("Z-")
        found.press("ctrl+q")
        assert found.ended() == 0
    assert not folder.exists()
