"""What a word is, for whoever looks for one: letters and figures, without accents and capitals."""

import re
from collections.abc import Collection, Iterable

from ..pupils import fold

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of a text as they are looked for, in order."""
    return _WORD.findall(fold(text))


def begin(wanted: Iterable[str], there: Collection[str]) -> bool:
    """Whether each of the wanted words begins one that is there."""
    return all(any(word.startswith(start) for word in there) for start in wanted)
