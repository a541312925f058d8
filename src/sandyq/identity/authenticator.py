"""Authenticators as a second factor (RFC 6238): the secret is sealed under an office key and bound to its person; each time step counts once."""

import pyotp

from sandyq import seal
from sandyq.db import Work
from sandyq.errors import NotFound
from sandyq.identity import records
from sandyq.identity.facts import Factor
from sandyq.register.keystore import Keyring

STEP_SECONDS = 30
_KEY = "identity-totp"


def fresh() -> str:
    """A new secret in the base32 text that authenticators take."""
    return pyotp.random_base32()


def uri(secret: str, office: str) -> str:
    """The address behind the picture code. It names the office, never the person."""
    return pyotp.TOTP(secret).provisioning_uri(name=office, issuer_name=office)


def sealed(ring: Keyring, subject: str, factor_id: str, secret: str) -> bytes:
    """The secret as it is kept."""
    return seal.wrap(ring.office(_KEY), secret.encode(), _context(subject, factor_id))


def fits(work: Work, ring: Keyring, factor: Factor, code: str) -> bool:
    """Whether a code is the authenticator's of this or a neighbouring half minute, later than the last one used. Raises Tampered for a moved secret."""
    row = records.authenticator(work, factor.subject, factor.id)
    if row is None:
        return False
    totp, now = _totp(ring, factor.subject, factor.id, row[0]), _step(work)
    given = code.strip().replace(" ", "").encode()
    hits = [step for step in (now - 1, now, now + 1) if step > row[1] and seal.same(totp.generate_otp(step).encode(), given)]
    return bool(hits) and records.use_step(work, factor.subject, factor.id, hits[0])


def sample_code(work: Work, ring: Keyring, subject: str, factor_id: str) -> str:
    """The present code, for an office that was created as a sample and for tests. Raises NotFound."""
    row = records.authenticator(work, subject, factor_id)
    if row is None:
        raise NotFound("factor_unknown")
    return _totp(ring, subject, factor_id, row[0]).generate_otp(_step(work))


def _totp(ring: Keyring, subject: str, factor_id: str, kept: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(seal.unwrap(ring.office(_KEY), kept, _context(subject, factor_id)).decode())


def _step(work: Work) -> int:
    return work.us // 1_000_000 // STEP_SECONDS


def _context(subject: str, factor_id: str) -> bytes:
    return f"sandyq authenticator 1|{subject}|{factor_id}".encode()
