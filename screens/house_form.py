"""What a steward fills in about the school's protocol: rules, people without an account, dates."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import get_args

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Label

from data.errors import N_, Changed, PesttuiError, UsageError
from data.model import Contact, Group, Holiday
from data.protocol import RoleWord
from data.register.house import HouseRules
from data.when import parse_ahead, parse_moment

from .areas import quiet_area
from .clash import brought_in
from .desk import Desk
from .fields import quiet_input
from .form import DeskForm


class HouseForm(DeskForm):
    """Rules, contacts and holidays, one a line, and two dates."""

    KEPT = "house"

    HELP = N_(
        "One rule a line. One contact a line: the role, the name, and how they are reached, with semicolons between "
        "them. These are people who do not log in here, such as the counsellor from outside the school. What is set "
        "about notes and incidents stands under School (s)."
    )

    def __init__(self, desk: Desk, now: HouseRules, revision: int | None = None) -> None:
        """`revision` is the one that what was typed is based on, where that is given back and may be an older one."""
        super().__init__(desk)
        self._revision = now.revision if revision is None else revision
        texts = self._texts(now)
        self._known = texts if self._revision == now.revision else {}
        """What stood in the fields at that revision, by their ids; empty where that is not known."""
        self._rules = quiet_area(texts["rules"], id="rules")
        self._contacts = quiet_area(texts["contacts"], id="contacts")
        self._holidays = quiet_area(texts["holidays"], id="holidays")
        self._evaluated = quiet_input(texts["evaluated"], id="evaluated", max_length=20)
        self._in_mr = quiet_input(texts["in-mr"], id="in-mr", max_length=20)
        self._quiet = quiet_input(texts["quiet-days"], id="quiet-days", max_length=3, type="integer")
        self._quiet.onward = False
        self._begun = self._all()

    def _texts(self, now: HouseRules) -> dict[str, str]:
        """Return what stands in the fields, by their ids."""
        contacts = (
            "; ".join(filter(None, (self.tr(contact.role), contact.name, contact.reach))) for contact in now.contacts
        )
        holidays = (f"{one.name}; {self._shown(one.first)}; {self._shown(one.last)}" for one in now.holidays)
        return {
            "rules": "\n".join(now.rules),
            "contacts": "\n".join(contacts),
            "holidays": "\n".join(holidays),
            "evaluated": self._shown(now.evaluated),
            "in-mr": self._shown(now.discussed_in_mr),
            "quiet-days": str(now.quiet_days),
        }

    def where(self) -> dict[str, str]:
        """Return what it is based on."""
        return {"revision": str(self._revision)}

    @staticmethod
    def _shown(day: date | None) -> str:
        return f"{day.day}-{day.month}-{day.year}" if day else ""

    def compose_body(self) -> Iterable[Widget]:
        """Areas, and fields below them."""
        with VerticalScroll(classes="form", id="house"):
            yield Label(self.tr("Rules of the school, one a line"), classes="heading", markup=False)
            yield self._rules
            yield Label(self.tr("People without an account: role; name; how to reach"), classes="heading", markup=False)
            yield self._contacts
            yield Label(self.tr("Holidays, one a line: name; first day; last day"), classes="heading", markup=False)
            yield self._holidays
            with Horizontal(classes="field wide"):
                yield Label(self.tr("Evaluated"), markup=False)
                yield self._evaluated
            with Horizontal(classes="field wide"):
                yield Label(self.tr("In the MR"), markup=False)
                yield self._in_mr
            with Horizontal(classes="field wide"):
                yield Label(self.tr("Quiet days"), markup=False)
                yield self._quiet
                yield Label(self.tr("then a case asks for a consultation"), classes="quiet after", markup=False)
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the rules."""
        super().on_mount()
        self.title_bar.main = self.tr("The school's own part")
        self._rules.focus()

    def _all(self) -> tuple[str, ...]:
        fields = (self._evaluated, self._in_mr, self._quiet)
        areas = (self._rules, self._contacts, self._holidays)
        return *(area.text for area in areas), *(field.value for field in fields)

    def typed(self) -> str:
        """Return everything, once something was changed."""
        return "" if self._all() == self._begun else "\n".join((*self._all(), "."))

    def _people(self) -> list[Contact]:
        """Return the contacts that were typed; a role by its word or its code word."""
        roles = {self.tr(role): role for role in get_args(RoleWord)} | {role: role for role in get_args(RoleWord)}
        found = []
        for line in filter(str.strip, self._contacts.text.splitlines()):
            parts = [part.strip() for part in line.split(";", 2)]
            role = roles.get(parts[0].lower())
            if role is None or len(parts) == 1:
                words = ", ".join(sorted(self.tr(word) for word in get_args(RoleWord)))
                raise UsageError(N_("A contact is a role; a name; how to reach. Roles: {roles}."), roles=words)
            found.append(Contact(role=role, name=parts[1], reach=parts[2] if parts[2:] else ""))
        return found

    def _breaks(self) -> list[Holiday]:
        """Return the holidays that were typed."""
        found, today = [], self.desk.register.now().date()
        for line in filter(str.strip, self._holidays.text.splitlines()):
            name, *days = [part.strip() for part in line.split(";")]
            if len(days) != 2 or not all(days):
                raise UsageError(
                    N_("A holiday is a name; its first day; its last day: autumn; 17-10-2026; 25-10-2026.")
                )
            first = parse_ahead(days[0], today)
            last = parse_ahead(days[1], first or today)
            assert first is not None and last is not None
            found.append(Holiday(name=name, first=first, last=last))
        return found

    def _day(self, typed: str) -> date | None:
        return parse_moment(typed, self.desk.register.now()).date() if typed.strip() else None

    async def save(self) -> None:
        """Write them down."""
        await asyncio.to_thread(
            self.desk.register.house.change,
            rules=self._rules.text.splitlines(),
            contacts=self._people(),
            evaluated=self._day(self._evaluated.value),
            discussed_in_mr=self._day(self._in_mr.value),
            holidays=self._breaks(),
            quiet_days=int(self._quiet.value) if self._quiet.value.isdigit() else 0,
            based_on=self._revision,
        )

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, bring what they changed in beside one's own."""
        await super().refused(error)
        if not isinstance(error, Changed):
            return
        now = await asyncio.to_thread(self.desk.register.house.now)
        theirs = self._texts(now)
        for area in (self._rules, self._contacts, self._holidays):
            area.text = merged(area.text, self._known.get(area.id or ""), theirs[area.id or ""])
        words = (self.tr("Evaluated"), self.tr("In the MR"), self.tr("Quiet days"))
        fields = zip(words, (self._evaluated, self._in_mr, self._quiet), strict=True)
        both = brought_in(fields, self._known, theirs)
        if both:
            self.say(f"{self.words.tell(error)} ({'; '.join(both)})", late=True)
        self._known, self._revision = theirs, now.revision
        self.keep()


