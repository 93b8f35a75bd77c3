"""A step of a case: what it asks for, where it stands, what was written, and one small form."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from data.errors import N_, PesttuiError, UsageError
from data.model import StepRecord, Strand
from data.protocol import Proof, StepState, StepView, who_label
from data.register import KnownCase, KnownStep
from data.register.text import draw
from data.when import parse_moment

from .agreed_words import agrees
from .agreement_form import AgreementForm
from .areas import quiet_area
from .case_words import field_word, gaps, proof_line
from .check_form import look_at
from .commands import Command, bindings
from .desk import Desk
from .details import Details
from .escalate import Why
from .fields import quiet_input
from .form import LEAVE, NEXT, SAVE, DeskForm
from .sides import Heard
from .text import safe
from .widgets import ChoiceLine, Prose

EARLIER = 3
"""How many earlier entries of the step stand above the form."""

FOOT = 6
"""How many words fit at the foot of 80 columns."""

_MORE = Command("more", "f4", N_("More"), N_("More fields: whatever else this step can hold"), priority=True)
_CORRECT = Command(
    "correct", "f6", N_("Correct"), N_("Correct what was written: the last entry, again: the one before"), foot=False,
    priority=True,
)  # fmt: skip


class StepForm(DeskForm):
    """What happened to a step. Each entry is a new one; the last stands."""

    KEPT = "step"

    HERE: ClassVar[tuple[Command, ...]] = (
        SAVE,
        NEXT,
        _MORE,
        _CORRECT,
        LEAVE,
        Command("agree", "f7", N_("Agreement"), N_("Make an agreement"), foot=False, priority=True),
        Command("look", "f5", N_("Look"), N_("Look whether an agreement is kept"), foot=False, priority=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([_MORE, _CORRECT, *HERE[5:]])

    HELP = N_(
        "Write in a line or two what was done, choose where the step stands and save. Every save is a new entry; "
        "nothing is overwritten. Where children stand below, space ticks whose side it was; the state is “busy” until "
        "everybody was heard, or you choose one: with its number, outside the text. Was it on another day? Type that "
        "day at “when”. The fields below the text may stay empty; F4 shows more of them. F6 corrects an entry: the "
        "new one counts, the old one stays to be read."
    )

    def __init__(self, desk: Desk, case: KnownCase, view: StepView) -> None:
        super().__init__(desk)
        self._case = case
        self._view = view
        self._based_on = case.last
        states = [(str(state), f"{desk.glyphs.state(state.value)} {desk.tr(state.value)}") for state in StepState]
        self._by_hand = False
        """Whether somebody chose the state; until then it follows the ticks."""
        self._choice = ChoiceLine(states, self._proposed(set()), id="state")
        self._text = quiet_area(id="text")
        self._day = quiet_input(self.tr("today"), id="day", max_length=20)
        self._who = quiet_input(
            self._taking_part(), placeholder=self.tr("you, or who was there too"), id="present", max_length=200
        )
        self._reason = quiet_input(id="reason", max_length=400)
        self._reason_line = Horizontal(classes="field")
        self._why = Why(desk, case)
        sides = [(pupil.pupil, pupil.strand) for pupil in case.case.pupils if pupil.strand is not Strand.OTHER]
        self._heard = Heard(desk, sides if view.step.per_pupil else (), self._before())
        self._details = Details(desk, case.fields(view.step.number))
        self._corrects = ""
        """The id of the entry that is corrected; empty: a new one is written."""
        self._start = self._filled()

    def compose_body(self) -> Iterable[Widget]:
        """Guidance and history above, the form below."""
        step = self._view.step
        with Vertical(id="step", classes="sided" if step.per_pupil else ""):
            yield Static(safe(step.guidance), classes="guidance", markup=False)
            yield Prose(self._earlier(), id="earlier")
            if agrees(self._view):
                keys = self.tr("F7 makes an agreement, F5 looks at one: these stand by themselves.")
                yield Label(safe(keys, "$key"), id="agree-keys", markup=False)
            yield Label(safe(step.ask, "$heading"), markup=False)
            yield self._text
            if step.per_pupil:
                yield Label(safe(self._whose()), classes="quiet", id="whose", markup=False)
            yield self._heard
            yield self._details
            yield self._choice
            with Horizontal(classes="field"):
                yield Label(self.tr("when"), markup=False)
                yield self._day
                yield Label(self.tr(who_label(step.proof)), markup=False)
                yield self._who
            with self._reason_line:
                yield Label(self.tr("why"), markup=False)
                yield self._reason
            yield self._why
            yield self.answer

    def _whose(self) -> str:
        """Return what stands above the pupils: the protocol's own question, or one that fits the step's proof."""
        step = self._view.step
        if step.proof is Proof.PARENT_TALK:
            ask = self.tr("Whose parents did you speak with?")
        else:
            ask = self.tr("Whose side did you hear?")
        return self.tr("{ask} (space)", ask=step.per_pupil_ask or ask)

    def _proposed(self, ticked: set[str]) -> StepState:
        """Return the state that an entry has by itself: done, or busy where a pupil's side would still be missing."""
        return StepState.BUSY if set(self._view.unheard) - ticked else StepState.DONE

    def _taking_part(self) -> str:
        """Return who is most likely there: at a conference everybody who takes part in the case."""
        if self._view.step.proof is not Proof.CONFERENCE:
            return ""
        return ", ".join(self.desk.colleague(person.id.hex()) for person in self._case.members)[:200]

    def _written(self) -> list[KnownStep]:
        """Return all that was written about the step."""
        return [event for event in self._case.events if event.record.step == self._view.step.number]

    def _earlier(self) -> Content:
        lines = [self._entry(event) for event in self._written()[-EARLIER:]]
        if lines and self._details.more and self._case.open:
            lines.append(safe(self.tr("F6: correct what was written"), "$quiet"))
        lacks = gaps(self.desk, self._case, self._view)
        lacks += [field_word(self.desk, self._case, self._view, field) for field in self._view.hints]
        if lacks:
            lines.append(safe(self.tr("Not there yet: {what}", what=", ".join(lacks)), "$key"))
        return Content("\n").join(lines)

    def _entry(self, event: KnownStep) -> Content:
        """Return an entry on one line: when, state, by whom; what. One that was corrected says so."""
        record, corrected = event.record, event.id in self._case.corrected
        parts = (
            self.words.date(record.happened),
            self.tr("corrected") if corrected else self.tr(record.state.value),
            self.desk.author(record.author),
        )
        said = (
            self.desk.text(record.text) or self.desk.text(record.reason),
            proof_line(self.desk, self._case, record.step, record.details),
        )
        text = safe("  ".join(filter(None, said)).replace("\n", " "), "$quiet" if corrected else "")
        return Content.assemble(("  ".join(parts), "$meta"), "  ", text)

    def _before(self) -> dict[str, str]:
        """Return for each pupil when their side was heard last."""
        days: dict[str, str] = {}
        for entry in self._view.entries:
            for pupil in entry.about:
                days[pupil] = self.words.date(entry.happened_on)
        return days

    def on_mount(self) -> None:
        """Begin with the text; done is what most people come to say."""
        super().on_mount()
        step = self._view.step
        self.title_bar.main = f"{step.number} {step.title}"
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self._ask_for_reason()
        self._heard.display = step.per_pupil
        self.query_one("#earlier").display = bool(self._written())
        self.set_focus(self._text)
        self._propose()

    @on(ChoiceLine.Changed, "#state")
    def _state_chosen(self) -> None:
        self._by_hand = True
        self._ask_for_reason()

    def _ask_for_reason(self) -> None:
        self._reason_line.display = self._choice.value == StepState.SKIPPED
        self._why.ask(self._case, self._view.step.number, StepState(self._choice.value))

    @on(Heard.Changed)
    def _ticked(self) -> None:
        if not self._by_hand:
            self._choice.value = self._proposed(self._heard.ticked)
        self.keep()

    def on_key(self, event: events.Key) -> None:
        """Let the number beside a state choose it wherever a number is no text."""
        if not isinstance(self.focused, Input | TextArea | ChoiceLine) and self._choice.choose_place(event.key):
            event.stop()

    def action_agree(self) -> None:
        """Make an agreement; the step's own form waits."""
        self.app.push_screen(AgreementForm(self.desk, self._case))

    async def action_look(self) -> None:
        """Look whether an agreement is kept, one that was made from here too."""
        try:
            known = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError as error:
            self.fail(error)
            return
        look_at(self, known)

    def _happened(self) -> date:
        typed, now = self._day.value.strip(), self.desk.register.now()
        return now.date() if typed in ("", self.tr("today")) else parse_moment(typed, now).date()

    @work
    async def _propose(self) -> None:
        """Put in what the case's notes know: since when, and where."""
        notes = await asyncio.to_thread(self.desk.register.notes.of_case, self._case.code)
        if notes and not self._corrects:
            places = ", ".join(dict.fromkeys(known.note.place for known in notes if known.note.place))
            since = self.words.long_date(notes[0].note.happened.astimezone().date())
            there = self._case.details(self._view.step.number)
            known = {"since": since, "where": places}
            self._details.propose({ident: value for ident, value in known.items() if ident not in there})

    # --- more, and correcting ------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """More where there are more fields, correcting where something was written, agreements where they belong."""
        if action == "more":
            return self._details.more
        if action in ("agree", "look"):
            return agrees(self._view) and self._case.open
        return action != "correct" or (self._case.open and bool(self._written()))

    def at_foot(self) -> list[Command]:
        """Return what is done here most; correcting as well, where there is room for its word."""
        found = super().at_foot()
        if len(found) < FOOT and self.check_action("correct", ()):
            found.insert(found.index(LEAVE), _CORRECT)
        return found

    def action_more(self) -> None:
        """Show all fields, and go to the first of those that came."""
        self._details.show_all()
        self._details.go_to_more()

    def action_correct(self) -> None:
        """Take up the last entry, then the one before, and at last a new one again."""
        if self.unsaved():
            self.say(self.tr("First save what you typed, or empty the fields."), late=True)
            return
        number = self._view.step.number
        order = [event for event in reversed(self._case.standing) if event.record.step == number]
        at = next((at for at, event in enumerate(order) if event.id == self._corrects), -1) + 1
        self._take_up(order[at] if at < len(order) else None)
        self._text.focus()

    def _take_up(self, entry: KnownStep | None) -> None:
        """Fill the form with an entry, to correct it; None: with nothing, for a new one."""
        said, name = entry.record if entry else None, self._case.full_name
        self._corrects = entry.id if entry else ""
        self._text.text = draw(said.text, name) if said else ""
        self._text.move_cursor(self._text.document.end)
        self._reason.value = draw(said.reason, name) if said else ""
        self._who.value = draw(said.present, name) if said else self._taking_part()
        self._heard.ticked = {pupil for pupil in said.about if pupil in self._case.names} if said else set()
        self._heard.draw()
        self._details.fill({ident: draw(text, name) for ident, text in said.details.items()} if said else {})
        day = said.happened if said else None
        self._day.value = f"{day.day}-{day.month}-{day.year}" if day else self.tr("today")
        self._choice.value = said.state if said else self._proposed(set())
        self._by_hand = bool(said)
        self._ask_for_reason()
        self._start = self._filled()
        self.say(self._whom_corrected(said) if said else self.tr("A new entry"))

    def _whom_corrected(self, said: StepRecord) -> str:
        who, day = self.desk.author(said.author), self.words.date(said.happened)
        return self.tr("You correct {date}, {who}. F6: another one.", date=day, who=who)

    # --- saving --------------------------------------------------------------------------------------------

    async def save(self) -> object:
        """Write down what happened to the step."""
        typed = bool(self.typed())
        if self._corrects and not typed:
            raise UsageError(N_("Nothing was changed."))
        if not self._by_hand and not typed:
            raise UsageError(N_("Write in one sentence what was done."))
        # What the case proposed is nobody's word until somebody adds one.
        details = self._details.to_save(self.desk.register.now()) if typed else {}
        await asyncio.to_thread(
            self.desk.register.cases.record_step,
            self._case.code,
            self._view.step.number,
            StepState(self._choice.value),
            happened=self._happened(),
            reason=self._reason.value,
            text=self._text.text,
            present=self._who.value if typed else "",
            about=self._heard.ticked,
            details=details,
            corrects=self._corrects,
            based_on=self._based_on,
            why=self._why.text,
            grave=self._why.grave,
        )
        return await self._why.hand_over()

    async def refused(self, error: PesttuiError) -> None:
        """Say why, and show what a colleague may have written meanwhile."""
        await super().refused(error)
        await self._show_changes()

    async def _show_changes(self) -> None:
        """Show what a colleague wrote meanwhile; saving again then counts as having seen it."""
        try:
            self._case = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
        except PesttuiError:
            return
        number = self._view.step.number
        self._view = next((v for v in self._case.progress.steps if v.step.number == number), self._view)
        if self._written() and self._case.last != self._based_on:
            if self._corrects and (now := self._case.now(self._corrects)):
                self._corrects = now.id  # a colleague corrected it too: both are shown, this one comes after
            self.query_one("#earlier", Static).update(self._earlier())
            self.query_one("#earlier").display = True
            self._based_on = self._case.last
        self._ask_for_reason()

    def _filled(self) -> tuple[str, ...]:
        """Return what stands in the fields beside the details; day and state say something only in a correction."""
        found = (self._text.text, self._reason.value, self._who.value, ";".join(sorted(self._heard.ticked)))
        return (*found, self._day.value, self._choice.value) if self._corrects else found

    def typed(self) -> str:
        """Return what somebody typed or chose."""
        found = [now for now, before in zip(self._filled(), self._start, strict=True) if now.strip() != before.strip()]
        found += filter(str.strip, (self._why.text,))
        return "".join(found) or ("…" if found or self._details.changed else "")

    # --- what is kept --------------------------------------------------------------------------------------

    def where(self) -> dict[str, str]:
        """Return case and step, and what the form was based on."""
        return {"case": self._case.code, "step": str(self._view.step.number), "based_on": self._based_on}

    def fields(self) -> dict[str, str]:
        """Return fields and ticks."""
        found = {**super().fields(), **self._details.kept(), "heard": ";".join(sorted(self._heard.ticked))}
        chosen = {"by_hand": self._by_hand, "more": self._details.all_shown}
        return {**found, "corrects": self._corrects, **{name: "yes" if said else "" for name, said in chosen.items()}}

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put them back."""
        corrected = next((event for event in self._written() if event.id == fields.get("corrects", "")), None)
        if corrected is not None:
            self._take_up(corrected)
        super().refill(fields)
        self._details.refill(fields)
        if fields.get("more"):
            self._details.show_all()
        self._heard.ticked = {pupil for pupil in fields.get("heard", "").split(";") if pupil in self._case.names}
        self._heard.draw()
        self._by_hand = bool(fields.get("by_hand", ""))
        self._ask_for_reason()

    def based_on(self, event: str) -> None:
        """Take up a form that was opened when `event` was the case's last: what came since is then a change."""
        self._based_on = event
