"""Somebody's roles, groups and last day."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from data.errors import N_, Changed, PesttuiError, UsageError
from data.register import KnownPerson
from data.register.people import CHOOSABLE
from data.vault.entries import Role
from data.when import parse_ahead

from .clash import brought_in
from .desk import Desk
from .fields import QuietInput, quiet_input
from .form import DeskForm
from .text import safe


class TasksForm(DeskForm):
    """Roles and groups with commas between them, and a last day."""

    HELP = N_(
        "Other roles open other cases: a coordinator or IB reads all of them. What somebody loses gets new keys at "
        "once. A last day ends their access by itself."
    )

    def __init__(self, desk: Desk, known: KnownPerson) -> None:
        super().__init__(desk)
        self._known = known
        begun = self._texts(known)
        self._roles = quiet_input(begun["roles"], max_length=100, id="roles")
        self._groups = quiet_input(begun["groups"], max_length=100, id="groups")
        self._last = quiet_input(begun["last"], max_length=30, id="last", onward=False, placeholder=desk.tr("none"))
        self._begun = self._typed_now()

    def _texts(self, known: KnownPerson) -> dict[str, str]:
        """Return somebody's tasks as they stand in the fields, by the fields' ids."""
        last = known.last_day
        return {
            "roles": ", ".join(self.desk.tr(role.value) for role in known.person.roles),
            "groups": ", ".join(known.groups),
            "last": f"{last.day}-{last.month}-{last.year}" if last else "",
        }

    def _lines(self) -> tuple[tuple[str, QuietInput], ...]:
        return (self.tr("Roles"), self._roles), (self.tr("Groups"), self._groups), (self.tr("Last day"), self._last)

    def compose_body(self) -> Iterable[Widget]:
        """Three fields."""
        with Vertical(classes="form"):
            for word, field in self._lines():
                with Horizontal(classes="field wide"):
                    yield Label(word, markup=False)
                    yield field
            roles = ", ".join(self.tr(role.value) for role in CHOOSABLE)
            yield Static(safe(self.tr("Roles are: {roles}", roles=roles)), classes="guidance", markup=False)
            yield self.answer

    def on_mount(self) -> None:
        """Begin with the roles."""
        super().on_mount()
        self.title_bar.main = self._known.person.name
        self._roles.focus()

    def _typed_now(self) -> str:
        return "\n".join((self._roles.value, self._groups.value, self._last.value))

    def typed(self) -> str:
        """Return what was changed."""
        return "" if self._typed_now() == self._begun else self._typed_now()

    async def save(self) -> None:
        """Change them."""
        now = self.desk.register.now()
        day = parse_ahead(self._last.value, now.date()) if self._last.value.strip() else None
        last = datetime(day.year, day.month, day.day, 23, 59, 59).astimezone() if day else None
        groups = [part for part in self._groups.value.split(",") if part.strip()]
        people, login = self.desk.register.people, self._known.person.login
        roles = roles_of(self.desk, self._roles.value)
        await asyncio.to_thread(lambda: people.change(login, roles, groups, until=last, based_on=self._known))

    async def refused(self, error: PesttuiError) -> None:
        """Say why; where a colleague was quicker, bring in what they changed, and show it where both did."""
        await super().refused(error)
        if isinstance(error, Changed):
            now = await asyncio.to_thread(self.desk.register.people.called, self._known.person.login)
            theirs = self._texts(now)
            both = brought_in(self._lines(), self._texts(self._known), theirs)
            if both:
                self.say(f"{self.words.tell(error)} ({'; '.join(both)})", late=True)
            self._known, self._begun = now, "\n".join(theirs.values())


def roles_of(desk: Desk, typed: str) -> list[Role]:
    """Return the roles that were typed, with commas between them; raises UsageError naming those there are."""
    words = {desk.tr(role.value).lower(): role for role in CHOOSABLE}
    parts = [part.strip().lower() for part in typed.split(",") if part.strip()]
    wrong = [part for part in parts if part not in words]
    if wrong:
        raise UsageError(N_("“{wrong}” is no role. Roles are: {roles}"), wrong=wrong[0], roles=", ".join(words))
    return [words[part] for part in parts]
