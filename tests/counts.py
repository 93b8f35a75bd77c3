"""What a run of the attacks on the vault added up to: kills survived, flips refused, and so on."""

from collections import Counter

COUNTS: Counter[str] = Counter()


def count(what: str, number: int = 1) -> None:
    """Add to what the run says at its end."""
    COUNTS[what] += number


def lines(seconds: float) -> list[str]:
    """Return one line for each thing that was counted, and how long it all took."""
    if not COUNTS:
        return []
    found = [f"{number:>9,}  {what}" for what, number in sorted(COUNTS.items())]
    return [*found, f"{seconds / 60:>9.1f}  minutes"]
