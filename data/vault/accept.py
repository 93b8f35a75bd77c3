"""A restored file becomes the school's again: a steward accepts it, and lets nobody back in by that."""

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..errors import N_, NotAllowed, UsageError, VaultError
from . import crypto
from .compact import Compacted, write_anew
from .directory import Directory
from .entries import STEWARDS, Acceptance, CircleKind, Status, fingerprint
from .journal import Journal
from .lock import Lock
from .mark import Mark
from .operations import DropSlot
from .progress import Progress, nobody
from .slots import CODE, PASSPHRASE, Slot
from .state import State
from .transaction import Transaction, let_go
from .vault import Vault

KEPT = "before-restore"
"""How the file that a restored one replaced is called: `<file>.before-restore-<generation>-<seq>.pest`."""


PUT_BACK = N_(
    "A coordinator or the director has put back an older copy of the school's file: what was saved after it is gone."
)
"""What everybody else is told, once."""

FOR_A_COLLEAGUE = N_(
    "To you nothing looks older: only a colleague's program has seen more than is in this file. Accepting does not "
    "bring that back. It gives it up, for everybody and for good, and it stays in the file that you did so. Look for "
    "the newer file or a newer backup first, and ask that colleague what they saved last."
)
"""What a steward is told who accepts although their own program has no alarm."""

FURTHEST = 1000
"""How many generations a colleague's number may lie ahead: each one that is skipped takes room in every later file."""


class Why(StrEnum):
    """What the lost part of the file had taken from somebody."""

    LEFT = "left"
    KEYS = "keys"
    TASKS = "tasks"
    CIRCLES = "circles"


TOLD = {
    Why.LEFT: N_("had left: goes out again"),
    Why.KEYS: N_("had got new keys: needs a new code"),
    Why.TASKS: N_("had other tasks: loses these again"),
    Why.CIRCLES: N_("had been taken out of a case or group: goes out again"),
}
"""What the lost part of the file had done to somebody, and what accepting does about it."""


@dataclass(frozen=True)
class Back:
    """Somebody whom a restored file lets back in to something, and by what that had been taken away."""

    person: bytes
    login: str
    name: str
    why: Why


@dataclass(frozen=True)
class Replaced:
    """A file that was there before: how far it went, whom it knew, and their keyslots."""

    mark: Mark
    directory: Directory
    slots: Mapping[bytes, Slot]


@dataclass(frozen=True)
class Offer:
    """What accepting means: where the restored file ends, when somebody last saved in it, whom it lets back in.

    `saved` is in milliseconds since 1970. `known` is False where the file it replaced is not there to ask.
    `colleague`: to who would accept nothing looks older, and only a colleague's program knows of more.
    """

    mark: Mark
    saved: int
    back: tuple[Back, ...]
    known: bool
    colleague: bool = False


def last_saved(state: State) -> int:
    """Return when somebody last wrote a document, by their clock; 0 in a file without any."""
    return max((head.record.time for table in state.tables.values() for head in table.values()), default=0)


def lets_back_in(restored: Directory, replaced: Directory) -> list[Back]:
    """Return who may do or open more by a restored file than by the one it replaces."""
    found = []
    for person in restored.people.values():
        now = replaced.people.get(person.id)
        if now is None or person.status is Status.LEFT or not person.login:
            continue
        reasons = {
            Why.LEFT: now.status is Status.LEFT,
            Why.KEYS: (now.sign, now.box) != (person.sign, person.box),
            Why.TASKS: bool(STEWARDS & set(person.roles) - set(now.roles)),
            Why.CIRCLES: bool(_taken_out(restored, replaced, person.id)),
        }
        why = next((reason for reason, holds in reasons.items() if holds), None)
        if why is not None:
            found.append(Back(person.id, person.login, person.name, why))
    return found


def _taken_out(restored: Directory, replaced: Directory, member: bytes) -> list[bytes]:
    """Return the circles that somebody is in again by a restored file."""
    return [
        circle
        for circle, inside in restored.members.items()
        if member in inside
        and circle in replaced.circles
        and member not in replaced.members.get(circle, {})
        and restored.circles[circle].kind is not CircleKind.PERSON
    ]


def replaced_files(vault: Vault) -> list[Replaced]:
    """Return the files that lay here and went further than this one, as far as this person can open them."""
    accepted = max((generation for generation, _ in vault.directory.acceptances), default=0)
    names = sorted(glob.glob(f"{glob.escape(vault.path)}.{KEPT}-*"))  # noqa: PTH207
    found = (read_replaced(vault, name, vault.journal.lock) for name in names)
    # One that was dealt with by an earlier acceptance has a number below it.
    return [one for one in found if one and one.mark.generation >= accepted and one.mark.place > vault.mark.place]


def read_replaced(vault: Vault, path: str, lock: Lock) -> Replaced | None:
    """Read a file of the same school with this person's keys, as far as it is whole; None where it does not open."""
    try:
        journal = Journal(path, vault.machine, lock=lock)
    except VaultError:
        return None
    try:
        if journal.header.vault_id != vault.id:
            return None
        journal.use_key(vault.key_of(journal, vault.opened))
        state = vault.empty_state(journal)
        for written in journal.read_new():
            state.apply(written)
        return Replaced(journal.mark, state.directory, state.slots) if state.maker else None
    except VaultError:
        return None
    finally:
        journal.close_file()


