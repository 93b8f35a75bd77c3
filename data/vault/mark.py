"""How far a file goes: what pins, backups and acceptances compare."""

from dataclasses import dataclass


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
