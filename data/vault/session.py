"""A person's hold on the file: unlocking it, reading what is new, and reading it anew when it was replaced."""

import contextlib
import gc
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from ..errors import N_, Broken, Damaged, NoEntry, PesttuiError, Rollback
from . import codes, crypto, outline, slots
from .aside import Known, Part, Seen, Sum, encoded, worth
from .crypto import Cost, Keys, sha256
from .directory import Directory
from .entries import Person, Status
from .journal import Journal
from .keyring import Keyring
from .machine import Machine
from .mark import Mark
from .outline import Outline
from .pin import Pin
from .reading import Transaction as Written
from .records import Place
from .slots import Opened, Slot
from .state import Policy, State
from .transaction import Transaction
from .watch import Held, Watch, older


@dataclass(frozen=True)
class News:
    """What a refresh found: documents that were written or granted, and whether people or circles changed."""

    places: frozenset[Place] = frozenset()
    directory: bool = False

    def __bool__(self) -> bool:
        return bool(self.places) or self.directory


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Read without looking for rubbish: a hundred thousand small objects come and none goes.

    They stay until the session ends: to look through them later would stop the screen each time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collecting:
            gc.enable()


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
        self._vetted: dict[Place, int] = {}
        """Documents whose content was looked through: whoever reads the same bytes again need not."""
        self._hidden: dict[Place, int] = {}
        """Documents that this person cannot read, as long as nobody grants or wraps anything."""
        self._readers: dict[Place, frozenset[bytes]] = {}
        """Who can read a document, as long as nobody grants or wraps anything."""
        self._outlines: dict[str, dict[str, Outline]] = {}
        """The documents of a table from outside, in the order of writing, kept as they are written."""
        self._stamps: Counter[str] = Counter()
        """How often documents of a table came or changed; under an empty name, keys or the whole file."""
        self._upgrades: dict[Place, tuple[bytes, bytes]] = {}
        """Documents opened by public key: circle and document key."""
        self._counted = 0
        """The number of the last frame that all of this adds up to: another than the file's once that broke off."""
        self._opened: Opened | None = None
        self._vault_key = b""
        self._folder = ""
        """Where pins are kept; empty: nowhere."""
        self._watch: Watch | None = None
        self._accepted = False

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
        pins: str = "",
    ) -> Self:
        """Open the file at `path` for the person with this login and passphrase (or code, by `kind`).

        `pins` is the folder where is kept what recognises an older copy of the file. Takes as long as the key
        derivation, for an unknown login too. Raises NoEntry, Damaged or VaultError; UsageError for a code that was not
        typed as it was printed.
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
            # The keys of a one-time code end with it: nothing is kept under them.
            vault._folder = pins if kind != slots.CODE else ""
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
        self._open_with(opened, vault_key)

    def _open_with(self, opened: Opened, vault_key: bytes) -> None:
        """Read the whole file with these keys; one that lacks what was seen before is only read."""
        self.begin(opened, vault_key)
        self.watch_pin(self._journal)
        if not self._take_up():
            self._fill(self._journal, self._state)
            self._state.take_changes()
            self._counted = self._journal.seq
        self._check_place()
        held = self._watch.held(self._journal, self._state) if self._watch else Held.ALL
        self._accepted = held is Held.ACCEPTED
        if held is Held.NOT:
            self._damage = older(self.pin)
        self.pin_here()
        if self._watch is not None and not self._damage:
            self._watch.aside.sweep(self._journal)

    def _take_up(self) -> bool:
        """Go on from where an earlier session of this person stood, if the file begins with what that had read."""
        with _undisturbed():
            aside = self._watch.aside if self._watch else None
            known = aside.take_up(self._journal, self._vault_key, self._state) if aside else None
            if known is None:
                return False
            seen = known.seen
            self._ring.remember(seen.seeds)
            self._cache, self._hidden, self._readers = seen.contents, seen.hidden, seen.readers
            self._vetted, self._upgrades = seen.vetted, seen.upgrades
            # Nobody looks yet, so what came since counts at one go: the directory is not copied for each change in it.
            self._state.alone = True
            for transaction in self._journal.read_new():
                self._state.apply(transaction)
            self._state.alone = False
            self._take_changes()
            self._counted = self._journal.seq
            # News is what comes after logging in.
            self._news, self._keys_changed = set(), False
        return True

    def lay_aside(self) -> None:
        """Leave what this session knows to the next one, where that spares it enough.

        Readers wait while it is put together, and not for the disk.
        """
        with self._writing:
            journal, state, watch = self._journal, self._state, self._watch
            if watch is None or self.damage is not None or not state.maker or self._counted != journal.seq:
                return
            with self._memory:
                if not watch.aside.wants(worth(journal.seq, self._cache, self._hidden)):
                    return
                end, read = journal.stand()
                pinned = (journal.watch, journal.watched) if journal.watched else (0, b"")
                seen = Seen(self._ring.seeds(), self._vetted, self._hidden, self._readers, self._upgrades)
                parts = list(Part.of(state, self._cache))
                pieces = encoded(Known(len(parts), end, read, pinned, Sum.of(state), seen), parts)
            # What the parts speak of changes by what is written only, and that waits.
            watch.aside.keep(journal, self._vault_key, pieces)

    # --- what was seen before ------------------------------------------------------------------------------

    def pin_to(self, folder: str) -> None:
        """Keep in this folder what recognises an older copy of the file from here on: made or joined just now."""
        self._folder = folder
        self._watch = Watch(folder, self.machine, self.opened, self.id, self.path)
        self.pin_here(certain=True)

    def watch_pin(self, journal: Journal) -> None:
        """Read this person's pin before a file is read."""
        if self._watch is not None:
            self._watch.begin(journal)

    def pin_here(self, *, certain: bool = False) -> None:
        """Raise the pin to the verified end if that is `certain`ly on the disk, or has lain there for long enough."""
        if self._watch is not None and self.damage is None and self._state.maker:
            self._watch.raise_to(self._journal, self._state, certain=certain)

    def take_trouble(self) -> PesttuiError | None:
        """Return, once, why older copies are not recognised here, if that is so."""
        return self._watch.take_trouble() if self._watch else None

    def take_accepted(self) -> bool:
        """Say, once, that a restored file was accepted by a steward since this person last saw it."""
        found, self._accepted = self._accepted, False
        return found

    @property
    def alarm(self) -> Rollback | None:
        """Why an older copy is only read, if one lies here."""
        return self.damage if isinstance(self.damage, Rollback) else None

    @property
    def mark(self) -> Mark:
        """How far the file was read."""
        return self._journal.mark

    @property
    def pin(self) -> Pin | None:
        """What this person's pin says, if there is one."""
        return self._watch.pin if self._watch else None

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
        with _undisturbed():
            for transaction in journal.read_new():
                state.apply(transaction)
        state.live = True
        if not state.maker:
            raise journal.damage or Broken(N_("The file ends within its first transaction."))
        if state.directory.vault_keys.get(journal.epoch) != sha256(self._vault_key):
            raise Broken(N_("The file's key is not the one its people agreed on."))

    def begin(self, opened: Opened, vault_key: bytes) -> None:
        """Start from an empty state with these keys; the file's transactions are then read into it."""
        self._opened, self._vault_key = opened, vault_key
        self._journal.use_key(vault_key)
        self._watch = Watch(self._folder, self.machine, opened, self.id, self.path)
        self._state = self.empty_state(self._journal)
        self._state.live = True
        self._ring = Keyring(self._state, opened.person, opened.keys)

    def empty_state(self, journal: Journal, *, keep_all: bool = False) -> State:
        """Return what a file adds up to before anything of it was read."""
        directory, generation = Directory(self.id, self.opened.root), journal.header.generation
        return State(self.id, journal.first_hash, directory, self._policies, keep_all, generation=generation)

    def _read(self) -> None:
        """Let what is new count; readers in other threads see each transaction whole or not at all."""
        for transaction in self._journal.read_new():
            with self._memory:
                self._count(transaction)

    def _count(self, written: Written) -> None:
        whole, self._counted = self._counted == written.seq - 1, -1
        self._state.apply(written)
        self._take_changes()
        if whole:
            self._counted = self._journal.seq

    def _take_changes(self) -> None:
        """Let go of what was kept of documents and keys that have changed."""
        touched, keys_changed = self._state.take_changes()
        dropped, self._state.dropped = self._state.dropped, set()
        outline.keep_up(self._outlines, self._state, touched)
        for place in touched:
            self._stamps[place[0]] += 1
            # What is gone from the file is not kept in memory, and what is no longer granted is not shown.
            for known in (self._cache, self._hidden, self._readers, self._upgrades):
                known.pop(place, None)
            head = self._state.head(place)
            if head is not None and head.record.deleted:
                self._vetted.pop(place, None)
        self._news |= touched
        lost = self._ring.let_go(dropped)
        if keys_changed or lost:
            self._keys_changed = True
            self._stamps[""] += 1
            self._hidden.clear()
            self._readers.clear()
            if self._ring.look_again() or lost:
                # A session that was open shows no more than a new one would.
                self._cache.clear()
                self._upgrades.clear()

    def close(self) -> None:
        """End the session and drop the keys as far as Python lets go of them."""
        with self._writing, self._memory:
            if self._opened is None:
                return
            try:
                self.pin_here()
                self.lay_aside()
            finally:
                self._journal.close()
                for known in (self._cache, self._vetted, self._readers, self._outlines, self._upgrades):
                    known.clear()
                self._opened = None
                self._vault_key = b""
                self._ring = Keyring(self._state, self._ring.person, Keys(b""))
                self._watch = None
        gc.unfreeze()

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
