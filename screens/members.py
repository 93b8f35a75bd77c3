"""Who takes part in a case: letting somebody in, taking somebody out, handing the case over and accepting it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from data.errors import N_, PesttuiError
from data.register import KnownCase, TakesPart

from .base import DeskScreen
from .commands import Command, bindings
from .desk import Desk
from .dialogs import Ask
from .pick import PickPerson
from .text import safe
from .widgets import Column, Prose, Row, RowList

_PERSON = (Column(22), Column(20), Column(16), Column(0))


class MembersScreen(DeskScreen):
    """The people who can read a case, and how they come to that."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("invite", "i", N_("Let in"), N_("Let somebody take part in this case")),
        Command("withdraw", "x,delete", N_("Take out"), N_("Take who the cursor is on out of this case")),
        Command("offer", "h", N_("Hand over"), N_("Hand this case over to somebody else")),
        Command("accept", "a", N_("Accept"), N_("Take over this case, which is offered to you")),
        Command("back", "escape,q", N_("Back"), N_("Back to the case")),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)

    HELP = N_(
        "Who takes part reads the whole case, its past too. Who is taken out reads nothing that is written from then "
        "on; what they read before they may remember. Coordinator and IB read every case; somebody with a conflict of "
        "interest can be taken out of one. A case handed over is the other person's once they accept it."
    )

    def __init__(self, desk: Desk, case: KnownCase) -> None:
        super().__init__(desk)
        self._code = case.code
        self._case = case
        self._there: list[TakesPart] = []
        self._rows = RowList(id="members-list")
        self._said = Prose(id="offered")

    def compose_body(self) -> Iterable[Widget]:
        """A list, and what is on offer."""
        with Vertical(classes="form"):
            yield self._rows
            yield self._said

    def on_mount(self) -> None:
        """Read who there is."""
        super().on_mount()
        self.title_bar.main = self._code
        self.title_bar.about = self.tr("Taking part")
        self.title_bar.right = self.who_am_i()
        self._rows.focus()
        self.look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done now."""
        offered = self._case.offered
        if action == "accept":
            return offered is not None and offered.to == self.desk.register.me
        return action != "offer" or self._case.open

    def at_foot(self) -> list[Command]:
        """Return the commands at the foot: who is offered a case accepts it before handing it on."""
        found = super().at_foot()
        accepts = any(command.action == "accept" for command in found)
        return [command for command in found if command.action != "offer" or not accepts]

    @work(exclusive=True, group="look")
    async def look_again(self) -> None:
        """Read in a thread, then draw."""
        register = self.desk.register
        try:
            self._case = await asyncio.to_thread(register.cases.get, self._code)
            self._there = await asyncio.to_thread(register.members.of, self._code)
        except PesttuiError as error:
            # Who took themselves out, or was taken out just now, has nothing more to see here.
            self.fail(error)
            self.leave(None)
            return
        self._rows.show([self._row(taking) for taking in self._there])
        offered = self._case.offered
        text = self.tr("Offered to {name}, not accepted yet.", name=self.desk.author(offered.to)) if offered else ""
        self._said.update(safe(text, "$key"))
        self.show_keys()

    def _row(self, taking: TakesPart) -> Row:
        person = taking.person
        since = self.words.date(taking.since.astimezone().date()) if taking.since else ""
        how = self.tr("reads every case") if taking.lead else self.tr("since {day}", day=since)
        cells = (
            (person.name, "strong"),
            (", ".join(self.tr(role.value) for role in person.roles), "meta"),
            (how, "quiet"),
            (self.tr("their case") if taking.owner else "", "key"),
        )
        return Row(person.login, cells, _PERSON)

    # --- commands ------------------------------------------------------------------------------------------

    def action_invite(self) -> None:
        """Let somebody in."""
        self._ask_whom(self.tr("Who takes part from now on?"), self._invite)

    def action_offer(self) -> None:
        """Hand the case over."""
        self._ask_whom(self.tr("Who takes this case over?"), self._offer, members=True)

    def action_withdraw(self) -> None:
        """Take somebody out."""
        taking = next((one for one in self._there if one.person.login == self._rows.key), None)
        if taking is not None:
            self._ask_and_withdraw(taking)

    def action_accept(self) -> None:
        """Take the case over."""
        self._change(lambda: self.desk.register.members.accept(self._code), self.tr("It is your case now."))

    def action_back(self) -> None:
        """Back to the case."""
        self.leave(None)

    @work
    async def _ask_whom(self, title: str, go_on: Callable[[str], None], *, members: bool = False) -> None:
        """Let a person be chosen, and go on with the login."""
        people = await asyncio.to_thread(self.desk.register.members.candidates, self._code)
        if members:
            owner = self._case.owner
            inside = [taking.person for taking in self._there if taking.person.id.hex() != owner]
            people = [*inside, *(person for person in people if person.id not in {one.id for one in inside})]
        chosen = await self.app.push_screen_wait(PickPerson(self.desk, title, people))
        if isinstance(chosen, str):
            go_on(chosen)

    def _invite(self, login: str) -> None:
        register = self.desk.register
        person = register.people.called(login).person
        said = self.tr("{name} takes part.", name=person.name)
        self._change(lambda: register.members.invite(self._code, person.id), said)

    def _offer(self, login: str) -> None:
        register = self.desk.register
        person = register.people.called(login).person
        said = self.tr("Offered to {name}, not accepted yet.", name=person.name)
        self._change(lambda: register.members.offer(self._code, person.id), said)

    @work
    async def _ask_and_withdraw(self, taking: TakesPart) -> None:
        person = taking.person
        question = self.tr(
            "{name} will read nothing that is written in {code} from now on. What a group was told in loose notes, and "
            "what they copied, stays readable to them.",
            name=person.name,
            code=self._code,
        )
        answers = (("go", "F2", self.tr("Take out")), ("", "esc", self.tr("Back")))
        if await self.app.push_screen_wait(Ask(question, answers)) == "go":
            said = self.tr("{name} takes no part any more.", name=person.name)
            self._change(lambda: self.desk.register.members.withdraw(self._code, person.id), said)

    @work
    async def _change(self, change: Callable[[], None], said: str) -> None:
        """Change who takes part in a thread, and say what came of it."""
        try:
            await asyncio.to_thread(change)
        except PesttuiError as error:
            self.fail(error)
        else:
            self.tell(said)
        self.look_again()
