"""How a vault is made, and how people come into it: the founder, the recovery code, invitations, first log-ins."""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import N_, NoEntry, NotAllowed, UsageError, VaultError
from . import codes, crypto, slots
from .crypto import Cost, Keys, sha256
from .entries import CircleKind, Person, Role, Status, VaultKey
from .frames import Header
from .journal import Journal, create_file
from .lock import Lock
from .machine import Machine
from .operations import Checkpoint, DropSlot, Operation, encode
from .slots import Opened
from .state import Policy
from .vault import Transaction, Vault

CODE_DAYS = 14
"""How long a one-time code is accepted: long enough for a holiday week, short for a slip of paper."""

MINIMUM_PASSPHRASE = 10
"""The shortest passphrase that is taken, in characters."""

_CIRCLES: tuple[tuple[CircleKind, frozenset[Role]], ...] = (
    (CircleKind.EVERYONE, frozenset(Role)),
    (
        CircleKind.STAFF,
        frozenset({Role.TEACHER, Role.COORDINATOR, Role.IB, Role.DIRECTOR, Role.COUNSELLOR, Role.RECOVERY}),
    ),
    (CircleKind.LEAD, frozenset({Role.COORDINATOR, Role.IB, Role.RECOVERY})),
    (CircleKind.DIRECTION, frozenset({Role.COORDINATOR, Role.DIRECTOR, Role.RECOVERY})),
)
"""Which roles take part in which circle by themselves; groups and cases come on top, person by person."""


def circles_for(roles: Iterable[Role]) -> list[CircleKind]:
    """Return the kinds of circle that somebody with these roles takes part in."""
    held = set(roles)
    return [kind for kind, wanted in _CIRCLES if held & wanted]


def check_passphrase(passphrase: str) -> None:
    """Raise UsageError for a passphrase that is too short to protect anything."""
    if len(passphrase.strip()) < MINIMUM_PASSPHRASE:
        raise UsageError(
            N_("A passphrase has at least {count} characters; four or more words work well."), count=MINIMUM_PASSPHRASE
        )


@dataclass(frozen=True)
class Founder:
    """Who makes a vault."""

    login: str
    name: str
    passphrase: str
    roles: tuple[Role, ...] = (Role.COORDINATOR,)


def create(
    path: str,
    founder: Founder,
    *,
    machine: Machine,
    policies: Mapping[str, Policy],
    fill: Callable[[Vault], None],
    cost: Cost = crypto.STANDARD,
) -> tuple[Vault, str]:
    """Make a school's vault and return the founder's session and the recovery code.

    The file appears at `path` once everything that `fill` writes is in it; never over an existing file.
    Raises UsageError or VaultError.
    """
    check_passphrase(founder.passphrase)
    if os.path.lexists(path):
        raise VaultError(N_("There is already a file at {path}; it was left alone."), path=path)
    temporary = f"{path}.new-{machine.random(4).hex()}"
    header = Header(machine.random(16), machine.random(16), 1)
    create_file(temporary, header, machine)
    journal = None
    try:
        journal = Journal(temporary, machine, lock=Lock(f"{path}.lock", machine))
        with journal.locked():
            # Under the lock nobody else is making this vault: whoever began these was killed.
            machine.files.clear_leftovers(path, besides=temporary)
            vault = Vault(journal, machine, policies)
            recovery_code = _genesis(vault, founder, cost)
            fill(vault)
            journal.publish(path)
    except BaseException:
        if journal:
            journal.close()
        with contextlib.suppress(OSError):
            if os.path.lexists(temporary):
                machine.files.remove(temporary)
        raise
    return vault, recovery_code


def _genesis(vault: Vault, founder: Founder, cost: Cost) -> str:
    """Write the first transaction: founder, recovery, the four circles that exist once, both keyslots."""
    machine = vault.machine
    keys, recovery_keys = Keys(vault.new_key()), Keys(vault.new_key())
    root = sha256(keys.sign_public)
    opened = Opened(keys, root, machine.random(8))
    recovery = Opened(recovery_keys, root, machine.random(8))
    vault_key = vault.new_key()
    vault.journal.use_key(vault_key, 1)
    vault.begin(opened, vault_key)

    transaction = Transaction(vault)
    people = (
        _person(opened, founder.login.strip(), founder.name.strip(), founder.roles),
        _person(recovery, "", "", (Role.RECOVERY,)),
    )
    transaction.say(people[0], VaultKey(1, sha256(vault_key)), people[1])
    for kind, _ in _CIRCLES:
        circle = transaction.new_circle(kind, "")
        for person in people:
            if kind in circles_for(person.roles):
                transaction.join(circle.id, person.id)
    own = transaction.new_circle(CircleKind.PERSON, opened.person.hex())
    transaction.join(own.id, opened.person)

    code = codes.encode(machine.random(codes.RECOVERY_BYTES))
    made = [
        slots.make_slot(
            who, kind=kind, login=login, secret=secret, vault_id=vault.id, vault_key=vault_key, epoch=1, cost=cost,
            salt=machine.random(16), nonce=machine.random(12),
        )
        for who, kind, login, secret in (
            (opened, slots.PASSPHRASE, founder.login, founder.passphrase),
            (recovery, slots.RECOVERY, "", code),
        )
    ]  # fmt: skip
    operations: list[Operation] = list(transaction.operations)
    plain = Checkpoint(opened.person, ())
    signed = plain.signed(vault.journal.first_hash, sha256(encode(operations)))
    operations.append(replace(plain, signature=keys.sign(signed)))
    vault.commit(operations, made, first=True)
    return code


