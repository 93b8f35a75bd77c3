"""The `--json` shapes that scripts rely on: keys may come, none may go."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from data.clean import clean_line
from data.errors import N_
from data.model import Approach, Check, Complaint, Decision, LogEntry, Text
from data.register import (
    KnownAgreement,
    KnownCase,
    KnownComplaint,
    KnownEvent,
    KnownIncident,
    KnownNote,
    KnownPerson,
    KnownPupil,
    KnownStep,
    Register,
)
from data.register.agenda import Due
from data.register.details import facts
from data.register.text import draw
from data.words import Words


class Shapes:
    """Turns what the register knows into plain JSON values, with names as this person may see them."""

    def __init__(self, register: Register, words: Words) -> None:
        self._register = register
        self._words = words
        self._names = register.pupils.names()
        for case in register.cases.all():
            self._names = {**case.names, **self._names}

    def name(self, pupil: str) -> str:
        """Return a pupil's name, or "another pupil" for who may not read it."""
        return self._names.get(pupil) or self._words.tr("another pupil")

    def _login(self, person: str) -> str:
        """Return a colleague's login; nobody but a steward's own program cleaned it when it was written."""
        return clean_line(self._register.people.login(person))

    def pupils(self, ids: list[str]) -> list[dict[str, str]]:
        """Return pupils as `[{"id", "name"}]`."""
        return [{"id": ident, "name": self.name(ident)} for ident in ids]

    def note(self, known: KnownNote) -> dict[str, Any]:
        """Return a note."""
        note = known.note
        return {
            "note": known.id,
            "at": note.happened.astimezone().isoformat(timespec="seconds"),
            "entered": note.entered.astimezone().isoformat(timespec="seconds"),
            "author": self._login(note.author),
            "kind": note.kind.value,
            "facts": draw(note.facts, self.name),
            "words": draw(note.words, self.name),
            "did": draw(note.did, self.name),
            "place": note.place,
            "pupils": [
                {**self.pupils([participant.pupil])[0], "role": participant.role.value} for participant in note.pupils
            ],
            "case": known.case or None,
            "private": note.private,
            "concept": note.concept,
            "corrects": note.corrects or None,
            "corrected": known.corrected,
            "behaviours": list(note.behaviours),
            "source": note.source.value if note.source else None,
            "heard_from": draw(note.heard_from, self.name),
        }

    def mark(self, known: KnownNote) -> str:
        """Return that a note is a concept or a correction, for a plain line; empty for any other."""
        if known.note.concept:
            return self._words.tr(N_("draft"))
        if not known.note.corrects:
            return ""
        if known.original is None:
            return self._words.tr(N_("correction"))
        return self._words.tr(N_("correction of {moment}"), moment=self._words.moment(known.original.note.happened))

    def case(self, known: KnownCase, today: date) -> dict[str, Any]:
        """Return a case's line."""
        following = known.progress.next_step
        return {
            "case": known.code,
            "status": known.status,
            "phase": known.progress.phase.id,
            "phase_since": known.phase_since.isoformat(),
            "next_step": following.step.number if following and known.open else None,
            "due": known.due.isoformat() if known.due else None,
            "overdue": known.overdue(today),
            "owner": self._login(known.owner),
            "pupils": [
                {"id": pupil.pupil, "name": pupil.name, "strand": pupil.strand.value} for pupil in known.case.pupils
            ],
        }

    def whole_case(self, known: KnownCase, today: date) -> dict[str, Any]:
        """Return a case with everything that lies in it."""
        steps = [
            {
                "number": view.step.number,
                "title": view.step.title,
                "state": view.state.value,
                "by": self._login(view.by) if view.by else None,
                "at": view.on.isoformat() if view.on else None,
                "reason": draw(said.reason, self.name) if (said := known.said(view.step.number)) else "",
                "text": draw(said.text, self.name) if said else "",
                "present": draw(said.present, self.name) if said else "",
                "details": self._details(known.details(view.step.number)),
                "entries": [
                    self._entry(known, event) for event in known.events if event.record.step == view.step.number
                ],
                "missing": list(view.missing),
                "unheard": self.pupils(list(view.unheard)),
            }
            for view in known.progress.steps
        ]
        notes = [self.note(note) for note in self._register.notes.of_case(known.code)]
        decisions = [self.decision(found.record) for found in known.decisions]
        return {
            **self.case(known, today),
            "missing": list(known.missing),
            "steps": steps,
            "notes": notes,
            "agreements": [self.agreement(found, today, going_on=known.open) for found in known.agreements],
            "approaches": [self.approach(found.record) for found in known.approaches],
            "decisions": decisions,
            "complaints": [self.complaint(found) for found in self._register.complaints.of_case(known.code)],
            "incidents": [self.incident(found) for found in self._register.incidents.of_case(known.code)],
        }

    def agreement(self, known: KnownAgreement, today: date, *, going_on: bool) -> dict[str, Any]:
        """Return an agreement with its checks; `going_on`: its case is open, so that it can be due."""
        said, due = known.agreement, known.due if going_on else None
        group = self._register.pupils.groups().get(said.group)
        return {
            "agreement": known.id,
            "text": draw(said.text, self.name),
            "party": said.party.value,
            "group": group.name if group else None,
            "about": self.pupils(list(said.about)),
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "check_on": _day(said.check_on),
            "due": _day(due),
            "overdue": due is not None and due < today,
            "corrected": known.corrected,
            "corrects": said.corrects or None,
            "cases": list(said.cases),
            "checks": [self.check(found.record) for found in known.checks],
        }

    def check(self, said: Check) -> dict[str, Any]:
        """Return how an agreement was kept."""
        return {
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "kept": said.kept.value,
            "text": draw(said.text, self.name),
            "safety": said.safety,
            "about": self.pupils([said.about] if said.about else []),
            "next_on": _day(said.next_on),
        }

    def approach(self, said: Approach) -> dict[str, Any]:
        """Return a method that was begun, or looked back on."""
        return {
            "method": said.method,
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "looked": said.looked,
            "text": draw(said.text, self.name),
            "safety": said.safety,
            "about": self.pupils(list(said.about)),
        }

    def _details(self, details: Mapping[str, Text]) -> dict[str, str]:
        """Return what a proof holds, by the id of the field; a choice is its code word, a day ISO."""
        return {clean_line(ident, 100): draw(text, self.name) for ident, text in details.items()}

    def _entry(self, known: KnownCase, event: KnownStep) -> dict[str, Any]:
        """Return what was once written about a step; what was `corrected` counts no more."""
        said = event.record
        return {
            "entry": event.id,
            "at": said.happened.isoformat(),
            "entered": said.entered.astimezone().isoformat(timespec="seconds"),
            "author": self._login(said.author),
            "state": said.state.value,
            "reason": draw(said.reason, self.name),
            "text": draw(said.text, self.name),
            "present": draw(said.present, self.name),
            "about": self.pupils(list(said.about)),
            "details": self._details(said.details),
            "corrects": said.corrects or None,
            "corrected": event.id in known.corrected,
        }

    def facts(self, known: KnownCase, step: int) -> list[str]:
        """Return what the proof of a step holds in words, one fact each."""
        found = facts(self._words, known.fields(step), known.details(step), self.name)
        return [f"{fact.label}: {fact.said}" for fact in found]

    def decision(self, said: Decision) -> dict[str, Any]:
        """Return something that was decided about a case."""
        return {
            "kind": said.kind.value,
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "advice": draw(said.advice, self.name),
            "text": draw(said.text, self.name),
            "again": said.again.isoformat() if said.again else None,
            "told": self.pupils(list(said.told)),
        }

    def complaint(self, known: KnownComplaint) -> dict[str, Any]:
        """Return an official complaint with what came of it."""
        said = [self._said(found) for found in known.said]
        return {"complaint": known.id, **self._said(known.record), "due": _day(known.due), "said": said}

    def _said(self, said: Complaint) -> dict[str, Any]:
        return {
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "source": draw(said.source, self.name),
            "route": draw(said.route, self.name),
            "text": draw(said.text, self.name),
            "until": _day(said.until),
        }

    def kind(self, known: KnownIncident) -> str:
        """Return the name of an incident's kind."""
        return self._register.incidents.kind(known.record)

    def incident(self, known: KnownIncident) -> dict[str, Any]:
        """Return an incident with what was done about it."""
        said, incidents = known.record, self._register.incidents
        roles = {one.pupil: one.role.value for one in said.pupils}
        return {
            "incident": known.id,
            "at": said.happened.astimezone().isoformat(timespec="seconds"),
            "entered": said.entered.astimezone().isoformat(timespec="seconds"),
            "author": self._login(said.author),
            "ground": said.ground.value,
            "kind": said.behaviour,
            "national": said.national.value if said.national else None,
            "grave": said.grave,
            "reportable": incidents.reportable(said) and not known.reported,
            "place": said.place,
            "pupils": [{**self.pupils([ident])[0], "role": role} for ident, role in roles.items()],
            "what": draw(said.what, self.name),
            "with_what": draw(said.with_what, self.name),
            "why": draw(said.why, self.name),
            "measures": draw(said.measures, self.name),
            "case": said.case or None,
            "notes": list(said.notes),
            "notes_corrected": [one.id for one in incidents.corrected_notes(known)],
            "corrects": said.corrects or None,
            "corrected": known.corrected,
            "director": known.director,
            "parents_not_told": self.pupils(list(known.untold)),
            "not_in_parnassys": self.pupils(list(known.unentered)),
            "events": [self._incident_event(event) for event in known.events],
        }

    def _incident_event(self, event: KnownEvent) -> dict[str, Any]:
        said = event.record
        return {
            "event": event.id,
            "what": said.what.value,
            "at": said.happened.isoformat(),
            "by": self._login(said.author),
            "text": draw(said.text, self.name),
            "about": self.pupils(list(said.about)),
            "taken_back": event.taken_back,
            "takes_back": said.takes_back or None,
        }

    def due(self, due: Due, today: date) -> dict[str, Any]:
        """Return something that is due."""
        return {
            "date": due.date.isoformat(),
            "kind": due.kind,
            "case": due.case.code,
            "step": due.step,
            "text": due.title,
            "overdue": due.overdue(today),
        }

    @staticmethod
    def log_line(register: Register, line: LogEntry) -> dict[str, Any]:
        """Return a line of the log. It names no pupil, so it needs none of their names."""
        login = register.people.login
        return {
            "at": line.at.astimezone().isoformat(timespec="seconds"),
            "kind": line.kind.value,
            "author": clean_line(login(line.author)),
            "case": line.case or None,
            "about": clean_line(login(line.about)) or None,
            "what": line.what,
        }

    @staticmethod
    def pupil(known: KnownPupil) -> dict[str, str]:
        """Return a pupil with the group."""
        return {"id": known.id, "name": known.name, "group": known.group}

    @staticmethod
    def person(known: KnownPerson) -> dict[str, Any]:
        """Return a person."""
        person = known.person
        return {
            "login": clean_line(person.login),
            "name": clean_line(person.name),
            "roles": [role.value for role in person.roles],
            "groups": list(known.groups),
            "status": person.status.name.lower(),
            "until": known.until.isoformat(timespec="seconds") if known.until else None,
            "waiting": known.waiting,
        }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
