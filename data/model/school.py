"""The school: its protocol in force, its lists and settings, its groups and pupils."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from ..protocol.parts import RoleWord

QUIET_DAYS = 14
"""After so many days without a word an open case asks for attention: "open for ever" is how cases get lost."""

PATTERN_WEEKS = 8
"""Over so many weeks notes about the same pupils are looked at together."""

PATTERN_LEAST = 3
"""From so many notes they are called a pattern."""

MOST_WEEKS, FEWEST_NOTES, MOST_NOTES = 104, 2, 50
"""Between what a school sets the two before."""


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
