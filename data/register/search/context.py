"""Where a hit stands: a piece of the text around it, on one line, with what was hit marked."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...model import Text
from ..pupils import fold
from ..text import pieces
from .entry import Entry
from .index import Sought
from .words import begin, words

_WHOLE_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
"""A word as it stands in a text, accents and all."""

BEFORE = 24
"""About how many characters stand before the first hit."""

_BETWEEN = " · "

Name = Callable[[str], str]
"""What this reader sees of a pupil: id → initials or name."""


@dataclass(frozen=True)
class Marked:
    """A text, and where in it what was sought stands, as (from, to) in order."""

    text: str = ""
    marks: tuple[tuple[int, int], ...] = ()

    def __add__(self, other: "Marked") -> "Marked":
        size = len(self.text)
        return Marked(self.text + other.text, (*self.marks, *((at + size, to + size) for at, to in other.marks)))

    def cut(self, begin_at: int, end: int) -> "Marked":
        """Return a piece of it."""
        inside = ((max(at, begin_at) - begin_at, min(to, end) - begin_at) for at, to in self.marks)
        return Marked(self.text[begin_at:end], tuple((at, to) for at, to in inside if at < to))


def lines(entry: Entry, sought: Sought, name: Name) -> list[Marked]:
    """Return an entry's texts with their hits, a text after the other, as they were typed."""
    return [_marked(text, sought, name) for text in entry.texts]


def snippet(entry: Entry, sought: Sought, name: Name, length: int) -> Marked:
    """Return what an entry says around its first hit, on one line: `length` characters, and one more if more follows.

    What the protocol calls it stands first; so do pupils and a place that were sought and that the text does not name.
    """
    texts = [_one_line(found) for found in lines(entry, sought, name)]
    best = max(texts, key=lambda found: len(found.marks), default=Marked())
    named = {pupil for text in entry.texts for _, pupil in pieces(text, name)}
    beside = [pupil for pupil in entry.pupils if not entry.texts or (pupil in sought.about and pupil not in named)]
    head = [_marked((entry.title,), sought, name)] if entry.title else []
    head += [_pupils(beside, sought, name)] if beside else []
    place = _marked((entry.place,), sought, name)
    head += [place] if place.marks or (sought.places and entry.place) else []
    front = Marked()
    for part in head:
        front = front + part + Marked(_BETWEEN)
    if not best.text:
        return front.cut(0, min(length + 1, len(front.text) - len(_BETWEEN)))
    return (front + _around(best, max(16, length - len(front.text)) + 1)).cut(0, length + 1)


def _marked(text: Text, sought: Sought, name: Name) -> Marked:
    """Return a stored text as this reader sees it, with its hits."""
    wanted, about = [word for word, _ in sought.words], sought.about
    drawn, marks = "", list[tuple[int, int]]()
    for piece, pupil in pieces(text, name):
        if pupil:
            marks += [(len(drawn), len(drawn) + len(piece))] if pupil in about else []
        else:
            marks += ((len(drawn) + at, len(drawn) + to) for at, to in _hits(piece, wanted))
        drawn += piece
    return Marked(drawn, tuple(marks))


def _hits(piece: str, wanted: list[str]) -> Iterable[tuple[int, int]]:
    """Yield where the words stand that one of the wanted begins."""
    folded = fold(piece) if wanted else ""
    if not any(word in folded for word in wanted):
        return
    if len(folded) == len(piece) and not any(map(unicodedata.combining, piece)):
        # Letter for letter the same places: looked for at one go.
        beginnings = "|".join(map(re.escape, wanted))
        yield from (found.span() for found in re.finditer(rf"(?<![^\W_])(?:{beginnings})[^\W_]*", folded))
        return
    for found in _WHOLE_WORD.finditer(piece):
        there = words(found.group())
        if any(begin((word,), there) for word in wanted):
            yield found.span()


def _pupils(pupils: list[str], sought: Sought, name: Name) -> Marked:
    drawn = Marked()
    for pupil in pupils:
        said = name(pupil)
        drawn += Marked(", " if drawn.text else "") + Marked(said, ((0, len(said)),) if pupil in sought.about else ())
    return drawn


def _one_line(found: Marked) -> Marked:
    """Return a text with its line ends as spaces: nothing changes its place."""
    return Marked(re.sub(r"\s", " ", found.text), found.marks)


def _around(found: Marked, length: int) -> Marked:
    """Return about `length` characters around the first hit, from the beginning of a word."""
    first, end = found.marks[0] if found.marks else (0, 0)
    if end <= length:
        return found.cut(0, length)
    begin_at = found.text.rfind(" ", 0, max(0, first - min(BEFORE, length // 3)) + 1) + 1
    return Marked("…") + found.cut(begin_at, begin_at + length)
