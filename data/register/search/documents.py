"""What this person may read, as entries: read through the register, so that the same counts here as anywhere else.

The counsellor's compartment is not among it: that is a world of its own, also for the counsellor.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ...model import Dismissal, Incident, IncidentEvent, NoteKind, Text
from ...protocol import FieldKind
from ...vault.records import Place
from ...vault.vault import Outline
from ..agreed import KnownAgreement
from ..events import event_of
from ..known import KnownCase, KnownStep
from ..notes import KnownNote
from ..text import pupils_in
from .entry import BEHAVIOUR, CONCEPT, PRIVATE, Entry, Kind

if TYPE_CHECKING:
    from ..session import Register

Entries = dict[str, list[Entry]]
"""By where they come from: a document, a case with all that was written in it, a whole table."""

CASE_TABLES = frozenset({"cases", "steps", "decisions", "agreements", "checks", "approaches"})
"""What is read case by case."""

WHOLE = ("questions", "complaints")
"""Tables that are read as a whole: there is little in them, and one document says what another is worth."""

ALONE = ("notes", "incidents", "incident_events", "dismissals")
"""Tables of which each document is read by itself."""

BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class _Dated(Protocol):
    @property
    def happened(self) -> dt.date: ...
    @property
    def entered(self) -> dt.datetime: ...


def source(table: str, ident: str = "") -> str:
    """Return the name of where entries come from."""
    return f"{table}:{ident}" if ident else table


def _local(moment: dt.datetime) -> dt.datetime:
    """Return a moment in the local zone; the first and the last day of the calendar have no other beside them."""
    try:
        return moment.astimezone()
    except OverflowError:
        return moment


def _at(said: _Dated) -> dt.datetime:
    """Return by what something is ordered of which only the day is known: as it was written down, or at noon."""
    written, day = _local(said.entered), said.happened
    same = written.date() == day
    return written if same else dt.datetime(day.year, day.month, day.day, 12, tzinfo=written.tzinfo)


class Reader:
    """Reads a few documents at a time. `codes` are the cases that can be read."""

    def __init__(self, register: "Register", codes: Iterable[str]) -> None:
        self._register = register
        self._codes = frozenset(codes)

    def _still_mine(self, place: Place) -> bool:
        """Whether a circle I am in now can read it: who was taken out of a case keeps old keys, and no right."""
        vault = self._register.vault
        return any(map(vault.can_open, vault.readers(place)))

    def _case(self, code: str) -> str:
        return code if code in self._codes else ""

    # --- notes ---------------------------------------------------------------------------------------------

    def notes(self, outlines: Sequence[Outline]) -> Entries:
        """Return some notes."""
        found: Entries = {source("notes", seen.id): [] for seen in outlines}
        for known in self._register.notes.some(outlines):
            if self._still_mine(("notes", known.id)):
                found[source("notes", known.id)] = [self._note(known)]
        return found

    def _note(self, known: KnownNote) -> Entry:
        note = known.note
        labels = [BEHAVIOUR + behaviour for behaviour in note.behaviours]
        labels += [note.kind.value] if note.kind is NoteKind.SIGNAL else []
        labels += [PRIVATE] if note.private else []
        labels += [CONCEPT] if note.concept else []
        return Entry(
            key=source("notes", known.id),
            kind=Kind.NOTE,
            at=note.happened,
            day=_local(note.happened).date(),
            author=note.author,
            texts=_texts(note.facts, note.words, note.did, note.heard_from),
            pupils=tuple(participant.pupil for participant in note.pupils),
            place=note.place,
            labels=tuple(labels),
            case=self._case(known.case),
            of=known.id,
            replaces=source("notes", note.replaces) if note.replaces else "",
        )

    # --- cases ---------------------------------------------------------------------------------------------

    def case(self, known: KnownCase) -> Entries:
        """Return a case with all that was written in it, notes apart."""
        opened = known.case.opened
        case = Entry(
            key=source("cases", known.code),
            kind=Kind.CASE,
            at=opened,
            day=_local(opened).date(),
            author=known.case.owner,
            pupils=tuple(known.names),
            case=known.code,
        )
        return {source("cases", known.code): [case, *self._written_in(known)]}

    def _written_in(self, known: KnownCase) -> Iterator[Entry]:
        everybody, code = tuple(known.names), known.code
        titles = {step.number: f"{step.number} {step.title}" for step in known.protocol.steps}
        for event in known.events:
            said, texts = event.record, self._step_texts(known, event)
            yield Entry(
                key=source("steps", event.id), kind=Kind.STEP, at=_at(said), day=said.happened, author=said.author,
                texts=texts, title=titles.get(said.step, ""), pupils=said.about or _unless(texts, everybody),
                labels=(said.state.value,), case=code, step=said.step, corrected=event.id in known.corrected,
            )  # fmt: skip
        for decided in known.decisions:
            decision, texts = decided.record, _texts(decided.record.advice, decided.record.text)
            about = decision.told or ((decision.about,) if decision.about else _unless(texts, everybody))
            yield Entry(
                key=source("decisions", decided.id), kind=Kind.DECISION, at=_at(decision), day=decision.happened,
                author=decision.author, texts=texts, pupils=about, labels=(decision.kind.value,), case=code,
            )  # fmt: skip
        methods = {method.id: method.title for method in known.protocol.methods}
        for begun in known.approaches:
            approach, texts = begun.record, _texts(begun.record.text)
            yield Entry(
                key=source("approaches", begun.id), kind=Kind.APPROACH, at=_at(approach), day=approach.happened,
                author=approach.author, texts=texts, title=methods.get(approach.method, ""),
                pupils=approach.about or _unless(texts, everybody), case=code,
            )  # fmt: skip
        for agreed in known.agreements:
            if agreed.agreement.cases[:1] == (code,):  # one that serves several cases is found once
                yield from self._agreed(agreed, code, everybody)

    @staticmethod
    def _step_texts(known: KnownCase, event: KnownStep) -> tuple[Text, ...]:
        """Return what was typed; what was chosen from a list is stored as a code word, and no text."""
        said, coded = event.record, (FieldKind.CHOICE, FieldKind.DAY)
        skipped = {field.id for field in known.fields(said.step) if field.kind in coded}
        details = (text for ident, text in said.details.items() if ident not in skipped)
        return _texts(said.text, *details, said.present, said.reason)

    @staticmethod
    def _agreed(agreed: KnownAgreement, code: str, everybody: tuple[str, ...]) -> Iterator[Entry]:
        said, texts = agreed.agreement, _texts(agreed.agreement.text)
        about = said.about or _unless(texts, everybody)
        yield Entry(
            key=source("agreements", agreed.id), kind=Kind.AGREEMENT, at=_at(said), day=said.happened,
            author=said.author, texts=texts, pupils=about, case=code, corrected=agreed.corrected,
        )  # fmt: skip
        for looked in agreed.checks:
            check = looked.record
            yield Entry(
                key=source("checks", looked.id), kind=Kind.CHECK, at=_at(check), day=check.happened,
                author=check.author, texts=_texts(check.text), pupils=(check.about,) if check.about else about,
                labels=(check.kept.value,), case=code,
            )  # fmt: skip

    # --- what lies beside them -----------------------------------------------------------------------------

    def whole(self, table: str) -> Entries:
        """Return all of a table that is read as a whole."""
        read: dict[str, Callable[[], Iterable[Entry]]] = {"questions": self._questions, "complaints": self._complaints}
        return {source(table): list(read[table]())}

    def _questions(self) -> Iterator[Entry]:
        for known in self._register.questions.all(BEGINNING):
            for number, said in enumerate((known.asked, *known.said)):
                if said.text and self._still_mine(("questions", known.id)):
                    yield Entry(
                        key=source("questions", f"{known.id}:{number}"), kind=Kind.ANSWER if number else Kind.QUESTION,
                        at=said.entered, day=_local(said.entered).date(), author=said.author,
                        texts=_texts(said.text), case=self._case(known.case), of=known.id,
                    )  # fmt: skip

    def _complaints(self) -> Iterator[Entry]:
        for known in self._register.complaints.all():
            if not self._still_mine(("complaints", known.id)):
                continue
            for number, said in enumerate((known.record, *known.said)):
                case = self._case(said.case)
                yield Entry(
                    key=source("complaints", f"{known.id}:{number}"), kind=Kind.COMPLAINT, at=_at(said),
                    day=said.happened, author=said.author, texts=_texts(said.source, said.route, said.text),
                    case=case, of=known.id,
                )  # fmt: skip

    def alone(self, table: str, outlines: Sequence[Outline]) -> Entries:
        """Return some documents of a table of which each is read by itself."""
        if table == "notes":
            return self.notes(outlines)
        read: Mapping[str, Callable[[str], Entry | None]] = {
            "incidents": self._incident,
            "incident_events": self._measure,
            "dismissals": self._dismissal,
        }
        found = {seen.id: read[table](seen.id) for seen in outlines}
        return {source(table, ident): [entry] if entry else [] for ident, entry in found.items()}

    def _read_incident(self, ident: str) -> Incident | None:
        found = event_of(self._register.vault, self._register.db, "incidents", ident, Incident)
        return found[1] if found and self._still_mine(("incidents", ident)) else None

    def _incident(self, ident: str) -> Entry | None:
        said = self._read_incident(ident)
        if said is None:
            return None
        return Entry(
            key=source("incidents", ident), kind=Kind.INCIDENT, at=said.happened,
            day=_local(said.happened).date(), author=said.author,
            texts=_texts(said.what, said.with_what, said.why, said.measures),
            pupils=tuple(participant.pupil for participant in said.pupils), place=said.place,
            labels=(BEHAVIOUR + said.behaviour,), case=self._case(said.case), of=ident,
        )  # fmt: skip

    def _measure(self, ident: str) -> Entry | None:
        found = event_of(self._register.vault, self._register.db, "incident_events", ident, IncidentEvent)
        about = self._read_incident(found[1].incident) if found else None
        if found is None or about is None:  # who cannot read an incident has nothing to say about it
            return None
        said = found[1]
        pupils = said.about or tuple(participant.pupil for participant in about.pupils)
        return Entry(
            key=source("incident_events", ident), kind=Kind.MEASURE, at=_at(said), day=said.happened,
            author=said.author, texts=_texts(said.text), pupils=pupils, case=self._case(about.case), of=said.incident,
        )  # fmt: skip

    def _dismissal(self, ident: str) -> Entry | None:
        found = event_of(self._register.vault, self._register.db, "dismissals", ident, Dismissal)
        if found is None or not self._still_mine(("dismissals", ident)):
            return None
        said = found[1]
        return Entry(
            key=source("dismissals", ident), kind=Kind.DISMISSAL, at=said.entered,
            day=_local(said.entered).date(), author=said.author, texts=_texts(said.reason), pupils=said.pupils,
            of=ident,
        )  # fmt: skip


def _texts(*texts: Text) -> tuple[Text, ...]:
    return tuple(text for text in texts if text)


def _unless(texts: Iterable[Text], everybody: tuple[str, ...]) -> tuple[str, ...]:
    """Return the pupils of the case, unless a text names some: what names nobody is about all of them."""
    return () if any(map(pupils_in, texts)) else everybody
