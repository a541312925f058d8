"""Codes of forms and claim codes (design 11, 20).

The mechanics of a code are those of `identity.codes`. A claim code is derived from the submission's id, so that a repeated request gets the same one;
only its token is kept.
"""

from sandyq import seal
from sandyq.collect import records
from sandyq.db import Work
from sandyq.identity.codes import FORM_KIND as OUTBOX_KIND
from sandyq.identity.codes import (
    LIFE_US,
    PER_ADDRESS,
    RESEND_AFTER,
    RESENDS,
    TRIES,
    binding,
    code_of,
    fits,
    limited,
    resend,
)
from sandyq.identity.codes import PER_CONTACT as PER_PHONE
from sandyq.identity.codes import answer as settle
from sandyq.identity.codes import begin as issue
from sandyq.identity.facts import CodeState
from sandyq.identity.records import Challenge
from sandyq.register.keystore import Keyring

__all__ = [
    "LIFE_US",
    "OUTBOX_KIND",
    "PER_ADDRESS",
    "PER_PHONE",
    "RESENDS",
    "RESEND_AFTER",
    "TRIES",
    "answer",
    "begin",
    "binding",
    "claim_of",
    "claim_token",
    "code_of",
    "drop_stale",
    "form_token",
    "resend",
]
SESSION_US = 30 * 60 * 1_000_000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_TYPED = str.maketrans("OIL", "011", " -\t\u00a0")


def claim_of(ring: Keyring, submission: str) -> str:
    """The claim code of a submission: 100 bits as four groups of five letters and digits without I, L, O, U."""
    number = int.from_bytes(seal.token(ring.keyed("claim"), submission.encode())[:13], "big") >> 4
    text = "".join([_PAIRS[number >> shift & 1023] for shift in range(90, -1, -10)])
    return f"{text[:5]}-{text[5:10]}-{text[10:15]}-{text[15:20]}"


def claim_token(ring: Keyring, claim: str) -> bytes:
    """What is kept of a claim code; typing habits (case, blanks, O for 0, I and L for 1) do not matter."""
    folded = claim.upper().translate(_TYPED)
    return seal.token(ring.keyed("claim-token"), folded.encode())


def form_token(ring: Keyring, browser: str, once: str) -> bytes:
    """What is kept for a day of a form that was sent, to know it again."""
    return seal.token(ring.keyed("sent-form"), browser.encode(), once.encode())


def begin(
    work: Work, ring: Keyring, subject: str, submission: str, kind: str, secret: str, *, phone: str = "", address: str = ""
) -> Challenge:
    """Make a challenge about a form and queue its message. Raises TooMany when this phone or address had too many today."""
    limited(work, ring, phone=phone, address=address)
    return issue(work, ring, subject, submission, kind, secret)


def answer(work: Work, ring: Keyring, made: Challenge, code: str) -> tuple[CodeState, str]:
    """Check a code; gives its state and the entry of the log."""
    return settle(work, made, fits(ring, made, code))


def drop_stale(work: Work) -> int:
    """Forget sessions of receipts and marks of sent forms that are over; the worker calls it now and then."""
    return records.drop_stale(work)
