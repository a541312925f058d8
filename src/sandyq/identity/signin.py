"""Signing in, stepping up, and what a session is good for (design 20; `docs/adr/0010-who-is-asking.md`).

Whoever asks for a code gets the same answer, costs the same statements and is counted against the same limits, whether the IIN and the contact lead
to a living person, to nobody, to one who is blocked or to one who was destroyed. A step-up gives the session a new secret.
"""

from collections.abc import Sequence
from dataclasses import replace

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid, NotFound
from sandyq.identity import authenticator, codes, factors, records
from sandyq.identity.facts import Asked, CodeState, Factor, FactorKind, Mandate, Mandates, Opener, Visitor
from sandyq.identity.levels import Level
from sandyq.identity.records import SessionRow
from sandyq.law.calendar import local_date
from sandyq.register import identifiers, index, subjects
from sandyq.register.keystore import Keyring

ENTER, STEP = "enter", "step"
IDLE_US = 30 * 60 * 1_000_000
MOST_US = 4 * 3600 * 1_000_000
STEPPED_US = 30 * 60 * 1_000_000
"""How long a second factor counts."""
_NOTED_US = 60 * 1_000_000
_BASIS = ("8.3", "94-V art. 10(2)")
_SESSION_KEY = "portal-session"


def nobody(work: Work, person: str) -> Sequence[Mandate]:
    """No representations: what a caller gets who brings none."""
    return ()


# --- the first code ------------------------------------------------------------------------------------------------------------------------


def ask_code(work: Work, gate: Opener, iin: str, kind: str, contact: str, browser: str, address: str, language: str = "kk") -> Asked:
    """The first step: a code to a verified contact, where IIN and contact lead to one living person. Raises Invalid for what is no IIN or contact at all,
    TooMany when contact, address or person had too many codes today."""
    number, value = _typed(iin, kind, contact)
    ring = gate.ring
    codes.limited(work, ring, contact=value, address=address, person=number)
    known = _led_to(work, ring, number, kind, value)
    subject, about = (known.subject, known.id) if known else (work.new_id(), "")
    codes.begin(work, ring, subject, about, ENTER, browser, carried=codes.KIND, language=language, act=Act.ENTRY_CODE_SENT)
    return Asked(codes.asked())


def _typed(iin: str, kind: str, contact: str) -> tuple[str, str]:
    faults, value = [], ""
    number = identifiers.iin(iin)
    if number.error:
        faults.append(FieldError("iin", number.error if iin.strip() else "missing"))
    try:
        value = factors.checked(kind, contact)
    except Invalid as error:
        faults += error.errors if contact.strip() else [FieldError("contact", "missing")]
    if faults:
        raise Invalid(faults)
    return number.value, value


def _led_to(work: Work, ring: Keyring, iin: str, kind: str, value: str) -> Factor | None:
    """The contact of the one living person whom IIN and contact lead to. The statements are the same whoever is found."""
    by_iin = set(index.find(work, ring, "iin", iin).subjects)
    holders = [pair for pair in records.by_token(work, factors.token(ring, kind, value)) if pair[0] in by_iin]
    people = subjects.some(work, {subject for subject, _ in holders}, records.PADDED)
    kept = {(one.subject, one.id): one for one in records.factors_of(work, people)}
    found = [one for pair in holders if (one := kept.get(pair)) is not None and one.opens]
    return _one(found, people)


def _one(found: list[Factor], people: dict[str, subjects.Brief]) -> Factor | None:
    """Of several people behind one IIN and contact: whose IIN was verified, else who was there before the form that waits for the desk; else nobody."""
    verified = [one for one in found if people[one.subject].iin_verified]
    first = [one for one in found if not people[one.subject].matches_known]
    chosen = {one.subject: one for one in verified or first or found}
    return next(iter(chosen.values())) if len(chosen) == 1 else None


def again(work: Work, gate: Opener, browser: str, language: str = "kk") -> CodeState:
    """Another code for the sign-in under way in this browser. Raises NotFound, TooMany."""
    made = records.bound_challenge(work, codes.binding(gate.ring, browser), ENTER)
    if made is None or made.verified_us is not None:
        raise NotFound("code_unknown")
    return codes.resend(work, made, carried=codes.KIND, language=language, act=Act.ENTRY_CODE_SENT)


