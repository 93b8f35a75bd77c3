"""What lies in the tables. Ids of documents are random hex strings, ids of people and circles 16 hex digits.

Moments are datetimes with an offset; `happened` is when it was, `entered` when it was written down.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from ..protocol.progress import StepState

LOCK_MINUTES = 3
"""How many minutes without a key lock the program, unless somebody chose fewer or more."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with an offset: one without cannot be put in order beside others."""


class PupilRef(msgspec.Struct, frozen=True):
    """A pupil within a text: drawn as initials, name or "another pupil", depending on who reads."""

    pupil: str


Text = tuple[str | PupilRef, ...]
"""A text as typed, with the pupils in it as references."""


class ParticipantRole(StrEnum):
    """What somebody did in one incident, at that moment; never what a child is (Salmivalli's roles)."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    FOLLOWER = "follower"
    ENCOURAGER = "encourager"
    DEFENDER = "defender"
    BYSTANDER = "bystander"
    UNKNOWN = "unknown"


class Strand(StrEnum):
    """On which side a pupil stands in a case."""

    BULLIED = "bullied"
    ACCUSED = "accused"
    OTHER = "other"


class NoteKind(StrEnum):
    """An observation is one's own; a signal came from somebody else, parents included.

    What is confidential lies in the counsellor's compartment, beside nothing else.
    """

    OBSERVATION = "observation"
    SIGNAL = "signal"
    CONFIDENTIAL = "confidential"


class Source(StrEnum):
    """Whose observation a signal is."""

    PARENT = "parent"
    COLLEAGUE = "colleague"
    PUPIL = "pupil"
    OTHER = "other"


class Participant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pupil in a note, with the role at that moment."""

    pupil: str
    role: ParticipantRole = ParticipantRole.UNKNOWN


class Talk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a counsellor keeps of a conversation or an appointment, beside its text and its moment."""

    who: str
    """With whom, as the counsellor wrote it."""
    appointment: bool = False
    referred: str = ""
    """To whom somebody was pointed on; empty where to nobody."""


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something seen or heard, jotted down."""

    kind: NoteKind = NoteKind.OBSERVATION
    author: str
    happened: Moment
    entered: Moment
    facts: Text
    words: Text = ()
    did: Text = ()
    pupils: tuple[Participant, ...] = ()
    place: str = ""
    case: str = ""
    """The code of the case it was written in; a case can be granted a note later, without changing it."""
    private: bool = False
    """For its author alone, until it is shared or removed."""
    talk: Talk | None = None
    """Where it is confidential: with whom."""
    concept: bool = False
    """Jotted down, to be completed; only its author goes on with it, by an entry that `replaces` this one."""
    replaces: str = ""
    """The id of the concept that this goes on with, and that is shown no more."""
    corrects: str = ""
    """The id of the note that this one corrects, and that is shown beside it."""
    behaviours: tuple[str, ...] = ()
    """The ids of kinds in the school's list, as it was then."""
    source: Source | None = None
    """Of a signal: whose observation it is."""
    heard_from: Text = ()
    """Of a signal: from whom, in the words of who wrote it down."""


class Consent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody let the counsellor do something with what they told, or takes that back."""

    author: str
    entered: Moment
    day: date
    who: str = ""
    to: str = ""
    """What it is for, as the counsellor wrote it."""
    withdraws: str = ""
    """The id of the consent that is taken back; empty for a consent itself."""


Count = Annotated[int, msgspec.Meta(ge=0)]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a counsellor's school year: all that ever leaves the compartment."""

    author: str
    entered: Moment
    year: str
    conversations: Count
    complainants: Count
    referred: Count


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question to the leads, or, where it names one, something said to it: an answer, or the case it became."""

    author: str
    entered: Moment
    text: Text = ()
    to: str = ""
    """The id of the question this belongs to; empty for the question itself."""
    case: str = ""
    """The code of the case that was opened from it."""


class CasePupil(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pupil in a case, with the name as those see it who cannot read the pupils' list."""

    pupil: str
    name: str
    strand: Strand = Strand.OTHER


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A situation that is taken through the protocol."""

    code: str
    circle: str
    owner: str
    pupils: tuple[CasePupil, ...]
    protocol: str
    protocol_version: str
    opened: Moment


class StepRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something happened to a step of a case."""

    case: str
    step: int
    state: StepState
    happened: date
    entered: Moment
    author: str
    reason: Text = ()
    text: Text = ()
    present: Text = ()
    """Who did it or was there, where that says more than the author."""
    about: tuple[str, ...] = ()
    """The pupils whose side was heard, or whose parents were spoken with, where the step asks for each of them."""
    details: dict[str, Text] = {}
    """What the step's kind of proof asks for besides, by the id of the field (`data/protocol/proofs.py`)."""
    corrects: str = ""
    """The id of the entry that this one corrects, and that is shown beside it."""


class DecisionKind(StrEnum):
    """What was decided about a case as a whole."""

    CONSULTED = "consulted"
    CLOSED = "closed"
    REOPENED = "reopened"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ESCALATED = "escalated"
    """A next phase of the protocol is needed: the evaluation that leaving a phase asks for."""
    SEEN = "seen"
    """A lead or the direction looked at the case and has nothing to add."""
    REMOVAL = "removal"
    """How far a suspension or an expulsion is."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A consultation, a closing or reopening (the last of them stands), a hand-over, a next phase, or a look."""

    case: str
    kind: DecisionKind
    happened: date
    entered: Moment
    author: str
    advice: Text = ()
    text: Text = ()
    """What was decided; at a closing the evaluation, at a reopening the reason."""
    again: date | None = None
    """When the case is looked at again: goes before the protocol's advised term."""
    to: str = ""
    """To whom the case is offered: that person's id."""
    told: tuple[str, ...] = ()
    """At a closing: the pupils whose families were told."""
    leaves: str = ""
    """At an escalation: the id of the phase that was left."""
    reaches: str = ""
    """At an escalation: the id of the phase that begins."""
    grave: bool = False
    """At an escalation: the case is too grave to take the phases one by one."""
    removal: str = ""
    """At a removal: the kind of the protocol's list."""
    about: str = ""
    """At a removal: the id of the pupil."""
    done: dict[str, date] = {}
    """At a removal: when each item of the list was done, by its id."""
    waived: tuple[str, ...] = ()
    """At a removal: the items that do not apply."""
    follows: str = ""
    """At a removal: the id of the decision it began with; empty where it begins."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's own: until when everything was seen, per case code, for loose `notes`, per `question:` and id."""

    seen: dict[str, Moment] = {}
    language: str = ""
    """`nl` or `en`; empty: as the program was started."""
    lock_minutes: int = LOCK_MINUTES
    """After so many minutes without a key the passphrase is asked again."""
    look: str = ""
    """`light`, or `own` for the terminal's own colours; empty: dark."""
    filter: str = ""
    """Which cases *my day* begins with; empty: one's own."""
