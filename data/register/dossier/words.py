"""A dossier in a reader's words: lines with a style, the same for the screen, the command line and paper."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ...clean import clean_text
from ...errors import N_
from ...model import DecisionKind, IncidentWhat, Kept, LogEntry, LogKind
from ...model.agreements import AgreedWith
from ...protocol import FieldKind, StepState
from ...words import Words
from ..details import facts, field_title
from ..incident_words import WHAT as INCIDENT
from ..log_words import told as exported
from ..text import draw
from .parts import Dossier, Kind, Part, Said, Section, Statement
from .questions import Answer, Asked, Evidence, Gap, GapKind, Ruled


class Style(StrEnum):
    """What a line is, for whatever draws it."""

    TITLE = "title"
    FACT = "fact"
    PART = "part"
    """The heading of a part."""
    SECTION = "section"
    """The heading of a step, or of a family."""
    GAP = "gap"
    ASKED = "asked"
    HEAD = "head"
    """When, what and who: stands above what was said."""
    TEXT = "text"
    QUIET = "quiet"


@dataclass(frozen=True)
class Line:
    """A line of any length; `label` stands before a text, `right` beside a heading or a question."""

    style: Style
    text: str
    label: str = ""
    right: str = ""
    answer: Answer | None = None


_ASKED = {
    Asked.REGISTERED: N_("Was everything written down in time?"),
    Asked.EXAMINED: N_("Was each report looked into, the later ones too?"),
    Asked.APPLIED: N_("Was each step done, or left out with a reason?"),
    Asked.HEARD: N_("Were both sides heard?"),
    Asked.TOLD: N_("Were both families spoken with?"),
    Asked.AGREED: N_("Are the agreements on paper?"),
    Asked.KEPT: N_("Were the agreements checked, and are they kept?"),
    Asked.REPORTED: N_("Was it reported how it goes, without anybody asking?"),
    Asked.EVALUATED: N_("Is there a day to look back on?"),
}

_ASKED_OF_ONE = {Asked.HEARD: N_("Was this pupil heard?"), Asked.TOLD: N_("Was this pupil's family spoken with?")}

_ANSWER = {Answer.YES: N_("yes"), Answer.PARTLY: N_("partly"), Answer.NO: N_("no")}

_GAP = {
    GapKind.NOTHING: N_("Nothing has been written down."),
    GapKind.LATE: N_("What happened on {day} was written down late."),
    GapKind.NOT_ASSESSED: N_("{step}: it was not mapped yet who, where, when and how often."),
    GapKind.STRUCTURAL: N_("There were several reports by {day}; the case was opened long after."),
    GapKind.NOT_EXAMINED: N_("Nothing was done with the report of {day}."),
    GapKind.PASSED_OVER: N_("{step}: passed over, without a reason."),
    GapKind.STEP_OPEN: N_("{step}: not done."),
    GapKind.STEP_LATE: N_("{step}: was due on {day}."),
    GapKind.NOT_HEARD: N_("{step}: {pupil} was not heard."),
    GapKind.NO_OTHER_SIDE: N_("It is not known who is on the other side."),
    GapKind.NOT_TOLD: N_("{step}: the parents of {pupil} were not spoken with."),
    GapKind.END_NOT_TOLD: N_("The parents of {pupil} were not told that the case was closed."),
    GapKind.NO_AGREEMENT: N_("No agreement is on paper."),
    GapKind.NOT_CHECKED: N_("Nobody looked whether the agreements are kept."),
    GapKind.CHECK_LATE: N_("Nobody looked on {day} whether an agreement is kept."),
    GapKind.NOT_SAID: N_("It was looked at on {day}, but not marked whether the agreements are kept."),
    GapKind.NOT_KEPT: N_("An agreement was not kept (looked at on {day})."),
    GapKind.PARTLY_KEPT: N_("An agreement was kept in part (looked at on {day})."),
    GapKind.NO_REPORT: N_("No report of how it goes was given."),
    GapKind.RANG: N_("{count} signals came in: more than the school made contact itself."),
    GapKind.NO_DAY: N_("There is no day on which the case is looked at again."),
    GapKind.DAY_PAST: N_("The case was to be looked at again on {day}."),
}

_PART = {
    Part.STEP: N_("The protocol, step by step"),
    Part.AGREEMENTS: N_("Agreements, and whether they are kept"),
    Part.PARENTS: N_("Contact with parents"),
    Part.NOTES: N_("Notes"),
    Part.INCIDENTS: N_("Incidents, and what was done about them"),
    Part.DECISIONS: N_("Decisions and hand-overs"),
    Part.PEOPLE: N_("Who takes part"),
    Part.EXPORTS: N_("What was exported"),
}

_LABEL = {
    "about": N_("About"),
    "present": N_("With"),
    "reason": N_("Because"),
    "words": N_("Child's words"),
    "did": N_("Done"),
    "place": N_("Where"),
    "heard_from": N_("From"),
    "advice": N_("Advice"),
    "told": N_("Told"),
    "kind": N_("Kind"),
    "with_what": N_("With what"),
    "why": N_("Why"),
}

_DECISION = {
    DecisionKind.CONSULTED: N_("consultation"),
    DecisionKind.CLOSED: N_("case closed"),
    DecisionKind.REOPENED: N_("case opened again"),
    DecisionKind.OFFERED: N_("offered to {name}"),
    DecisionKind.ACCEPTED: N_("taken over"),
    DecisionKind.ESCALATED: N_("next phase"),
    DecisionKind.SEEN: N_("seen"),
    DecisionKind.REMOVAL: N_("suspension or expulsion"),
}

_KEPT = {Kept.KEPT: N_("kept"), Kept.PARTLY: N_("kept in part"), Kept.NOT: N_("not kept")}

_PARTY = {
    AgreedWith.GROUP: N_("with the group"),
    AgreedWith.FAMILY: N_("with the family"),
    AgreedWith.PUPIL: N_("with the pupil"),
}

SHOWN_DAYS = 6
"""How many days of evidence stand beside a question; the others are counted."""


class DossierWords:
    """Draws one dossier; `pupil` says how a pupil is named (id → name or initials), and "" is another pupil."""

    def __init__(self, dossier: Dossier, words: Words, pupil: Callable[[str], str] | None = None) -> None:
        self._dossier = dossier
        self._words = words
        self._pupil = pupil or self._by_name
        self._titles = {section.step: section.title for section in dossier.sections if section.step}

    def tr(self, message: str, **values: object) -> str:
        """Return a message in the reader's language."""
        return self._words.tr(message, **values)

    def _by_name(self, pupil: str) -> str:
        return self._dossier.names.get(pupil) or self.tr(N_("another pupil"))

    # --- the parts -----------------------------------------------------------------------------------------

    def lines(self) -> Iterator[Line]:
        """Yield the whole dossier: gaps first, then the questions, then what was done."""
        yield from self.head()
        yield from self.gaps()
        yield from self.ruled()
        yield from self.sections()

    def head(self) -> Iterator[Line]:
        """Yield what it is: which case, for whom, who made it and when."""
        dossier, words = self._dossier, self._words
        yield Line(Style.TITLE, self.tr(N_("Dossier {code}"), code=dossier.code))
        strands = {strand: self.tr(strand) for strand in ("bullied", "accused", "other")}
        pupils = [f"{self._pupil(one.pupil)} ({strands[one.strand.value]})" for one in dossier.pupils]
        state = self.tr(N_("open")) if dossier.open else self.tr(N_("closed"))
        opened = words.long_date(dossier.opened.astimezone().date())
        made = dossier.made.astimezone()
        facts = (
            (self.tr(N_("School")), dossier.school),
            (self.tr(N_("Pupils")) if len(pupils) > 1 else self.tr(N_("Pupil")), ", ".join(pupils)),
            (self.tr(N_("Opened")), f"{opened} ({state})"),
            (self.tr(N_("Owner")), dossier.owner),
            (self.tr(N_("Protocol")), dossier.protocol),
            (self.tr(N_("Made")), f"{words.long_date(made.date())} {made:%H:%M}, {dossier.made_by}"),
        )
        for label, text in facts:
            yield Line(Style.FACT, text, label=label)
        if dossier.pupil:
            extract = N_("This is made for one pupil. What is about other pupils is not in it, nor are their names.")
            yield Line(Style.QUIET, self.tr(extract))

    def gaps(self) -> Iterator[Line]:
        """Yield what is missing."""
        yield Line(Style.PART, self.tr(N_("What is missing")))
        for gap in self._dossier.gaps:
            yield Line(Style.GAP, self.gap(gap))
        if not self._dossier.gaps:
            yield Line(Style.QUIET, self.tr(N_("Nothing, as far as the program can tell.")))

    def ruled(self) -> Iterator[Line]:
        """Yield what complaint rulings ask, with the answers."""
        yield Line(Style.PART, self.tr(N_("What a complaints committee asks")))
        for ruled in self._dossier.ruled:
            days = self._days(ruled.evidence)
            yield Line(
                Style.ASKED, self.asked(ruled), label=self.tr(_ANSWER[ruled.answer]), right=days, answer=ruled.answer
            )

    def sections(self) -> Iterator[Line]:
        """Yield everything that was done, part by part."""
        before: Part | None = None
        for section in self._dossier.sections:
            if section.part is not before:
                yield Line(Style.PART, self.tr(_PART[section.part]))
                before = section.part
            yield from self._section(section)

    # --- one by one ----------------------------------------------------------------------------------------

    def asked(self, ruled: Ruled) -> str:
        """Return a question."""
        return self.tr((_ASKED_OF_ONE if ruled.own else {}).get(ruled.asked, _ASKED[ruled.asked]))

    def answer(self, ruled: Ruled) -> str:
        """Return yes, partly or no."""
        return self.tr(_ANSWER[ruled.answer])

    def gap(self, gap: Gap) -> str:
        """Return a gap as a sentence."""
        return self.tr(
            _GAP[gap.kind],
            step=f"{gap.step} {self._titles.get(gap.step, '')}".rstrip(),
            pupil=self._pupil(gap.pupil),
            day=self._words.long_date(gap.day) if gap.day else "",
            count=gap.count,
        )

    def _days(self, evidence: tuple[Evidence, ...]) -> str:
        """Return the days on which it was shown, the last ones where there are many."""
        days = sorted({one.day for one in evidence})
        more = self.tr(N_("and {count} earlier"), count=len(days) - SHOWN_DAYS) if len(days) > SHOWN_DAYS else ""
        return ", ".join([*map(self._day, days[-SHOWN_DAYS:]), *filter(None, [more])])

    def _day(self, day: dt.date) -> str:
        year = "" if day.year == self._dossier.made.astimezone().year else f" {day.year}"
        return f"{self._words.date(day)}{year}"

    def _section(self, section: Section) -> Iterator[Line]:
        if section.step:
            state = self.tr((section.state or StepState.OPEN).value)
            yield Line(Style.SECTION, f"{section.step} {section.title}", right=state)
        elif section.pupil:
            yield Line(Style.SECTION, self.tr(N_("parents of {pupil}"), pupil=self._pupil(section.pupil)))
        for statement in section.statements:
            yield from self.statement(statement, brief=section.brief)
        if section.withheld:
            yield Line(Style.QUIET, self.tr(N_("What was written here is left out: it is about more than one pupil.")))
        elif not section.statements and (section.needed or not section.step):
            yield Line(Style.QUIET, self.tr(N_("Nothing was written down.")))

    def statement(self, one: Statement, *, brief: bool = False) -> Iterator[Line]:
        """Yield a statement: when, what and who, then what was said."""
        yield Line(Style.HEAD, "  ·  ".join(filter(None, self._heading(one, brief=brief))))
        if brief:
            return
        for said in one.said:
            yield Line(Style.TEXT, self._text(said), self._label(said))
        if one.withheld:
            yield Line(Style.QUIET, self.tr(N_("What was said is left out: it is about other pupils too.")))
        if one.corrected_by:
            yield Line(Style.QUIET, self.tr(N_("This was corrected later: see what follows.")))

    def _heading(self, one: Statement, *, brief: bool) -> Iterator[str]:
        if one.kind is Kind.MEMBER:
            yield one.author
            how = {"owner": N_("owner of the case"), "lead": N_("reads every case")}.get(one.word, "")
            yield self.tr(how)
            yield "" if one.word == "lead" else self.tr(N_("since {day}"), day=self._words.long_date(one.day))
            return
        yield self._words.long_date(one.day)
        if brief:
            yield f"{one.step} {one.title}"
        yield from filter(None, self._what(one))
        yield one.author
        if one.late:
            entered = one.entered.astimezone()
            yield self.tr(N_("written down {date}"), date=f"{self._words.long_date(entered.date())} {entered:%H:%M}")
        if one.corrects:
            yield self.tr(N_("corrects what stands before"))

    def _what(self, one: Statement) -> Iterator[str]:
        if one.state is not None:
            yield self.tr(one.state.value)
        if one.kind is Kind.DECISION:
            yield self.tr(_DECISION[DecisionKind(one.word)], name=one.to)
        if one.kind is Kind.NOTE:
            yield self.tr(one.word)
        if one.kind is Kind.INCIDENT:
            yield self.tr(N_("incident"))
            yield self.tr(N_("serious")) if one.word else ""
        if one.kind is Kind.INCIDENT_EVENT:
            yield self.tr(INCIDENT[IncidentWhat(one.word)])
        if one.party is not None:
            yield self.tr(_PARTY[one.party])
        if one.kept is not None:
            yield self.tr(_KEPT[one.kept])
        if one.safety is not None:
            yield self.tr(N_("feels safe: {score} of 5"), score=one.safety)
        if one.kind is Kind.LOG:
            line = LogEntry(kind=LogKind.EXPORTED, at=one.entered, author="", what=one.word)
            yield exported(self._words, line, "")
        if one.again is not None:
            yield self.tr(N_("look again on {date}"), date=self._words.long_date(one.again))

    def _text(self, said: Said) -> str:
        """Return what was said; a choice or a day, which is stored as a code, in words."""
        if said.field is not None and said.field.kind in (FieldKind.CHOICE, FieldKind.DAY):
            return facts(self._words, [said.field], {said.field.id: said.text}, self._pupil)[0].said
        return (
            draw(said.text, self._pupil) if said.free else ", ".join(draw((part,), self._pupil) for part in said.text)
        )

    def _label(self, said: Said) -> str:
        """Return what stands before a text; a role, or a field of the step, by its own word."""
        if said.field is not None:
            word = field_title(self._words, said.field)
        else:
            word = self.tr(_LABEL.get(said.label, said.label.replace("_", " ")))
        return word[:1].upper() + word[1:]


