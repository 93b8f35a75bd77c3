"""Records and grants: one document's content, signed by its author, and who can open it."""

import struct

import msgspec
from msgspec.structs import replace

from ..errors import N_, Damaged
from . import crypto
from .crypto import Keys

Place = tuple[str, str]
"""Where a document lies: table and id."""

FRONT = struct.Struct("<I8s8sQ32s12sI")
"""Revision, author, home, time, commitment, nonce, length of what is sealed."""


def _place(vault_id: bytes, place: Place) -> bytes:
    table, ident = place[0].encode(), place[1].encode()
    return b"".join((vault_id, len(table).to_bytes(2, "little"), table, len(ident).to_bytes(2, "little"), ident))


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One revision of a document. A deleted document's last record has no content and a zero commitment."""

    rev: int
    author: bytes
    home: bytes
    time: int
    commitment: bytes
    nonce: bytes
    sealed: bytes
    signature: bytes = b""

    @property
    def deleted(self) -> bool:
        """Whether this record says that the document is gone."""
        return not self.sealed

    def _front(self) -> bytes:
        return b"".join(
            (self.rev.to_bytes(4, "little"), self.author, self.home, self.time.to_bytes(8, "little"), self.commitment)
        )

    def _unsigned(self) -> bytes:
        return b"".join((self._front(), self.nonce, len(self.sealed).to_bytes(4, "little"), self.sealed))

    def encode(self) -> bytes:
        """Return the record as it lies in a put operation; raises ValueError for a part of another length."""
        parts = (self.author, self.home, self.commitment, self.nonce, self.signature)
        if [len(part) for part in parts] != [8, 8, 32, crypto.NONCE, crypto.SIGNATURE]:
            raise ValueError("a part of a record has another length")
        return self._unsigned() + self.signature

    @classmethod
    def decode(cls, data: bytes) -> "Record":
        """Read a record; raises `Damaged`."""
        # Unpacked at one go: opening a file means reading every record in it.
        end = len(data) - crypto.SIGNATURE
        if end < FRONT.size:
            raise Damaged(N_("Something in the file ends too early."))
        rev, author, home, time, commitment, nonce, size = FRONT.unpack_from(data)
        if end != FRONT.size + size:
            raise Damaged(N_("Something in the file has another length than it says."))
        return cls(rev, author, home, time, commitment, nonce, data[FRONT.size : end], data[end:])

    def _signed(self, vault_id: bytes, place: Place) -> bytes:
        return b"pesttui record v1" + _place(vault_id, place) + self._unsigned()

    def genuine(self, vault_id: bytes, place: Place, sign_public: bytes) -> bool:
        """Whether the author's signature holds for this record at this place."""
        return crypto.verify(sign_public, self.signature, self._signed(vault_id, place))

    def open(self, vault_id: bytes, place: Place, key: bytes) -> bytes | None:
        """Return the content, or None if the key is not this record's."""
        if crypto.sha256(b"pesttui k", key) != self.commitment:
            return None
        context = b"pesttui content v1" + _place(vault_id, place) + self._front()
        return crypto.unseal(key, self.nonce, self.sealed, context)


def make_record(
    content: bytes, *, place: Place, vault_id: bytes, rev: int, author: bytes, home: bytes, time: int,
    key: bytes, nonce: bytes, signer: Keys,
) -> Record:  # fmt: skip
    """Seal and sign a document's content under its own key."""
    bare = Record(rev, author, home, time, crypto.sha256(b"pesttui k", key), nonce, b"")
    context = b"pesttui content v1" + _place(vault_id, place) + bare._front()
    unsigned = replace(bare, sealed=crypto.seal(key, nonce, content, context))
    return replace(unsigned, signature=signer.sign(unsigned._signed(vault_id, place)))


def make_deletion(
    *, place: Place, vault_id: bytes, rev: int, author: bytes, home: bytes, time: int, signer: Keys
) -> Record:
    """Say, signed, that a document is gone."""
    bare = Record(rev, author, home, time, bytes(32), bytes(12), b"")
    return replace(bare, signature=signer.sign(bare._signed(vault_id, place)))


class Grant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A document's key for the members of one circle, under the circle's symmetric or public key."""

    circle: bytes
    epoch: int
    shared: bool
    """True: wrapped to the public key (HPKE) by somebody outside; False: under the circle's symmetric key."""
    wrapped: bytes

    def open(self, vault_id: bytes, place: Place, keys: Keys) -> bytes | None:
        """Return the document's key, or None."""
        context = grant_context(vault_id, place, self.circle, self.epoch)
        if self.shared:
            return keys.unwrap(self.wrapped, context)
        nonce, sealed = self.wrapped[: crypto.NONCE], self.wrapped[crypto.NONCE :]
        return crypto.unseal(keys.symmetric, nonce, sealed, context)


def grant_context(vault_id: bytes, place: Place, circle: bytes, epoch: int) -> bytes:
    """Return what a grant is bound to."""
    return b"pesttui grant v1" + _place(vault_id, place) + circle + epoch.to_bytes(4, "little")


def grant_shared(*, vault_id: bytes, place: Place, circle: bytes, epoch: int, box: bytes, key: bytes) -> Grant:
    """Grant to a circle one is not in, by its public key."""
    wrapped = crypto.wrap(box, key, grant_context(vault_id, place, circle, epoch))
    return Grant(circle, epoch, True, wrapped)


def grant_inside(
    *, vault_id: bytes, place: Place, circle: bytes, epoch: int, keys: Keys, nonce: bytes, key: bytes
) -> Grant:
    """Grant to a circle one is in: two hundred times quicker to open."""
    context = grant_context(vault_id, place, circle, epoch)
    return Grant(circle, epoch, False, nonce + crypto.seal(keys.symmetric, nonce, key, context))
