"""A pattern in words: who, how often, which way, the criteria, and every figure as a line that opens its notes.

It says what was written down and asks to look. Nobody is called anything, and nothing is called bullying.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from data.errors import N_
from data.insight.patterns import Direction, Pattern
from data.insight.weigh import HARM, POWER, REPEATED, Advice, Finding, Sign
from data.model import Dismissal, Strand
from data.protocol import Criterion
from data.register import KnownPattern
from data.register.lists import behaviours

from .desk import Desk

ADVICE = {
    Advice.JUDGE: N_("weigh together"),
    Advice.MAYBE_BULLYING: N_("maybe bullying"),
    Advice.LOOK: N_("ask further"),
    Advice.CONFLICT: N_("like a conflict"),
    Advice.TEASING: N_("like teasing"),
}
"""What the notes may point at, for a column."""

ADVICE_SAID = {
    Advice.JUDGE: N_("Look: notes and people point the same way. Is this bullying? Decide it together."),
    Advice.MAYBE_BULLYING: N_("Look: this may be bullying. Ask both sides, and weigh it with a colleague."),
    Advice.LOOK: N_("Look: this keeps coming back. What it is, the notes do not tell: ask further."),
    Advice.CONFLICT: N_("Look: it goes both ways, which is more like a conflict. Ask both sides."),
    Advice.TEASING: N_("Look: it goes one way, and nobody wrote down that it hurts. Ask whether it does."),
}
"""The same as a sentence."""

_WAYS = {
    Direction.ONE_WAY: N_("always the same way"),
    Direction.MOSTLY: N_("mostly the same way"),
    Direction.BOTH: N_("both ways"),
    Direction.UNCLEAR: N_("which way is not written down"),
}

_PARTS = {
    "morning": N_("in the morning"),
    "noon": N_("around noon"),
    "afternoon": N_("in the afternoon"),
    "evening": N_("in the evening"),
}

_NAMED = 2
"""How many of several are named in a line by initials, one by name: the one they are against stands behind them."""

_SIGNS = {Sign.MET: "text", Sign.NOT_SEEN: "quiet", Sign.UNKNOWN: "key"}


@dataclass(frozen=True)
class Line:
    """One line about a pattern: what kind of figure, its number or sign, words, and the notes it opens."""

    label: str
    mark: str
    text: str
    notes: tuple[str, ...] = ()
    style: str = "text"
    case: str = ""
    """The code of the case that it opens instead."""


def _names(desk: Desk, pupils: Iterable[str]) -> str:
    shown, most = list(pupils), 1 if desk.names_shown else _NAMED
    more = f" +{len(shown) - most}" if len(shown) > most else ""
    return ", ".join(map(desk.pupil, shown[:most])) + more


def who(desk: Desk, pattern: Pattern) -> str:
    """Return the children with a sign for the way it goes: `D.v.t.H. → Z.d.V.`."""
    glyphs, (target, _, _) = desk.glyphs, pattern.ways
    others = pattern.others or [pupil for pupil in pattern.pupils if pupil != target]
    one_way = pattern.many or pattern.direction in (Direction.ONE_WAY, Direction.MOSTLY)
    sign = glyphs.to if one_way else glyphs.both if pattern.direction is Direction.BOTH else glyphs.dash
    return f"{_names(desk, others)} {sign} {desk.pupil(target)}"


def in_a_row(desk: Desk, pattern: Pattern) -> str:
    """Return the sentence for *my day*: `4th note about these two in 6 weeks`."""
    nth, weeks, trn = desk.words.ordinal(len(pattern.events)), pattern.weeks, desk.words.trn
    if pattern.many:
        return trn("{nth} note, several towards one, in {count} week",
                   "{nth} note, several towards one, in {count} weeks", weeks, nth=nth)  # fmt: skip
    return trn("{nth} note about these two in {count} week", "{nth} note about these two in {count} weeks",
               weeks, nth=nth)  # fmt: skip


def how_often(desk: Desk, pattern: Pattern) -> str:
    """Return how often in how many weeks, for a column."""
    return desk.words.trn("{often}× in {count} wk", "{often}× in {count} wks", pattern.weeks, often=len(pattern.events))


def sign(desk: Desk, finding: Finding | None) -> str:
    """Return the sign of a criterion; the words stand beside it where there is room."""
    glyphs = desk.glyphs
    if finding is None or finding.sign is Sign.UNKNOWN:
        return glyphs.lacking
    return glyphs.done if finding.sign is Sign.MET else glyphs.skipped


def signs(desk: Desk, known: KnownPattern) -> str:
    """Return the signs of the protocol's criteria, in its order."""
    return " ".join(sign(desk, known.findings.get(one.id)) for one in desk.register.protocol.criteria)


