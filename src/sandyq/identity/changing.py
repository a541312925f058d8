"""Changing one's own factors: a new contact or authenticator is named, proved, told to the old contacts, and counts after 72 hours (design 20).

One thing needs no second factor: to prove a contact that the person had named on their first form. It brings nobody new in.
"""

from dataclasses import dataclass

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, NotFound
from sandyq.identity import authenticator, codes, factors, records, signin
from sandyq.identity.facts import Asked, CodeState, Factor, FactorKind, FactorState, Opener, Visitor
from sandyq.identity.levels import Deed

CONTACT = "contact"
_BASIS = ("6.2.7", "94-V art. 22(1)")
_MOST = 8
"""Factors that one person may have at a time."""


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """An authenticator that waits for its first code: the base32 secret and the address for its picture code, shown once."""

    id: str
    secret: str
    uri: str


def propose_contact(work: Work, gate: Opener, secret: str, kind: str, value: str, address: str = "", language: str = "kk") -> Asked:
    """Name a new contact: a code goes there, and the old contacts are told. Raises Invalid, Denied without a second factor, Conflict when it is there or there
    are too many, TooMany."""
    who = _own(work, gate, secret)
    named = factors.checked(kind, value)
    if not who.may(Deed.CHANGE_CONTACT) and not factors.given_on_the_form(work, gate.ring, who.subject, kind, named):
        raise Denied("second_factor_wanted")
    _room(work, who.subject)
    codes.limited(work, gate.ring, contact=named, address=address, person=who.subject)
    made = factors.keep(work, gate, who.subject, FactorKind(kind), named, FactorState.WAITING, "portal", language)
    if made.state is not FactorState.WAITING:
        raise Conflict("contact_there" if made.state in (FactorState.OK, FactorState.COOLING) else "contact_needs_desk")
    codes.begin(work, gate.ring, who.subject, made.id, CONTACT, secret, carried=codes.KIND, language=language, act=Act.FACTOR_PROPOSED)
    factors.tell(work, who.subject, "proposed")
    return Asked(codes.asked())


def confirm_contact(work: Work, gate: Opener, secret: str, code: str) -> CodeState:
    """The code of a new contact came back: it counts in 72 hours, or at once when the person's first form had named it."""
    who = _own(work, gate, secret)
    made = records.bound_challenge(work, codes.binding(gate.ring, secret), CONTACT)
    waiting = records.factor(work, who.subject, made.about) if made else None
    if made is None or waiting is None:
        raise NotFound("code_unknown")
    state, _ = codes.answer(work, made, codes.fits(gate.ring, made, code), done=Act.FACTOR_ADDED, failed=Act.FACTOR_FAILED)
    if state.ok:
        value = factors.opened(work, gate, who.subject, [waiting]).get(waiting.id, "")
        known = bool(value) and factors.given_on_the_form(work, gate.ring, who.subject, waiting.kind.value, value)
        _counts(work, gate, waiting, cooling=not known)
    return state


def _counts(work: Work, gate: Opener, waiting: Factor, *, cooling: bool) -> None:
    records.confirm_factor(work, waiting.subject, waiting.id, (FactorState.WAITING,), factors.usable_from(work, cooling=cooling))
    factors.tell(work, waiting.subject, "added" if cooling else "proved", but=[waiting.id])
    if waiting.item:
        factors.reissue(work, gate.ring, waiting)


def enrol_totp(work: Work, gate: Opener, secret: str, office: str) -> NewAuthenticator:
    """Begin with an authenticator; it waits for its first code. Raises Denied without a second factor."""
    who = _own(work, gate, secret)
    if not who.may(Deed.CHANGE_CONTACT):
        raise Denied("second_factor_wanted")
    for old in factors.of(work, who.subject):
        if old.kind is FactorKind.TOTP and old.state is FactorState.WAITING:
            factors.drop(work, old)
    _room(work, who.subject)
    key, made = authenticator.fresh(), work.new_id()
    new = Factor(who.subject, made, FactorKind.TOTP, FactorState.WAITING, "portal", who.language, "", work.at, None, None)
    records.add_factor(work, new, secret=authenticator.sealed(gate.ring, who.subject, made, key))
    codes.begin(work, gate.ring, who.subject, made, CONTACT, secret, carried="", act=Act.FACTOR_PROPOSED)
    factors.tell(work, who.subject, "proposed")
    return NewAuthenticator(made, key, authenticator.uri(key, office))


def confirm_totp(work: Work, gate: Opener, secret: str, code: str) -> bool:
    """The first code of an authenticator: it counts in 72 hours."""
    who = _own(work, gate, secret)
    made = records.bound_challenge(work, codes.binding(gate.ring, secret), CONTACT)
    waiting = records.factor(work, who.subject, made.about) if made else None
    if made is None or waiting is None or waiting.kind is not FactorKind.TOTP:
        raise NotFound("code_unknown")
    right = authenticator.fits(work, gate.ring, waiting, code)
    state, _ = codes.answer(work, made, right, done=Act.FACTOR_ADDED, failed=Act.FACTOR_FAILED)
    if state.ok:
        _counts(work, gate, waiting, cooling=True)
    return state.ok


def end_factor(work: Work, gate: Opener, secret: str, factor_id: str) -> None:
    """End one of one's factors. One that is still in its cooling-off, or waits, anybody signed in may end: it may not be theirs. Raises NotFound, Denied
    without a second factor, Conflict for the last contact."""
    who = _own(work, gate, secret)
    known = records.factor(work, who.subject, factor_id)
    if known is None:
        raise NotFound("factor_unknown")
    if known.state is FactorState.WAITING:
        factors.drop(work, known)
        record(work, Leaf(Act.FACTOR_ENDED, who.subject, *_BASIS, object=factor_id))
        return
    if known.state is not FactorState.COOLING and not who.may(Deed.CHANGE_CONTACT):
        raise Denied("second_factor_wanted")
    factors.end(work, who.subject, factor_id)


def _own(work: Work, gate: Opener, secret: str) -> Visitor:
    """Factors are one's own: a representative changes none of the person they act for."""
    who = signin.visitor(work, gate, secret)
    if who is None:
        raise Denied("session_ended")
    return who


def _room(work: Work, subject: str) -> None:
    if len(factors.of(work, subject)) >= _MOST:
        raise Conflict("factors_too_many", most=_MOST)
