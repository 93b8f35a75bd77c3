"""What a file with groups and pupils would change here: found out first, without writing anything.

Groups are those of one school year: found by their key, else by their name; in another school year every group is a
new one. Pupils are found by ECK iD, then by key, then by whole name within the same group. Who has the whole name of
a pupil of another group may be that pupil or another child: nothing is done until a person has said which. Nobody
leaves by not being in a file: the file says so, or a person does.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from msgspec.structs import replace

from ..exchange.roll import Roll, RollGroup, RollPupil, RollTeacher
from ..model import Group, Pupil
from .differences import Account, Choices, Fate, Move, Plan, Present, Proposal, Tally, Write
from .pupils import at_school, fold, school_year

ECKID_LENGTH = 32
"""How many hex digits of the hash of an ECK iD are kept: no two pupils of a school share them."""


def short_eckid(eckid: str) -> str:
    """Return what is kept of an ECK iD; empty for none."""
    return hashlib.sha256(eckid.encode()).hexdigest()[:ECKID_LENGTH] if eckid else ""


def compare(roll: Roll, present: Present, today: date, choices: Choices) -> Plan:
    """Return what a roll would change."""
    last = max((group.year for group in present.groups.values()), default="")
    year = roll.year or school_year(today)
    found = _match_groups(roll, present.groups, year)
    groups = {ref: present.groups[ident] for ref, ident in found.items()}
    changed = {
        found[group.ref]: now
        for group in roll.groups
        if group.ref in found and (now := _changed_group(groups[group.ref], group)) != groups[group.ref]
    }
    new = tuple(group for group in roll.groups if group.ref not in found)
    gone = [ident for ident, group in present.groups.items() if group.year == last and ident not in found.values()]
    pupils = _Pupils(roll, present, found, today, choices)
    taught = _untaught(roll, present, found)
    return Plan(
        year=year,
        begins=bool(last) and year > last,
        earlier=last if year < last else "",
        assumed=not roll.year,
        groups=Tally(len(new), len(changed), len(gone), len(found) - len(changed)),
        pupils=pupils.tally(),
        teachers=_tally_teachers(roll, present, found),
        moves=tuple(pupils.moves),
        dropped=roll.dropped,
        untaught=taught,
        proposals=_proposals(roll, present, found),
        grouped_nowhere=sum(not pupil.group and not pupil.leaving for pupil in roll.pupils),
        unknown_leavers=pupils.unknown,
        leavers=frozenset(pupils.leavers),
        new_groups=new,
        changed_groups=changed,
        writes=tuple(pupils.writes),
    )


# --- groups -----------------------------------------------------------------------------------------------------


def _match_groups(roll: Roll, groups: Mapping[str, Group], year: str) -> dict[str, str]:
    """Return the id of each of the file's groups that is there in this school year: by key, else by name."""
    there = {ident: group for ident, group in groups.items() if group.year == year}
    keys = {group.key: ident for ident, group in there.items() if group.key}
    found = {group.ref: keys[group.key] for group in roll.groups if group.key in keys}
    names = {fold(group.name): ident for ident, group in there.items() if ident not in found.values()}
    for group in roll.groups:
        if group.ref not in found and fold(group.name) in names:
            found[group.ref] = names.pop(fold(group.name))
    return found


def _changed_group(now: Group, said: RollGroup) -> Group:
    return replace(now, name=said.name, key=said.key or now.key, year_groups=said.year_groups or now.year_groups)


# --- pupils -----------------------------------------------------------------------------------------------------


