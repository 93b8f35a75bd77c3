"""What a school year's figures are made from: plain things without a name, and the years, days and hours they fall in.

Days and hours are those of the local zone: of the hour that comes twice when the clock goes back both count as it.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace

from ..errors import N_, UsageError
from .figures import Basis

UNKNOWN, NONE = "unknown", "none"

PARTS = ((0, "early"), (9, "morning"), (11, "midday"), (13, "afternoon"), (15, "late"))
"""From which hour on each part of the day lasts."""

WEEKDAYS = ("1", "2", "3", "4", "5", "weekend")
"""Days of the week, Monday is 1."""

_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")

Pupils = frozenset[str]


@dataclass(frozen=True)
class YearIncident:
    """An incident; `kind` and `place` as in the school's lists, `groups` the year groups of its pupils."""

    at: dt.datetime
    kind: str = ""
    national: str = NONE
    place: str = ""
    groups: frozenset[str] = frozenset()
    pupils: Pupils = frozenset()
    whole: bool = False
    """Whether all seven questions are answered."""
    entered: bool = False
    """Whether it stands in ParnasSys for everybody concerned."""
    told: bool = False
    """Whether the parents of everybody concerned were told."""


@dataclass(frozen=True)
class YearNote:
    """A note, as far as its completeness goes."""

    at: dt.datetime
    pupils: Pupils = frozenset()
    placed: bool = False
    roles: bool = False
    concept: bool = False


@dataclass(frozen=True)
class YearAgreement:
    """How an agreement was kept when somebody looked last: `kept`, `partly`, `not`, or nothing where nobody did."""

    kept: str = ""


@dataclass(frozen=True)
class YearApproach:
    """A method begun in a case: after how many days it was looked back on, and the child's own scores in order."""

    method: str
    looks: tuple[int, ...] = ()
    scores: tuple[int, ...] = ()

    @property
    def outcome(self) -> str:
        """Whether the child felt safer at the last look than at the first: `up`, `same`, `down`, or `unknown`."""
        if len(self.scores) < 2:
            return UNKNOWN
        first, last = self.scores[0], self.scores[-1]
        return "up" if last > first else "down" if last < first else "same"


@dataclass(frozen=True)
class YearCase:
    """A case: its days are those on which something was so for the first time; `phase` is the one it reached."""

    opened: dt.date
    phase: str = ""
    pupils: Pupils = frozenset()
    noted: dt.date | None = None
    told: dt.date | None = None
    """When the last of all families on both sides had been spoken with."""
    closed: dt.date | None = None
    evaluated: bool = False
    """Whether it was closed with an evaluation that the families of both sides were told."""
    consultations: int = 0
    agreements: tuple[YearAgreement, ...] = ()
    approaches: tuple[YearApproach, ...] = ()


@dataclass(frozen=True)
class YearCounsel:
    """The numbers that one counsellor released of a school year."""

    year: str
    conversations: int
    people: int
    referred: int


@dataclass(frozen=True)
class YearInput:
    """Everything that a person can read, of any year, with the school's own lists as (key, name)."""

    incidents: tuple[YearIncident, ...] = ()
    notes: tuple[YearNote, ...] = ()
    cases: tuple[YearCase, ...] = ()
    counsel: tuple[YearCounsel, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    places: tuple[str, ...] = ()
    phases: tuple[tuple[str, str], ...] = ()
    methods: tuple[tuple[str, str], ...] = ()
    basis: Basis = Basis.ALL


# --- years -----------------------------------------------------------------------------------------------------------


def span(year: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a school year as `2026-2027` (WPO, art. 1); raises UsageError."""
    found = _YEAR.fullmatch(year)
    if found is None or not 1900 <= int(found[1]) <= 9000 or int(found[2]) != int(found[1]) + 1:
        raise UsageError(N_("A school year is written as 2026-2027."))
    return dt.date(int(found[1]), 8, 1), dt.date(int(found[2]), 7, 31)


def year_of(day: dt.date) -> str:
    """Return the school year of a day, `2026-2027`; it begins on 1 August (WPO, art. 1)."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def next_year(year: str, step: int = 1) -> str:
    """Return a school year later or, with a negative step, earlier; raises UsageError."""
    first = span(year)[0].year + step
    return f"{first}-{first + 1}"


def local_day(at: dt.datetime) -> dt.date:
    """Return the day of a moment in the local zone."""
    return at.astimezone().date()


def year_groups(name: str, earlier: int = 0) -> str:
    """Return the year group that a group's name tells, so many years before: `6`, `5/6`; empty where it tells none."""
    numbers = [int(found) - earlier for found in re.findall(r"\d+", name)]
    return "/".join(map(str, numbers)) if numbers and all(1 <= number <= 8 for number in numbers) else ""


def months(year: str) -> tuple[str, ...]:
    """Return the months of a school year, as `2026-08`."""
    first = span(year)[0].year
    return tuple(f"{first + (at > 12)}-{at if at <= 12 else at - 12:02}" for at in range(8, 20))


def weekday(at: dt.datetime) -> str:
    """Return the day of the week of a moment, as in `WEEKDAYS`."""
    return WEEKDAYS[min(local_day(at).weekday(), len(WEEKDAYS) - 1)]


def part_of_day(at: dt.datetime) -> str:
    """Return the part of the day of a moment, as in `PARTS`."""
    hour = at.astimezone().hour
    return [name for begin, name in PARTS if begin <= hour][-1]


def select(year: str, given: YearInput) -> YearInput:
    """Return what belongs to a school year."""
    first, last = span(year)
    return replace(
        given,
        incidents=tuple(one for one in given.incidents if first <= local_day(one.at) <= last),
        notes=tuple(one for one in given.notes if first <= local_day(one.at) <= last),
        cases=tuple(one for one in given.cases if first <= one.opened <= last),
        counsel=tuple(one for one in given.counsel if one.year == year),
    )


def years(given: YearInput, today: dt.date) -> tuple[str, ...]:
    """Return the school years from the first in which anything happened to this one, without a gap."""
    days = [local_day(one.at) for one in given.incidents] + [local_day(one.at) for one in given.notes]
    days += [one.opened for one in given.cases]
    first = min((year_of(day) for day in [*days, today]), default="")
    found = [first]
    while found[-1] < year_of(today):
        found.append(next_year(found[-1]))
    return tuple(found)
