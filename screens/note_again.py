"""Going on with a concept, and correcting a note: the form of a note, which begins with what stands there."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from data.errors import Changed, PesttuiError
from data.model import Behaviour, NoteKind
from data.register import Jotting, KnownCase, KnownNote

from .desk import Desk
from .quick_note import QuickNote, roles_written


class NoteAgain(QuickNote):
    """What is written goes on with a concept of one's own, or corrects a complete note of one's own."""

    def __init__(self, desk: Desk, known: KnownNote, case: KnownCase | None = None) -> None:
        super().__init__(desk, case)
        self._before: KnownNote | None = known
        self._begun: dict[str, str] | None = None
        """What the fields held before anybody changed them; None until names could be drawn."""
        self._given_back = False
        self._private = known.note.private

    @property
    def _completing(self) -> bool:
        """Whether it goes on with a concept; else it corrects."""
        return self._before is None or self._before.note.concept

    def on_mount(self) -> None:
        """Take no words until what stands there can be put in."""
        super().on_mount()
        if self._before is None:
            return
        moment = self.words.moment(self._before.note.happened)
        self.title_bar.about = (
            self.tr("draft of {moment}", moment=moment)
            if self._completing
            else self.tr("correction of {moment}", moment=moment)
        )
        self._hold(True)

    def _kinds_here(self, listed: tuple[Behaviour, ...]) -> tuple[Behaviour, ...]:
        """The school's, and those that stand there and are in its list no more."""
        known = {one.id for one in listed}
        there = self._before.note.behaviours if self._before else ()
        return *listed, *(Behaviour(id=ident, name=ident) for ident in there if ident not in known)

    def _pupils_read(self) -> None:
        """Put what stands there into the fields, each name in a form that means the same pupil."""
        if self._before is None:
            return
        note, capture, meant = self._before.note, self._suggestions.capture, dict[str, str]()
        names = {one.id: one.name for one in self._behaviours}
        begun = {
            "facts": capture.typed_again(note.facts, meant),
            "words": capture.typed_again(note.words, meant),
            "did": capture.typed_again(note.did, meant),
            "heard-from": capture.typed_again(note.heard_from, meant),
            "place": note.place,
            "when": self.words.moment(note.happened),
            "kinds": ", ".join(names.get(ident, ident) for ident in note.behaviours),
            "source": str(note.source or ""),
            "roles": roles_written({one.pupil: one.role for one in note.pupils}),
            "meant": msgspec.json.encode(meant).decode(),
            "private": "yes" if note.private else "",
        }
        if not self._given_back:
            super().refill(begun)
        self._begun = {**begun, "who": "", "opened": self._opened.isoformat()}
        self._hold(False)

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put back what was typed here, in the place of what the note says."""
        self._given_back = True
        super().refill(fields)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What others have read stays readable; a correction is whole."""
        if action == "private":
            return self._before is None or self._before.note.private
        return action != "concept" or self._completing

    @property
    def _otherwise(self) -> datetime | None:
        return None if self._before else super()._otherwise

    def _jotting(self) -> tuple[Jotting, list[str]]:
        jotting, kept = super()._jotting()
        if self._before is None or self._begun is None:
            return jotting, kept
        if self._when.value.strip() == self._begun["when"]:
            jotting = replace(jotting, happened=None)  # to the second, and of whatever year it was
        if self._before.note.source is None and self._before.note.kind is NoteKind.SIGNAL:
            jotting = replace(jotting, kind=NoteKind.SIGNAL)
        return jotting, kept

    def _write(self, jotting: Jotting, names: Mapping[str, str] | None) -> None:
        notes = self.desk.register.notes
        if self._before is None:
            notes.add(jotting, names)
        elif self._completing:
            notes.go_on(self._before.id, jotting, names)
        else:
            notes.correct(self._before.id, jotting, names)

    async def refused(self, error: PesttuiError) -> None:
        """Say why; what another window completed meanwhile becomes a note of its own here."""
        await super().refused(error)
        if isinstance(error, Changed):
            self._before = None
            self.show_keys()

    def typed(self) -> str:
        """Return everything, once something was changed."""
        if self._before is not None and (self._begun is None or self._begun == self.fields()):
            return ""
        return super().typed()

    def where(self) -> dict[str, str]:
        """Return the note it begins with, beside the case."""
        return super().where() | ({"note": self._before.id} if self._before else {})


async def note_again(desk: Desk, known: KnownNote) -> NoteAgain:
    """Return the form that goes on with a note of one's own; in a case, with the names that the case knows."""
    case: KnownCase | None = None
    if known.case:
        case = await asyncio.to_thread(desk.register.cases.get, known.case)
        desk.names = {**case.names, **desk.names}
    return NoteAgain(desk, known, case)
