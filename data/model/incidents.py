"""What kinds of behaviour a school tells apart, its incidents, dismissed patterns, and its year: typed structs."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from .documents import Moment, Participant, Text
from .school import NationalKind


class Ground(StrEnum):
    """Why a note became an incident (the protocol names these two)."""

    JUDGEMENT = "judgement"
    """The teacher judges that it really is one."""
    COMPLAINT = "complaint"
    """After an official complaint."""


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A note that was decided to be an incident: the decision, and the record that the seven questions make."""

    notes: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=50)]
    """The ids of the notes it was decided on; the first is the one it came from."""
    author: str
    entered: Moment
    ground: Ground
    behaviour: str
    """The id of a `Behaviour` in the school's list, as it was then."""
    national: NationalKind | None = None
    """The national kind that was chosen with it; None where none fits."""
    happened: Moment
    """When, the second of the seven questions."""
    pupils: tuple[Participant, ...] = ()
    """Who, with the role at that moment."""
    place: str = ""
    what: Text = ()
    with_what: Text = ()
    why: Text = ()
    measures: Text = ()
    """What was done at once; what came later is an event."""
    grave: bool = False
    case: str = ""
    """The code of the case it belongs to, if any."""
    corrects: str = ""
    """The id of the incident that this entry corrects, and that is shown beside it."""


class IncidentWhat(StrEnum):
    """What came of an incident."""

    MEASURE = "measure"
    DIRECTOR = "director"
    """The direction was brought in: the protocol asks for it where the teacher's own steps did not solve it."""
    PARENTS = "parents"
    """The parents of the pupils in `about` were told."""
    PARNASSYS = "parnassys"
    """The text about the pupils in `about` stands in ParnasSys."""
    REPORTED = "reported"
    """It was reported to the inspectorate, or decided that it need not be; the text says which."""


class IncidentEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something was done about an incident on a day."""

    incident: str
    author: str
    happened: date
    entered: Moment
    what: IncidentWhat
    text: Text = ()
    about: tuple[str, ...] = ()
    """The pupils it is about, where it is about some of them."""
    digest: str = ""
    """SHA-256 of the incident as its author read it, in hex: who cannot read an incident says nothing about it."""
    takes_back: str = ""
    """The id of an event of the same author that was a mistake: both are shown, and neither counts."""


class Dismissal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody looked at a pattern and gave a reason why nothing follows from it now."""

    author: str
    entered: Moment
    pupils: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=50)]
    """Whose pattern: a pair in a fixed order, or the one who is at the receiving end."""
    many: bool = False
    """Whether it is about several against one; then `pupils` holds that one."""
    notes: tuple[str, ...] = ()
    """The ids of the notes it was judged on: with one more, the pattern comes back."""
    reason: Text


class Analysis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A school year's figures as they were put down on a day: counts and shares, no name of a pupil."""

    author: str
    entered: Moment
    year: str
    """As `2026-2027`."""
    figures: dict[str, Any]
    """The figures as `data.insight` builds them: what was too small to show is left out before it is stored."""
    remarks: str = ""


class Improvement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point to improve, or, where `to` names one, how far it is."""

    author: str
    entered: Moment
    year: str = ""
    """The school year whose figures it came from."""
    text: str = ""
    owner: str = ""
    """The id of the person who sees to it."""
    due: date | None = None
    to: str = ""
    """The id of the point that this says something about; empty for the point itself."""
    done: bool = False
