"""A list of pupils as a table with a header row: CSV out of a spreadsheet, with ; or , or tabs between its cells."""

import codecs
import csv
import io
from collections.abc import Iterator

from ..clean import clean_line
from ..errors import N_
from ..register.pupils import fold, split_name
from .roll import Roll, RollBuilder, RollPupil, given_name, has_left, whole_name, year_group

_WORDS = {
    "group": ("groep", "groepsnaam", "stamgroep", "klas", "group", "class"),
    "called": ("roepnaam", "voornaam", "first name", "given name"),
    "names": ("voornamen", "given names"),
    "letters": ("voorletters", "initials"),
    "before": ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "prefix"),
    "family": ("achternaam", "last name", "family name", "surname"),
    "whole": ("naam", "leerling", "naam leerling", "name", "pupil"),
    "key": ("leerlingnummer", "sleutel", "key", "pupil number", "student number"),
    "eckid": ("eckid", "eck id"),
    "year": ("jaargroep", "leerjaar", "year group"),
    "left": ("uitstroomdatum", "uitschrijfdatum", "left on"),
    "school_year": ("schooljaar", "school year"),
}
"""What is taken, and how a header may name it, in any capitals."""

_FIELDS = {word: name for name, words in _WORDS.items() for word in words}

_DELIMITERS = ";,\t"

NO_HEADER = N_(
    "{file}, line {line}: a header row is expected with group and name, for example: groep; roepnaam; tussenvoegsel; "
    "achternaam; leerlingnummer"
)
HEADER_TWICE = N_("{file}, line {line}: two columns are for the same thing")
TOO_LONG = N_("{file}, line {line}: more cells than the header row has")
NOT_TEXT = N_("{file}, line {line}: this is neither UTF-8 nor Windows text (cp1252)")
NOT_TABLE = N_("{file}, line {line}: a quotation mark has no end, or a cell is far too long")
TWO_YEARS = N_("{file}, line {line}: another school year than in the lines before")
NOT_PLAIN = N_("{file}: this is a workbook or an archive; save it as CSV first")


def parse_table(data: bytes, file: str) -> Roll:
    """Return the roll in a table; `file` is what messages call it. Raises NotTaken."""
    builder = RollBuilder(clean_line(file))
    text = _decoded(data, builder)
    delimiter = max(_DELIMITERS, key=lambda one: len(_columns(_first(text, one))))
    lines = _lines(text, delimiter, builder)
    at, header = next(lines, (1, []))
    columns = _columns(header)
    if not columns.keys() & {"called", "names", "family", "whole"} or "group" not in columns:
        builder.refuse(NO_HEADER, at)
    known = [_FIELDS[word] for cell in header if (word := _word(cell)) in _FIELDS]
    if len(known) > len(set(known)):
        builder.refuse(HEADER_TWICE, at)
    for cell in header:
        if _word(cell) not in _FIELDS:
            builder.drop(cell)
    for line, cells in lines:
        if any(clean_line(cell) for cell in cells[len(header) :]):
            builder.refuse(TOO_LONG, line)
        found = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if any(clean_line(cell) for cell in cells):
            _add(builder, found, line)
    return builder.done()


def _decoded(data: bytes, builder: RollBuilder) -> str:
    """Return the text of a table: UTF-8, with or without a mark, else as Windows writes it; UTF-16 with its mark."""
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        builder.refuse(NOT_PLAIN)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        # Letters of several bytes that are in order mean UTF-8: as Windows text they would be other names.
        if wide or not data.decode("utf-8", "ignore").isascii():
            builder.refuse(NOT_TEXT, line)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        builder.refuse(NOT_TEXT, data.count(b"\n", 0, error.start) + 1)


def _first(text: str, delimiter: str) -> list[str]:
    """Return the cells of the header row, empty where there is none."""
    try:
        return next(csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _lines(text: str, delimiter: str, builder: RollBuilder) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        at = reader.line_num + 1
        try:
            yield at, next(reader)
        except StopIteration:
            return
        except csv.Error:
            builder.refuse(NOT_TABLE, at)


def _word(cell: str) -> str:
    """Return a header's word as it is looked up."""
    return " ".join(fold(clean_line(cell)).replace("_", " ").replace("-", " ").split())


def _columns(header: list[str]) -> dict[str, int]:
    """Return where each field stands."""
    return {_FIELDS[word]: place for place, cell in enumerate(header) if (word := _word(cell)) in _FIELDS}


def _add(builder: RollBuilder, found: dict[str, str], line: int) -> None:
    """Add a row: a pupil, and the group with the first of its pupils."""
    names = ("group", "called", "names", "letters", "before", "family", "whole")
    group, called, several, letters, before, family, whole = (builder.name(found.get(name, ""), line) for name in names)
    given, last = given_name(called, several, letters, whole_name((before, family)))
    if not given and (parts := split_name(whole)):
        given, last = parts
    year, day = found.get("year", ""), found.get("left", "").strip()
    ref = fold(group)
    if ref and ref not in builder.groups:
        builder.add_group(ref, group, line)
    if said := found.get("school_year", "").strip():
        _school_year(builder, builder.school_year(said, line), line)
    pupil = RollPupil(
        given=given,
        family=last,
        group=ref,
        key=builder.key(found.get("key", ""), line),
        eckid=builder.key(found.get("eckid", ""), line),
        year_group=year_group(year),
        left=has_left(year),
        left_on=builder.day(day, line) if day else None,
    )
    builder.add_pupil(pupil, line)


def _school_year(builder: RollBuilder, year: str, line: int) -> None:
    if builder.year not in {"", year}:
        builder.refuse(TWO_YEARS, line)
    builder.year = year
