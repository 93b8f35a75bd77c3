"""The keys that one person can reach: their own, and those of every circle that leads from there."""

from collections.abc import Collection, Mapping

from . import crypto
from .crypto import Keys
from .directory import NESTING
from .entries import Circle
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
        self._looking: list[tuple[bytes, int]] = []

    def seeds(self) -> dict[tuple[bytes, int], bytes | None]:
        """Return the seed of each circle that was looked for, by (circle, epoch); None where it is out of reach."""
        return {at: keys.seed if keys is not None else None for at, keys in self._seeds.items()}

    def remember(self, seeds: Mapping[tuple[bytes, int], bytes | None]) -> None:
        """Take up what `seeds` returned, in another session, over the same state."""
        self._seeds = {at: None if seed is None else Keys(seed) for at, seed in seeds.items()}

    def look_again(self) -> bool:
        """Try again what could not be opened, and forget the keys of circles that this person was taken out of.

        To be called when wraps or members came or went; returns whether keys were forgotten.
        """
        directory = self._state.directory
        inside = {circle for circle, _ in self._seeds if directory.in_circle(self.person, circle)}
        kept: dict[tuple[bytes, int], Keys | None] = {}
        kept |= {at: keys for at, keys in self._seeds.items() if keys is not None and at[0] in inside}
        lost = any(keys is not None and at not in kept for at, keys in self._seeds.items())
        self._seeds = kept
        return lost

    def let_go(self, dropped: Collection[tuple[bytes, bytes]]) -> bool:
        """Forget all keys if one may have been found by a wrap, (circle, member), that was taken away since.

        Those for which there is another way are found again. Returns whether keys were forgotten.
        """
        held = {circle for (circle, _), keys in self._seeds.items() if keys is not None} if dropped else set()
        if not any(circle in held and (member == self.person or member in held) for circle, member in dropped):
            return False
        self._seeds = {}
        return True

    def circle(self, circle: bytes, epoch: int | None = None) -> Keys | None:
        """Return a circle's keys (its present epoch's, or an earlier one's), or None if they are out of reach."""
        known = self._state.directory.circles.get(circle)
        if known is None:
            return None
        at = (circle, known.epoch if epoch is None else epoch)
        if at in self._seeds:
            return self._seeds[at]
        # Anybody with the vault key can write wraps that lead in a ring or into the deep.
        if at in self._looking or len(self._looking) > NESTING:
            return None
        self._looking.append(at)
        try:
            keys = self._find(known, at[1])
        finally:
            self._looking.pop()
        # Within a search nothing is final: what seems out of reach may only be where the search came from.
        if keys is not None or not self._looking:
            self._seeds[at] = keys
        return keys

    def _find(self, known: Circle, epoch: int) -> Keys | None:
        """Look for a wrap of this epoch, or of the next one that has one, which leads back epoch by epoch."""
        for later in range(epoch, known.epoch + 1):
            keys = self._unwrap(known.id, later)
            while keys is not None and later > epoch:
                keys = self._before(known.id, later, keys)
                later -= 1  # noqa: PLW2901 - walking back to the epoch that was asked for
            if keys is not None:
                return keys
        return None

    def _unwrap(self, circle: bytes, epoch: int) -> Keys | None:
        named = self._state.directory.history.get((circle, epoch))
        if named is None:
            return None
        given = [(member, wraps) for (member, at), wraps in self._state.wraps.get(circle, {}).items() if at == epoch]
        for member, wraps in sorted(given, key=lambda one: one[0] != self.person):
            context = wrap_context(self._state.vault_id, circle, epoch, member)
            for holder in self._holders(member):
                for wrapped in reversed(wraps):
                    seed = holder.unwrap(wrapped, context)
                    # A wrap proves nothing by itself: the seed must give the key the directory names.
                    keys = Keys(seed) if seed is not None else None
                    if keys is not None and keys.box_public == named.box:
                        return keys
        return None

    def _before(self, circle: bytes, epoch: int, keys: Keys) -> Keys | None:
        """Return the keys of the epoch before `epoch`, which its own entry keeps under these keys."""
        named, before = (self._state.directory.history.get((circle, at)) for at in (epoch, epoch - 1))
        if named is None or before is None:
            return None
        nonce, sealed = named.past[: crypto.NONCE], named.past[crypto.NONCE :]
        seed = crypto.unseal(keys.symmetric, nonce, sealed, past_context(self._state.vault_id, circle, epoch))
        return Keys(seed) if seed and Keys(seed).box_public == before.box else None

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
        for shared in (False, True):  # the quick ones first
            for grant in self._state.granted(place):
                if grant.shared is shared:
                    key = self.open_grant(place, grant, record.commitment)
                    if key is not None:
                        return key, grant
        return None

    def open_grant(self, place: Place, grant: Grant, commitment: bytes) -> bytes | None:
        """Return the key in a grant if it is the record's, else None."""
        keys = self.circle(grant.circle, grant.epoch)
        key = grant.open(self._state.vault_id, place, keys) if keys else None
        return key if key is not None and crypto.sha256(b"pesttui k", key) == commitment else None
