"""Writing the file anew: what no longer counts goes, and with a new vault key so do those who have left.

The new generation is made beside the old one, read back and compared, and takes its name under the writers' lock: a
crash leaves the one or the other, whole.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..errors import N_, Damaged, NotSaved
from . import crypto, slots
from .entries import Status, VaultKey
from .frames import Header
from .journal import Journal, create_file
from .operations import Checkpoint, Operation, Put, PutEntry, PutGrant, Wrap, encode
from .progress import Progress, nobody
from .reading import Transaction as Written
from .records import Place, Record
from .slots import Slot
from .state import State
from .transaction import Transaction
from .vault import Vault


@dataclass(frozen=True)
class Compacted:
    """What writing the file anew did: its new generation, and its size in bytes before and after."""

    generation: int
    before: int
    after: int


def compact(
    vault: Vault,
    change: Callable[[Transaction], None] | None = None,
    *,
    new_key: bool = False,
    progress: Progress = nobody,
) -> Compacted:
    """Write the file anew with what counts now, and what `change` says about people and circles.

    With `new_key` under a new vault key, which everybody who is still there gets into their keyslot: stewards only.
    Reads and checks every signature; about a tenth of a millisecond each. Everything stays as it was on any error.
    Raises NotSaved, Busy, NotAllowed, or Damaged where the new file is not what was to be written.
    """
    with vault.rewriting() as transaction:
        if change:
            change(transaction)
        return write_anew(vault, transaction, new_key=new_key, progress=progress)


def write_anew(
    vault: Vault, transaction: Transaction, *, new_key: bool, generation: int = 0, progress: Progress = nobody
) -> Compacted:
    """Write the file anew within `rewriting`, as the next generation or, accepting a restored file, a later one.

    Raises as `compact` does.
    """
    machine, old = vault.machine, vault.journal
    epoch, vault_key = old.epoch, vault.vault_key
    if new_key:
        epoch, vault_key = max(vault.directory.vault_keys) + 1, vault.new_key()
        transaction.say(VaultKey(epoch, crypto.sha256(vault_key)))
    state = _replay(vault, transaction, accepting=bool(generation), progress=progress)
    operations = list(_kept(state))
    before = old.header.generation
    header = Header(vault.id, machine.random(16), generation or before + 1)
    # Of what a restored file does not know nothing is said: no pin takes this for what came after it.
    skipped = ((number, 0, bytes(32)) for number in range(before + 1, header.generation))
    plain = Checkpoint(vault.me.id, (*state.earlier, (before, old.seq, old.digest), *skipped))
    signed = plain.signed(crypto.sha256(header.encode()), crypto.sha256(encode(operations)))
    operations.append(replace(plain, signature=vault.opened.keys.sign(signed)))
    kept = list(_slots(vault, state, vault_key, epoch) if new_key else state.slots.values())

    temporary = f"{old.path}.new-{machine.random(4).hex()}"
    machine.files.clear_leftovers(old.path)  # under the lock nobody else is making one: whoever began it was killed
    try:
        create_file(temporary, header, machine)
        fresh = Journal(temporary, machine, lock=old.lock)
        try:
            fresh.use_key(vault_key, epoch)
            fresh.append(encode(operations), kept, first=True)
            _compare(vault, temporary, vault_key, state)
            fresh.take_place(old)
        finally:
            fresh.close_file()
    except BaseException:
        with contextlib.suppress(OSError):
            if os.path.lexists(temporary):
                machine.files.remove(temporary)
        raise
    return Compacted(header.generation, old.end, fresh.end)


def _replay(vault: Vault, transaction: Transaction, *, accepting: bool = False, progress: Progress = nobody) -> State:
    """Read the file from its first byte, and behind it what is to be added; keeps what counted, in order."""
    journal = Journal(vault.path, vault.machine, lock=vault.journal.lock)
    try:
        journal.use_key(vault.vault_key)
        state = vault.empty_state(journal)
        state.accepted, state.accepting = [], accepting
        for written in journal.read_new():
            state.apply(written)
            progress(journal.end / vault.journal.end / 2)
        if journal.damage or journal.seq != vault.journal.seq or journal.digest != vault.journal.digest:
            raise journal.damage or NotSaved(N_("The file is damaged, so nothing is written to it."))
        refused = len(state.problems)
        state.apply(Written(journal.seq + 1, tuple(transaction.slots), encode(transaction.operations), first=False))
        if len(state.problems) > refused:
            raise NotSaved(N_("A part of this could not be done. Nothing was saved."))
    finally:
        journal.close_file()
    places = _places(state)
    for number, place in enumerate(places, 1):
        state.standing(place)
        progress(0.5 + 0.4 * number / len(places))
    return state


def _kept(state: State) -> Iterator[Operation]:
    """Yield what the new file holds: the whole directory, each document's last genuine record, what opens them."""
    assert state.accepted is not None
    standing: dict[Place, Record] = {}
    for table, documents in state.tables.items():
        for ident in documents:
            found = state.standing((table, ident))
            if found is not None:
                standing[table, ident] = found.record
    grants = {place: {id(grant) for grant in state.granted(place)} for place in standing}
    for operation in state.accepted:
        match operation:
            case PutEntry():
                yield operation
            case Put(place, record) if standing.get(place) is record:
                yield operation
            case PutGrant(place, grant) if id(grant) in grants.get(place, ()):
                yield operation
            case Wrap(circle, epoch, member, wrapped):
                if wrapped in state.wraps.get(circle, {}).get((member, epoch), ()):
                    yield operation


