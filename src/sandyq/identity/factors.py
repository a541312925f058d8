"""Factors: contacts and authenticators that a person proved, how they are added, changed and lost (design 11, 20; policy 2.16, 6.2.7).

A contact is sealed in an item of its own and found by a keyed token. What is added through the portal counts only after 72 hours, and the old contacts are
told at once. A contact that a newer verified person holds too, or that bounces, opens nothing until a desk check.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from sandyq import outbox, seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound, NotReady
from sandyq.identity import codes, records
from sandyq.identity.facts import CONTACTS, Factor, FactorKind, FactorState, Opener
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import identifiers, index, items
from sandyq.register.items import NewItem
from sandyq.register.keystore import Keyring

COOLING = timedelta(hours=72)
CATEGORY = "6.2.7"
TERM = "correspondence"
NOTICE_KIND = "identity_notice"
ENDED = "ended"
"""The word of the one notice that goes to a contact that counts no more."""
_GROUND = "94-V art. 22(1), 25(2)(4)"
_BASIS = ("6.2.7", "94-V art. 22(1)")
_USED = (FactorState.OK,)
_LOST = (FactorState.BOUNCED, FactorState.REISSUED, FactorState.ENDED, FactorState.WAITING)


def checked(kind: str, value: str, field: str = "contact") -> str:
    """The normal form of a phone or an e-mail address. Raises Invalid."""
    if kind not in CONTACTS:
        raise Invalid([FieldError("kind", "not_in_list", {"allowed": "phone, email"})])
    found = identifiers.KINDS[kind](value)
    if found.error or not found.value:
        raise Invalid([FieldError(field, found.error or "missing", {}, ("6.2.7",))])
    return found.value


def token(ring: Keyring, kind: str, value: str) -> bytes:
    """By what a contact is found."""
    return seal.token(ring.office("identity-contact"), kind.encode(), value.encode())


def of(work: Work, subject: str) -> list[Factor]:
    """Every factor of a person that is not ended, oldest first."""
    return [one for one in records.factors(work, subject) if one.state is not FactorState.ENDED]


def opened(work: Work, gate: Opener, subject: str, wanted: Collection[Factor]) -> Mapping[str, str]:
    """The contacts behind some factors, by factor, opened through the gate as the person's own; what the gate refuses or is gone is left out."""
    by_item = {one.item: one for one in wanted if one.item}
    there = {item.item_id for item in items.legal(work, subject)} if by_item else set()
    named = frozenset(by_item) & there
    if not named:
        return {}
    purpose = str(gate.in_force(work).edition.form.purpose)
    answer = gate.ask(work, Ask(Operation.USE, subject, purpose, actor=ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS, items=named))
    if isinstance(answer, Refusal):
        return {}
    return {by_item[item].id: one.values.get(by_item[item].kind.value, "") for item, one in gate.open(work, answer).items()}


def keep(
    work: Work, gate: Opener, subject: str, kind: FactorKind, value: str, state: FactorState, origin: str, language: str = "kk"
) -> Factor:
    """Seal a contact and keep it as a factor; one that the person has already, in whatever state, is that one."""
    mark = token(gate.ring, kind, value)
    same = next((f for s, f in records.by_token(work, mark) if s == subject), "")
    if same and (known := records.factor(work, subject, same)) is not None:
        return known
    end = gate.in_force(work).edition.term_end(TERM, local_date(work.at))
    if end is None:
        raise NotReady("evidence_without_term", term=TERM, remedy="give the term rule a length in the policy file or its overlay")
    sealed = NewItem(CATEGORY, {kind.value: value}, ground=_GROUND, term_rule=TERM, term_end=end, klass="evidence")
    item = items.put_evidence(work, gate.ring, subject, sealed)
    verified = work.at if state is FactorState.OK else None
    made = Factor(subject, work.new_id(), kind, state, origin, language, item, work.at, verified, verified)
    records.add_factor(work, made)
    records.add_token(work, subject, made.id, mark)
    return made


def verified(work: Work, gate: Opener, subject: str, kind: str, value: str, *, origin: str = "form", language: str = "kk") -> str:
    """A contact was proved: by the code of the form, or in front of staff. Older holders of it are cut off. Gives the factor's id."""
    made = keep(work, gate, subject, FactorKind(kind), value, FactorState.OK, origin, language)
    if made.state in _LOST and origin == "form":
        return made.id  # what bounced, was reissued or ended comes back at the desk alone
    if made.state in _LOST:
        records.confirm_factor(work, subject, made.id, _LOST, work.us)
    record(work, Leaf(Act.FACTOR_ADDED, subject, *_BASIS, object=made.id))
    reissue(work, gate.ring, made)
    return made.id


def reissue(work: Work, ring: Keyring, newer: Factor) -> None:
    """Whoever held this contact before, and is somebody else, can open nothing with it any more (a number given to another, a family's phone)."""
    mark = records.token_of(work, newer.subject, newer.id)
    others = [pair for pair in records.by_token(work, mark) if pair[0] != newer.subject] if mark else []
    if not others:
        return
    same_person = set(index.meeting(work, ring, newer.subject, "iin"))
    for subject, factor_id in others:
        if subject not in same_person and records.set_state(work, subject, factor_id, _USED, FactorState.REISSUED):
            _lost(work, subject, factor_id, Act.FACTOR_REISSUED, FactorState.REISSUED)


