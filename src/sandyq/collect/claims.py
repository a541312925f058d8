"""Opening a receipt: the claim code, then a code to the phone of the form, then a session of half an hour (design 11, 20).

Whoever types a claim code gets the same answer whether it exists or not, and the same things are done for it: a code that leads nowhere is bound to
the browser and nothing is sent. Of a destroyed person nothing personal is left, and no phone either: there the claim code alone opens what is left.
"""

from dataclasses import dataclass

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.collect import codes, records
from sandyq.collect.facts import CodeState
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.identity import records as identity
from sandyq.register import subjects
from sandyq.register.keystore import Keyring

KIND = "claim"
_SESSION_KEY = "claim-session"


@dataclass(frozen=True, slots=True)
class Asked:
    """What comes of a claim code: where the phone code stands, and a session at once for a person who was destroyed."""

    state: CodeState
    session: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a session belongs to: the person and the form whose claim code opened it."""

    subject: str
    submission: str


def ask_code(work: Work, gate: Gate, claim: str, browser: str, address: str) -> Asked:
    """The first step. Raises TooMany when this address, or this person, had too many codes today."""
    ring = gate.ring
    found = records.claim(work, codes.claim_token(ring, claim))
    waiting = Asked(CodeState(False, codes.TRIES, codes.RESEND_AFTER, 0))
    if found is not None and not subjects.alive(work, found[0]):
        return Asked(waiting.state, _begun(work, ring, Holder("", found[1])))  # a destroyed person is in no table of sessions
    if found is not None:
        codes.begin(work, ring, *found, KIND, browser, phone=found[0], address=address)
    else:
        _lead_nowhere(work, ring, browser, address)
    return waiting


def _lead_nowhere(work: Work, ring: Keyring, browser: str, address: str) -> None:
    """As much work as for a claim code that exists; the message finds no phone and is not sent."""
    codes.begin(work, ring, work.new_id(), "", KIND, browser, phone=work.new_id(), address=address)


def enter(work: Work, gate: Gate, browser: str, code: str) -> str:
    """The second step: the secret of a session, or an empty text when the code does not fit. Each wrong try is counted and logged."""
    made = identity.bound_challenge(work, codes.binding(gate.ring, browser), KIND)
    if made is None:
        return ""
    state, _ = codes.answer(work, gate.ring, made, code)
    if not state.ok or not made.about:
        return ""
    return _begun(work, gate.ring, Holder(made.subject, made.about))


def _begun(work: Work, ring: Keyring, holder: Holder) -> str:
    secret = seal.random_bytes(32).hex()
    records.add_session(work, _token(ring, secret), holder.subject, holder.submission, work.us + codes.SESSION_US)
    record(work, Leaf(Act.CLAIMED, holder.subject, "4.1.1", "94-V art. 24(1)(1)", object=holder.submission))
    return secret


def session(work: Work, gate: Gate, secret: str) -> Holder | None:
    """Who a session belongs to; None when it has ended or never was. Only reads."""
    found = records.session(work, _token(gate.ring, secret)) if secret else None
    return Holder(*found) if found else None


def leave(work: Work, gate: Gate, secret: str) -> None:
    """End a session; one that has ended is no error."""
    records.drop_session(work, _token(gate.ring, secret))


def _token(ring: Keyring, secret: str) -> bytes:
    return seal.token(ring.keyed(_SESSION_KEY), secret.encode())
