"""Quick note: half a minute, children in the room. Type what happened, press one key, gone again."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Label, TextArea

from data.errors import N_
from data.model import ParticipantRole
from data.register import Jotting, KnownCase, KnownPupil, recognise
from data.when import Unclear, parse_moment

from .areas import quiet_area
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .find_pupil import PupilFinder
from .form import LEAVE, NEXT, SAVE, DeskForm
from .text import safe_line
from .widgets import Column, Row, RowList

_PAUSE = 0.25
"""Seconds without a key before names are looked for: a pause in typing, not a wait."""

PLACE_CELLS = 22
"""How many cells of the field for a place show text."""

_WHO = (Column(24), Column(14), Column(0))


class Participants(RowList):
    """Who was in it, each with a role at that moment: left and right, or the role's first letter."""

    BINDINGS: ClassVar[list[BindingType]] = []
    RESTING = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="participants")
        self._desk = desk
        self.roles: dict[str, ParticipantRole] = {}
        self._names: dict[str, str] = {}
        self._keys_come_here = False
        self.refused: set[str] = set()
        """Pupils taken out by hand: the text may name them again without bringing them back."""

    def draw(self, names: dict[str, str]) -> None:
        """Show who is in it now."""
        self._names = names
        rows: list[Row] = []
        keys = (
            self._desk.tr("left, right: role   del: take out") if self._keys_come_here else self._desk.tr("tab: role")
        )
        for ident, role in self.roles.items():
            style = "quiet" if role is ParticipantRole.UNKNOWN else "key"
            word = self._desk.tr("role?") if role is ParticipantRole.UNKNOWN else self._desk.tr(role.value)
            hint = keys if not rows else ""
            rows.append(Row(ident, ((names.get(ident, "?"), "strong"), (word, style), (hint, "quiet")), _WHO))
        self.show(rows)
        self.styles.height = max(1, min(4, len(rows)))
        self.display = bool(rows)

    def on_focus(self) -> None:
        """Say which keys work now."""
        self._keys_come_here = True
        self.draw(self._names)

    def on_blur(self) -> None:
        """Say how to come back."""
        self._keys_come_here = False
        self.draw(self._names)

    def add(self, ident: str) -> None:
        """Put a pupil in."""
        self.roles.setdefault(ident, ParticipantRole.UNKNOWN)
        self.refused.discard(ident)

    def on_key(self, event: events.Key) -> None:
        """Change the role of, or take out, the pupil the cursor is on."""
        if not self.key or event.key in ("up", "down", "tab", "shift+tab"):
            return
        roles = list(ParticipantRole)
        now = roles.index(self.roles[self.key])
        letters = {self._desk.tr(role.value)[:1]: role for role in roles}
        if event.key in ("left", "right"):
            self.roles[self.key] = roles[(now + (1 if event.key == "right" else -1)) % len(roles)]
        elif event.key in letters:
            self.roles[self.key] = letters[event.key]
        elif event.key in ("delete", "backspace"):
            self.refused.add(self.key)
            del self.roles[self.key]
        else:
            return
        event.stop()
        self.post_message(self.Changed())

    class Changed(Message):
        """A role changed or somebody was taken out."""


