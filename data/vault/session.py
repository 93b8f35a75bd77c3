"""A person's hold on the file: unlocking it, reading what is new, and reading it anew when it was replaced."""

import gc
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..errors import N_, Damaged, NoEntry, NotSaved
from . import codes, crypto, slots
from .crypto import Cost, Keys, sha256
from .directory import Directory, Person, Status
from .journal import Journal
from .journal import Transaction as Written
from .keyring import Keyring
from .machine import Machine
from .records import Place
from .slots import Opened, Slot
from .state import Policy, State
from .transaction import Transaction


@dataclass(frozen=True)
class News:
    """What a refresh found: documents that were written or granted, and whether people or circles changed."""

    places: frozenset[Place] = frozenset()
    directory: bool = False

    def __bool__(self) -> bool:
        return bool(self.places) or self.directory


class Session:
    """What `Vault` is built on: the file, the keys, and what was read so far."""

    def __init__(self, journal: Journal, machine: Machine, policies: Mapping[str, Policy]) -> None:
        self.machine = machine
        self._journal = journal
        self._policies = policies
        self._damage: Damaged | None = None
        self._news: set[Place] = set()
        self._keys_changed = False
        self._writing = threading.RLock()
        self._memory = threading.RLock()
        self._transaction: Transaction | None = None
        self._owner = 0
        self._cache: dict[Place, tuple[int, bytes]] = {}
        self._hidden: dict[Place, int] = {}
        """Documents that this person cannot read, as long as nobody grants or wraps anything."""
        self._upgrades: dict[Place, tuple[bytes, bytes]] = {}
        """Documents opened by public key: circle and document key."""
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
    ) -> Self:
        """Open the file at `path` for the person with this login and passphrase (or code, by `kind`).

        Takes as long as the key derivation, for an unknown login too. Raises NoEntry, Damaged or
        VaultError; UsageError for a code that was not typed as it was printed.
        """
        if kind != slots.PASSPHRASE:
            secret = codes.normalise(secret)
        journal = Journal(path, machine)
        try:
            vault_id = journal.header.vault_id
            wanted = crypto.label(vault_id, kind, login)
            found, damage = journal.slots()
            slot = found.get(wanted)
            if slot is None:
                # As slow as a wrong passphrase for a login that exists.
                usual = [other.cost for other in found.values() if other.cost.bearable()]
                crypto.stretch(secret, bytes(16), usual[0] if usual else cost)
            opened = slots.open_slot(slot, secret, vault_id) if slot else None
            if slot is None or opened is None:
                raise damage or NoEntry(N_("Login and passphrase do not belong together."))
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
        self._fill(self._journal, self._state)
        self._state.take_changes()
        self._check_place()

    def _check_place(self) -> None:
        """Raise NoEntry where this person has left, their keys were replaced, or their time has passed."""
        opened = self.opened
        person = self._state.directory.people.get(opened.person)
        if person is None or person.status is Status.LEFT or person.sign != opened.keys.sign_public:
            raise NoEntry(N_("This account no longer has access to the school's file."))
        if person.until and self.machine.milliseconds() > person.until:
            raise NoEntry(N_("This account was for a time that has passed. Ask the coordinator."))

    def _fill(self, journal: Journal, state: State) -> None:
        """Read a whole file into a state that nobody else looks at yet."""
        state.live = False
        collecting = gc.isenabled()
        # A hundred thousand small objects come and none goes: looking for rubbish meanwhile doubles the time.
        gc.disable()
        try:
            for transaction in journal.read_new():
                state.apply(transaction)
        finally:
            if collecting:
                gc.enable()
        state.live = True
        if not state.maker:
            raise journal.damage or Damaged(N_("The file ends within its first transaction."))
        if state.directory.vault_keys.get(journal.epoch) != sha256(self._vault_key):
            raise Damaged(N_("The file's key is not the one its people agreed on."))

    def begin(self, opened: Opened, vault_key: bytes) -> None:
        """Start from an empty state with these keys; the file's transactions are then read into it."""
        self._opened, self._vault_key = opened, vault_key
        self._journal.use_key(vault_key)
        self._state = self.empty_state(self._journal)
        self._state.live = True
        self._ring = Keyring(self._state, opened.person, opened.keys)

    def empty_state(self, journal: Journal, *, keep_all: bool = False) -> State:
        """Return what a file adds up to before anything of it was read."""
        directory = Directory(self.id, self.opened.root)
        generation = journal.header.generation
        return State(self.id, journal.first_hash, directory, self._policies, keep_all, generation=generation)

    def _read(self) -> None:
        """Let what is new count; readers in other threads see each transaction whole or not at all."""
        for transaction in self._journal.read_new():
            with self._memory:
                self._count(transaction)

    def _count(self, written: Written) -> None:
        self._state.apply(written)
        touched, keys_changed = self._state.take_changes()
        for place in touched:
            self._hidden.pop(place, None)
            head = self._state.head(place)
            if head is not None and head.record.deleted:
                self._cache.pop(place, None)  # what is gone from the file is not kept in memory
        self._news |= touched
        if keys_changed:
            self._keys_changed = True
            self._ring.forget_failures()
            self._hidden.clear()

    def close(self) -> None:
        """End the session and drop the keys as far as Python lets go of them."""
        with self._writing, self._memory:
            if self._opened is None:
                return
            self._journal.close()
            self._cache.clear()
            self._upgrades.clear()
            self._opened = None
            self._vault_key = b""
            self._ring = Keyring(self._state, self._ring.person, Keys(b""))

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
        """Why this file is not written to, in English, or None; `damage` holds the same for translation."""
        return str(self.damage) if self.damage else None

    @property
    def damage(self) -> Damaged | None:
        """What is wrong with the file, if anything."""
        return self._damage or self._journal.damage

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

    # --- keeping up ----------------------------------------------------------------------------------------

    def refresh(self) -> News:
        """Read what others wrote and say what it was. Quick when there is nothing; waits for no writer.

        Raises VaultError where the file cannot be read, Damaged where another file lies in its place.
        """
        if not self._writing.acquire(blocking=False):
            return News()
        try:
            if self._transaction is None and self._opened is not None:
                self._catch_up()
            return self._take_news()
        finally:
            self._writing.release()

    def _catch_up(self) -> None:
        if not self._journal.clear_up():
            if self._journal.lock.mine:
                raise NotSaved(N_("The disk still does not take anything."))
            return
        if self._journal.replaced():
            self._reload(self.opened)
        self._read()
        if self._opened is not None:
            self._check_place()

    def _reload(self, opened: Opened) -> None:
        """Read the file anew: it was replaced, or a writer took back what never got onto the disk.

        Everybody goes on reading what was known until the whole of the new file is.
        """
        try:
            journal = self._journal.reopen()
        except Damaged as problem:
            self._damage = problem
            raise
        vault_key = self._vault_key
        try:
            self._vault_key = self.key_of(journal, opened)
            journal.use_key(self._vault_key)
            state = self.empty_state(journal)
            self._fill(journal, state)
            if not self.follows(journal, state):
                raise Damaged(N_("An older copy of the school's file, or another one, lies in its place."))
        except BaseException as problem:
            journal.close_file()
            self._vault_key = vault_key
            if isinstance(problem, Damaged):
                self._damage = problem
            raise
        with self._memory:
            self._news |= state.take_changes()[0]
            self._journal.close_file()
            self._journal, self._state, self._opened, self._damage = journal, state, opened, None
            self._ring = Keyring(state, opened.person, opened.keys)
            self._keys_changed = True
            for known in (self._cache, self._hidden, self._upgrades):
                known.clear()

    def key_of(self, journal: Journal, opened: Opened) -> bytes:
        """Return the vault key of a file, perhaps a newer generation: then out of this person's slot there.

        Raises NoEntry where there is none: whoever renewed the key took this person out.
        """
        if journal.epoch == self._journal.epoch:
            return self._vault_key
        slots_there, damage = journal.slots()
        context = slots.vault_key_context(journal.header.vault_id, journal.epoch, opened.person)
        for slot in slots_there.values():
            found = opened.keys.unwrap(slot.vault_key, context)
            if found is not None:
                return found
        raise damage or NoEntry(N_("This account no longer has access to the school's file."))

    def follows(self, journal: Journal, state: State) -> bool:
        """Whether a file is the one that was read, or written out of it with nothing left out."""
        known, now = self._journal.header, journal.header
        if now.file_id == known.file_id:
            return True
        seen = self._journal.seq
        listed = any(
            generation == known.generation and (seq > seen or (seq, digest) == (seen, self._journal.digest))
            for generation, seq, digest in state.earlier
        )
        with self._memory:
            return listed and state.continues(self._state)

    def continue_as(self, opened: Opened) -> None:
        """Go on with other keys of the same person: those chosen at the first log-in."""
        with self._writing:
            self._reload(opened)

    def _take_news(self) -> News:
        with self._memory:
            news = News(frozenset(self._news), self._keys_changed)
            self._news.clear()
            self._keys_changed = False
        return news