def letters(desk: Desk) -> str:
    """Return the first letters of the protocol's criteria, to stand above their signs."""
    return " ".join(one.title[:1].upper() for one in desk.register.protocol.criteria)


def legend(desk: Desk) -> tuple[str, str]:
    """Return what the letters and the signs mean."""
    glyphs, tr = desk.glyphs, desk.tr
    found = ((glyphs.done, tr("the notes show it")), (glyphs.skipped, tr("not seen")), (glyphs.lacking, tr("ask")))
    criteria = desk.register.protocol.criteria
    return (
        "   ".join(f"{one.title[:1].upper()} {one.title}" for one in criteria),
        "   ".join(f"{sign} {word}" for sign, word in found),
    )


def sides(pattern: Pattern) -> dict[str, Strand]:
    """Return the sides that a case about it begins with; where it goes both ways, nobody has one yet."""
    target, _, _ = pattern.ways
    if not pattern.many and pattern.direction in (Direction.BOTH, Direction.UNCLEAR):
        return dict.fromkeys(pattern.pupils, Strand.OTHER)
    others = {pupil: Strand.ACCUSED for pupil in (*pattern.others, *pattern.pupils) if pupil != target}
    return {target: Strand.BULLIED, **others}


# --- a pattern, line by line ---------------------------------------------------------------------------------


def lines(desk: Desk, known: KnownPattern) -> list[Line]:
    """Return everything there is to say about a pattern, figure by figure."""
    return [
        *_seen(desk, known.pattern),
        *_criteria(desk, known),
        *_cases(desk, known),
        Line("", "", ""),
        *_parts(desk, known.pattern),
        *_where_and_when(desk, known.pattern),
        *_earlier(desk, known),
    ]


def _figure(label: str, notes: tuple[str, ...], text: str, style: str = "text") -> Line:
    return Line(label, f"{len(notes)}×", text, notes, style)


def _seen(desk: Desk, pattern: Pattern) -> Iterator[Line]:
    words = desk.words
    first, last = (words.date(moment.astimezone().date()) for moment in (pattern.first, pattern.last))
    weeks = words.trn("{count} week", "{count} weeks", pattern.weeks)
    span = f"{first} {desk.glyphs.dash} {last}, {weeks}" if first != last else first
    yield _figure(desk.tr("notes"), pattern.ids, span, "strong")
    for group in pattern.maybe_same:
        yield _figure("", group, desk.tr("of these: maybe the same event, seen by two"))


def _parts(desk: Desk, pattern: Pattern) -> Iterator[Line]:
    """Yield who did what, as far as it was written down: at that moment, nothing anybody is."""
    tr, label = desk.tr, desk.tr("who")
    target, _, back = pattern.ways
    if pattern.many:
        for figure in pattern.sources:
            text = tr("{pupil}: did it or joined in", pupil=desk.pupil(figure.value))
            yield _figure(label, figure.notes, text)
            label = ""
        if back:
            yield _figure("", back, tr("the other way round"))
    else:
        other = next(pupil for pupil in pattern.pupils if pupil != target)
        for pupil in (other, target):
            for notes, text in (
                (pattern.did(pupil), tr("{pupil}: did it or joined in", pupil=desk.pupil(pupil))),
                (pattern.suffered(pupil), tr("{pupil}: it was done to them", pupil=desk.pupil(pupil))),
                (pattern.unclear(pupil), tr("{pupil}: part not known", pupil=desk.pupil(pupil))),
            ):
                if notes:
                    yield _figure(label, notes, text)
                    label = ""
    for figure in pattern.company:
        yield _figure("", figure.notes, tr("{pupil}: was there too", pupil=desk.pupil(figure.value)))
    if pattern.alone:
        ids = tuple(event.id for event in pattern.alone)
        text = tr("besides: it was done to {pupil}, nobody else named", pupil=desk.pupil(target))
        yield Line("", f"+{len(ids)}", text, ids, "quiet")


