"""A case in few words, the same wherever it is shown: what is missing, when it is due, where a step stands."""

from collections.abc import Mapping
from datetime import date

from textual.content import Content

from data.model import Decision, DecisionKind, StepRecord, Strand, Text
from data.protocol import Proof, StepState, StepView, who_label
from data.protocol.proofs import PRESENT
from data.register import KnownCase
from data.register.agenda import CHECK, kind_of
from data.register.details import facts, field_title
from data.register.escalation import later_phases
from data.register.removal import KnownRemoval

from .agreed_words import agrees, standing
from .desk import Desk
from .text import safe, safe_line
from .widgets import Column, Row

STYLES = {StepState.DONE: "done", StepState.BUSY: "key", StepState.SKIPPED: "quiet", StepState.OPEN: "quiet"}
"""The style of a step's sign; the sign and a word say it first."""

_STEP = (Column(1), Column(2, right=True), Column(0), Column(12, right=True))
_HEAD = (Column(0),)

MOST_OPEN = 4
"""How many open steps are named; the others are counted."""


def missing_of(desk: Desk, known: KnownCase, view: StepView) -> str:
    """Return what a step lacks, in words; empty if nothing."""
    if "one_sided" in view.missing:
        pupils = ", ".join(map(desk.pupil, view.unheard[:3])) + (
            f" +{len(view.unheard) - 3}" if view.unheard[3:] else ""
        )
        if view.step.proof is Proof.PARENT_TALK:
            return desk.tr("parents of {pupil}", pupil=pupils)
        return desk.tr("story of {pupil}", pupil=pupils)
    if "not_done" in view.missing:
        return desk.tr("not done")
    return ", ".join(gaps(desk, known, view))


def gaps(desk: Desk, known: KnownCase, view: StepView) -> list[str]:
    """Return the fields that a done step's proof lacks, as the form calls them."""
    return [field_word(desk, known, view, code[3:]) for code in view.missing if code.startswith("no_")]


def field_word(desk: Desk, known: KnownCase, view: StepView, ident: str) -> str:
    """Return what a field of a step's proof is called in its form."""
    if ident == PRESENT:
        return desk.tr(who_label(view.step.proof))
    field = next((field for field in known.fields(view.step.number) if field.id == ident), None)
    return field_title(desk.words, field) if field else ident


def proof_lines(desk: Desk, known: KnownCase, record: StepRecord) -> list[Content]:
    """Return what an entry's proof holds: what is short on one line, a text on a line of its own."""
    found = facts(desk.words, known.fields(record.step), record.details, desk.pupil)
    short = " · ".join(f"{fact.label}: {fact.said}" for fact in found if not fact.long)
    lines = [safe(short)] if short else []
    return lines + [
        Content.assemble((f"{safe_line(fact.label)}: ", "$quiet"), safe(fact.said)) for fact in found if fact.long
    ]


def proof_line(desk: Desk, known: KnownCase, step: int, details: Mapping[str, Text]) -> str:
    """Return what the proof of a step holds as one line."""
    found = facts(desk.words, known.fields(step), details, desk.pupil)
    return " · ".join(f"{fact.label}: {fact.said}" for fact in found)


def missing(desk: Desk, known: KnownCase) -> list[str]:
    """Return all that a case lacks so far, step by step."""
    found = []
    for view in known.progress.steps:
        if view.missing:
            passed_by = "not_done" in view.missing and "one_sided" not in view.missing
            what = view.step.title if passed_by else missing_of(desk, known, view)
            found.append(f"{what} ({view.step.number})")
    if known.open and not any(pupil.strand is Strand.ACCUSED for pupil in known.case.pupils):
        found.append(desk.tr("who did it"))
    found += [desk.tr("why phase {phase} was left", phase=phase.title.lower()) for phase in known.unexplained]
    return found


def next_phase(known: KnownCase) -> bool:
    """Whether an open case has a phase before it."""
    return known.open and bool(later_phases(known.protocol, known.progress.phase.id))


def still_open(desk: Desk, known: KnownCase) -> str:
    """Return the steps that a case which ends now leaves open, as `8 Afspraken bijhouden, 9 Terugkoppelen`.

    These are the ones of the phases reached so far, and what comes next; what is missing is said elsewhere.
    """
    progress, order = known.progress, [phase.id for phase in known.protocol.phases]
    reached = order[: order.index(progress.phase.id) + 1]
    found = [
        f"{view.step.number} {view.step.title}"
        for view in progress.steps
        if not view.settled
        and not view.missing
        and (view.state is StepState.BUSY or is_next(known, view) or _belongs(view, reached))
    ]
    return ", ".join(found[:MOST_OPEN]) + (f" +{len(found) - MOST_OPEN}" if found[MOST_OPEN:] else "")


def _belongs(view: StepView, reached: list[str]) -> bool:
    return view.step.phase in reached and view.step.when != "optional"


def ended(known: KnownCase) -> Decision | None:
    """Return the closing of a closed case, with its evaluation."""
    found = [said.record for said in known.decisions if said.record.kind is DecisionKind.CLOSED]
    return found[-1] if found and not known.open else None


def last_seen(known: KnownCase) -> Decision | None:
    """Return that a lead or the direction saw the case, where nothing was decided since."""
    last = known.decisions[-1].record if known.decisions else None
    return last if last is not None and last.kind is DecisionKind.SEEN else None


