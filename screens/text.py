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

_FRONT = re.compile(r" *(?:[^\w\s] |\S+ {2,})?")
"""What stands in front of a line's text: white, a sign, or a word with room behind it."""


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


def unsplit(content: Content, width: int, *, hanging: bool = False) -> Content:
    """Return a text broken into lines of `width` cells where a date would come apart, else as it was.

    Textual breaks lines at a no-break space as well, so that these lines are broken here. `hanging`: all are, and what
    goes on stands below what it goes on with, not below the sign or word in front of that.
    """
    if not hanging and unbroken(content.plain) == content.plain:
        return content
    lines: list[Content] = []
    for line in content.split("\n", allow_blank=True):
        front = _FRONT.match(line.plain) if hanging else None
        indent = cell_len(front[0]) if front and cell_len(front[0]) < width // 2 else 0
        first, *more = line.divide(list(_cuts(unbroken(line.plain), width, indent)))
        parts = [first, *(Content(" " * indent) + part for part in more)]
        lines += [*(part.rstrip() for part in parts[:-1]), parts[-1]]
    return Content("\n").join(lines)


def _cuts(plain: str, width: int, indent: int) -> Iterator[int]:
    """Yield where a line is cut between words; behind each cut it goes on at `indent`."""
    filled = 0
    for word in _WORD.finditer(plain):
        if filled and filled + cell_len(word[0].rstrip()) > width:
            yield word.start()
            filled = indent
        filled += cell_len(word[0])
