"""The register: cases, notes, pupils and people, and the only way to write them."""

from .cases import Cases
from .known import KnownCase, KnownDecision, KnownStep
from .log import Log
from .notes import Jotting, KnownNote, Notes, recognise
from .people import KnownPerson, People, short_name
from .pupils import KnownPupil, Pupils
from .session import Register, create_school, join_school, open_school

__all__ = [
    "Cases",
    "Jotting",
    "KnownCase",
    "KnownDecision",
    "KnownNote",
    "KnownPerson",
    "KnownPupil",
    "KnownStep",
    "Log",
    "Notes",
    "People",
    "Pupils",
    "Register",
    "create_school",
    "join_school",
    "open_school",
    "recognise",
    "short_name",
]
