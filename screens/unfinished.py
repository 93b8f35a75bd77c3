"""What somebody was typing when a session ended, and the form it is given back in."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

from data.errors import N_, PesttuiError
from data.register import KnownCase, Window
from data.vault.typing import LeftBehind, Unfinished

from .agreed_words import standing
from .agreement_form import AgreementForm
from .approach_form import ApproachForm
from .base import DeskScreen
from .case_words import next_phase
from .check_form import CheckForm
from .close_case import CloseCase
from .complaint_form import ComplaintForm
from .counsel_form import ConsentForm, MeetingForm
from .desk import Desk
from .details import KEPT as DETAIL
from .escalate import EscalateForm
from .form import DeskForm
from .house_form import HouseForm
from .improvements import year_form
from .incident_event import IncidentEventForm
from .incident_form import IncidentForm
from .note_again import NoteAgain, note_again
from .note_settings import note_settings
from .open_case import ChangePupils, OpenCase
from .overview import Overview
from .question import AskQuestion, QuestionView
from .quick_note import QuickNote
from .removal_form import RemovalForm
from .step_form import StepForm
from .weigh_form import WeighForm

KINDS = {
    "note": N_("a note"),
    "step": N_("a step"),
    "consultation": N_("a consultation"),
    "close": N_("the end of a case"),
    "agreement": N_("an agreement"),
    "check": N_("a look at an agreement"),
    "approach": N_("an approach"),
    "escalate": N_("why the next phase is needed"),
    "complaint": N_("an official complaint"),
    "removal": N_("a suspension or expulsion"),
    "pupils": N_("who is in a case"),
    "open": N_("a new case"),
    "house": N_("the school's own part of the protocol"),
    "note-settings": N_("what the school set about notes and incidents"),
    "question": N_("a question"),
    "answer": N_("an answer"),
    "weigh": N_("what a pattern means"),
    "meeting": N_("something confidential"),
    "consent": N_("something confidential"),
    "incident": N_("an incident"),
    "incident-done": N_("what was done about an incident"),
    "improvement": N_("an improvement point"),
    "year": N_("the figures of a school year"),
}
"""What each kind of form is called."""

CONFIDENTIAL = {"meeting": ("who", "text", "referred"), "consent": ("who", "to")}
"""Kinds that only a counsellor has, with their fields: given back to who is none any more, they stay private."""

SENTENCES = ("text", "reason", "present", "advice", "decision", "what", "with-what", "why", "measures")
"""The fields of a case's forms that hold sentences: these are given back where the case is gone."""


def left_words(desk: Desk, left: LeftBehind) -> tuple[str, str, str]:
    """Return what was left behind, where it belongs and when: nothing of what was typed."""
    first = left.forms[0]
    what = desk.tr(KINDS.get(first.kind, N_("something")))
    if first.kind == "step":
        what = f"{what} {first.place.get('step', '')}".strip()
    return what, first.place.get("case", ""), desk.words.moment(first.at)


async def reopen(screen: DeskScreen, left: LeftBehind) -> bool:
    """Open what was left behind, each thing where it belonged; False if another window was quicker."""
    desk = screen.desk
    desk.reopening = tuple(left.forms)
    if desk.typing is None or not await asyncio.to_thread(desk.typing.take_over, left):
        desk.reopening = ()
        return False
    for kept in left.forms:
        form = await _form(desk, kept)
        await screen.app.push_screen(form)
        if kept.kind == type(form).KEPT:
            form.refill(kept.fields)
        else:
            details = sorted(name for name in kept.fields if name.startswith(DETAIL))
            names = CONFIDENTIAL.get(kept.kind, (*SENTENCES, *details))
            facts = "\n".join(filter(str.strip, (kept.fields.get(name, "") for name in names)))
            form.refill({"facts": facts, "private": "yes" if kept.kind in CONFIDENTIAL else ""})
        places = ("case", "question", "pattern", "note")
        if any(form.where().get(place, "") != kept.place.get(place, "") for place in places):
            form.say(desk.tr("The place it belonged to cannot be reached any more: here is the text."), late=True)
    desk.reopening = ()
    desk.keep([form for form in screen.app.screen_stack if isinstance(form, DeskForm)])
    return True


