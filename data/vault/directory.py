"""People and circles: a signed chain of entries that everybody in the school can read and nobody can rewrite.

Each entry holds the hash of the one before and the signature of who made it. Whether that person was allowed to
is judged by the state the entries before it had made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import N_
from . import crypto
from .entries import (
    Acceptance,
    Circle,
    CircleKind,
    Entry,
    Member,
    Person,
    Statement,
    Status,
    VaultKey,
    fingerprint,
    signing_context,
)

NESTING = 4
"""How deep circles lie in circles at most; what somebody nests deeper leads nowhere."""


class Refused(Exception):
    """Somebody wrote what they were not allowed to write; `args[0]` is the message for `verify`."""


class Forged(Refused):
    """A signature that does not hold."""


@dataclass
class Directory:
    """People, circles and memberships as the entries so far have made them."""

    vault_id: bytes
    root: bytes
    people: dict[bytes, Person] = field(default_factory=dict)
    circles: dict[bytes, Circle] = field(default_factory=dict)
    history: dict[tuple[bytes, int], Circle] = field(default_factory=dict)
    members: dict[bytes, dict[bytes, bool]] = field(default_factory=dict)
    """Circle → member → whether that member is a circle."""
    since: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    """(circle, member) → number of the entry by which they joined."""
    makers: dict[bytes, bytes] = field(default_factory=dict)
    labels: dict[tuple[CircleKind, str], bytes] = field(default_factory=dict)
    logins: dict[str, bytes] = field(default_factory=dict)
    """Normal login → who last had it."""
    vault_keys: dict[int, bytes] = field(default_factory=dict)
    stale: set[bytes] = field(default_factory=set)
    """Circles whose present key somebody may have kept who is not to: see FORMAT.md."""
    left: set[bytes] = field(default_factory=set)
    """Those of them that the fault lies in themselves, not only in a circle in them."""
    chain: list[bytes] = field(default_factory=list)
    """The hash of each entry that counted."""
    acceptances: list[tuple[int, bytes]] = field(default_factory=list)
    """From which generation on a restored file was accepted, and the fingerprint of who did."""

    @property
    def count(self) -> int:
        """How many entries counted: the next one's number."""
        return len(self.chain)

    @property
    def last(self) -> bytes:
        """The hash of the last entry: what the next one names as the one before."""
        return self.chain[-1] if self.chain else bytes(32)

    def copy(self) -> "Directory":
        """Return an independent copy, to try entries on before they are written."""
        return Directory(
            self.vault_id, self.root, dict(self.people), dict(self.circles), dict(self.history),
            {circle: dict(members) for circle, members in self.members.items()}, dict(self.since),
            dict(self.makers), dict(self.labels), dict(self.logins), dict(self.vault_keys), set(self.stale),
            set(self.left), list(self.chain), list(self.acceptances),
        )  # fmt: skip

    def the(self, kind: CircleKind) -> Circle:
        """Return the one circle of a kind that exists once."""
        return self.circles[self.labels[kind, ""]]

    def labelled(self, kind: CircleKind, label: str) -> Circle | None:
        """Return the circle of a group, case or person."""
        found = self.labels.get((kind, label))
        return None if found is None else self.circles[found]

    def by_login(self, login: str) -> Person | None:
        """Return the person who logs in by this name, if they have not left."""
        person = self.people.get(self.logins.get(crypto.normal_login(login), b""))
        return person if person and person.status is not Status.LEFT else None

    def in_circle(self, member: bytes, circle: bytes, depth: int = NESTING) -> bool:
        """Whether a person or circle is in a circle, directly or through at most `depth` circles in it."""
        inside = self.members.get(circle, {})
        return member in inside or (
            depth > 0 and any(nested and self.in_circle(member, other, depth - 1) for other, nested in inside.items())
        )

    def staff(self, person: bytes) -> bool:
        """Whether a person is staff of the school, not an outsider."""
        staff = self.labels.get((CircleKind.STAFF, ""))
        return staff is not None and self.in_circle(person, staff)

    def may_begin(self, person: bytes, circle: Circle) -> bool:
        """Whether somebody may make a circle, or begin a new epoch of it."""
        match circle.kind:
            case CircleKind.PERSON:
                return circle.label == person.hex()
            case CircleKind.CASE:
                new = circle.id not in self.circles
                return self.staff(person) and (new or self.in_circle(person, circle.id))
            case _:
                return self._steward(person)

    def renewable(self, circle: bytes) -> bool:
        """Whether a new key of a stale circle helps: it is wrapped to the circles in it, so those come first."""
        inside = self.members.get(circle, {})
        return circle in self.left or not any(nested and member in self.stale for member, nested in inside.items())

    def circles_of(self, person: bytes, kind: CircleKind) -> list[Circle]:
        """Return the circles of a kind that a person is in directly."""
        return [c for c in self.circles.values() if c.kind is kind and person in self.members.get(c.id, {})]

    def add(self, entry: Entry) -> None:
        """Let an entry count; raises `Refused` when it breaks the chain or its signer might not make it."""
        if entry.number != self.count or entry.previous != self.last:
            raise Refused(N_("a directory entry out of its place"))
        self._check_signature(entry)
        match entry.statement:
            case Person() as person:
                self._add_person(person, entry.signer)
            case Circle() as circle:
                self._add_circle(circle, entry.signer)
            case Member() as member:
                self._add_member(member, entry.signer)
            case VaultKey() as key:
                self._require(self._steward(entry.signer) and key.epoch not in self.vault_keys)
                self.vault_keys[key.epoch] = key.digest
            case Acceptance() as accepted:
                # Always upward: nobody's pin takes an old acceptance for a new one.
                before = self.acceptances[-1][0] if self.acceptances else 0
                self._require(self._steward(entry.signer) and accepted.generation > max(before, accepted.restored))
                self.acceptances.append((accepted.generation, fingerprint(self.people[entry.signer])))
        self.chain.append(crypto.sha256(entry.encode()))

    def _check_signature(self, entry: Entry) -> None:
        signer = self.people.get(entry.signer)
        if self.count == 0 and isinstance(entry.statement, Person):
            # The founder vouches for themselves; the fingerprint in every keyslot says it is the right one.
            signer = entry.statement
            self._require(crypto.sha256(signer.sign) == self.root and signer.id == entry.signer)
        self._require(signer is not None)
        assert signer is not None
        # Who invited knows the invited person's first keys: all these may do is give way to that person's own.
        taking_over = isinstance(entry.statement, Person) and entry.statement.id == signer.id
        self._require(signer.status is Status.ACTIVE or (signer.status is Status.INVITED and taking_over))
        if not crypto.verify(signer.sign, entry.signature, signing_context(self.vault_id, entry.unsigned())):
            raise Forged(N_("a change of people or circles with a forged signature"))

    def _steward(self, person: bytes) -> bool:
        found = self.people.get(person)
        return found is not None and found.steward

    @staticmethod
    def _require(allowed: bool) -> None:
        if not allowed:
            raise Refused(N_("a change of people or circles by somebody who might not make it"))

    def _add_person(self, person: Person, signer: bytes) -> None:
        before = self.people.get(person.id)
        if self.count and not self._steward(signer):
            # The rest may only take their own keys into use.
            self._require(before is not None and signer == person.id)
            assert before is not None
            self._require(before.status is not Status.LEFT)
            same = (before.login, before.name, before.roles, before.until)
            self._require(same == (person.login, person.name, person.roles, person.until))
            self._require(person.status is Status.ACTIVE)
        taken = self.by_login(person.login)
        self._require(taken is None or taken.id == person.id or person.status is Status.LEFT)
        self._require(person.id not in self.circles)
        if before and self.logins.get(crypto.normal_login(before.login)) == person.id:
            del self.logins[crypto.normal_login(before.login)]
        if taken is None or taken.id == person.id:
            self.logins[crypto.normal_login(person.login)] = person.id
        self.people[person.id] = person
        replaced = before and (before.sign, before.box) != (person.sign, person.box) and signer != person.id
        if before and before.status is not Status.LEFT and (replaced or person.status is Status.LEFT):
            # Somebody else has the keys that they had, or they have gone.
            for circle in [circle for circle, inside in self.members.items() if person.id in inside]:
                self._spoil(circle)

    def _spoil(self, circle: bytes, *, itself: bool = True) -> None:
        """Call a circle stale, and those that it is in: what is wrapped to it can be reached through it."""
        if itself:
            self.left.add(circle)
        self.stale |= {outer for outer in self.circles if outer == circle or self.in_circle(circle, outer)}

    def _add_circle(self, circle: Circle, signer: bytes) -> None:
        before = self.circles.get(circle.id)
        self._require(circle.epoch == (before.epoch + 1 if before else 1) and circle.id not in self.people)
        if before:
            self._require((before.kind, before.label) == (circle.kind, circle.label))
        else:
            # The first four have no label and exist once, the rest have one each.
            self._require(bool(circle.label) == (circle.kind > CircleKind.DIRECTION))
            self._require(self.labelled(circle.kind, circle.label) is None)
        self._require(self.may_begin(signer, circle))
        self.circles[circle.id] = circle
        self.history[circle.id, circle.epoch] = circle
        self.labels[circle.kind, circle.label] = circle.id
        self.makers.setdefault(circle.id, signer)
        self.stale.discard(circle.id)
        self.left.discard(circle.id)
        if not self.renewable(circle.id):
            self.stale.add(circle.id)

    def _add_member(self, change: Member, signer: bytes) -> None:
        circle = self.circles.get(change.circle)
        self._require(circle is not None)
        assert circle is not None
        self._require(change.member in (self.circles if change.circle_member else self.people))
        inside = self.members.setdefault(circle.id, {})
        match circle.kind:
            case CircleKind.PERSON:
                self._require(change.member == signer and circle.label == signer.hex())
            case CircleKind.CASE:
                self._require(self._may_change_case(circle, change, signer))
            case _:
                self._require(self._steward(signer))
        if change.joined:
            self._require(change.circle_member or self.people[change.member].status is not Status.LEFT)
            ring = change.member == circle.id or self.in_circle(circle.id, change.member)
            self._require(not change.circle_member or not ring)
            inside[change.member] = change.circle_member
            self.since[circle.id, change.member] = self.count
            if change.circle_member and change.member in self.stale:
                self._spoil(circle.id, itself=False)
        elif inside.pop(change.member, None) is not None:
            self.since.pop((circle.id, change.member), None)
            self._spoil(circle.id)

    def _may_change_case(self, circle: Circle, change: Member, signer: bytes) -> bool:
        """Whether somebody may let another into a case, or take them out.

        In: only who is in it, or whoever made it, at first; a steward outside would else let themselves in and wait
        for somebody to hand them the key. Out: stewards too; a lead only by a lead or a steward.
        """
        inside = self.members.get(circle.id, {})
        first = not inside and self.makers[circle.id] == signer
        within = first or self.in_circle(signer, circle.id)
        if not self.staff(signer) or not (within or (self._steward(signer) and not change.joined)):
            return False
        lead = self.labels.get((CircleKind.LEAD, ""), b"")
        removes_lead = not change.joined and (change.member == lead or self.in_circle(change.member, lead))
        return not removes_lead or self.in_circle(signer, lead) or self._steward(signer)


def chain_entries(directory: Directory, statements: Iterable[tuple[Statement, bytes, crypto.Keys]]) -> list[Entry]:
    """Sign statements as (statement, signer, signer's keys), one after the other, and let each count."""
    entries = []
    for statement, signer, keys in statements:
        bare = Entry(directory.count, directory.last, statement, signer)
        signature = keys.sign(signing_context(directory.vault_id, bare.unsigned()))
        entry = Entry(bare.number, bare.previous, statement, signer, signature)
        directory.add(entry)
        entries.append(entry)
    return entries
