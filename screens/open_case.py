"""A new case: who is in it on which side, which notes belong to it, who takes part; and later, who came in."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, PesttuiError
from data.model import Strand
from data.register import KnownCase, KnownNote
from data.register.day import LOOK_BACK_DAYS
from data.vault.entries import Person, Status

from .commands import Command, bindings
from .desk import NAMED, Desk
from .find_pupil import PupilFinder
from .form import LEAVE, NEXT, DeskForm
from .sides import Strands, packed, unpacked
from .text import safe
from .widgets import Column, Prose, Row, RowList

_NOTE = (Column(3), Column(12), Column(14), Column(0))
_PERSON = (Column(3), Column(26), Column(0))


class Ticks(RowList):
    """Rows with a tick that space sets and takes away; the key of a row is its id."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.ticked: set[str] = set()
        self.fixed: frozenset[str] = frozenset()
        """Rows whose tick stays."""

    def on_key(self, event: events.Key) -> None:
        """Tick or untick the row under the cursor."""
        if event.key in ("space", "left", "right"):
            event.stop()
            self.action_choose()

    def action_choose(self) -> None:
        """Let Enter and a click do what space does."""
        if self.key and self.key not in self.fixed:
            self.ticked ^= {self.key}
        super().action_choose()


class OpenCase(DeskForm):
    """Confirm what the notes propose, or begin with nobody. The leads take part in every case."""

    KEPT = "open"

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("save", "f2,ctrl+s", N_("Open the case"), N_("Open the case"), priority=True),
        NEXT,
        LEAVE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([HERE[0]])

    HELP = N_(
        "Choose who is in the case and on which side; who did it may be unknown yet. Ticked notes become part of the "
        "case: everybody who takes part can read them. The teachers of the pupils' groups are proposed to take part."
    )

    def __init__(
        self,
        desk: Desk,
        notes: Sequence[KnownNote] = (),
        *,
        pupils: Iterable[str] = (),
        sides: Mapping[str, Strand] | None = None,
        member: str = "",
    ) -> None:
        """`pupils` (ids), some with their `sides`, and one `member` (id in hex) are proposed.

        They come before what the notes propose.
        """
        super().__init__(desk)
        self._member = member
        self._given = tuple(notes)
        self._loose: list[KnownNote] = list(notes)
        self._people: dict[str, Person] = {}
        self._left_out: set[str] = set()
        self._finder = PupilFinder(desk)
        self._pupils = Strands(desk)
        self._pupils.strands = {**dict.fromkeys(pupils, Strand.OTHER), **(sides or {})}
        self._notes = Ticks(id="notes")
        self._notes.ticked = {known.id for known in notes}
        self._members = Ticks(id="members")
        self._changed = False
        self._ended: dict[str, set[str]] = {}
        """The closed cases that this person can read: code → pupils."""
        self._earlier = Prose(id="earlier-case")
        self._earlier.display = False

    def compose_body(self) -> Iterable[Widget]:
        """Pupils with their side, notes, people."""
        with Vertical(classes="form", id="open"):
            yield Label(self.tr("Who is in it, on which side"), classes="heading", markup=False)
            yield self._finder
            yield self._pupils
            yield self._earlier
            yield Label(self.tr("Notes that belong to it (space)"), classes="heading", id="notes-head", markup=False)
            yield self._notes
            yield Label(self.tr("Taking part (space); leads always do"), classes="heading", markup=False)
            yield self._members
            yield self.answer

    def on_mount(self) -> None:
        """Read what the notes propose."""
        super().on_mount()
        self.title_bar.main = self.tr("Open a case")
        (self._pupils if self._given else self._finder.field).focus()
        self._propose()

    @work
    async def _propose(self) -> None:
        register = self.desk.register
        try:
            strands = await asyncio.to_thread(register.cases.strands_of, [known.id for known in self._given])
            pupils = await asyncio.to_thread(register.pupils.all)
            notes = await asyncio.to_thread(register.notes.loose, register.now() - timedelta(days=LOOK_BACK_DAYS))
            cases = await asyncio.to_thread(register.cases.all)
        except PesttuiError as error:
            self.fail(error)
            return
        self._ended = {known.code: set(known.names) for known in cases if not known.open}
        self._finder.among(pupils)
        self.desk.names = {**self.desk.names, **{known.id: known.name for known in pupils}}
        self._pupils.strands = {**strands, **self._pupils.strands}
        self._loose = [*notes, *(known for known in self._given if known.id not in {found.id for found in notes})]
        self._pupils.draw()
        if not self._pupils.strands:
            self._finder.field.focus()
        await self._propose_people()

    async def _propose_people(self) -> None:
        """Propose who takes part, and show the loose notes about these pupils."""
        cases = self.desk.register.cases
        people = await asyncio.to_thread(cases.propose_members, list(self._pupils.strands))
        self._people = {person.id.hex(): person for person in people}
        asked = self.desk.register.vault.directory.people.get(bytes.fromhex(self._member))
        if asked is not None and asked.status is not Status.LEFT:
            self._people.setdefault(self._member, asked)
        self._members.fixed = frozenset({self.desk.register.me})
        self._members.ticked = set(self._people) - self._left_out
        self._draw()

    def _draw(self) -> None:
        here = self._pupils.strands.keys()
        # Two of these pupils were in a case before: it may flare up, and need not begin anew.
        earlier = [code for code, pupils in self._ended.items() if len(pupils & here) > 1][-NAMED:]
        self._earlier.display = bool(earlier)
        self._earlier.update(safe(self.tr("Closed case about them: {codes}", codes=", ".join(earlier)), "$key"))
        shown = [
            known
            for known in reversed(self._loose)
            if known.id in self._notes.ticked or here & {p.pupil for p in known.note.pupils}
        ]
        notes = [
            Row(
                known.id,
                (
                    ("[x]" if known.id in self._notes.ticked else "[ ]", "key"),
                    (self.words.moment(known.note.happened), "quiet"),
                    (self.desk.author(known.note.author), "meta"),
                    (self.desk.text(known.note.facts), "text"),
                ),
                _NOTE,
            )
            for known in shown
        ]
        self._notes.show(notes)
        self._notes.styles.height = max(1, min(5, len(notes)))
        self._notes.display = self.query_one("#notes-head").display = bool(notes)
        members = [
            Row(
                ident,
                (("[x]" if ident in self._members.ticked else "[ ]", "key"), (person.name, "text"), ("", "")),
                _PERSON,
            )
            for ident, person in self._people.items()
        ]
        self._members.show(members)
        self._members.styles.height = max(1, min(6, len(members)))

    @on(PupilFinder.Found)
    async def _found(self, event: PupilFinder.Found) -> None:
        self._changed = True
        self._pupils.add(event.pupil)
        await self._propose_people()
        self.keep()

    @on(Strands.Changed)
    async def _side_changed(self) -> None:
        self._changed = True
        await self._propose_people()
        self.keep()

    @on(RowList.Chosen)
    def _ticked(self, event: RowList.Chosen) -> None:
        self._changed = True
        self._left_out = set(self._people) - self._members.ticked
        self._draw()
        self.keep()

    async def save(self) -> str:
        """Open the case and return its code."""
        members = [person for ident, person in self._people.items() if ident in self._members.ticked]
        notes = [known.id for known in self._loose if known.id in self._notes.ticked]
        cases = self.desk.register.cases
        return await asyncio.to_thread(cases.open, self._pupils.strands, notes=notes, members=members)

    def saved(self, result: object) -> None:
        """Leave with the code of the new case."""
        self.tell(self.tr("Case {code} is open", code=result))
        self.leave(result)

    def typed(self) -> str:
        """Return what was chosen by hand: what a note proposes is proposed again."""
        return self._finder.field.value + (packed(self._pupils.strands) if self._changed else "")

    def on_screen_resume(self) -> None:
        """Draw again: names may have been put away."""
        super().on_screen_resume()
        self._pupils.draw()
        self._draw()

    # --- what is kept --------------------------------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        """Return pupils, notes and who was left out."""
        chosen = {"notes": ";".join(sorted(self._notes.ticked)), "left_out": ";".join(sorted(self._left_out))}
        return {**super().fields(), "pupils": packed(self._pupils.strands), **chosen}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        super().refill(fields)
        self._changed = True
        self._pupils.strands = unpacked(fields.get("pupils", ""))
        self._notes.ticked = set(filter(None, fields.get("notes", "").split(";")))
        self._left_out = set(filter(None, fields.get("left_out", "").split(";")))
        self._propose()


