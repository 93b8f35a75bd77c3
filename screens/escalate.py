"""Why a case needs the next phase of the protocol: asked with the first step of it, or beforehand."""

import asyncio
import contextlib
from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError
from data.model import DecisionKind
from data.protocol import StepState
from data.register import KnownCase
from data.register.escalation import asks_why, later_phases
from data.vault.entries import Person, Role, Status

from .areas import quiet_area
from .clash import quoted
from .desk import Desk
from .form import DeskForm
from .text import safe, safe_line
from .widgets import ChoiceLine

_TAKE_OVER = (Role.COORDINATOR, Role.IB, Role.DIRECTOR)
"""Who takes a case over from a teacher; nobody has to."""


class Why(Vertical):
    """The reason, whether it is that nothing helped or that the case is grave, and to whom the case is handed over."""

    DEFAULT_CSS = """
    Why { height: auto; }
    Why #why { height: 2; margin-bottom: 1; }
    """

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(id="why-next")
        self._desk = desk
        self._case = case
        self._text = quiet_area(id="why")
        kinds = [("", desk.tr("no effect")), ("grave", desk.tr("serious"))]
        self._kind = ChoiceLine(kinds, "", numbered=False, id="gravity")
        people = {person.login: person for person in _who_takes_over(desk, case)}
        self._people = people
        names = [(login, safe_line(desk.colleague(person.id.hex()))) for login, person in people.items()]
        self._to = ChoiceLine([("", desk.tr("nobody")), *names], "", numbered=False, id="hand-over")

    def compose(self) -> ComposeResult:
        """A question, its answer, and two choices."""
        tr = self._desk.tr
        yield Label(safe(tr("Why is the next phase needed?"), "$heading"), markup=False)
        yield self._text
        with Horizontal(classes="field"):
            yield Label(tr("because"), markup=False)
            yield self._kind
        if self._people:
            with Horizontal(classes="field"):
                yield Label(tr("hand over to"), markup=False)
                yield self._to

    def ask(self, case: KnownCase, step: int, state: StepState) -> None:
        """Stand there where this step, in this state, begins a phase that has to be explained."""
        self.display = asks_why(case.protocol, case.progress.phase.id, step, state) is not None

    @on(ChoiceLine.Changed)
    def _kept(self, event: ChoiceLine.Changed) -> None:
        """Keep what was chosen; the form around takes a choice for that of its own state."""
        event.stop()
        if isinstance(self.screen, DeskForm):
            self.screen.keep()

    @property
    def text(self) -> str:
        """What was typed."""
        return self._text.text

    @property
    def grave(self) -> bool:
        """Whether the case is too grave to wait."""
        return bool(self._kind.value)

    async def hand_over(self) -> str:
        """Offer the case to whoever was chosen, once the reason is saved; return what to say of it."""
        person = self._people.get(self._to.value)
        if person is None or not self.display:
            return ""
        tr, name = self._desk.tr, self._desk.colleague(person.id.hex())
        try:
            await asyncio.to_thread(self._desk.register.members.offer, self._case.code, person.id)
        except PesttuiError as error:
            return tr("Saved, but not offered to {name}: {reason}", name=name, reason=self._desk.words.tell(error))
        return tr("Saved. Offered to {name}, not accepted yet.", name=name)


def _who_takes_over(desk: Desk, case: KnownCase) -> list[Person]:
    """Return who could take a case over as one of the leads or the direction."""
    me, now = desk.register.me, desk.register.vault.machine.milliseconds()
    return [
        person
        for person in desk.register.vault.directory.people.values()
        if set(_TAKE_OVER) & set(person.roles)
        and person.status is not Status.LEFT
        and Role.RECOVERY not in person.roles
        and not (person.until and person.until < now)
        and person.id.hex() not in (me, case.owner)
    ]


class EscalateForm(DeskForm):
    """The evaluation with which a phase is left, before any step of the next one."""

    KEPT = "escalate"

    HELP = N_(
        "The protocol goes on to a next phase when this one does not help enough, and asks to write down why. A "
        "serious case may pass over a phase: choose “serious” and say why it cannot wait. You can hand the case over "
        "at the same time; it stays yours until the other accepts it."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._case = case
        phases = [(phase.id, safe_line(phase.title)) for phase in later_phases(case.protocol, case.progress.phase.id)]
        self._phase = ChoiceLine(phases, phases[0][0], id="phase")
        self._why = Why(desk, case)

    def compose_body(self) -> Iterable[Widget]:
        """What the protocol asks for, which phase, and why."""
        with Vertical(id="step"):
            leaving = self._case.progress.phase.leaving or ""
            yield Static(safe(leaving), classes="guidance", markup=False)
            yield Label(safe(self.tr("Which phase?"), "$heading"), markup=False)
            yield self._phase
            yield Static("", markup=False)
            yield self._why
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the reason: the next phase is chosen already."""
        super().on_mount()
        self.title_bar.main = self.tr("Next phase")
        self.title_bar.about = f"{self._case.code} · {self.desk.who(self._case)}"
        self.query_one("#why").focus()

    async def save(self) -> str:
        """Write it down, then hand the case over."""
        await asyncio.to_thread(
            self.desk.register.cases.escalate,
            self._case.code,
            self._phase.value,
            self._why.text,
            grave=self._why.grave,
        )
        return await self._why.hand_over()

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, show the reason they gave."""
        await super().refused(error)
        with contextlib.suppress(PesttuiError):
            now = await asyncio.to_thread(self.desk.register.cases.get, self._case.code)
            if now.progress.phase.id != self._case.progress.phase.id:
                went = [found.record for found in now.decisions if found.record.kind is DecisionKind.ESCALATED][-1:]
                said = [quoted(self.desk, record.author, record.text) for record in went]
                self.say(" ".join([self.words.tell(error), *said]), late=True)

    def typed(self) -> str:
        """Return the reason."""
        return self._why.text

    def where(self) -> dict[str, str]:
        """Return the case."""
        return {"case": self._case.code}
