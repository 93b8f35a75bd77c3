"""Letters as they look: what has no shape of its own hides no name, and neither does a letter of another script."""

import unicodedata

LOOKS = {
    # letters that no normal form takes apart
    **{"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ɑ": "a", "ɡ": "g"},
    # Cyrillic
    **{"а": "a", "в": "b", "е": "e", "һ": "h", "н": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "о": "o"},
    **{"р": "p", "с": "c", "ѕ": "s", "т": "t", "у": "y", "х": "x", "ѵ": "v", "ԁ": "d", "ԛ": "q", "ԝ": "w"},
    # Greek
    **{"α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x"},
}
"""Small letters with the Latin ones that nobody can tell from them."""

_BLANK = "\u115f\u1160"
"""Letters by their kind, and nothing to be seen."""


def shapeless(letter: str) -> bool:
    """Whether a letter of a decomposed text cannot be seen by itself: an accent, a zero-width joiner, a filler."""
    return letter in _BLANK or unicodedata.category(letter) in {"Mn", "Me", "Cf"}


def spellings(name: str) -> set[str]:
    """Return how a name may be spelled: with its hyphens, and as one word without them."""
    return {name, name.replace("-", ""), name.replace("\u2010", "")}