class ChangePupils(DeskForm):
    """Who is in an open case: more pupils, other sides; who did it may only turn out later."""

    KEPT = "pupils"

    HELP = N_(
        "Add pupils and change sides. Nobody is taken out of a case: what was written about them stays. "
        "A pupil who has nothing to do with it any more gets the side “other”."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        self._based_on = case.revision
        self._finder = PupilFinder(desk)
        self._pupils = Strands(desk)
        self._pupils.strands = {pupil.pupil: pupil.strand for pupil in case.case.pupils}
        self._pupils.fixed = frozenset(self._pupils.strands)

    def compose_body(self) -> Iterable[Widget]:
        """A field for first letters, and the sides."""
        with Vertical(classes="form", id="open"):
            yield Label(self.tr("Who is in it, on which side"), classes="heading", markup=False)
            yield self._finder
            yield self._pupils
            yield self.answer

    def on_mount(self) -> None:
        """Read the pupils' list."""
        super().on_mount()
        self.title_bar.main = self.tr("Who is in this case")
        self.title_bar.about = self._case.code
        self._pupils.draw()
        self._finder.field.focus()
        self._read()

    @work
    async def _read(self) -> None:
        pupils = await asyncio.to_thread(self.desk.register.pupils.all)
        self._finder.among(pupils)
        self.desk.names = {**self.desk.names, **{known.id: known.name for known in pupils}}
        self._pupils.draw()

    @on(PupilFinder.Found)
    def _found(self, event: PupilFinder.Found) -> None:
        self._pupils.add(event.pupil)
        self.keep()

    @on(Strands.Changed)
    def _side_changed(self) -> None:
        self.keep()

    async def save(self) -> None:
        """Write down who is in it."""
        cases = self.desk.register.cases
        changed = dict(self._pupils.strands)
        await asyncio.to_thread(cases.change_pupils, self._case.code, changed, based_on=self._based_on)

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, show both: theirs, and over it what was changed here."""
        await super().refused(error)
        try:
            now = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError:
            return
        if now.revision != self._based_on:
            before = self._before()
            mine = {pupil: side for pupil, side in self._pupils.strands.items() if side is not before.get(pupil)}
            theirs = {pupil.pupil: pupil.strand for pupil in now.case.pupils}
            both = [
                f"{self.desk.names.get(pupil) or self.desk.pupil(pupil)}: {self.tr(theirs[pupil].value)}"
                for pupil, side in mine.items()
                if theirs.get(pupil, side) not in (side, before.get(pupil))
            ]
            if both:
                self.say(f"{self.words.tell(error)} ({'; '.join(both)})", late=True)
            self._case, self._based_on = now, now.revision
            self._pupils.strands = {**theirs, **mine}
            self._pupils.fixed = frozenset(theirs)
            self._pupils.draw()

    def _before(self) -> dict[str, Strand]:
        return {pupil.pupil: pupil.strand for pupil in self._case.case.pupils}

    def typed(self) -> str:
        """Return what was changed."""
        changed = self._pupils.strands != self._before()
        return self._finder.field.value + (packed(self._pupils.strands) if changed else "")

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}

    def fields(self) -> dict[str, str]:
        """Return the sides."""
        return {**super().fields(), "pupils": packed(self._pupils.strands)}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        super().refill(fields)
        self._pupils.strands = {**self._before(), **unpacked(fields.get("pupils", ""))}
        self._pupils.draw()
