"""A school year in numbers, from what happened in it: pure, and whatever the order.

What is counted: incidents that happened in the year, notes of it, cases that were opened in it (as they stand now, with
their agreements, approaches and consultations).
"""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from .figures import Cell, Cross, Figures, Lasting, Share, Table
from .suppress import LEAST, Part, breakdown, cross, share, small
from .year_input import (
    NONE,
    PARTS,
    UNKNOWN,
    WEEKDAYS,
    Pupils,
    YearApproach,
    YearCase,
    YearIncident,
    YearInput,
    YearNote,
    local_day,
    months,
    part_of_day,
    select,
    span,
    weekday,
)

ELSEWHERE, OTHER, SEVERAL = "elsewhere", "other", "several"

NATIONAL = (
    "injury", "armed", "weapon", "sexual", "bullying", "discrimination", "threat", "damage", "drugs", NONE,
)  # fmt: skip
"""The nine national kinds, then what counts as none: hidden first where one more has to be hidden."""

ROUNDS = ((1, 14), (3, 31), (6, 366))
"""After how many weeks an approach is looked back on, and up to which day that counts as such."""

Thing = TypeVar("Thing")


def figures(year: str, everything: YearInput, today: dt.date) -> Figures:
    """Return a school year's figures, without what is too small to be shown. Raises UsageError for no year."""
    given = select(year, everything)
    axes = _axes(year, given)
    tables = {axis.id: axis.table(given.incidents) for axis in axes}
    by_id = {axis.id: axis for axis in axes}
    # A tree, so that no two of them tell a third: see `suppress`.
    pairs = (("kind", "place"), ("kind", "part"), ("kind", "group"), ("kind", "month"), ("weekday", "part"))
    crosses = tuple(_crossed(by_id[rows], by_id[columns], given.incidents) for rows, columns in pairs)
    case_tables = _case_tables(year, given)
    status = next(one for one in case_tables if one.id == "status")
    return Figures(
        year=year,
        until=min(span(year)[1], max(today, span(year)[0])).isoformat(),
        basis=given.basis,
        tables=(*tables.values(), *case_tables),
        crosses=(*crosses, _outcomes(given)),
        shares=(*_of_incidents(given.incidents), *_of_notes(given.notes), *_case_shares(given, status)),
        lasting=_lasting(given.cases),
        counsel=_counsel(given),
    )


@dataclass(frozen=True)
class _Axis:
    """A property of things: its cells in order, and in which of them a thing is."""

    id: str
    cells: tuple[Cell, ...]
    key: Callable[..., Hashable]

    def sorted(self, things: Iterable[Thing], pupils: Callable[[Thing], Pupils]) -> list[list[Pupils]]:
        """Return whom the things of each cell are about."""
        found: dict[Hashable, list[Pupils]] = {cell.key: [] for cell in self.cells}
        for thing in things:
            found[self.key(thing)].append(pupils(thing))
        return list(found.values())

    def table(self, things: Iterable[Thing], pupils: Callable[[Thing], Pupils] | None = None) -> Table:
        """Count the things."""
        shown = breakdown(self.sorted(things, pupils or _pupils))
        return Table(id=self.id, total=shown.total, cells=_filled(self.cells, shown.cells))


def _pupils(thing: object) -> Pupils:
    found: Pupils = thing.pupils  # type: ignore[attr-defined]  # all that is counted says whom it is about
    return found


def _filled(cells: Sequence[Cell], counts: Sequence[int | None]) -> tuple[Cell, ...]:
    return tuple(Cell(key=cell.key, name=cell.name, count=count) for cell, count in zip(cells, counts, strict=True))


def _crossed(
    rows: _Axis, columns: _Axis, things: Sequence[Thing], pupils: Callable[[Thing], Pupils] | None = None
) -> Cross:
    inside: dict[Hashable, list[Thing]] = {cell.key: [] for cell in rows.cells}
    for thing in things:
        inside[rows.key(thing)].append(thing)
    shown = cross([columns.sorted(found, pupils or _pupils) for found in inside.values()])
    return Cross(rows=rows.id, columns=columns.id, counts=shown.cells)


