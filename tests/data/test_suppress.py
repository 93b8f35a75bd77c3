"""What is hidden stays hidden: from who adds and subtracts, and from who knows the program."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.insight.suppress import LEAST, Crossed, Part, Shown, Things, breakdown, cross, people, share, small

Counts = tuple[int, ...]


def things(count: int, at: int = 0) -> list[frozenset[str]]:
    """Return things about pupils of their own: a number is small then where there are few things."""
    return [frozenset({f"{at}-{number}"}) for number in range(count)]


def cells(counts: Sequence[int]) -> list[Things]:
    return [things(count, at) for at, count in enumerate(counts)]


def table(counts: Counts, columns: int) -> list[list[Things]]:
    found = cells(counts)
    return [list(found[at : at + columns]) for at in range(0, len(counts), columns)]


def compositions(total: int, parts: int) -> Iterator[Counts]:
    """Yield every way to put so many things into so many cells."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def told(shown: Sequence[int | None], fitting: Sequence[Counts], least: int) -> list[int]:
    """Return the hidden cells that hold something small in every way that fits."""
    found = []
    for at, cell in enumerate(shown):
        values = {counts[at] for counts in fitting}
        if cell is None and len(values) == 1 and 0 < min(values) < least:
            found.append(at)
    return found


# --- one breakdown -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("least", [4, 5])
@pytest.mark.parametrize(("parts", "most"), [(2, 40), (3, 26), (4, 18)])
def test_who_knows_the_program_learns_no_small_cell(least: int, parts: int, most: int) -> None:
    """Everything that could have led to the same table is tried: no small cell is the same in all of it."""
    for total in range(least, most):
        by_output: dict[Shown, list[Counts]] = defaultdict(list)
        for counts in compositions(total, parts):
            by_output[breakdown(cells(counts), least)].append(counts)
        for shown, fitting in by_output.items():
            assert told(shown.cells, fitting, least) == [], (shown, fitting)
            assert not any(cell and cell < least for cell in shown.cells)
            assert not 0 < shown.rest < least


@pytest.mark.parametrize("zeros", [(0,), (3,), (0, 3), (2, 3)])
def test_who_knows_which_cells_are_always_empty_learns_no_more(zeros: tuple[int, ...]) -> None:
    """Nothing happens in a weekend, and everybody knows it."""
    for total in range(LEAST, 22):
        by_output: dict[Shown, list[Counts]] = defaultdict(list)
        for some in compositions(total, 4 - len(zeros)):
            rest = iter(some)
            counts = tuple(0 if at in zeros else next(rest) for at in range(4))
            by_output[breakdown(cells(counts))].append(counts)
        for shown, fitting in by_output.items():
            assert told(shown.cells, fitting, LEAST) == [], (shown, fitting)


@given(
    st.lists(st.lists(st.frozensets(st.sampled_from("abcdefghij"), max_size=3), max_size=12), min_size=1, max_size=8)
)
def test_every_number_is_about_enough_things_and_pupils(given_cells: list[list[frozenset[str]]]) -> None:
    shown = breakdown(given_cells)
    whole = [thing for cell in given_cells for thing in cell]
    hidden = [thing for cell, count in zip(given_cells, shown.cells, strict=True) if count is None for thing in cell]
    assert shown.total == (None if small(whole) and whole else len(whole))
    for cell, count in zip(given_cells, shown.cells, strict=True):
        assert count is None or (count == len(cell) and (count == 0 or (count >= LEAST and people(cell) >= LEAST)))
    if shown.total is not None:
        assert shown.rest == len(hidden)
        assert not hidden or not small(hidden)
        assert 0 not in shown.cells or not hidden


def test_six_incidents_about_the_same_two_pupils_are_not_shown() -> None:
    pair = [frozenset({"a", "b"})] * 6
    assert breakdown([pair, things(9, 1), things(9, 2)]).cells == (None, 9, None)
    assert breakdown([pair]) == Shown(None, (None,))
    assert people([frozenset(), frozenset(), frozenset("a")]) == 3


def test_what_is_and_is_not_shown() -> None:
    assert breakdown(cells((20, 9, 3))) == Shown(32, (20, None, None))
    assert breakdown(cells((20, 9, 3, 2))).cells == (20, 9, None, None)
    assert breakdown(cells((20, 9, 4, 4))).cells == (20, None, None, None), "two fours are eight"
    assert breakdown(cells((20, 9, 0, 0))).cells == (20, 9, 0, 0)
    assert breakdown(cells((2, 1))) == Shown(None, (None, None))
    assert breakdown(cells((0, 0))) == Shown(0, (0, 0))


# --- two together --------------------------------------------------------------------------------------------


def lines(counts: Counts, rows: int, columns: int) -> tuple[Counts, Counts]:
    down = tuple(sum(counts[r * columns : (r + 1) * columns]) for r in range(rows))
    return down, tuple(sum(counts[c::columns]) for c in range(columns))


def like(cells: Sequence[int | None], counts: Counts) -> bool:
    """Whether numbers could be those of which some are shown."""
    return all(cell is None or cell == count for cell, count in zip(cells, counts, strict=True))


def flat(shown: Crossed) -> list[int | None]:
    return [cell for row in shown.cells for cell in row]