def _person(opened: Opened, login: str, name: str, roles: tuple[Role, ...]) -> Person:
    keys = opened.keys
    return Person(opened.person, login, name, roles, Status.ACTIVE, keys.sign_public, keys.box_public)


@dataclass(frozen=True)
class Invitation:
    """What a new person gets on paper: a one-time code and the last moment it works."""

    person: bytes
    code: str
    until: datetime


def invite(
    vault: Vault,
    login: str,
    name: str,
    roles: Iterable[Role],
    *,
    groups: Iterable[bytes] = (),
    until: datetime | None = None,
    cost: Cost = crypto.STANDARD,
) -> Invitation:
    """Let somebody into the vault by a one-time code; stewards only.

    `groups` are circles of groups they teach. Raises UsageError for a login that is taken, NotAllowed.
    """
    if not vault.me.steward:
        raise NotAllowed(N_("Only a coordinator or the director can invite people."))
    if not login.strip() or not name.strip():
        raise UsageError(N_("A person has a login and a name."))
    if vault.directory.by_login(login):
        raise UsageError(N_("The login {login} is already in use."), login=login)
    machine = vault.machine
    opened = Opened(Keys(vault.new_key()), vault.opened.root, machine.random(8))
    code = codes.encode(machine.random(codes.ONE_TIME_BYTES))
    # The slow part, before the lock is taken.
    slot = slots.make_slot(
        opened, kind=slots.CODE, login=login, secret=code, vault_id=vault.id, vault_key=vault.vault_key,
        epoch=vault.journal.epoch, cost=cost, salt=machine.random(16), nonce=machine.random(12),
    )  # fmt: skip
    expires = machine.clock.now() + timedelta(days=CODE_DAYS)
    held = tuple(dict.fromkeys(roles))
    with vault.transaction() as transaction:
        if vault.directory.by_login(login):
            raise UsageError(N_("The login {login} is already in use."), login=login)
        transaction.say(
            replace(
                _person(opened, login.strip(), name.strip(), held),
                status=Status.INVITED,
                until=int(until.timestamp() * 1000) if until else 0,
                code_until=int(expires.timestamp() * 1000),
            )
        )
        for kind in circles_for(held):
            transaction.join(vault.directory.the(kind).id, opened.person)
        for group in groups:
            transaction.join(group, opened.person)
        transaction.admit(slot, opened)
    return Invitation(opened.person, code, expires)


def join(
    path: str,
    login: str,
    code: str,
    passphrase: str,
    *,
    machine: Machine,
    policies: Mapping[str, Policy],
    cost: Cost = crypto.STANDARD,
    pins: str = "",
) -> Vault:
    """Log in for the first time: take the one-time code, choose keys and a passphrase of one's own.

    One transaction: person entry with the new keys, signed by the invited ones; own circle; all wraps anew;
    passphrase slot in, code slot out. Raises NoEntry, UsageError or VaultError.
    """
    check_passphrase(passphrase)
    secret = codes.normalise(code)
    vault = Vault.unlock(path, login, secret, machine=machine, policies=policies, kind=slots.CODE, cost=cost)
    try:
        _take_over(vault, login, passphrase, cost)
    except BaseException:
        vault.close()
        raise
    if pins:
        vault.pin_to(pins)
    return vault


def _take_over(vault: Vault, login: str, passphrase: str, cost: Cost) -> None:
    machine, me = vault.machine, vault.me
    if me.status is not Status.INVITED or machine.milliseconds() > me.code_until:
        raise NoEntry(N_("This one-time code is no longer valid. Ask the coordinator for a new one."))
    opened = Opened(Keys(vault.new_key()), vault.opened.root, me.id)
    keys = opened.keys
    slot = slots.make_slot(
        opened, kind=slots.PASSPHRASE, login=login, secret=passphrase, vault_id=vault.id,
        vault_key=vault.vault_key, epoch=vault.journal.epoch, cost=cost, salt=machine.random(16),
        nonce=machine.random(12),
    )  # fmt: skip
    with vault.transaction() as transaction:
        if vault.me != me:
            raise NoEntry(N_("This one-time code is no longer valid. Ask the coordinator for a new one."))
        transaction.say(replace(me, status=Status.ACTIVE, sign=keys.sign_public, box=keys.box_public, code_until=0))
        transaction.rewrap(me.id)
        before = vault.directory.labelled(CircleKind.PERSON, me.id.hex())
        if before is None:
            own = transaction.new_circle(CircleKind.PERSON, me.id.hex(), signer=keys)
            transaction.join(own.id, me.id, signer=keys)
        else:
            transaction.restart(before.id, signer=keys)
        transaction.admit(slot, opened)
        transaction.operations.append(DropSlot(crypto.label(vault.id, slots.CODE, login)))
    vault.continue_as(opened)
