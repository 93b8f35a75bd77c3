"""Two people, one field: what a colleague saved meanwhile stands beside what was typed here."""

import textwrap
from collections.abc import Iterable, Mapping

from textual.widgets import Input

from data.model import Text

from .desk import Desk

_QUOTED = 300
"""How many characters of a colleague's text stand at a form's foot; the whole of it stands where it was saved."""


def brought_in(fields: Iterable[tuple[str, Input]], known: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """Put theirs into the fields that nobody touched here; return `word: theirs` for each that both have changed.

    `known` and `theirs` are values by the fields' ids: as the form began, and as they are now.
    """
    both = []
    for word, field in fields:
        before, there = known.get(field.id or ""), theirs[field.id or ""]
        if field.value == before:
            field.value = there
        elif there not in (before, field.value):
            both.append(f"{word}: {there or '–'}")
    return both


def quoted(desk: Desk, author: str, text: Text) -> str:
    """Return what a colleague wrote, with who it was."""
    return f"{desk.author(author)}: “{textwrap.shorten(desk.text(text), _QUOTED, placeholder=' …')}”"