async def _form(desk: Desk, kept: Unfinished) -> DeskForm:
    """Return the form a text belongs in; a note where there is no such place any more."""
    make: dict[str, Callable[[KnownCase], DeskForm | None]] = {
        "note": lambda case: QuickNote(desk, case),
        "step": lambda case: _step(desk, case, kept),
        "consultation": lambda case: Overview(desk, case.code),
        "close": lambda case: CloseCase(desk, case),
        "escalate": lambda case: EscalateForm(desk, case) if next_phase(case) else None,
        "complaint": lambda case: _complaint(desk, case),
        "removal": lambda case: RemovalForm(desk, case) if case.open and desk.register.removals.writes else None,
        "pupils": lambda case: ChangePupils(desk, case),
        "agreement": lambda case: AgreementForm(desk, case, kept.place.get("corrects", "")),
        "check": lambda case: CheckForm(desk, case, kept.place.get("agreement", "")) if standing(case) else None,
        "approach": lambda case: ApproachForm(desk, case, kept.place.get("method", "")),
    }
    if (outside := await _outside(desk, kept)) is not None:
        return outside
    code = kept.place.get("case", "")
    if code and kept.kind in make:
        try:
            case = await asyncio.to_thread(desk.register.cases.get, code)
        except PesttuiError:
            return QuickNote(desk)
        desk.names = {**case.names, **desk.names}
        return make[kept.kind](case) or QuickNote(desk)
    return QuickNote(desk)


async def _outside(desk: Desk, kept: Unfinished) -> DeskForm | None:
    """Return the form of a text that belongs in no case; None where it does, or its place is gone."""
    openers: dict[str, Callable[[Desk, Unfinished], Awaitable[DeskForm | None]]] = {
        "note": _again,
        "house": _house,
        "note-settings": _note_settings,
        "answer": _answer,
        "weigh": _weigh,
        "incident": _incident,
        "incident-done": _incident,
        "improvement": _year,
        "year": _year,
    }
    with contextlib.suppress(PesttuiError, ValueError):
        if kept.kind in openers:
            return await openers[kept.kind](desk, kept)
    forms: dict[str, Callable[[Desk], DeskForm]] = {"open": OpenCase, "question": AskQuestion}
    if desk.register.counsel.mine:
        appointment = kept.place.get("sort") == "appointment"
        forms |= {"meeting": partial(MeetingForm, appointment=appointment), "consent": ConsentForm}
    make = forms.get(kept.kind)
    return make(desk) if make else None


async def _house(desk: Desk, kept: Unfinished) -> DeskForm:
    revision = kept.place.get("revision", "")
    return HouseForm(desk, await asyncio.to_thread(desk.register.house.now), int(revision) if revision else None)


async def _note_settings(desk: Desk, _: Unfinished) -> DeskForm:
    return await note_settings(desk)


async def _answer(desk: Desk, kept: Unfinished) -> DeskForm:
    return QuestionView(desk, await asyncio.to_thread(desk.register.questions.get, kept.place.get("question", "")))


async def _weigh(desk: Desk, kept: Unfinished) -> DeskForm:
    window = Window(kept.place.get("window", ""))
    known = await asyncio.to_thread(desk.register.patterns.get, kept.place.get("pattern", ""), window)
    return WeighForm(desk, known, window)


async def _year(desk: Desk, kept: Unfinished) -> DeskForm | None:
    return await asyncio.to_thread(year_form, desk, kept.kind, kept.place)


async def _incident(desk: Desk, kept: Unfinished) -> DeskForm:
    """Return the form of an incident, or of what was done about one; raises NotAllowed where it is gone."""
    incidents, ident = desk.register.incidents, kept.place.get("incident", "")
    known = await asyncio.to_thread(incidents.get, ident) if ident else None
    if kept.kind == "incident-done" and known is not None:
        desk.names = {**incidents.names([one.pupil for one in known.record.pupils], known.record.case), **desk.names}
        return IncidentEventForm(desk, known)
    if known is not None:
        begun = await asyncio.to_thread(incidents.begin_correction, ident)
        return IncidentForm(desk, begun, incidents.names(dict(begun.pupils), known.record.case), ident)
    begun = await asyncio.to_thread(incidents.begin, kept.place.get("notes", "").split(";"))
    return IncidentForm(desk, begun, incidents.names(dict(begun.pupils)))


async def _again(desk: Desk, kept: Unfinished) -> NoteAgain | None:
    """Return the form that goes on with a note of one's own or corrects it; None where that is no longer to be."""
    ident = kept.place.get("note", "")
    known = await asyncio.to_thread(desk.register.notes.get, ident) if ident else None
    if known is not None and known.id == ident and known.note.author == desk.register.me:
        return await note_again(desk, known)
    return None


def _complaint(desk: Desk, case: KnownCase) -> DeskForm | None:
    complaints = desk.register.complaints
    return ComplaintForm(desk, case, complaints.of_case(case.code)) if complaints.writes else None


def _step(desk: Desk, case: KnownCase, kept: Unfinished) -> DeskForm | None:
    number = kept.place.get("step", "")
    view = next((view for view in case.progress.steps if str(view.step.number) == number), None)
    if view is None:
        return None
    form = StepForm(desk, case, view)
    form.based_on(kept.place.get("based_on", ""))
    return form
