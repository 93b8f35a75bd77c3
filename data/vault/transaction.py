"""What one save will write: collected first, written as one frame, visible to others all at once or not at all."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..errors import N_, Changed, NotAllowed, NotSaved
from . import crypto
from .crypto import Keys
from .directory import Directory, Refused, chain_entries
from .entries import Circle, CircleKind, Member, Person, Statement, Status
from .keyring import past_context, wrap_context
from .operations import DropGrant, DropSlot, DropWrap, Operation, Put, PutEntry, PutGrant, Wrap
from .records import Grant, Place, Record, grant_inside, make_deletion, make_record
from .slots import CODE, PASSPHRASE, Opened, Slot
from .state import may_write

if TYPE_CHECKING:
    from .vault import Vault


_LAST_REVISION = 2**32 - 1


@dataclass(frozen=True)
class Placement:
    """Where a document is at home and which circles can read it besides."""

    home: bytes
    readers: frozenset[bytes] = frozenset()

    @property
    def circles(self) -> frozenset[bytes]:
        """All circles that get a grant."""
        return self.readers | {self.home}


@dataclass
class Transaction:
    """What one save will write. Nothing is on disk or visible to others until it is finished."""

    vault: "Vault"
    operations: list[Operation] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    puts: dict[Place, bytes | None] = field(default_factory=dict)
    """Contents put here and not yet written; None for deleted."""
    _directory: Directory | None = None
    _fresh: dict[bytes, Keys] = field(default_factory=dict)
    """Circles made within this transaction."""
    _keys: dict[Place, bytes] = field(default_factory=dict)
    spoilt: bool = False
    """Whether a part of it failed: then nothing of it is written."""

    @property
    def directory(self) -> Directory:
        """The directory as it will be. Read it; it changes through `say` only."""
        return self._directory or self.vault.directory

    @property
    def view(self) -> Directory:
        """The directory as it will be, to look things up in: not copied where nothing was said."""
        return self._directory or self.vault.directory

    def holds(self, circle: bytes) -> bool:
        """Whether this person has a circle's key, also of one made just now."""
        return circle in self._fresh or self.vault.can_open(circle)

    def finish(self) -> None:
        """Write everything down as one transaction, if there is anything."""
        if self.spoilt:
            raise NotSaved(N_("A part of this could not be done. Nothing was saved."))
        if not self.operations and not self.slots:
            return
        for place, grant in self.vault.take_upgrades(set(self.puts)):
            self.operations.append(PutGrant(place, grant))
        self.vault.commit(self.operations, self.slots)

    def put(self, place: Place, content: bytes, placement: Placement, *, expected: int | None = None) -> None:
        """Write a document. `expected` is the revision it was based on, where others may have changed it.

        Raises Changed if it is another by now, NotAllowed where readers would refuse the record.
        """
        vault = self.vault
        before = vault.record(place)
        if place in self.puts:
            raise NotAllowed(N_("One save writes a document once."))
        if expected is not None and expected != (before.rev if before else 0):
            raise Changed(N_("Somebody else changed this meanwhile. Nothing was saved."))
        rev = vault.next_revision(place)
        self._check(place, placement.home, rev)
        self._renew_for(placement.circles)
        key, granted = self._key_for(place, before, placement)
        operations: list[Operation] = []
        if not granted:
            # A new key: no old grant opens it, so none stays.
            old = {grant.circle for grant in vault.state.granted(place)}
            operations.extend(DropGrant(place, circle) for circle in sorted(old))
        record = make_record(
            content, place=place, vault_id=vault.id, rev=rev, author=vault.me.id, home=placement.home,
            time=vault.machine.milliseconds(), key=key, nonce=vault.machine.random(crypto.NONCE),
            signer=vault.opened.keys,
        )  # fmt: skip
        operations.append(Put(place, record))
        for circle in sorted(placement.circles - granted):
            operations.append(PutGrant(place, self._make_grant(place, circle, key)))
        self.operations.extend(operations)
        self._keys[place] = key
        self.puts[place] = content

    def _check(self, place: Place, home: bytes, rev: int, *, deletion: bool = False) -> None:
        """Raise NotAllowed for a record that readers would refuse."""
        vault = self.vault
        policy, head = vault.state.policies[place[0]], vault.state.head(place)
        current = vault.me.sign == vault.opened.keys.sign_public
        moved = head is not None and head.record.home != home
        changed = policy.events and rev > 1 and not (deletion and self._deletable(place, home))
        if changed or moved or not current or rev > _LAST_REVISION:
            raise NotAllowed(N_("This is not yours to write."))
        if not may_write(self.directory, policy, vault.me.id, home):
            raise NotAllowed(N_("This is not yours to write."))

    def _deletable(self, place: Place, home: bytes) -> bool:
        """Whether readers take this person's deletion of an event: nobody else was or will be granted it."""
        granted = any(isinstance(made, PutGrant) and made.place == place for made in self.operations)
        return not granted and self.vault.state.deletable(place, self.vault.me.id, home)

    def _key_for(self, place: Place, before: Record | None, placement: Placement) -> tuple[bytes, frozenset[bytes]]:
        """Return the document's key and who has it already.

        It stays only as long as it is certain that those who have it, and nobody else, are to read what follows.
        """
        vault = self.vault
        if before is None or before.deleted:
            return vault.new_key(), frozenset()
        key, readers = vault.document_key(place), vault.readers(place)
        if key is None:
            raise NotAllowed(N_("This is not yours to write."))
        circles = self.view.circles
        for grant in vault.state.granted(place):
            known = circles.get(grant.circle)
            if known is None or known.epoch != grant.epoch or grant.circle not in readers & placement.circles:
                return vault.new_key(), frozenset()
        return key, readers

    def _make_grant(self, place: Place, circle: bytes, key: bytes) -> Grant:
        fresh = self._fresh.get(circle)
        if fresh is None:
            return self.vault.make_grant(place, circle, key)
        nonce = self.vault.machine.random(crypto.NONCE)
        epoch = self.directory.circles[circle].epoch
        return grant_inside(
            vault_id=self.vault.id, place=place, circle=circle, epoch=epoch, keys=fresh, nonce=nonce, key=key
        )

    def grant(self, place: Place, circle: bytes) -> None:
        """Let a circle read a document that this person can read; raises NotAllowed otherwise."""
        key = self._keys.get(place) or self.vault.document_key(place)
        if key is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        self._renew_for(frozenset({circle}))
        self.operations.append(PutGrant(place, self._make_grant(place, circle, key)))

    def delete(self, place: Place) -> None:
        """Remove a document whose table allows it: one that changes, or an event that its author kept private.

        Raises NotAllowed where readers would go on showing it.
        """
        vault, before = self.vault, self.vault.record(place)
        if place in self.puts:
            raise NotAllowed(N_("One save writes a document once."))
        if before is None or before.deleted:
            return
        rev = vault.next_revision(place)
        self._check(place, before.home, rev, deletion=True)
        self.operations.append(
            Put(
                place,
                make_deletion(
                    place=place, vault_id=vault.id, rev=rev, author=vault.me.id, home=before.home,
                    time=vault.machine.milliseconds(), signer=vault.opened.keys,
                ),
            )
        )  # fmt: skip
        self.puts[place] = None

    def say(self, *statements: Statement, keys: Keys | None = None) -> None:
        """Add signed statements to the directory; raises NotAllowed where readers would refuse them."""
        signer = self.vault.opened
        if self._directory is None:
            self._directory = self.vault.directory.copy()
        try:
            entries = chain_entries(
                self.directory, [(statement, signer.person, keys or signer.keys) for statement in statements]
            )
        except Refused:
            raise NotAllowed(N_("You may not change this about people or circles.")) from None
        self.operations.extend(PutEntry(entry) for entry in entries)

    def new_circle(self, kind: CircleKind, label: str, *, signer: Keys | None = None) -> Circle:
        """Make a circle with a fresh seed; members and wraps follow through `join`."""
        keys = Keys(self.vault.new_key())
        circle = Circle(self.vault.machine.random(8), kind, label, 1, keys.box_public)
        self.say(circle, keys=signer)
        self._fresh[circle.id] = keys
        return circle

    def join(self, circle: bytes, member: bytes, *, signer: Keys | None = None) -> None:
        """Let a person or circle take part in a circle and wrap its key to them, where this person holds it.

        Where not, the wrap waits for the next log-in of somebody who does (`settle`).
        """
        self.say(Member(circle, member, member in self.directory.circles, True), keys=signer)
        self.wrap(circle, member)

    def admit(self, slot: Slot, opened: Opened) -> None:
        """Write a keyslot with the vault key of now: making it took long, and the key may be another since."""
        vault, box = self.vault, opened.keys.box_public
        self.slots.append(slot.renewed(box, vault.vault_key, vault.id, vault.journal.epoch, opened.person))

    def leave(self, circle: bytes, member: bytes) -> None:
        """Take a person or circle out of a circle. `renew_stale` then gives the key that they do not have."""
        self.say(Member(circle, member, member in self.directory.circles, False))
        self.operations.append(DropWrap(circle, member))

    def renew_stale(self) -> int:
        """Begin new epochs of the circles that somebody can no longer reach, as far as this person holds them.

        Returns how many. The others wait for the next log-in of somebody who does (`settle`).
        """
        me, renewed = self.vault.me.id, 0
        for circle in sorted(self.view.stale, key=lambda circle: (self._depth(circle), circle)):  # inner ones first
            known = self.view.circles[circle]
            if self.view.renewable(circle) and self.view.may_begin(me, known) and self.holds(circle):
                self.renew(circle)
                renewed += 1
        return renewed

    def _renew_for(self, circles: frozenset[bytes]) -> None:
        """Renew what is stale before something is written for these circles, as far as this person can."""
        active = self.view.people[self.vault.me.id].status is Status.ACTIVE
        if active and not self.view.stale.isdisjoint(circles):
            self.renew_stale()

    def _depth(self, circle: bytes) -> int:
        """Return how many circles lie in each other within this one: a new key is wrapped to theirs."""
        inside = self.view.members.get(circle, {})
        return max((1 + self._depth(member) for member, nested in inside.items() if nested), default=0)

    def rewrap(self, person: bytes) -> None:
        """Wrap all circles that somebody is in to the keys they have now; what they could open before is dropped."""
        for circle, members in self.directory.members.items():
            if person in members:
                self.operations.append(DropWrap(circle, person))
                self.wrap(circle, person)

    def restart(self, circle: bytes, *, signer: Keys) -> None:
        """Begin a new epoch of one's own circle without its past: the keys that led there are lost."""
        known, keys = self.directory.circles[circle], Keys(self.vault.new_key())
        self.say(Circle(circle, known.kind, known.label, known.epoch + 1, keys.box_public), keys=signer)
        self._fresh[circle] = keys
        self.wrap(circle, self.vault.me.id)

    def wrap(self, circle: bytes, member: bytes) -> bool:
        """Wrap a circle's key to a member; False where this person does not hold it, or the member has no key."""
        keys = self._fresh.get(circle) or self.vault.circle_keys(circle)
        if keys is None:
            return False
        known = self.directory.circles[circle]
        if keys.box_public != known.box:
            return False
        target = self.directory.circles.get(member) or self.directory.people[member]
        if isinstance(target, Person) and target.status is Status.LEFT:
            return False
        context = wrap_context(self.vault.id, circle, known.epoch, member)
        try:
            wrapped = crypto.wrap(target.box, keys.seed, context)
        except ValueError:  # somebody named a public key that is none
            return False
        self.operations.append(Wrap(circle, known.epoch, member, wrapped))
        return True

    def renew(self, circle: bytes) -> None:
        """Begin a new epoch of a circle for those who are in it now; what is written from here on needs its key."""
        held = self._fresh.get(circle) or self.vault.circle_keys(circle)
        if held is None:
            raise NotAllowed(N_("This does not exist, or you may not see it."))
        known, keys = self.directory.circles[circle], Keys(self.vault.new_key())
        epoch = known.epoch + 1
        nonce = self.vault.machine.random(crypto.NONCE)
        past = nonce + crypto.seal(keys.symmetric, nonce, held.seed, past_context(self.vault.id, circle, epoch))
        self.say(Circle(circle, known.kind, known.label, epoch, keys.box_public, past))
        self._fresh[circle] = keys
        for member in self.directory.members.get(circle, {}):
            self.wrap(circle, member)