def merged(mine: str, before: str | None, theirs: str) -> str:
    """Return the lines of a field that a colleague may have changed as well: both, where both did."""
    if theirs in (before, mine):
        return mine
    if mine == before:
        return theirs
    lines = mine.rstrip().splitlines()
    return "\n".join((*lines, *(line for line in theirs.splitlines() if line not in lines)))


class GroupRulesForm(DeskForm):
    """What a group agreed on."""

    HELP = N_("One agreement a line, as it hangs in the room. Three are enough.")

    def __init__(self, desk: Desk, ident: str, group: Group) -> None:
        super().__init__(desk)
        self._ident = ident
        self._group = group
        self._rules = quiet_area("\n".join(group.rules), id="rules")

    def compose_body(self) -> Iterable[Widget]:
        """One area."""
        with VerticalScroll(classes="form", id="house"):
            yield Label(self.tr("Agreements of the group, one a line"), classes="heading", markup=False)
            yield self._rules
            yield self.answer

    def on_mount(self) -> None:
        """Begin to write."""
        super().on_mount()
        self.title_bar.main = self._group.name
        self._rules.focus()

    def typed(self) -> str:
        """Return what was changed."""
        return "" if self._rules.text.splitlines() == list(self._group.rules) else f"{self._rules.text}."

    async def save(self) -> None:
        """Write them down."""
        house = self.desk.register.house
        rules = self._rules.text.splitlines()
        await asyncio.to_thread(house.change_group_rules, self._ident, rules, based_on=self._group)

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, bring their lines in beside one's own."""
        await super().refused(error)
        if isinstance(error, Changed):
            groups = await asyncio.to_thread(self.desk.register.house.groups)
            if (now := groups.get(self._ident)) is not None:
                self._rules.text = merged(self._rules.text, "\n".join(self._group.rules), "\n".join(now.rules))
                self._group = now
