"""Notes as they are counted: a note and its corrections are one event, with what its author says of it now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..model import ParticipantRole

_PART = {
    ParticipantRole.PERPETRATOR: "active",
    ParticipantRole.FOLLOWER: "active",
    ParticipantRole.ENCOURAGER: "active",
    ParticipantRole.VICTIM: "hurt",
    ParticipantRole.UNKNOWN: "unclear",
}
"""In which set of an event's pupils each role counts; who stood by or stood up for somebody is in none."""


@dataclass(frozen=True)
class Counted:
    """A note as far as it can be counted. Nothing that was typed in it is needed but the place."""

    id: str
    author: str
    happened: datetime
    entered: datetime
    pupils: tuple[tuple[str, ParticipantRole], ...] = ()
    """Who was there, each with the role at that moment; somebody with two roles stands there twice."""
    place: str = ""
    behaviours: tuple[str, ...] = ()
    words: bool = False
    """Whether a child's own words stand in it."""
    corrects: str = ""


@dataclass(frozen=True)
class Event:
    """Something that was seen, and written down by one person."""

    id: str
    """The id of the note that tells it now: the last correction, or the note itself."""
    notes: tuple[str, ...]
    """The ids of that note and of everything it corrects or is corrected by, in order."""
    author: str
    happened: datetime
    pupils: tuple[tuple[str, ParticipantRole], ...]
    place: str
    behaviours: tuple[str, ...]
    words: bool
    named: frozenset[str] = field(init=False, compare=False, repr=False)
    """Everybody in it."""
    active: frozenset[str] = field(init=False, compare=False, repr=False)
    """Who did it or joined in at that moment."""
    hurt: frozenset[str] = field(init=False, compare=False, repr=False)
    """To whom it was done."""
    unclear: frozenset[str] = field(init=False, compare=False, repr=False)
    """Whose part in it nobody wrote down."""

    def __post_init__(self) -> None:
        named: dict[str, list[str]] = {"named": [], "active": [], "hurt": [], "unclear": []}
        for pupil, role in self.pupils:
            named["named"].append(pupil)
            if role in _PART:
                named[_PART[role]].append(pupil)
        named["unclear"] = [pupil for pupil in named["unclear"] if pupil not in (*named["active"], *named["hurt"])]
        for part, pupils in named.items():
            object.__setattr__(self, part, frozenset(pupils))


def events(notes: Iterable[Counted]) -> list[Event]:
    """Return what was seen, oldest first; the order of `notes` does not matter.

    Its author's last correction tells what happened. A correction by somebody else belongs to the same event and may
    add pupils to it, but takes nobody out: no one makes a colleague's note speak of other children.
    """
    known = {note.id: note for note in notes}
    found = [_event(together) for together in _families(known)]
    return sorted(found, key=lambda event: (event.happened, event.id))


def _families(known: Mapping[str, Counted]) -> list[list[Counted]]:
    """Put each note with what it corrects, whichever way round that is said."""
    above = {ident: ident for ident in known}

    def top(ident: str) -> str:
        while above[ident] != ident:
            above[ident] = above[above[ident]]
            ident = above[ident]
        return ident

    for note in known.values():
        if note.corrects in known:
            above[top(note.id)] = top(note.corrects)
    found: dict[str, list[Counted]] = {}
    for ident, note in known.items():
        found.setdefault(top(ident), []).append(note)
    return [sorted(together, key=_written) for together in found.values()]


def _written(note: Counted) -> tuple[datetime, str]:
    return note.entered, note.id


def _event(together: list[Counted]) -> Event:
    first = now = together[0]
    also: Iterable[tuple[str, ParticipantRole]] = ()
    if len(together) > 1:
        ids = {note.id for note in together}
        # Notes that correct each other in a ring have no first one: then the oldest is.
        first = next((note for note in together if note.corrects not in ids), together[0])
        now = _last([note for note in together if note.author == first.author])
        mine = {pupil for pupil, _ in now.pupils}
        others = (note for note in together if note.author != first.author)
        also = (part for note in others for part in note.pupils if part[0] not in mine)
    return Event(
        id=now.id,
        notes=tuple(note.id for note in together),
        author=first.author,
        happened=now.happened,
        pupils=tuple(sorted({*now.pupils, *also})),
        place=now.place.strip().lower(),
        behaviours=now.behaviours,
        words=now.words,
    )


def _last(own: list[Counted]) -> Counted:
    """Return the one of somebody's versions that none of the others corrects: clocks can stand still."""
    corrected = {note.corrects for note in own}
    return max((note for note in own if note.id not in corrected), key=_written, default=own[-1])
