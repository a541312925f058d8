"""One-time codes: made, limited, answered (design 11, 20).

A code is derived from an office key, the challenge's id and how often it was sent: it is stored nowhere, lives five minutes and five tries, and
answers only in the browser (or to the claim code, or session) that asked for it. Rooms above use the same codes for forms and receipts.
"""

from sandyq import outbox, seal
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import TooMany
from sandyq.identity import records
from sandyq.identity.facts import CodeState
from sandyq.identity.records import Challenge
from sandyq.law.calendar import local_date
from sandyq.register.keystore import Keyring

LIFE_US = 5 * 60 * 1_000_000
TRIES = 5
RESENDS = 3
RESEND_AFTER = 60  # seconds
PER_CONTACT = 8
PER_ADDRESS = 40
PER_PERSON = 24
TOLD_PER_CONTACT = 12
"""Messages a day about sign-ins to one contact: whoever tries many times must not flood a person's phone."""
SESSION_US = 30 * 60 * 1_000_000
FORM_KIND = "code"
"""The outbox's word for codes of forms and receipts; the room that collects carries them."""
KIND = "identity_code"
"""And for codes of sign-in, step-up and new contacts."""
_BASIS = ("2.18", "255-VIII art. 47")
_MOST = {"phone": PER_CONTACT, "contact": PER_CONTACT, "address": PER_ADDRESS, "person": PER_PERSON, "told": TOLD_PER_CONTACT}


def code_of(ring: Keyring, challenge_id: str, sends: int) -> str:
    """The six digits of a challenge at its n-th sending."""
    mac = seal.token(ring.keyed("phone-code"), challenge_id.encode(), str(sends).encode())
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06d}"


def binding(ring: Keyring, secret: str) -> bytes:
    """The token of the browser, claim code or session that may answer a challenge."""
    return seal.token(ring.keyed("browser"), secret.encode())


def within(work: Work, ring: Keyring, label: str, value: str) -> bool:
    """Count one more of something today; whether it is still within its limit."""
    token = seal.token(ring.keyed("code-limit"), label.encode(), value.encode())
    return records.count_sending(work, token, local_date(work.at).isoformat()) <= _MOST[label]


def limited(work: Work, ring: Keyring, **counted: str) -> None:
    """Count a sending against a contact (`phone` for forms; `contact` for signing in, as a client who sent a form today must not differ from a stranger),
    an address, a person. Raises TooMany when one of them had too many today."""
    for label, value in counted.items():
        if value and not within(work, ring, label, value):
            raise TooMany("codes_too_many", retry_after=24 * 3600, limit=label)


def begin(
    work: Work,
    ring: Keyring,
    subject: str,
    about: str,
    kind: str,
    secret: str,
    *,
    carried: str = FORM_KIND,
    language: str = "",
    act: Act = Act.CODE_SENT,
) -> Challenge:
    """Make a challenge and queue its message (`carried` empty: none is sent, as for an authenticator)."""
    made = Challenge(subject, work.new_id(), about, kind, 1, 0, work.us, work.us + LIFE_US, None)
    records.add_challenge(work, made, binding(ring, secret))
    if carried:
        outbox.put(work, carried, f"{subject}:{made.id}", language)
    record(work, Leaf(act, subject=subject, clause="2.18", object=made.id))
    return made


def resend(work: Work, made: Challenge, *, carried: str = FORM_KIND, language: str = "", act: Act = Act.CODE_SENT) -> CodeState:
    """Another code for the same challenge. Raises TooMany before a minute has passed or after three times."""
    waited = (work.us - made.sent_us) // 1_000_000
    if waited < RESEND_AFTER:
        raise TooMany("code_resend_soon", retry_after=RESEND_AFTER - waited)
    if made.sends > RESENDS:
        raise TooMany("code_resends_used", retry_after=24 * 3600)
    if not records.resent(work, made, work.us + LIFE_US):
        raise TooMany("code_resend_soon", retry_after=RESEND_AFTER)
    outbox.put(work, carried, f"{made.subject}:{made.id}", language)
    record(work, Leaf(act, subject=made.subject, clause="2.18", object=made.id))
    return CodeState(False, TRIES, RESEND_AFTER, RESENDS - made.sends)


def fits(ring: Keyring, made: Challenge, code: str) -> bool:
    """Whether it is the code of this challenge at its last sending; says nothing of time and tries."""
    return seal.same(code_of(ring, made.id, made.sends).encode(), code.strip().encode())


def answer(
    work: Work, made: Challenge, right: bool, *, done: Act = Act.CODE_CONFIRMED, failed: Act = Act.CODE_FAILED
) -> tuple[CodeState, str]:
    """Count a try; gives its state and the entry of the log. Every wrong one is counted and logged; after five, or five minutes, only a new code helps."""
    left = TRIES - made.tries
    alive = left > 0 and work.us <= made.expires_us and made.verified_us is None
    good = alive and right
    if alive and records.tried(work, made, made.tries + 1, work.us if good else None):
        left -= 1
    elif alive:
        good = False  # another try came between: this one counts as nothing
    act, verdict = (done, "done") if good else (failed, "refused")
    leaf = record(work, Leaf(act, made.subject, *_BASIS, object=made.id, verdict=verdict))
    return CodeState(good, max(0, left if alive else 0), RESEND_AFTER, max(0, RESENDS + 1 - made.sends)), leaf


def asked() -> CodeState:
    """What everybody is told who has just asked for a code."""
    return CodeState(False, TRIES, RESEND_AFTER, RESENDS)
