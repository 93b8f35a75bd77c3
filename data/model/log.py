"""A line of the log: code words, codes of cases and ids of people, and nothing that anybody typed."""

from enum import StrEnum
from typing import Annotated

import msgspec

from .documents import Moment


class LogKind(StrEnum):
    """What a line of the log is about: a case (or something outside one), or, last, the people of the school."""

    READ = "read"
    CHANGED = "changed"
    EXPORTED = "exported"
    GRANTED = "granted"
    """Somebody was let into a case."""
    WITHDRAWN = "withdrawn"
    """Somebody was taken out of a case."""
    PERSON = "person"


class LogWhat(StrEnum):
    """What exactly was done, as a code word: a line never holds what anybody typed, so no pupil's name either."""

    OPENED = "opened"
    PUPILS = "pupils"
    """Who is in the case, and on which side."""
    STEP = "step"
    CONSULTED = "consulted"
    CLOSED = "closed"
    REOPENED = "reopened"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ESCALATED = "escalated"
    SEEN = "seen"
    COMPLAINT = "complaint"
    REMOVAL = "removal"
    NOTE = "note"
    ADDED = "added"
    """A note that was there already joined the case."""
    AGREEMENT = "agreement"
    CHECK = "check"
    APPROACH = "approach"
    """One of the protocol's methods was begun, or looked back on."""
    INCIDENT = "incident"
    """A note was decided to be an incident, or something was done about one."""

    DOSSIER = "dossier"
    PARNASSYS = "parnassys"
    CALENDAR = "calendar"
    YEAR = "year"
    BACKUP = "backup"

    INVITED = "invited"
    JOINED = "joined"
    RESET = "reset"
    ROLES = "roles"
    LEFT = "left"
    RECOVERY = "recovery"
    """The printed recovery code was replaced."""
    IMPORTED = "imported"
    """Groups and pupils were taken from a file."""

    OTHER = "other"
    """Something that this version has no word for."""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the log. What fits none of the patterns is no line: nothing can be written between them."""

    kind: LogKind
    at: Moment
    author: str
    case: Annotated[str, msgspec.Meta(pattern=r"^(Z-[0-9A-Z]{4})?\Z")] = ""
    """The code of the case it is about, if any."""
    about: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{16})?\Z")] = ""
    """The id of the person it is about, if any: never a pupil."""
    what: Annotated[str, msgspec.Meta(pattern=r"^[a-z-]{0,24}\Z")] = ""
    """A `LogWhat`, or a word that a newer version knows; empty where the kind says it all."""
    private: bool = False
    """Whether it is about something that only its author can read."""
