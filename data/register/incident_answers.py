"""The seven questions about an incident, and how far notes answer them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Ground, NationalKind, ParticipantRole, PupilRef, Text
from .notes import KnownNote
from .text import pupils_in


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The seven questions as they were typed, with kind and ground, before names become references."""

    notes: tuple[str, ...]
    ground: Ground = Ground.JUDGEMENT
    behaviour: str = ""
    national: NationalKind | None = None
    happened: dt.datetime | None = None
    pupils: tuple[tuple[str, ParticipantRole], ...] = ()
    place: str = ""
    what: str = ""
    with_what: str = ""
    why: str = ""
    measures: str = ""
    grave: bool = False


def roles_in(notes: Iterable[KnownNote]) -> dict[str, ParticipantRole]:
    """Return the pupils of some notes with the first role that somebody saw them in."""
    found: dict[str, ParticipantRole] = {}
    for one in notes:
        for participant in one.note.pupils:
            if found.get(participant.pupil, ParticipantRole.UNKNOWN) is ParticipantRole.UNKNOWN:
                found[participant.pupil] = participant.role
    return found


def joined(texts: Iterable[Text]) -> Text:
    """Return texts as one, each on a line of its own."""
    found: list[str | PupilRef] = []
    for text in texts:
        if text:
            found += ["\n", *text] if found else text
    return tuple(found)


@dataclass(frozen=True)
class Stored:
    """The texts of some notes as they are stored, by the question that they answer."""

    what: Text
    measures: Text
    with_what: Text = ()
    why: Text = ()


def as_stored(notes: list[KnownNote]) -> Stored:
    """Return what some notes say, with the pupils in it as references."""
    return Stored(joined(one.note.facts for one in notes), joined(one.note.did for one in notes))


def named_in_note(known: KnownNote) -> set[str]:
    """Return the pupils who were in a note or are named in what it answers."""
    note = known.note
    return {*(one.pupil for one in note.pupils), *pupils_in(note.facts), *pupils_in(note.did)}
