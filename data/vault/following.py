"""Keeping up with the file: reading what is new, and reading it anew when it was replaced, written anew or put back."""

import contextlib
from typing import Self

from ..errors import N_, Damaged, NoEntry, NotSaved, Rollback
from . import slots
from .journal import Journal
from .keyring import Keyring
from .machine import Look
from .pin import Pin
from .session import News, Session
from .slots import Opened
from .state import State
from .watch import Held, older


class Following(Session):
    """A session that goes on as the file does."""

    _refused: tuple[Look, Rollback] | None = None
    """The file that was refused last, so that it is not read again every second."""

    def again(self) -> Self:
        """Open what lies at the path now, with the same keys: another session, whatever this one has read."""
        journal = Journal(self.path, self.machine)
        vault = type(self)(journal, self.machine, self._policies)
        vault._folder = self._folder
        try:
            vault._open_with(self.opened, self.key_of(journal, self.opened))
        except BaseException:
            journal.close()
            raise
        return vault

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
        if self._journal.replaced() or self._counted != self._journal.seq:
            self._refuse_again()
            self._reload(self.opened)
        self._read()
        if self._opened is not None:
            self._check_place()
            if self.alarm and self._watch and self._watch.held(self._journal, self._state) is not Held.NOT:
                self._damage = None  # what was missing is there again
            self.pin_here()
            if not self._journal.lock.mine:  # others wait for that
                self.lay_aside()

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
            self.watch_pin(journal)
            state = self.empty_state(journal)
            self._fill(journal, state)
            held = self.compare(journal, state)
            if held is Held.NOT:
                raise older(self.pin, self.mark)
        except BaseException as problem:
            journal.close_file()
            self._vault_key = vault_key
            if isinstance(problem, Damaged):
                self._damage = problem
                if isinstance(problem, Rollback):
                    self._put_off(problem)
            raise
        with self._memory:
            self._counted = -1
            self._news |= state.places()
            self._stamps[""] += 1
            if self._watch is not None and journal.header.file_id != self._journal.header.file_id:
                self._watch.aside.forget(self._journal)
            self._journal.close_file()
            self._journal, self._state, self._opened, self._damage = journal, state, opened, None
            self._accepted = self._accepted or held is Held.ACCEPTED
            self._ring = Keyring(state, opened.person, opened.keys)
            self._keys_changed = True
            for known in (self._cache, self._vetted, self._hidden, self._readers, self._outlines, self._upgrades):
                known.clear()
            self._counted = journal.seq

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
        held = self._watch.held(journal, state) if self._watch else Held.ALL
        return min(held, self._follows(journal, state))

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
