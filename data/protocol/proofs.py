"""What each kind of proof asks for besides its sentence: the fields of a step, and what a done one lacks or could use.

The step's own text is always the first field, and who was there stands beside it; here is what comes after. A field
is known by its id, a choice by its code word: what an older or newer program wrote under another one is kept.
Sources: domain, section 1 (the table of the protocol), 2 (what rulings look at), 4 (four criteria) and 5 (removal).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from ..clean import MAX_TEXT, clean_line, clean_text
from ..errors import N_, UsageError
from .parts import Criterion, Proof, Step

MAX_LINE = 200
"""The longest answer on one line, in characters."""

PRESENT = "present"
"""The id under which an entry tells who was there; it stands beside the text in every entry."""


class FieldKind(StrEnum):
    """How a field is filled in: a line, a text of several lines, one of a few words, or a day."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DAY = "day"


class Option(msgspec.Struct, frozen=True):
    """A code word that can be chosen, and the message that says it."""

    value: str
    label: str


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a proof holds. `label` is a message; a `title` of the protocol's own goes before it."""

    id: str
    label: str = ""
    title: str = ""
    question: str = ""
    """What to ask oneself, in the protocol's words."""
    kind: FieldKind = FieldKind.LINE
    options: tuple[Option, ...] = ()
    first: bool = False
    """Whether it stands in the form at once; the others come on demand."""
    ahead: bool = False
    """Whether its day may be still to come: a measure begins after it was decided."""


_YES, _NO = Option("yes", N_("yes")), Option("no", N_("no"))
_JUDGEMENT = (
    Option("conflict", N_("conflict")),
    Option("teasing", N_("teasing")),
    Option("maybe_bullying", N_("maybe bullying")),
    Option("bullying", N_("bullying")),
)
_CHANNEL = (
    Option("at_school", N_("at school")),
    Option("phone", N_("phone")),
    Option("video", N_("video")),
    Option("at_home", N_("at home")),
    Option("written", N_("in writing")),
)
_FORM = (
    Option("talk", N_("talk")),
    Option("role_play", N_("role play")),
    Option("examples", N_("own examples")),
    Option("story", N_("story")),
    Option("other", N_("something else")),
)
_MEASURE = (Option("suspension", N_("suspension")), Option("expulsion", N_("expulsion")))

_CRITERIA = "criterion_"
"""What the ids of the protocol's criteria begin with here: they are the school's own words."""

_FIELDS: Mapping[Proof, tuple[Field, ...]] = {
    Proof.ASSESSMENT: (
        Field(id="since", label=N_("since when"), first=True),
        Field(id="how_often", label=N_("how often"), first=True),
        Field(id="where", label=N_("where"), first=True),
        Field(id="seen_by", label=N_("who saw it")),
        Field(id="judgement", label=N_("judgement"), kind=FieldKind.CHOICE, options=_JUDGEMENT),
        Field(id="judged_by", label=N_("judged by")),
    ),
    Proof.HEARING: (
        Field(id="told_before", label=N_("told beforehand"), kind=FieldKind.CHOICE, options=(_YES, _NO), first=True),
    ),
    Proof.CONSULTATION: (
        Field(id="judgement", label=N_("judgement"), kind=FieldKind.CHOICE, options=_JUDGEMENT, first=True),
        Field(id="advice", label=N_("advice"), kind=FieldKind.TEXT, first=True),
        Field(id="decision", label=N_("decision"), kind=FieldKind.TEXT, first=True),
        Field(id="question", label=N_("question"), kind=FieldKind.TEXT),
    ),
    Proof.PARENT_TALK: (
        Field(id="channel", label=N_("spoken"), kind=FieldKind.CHOICE, options=_CHANNEL, first=True),
        Field(id="summary_sent", label=N_("summary sent on"), kind=FieldKind.DAY, first=True),
        Field(id="agreements", label=N_("agreed"), kind=FieldKind.TEXT),
    ),
    Proof.GROUP_ACTIVITY: (Field(id="form", label=N_("form"), kind=FieldKind.CHOICE, options=_FORM, first=True),),
    Proof.SOLUTION: (Field(id="options", label=N_("other ideas"), kind=FieldKind.TEXT, first=True),),
    Proof.REPORT: (
        Field(id="to", label=N_("to whom"), first=True),
        Field(id="reaction", label=N_("reaction"), kind=FieldKind.TEXT, first=True),
    ),
    # What was decided is the sentence itself.
    Proof.CONFERENCE: (Field(id="tasks", label=N_("who does what"), kind=FieldKind.TEXT, first=True),),
    Proof.EXPERT: (
        Field(id="expert", label=N_("who helps"), first=True),
        Field(id="organisation", label=N_("organisation"), first=True),
        Field(id="from_day", label=N_("from"), kind=FieldKind.DAY, ahead=True, first=True),
        Field(id="outcome", label=N_("outcome"), kind=FieldKind.TEXT),
    ),
    Proof.REMOVAL: (
        Field(id="measure", label=N_("measure"), kind=FieldKind.CHOICE, options=_MEASURE, first=True),
        Field(id="from_day", label=N_("from"), kind=FieldKind.DAY, ahead=True, first=True),
        Field(id="to_day", label=N_("until"), kind=FieldKind.DAY, ahead=True, first=True),
        Field(id="letter_sent", label=N_("letter sent on"), kind=FieldKind.DAY, ahead=True),
    ),
}

