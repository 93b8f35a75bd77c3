"""A case: the protocol's steps beside what was written, and what is missing in plain sight."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_, PesttuiError
from data.model import LogEntry
from data.protocol import StepView
from data.register import KnownCase, KnownComplaint, KnownIncident, KnownNote, Register
from data.register.removal import removals_of

from .agreed_words import how_many, of_step
from .base import EVERYWHERE
from .case_panes import Panes
from .case_ways import CaseWays
from .case_words import ended, last_seen, missing, next_phase, removal_words, step_rows
from .commands import Command, bindings
from .complaint_form import complaint_line
from .desk import Desk
from .step_form import StepForm
from .text import folded, safe, safe_line
from .widgets import Prose, RowList

EVALUATION = 4
"""How many rows of the evaluation stand under the steps of a closed case; the panes have all of it."""


class CaseScreen(CaseWays):
    """One case, for who works on it."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("note", "n", N_("Note"), N_("Jot a note in this case"), priority=True),
        Command("open", "enter", N_("Step"), N_("Open the step the cursor is on")),
        Command("overview", "o", N_("Overview"), N_("The whole case on one screen, to consult with")),
        Command("names", "v", N_("Names"), N_("Show names, or initials again")),
        Command("pane(1)", "right", N_("Next pane"), N_("Next pane: notes, sides, agreed, parents, time"), foot=False),
        Command("pane(-1)", "left", N_("Previous pane"), N_("Previous pane"), foot=False),
        Command("app.focus_next", "tab", N_("Side"), N_("To the steps, or to the notes"), foot=False),
        Command(
            "other(1)", "greater_than_sign,right_square_bracket", N_("Next case"), N_("Next case of my day"), foot=False
        ),
        Command("other(-1)", "less_than_sign", N_("Previous"), N_("Previous case of my day"), foot=False),
        Command("agree", "a", N_("Agreement"), N_("Make an agreement with the group, a family or a pupil"), foot=False),
        Command(
            "check", "h", N_("Look"), N_("Look whether an agreement is kept: the one that is due first"), foot=False
        ),
        Command("approach", "b", N_("Approach"), N_("Begin a method of the protocol, or look back on it"), foot=False),
        Command("notes", "g", N_("Notes"), N_("The notes of this case one by one, to complete or correct"), foot=False),
        Command("pupils", "w", N_("Who"), N_("Who is in this case, and on which side"), foot=False),
        Command("members", "m", N_("Members"), N_("Who takes part; let somebody in, hand the case over"), foot=False),
        Command("log", "l", N_("Log"), N_("Who read, changed or exported this case, and who was let in"), foot=False),
        Command("escalate", "p", N_("Next phase"), N_("Say why the next phase is needed"), foot=False),
        Command("removal", "u", N_("Removal"), N_("Suspension or expulsion: what has to be done by when"), foot=False),
        Command("complaint", "i", N_("Complaint"), N_("Write down an official complaint"), foot=False),
        Command("incidents", "e", N_("Incidents"), N_("Incidents of this case; decide that a note is one"), foot=False),
        Command("dossier", "d", N_("Dossier"), N_("The case as proof: what is missing, and a PDF"), foot=False),
        Command("close", "c", N_("Close"), N_("Close this case"), foot=False),
        Command("find", "f", N_("Search all"), N_("Search in everything you may read"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to where you came from"), foot=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action not in ("open", "app.focus_next")])

    HELP = N_(
        "At the left the steps of the protocol: a tick is done, a half circle busy, an exclamation mark late, "
        "an arrow is what comes next. What is missing stands below them. At the right everything that was written; "
        "left and right turn the pane, Tab goes there to scroll."
    )

    def __init__(self, desk: Desk, code: str, *, step: int = 0, pane: str = "") -> None:
        """`step` is where the cursor stands first, `pane` what is shown first; else what comes next, and the notes."""
        super().__init__(desk)
        self._code = code
        self._first_step = step
        self._case: KnownCase | None = None
        self._notes: list[KnownNote] = []
        self._complaints: list[KnownComplaint] = []
        self._incidents: list[KnownIncident] = []
        self._log: list[LogEntry] = []
        self._shown = pane or Panes.NAMES[0][0]
        self._steps = RowList(id="steps")
        self._missing = Prose(id="missing")
        self._guidance = Static("", id="guidance", markup=False)
        self._tabs = Static("", id="tabs", markup=False)
        self._pane = VerticalScroll(id="pane")
        self._written = Prose(id="written")

    def compose_body(self) -> Iterable[Widget]:
        """Steps at the left, what was written at the right."""
        with Horizontal(id="case"):
            with Vertical(id="protocol"):
                yield self._steps
                yield self._missing
                yield self._guidance
            with Vertical(id="said"):
                yield self._tabs
                with self._pane:
                    yield self._written

    def on_mount(self) -> None:
        """Read the case."""
        super().on_mount()
        self.title_bar.main = self._code
        self._steps.focus()
        self.look_again(first=True)

    # --- what can be done now ------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No next case where there is only one, no next phase in the last; in a closed one nothing is agreed."""
        known = self._case
        if action in ("agree", "check", "approach"):
            return known is None or (known.open and (action != "approach" or bool(known.protocol.methods)))
        if action == "removal":
            return known is not None and known.open and self.desk.register.removals.writes
        if action == "complaint":
            return self.desk.register.complaints.writes
        if action == "escalate":
            return known is not None and next_phase(known)
        return not action.startswith("other") or bool(self.desk.other_case(self._code, 1))

    def at_foot(self) -> list[Command]:
        """Return what stands at the foot: beside what was agreed, how to agree and look."""
        if self._shown != "agreed":
            return super().at_foot()
        wanted = ("note", "open", "agree", "check")
        here = [command for command in self.all_commands() if command.action in wanted]
        return [*here, *(command for command in EVERYWHERE if command.foot)]

    def all_commands(self) -> list[Command]:
        """Return what can be done here now; a closed case is opened again with the key that closes one."""
        found = super().all_commands()
        if self._case is None or self._case.open:
            return found
        return [
            replace(command, word=N_("Reopen"), tip=N_("Open this case again"))
            if command.action == "close"
            else command
            for command in found
        ]

    # --- reading -------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        if self._case is not None:
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self, *, first: bool = False) -> None:
        """Read the case in a thread and draw it; what is drawn has been seen."""
        register, code = self.desk.register, self._code
        try:
            case = await asyncio.to_thread(register.cases.get, code)
            notes = await asyncio.to_thread(register.notes.of_case, code)
            complaints = await asyncio.to_thread(register.complaints.of_case, code)
            incidents = await asyncio.to_thread(register.incidents.of_case, code)
        except PesttuiError as error:
            self.fail_if_seen(error)
            if first:
                self.leave(None)
            return
        if code != self._code:
            return  # turned to another case meanwhile
        before, self._case, self._notes, self._complaints = self._case, case, notes, complaints
        self._incidents = incidents
        self.desk.names = {**case.names, **self.desk.names}
        if first:
            self._log = []
        self._draw()
        self._go_on(None if first else before, case)
        log = await asyncio.to_thread(_once_shown, register, code, self._last_written())
        if code == self._code and log != self._log:
            self._log = log
            self._draw_pane()

    def _go_on(self, before: KnownCase | None, now: KnownCase) -> None:
        """Stand on the step that is advised now, unless somebody has gone elsewhere."""
        if self._first_step:
            self._steps.go_to(str(self._first_step))
            self._first_step = 0
            return
        following = now.progress.next_step
        left = before.progress.next_step if before else None
        if following and (before is None or (left and self._steps.key == str(left.step.number))):
            self._steps.go_to(str(following.step.number))

    def _last_written(self) -> datetime:
        assert self._case is not None
        return max([*(known.note.entered for known in self._notes), self._case.moved])

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        known = self._case
        if known is None:
            return
        today = self.desk.register.now().date()
        self.title_bar.main = known.code
        self.title_bar.about = self.desk.about(known)
        self.title_bar.right = self.desk.lasting(known, today)
        self._steps.show(step_rows(self.desk, known, today))
        self._missing.update(self._missing_text(known))
        self._draw_pane()
        self._show_guidance()

    def _missing_text(self, known: KnownCase) -> Content:
        parts = []
        if end := ended(known):
            word = f"{self.tr('Closed')} {self.words.date(end.happened)}"
            said = Content.assemble((word, "bold $key"), " ", safe(self.desk.text(end.text)))
            parts += folded(said, max(20, self._missing.size.width - 2), EVALUATION)
        if found := missing(self.desk, known):
            parts.append(Content.assemble((self.tr("Missing"), "bold $key"), " ", safe(", ".join(found))))
        agreed, style = how_many(self.desk, known, self.desk.register.now().date())
        if agreed:
            parts.append(Content.assemble((self.tr("Agreements"), "bold $key"), " ", (agreed, f"${style}")))
        if known.agreed_day:
            again = self.words.weekday(known.agreed_day)
            parts.append(Content.assemble((self.tr("Look again"), "bold $key"), " ", safe(again)))
        for one in removals_of(known):
            head = (safe_line(one.checklist.title), "bold $key")
            parts.append(Content.assemble(head, " ", safe(removal_words(self.desk, known, one))))
        for complaint in self._complaints:
            head = (self.tr("Complaint"), "bold $key")
            parts.append(Content.assemble(head, " ", safe(complaint_line(self.desk, complaint))))
        if seen := last_seen(known):
            who = f"{self.words.date(seen.happened)} {self.desk.author(seen.author)}"
            parts.append(Content.assemble((self.tr("Seen"), "$quiet"), " ", safe(who)))
        members = ", ".join(self.desk.author(person.id.hex()) for person in known.members)
        parts.append(Content.assemble((self.tr("Taking part"), "$quiet"), " ", safe(members)))
        return Content("\n").join(parts)

    def _draw_pane(self) -> None:
        if self._case is None:
            return
        glyphs, tabs = self.desk.glyphs, []
        for name, word in Panes.NAMES:
            here = name == self._shown
            text = f"{glyphs.here if here else ''}{self.tr(word)}"
            tabs.append(Content.styled(text, "bold $strong" if here else "$quiet"))
        line = Content(" ").join(tabs)
        if line.cell_length > self._tabs.size.width:
            alone = self.tr(dict(Panes.NAMES)[self._shown])
            line = Content.styled(f"{glyphs.back} {alone} {glyphs.here}", "bold $strong")
        self._tabs.update(line)
        panes = Panes(self.desk, self._case, self._notes, self._log, self._complaints, self._incidents)
        self._written.update(panes.draw(self._shown))

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self.call_after_refresh(self._draw)

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._show_guidance()

    def _show_guidance(self) -> None:
        """Say, where there is room, what the step under the cursor asks for."""
        view = self._step_here()
        if view is None:
            self._guidance.update("")
            return
        lines = [safe(view.step.title, "bold $heading"), safe(view.step.guidance, "$quiet")]
        if self._case is not None:
            agreed, style = of_step(self.desk, self._case, view, self.desk.register.now().date())
            lines += [safe(agreed, f"${style}")] if agreed else []
        self._guidance.update(Content("\n").join(lines))

    def _step_here(self) -> StepView | None:
        if self._case is None:
            return None
        return next((v for v in self._case.progress.steps if str(v.step.number) == self._steps.key), None)

    # --- commands ------------------------------------------------------------------------------------------

    def action_pane(self, step: int) -> None:
        """Turn to the next or previous pane."""
        names = [name for name, _ in Panes.NAMES]
        self._shown = names[(names.index(self._shown) + step) % len(names)]
        self.show_keys()
        self._draw_pane()
        self._pane.scroll_home(animate=False)

    def action_other(self, step: int) -> None:
        """Turn to the next or previous case of my day."""
        code = self.desk.other_case(self._code, step)
        if code:
            self._code, self._case = code, None
            self.look_again(first=True)

    def action_overview(self) -> None:
        """See the whole case on one screen."""
        from .overview import Overview  # noqa: PLC0415 - which opens steps as well

        self.app.push_screen(Overview(self.desk, self._code), self._came_back)

    def _came_back(self, code: object) -> None:
        """Stand in the case that the overview was turned to."""
        if isinstance(code, str) and code != self._code:
            self._code, self._case = code, None
            self.look_again(first=True)

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)

    def action_open(self) -> None:
        """Open the step the cursor is on."""
        view = self._step_here()
        if view is not None and self._case is not None:
            self.app.push_screen(StepForm(self.desk, self._case, view))

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        self.action_open()


def _once_shown(register: Register, code: str, until: datetime) -> list[LogEntry]:
    """Write down that a case was read, and how far, and return its log; what does not work is left.

    After the case was drawn: nobody waits for it, and a file that takes nothing can still be read.
    """
    register.log.read_case(code)
    with suppress(PesttuiError):  # that something was seen is worth no trouble: it stays new
        register.mark_seen(until, code)
    with suppress(PesttuiError):
        return register.log.of_case(code)
    return []
