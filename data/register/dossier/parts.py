"""What a dossier consists of: sections of statements, each with whose it is; no words of the program's own yet."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ...model import CasePupil, Kept, PupilRef, Text
from ...model.agreements import AgreedWith
from ...protocol import Field, StepState

if TYPE_CHECKING:
    from .questions import Gap, Ruled

ANOTHER = PupilRef("")
"""Stands for every other pupil in what is made for one of them: whatever draws it has no name to draw."""


class Kind(StrEnum):
    """What a statement is."""

    STEP = "step"
    NOTE = "note"
    DECISION = "decision"
    AGREEMENT = "agreement"
    CHECK = "check"
    INCIDENT = "incident"
    INCIDENT_EVENT = "incident_event"
    MEMBER = "member"
    LOG = "log"


class Scope(StrEnum):
    """Whose a statement is, where it is no pupil's."""

    GROUP = "group"
    SCHOOL = "school"


Strands = frozenset[str] | Scope
"""Whose a statement is: some pupils' (by id), the group's or the school's (design, section 4)."""

ANYBODY = ""
"""Stands among the ids of a strand where a statement should have said whose it is, and did not."""


class Part(StrEnum):
    """A part of the dossier, in the order in which they are read."""

    STEP = "step"
    AGREEMENTS = "agreements"
    PARENTS = "parents"
    NOTES = "notes"
    INCIDENTS = "incidents"
    DECISIONS = "decisions"
    PEOPLE = "people"
    EXPORTS = "exports"


@dataclass(frozen=True)
class Said:
    """One text of a statement, under a code word; an empty one for the text that needs no heading."""

    label: str
    text: Text
    free: bool = True
    """Whether somebody typed it; else it is a list of pupils."""
    field: Field | None = None
    """The field of a step's form that it answers, where the protocol has it: its word, and those of its choices."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One thing that was written down: when it was, when it was written, by whom, and whose it is."""

    id: str
    kind: Kind
    day: dt.date
    entered: dt.datetime
    author: str
    """The name of who wrote it, by the signature."""
    strand: Strands
    said: tuple[Said, ...] = ()
    word: str = ""
    """A code word for what happened: the kind of a decision or of a line of the log, of a note, of an event."""
    step: int = 0
    """The number of the step it belongs to; 0 for none."""
    title: str = ""
    """That step's title, in the protocol's words."""
    state: StepState | None = None
    late: bool = False
    """Whether it was written down a good while after it happened."""
    corrects: str = ""
    corrected_by: str = ""
    to: str = ""
    """The name of the colleague it concerns."""
    again: dt.date | None = None
    """When it is looked at again."""
    party: AgreedWith | None = None
    kept: Kept | None = None
    safety: int | None = None
    withheld: bool = False
    """Whether what was typed is left out: it is about other pupils as well."""

    @property
    def free(self) -> bool:
        """Whether somebody typed something in it."""
        return any(said.free and said.text for said in self.said)


@dataclass(frozen=True, kw_only=True)
class Section:
    """Statements that belong together, in the order of time."""

    part: Part
    statements: tuple[Statement, ...]
    step: int = 0
    title: str = ""
    state: StepState | None = None
    needed: bool = True
    """Whether the protocol asks for this step in every case."""
    pupil: str = ""
    """Whose family it is about."""
    brief: bool = False
    """Whether its statements stand in full elsewhere in the dossier."""
    withheld: bool = False
    """Whether something that belongs here is left out, for it is shared and not approved."""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A case as proof, for everybody who takes part, or made for one pupil (`pupil`)."""

    code: str
    school: str
    protocol: str
    opened: dt.datetime
    open: bool
    owner: str
    made: dt.datetime
    made_by: str
    pupil: str
    pupils: tuple[CasePupil, ...]
    """Those who are named in it; of a dossier for one pupil that pupil alone."""
    ruled: "tuple[Ruled, ...]"
    """What complaint rulings ask, with the answers."""
    sections: tuple[Section, ...]
    to_approve: tuple[Statement, ...] = ()
    """Shared texts that somebody has to read before they go into a dossier for one pupil; already masked."""
    refused: tuple[Statement, ...] = ()
    """What names another pupil by a typed name: it stays out until it is written anew."""

    @property
    def gaps(self) -> "tuple[Gap, ...]":
        """What is missing, question by question, each once."""
        return tuple(dict.fromkeys(gap for ruled in self.ruled for gap in ruled.gaps))

    @property
    def names(self) -> dict[str, str]:
        """The names that stand in it: id → name."""
        return {pupil.pupil: pupil.name for pupil in self.pupils}

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in it, each once."""
        return tuple({said.id: said for section in self.sections for said in section.statements}.values())


def whose(statement: Statement) -> frozenset[str]:
    """Return the pupils whose statement it is; none for the group's and the school's."""
    return statement.strand if isinstance(statement.strand, frozenset) else frozenset()