def enter(work: Work, gate: Opener, browser: str, code: str, language: str = "kk") -> str:
    """The second step: the secret of a session, or an empty text when the code does not fit. Each try is counted and logged; the other contacts are told
    of a sign-in, and of five codes in a row that did not fit."""
    ring = gate.ring
    made = records.bound_challenge(work, codes.binding(ring, browser), ENTER)
    if made is None:
        record(work, Leaf(Act.ENTRY_FAILED, "", *_BASIS, verdict="refused"))
        return ""
    state, _ = codes.answer(work, made, codes.fits(ring, made, code), done=Act.ENTERED, failed=Act.ENTRY_FAILED)
    factor = records.factor(work, made.subject, made.about)
    if not state.ok or factor is None or not factor.opens:
        if factor is not None and not state.ok and made.tries + 1 == codes.TRIES:
            _tell(work, ring, made.subject, "failed", factor.id)
        return ""
    _tell(work, ring, made.subject, "entered", factor.id)
    return _begun(work, ring, made.subject, (factor.id,), language)


def _tell(work: Work, ring: Keyring, subject: str, word: str, by: str) -> None:
    quiet = [one.id for one in factors.of(work, subject) if one.id != by and not factors.limit_told(work, ring, one.id)]
    factors.tell(work, subject, word, but=[by, *quiet])


def _begun(work: Work, ring: Keyring, subject: str, by: tuple[str, ...], language: str) -> str:
    secret = seal.random_bytes(32).hex()
    row = SessionRow(work.new_id(), subject, by, subject, "", language, work.us, work.us, None, work.us + MOST_US)
    records.add_session(work, _token(ring, secret), row)
    return secret


def _token(ring: Keyring, secret: str) -> bytes:
    return seal.token(ring.office(_SESSION_KEY), secret.encode())


# --- sessions ------------------------------------------------------------------------------------------------------------------------------


def _standing(work: Work, ring: Keyring, secret: str) -> SessionRow | None:
    row = records.session(work, _token(ring, secret)) if secret else None
    if row is None or row.ends_us <= work.us or row.seen_us + IDLE_US <= work.us:
        return None
    return row


def visitor(work: Work, gate: Opener, secret: str, mandates: Mandates = nobody) -> Visitor | None:
    """Who is behind a session; None when it has ended or never was. Only reads.

    For a representative the representation is looked up each time: when its term is over or somebody ended it, the session is the representative's own."""
    row = _standing(work, gate.ring, secret)
    if row is None:
        return None
    proved = tuple(one for one in records.factors(work, row.subject) if one.id in row.factors and one.opens)
    if not proved:
        return None
    stepped = len(proved) > 1 and row.stepped_us is not None and work.us < row.stepped_us + STEPPED_US
    level = Level.TWO_FACTORS if stepped else Level.CODE
    who = Visitor(row.subject, level, row.id, row.subject, factors=proved, language=row.language)
    if row.for_subject == row.subject:
        return who
    scope = _scope(work, row, mandates)
    return replace(who, for_subject=row.for_subject, scope=scope, mandate=row.mandate) if scope else who


def _scope(work: Work, row: SessionRow, mandates: Mandates) -> frozenset[str]:
    today = local_date(work.at)
    standing = [one for one in mandates(work, row.subject) if one.id == row.mandate and one.subject == row.for_subject]
    return frozenset(clause for one in standing for clause in one.scope if one.may(clause, today))


def present(work: Work, gate: Opener, secret: str, mandates: Mandates = nobody) -> Visitor | None:
    """As `visitor`, and note once a minute that the session is in use."""
    found = visitor(work, gate, secret, mandates)
    row = _standing(work, gate.ring, secret) if found else None
    if row is not None and row.seen_us + _NOTED_US <= work.us:
        records.seen(work, _token(gate.ring, secret))
    return found


