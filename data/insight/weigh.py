"""What a pattern may mean: four criteria of bullying, as far as notes can show them, and a word of advice.

Conflict, teasing, bullying: the difference is intent, repetition, power and harm (domain, section 4; the ids are those
of the protocol). Only what can be counted is counted. Nothing here is a verdict: that is for people.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .patterns import Direction, Pattern

LONG_DAYS = 7
"""From so many days on it is "over a longer time": common knowledge, no norm."""

INTENT, REPEATED, POWER, HARM = "intent", "repeated", "power", "harm"
"""The criteria that mean something here; a school's protocol may have others, which notes do not show."""

YES, NO, UNCLEAR = ANSWERS = ("yes", "no", "unclear")
"""The answers of an assessment to a criterion (`protocol.proofs`); the first two settle it."""


class Sign(StrEnum):
    """How a criterion stands."""

    MET = "met"
    NOT_SEEN = "not_seen"
    UNKNOWN = "unknown"
    """Notes do not tell: somebody has to ask."""


@dataclass(frozen=True)
class Finding:
    """How a criterion stands, on which events, and what people said of it in a case."""

    sign: Sign
    notes: tuple[str, ...] = ()
    assessed: str = ""
    """`yes`, `no` or `unclear`, as a case has it; empty where none has."""


class Advice(StrEnum):
    """What the notes may point at, what weighs most first. Of the protocol's words, `bullying` is for people alone."""

    JUDGE = "judge"
    """All four criteria are met, by what people found too: theirs is the word."""
    MAYBE_BULLYING = "maybe_bullying"
    LOOK = "look"
    """There is something, and the notes do not tell what."""
    CONFLICT = "conflict"
    TEASING = "teasing"


def weigh(
    pattern: Pattern, *, least: int, harmful: Collection[str] = (), assessed: Mapping[str, str] | None = None
) -> dict[str, Finding]:
    """Return how the four criteria stand. `harmful` are the ids of behaviour with which somebody is injured.

    `assessed` is what a case's assessment says, by criterion: it settles what notes leave open, and stands beside what
    they show.
    """
    found = {
        INTENT: Finding(Sign.UNKNOWN),
        REPEATED: _repeated(pattern, least),
        POWER: _power(pattern, least),
        HARM: _harm(pattern, harmful),
    }
    for criterion, answer in (assessed or {}).items():
        if criterion in found:
            found[criterion] = _with(found[criterion], answer)
    return found


def _with(finding: Finding, answer: str) -> Finding:
    sign = finding.sign
    if sign is not Sign.MET:
        sign = {YES: Sign.MET, NO: Sign.NOT_SEEN}.get(answer, sign)
    return Finding(sign, finding.notes, answer)


def _repeated(pattern: Pattern, least: int) -> Finding:
    """Often enough and over a longer time; what may be one event counts once."""
    if pattern.moments < 2:
        return Finding(Sign.NOT_SEEN, pattern.ids)
    long = pattern.moments >= least and pattern.days >= LONG_DAYS
    return Finding(Sign.MET if long else Sign.UNKNOWN, pattern.ids)


def _power(pattern: Pattern, least: int) -> Finding:
    """Several at once towards one, or always the same way; it is not seen where it goes both ways."""
    target, there, back = pattern.ways
    at_once = tuple(event.id for event in pattern.events if target in event.hurt and len(event.active - {target}) > 1)
    match pattern.direction:
        case Direction.ONE_WAY if pattern.many or len(there) >= least:
            return Finding(Sign.MET, there)
        case Direction.ONE_WAY | Direction.UNCLEAR:
            return Finding(Sign.MET, at_once) if len(at_once) > 1 else Finding(Sign.UNKNOWN, there)
        case Direction.BOTH if not pattern.many and not at_once:
            return Finding(Sign.NOT_SEEN, tuple(dict.fromkeys((*there, *back))) or pattern.ids)
        case _:
            return Finding(Sign.UNKNOWN, tuple(dict.fromkeys((*there, *back))))


def _harm(pattern: Pattern, harmful: Collection[str]) -> Finding:
    """Somebody was injured, or a child said something of it."""
    about = [*pattern.events, *pattern.alone]
    found = tuple(event.id for event in about if event.words or set(event.behaviours) & set(harmful))
    return Finding(Sign.MET if found else Sign.NOT_SEEN, found)


def advise(pattern: Pattern, findings: Mapping[str, Finding]) -> Advice:
    """Return what the notes may point at."""
    met = {criterion for criterion, finding in findings.items() if finding.sign is Sign.MET}
    if {INTENT, REPEATED, POWER, HARM} <= met:
        return Advice.JUDGE
    if {REPEATED, POWER} <= met or (pattern.direction is Direction.MOSTLY and {REPEATED, HARM} <= met):
        return Advice.MAYBE_BULLYING
    if pattern.direction is Direction.BOTH and POWER not in met and not pattern.many:
        return Advice.CONFLICT
    if pattern.direction is Direction.ONE_WAY and not met & {POWER, HARM}:
        return Advice.TEASING
    return Advice.LOOK