def bounced(work: Work, gate: Opener, kind: str, value: str) -> int:
    """What was sent to a contact came back: it opens nothing until a desk check. Gives how many people had it."""
    count = 0
    for subject, factor_id in records.by_token(work, token(gate.ring, kind, value)):
        if records.set_state(work, subject, factor_id, (*_USED, FactorState.WAITING), FactorState.BOUNCED):
            _lost(work, subject, factor_id, Act.FACTOR_BOUNCED, FactorState.BOUNCED)
            count += 1
    return count


def _lost(work: Work, subject: str, factor_id: str, act: Act, state: FactorState) -> None:
    records.drop_sessions_of(work, subject, factor_id)
    record(work, Leaf(act, subject, *_BASIS, object=factor_id))
    ledger.note(work, "identity.lost", subject, factor=factor_id, state=state.value)


def counts(work: Work, ring: Keyring, subject: str, kind: str, value: str) -> bool:
    """Whether a contact is one of this person's that counts now: proved by a code to it and past its cooling-off, or proved at the desk."""
    found = next((factor for owner, factor in records.by_token(work, token(ring, kind, value)) if owner == subject), "")
    known = records.factor(work, subject, found) if found else None
    return known is not None and known.opens


def end(work: Work, subject: str, factor_id: str) -> None:
    """A factor counts no more, its sessions end; the others are told, and it is told itself, for it may be its holder who is being shut out.
    Raises NotFound, and Conflict for the last one that opens something."""
    known = records.factor(work, subject, factor_id)
    if known is None or known.state is FactorState.ENDED:
        raise NotFound("factor_unknown")
    if known.opens and not any(one.opens and one.kind in CONTACTS and one.id != factor_id for one in of(work, subject)):
        raise Conflict("last_contact")
    ended(work, known)
    if known.opens and known.kind in CONTACTS:
        outbox.put(work, NOTICE_KIND, f"{subject}:{known.id}:{ENDED}", known.language)


def ended(work: Work, known: Factor) -> None:
    """End a factor, whichever it is: at the desk, where a person stands who lost it."""
    records.set_state(work, known.subject, known.id, tuple(FactorState), FactorState.ENDED)
    _lost(work, known.subject, known.id, Act.FACTOR_ENDED, FactorState.ENDED)
    tell(work, known.subject, ENDED)


def tell(work: Work, subject: str, word: str, *, but: Collection[str] = ()) -> None:
    """Tell a person's contacts, without a word about them, what was done: through the outbox, by reference (design 13)."""
    for one in of(work, subject):
        if one.kind in CONTACTS and one.state in (FactorState.OK, FactorState.COOLING) and one.id not in but:
            outbox.put(work, NOTICE_KIND, f"{subject}:{one.id}:{word}", one.language)


def given_on_the_form(work: Work, ring: Keyring, subject: str, kind: str, value: str) -> bool:
    """Whether the person themselves had named this contact before, on the form that began everything: proving it brings nobody new in."""
    first = any(
        kind in item.fields and item.version == 1 and item.superseded_at is None
        for item in items.legal(work, subject)
        if item.klass == "data" and item.category == CATEGORY
    )
    return first and subject in index.find(work, ring, kind, value, cap=1000).subjects


def carry(work: Work, old: str, new: str, moved: Mapping[str, str]) -> None:
    """After a merge on an identity check the contacts of the provisional subject are the known person's; `moved` tells each item's new id."""
    held = {mark for one in of(work, new) if (mark := records.token_of(work, new, one.id))}
    for one in of(work, old):
        mark = records.token_of(work, old, one.id)
        if mark is None or mark in held or one.item not in moved or not one.opens:
            continue
        made = replace(one, subject=new, id=work.new_id(), item=moved[one.item])
        records.add_factor(work, made)
        records.add_token(work, new, made.id, mark)
        record(work, Leaf(Act.FACTOR_ADDED, new, *_BASIS, object=made.id))
    records.drop_sessions_of(work, old)
    records.drop_challenges(work, old)


def drop_waiting(work: Work) -> int:
    """Contacts and authenticators that were named a day ago and never proved go, with what was sealed of them."""
    late = records.waiting_since(work, work.us - 24 * 3600 * 1_000_000)
    for one in late:
        drop(work, one)
    return len(late)


def drop(work: Work, one: Factor) -> None:
    """A factor that never counted goes without a trace of its contact."""
    if one.item:
        items.erase_keys(work, one.subject, [one.item])
        items.erase_rows(work, one.subject, [one.item])
    records.drop_factor(work, one.subject, one.id)


def usable_from(work: Work, *, cooling: bool) -> int:
    """The instant from which a factor that is proved now counts, in microseconds."""
    return work.us + (int(COOLING.total_seconds()) * 1_000_000 if cooling else 0)


def limit_told(work: Work, ring: Keyring, factor_id: str) -> bool:
    """Whether one more message about sign-ins may go to a contact today."""
    return codes.within(work, ring, "told", factor_id)