def waiting(vault: "Vault") -> list[tuple[bytes, bytes]]:
    """Return (circle, member) for every member who has no wrap of the circle's present key yet."""
    return vault.unwrapped()


def settle(vault: "Vault") -> int:
    """Do what waits for somebody with this person's keys, and return how much it was.

    Wraps that whoever let a member in could not make; new epochs of circles that somebody left; and, for a steward,
    the end of whoever's time or one-time code has passed.
    """
    if vault.trouble or not (_within_reach(vault) or _renewable(vault) or overdue(vault) or _late_codes(vault)):
        return 0
    with vault.transaction() as transaction:
        # Asked again under the lock: a colleague may have done it, or somebody may have left a circle, since.
        gone = overdue(vault)
        for person in gone:
            let_go(transaction, person)
        late = _late_codes(vault)
        transaction.operations.extend(DropSlot(label) for label in late)
        renewed, inside = transaction.renew_stale(), transaction.directory.members
        waited = [(circle, member) for circle, member in _within_reach(vault) if member in inside.get(circle, {})]
        return len(gone) + len(late) + renewed + sum(transaction.wrap(circle, member) for circle, member in waited)


def _within_reach(vault: "Vault") -> list[tuple[bytes, bytes]]:
    return [(circle, member) for circle, member in waiting(vault) if vault.can_open(circle)]