def _slots(vault: Vault, state: State, vault_key: bytes, epoch: int) -> Iterator[Slot]:
    """Yield the keyslots of everybody who is still there, with the new vault key in them."""
    for person in state.directory.people.values():
        if person.status is Status.LEFT:
            continue
        for kind in (slots.PASSPHRASE, slots.CODE, slots.RECOVERY):
            slot = state.slots.get(crypto.label(vault.id, kind, person.login))
            if slot is not None and (kind == slots.RECOVERY) == (not person.login):
                with contextlib.suppress(ValueError):  # a public key that is none must keep nobody else in
                    yield slot.renewed(person.box, vault_key, vault.id, epoch, person.id)


def _compare(vault: Vault, path: str, vault_key: bytes, wanted: State) -> None:
    """Read the new file back; raises Damaged unless it adds up to what was to be written."""
    journal = Journal(path, vault.machine, lock=vault.journal.lock)
    try:
        journal.use_key(vault_key)
        found = vault.empty_state(journal)
        for written in journal.read_new():
            found.apply(written)
    finally:
        journal.close_file()
    there = _places(found)
    same = (
        not journal.damage
        and not found.problems
        and found.directory.last == wanted.directory.last
        and all(found.granted(place) == wanted.granted(place) for place in there)
        and found.places() == there
        and _wraps(found) == _wraps(wanted)
        and {place: found.tables[place[0]][place[1]].record.signature for place in there} == _genuine(wanted)
    )
    if not same:
        raise Damaged(N_("The new file is not what was to be written. The old one stays in its place."))


def _places(state: State) -> set[Place]:
    return {(table, ident) for table, documents in state.tables.items() for ident in documents}


def _genuine(state: State) -> dict[Place, bytes]:
    """Return the signature of each document's standing record: all of them were checked when it was replayed."""
    found = ((place, state.standing(place)) for place in _places(state))
    return {place: stored.record.signature for place, stored in found if stored is not None}


def _wraps(state: State) -> dict[bytes, dict[tuple[bytes, int], set[bytes]]]:
    found = {
        circle: {member: set(wraps) for member, wraps in members.items()} for circle, members in state.wraps.items()
    }
    return {circle: members for circle, members in found.items() if members}