def act_for(work: Work, gate: Opener, secret: str, subject: str, mandates: Mandates) -> bool:
    """Go on for somebody else, within a representation that stands; for oneself again when `subject` is one's own or empty. False without one."""
    row = _standing(work, gate.ring, secret)
    if row is None:
        return False
    if subject in ("", row.subject):
        records.act_for(work, _token(gate.ring, secret), row.subject, "")
        return True
    today = local_date(work.at)
    found = next((m for m in mandates(work, row.subject) if m.subject == subject and any(m.may(c, today) for c in m.scope)), None)
    act = Leaf(Act.ACTED_FOR, subject, "6.1", "94-V art. 24", object=found.id if found else "", verdict="done" if found else "refused")
    record(work, act)
    if found is None:
        return False
    records.act_for(work, _token(gate.ring, secret), subject, found.id)
    factors.tell(work, subject, "represented")
    return True


def leave(work: Work, gate: Opener, secret: str) -> None:
    """End a session; one that has ended is no error."""
    row = records.session(work, _token(gate.ring, secret)) if secret else None
    if row is not None:
        records.drop_session(work, _token(gate.ring, secret))
        record(work, Leaf(Act.PORTAL_LEFT, row.subject, *_BASIS, object=row.id))


def drop_all(work: Work) -> int:
    """End every session: after a restore those that were ended since the backup would be open again."""
    return records.drop_all_sessions(work)


# --- the second factor -----------------------------------------------------------------------------------------------------------------------


def seconds(work: Work, who: Visitor) -> tuple[Factor, ...]:
    """What this person could prove beside what they have proved in this session."""
    proved = {one.id for one in who.factors}
    return tuple(one for one in factors.of(work, who.subject) if one.opens and one.id not in proved)


def step_up(work: Work, gate: Opener, secret: str, kind: str, address: str = "", language: str = "kk") -> Asked:
    """Ask for a second, different factor: a code to another contact; of an authenticator nothing is sent. The same answer where there is none.
    Raises NotFound when the session has ended, TooMany."""
    who = visitor(work, gate, secret)
    if who is None:
        raise NotFound("session_ended")
    codes.limited(work, gate.ring, person=who.subject, address=address)
    found = next((one for one in seconds(work, who) if one.kind.value == kind), None)
    carried = codes.KIND if found and found.kind is not FactorKind.TOTP else ""
    about = found.id if found else ""
    codes.begin(work, gate.ring, who.subject, about, STEP, secret, carried=carried, language=language, act=Act.ENTRY_CODE_SENT)
    return Asked(codes.asked())


def step_enter(work: Work, gate: Opener, secret: str, code: str) -> str:
    """The code of the second factor: the session's new secret (the old one opens nothing any more), or an empty text."""
    ring, who = gate.ring, visitor(work, gate, secret)
    made = records.bound_challenge(work, codes.binding(ring, secret), STEP) if who else None
    if who is None or made is None:
        return ""
    factor = records.factor(work, who.subject, made.about)
    right = factor is not None and factor.opens and _fits(work, ring, made, factor, code)
    state, _ = codes.answer(work, made, right, done=Act.STEPPED_UP, failed=Act.STEP_FAILED)
    if not state.ok or factor is None:
        if made.tries + 1 == codes.TRIES:
            factors.tell(work, who.subject, "failed")
        return ""
    factors.tell(work, who.subject, "stepped", but=[one.id for one in who.factors])
    return _renewed(work, ring, secret, factor.id)


def _fits(work: Work, ring: Keyring, made: records.Challenge, factor: Factor, code: str) -> bool:
    return authenticator.fits(work, ring, factor, code) if factor.kind is FactorKind.TOTP else codes.fits(ring, made, code)


def _renewed(work: Work, ring: Keyring, secret: str, factor_id: str) -> str:
    old = records.session(work, _token(ring, secret))
    assert old is not None
    records.drop_session(work, _token(ring, secret))
    fresh = seal.random_bytes(32).hex()
    by = (*(one for one in old.factors if one != factor_id), factor_id)
    records.add_session(work, _token(ring, fresh), replace(old, factors=by, stepped_us=work.us, seen_us=work.us))
    return fresh
