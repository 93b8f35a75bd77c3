"""A school with 500 further cases of 25 documents: keys, bytes and memory, each beside a peer in one run.

`python -m pytest -s tests/benchmarks/test_large_school.py`; making the school takes about half a minute.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.demo import Demo, create_demo
from tests.benchmarks.ratio import table
from tests.terminal.pty import Terminal, terminal

CASES = 500
KEYS = 60

AREA = """
from textual.app import App
from textual.widgets import TextArea
class One(App):
    def compose(self):
        area = TextArea(compact=True, soft_wrap=True, show_line_numbers=False)
        area.cursor_blink = False
        area.highlight_cursor_line = False
        yield area
One().run()
"""

LABEL = """
from textual.app import App
from textual.widgets import Label
class One(App):
    def compose(self):
        yield Label("hier")
One().run()
"""

ENVIRONMENT = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    begun = time.perf_counter()
    made = create_demo(str(tmp_path_factory.mktemp("large") / "school.pest"), cases=CASES)
    seconds, size = time.perf_counter() - begun, Path(made.vault).stat().st_size >> 20
    print(f"\nmade {CASES} further cases in {seconds:.1f} s, {size} MiB")
    return made


def sqlcipher(path: Path, count: int) -> Callable[[], object] | None:
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        return None

    def connect() -> object:
        connection = dbapi2.connect(str(path))
        key = "x'" + "42" * 32 + "'"
        connection.execute(f'PRAGMA key = "{key}"')
        return connection

    connection = connect()
    connection.execute("CREATE TABLE documents (id TEXT PRIMARY KEY, content TEXT)")  # type: ignore[attr-defined]
    content = "x" * 400
    connection.executemany("INSERT INTO documents VALUES (?, ?)", ((str(n), content) for n in range(count)))  # type: ignore[attr-defined]
    connection.commit()  # type: ignore[attr-defined]
    connection.close()  # type: ignore[attr-defined]

    def read() -> None:
        opened = connect()
        assert len(opened.execute("SELECT id, content FROM documents").fetchall()) == count  # type: ignore[attr-defined]
        opened.close()  # type: ignore[attr-defined]

    return read


@contextmanager
def peer(source: str, folder: Path, shown: str) -> Iterator[Terminal]:
    """A bare Textual app in a terminal."""
    path = folder / f"peer{len(source)}.py"
    path.write_text(source)
    found = Terminal([sys.executable, str(path)], environment=ENVIRONMENT)
    try:
        if shown:
            found.wait_for(shown)
        found.wait_quiet(1.0)
        yield found
    finally:
        found.close()


@contextmanager
def at_my_day(large: Demo, login: str) -> Iterator[Terminal]:
    """The program with somebody logged in."""
    with terminal("--vault", large.vault, "--login", login, environment=ENVIRONMENT) as found:
        found.wait_for("Wachtzin")
        found.press(large.person(login).passphrase, "enter")
        found.wait_for("mijn")
        found.wait_quiet(1.0)
        yield found


def key_to_paint(found: Terminal) -> tuple[float, float]:
    """Return the median seconds from a key to its letter on the screen, and the median of bytes it took."""
    seconds, sizes = [], []
    for number in range(KEYS):
        letter, before = "abcdefghij"[number % 10], len(found.raw)
        begun = time.perf_counter()
        found.press(letter)
        while letter.encode() not in found.raw[before:]:
            found.read(0.5)
        seconds.append(time.perf_counter() - begun)
        found.wait_quiet(0.05)
        sizes.append(len(found.raw) - before)
    return statistics.median(seconds), statistics.median(sizes)


def test_a_key_in_a_note(large: Demo, tmp_path: Path) -> None:
    with peer(AREA, tmp_path, "") as bare, at_my_day(large, "anne") as anne:
        anne.press("n")
        anne.wait_for("zag of hoorde")
        anne.wait_quiet(1.0)
        plain, ours = key_to_paint(bare), key_to_paint(anne)
    measured = {"bare TextArea": plain[0], "pesttui: a note": ours[0]}
    print(table("key to paint", measured, "bare TextArea"))
    print(f"  bytes a key: bare {plain[1]:.0f}, pesttui {ours[1]:.0f}: {ours[1] / plain[1]:.2f} x")


def test_bytes_of_the_cursor_and_of_doing_nothing(large: Demo) -> None:
    with at_my_day(large, "anne") as anne:
        anne.press("3")
        anne.wait_quiet(1.0)
        sizes = []
        for _ in range(20):
            before = len(anne.raw)
            anne.press("down")
            anne.wait_quiet(0.3)
            sizes.append(len(anne.raw) - before)
        before = len(anne.raw)
        anne.wait_quiet(3.0)
        print(
            f"\ncursor down in the list: {statistics.median(sizes):.0f} bytes; idle for 3 s: {len(anne.raw) - before}"
        )


def test_bytes_of_what_opens(large: Demo) -> None:
    """A question lies opaque over the form: a translucent one would draw everything beneath it again."""
    with at_my_day(large, "anne") as anne:
        steps = {"a note": "n", "a letter": "x", "a question over it": "esc", "no question": "esc", "F9": "\x1b[20~"}
        for what, key in steps.items():
            before = len(anne.raw)
            anne.press(key)
            anne.wait_quiet(0.7)
            print(f"{what:>20}: {len(anne.raw) - before:6} bytes")


def memory(found: Terminal) -> float:
    """Return what a program holds in memory, in MB."""
    pages = int(Path(f"/proc/{found.pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def test_memory(large: Demo, tmp_path: Path) -> None:
    with peer(LABEL, tmp_path, "hier") as bare, at_my_day(large, "anne") as anne:
        anne.press("3", "down", "enter")
        anne.wait_for("Doen mee")
        anne.wait_quiet(1.0)
        print(f"\nmemory: bare Textual app {memory(bare):.0f} MB, pesttui {memory(anne):.0f} MB")