@dataclass
class _Pupils:
    """The file's pupils held against those that there are."""

    roll: Roll
    present: Present
    found: Mapping[str, str]
    today: date
    choices: Choices
    moves: list[Move] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    leavers: list[str] = field(default_factory=list)
    unknown: int = 0
    same: int = 0

    def __post_init__(self) -> None:
        matched, by_name = self._match()
        alike = self._alike(matched)
        names = {group.ref: group.name for group in self.roll.groups}
        for at, said in enumerate(self.roll.pupils):
            ident = matched.get(at, "") or (alike.get(at, "") if self.choices.same else "")
            if ident:
                self._known(ident, said, names.get(said.group, ""), by_name=at in by_name or at in alike)
            elif at in alike:
                before = self._group(self.present.pupils[alike[at]].group)
                self.moves.append(Move(Fate.ALIKE, said.name, before, names.get(said.group, ""), by_name=True))
            elif said.left or (said.left_on is not None and said.left_on <= self.today):
                self.unknown += 1
            else:
                self._write("", Pupil(given=said.given, group=""), said)
                self.moves.append(Move(Fate.NEW, said.name, "", names.get(said.group, "")))
        there = {*matched.values(), *alike.values()}
        for ident, pupil in self.present.pupils.items():
            if ident not in there and at_school(pupil, self.today):
                self._absent(ident, pupil)

    def _match(self) -> tuple[dict[int, str], set[int]]:
        """Return who is who, by place in the file, and which of them by name alone."""
        left = dict(self.present.pupils)
        matched: dict[int, str] = {}

        def take(mark: Callable[[RollPupil], str], there: Callable[[Pupil], str]) -> None:
            known = {there(pupil): ident for ident, pupil in left.items() if there(pupil)}
            for at, said in enumerate(self.roll.pupils):
                ident = known.get(mark(said), "")
                if at not in matched and ident in left and not _others(said, left[ident]):
                    matched[at] = ident
                    del left[ident]

        take(lambda said: short_eckid(said.eckid), lambda pupil: pupil.eckid)
        take(lambda said: said.key, lambda pupil: pupil.key)
        here = {
            at: (self.found.get(said.group, ""), fold(said.name))
            for at, said in enumerate(self.roll.pupils)
            if at not in matched
        }
        there = {
            ident: (pupil.group, fold(pupil.name))
            for ident, pupil in left.items()
            if at_school(pupil, self.today) and pupil.group
        }
        pairs = self._pairs(here, there)
        return matched | pairs, set(pairs)

    def _alike(self, matched: Mapping[int, str]) -> dict[int, str]:
        """Return who of the file has the name of one pupil elsewhere in the school, whom nothing else tells."""
        here = {
            at: ("", fold(said.name))
            for at, said in enumerate(self.roll.pupils)
            if at not in matched and not said.leaving
        }
        taken = set(matched.values())
        there = {
            ident: ("", fold(pupil.name))
            for ident, pupil in self.present.pupils.items()
            if ident not in taken and at_school(pupil, self.today)
        }
        return self._pairs(here, there)

    def _pairs(self, here: Mapping[int, tuple[str, str]], there: Mapping[str, tuple[str, str]]) -> dict[int, str]:
        """Return pairs of one mark that no other in the file or in the school has: two of a name are told by nobody."""
        ours, theirs = Counter(here.values()), Counter(there.values())
        by_mark = {mark: ident for ident, mark in there.items()}
        return {
            at: by_mark[mark]
            for at, mark in here.items()
            if ours[mark] == theirs[mark] == 1 and not _others(self.roll.pupils[at], self.present.pupils[by_mark[mark]])
        }

    def _known(self, ident: str, said: RollPupil, after: str, *, by_name: bool) -> None:
        before = self.present.pupils[ident]
        if said.left or (said.left_on is not None and said.left_on <= self.today):
            if at_school(before, self.today):
                self.leavers.append(ident)
                left_on = said.left_on or self.today
                self.writes.append(Write(ident, replace(before, left_on=left_on)))
                self.moves.append(Move(Fate.LEFT, before.name, self._group(before.group), by_name=by_name))
            else:
                self.same += 1
        elif self._write(ident, before, said):
            self.moves.append(Move(Fate.CHANGED, said.name, self._group(before.group), after, by_name=by_name))
        else:
            self.same += 1

    def _write(self, ident: str, before: Pupil, said: RollPupil) -> bool:
        """Keep what is to be written of a pupil; False where nothing is."""
        new_group = bool(said.group) and said.group not in self.found
        now = replace(
            before,
            given=said.given,
            family=said.family,
            group="" if new_group else self.found.get(said.group, before.group),
            left_on=said.left_on,
            key=said.key or before.key,
            eckid=short_eckid(said.eckid) or before.eckid,
            year_group=said.year_group or before.year_group,
        )
        if now == before and ident:
            return False
        self.writes.append(Write(ident, now, said.group if new_group else ""))
        return True

    def _absent(self, ident: str, pupil: Pupil) -> None:
        group = self._group(pupil.group)
        if self.choices.left:
            self.leavers.append(ident)
            self.writes.append(Write(ident, replace(pupil, left_on=self.today)))
        self.moves.append(Move(Fate.LEFT if self.choices.left else Fate.ABSENT, pupil.name, group))

    def _group(self, ident: str) -> str:
        return self.present.groups[ident].name if ident in self.present.groups else ""

    def tally(self) -> Tally:
        """Return how many are new, changed, gone and as they were."""
        counted = Counter(move.fate for move in self.moves)
        return Tally(counted[Fate.NEW], counted[Fate.CHANGED], counted[Fate.LEFT] + counted[Fate.ABSENT], self.same)


