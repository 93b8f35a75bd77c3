"""Groups and pupils: pasted as one name per line, found by the first letters of any part of a name."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec

from ..clean import clean_line
from ..errors import N_, NotAllowed, UsageError
from ..model import Group, Pupil
from ..vault.directory import CircleKind
from ..vault.table import VaultDB
from ..vault.vault import Vault

MAX_LINES = 60
"""How many names one paste may hold: a group is rarely above 35, so more is a mistake."""

_BARE = str.maketrans("ıłŁøØđĐ’", "ilLoOdD'")
"""Letters that no normal form takes apart, and the apostrophe that word processors write in `van ’t`."""


def school_year(day: date) -> str:
    """Return the school year of a day, `2026-2027`; it begins on 1 August (WPO, art. 1)."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def fold(text: str) -> str:
    """Return a name as it is searched: without accents and capitals."""
    plain = unicodedata.normalize("NFD", text.translate(_BARE))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


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


class Pupils:
    """The pupils' list as this person can read it (staff can, outsiders cannot)."""

    def __init__(self, vault: Vault, db: VaultDB) -> None:
        self._vault = vault
        self._db = db

    def groups(self) -> dict[str, Group]:
        """Return the groups by id, in the order of their names."""
        found = {str(d.doc_id): msgspec.convert(dict(d), Group) for d in self._db.table("groups").all()}
        return dict(sorted(found.items(), key=lambda item: (len(item[1].name), item[1].name)))

    def group_named(self, name: str) -> str | None:
        """Return the id of the group with this name, or None."""
        wanted = fold(clean_line(name))
        return next((ident for ident, group in self.groups().items() if fold(group.name) == wanted), None)

    def my_groups(self) -> set[str]:
        """Return the ids of the groups this person teaches."""
        return {c.label for c in self._vault.directory.circles_of(self._vault.me.id, CircleKind.GROUP)}

    def all(self) -> list[KnownPupil]:
        """Return all pupils who are at school, own groups first, then by group and name."""
        return [known for known in self.ever() if known.pupil.left_on is None]

    def ever(self) -> list[KnownPupil]:
        """Return all pupils, also those who left, in the order of `all`."""
        groups, mine = self.groups(), self.my_groups()
        rank = {ident: position for position, ident in enumerate(groups)}
        found = [
            KnownPupil(str(d.doc_id), pupil, groups[pupil.group].name if pupil.group in groups else "")
            for d in self._db.table("pupils").all()
            for pupil in (msgspec.convert(dict(d), Pupil),)
        ]
        return sorted(found, key=lambda p: (p.pupil.group not in mine, rank.get(p.pupil.group, 999), fold(p.name)))

    def get(self, ident: str) -> Pupil | None:
        """Return a pupil, or None if there is none or this person cannot read the list."""
        document = self._db.table("pupils").get(doc_id=ident)  # type: ignore[call-overload]
        return msgspec.convert(dict(document), Pupil) if document else None

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
        if self.group_named(name):
            raise UsageError(N_("There is already a group {name}."), name=name)
        if not self._vault.me.steward:
            raise NotAllowed(N_("Only a coordinator or the director can add groups and pupils."))
        ident = self._vault.machine.random(8).hex()
        with self._vault.transaction() as transaction:
            circle = transaction.new_circle(CircleKind.GROUP, ident)
            transaction.join(circle.id, self._vault.directory.the(CircleKind.LEAD).id)
            group = Group(name=name, year=school_year(today), circle=circle.id.hex())
            table = self._db.table("groups")
            table.insert(table.document_class(msgspec.to_builtins(group), ident))
        return ident

    def add_lines(self, group: str, pasted: str) -> tuple[int, int]:
        """Add a pupil per pasted line to a group; returns how many were added and how many were there already.

        A line is `Given family` or `Family, Given`; bullets, numbers and tabs in front are left out.
        """
        names = [name for line in pasted.splitlines() if (name := split_name(line))]
        if len(names) > MAX_LINES:
            raise UsageError(N_("{count} names at once is too many for one group."), count=len(names))
        if not self._vault.me.steward:
            raise NotAllowed(N_("Only a coordinator or the director can add groups and pupils."))
        table = self._db.table("pupils")
        with self._vault.transaction():
            if group not in self.groups():
                raise UsageError(N_("There is no such group."))
            there = {fold(known.name) for known in self.all() if known.pupil.group == group}
            new: dict[str, Pupil] = {}
            for given, family in names:
                pupil = Pupil(given=given, family=family, group=group)
                if fold(pupil.name) not in there:
                    new.setdefault(fold(pupil.name), pupil)
            table.insert_multiple(msgspec.to_builtins(pupil) for pupil in new.values())
        return len(new), len(names) - len(new)


def split_name(line: str) -> tuple[str, str] | None:
    """Return (given, family) of one pasted line, or None if there is no name in it."""
    text = clean_line(line.replace("\t", " "), 80).lstrip("-*•·0123456789.) ").strip()
    if "," in text:
        family, _, given = (part.strip() for part in text.partition(","))
        text = f"{given} {family}".strip()
    given, _, family = text.partition(" ")
    return (given, family.strip()) if given else None
