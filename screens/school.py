"""School: groups with their pupils, and people. Stewards add to both; everybody of staff can look."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, PesttuiError
from data.register import KnownPerson, KnownPupil
from data.register.people import CHOOSABLE

from .accept import ask_to_accept
from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm
from .house_form import GroupRulesForm
from .import_screen import ImportForm, ImportScreen
from .log import LogScreen
from .note_settings import note_settings
from .paste_form import NewGroup, PastePupils
from .person import PersonScreen
from .tasks_form import roles_of
from .text import safe
from .widgets import Column, Row, RowList

_GROUP = (Column(16), Column(12, right=True), Column(0))
_PERSON = (Column(8), Column(19), Column(0), Column(17))
_HEAD = (Column(0),)


class SchoolScreen(DeskScreen):
    """Groups above, people below."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command(
            "accept", "a", N_("Accept"), N_("Accept an older copy that lies here, also for a colleague"), foot=False
        ),
        Command("paste", "p", N_("Pupils"), N_("Paste pupils into the group under the cursor")),
        Command("group", "g", N_("New group"), N_("Add a group")),
        Command("rules", "r", N_("Rules"), N_("Write down what the group under the cursor agreed on"), foot=False),
        Command("invite", "i", N_("Invite"), N_("Invite a colleague with a one-time code")),
        Command("take", "m", N_("Import"), N_("Take groups and pupils from a file, EDEXML or CSV"), foot=False),
        Command(
            "notes", "s", N_("Settings"), N_("What the school set about notes, patterns and incidents"), foot=False
        ),
        Command("open", "enter", N_("Open"), N_("Open the person the cursor is on, or paste pupils"), foot=False),
        Command("log", "l", N_("Log"), N_("Who read, changed, exported or granted what"), foot=False),
        Command("back", "escape,q", N_("Back"), N_("Back to my day")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings([c for c in HERE if c.action != "open"])

    HELP = N_(
        "Groups with their pupils, and everybody who works with the program. Coordinators and directors add "
        "groups, paste pupils, take them from a file (m) and invite colleagues; with s they set lists, patterns and "
        "what belongs to incidents. Enter on a person shows their tasks and what they hold; there a colleague gets a "
        "new code, or leaves."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._rows = RowList(id="school")

    def compose_body(self) -> Iterable[Widget]:
        """One list."""
        yield self._rows

    def on_mount(self) -> None:
        """Read groups and people."""
        super().on_mount()
        self.title_bar.main = self.desk.register.school().name
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def on_screen_resume(self) -> None:
        """Look again after a form."""
        self.look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what only stewards can do to stewards, and the whole log to those who read it."""
        if action == "log":
            return self.desk.register.log.whole
        vault = self.desk.register.vault
        if action == "accept":
            return vault.me.steward
        if action in ("paste", "group", "invite", "rules", "take", "notes"):
            return vault.me.steward and vault.alarm is None
        return True

    def at_foot(self) -> list[Command]:
        """Return the commands at the foot: with an older copy of the file, what ends that comes first."""
        alarmed = self.desk.register.vault.alarm is not None
        return [c for c in self.all_commands() if c.foot or (c.action == "accept" and alarmed)]

    def action_accept(self) -> None:
        """Look at the older copy, and accept it."""
        self._ask_to_accept()

    @work
    async def _ask_to_accept(self) -> None:
        if await ask_to_accept(self):
            self.show_alarm()
            self.look_again()

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        register = self.desk.register
        try:
            groups = await asyncio.to_thread(self._present)
            pupils = await asyncio.to_thread(register.pupils.all)
            people = await asyncio.to_thread(register.people.all)
        except PesttuiError as error:
            self.fail_if_seen(error)
            return
        self._rows.show(
            [
                Row("", (("", "text"),), _HEAD),
                Row("", ((self.tr("Groups"), "heading"),), _HEAD),
                *self._group_rows(groups, pupils, people),
                Row("", (("", "text"),), _HEAD),
                Row("", ((self.tr("People"), "heading"),), _HEAD),
                *(self._person_row(known, set(groups.values())) for known in people),
            ]
        )

    def _present(self) -> dict[str, str]:
        """Return the groups that there are now, by id, as they are told apart."""
        pupils = self.desk.register.pupils
        names = pupils.group_names()
        return {ident: names[ident] for ident in pupils.present_groups()}

    def _group_rows(self, groups: dict[str, str], pupils: list[KnownPupil], people: list[KnownPerson]) -> list[Row]:
        if not groups:
            hint = self.tr("No groups to see here.")
            if self.desk.register.vault.me.steward:
                hint = self.tr("No groups yet. m takes them from a file. g adds one, p pastes its pupils.")
            return [Row("", ((hint, "quiet"),), _HEAD)]
        rows = []
        for ident, name in groups.items():
            count = sum(known.pupil.group == ident for known in pupils)
            teachers = ", ".join(known.person.name for known in people if name in known.groups)
            counted = self.words.trn("{count} pupil", "{count} pupils", count)
            rows.append(Row(f"group:{ident}", ((name, "text"), (counted, "quiet"), (teachers, "meta")), _GROUP))
        return rows

    def _person_row(self, known: KnownPerson, present: set[str]) -> Row:
        """Return somebody with the groups of now; those of earlier years stand with the person."""
        person = known.person
        status = person.status.name.lower()
        cells = (
            (person.login, "quiet"),
            (person.name, "text"),
            (", ".join(self.tr(role.value) for role in person.roles), "meta"),
            (", ".join(name for name in known.groups if name in present), "quiet")
            if status == "active"
            else (self.tr(status), "key"),
        )
        return Row(f"person:{person.login}", cells, _PERSON)

    def action_rules(self) -> None:
        """Write down what the group under the cursor agreed on."""
        kind, _, ident = self._rows.key.partition(":")
        group = self.desk.register.house.groups().get(ident) if kind == "group" else None
        if group is not None:
            self.app.push_screen(GroupRulesForm(self.desk, ident, group))

    def action_paste(self) -> None:
        """Paste pupils into the group under the cursor."""
        kind, _, ident = self._rows.key.partition(":")
        if kind == "group":
            self.app.push_screen(PastePupils(self.desk, ident))
        else:
            self.tell(self.tr("Put the cursor on a group first."))

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        kind, _, ident = event.key.partition(":")
        if kind == "person":
            self._open_person(ident)
        elif self.check_action("paste", ()):
            self.action_paste()

    def action_open(self) -> None:
        """Open what the cursor is on."""
        self._rows.action_choose()

    def _open_person(self, login: str) -> None:
        try:
            self.app.push_screen(PersonScreen(self.desk, login))
        except PesttuiError as error:  # who has left holds nothing any more
            self.fail(error)

    def action_group(self) -> None:
        """Add a group."""
        self.app.push_screen(NewGroup(self.desk))

    def action_take(self) -> None:
        """Take groups and pupils from a file."""
        self.app.push_screen(ImportForm(self.desk), self._show_differences)

    def _show_differences(self, found: object) -> None:
        if isinstance(found, tuple):
            self.app.push_screen(ImportScreen(self.desk, *found))

    def action_invite(self) -> None:
        """Invite a colleague."""
        self.app.push_screen(Invite(self.desk))

    @work
    async def action_notes(self) -> None:
        """Set what belongs to notes and incidents."""
        try:
            form = await note_settings(self.desk)
        except PesttuiError as error:
            self.fail(error)
            return
        self.app.push_screen(form)

    def action_log(self) -> None:
        """See who did what."""
        self.app.push_screen(LogScreen(self.desk))

    def action_back(self) -> None:
        """Back to my day."""
        self.leave(None)


class Invite(DeskForm):
    """A colleague, their roles and groups; then the one-time code."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._login = quiet_input(max_length=60)
        self._name_field = quiet_input(max_length=80)
        self._roles = quiet_input("teacher" if desk.words.language == "en" else desk.tr("teacher"), max_length=100)
        self._groups = quiet_input(max_length=100, placeholder=self.tr("for example: groep 6, groep 7"))
        self._done = False

    def compose_body(self) -> Iterable[Widget]:
        """Four fields; roles and groups with commas between them."""
        labels = {
            self.tr("Login"): self._login,
            self.tr("Name"): self._name_field,
            self.tr("Roles"): self._roles,
            self.tr("Groups"): self._groups,
        }
        with Vertical(classes="form"):
            for label, field in labels.items():
                with Horizontal(classes="field wide"):
                    yield Label(label, markup=False)
                    yield field
            roles = ", ".join(self.tr(role.value) for role in CHOOSABLE)
            yield Static(safe(self.tr("Roles are: {roles}", roles=roles)), classes="guidance", markup=False)
            yield self.answer

    def on_mount(self) -> None:
        """Begin at the login."""
        super().on_mount()
        self.title_bar.main = self.tr("Invite")
        self._login.focus()

    def typed(self) -> str:
        """Return who would be invited."""
        return "" if self._done else self._login.value + self._name_field.value

    async def save(self) -> str:
        """Invite, and return the code."""
        if self._done:
            return ""
        roles = roles_of(self.desk, self._roles.value)
        groups = [part for part in self._groups.value.split(",") if part.strip()]
        people = self.desk.register.people
        invitation = await asyncio.to_thread(people.invite, self._login.value, self._name_field.value, roles, groups)
        self._done = True
        until = self.words.long_date(invitation.until.date())
        return self.tr(
            "Give this code on paper: {code}. It works once, until {until}.", code=invitation.code, until=until
        )

    def saved(self, result: object) -> None:
        """Leave the code on the screen: it is shown once."""
        if isinstance(result, str) and result:
            self.say(result)
            self.answer.add_class("code")
        else:
            self.leave(None)
