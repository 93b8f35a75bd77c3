"""Pins: where somebody last saw the file, kept outside it, so that an older copy in its place is noticed.

A pin lies in the person's state folder, sealed under their own key: nobody else can make one or read one. It only ever
goes up, and only to what is certainly on the disk: one's own acknowledged save, or what has lain there for a while.
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import N_, Damaged, NotSaved, PesttuiError
from . import crypto
from .codec import Reader, Writer
from .crypto import Keys
from .directory import Directory
from .entries import fingerprint
from .machine import Machine
from .mark import Mark

MAGIC = b"PESTPIN1"
SIZE = 512
"""A pin fills one sector, so that writing it over leaves the old one or the new one."""

MOST_STEWARDS = 24
_PLAIN = SIZE - len(MAGIC) - crypto.NONCE - crypto.TAG
_TRIES = 50


@dataclass(frozen=True)
class Pin:
    """Where the file was, and what its directory was then.

    `entries` and `last` are the directory's length and its last entry's hash: a file written anew must begin with it.
    `stewards` are the fingerprints of those who could accept an older copy from there on.
    """

    mark: Mark
    entries: int
    last: bytes
    stewards: frozenset[bytes]

    @classmethod
    def of(cls, mark: Mark, directory: Directory) -> "Pin":
        """Return the pin for a file that was read up to `mark`."""
        stewards = sorted(fingerprint(person) for person in directory.people.values() if person.steward)
        return cls(mark, directory.count, directory.last, frozenset(stewards[:MOST_STEWARDS]))

    def holds(
        self, mark: Mark, at_pin: bytes | None, earlier: Iterable[tuple[int, int, bytes]], directory: Directory
    ) -> bool:
        """Whether a file that was read up to `mark` has all that was there when this pin was made.

        `at_pin` is the file's hash after the frame with the pin's number, None where it does not reach so far;
        `earlier` are the generations that it lists. Of a later generation nothing but these and the beginning of its
        directory can be asked.
        """
        if mark.generation <= self.mark.generation:
            return mark.generation == self.mark.generation and at_pin == self.mark.digest
        listed = any(
            generation == self.mark.generation
            and (seq > self.mark.seq or (seq, digest) == (self.mark.seq, self.mark.digest))
            for generation, seq, digest in earlier
        )
        return listed and directory.chain[self.entries - 1 : self.entries] == [self.last]

    def accepts(self, directory: Directory) -> bool:
        """Whether a steward whom this person knew has accepted an older copy since."""
        return any(
            generation > self.mark.generation and signer in self.stewards
            for generation, signer in directory.acceptances
        )

    def encode(self) -> bytes:
        """Return the pin's bytes, always as many."""
        mark = self.mark
        writer = Writer().number(mark.generation, 8).number(mark.seq, 8).raw(mark.digest, 32)
        writer.number(self.entries, 4).raw(self.last, 32).number(len(self.stewards), 1)
        plain = writer.raw(b"".join(sorted(self.stewards))).done()
        return plain + bytes(_PLAIN - len(plain))

    @classmethod
    def decode(cls, data: bytes) -> "Pin":
        """Read a pin; raises `Damaged`."""
        reader = Reader(data)
        mark = Mark(reader.number(8), reader.number(8), reader.raw(32))
        entries, last, count = reader.number(4), reader.raw(32), reader.number(1)
        return cls(mark, entries, last, frozenset(reader.raw(16) for _ in range(count)))


class PinFile:
    """One person's pin of the file at one path. Nothing here ever keeps anybody out: `trouble` says what went wrong."""

    def __init__(self, folder: str, machine: Machine, keys: Keys, vault_id: bytes, person: bytes, path: str) -> None:
        self._folder = folder
        self._machine = machine
        self._files = machine.files
        where = os.path.realpath(path).encode("utf-8", "surrogateescape")
        self._key = crypto.derive(keys.seed, b"pesttui pin v1")
        self._context = MAGIC + vault_id + person + crypto.sha256(where)
        # From the seed as well: the name tells nobody else whose it is, or of which vault.
        name = crypto.derive(keys.seed, b"pesttui pin name v1" + vault_id + crypto.sha256(where))[:8].hex()
        self.path = os.path.join(folder, f"pin-{name}")  # noqa: PTH118
        self.known: Pin | None = None
        """The pin as it was last read or written."""
        self.trouble: PesttuiError | None = None
        """Why the pin could not be used or kept, once; None while all is well."""
        self._warned = False

    def load(self) -> Pin | None:
        """Return the pin, or None where there is none; one that is not this person's is said, and begins anew.

        What a session has read or written stays known to it, whatever becomes of the file.
        """
        try:
            fd = self._files.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        except FileNotFoundError:
            return self.known
        except OSError as error:
            self._warn(error)
            return self.known
        try:
            self._wait(fd)
            found = self._read(fd)
            if found is not None and (self.known is None or found.mark.place > self.known.mark.place):
                self.known = found
        except OSError as error:
            self._warn(error)
        except Damaged as problem:
            self.trouble = problem
            # Emptied, so that it is said once, and not until something certain can be written.
            with contextlib.suppress(OSError):
                self._files.cut(fd, 0)
        finally:
            self._files.close(fd)
        return self.known

    def raise_to(self, pin: Pin) -> None:
        """Keep a pin, unless a session of the same person has kept a higher one. Never raises."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            fd = self._files.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK)
            try:
                self._wait(fd)
                with contextlib.suppress(Damaged):
                    found = self._read(fd)
                    if found is not None and found.mark.place > pin.mark.place:
                        self.known = found
                        return
                self._write(fd, pin)
            finally:
                self._files.close(fd)
        except OSError as error:
            self._warn(error)
        else:
            # Durable with the next write of the system: the vault was synced before, so a pin is never ahead of it.
            self.known = pin

    def take_trouble(self) -> PesttuiError | None:
        """Return what went wrong, once."""
        found, self.trouble = self.trouble, None
        return found

    def _wait(self, fd: int) -> None:
        """Take the file's lock. Whoever holds it needs it for a moment; one who was stopped is not waited for."""
        for _ in range(_TRIES):
            if self._files.try_lock(fd):
                return
            self._machine.sleep(0.002)

    def _read(self, fd: int) -> Pin | None:
        data = self._files.read(fd, SIZE + 1, 0)
        if not data:
            return None  # made, and the program died before it wrote
        nonce, sealed = data[len(MAGIC) : len(MAGIC) + crypto.NONCE], data[len(MAGIC) + crypto.NONCE :]
        plain = crypto.unseal(self._key, nonce, sealed, self._context) if data.startswith(MAGIC) else None
        if plain is None:
            raise Damaged(
                N_("What was kept here to recognise an older copy of the school's file is damaged. It begins anew.")
            )
        return Pin.decode(plain)

    def _write(self, fd: int, pin: Pin) -> None:
        nonce = self._machine.nonce()
        data, at = MAGIC + nonce + crypto.seal(self._key, nonce, pin.encode(), self._context), 0
        while at < len(data):
            at += self._files.write(fd, data[at:], at)
        self._files.cut(fd, len(data))

    def _warn(self, error: OSError) -> None:
        """Remember once per session that nothing can be kept: work goes on without."""
        if not self._warned:
            self._warned = True
            reason = error.strerror or type(error).__name__
            self.trouble = NotSaved(
                N_("An older copy of the school's file would not be recognised here: {reason}."), reason=reason
            )
