"""The only importer of a cryptographic library.

AES-256-GCM seals fields and files; data keys are wrapped with AES-256-GCM-SIV, which stays safe should a nonce repeat (RFC 8452), so
wrapping needs no counter of its own against the 2^32 bound of random GCM nonces.
Keyed tokens are HMAC-SHA-256. Signatures are Ed25519 (RFC 8032).
Nothing here logs, caches or stores a key.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sandyq.errors import Tampered

KEY_BYTES = 32
_sha256: Final = hashlib.sha256
_NONCE = 12


_nonces: list[bytes] = []  # from one call for randomness; a nonce is no secret, and each is taken once
os.register_at_fork(after_in_child=_nonces.clear)  # or two processes would use the same ones


def _nonce() -> bytes:
    try:
        return _nonces.pop()
    except IndexError:
        drawn = os.urandom(_NONCE * 256)
        _nonces.extend([drawn[at : at + _NONCE] for at in range(0, len(drawn), _NONCE)])
        return _nonce()


def new_key() -> bytes:
    """32 fresh random bytes."""
    return os.urandom(KEY_BYTES)


def new_keys(count: int) -> list[bytes]:
    """So many keys of 32 fresh random bytes, in one call for randomness."""
    drawn = os.urandom(KEY_BYTES * count)
    return [drawn[at : at + KEY_BYTES] for at in range(0, len(drawn), KEY_BYTES)]


def random_bytes(count: int) -> bytes:
    """`count` bytes of the system's randomness."""
    return os.urandom(count)


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Encrypt under a data key used for this one object: nonce || ciphertext || tag, bound to `context`."""
    nonce = _nonce()
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Decrypt what `seal` made. Raises Tampered when key, bytes or context do not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
    except (InvalidTag, ValueError):
        raise Tampered("seal_broken") from None


def wrap(kek: bytes, data_key: bytes, context: bytes) -> bytes:
    """Wrap a data key under a key-encryption key (AES-256-GCM-SIV), bound to `context` (key id and subject id)."""
    nonce = _nonce()
    return nonce + AESGCMSIV(kek).encrypt(nonce, data_key, context)


def unwrap(kek: bytes, wrapped: bytes, context: bytes) -> bytes:
    """The data key of `wrap`. Raises Tampered when it does not fit."""
    try:
        return AESGCMSIV(kek).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
    except (InvalidTag, ValueError):
        raise Tampered("wrap_broken") from None


class Wrapping:
    """`wrap` and `unwrap` under one key-encryption key, set up once: half the time of the single calls. May be shared between threads."""

    __slots__ = ("_cipher",)

    def __init__(self, kek: bytes) -> None:
        self._cipher = AESGCMSIV(kek)

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        nonce = _nonce()
        return nonce + self._cipher.encrypt(nonce, data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError):
            raise Tampered("wrap_broken") from None


_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_BLOCK: Final = 64


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104) for a key of at most 64 bytes: for short messages half the time of the library's, which looks the hash up by name
    each time."""
    if len(key) > _BLOCK:
        return hmac.digest(key, message, "sha256")
    padded = key.ljust(_BLOCK, b"\0")
    return _sha256(padded.translate(_OUTER) + _sha256(padded.translate(_INNER) + message).digest()).digest()


class Keyed:
    """`mac` under one key, set up once: a third of its time for what follows. May be shared between threads."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        padded = (key if len(key) <= _BLOCK else _sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner = _sha256(padded.translate(_INNER))
        self._outer = _sha256(padded.translate(_OUTER))

    def mac(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def token(key: bytes | Keyed, *parts: bytes) -> bytes:
    """HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts collide by shifting a border."""
    message = b"".join([len(p).to_bytes(4, "big") + p for p in parts])
    return key.mac(message) if isinstance(key, Keyed) else mac(key, message)


def same(a: bytes, b: bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(a, b)


def digest(data: bytes) -> bytes:
    """SHA-256."""
    return _sha256(data).digest()


def digest_file(path: Path) -> bytes:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def derive(key: bytes, label: str) -> bytes:
    """A 32-byte key for one use, derived from a master key (HKDF-SHA-256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=label.encode()).derive(key)


def ed25519_generate() -> bytes:
    """A fresh 32-byte Ed25519 seed."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def ed25519_public(seed: bytes) -> bytes:
    """The 32-byte public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of `message`."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under `public`; malformed input is simply not valid."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def rewrap(old: Wrapping, new: Wrapping, rows: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Move wrapped keys, given as (wrapped, context), to another key-encryption key. Raises Tampered on the first that does not fit."""
    return [new.wrap(old.unwrap(wrapped, context), context) for wrapped, context in rows]
