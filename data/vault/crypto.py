"""The vault's few cryptographic moves, each on one primitive of `cryptography` and each with its own label."""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY = 32
NONCE = 12
TAG = 16
SIGNATURE = 64
HPKE_EXTRA = 48
"""What HPKE adds to a plaintext: an X25519 public key and a tag."""


def sha256(*parts: bytes) -> bytes:
    """Return SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def running_sha256(data: bytes) -> "hashlib._Hash":
    """Return SHA-256 of the data so far, to be gone on with by `update`."""
    return hashlib.sha256(data)


def derive(secret: bytes, label: bytes) -> bytes:
    """Return a 32-byte key for one purpose out of a uniformly random 32-byte secret (HKDF-Expand, SHA-256)."""
    return HKDFExpand(SHA256(), KEY, label).derive(secret)


def seal(key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt with AES-256-GCM under a fresh random 12-byte nonce; `context` is authenticated with it."""
    if len(nonce) != NONCE:
        raise ValueError("a nonce has 12 bytes")
    return AESGCM(key).encrypt(nonce, plaintext, context)


def unseal(key: bytes, nonce: bytes, sealed: bytes | memoryview, context: bytes) -> bytes | None:
    """Return the plaintext, or None when key, context or bytes are not the ones it was sealed with."""
    if len(nonce) != NONCE:
        return None
    try:
        return AESGCM(key).decrypt(nonce, sealed, context)
    except InvalidTag:
        return None


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def wrap(public: bytes, secret: bytes, context: bytes) -> bytes:
    """Encrypt a secret to an X25519 public key (HPKE base mode); anybody can do it, so nothing is proved by it.

    Raises ValueError for bytes that are no usable public key.
    """
    return _suite().encrypt(secret, X25519PublicKey.from_public_bytes(public), info=context)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether an Ed25519 signature is by this key over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Keys:
    """All keys of a person or circle, out of one 32-byte seed."""

    seed: bytes

    def __repr__(self) -> str:
        return "Keys(…)"

    @cached_property
    def _box(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(derive(self.seed, b"pesttui x25519 v1"))

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive(self.seed, b"pesttui ed25519 v1"))

    @cached_property
    def symmetric(self) -> bytes:
        """The key for what its holders share among themselves."""
        return derive(self.seed, b"pesttui symmetric v1")

    @cached_property
    def box_public(self) -> bytes:
        """The X25519 public key: what others wrap secrets to."""
        return self._box.public_key().public_bytes_raw()

    @cached_property
    def sign_public(self) -> bytes:
        """The Ed25519 public key: what others check signatures with."""
        return self._signer.public_key().public_bytes_raw()

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes | None:
        """Open what `wrap` made for this seed's public key, or return None."""
        try:
            return _suite().decrypt(wrapped, self._box, info=context)
        except (InvalidTag, ValueError):
            return None

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519."""
        return self._signer.sign(message)


@dataclass(frozen=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id passes, memory in KiB, lanes."""

    time: int
    memory: int
    lanes: int

    def bearable(self) -> bool:
        """Whether it lies between the floor (2 passes, 19 MiB, 1 lane) and the ceiling (16, 1 GiB, 16, 4 GiB in all).

        Below the floor a file would make guessing cheap, above the ceiling it would hang the program.
        """
        sized = 2 <= self.time <= 16 and 19 * 1024 <= self.memory <= 1024 * 1024 and 1 <= self.lanes <= 16
        return sized and self.time * self.memory <= 4 * 1024 * 1024


STANDARD = Cost(time=3, memory=64 * 1024, lanes=4)
FLOOR = Cost(time=2, memory=19 * 1024, lanes=1)


def stretch(secret: str, salt: bytes, cost: Cost) -> bytes:
    """Return 32 bytes out of a passphrase or code; slow on purpose, without holding up other threads."""
    text = unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")
    return Argon2id(salt=salt, length=KEY, iterations=cost.time, lanes=cost.lanes, memory_cost=cost.memory).derive(text)


def label(vault_id: bytes, kind: int, login: str) -> bytes:
    """Return the 8-byte mark by which a keyslot is found without naming its login."""
    name = normal_login(login).encode("utf-8", "surrogatepass")
    return hmac.new(vault_id, bytes([kind]) + name, hashlib.sha256).digest()[:8]


def normal_login(login: str) -> str:
    """Return a login as it is compared: NFC, lower case, without outer spaces."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", login.strip()).lower())
