"""What lies in the tables. Ids of documents are random hex strings, ids of people and circles 16 hex digits.

Moments are datetimes with an offset; `happened` is when it was, `entered` when it was written down.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from ..protocol.parts import RoleWord
from ..protocol.progress import StepState

LOCK_MINUTES = 3
"""How many minutes without a key lock the program, unless somebody chose fewer or more."""

QUIET_DAYS = 14
"""After so many days without a word an open case asks for attention: "open for ever" is how cases get lost."""

PATTERN_WEEKS = 8
"""Over so many weeks notes about the same pupils are looked at together."""

PATTERN_LEAST = 3
"""From so many notes they are called a pattern."""

MOST_WEEKS, FEWEST_NOTES, MOST_NOTES = 104, 2, 50
"""Between what a school sets the two before."""

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


class NationalKind(StrEnum):
    """The nine kinds of incident that are counted nationally (ITS/OCW 2009)."""

    INJURY = "injury"
    ARMED = "armed"
    WEAPON = "weapon"
    SEXUAL = "sexual"
    BULLYING = "bullying"
    DISCRIMINATION = "discrimination"
    THREAT = "threat"
    DAMAGE = "damage"
    DRUGS = "drugs"


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of behaviour that the school tells apart; the id stays when its name changes."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,24}\Z")]
    name: str
    national: NationalKind | None = None
    """What it is counted as nationally, if an incident comes of it; None: as nothing."""


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody with a task who has no account: an external counsellor, a Kwink coach of another school."""

    role: RoleWord
    name: str
    reach: str = ""
    """How they are reached, as the school wrote it: a number, an address, a room."""


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which there is no school; both the first and the last are free."""

    name: str
    first: date
    last: date


class School(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The school, its protocol in force, and its lists."""

    name: str
    protocol: str
    protocol_version: str
    places: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """The rules that hang in the school."""
    contacts: tuple[Contact, ...] = ()
    evaluated: date | None = None
    """When the protocol was evaluated last, where that is later than its file says."""
    discussed_in_mr: date | None = None
    holidays: tuple[Holiday, ...] = ()
    """The school's own holidays; public ones are known."""
    quiet_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = QUIET_DAYS
    """After so many days without a step or a decision an open case asks for a consultation."""
    behaviours: tuple[Behaviour, ...] = ()
    """The kinds of behaviour; empty: those that a new school begins with."""
    judging: tuple[str, ...] | None = None
    """Words that judge rather than describe; None: those that a new school begins with."""
    pattern_weeks: Annotated[int, msgspec.Meta(ge=1, le=MOST_WEEKS)] = PATTERN_WEEKS
    pattern_least: Annotated[int, msgspec.Meta(ge=FEWEST_NOTES, le=MOST_NOTES)] = PATTERN_LEAST
    report_duty: bool = False
    """Whether an incident may be marked as one that perhaps must be reported (bill 36 777 is not yet law)."""
    reportable: tuple[NationalKind, ...] | None = None
    """The national kinds that are marked then, beside what is grave; None: those that a new school begins with."""
    parnassys: str = ""
    """The template of the text for ParnasSys; empty: the built-in one."""


YearGroup = Annotated[int, msgspec.Meta(ge=0, le=8)]
"""One of the eight years of a Dutch primary school; 0: not known, or none of them."""


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group in a school year; `circle` is the id of those who teach it. The next year it is another group."""

    name: str
    year: str
    circle: str
    rules: tuple[str, ...] = ()
    """What the group agreed on, as it hangs in the room."""
    key: str = ""
    """What the pupil administration calls it; empty where it was made by hand."""
    year_groups: tuple[YearGroup, ...] = ()
    """Which years sit in it: several in a combination group; empty where nobody said."""


class Pupil(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pupil of one group. `family` holds the family name with what stands before it.

    No date of birth: keys, and a name within a group, tell pupils apart; where they do not, a person is asked.
    """

    given: str
    family: str = ""
    group: str
    """The id of the group; empty for a pupil who is in none."""
    left_on: date | None = None
    """The first day on which the pupil is not at school any more."""
    key: str = ""
    """What the pupil administration calls the pupil; empty where it was typed by hand."""
    eckid: str = ""
    """The beginning of a hash of the ECK iD: enough to recognise it, useless to anybody else."""
    year_group: YearGroup = 0

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given} {self.family}".rstrip()

    @property
    def initials(self) -> str:
        """First letters, as `S.v.D.`: enough for who knows the pupil, little for who walks past."""
        return initials(self.name)


def initials(name: str) -> str:
    """Return the first letter of each part of a name, small words small."""
    letters = (part.lstrip("'’")[:1] for part in name.split())
    return "".join(f"{letter}." for letter in letters if letter)


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
