"""About the protocol: what bullying is, the steps, who does what here, dates, methods, rules, annexes."""

import asyncio
import textwrap
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from data.errors import N_, PesttuiError
from data.model import Group
from data.protocol import Step
from data.register.house import Filler

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .house_form import HouseForm
from .text import safe
from .widgets import Prose


class AboutScreen(DeskScreen):
    """The protocol to read, in sections; what the school itself fills in is read anew each time."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("section(1)", "right,tab", N_("Next"), N_("Next section")),
        Command("section(-1)", "left,shift+tab", N_("Previous"), N_("Previous section")),
        Command("edit", "w", N_("Change"), N_("Change rules, contacts and dates of the school")),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "What the school's protocol says, in sections: left and right turn them, or the number of their place. "
        "Who fills which role comes from the people in this program and from the contacts that the coordinator keeps."
    )

    SECTIONS = (
        ("bullying", N_("Bullying")),
        ("steps", N_("Steps")),
        ("roles", N_("Roles")),
        ("rules", N_("Rules")),
        ("methods", N_("Methods")),
        ("more", N_("Protocol")),
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = self.SECTIONS[0][0]
        self._fillers: dict[str, list[Filler]] = {}
        self._house = desk.register.house.now()
        self._groups: dict[str, Group] = {}
        self._tabs = Static("", id="tabs", markup=False)
        self._text = Prose(id="about-text")
        self._scroll = VerticalScroll(self._text, id="about")

    def compose_body(self) -> Iterable[Widget]:
        """Sections above, one of them below."""
        yield self._tabs
        yield self._scroll

    def on_mount(self) -> None:
        """Read who does what."""
        super().on_mount()
        protocol = self.desk.register.protocol
        self.title_bar.main = protocol.name
        self.title_bar.about = protocol.school
        self.title_bar.right = self.tr("version {version}", version=protocol.version)
        self._scroll.focus()
        self._read()

    def on_screen_resume(self) -> None:
        """Read again after a form."""
        super().on_screen_resume()
        self._read()

    @work(exclusive=True, group="look")
    async def _read(self) -> None:
        house = self.desk.register.house
        try:
            self._fillers = await asyncio.to_thread(house.fillers)
            self._house = await asyncio.to_thread(house.now)
            self._groups = await asyncio.to_thread(house.groups)
        except PesttuiError as error:
            self.fail(error)
            return
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the school fills in is the stewards' to change."""
        return action != "edit" or self.desk.register.vault.me.steward

    # --- drawing -------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        tabs = []
        for name, word in self.SECTIONS:
            here = name == self._shown
            text = f"{self.desk.glyphs.here if here else ''}{self.tr(word)}"
            tabs.append(Content.styled(text, "bold $strong" if here else "$quiet"))
        self._tabs.update(Content("  ").join(tabs))
        draw: dict[str, Callable[[], list[Content]]] = {
            "bullying": self._bullying,
            "steps": self._steps,
            "roles": self._roles,
            "rules": self._rules,
            "methods": self._methods,
            "more": self._more,
        }
        self._text.update(Content("\n").join(draw[self._shown]()))

    @staticmethod
    def _title(text: str) -> Content:
        return safe(text, "bold $heading")

    def _empty(self, text: str) -> Content:
        return safe(text, "$quiet")

    def _bullying(self) -> list[Content]:
        protocol = self.desk.register.protocol
        lines = [self._title(self.tr("What is bullying?"))]
        lines.append(
            safe(protocol.definition) if protocol.definition else self._empty(self.tr("Not in this protocol."))
        )
        if protocol.criteria:
            lines += [Content(""), self._title(self.tr("Bullying, or something else? Ask four things"))]
            width = max(len(criterion.title) for criterion in protocol.criteria) + 2
            lines += [
                Content.assemble((f"{criterion.title:<{width}}", "bold $key"), safe(criterion.question))
                for criterion in protocol.criteria
            ]
        for chapter in protocol.chapters:
            lines += [Content(""), self._title(chapter.title), safe(chapter.text)]
        return lines

    def _steps(self) -> list[Content]:
        protocol, lines = self.desk.register.protocol, []
        for phase in protocol.phases:
            who = ", ".join(self.tr(role) for role in phase.who)
            who = "" if who.casefold() == phase.title.casefold() else f"  {who}"  # the teacher's phase may be "Teacher"
            lines.append(Content.assemble((phase.title, "bold $heading"), (who, "$quiet")))
            for step in protocol.steps:
                if step.phase == phase.id:
                    lines += self._step(step)
            if phase.leaving:
                lines.append(Content.assemble((self.tr("Before the next phase: "), "$key"), safe(phase.leaving)))
            lines.append(Content(""))
        if protocol.removal:
            lines += [self._title(protocol.removal.title), safe(protocol.removal.text)]
        return lines

    def _step(self, step: Step) -> list[Content]:
        when = {"if_agreed": self.tr("if agreed"), "optional": self.tr("possible")}.get(step.when, "")
        term = self.words.trn("within {count} day", "within {count} days", step.term_days) if step.term_days else ""
        again = self.tr("again and again") if step.repeats else ""
        notes = ", ".join(part for part in (term, again, when) if part)
        head = Content.assemble((f"{step.number:>2} ", "$key"), (step.title, "bold"), (f"  {notes}", "$quiet"))
        return [head, *(safe(self._indented(line), "$quiet") for line in step.guidance.split("\n"))]

    def _indented(self, line: str) -> str:
        """Return a line set in, its further lines too."""
        width = max(20, self._scroll.scrollable_content_region.width)
        return textwrap.fill(line, width, initial_indent="   ", subsequent_indent="   ")

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self.call_after_refresh(self._draw)

    def _roles(self) -> list[Content]:
        lines = []
        for role in self.desk.register.protocol.roles:
            found = self._fillers.get(role.role, [])
            names = [f"{filler.name} ({filler.reach})" if filler.reach else filler.name for filler in found]
            if role.role == "teacher":
                names = [self.words.trn("{count} person", "{count} people", len(found))]
            nobody = self.tr("nobody is named here yet; the coordinator fills this in")
            lines.append(self._title(role.title))
            lines.append(safe(", ".join(names), "bold $strong") if found else self._empty(nobody))
            if role.outside and found and all(filler.account for filler in found):
                lines.append(self._empty(self.tr("who does this from outside the school is not named yet")))
            lines += [safe(role.does), Content.assemble(safe(role.go_to, "$quiet")), Content("")]
        return lines or [self._empty(self.tr("Not in this protocol."))]

    def _rules(self) -> list[Content]:
        lines = [self._title(self.tr("Rules of the school"))]
        hint = self.tr("No rules written down yet. A coordinator or the director does that with w.")
        lines += [safe(f"{self.desk.glyphs.new} {rule}") for rule in self._house.rules] or [self._empty(hint)]
        for group in self._groups.values():
            if group.rules:
                lines += [Content(""), self._title(self.tr("Agreements of {group}", group=group.name))]
                lines += [safe(f"{self.desk.glyphs.new} {rule}") for rule in group.rules]
        return lines

    def _methods(self) -> list[Content]:
        lines = []
        for method in self.desk.register.protocol.methods:
            lines += [self._title(method.title), safe(method.text)]
            lines += [Content.assemble((f"{self.desk.glyphs.new} ", "$key"), safe(part)) for part in method.parts]
            lines.append(Content(""))
        return lines or [self._empty(self.tr("Not in this protocol."))]

    def _more(self) -> list[Content]:
        protocol, unknown = self.desk.register.protocol, self.tr("not filled in")
        dates = (
            (self.tr("Drawn up"), protocol.drawn_up),
            (self.tr("Evaluated"), self._house.evaluated),
            (self.tr("In the MR"), self._house.discussed_in_mr),
        )
        lines = [self._title(protocol.name), safe(", ".join(filter(None, (protocol.school, protocol.foundation))))]
        responsible = self.tr("responsible: {role}", role=self.tr(protocol.responsible))
        lines += [safe(responsible, "$quiet"), Content(""), self._title(self.tr("Dates"))]
        for word, day in dates:
            shown = safe(self.words.long_date(day)) if day else self._empty(unknown)
            lines.append(Content.assemble((f"{word:<14}", "$key"), shown))
        if protocol.annexes:
            lines += [Content(""), self._title(self.tr("Annexes"))]
        for number, annex in enumerate(protocol.annexes, 1):
            lines.append(Content.assemble((f"{number} ", "$key"), safe(annex.title)))
            said = annex.link or annex.remark
            if said:
                lines.append(safe(f"  {said}", "$quiet"))
        return lines

    # --- commands ------------------------------------------------------------------------------------------

    def action_section(self, step: int) -> None:
        """Turn to the next or previous section."""
        names = [name for name, _ in self.SECTIONS]
        self._show(names[(names.index(self._shown) + step) % len(names)])

    def _show(self, name: str) -> None:
        self._shown = name
        self._draw()
        self._scroll.scroll_home(animate=False)

    def on_key(self, event: events.Key) -> None:
        """Let the number of its place choose a section."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self.SECTIONS):
            event.stop()
            self._show(self.SECTIONS[int(event.key) - 1][0])

    def action_edit(self) -> None:
        """Change what the school fills in."""
        self.app.push_screen(HouseForm(self.desk, self._house))

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)
