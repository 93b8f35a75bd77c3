"""Whatever a terminal answers: keys go on being keys, and no window is larger than any screen."""

import shutil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual import events
from textual.geometry import Size

from pesttui.driver import MOST_COLUMNS, MOST_LINES, CarefulDriver, Keys

NUMBERS = st.sampled_from(("", "0", "1", "-1", "24", "80", "65535", "57344", "55296", "1114112", "9" * 12, "9" * 300))
ANSWERS = st.builds(
    lambda form, numbers: form.format(*numbers),
    st.sampled_from((
        "\x1b[48;{};{};{};{}t", "\x1b[{};{}R", "\x1b[?{};{}$y", "\x1b[?2048;{}$y", "\x1b[<{};{};{}M", "\x1b[<{};{};{}m",
        "\x1b[{}u", "\x1b[{};{}u", "\x1b[{};{};{}u", "\x1b[{}~", "\x1b[{};{}~", "\x1b[{};{}A", "\x1b[M\xff{}", "\x1b[I",
        "\x1b]{};x\x07", "\x1bP>|x{}\x1b\\", "\x1b[?{};{}c", "\x1bO{}", "\x1b[", "\x1b", "\x9b{}", "a", "é", "\x00",
    )),
    st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)  # fmt: skip
PIECES = st.lists(st.one_of(ANSWERS.map(str.encode), st.binary(max_size=8)), max_size=8)


def read(keys: Keys, pieces: list[bytes]) -> list[object]:
    return [event for piece in pieces for event in (*keys.read(piece), *keys.wait())]


@settings(deadline=None)
@given(PIECES)
@example([b"\x1b[9999999999u"])
@example([b"\x1b[1114112u"])
@example([b"\x1b[48;24;80;0;0t", b"\x1b[<0;5;5M"])
@example([b"\x1b[48;1000000000;1000000000;1;1t"])
def test_no_answer_ends_the_program(pieces: list[bytes]) -> None:
    keys = Keys()
    for event in read(keys, pieces):
        if isinstance(event, events.Resize):
            assert 0 < event.size.width <= MOST_COLUMNS and 0 < event.size.height <= MOST_LINES
    keys.end()


@pytest.mark.parametrize("answer", [b"\x1b[9999999999u", b"\x1b[1114112u", b"\x1b[48;0;0;0;0t"])
def test_the_next_key_is_a_key_again(answer: bytes) -> None:
    keys = Keys()
    read(keys, [answer])
    found = read(keys, [b"n"])
    assert [event.key for event in found if isinstance(event, events.Key)] == ["n"]


def test_a_window_that_is_resized_in_band(answer: bytes = b"\x1b[48;30;100;600;1000t") -> None:
    (event,) = read(Keys(), [answer])
    assert isinstance(event, events.Resize) and event.size == Size(100, 30)


def test_a_window_as_large_as_a_field() -> None:
    driver = object.__new__(CarefulDriver)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "get_terminal_size", lambda: (65535, 65535))
        assert driver._get_terminal_size() == (MOST_COLUMNS, MOST_LINES)
        patch.setattr(shutil, "get_terminal_size", lambda: (80, 24))
        assert driver._get_terminal_size() == (80, 24)
