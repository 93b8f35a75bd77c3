"""Which cases and notes of a list fit what was typed: each word must begin a word of what is looked through."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..text import draw
from .words import begin, words

if TYPE_CHECKING:
    from ..known import KnownCase
    from ..notes import KnownNote
    from ..session import Register


class Filter:
    """Looks for what was typed in cases and notes, in the words this person can read."""

    def __init__(self, register: "Register", names: dict[str, str], typed: str) -> None:
        self._register = register
        self._names = names
        self._wanted = words(typed)

    def case(self, known: "KnownCase") -> bool:
        """Whether a case fits: by its code, pupils, owner, step or group."""
        following = known.progress.next_step if known.open else None
        pupils = self._register.pupils
        groups = {found.group for pupil in known.names if (found := pupils.get(pupil)) is not None}
        listed = pupils.groups()
        texts = (
            known.code,
            *known.names.values(),
            self._register.people.name(known.case.owner),
            known.progress.phase.title if known.open else "",
            following.step.title if following else "",
            *(listed[group].name for group in groups if group in listed),
        )
        return self._fits(texts)

    def note(self, known: "KnownNote") -> bool:
        """Whether a note fits: by its text, pupils, place or author."""
        note = known.note
        pupils = (self._names.get(participant.pupil, "") for participant in note.pupils)
        said = (note.facts, note.words, note.did, note.heard_from)
        texts = (draw(text, lambda pupil: self._names.get(pupil, "")) for text in said)
        return self._fits((*texts, *pupils, note.place, self._register.people.name(note.author)))

    def _fits(self, texts: Iterable[str]) -> bool:
        return begin(self._wanted, words(" ".join(texts)))