class QuickNote(DeskForm):
    """One line is enough; the rest is there when there is time."""

    KEPT = "note"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        NEXT,
        Command("private", "f6", N_("Private"), N_("Only for you, or for those whom it concerns again"), priority=True),
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[2]])

    HELP = N_(
        "Write what you saw or heard; one line is enough, F2 saves it. Children of your own group are recognised by "
        "their given name; others are found at “who” by first letters. In the list of children left and "
        "right choose the role, or its first letter; Del takes a child out. Where, when and the child's own words can "
        "be added. What you type is kept as you type it: if the line drops, it is on My day when you are back. F6 "
        "makes it a private note, which only you can open; share or remove it within two weeks."
    )

    def __init__(self, desk: Desk, case: KnownCase | None = None) -> None:
        super().__init__(desk)
        self._case = case
        self._known: list[KnownPupil] = []
        self._mine: set[str] = set()
        self._private = False
        self._heading = Label(classes="heading", markup=False)
        self._facts = quiet_area(id="facts")
        self._finder = PupilFinder(desk)
        self._participants = Participants(desk)
        self._place = quiet_input(id="place", max_length=60)
        self._when = quiet_input(placeholder=self.tr("now; or 10:42, 10 min ago"), id="when", max_length=40)
        self._words_of_child = quiet_area(id="words")
        self._did = quiet_area(id="did")
        self._timer: Timer | None = None
        self._opened = desk.register.now()

    def compose_body(self) -> Iterable[Widget]:
        """The facts first; who, where and when; then the child's words and what one did."""
        with Vertical(id="note"):
            yield self._heading
            yield self._facts
            yield self._finder
            yield self._participants
            with Horizontal(classes="field"):
                yield Label(self.tr("where"), markup=False)
                yield self._place
                yield Label(self.tr("when"), markup=False)
                yield self._when
            yield Label(self.tr("The child's own words"), classes="quiet", markup=False)
            yield self._words_of_child
            yield Label(self.tr("What I did"), classes="quiet", markup=False)
            yield self._did
            yield self.answer

    def on_mount(self) -> None:
        """Put the cursor in the facts at once; pupils are read meanwhile."""
        super().on_mount()
        self._participants.display = False
        self.title_bar.main = self.tr("Note")
        self._draw_heading()
        if self._case:
            self.title_bar.about = self.tr("in case {code}", code=self._case.code)
        # At once, and not in turn: what is typed right behind the key that came here belongs in the note.
        self.set_focus(self._facts)
        self._read_pupils()

    @work
    async def _read_pupils(self) -> None:
        pupils = self.desk.register.pupils
        self._known = await asyncio.to_thread(pupils.all)
        self._mine = await asyncio.to_thread(pupils.my_groups)
        self._finder.among(self._known)
        self._place.placeholder = self._places()
        self._look_for_names()

    def _places(self) -> str:
        """Return a few of the school's places, as many as the field shows whole."""
        places, shown, dots = self.desk.register.school().places, "", self.desk.glyphs.dots
        for at, place in enumerate(map(safe_line, places)):
            more = f"{shown}, {place}" if shown else place
            if cell_len(more + (dots if at < len(places) - 1 else "")) > PLACE_CELLS:
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
        return {**case, **{known.id: known.name for known in self._known}}

    # --- who -----------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._look_for_names)

    def _look_for_names(self) -> None:
        """Put in who is clearly named in the text, unless taken out before."""
        text = "\n".join((self._facts.text, self._words_of_child.text, self._did.text))
        for ident in recognise(text, self._known, self._mine):
            if ident not in self._participants.refused:
                self._participants.add(ident)
        self._participants.draw(self._names)

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

    # --- saving --------------------------------------------------------------------------------------------

    def _moment(self) -> tuple[datetime, str]:
        """Return when it happened, and what was typed there that is no moment: it must not hold up a sentence."""
        typed = self._when.value.strip()
        if typed in ("", self.tr("now")):
            return self._opened, ""
        try:
            return parse_moment(typed, self.desk.register.now()), ""
        except Unclear:
            return self._opened, typed

    def _jotting(self) -> tuple[Jotting, list[str]]:
        """Return the note, and what was typed in small fields and was not understood: it is kept behind the facts."""
        happened, unclear = self._moment()
        kept = [self.tr("(who: {typed})", typed=self._finder.half_typed)] if self._finder.half_typed else []
        kept += [self.tr("(when: {typed})", typed=unclear)] if unclear else []
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
        )
        return jotting, kept

    async def save(self) -> str:
        """Write the note down and say what of it was not understood."""
        self._look_for_names()
        names = self._case.names if self._case else None
        jotting, kept = self._jotting()
        await asyncio.to_thread(self.desk.register.notes.add, jotting, names)
        return self.tr("Saved. Not understood, so it stands in the text: {what}", what=" ".join(kept)) if kept else ""

    def typed(self) -> str:
        """Return everything that was typed or chosen."""
        fields: tuple[str, ...] = (self._facts.text, self._words_of_child.text, self._did.text, self._place.value)
        fields += (self._finder.field.value,)
        return "".join((*fields, *self._participants.roles))

    def action_leave(self) -> None:
        """Close the suggestions; else back, after asking when something was typed."""
        if self._finder.suggesting:
            self._finder.clear()
        else:
            super().action_leave()

    # --- what is kept --------------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return the case it is written in."""
        return {"case": self._case.code} if self._case else {}

    def fields(self) -> dict[str, str]:
        """Return fields, roles, and when the form was opened."""
        roles = ";".join(f"{pupil}={role}" for pupil, role in self._participants.roles.items())
        kept = {"roles": roles, "opened": self._opened.isoformat(), "private": "yes" if self._private else ""}
        return {**super().fields(), **kept}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back; "now" is still the moment at which the form was opened first."""
        super().refill(fields)
        self._private = bool(fields.get("private")) and self._case is None
        self._draw_heading()
        self._participants.roles = {
            pupil: ParticipantRole(role)
            for pupil, _, role in (part.partition("=") for part in fields.get("roles", "").split(";"))
            if role in set(ParticipantRole)
        }
        with contextlib.suppress(ValueError):
            opened = datetime.fromisoformat(fields.get("opened", ""))
            if opened.tzinfo is not None and opened <= self._opened:
                self._opened = opened
                if fields.get("when", "") in ("", self.tr("now")):
                    self._when.value = self.words.moment(opened)
        self._participants.draw(self._names)
