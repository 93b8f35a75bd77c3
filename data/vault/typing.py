"""The typing file: what somebody is typing, sealed under their own key, outside the vault, until it is saved.

It needs no lock and works when the vault is busy, full or read-only. A living session holds a `flock` on its file; the
kernel lets that go whatever ends the process, and only then is the file offered to its owner's next session.
"""

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from ..clean import clean_line, clean_text
from ..errors import N_, NotSaved, PesttuiError
from . import crypto
from .vault import Vault

MAGIC = b"PESTTYP1"
PAUSE = 0.4
"""How many seconds after a change it is written: what comes meanwhile goes with it."""

RETRY = 3.0
"""After how many seconds a write that failed is tried again."""

MAX_BYTES = 2_000_000
"""The largest file that is read, and about what the forms of one session can hold."""

MAX_FORMS, MAX_FIELDS, MAX_FIELD = 10, 40, 100_000
MAX_FILES = 50
"""How many files are looked at: more cannot come from one person's dropped lines."""

_BUCKET = 1024
"""The plaintext is filled up to a multiple of this, so that a file's size tells little of what is in it."""

_TEMPORARY = ".new"


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """One form with something typed in it: which kind, where it belongs, and what stands in its fields."""

    kind: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    place: dict[str, str] = {}
    fields: dict[str, str] = {}


@dataclass(frozen=True)
class LeftBehind:
    """What one session left when it ended without saving; `name` is the file's."""

    name: str
    forms: tuple[Unfinished, ...]


