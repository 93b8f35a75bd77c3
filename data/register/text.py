"""Texts with pupils in them: references when stored, initials or names when drawn."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from ..clean import clean_text
from ..model import PupilRef, Text

_ALIKE = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "’": "'", "‘": "'"}

_SENTENCE_ENDS = re.compile(r"(?:[.!?]\s+|\n\s*)\Z")

_WORDS_TOO = frozenset({"bo", "fleur", "jet", "kick", "lieve", "mees", "puck", "roos", "storm", "zon"})
"""Given names that are words as well: in small letters they are taken for the word."""


def level(text: str) -> str:
    """Return a text without accents and capitals, letter by letter, so that places in it stay the same."""
    if text.isascii():
        return text.lower()
    plain = {letter: _ALIKE.get(letter) or unicodedata.normalize("NFD", letter)[0].lower() for letter in set(text)}
    return text.translate({ord(letter): found for letter, found in plain.items() if len(found) == 1})


def link(typed: str, names: Iterable[tuple[str, str]]) -> Text:
    """Return a typed text with every listed name in it replaced by a reference.

    `names` are (form of a name, pupil's id); longer forms win, a form that two pupils share is left as it is.
    A name counts as a whole word or with a genitive's s, in capitals or not, with accents or not, also behind an `@`.
    """
    text = clean_text(typed).strip()
    if not text:
        return ()
    levelled, forms = level(text), dict[str, str | None]()
    # Few of a school's names stand in one text: to look for all of them at every letter would take a second.
    for form, pupil in names:
        folded = form.lower() if form.isascii() else level(form)
        if folded and folded in levelled:
            forms[folded] = None if forms.get(folded, pupil) != pupil else pupil
    known = sorted((form for form, pupil in forms.items() if pupil), key=len, reverse=True)
    if not known:
        return (text,)
    pattern = re.compile(r"(?:(?<!\w)@)?(?<!\w)(" + "|".join(map(re.escape, known)) + r")(?=(?:'?s)?(?!\w))")
    parts: list[str | PupilRef] = []
    at = 0
    for found in pattern.finditer(levelled):
        if found.group(1) in _WORDS_TOO and text[found.start(1)].islower():
            continue
        if found.start() > at:
            parts.append(text[at : found.start()])
        parts.append(PupilRef(forms[found.group(1)] or ""))
        at = found.end()
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def pieces(text: Text, name: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield a stored text piece by piece: as `draw` draws it, and the pupil's id, an empty one for what was typed.

    `name` says what this reader sees of a pupil (id → initials, name or another pupil). What stands for a name begins
    with a capital where a sentence does.
    """
    before, begins = "", True
    for part in text:
        pupil = part.pupil if isinstance(part, PupilRef) else ""
        if isinstance(part, PupilRef):
            piece = name(part.pupil)
            piece = piece[:1].upper() + piece[1:] if begins else piece
            begins = False
        else:
            piece, begins = part, bool(_SENTENCE_ENDS.search(part))
        # Initials end in a dot: at the end of a sentence one is enough.
        if before.endswith(".") and piece.startswith(".") and piece[:2] != "..":
            piece = piece[1:]
        before = piece or before
        yield piece, pupil


def draw(text: Text, name: Callable[[str], str]) -> str:
    """Return a stored text with each reference drawn by `name` (pupil's id → what this reader sees)."""
    return "".join(piece for piece, _ in pieces(text, name))


def pupils_in(text: Text) -> tuple[str, ...]:
    """Return the ids of the pupils in a text, each once, in order."""
    return tuple(dict.fromkeys(part.pupil for part in text if isinstance(part, PupilRef)))