def _where_and_when(desk: Desk, pattern: Pattern) -> Iterator[Line]:
    named = {kind.id: kind.name for kind in behaviours(desk.register.school())}
    groups = (
        (desk.tr("where"), [(one, one.value) for one in pattern.places]),
        (desk.tr("when"), [(one, desk.words.day_name(int(one.value))) for one in pattern.weekdays]),
        ("", [(one, desk.tr(_PARTS[one.value])) for one in pattern.parts]),
        (desk.tr("what"), [(one, named.get(one.value, one.value)) for one in pattern.behaviours]),
        (desk.tr("written by"), [(one, desk.author(one.value)) for one in pattern.authors]),
    )
    for label, figures in groups:
        for at, (figure, text) in enumerate(figures):
            yield _figure("" if at else label, figure.notes, text)


def _criteria(desk: Desk, known: KnownPattern) -> Iterator[Line]:
    for criterion in desk.register.protocol.criteria:
        finding = known.findings.get(criterion.id)
        text = _finding(desk, known.pattern, criterion, finding)
        style = _SIGNS[finding.sign] if finding else "key"
        yield Line(criterion.title, sign(desk, finding), text, finding.notes if finding else (), style)


def _finding(desk: Desk, pattern: Pattern, criterion: Criterion, finding: Finding | None) -> str:
    """Return why a criterion stands as it does; what notes cannot show is asked in the protocol's words."""
    said = ""
    if finding is not None and finding.assessed:
        said = desk.tr("in the case: {answer}", answer=desk.tr(finding.assessed))
    return " · ".join(filter(None, (_why(desk, pattern, criterion, finding), said)))


def _why(desk: Desk, pattern: Pattern, criterion: Criterion, finding: Finding | None) -> str:
    tr, trn = desk.tr, desk.words.trn
    if finding is not None and criterion.id == REPEATED:
        often = trn("{count} time", "{count} times", pattern.moments)
        if pattern.maybe_same:
            often = tr("at least {often}", often=often)
        return f"{often}, {trn('over {count} day', 'over {count} days', pattern.days)}"
    if finding is not None and criterion.id == POWER and pattern.direction is not Direction.UNCLEAR:
        way = tr(_WAYS[pattern.direction])
        return f"{tr('several towards one')}, {way}" if pattern.many else way
    if finding is not None and criterion.id == HARM:
        if not finding.notes:
            return tr("nothing was written down about it")
        return trn("a child's words or an injury, in {count} note", "a child's words or an injury, in {count} notes",
                   len(finding.notes))  # fmt: skip
    return tr("ask: {question}", question=criterion.question) if criterion.question else tr("ask people")


def _cases(desk: Desk, known: KnownPattern) -> Iterator[Line]:
    for code in known.cases:
        text = desk.tr("all notes are in this case") if code == known.inside else desk.tr("some notes are in this case")
        yield Line(desk.tr("case"), desk.glyphs.here, f"{code}  {text}", style="key", case=code)
    for code in known.ended:
        text = desk.tr("some notes are in this case, which is closed")
        yield Line(desk.tr("case"), desk.glyphs.here, f"{code}  {text}", style="quiet", case=code)


def _earlier(desk: Desk, known: KnownPattern) -> Iterator[Line]:
    """Yield how it was weighed before the last time; it opens the notes of that time."""
    for one in known.weighed[1:]:
        notes = tuple(event.id for event in known.pattern.events if set(event.notes) & set(one.notes))
        yield Line(desk.tr("earlier"), f"{len(notes)}×", weighed(desk, one), notes, "quiet")


def weighed(desk: Desk, one: Dismissal) -> str:
    """Return when somebody found that nothing follows from it, who, on how much, and why."""
    count = len(one.notes)
    head = desk.words.trn(
        "weighed on {date} by {name}, {count} note: {reason}", "weighed on {date} by {name}, {count} notes: {reason}",
        count, date=desk.words.date(one.entered.astimezone().date()), name=desk.colleague(one.author),
        reason=desk.text(one.reason),
    )  # fmt: skip
    return head.replace("\n", " ")
