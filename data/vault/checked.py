"""Signatures and circles' keys that somebody's program has found genuine before: what held once holds for ever.

Most of the time of opening a file goes into Ed25519. What is remembered is a keyed hash of key, signature and message:
it says nothing about where in which file they lay, so it needs no trust in the file, its order or its age. Another
byte anywhere, and the signature is checked. `verify` and writing the file anew ask nothing of this.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable

from . import crypto
from .crypto import Keys
from .machine import Machine

MAGIC = b"PESTCHK1"
MARK = 12
"""Bytes of a keyed hash: nobody without the key can look for two inputs that share one."""

MOST = 400_000
ENOUGH = 256
"""After so many new ones they are written down: what is not is checked once more, and that is all."""


class Checked:
    """What one person's program remembers for one vault; without a folder, while it runs."""

    def __init__(self, folder: str, machine: Machine, keys: Keys, vault_id: bytes, person: bytes) -> None:
        self._folder = folder
        self._machine = machine
        self._files = machine.files
        self._hash = crypto.derive(keys.seed, b"pesttui checked mark v1")
        self._key = crypto.derive(keys.seed, b"pesttui checked v1")
        self._context = MAGIC + vault_id + person
        name = crypto.derive(keys.seed, b"pesttui checked name v1" + vault_id)[:8].hex()
        self.path = os.path.join(folder, f"checked-{name}")  # noqa: PTH118
        self._known: set[bytes] = set()
        self._new = 0

    def load(self) -> None:
        """Read what was remembered; nothing where that cannot be read or is not this person's."""
        try:
            fd = self._files.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
            try:
                data = self._files.read(fd, len(MAGIC) + crypto.NONCE + MOST * MARK + crypto.TAG, 0)
            finally:
                self._files.close(fd)
        except OSError:
            return
        nonce, sealed = data[len(MAGIC) : len(MAGIC) + crypto.NONCE], data[len(MAGIC) + crypto.NONCE :]
        plain = crypto.unseal(self._key, nonce, sealed, self._context) if data.startswith(MAGIC) else None
        if plain:
            self._known = {plain[at : at + MARK] for at in range(0, len(plain) - MARK + 1, MARK)}

    def genuine(self, public: bytes, signature: bytes, message: bytes) -> bool:
        """Say whether a signature is by this key over this message: remembered, or checked now."""
        # Key and signature have one length each: the three together can be read in one way only.
        return self._holds(public + signature + message, lambda: crypto.verify(public, signature, message))

    def gives(self, keys: Keys, box: bytes) -> bool:
        """Say whether a circle's seed gives this public key: remembered, or reckoned now."""
        # Shorter than any signature with its key: neither passes for the other.
        return self._holds(keys.seed + box, lambda: keys.box_public == box)

    def _holds(self, told: bytes, look: Callable[[], bool]) -> bool:
        mark = hashlib.blake2b(told, digest_size=MARK, key=self._hash).digest()
        if mark in self._known:
            return True
        found = look()
        if found:
            self._new += 1
            self._known.add(mark)
        return found

    def keep(self, least: int = ENOUGH) -> None:
        """Write down what is known if there is enough new; never raises: without it everything is checked again."""
        if not self._folder or self._new < least:
            return
        nonce, marks = self._machine.nonce(), list(self._known)[-MOST:]
        data = MAGIC + nonce + crypto.seal(self._key, nonce, b"".join(marks), self._context)
        temporary = f"{self.path}.new-{os.getpid()}"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            with contextlib.suppress(FileNotFoundError):
                self._files.remove(temporary)  # left by a program that died, long ago
            fd = self._files.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            try:
                at = 0
                while at < len(data):
                    at += self._files.write(fd, data[at:], at)
                self._files.rename(temporary, self.path)
            finally:
                self._files.close(fd)
        except OSError:
            with contextlib.suppress(OSError):
                self._files.remove(temporary)
        # Tried once for so many: a disk that is full is not asked at every look.
        self._new = 0