class Adding:
    """Somebody who adds and subtracts: knows every table of so many things, by its totals."""

    def __init__(self, total: int, rows: int, columns: int) -> None:
        self.tables: dict[tuple[Counts, Counts], list[Counts]] = defaultdict(list)
        for counts in compositions(total, rows * columns):
            self.tables[lines(counts, rows, columns)].append(counts)

    def fitting(self, shown: Crossed) -> list[Counts]:
        """Return the tables that could be the one of which this is shown."""
        wanted = flat(shown)
        return [
            counts
            for (down, across), tables in self.tables.items()
            if like(shown.rows.cells, down) and like(shown.columns.cells, across)
            for counts in tables
            if like(wanted, counts)
        ]


@pytest.mark.parametrize(("rows", "columns", "totals"), [(2, 3, range(8, 12)), (2, 2, range(5, 17)), (3, 2, (9,))])
def test_who_adds_and_subtracts_learns_no_small_cell_of_a_table(rows: int, columns: int, totals: Sequence[int]) -> None:
    for total in totals:
        adding = Adding(total, rows, columns)
        every = [counts for tables in adding.tables.values() for counts in tables]
        for shown in {cross(table(counts, columns), 4) for counts in every}:
            fitting = adding.fitting(shown)
            assert told(flat(shown), fitting, 4) == [], (shown, fitting)
            for line, axis in ((shown.rows, 0), (shown.columns, 1)):
                if line.total is not None:
                    assert told(line.cells, [lines(counts, rows, columns)[axis] for counts in fitting], 4) == []
            assert not any(cell and cell < 4 for cell in flat(shown))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=8, max_size=8).filter(lambda counts: 4 <= sum(counts) <= 11))
def test_a_whole_year_with_filters_tells_no_small_cell(counts: list[int]) -> None:
    """Kind by place, kind by hour and all their totals together, against every year that gives the same numbers."""

    def places(year: Sequence[int]) -> Counts:
        return tuple(year[at] + year[at + 4] for at in range(4))

    def hours(year: Sequence[int]) -> Counts:
        return year[0] + year[1], year[4] + year[5], year[2] + year[3], year[6] + year[7]

    first, second = cross(table(places(counts), 2), 4), cross(table(hours(counts), 2), 4)
    joint = []
    for year in compositions(sum(counts), 8):  # kind × place within the first hour, then within the second
        by_place, by_hour = places(year), hours(year)
        if like(flat(first), by_place) and like(flat(second), by_hour):
            kinds, where = lines(by_place, 2, 2)
            when = lines(by_hour, 2, 2)[1]
            if like(first.rows.cells, kinds) and like(first.columns.cells, where) and like(second.columns.cells, when):
                joint.append((by_place, by_hour, kinds, where))
    assert joint
    if first.rows.total is not None:
        assert told(flat(first), [one[0] for one in joint], 4) == []
        assert told(flat(second), [one[1] for one in joint], 4) == []
        assert told(first.rows.cells, [one[2] for one in joint], 4) == []
        assert told(first.columns.cells, [one[3] for one in joint], 4) == []


wide = st.lists(st.lists(st.integers(0, 14), min_size=4, max_size=4), min_size=2, max_size=6)


@given(wide)
def test_no_line_of_a_table_tells_a_small_sum(counts: list[list[int]]) -> None:
    given_cells = table(tuple(count for row in counts for count in row), 4)
    shown = cross(given_cells)
    for r, c in product(range(len(counts)), range(4)):
        cell = shown.cells[r][c]
        assert cell is None or (cell == counts[r][c] and (cell >= LEAST or cell == 0))
    for r, total in enumerate(shown.rows.cells):
        if total is not None:
            assert not 0 < total - sum(cell or 0 for cell in shown.cells[r]) < LEAST
    for c, total in enumerate(shown.columns.cells):
        if total is not None:
            assert not 0 < total - sum(row[c] or 0 for row in shown.cells) < LEAST


def test_a_filter_of_which_the_rest_would_be_small_does_not_exist() -> None:
    shown = cross(table((8, 9, 1, 2), 2))
    assert shown.rows == Shown(20, (None, None))
    assert shown.cells == ((None, None), (None, None))


def test_a_table_with_enough_in_every_cell_is_whole() -> None:
    assert cross(table((8, 9, 7, 6), 2)).cells == ((8, 9), (7, 6))
    assert cross([[], []]).cells == ((), ())
    assert cross(table((0, 0, 0, 0), 2)).cells == ((0, 0), (0, 0))


# --- shares --------------------------------------------------------------------------------------------------


def test_shares_tell_no_small_part_to_who_knows_the_program() -> None:
    for whole in range(LEAST, 60):
        by_output = defaultdict(list)
        for inside in range(whole + 1):
            by_output[share(things(inside), things(whole - inside, 1))].append((inside, whole - inside))
        for shown, fitting in by_output.items():
            if shown.part is Part.EXACT:
                assert shown.count is not None and LEAST <= shown.count <= whole - LEAST
            else:
                assert shown.count is None
                for values in ({inside for inside, _ in fitting}, {outside for _, outside in fitting}):
                    assert len(values) > 1 or not 0 < min(values) < LEAST, (shown, fitting)


def test_shares_in_words() -> None:
    assert share(things(0), things(0)).whole == 0
    assert share(things(2), things(1, 1)).whole is None
    assert share(things(29), things(1, 1)).part is Part.NEARLY
    assert share(things(30), []).part is Part.NEARLY, "all, or all but a few: one answer"
    assert share([], things(30)).part is Part.HARDLY
    assert share([frozenset("a")] * 8, things(20, 1)).part is Part.HARDLY, "eight about one pupil"
    assert (share(things(12), things(9, 1)).part, share(things(12), things(9, 1)).count) == (Part.EXACT, 12)
