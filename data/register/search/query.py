"""What somebody looks for, as it was typed: words, and, behind a sign, pupils, places, kinds, authors; periods.

`@zoe` a pupil, `#plein` a place, `!fysiek` a kind, `door:marit` an author. What stands between quotes are words,
whatever they look like. What is not understood is a word: nothing that is typed is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ...clean import clean_line
from .periods import Period, parse_period, period_at
from .words import words

MOST = 400
"""How many characters are looked at: nobody types more than that, and what is pasted need not be taken whole."""

PUPIL, PLACE, KIND = "@", "#", "!"
_BY = ("door:", "van:", "by:", "from:")
_TOKEN = re.compile(r"""(?P<sign>[@#!]|(?i:door|van|by|from):\s*)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))""")

Beginnings = tuple[str, ...]
"""Words of which each must begin a word of one and the same name."""


@dataclass(frozen=True)
class Query:
    """All that must be there, folded. Of a name each word is a beginning."""

    words: tuple[str, ...] = ()
    pupils: tuple[Beginnings, ...] = ()
    places: tuple[Beginnings, ...] = ()
    kinds: tuple[Beginnings, ...] = ()
    authors: tuple[Beginnings, ...] = ()
    periods: tuple[Period, ...] = ()
    unclear: tuple[str, ...] = field(default=(), compare=False)
    """What stands in a field of its own and cannot be understood there."""

    def __bool__(self) -> bool:
        return any((self.words, self.pupils, self.places, self.kinds, self.authors, self.periods))

    def __and__(self, other: "Query") -> "Query":
        return Query(
            self.words + other.words,
            self.pupils + other.pupils,
            self.places + other.places,
            self.kinds + other.kinds,
            self.authors + other.authors,
            self.periods + other.periods,
            self.unclear + other.unclear,
        )


def parse(typed: str, today: date) -> Query:
    """Return what was typed as one line."""
    tokens = list(_TOKEN.finditer(clean_line(typed, MOST)))
    bare = [token["bare"] if not token["sign"] and token["bare"] else "" for token in tokens]
    found, at = Query(), 0
    while at < len(tokens):
        period = period_at(_until_empty(bare[at:]), today)
        if period is not None:
            found = replace(found, periods=(*found.periods, period[0]))
            at += period[1]
        else:
            found &= _one(tokens[at])
            at += 1
    return found


def _until_empty(texts: Sequence[str]) -> Sequence[str]:
    return texts[: texts.index("")] if "" in texts else texts


def _one(token: "re.Match[str]") -> Query:
    """Return what one token asks for; a sign with nothing behind it asks for nothing yet."""
    sign, said = (token["sign"] or "").strip().lower(), token["quoted"] or token["bare"] or ""
    if not sign and said.lower() in _BY:
        return Query()
    found = tuple(words(said))
    if not sign:
        return Query(words=found)
    named = (found,) if found else ()
    if sign == PUPIL:
        return Query(pupils=named)
    if sign == PLACE:
        return Query(places=named)
    return Query(kinds=named) if sign == KIND else Query(authors=named)


def parse_fields(*, who: str = "", where: str = "", kind: str = "", when: str = "", by: str = "", today: date) -> Query:
    """Return what was typed in fields of their own; several pupils stand between commas."""
    period = parse_period(when, today) if when.strip() else None
    return Query(
        pupils=_named(PUPIL, *who.split(",")),
        places=_named(PLACE, where),
        kinds=_named(KIND, kind),
        authors=_named("", by),
        periods=(period,) if period else (),
        unclear=(when,) if when.strip() and period is None else (),
    )


def _named(sign: str, *typed: str) -> tuple[Beginnings, ...]:
    """Return names as beginnings of their words; the sign may be typed in its own field too."""
    found = (tuple(words(clean_line(one, MOST).removeprefix(sign))) for one in typed)
    return tuple(one for one in found if one)
