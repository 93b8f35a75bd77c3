"""What a search found: in words, and where it is opened."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, NotAllowed
from data.register.search import KINDS, Entry, Kind, Marked, lines
from data.register.search.entry import MARKS
from data.register.search.index import Sought

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .incident_view import IncidentView
from .note_view import NoteView, PrivateNoteView
from .question import QuestionView
from .text import safe
from .widgets import Prose

_PANES = {Kind.AGREEMENT: "agreed", Kind.CHECK: "agreed", Kind.APPROACH: "agreed"}
"""Which pane of its case shows it; the others stand in the order of time."""


def kind_word(desk: Desk, entry: Entry) -> str:
    """Return what sort of thing it is, in a word."""
    if entry.kind is Kind.NOTE:
        special = next((word for label, word in MARKS.items() if label in entry.labels), "")
        return desk.tr(special or ("signal" if "signal" in entry.labels else KINDS[entry.kind]))
    if entry.kind is Kind.DECISION:
        return desk.tr(entry.labels[0])
    return desk.tr(KINDS[entry.kind])


def day_words(desk: Desk, entry: Entry) -> str:
    """Return the day, with the year where that is another."""
    year = "" if entry.day.year == desk.register.now().year else f" {entry.day.year}"
    return desk.words.date(entry.day) + year


def stand_out(found: Marked) -> Content:
    """Return a text with its hits bold and underlined."""
    drawn = safe(found.text)
    if drawn.plain == found.text:  # what was cleaned away would let the hits stand elsewhere
        for at, to in found.marks:
            drawn = drawn.stylize("bold underline", at, to)
    return drawn


def in_full(desk: Desk, entry: Entry, sought: Sought) -> Content:
    """Return all that it says."""
    head = [kind_word(desk, entry), entry.case, desk.tr("corrected") if entry.corrected else ""]
    moment = (day_words(desk, entry), entry.place, desk.author(entry.author))
    parts = [safe("  ".join(filter(None, head)), "bold $strong"), safe("  ".join(filter(None, moment)), "$meta")]
    if entry.title:
        parts.append(safe(entry.title, "$heading"))
    for found in lines(entry, sought, desk.pupil):
        parts += [Content(""), stand_out(found)]
    if entry.pupils:
        parts += [Content(""), safe(", ".join(map(desk.pupil, entry.pupils)), "$quiet")]
    return Content("\n").join(parts)


async def screen_for(desk: Desk, entry: Entry) -> DeskScreen:
    """Return the screen that shows what was found; raises NotAllowed where it is gone by now."""
    register = desk.register
    if entry.kind is Kind.NOTE:
        known = await asyncio.to_thread(register.notes.get, entry.of)
        if known is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        if entry.case:
            await asyncio.to_thread(register.log.read_case, entry.case)
        return (PrivateNoteView if known.note.private else NoteView)(desk, known)
    if entry.kind in (Kind.QUESTION, Kind.ANSWER):
        return QuestionView(desk, await asyncio.to_thread(register.questions.get, entry.of))
    if entry.kind in (Kind.INCIDENT, Kind.MEASURE):
        known_incident = await asyncio.to_thread(register.incidents.get, entry.of)
        return IncidentView(desk, known_incident.id)
    if entry.case:
        pane = "" if entry.kind is Kind.CASE else _PANES.get(entry.kind, "time")
        return CaseScreen(desk, entry.case, step=entry.step, pane=pane)
    return FoundView(desk, entry)


class FoundView(DeskScreen):
    """Something that was found and has no screen of its own, to read."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    def __init__(self, desk: Desk, entry: Entry) -> None:
        super().__init__(desk)
        self._entry = entry
        self._text = Prose()

    def compose_body(self) -> Iterable[Widget]:
        """Its text."""
        with VerticalScroll(classes="form"):
            yield self._text

    def on_mount(self) -> None:
        """Draw it."""
        super().on_mount()
        self.title_bar.main = self.tr(KINDS[self._entry.kind]).capitalize()
        self.title_bar.right = self.who_am_i()
        self._draw()

    def _draw(self) -> None:
        self._text.update(in_full(self.desk, self._entry, Sought()))

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._draw()

    def action_back(self) -> None:
        """Back to what was found."""
        self.leave(None)