def offer(vault: Vault, replaced: Sequence[Replaced], seen: Mark | None = None) -> Offer:
    """Return what a steward is told before they accept the file that `vault` has opened; raises as `accept` does."""
    _require_reason(vault, replaced, seen)
    back = {one.person: one for other in reversed(replaced) for one in lets_back_in(vault.directory, other.directory)}
    colleague = vault.alarm is None and not replaced
    return Offer(vault.mark, last_saved(vault.state), tuple(back.values()), bool(replaced), colleague)


def _require_reason(vault: Vault, replaced: Sequence[Replaced], seen: Mark | None) -> None:
    """Raise NotAllowed for who is no steward, Damaged, UsageError where nothing is missing from this file."""
    if not vault.me.steward:
        raise NotAllowed(N_("Only a coordinator or the director can do this."))
    if vault.damage is not None and vault.alarm is None:
        raise vault.damage
    if seen is not None:
        _require_missing(vault, seen)
    elif vault.alarm is None and not replaced:
        raise UsageError(
            N_(
                "Nothing newer than this file was ever seen here: there is nothing to accept. Does a colleague have "
                "the alarm? Then ask them for the number in it: pesttui accept --seen NUMBER (or School, a)."
            )
        )


def _require_missing(vault: Vault, seen: Mark) -> None:
    """Raise UsageError where nothing that a colleague's program has `seen` is missing, as far as can be told from here.

    In a file written anew it cannot: who made that may have left people out, which only the pin itself shows.
    """
    mark, me = vault.mark, fingerprint(vault.me)
    if seen.generation > mark.generation + FURTHEST:
        raise UsageError(N_("There is no such number of this school's file: {number}"), number=seen.number)
    if any(generation > seen.generation and signer == me for generation, signer in vault.directory.acceptances):
        raise UsageError(
            N_(
                "You have accepted that already. Your colleague goes on as soon as their program has read it, at the "
                "latest when they log in again."
            )
        )
    if seen.generation == mark.generation and _digest_at(vault, seen.seq).startswith(seen.digest):
        raise UsageError(
            N_(
                "Here is all that your colleague's program has seen: nothing is missing, so there is nothing to "
                "accept. Is the alarm still there? Then it is about another file than {path}."
            ),
            path=vault.path,
        )


def _digest_at(vault: Vault, seq: int) -> bytes:
    """Return the hash of the file up to a frame; empty where no save ends there."""
    journal = Journal(vault.path, vault.machine, lock=vault.journal.lock)
    try:
        journal.use_key(vault.vault_key)
        journal.watch = seq
        for _ in journal.read_new():
            pass
        return journal.watched or b""
    finally:
        journal.close_file()


def accept(
    vault: Vault, replaced: Sequence[Replaced] = (), *, seen: Mark | None = None, progress: Progress = nobody
) -> Compacted:
    """Take a restored file, which `vault` has opened, for the school's from here on; stewards only.

    One transaction in a file written anew: the acceptance, a generation above all that are known, another vault key.
    Who left, lost tasks or a circle in the lost part (`replaced`) does so again; who got new keys there has no keyslot
    until they are given a code; a passphrase that was changed there stays changed. Everything stays as it was on any
    error. `seen` is how far a colleague's program saw the lost file, where this one's pin does not know of that.
    Raises NotAllowed, UsageError where there is nothing to accept, NotSaved or Busy.
    """
    _require_reason(vault, replaced, seen)
    for one in replaced:
        me = one.directory.people.get(vault.me.id)
        if me is None or not me.steward or me.sign != vault.me.sign:
            raise NotAllowed(N_("By the file that lay here before you may not do this any more. Ask another steward."))
    with vault.rewriting(accepting=True) as transaction:
        _require_reason(vault, replaced, seen)  # the right file may have been put back while the lock was waited for
        mark = vault.mark
        known = [mark, *(one.mark for one in replaced), vault.pin.mark if vault.pin else None, seen]
        generation = 1 + max(one.generation for one in known if one is not None)
        transaction.say(Acceptance(generation, mark.generation, mark.seq, mark.digest))
        for one in replaced:
            _shut_out(transaction, one.directory)
            _keep_passphrases(transaction, one)
        transaction.renew_stale()
        return write_anew(vault, transaction, new_key=True, generation=generation, progress=progress)


def _shut_out(transaction: Transaction, replaced: Directory) -> None:
    """Take away again what the lost part of the file had taken from people."""
    vault = transaction.vault
    for back in lets_back_in(vault.directory, replaced):
        person, now = transaction.directory.people[back.person], replaced.people[back.person]
        if person.status is Status.LEFT:
            continue
        if now.status is Status.LEFT:
            let_go(transaction, person)
            continue
        for circle in _taken_out(vault.directory, replaced, person.id):
            if person.id in transaction.directory.members.get(circle, {}):
                transaction.leave(circle, person.id)
        if STEWARDS & set(person.roles) - set(now.roles):
            transaction.say(replace(person, roles=now.roles))
        if (now.sign, now.box) != (person.sign, person.box):
            for kind in (PASSPHRASE, CODE):
                transaction.operations.append(DropSlot(crypto.label(vault.id, kind, person.login)))


def _keep_passphrases(transaction: Transaction, replaced: Replaced) -> None:
    """Let everybody who kept their keys log in with the passphrase they had last."""
    vault = transaction.vault
    for person in vault.directory.people.values():
        now = replaced.directory.people.get(person.id)
        label = crypto.label(vault.id, PASSPHRASE, person.login)
        slot, before = replaced.slots.get(label), vault.state.slots.get(label)
        if now is not None and slot and before and slot.salt != before.salt and now.sign == person.sign:
            transaction.slots.append(slot)