def _known(keys: Iterable[str], otherwise: str) -> Callable[[str], str]:
    """Return what puts everything that is not in a list together: what was typed may be a name."""
    listed = frozenset(keys)
    return lambda key: key if key in listed else otherwise


def _axes(year: str, given: YearInput) -> list[_Axis]:
    """Return by what incidents are counted. The last cell of each is what says least: it is hidden first."""
    kind = _known((key for key, _ in given.kinds), OTHER)
    place = _known(given.places, ELSEWHERE)
    national = _known(NATIONAL, NONE)
    groups = [str(number) for number in range(1, 9)]
    groups += sorted({group for one in given.incidents for group in one.groups if "/" in group})

    def group(one: YearIncident) -> str:
        if len(one.groups) > 1:
            return SEVERAL
        return _known(groups, UNKNOWN)("".join(one.groups))

    return [
        _Axis("kind", _cells(given.kinds, OTHER), lambda one: kind(one.kind)),
        _Axis("national", tuple(Cell(key=key) for key in NATIONAL), lambda one: national(one.national)),
        _Axis("place", _cells([(name, name) for name in given.places], ELSEWHERE), lambda one: place(one.place)),
        _Axis("weekday", tuple(Cell(key=key) for key in WEEKDAYS), lambda one: weekday(one.at)),
        _Axis("part", tuple(Cell(key=key) for _, key in PARTS), lambda one: part_of_day(one.at)),
        _Axis("group", tuple(Cell(key=key) for key in (*groups, SEVERAL, UNKNOWN)), group),
        _Axis("month", tuple(Cell(key=key) for key in months(year)), lambda one: f"{local_day(one.at):%Y-%m}"),
    ]


def _cells(named: Iterable[tuple[str, str]], otherwise: str) -> tuple[Cell, ...]:
    """Return a list's cells, each once, and one for what is not in the list."""
    listed = {key: name for key, name in named if key != otherwise}
    return (*(Cell(key=key, name=name) for key, name in listed.items()), Cell(key=otherwise))


def _share(
    ident: str,
    things: Iterable[Thing],
    inside: Callable[[Thing], object],
    pupils: Callable[[Thing], Pupils] | None = None,
) -> Share:
    given, whose = list(things), pupils or _pupils
    shown = share([whose(one) for one in given if inside(one)], [whose(one) for one in given if not inside(one)])
    return Share(id=ident, whole=shown.whole, count=shown.count, part=shown.part)


def _of_incidents(incidents: Sequence[YearIncident]) -> tuple[Share, ...]:
    return (
        _share("whole", incidents, lambda one: one.whole),
        _share("parents-told", incidents, lambda one: one.told),
        _share("in-parnassys", incidents, lambda one: one.entered),
    )


def _of_notes(notes: Sequence[YearNote]) -> tuple[Share, ...]:
    return (
        _share("placed", notes, lambda one: one.placed),
        _share("with-roles", notes, lambda one: one.roles),
        _share("completed", notes, lambda one: not one.concept),
    )


# --- cases -----------------------------------------------------------------------------------------------------------

KEPT = ("kept", "partly", "not", "unseen")
"""How an agreement was kept when somebody looked last; `unseen`: nobody did yet."""

OUTCOMES = ("up", "same", "down", UNKNOWN)
"""Whether a child felt safer at the last look at an approach than at the first."""

STATUS = ("open", "closed")

_Within = tuple[Pupils, YearApproach]


@dataclass(frozen=True)
class _InCase:
    """Something in a case, about the case's pupils."""

    key: str
    pupils: Pupils


def _table(ident: str, cells: Sequence[Cell], things: Iterable[_InCase]) -> Table:
    return _Axis(ident, tuple(cells), lambda one: one.key).table(list(things))