def removal_words(desk: Desk, known: KnownCase, one: KnownRemoval) -> str:
    """Return whom a removal is about, how far it is and what is due: `N.Y. · 4 van 9 · Besluit t/m 3 dec`."""
    items, due = one.checklist.items, one.next_due(known.calendar)
    count = desk.tr("{count} of {total}", count=sum(not one.waits(item) for item in items), total=len(items))
    until = desk.tr("by {date}", date=desk.words.date(due[1])) if due else ""
    return " · ".join(filter(None, (desk.pupil(one.pupil), count, f"{due[0].text} {until}" if due else "")))


def due_words(desk: Desk, known: KnownCase, today: date) -> tuple[str, str]:
    """Return when a case is due, and in which style: `3 dagen te laat`, `vandaag`, `22 nov`."""
    if known.due is None:
        return ("", "quiet") if known.open else (desk.tr("closed"), "quiet")
    if known.due <= today:
        return days_words(desk, known.due, today)
    return desk.words.date(known.due), "text" if known.agreed_day else "quiet"


def days_words(desk: Desk, due: date, today: date) -> tuple[str, str]:
    """Return how late something is that was due on a day, and in which style."""
    days = (today - due).days
    if days > 0:
        return desk.words.trn("{count} day late", "{count} days late", days), "late"
    return (desk.tr("today"), "key") if days == 0 else (desk.words.date(due), "quiet")


def next_words(desk: Desk, known: KnownCase) -> str:
    """Return what comes first in a case: its next step, or an agreement to look at."""
    if not known.open:
        return desk.tr("look again") if known.due else ""
    if kind_of(known) == CHECK:
        return desk.tr("look at the agreement")
    following = known.progress.next_step
    return f"{following.step.number:>2} {following.step.title}" if following else desk.tr("to be decided")


def step_rows(desk: Desk, known: KnownCase, today: date) -> list[Row]:
    """Return the checklist: phases as headings, a line per step."""
    rows = []
    phases = {phase.id: phase.title for phase in desk.register.protocol.phases}
    last = ""
    for view in known.progress.steps:
        if view.step.phase != last:
            last = view.step.phase
            rows.append(Row("", ((phases[last], "heading"),), _HEAD))
        rows.append(_step_row(desk, known, view, today))
    return rows


def is_next(known: KnownCase, view: StepView) -> bool:
    """Whether this is the step that is advised now."""
    return known.open and view is known.progress.next_step


def titled(desk: Desk, view: StepView) -> str:
    """Return a step's title, with which time it is where a step repeats and was taken more than once."""
    return f"{view.step.title} · {round_words(desk, view)}" if view.rounds > 1 else view.step.title


def round_words(desk: Desk, view: StepView) -> str:
    """Return which time a repeating step was taken last: `3e keer`; empty where it does not repeat."""
    return desk.tr("time {number}", number=view.rounds) if view.rounds else ""


def step_sign(desk: Desk, known: KnownCase, view: StepView, today: date) -> tuple[str, str]:
    """Return the sign of a step and its style."""
    if late_step(known, view, today):
        return desk.glyphs.late, "late"
    if is_next(known, view) and view.state is StepState.OPEN:
        return desk.glyphs.here, "key"
    return desk.glyphs.state(view.state.value), STYLES[view.state]


def late_step(known: KnownCase, view: StepView, today: date) -> bool:
    """Whether a step is late: what is advised now, or one whose agreements wait to be looked at."""
    if is_next(known, view) and known.step_due is not None and known.step_due < today:
        return True
    return view.step.proof is Proof.CHECK and known.check_day is not None and known.check_day < today


def step_style(known: KnownCase, view: StepView) -> str:
    """Return the style of a step's words: quiet where nothing is to be done now."""
    resting = view.state in (StepState.OPEN, StepState.SKIPPED)
    return "quiet" if resting and not is_next(known, view) else "text"


def _step_row(desk: Desk, known: KnownCase, view: StepView, today: date) -> Row:
    text = step_style(known, view)
    right = step_when(desk, known, view, today)
    cells = (step_sign(desk, known, view, today), (str(view.step.number), text), (titled(desk, view), text), right)
    return Row(str(view.step.number), cells, _STEP)


def step_when(desk: Desk, known: KnownCase, view: StepView, today: date) -> tuple[str, str]:
    """Return what stands at the right of a step, and its style: a word when it matters, else its date."""
    following, due = is_next(known, view), known.step_due
    words = {"if_agreed": desk.tr("if agreed"), "optional": desk.tr("possible")}
    if following and due and due < today:
        return desk.tr("{count}d late", count=(today - due).days), "late"
    if agrees(view) and known.check_day and known.check_day < today:
        return desk.tr("{count} late", count=sum(agreed.overdue(today) for agreed in standing(known))), "late"
    if "one_sided" in view.missing:
        total = len(view.heard) + len(view.unheard)
        found = desk.tr("{count} of {total}", count=len(view.heard), total=total), "key"
    elif view.state is StepState.SKIPPED:
        found = desk.tr("skipped"), "quiet"
    elif following and due:
        found = desk.tr("by {date}", date=desk.words.date(due)), "key"
    elif view.state is StepState.BUSY:
        found = desk.tr("busy"), "key"
    elif view.on is not None:
        found = desk.words.date(view.on), "quiet"
    elif following:
        found = desk.tr("next"), "key"
    else:
        found = words.get(view.step.when, ""), "quiet"
    return found
