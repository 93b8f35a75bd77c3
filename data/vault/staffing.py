"""What happens to people after they came in: another passphrase, a reset, other tasks, leaving; the recovery code."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ..errors import N_, NoEntry, NotAllowed, UsageError
from . import codes, crypto, slots
from .compact import Compacted, compact
from .crypto import Cost, Keys
from .directory import Directory
from .entries import CircleKind, Person, Role, Status
from .machine import Machine
from .operations import DropSlot
from .people import CODE_DAYS, Invitation, check_passphrase, circles_for
from .slots import Opened
from .state import Policy
from .transaction import Transaction, let_go
from .vault import Vault

_BY_TASK = (
    CircleKind.EVERYONE,
    CircleKind.STAFF,
    CircleKind.LEAD,
    CircleKind.DIRECTION,
    CircleKind.GROUP,
)
"""The circles that come with somebody's roles and groups; cases come and go one by one."""


def change_passphrase(vault: Vault, old: str, new: str, *, cost: Cost = crypto.STANDARD) -> None:
    """Choose another passphrase for oneself. Slow twice: the old one is tried, the new one stretched.

    The keys stay: whoever knows the old one and has an old copy of the file still gets in there.
    Raises NoEntry for a wrong old one, UsageError, NotSaved or Busy.
    """
    check_passphrase(new)
    login = vault.me.login
    slot = vault.state.slots.get(crypto.label(vault.id, slots.PASSPHRASE, login))
    if slot is None or slots.open_slot(slot, old, vault.id) is None:
        raise NoEntry(N_("This is not your present passphrase."))
    made = _slot(vault, vault.opened, slots.PASSPHRASE, login, new, cost)
    with vault.transaction() as transaction:
        transaction.admit(made, vault.opened)


def reset(vault: Vault, person: bytes, *, cost: Cost = crypto.STANDARD) -> Invitation:
    """Give somebody new keys and a one-time code, as if they were invited anew; stewards only.

    What only they could open (private notes, the counsellor's compartment) is lost. The circles they are in get new
    keys, against whoever knows the old passphrase; one that this steward does not hold waits for somebody who does.
    Raises NotAllowed, UsageError, NotSaved or Busy.
    """
    known = _checked(vault, person)
    if person == vault.me.id:
        raise UsageError(N_("You cannot reset yourself: change your passphrase, or let another steward do it."))
    opened = Opened(Keys(vault.new_key()), vault.opened.root, person)
    code = codes.encode(vault.machine.random(codes.ONE_TIME_BYTES))
    made = _slot(vault, opened, slots.CODE, known.login, code, cost)
    expires = vault.machine.clock.now() + timedelta(days=CODE_DAYS)
    with vault.transaction() as transaction:
        now = _checked(vault, person)
        _require_holders(vault, person)
        keys, until = opened.keys, int(expires.timestamp() * 1000)
        transaction.say(
            replace(now, status=Status.INVITED, sign=keys.sign_public, box=keys.box_public, code_until=until)
        )
        transaction.rewrap(person)
        transaction.renew_stale()
        transaction.operations.append(DropSlot(crypto.label(vault.id, slots.PASSPHRASE, now.login)))
        transaction.admit(made, opened)
    return Invitation(person, code, expires)


def change_person(
    vault: Vault, person: bytes, *, roles: Iterable[Role], groups: Iterable[bytes], until: datetime | None
) -> None:
    """Give somebody other roles, groups (their circles) or another last day; stewards only.

    They enter what comes with the new tasks and leave what came with the old ones alone, which gets new keys. Cases
    stay as they are. Raises NotAllowed, UsageError for the last steward, NotSaved or Busy.
    """
    held = tuple(dict.fromkeys(roles))
    with vault.transaction() as transaction:
        before = _checked(vault, person)
        after = replace(before, roles=held, until=int(until.timestamp() * 1000) if until else 0)
        if before.steward and not (after.steward and not after.until):
            _require_another(vault.directory, person)
        transaction.say(after)
        wanted = {vault.directory.the(kind).id for kind in circles_for(held)} | set(groups)
        have = {circle.id for kind in _BY_TASK for circle in vault.directory.circles_of(person, kind)}
        for circle in sorted(have - wanted):
            transaction.leave(circle, person)
        transaction.renew_stale()
        for circle in sorted(wanted - have):
            transaction.join(circle, person)


