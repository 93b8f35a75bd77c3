"""A person's session on the school's file: read what they may read, write whole transactions, see what is new."""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..errors import N_, Damaged, NoEntry, NotAllowed
from . import crypto, slots
from .crypto import Cost, Keys, sha256
from .directory import CircleKind, Directory, Person, Status
from .journal import Journal
from .keyring import Keyring
from .machine import Machine
from .operations import Operation, encode
from .records import Grant, Place, Record, grant_inside, grant_shared
from .slots import Opened, Slot
from .state import Policy, State
from .transaction import Placement, Transaction, settle, waiting

__all__ = ["News", "Placement", "Transaction", "Vault", "settle", "waiting"]

UPGRADES = 64
"""How many grants by public key a save turns into quicker ones, at most."""


@dataclass(frozen=True)
class News:
    """What a refresh found: documents that were written or granted, and whether people or circles changed."""

    places: frozenset[Place] = frozenset()
    directory: bool = False

    def __bool__(self) -> bool:
        return bool(self.places) or self.directory


class Vault:
    """An open session. Safe to use from several threads: one writes at a time, reading never waits for a disk."""

    def __init__(self, journal: Journal, machine: Machine, policies: Mapping[str, Policy]) -> None:
        self.machine = machine
        self._journal = journal
        self._policies = policies
        self._writing = threading.RLock()
        self._memory = threading.RLock()
        self._transaction: Transaction | None = None
        self._owner = 0
        self._cache: dict[Place, tuple[int, bytes | None]] = {}
        self._upgrades: dict[Place, None] = {}
        self._opened: Opened | None = None
        self._vault_key = b""

    # --- opening -------------------------------------------------------------------------------------------

    @classmethod
    def unlock(
        cls,
        path: str,
        login: str,
        secret: str,
        *,
        machine: Machine,
        policies: Mapping[str, Policy],
        kind: int = slots.PASSPHRASE,
        cost: Cost = crypto.STANDARD,
    ) -> "Vault":
        """Open the file at `path` for the person with this login and passphrase (or code, by `kind`).

        Takes as long as the key derivation, for an unknown login too. Raises NoEntry, Damaged or VaultError.
        """
        journal = Journal(path, machine)
        try:
            vault_id = journal.header.vault_id
            wanted = crypto.label(vault_id, kind, login)
            slot = journal.slots().get(wanted)
            opened = slots.open_slot(slot, secret, vault_id) if slot else None
            if slot is None:
                crypto.stretch(secret, bytes(16), cost)
            if slot is None or opened is None:
                raise NoEntry(N_("Login and passphrase do not belong together."))
            vault = cls(journal, machine, policies)
            vault._enter(opened, slot)
            if vault._state.slots.get(wanted) != slot and journal.damage is None:
                raise NoEntry(N_("Login and passphrase do not belong together."))
        except BaseException:
            journal.close()
            raise
        return vault

    def _enter(self, opened: Opened, slot: Slot) -> None:
        """Take the vault key out of a slot and read the whole file."""
        vault_id, epoch = self._journal.header.vault_id, self._journal.epoch
        context = slots.vault_key_context(vault_id, epoch, opened.person)
        vault_key = opened.keys.unwrap(slot.vault_key, context)
        if vault_key is None:
            raise NoEntry(N_("This account no longer has access to the school's file."))
        self.begin(opened, vault_key)
        self._read()
        if not self._state.maker:
            raise self._journal.damage or Damaged(N_("The file ends within its first transaction."))
        person = self._state.directory.people.get(opened.person)
        if person is None or person.status is Status.LEFT or person.sign != opened.keys.sign_public:
            raise NoEntry(N_("This account no longer has access to the school's file."))

    def begin(self, opened: Opened, vault_key: bytes) -> None:
        """Start from an empty state with these keys; the file's transactions are then read into it."""
        self._opened, self._vault_key = opened, vault_key
        self._journal.use_key(vault_key)
        directory = Directory(self.id, opened.root)
        self._state = State(self.id, self._journal.first_hash, directory, self._policies)
        self._ring = Keyring(self._state, opened.person, opened.keys)

    def _read(self) -> None:
        for transaction in self._journal.read_new():
            with self._memory:
                self._state.apply(transaction)
        with self._memory:
            if self._state.directory_changed:
                self._ring.forget_failures()
            named = self._state.directory.vault_keys.get(self._journal.epoch)
            if self._state.maker and named != sha256(self._vault_key):
                raise Damaged(N_("The file's key is not the one its people agreed on."))

    def close(self) -> None:
        """End the session and drop the keys as far as Python lets go of them."""
        with self._writing, self._memory:
            self._journal.close()
            self._cache.clear()
            self._opened = None
            self._vault_key = b""
            self._ring = Keyring(self._state, b"", Keys(b""))

    # --- what it is ----------------------------------------------------------------------------------------

    @property
    def id(self) -> bytes:
        """The vault's id: the same through all its generations."""
        return self._journal.header.vault_id

    @property
    def path(self) -> str:
        """Where the file lies."""
        return self._journal.path

    @property
    def me(self) -> Person:
        """The person whose session this is."""
        return self._state.directory.people[self._ring.person]

    @property
    def directory(self) -> Directory:
        """People and circles. Read it; it changes through `transaction` only."""
        return self._state.directory

    @property
    def state(self) -> State:
        """Everything that was read, for `verify`."""
        return self._state

    @property
    def journal(self) -> Journal:
        """The file, for `verify` and for making a vault."""
        return self._journal

    @property
    def trouble(self) -> str | None:
        """Why this file is not written to, or None."""
        return self._journal.damage.message if self._journal.damage else None

    def own_circle(self) -> bytes:
        """The circle that only this person is in."""
        circle = self.directory.labelled(CircleKind.PERSON, self.me.id.hex())
        if circle is None:
            raise NotAllowed(N_("Log in with your one-time code first."))
        return circle.id

    def can_open(self, circle: bytes) -> bool:
        """Whether this person holds a circle's key."""
        with self._memory:
            return self._ring.circle(circle) is not None

    # --- reading -------------------------------------------------------------------------------------------

    def refresh(self) -> News:
        """Read what others wrote and say what it was. Quick when there is nothing; waits for no writer."""
        if not self._writing.acquire(blocking=False):
            return News()
        try:
            if self._journal.replaced():
                self._reload()
            self._read()
            return self._take_news()
        finally:
            self._writing.release()

    def _reload(self) -> None:
        """Read the file anew: it was replaced, or a writer took back what never got onto the disk."""
        assert self._opened is not None
        self._journal.reload()
        if self._journal.header.vault_id != self.id:
            raise Damaged(N_("Another file lies in the school file's place."))
        with self._memory:
            self._cache.clear()
            self.begin(self._opened, self._vault_key)
        self._read()

    def continue_as(self, opened: Opened) -> None:
        """Go on with other keys of the same person: those chosen at the first log-in."""
        with self._writing:
            self._opened = opened
            self._reload()

    def _take_news(self) -> News:
        with self._memory:
            news = News(frozenset(self._state.touched), self._state.directory_changed)
            self._state.touched.clear()
            self._state.directory_changed = False
        return news

    def ids(self, table: str) -> list[str]:
        """Return the ids of a table's documents, in the order they were written, readable or not."""
        with self._memory:
            return list(self._state.ids(table))

    def read(self, place: Place) -> bytes | None:
        """Return a document's content, or None if it is not there or this person cannot read it."""
        with self._memory:
            stored = self._state.standing(place)
            if stored is None or stored.record.deleted:
                return None
            cached = self._cache.get(place)
            if cached and cached[0] == stored.order and cached[1] is not None:
                return cached[1]
            found = self._ring.document(place, stored.record)
            content = stored.record.open(self.id, place, found[0]) if found else None
            if found and found[1].shared and self._ring.circle(found[1].circle, found[1].epoch):
                self._upgrades[place] = None
            self._cache[place] = (stored.order, content)
            return content

    def record(self, place: Place) -> Record | None:
        """Return the record that stands at a place: author, time and home can be read by everybody."""
        with self._memory:
            stored = self._state.standing(place)
            return stored.record if stored else None

    def revision(self, place: Place) -> int:
        """Return the number of times a document was written, 0 if never."""
        found = self.record(place)
        return found.rev if found else 0

    def order(self, place: Place) -> int:
        """Return a document's rank in the order of writing, which no clock can change."""
        with self._memory:
            stored = self._state.standing(place)
            return stored.order if stored else 0

    def readers(self, place: Place) -> frozenset[bytes]:
        """Return the circles a document is granted to, as far as this person can tell by opening the grants."""
        with self._memory:
            stored = self._state.standing(place)
            if stored is None:
                return frozenset()
            commitment = stored.record.commitment
            return frozenset(
                circle
                for circle, given in self._state.grants.get(place, {}).items()
                if any(self._ring.open_grant(place, grant, commitment) for grant in given)
            )

    # --- writing -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect changes and write them as one: all of them, or, on any error, none.

        Holds the lock and has read everything new when the body starts; within another transaction, joins it.
        Raises Busy or NotSaved.
        """
        with self._writing:
            if self._transaction is not None:
                yield self._transaction
                return
            with self._journal.locked():
                if self._journal.replaced():
                    self._reload()
                self._read()
                self._transaction = Transaction(self)
                self._owner = threading.get_ident()
                try:
                    yield self._transaction
                    self._transaction.finish()
                finally:
                    self._transaction = None

    def pending(self, place: Place) -> tuple[bytes | None] | None:
        """Return (content,) of what this thread's running transaction has put at a place, (None,) if deleted."""
        running = self._transaction
        if running is None or self._owner != threading.get_ident() or place not in running.puts:
            return None
        return (running.puts[place],)

    def commit(self, operations: Iterable[Operation], new_slots: list[Slot], *, first: bool = False) -> None:
        """Write operations down and let them count; memory changes only once they are on the disk."""
        written = self._journal.append(encode(operations), new_slots, first=first)
        with self._memory:
            self._state.apply(written)
            if self._state.directory_changed:
                self._ring.forget_failures()

    # --- what a transaction needs --------------------------------------------------------------------------

    def new_key(self) -> bytes:
        """Return a random 32-byte key."""
        return self.machine.random(crypto.KEY)

    def document_key(self, place: Place) -> bytes | None:
        """Return the key of a readable document."""
        with self._memory:
            stored = self._state.standing(place)
            found = self._ring.document(place, stored.record) if stored else None
            return found[0] if found else None

    def make_grant(self, place: Place, circle: bytes, key: bytes) -> Grant:
        """Grant a document's key to a circle, in the quickest way this person can."""
        known = self.directory.circles[circle]
        with self._memory:
            keys = self._ring.circle(circle)
        if keys is None:
            return grant_shared(vault_id=self.id, place=place, circle=circle, epoch=known.epoch, box=known.box, key=key)
        nonce = self.machine.random(crypto.NONCE)
        return grant_inside(
            vault_id=self.id, place=place, circle=circle, epoch=known.epoch, keys=keys, nonce=nonce, key=key
        )

    def circle_keys(self, circle: bytes) -> Keys | None:
        """Return a circle's present keys, or None."""
        with self._memory:
            return self._ring.circle(circle)

    @property
    def opened(self) -> Opened:
        """The session's own secrets."""
        if self._opened is None:
            raise NoEntry(N_("The session is closed."))
        return self._opened

    @property
    def vault_key(self) -> bytes:
        """The key that hides everything from outsiders."""
        return self._vault_key

    def take_upgrades(self, besides: set[Place]) -> list[tuple[Place, Grant]]:
        """Return quicker grants for documents that were opened by public key."""
        made = []
        with self._memory:
            for place in list(self._upgrades)[:UPGRADES]:
                del self._upgrades[place]
                stored = self._state.standing(place)
                found = self._ring.document(place, stored.record) if stored and place not in besides else None
                if found and found[1].shared:
                    made.append((place, self.make_grant(place, found[1].circle, found[0])))
        return made
