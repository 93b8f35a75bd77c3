"""Figures as charts in the terminal: a bar or a shade beside every number, so that colour adds nothing one needs."""

import textwrap
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content

from data.insight.year_words import Bars, Block, Facts, Grid, Line, YearWords

from .glyphs import Glyphs
from .text import fit, folded, safe, safe_line

MOST_LABEL = 34
"""The most cells that words before a bar take."""

MOST_BAR = 40


def chart(block: Block, words: YearWords, glyphs: Glyphs, width: int) -> Content:
    """Return a block in at most so many cells a line: its title, its numbers drawn, what is said below them."""
    lines = [safe(safe_line(block.title), "bold $heading")]
    match block:
        case Bars():
            lines += (_shares if block.shares else _bars)(block.lines, glyphs, width)
            lines += _below(block.below, width)
        case Grid():
            lines += _grid(block, words, glyphs, width)
            lines += _below(block.below, width)
        case Facts():
            lines += _facts(block.lines, width)
    return Content("\n").join([*lines, Content("")])


def _below(texts: Iterable[str], width: int) -> list[Content]:
    return [line for text in texts for line in folded(safe(text, "$quiet"), width, 6)]


def _filled(glyphs: Glyphs, count: int, whole: int, room: int) -> str:
    """Return a bar; what is more than nothing has at least one cell."""
    return glyphs.bar * max(1, round(room * count / whole)) if count else ""


def _bars(lines: Sequence[Line], glyphs: Glyphs, width: int) -> list[Content]:
    labels = min(MOST_LABEL, max((cell_len(safe_line(line.label)) for line in lines), default=0), width - 12)
    most = _most(line.count for line in lines)
    room = min(MOST_BAR, width - labels - 7)
    return [
        Content.assemble(
            safe(fit(safe_line(line.label), labels)),
            (f" {line.text:>4} ", "$quiet" if line.count is None else "bold $strong"),
            (_filled(glyphs, line.count or 0, most, room), "$meta"),
        )
        for line in lines
    ]


def _shares(lines: Sequence[Line], glyphs: Glyphs, width: int) -> list[Content]:
    """Return shares, each with its words on a line of its own above the bar."""
    found = []
    room = max(4, min(MOST_BAR // 2, width - 26))
    for line in lines:
        found += folded(safe(line.label), width, 2)
        if line.count is None:
            found.append(safe(f"  {line.text}", "$quiet"))
            continue
        bar = _filled(glyphs, line.count, line.of, room)
        found.append(
            Content.assemble(
                "  ", (bar, "$meta"), (glyphs.hollow * (room - len(bar)), "$quiet"), (f"  {line.text}", "bold $strong")
            )
        )
    return found


def _facts(lines: Sequence[tuple[str, str]], width: int) -> list[Content]:
    labels = max((cell_len(safe_line(label)) for label, _ in lines), default=0) + 2
    if any(labels + cell_len(text) > width for _, text in lines):
        found: list[Content] = []
        for label, text in lines:
            found += folded(safe(label), width, 2) if label else []
            said = folded(safe(text, "bold $strong"), width - 2, 3)
            found += [Content.assemble("  ", part) for part in said]
        return found
    return [
        Content.assemble(safe(fit(safe_line(label), labels)), (safe_line(text), "bold $strong"))
        for label, text in lines
    ]


def _grid(grid: Grid, words: YearWords, glyphs: Glyphs, width: int) -> list[Content]:
    """Return a table: in each cell its number, and a shade that says how much of the most that is."""
    totals = words.tr("in all")
    first = min(18, max(cell_len(safe_line(label)) for label in (totals, *(label for label, _, _ in grid.rows))))
    size = max(5, min(11, (width - first - 1) // (len(grid.columns) + 1)))
    shown = [count for _, counts, whole in grid.rows for count in (*counts, whole)]
    if all(count is None for count in (*shown, *grid.totals)):
        return folded(safe(words.tr("Every part of it is too small to be shown by itself."), "$quiet"), width, 6)
    most = _most(count for _, counts, _ in grid.rows for count in counts)

    def cell(count: int | None, most: int) -> Content:
        number = f"{words.number(count):>3}"
        if not count:
            return safe(fit(number, size), "$quiet")
        shade = glyphs.shades[min(len(glyphs.shades) - 1, (len(glyphs.shades) * count - 1) // most)]
        return Content.assemble((number, "bold $strong"), " ", (fit(shade * 3, size - 4), "$meta"))

    lines = [safe(" " * (first + 1) + head, "$quiet") for head in _heads((*grid.columns, totals), size)]
    across, down = _most(grid.totals), _most(whole for _, _, whole in grid.rows)
    for label, counts, whole in grid.rows:
        inside = [cell(count, most) for count in counts]
        lines.append(Content.assemble(safe(fit(safe_line(label), first)), " ", *inside, cell(whole, down)))
    foot = [cell(count, across) for count in grid.totals]
    return [*lines, Content.assemble(safe(fit(totals, first), "$quiet"), " ", *foot)]


def _heads(names: Sequence[str], size: int) -> list[str]:
    """Return the names above columns of a width, on as many lines as the longest needs: none is cut."""
    # Between two columns is a cell of white; nothing stands behind the last.
    wraps = [textwrap.wrap(safe_line(name), size - 1) for name in names[:-1]]
    wraps.append(textwrap.wrap(safe_line(names[-1]), size))
    height = max(map(len, wraps))
    heads = [[""] * (height - len(wrap)) + wrap for wrap in wraps]
    return ["".join(fit(head[at], size) for head in heads).rstrip() for at in range(height)]


def _most(counts: Iterable[int | None]) -> int:
    return max((count or 0 for count in counts), default=0)