def _renewable(vault: "Vault") -> list[bytes]:
    directory, me = vault.directory, vault.me.id
    mine = (circle for circle in directory.stale if directory.may_begin(me, directory.circles[circle]))
    return [circle for circle in mine if directory.renewable(circle) and vault.can_open(circle)]


def overdue(vault: "Vault") -> list[Person]:
    """Return who a steward has to let go: their time has passed, or they never came in with their one-time code."""
    now = vault.machine.milliseconds()
    if not vault.me.steward:
        return []
    return [
        person
        for person in vault.directory.people.values()
        if person.id != vault.me.id
        and (
            (person.status is not Status.LEFT and 0 < person.until < now)
            or (person.status is Status.INVITED and person.code_until < now and not _came(vault, person))
        )
    ]


def _came(vault: "Vault", person: Person) -> bool:
    """Whether somebody has ever been in: who was reset has."""
    return vault.directory.labelled(CircleKind.PERSON, person.id.hex()) is not None


def _late_codes(vault: "Vault") -> list[bytes]:
    """Return the keyslots that a steward has to drop: of colleagues who were reset and did not come in time."""
    now, people = vault.machine.milliseconds(), vault.directory.people.values()
    late = [person for person in people if person.status is Status.INVITED and person.code_until < now]
    labels = [crypto.label(vault.id, CODE, person.login) for person in late if _came(vault, person)]
    return [label for label in labels if vault.me.steward and label in vault.state.slots]


def let_go(transaction: Transaction, person: Person) -> None:
    """Take somebody out of the school: every circle, every wrap, every keyslot. New keys are for `renew_stale`."""
    for circle, members in transaction.directory.members.items():
        if person.id in members:
            if transaction.directory.circles[circle].kind is CircleKind.PERSON:
                transaction.operations.append(DropWrap(circle, person.id))  # theirs alone to change, now nobody's
            else:
                transaction.leave(circle, person.id)
    transaction.say(replace(person, status=Status.LEFT))
    for kind in (PASSPHRASE, CODE):
        transaction.operations.append(DropSlot(crypto.label(transaction.vault.id, kind, person.login)))
