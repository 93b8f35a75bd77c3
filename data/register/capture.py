"""What is being typed behind an `@`, `#` or `!` in a note: what it may stand for, and the text once that is chosen.

Nothing here is forced on anybody: a sign that stands for nothing is text, and stays it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Behaviour, Text
from .pupils import KnownPupil, fold
from .text import draw, level, pupils_in

PUPIL, PLACE, KIND = "@", "#", "!"

MOST_SUGGESTIONS = 5
"""How many suggestions one look takes in."""

MOST_LETTERS = 30
"""How far back from the cursor a sign is looked for: no name's part is longer, and a line can be of any length."""

_OPENING = "([{\"'“‘„«"

_TOKEN = re.compile(r"(?:^|(?<=[\s" + re.escape(_OPENING) + r"]))([@#!])([^\s@#!.,;:?()\[\]{}\"“”„«»/\\]*)\Z")
"""A sign where a word can begin, and letters behind it up to the cursor: not `a@b.nl`, not `10!`."""

_LEADS_IN = frozenset(
    (
        *("de", "het", "'t", "een", "op", "in", "bij", "naar", "van", "achter", "voor", "onder", "tijdens", "na"),
        *("langs", "via", "door", "aan", "uit", "om", "tot", "over", "met"),
        *("the", "a", "an", "at", "on", "to", "from", "behind", "during", "after", "near", "of", "about", "with"),
    )
)
"""Words behind which the chosen word is a part of the sentence: `op het #plein`. Elsewhere it was only a mark."""


@dataclass(frozen=True)
class Token:
    """A sign and the letters behind it; `start` is the sign's place in its line, `end` the cursor's."""

    sign: str
    typed: str
    start: int
    end: int


@dataclass(frozen=True)
class Suggestion:
    """What a token may stand for: a pupil (by id), a place, or a kind of behaviour (by id)."""

    sign: str
    value: str
    shown: str
    beside: str = ""
    """A pupil's group."""
    left: bool = False
    """Whether it is a pupil who left the school."""


@dataclass(frozen=True)
class Taken:
    """What stands in the place of a token once something was chosen: `text` from `start` to the token's end."""

    start: int
    text: str


def token_at(line: str, column: int) -> Token | None:
    """Return what is being typed at the cursor, if it begins with a sign; looks at a few letters only."""
    least = max(0, column - MOST_LETTERS - 2)
    found = _TOKEN.search(line[least:column])
    if found is None or (found.group(1) == KIND and not found.group(2)):
        return None  # a bare `!` is an exclamation
    if least and not found.start():
        return None  # what stands before the first of these letters is not known
    return Token(found.group(1), found.group(2), least + found.start(), column)