def _others(said: RollPupil, pupil: Pupil) -> bool:
    """Whether these are two children for certain: what the administration calls them differs.

    An ECK iD goes before a key, which a school gives anew when it changes to another administration.
    """
    if said.eckid and pupil.eckid:
        return short_eckid(said.eckid) != pupil.eckid
    return bool(said.key and pupil.key and said.key != pupil.key)


# --- teachers ---------------------------------------------------------------------------------------------------


def _accounts(roll: Roll, present: Present) -> dict[str, Account]:
    """Return the accounts of the file's teachers by name; two colleagues of one name are told by nobody."""
    counted = Counter(fold(account.name) for account in present.accounts)
    known = {fold(account.name): account for account in present.accounts if counted[fold(account.name)] == 1}
    return {teacher.name: known[fold(teacher.name)] for teacher in roll.teachers if fold(teacher.name) in known}


def _taught(teacher: RollTeacher, found: Mapping[str, str]) -> frozenset[str]:
    """Return the groups a teacher has by the file: ids, and for new ones what the file calls them."""
    return frozenset(found.get(ref, f"#{ref}") for ref in teacher.groups)


def _tally_teachers(roll: Roll, present: Present, found: Mapping[str, str]) -> Tally:
    """Count the file's teachers against the accounts; a file that names none says nothing about them."""
    if not roll.teachers:
        return Tally()
    known = _accounts(roll, present)
    same = sum(
        teacher.name in known and _taught(teacher, found) == known[teacher.name].groups for teacher in roll.teachers
    )
    new = sum(teacher.name not in known for teacher in roll.teachers)
    logins = {account.login for account in known.values()}
    gone = sum(account.teaches and account.login not in logins for account in present.accounts)
    return Tally(new, len(roll.teachers) - new - same, gone, same)


def _proposals(roll: Roll, present: Present, found: Mapping[str, str]) -> tuple[Proposal, ...]:
    """Return the colleagues whom the file names for groups that they do not have here."""
    known, names = _accounts(roll, present), {group.ref: group.name for group in roll.groups}
    return tuple(
        Proposal(account.login, account.name, lacking)
        for teacher in roll.teachers
        if (account := known.get(teacher.name))
        and (lacking := tuple(names[ref] for ref in teacher.groups if found.get(ref, "") not in account.groups))
    )


def _untaught(roll: Roll, present: Present, found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the groups with pupils in them whose circle has no colleague in it yet."""
    used: Iterable[str] = {pupil.group for pupil in roll.pupils if not pupil.leaving}
    return tuple(
        group.name for group in roll.groups if group.ref in used and found.get(group.ref, "") not in present.taught
    )
