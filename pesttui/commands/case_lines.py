"""A case, and an incident, in plain lines: one fact each, good for a screen reader; typed text is set in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from data.errors import N_
from data.words import Words

if TYPE_CHECKING:
    from data.register import KnownCase, KnownIncident, Register

    from .shapes import Shapes


def indented(text: str) -> str:
    """Return a typed text with every line set in: none of them can pass for a line of the program's own."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def _agreement(words: Words, agreed: dict[str, Any]) -> tuple[str, ...]:
    """Return the parts of an agreement's line: when, with whom, by whom, and when it is looked at."""
    parties = {"group": words.tr(N_("the group")), "family": words.tr(N_("a family")), "pupil": words.tr(N_("a pupil"))}
    whom = ", ".join(pupil["name"] for pupil in agreed["about"])
    if agreed["corrected"]:
        state = words.tr(N_("replaced"))
    else:
        state = words.tr(N_("by {date}"), date=agreed["due"]) if agreed["due"] else ""
    late = words.tr(N_("late")) if agreed["overdue"] else ""
    party = ": ".join(filter(None, (agreed["group"] or parties[agreed["party"]], whom)))
    return agreed["at"], words.tr(N_("agreement")), party, agreed["by"], state, late


def _check(words: Words, check: dict[str, Any]) -> tuple[str, ...]:
    kept = {"kept": words.tr(N_("kept")), "partly": words.tr(N_("partly kept")), "not": words.tr(N_("not kept"))}
    return check["at"], kept[check["kept"]], check["by"], _safe(words, check)


def _marks(words: Words, incident: dict[str, Any]) -> list[str]:
    """Return how far an incident is, in words; of one that was corrected only that."""
    if incident["corrected"]:
        return [words.tr(N_("corrected"))]
    untold = ", ".join(pupil["name"] for pupil in incident["parents_not_told"])
    unentered = ", ".join(pupil["name"] for pupil in incident["not_in_parnassys"])
    found = (
        words.tr(N_("serious")) if incident["grave"] else "",
        words.tr(N_("perhaps to be reported")) if incident["reportable"] else "",
        words.tr(N_("management brought in")) if incident["director"] else "",
        words.tr(N_("parents not told yet: {pupils}"), pupils=untold) if untold else "",
        words.tr(N_("not in ParnasSys yet: {pupils}"), pupils=unentered) if unentered else "",
    )
    return [mark for mark in found if mark]


def incident_lines(words: Words, shapes: "Shapes", known: "KnownIncident") -> Iterator[str]:
    """Yield an incident's lines: what it is and who, what happened, how far it is."""
    shape = shapes.incident(known)
    pupils = ", ".join(f"{one['name']} ({words.tr(one['role'])})" for one in shape["pupils"])
    parts = (words.moment(known.record.happened), shapes.kind(known), shape["place"], pupils, shape["author"])
    yield "  ".join(filter(None, (known.id, *parts, known.record.case)))
    yield indented(shape["what"])
    if marks := _marks(words, shape):
        yield f"  [{', '.join(marks)}]"


def _complaint(words: Words, complaint: dict[str, Any]) -> Iterator[str]:
    """Yield an official complaint's lines, and those of what came of it."""
    for at, said in enumerate((complaint, *complaint["said"])):
        what = words.tr(N_("about the complaint")) if at else words.tr(N_("official complaint"))
        until = words.tr(N_("by {date}"), date=said["until"]) if said["until"] else ""
        yield "  ".join(filter(None, (said["at"], what, said["by"], until)))
        route = f"{words.tr(N_('goes to: '))}{said['route']}" if said["route"] else ""
        for text in filter(None, (said["source"], route, said["text"])):
            yield indented(text)


def _safe(words: Words, said: dict[str, Any]) -> str:
    """Return how safe a child feels, with its name; empty where nobody asked."""
    if said["safety"] is None:
        return ""
    return " ".join((*(pupil["name"] for pupil in said["about"]), words.tr(N_("safe {score}"), score=said["safety"])))


def _steps(words: Words, shapes: "Shapes", known: "KnownCase", steps: list[dict[str, Any]]) -> Iterator[str]:
    for step, view in zip(steps, known.progress.steps, strict=True):
        state, when = words.tr(step["state"]), words.date(view.on) if view.on else ""
        line = f"{step['number']:>3} {step['title']:<22} {state:<13} {when:<7} {step['by'] or ''} {step['reason']}"
        yield line.rstrip()
        for fact in shapes.facts(known, view.step.number):
            yield f"      {fact}"


def _agreed(words: Words, agreements: list[dict[str, Any]]) -> Iterator[str]:
    for agreed in agreements:
        yield "  ".join(filter(None, _agreement(words, agreed)))
        yield indented(agreed["text"])
        for check in agreed["checks"]:
            yield "    " + "  ".join(filter(None, _check(words, check)))
            if check["text"]:
                yield indented(indented(check["text"]))


def _approaches(words: Words, approaches: list[dict[str, Any]]) -> Iterator[str]:
    for tried in approaches:
        what = words.tr(N_("looked back")) if tried["looked"] else words.tr(N_("begun"))
        yield "  ".join(filter(None, (tried["at"], tried["method"], what, tried["by"], _safe(words, tried))))
        if tried["text"]:
            yield indented(tried["text"])


def _notes(words: Words, notes: list[dict[str, Any]]) -> Iterator[str]:
    for note in notes:
        mark = words.tr(N_("draft")) if note["concept"] else words.tr(N_("correction")) if note["corrects"] else ""
        yield f"{note['at'][:16].replace('T', ' ')}  {note['author']}  {mark}".rstrip()
        yield indented(note["facts"])


def case_lines(words: Words, register: "Register", shapes: "Shapes", known: "KnownCase") -> Iterator[str]:
    """Yield a case: its steps, decisions, agreements, methods, complaints, incidents and notes."""
    whole = shapes.whole_case(known, register.now().date())
    yield f"{known.code}  {', '.join(pupil.name for pupil in known.case.pupils)}"
    yield words.tr(N_("phase {phase}"), phase=known.progress.phase.title)
    yield from _steps(words, shapes, known, whole["steps"])
    for said in whole["decisions"]:
        yield "  ".join(filter(None, (said["at"], words.tr(said["kind"]), said["by"], said["again"])))
        yield indented("\n".join(filter(None, (said["advice"], said["text"]))))
    yield from _agreed(words, whole["agreements"])
    yield from _approaches(words, whole["approaches"])
    for complaint in whole["complaints"]:
        yield from _complaint(words, complaint)
    for incident in register.incidents.of_case(known.code):
        yield from incident_lines(words, shapes, incident)
    yield from _notes(words, whole["notes"])
