"""The code of a case: short, random, and not taken for another when read aloud."""

from ..vault.entries import CircleKind
from ..vault.vault import Vault

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not taken for each other when read aloud."""


def new_code(vault: Vault) -> str:
    """Return a code that no case has: a teacher cannot know the next number."""
    while True:
        drawn = vault.machine.random(4)
        code = "Z-" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn)
        if vault.directory.labelled(CircleKind.CASE, code) is None:
            return code
