"""The keys that one person can reach: their own, and those of every circle that leads from there."""

from . import crypto
from .crypto import Keys
from .records import Grant, Place, Record
from .state import State


def wrap_context(vault_id: bytes, circle: bytes, epoch: int, member: bytes) -> bytes:
    """Return what a circle's wrap for a member is bound to."""
    return b"pesttui wrap v1" + vault_id + circle + epoch.to_bytes(4, "little") + member


def past_context(vault_id: bytes, circle: bytes, epoch: int) -> bytes:
    """Return what the sealed seed of the epoch before `epoch` is bound to."""
    return b"pesttui circle past v1" + vault_id + circle + epoch.to_bytes(4, "little")


class Keyring:
    """Opens what a person may open. Seeds are looked up when needed and kept."""

    def __init__(self, state: State, person: bytes, keys: Keys) -> None:
        self._state = state
        self.person = person
        self.keys = keys
        self._seeds: dict[tuple[bytes, int], Keys | None] = {}

    def forget_failures(self) -> None:
        """Try again what could not be opened: wraps or members were added."""
        self._seeds = {at: keys for at, keys in self._seeds.items() if keys is not None}

    def circle(self, circle: bytes, epoch: int | None = None) -> Keys | None:
        """Return a circle's keys (its present epoch's, or an earlier one's), or None if they are out of reach."""
        known = self._state.directory.circles.get(circle)
        if known is None:
            return None
        epoch = known.epoch if epoch is None else epoch
        if (circle, epoch) not in self._seeds:
            self._seeds[circle, epoch] = None  # circles that lead in a ring end here
            self._seeds[circle, epoch] = self._find(circle, epoch)
        return self._seeds[circle, epoch]

    def _find(self, circle: bytes, epoch: int) -> Keys | None:
        named = self._state.directory.history.get((circle, epoch))
        if named is None:
            return None
        for (member, at), wraps in self._state.wraps.get(circle, {}).items():
            if at != epoch:
                continue
            for holder in self._holders(member):
                context = wrap_context(self._state.vault_id, circle, epoch, member)
                for wrapped in reversed(wraps):
                    seed = holder.unwrap(wrapped, context)
                    # A wrap proves nothing by itself: the seed must give the key the directory names.
                    if seed is not None and Keys(seed).box_public == named.box:
                        return Keys(seed)
        later = self._state.directory.history.get((circle, epoch + 1))
        keys = self.circle(circle, epoch + 1) if later else None
        if later is None or keys is None:
            return None
        nonce, sealed = later.past[: crypto.NONCE], later.past[crypto.NONCE :]
        context = past_context(self._state.vault_id, circle, epoch + 1)
        seed = crypto.unseal(keys.symmetric, nonce, sealed, context)
        return Keys(seed) if seed and Keys(seed).box_public == named.box else None

    def _holders(self, member: bytes) -> list[Keys]:
        if member == self.person:
            return [self.keys]
        circle = self._state.directory.circles.get(member)
        if circle is None:
            return []
        epochs = (self.circle(member, epoch) for epoch in range(circle.epoch, 0, -1))
        return [keys for keys in epochs if keys is not None]

    def document(self, place: Place, record: Record) -> tuple[bytes, Grant] | None:
        """Return a document's key and the grant that gave it, or None if this person cannot read it."""
        grants = self._state.grants.get(place, {})
        inside_first = sorted((g for given in grants.values() for g in given), key=lambda g: g.shared)
        for grant in inside_first:
            key = self.open_grant(place, grant, record.commitment)
            if key is not None:
                return key, grant
        return None

    def open_grant(self, place: Place, grant: Grant, commitment: bytes) -> bytes | None:
        """Return the key in a grant if it is the record's, else None."""
        keys = self.circle(grant.circle, grant.epoch)
        key = grant.open(self._state.vault_id, place, keys) if keys else None
        return key if key is not None and crypto.sha256(b"pesttui k", key) == commitment else None