class Typing:
    """The typing file of one session. Safe to use from several threads."""

    def __init__(self, folder: str, vault: Vault) -> None:
        self._folder = folder
        self._machine = vault.machine
        self._files = vault.machine.files
        seed = vault.opened.keys.seed
        self._key = crypto.derive(seed, b"pesttui typing v1")
        self._context = MAGIC + vault.id + vault.me.id
        # From the seed as well: the name tells nobody else whose it is, or of which vault.
        label = crypto.derive(seed, b"pesttui typing name v1" + vault.id)[:8].hex()
        self._prefix = f"typing-{label}-"
        self._name = self._prefix + vault.machine.random(4).hex()
        self._writing = threading.RLock()
        self._changed = threading.Condition()
        self._wanted: tuple[Unfinished, ...] = ()
        self._written: tuple[Unfinished, ...] = ()
        self._held = -1
        """The descriptor whose lock says that this session lives; -1 while there is no file."""
        self._closed = False
        self._thread: threading.Thread | None = None
        self.trouble: PesttuiError | None = None
        """Why the last write failed; None while all is well."""

    # --- keeping -------------------------------------------------------------------------------------------

    def keep(self, forms: Iterable[Unfinished]) -> None:
        """Remember what is typed now; a thread of its own writes it within half a second. Never waits for a disk.

        No forms: nothing is unfinished any more, and the file goes.
        """
        with self._changed:
            if self._closed:
                return
            self._wanted = tuple(forms)
            if self._thread is None and self._wanted:
                self._thread = threading.Thread(target=self._write_on, name="typing", daemon=True)
                self._thread.start()
            self._changed.notify()

    def flush(self) -> None:
        """Write now what is not written yet; never raises, `trouble` says what went wrong."""
        # A disk that hangs must not keep the program from ending.
        if self._writing.acquire(timeout=2.0):
            try:
                self._write()
            finally:
                self._writing.release()

    def close(self, *, keep: bool) -> None:
        """End: what is unfinished stays for the next log-in, or, thrown away on purpose, goes."""
        with self._changed:
            if self._closed:
                return
            if not keep:
                self._wanted = ()
            self._closed = True
            self._changed.notify()
        self.flush()
        self._let_go()
        self._key = b""

    def _write_on(self) -> None:
        """Write whenever something changed, until the session ends."""
        while True:
            with self._changed:
                while self._wanted == self._written and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                self._changed.wait(RETRY if self.trouble else PAUSE)
                if self._closed:
                    return
            with self._writing:
                self._write()

    def _write(self) -> None:
        """Bring the file to what is wanted."""
        wanted = self._wanted
        if wanted == self._written or not self._key:
            return
        try:
            if wanted:
                self._put(wanted)
            else:
                self._remove()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.trouble = NotSaved(N_("What you type is not kept outside this window: {reason}."), reason=reason)
        else:
            self._written, self.trouble = wanted, None

    def _put(self, forms: tuple[Unfinished, ...]) -> None:
        """Write the file anew beside the old one and let it take its name, locked before anybody can see it."""
        path = self._path(self._name)
        os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103
        with contextlib.suppress(FileNotFoundError):
            self._files.remove(path + _TEMPORARY)
        fd = self._files.open(path + _TEMPORARY, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            self._files.try_lock(fd)
            data, at = self._sealed(forms), 0
            while at < len(data):
                at += self._files.write(fd, data[at:], at)
            self._files.sync(fd)
            self._files.rename(path + _TEMPORARY, path)
        except BaseException:
            self._files.close(fd)
            with contextlib.suppress(OSError):
                self._files.remove(path + _TEMPORARY)
            raise
        before, self._held = self._held, fd
        if before >= 0:
            self._files.close(before)

    def _remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.remove(self._path(self._name))
        self._let_go()

    def _let_go(self) -> None:
        with self._writing:
            if self._held >= 0:
                self._files.close(self._held)
                self._held = -1

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)  # noqa: PTH118

    # --- sealing -------------------------------------------------------------------------------------------

    def _sealed(self, forms: tuple[Unfinished, ...]) -> bytes:
        plain = msgspec.json.encode(_bounded(forms))
        plain += b" " * (-len(plain) % _BUCKET)
        nonce = self._machine.random(crypto.NONCE)
        return MAGIC + nonce + crypto.seal(self._key, nonce, plain, self._context)

    def _unsealed(self, data: bytes) -> tuple[Unfinished, ...]:
        """Return the forms in a file, cleaned; none where it is not this person's, or not whole."""
        if not data.startswith(MAGIC):
            return ()
        nonce, sealed = data[len(MAGIC) : len(MAGIC) + crypto.NONCE], data[len(MAGIC) + crypto.NONCE :]
        plain = crypto.unseal(self._key, nonce, sealed, self._context)
        try:
            return _bounded(msgspec.json.decode(plain or b"[]", type=tuple[Unfinished, ...]))
        except (ValueError, RecursionError):
            return ()

    # --- what was left behind ------------------------------------------------------------------------------

    def left_behind(self) -> list[LeftBehind]:
        """Return what this person's ended sessions on this vault left, newest first. Nothing is changed."""
        found = []
        for name in self._names():
            with self._left(name) as forms:
                if forms:
                    found.append(LeftBehind(name, forms))
        return sorted(found, key=lambda left: max(form.at for form in left.forms), reverse=True)

    def take_over(self, left: LeftBehind) -> bool:
        """Go on with what was left: it is in this session's file before the old one goes.

        False where another session was quicker, or it is gone.
        """
        with self._left(left.name) as forms:
            if not forms:
                return False
            with self._writing:
                with self._changed:
                    self._wanted = (*self._wanted, *left.forms)
                self._write()
                if self._written == self._wanted:
                    self._drop(left.name)
        return True

    def drop(self, left: LeftBehind) -> None:
        """Throw away what was left."""
        with self._left(left.name) as forms:
            if forms:
                self._drop(left.name)

    def _drop(self, name: str) -> None:
        for one in (name, name + _TEMPORARY):
            with contextlib.suppress(OSError):
                self._files.remove(self._path(one))

    def _names(self) -> Sequence[str]:
        """Return the names of this person's other files; empty where the folder cannot be read."""
        try:
            names = self._files.names(self._folder)
        except OSError:
            return ()
        mine = {name.removesuffix(_TEMPORARY) for name in names if name.startswith(self._prefix)}
        return sorted(mine - {self._name})[:MAX_FILES]

    @contextlib.contextmanager
    def _left(self, name: str) -> Iterator[tuple[Unfinished, ...]]:
        """Hold what a session that has ended left: what it was writing, if that is whole, else what it had written.

        A program that is ended while a slow disk takes its words has written them all the same.
        """
        with self._ended(name + _TEMPORARY) as newer, self._ended(name) as older:
            there = (self._unsealed(self._files.read(fd, MAX_BYTES, 0)) for fd in (newer, older) if fd is not None)
            yield next(filter(None, there), ())

    @contextlib.contextmanager
    def _ended(self, name: str) -> Iterator[int | None]:
        """Hold the file of a session that has ended; None where that lives, or there is no such file."""
        path = self._path(name)
        try:
            # A pipe in its place would otherwise be waited at for ever.
            fd = self._files.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            yield None
            return
        try:
            try:
                locked = self._files.try_lock(fd)
                # The session may just have renamed a newer file over the one opened here.
                current = locked and self._files.look_at(fd).inode == self._files.look(path).inode
                fits = current and self._files.look_at(fd).size <= MAX_BYTES
            except OSError:
                fits = False
            yield fd if fits else None
        finally:
            self._files.close(fd)


def _bounded(forms: Iterable[Unfinished]) -> tuple[Unfinished, ...]:
    """Return forms with harmless texts of bearable length."""
    return tuple(
        Unfinished(
            kind=clean_line(form.kind, 40),
            at=form.at,
            place=_cleaned(form.place),
            fields=_cleaned(form.fields),
        )
        for form in tuple(forms)[:MAX_FORMS]
    )


def _cleaned(values: dict[str, str]) -> dict[str, str]:
    kept = list(values.items())[:MAX_FIELDS]
    return {clean_line(name, 40): clean_text(text, MAX_FIELD) for name, text in kept}
