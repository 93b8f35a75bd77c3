"""Text as a person typed it, made harmless: on every write and on every load.

A stored escape sequence would otherwise reach the terminal of the next reader, and a direction override
could make a sentence read as its opposite.
"""

import re
import unicodedata
from typing import Any

MAX_TEXT = 20_000
"""The longest text kept, in characters: far above any note, far below what slows a screen."""

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but newline and tab, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, overrides and isolates of direction
    "\ufeff\ufff9-\ufffb\ud800-\udfff\u2028\u2029]"
)


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return `text` without control characters, in NFC, at most `limit` characters long.

    Newlines and tabs stay; carriage returns become newlines.
    """
    if text.isascii() and text.isprintable():
        return text[:limit]  # the most common text of all, and quickly told
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text[: 4 * limit]))[:limit]


_ODD_KEY = re.compile(r'"(?![A-Za-z_][A-Za-z0-9_]*":)[^"]*" *:')
"""A key in a JSON text without escapes that `clean_tree` would look at closely; more is found than there is."""


def is_clean(content: bytes) -> bool:
    """Whether `clean_tree` surely changes nothing in what this JSON text says: quickly told of nearly all there are.

    Without an escape in it every string stands there as it is, and cleaning a part never needs what is beside it.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    plain = len(text) <= MAX_TEXT and "\\" not in text and text.isprintable()
    composed = plain and (text.isascii() or unicodedata.is_normalized("NFC", text))
    return composed and _ODD_KEY.search(text) is None


def clean_line(text: str, limit: int = 200) -> str:
    """Return `text` cleaned and on one line: for names, places and titles."""
    return " ".join(clean_text(text, 4 * limit).split())[:limit].rstrip()


def clean_tree(value: Any) -> Any:
    """Return a JSON value with every string in it cleaned."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [clean_tree(item) for item in value]
    if isinstance(value, dict):
        return {
            key if key.isidentifier() and key.isascii() else clean_line(key): clean_tree(item)
            for key, item in value.items()
        }
    return value
