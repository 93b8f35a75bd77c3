"""The signs that stand for states, for terminals that have them and for those that do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One sign per meaning; a word always stands near it."""

    done: str = "✓"
    busy: str = "◐"
    open: str = "·"
    skipped: str = "–"
    late: str = "!"
    new: str = "•"
    here: str = "▸"
    back: str = "◂"
    lacking: str = "?"
    broken: str = "✗"
    to: str = "→"
    both: str = "↔"
    left: str = "~"
    dash: str = "–"
    enter: str = "↵"
    line: str = "│"
    dots: str = "…"
    bar: str = "█"
    hollow: str = "░"
    shades: str = "░▒▓█"
    """From few to many, in a table."""

    def state(self, state: str) -> str:
        """Return the sign of a step's state."""
        return {"done": self.done, "busy": self.busy, "skipped": self.skipped}.get(state, self.open)


ASCII = Glyphs(
    done="v",
    busy="o",
    open=".",
    skipped="-",
    late="!",
    new="*",
    here=">",
    back="<",
    broken="x",
    to="->",
    both="<>",
    dash="-",
    enter="Enter",
    line="|",
    dots="...",
    bar="#",
    hollow=".",
    shades=".:+#",
)
