"""Who takes part in a case: letting somebody in, taking somebody out, handing the case over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..errors import N_, UsageError
from ..model import DecisionKind, LogKind
from ..vault.entries import CircleKind, Person, Role, Status
from ..vault.vault import Transaction, Vault
from .cases import Cases
from .known import KnownCase
from .log import Log


@dataclass(frozen=True)
class TakesPart:
    """Somebody who can read a case: taking part themselves, or as one of the leads, who read every case."""

    person: Person
    lead: bool
    owner: bool
    since: datetime | None
    """Since when, by the log; None for the leads, whose part comes with their task."""


@dataclass(frozen=True)
class Held:
    """A case that somebody who leaves still has a part in."""

    case: KnownCase
    owner: bool
    alone: bool
    """Whether nobody else but the leads takes part."""
    offered_to: str
    """The id of the person it is offered to and who has not accepted yet, or an empty string."""


class Members:
    """Taking part in a case is given and taken person by person. Each change is a key, not a mark."""

    def __init__(self, vault: Vault, cases: Cases, log: Log) -> None:
        self._vault = vault
        self._cases = cases
        self._log = log

    # --- who there is --------------------------------------------------------------------------------------

    def of(self, code: str) -> list[TakesPart]:
        """Return everybody who can read a case, who takes part themselves first; raises NotAllowed."""
        known, directory = self._cases.get(code), self._vault.directory
        since = self._since(known)
        found = [
            TakesPart(person, False, person.id.hex() == known.owner, since.get(person.id.hex(), known.case.opened))
            for person in known.members
        ]
        lead = directory.the(CircleKind.LEAD).id
        if lead in directory.members.get(self._circle(known), {}):
            there = {taking.person.id for taking in found}
            found += [TakesPart(person, True, False, None) for person in self._leads() if person.id not in there]
        return [taking for taking in found if Role.RECOVERY not in taking.person.roles]

    def _since(self, known: KnownCase) -> dict[str, datetime]:
        """Return when each person was let in last, by the log."""
        lines = self._log.of_case(known.code)
        return {line.about: line.at for line in lines if line.kind is LogKind.GRANTED}

    def candidates(self, code: str) -> list[Person]:
        """Return who could be let in: everybody at school and invited experts who do not take part yet."""
        inside = {taking.person.id for taking in self.of(code) if not taking.lead}
        return [
            person
            for person in self._vault.directory.people.values()
            if person.id not in inside
            and person.status is not Status.LEFT
            and Role.RECOVERY not in person.roles
            and set(person.roles) != {Role.ADMINISTRATOR}
        ]

    def _leads(self) -> list[Person]:
        directory = self._vault.directory
        inside = directory.members.get(directory.the(CircleKind.LEAD).id, {})
        return [person for member in inside if (person := directory.people.get(member)) is not None]

    def _circle(self, known: KnownCase) -> bytes:
        circle = self._vault.directory.labelled(CircleKind.CASE, known.code)
        assert circle is not None
        return circle.id

    # --- changing it ---------------------------------------------------------------------------------------

    def invite(self, code: str, person: bytes) -> None:
        """Let somebody take part: they read the whole case, its past too.

        Raises UsageError where they do already, NotAllowed for who does not take part, NotSaved or Busy.
        """
        with self._vault.transaction() as transaction:
            known = self._cases.get(code)
            if person in {found.id for found in known.members}:
                raise UsageError(N_("This person takes part already."))
            if person not in {found.id for found in self.candidates(code)}:
                raise UsageError(N_("There is nobody with this login."))
            transaction.join(self._circle(known), person)
            self._log.granted(known.code, person.hex())

    def withdraw(self, code: str, person: bytes) -> None:
        """Take somebody out of a case: what is written from now on is closed to them.

        What they read before they may remember, and copies of the file stay readable to them. The owner hands the case
        over first; a lead is taken out with all their keys to it. Raises UsageError, NotAllowed, NotSaved or Busy.
        """
        with self._vault.transaction() as transaction:
            known, circle = self._cases.get(code), self._circle(self._cases.get(code))
            taking = next((found for found in self.of(code) if found.person.id == person), None)
            if taking is None:
                raise UsageError(N_("This person takes no part in the case."))
            if taking.owner and known.open:
                raise UsageError(N_("This is their case. Hand it over to somebody else first."))
            if person in {found.id for found in known.members}:
                transaction.leave(circle, person)
            if person in {lead.id for lead in self._leads()}:
                self._leads_one_by_one(transaction, circle, person)
            transaction.renew_stale()
            self._log.withdrawn(known.code, person.hex())
        self._cases.forget()

    def _leads_one_by_one(self, transaction: Transaction, circle: bytes, besides: bytes) -> None:
        """Let the leads but one read a case each by themselves instead of together."""
        lead = self._vault.directory.the(CircleKind.LEAD).id
        inside = transaction.directory.members.get(circle, {})
        if lead not in inside:
            return
        others = [person for person in self._leads() if person.id != besides and person.id not in inside]
        if not any(Role.RECOVERY not in person.roles for person in self._leads() if person.id != besides):
            raise UsageError(N_("There is no other lead to look after this case. Make another coordinator first."))
        for person in others:
            transaction.join(circle, person.id)
        transaction.leave(circle, lead)

    # --- handing over --------------------------------------------------------------------------------------

    def offer(self, code: str, to: bytes) -> None:
        """Hand a case over: who gets it takes part from now on, and has it once they accept."""
        with self._vault.transaction():
            if to not in {found.id for found in self._cases.get(code).members}:
                self.invite(code, to)
                self._cases.forget()
        # A transaction of its own: who takes part is read from what has been written.
        self._cases.decide(code, DecisionKind.OFFERED, to=to.hex())

    def accept(self, code: str) -> None:
        """Take a case over that was offered to oneself; raises Changed where it is not any more."""
        self._cases.decide(code, DecisionKind.ACCEPTED)

    def held(self, person: bytes) -> list[Held]:
        """Return the open cases that somebody still has a part in, as far as one can read them: theirs first."""
        found = [
            Held(
                known,
                known.owner == person.hex(),
                not [other for other in known.members if other.id != person and not self._leaving(other)],
                known.offered.to if known.offered else "",
            )
            for known in self._cases.all()
            if known.open and person in {member.id for member in known.members}
        ]
        return sorted(found, key=lambda held: (not held.owner, not held.alone))

    def unseen(self, person: bytes, held: Iterable[Held]) -> int:
        """Return in how many further cases somebody takes part that one cannot read, open or closed."""
        seen = {known.code for known in self._cases.all()} | {one.case.code for one in held}
        circles = self._vault.directory.circles_of(person, CircleKind.CASE)
        return sum(circle.label not in seen for circle in circles)

    @staticmethod
    def _leaving(person: Person) -> bool:
        return person.status is Status.LEFT or Role.RECOVERY in person.roles