def to_text(dossier: Dossier, words: Words) -> str:
    """Return a dossier as plain text: what people typed is set in, so that no line of it passes for a heading."""
    drawn = []
    for line in DossierWords(dossier, words).lines():
        text = clean_text(line.text)
        match line.style:
            case Style.TITLE:
                drawn += [text, "=" * len(text), ""]
            case Style.PART:
                drawn += ["", text, "-" * len(text)]
            case Style.SECTION:
                drawn += ["", f"{text}  ({line.right})" if line.right else text]
            case Style.ASKED:
                drawn.append(f"{line.label:<7} {text}" + (f"  ({line.right})" if line.right else ""))
            case Style.GAP:
                drawn.append(f"- {text}")
            case Style.HEAD | Style.QUIET:
                drawn.append(text)
            case Style.FACT | Style.TEXT:
                drawn += _set_in(f"{line.label}: {text}" if line.label else text)
    return "\n".join(drawn) + "\n"


def _set_in(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]


def file_name(dossier: Dossier, kind: str = "pdf") -> str:
    """Return what its file is called: by the case and, for a pupil, by an id that says nothing to others."""
    extract = f"-{dossier.pupil[:8]}" if dossier.pupil else ""
    return f"dossier-{dossier.code}{extract}.{'txt' if kind == 'text' else kind}"
