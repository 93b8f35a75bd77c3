"""Groups and pupils: pasted as one name per line, found by the first letters of any part of a name.

A group belongs to one school year and has a circle of those who teach it. What is written about a pupil is granted to
the circle of the pupil's group at that moment and to no other later: a pupil who goes to another group, or to the next
year's, takes nothing along. Who taught them keeps what they could read; who teaches them now reads what is new.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

import msgspec

from ..clean import clean_line
from ..errors import N_, NotAllowed, UsageError
from ..insight.year_input import year_of
from ..model import Group, Pupil
from ..vault.entries import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .schema import groups_taught
from .text import level

MAX_LINES = 60
"""How many names one paste may hold: a group is rarely above 35, so more is a mistake."""

_BARE = str.maketrans("ıłŁøØđĐ’", "ilLoOdD'")
"""Letters that no normal form takes apart, and the apostrophe that word processors write in `van ’t`."""


school_year = year_of
"""The school year of a day."""


def fold(text: str) -> str:
    """Return a name as it is searched: without accents and capitals."""
    if text.isascii():
        return text.casefold()  # most texts, and at a fraction of the time
    plain = unicodedata.normalize("NFD", text.translate(_BARE))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def at_school(pupil: Pupil, today: date) -> bool:
    """Whether a pupil has not left yet."""
    return pupil.left_on is None or pupil.left_on > today


@dataclass(frozen=True)
class KnownPupil:
    """A pupil with id and the name of the group."""

    id: str
    pupil: Pupil
    group: str

    @property
    def name(self) -> str:
        """The whole name."""
        return self.pupil.name

    @cached_property
    def forms(self) -> tuple[str, str]:
        """The whole name and the given name as texts are searched for them: each note asks it of everybody."""
        return level(self.pupil.name), level(self.pupil.given)


class Pupils:
    """The pupils' list as this person can read it (staff can, outsiders cannot)."""

    def __init__(self, vault: Vault, db: VaultDB) -> None:
        self._vault = vault
        self._db = db
        self._listed: tuple[object, list[KnownPupil], list[KnownPupil]] = (None, [], [])
        """What the lists were made from, everybody, and who is at school."""
        self._taught: tuple[object, frozenset[str]] = (None, frozenset())
        """What one's own groups were found in, and their ids."""

    def groups(self) -> dict[str, Group]:
        """Return the groups of all school years by id: the last year first, then in the order of their names."""
        found = self._db.table("groups").everything(Group)
        by_name = sorted(found.items(), key=lambda item: (len(item[1].name), item[1].name))
        return dict(sorted(by_name, key=lambda item: item[1].year, reverse=True))

    def group_names(self) -> dict[str, str]:
        """Return what each group is called, by id: each in its own way, in the order of `groups`.

        A group of the past is `groep 6 (2025-2026)`: who types `groep 6` never means last year's circle.
        """
        return self._group_names(self._read())

    def group_named(self, name: str) -> str | None:
        """Return the id of the group that `group_names` calls so, or None."""
        wanted = fold(clean_line(name))
        return next((ident for ident, called in self.group_names().items() if fold(called) == wanted), None)

    def present_groups(self) -> dict[str, Group]:
        """Return the groups of the last school year, and earlier ones that somebody is still in."""
        return self._present(self.groups(), self._read())

    def my_groups(self) -> set[str]:
        """Return the ids of the groups this person teaches, of the last school year in which they teach any."""
        # Whom it is about, and who teaches them, seldom changes; every note asks, here and below.
        now = self._vault.stamp("groups")
        if now is None or now != self._taught[0]:
            self._taught = now, frozenset(groups_taught(self._vault, self._vault.directory))
        return set(self._taught[1])

    def all(self) -> list[KnownPupil]:
        """Return all pupils who are at school, own groups first, then by group and name."""
        return list(self._lists()[1])

    def everybody(self) -> list[KnownPupil]:
        """Return all pupils, also those who have left, in the order of `all`."""
        return list(self._lists()[0])

    def _lists(self) -> tuple[list[KnownPupil], list[KnownPupil]]:
        today, mine = self._today(), frozenset(self.my_groups())
        now = self._vault.stamp("pupils", "groups"), today, mine
        if now[0] is None or now != self._listed[0]:
            everybody = self._list(mine)
            self._listed = now, everybody, [known for known in everybody if at_school(known.pupil, today)]
        return self._listed[1:]

    def forget(self) -> None:
        """Forget everybody's names: the session ends."""
        self._listed = None, [], []

    def _list(self, mine: frozenset[str]) -> list[KnownPupil]:
        pupils = self._read()
        names = self._group_names(pupils)
        rank = {ident: position for position, ident in enumerate(names)}
        found = [KnownPupil(ident, pupil, names.get(pupil.group, "")) for ident, pupil in pupils.items()]
        return sorted(found, key=lambda p: (p.pupil.group not in mine, rank.get(p.pupil.group, 999), fold(p.name)))

    def _read(self) -> dict[str, Pupil]:
        return self._db.table("pupils").everything(Pupil)

    def _today(self) -> date:
        return self._vault.machine.clock.now().date()

    def _present(self, groups: dict[str, Group], pupils: dict[str, Pupil]) -> dict[str, Group]:
        today, last = self._today(), max((group.year for group in groups.values()), default="")
        used = {pupil.group for pupil in pupils.values() if at_school(pupil, today)}
        return {ident: group for ident, group in groups.items() if group.year == last or ident in used}

    def _group_names(self, pupils: dict[str, Pupil]) -> dict[str, str]:
        groups = self.groups()
        names, present = dict[str, str](), self._present(groups, pupils)
        taken = set[str]()
        for ident, group in groups.items():
            plain = ident in present and fold(group.name) not in taken
            names[ident] = group.name if plain else f"{group.name} ({group.year})"
            taken.add(fold(names[ident]))
        return names

    def names(self) -> dict[str, str]:
        """Return the name of every pupil by id: what was written about somebody who has left names them still."""
        return {ident: pupil.name for ident, pupil in self._read().items()}

    def get(self, ident: str) -> Pupil | None:
        """Return a pupil, or None if there is none or this person cannot read the list."""
        return self._db.table("pupils").typed(ident, Pupil)

    def find(self, typed: str, among: Iterable[KnownPupil] | None = None) -> list[KnownPupil]:
        """Return the pupils of whom some part of the name begins with what was typed, own groups first.

        Several words must each begin a part: `s dij` finds Sem van Dijk.
        """
        wanted = fold(clean_line(typed)).lstrip("@").split()
        pupils = self.all() if among is None else among
        return [
            known
            for known in pupils
            if wanted and all(any(part.startswith(word) for part in fold(known.name).split()) for word in wanted)
        ]

    def one(self, argument: str) -> KnownPupil:
        """Return the pupil with this id, or the only one with this name; raises UsageError."""
        known = self.all()
        for pupil in known:
            if pupil.id == argument:
                return pupil
        wanted = fold(clean_line(argument))
        exact = [pupil for pupil in known if wanted in (fold(pupil.name), fold(pupil.pupil.given))]
        found = exact or self.find(argument, known)
        if len(found) == 1:
            return found[0]
        if not found:
            raise UsageError(N_("No pupil fits. `pesttui pupils` lists the ids."))
        raise UsageError(N_("{count} pupils fit. Use the id; `pesttui pupils` lists them."), count=len(found))

    def add_group(self, name: str, today: date) -> str:
        """Make a group in this school year, with a circle that the leads are in; stewards only."""
        name = clean_line(name, 40)
        if not name:
            raise UsageError(N_("A group has a name."))
        year = school_year(today)
        if any(fold(group.name) == fold(name) and group.year >= year for group in self.groups().values()):
            raise UsageError(N_("There is already a group {name}."), name=name)
        self.require_steward()
        return self.make_group(Group(name=name, year=year, circle=""))

    def make_group(self, group: Group) -> str:
        """Write a group with a circle of its own, which so far only the leads are in, and return its id.

        Nobody comes into that circle by a file or by having taught these pupils before: a steward lets them in.
        """
        ident = self._vault.machine.random(8).hex()
        with self._vault.transaction() as transaction:
            circle = transaction.new_circle(CircleKind.GROUP, ident)
            transaction.join(circle.id, self._vault.directory.the(CircleKind.LEAD).id)
            document = msgspec.to_builtins(msgspec.structs.replace(group, circle=circle.id.hex()))
            table = self._db.table("groups")
            table.insert(table.document_class(document, ident))
        return ident

    def require_steward(self) -> None:
        """Raise NotAllowed for who may not change the list."""
        if not self._vault.me.steward:
            raise NotAllowed(N_("Only a coordinator or the director can add groups and pupils."))

    def add_lines(self, group: str, pasted: str) -> tuple[int, int]:
        """Add a pupil per pasted line to a group; returns how many were added and how many were there already.

        A line is `Given family` or `Family, Given`; bullets, numbers and tabs in front are left out.
        """
        count = sum(1 for line in pasted.splitlines() if split_name(line))
        if count > MAX_LINES:
            raise UsageError(N_("{count} names at once is too many for one group."), count=count)
        self.require_steward()
        table = self._db.table("pupils")
        with self._vault.transaction():
            if group not in self.groups():
                raise UsageError(N_("There is no such group."))
            new = sort_lines(pasted, group, self.all()).new
            table.insert_multiple(msgspec.to_builtins(pupil) for pupil in new)
        return len(new), count - len(new)


