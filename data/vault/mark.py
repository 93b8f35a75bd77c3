"""How far a file goes: what pins, backups and acceptances compare."""

import re
from dataclasses import dataclass

from ..errors import N_, UsageError

_READ_OUT = 2
"""How many bytes of the hash a number holds: as many as somebody reads out to a colleague."""

_NUMBER = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,11})-([0-9a-f]{4})")


@dataclass(frozen=True)
class Mark:
    """A place in the history of the file: generation, number of its last frame, hash of everything up to there."""

    generation: int
    seq: int
    digest: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Generation and frame, to say which of two is further on."""
        return self.generation, self.seq

    @property
    def number(self) -> str:
        """The place as an alarm shows it, for a colleague to type: `2-214-9f3a`, with the beginning of the hash."""
        return f"{self.generation}-{self.seq}-{self.digest[:_READ_OUT].hex()}"


def read_number(typed: str) -> Mark:
    """Return the place that a number names, with no more of the hash than is in it; raises UsageError."""
    found = _NUMBER.fullmatch("".join(typed.split()).lower())
    if found is None:
        raise UsageError(N_("That is no number of an alarm: it looks like 2-214-9f3a."))
    return Mark(int(found[1]), int(found[2]), bytes.fromhex(found[3]))
