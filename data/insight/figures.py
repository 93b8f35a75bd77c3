"""The figures of a school year as they may be seen: name-free, and without what is too small (`suppress`)."""

from enum import StrEnum

import msgspec

from .suppress import Part


class Basis(StrEnum):
    """What the figures were made from."""

    ALL = "all"
    """Every note, case and incident of the school."""
    DIRECTION = "direction"
    """Every incident, and the cases that the direction reads: those from the second phase on."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a table."""

    key: str
    """A code word, a day or a number; or the id of what the school itself named."""
    name: str = ""
    """What the school calls it; empty where the program has a word for the key."""
    count: int | None = None
    """None: fewer than five, or none, or hidden because it would tell such a number."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Things counted by one of their properties; each is in one cell."""

    id: str
    total: int | None
    """None: fewer than five."""
    cells: tuple[Cell, ...]

    @property
    def rest(self) -> int:
        """What the hidden cells hold together."""
        return (self.total or 0) - sum(cell.count or 0 for cell in self.cells)

    def count(self, key: str) -> int | None:
        """Return what a cell holds; None where it is hidden or there is none."""
        return next((cell.count for cell in self.cells if cell.key == key), None)


class Cross(msgspec.Struct, frozen=True, kw_only=True):
    """Two tables of the same things together: the counts row by row, in the order of their cells."""

    rows: str
    """The id of the table whose cells are the rows."""
    columns: str
    counts: tuple[tuple[int | None, ...], ...]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a whole; a word where the number would tell too much."""

    id: str
    whole: int | None
    count: int | None
    part: Part


class Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """How many days something took: the middle one (of two the shorter) and both ends; None where there are too few."""

    id: str
    median: int | None
    shortest: int | None
    longest: int | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A school year in numbers."""

    year: str
    """As `2026-2027`."""
    until: str
    """The last day that is counted, ISO."""
    basis: Basis
    tables: tuple[Table, ...]
    crosses: tuple[Cross, ...]
    shares: tuple[Share, ...]
    lasting: tuple[Lasting, ...]
    counsel: tuple[int | None, int | None, int | None] | None = None
    """Conversations, people, pointed on, as counsellors released them; None where nobody did."""

    def table(self, ident: str) -> Table:
        """Return a table by its id; an empty one where these figures do not have it."""
        return next((one for one in self.tables if one.id == ident), Table(id=ident, total=0, cells=()))

    def cross(self, rows: str, columns: str) -> Cross | None:
        """Return two tables together, if these figures have that."""
        return next((one for one in self.crosses if (one.rows, one.columns) == (rows, columns)), None)

    def share(self, ident: str) -> Share:
        """Return a share by its id; an empty one where these figures do not have it."""
        nothing = Share(id=ident, whole=0, count=None, part=Part.FEW)
        return next((one for one in self.shares if one.id == ident), nothing)

    def last(self, ident: str) -> Lasting:
        """Return how long something took."""
        nothing = Lasting(id=ident, median=None, shortest=None, longest=None)
        return next((one for one in self.lasting if one.id == ident), nothing)

    def filtered(self, kind: str, ident: str) -> Table:
        """Return a table of the incidents of one kind only: a row of the table of both."""
        whole, crossed = self.table(ident), self.cross("kind", ident)
        rows = [cell.key for cell in self.table("kind").cells]
        if crossed is None or kind not in rows:
            return msgspec.structs.replace(whole, total=None, cells=())
        counts = crossed.counts[rows.index(kind)]
        cells = tuple(
            msgspec.structs.replace(cell, count=count) for cell, count in zip(whole.cells, counts, strict=True)
        )
        return Table(id=ident, total=self.table("kind").count(kind), cells=cells)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of behaviour that one can filter by: those of which the number is shown."""
        return tuple(cell.key for cell in self.table("kind").cells if cell.count)