_WHO: Mapping[Proof, str] = {
    Proof.HEARING: N_("present"),
    Proof.CONSULTATION: N_("with whom"),
    Proof.PARENT_TALK: N_("present"),
    Proof.CONFERENCE: N_("present"),
}

_LACKS: Mapping[Proof, tuple[str, ...]] = {
    # Ruling 106704: "not examined in time whether it was structural". A judgement made in the consultation, where
    # the protocol asks for it, serves as well.
    Proof.ASSESSMENT: ("judgement",),
    # WPO 40c: in writing, with reasons.
    Proof.REMOVAL: ("letter_sent",),
}

_COULD_USE: Mapping[Proof, tuple[str, ...]] = {
    # Ruling 106704 again: repeated incidents are told by how often.
    Proof.ASSESSMENT: ("how_often",),
    # The protocol's table: with whom. A sentence can say it as well, so it is no gap.
    Proof.CONSULTATION: (PRESENT,),
    # Rulings 105512 (poor parent contact) and 104451 (reports sent); the protocol itself does not ask for it.
    Proof.PARENT_TALK: ("summary_sent",),
}


def fields_of(step: Step, criteria: Iterable[Criterion] = ()) -> tuple[Field, ...]:
    """Return what a step's kind of proof asks for, in the order of the form; an assessment weighs the criteria."""
    found = _FIELDS.get(step.proof, ())
    if step.proof is not Proof.ASSESSMENT:
        return found
    answers = (_YES, _NO, Option("unclear", N_("unclear")))
    asked = tuple(
        Field(id=f"{_CRITERIA}{one.id}", title=one.title, question=one.question, kind=FieldKind.CHOICE, options=answers)
        for one in criteria
    )
    # The judgement follows from the criteria, so it stands behind them.
    at = next(place for place, field in enumerate(found) if field.id == "judgement")
    return (*found[:at], *asked, *found[at:])


def criteria_in(details: Iterable[str]) -> dict[str, str]:
    """Return the criteria that an assessment's details answer, by the protocol's id: the id of the field."""
    return {field.removeprefix(_CRITERIA): field for field in details if field.startswith(_CRITERIA)}


def who_label(proof: Proof) -> str:
    """Return the message that asks who was there, as this kind of proof means it."""
    return _WHO.get(proof, N_("who"))


def lacking(proof: Proof, given: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the fields without which a done step's proof has a gap, as `no_judgement`."""
    return tuple(f"no_{field}" for field in _LACKS.get(proof, ()) if field not in set(given))


def useful(proof: Proof, given: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the fields that would make the proof of a done step stronger; without them it has no gap."""
    return tuple(field for field in _COULD_USE.get(proof, ()) if field not in set(given))


def checked(fields: Iterable[Field], typed: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what was filled in, cleaned, without what is empty; a day is ISO, a choice its code word.

    Raises UsageError for a field that is unknown, a choice that is none, a day that is none or that is still to
    come where the field does not allow it, a text that is too long, and a last day before the first.
    """
    known, found = {field.id: field for field in fields}, dict[str, str]()
    for ident, value in typed.items():
        if value.strip():
            if ident not in known:
                raise UsageError(N_("This step does not ask for that."))
            found[ident] = _checked(known[ident], value, today)
    if "from_day" in found and found.get("to_day", found["from_day"]) < found["from_day"]:
        raise UsageError(N_("The last day lies before the first."))
    return found


def _checked(field: Field, value: str, today: date) -> str:
    if field.kind is FieldKind.CHOICE:
        if value not in {option.value for option in field.options}:
            raise UsageError(
                N_("One of these is expected: {allowed}"), allowed=", ".join(o.value for o in field.options)
            )
        return value
    if field.kind is FieldKind.DAY:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise UsageError(N_("Which day? For example: 3 dec, thursday, in 2 weeks, 3-12-2026.")) from None
        if day > today and not field.ahead:
            raise UsageError(N_("This date is still to come."))
        return day.isoformat()
    most = MAX_TEXT if field.kind is FieldKind.TEXT else MAX_LINE
    if len(value) > most:
        raise UsageError(N_("This text is too long: {count} characters, at most {most}."), count=len(value), most=most)
    return clean_text(value).strip() if field.kind is FieldKind.TEXT else clean_line(value, MAX_LINE)
