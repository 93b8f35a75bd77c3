"""A note as it was typed, and the names in it: how they may be typed, and whom they mean."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..clean import MAX_TEXT, clean_line, clean_text
from ..errors import N_, UsageError
from ..model import Note, NoteKind, Participant, ParticipantRole, Source, Text
from .pupils import KnownPupil
from .text import level, link, pupils_in

MAX_HEARD_FROM = 120
"""The longest answer to "from whom", in characters."""

MOST_BEHAVIOURS = 10
"""How many kinds of behaviour one note can name."""

_IDENT = re.compile(r"[a-z0-9-]{1,24}")


@dataclass(frozen=True)
class Jotting:
    """A note as it was typed, before names become references."""

    facts: str
    words: str = ""
    did: str = ""
    pupils: tuple[tuple[str, ParticipantRole], ...] = ()
    place: str = ""
    happened: datetime | None = None
    kind: NoteKind = NoteKind.OBSERVATION
    case: str = ""
    private: bool = False
    concept: bool = False
    """Jotted down, to be completed."""
    behaviours: tuple[str, ...] = ()
    """The ids of kinds of behaviour in the school's list."""
    source: Source | None = None
    """Whose observation it is, where it is not one's own: that makes it a signal."""
    heard_from: str = ""
    """Of a signal: from whom."""
    chosen: tuple[tuple[str, str], ...] = ()
    """Names as they stand in the text, with the pupil (by id) who was chosen for each: goes before any guess."""

    def check(self, now: datetime) -> None:
        """Raise UsageError for a note that cannot be written at this moment."""
        if not clean_text(self.facts).strip():
            raise UsageError(N_("A note needs at least one line about what was seen or heard."))
        check_length(self.facts, self.words, self.did)
        if self.private and self.case:
            raise UsageError(N_("A note in a case is for everybody who takes part; it cannot be private."))
        if self.happened and self.happened > now:
            raise UsageError(N_("That moment is still to come. When did it happen?"))

    def note(self, author: str, now: datetime, pupils: Iterable[KnownPupil], names: Mapping[str, str]) -> Note:
        """Return the note that is stored: `pupils` are those of the school's list, `names` those of a case."""
        forms = forms_of(pupils, {pupil for pupil, _ in self.pupils} | {pupil for _, pupil in self.chosen})
        forms += [(name, pupil) for pupil, name in names.items()]
        forms = with_chosen(forms, self.chosen)
        behaviours = dict.fromkeys(filter(_IDENT.fullmatch, self.behaviours))
        signal = self.source is not None

        def linked(typed: str) -> Text:
            return link(typed, forms)

        return Note(
            kind=NoteKind.SIGNAL if signal else self.kind,
            author=author,
            happened=self.happened or now,
            entered=now,
            facts=linked(self.facts),
            words=linked(self.words),
            did=linked(self.did),
            pupils=tuple(Participant(pupil=pupil, role=role) for pupil, role in dict(self.pupils).items()),
            place=clean_line(self.place, 60),
            case=self.case,
            private=self.private,
            concept=self.concept,
            behaviours=tuple(behaviours)[:MOST_BEHAVIOURS],
            source=self.source,
            heard_from=linked(clean_line(self.heard_from, MAX_HEARD_FROM)) if signal else (),
        )


def check_length(*texts: str) -> None:
    """Raise UsageError for a text that would be cut: what was typed is kept whole or not at all."""
    longest = max(map(len, texts), default=0)
    if longest > MAX_TEXT:
        raise UsageError(N_("This text is too long: {count} characters, at most {most}."), count=longest, most=MAX_TEXT)


def forms_of(pupils: Iterable[KnownPupil], chosen: set[str]) -> list[tuple[str, str]]:
    """Return the forms in which pupils may be typed in a note.

    Chosen pupils by given name; everybody by whole name. Forms that two share are left out by `link`.
    """
    known = list(pupils)
    forms = [(pupil.forms[0], pupil.id) for pupil in known]
    return forms + [(pupil.forms[1], pupil.id) for pupil in known if pupil.id in chosen]


def with_chosen(forms: Iterable[tuple[str, str]], chosen: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return forms of names in which each chosen form means the pupil who was chosen for it, and nobody else."""
    if not chosen:
        return list(forms)
    meant = {level(form): (form, pupil) for form, pupil in chosen if form.strip()}
    return [(form, pupil) for form, pupil in forms if level(form) not in meant] + list(meant.values())


def recognise(typed: str, pupils: Iterable[KnownPupil], mine: set[str]) -> list[str]:
    """Return the ids of pupils whom a typed text clearly names: by given name in one's own groups, or in full.

    Somebody else's pupil with the same given name does not count against one's own.
    """
    known = list(pupils)
    forms = [(pupil.forms[0], pupil.id) for pupil in known if pupil.pupil.family]
    forms += [(pupil.forms[1], pupil.id) for pupil in known if pupil.pupil.group in mine]
    return list(pupils_in(link(typed, forms)))