@dataclass(frozen=True)
class Pasted:
    """What pasted lines would do to a group; nobody is ever taken out of it."""

    new: tuple[Pupil, ...]
    """Who comes into it."""
    there: tuple[str, ...]
    """The names of those who are in it already, as they were pasted."""
    stays: int
    """How many are in it and not among the lines."""
    elsewhere: tuple[KnownPupil, ...]
    """Who has the name of one of the new, in another group."""
    too_many: bool
    """Whether there are more names than one paste may hold, so that nobody would be added."""


def sort_lines(pasted: str, group: str, known: Iterable[KnownPupil]) -> Pasted:
    """Say what pasted lines would do to a group, by id; `known` are all who are at school.

    The first `MAX_LINES` names count, each once: more are refused when they are added.
    """
    here, others = dict[str, str](), dict[str, list[KnownPupil]]()
    for one in known:
        if one.pupil.group == group:
            here[fold(one.name)] = one.name
        else:
            others.setdefault(fold(one.name), []).append(one)
    names = list(islice(filter(None, map(split_name, pasted.splitlines())), MAX_LINES + 1))
    pupils = [Pupil(given=given, family=family, group=group) for given, family in names[:MAX_LINES]]
    lines = {fold(pupil.name): pupil for pupil in reversed(pupils)}
    in_order = list(reversed(lines.items()))
    return Pasted(
        new=tuple(pupil for name, pupil in in_order if name not in here),
        there=tuple(pupil.name for name, pupil in in_order if name in here),
        stays=len(here.keys() - lines.keys()),
        elsewhere=tuple(one for name, _ in in_order if name not in here for one in others.get(name, ())),
        too_many=len(names) > MAX_LINES,
    )


def split_name(line: str) -> tuple[str, str] | None:
    """Return (given, family) of one pasted line, or None if there is no name in it."""
    text = clean_line(line.replace("\t", " "), 80).lstrip("-*•·0123456789.) ").strip()
    if "," in text:
        family, _, given = (part.strip() for part in text.partition(","))
        text = f"{given} {family}".strip()
    given, _, family = text.partition(" ")
    return (given, family.strip()) if given else None
