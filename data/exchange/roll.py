"""What is taken of a file with groups and pupils, whatever its format: this much, and nothing else.

A file out of a pupil administration holds citizen numbers, countries of birth, weights, postcodes. What has no field
here never gets further than the reader of the format, which tells the names of what it dropped and no values.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NoReturn

from ..clean import clean_line
from ..errors import N_, UsageError

MOST_BYTES = 20_000_000
"""The largest file that is read; one of a school of 600 pupils has about one million."""

MOST_GROUPS, MOST_PUPILS, MOST_TEACHERS = 1_000, 10_000, 2_000
"""Far above any school; more is no school's list."""

LONGEST_NAME, LONGEST_KEY = 80, 256
"""In characters; longer keys than EDEXML allows are refused, names are cut."""

MOST_DROPPED = 60
"""How many names of dropped fields are told."""

_YEAR = re.compile(r"(\d{4})\s*[-/]\s*(\d{4})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
_DUTCH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_FORMULA = ("=", "+", "-", "@")

FORMULA = N_("{file}, line {line}: a name does not begin with = + - or @: this looks like a formula")
NAMELESS = N_("{file}, line {line}: a name is missing")
NO_KEY = N_("{file}, line {line}: the key is missing")
LONG_KEY = N_("{file}, line {line}: a key has at most {limit} characters")
KEY_TWICE = N_("{file}, line {line}: this key stands in the file twice, first on line {first}")
ECKID_TWICE = N_("{file}, line {line}: this ECK iD stands in the file twice, first on line {first}")
GROUP_TWICE = N_("{file}, line {line}: two groups have this name, the first on line {first}; give each its own")
PUPIL_TWICE = N_("{file}, line {line}: this name stands in the group twice, first on line {first}; give each a key")
NO_GROUP = N_("{file}, line {line}: the group that is named here is not in the file")
NO_YEAR = N_("{file}, line {line}: a school year such as 2026-2027 is expected")
NO_DAY = N_("{file}, line {line}: a date such as 2027-07-31 is expected")
TOO_MANY = N_("{file}, line {line}: more than {limit} of these is no school's list")
EMPTY = N_("{file}: there are no pupils in it")


class NotTaken(UsageError):
    """A file that is not imported; the message names file, line and reason, and nothing that stands in it."""

    title = N_("This file is not imported")


@dataclass(frozen=True)
class RollGroup:
    """A group. `ref` is what the file's pupils and teachers call it; `key` is empty where that is a dummy."""

    ref: str
    name: str
    key: str = ""
    year_groups: tuple[int, ...] = ()


@dataclass(frozen=True)
class RollPupil:
    """A pupil. `group` is a group's `ref`, empty for none; `left` with no day: the file does not say when."""

    given: str
    family: str = ""
    group: str = ""
    key: str = ""
    eckid: str = ""
    year_group: int = 0
    left: bool = False
    left_on: date | None = None

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given} {self.family}".rstrip()

    @property
    def leaving(self) -> bool:
        """Whether the pupil has left or is about to."""
        return self.left or self.left_on is not None


