"""How staff prove who they are: a password (argon2id, RFC 9106), a time-based code (RFC 6238) used once, and the wait that grows with
failures.

Hashing takes tens of milliseconds on purpose. `weigh` does it outside of any unit of work, so that the one writer does not wait for it.
"""

import base64
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from sandyq import seal

STEP_US = 30_000_000
_DRIFT_STEPS = 1
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What a guess costs: passes, memory in KiB, lanes. The default is the second choice of RFC 9106 with one lane; tests take a cheap
    one.
    """

    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long a session lives without use, and at most."""

    idle: timedelta = timedelta(minutes=30)
    most: timedelta = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class LockOut:
    """After `free` failures in a row each further one locks for `first`, doubled every time, at most `most`."""

    free: int = 5
    first: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(minutes=15)

    def wait(self, failures: int) -> timedelta:
        """The lock after so many failures in a row."""
        if failures < self.free:
            return timedelta()
        return min(self.most, self.first * (1 << min(failures - self.free, 20)))


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """Everything about signing in that an office may set."""

    cost: PasswordCost = PasswordCost()
    session: SessionTerms = SessionTerms()
    lock: LockOut = LockOut()


DEFAULT = SignInTerms()


@lru_cache(maxsize=8)
def _hasher(cost: PasswordCost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes, type=Type.ID)


@lru_cache(maxsize=8)
def _nobodys_hash(cost: PasswordCost) -> str:
    """What an unknown handle's password is compared with, so that it takes as long as a known one's."""
    return _hasher(cost).hash(seal.random_bytes(16).hex())


def hash_password(password: str, cost: PasswordCost) -> str:
    """The text that is kept of a password, with salt and parameters."""
    return _hasher(cost).hash(password)


def password_fits(kept: str, password: str, cost: PasswordCost) -> bool:
    """Whether a password is the one of a kept hash; an empty hash never fits and takes as long."""
    try:
        return _hasher(cost).verify(kept or _nobodys_hash(cost), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str, cost: PasswordCost) -> bool:
    """Whether a hash was made with other parameters and should be made anew."""
    return _hasher(cost).check_needs_rehash(kept)


def new_totp() -> bytes:
    """A fresh second-factor secret."""
    return seal.random_bytes(_SECRET_BYTES)


def totp_text(secret: bytes) -> str:
    """The base32 text that authenticators take."""
    return base64.b32encode(secret).decode()


def totp_uri(secret: bytes, login: str, office: str) -> str:
    """The address that an authenticator reads from a picture code."""
    return pyotp.TOTP(totp_text(secret)).provisioning_uri(name=login, issuer_name=office)


def code_at(secret: bytes, us: int) -> str:
    """The code of an instant (microseconds)."""
    return pyotp.TOTP(totp_text(secret)).generate_otp(us // STEP_US)


def step_of(secret: bytes, code: str, us: int, last_step: int) -> int | None:
    """The time step that a code belongs to, one step early or late at most, and later than the last one used; else None."""
    now, totp, found = us // STEP_US, pyotp.TOTP(totp_text(secret)), None
    for step in range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1):
        if seal.same(totp.generate_otp(step).encode(), code.encode()) and step > last_step:
            found = step
    return found
