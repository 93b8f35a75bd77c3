"""What of a count may be shown, so that nobody can tell from a year's figures what one child did or bore.

The rules, in the order in which they are applied:

- *Small*: a number is shown only where it counts five things or more *and* five pupils or more: six incidents that are
  all about the same two children say as much about them as one would. A thing that names nobody stands for one unknown
  pupil. A part of a year that is small as a whole shows nothing, not even its total.
- *No zero beside a hidden one*: "fewer than five, or none" is one answer. Zeros are shown only where everything that is
  hidden is zero, for then the total tells it anyway, and about nobody.
- *One breakdown* (`breakdown`): what is small is hidden together, and the total shows the sum of what is hidden. So
  that sum too is not small, holds two cells or more, and is not made up of fours alone: else a further cell is hidden,
  the last in the table's own order that is not hidden yet. Which one does not depend on any number: also who knows this
  program learns nothing from the choice, and a hidden cell of one to four could always have been another number.
- *Several breakdowns* of the same things show nothing together that each does not show alone, for each was made of its
  own cells and the common total.
- *A table of two breakdowns* (`cross`) is made of what those show: hidden rows stay one row, hidden columns one column.
  In every line what is hidden is not small together, and for each hidden cell others can be raised and lowered so that
  all totals stay as they are; where that cannot be had, only the totals are shown.
- *Filters* are rows of such tables. Two tables share at most one breakdown, and no chain of them comes back to where it
  began: so any numbers that fit each table fit all at once, and no third table can be worked out. That is why only
  one thing can be filtered by, and why a filter of which the rest would be small does not exist: its row is hidden.
- *Shares* (`share`) of a whole are exact where neither part is small, else a word.

What they do not do: two exports of one year made on different days can be compared, and the difference may be one
incident. The screen says so where a year is put down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

LEAST = 5
"""From so many things, and so many pupils, a number is shown."""

Things = Sequence[frozenset[str]]
"""What is counted in one cell: of each thing the pupils it is about."""


def people(things: Things) -> int:
    """Return how many pupils some things are about; a thing that names nobody is about one that nothing else is."""
    named: set[str] = set()
    return len(named.union(*things)) + sum(not thing for thing in things)


def small(things: Things, least: int = LEAST) -> bool:
    """Whether a number about these things says too much about somebody."""
    return len(things) < least or people(things) < least


def together(cells: Iterable[Things]) -> list[frozenset[str]]:
    """Return the things of several cells."""
    return [thing for cell in cells for thing in cell]


@dataclass(frozen=True)
class Shown:
    """What is shown of a breakdown: None is hidden."""

    total: int | None
    cells: tuple[int | None, ...]

    @property
    def rest(self) -> int:
        """What the hidden cells hold together: the total tells it."""
        return (self.total or 0) - sum(cell or 0 for cell in self.cells)


def breakdown(cells: Sequence[Things], least: int = LEAST) -> Shown:
    """Return what may be shown of things that were put into cells, each into one."""
    whole = together(cells)
    if small(whole, least):
        return Shown(0, (0,) * len(cells)) if not whole else Shown(None, (None,) * len(cells))
    hidden = {at for at, cell in enumerate(cells) if small(cell, least)}
    if hidden and not _safe([cells[at] for at in hidden], least):
        further = [at for at in range(len(cells)) if at not in hidden]
        hidden |= set(further[-1:])
    if not any(cells[at] for at in hidden):
        hidden = set()
    return Shown(len(whole), tuple(None if at in hidden else len(cell) for at, cell in enumerate(cells)))


def _safe(hidden: Sequence[Things], least: int) -> bool:
    """Whether the sum of what is hidden tells none of it; all zero is told by the total and is about nobody."""
    whole = together(hidden)
    if not whole:
        return True
    # Cells that everybody knows to be empty (a weekend, a summer month) hide nothing: only the others count.
    fullest = all(len(cell) in (0, least - 1) for cell in hidden)
    return len(hidden) > 1 and not small(whole, least) and not fullest


# --- two breakdowns together -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crossed:
    """What is shown of a table: its rows, its columns, and the cells row by row."""

    rows: Shown
    columns: Shown
    cells: tuple[tuple[int | None, ...], ...]


def cross(cells: Sequence[Sequence[Things]], least: int = LEAST) -> Crossed:
    """Return what may be shown of things that were put into rows and columns."""
    rows = breakdown([together(row) for row in cells], least)
    columns = breakdown([together(column) for column in zip(*cells, strict=True)], least)
    down, across = _groups(rows), _groups(columns)
    table = [[together(cells[r][c] for r in row for c in column) for column in across] for row in down]
    free = {
        (r, c)
        for r, c in product(range(len(down)), range(len(across)))
        if len(down[r]) > 1
        or len(across[c]) > 1
        or rows.cells[down[r][0]] is None
        or columns.cells[across[c][0]] is None
    }
    hidden = _Table(table, free, least).hide()
    found: list[list[int | None]] = [[None] * len(columns.cells) for _ in rows.cells]
    for (r, row), (c, column) in product(enumerate(down), enumerate(across)):
        if (r, c) not in hidden:
            found[row[0]][column[0]] = len(table[r][c])
    for r, c in product(range(len(found)), range(len(columns.cells))):
        if rows.cells[r] == 0 or columns.cells[c] == 0:
            found[r][c] = 0
    return Crossed(rows, columns, tuple(map(tuple, found)))


def _groups(shown: Shown) -> list[list[int]]:
    """Return the lines of a table as far as they can be told apart: each that is shown, and the hidden ones as one."""
    hidden = [at for at, cell in enumerate(shown.cells) if cell is None]
    return [[at] for at, cell in enumerate(shown.cells) if cell] + ([hidden] if hidden else [])


Place = tuple[int, int]


class _Table:
    """Chooses what to hide in a table of which all totals are shown; `free` cells are hidden whatever they hold."""

    def __init__(self, cells: Sequence[Sequence[Things]], free: set[Place], least: int) -> None:
        self._cells = {(r, c): cell for r, row in enumerate(cells) for c, cell in enumerate(row)}
        self._free = free
        self._least = least
        self._few = {place for place, cell in self._cells.items() if small(cell, least)} - free
        self._hidden = free | self._few
        self._lines = [
            [place for place in self._cells if place[axis] == at]
            for axis in (0, 1)
            for at in sorted({place[axis] for place in self._cells})
        ]

    def hide(self) -> set[Place]:
        """Return the places to hide."""
        while self._hidden != self._cells.keys():
            found = self._told_line() or self._told_cell()
            if found is None:
                break
            shown = [place for place in found if place not in self._hidden]
            if shown:
                self._hidden.add(min(shown, key=self._loss))
            else:
                self._hidden = set(self._cells)
        return self._hidden

    def _loss(self, place: Place) -> tuple[bool, int, Place]:
        """Return what it costs to hide a cell: most where nothing else is hidden in its other line."""
        crossing = any(other in self._hidden for other in self._cells if other[1] == place[1])
        return not crossing, len(self._cells[place]), place

    def _told_line(self) -> list[Place] | None:
        """Return a line of which the total tells too much about what is hidden in it."""
        for line in self._lines:
            hidden = [place for place in line if place in self._hidden]
            whole = together(self._cells[place] for place in hidden)
            alone = len(hidden) == 1 and hidden[0] in self._few
            if whole and len(hidden) < len(line) and (alone or small(whole, self._least)):
                return line
        return None

    def _told_cell(self) -> list[Place] | None:
        """Return the lines of a small cell that all totals together tell."""
        for place in sorted(self._few):
            if self._cells[place] and not (self._moves(place, 1) or self._moves(place, -1)):
                return [other for other in self._cells if other[0] == place[0] or other[1] == place[1]]
        return None

    def _can(self, place: Place, step: int) -> bool:
        """Whether a hidden cell could hold one more or one less, as far as it can be guessed why it is hidden."""
        count = len(self._cells[place])
        if place in self._free or (place in self._few and count >= self._least):
            return step > 0 or count > 0
        if place in self._few:
            return count < self._least - 1 if step > 0 else count > 0
        return step > 0 or count > self._least

    def _moves(self, place: Place, step: int) -> bool:
        """Whether a hidden cell could hold one more or one less while every total stays: others give way in turn."""
        if not self._can(place, step):
            return False
        # From the cell's column along its other cells, turn by turn, until its row is reached.
        columns, rows = {place[1]}, set[int]()
        while True:
            new_rows = {
                r for r, c in self._hidden if c in columns and (r, c) != place and self._can((r, c), -step)
            } - rows
            rows |= new_rows
            if place[0] in rows:
                return True
            new_columns = {
                c for r, c in self._hidden if r in new_rows and (r, c) != place and self._can((r, c), step)
            } - columns
            columns |= new_columns
            if not new_columns:
                return False


# --- shares ----------------------------------------------------------------------------------------------------------


class Part(StrEnum):
    """How much of a whole: a number, or a word where one of the two parts is small."""

    EXACT = "exact"
    NEARLY = "nearly"
    """All, or all but a few."""
    HARDLY = "hardly"
    """None, or a few."""
    FEW = "few"
    """The whole is too small to be divided."""


@dataclass(frozen=True)
class Shared:
    """What is shown of a share."""

    part: Part
    whole: int | None
    count: int | None = None


def share(inside: Things, outside: Things, least: int = LEAST) -> Shared:
    """Return what may be shown of how many things are inside and how many are not."""
    whole = together((inside, outside))
    if small(whole, least):
        return Shared(Part.FEW, 0 if not whole else None)
    few_in, few_out = small(inside, least), small(outside, least)
    if len(whole) < 2 * least or (few_in and few_out):
        return Shared(Part.FEW, len(whole))
    if few_in or few_out:
        return Shared(Part.HARDLY if few_in else Part.NEARLY, len(whole))
    return Shared(Part.EXACT, len(whole), len(inside))
