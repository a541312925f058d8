"""Coming in and going out: sign-in with two factors, sessions, tokens of machines. Each sign-in, failed ones too, is one entry of the
log.
"""

from dataclasses import dataclass

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.clock import instant, micros
from sandyq.db import Work
from sandyq.errors import Denied, NotFound
from sandyq.staff import records, signin
from sandyq.staff.facts import Caller, NotSignedIn, Power, SignedIn

_SECOND = 1_000_000
_SEEN_EVERY_US = 60 * _SECOND


@dataclass(frozen=True, slots=True)
class Weighed:
    """A password that was compared, outside of any unit of work. It holds neither the password nor anything to guess it from but the
    hash.
    """

    login: str
    kept: str
    fits: bool
    renewed: str = ""  # the hash made anew where its parameters are outdated


def kept_hash(work: Work, login: str) -> str:
    """The password hash of a handle, empty for an unknown one: read it, end the unit of work, then `weigh`."""
    found = records.credentials(work, login)
    return found.password_hash if found else ""


def weigh(login: str, kept: str, password: str, cost: signin.PasswordCost = signin.DEFAULT.cost) -> Weighed:
    """Compare a password with what `kept_hash` gave. Takes as long for an unknown handle. No database is touched."""
    fits = signin.password_fits(kept, password, cost)
    renewed = signin.hash_password(password, cost) if fits and signin.outdated(kept, cost) else ""
    return Weighed(login, kept, fits, renewed)


def sign_in(work: Work, key: bytes, weighed: Weighed, code: str, terms: signin.SignInTerms = signin.DEFAULT) -> SignedIn | NotSignedIn:
    """Begin a session with a weighed password and the second factor's code, which counts once (8.2).

    A failure is a value: it is counted, may lock the handle for a growing while, and is logged like a success. Which of handle, password
    and code was wrong is not told.
    """
    kept = records.credentials(work, weighed.login)
    if kept is None:
        return _refuse(work, "")
    if kept.locked_until_us > work.us:
        return _refuse(work, kept.id, kept.locked_until_us)
    step = signin.step_of(_totp(key, kept), code, work.us, kept.totp_step)
    right = weighed.fits and kept.active and seal.same(kept.password_hash.encode(), weighed.kept.encode())
    if not right or step is None or not records.passed(work, kept.id, step):
        wait = terms.lock.wait(kept.failures + 1)
        locked_until = micros(work.at + wait) if wait else 0
        records.failed(work, kept.id, kept.failures + 1, locked_until)
        return _refuse(work, kept.id, locked_until)
    if weighed.renewed:
        records.set_password(work, kept.id, weighed.renewed)
    session_id, secret, ends_at = work.new_id(), seal.random_bytes(32).hex(), work.at + terms.session.most
    records.add_session(work, secret, session_id, kept.id, micros(ends_at))
    record(work, Leaf(Act.SIGNED_IN, clause="8.2", object=kept.id))
    return SignedIn(kept.id, session_id, secret, ends_at)


def authenticate(
    work: Work, key: bytes, login: str, password: str, code: str, terms: signin.SignInTerms = signin.DEFAULT
) -> SignedIn | NotSignedIn:
    """`kept_hash`, `weigh` and `sign_in` in one unit of work: for a command line; a server weighs outside."""
    return sign_in(work, key, weigh(login, kept_hash(work, login), password, terms.cost), code, terms)


def _refuse(work: Work, member_id: str, locked_until_us: int = 0) -> NotSignedIn:
    record(work, Leaf(Act.SIGN_IN_FAILED, clause="8.2", verdict="failed", object=member_id))
    if locked_until_us <= work.us:
        return NotSignedIn("sign_in_refused")
    return NotSignedIn("sign_in_locked", -(-(locked_until_us - work.us) // _SECOND))


def session(work: Work, secret: str, terms: signin.SignInTerms = signin.DEFAULT) -> Caller | None:
    """Who a session belongs to, or None when it is over, idle too long or unknown. Only reads: pass a long one on to `keep_alive`."""
    found = records.session_caller(work, secret, micros(work.at - terms.session.idle))
    return found[0] if found else None


def keep_alive(work: Work, secret: str, terms: signin.SignInTerms = signin.DEFAULT) -> Caller | None:
    """As `session`, and note once a minute that it is in use."""
    found = records.session_caller(work, secret, micros(work.at - terms.session.idle))
    if found is None:
        return None
    caller, seen_us = found
    if work.us - seen_us > _SEEN_EVERY_US:
        records.see_session(work, caller.session)
    return caller


def confirm_factor(work: Work, key: bytes, secret: str, code: str, terms: signin.SignInTerms = signin.DEFAULT) -> Caller | NotSignedIn:
    """Prove the second factor again inside a session, for what needs it fresh. A wrong code counts like a failed sign-in and ends the
    session once the handle is locked. Raises Denied without a live session."""
    caller = session(work, secret, terms)
    if caller is None:
        raise Denied("session_over")
    kept = records.credentials_of(work, caller.actor.id)
    if kept is None:
        raise NotFound("staff_unknown")
    step = None if kept.locked_until_us > work.us else signin.step_of(_totp(key, kept), code, work.us, kept.totp_step)
    if step is None or not records.passed(work, kept.id, step):
        wait = terms.lock.wait(kept.failures + 1)
        locked_until = micros(work.at + wait) if wait else kept.locked_until_us
        records.failed(work, kept.id, kept.failures + 1, locked_until)
        if wait:
            records.drop_sessions(work, kept.id)
        return _refuse(work, kept.id, locked_until)
    records.renew_factor(work, caller.session)
    record(work, Leaf(Act.SIGNED_IN, clause="8.2", object=kept.id))
    return Caller(caller.actor, caller.powers, caller.staff, caller.role, caller.session, instant(work.us))


def sign_out(work: Work, secret: str) -> None:
    """End a session. An unknown one is no error: it is over either way."""
    ended = records.drop_session(work, secret)
    if ended is not None:
        record(work, Leaf(Act.SIGNED_OUT, clause="8.2", object=ended[0]))


def drop_over(work: Work, terms: signin.SignInTerms = signin.DEFAULT) -> int:
    """Forget sessions that are over; the worker calls it now and then."""
    return records.drop_sessions_over(work, micros(work.at - terms.session.idle))


def drop_all(work: Work) -> int:
    """End every session: after a restore those that were signed out since the backup would be open again."""
    return records.drop_all_sessions(work)


def token_actor(work: Work, secret: str) -> Caller | None:
    """Who a token stands for and what it may do now; None when it is unknown, revoked, past its end, or its owner left. Only reads."""
    return records.token_caller(work, secret)


def demand(caller: Caller, power: Power) -> None:
    """Raises Denied unless the caller has a power; the door logs that (`door.denied`)."""
    if not caller.may(power):
        raise Denied("power_missing", power=power.value)


def sample_code(work: Work, key: bytes, login: str, *, sample: bool) -> str:
    """The present code of a member's second factor, for an office that was created as a sample and only there. Raises Denied, NotFound."""
    if not sample:
        raise Denied("only_in_a_sample")
    kept = records.credentials(work, login)
    if kept is None:
        raise NotFound("staff_unknown")
    return signin.code_at(_totp(key, kept), work.us)


def _totp(key: bytes, kept: records.Credentials) -> bytes:
    return seal.unwrap(seal.derive(key, "staff.totp"), kept.totp, kept.id.encode())
