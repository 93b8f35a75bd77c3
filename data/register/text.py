"""Texts with pupils in them: references when stored, initials or names when drawn."""

import re
from collections.abc import Callable, Iterable

from ..clean import clean_text
from ..model import PupilRef, Text


def link(typed: str, names: Iterable[tuple[str, str]]) -> Text:
    """Return a typed text with every listed name in it replaced by a reference.

    `names` are (form of a name, pupil's id); longer forms win, a form that two pupils share is left as it is.
    A name counts as a whole word, with capitals as listed, also behind an `@`.
    """
    text = clean_text(typed).strip()
    forms: dict[str, str | None] = {}
    for form, pupil in names:
        forms[form] = None if forms.get(form, pupil) != pupil else pupil
    known = sorted((form for form, pupil in forms.items() if form and pupil), key=len, reverse=True)
    if not known or not text:
        return (text,) if text else ()
    pattern = re.compile(r"(?:(?<!\w)@)?(?<!\w)(" + "|".join(map(re.escape, known)) + r")(?!\w)")
    parts: list[str | PupilRef] = []
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            parts.append(text[at : found.start()])
        parts.append(PupilRef(forms[found.group(1)] or ""))
        at = found.end()
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def draw(text: Text, name: Callable[[str], str]) -> str:
    """Return a stored text with each reference drawn by `name` (pupil's id → what this reader sees)."""
    return "".join(name(part.pupil) if isinstance(part, PupilRef) else part for part in text)


def pupils_in(text: Text) -> tuple[str, ...]:
    """Return the ids of the pupils in a text, each once, in order."""
    return tuple(dict.fromkeys(part.pupil for part in text if isinstance(part, PupilRef)))
