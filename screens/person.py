"""One person: their tasks, what they still hold, a new code, and the day they leave."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import Held, KnownPerson

from .base import DeskScreen
from .case import CaseScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .pick import PickPerson
from .tasks_form import TasksForm
from .text import safe
from .widgets import Column, Prose, Row, RowList

_HELD = (Column(8), Column(28), Column(14), Column(0))


class PersonScreen(DeskScreen):
    """What a steward needs to know of somebody, above all before they leave."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("tasks", "t", N_("Tasks"), N_("Other roles, groups or another last day")),
        Command("reset", "r", N_("New code"), N_("A new one-time code for who lost their passphrase")),
        Command("offer", "h", N_("Hand over"), N_("Hand over the case the cursor is on")),
        Command("revoke", "x", N_("Leaves"), N_("Let this person go for good")),
        Command("open", "enter", N_("Open"), N_("Open the case the cursor is on"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to the school"), foot=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action != "open"])

    HELP = N_(
        "Somebody's tasks and the open cases they take part in. Before somebody leaves, hand over what is theirs: h on "
        "each case, and the other person accepts. Then x: new keys for everything they could read, in one step. What "
        "they copied before stays readable to them; no program can take that back."
    )

    def __init__(self, desk: Desk, login: str) -> None:
        super().__init__(desk)
        self._login = login
        self._known: KnownPerson = desk.register.people.called(login)
        self._held: list[Held] = []
        self._unseen = 0
        self._alone = 0
        """How many notes nobody else can read; only counted for oneself: nobody else can."""
        self._about = Prose(id="person-about")
        self._rows = RowList(id="held")
        self._said = Prose(id="person-code")

    def compose_body(self) -> Iterable[Widget]:
        """Who it is above, what they hold below."""
        with Vertical(classes="form"):
            yield self._about
            yield self._rows
            yield self._said

    def on_mount(self) -> None:
        """Read what they hold."""
        super().on_mount()
        self.title_bar.about = self.tr("Person")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        super().on_screen_resume()
        self.look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what only stewards can do to stewards, and to nobody about themselves."""
        me = self.desk.register.vault.me
        if action in ("reset", "revoke"):
            return me.steward and self._login != me.login
        return action != "tasks" or me.steward

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        register = self.desk.register
        try:
            self._known = await asyncio.to_thread(register.people.called, self._login)
            ident = self._known.person.id
            self._held = await asyncio.to_thread(register.members.held, ident)
            self._unseen = await asyncio.to_thread(register.members.unseen, ident, self._held)
            if self._login == register.vault.me.login:
                self._alone = await asyncio.to_thread(register.notes.alone)
        except PesttuiError as error:
            self.fail(error)
            self.leave(None)
            return
        for one in self._held:
            self.desk.names = {**one.case.names, **self.desk.names}
        self.title_bar.main = self._known.person.name
        self._about.update(self._about_text())
        self._rows.show(self._held_rows())
        self.show_keys()

    def _about_text(self) -> Content:
        known, person = self._known, self._known.person
        status = person.status.name.lower()
        lines = [
            (self.tr("Roles"), ", ".join(self.tr(role.value) for role in person.roles)),
            (self.tr("Groups"), ", ".join(known.groups) or self.tr("none")),
            (self.tr("Last day"), self.words.long_date(known.last_day.date()) if known.last_day else self.tr("none")),
        ]
        if status != "active":
            lines.append((self.tr("Status"), self.tr(status)))
        if known.waiting:
            text = self.words.trn("{count} key is on its way", "{count} keys are on their way", known.waiting)
            lines.append((self.tr("Keys"), text))
        if self._alone:
            text = self.words.trn(
                "{count} note: share it or remove it before you leave",
                "{count} notes: share them or remove them before you leave",
                self._alone,
            )
            lines.append((self.tr("Only yours"), text))
        lines.append(("", ""))
        return Content("\n").join(Content.assemble((f"{word:<12}", "$quiet"), safe(text)) for word, text in lines)

    def _held_rows(self) -> list[Row]:
        heading = Row("", ((self.tr("Open cases they take part in"), "heading"),), (Column(0),))
        rows = [heading, *(self._held_row(one) for one in self._held)]
        if self._unseen:
            text = self.words.trn("and {count} case you cannot see", "and {count} cases you cannot see", self._unseen)
            rows.append(Row("", ((text, "quiet"),), (Column(0),)))
        elif not self._held:
            rows.append(Row("", ((self.tr("None."), "quiet"),), (Column(0),)))
        return rows

    def _held_row(self, one: Held) -> Row:
        desk = self.desk
        word = self.tr("their case") if one.owner else self.tr("takes part")
        if one.alone:
            word = self.tr("alone")
        waits = self.tr("offered to {name}", name=desk.author(one.offered_to)) if one.offered_to else ""
        cells = (
            (one.case.code, "text"),
            (desk.who(one.case), "strong"),
            (word, "key" if one.owner or one.alone else "quiet"),
            (waits, "meta"),
        )
        return Row(one.case.code, cells, _HELD)

    # --- commands ------------------------------------------------------------------------------------------

    def action_tasks(self) -> None:
        """Change roles, groups and last day."""
        self.app.push_screen(TasksForm(self.desk, self._known))

    def action_open(self) -> None:
        """Open the case the cursor is on."""
        self._rows.action_choose()

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.app.push_screen(CaseScreen(self.desk, event.key))

    def action_back(self) -> None:
        """Back to the school."""
        self.leave(None)

    def action_offer(self) -> None:
        """Hand over the case the cursor is on."""
        if self._rows.key:
            self._ask_and_offer(self._rows.key)
        else:
            self.tell(self.tr("Put the cursor on a case first."))

    @work
    async def _ask_and_offer(self, code: str) -> None:
        register = self.desk.register
        try:
            there = await asyncio.to_thread(register.members.of, code)
            others = await asyncio.to_thread(register.members.candidates, code)
        except PesttuiError as error:
            self.fail(error)
            return
        people = [*(taking.person for taking in there if not taking.lead), *others]
        people = [person for person in people if person.login != self._login]
        chosen = await self.app.push_screen_wait(
            PickPerson(self.desk, self.tr("Who takes {code} over?", code=code), people)
        )
        if not isinstance(chosen, str):
            return
        try:
            person = register.people.called(chosen).person
            await asyncio.to_thread(register.members.offer, code, person.id)
        except PesttuiError as error:
            self.fail(error)
        else:
            self.tell(self.tr("Offered to {name}, not accepted yet.", name=person.name))
        self.look_again()

    def action_reset(self) -> None:
        """Give a new one-time code, after saying what is lost."""
        self._ask_and_reset()

    @work
    async def _ask_and_reset(self) -> None:
        name = self._known.person.name
        question = self.tr(
            "{name} gets new keys and a one-time code. Lost: what only they could read, such as private notes. "
            "Everything shared stays.",
            name=name,
        )
        answers = (("go", "F2", self.tr("New code")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) != "go":
            return
        try:
            invitation = await asyncio.to_thread(self.desk.register.people.reset, self._login)
        except PesttuiError as error:
            self.fail(error)
            return
        until = self.words.long_date(invitation.until.date())
        said = N_("Give this code on paper: {code}. It works once, until {until}.")
        self._said.update(safe(self.tr(said, code=invitation.code, until=until), "bold $key"))
        self.look_again()

    def action_revoke(self) -> None:
        """Let this person go, after saying what they still hold."""
        self._ask_and_revoke()

    @work
    async def _ask_and_revoke(self) -> None:
        person, waiting = self._known.person, [one for one in self._held if one.owner or one.alone]
        left = self.words.trn("{count} case still needs them.", "{count} cases still need them.", len(waiting))
        question = self.tr(
            "{name} leaves the school's file for good. {left} Everything they could read gets new keys; what they "
            "copied stays readable to them.",
            name=person.name,
            left=left,
        )
        answers = (("go", "F2", self.tr("Let go")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) != "go":
            return
        self._said.update(safe(self.tr("Writing the file anew…"), "$quiet"))
        try:
            await asyncio.to_thread(self.desk.register.people.revoke, self._login)
        except PesttuiError as error:
            self._said.update("")
            self.fail(error)
            return
        self.tell(self.tr("{name} has no access any more.", name=person.name))
        self.leave(None)
