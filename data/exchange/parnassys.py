"""The text for one pupil's ParnasSys file: copy-ready, other pupils left out of it.

No interface, file or field list of ParnasSys for incidents was found, so it is plain text in the school's own template.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import N_
from ..model import IncidentWhat, Note, NoteKind, Participant, ParticipantRole, Text
from ..register.known_incident import KnownIncident
from ..register.text import draw
from ..words import Words
from .masking import Mask, forms_of_name
from .template import filled


def builtin(words: Words) -> str:
    """Return the template of a school that wrote none."""
    lines = (
        "{datum} {tijd} {waar}",
        words.tr(N_("Kind: {soort}")),
        words.tr(N_("Role: {rol}")),
        words.tr(N_("What: {wat}")),
        words.tr(N_("In the child's words: {woorden}")),
        words.tr(N_("With what: {waarmee}")),
        words.tr(N_("Why: {waarom}")),
        words.tr(N_("Also involved: {anderen}")),
        words.tr(N_("What was done: {maatregelen}")),
        words.tr(N_("Parents told: {ouders}")),
        words.tr(N_("Management brought in: {directie}")),
        words.tr(N_("Written by: {door}")),
    )
    return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What happened, before it is told about one pupil."""

    happened: dt.datetime
    author: str
    """The name of who wrote it down."""
    pupils: tuple[Participant, ...] = ()
    kind: str = ""
    place: str = ""
    what: Text = ()
    words: Text = ()
    """The child's own words: whose they are is only clear where it is about one child."""
    with_what: Text = ()
    why: Text = ()
    measures: tuple[Text, ...] = ()
    told: Mapping[str, dt.date] = field(default_factory=dict)
    """The pupils whose parents were told, and when."""
    director: dt.date | None = None


def of_note(note: Note, author: str, kind: str = "") -> Entry:
    """Return what a note tells; a signal's source stays in the note."""
    return Entry(
        happened=note.happened,
        author=author,
        pupils=note.pupils,
        kind=kind,
        place=note.place,
        what=note.facts,
        words=note.words if len(note.pupils) == 1 and note.kind is NoteKind.OBSERVATION else (),
        measures=(note.did,),
    )


def of_incident(known: KnownIncident, author: str, kind: str, pupil: str) -> Entry:
    """Return what an incident tells of one pupil; a later measure that is about others alone is left out."""
    record = known.record
    later = (event.text for event in known.done(IncidentWhat.MEASURE) if not event.about or pupil in event.about)
    told: dict[str, dt.date] = {}
    for event in known.done(IncidentWhat.PARENTS):
        for one in event.about or known.concerned:
            told.setdefault(one, event.happened)
    director = known.done(IncidentWhat.DIRECTOR)
    return Entry(
        happened=record.happened,
        author=author,
        pupils=record.pupils,
        kind=kind,
        place=record.place,
        what=record.what,
        with_what=record.with_what,
        why=record.why,
        measures=(record.measures, *later),
        told=told,
        director=director[0].happened if director else None,
    )


class Writer:
    """Writes texts about one pupil. `near` are the pupils of what is told, `far` whole names of others at school."""

    def __init__(
        self,
        words: Words,
        template: str,
        pupil: str,
        near: Mapping[str, tuple[str, str]],
        far: Iterable[str] = (),
        staff: Iterable[str] = (),
        called: str = "",
    ) -> None:
        """`near`: id → (given name, whole name), the pupil's own too; `staff` are names that always stay.

        `called` stands for the pupil, else the given name.
        """
        self._words = words
        self._template = template or builtin(words)
        self._pupil = pupil
        given, name = near.get(pupil, ("", ""))
        self._called, self._whole = called or given, called or name
        self._other = words.tr(N_("another pupil"))
        hidden = {form for ident, names in near.items() if ident != pupil for form in forms_of_name(*names)}
        self._mask = Mask({*hidden, *far}, name, self._other, (*staff, called))
        self._sentence = re.compile(rf"(^|[.!?]\s+|\n){re.escape(self._other)}")

    def text(self, entry: Entry) -> str:
        """Return the text of one entry."""
        local, words = entry.happened.astimezone(), self._words
        others = [one for one in entry.pupils if one.pupil != self._pupil]
        own = next((one.role for one in entry.pupils if one.pupil == self._pupil), ParticipantRole.UNKNOWN)
        told = entry.told.get(self._pupil)
        said = {
            "wat": entry.what,
            "woorden": entry.words,
            "waarmee": entry.with_what,
            "waarom": entry.why,
        }
        measures = filter(None, (self._said(text) for text in entry.measures))
        values = {
            "naam": self._whole,
            "datum": words.long_date(local.date()),
            "tijd": f"{local:%H:%M}",
            "soort": self._mask(entry.kind),
            "rol": "" if own is ParticipantRole.UNKNOWN else words.tr(own.value),
            "anderen": ", ".join(map(self._other_one, others)),
            "waar": self._mask(entry.place),
            "maatregelen": "\n".join(measures),
            "ouders": words.long_date(told) if told else "",
            "directie": words.long_date(entry.director) if entry.director else "",
            "door": entry.author,
            **{word: self._said(text) for word, text in said.items()},
        }
        # Once more over all of it: two fields beside each other may make a name.
        return self._mask(filled(self._template, values))

    def _said(self, text: Text) -> str:
        drawn = draw(text, lambda pupil: self._called if pupil == self._pupil else self._other)
        return self._sentence.sub(lambda found: found[1] + _capital(self._other), self._mask(drawn).strip())

    def _other_one(self, one: Participant) -> str:
        """Return another pupil by role alone."""
        if one.role is ParticipantRole.UNKNOWN:
            return self._other
        return f"{self._other} ({self._words.tr(one.role.value)})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
