"""What a protocol file holds, part by part; every part but identity, phases and steps may be left out."""

import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

RoleWord = Literal[
    "teacher", "coordinator", "ib", "director", "counsellor", "support", "kwink", "external", "administrator"
]
"""The code word of a task in the school (design, section 6): what the vault calls a role, no keys attached."""

When = Literal["always", "if_agreed", "optional"]
"""Whether a step belongs to every case, only to those where it was agreed, or is a possibility."""


Unit = Literal["days", "weeks", "school_days"]
"""What a term counts: days or weeks of the calendar, as the law does, or days on which there is school."""


class Proof(StrEnum):
    """What a case must hold to show that a step was taken; the program knows these, never step numbers."""

    ASSESSMENT = "assessment"
    HEARING = "hearing"
    CONSULTATION = "consultation"
    PARENT_TALK = "parent_talk"
    GROUP_ACTIVITY = "group_activity"
    SOLUTION = "solution"
    AGREEMENT = "agreement"
    CHECK = "check"
    REPORT = "report"
    CONFERENCE = "conference"
    EXPERT = "expert"
    REMOVAL = "removal"


_Line = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=100)]
_Text = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=2000)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=999)]
_Link = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$", max_length=300)]
_Roles = Annotated[tuple[RoleWord, ...], msgspec.Meta(min_length=1)]


PER_PUPIL = {Proof.HEARING, Proof.PARENT_TALK}
"""What is asked for every pupil on either side, or every family."""


class Identity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which protocol this is, whose, and its dates; a date that is None is not known."""

    id: _Line
    version: _Line
    name: _Line
    school: _Line
    foundation: _Line | None = None
    responsible: RoleWord
    drawn_up: datetime.date | None = None
    evaluated: datetime.date | None = None
    discussed_in_mr: datetime.date | None = None


class Phase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stage of the protocol, and who leads in it; `leaving` says what has to be clear before the next one."""

    id: _Line
    title: _Line
    who: _Roles
    leaving: _Text | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step: what to do, who does it and what proves it.

    `guidance` has one sentence a line; `ask` heads the step's text field, and `per_pupil_ask` the pupils of a step
    that asks something of each of them; without it a common question stands there. `term_days` is advice: calendar
    days after the step before it or, for a step that repeats, after its last entry; a day without school puts it off.
    """

    number: _Number
    phase: _Line
    title: _Line
    guidance: _Text
    ask: _Line
    per_pupil_ask: _Line | None = None
    who: _Roles
    proof: Proof
    repeats: bool = False
    when: When = "always"
    term_days: _Number | None = None

    @property
    def per_pupil(self) -> bool:
        """Whether it is whole only once every pupil on either side was heard, or every family spoken with."""
        return self.proof in PER_PUPIL


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sign by which bullying is told from a conflict or teasing, and the question to ask."""

    id: _Line
    title: _Line
    question: _Line


class RoleText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody with a task does, and when to go to them; `outside`: somebody from outside the school as well."""

    role: RoleWord
    title: _Line
    does: _Text
    go_to: _Text
    outside: bool = False


class Chapter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the protocol that is there to be read: a goal, how parents are involved, where rules hang."""

    title: _Line
    text: _Text


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method the school works with, and what it consists of: lessons, competences, working forms."""

    id: _Line
    title: _Line
    text: _Text
    parts: tuple[_Line, ...] = ()


class Annex(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that belongs to the protocol, with where it is found if it is there already."""

    title: _Line
    link: _Link | None = None
    remark: _Line | None = None


class RemovalItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a suspension or an expulsion asks for, with where that is written.

    A `term` counts from the day on which the item `after` was done, or from the end of the term of `after_term`; both
    name an earlier item.
    """

    id: _Line
    text: _Line
    source: _Line
    term: _Number | None = None
    unit: Unit = "days"
    after: _Line | None = None
    after_term: _Line | None = None


class Checklist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has to be done, in order, for one kind of removal."""

    kind: Literal["suspension", "expulsion"]
    title: _Line
    items: Annotated[tuple[RemovalItem, ...], msgspec.Meta(min_length=1, max_length=12)]


class Removal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes when nothing else helped: a title, what has to be known about it, and a list per kind."""

    title: _Line
    text: _Text
    checklists: tuple[Checklist, ...] = ()


class Protocol(Identity, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole protocol: numbers rise, and steps stand in the order of their phases."""

    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    definition: str = ""
    """What bullying is, in this school's words."""
    criteria: tuple[Criterion, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    roles: tuple[RoleText, ...] = ()
    methods: tuple[Method, ...] = ()
    annexes: tuple[Annex, ...] = ()
    removal: Removal | None = None


class File(msgspec.Struct, forbid_unknown_fields=True):
    """The file's own shape: one table or list per part."""

    protocol: Identity
    phases: Annotated[tuple[Phase, ...], msgspec.Meta(min_length=1)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    definition: _Text | None = None
    criteria: tuple[Criterion, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    roles: tuple[RoleText, ...] = ()
    methods: tuple[Method, ...] = ()
    annexes: tuple[Annex, ...] = ()
    removal: Removal | None = None
