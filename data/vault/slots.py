"""Keyslots: a passphrase or code opens a person's seed, and the seed opens the vault key."""

from dataclasses import dataclass, replace

from ..errors import N_, Broken
from . import crypto
from .codec import Reader, Writer
from .crypto import Cost, Keys

PASSPHRASE, CODE, RECOVERY = 1, 2, 3

_SECRET = 32 + 32 + 8


@dataclass(frozen=True)
class Slot:
    """One keyslot. `vault_key` is renewed by a steward without knowing the passphrase; the rest is sealed."""

    kind: int
    label: bytes
    cost: Cost
    salt: bytes
    commitment: bytes
    nonce: bytes
    sealed: bytes
    vault_key: bytes

    def _front(self) -> bytes:
        return (
            Writer()
            .number(self.kind, 1)
            .raw(self.label, 8)
            .number(self.cost.time, 4)
            .number(self.cost.memory, 4)
            .number(self.cost.lanes, 4)
            .raw(self.salt, 16)
            .raw(self.commitment, 32)
            .done()
        )

    def encode(self) -> bytes:
        """Return the slot as it lies in its frame."""
        return (
            Writer()
            .raw(self._front())
            .raw(self.nonce, crypto.NONCE)
            .raw(self.sealed, _SECRET + crypto.TAG)
            .raw(self.vault_key, crypto.KEY + crypto.HPKE_EXTRA)
            .done()
        )

    @classmethod
    def decode(cls, body: bytes) -> "Slot":
        """Read a slot out of its frame's body; raises `Damaged`."""
        reader = Reader(Reader(body).blob())
        kind, label = reader.number(1), reader.raw(8)
        cost = Cost(reader.number(4), reader.number(4), reader.number(4))
        slot = cls(
            kind, label, cost, reader.raw(16), reader.raw(32), reader.raw(12), reader.raw(_SECRET + crypto.TAG),
            reader.raw(crypto.KEY + crypto.HPKE_EXTRA),
        )  # fmt: skip
        reader.end()
        return slot

    def renewed(self, box: bytes, vault_key: bytes, vault_id: bytes, epoch: int, person: bytes) -> "Slot":
        """Return it with another vault key, for a person's public key; raises ValueError for a key that is none."""
        return replace(self, vault_key=crypto.wrap(box, vault_key, vault_key_context(vault_id, epoch, person)))

    def context(self, vault_id: bytes) -> bytes:
        """Return what the sealed part is bound to."""
        return b"pesttui slot v1" + vault_id + self._front()


@dataclass(frozen=True)
class Opened:
    """What a keyslot held: the person's seed, the founder's fingerprint, the person's id."""

    keys: Keys
    root: bytes
    person: bytes


def _split(stretched: bytes) -> tuple[bytes, bytes]:
    return crypto.derive(stretched, b"pesttui slot key v1"), crypto.derive(stretched, b"pesttui slot commitment v1")


def vault_key_context(vault_id: bytes, epoch: int, person: bytes) -> bytes:
    """Return what the vault key's wrap for a person is bound to."""
    return b"pesttui vault key v1" + vault_id + epoch.to_bytes(2, "little") + person


def make_slot(
    opened: Opened, *, kind: int, login: str, secret: str, vault_id: bytes, vault_key: bytes, epoch: int,
    cost: Cost, salt: bytes, nonce: bytes,
) -> Slot:  # fmt: skip
    """Make the slot that `secret` opens; takes as long as `cost` says."""
    key, commitment = _split(crypto.stretch(secret, salt, cost))
    wrapped = crypto.wrap(opened.keys.box_public, vault_key, vault_key_context(vault_id, epoch, opened.person))
    bare = Slot(kind, crypto.label(vault_id, kind, login), cost, salt, commitment, nonce, b"", wrapped)
    plain = opened.keys.seed + opened.root + opened.person
    return replace(bare, sealed=crypto.seal(key, nonce, plain, bare.context(vault_id)))


def open_slot(slot: Slot, secret: str, vault_id: bytes) -> Opened | None:
    """Return what the slot holds, or None if this is not its passphrase.

    Raises Damaged, before any work, for a cost that no program of ours wrote. The commitment is compared
    first: AES-GCM alone would let one slot open under two passphrases.
    """
    if not slot.cost.bearable():
        raise Broken(N_("A keyslot asks for more or less work than any pesttui does."))
    key, commitment = _split(crypto.stretch(secret, slot.salt, slot.cost))
    if commitment != slot.commitment:
        return None
    plain = crypto.unseal(key, slot.nonce, slot.sealed, slot.context(vault_id))
    if plain is None or len(plain) != _SECRET:
        return None
    return Opened(Keys(plain[:32]), plain[32:64], plain[64:])
