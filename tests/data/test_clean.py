"""Text made harmless: what may not stay, what must, and that once is enough."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clean import MAX_TEXT, clean_line, clean_text, clean_tree, is_clean

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANYTHING = st.text(st.characters(exclude_categories=()))
HOSTILE = st.text(st.sampled_from("ab \t\n\r\x00\x07\x1b[31m\x7f\x85\x9b\ufeff\u2028\u2029\ud800e\u0301é🙂" + BIDI))
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | ANYTHING | HOSTILE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HOSTILE, inner, max_size=4),
    max_leaves=12,
)


def harmful(text: str) -> list[str]:
    bad = {character for character in text if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")}
    return sorted((bad - {"\n", "\t"}) | (set(text) & set(BIDI + "\ufeff\ufff9\ufffa\ufffb")))


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in strings(item))]
    return [text for item in value for text in strings(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Gewone zin, met é en ’t.", "Gewone zin, met é en ’t."),
        ("een\r\ntwee\rdrie\n", "een\ntwee\ndrie\n"),
        ("\x1b[31mrood\x1b[0m", "[31mrood[0m"),
        ("\x1b]0;naam\x07zin", "]0;naamzin"),
        ("\x9b2Jweg", "2Jweg"),
        ("nul\x00en\x7fdel", "nulendel"),
        ("hij sloeg \u202eniet\u202c", "hij sloeg niet"),
        ("Zoe\u0308", "Zoë"),
        ("👩\u200d👧 blijft heel", "👩\u200d👧 blijft heel"),
        ("kolom\tkolom", "kolom\tkolom"),
        ("a\u2028b\u2029c", "abc"),
        ("half \ud83d paar", "half  paar"),
    ],
)
def test_clean_text(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sem   van\tDijk \n", "Sem van Dijk"),
        ("\u00a0\u2003Noor\u3000", "Noor"),
        ("\x00\x1b\u202e", ""),
        ("a\nb\r\nc", "a b c"),
    ],
)
def test_clean_line(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_limits() -> None:
    assert len(clean_text("x" * 1_000_000)) == MAX_TEXT
    assert len(clean_line("naam " * 1000)) <= 200
    assert not clean_line("naam " * 1000).endswith(" ")
    assert clean_text("\x00" * 100 + "zin", 50) == "zin"


@given(ANYTHING | HOSTILE)
def test_nothing_harmful_is_left(typed: str) -> None:
    assert harmful(clean_text(typed)) == []
    line = clean_line(typed)
    assert harmful(line) == [] and "\n" not in line and "\t" not in line and line == line.strip()


@given(ANYTHING | HOSTILE, st.integers(1, 60))
def test_once_is_enough(typed: str, limit: int) -> None:
    text, line = clean_text(typed, limit), clean_line(typed, limit)
    assert clean_text(text, limit) == text and len(text) <= limit
    assert clean_line(line, limit) == line and len(line) <= limit
    assert unicodedata.is_normalized("NFC", text)


@given(TREES)
def test_every_string_of_a_tree_is_cleaned(value: Any) -> None:
    cleaned = clean_tree(value)
    assert all(not harmful(text) for text in strings(cleaned))
    assert clean_tree(cleaned) == cleaned


KEYS = st.text(st.sampled_from('ab_1  .,:"{}e\u0301é\u202e'), max_size=4)
PLAIN_TREES = st.recursive(
    st.none() | st.integers() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN_TREES, st.sampled_from([":", ": ", " :", "   :   "]), st.sampled_from([",", " , "]), st.booleans())
def test_what_is_called_clean_is_as_cleaning_leaves_it(value: Any, colon: str, comma: str, escaped: bool) -> None:
    """However the JSON is set out: who writes it may have a program of their own."""
    content = json.dumps(value, ensure_ascii=escaped, separators=(comma, colon)).encode()
    assert not is_clean(content) or clean_tree(json.loads(content)) == json.loads(content)


@pytest.mark.parametrize("content", ['{"a  b" : 1}', '{"%s" :1}' % ("a " * 200), '{"a":{"b c"  : "x"}}'])
def test_a_key_is_looked_at_however_far_its_colon_is(content: str) -> None:
    assert not is_clean(content.encode())
