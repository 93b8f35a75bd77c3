"""What a file with groups and pupils would change, as values: to be shown, chosen from, and written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..exchange.roll import RollGroup
from ..model import Group, Pupil


@dataclass(frozen=True)
class Choices:
    """What a person has said about who cannot be told from the file."""

    left: bool = False
    """Who is not in the file has left the school."""
    same: bool = False
    """Who has the name of a pupil of another group is that pupil."""


@dataclass(frozen=True)
class Account:
    """Somebody who logs in here, with the ids of the groups they teach now; `teaches`: it is their task."""

    login: str
    name: str
    groups: frozenset[str] = frozenset()
    teaches: bool = True


@dataclass(frozen=True)
class Present:
    """What there is now: groups and pupils by id, accounts, and the ids of groups whose circle has somebody in it."""

    groups: Mapping[str, Group]
    pupils: Mapping[str, Pupil]
    accounts: tuple[Account, ...] = ()
    taught: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tally:
    """How many of a kind are new, changed, gone, and as they were."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0


class Fate(StrEnum):
    """What becomes of a pupil."""

    NEW = "new"
    CHANGED = "changed"
    LEFT = "left"
    ABSENT = "absent"
    """Not in the file; at school until somebody says otherwise."""
    ALIKE = "alike"
    """Has the name of a pupil of another group; left out until somebody has said whether it is the same child."""


@dataclass(frozen=True)
class Move:
    """One pupil's difference, with the names of the groups before and after. `by_name`: no key told who it is."""

    fate: Fate
    name: str
    before: str = ""
    after: str = ""
    by_name: bool = False


@dataclass(frozen=True)
class Write:
    """A pupil to be written: under an id, or empty for a new one. `ref` is the file's name of a group that is new."""

    id: str
    pupil: Pupil
    ref: str = ""


@dataclass(frozen=True)
class Proposal:
    """A colleague whom the file names as teacher of groups that their account does not have."""

    login: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The differences, what is to be said about them, and what is to be written."""

    year: str
    begins: bool
    """Whether a school year begins with it: there were groups, and all of them of earlier years."""
    earlier: str
    """The last school year here, where the file is of one before it."""
    assumed: bool
    """Whether the school year is that of today, because the file names none."""
    groups: Tally
    pupils: Tally
    teachers: Tally
    moves: tuple[Move, ...]
    dropped: tuple[str, ...]
    untaught: tuple[str, ...]
    """Names of groups that no colleague with an account teaches."""
    proposals: tuple[Proposal, ...]
    grouped_nowhere: int
    """How many pupils the file puts into no group."""
    unknown_leavers: int
    """How many have left and were never here: not taken."""
    leavers: frozenset[str]
    """The ids of those who leave."""
    new_groups: tuple[RollGroup, ...] = ()
    changed_groups: Mapping[str, Group] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()

    def count(self, fate: Fate) -> int:
        """Return how many pupils there are of a fate."""
        return sum(move.fate is fate for move in self.moves)

    @property
    def by_name(self) -> int:
        """How many pupils are known by their name alone."""
        return sum(move.by_name for move in self.moves)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.new_groups or self.changed_groups or self.writes)
