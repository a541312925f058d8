"""The one place where the two sides of the wall of 3.7 meet: a person's own answer on access covers both (4.1.1; the Law art. 24(1)(1))."""

from sandyq import staff
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Denied
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.personnel.facts import WALL
from sandyq.register import index, items, subjects

_CLIENT = "client"
ONLY_OWN = "counterpart_only_for_own_answer"


def counterpart(work: Work, gate: Gate, subject: str, documents: tuple[str, ...] = ()) -> str | Refusal:
    """The same person on the other side, or an empty text: both sides must hold the IIN as verified, as what somebody only asserts joins nobody.

    Only for the person's own answer: the person asks, or a member whose grants reach both sides (the responsible person) answers a request that is on
    file in `documents`. The entry in the log is the same whether there is a counterpart or not, so that it tells nothing. Raises Denied, NotFound.
    """
    fact = subjects.see(work, subject).fact
    _may_join(work, gate, subject)
    record(work, Leaf(Act.COUNTERPART_ASKED, subject, "3.7", "94-V art. 24(1)(1)"))
    if not fact.iin_verified or fact.destroyed:
        return ""
    answer = gate.ask(work, _ask(work, gate, subject, fact.wall, documents))
    if isinstance(answer, Refusal):
        return answer
    iin = items.values(gate.open(work, answer)).get("iin", "")
    other = _CLIENT if fact.wall == WALL else WALL
    found = index.find(work, gate.ring, "iin", iin, wall=other).matches if iin else ()
    return next((m.subject for m in found if not m.asserted and subjects.alive(work, m.subject)), "")


def for_answer(work: Work, gate: Gate, subject: str, documents: tuple[str, ...] = ()) -> str | Refusal:
    """`counterpart` as an answer on access needs it: who acts for a person gets the side that their power is about, and a member whose grants reach one
    side gives no answer, for half an answer is none. Raises Denied (`answer_incomplete`)."""
    if work.actor.kind == ActorKind.SUBJECT and work.actor.id != subject:
        return ""
    try:
        return counterpart(work, gate, subject, documents)
    except Denied as denied:
        if denied.code == ONLY_OWN:  # said before anything is looked up: it tells nothing of another side
            raise Denied("answer_incomplete", remedy="let somebody answer whose grants reach both sides of the wall") from None
        raise


def _may_join(work: Work, gate: Gate, subject: str) -> None:
    """The person; or a member who sees both sides anyhow. Said before anything is looked up, so that a refusal is the same for everybody."""
    actor = work.actor
    if actor.kind == ActorKind.SUBJECT and actor.id == subject:
        return
    if not reaches_both(work, gate):
        raise Denied(ONLY_OWN)


def reaches_both(work: Work, gate: Gate) -> bool:
    """Whether the work's actor is a member whose grants let them use data on both sides of the wall, as the responsible person's do."""
    actor = work.actor
    member = staff.fact(work, actor.id) if actor.kind == ActorKind.STAFF else None
    if member is None:
        return False
    purposes = gate.in_force(work).edition.policy.purposes
    return {purposes[p].hr for p, category, operation in member.grants if p in purposes and (category, operation) == ("*", "use")} == {
        True,
        False,
    }


def _ask(work: Work, gate: Gate, subject: str, wall: str, documents: tuple[str, ...]) -> Ask:
    edition = gate.in_force(work).edition
    labour = next(p.id for p in edition.policy.purposes.values() if p.hr)
    purpose = labour if wall == WALL else edition.form.purpose
    kind, who = ActorKind(work.actor.kind), work.actor.id
    return Ask(Operation.USE, subject, purpose, frozenset({"iin"}), kind, who, Occasion.OWN_ACCESS, documents=documents)