@dataclass(frozen=True)
class RollTeacher:
    """A teacher by name, with the `ref`s of the groups; what they do at school is not taken: a file gives no rights."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roll:
    """A school year's list. `year` is empty where the file does not say; `dropped` are names of fields."""

    year: str
    groups: tuple[RollGroup, ...]
    pupils: tuple[RollPupil, ...]
    teachers: tuple[RollTeacher, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass
class RollBuilder:
    """Collects a roll line by line, and refuses what cannot be in one. `file` is what messages call the file."""

    file: str
    year: str = ""
    groups: dict[str, RollGroup] = field(default_factory=dict)
    pupils: list[RollPupil] = field(default_factory=list)
    teachers: list[RollTeacher] = field(default_factory=list)
    _seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    _named: list[tuple[str, int]] = field(default_factory=list)
    """Groups that somebody is in, with the lines."""
    _dropped: dict[str, None] = field(default_factory=dict)

    def refuse(self, message: str, line: int = 0, **values: object) -> NoReturn:
        """Raise NotTaken."""
        raise NotTaken(message, file=self.file, line=line, **values)

    def drop(self, name: str) -> None:
        """Tell that a field of this name is not taken."""
        if len(self._dropped) < MOST_DROPPED and (cleaned := clean_line(name, 40)):
            self._dropped[cleaned] = None

    def school_year(self, text: str, line: int) -> str:
        """Return a school year as `2026-2027`."""
        found = _YEAR.fullmatch(text.strip())
        if not found or int(found[2]) != int(found[1]) + 1:
            self.refuse(NO_YEAR, line)
        return f"{found[1]}-{found[2]}"

    def day(self, text: str, line: int) -> date:
        """Return a date that is written as `2027-07-31` or `31-7-2027`."""
        typed = text.strip()
        found, dutch = _DAY.fullmatch(typed), _DUTCH_DAY.fullmatch(typed)
        parts = found.groups() if found else dutch.groups()[::-1] if dutch else ()
        try:
            return date(*map(int, parts))
        except (TypeError, ValueError):
            self.refuse(NO_DAY, line)

    def name(self, text: str, line: int) -> str:
        """Return a name on one line. What a spreadsheet would calculate is none."""
        cleaned = clean_line(text, LONGEST_NAME)
        if cleaned.startswith(_FORMULA):
            self.refuse(FORMULA, line)
        return cleaned

    def key(self, text: str, line: int) -> str:
        """Return a key; empty for a dummy, which begins with # and means nothing outside its file."""
        cleaned = clean_line(text, LONGEST_KEY + 1)
        if len(cleaned) > LONGEST_KEY:
            self.refuse(LONG_KEY, line, limit=LONGEST_KEY)
        return "" if cleaned.startswith("#") else cleaned

    def add_group(self, ref: str, name: str, line: int, *, year_group: int = 0, key: str = "") -> None:
        """Add a group."""
        if not name:
            self.refuse(NAMELESS, line)
        if len(self.groups) >= MOST_GROUPS:
            self.refuse(TOO_MANY, line, limit=MOST_GROUPS)
        self._once(KEY_TWICE, line, "group", ref)
        self._once(GROUP_TWICE, line, "group's name", name.casefold())
        self.groups[ref] = RollGroup(ref, name, key, (year_group,) if year_group else ())

    def add_pupil(self, pupil: RollPupil, line: int) -> None:
        """Add a pupil."""
        if not pupil.given:
            self.refuse(NAMELESS, line)
        if len(self.pupils) >= MOST_PUPILS:
            self.refuse(TOO_MANY, line, limit=MOST_PUPILS)
        if pupil.key:
            self._once(KEY_TWICE, line, "pupil", pupil.key)
        if pupil.eckid:
            self._once(ECKID_TWICE, line, "eckid", pupil.eckid)
        if not pupil.key and not pupil.eckid:
            self._once(PUPIL_TWICE, line, "name", pupil.group, pupil.name.casefold())
        if pupil.group and not pupil.leaving:
            self._named.append((pupil.group, line))
        self.pupils.append(pupil)

    def add_teacher(self, teacher: RollTeacher, line: int) -> None:
        """Add a teacher; one without a name says nothing."""
        if len(self.teachers) >= MOST_TEACHERS:
            self.refuse(TOO_MANY, line, limit=MOST_TEACHERS)
        if teacher.name:
            self.teachers.append(teacher)

    def _once(self, message: str, line: int, *value: str) -> None:
        if value in self._seen:
            self.refuse(message, line, first=self._seen[value])
        self._seen[value] = line

    def done(self) -> Roll:
        """Return the roll: each pupil's year, and for each group the years of the pupils in it."""
        for ref, line in self._named:
            if ref not in self.groups:
                self.refuse(NO_GROUP, line)
        if not self.pupils:
            self.refuse(EMPTY)
        pupils = tuple(self._with_year(pupil) for pupil in self.pupils)
        inside: dict[str, set[int]] = {ref: set(group.year_groups) for ref, group in self.groups.items()}
        there = [pupil for pupil in pupils if pupil.group and not pupil.leaving]
        for ref in {pupil.group for pupil in there}:
            # Who sits in it knows better than the group, which in a combination has no year at all.
            years = {pupil.year_group for pupil in there if pupil.group == ref and pupil.year_group}
            inside[ref] = years or inside[ref]
        groups = tuple(replace(group, year_groups=tuple(sorted(inside[ref]))) for ref, group in self.groups.items())
        return Roll(self.year, groups, pupils, tuple(self.teachers), tuple(sorted(self._dropped, key=str.casefold)))

    def _with_year(self, pupil: RollPupil) -> RollPupil:
        """Return a pupil with a year: the pupil's own goes before that of the group."""
        if pupil.group not in self.groups:
            pupil = replace(pupil, group="")
        own = self.groups[pupil.group].year_groups if pupil.group else ()
        return replace(pupil, year_group=own[0]) if own and not pupil.year_group and not pupil.left else pupil


def year_group(text: str) -> int:
    """Return a year of primary school, 0 for what is none (toddlers, a combination, secondary school)."""
    cleaned = text.strip()
    return int(cleaned) if cleaned in set("12345678") else 0


def has_left(text: str) -> bool:
    """Whether a year is `H`, as EDEXML calls pupils of the past."""
    return text.strip().upper() == "H"


def given_name(called: str, names: str, letters: str, family: str) -> tuple[str, str]:
    """Return (given, family): what a child is called, else the first of its names, else its letters."""
    first = called or next(iter(names.split()), "") or letters
    return (first, family) if first else (family, "")


def whole_name(parts: Iterable[str]) -> str:
    """Return the parts of a name that there are, as in `van 't Hof`."""
    return " ".join(filter(None, parts))
