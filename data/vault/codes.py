"""Codes that people copy by hand: one-time codes and the recovery code, in Crockford's base 32 with a checksum.

No library for this alphabet is kept up; the whole of it is below.
"""

import binascii

from ..errors import N_, UsageError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\n": None, "\t": None, "\r": None})
GROUP = 5
ONE_TIME_BYTES = 10
"""80 bits: with a slow key derivation out of reach, and four groups are still typed without a mistake."""
RECOVERY_BYTES = 32


def encode(secret: bytes) -> str:
    """Return the secret and its 16-bit checksum in groups of five: 4 groups for 10 bytes, 11 for 32."""
    data = secret + binascii.crc_hqx(secret, 0xFFFF).to_bytes(2, "big")
    bits = -(-len(data) * 8 // GROUP) * GROUP
    characters = -(-bits // (GROUP * GROUP)) * GROUP
    number = int.from_bytes(data, "big") << (characters * GROUP - len(data) * 8)
    text = "".join(_ALPHABET[number >> (GROUP * place) & 31] for place in reversed(range(characters)))
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def normalise(code: str) -> str:
    """Return a typed code as `encode` wrote it; raises UsageError when a character was mistyped.

    Case, spaces, dashes and the letters O, I and L (read as 0, 1, 1) do not matter.
    """
    text = code.strip().upper().translate(_ALIKE)
    for size in (ONE_TIME_BYTES, RECOVERY_BYTES):
        blank = encode(bytes(size)).replace("-", "")
        if len(text) == len(blank) and not set(text) - set(_ALPHABET):
            number = 0
            for character in text:
                number = number * 32 + _ALPHABET.index(character)
            secret = (number >> (len(text) * GROUP - (size + 2) * 8)).to_bytes(size + 2, "big")[:size]
            if encode(secret).replace("-", "") == text:
                return encode(secret)
    raise UsageError(N_("This code was not typed as it was printed. Compare it group by group."))
