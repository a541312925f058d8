"""At the desk: a member of staff looks at an identity document; and links in mails that ask somebody to prove who they are (policy 2.16, 8.3).

Of the document its kind is noted, with the day and the member: no number, no copy (the Law art. 7(10)).
"""

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Denied, FieldError, Invalid, NotFound
from sandyq.identity import factors, records
from sandyq.identity.facts import DeskCheck, DocumentSeen, Opener
from sandyq.law.vocabulary import ActorKind
from sandyq.register import identifiers, index, subjects

LINK_DAYS = 14
_BASIS = ("2.16", "94-V art. 7(10), 10(2)")
_LINK_KEY = "prove-link"


def desk_check(work: Work, gate: Opener, subject: str, document_kind: str, *, iin: str = "") -> str:
    """Note that a member saw a person's identity document. `iin`, read off it, is compared and from then on verified; it is not kept by this act.
    Raises Denied for anybody but staff, Invalid, NotFound, Conflict when the IIN is verified as another's."""
    if work.actor.kind != ActorKind.STAFF:
        raise Denied("desk_check_needs_staff")
    if document_kind not in {kind.value for kind in DocumentSeen}:
        raise Invalid([FieldError("document_kind", "not_in_list", {"allowed": ", ".join(DocumentSeen)}, ("94-V art. 7(10)",))])
    if not subjects.alive(work, subject):
        raise NotFound("subject_unknown")
    if iin:
        number = identifiers.iin(iin)
        if number.error:
            raise Invalid([FieldError("iin", number.error, {}, ("6.2.1",))])
        index.confirm_iin(work, gate.ring, subject, number.value, wall=subjects.see(work, subject).fact.wall)
        subjects.verified(work, subject, iin=True)
    made = DeskCheck(work.new_id(), DocumentSeen(document_kind), work.actor.id, work.at)
    leaf = record(work, Leaf(Act.DESK_CHECKED, subject, *_BASIS, object=made.id))
    records.add_check(work, subject, made, leaf)
    factors.tell(work, subject, "desk")
    return made.id


def checks(work: Work, subject: str) -> list[DeskCheck]:
    """The desk checks of a person, oldest first."""
    return records.checks(work, subject)


def desk_contact(work: Work, gate: Opener, subject: str, check: str, kind: str, value: str, language: str = "kk") -> str:
    """A contact that the person named at the desk, on a check of this very day: it counts at once, also when it had bounced or been reissued. Raises
    NotFound for a check that is not theirs or not of today, Invalid."""
    _checked(work, subject, check)
    return factors.verified(work, gate, subject, kind, factors.checked(kind, value), origin="desk", language=language)


def desk_end(work: Work, subject: str, check: str, factor_id: str) -> None:
    """End a factor that a person lost, on a desk check of this day; it may be their last one. Raises NotFound."""
    _checked(work, subject, check)
    known = records.factor(work, subject, factor_id)
    if known is None:
        raise NotFound("factor_unknown")
    factors.ended(work, known)


def _checked(work: Work, subject: str, check: str) -> None:
    if work.actor.kind != ActorKind.STAFF:
        raise Denied("desk_check_needs_staff")
    if not any(one.id == check and (work.at - one.at).total_seconds() < 24 * 3600 for one in records.checks(work, subject)):
        raise NotFound("desk_check_unknown")


def link(work: Work, gate: Opener, subject: str, ref: str) -> str:
    """The secret of a link that asks whoever wrote to prove who they are; `ref` is the case it is about. It holds nothing personal and lives 14 days."""
    secret = seal.random_bytes(24).hex()
    records.add_link(work, _token(gate, secret), subject, ref, work.us + LINK_DAYS * 24 * 3600 * 1_000_000)
    record(work, Leaf(Act.LINK_MADE, subject, "8.3", "94-V art. 10(2)", object=ref))
    return secret


def by_link(work: Work, gate: Opener, secret: str, browser: str) -> str | None:
    """The case that a link is about. The first browser that opens it keeps it: forwarded to somebody else it opens nothing more."""
    found = records.link(work, _token(gate, secret)) if secret and browser else None
    if found is None:
        return None
    subject, ref, bound = found
    mark = seal.token(gate.ring.office(_LINK_KEY), b"browser", browser.encode())
    if not bound and records.bind_link(work, _token(gate, secret), mark):
        record(work, Leaf(Act.LINK_OPENED, subject, "8.3", "94-V art. 10(2)", object=ref))
        return ref
    if not seal.same(bound, mark):
        record(work, Leaf(Act.LINK_OPENED, subject, "8.3", "94-V art. 10(2)", object=ref, verdict="refused"))
        return None
    return ref


def spend_link(work: Work, gate: Opener, secret: str) -> bool:
    """End a link once somebody has proved who they are by it; False when it is over."""
    found = records.link(work, _token(gate, secret))
    if found is None or not records.spend_link(work, _token(gate, secret)):
        return False
    record(work, Leaf(Act.LINK_SPENT, found[0], "8.3", "94-V art. 10(2)", object=found[1]))
    return True


def _token(gate: Opener, secret: str) -> bytes:
    return seal.token(gate.ring.office(_LINK_KEY), b"link", secret.encode())