class Capture:
    """What can be suggested, made ready once so that a key costs little."""

    def __init__(
        self,
        pupils: Sequence[KnownPupil] = (),
        mine: Iterable[str] = (),
        places: Iterable[str] = (),
        behaviours: Iterable[Behaviour] = (),
    ) -> None:
        """`pupils` in the order in which they are listed, those who left among them; `mine` are one's own groups."""
        self._pupils = {known.id: known for known in pupils}
        self._mine = frozenset(mine)
        self._parts = [(known, _parts(known.name), fold(known.pupil.given)) for known in pupils]
        self._places = [(place, _parts(place)) for place in dict.fromkeys(places) if place.strip()]
        self._behaviours = [(one, _parts(one.name)) for one in behaviours]

    def suggest(self, token: Token) -> list[Suggestion]:
        """Return what a token may stand for, the likeliest first; nothing where it is only text."""
        wanted = fold(token.typed)
        if token.sign == PUPIL:
            return self._of_pupils(wanted)[:MOST_SUGGESTIONS]
        if token.sign == PLACE:
            places = [place for place, parts in self._places if _fits(wanted, parts)]
            return [Suggestion(PLACE, place, place) for place in places[:MOST_SUGGESTIONS]]
        kinds = [one for one, parts in self._behaviours if _fits(wanted, parts)]
        return [Suggestion(KIND, one.id, one.name) for one in kinds[:MOST_SUGGESTIONS]]

    def _of_pupils(self, wanted: str) -> list[Suggestion]:
        """Own group before others, given name before the rest of it; who left only where nobody else fits."""
        fitting = [(known, given) for known, parts, given in self._parts if _fits(wanted, parts)]
        present = [found for found in fitting if found[0].pupil.left_on is None]
        fitting = present or (fitting if wanted else [])
        fitting.sort(key=lambda found: (found[0].pupil.group not in self._mine, not found[1].startswith(wanted)))
        return [
            Suggestion(PUPIL, known.id, known.name, known.group, known.pupil.left_on is not None)
            for known, _ in fitting
        ]

    # --- choosing ------------------------------------------------------------------------------------------

    def take(self, line: str, token: Token, chosen: Suggestion, meant: dict[str, str]) -> Taken:
        """Return the text that stands for what was chosen; a pupil's is put into `meant` (form of the name → id).

        A place or a kind stays as a word where the sentence leads up to it, and is gone where it was only a mark.
        """
        if token.sign == PUPIL:
            form = self.form(chosen.value, meant)
            meant[form] = chosen.value
            return Taken(token.start, form)
        before = line[: token.start]
        word = before.split()[-1:] if before[-1:].isspace() else []
        if word and fold(word[0].lstrip(_OPENING)) in _LEADS_IN:
            return Taken(token.start, chosen.shown)
        return Taken(len(before.rstrip(" ")), "")

    def form(self, pupil: str, meant: dict[str, str]) -> str:
        """Return the shortest form of a pupil's name that means nobody else here, nor among those chosen before.

        The given name; where somebody in one's own groups or among the chosen shares it, the whole name; where
        somebody at school shares that too, with the group behind it.
        """
        known = self._pupils[pupil]
        taken = {level(form) for form, other in meant.items() if other != pupil}
        near = {other for other, one in self._pupils.items() if one.pupil.group in self._mine} | set(meant.values())
        given = {level(self._pupils[one].pupil.given) for one in near - {pupil} if one in self._pupils}
        if (first := known.pupil.given) and level(first) not in given | taken:
            return first
        whole = {level(one.name) for one in self._pupils.values() if one.id != pupil}
        if level(known.name) not in whole | taken:
            return known.name
        beside = f"{known.name} ({known.group})" if known.group else known.name
        number, form = 1, beside
        while level(form) in taken:
            number += 1
            form = f"{beside} {number}"
        return form

    def typed_again(self, text: Text, meant: dict[str, str]) -> str:
        """Return a stored text as it may be typed, to go on with it: each name in a form that means the same pupil."""
        forms = {pupil: form for form, pupil in meant.items()}
        for pupil in pupils_in(text):
            if pupil not in forms and pupil in self._pupils:
                forms[pupil] = self.form(pupil, meant)
                meant[forms[pupil]] = pupil
        return draw(text, lambda pupil: forms.get(pupil, "…"))


def kinds_of(typed: str, behaviours: Iterable[Behaviour]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of kinds typed as names or first letters with commas between them, and what was none."""
    known = list(behaviours)
    found, unknown = dict[str, None](), list[str]()
    for part in filter(None, (piece.strip().lstrip(KIND) for piece in typed.split(","))):
        wanted = fold(part)
        exact = [one.id for one in known if wanted in (fold(one.name), one.id)]
        fitting = exact or [one.id for one in known if fold(one.name).startswith(wanted)]
        if len(fitting) == 1:
            found[fitting[0]] = None
        else:
            unknown.append(part)
    return tuple(found), tuple(unknown)


def judging_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list that stand in a text, as they stand there, each once, in order.

    Whole words only, with or without capitals and accents.
    """
    levelled = level(text)
    there = [level(word) for word in words if word.strip() and level(word) in levelled]
    if not there:
        return ()
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(there, key=len, reverse=True))) + r")(?!\w)")
    found: dict[str, str] = {}
    for match in pattern.finditer(levelled):
        found.setdefault(match.group(), text[match.start() : match.end()])
    return tuple(found.values())


def _parts(name: str) -> tuple[str, ...]:
    """Return what a name can be found by: each part of it, with and without an apostrophe before it."""
    parts = [part for part in re.split(r"[\s\-/]+", fold(name)) if part]
    words = fold(name).split()
    joined = ["".join(parts[at:]) for at in range(len(parts))]  # `@van't` has no space where the name has one
    return tuple(dict.fromkeys([*words, *parts, *(part.lstrip("'") for part in parts), *joined]))


def _fits(wanted: str, parts: Iterable[str]) -> bool:
    return any(part.startswith(wanted) for part in parts)
