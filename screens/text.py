"""What a person typed, made safe to show: the one way it reaches a screen.

Textual reads plain strings as markup; a note with a bracket in it would end the program. So typed text is cleaned
once more and travels as `Content`, which is never parsed.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content

from data.clean import clean_text
from data.unbroken import NO_BREAK, unbroken

_WORD = re.compile(rf"(?:(?!{NO_BREAK})\s)*(?:\S|{NO_BREAK})+(?:(?!{NO_BREAK})\s)*")
"""A word with the white around it; what no-break spaces hold together is one."""


def safe(text: str, style: str = "") -> Content:
    """Return typed text for a widget, on as many lines as it has."""
    return Content.styled(clean_text(text), style) if style else Content(clean_text(text))


def safe_line(text: str, width: int = 400) -> str:
    """Return typed text on one line, for a cell that is drawn without markup."""
    return clean_text(text, width).replace("\n", " ").replace("\t", " ")


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return a line cut or filled to exactly `width` terminal cells; a cut shows as an ellipsis."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, width)
    filling = " " * (width - length)
    return filling + text if right else text + filling


def folded(content: Content, width: int, rows: int) -> list[Content]:
    """Return a text as at most so many rows of `width` cells, cut between words; an ellipsis says that more follows."""
    rest, found = Content(" ").join(content.split("\n")), list[Content]()
    while len(found) < rows - 1 and rest.cell_length > width:
        plain = unbroken(rest.plain)
        first = chop_cells(plain, width)[0]
        at = len(first) if plain[len(first)] == " " else first.rfind(" ")
        at = at if at > 0 else len(first)
        found.append(rest[:at])
        rest = rest[at + len(rest.plain[at:]) - len(rest.plain[at:].lstrip()) :]
    return [*found, rest.truncate(width, ellipsis=True)]


def unsplit(content: Content, width: int) -> Content:
    """Return a text broken into lines of `width` cells where a date would come apart, else as it was.

    Textual breaks lines at a no-break space as well, so that these lines are broken here.
    """
    if unbroken(content.plain) == content.plain:
        return content
    lines: list[Content] = []
    for line in content.split("\n", allow_blank=True):
        *whole, last = line.divide(list(_cuts(unbroken(line.plain), width)))
        lines += [*(part.rstrip() for part in whole), last]
    return Content("\n").join(lines)


def _cuts(plain: str, width: int) -> Iterator[int]:
    """Yield where a line is cut between words."""
    filled = 0
    for word in _WORD.finditer(plain):
        if filled and filled + cell_len(word[0].rstrip()) > width:
            yield word.start()
            filled = 0
        filled += cell_len(word[0])