def _plain(keys: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(Cell(key=key) for key in keys)


def _case_tables(year: str, given: YearInput) -> tuple[Table, ...]:
    cases = given.cases
    phase = _known((key for key, _ in given.phases), OTHER)
    agreed = (_InCase(one.kept or "unseen", case.pupils) for case in cases for one in case.agreements)
    consulted = (_InCase("all", case.pupils) for case in cases for _ in range(case.consultations))
    return (
        _table("phase", _cells(given.phases, OTHER), (_InCase(phase(one.phase), one.pupils) for one in cases)),
        _table("opened", _plain(months(year)), (_InCase(f"{one.opened:%Y-%m}", one.pupils) for one in cases)),
        _table("status", _plain(STATUS), (_InCase(STATUS[one.closed is not None], one.pupils) for one in cases)),
        _table("kept", _plain(KEPT), agreed),
        _table("consultations", _plain(("all",)), consulted),
        _method_axis(given).table(_begun(cases), _whose),
        _OUTCOME.table(_begun(cases), _whose),
    )


def _begun(cases: Iterable[YearCase]) -> list[_Within]:
    """Return every approach that was begun, with whom it is about."""
    return [(case.pupils, one) for case in cases for one in case.approaches]


def _whose(thing: _Within) -> Pupils:
    return thing[0]


def _method_axis(given: YearInput) -> _Axis:
    method = _known((key for key, _ in given.methods), OTHER)
    return _Axis("method", _cells(given.methods, OTHER), lambda one: method(one[1].method))


_OUTCOME = _Axis("outcome", tuple(Cell(key=key) for key in OUTCOMES), lambda one: one[1].outcome)


def _outcomes(given: YearInput) -> Cross:
    return _crossed(_method_axis(given), _OUTCOME, _begun(given.cases), _whose)


def _case_shares(given: YearInput, status: Table) -> tuple[Share, ...]:
    cases, begun = given.cases, _begun(given.cases)
    closed = [one for one in cases if one.closed is not None]
    evaluated = _share("evaluated", closed, lambda one: one.evaluated)
    if status.count("closed") is None:
        evaluated = Share(id="evaluated", whole=None, count=None, part=Part.FEW)  # how many were closed is not told
    since = (0, *(until for _, until in ROUNDS))
    looked = (
        _share(f"looked-{weeks}", begun, partial(_looked, since=after, until=until), _whose)
        for (weeks, until), after in zip(ROUNDS, since, strict=False)
    )
    return (
        _share("families-told", cases, lambda one: one.told is not None),
        _share("consulted", cases, lambda one: one.consultations > 0),
        evaluated,
        *looked,
    )


def _looked(thing: _Within, since: int, until: int) -> bool:
    return any(since < days <= until for days in thing[1].looks)


def _lasting(cases: Sequence[YearCase]) -> tuple[Lasting, ...]:
    return (
        _days("to-case", [(one.pupils, one.noted, one.opened) for one in cases]),
        _days("to-families", [(one.pupils, one.noted, one.told) for one in cases]),
        _days("to-close", [(one.pupils, one.opened, one.closed) for one in cases]),
    )


def _days(ident: str, given: Iterable[tuple[Pupils, dt.date | None, dt.date | None]]) -> Lasting:
    """Return how long something took; what began after it ended (a note that joined later) took no days."""
    found = [(who, max(0, (last - first).days)) for who, first, last in given if first is not None and last is not None]
    if small([who for who, _ in found]):
        return Lasting(id=ident, median=None, shortest=None, longest=None)
    lasted = sorted(days for _, days in found)
    return Lasting(id=ident, median=lasted[(len(lasted) - 1) // 2], shortest=lasted[0], longest=lasted[-1])


def _counsel(given: YearInput) -> tuple[int | None, int | None, int | None] | None:
    """Return what counsellors released, as far as it is about enough people to be told to others than its readers."""
    if not given.counsel:
        return None
    talks, who, referred = (
        sum(getattr(one, field) for one in given.counsel) for field in ("conversations", "people", "referred")
    )
    enough = talks >= LEAST and who >= LEAST
    split = referred >= LEAST and (who - referred >= LEAST or who == referred)
    return (talks if enough else None, who if enough else None, referred if enough and split else None)
