"""Pasted text loses what could be taken for a key, in whatever pieces it comes in."""

from hypothesis import given
from hypothesis import strategies as st

from pesttui.paste import END, START, PasteFilter

hostile = st.text(
    st.sampled_from(
        ["\x1b", "[", "2", "0", "1", "~", "]", "5", ";", "a", "é", "\n", "\r", "\t", "\x9b", "\x00", "\x07"]
    ),
    max_size=40,
)


def cleaned(text: str, cuts: list[int]) -> str:
    filter_, found, at = PasteFilter(), "", 0
    for cut in [*sorted(cut % (len(text) + 1) for cut in cuts), len(text)]:
        found += filter_.clean(text[at:cut])
        at = max(at, cut)
    return found


def plain(text: str) -> str:
    return "".join(each for each in text if each in "\n\r\t" or (each >= " " and each != "\x9b"))


@given(hostile, hostile, hostile, st.lists(st.integers(0, 200), max_size=6))
def test_only_what_is_pasted_is_cleaned(before: str, inside: str, after: str, cuts: list[int]) -> None:
    if START in before + START[:-1] or END in inside + END[:-1] or START in after:
        return
    text = f"{before}{START}{inside}{END}{after}"
    assert cleaned(text, cuts) == f"{before}{START}{plain(inside)}{END}{after}"


@given(hostile, st.lists(st.integers(0, 200), max_size=6))
def test_the_pieces_make_no_difference(text: str, cuts: list[int]) -> None:
    assert cleaned(text, cuts) == cleaned(text, [])
    assert cleaned(text, cuts) == text or START in text


def test_keys_are_not_held_up() -> None:
    """An arrow, or the Escape key alone, goes on at once: nobody waits for what may follow."""
    filter_ = PasteFilter()
    assert [filter_.clean(piece) for piece in ("\x1b", "[", "2", "A", "\x1b[2", "00~ab\x1b", "[201~x")] == [
        "\x1b", "[", "2", "A", "\x1b[2", "00~ab", "\x1b[201~x",
    ]  # fmt: skip