def revoke(vault: Vault, person: bytes) -> Compacted:
    """Let somebody go for good; stewards only. One step: the file is written anew without them.

    Their keyslot and wraps are gone, the vault key is another, and so are the keys of the circles they could reach, as
    far as this steward holds them (the others: when somebody logs in who does). What they copied stays readable.
    Raises NotAllowed, UsageError for the last steward and for oneself, NotSaved or Busy.
    """

    def go(transaction: Transaction) -> None:
        known = _checked(vault, person)
        if person == vault.me.id:
            raise UsageError(N_("You cannot take out yourself. Let another coordinator or the director do it."))
        if known.steward:
            _require_another(vault.directory, person)
        let_go(transaction, known)
        transaction.renew_stale()

    return compact(vault, go, new_key=True)


def recover(
    path: str,
    code: str,
    *,
    machine: Machine,
    policies: Mapping[str, Policy],
    cost: Cost = crypto.STANDARD,
    pins: str = "",
) -> Vault:
    """Log in with the recovery code: a steward's session, to `reset` people from. Raises NoEntry, UsageError."""
    return Vault.unlock(path, "", code, machine=machine, policies=policies, kind=slots.RECOVERY, cost=cost, pins=pins)


def renew_recovery(vault: Vault, *, cost: Cost = crypto.STANDARD) -> str:
    """Make the printed recovery code worthless and return a new one; stewards only.

    Old copies of the file still open with the old code. Raises NotAllowed, also where the old one alone leads to
    something that others wait for; NotSaved or Busy.
    """
    found = next((person for person in vault.directory.people.values() if Role.RECOVERY in person.roles), None)
    if not vault.me.steward or found is None:
        raise NotAllowed(N_("Only a coordinator or the director can do this."))
    if found.id == vault.me.id:
        raise NotAllowed(N_("Log in as yourself for this: the recovery code cannot replace itself."))
    opened = Opened(Keys(vault.new_key()), vault.opened.root, found.id)
    code = codes.encode(vault.machine.random(codes.RECOVERY_BYTES))
    made = _slot(vault, opened, slots.RECOVERY, "", code, cost)
    with vault.transaction() as transaction:
        _require_holders(vault, found.id)
        now = vault.directory.people[found.id]
        transaction.say(replace(now, sign=opened.keys.sign_public, box=opened.keys.box_public))
        transaction.rewrap(found.id)
        transaction.renew_stale()
        transaction.admit(made, opened)
    return code


def _slot(vault: Vault, opened: Opened, kind: int, login: str, secret: str, cost: Cost) -> slots.Slot:
    machine = vault.machine
    return slots.make_slot(
        opened, kind=kind, login=login, secret=secret, vault_id=vault.id, vault_key=vault.vault_key,
        epoch=vault.journal.epoch, cost=cost, salt=machine.random(16), nonce=machine.random(12),
    )  # fmt: skip


def _checked(vault: Vault, person: bytes) -> Person:
    """Return somebody whom this steward can change; raises NotAllowed or UsageError."""
    if not vault.me.steward:
        raise NotAllowed(N_("Only a coordinator or the director can do this."))
    found = vault.directory.people.get(person)
    if found is None or found.status is Status.LEFT or Role.RECOVERY in found.roles:
        raise UsageError(N_("There is nobody with this login."))
    return found


def _require_holders(vault: Vault, person: bytes) -> None:
    """Raise NotAllowed where somebody's keys, which are to be replaced, are the last way to what a task shares."""
    directory = vault.directory
    for circle, inside in directory.members.items():
        known = directory.circles[circle]
        if person in inside and known.kind in _BY_TASK and not vault.can_open(circle):
            wraps = vault.state.wraps.get(circle, {})
            if not any((other, known.epoch) in wraps for other in inside if other != person):
                raise NotAllowed(
                    N_("This would throw the last key to something shared away. Use the recovery code first.")
                )


def _require_another(directory: Directory, person: bytes) -> None:
    """Raise UsageError unless somebody else can change people for as long as the school likes."""
    others = (other for other in directory.people.values() if other.id != person and Role.RECOVERY not in other.roles)
    if not any(other.steward and not other.until for other in others):
        raise UsageError(N_("Somebody has to be able to change people: make another coordinator or director first."))
