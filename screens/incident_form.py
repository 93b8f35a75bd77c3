"""Deciding that a note is an incident: ground, kind and the seven questions, answered as far as the note does."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, Changed, PesttuiError, UsageError
from data.model import Behaviour, Ground, NationalKind, ParticipantRole
from data.register import Answers
from data.register.incident_words import GROUND, NATIONAL
from data.register.incidents import kind_name
from data.register.lists import behaviours
from data.when import parse_moment

from .areas import quiet_area
from .clash import quoted
from .desk import Desk
from .fields import quiet_input
from .find_pupil import PupilFinder
from .form import DeskForm
from .participants import Participants
from .widgets import ChoiceLine

_YES = "yes"


class IncidentForm(DeskForm):
    """Everything that the note says stands there already: the kind, and F2."""

    KEPT = "incident"

    HELP = N_(
        "You decide that this is an incident, on a ground: your own judgement or an official complaint. Choose the "
        "kind with the arrows or its number; what it counts as nationally follows from it and can be changed. The rest "
        "comes from the note. F2 saves. Whoever teaches these children, the leads and the management can read it."
    )

    def __init__(self, desk: Desk, begun: Answers, names: Mapping[str, str], corrects: str = "") -> None:
        """`begun` is what is answered already, `names` the pupils in it (id → whole name)."""
        super().__init__(desk)
        self._before = begun
        self._names = dict(names)
        self._corrects = corrects
        self._kinds: tuple[Behaviour, ...] = behaviours(desk.register.school())
        tr = desk.tr
        self._ground = ChoiceLine([(g.value, tr(word)) for g, word in GROUND.items()], begun.ground.value, id="ground")
        kinds = [(kind.id, kind.name) for kind in self._kinds]
        if begun.behaviour and begun.behaviour not in dict(kinds):
            kinds.append((begun.behaviour, kind_name(begun.behaviour, ())))
        self._kind = ChoiceLine(kinds, begun.behaviour, undecided=True, id="kind")
        national = [("", tr("none")), *((kind.value, tr(word)) for kind, word in NATIONAL.items())]
        counted = begun.national.value if begun.national else ""
        self._national = ChoiceLine(national, counted, numbered=False, id="national")
        grave = _YES if begun.grave else ""
        self._grave = ChoiceLine([("", tr("no")), (_YES, tr("yes"))], grave, numbered=False, id="grave")
        self._participants = Participants(desk)
        self._participants.roles = dict(begun.pupils)
        self._finder = PupilFinder(desk)
        self._place = quiet_input(begun.place, id="place", max_length=60)
        self._shown = desk.words.moment(begun.happened) if begun.happened else ""
        self._when = quiet_input(self._shown, id="when", max_length=40)
        self._what = quiet_area(begun.what, id="what")
        self._with = quiet_input(begun.with_what, id="with-what", max_length=400)
        self._why = quiet_input(begun.why, id="why", max_length=400)
        self._measures = quiet_area(begun.measures, id="measures")
        self._begun = self._all()

    def compose_body(self) -> Iterable[Widget]:
        """Ground and kind, who, where and when, then the other questions."""
        tr = self.tr
        with Vertical(id="incident"):
            yield from self._line(tr("ground"), self._ground)
            yield from self._line(tr("kind"), self._kind)
            yield from self._line(tr("counts as"), self._national)
            yield from self._line(tr("serious"), self._grave)
            yield self._finder
            yield self._participants
            with Horizontal(classes="field"):
                yield Label(tr("where"), markup=False)
                yield self._place
                yield Label(tr("when"), markup=False)
                yield self._when
            yield Label(tr("What happened?"), classes="quiet", markup=False)
            yield self._what
            yield from self._line(tr("with what"), self._with)
            yield from self._line(tr("why"), self._why)
            yield Label(tr("What was done at once?"), classes="quiet", markup=False)
            yield self._measures
            yield self.answer

    @staticmethod
    def _line(word: str, field: Widget) -> Iterable[Widget]:
        with Horizontal(classes="field"):
            yield Label(word, markup=False)
            yield field

    def on_mount(self) -> None:
        """Begin with the kind, or with the text where it is known."""
        super().on_mount()
        self.title_bar.main = self.tr("Correct an incident") if self._corrects else self.tr("Incident")
        self.title_bar.about = self._shown
        self._participants.draw(self._names)
        self.set_focus(self._what if self._kind.value else self._kind)
        if not self._kind.value:
            self.say(self.tr("Which kind? Press its number, then F2: the rest comes from the note."))
        self._read_pupils()

    @work
    async def _read_pupils(self) -> None:
        try:
            known = await asyncio.to_thread(self.desk.register.pupils.all)
        except PesttuiError as error:
            self.fail(error)
            return
        self._names |= {one.id: one.name for one in known}
        self._finder.among(known)
        self._participants.draw(self._names)

    # --- choosing ------------------------------------------------------------------------------------------

    @on(ChoiceLine.Changed, "#kind")
    def _counts_as(self) -> None:
        """Let the national kind follow the school's own: it is mapped there."""
        kind = next((kind for kind in self._kinds if kind.id == self._kind.value), None)
        self._national.value = kind.national.value if kind and kind.national else ""

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

    def action_leave(self) -> None:
        """Close the suggestions; else back, after asking when something was changed."""
        if self._finder.suggesting:
            self._finder.clear()
        else:
            super().action_leave()

    # --- saving --------------------------------------------------------------------------------------------

    def _moment(self) -> datetime | None:
        """Return when it happened: to the second as the note says, where nobody typed another time."""
        typed = self._when.value.strip()
        return self._before.happened if typed in ("", self._shown) else parse_moment(typed, self.desk.register.now())

    async def save(self) -> str:
        """Write it down and return its id."""
        if self._finder.half_typed:
            raise UsageError(N_("Who is meant? Choose from the list, or empty the field."))
        answers = Answers(
            notes=self._before.notes,
            ground=Ground(self._ground.value),
            behaviour=self._kind.value,
            national=NationalKind(self._national.value) if self._national.value else None,
            happened=self._moment(),
            pupils=tuple(self._participants.roles.items()),
            place=self._place.value,
            what=self._what.text,
            with_what=self._with.value,
            why=self._why.value,
            measures=self._measures.text,
            grave=self._grave.value == _YES,
        )
        return await asyncio.to_thread(self.desk.register.incidents.decide, answers, corrects=self._corrects)

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where somebody was quicker, show what they wrote down."""
        await super().refused(error)
        if isinstance(error, Changed):
            incidents = self.desk.register.incidents
            for note in self._before.notes:
                with contextlib.suppress(PesttuiError):
                    theirs = await asyncio.to_thread(incidents.of_note, note)
                    if theirs is not None:
                        said = quoted(self.desk, theirs.record.author, theirs.record.what)
                        self.say(f"{self.words.tell(error)} {said}", late=True)
                        return

    def saved(self, result: object) -> None:
        """Leave with the incident's id."""
        self.tell(self.tr("Saved"))
        self.leave(result)

    def _all(self) -> tuple[str, ...]:
        fields = (self._place, self._when, self._with, self._why)
        lines = (self._ground, self._kind, self._national, self._grave)
        texts = (self._what.text, self._measures.text)
        return *texts, *(field.value for field in fields), *(line.value for line in lines), self._roles()

    def _roles(self) -> str:
        return ";".join(f"{pupil}={role}" for pupil, role in self._participants.roles.items())

    def typed(self) -> str:
        """Return everything, once something was changed."""
        half = self._finder.half_typed
        return half if self._all() == self._begun else "\n".join((*self._all(), half, "."))

    # --- what is kept --------------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return the notes it is decided on, and what it corrects."""
        return {"notes": ";".join(self._before.notes), "incident": self._corrects}

    def fields(self) -> dict[str, str]:
        """Return fields and roles."""
        return {**super().fields(), "roles": self._roles()}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        chosen = {line.id or "": line.value for line in self.query(ChoiceLine)}
        known = {line.id or "": line.values for line in self.query(ChoiceLine)}
        there = {name: value for name, value in fields.items() if name not in chosen or value in known[name]}
        super().refill(there)
        self._participants.roles = {
            pupil: ParticipantRole(role)
            for pupil, _, role in (part.partition("=") for part in fields.get("roles", "").split(";"))
            if role in set(ParticipantRole)
        }
        self._participants.draw(self._names)
