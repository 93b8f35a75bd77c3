"""Patterns: what single notes do not show. The same two children again, or several children towards one.

Facts only: how often, how long, where, when, who. What they may mean is weighed in `weigh`, and judged by people.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from .events import Counted, Event, events

MOST_NAMED = 40
"""A note about more children than this is about a group, and says nothing about two of them."""

MOST_UNCLEAR = 6
"""Where nobody's part is known, a note about more children than this does not set two of them apart."""

SAME_MINUTES = 30
"""So close together two colleagues may have written about one thing they both saw."""

_NOON, _AFTERNOON, _EVENING = 12.0, 13.5, 17.0
"""Where the parts of a day begin, in hours: common knowledge of Dutch school days, no norm."""

PARTS = ("morning", "noon", "afternoon", "evening")
"""The parts of a day, in order, as code words."""


class Direction(StrEnum):
    """Which way it goes between the children of a pattern, as far as their roles were written down."""

    ONE_WAY = "one_way"
    MOSTLY = "mostly"
    """The other way round less than half as often."""
    BOTH = "both"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Figure:
    """A number that opens its notes: what was counted, and the ids of the events it was counted in."""

    value: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """Two children, or one child and several others, in more than a few notes."""

    many: bool
    """Whether it is about several towards one."""
    pupils: tuple[str, ...]
    """The pair, in the order of their ids; or the one whom the others are against."""
    others: tuple[str, ...]
    """Of several towards one: those several, most often first. Of a pair: nobody."""
    events: tuple[Event, ...]
    """What it was found in, oldest first."""
    back: tuple[Event, ...]
    """Of several towards one: where that one did something to one of them."""
    alone: tuple[Event, ...]
    """Where the one whom it is done to is hurt, and nobody was written down as doing it."""

    @property
    def key(self) -> str:
        """What it is found again by: its children, not its notes."""
        return "-".join(("many" if self.many else "pair", *self.pupils))

    @property
    def first(self) -> datetime:
        """When it was seen first."""
        return self.events[0].happened

    @property
    def last(self) -> datetime:
        """When it was seen last."""
        return self.events[-1].happened

    @property
    def days(self) -> int:
        """On how many days it lies, the first and the last one among them."""
        return (self.last.astimezone().date() - self.first.astimezone().date()).days + 1

    @property
    def weeks(self) -> int:
        """The same in weeks, whole ones."""
        return math.ceil(self.days / 7)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its notes, one for each event."""
        return tuple(event.id for event in self.events)

    @cached_property
    def written(self) -> frozenset[str]:
        """The ids of everything that was written about it, what was corrected too."""
        return frozenset(note for event in self.events for note in event.notes)

    @cached_property
    def maybe_same(self) -> tuple[tuple[str, ...], ...]:
        """The events that may be one: by different colleagues, half an hour apart at most, at no two places.

        They are counted as they are, for nobody but who saw it can tell; this says so beside the number.
        """
        return tuple(group for group in _close(self.events) if len(group) > 1)

    @property
    def moments(self) -> int:
        """How often it was at least: what may be one event counts once."""
        return len(self.events) - sum(len(group) - 1 for group in self.maybe_same)

    # --- which way it goes -----------------------------------------------------------------------------------

    def did(self, pupil: str) -> tuple[str, ...]:
        """Return where somebody did it or joined in."""
        return tuple(event.id for event in self.events if pupil in event.active)

    def suffered(self, pupil: str) -> tuple[str, ...]:
        """Return where it was done to somebody."""
        return tuple(event.id for event in self.events if pupil in event.hurt)

    def unclear(self, pupil: str) -> tuple[str, ...]:
        """Return where somebody's part is not known."""
        return tuple(event.id for event in self.events if pupil in event.unclear)

    def towards(self, pupil: str) -> tuple[str, ...]:
        """Return where it was done to one of them by another of them."""
        if self.many:
            return self.ids if pupil in self.pupils else tuple(event.id for event in self.back if pupil in event.hurt)
        (other,) = (one for one in self.pupils if one != pupil)
        return tuple(event.id for event in self.events if pupil in event.hurt and other in event.active)

    @cached_property
    def ways(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Whom it is done to most, in which events, and in which it was the other way round."""
        if self.many:
            return self.pupils[0], self.ids, tuple(event.id for event in self.back)
        one, other = self.pupils
        there, back = self.towards(one), self.towards(other)
        return (one, there, back) if len(there) >= len(back) else (other, back, there)

    @property
    def direction(self) -> Direction:
        """Which way it goes. Where both are said to have done it and nobody to be hurt, it goes both ways."""
        _, there, back = self.ways
        quarrels = sum(not self.many and not event.hurt and event.active >= {*self.pupils} for event in self.events)
        back_often = len(back) + quarrels
        if not there and not quarrels:
            return Direction.UNCLEAR
        if not back_often:
            return Direction.ONE_WAY
        return Direction.MOSTLY if 2 * back_often < len(there) else Direction.BOTH

    # --- figures ---------------------------------------------------------------------------------------------

    @property
    def places(self) -> tuple[Figure, ...]:
        """Where, as far as it was written down."""
        return count(self.events, lambda event: [event.place] if event.place else [])

    @property
    def weekdays(self) -> tuple[Figure, ...]:
        """On which day of the week: 0 is Monday."""
        return count(self.events, lambda event: [str(event.happened.astimezone().weekday())])

    @property
    def parts(self) -> tuple[Figure, ...]:
        """In which part of the day."""
        return count(self.events, lambda event: [part_of_day(event.happened)])

    @property
    def authors(self) -> tuple[Figure, ...]:
        """Who wrote it down."""
        return count(self.events, lambda event: [event.author])

    @property
    def behaviours(self) -> tuple[Figure, ...]:
        """Which kinds of behaviour."""
        return count(self.events, lambda event: dict.fromkeys(event.behaviours))

    @property
    def company(self) -> tuple[Figure, ...]:
        """Who else was there."""
        known = {*self.pupils, *self.others}
        return count(self.events, lambda event: event.named - known)

    @property
    def sources(self) -> tuple[Figure, ...]:
        """Of several towards one: who they are, and how often each."""
        return count(self.events, lambda event: event.active & set(self.others))


def count(seen: Iterable[Event], values: Callable[[Event], Iterable[str]]) -> tuple[Figure, ...]:
    """Return what each value was counted in, what is most first."""
    found: dict[str, list[str]] = {}
    for event in seen:
        for value in values(event):
            found.setdefault(value, []).append(event.id)
    figures = (Figure(value, tuple(notes)) for value, notes in found.items())
    return tuple(sorted(figures, key=lambda figure: (-len(figure.notes), figure.value)))


def part_of_day(moment: datetime) -> str:
    """Return which of `PARTS` a moment lies in, in the local zone."""
    local = moment.astimezone()
    hour = local.hour + local.minute / 60
    return PARTS[sum(hour >= begin for begin in (_NOON, _AFTERNOON, _EVENING))]


def _close(seen: Sequence[Event]) -> list[tuple[str, ...]]:
    """Put events with the one before that may be the same; `seen` is in the order of time."""
    groups: list[list[Event]] = []
    for event in seen:
        earliest = event.happened - timedelta(minutes=SAME_MINUTES)
        near = (group for group in reversed(groups) if group[0].happened >= earliest)
        home = next((group for group in near if all(_may_be_one(event, other) for other in group)), None)
        if home is None:
            groups.append([event])
        else:
            home.append(event)
    return [tuple(event.id for event in group) for group in groups]


def _may_be_one(one: Event, other: Event) -> bool:
    return one.author != other.author and (not one.place or not other.place or one.place == other.place)


# --- finding -------------------------------------------------------------------------------------------------


def pairs_in(event: Event) -> set[tuple[str, str]]:
    """Return the pairs that an event is about: the one hurt and each who did it, or whose part is not known.

    Where nobody is said to be hurt: those who did it to each other, and those whose part is not known. Who only stood
    by or stood up for somebody is in no pair, and neither are two who were hurt together.
    """
    if len(event.named) > MOST_NAMED:
        return set()
    found = {(hurt, other) for hurt in event.hurt for other in event.active | event.unclear if other != hurt}
    if len(event.named) <= MOST_UNCLEAR:
        found |= {(one, other) for one in event.unclear for other in event.active}
        found |= set(combinations(event.unclear, 2))
        if not event.hurt and not event.unclear:
            found |= set(combinations(event.active, 2))
    return {(min(pair), max(pair)) for pair in found}


def find(notes: Iterable[Counted], *, since: datetime, until: datetime, least: int) -> list[Pattern]:
    """Return the patterns of a window: pairs, and several towards one, from `least` events on; what is last first.

    A pair whose every event is part of several towards one of them stands there, and not once more by itself.
    """
    seen = [event for event in events(notes) if since <= event.happened <= until]
    pairs: dict[tuple[str, str], list[Event]] = {}
    hurt: dict[str, list[Event]] = {}
    for event in seen:
        for pair in pairs_in(event):
            pairs.setdefault(pair, []).append(event)
        for pupil in event.hurt if len(event.named) <= MOST_NAMED else ():
            hurt.setdefault(pupil, []).append(event)
    found = []
    for pupil, about in sorted(hurt.items()):
        together = [event for event in about if event.active - {pupil}]
        if len(together) >= least and (others := _several(pupil, together)):
            back = {
                event.id: event
                for other in others
                for event in pairs.get((min(pupil, other), max(pupil, other)), ())
                if pupil in event.active and other in event.hurt
            }
            found.append(Pattern(True, (pupil,), others, tuple(together), _ordered(back.values()), _alone(about)))
    inside = {pattern.pupils[0]: set(pattern.ids) for pattern in found}
    for pair, about in pairs.items():
        folded = any(inside.get(pupil, set()) >= {event.id for event in about} for pupil in pair)
        if len(about) >= least and not folded:
            plain = Pattern(False, pair, (), tuple(about), (), ())
            target, there, _ = plain.ways
            alone = _alone(hurt.get(target, ())) if there else ()
            found.append(Pattern(False, pair, (), tuple(about), (), alone))
    return sorted(sorted(found, key=lambda pattern: pattern.key), key=lambda pattern: pattern.last, reverse=True)


def _several(pupil: str, together: Iterable[Event]) -> tuple[str, ...]:
    """Return who was against somebody, if they are several; nobody where one child explains it all.

    Several are two who were there twice each, or so many that no one of them was there every time.
    """
    together = list(together)
    figures = count(together, lambda event: event.active - {pupil})
    again = sum(len(figure.notes) > 1 for figure in figures)
    if len(figures) < 2 or (again < 2 and len(figures[0].notes) == len(together)):
        return ()
    return tuple(figure.value for figure in figures)


def _alone(about: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(event for event in about if not event.active and not event.unclear)


def _ordered(seen: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(seen, key=lambda event: (event.happened, event.id)))
