"""Backups: a copy of the file that is made while others write, read back before it counts, and put back when needed.

A file only grows at its end, so a copy up to the verified end is a whole file. Needs the vault key and no other:
whoever keeps the file can do it.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import N_, Damaged, NotAllowed, NotSaved, UsageError, VaultError
from .accept import KEPT, Back, Offer, last_saved, lets_back_in, read_replaced
from .entries import Person, Role
from .frames import Header
from .journal import Journal, write_all
from .lock import Lock
from .machine import Machine
from .mark import Mark
from .progress import Progress, nobody
from .vault import Vault
from .verify import verify

_PIECE = 1 << 20
_SOME = 3
"""How many names are tried for the file that is kept beside."""


@dataclass(frozen=True)
class Copied:
    """A copy that was made and read back: how far it goes, its frames and bytes, and how long it took."""

    path: str
    mark: Mark
    size: int
    seconds: float


@dataclass(frozen=True)
class Lying:
    """What lies at a path, as far as that can be seen without a key."""

    header: Header | None
    seq: int

    @property
    def place(self) -> tuple[int, int]:
        """Generation and last frame; zeros where it cannot be told."""
        return (self.header.generation if self.header else 0), self.seq


@dataclass(frozen=True)
class Putting:
    """What putting a backup back means: the backup itself, what lies there now, and whether that goes further."""

    offer: Offer
    there: Lying | None
    newer: bool


@dataclass(frozen=True)
class Restored:
    """A backup that was put back; `kept` is what the file that lay there is called now, empty if there was none."""

    copied: Copied
    kept: str


def may_care(person: Person) -> bool:
    """Whether somebody keeps the file: stewards and administrators."""
    return person.steward or Role.ADMINISTRATOR in person.roles


def _require_care(vault: Vault) -> None:
    if not may_care(vault.me):
        raise NotAllowed(N_("Only a coordinator, the director or the administrator can do this."))


def backup(vault: Vault, target: str, *, force: bool = False, progress: Progress = nobody) -> Copied:
    """Copy the file, up to its last whole save, to `target`; others may write meanwhile. Read back before it counts.

    An older backup of the same school is replaced; anything else only by `force`. On any error `target` is as it was.
    Raises NotAllowed, UsageError, Damaged or Rollback for a file that is not backed up, NotSaved or Busy.
    """
    _require_care(vault)
    machine, begun = vault.machine, vault.machine.monotonic()
    with vault.holding():
        source, mark, size = vault.journal, vault.mark, vault.journal.end
        _require_replaceable(vault, target, mark, force=force)
        # The name may lead to another generation by the time of the copy: this descriptor does not.
        fd = source.share()
    try:
        _sweep(machine, target)
        with _temporary(machine, target) as (temporary, copy):
            _copy(machine, fd, copy, size, progress)
            _read_back(vault, temporary, mark, vault.journal.lock)
            try:
                machine.files.rename(temporary, target)
            except OSError as error:
                raise _not_made(target, error) from None
        _sync_name(machine, target)
    finally:
        machine.files.close(fd)
    progress(1)
    return Copied(target, mark, size, machine.monotonic() - begun)


def _sync_name(machine: Machine, target: str) -> None:
    try:
        machine.files.sync_folder(target)
    except OSError as error:
        raise NotSaved(
            N_("The backup lies at {path}, but the disk did not confirm its name: {reason}. Make it once more."),
            path=target,
            reason=error.strerror,
        ) from None


def _require_replaceable(vault: Vault, target: str, mark: Mark, *, force: bool) -> None:
    """Raise UsageError where a backup would go over something that is no older backup of this school."""
    if os.path.exists(target) and os.path.samefile(target, vault.path):  # noqa: PTH110, PTH121
        raise UsageError(N_("{path} is the school's file itself."), path=target)
    if not os.path.lexists(target):
        return
    there = lying(vault.machine, target)
    same = there.header is not None and there.header.vault_id == vault.id
    if not force and not (same and there.place <= mark.place):
        raise UsageError(
            N_("At {path} lies something else than an older backup of this school. It was left alone. Then: --force."),
            path=target,
        )


def lying(machine: Machine, path: str) -> Lying:
    """Look at the file at a path without any key: whose it says it is, and how many frames it seems to have."""
    try:
        journal = Journal(path, machine)
    except VaultError:
        return Lying(None, 0)
    try:
        return Lying(journal.header, journal.count())
    except VaultError:
        return Lying(journal.header, 0)
    finally:
        journal.close()


def look_at_backup(backup: Vault, path: str) -> Putting:
    """Say what putting the file that `backup` has opened back at `path` means. Raises UsageError for another school's.

    Whom it lets back in can be told as far as the file that lies there opens with the same keys.
    """
    _require_care(backup)
    if not os.path.lexists(path):
        return Putting(Offer(backup.mark, last_saved(backup.state), (), known=False), None, newer=False)
    if os.path.exists(path) and os.path.samefile(path, backup.path):  # noqa: PTH110, PTH121
        raise UsageError(N_("{path} is the school's file itself."), path=path)
    there = lying(backup.machine, path)
    if there.header is not None and there.header.vault_id != backup.id:
        raise UsageError(N_("At {path} lies the file of another school. It was left alone."), path=path)
    replaced = read_replaced(backup, path, Lock(f"{path}.lock", backup.machine))
    back: tuple[Back, ...] = ()
    if replaced is not None:
        me = replaced.directory.people.get(backup.me.id)
        if me is None or not may_care(me) or me.sign != backup.me.sign:
            raise NotAllowed(N_("By the file that lies here you may not do this any more."))
        back = tuple(lets_back_in(backup.directory, replaced.directory))
    found = Offer(backup.mark, last_saved(backup.state), back, replaced is not None)
    return Putting(found, there, newer=there.place > backup.mark.place)


def restore(backup: Vault, path: str, *, older: bool = False, progress: Progress = nobody) -> Restored:
    """Put the file that `backup` has opened back at `path`, after checking every byte and signature of it.

    Never over one that goes further without `older`; what lay there is kept beside. On any error, and wherever the
    program dies, what lay there lies there still, or the backup does, whole.
    Raises NotAllowed, UsageError, Damaged, NotSaved or Busy.
    """
    machine, files, begun = backup.machine, backup.machine.files, backup.machine.monotonic()
    putting = look_at_backup(backup, path)
    if putting.newer and not older:
        raise UsageError(
            N_("The file that lies here goes further than the backup: what was saved since would go. Then: --older.")
        )
    report = verify(backup, lambda part: progress(part * 0.8))
    if not report.whole:
        raise Damaged(
            N_("The backup is not whole, so nothing was put back; try an older one. {problem}"),
            problem=report.problems[0],
        )
    mark, size = backup.mark, backup.journal.end
    fd, kept = backup.journal.share(), ""
    lock = Lock(f"{path}.lock", machine)
    try:
        with lock.held(fd):
            # Under the lock nobody else is making one: whoever began it was killed.
            files.clear_leftovers(path)
            with _temporary(machine, path) as (temporary, copy):
                _copy(machine, fd, copy, size, lambda part: progress(0.8 + part * 0.2))
                _read_back(backup, temporary, mark, lock)
                if putting.there is not None and lying(machine, path).place != putting.there.place:
                    raise NotSaved(N_("Somebody saved in the file meanwhile. Nothing was put back; look again."))
                try:
                    kept = _keep(machine, path, putting.there, copy) if os.path.lexists(path) else ""
                    files.rename(temporary, path)
                except OSError as error:
                    raise _not_made(path, error) from None
            # If its name does not get onto the disk, the next writer sees to that.
            with contextlib.suppress(OSError):
                files.sync_folder(path)
    finally:
        files.close(fd)
        lock.close()
    progress(1)
    return Restored(Copied(path, mark, size, machine.monotonic() - begun), kept)


def _keep(machine: Machine, path: str, there: Lying | None, copy: int) -> str:
    """Give what lies there a second name, and the copy its rights; raises OSError."""
    files = machine.files
    fd = files.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        files.share_owner(copy, fd)
        files.sync(copy)
    finally:
        files.close(fd)
    generation, seq = there.place if there else (0, 0)
    stem = f"{path}.{KEPT}-{generation}-{seq}"
    for number in range(1, _SOME + 1):
        name = f"{stem}.pest" if number == 1 else f"{stem}-{number}.pest"
        try:
            files.link(path, name)
        except FileExistsError:
            if files.look(name).inode == files.look(path).inode:
                return name  # from an attempt that was cut short
            if number == _SOME:
                raise
        else:
            files.sync_folder(path)
            return name
    return ""


@contextlib.contextmanager
def _temporary(machine: Machine, path: str) -> Iterator[tuple[str, int]]:
    """Make an empty file beside `path` that only its owner can read; whatever is left of it in the end goes."""
    files = machine.files
    temporary = f"{path}.new-{machine.random(4).hex()}"
    try:
        fd = files.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    except OSError as error:
        raise _not_made(path, error) from None
    try:
        with contextlib.suppress(OSError):
            files.try_lock(fd)
        yield temporary, fd
    finally:
        files.close(fd)
        if os.path.lexists(temporary):
            with contextlib.suppress(OSError):
                files.remove(temporary)


def _sweep(machine: Machine, path: str) -> None:
    """Remove what programs that were killed have left; a living one holds the lock of what it is making."""
    files = machine.files
    with contextlib.suppress(OSError):
        for leftover in files.leftovers(path):
            with contextlib.suppress(OSError):
                fd = files.open(leftover, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    if files.try_lock(fd):
                        files.remove(leftover)
                finally:
                    files.close(fd)


def _copy(machine: Machine, source: int, target: int, size: int, progress: Progress) -> None:
    """Copy the first `size` bytes and return once they are on the disk; raises NotSaved."""
    files, at = machine.files, 0
    try:
        while at < size:
            piece = files.read(source, min(_PIECE, size - at), at)
            if not piece:
                raise NotSaved(N_("The file was cut short while it was copied. Nothing was made; try again."))
            write_all(files, target, piece, at)
            at += len(piece)
            progress(at / size * 0.5)
        files.sync(target)
    except OSError as error:
        raise NotSaved(
            N_("The copy could not be made: {reason}. What was there before is there still."), reason=error.strerror
        ) from None


def _read_back(vault: Vault, path: str, mark: Mark, lock: Lock) -> None:
    """Read a copy from the disk, every byte of it, with the vault key; raises Damaged unless it ends at `mark`."""
    journal = Journal(path, vault.machine, lock=lock)
    try:
        journal.use_key(vault.vault_key)
        for _ in journal.read_new():
            pass
        whole = journal.damage is None and not journal.torn and journal.mark == mark
    finally:
        journal.close_file()
    if not whole:
        raise Damaged(N_("The copy is not what was to be copied. What was there before is there still."))


def _not_made(path: str, error: OSError) -> VaultError:
    return NotSaved(N_("The file {path} cannot be made: {reason}."), path=path, reason=error.strerror)
