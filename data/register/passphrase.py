"""Is this passphrase strong enough, and what would make it so? Judged by zxcvbn, said in our own words."""

from collections.abc import Set

from ..errors import N_, UsageError
from ..vault.people import MINIMUM_PASSPHRASE, check_passphrase

ENOUGH = 3
"""zxcvbn's score, 0 to 4, from which a passphrase is taken: more than 10^8 guesses, each slowed by Argon2id."""

_JUDGED = 72
"""zxcvbn looks at no more characters."""


def check_strength(passphrase: str, *known: str) -> None:
    """Raise UsageError, saying how to make a better one, for a passphrase that is soon guessed.

    `known` is what an attacker would try first: login, names, the school.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - thirty thousand words, needed a few times in a colleague's life

    check_passphrase(passphrase)
    words = [part for text in known for part in (text, *text.split()) if part]
    if len(_without(passphrase, words)) < MINIMUM_PASSPHRASE:
        raise UsageError(_advice(frozenset(), {"user_inputs"}))
    found = zxcvbn(passphrase[:_JUDGED], user_inputs=words)
    if found["score"] < ENOUGH:
        patterns = {match["pattern"] for match in found["sequence"]}
        dictionaries = {match.get("dictionary_name") for match in found["sequence"]}
        raise UsageError(_advice(patterns, dictionaries))


def _without(passphrase: str, words: list[str]) -> str:
    """Return what is left of a passphrase without the words that an attacker knows."""
    left = passphrase.lower()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word.lower(), "") if len(word) > 2 else left
    return left.strip()


def _advice(patterns: Set[str], dictionaries: Set[object]) -> str:
    if "user_inputs" in dictionaries:
        return N_("Your name, login or school is soon guessed. Take four words that have nothing in common.")
    if "passwords" in dictionaries and len(patterns) == 1:
        return N_("That is one of the first that anybody tries. Take four words that have nothing in common.")
    if "date" in patterns:
        return N_("A date is soon guessed. Take four words that have nothing in common.")
    if patterns & {"spatial", "repeat", "sequence"}:
        return N_("Keys or numbers in a row are soon guessed. Take four words that have nothing in common.")
    return N_("That is soon guessed. Add a word or two: four words that have nothing in common work well.")
