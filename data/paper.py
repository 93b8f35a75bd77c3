"""Letters on paper: a font that has every name where the system has one, and something to read instead where not."""

import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/dejavu",
    "/usr/share/fonts/TTF",
    "/usr/local/share/fonts/dejavu",
    "/opt/homebrew/share/fonts/dejavu",
    "/Library/Fonts",
)
"""Where Debian, Fedora, SUSE, Arch, the BSDs and macOS keep DejaVu Sans."""

_INSTEAD = {
    "–": "-", "—": "-", "‑": "-", "‐": "-", "…": "...", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'",
    "•": "-", "€": "EUR", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ŋ": "ng", "Ŋ": "Ng",
    "✓": "v", "→": "->", "←": "<-", "\t": "    ",
}  # fmt: skip
"""What stands for a character that takes no part in a name's spelling, or that no normal form takes apart."""

UNKNOWN = "?"


@dataclass(frozen=True)
class Font:
    """A font that covers nearly every name: its two files."""

    regular: Path
    bold: Path


def find_font(folders: Iterable[str] = FOLDERS) -> Font | None:
    """Return DejaVu Sans as the system has it, or None."""
    for folder in map(Path, folders):
        font = Font(folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")
        if font.regular.is_file() and font.bold.is_file():
            return font
    return None


class Letters:
    """Turns texts into what a font can print, and remembers whether anything had to be written in another way."""

    def __init__(self, covered: Container[int]) -> None:
        self._covered = covered
        self.changed = False

    def __call__(self, text: str) -> str:
        """Return a text of covered characters only: without its accents, by its name in brackets, or `?`."""
        if all(ord(c) in self._covered or c == "\n" for c in text):
            return text
        return "".join(c if ord(c) in self._covered or c == "\n" else self._instead(c) for c in text)

    def _instead(self, character: str) -> str:
        if character == "\t":
            return _INSTEAD[character]
        category = unicodedata.category(character)
        if category in {"Mn", "Me", "Cf", "Cc"} or "VARIATION SELECTOR" in unicodedata.name(character, ""):
            return ""
        if category == "Zs":
            return " "
        # Punctuation reads the same in any spelling; a letter or a sign does not.
        self.changed = self.changed or category[0] not in "PZ"
        found = _INSTEAD.get(character) or self._without_marks(character)
        if not found and category in {"So", "Sm", "Sk"}:
            found = f"[{unicodedata.name(character, UNKNOWN).lower()}]"
        return found if found and all(ord(c) in self._covered for c in found) else UNKNOWN

    @staticmethod
    def _without_marks(character: str) -> str:
        apart = unicodedata.normalize("NFKD", character)
        return "".join(c for c in apart if not unicodedata.combining(c)) if apart != character else ""


LATIN = frozenset((*range(0x20, 0x7F), *range(0xA0, 0x100)))
"""What the fonts have that every reader of PDF brings along (ISO 8859-1)."""
