"""A school year's figures for other programs: a table for a spreadsheet, and JSON."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ..alike import shapeless
from .figures import Figures
from .year_words import Bars, Facts, Grid, Section

_FORMULA = ("=", "+", "-", "\u2212", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it (OWASP, CSV injection), in any width."""

_NEXT_CELL = re.compile(r";(?=[\s'\"]*[=+\-\u2212@\uff1d\uff0b\uff0d\uff20])")
"""Where a Dutch spreadsheet, which expects semicolons, would see another cell begin with a formula."""

Point = tuple[str, str, str, str, str]
"""The year an improvement point came from, what it says, who sees to it, by when (ISO), and whether it is done."""


def cell(text: str) -> str:
    """Return a text that a spreadsheet shows and never computes: an apostrophe stands before what begins a formula."""
    text = _NEXT_CELL.sub(",", text.replace("\n", " "))
    seen = unicodedata.normalize("NFKC", "".join(one for one in text if not shapeless(one) and one not in " \xa0"))
    return f"'{text}" if seen.strip(" ").startswith(_FORMULA) else text


def to_csv(
    sections: Sequence[Section], points: Iterable[Point], heads: Sequence[str], last: str, notes: Iterable[str] = ()
) -> bytes:
    """Return the figures as one table: part, table, row, column, number, text. UTF-8 with its mark, as Excel wants it.

    `heads` are those six words in the reader's language, `last` is what the part with improvement points is called,
    `notes` are what has to be known with all of it.
    """
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\r\n")
    write.writerow(heads)
    for row in _rows(sections):
        write.writerow([cell(one) for one in row])
    for year, text, owner, due, done in points:
        write.writerow([cell(one) for one in (last, year, text, owner, due, done)])
    for note in notes:
        write.writerow(["", "", "", "", "", cell(note)])
    return file.getvalue().encode("utf-8-sig")


def _rows(sections: Sequence[Section]) -> Iterator[tuple[str, ...]]:
    for section in sections:
        for block in section.blocks:
            match block:
                case Bars():
                    for line in block.lines:
                        yield section.title, block.title, line.label, "", _number(line.count), line.text
                    for label in block.hidden:
                        yield section.title, block.title, label, "", "", ""
                    for text in block.below:
                        yield section.title, block.title, "", "", "", text
                case Grid():
                    for label, counts, total in block.rows:
                        for column, count in zip(block.columns, counts, strict=True):
                            yield section.title, block.title, label, column, _number(count), ""
                        yield section.title, block.title, label, "", _number(total), ""
                    for column, count in zip(block.columns, block.totals, strict=True):
                        yield section.title, block.title, "", column, _number(count), ""
                case Facts():
                    for label, text in block.lines:
                        yield section.title, block.title, label, "", "", text


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def to_json(figures: Figures, points: Iterable[Point]) -> bytes:
    """Return the figures with code words as keys: null is a number that is hidden. The same figures, the same bytes."""
    named = ("year", "text", "owner", "due", "done")
    found = {
        **msgspec.to_builtins(figures),
        "improvements": [dict(zip(named, point, strict=True)) for point in points],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()
