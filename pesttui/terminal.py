"""What this terminal can show."""

from collections.abc import Mapping

from screens.glyphs import ASCII, Glyphs


def glyphs_for(environment: Mapping[str, str]) -> Glyphs:
    """Return the signs to draw with: plain ones where the terminal has no UTF-8 or a poor font."""
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    utf8 = "utf-8" in locale.lower() or "utf8" in locale.lower()
    return Glyphs() if utf8 and environment.get("TERM") != "linux" else ASCII
