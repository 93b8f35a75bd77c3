"""A person's hold on the file: unlocking it, reading what is new, and reading it anew when it was replaced."""

import contextlib
import gc
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from ..errors import N_, Damaged, NoEntry, NotSaved, PesttuiError, Rollback
from . import codes, crypto, slots
from .checked import Checked
from .crypto import Cost, Keys, sha256
from .directory import Directory, Person, Status
from .journal import Journal
from .journal import Transaction as Written
from .keyring import Keyring
from .machine import Look, Machine
from .mark import Mark
from .pin import Pin, PinFile
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


class Held(IntEnum):
    """Whether a file has all that was seen before: no; no, but a steward accepted that; yes."""

    NOT = 0
    ACCEPTED = 1
    ALL = 2


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
        self._folder = ""
        """Where pins are kept; empty: nowhere."""
        self._pin: PinFile | None = None
        self._checked: Checked | None = None
        self._accepted = False
        self._refused: tuple[Look, Rollback] | None = None

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
        self.begin(opened, vault_key)
        self.watch_pin(self._journal)
        self._fill(self._journal, self._state)
        self._state.take_changes()
        self._check_place()
        self._judge_opened()
        self.pin_here()

    def _judge_opened(self) -> None:
        """Read only what was opened just now, if it lacks what this person's pin speaks of."""
        held = self._holds(self._journal, self._state)
        self._accepted = held is Held.ACCEPTED
        if held is Held.NOT:
            self._damage = _older()

    def again(self) -> Self:
        """Open what lies at the path now, with the same keys: another session, whatever this one has read."""
        journal = Journal(self.path, self.machine)
        vault = type(self)(journal, self.machine, self._policies)
        vault._folder = self._folder
        try:
            opened = self.opened
            key = self.key_of(journal, opened)
            vault.begin(opened, key)
            vault.watch_pin(journal)
            vault._fill(journal, vault._state)
            vault._state.take_changes()
            vault._check_place()
            vault._judge_opened()
        except BaseException:
            journal.close()
            raise
        return vault

    # --- pins ----------------------------------------------------------------------------------------------

    def pin_to(self, folder: str) -> None:
        """Keep in this folder what recognises an older copy of the file from here on: it was made or joined just now."""
        self._folder = folder
        if self._checked is not None:
            self._checked.folder = folder
        self._keep_under(self.opened)
        self.pin_here(certain=True)

    def _keep_under(self, opened: Opened) -> None:
        """Know where this person's pin lies, if anywhere."""
        self._pin = None
        if self._folder:
            self._pin = PinFile(self._folder, self.machine, opened.keys, self.id, opened.person, self.path)

    def watch_pin(self, journal: Journal) -> None:
        """Read the pin before the file, so that the file's hash at that place is noticed on the way."""
        if self._pin is not None:
            pin = self._pin.load()
            if pin is not None and pin.mark.generation == journal.header.generation:
                journal.watch = pin.mark.seq

    def _holds(self, journal: Journal, state: State) -> Held:
        """Whether a file that was read has all that this person's pin speaks of.

        Where the file is damaged that is said, and nothing else.
        """
        pin = self.pin
        if pin is None or journal.damage:
            return Held.ALL
        if pin.holds(journal.mark, journal.watched, state.earlier, state.directory):
            return Held.ALL
        return Held.ACCEPTED if pin.accepts(state.directory) else Held.NOT

    def pin_here(self, *, certain: bool = False) -> None:
        """Raise the pin to the verified end if that is `certain`ly on the disk, or has lain there for long enough."""
        pin, damage = self._pin, self.damage
        if pin is None or damage is not None or not self._state.maker:
            return
        mark = self.mark
        if (pin.known is None or mark.place > pin.known.mark.place) and (certain or self._journal.settled()):
            pin.raise_to(Pin.of(mark, self._state.directory))

    def take_trouble(self) -> PesttuiError | None:
        """Return, once, why older copies are not recognised here, if that is so."""
        return self._pin.take_trouble() if self._pin else None

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
        return self._pin.known if self._pin else None

    @property
    def pinned(self) -> bool:
        """Whether older copies are to be recognised here."""
        return self._pin is not None

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
        self._remember(opened)
        self._keep_under(opened)
        self._state = self.empty_state(self._journal, remembering=True)
        self._state.live = True
        self._ring = Keyring(self._state, opened.person, opened.keys)

    def _remember(self, opened: Opened) -> None:
        """Know which signatures these keys' owner has found genuine before."""
        self._checked = Checked(self._folder, self.machine, opened.keys, self.id, opened.person)
        if self._folder:
            self._checked.load()

    def empty_state(self, journal: Journal, *, keep_all: bool = False, remembering: bool = False) -> State:
        """Return what a file adds up to before anything of it was read.

        `remembering`: signatures that held before are not checked again.
        """
        directory = Directory(self.id, self.opened.root)
        state = State(
            self.id, journal.first_hash, directory, self._policies, keep_all, generation=journal.header.generation
        )
        if remembering and self._checked is not None:
            state.check = directory.check = self._checked.genuine
        return state

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
            self.pin_here()
            if self._checked is not None:
                self._checked.keep()
            self._journal.close()
            self._cache.clear()
            self._upgrades.clear()
            self._opened = None
            self._vault_key = b""
            self._ring = Keyring(self._state, self._ring.person, Keys(b""))
            self._pin = self._checked = None

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
            self._refuse_again()
            self._reload(self.opened)
        self._read()
        if self._opened is not None:
            self._check_place()
            self.pin_here()
            if self._checked is not None:
                self._checked.keep()

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
            if opened != self.opened:
                self._remember(opened)
            self.watch_pin(journal)
            state = self.empty_state(journal, remembering=True)
            self._fill(journal, state)
            held = self.compare(journal, state)
            if held is Held.NOT:
                raise _older()
        except BaseException as problem:
            journal.close_file()
            self._vault_key = vault_key
            if isinstance(problem, Damaged):
                self._damage = problem
                if isinstance(problem, Rollback):
                    self._put_off(problem)
            raise
        with self._memory:
            self._news |= state.take_changes()[0]
            self._journal.close_file()
            self._journal, self._state, self._opened, self._damage = journal, state, opened, None
            self._accepted = self._accepted or held is Held.ACCEPTED
            self._ring = Keyring(state, opened.person, opened.keys)
            self._keys_changed = True
            for known in (self._cache, self._hidden, self._upgrades):
                known.clear()

    def _put_off(self, problem: Rollback) -> None:
        """Remember which file was refused: it is not read again every second."""
        with contextlib.suppress(OSError):
            look = self.machine.files.look(self.path)
            self._refused = (look, problem) if self.machine.files.quiet(look) else None

    def _refuse_again(self) -> None:
        if self._refused is not None:
            look, problem = self._refused
            with contextlib.suppress(OSError):
                if self.machine.files.look(self.path) == look:
                    raise problem
            self._refused = None

    def key_of(self, journal: Journal, opened: Opened) -> bytes:
        """Return the vault key of a file, perhaps a newer generation: then out of this person's slot there.

        Raises NoEntry where there is none: whoever renewed the key took this person out.
        """
        if journal.header.file_id == self._journal.header.file_id:
            return self._vault_key
        # Also where the number is the same: what follows a restored file counts on from what that knew.
        slots_there, damage = journal.slots()
        context = slots.vault_key_context(journal.header.vault_id, journal.epoch, opened.person)
        for slot in slots_there.values():
            found = opened.keys.unwrap(slot.vault_key, context)
            if found is not None:
                return found
        if damage is not None and journal.epoch == self._journal.epoch:
            return self._vault_key
        raise damage or NoEntry(N_("This account no longer has access to the school's file."))

    def compare(self, journal: Journal, state: State) -> Held:
        """Compare a file that was read to its end with what this session and this person's pin know of it."""
        return min(self._holds(journal, state), self._follows(journal, state))

    def _follows(self, journal: Journal, state: State) -> Held:
        """Whether a file is the one that was read, or written out of it with nothing left out."""
        known, now = self._journal.header, journal.header
        if now.file_id == known.file_id:
            return Held.ALL
        seen = self._journal.seq
        listed = any(
            generation == known.generation and (seq > seen or (seq, digest) == (seen, self._journal.digest))
            for generation, seq, digest in state.earlier
        )
        with self._memory:
            if listed and state.continues(self._state):
                return Held.ALL
            known_here = Pin.of(self.mark, self._state.directory)
        return Held.ACCEPTED if known_here.accepts(state.directory) else Held.NOT

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


def _older() -> Rollback:
    return Rollback(
        N_(
            "This is an older copy of the school's file than was seen here before, or one that went another way. It can "
            "be read; nothing is saved until a coordinator or the director accepts it (School, or pesttui accept)."
        )
    )
