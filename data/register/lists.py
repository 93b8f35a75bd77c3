"""The lists a school begins with, and may change: places, kinds of behaviour, words that judge.

Common knowledge, not a norm: what counts is the school's own list. The nine national kinds are those of ITS/OCW 2009.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from ..clean import clean_line
from ..errors import N_, UsageError
from ..model import Behaviour, NationalKind, School
from .pupils import fold

MOST_PLACES, LONGEST_PLACE = 40, 60
MOST_BEHAVIOURS, LONGEST_BEHAVIOUR = 30, 40
MOST_JUDGING, LONGEST_JUDGING = 100, 40

_ALIKE = 0.6
"""How alike two names are, from 0 to 1, for one to count as the other's new spelling."""

NATIONAL_WORDS: dict[NationalKind, str] = {
    NationalKind.INJURY: N_("injury"),
    NationalKind.ARMED: N_("armed"),
    NationalKind.WEAPON: N_("weapon"),
    NationalKind.SEXUAL: N_("sexual"),
    NationalKind.BULLYING: N_("bullying"),
    NationalKind.DISCRIMINATION: N_("discrimination"),
    NationalKind.THREAT: N_("threat"),
    NationalKind.DAMAGE: N_("damage"),
    NationalKind.DRUGS: N_("drugs"),
}
"""One word for each national kind, as it is typed in the school's list."""

PLACES = ("klas", "gang", "toilet", "plein", "gym", "overblijf", "route", "online", "elders")

BEHAVIOURS = (
    Behaviour(id="fysiek", name="fysiek"),
    Behaviour(id="verbaal", name="verbaal"),
    Behaviour(id="buitensluiten", name="buitensluiten"),
    Behaviour(id="spullen", name="spullen", national=NationalKind.DAMAGE),
    Behaviour(id="digitaal", name="digitaal"),
    Behaviour(id="bedreiging", name="bedreiging", national=NationalKind.THREAT),
    Behaviour(id="discriminatie", name="discriminatie", national=NationalKind.DISCRIMINATION),
    Behaviour(id="seksueel", name="seksueel", national=NationalKind.SEXUAL),
    Behaviour(id="wapen", name="wapen", national=NationalKind.WEAPON),
    Behaviour(id="overig", name="overig"),
)

REPORTABLE = (NationalKind.INJURY, NationalKind.ARMED, NationalKind.WEAPON, NationalKind.SEXUAL)
"""National kinds that perhaps must be reported, where the school turned that on; a grave incident of any kind too.

The bill (36 777) speaks of serious safety incidents and is no law yet: a mark to think about, never a verdict.
"""

JUDGING = ("gemeen", "expres", "altijd", "nooit", "agressief", "asociaal", "vals", "zielig", "stiekem", "pester", "lui")


def behaviours(school: School) -> tuple[Behaviour, ...]:
    """Return the kinds of behaviour the school tells apart."""
    return school.behaviours or BEHAVIOURS


def judging(school: School) -> tuple[str, ...]:
    """Return the words at which a note asks for what was seen."""
    return JUDGING if school.judging is None else school.judging


def reportable(school: School) -> tuple[NationalKind, ...]:
    """Return the national kinds that are marked as perhaps to be reported, where the school turned that on."""
    return REPORTABLE if school.reportable is None else school.reportable


def checked_places(lines: Iterable[str]) -> tuple[str, ...]:
    """Return places as they are stored, each once; raises UsageError for too many or too long."""
    return _lines(lines, MOST_PLACES, LONGEST_PLACE)


def checked_judging(lines: Iterable[str]) -> tuple[str, ...]:
    """Return words that judge as they are stored, each once; raises UsageError for too many or too long."""
    return _lines(lines, MOST_JUDGING, LONGEST_JUDGING)


def _lines(lines: Iterable[str], most: int, longest: int) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for line in filter(None, (clean_line(line, 10 * longest).lstrip("-*• ") for line in lines)):
        found.setdefault(fold(line), line)
    if len(found) > most:
        raise UsageError(N_("At most {most} lines fit in this list."), most=most)
    if any(len(line) > longest for line in found.values()):
        raise UsageError(N_("A line of this list has at most {most} characters."), most=longest)
    return tuple(found.values())


def renamed(before: Sequence[Behaviour], typed: Iterable[tuple[str, NationalKind | None]]) -> tuple[Behaviour, ...]:
    """Return a list of kinds as it was typed anew, in which what only got another name or place keeps its id.

    Notes name a kind by its id: one that was spelled anew is still the same kind in last year's notes. A line that
    took the place of one that is gone, or is spelled much like it, is that one; any other is new. Raises UsageError.
    """
    lines = [(clean_line(name, 10 * LONGEST_BEHAVIOUR), national) for name, national in typed]
    lines = [(name, national) for name, national in lines if name]
    names, old = [fold(name) for name, _ in lines], [fold(one.name) for one in before]
    if len(set(names)) < len(names):
        raise UsageError(N_("Each kind of behaviour stands in the list once."))
    if len(names) > MOST_BEHAVIOURS:
        raise UsageError(N_("At most {most} lines fit in this list."), most=MOST_BEHAVIOURS)
    if any(len(name) > LONGEST_BEHAVIOUR for name, _ in lines):
        raise UsageError(N_("A line of this list has at most {most} characters."), most=LONGEST_BEHAVIOUR)
    same = {name: before[old.index(name)].id for name in names if name in old}
    gone = [at for at, name in enumerate(old) if name not in names]
    for here, there in _pairs(old, names):
        if here in gone and names[there] not in same:
            same[names[there]] = before[here].id
            gone.remove(here)
    found: list[Behaviour] = []
    used = set(same.values())
    for (name, national), folded in zip(lines, names, strict=True):
        ident = same.get(folded) or _new_id(folded, used)
        used.add(ident)
        found.append(Behaviour(id=ident, name=name, national=national))
    return tuple(found)


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return which line took whose place (by their places): what is spelled alike first, then line for line."""
    alike, in_place = list[tuple[int, int]](), list[tuple[int, int]]()
    for what, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "replace":
            continue
        near = [(_likeness(old[a], new[b]), a, b) for a in range(i, j) for b in range(m, n)]
        alike += [(a, b) for ratio, a, b in sorted(near, reverse=True) if ratio >= _ALIKE]
        if j - i == n - m:
            in_place += zip(range(i, j), range(m, n), strict=True)
    return alike + in_place


def _likeness(one: str, other: str) -> float:
    """Return how alike two names are; one that was only made longer is the same."""
    longer = one.startswith(f"{other} ") or other.startswith(f"{one} ")
    return 1.0 if longer else SequenceMatcher(None, one, other).ratio()


def _new_id(name: str, used: set[str]) -> str:
    """Return an id for a new kind: its name in plain letters, with a number where that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:20].strip("-") or "soort"
    number, ident = 1, plain
    while ident in used:
        number += 1
        ident = f"{plain}-{number}"
    return ident
