"""Taking groups and pupils from a file: the differences first, then all of them in one save or none."""

import msgspec

from ..errors import N_, Changed, UsageError
from ..exchange.roll import Roll
from ..model import Group, LogWhat, Pupil
from ..vault.entries import CircleKind, Role, Status
from ..vault.table import VaultDB
from ..vault.vault import Vault
from .cases import Cases
from .differences import Account, Choices, Plan, Present
from .log import Log
from .pupils import Pupils, school_year
from .roll import compare


class Imports:
    """For stewards. Nobody gets a right by it: colleagues whom the file names are proposed, and a steward lets them in.

    Cases, notes and the names in them stay as they are. A new group's circle is new and holds the leads alone, so
    what was written before stays with those it was granted to; see `Pupils.make_group`.
    """

    def __init__(self, vault: Vault, db: VaultDB, pupils: Pupils, cases: Cases, log: Log) -> None:
        self._vault = vault
        self._db = db
        self._pupils = pupils
        self._cases = cases
        self._log = log

    def check(self) -> None:
        """Raise NotAllowed for who may not import anything: before a file is read for them."""
        self._pupils.require_steward()

    def plan(self, roll: Roll, choices: Choices | None = None) -> Plan:
        """Return what a roll would change; nothing is written. Raises NotAllowed, UsageError for a year to come."""
        self.check()
        today = self._vault.machine.clock.now().date()
        if roll.year > school_year(today.replace(year=today.year + 1, day=1)):
            raise UsageError(N_("School year {year} is too far ahead. Is this the right file?"), year=roll.year)
        return compare(roll, self._present(), today, choices or Choices())

    def apply(self, roll: Roll, choices: Choices | None = None, *, seen: Plan | None = None) -> Plan:
        """Write what a roll changes, in one save with its line in the log.

        `seen` are the differences that somebody was shown, with nothing chosen yet.

        Raises NotAllowed, Changed where a colleague changed the list since, UsageError for a file of an earlier school
        year that would move or take out anybody, NotSaved or Busy: then nothing is written.
        """
        with self._vault.transaction():
            if seen is not None and seen != self.plan(roll):
                raise Changed(N_("The list here changed meanwhile. Nothing was saved; look at the differences again."))
            plan = self.plan(roll, choices)
            if plan.earlier and (plan.pupils.changed or plan.leavers):
                raise UsageError(
                    N_("The file is of school year {year}, the school is in {last}: nobody is put back by it."),
                    year=plan.year,
                    last=plan.earlier,
                )
            if not plan.empty:
                self._write(plan)
                self._log.people(LogWhat.IMPORTED, "")
        return plan

    def open_cases(self, plan: Plan) -> int:
        """Return in how many open cases that this person can read somebody is who leaves."""
        if not plan.leavers:
            return 0
        return sum(known.open and not plan.leavers.isdisjoint(known.names) for known in self._cases.all())

    def _write(self, plan: Plan) -> None:
        made = {}
        for new in plan.new_groups:
            group = Group(name=new.name, year=plan.year, circle="", key=new.key, year_groups=new.year_groups)
            made[new.ref] = self._pupils.make_group(group)
        groups, pupils = self._db.table("groups"), self._db.table("pupils")
        for ident, group in plan.changed_groups.items():
            groups.replace(msgspec.to_builtins(group), ident)
        fresh = []
        for write in plan.writes:
            pupil = msgspec.structs.replace(write.pupil, group=made[write.ref]) if write.ref else write.pupil
            if write.id:
                pupils.replace(msgspec.to_builtins(pupil), write.id)
            else:
                fresh.append(msgspec.to_builtins(pupil))
        pupils.insert_multiple(fresh)

    def _present(self) -> Present:
        directory, groups = self._vault.directory, self._pupils.groups()
        last = max((group.year for group in groups.values()), default="")
        accounts, taught = [], set[str]()
        for person in directory.people.values():
            if person.status is Status.LEFT or Role.RECOVERY in person.roles:
                continue
            held = {circle.label for circle in directory.circles_of(person.id, CircleKind.GROUP)}
            taught |= held
            now = frozenset(ident for ident in held if ident in groups and groups[ident].year == last)
            accounts.append(Account(person.login, person.name, now, Role.TEACHER in person.roles))
        listed = self._db.table("pupils").everything(Pupil)
        return Present(groups, listed, tuple(accounts), frozenset(taught))
