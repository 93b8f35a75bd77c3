"""Quick note: half a minute, children in the room. Type what happened, press one key, gone again."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Label, Static, TextArea

from data.clean import clean_line
from data.errors import N_
from data.model import Behaviour, ParticipantRole, Pupil, Source
from data.register import Jotting, KnownCase, KnownPupil, recognise
from data.register.capture import KIND, PLACE, PUPIL, Capture, Suggestion, judging_in, kinds_of
from data.register.lists import behaviours, judging
from data.when import Unclear, parse_moment

from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .find_pupil import PupilFinder
from .form import LEAVE, NEXT, SAVE, DeskForm
from .note_words import SOURCE_WORDS
from .participants import Participants
from .suggest import NoteArea, Suggestions
from .text import safe, safe_line
from .widgets import ChoiceLine, RowList

_PAUSE = 0.25
"""Seconds without a key before names are looked for: a pause in typing, not a wait."""

PLACE_CELLS = 22
"""How many cells of the field for a place show text."""

_KIND_CELLS = 40

_HINTED = 2
"""How many words that judge are named at once."""


class QuickNote(DeskForm):
    """One line is enough; the rest is there when there is time."""

    KEPT = "note"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        replace(NEXT, foot=False),
        Command("concept", "f4", N_("Draft"), N_("Save as a draft: it waits on My day to be completed"), priority=True),
        Command("private", "f6", N_("Private"), N_("Only for you, or for those whom it concerns again"), priority=True),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE[2:4])

    HELP = N_(
        "Write what you saw or heard; one line is enough, F2 saves it. Behind @ first letters find a child, behind # a "
        "place, behind ! a kind of behaviour; arrows choose, Enter or Tab takes, typing on ignores it. Children of "
        "your own group are recognised by their given name; others are found at “who” as well. In the list of children "
        "left and right choose the role, or its first letter; Del takes a child out. F4 saves a draft, which you "
        "complete later. What you type is kept as you type it: if the line drops, it is on My day when you are back. "
        "F6 makes it a private note, which only you can open; share or remove it within two weeks."
    )

    def __init__(self, desk: Desk, case: KnownCase | None = None) -> None:
        super().__init__(desk)
        self._case = case
        self._known: list[KnownPupil] = []
        self._mine: set[str] = set()
        self._behaviours: Sequence[Behaviour] = ()
        self._judging: tuple[str, ...] = ()
        self._private = False
        self._concept = False
        self._heading = Label(classes="heading", markup=False)
        self._suggestions = Suggestions(desk)
        self._facts = NoteArea(self._suggestions, self._took, id="facts")
        self._hint = Static("", id="hint", markup=False)
        self._finder = PupilFinder(desk)
        self._participants = Participants(desk)
        self._place = quiet_input(id="place", max_length=60)
        self._when = quiet_input(placeholder=self.tr("now; or 10:42, 10 min ago"), id="when", max_length=40)
        self._kinds = quiet_input(id="kinds", max_length=200)
        sources = [("", self.tr("seen myself")), *((str(one), self.tr(word)) for one, word in SOURCE_WORDS.items())]
        self._source = ChoiceLine(sources, "", numbered=False, id="source")
        self._heard_from = quiet_input(placeholder=self.tr("from whom"), id="heard-from", max_length=120)
        child, did = self.tr("The child's own words"), self.tr("What I did")
        self._words_of_child = NoteArea(self._suggestions, self._took, id="words", placeholder=child)
        self._did = NoteArea(self._suggestions, self._took, id="did", placeholder=did)
        self._timer: Timer | None = None
        self._opened = desk.register.now()

    def compose_body(self) -> Iterable[Widget]:
        """The facts first; who, where, when, what and from whom; then the child's words and what one did."""
        with Vertical(id="note"):
            yield self._heading
            yield self._facts
            yield self._hint
            yield self._finder
            yield self._participants
            with Horizontal(classes="field"):
                yield Label(self.tr("where"), markup=False)
                yield self._place
                yield Label(self.tr("when"), markup=False)
                yield self._when
            with Horizontal(classes="field"):
                yield Label(self.tr("kind"), markup=False)
                yield self._kinds
            with Horizontal(classes="field grows"):
                yield Label(self.tr("source"), markup=False)
                yield self._source
            with Horizontal(classes="field", id="whose"):
                yield Label("", markup=False)
                yield self._heard_from
            with Horizontal(classes="field lines"):
                yield Label(self.tr("said"), markup=False)
                yield self._words_of_child
            with Horizontal(classes="field lines"):
                yield Label(self.tr("did"), markup=False)
                yield self._did
            yield self.answer
        yield self._suggestions

    def on_mount(self) -> None:
        """Put the cursor in the facts at once; pupils are read meanwhile."""
        super().on_mount()
        self._participants.display = False
        self.query_one("#whose").display = False
        self.title_bar.main = self.tr("Note")
        self._draw_heading()
        if self._case:
            self.title_bar.about = self.tr("in case {code}", code=self._case.code)
        # At once, and not in turn: what is typed right behind the key that came here belongs in the note.
        self.set_focus(self._facts)
        self._read_pupils()

    @work
    async def _read_pupils(self) -> None:
        pupils, school = self.desk.register.pupils, self.desk.register.school()
        ever = await asyncio.to_thread(pupils.everybody)
        self._known = [known for known in ever if known.pupil.left_on is None]
        self._mine = await asyncio.to_thread(pupils.my_groups)
        listed = {known.id for known in ever}
        of_case = self._case.names if self._case else {}
        ever += [_named(ident, name) for ident, name in of_case.items() if ident not in listed]
        self._behaviours, self._judging = self._kinds_here(behaviours(school)), judging(school)
        places = sorted(school.places, key=lambda place: place != self.desk.last_place)
        self._suggestions.capture = Capture(ever, self._mine, places, self._behaviours)
        self._finder.among(self._known)
        self._place.placeholder = self._places()
        self._kinds.placeholder = self._offered([one.name for one in self._behaviours], _KIND_CELLS)
        self._pupils_read()
        self._look_for_names()

    def _pupils_read(self) -> None:
        """Go on once names can be drawn."""

    def _kinds_here(self, listed: tuple[Behaviour, ...]) -> tuple[Behaviour, ...]:
        """Return the kinds that can be typed here: the school's."""
        return listed

    def _places(self) -> str:
        """Return a few of the school's places, the last one used first, as many as the field shows whole."""
        places = sorted(self.desk.register.school().places, key=lambda place: place != self.desk.last_place)
        return self._offered(places, PLACE_CELLS)

    def _offered(self, names: Sequence[str], cells: int) -> str:
        shown, dots = "", self.desk.glyphs.dots
        for at, name in enumerate(map(safe_line, names)):
            more = f"{shown}, {name}" if shown else name
            if cell_len(more + (dots if at < len(names) - 1 else "")) > cells:
                return shown + dots if shown else ""
            shown = more
        return shown

    # --- for whom ------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is written in a case is for everybody in it."""
        return action != "private" or self._case is None

    def action_private(self) -> None:
        """Keep it to oneself, or not after all."""
        self._private = not self._private
        self._draw_heading()
        self.keep()

    def _draw_heading(self) -> None:
        """Say what to write, and before it, where it is so, that nobody else will read it."""
        alone = (f"{self.tr('private: only you')}  ", "bold $key") if self._private else ""
        self._heading.update(Content.assemble(alone, self.tr("What did you see or hear?")))

    @property
    def _names(self) -> dict[str, str]:
        case = self._case.names if self._case else {}
        return {**self.desk.names, **case, **{known.id: known.name for known in self._known}}

    # --- what is typed -------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._look_for_names)

    def _look_for_names(self) -> None:
        """Put in who is clearly named in the text, unless taken out before; say which words judge."""
        for text in filter(None, (self._facts.text, self._words_of_child.text, self._did.text)):
            for ident in recognise(text, self._known, self._mine):
                if ident not in self._participants.refused:
                    self._participants.add(ident)
        self._participants.draw(self._names)
        self._draw_hint()

    def _draw_hint(self) -> None:
        """Ask quietly what was seen where a word judges; where nothing is written yet, say what the signs do."""
        found = judging_in("\n".join((self._facts.text, self._did.text)), self._judging)
        if found:
            words = ", ".join(f"“{safe_line(word)}”" for word in found[:_HINTED])
            said = self.tr("{words}: what did you see or hear?", words=words)
        else:
            said = "" if self._facts.text else self.tr("@ child   # place   ! kind")
        if said != str(self._hint.content):
            self._hint.update(safe(said))

    def _took(self, chosen: Suggestion) -> None:
        """A sign was given its meaning."""
        if chosen.sign == PUPIL:
            self._participants.add(chosen.value)
            self._participants.draw(self._names | {chosen.value: chosen.shown})
        elif chosen.sign == PLACE:
            self._place.value = chosen.shown
        elif chosen.sign == KIND and chosen.value not in self._kinds_typed()[0]:
            self._kinds.value = ", ".join(filter(None, (self._kinds.value.strip().rstrip(","), chosen.shown)))
        self.keep()

    @on(RowList.Chosen, "#suggestions")
    def _clicked(self, event: RowList.Chosen) -> None:
        event.stop()
        if isinstance(self.focused, NoteArea):
            self.focused.take()

    @on(PupilFinder.Found)
    def _found(self, event: PupilFinder.Found) -> None:
        self._participants.add(event.pupil)
        self._participants.draw(self._names)
        self.keep()

    @on(Participants.Changed)
    def _roles_changed(self) -> None:
        self._participants.draw(self._names)
        if not self._participants.roles:
            self._finder.field.focus()
        self.keep()

    @on(ChoiceLine.Changed, "#source")
    def _source_chosen(self) -> None:
        self.query_one("#whose").display = bool(self._source.value)

    # --- saving --------------------------------------------------------------------------------------------

    @property
    def _otherwise(self) -> datetime | None:
        """When it happened, where nothing else is typed."""
        return self._opened

    def _moment(self) -> tuple[datetime | None, str]:
        """Return when it happened, and what was typed there that is no moment: it must not hold up a sentence."""
        typed = self._when.value.strip()
        if typed in ("", self.tr("now")):
            return self._otherwise, ""
        try:
            return parse_moment(typed, self.desk.register.now()), ""
        except Unclear:
            return self._otherwise, typed

    def _kinds_typed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return kinds_of(self._kinds.value, self._behaviours)

    def _jotting(self) -> tuple[Jotting, list[str]]:
        """Return the note, and what was typed in small fields and was not understood: it is kept behind the facts."""
        happened, unclear = self._moment()
        kinds, unknown = self._kinds_typed()
        kept = [self.tr("(who: {typed})", typed=self._finder.half_typed)] if self._finder.half_typed else []
        kept += [self.tr("(when: {typed})", typed=unclear)] if unclear else []
        kept += [self.tr("(kind: {typed})", typed=", ".join(unknown))] if unknown else []
        facts = self._facts.text.rstrip()
        jotting = Jotting(
            facts=" ".join([facts, *kept]) if facts.strip() else "",
            words=self._words_of_child.text,
            did=self._did.text,
            pupils=tuple(self._participants.roles.items()),
            place=self._place.value,
            happened=happened,
            case=self._case.code if self._case else "",
            private=self._private,
            concept=self._concept,
            behaviours=kinds,
            source=Source(self._source.value) if self._source.value else None,
            heard_from=self._heard_from.value,
            chosen=tuple(self._suggestions.meant.items()),
        )
        return jotting, kept

    def action_save(self) -> None:
        """Save it as a complete note."""
        if not self._saving:
            self._concept = False
        super().action_save()

    def action_concept(self) -> None:
        """Save it as a concept, to go on with later."""
        if not self._saving:
            self._concept = True
        super().action_save()

    async def save(self) -> str:
        """Write the note down and say what of it was not understood."""
        self._look_for_names()
        jotting, kept = self._jotting()
        await asyncio.to_thread(self._write, jotting, self._case.names if self._case else None)
        self.desk.last_place = clean_line(jotting.place) or self.desk.last_place
        if kept:
            return self.tr("Saved. Not understood, so it stands in the text: {what}", what=" ".join(kept))
        return self.tr("Saved as a draft") if self._concept else ""

    def _write(self, jotting: Jotting, names: Mapping[str, str] | None) -> None:
        self.desk.register.notes.add(jotting, names)

    def typed(self) -> str:
        """Return everything that was typed or chosen."""
        fields: tuple[str, ...] = (self._facts.text, self._words_of_child.text, self._did.text, self._place.value)
        fields += (self._finder.field.value, self._kinds.value, self._heard_from.value)
        return "".join((*fields, *self._participants.roles))

    def action_leave(self) -> None:
        """Close the suggestions; else back, after asking when something was typed."""
        if self._suggestions.display:
            self._suggestions.ignore()
        elif self._finder.suggesting:
            self._finder.clear()
        else:
            super().action_leave()

    # --- what is kept --------------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return the case it is written in."""
        return {"case": self._case.code} if self._case else {}

    def fields(self) -> dict[str, str]:
        """Return fields, roles, which pupil each chosen name means, and when the form was opened."""
        kept = {
            "roles": roles_written(self._participants.roles),
            "meant": msgspec.json.encode(self._suggestions.meant).decode(),
            "private": "yes" if self._private else "",
        }
        return {**super().fields(), **kept, "opened": self._opened.isoformat()}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back; "now" is still the moment at which the form was opened first."""
        super().refill(fields)
        self._private = bool(fields.get("private")) and self._case is None
        self._draw_heading()
        self.query_one("#whose").display = bool(self._source.value)
        self._participants.roles = {
            pupil: ParticipantRole(role)
            for pupil, _, role in (part.partition("=") for part in fields.get("roles", "").split(";"))
            if role in set(ParticipantRole)
        }
        with contextlib.suppress(msgspec.DecodeError):
            self._suggestions.meant.update(msgspec.json.decode(fields.get("meant", "{}"), type=dict[str, str]))
        with contextlib.suppress(ValueError):
            opened = datetime.fromisoformat(fields.get("opened", ""))
            if opened.tzinfo is not None and opened <= self._opened:
                self._opened = opened
                if fields.get("when", "") in ("", self.tr("now")):
                    self._when.value = self.words.moment(opened)
        self._participants.draw(self._names)


def roles_written(roles: Mapping[str, ParticipantRole]) -> str:
    """Return roles as one field of what is kept."""
    return ";".join(f"{pupil}={role}" for pupil, role in roles.items())


def _named(ident: str, name: str) -> KnownPupil:
    """Return a pupil of whom only a case knows the name."""
    given, _, family = name.partition(" ")
    return KnownPupil(ident, Pupil(given=given, family=family, group=""), "")
