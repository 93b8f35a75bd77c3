"""A text without the names of others: what somebody typed is looked through as it reads, not as it is written."""

import re
import unicodedata
from collections.abc import Iterable

from ..alike import LOOKS, shapeless, spellings
from ..model.school import initials


class Mask:
    """Puts other words in the place of names; the name of the pupil it is made for stays."""

    def __init__(self, names: Iterable[str], own: str, other: str, staff: Iterable[str] = ()) -> None:
        """`names` are hidden, but those that are `own`, or words of it; `other` stands in their place.

        `staff` are whole names that stay where they stand in full.
        """
        words = _plain(own).split()
        mine = {" ".join(words[at:end]) for at, end in _spans(len(words))}
        kept = {" ".join(words), *map(_plain, staff)}
        hidden = {_plain(form) for name in names for form in spellings(name)} - mine - kept
        hidden.discard("")
        self._hidden = frozenset(hidden)
        self._other = other
        forms = sorted({*hidden, *kept} - {""}, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<= )({'|'.join(map(re.escape, forms))})(?=s? )") if hidden else None

    def __call__(self, text: str) -> str:
        """Return the text with every hidden name in it replaced, however it is spelled."""
        if self._pattern is None:
            return text
        plain, places = _mapped(text)
        drawn, at = "", 0
        for found in self._pattern.finditer(plain):
            if found[1] in self._hidden:
                first, last = places[found.start(1)], places[found.end(1) - 1]
                drawn += text[at:first] + self._other
                at = _beyond(text, last + 1, initial=max(map(len, found[1].split())) == 1)
        return drawn + text[at:]


def forms_of_name(given: str, name: str) -> set[str]:
    """Return how a pupil may stand in a text: whole name, given name, family name, initials of two letters or more."""
    family = name[len(given) :].strip() if name.startswith(given) else ""
    short = initials(name)
    return {name, given, family, *([short] if len(short) > 2 else [])} - {""}


def _spans(count: int) -> list[tuple[int, int]]:
    return [(at, end) for at in range(count) for end in range(at + 1, count + 1)]


def _plain(text: str) -> str:
    """Return a text as it reads: small letters without accents, one blank between words."""
    return _mapped(text)[0].strip()


def _mapped(text: str) -> tuple[str, list[int]]:
    """Return a text as it reads, a blank at both ends, with the place in it that each letter came from."""
    letters, places = [" "], [0]
    for at, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if shapeless(letter):
                continue
            plain = LOOKS.get(letter, letter)
            if not plain.isalpha():
                if letters[-1] == " ":
                    continue
                plain = " "
            letters.append(plain)
            places.append(at)
    if letters[-1] != " ":
        letters.append(" ")
        places.append(len(text))
    return "".join(letters), places


def _beyond(text: str, at: int, *, initial: bool) -> int:
    """Return where a name ends: marks without a shape belong to its last letter, and a dot to an initial.

    Unless that dot ends a sentence as well.
    """
    while at < len(text) and shapeless(text[at]):
        at += 1
    rest = text[at + 1 :]
    ends = not rest.strip() or (rest[:1].isspace() and rest.strip()[:1].isupper())
    return at + 1 if initial and text[at : at + 1] == "." and not ends else at
