"""People: who there are, what they do, which groups they teach, and how a new one comes in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..clean import clean_line
from ..clock import moment_of
from ..errors import N_, Changed, UsageError
from ..model import LogWhat
from ..vault import people as vault_people
from ..vault import staffing
from ..vault.compact import Compacted
from ..vault.crypto import STANDARD, Cost
from ..vault.entries import CircleKind, Person, Role, Status
from ..vault.people import Invitation
from ..vault.vault import Vault, waiting
from .log import Log
from .passphrase import check_strength
from .pupils import Pupils

CHOOSABLE = tuple(role for role in Role if role is not Role.RECOVERY)


@dataclass(frozen=True)
class KnownPerson:
    """A person with the groups they teach and the circles whose key they still wait for."""

    person: Person
    groups: tuple[str, ...]
    waiting: int

    @property
    def last_day(self) -> datetime | None:
        """The last moment they take part, if there is one."""
        last = self.person.until
        return moment_of(last) if last else None

    @property
    def until(self) -> datetime | None:
        """The last moment they take part, or that their one-time code works."""
        last = self.person.code_until if self.person.status is Status.INVITED else self.person.until
        return moment_of(last) if last else None


class People:
    """The people in the vault; everybody in it can read who they are."""

    def __init__(self, vault: Vault, pupils: Pupils, log: Log) -> None:
        self._vault = vault
        self._pupils = pupils
        self._log = log

    def all(self) -> list[KnownPerson]:
        """Return all people, in the order they came; without the recovery code."""
        names = self._pupils.group_names()
        late = [member for _, member in waiting(self._vault)]
        return [
            KnownPerson(
                person,
                tuple(
                    names.get(circle.label, "?")
                    for circle in self._vault.directory.circles_of(person.id, CircleKind.GROUP)
                ),
                late.count(person.id),
            )
            for person in self._vault.directory.people.values()
            if Role.RECOVERY not in person.roles
        ]

    def name(self, ident: str) -> str:
        """Return the name of the person with this id in hex, or `?`."""
        person = self._person(ident)
        return person.name if person else "?"

    def login(self, ident: str) -> str:
        """Return the login of the person with this id in hex, or an empty string."""
        person = self._person(ident)
        return person.login if person else ""

    def _person(self, ident: str) -> Person | None:
        try:
            return self._vault.directory.people.get(bytes.fromhex(ident))
        except ValueError:  # a document can hold anything its author signed
            return None

    def invite(
        self,
        login: str,
        name: str,
        roles: Iterable[Role],
        groups: Iterable[str] = (),
        *,
        until: datetime | None = None,
        cost: Cost = STANDARD,
    ) -> Invitation:
        """Invite somebody; `groups` by name. Raises UsageError for an unknown group or a login in use."""
        held, circles = _checked(roles), self._circles(groups)
        invitation = vault_people.invite(
            self._vault, clean_line(login, 60), clean_line(name, 80), held, groups=circles, until=until, cost=cost
        )
        self._log.people(LogWhat.INVITED, invitation.person.hex())
        return invitation

    def _circles(self, groups: Iterable[str]) -> list[bytes]:
        circles = []
        for wanted in groups:
            found = self._pupils.group_named(wanted)
            if found is None:
                raise UsageError(N_("There is no group {name}."), name=clean_line(wanted))
            circle = self._vault.directory.labelled(CircleKind.GROUP, found)
            assert circle is not None
            circles.append(circle.id)
        return circles

    # --- those who are there already -----------------------------------------------------------------------

    def called(self, login: str) -> KnownPerson:
        """Return the person with this login; raises UsageError for nobody, or who has left."""
        person = self._vault.directory.by_login(login)
        if person is None or Role.RECOVERY in person.roles:
            raise UsageError(N_("There is nobody with this login."))
        return next(known for known in self.all() if known.person.id == person.id)

    def change(
        self,
        login: str,
        roles: Iterable[Role],
        groups: Iterable[str],
        *,
        until: datetime | None = None,
        based_on: KnownPerson | None = None,
    ) -> None:
        """Give somebody other roles, groups (by name) and last day; their cases stay. Stewards only.

        `based_on` is how they were known: raises Changed where a colleague changed it since. Raises UsageError for an
        unknown group or the last steward, NotAllowed, NotSaved or Busy.
        """
        held, circles = _checked(roles), self._circles(groups)
        person = self._id(login)
        with self._vault.transaction():
            if based_on is not None and _tasks(self.called(login)) != _tasks(based_on):
                raise Changed(N_("A colleague changed this meanwhile. Nothing was saved; your text is still here."))
            staffing.change_person(self._vault, person, roles=held, groups=circles, until=until)
            self._log.people(LogWhat.ROLES, person.hex())

    def reset(self, login: str, *, cost: Cost = STANDARD) -> Invitation:
        """Give somebody a new one-time code; what only they could read is lost (`staffing.reset`)."""
        invitation = staffing.reset(self._vault, self._id(login), cost=cost)
        self._log.people(LogWhat.RESET, invitation.person.hex())
        return invitation

    def revoke(self, login: str) -> Compacted:
        """Let somebody go for good (`staffing.revoke`)."""
        person = self._id(login)
        done = staffing.revoke(self._vault, person)
        # In a save of its own: the file was written anew by then.
        self._log.people(LogWhat.LEFT, person.hex())
        return done

    def renew_recovery(self, *, cost: Cost = STANDARD) -> str:
        """Return a new recovery code; the old one is worthless from now on."""
        code = staffing.renew_recovery(self._vault, cost=cost)
        self._log.people(LogWhat.RECOVERY, "")
        return code

    def change_passphrase(self, old: str, new: str, *, cost: Cost = STANDARD) -> None:
        """Choose another passphrase for oneself; raises NoEntry for a wrong old one, UsageError for a weak new one."""
        me = self._vault.me
        check_strength(new, me.login, me.name)
        staffing.change_passphrase(self._vault, old, new, cost=cost)

    def _id(self, login: str) -> bytes:
        return self.called(login).person.id


def _tasks(known: KnownPerson) -> tuple[object, ...]:
    return frozenset(known.person.roles), frozenset(known.groups), known.person.until


def _checked(roles: Iterable[Role]) -> tuple[Role, ...]:
    held = tuple(roles)
    if not held or Role.RECOVERY in held:
        raise UsageError(N_("A person has at least one of these roles: {roles}."), roles=", ".join(CHOOSABLE))
    return held


def role_named(text: str) -> Role:
    """Return the role with this code word; raises UsageError naming those there are."""
    for role in CHOOSABLE:
        if role.value == text.strip().lower():
            return role
    raise UsageError(N_("A role is one of: {roles}."), roles=", ".join(CHOOSABLE))


def short_name(name: str) -> str:
    """Return a colleague's name for a narrow column: `A. de Wit`."""
    given, _, family = name.partition(" ")
    return f"{given[:1]}. {family}" if family else given
