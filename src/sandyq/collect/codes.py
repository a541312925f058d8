"""Phone codes and claim codes (design 11, 20).

A phone code is derived from an office key, the challenge's id and how often it was sent: it is stored nowhere, lives five minutes and five tries, and
answers only in the browser (or to the claim code) that asked for it. A claim code is derived from the submission's id, so that a repeated
request gets the same one; only its token is kept.
"""

from datetime import date

from sandyq import outbox, seal
from sandyq.audit import Act, Leaf, record
from sandyq.collect import records
from sandyq.collect.facts import CodeState
from sandyq.collect.records import Challenge
from sandyq.db import Work
from sandyq.errors import TooMany
from sandyq.law.calendar import local_date
from sandyq.register.keystore import Keyring

LIFE_US = 5 * 60 * 1_000_000
TRIES = 5
RESENDS = 3
RESEND_AFTER = 60  # seconds
PER_PHONE = 8
PER_ADDRESS = 40
SESSION_US = 30 * 60 * 1_000_000
OUTBOX_KIND = "code"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_of(ring: Keyring, challenge_id: str, sends: int) -> str:
    """The six digits of a challenge at its n-th sending."""
    mac = seal.token(ring.office("phone-code"), challenge_id.encode(), str(sends).encode())
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06d}"


def claim_of(ring: Keyring, submission: str) -> str:
    """The claim code of a submission: 100 bits as four groups of five letters and digits without I, L, O, U."""
    number = int.from_bytes(seal.token(ring.office("claim"), submission.encode())[:13], "big") >> 4
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))
    return "-".join(text[n : n + 5] for n in range(0, 20, 5))


def claim_token(ring: Keyring, claim: str) -> bytes:
    """What is kept of a claim code; typing habits (case, blanks, O for 0, I and L for 1) do not matter."""
    folded = claim.upper().translate(str.maketrans("OIL", "011", " -\t\u00a0"))
    return seal.token(ring.office("claim-token"), folded.encode())


def form_token(ring: Keyring, browser: str, once: str) -> bytes:
    """What is kept for a day of a form that was sent, to know it again."""
    return seal.token(ring.office("sent-form"), browser.encode(), once.encode())


def binding(ring: Keyring, secret: str) -> bytes:
    """The token of the browser, or claim code, that may answer a challenge."""
    return seal.token(ring.office("browser"), secret.encode())


def begin(
    work: Work, ring: Keyring, subject: str, submission: str, kind: str, secret: str, *, phone: str = "", address: str = ""
) -> Challenge:
    """Make a challenge and queue its message. Raises TooMany when this phone or address had too many today."""
    _limited(work, ring, phone, address)
    made = Challenge(subject, work.new_id(), submission, kind, 1, 0, work.us, work.us + LIFE_US, None)
    records.add_challenge(work, made, binding(ring, secret))
    outbox.put(work, OUTBOX_KIND, f"{subject}:{made.id}")
    record(work, Leaf(Act.CODE_SENT, subject=subject, clause="2.18", object=made.id))
    return made


def _limited(work: Work, ring: Keyring, phone: str, address: str) -> None:
    day = local_date(work.at).isoformat()
    for label, value, most in (("phone", phone, PER_PHONE), ("address", address, PER_ADDRESS)):
        if value:
            token = seal.token(ring.office("code-limit"), label.encode(), value.encode())
            if records.count_sending(work, token, day) > most:
                raise TooMany("codes_too_many", retry_after=24 * 3600, limit=label)


def resend(work: Work, made: Challenge) -> CodeState:
    """Another code for the same challenge. Raises TooMany before a minute has passed or after three times."""
    waited = (work.us - made.sent_us) // 1_000_000
    if waited < RESEND_AFTER:
        raise TooMany("code_resend_soon", retry_after=RESEND_AFTER - waited)
    if made.sends > RESENDS:
        raise TooMany("code_resends_used", retry_after=24 * 3600)
    if not records.resent(work, made, work.us + LIFE_US):
        raise TooMany("code_resend_soon", retry_after=RESEND_AFTER)
    outbox.put(work, OUTBOX_KIND, f"{made.subject}:{made.id}")
    record(work, Leaf(Act.CODE_SENT, subject=made.subject, clause="2.18", object=made.id))
    return CodeState(False, TRIES, RESEND_AFTER, RESENDS - made.sends)


def answer(work: Work, ring: Keyring, made: Challenge, code: str) -> tuple[CodeState, str]:
    """Check a code; gives its state and the entry of the log. Every wrong one is counted and logged; after five, or five minutes, only a new code helps."""
    left = TRIES - made.tries
    alive = left > 0 and work.us <= made.expires_us and made.verified_us is None
    right = seal.same(code_of(ring, made.id, made.sends).encode(), code.strip().encode())
    good = alive and right
    if alive and records.tried(work, made, made.tries + 1, work.us if good else None):
        left -= 1
    elif alive:
        good = False  # another try came between: this one counts as nothing
    act, verdict = (Act.CODE_CONFIRMED, "done") if good else (Act.CODE_FAILED, "refused")
    leaf = record(work, Leaf(act, made.subject, "2.18", "255-VIII art. 47", object=made.id, verdict=verdict))
    return CodeState(good, max(0, left if alive else 0), RESEND_AFTER, max(0, RESENDS + 1 - made.sends)), leaf


def drop_stale(work: Work, day: date) -> int:
    """Forget sessions that are over and the counts of former days; the worker calls it now and then."""
    return records.drop_stale(work, day.isoformat())
