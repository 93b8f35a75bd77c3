"""A person's session on the school's file: read what they may read, write whole transactions, see what is new."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from itertools import islice

from ..errors import N_, Damaged, NoEntry, NotAllowed, NotSaved, VaultError
from . import crypto, outline
from .crypto import Keys, sha256
from .entries import CircleKind
from .following import Following
from .operations import Operation, encode
from .outline import Outline
from .records import Grant, Place, Record, grant_inside, grant_shared
from .session import News
from .slots import Slot
from .state import Stored
from .transaction import Placement, Transaction, settle, waiting

__all__ = ["News", "Outline", "Placement", "Transaction", "Vault", "settle", "waiting"]

UPGRADES = 16
"""How many grants by public key a save turns into quicker ones, at most."""


class Vault(Following):
    """An open session. Safe to use from several threads: one writes at a time, reading never waits for a disk."""

    def own_circle(self) -> bytes:
        """The circle that only this person is in."""
        circle = self.directory.labelled(CircleKind.PERSON, self.me.id.hex())
        if circle is None:
            raise NotAllowed(N_("Log in with your one-time code first."))
        return circle.id

    def can_open(self, circle: bytes) -> bool:
        """Whether this person holds a circle's key."""
        with self._memory:
            return self._opened is not None and self._ring.circle(circle) is not None

    def unwrapped(self) -> list[tuple[bytes, bytes]]:
        """Return (circle, member) for every member who has no wrap of the circle's present key yet."""
        with self._memory:
            directory, wraps = self._state.directory, self._state.wraps
            return [
                (circle, member)
                for circle, members in directory.members.items()
                for member in members
                if (member, directory.circles[circle].epoch) not in wraps.get(circle, {})
            ]

    # --- reading -------------------------------------------------------------------------------------------

    def ids(self, table: str) -> list[str]:
        """Return the ids of a table's documents, in the order they were written, readable or not."""
        with self._memory:
            return list(self._state.ids(table))

    def outline(self, table: str, since: float = 0) -> list[Outline]:
        """Return what the file says of each document of a table without opening it, in the order of writing.

        `since`: only those written then (milliseconds since 1970) or later, by the clock of who wrote them. Nothing in
        it is checked yet: it finds candidates, reading them decides.
        """
        with self._memory:
            found = self._outlines.get(table)
            if found is None:
                found = self._outlines[table] = outline.of(self._state, table, self._state.ids(table))
            return [seen for seen in found.values() if seen.time >= since] if since else list(found.values())

    def _stored(self, place: Place, checked: bool) -> Stored | None:
        return self._state.standing(place) if checked else self._state.head(place)

    def read(self, place: Place, *, checked: bool = True) -> bytes | None:
        """Return a document's content, or None if it is not there or this person cannot read it.

        `checked=False` leaves the author's signature for later, which takes most of the time: for overviews.
        """
        with self._memory:
            head = self._state.head(place)
            if head is None or self._opened is None:
                return None
            # With others behind it, what cannot be opened may be a forgery over what can.
            if self._hidden.get(place) == head.order and head.earlier is None:
                return None
            if head.earlier is None and head.genuine is None and self._content(place, head) is None:
                # Whether it can be read at all is known sooner than whether it is genuine.
                return None
            stored = self._stored(place, checked or head.genuine is not None)
            return None if stored is None or not stored.record.sealed else self._content(place, stored)

    def latest(self, place: Place) -> tuple[int, bytes | None]:
        """Return what `order` and `read` do, at one go."""
        with self._memory:
            head = self._state.head(place)
            if head is None:
                return 0, None
            if not head.genuine:
                return self.order(place), self.read(place)
            known = self._cache.get(place)
            return head.order, known[1] if known and known[0] == head.order else self.read(place)

    def vetted(self, place: Place, order: int) -> bool:
        """Whether this document was called `vet`ted as it stands, in this session or in one that this goes on from."""
        return self._vetted.get(place) == order

    def vet(self, place: Place, order: int, content: bytes) -> None:
        """Remember that this document's content was looked through and is what such a document holds.

        Nothing where it has become another since it was read.
        """
        with self._memory:
            if self._cache.get(place) == (order, content):
                self._vetted[place] = order

    def _content(self, place: Place, stored: Stored) -> bytes | None:
        cached = self._cache.get(place)
        if cached and cached[0] == stored.order:
            return cached[1]
        found = self._ring.document(place, stored.record)
        content = stored.record.open(self.id, place, found[0]) if found else None
        if found is None or content is None:
            self._hidden[place] = stored.order
            return None
        if found[1].shared:
            self._upgrades[place] = (found[1].circle, found[0])
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

    def order(self, place: Place, *, checked: bool = True) -> int:
        """Return a document's rank in the order of writing, which no clock can change; 0 for none.

        `checked=False` does not look whether its author's signature holds.
        """
        with self._memory:
            stored = self._stored(place, checked)
            return stored.order if stored else 0

    def stamp(self, *tables: str) -> tuple[int, ...] | None:
        """Return what is another once a document of these tables or a key has changed.

        None while a transaction of this thread has changed one of them: what it wrote counts for it alone.
        """
        running = self._transaction
        own = running.puts if running is not None and self._owner == threading.get_ident() else ()
        if any(table in tables for table, _ in own):
            return None
        with self._memory:
            return tuple(self._stamps[table] for table in ("", *tables))

    def next_revision(self, place: Place) -> int:
        """Return the number that the next record at a place carries: forged ones keep theirs."""
        with self._memory:
            head = self._state.head(place)
            return head.record.rev + 1 if head else 1

    def readers(self, place: Place) -> frozenset[bytes]:
        """Return the circles a document is granted to, as far as this person can tell by opening the grants."""
        with self._memory:
            known = self._readers.get(place)
            if known is None:
                stored = self._state.standing(place)
                commitment, given = stored.record.commitment if stored else b"", self._state.granted(place)
                opened = (grant.circle for grant in given if self._ring.open_grant(place, grant, commitment))
                known = self._readers[place] = frozenset(opened) if stored else frozenset()
            return known

    # --- writing -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Collect changes and write them as one: all of them, or, on any error, none.

        Holds the lock and has read everything new when the body starts; within another transaction, joins it.
        Raises Busy or NotSaved.
        """
        with self._writing:
            if self._transaction is not None:
                try:
                    yield self._transaction
                except BaseException:
                    # Half of an inner part must not be written, even if the outer one goes on.
                    self._transaction.spoilt = True
                    raise
                return
            if self._opened is None:
                raise NoEntry(N_("The session is closed."))
            with self._journal.locked():
                try:
                    self._catch_up()
                except (Damaged, NoEntry, NotSaved):
                    raise
                except VaultError as problem:
                    raise problem.told_as(NotSaved) from None
                self._require_whole()
                self._transaction = Transaction(self)
                self._owner = threading.get_ident()
                try:
                    yield self._transaction
                    self._transaction.finish()
                finally:
                    self._transaction = None

    def _require_whole(self) -> None:
        """Raise NotSaved for a damaged file, Rollback for an older copy: neither is written to."""
        if self.alarm:
            raise self.alarm
        if self.damage:
            raise NotSaved(N_("The file is damaged, so nothing is written to it."))

    @contextlib.contextmanager
    def rewriting(self, *, accepting: bool = False) -> Iterator[Transaction]:
        """Hold the lock for whoever writes the whole file anew (`compact`); then go on with that file.

        The transaction collects what is to be added; nothing of it is appended. `accepting`: also where this is an
        older copy, which is to be accepted by that. Raises Busy, NotSaved or Rollback.
        """
        with self._writing:
            if self._opened is None:
                raise NoEntry(N_("The session is closed."))
            with self._journal.locked():
                self._catch_up()
                if not (accepting and self.alarm):
                    self._require_whole()
                yield Transaction(self)
                self._reload(self.opened)
                self.pin_here(certain=True)

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the lock, with everything new read: nobody takes back what lies there now. Where nothing can be written
        nobody is waited for.

        Raises Busy, or Damaged or Rollback for a file that is only read.
        """
        with self._writing:
            if self._opened is None:
                raise NoEntry(N_("The session is closed."))
            with contextlib.nullcontext() if self._journal.read_only else self._journal.locked():
                self._catch_up()
                if self.damage is not None:
                    raise self.damage
                yield

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
            self._count(written)
        if not first:
            self.pin_here(certain=True)

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
            try:
                return grant_shared(
                    vault_id=self.id, place=place, circle=circle, epoch=known.epoch, box=known.box, key=key
                )
            except ValueError:  # somebody named a public key that is none
                raise NotAllowed(N_("This circle cannot be granted anything.")) from None
        nonce = self.machine.random(crypto.NONCE)
        return grant_inside(
            vault_id=self.id, place=place, circle=circle, epoch=known.epoch, keys=keys, nonce=nonce, key=key
        )

    def circle_keys(self, circle: bytes) -> Keys | None:
        """Return a circle's present keys, or None."""
        with self._memory:
            return self._ring.circle(circle)

    def take_upgrades(self, besides: set[Place]) -> list[tuple[Place, Grant]]:
        """Return quicker grants for documents that were opened by public key."""
        made = []
        with self._memory:
            for place in list(islice(self._upgrades, UPGRADES)):
                circle, key = self._upgrades.pop(place)
                stored = self._state.standing(place)
                given = self._state.granted(place)
                quick = any(grant.circle == circle and not grant.shared for grant in given)
                holds = stored is not None and sha256(b"pesttui k", key) == stored.record.commitment
                if holds and not quick and place not in besides and self._ring.circle(circle):
                    made.append((place, self.make_grant(place, circle, key)))
        return made
