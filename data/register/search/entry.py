"""What can be found: one thing that somebody wrote, reduced to what it is found by and how it is shown."""

import datetime as dt
from enum import StrEnum

import msgspec

from ...errors import N_
from ...model import Text


class Kind(StrEnum):
    """What sort of thing was found."""

    CASE = "case"
    NOTE = "note"
    STEP = "step"
    DECISION = "decision"
    AGREEMENT = "agreement"
    CHECK = "check"
    APPROACH = "approach"
    QUESTION = "question"
    ANSWER = "answer"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    MEASURE = "measure"
    """Something was done about an incident."""
    DISMISSAL = "dismissal"
    """A pattern was looked at, and why nothing follows from it."""


KINDS = {
    Kind.CASE: N_("case"),
    Kind.NOTE: N_("note"),
    Kind.STEP: N_("step"),
    Kind.DECISION: N_("decision"),
    Kind.AGREEMENT: N_("agreement"),
    Kind.CHECK: N_("check"),
    Kind.APPROACH: N_("approach"),
    Kind.QUESTION: N_("question"),
    Kind.ANSWER: N_("answer"),
    Kind.COMPLAINT: N_("complaint"),
    Kind.INCIDENT: N_("incident"),
    Kind.MEASURE: N_("measure"),
    Kind.DISMISSAL: N_("pattern"),
}
"""The word for each."""

CONCEPT, PRIVATE = "concept", "private"
MARKS = {CONCEPT: N_("draft"), PRIVATE: N_("private")}
"""What a note can be besides, with its word."""

BEHAVIOUR = "behaviour:"
"""What the label of a kind of behaviour begins with; its id follows."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was written, as this person reads it."""

    key: str
    """Its table and id, and a number where several stand in one place: no two entries have the same."""
    kind: Kind
    at: dt.datetime
    """When it happened; what comes later is found first."""
    day: dt.date
    author: str
    """The id of who signed it."""
    texts: tuple[Text, ...] = ()
    title: str = ""
    """What the protocol calls it."""
    pupils: tuple[str, ...] = ()
    """Whom it is about, beside those whom its texts name."""
    place: str = ""
    labels: tuple[str, ...] = ()
    """What sort it is besides `kind`: kinds of behaviour, and code words."""
    case: str = ""
    """The code of its case, where this person can read that."""
    step: int = 0
    of: str = ""
    """The id of what it belongs to and is opened with: a question, a note."""
    corrected: bool = False
    """Whether something else stands in its place."""
    replaces: str = ""
    """The key of the concept that this goes on with, if it does: that one is shown no more."""
