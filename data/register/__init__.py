"""The register: cases, notes, pupils and people, and the only way to write them."""

from .agreed import KnownAgreement, KnownApproach, KnownCheck
from .agreements import Agreements
from .cases import Cases
from .complaints import Complaints, KnownComplaint
from .incidents import Answers, Incidents
from .known import KnownCase, KnownDecision, KnownStep
from .known_incident import KnownEvent, KnownIncident
from .log import Log
from .members import Held, Members, TakesPart
from .notes import Jotting, KnownNote, Notes, recognise
from .patterns import KnownPattern, Patterns, Window
from .people import KnownPerson, People, short_name
from .pupils import KnownPupil, Pupils
from .questions import KnownQuestion, Questions
from .session import Register, create_school, join_school, open_school, recover_school

__all__ = [
    "Agreements",
    "Answers",
    "Cases",
    "Complaints",
    "Held",
    "Incidents",
    "Jotting",
    "KnownAgreement",
    "KnownApproach",
    "KnownCase",
    "KnownCheck",
    "KnownComplaint",
    "KnownDecision",
    "KnownEvent",
    "KnownIncident",
    "KnownNote",
    "KnownPattern",
    "KnownPerson",
    "KnownPupil",
    "KnownQuestion",
    "KnownStep",
    "Log",
    "Members",
    "Notes",
    "Patterns",
    "People",
    "Pupils",
    "Questions",
    "Register",
    "TakesPart",
    "Window",
    "create_school",
    "join_school",
    "open_school",
    "recognise",
    "recover_school",
    "short_name",
]
