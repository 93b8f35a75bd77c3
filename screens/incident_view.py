"""One incident: what it is, how far it is, what was done about it, and the entries that it corrects."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownIncident, KnownNote
from data.register.incident_answers import named_in_note
from data.register.known_incident import KnownEvent

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .incident_event import IncidentEventForm
from .incident_form import IncidentForm
from .incident_words import answers, event_line, ground, kinds, marks
from .parnassys import ParnassysScreen
from .text import fit, folded, safe
from .widgets import Prose

MOST_LINES = 10_000
"""So many lines of an answer are shown: all of them."""


class IncidentView(DeskScreen):
    """An incident as it stands now."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("add", "a", N_("Add"), N_("Write what was done: parents told, management, a measure, a report")),
        Command("parnassys", "p", N_("ParnasSys"), N_("The text for ParnasSys: copy it, write it, tick it off")),
        Command("correct", "c", N_("Correct"), N_("Correct this incident by a new entry; the old one stays beside it")),
        Command("take_back", "w", N_("Take back"), N_("Take back what you added last: it was a mistake"), foot=False),
        Command("case", "z", N_("Case"), N_("Open the case it belongs to"), foot=False),
        Command("names", "v", N_("Names"), N_("Show names, or initials again"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "A question mark is still to be done, a tick is done. a writes what was done about it, p makes the text for "
        "ParnasSys. Only who decided on an incident corrects it, with c; everybody who reads it can add what was done. "
        "w takes back what you added last; both stay to be seen."
    )

    def __init__(self, desk: Desk, ident: str) -> None:
        super().__init__(desk)
        self._ident = ident
        self._known: KnownIncident | None = None
        self._earlier: list[KnownIncident] = []
        self._notes: list[KnownNote] = []
        self._text = Prose(id="incident-text")
        self._scroll = VerticalScroll(self._text, id="dossier")

    def compose_body(self) -> Iterable[Widget]:
        """One text to scroll."""
        yield self._scroll

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self.title_bar.main = self.tr("Incident")
        self.title_bar.right = self.who_am_i()
        self._scroll.focus()
        self.look_again(first=True)

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        if self._known is not None:
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False) -> None:
        """Read in a thread, then draw; what stands in the place of a corrected entry is shown."""
        try:
            chain = await asyncio.to_thread(self._chain)
            incidents = self.desk.register.incidents
            self._notes = await asyncio.to_thread(incidents.corrected_notes, chain[-1])
            pupils = {one.pupil for known in chain for one in known.record.pupils}
            pupils = pupils.union(*map(named_in_note, self._notes))
            names = await asyncio.to_thread(incidents.names, pupils, chain[-1].record.case)
        except PesttuiError as error:
            self.fail_if_seen(error)
            if first:
                self.leave(None)
            return
        self.desk.names = {**names, **self.desk.names}
        *self._earlier, self._known = chain
        self._ident = self._known.id
        self._draw()
        self.show_keys()

    def _chain(self) -> list[KnownIncident]:
        """Return the entries of one author that correct each other, the one that stands last."""
        everything = {known.id: known for known in self.desk.register.incidents.all()}
        known = everything.get(self._ident) or self.desk.register.incidents.get(self._ident)
        while known.corrected:
            later = [
                one for one in everything.values() if one.record.corrects == known.id and one.author == known.author
            ]
            if not later:
                break
            known = max(later, key=lambda one: (one.standing, one.record.entered))
        chain = [known]
        while (before := everything.get(chain[0].record.corrects)) and before.author == known.author:
            if before in chain:
                break
            chain.insert(0, before)
        return chain

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        known, desk = self._known, self.desk
        if known is None:
            return
        record, school = known.record, desk.register.school()
        moment = self.words.moment(record.happened)
        self.title_bar.about = " · ".join(filter(None, (moment, record.place, record.case)))
        lines = [safe(kinds(desk, known, school), "bold $strong")]
        reportable = desk.register.incidents.reportable(record, school)
        lines += [
            Content.assemble((f"{sign} ", f"bold ${style}"), safe(word, f"${style}" if style != "done" else ""))
            for sign, word, style in marks(desk, known, reportable=reportable)
        ]
        lines += [Content(""), *self._answers(known)]
        decided = self.words.moment(record.entered)
        by = self.tr("decided {date} by {name}: {ground}", date=decided, name=desk.colleague(record.author),
                     ground=ground(desk, known))  # fmt: skip
        lines.append(safe(by, "$quiet"))
        for note in self._notes:
            when = self.words.moment(note.note.entered)
            lines.append(safe(f"\n{self.tr('The note was corrected since, on {date}', date=when)}", "bold $heading"))
            lines.append(safe(desk.text(note.note.facts)))
        if known.events:
            lines += [safe(f"\n{self.tr('What was done about it')}", "bold $heading")]
            lines += [event_line(desk, event) for event in known.events]
        for earlier in reversed(self._earlier):
            when = self.words.moment(earlier.record.entered)
            lines.append(safe(f"\n{self.tr('Corrected: what was written on {date}', date=when)}", "bold $heading"))
            lines += [safe(kinds(desk, earlier, school), "$quiet"), *self._answers(earlier)]
        self._text.update(Content("\n").join(lines))

    def _answers(self, known: KnownIncident) -> list[Content]:
        """Return the answers, each beside its question's word: the eye goes down the words."""
        told, lines = answers(self.desk, known), list[Content]()
        words = max((cell_len(word) for word, _ in told), default=0) + 2
        # One cell less than there is: a scroll bar may appear.
        room = max(20, (self._text.size.width or self.size.width - 4) - 1 - words)
        for word, answer in told:
            parts = [part for text in answer.split("\n") for part in folded(safe(text), room, MOST_LINES)]
            for at, part in enumerate(parts):
                lines.append(Content.assemble((fit("" if at else word, words), "$quiet"), part))
        return lines

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew: lines have another width."""
        self.call_after_refresh(self._draw)

    # --- commands ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only its author corrects; only one's own is taken back; outsiders read."""
        known, register = self._known, self.desk.register
        if action == "correct":
            return known is not None and known.author == register.me
        if action in ("add", "parnassys"):
            return register.incidents.writes and (action == "add" or known is None or bool(known.record.pupils))
        if action == "take_back":
            return self._last_own() is not None
        return action != "case" or (known is not None and bool(known.record.case))

    def _last_own(self) -> KnownEvent | None:
        """Return what this person added last and did not take back."""
        mine = [
            one for one in (self._known.events if self._known else ()) if one.record.author == self.desk.register.me
        ]
        return max((one for one in mine if one.counts), key=lambda one: one.record.entered, default=None)

    def action_add(self) -> None:
        """Write what was done."""
        if self._known is not None:
            self.app.push_screen(IncidentEventForm(self.desk, self._known))

    def action_parnassys(self) -> None:
        """Make the text for ParnasSys."""
        if self._known is not None:
            self.app.push_screen(ParnassysScreen(self.desk, self._known))

    @work
    async def action_correct(self) -> None:
        """Correct it."""
        form = await correction(self, self._ident)
        if form is not None:
            self.app.push_screen(form, self._corrected)

    def _corrected(self, ident: object) -> None:
        if isinstance(ident, str):
            self._ident = ident
            self.look_again()

    def action_take_back(self) -> None:
        """Take back what one added last, once it is sure."""
        last = self._last_own()
        if last is not None:
            self._ask_and_take_back(last)

    @work
    async def _ask_and_take_back(self, event: KnownEvent) -> None:
        line = event_line(self.desk, event).plain
        question = f"{self.tr('Take this back? Both stay to be seen.')}\n\n{line}"
        answers = (("back", "w", self.tr("Take back")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) != "back":
            return
        try:
            await asyncio.to_thread(self.desk.register.incidents.take_back, event.id)
        except PesttuiError as error:
            self.fail(error)
        self.look_again()

    def action_case(self) -> None:
        """Open its case."""
        from .case import CaseScreen  # noqa: PLC0415 - which opens incidents as well

        if self._known is not None and self._known.record.case:
            self.app.push_screen(CaseScreen(self.desk, self._known.record.case))

    def action_back(self) -> None:
        """Back to where one came from."""
        self.leave(None)


async def correction(screen: DeskScreen, ident: str) -> IncidentForm | None:
    """Return the form that corrects an incident of one's own; None, and why, where that cannot be."""
    incidents = screen.desk.register.incidents
    try:
        begun = await asyncio.to_thread(incidents.begin_correction, ident)
        known = await asyncio.to_thread(incidents.get, ident)
        names = await asyncio.to_thread(incidents.names, dict(begun.pupils), known.record.case)
    except PesttuiError as error:
        screen.fail(error)
        return None
    return IncidentForm(screen.desk, begun, names, ident)


async def decide(screen: DeskScreen, notes: list[str]) -> None:
    """Open the form that makes an incident of some notes; the incident itself, where one of them is one already."""
    incidents = screen.desk.register.incidents

    def show(ident: object) -> None:
        if isinstance(ident, str):
            screen.when_seen(lambda: screen.app.push_screen(IncidentView(screen.desk, ident)))

    try:
        for note in notes:
            known = await asyncio.to_thread(incidents.of_note, note)
            if known is not None:
                show(known.id)
                return
        begun = await asyncio.to_thread(incidents.begin, notes)
        names = await asyncio.to_thread(incidents.names, dict(begun.pupils))
    except PesttuiError as error:
        screen.fail(error)
        return
    screen.app.push_screen(IncidentForm(screen.desk, begun, names), show)
