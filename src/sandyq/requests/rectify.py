"""The order to put data right: documents looked at, the new version made, what it replaced destroyed or kept with its reason, recipients told (4.1.2)."""

from dataclasses import dataclass

from sandyq import change, destroy, distribute, retain
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.requests import records
from sandyq.requests.facts import PROVING, Done, Kind, Order

_CITES = ("4.1.2", "94-V art. 25(2)(8)")


def carry_out(work: Work, gate: Gate, house: destroy.House, given: Order) -> tuple[Done, str] | Refusal:
    """Correct as ordered, and give what came of it with the decision; the caller puts the order on file.

    Without documents the law refuses with `documents_wanted`, and nothing is changed. Raises Invalid with every fault of fields and documents: the papers
    must be on file of this very person and of a kind that proves.
    """
    faulty = _papers(work, given)
    try:
        changed = change.correct(work, gate, given.subject, given.values, given.papers, contacts_checked=given.contacts_checked)
    except Invalid as wrong:
        raise Invalid([*wrong.errors, *faulty]) from None
    if faulty:
        raise Invalid(faulty)
    if isinstance(changed, Refusal):
        return changed
    received = given.received_at or work.at
    former = retain.drop_former(work, gate, house, given.subject, changed.former, received)
    ended = _ended(work, gate, house, given, changed.ended) if changed.ended else _Ended()
    gone = frozenset[str]().union(*[version.fields for version in changed.versions if not version.new]) if ended.plan else frozenset()
    told = [*distribute.correct(work, given.subject, changed.fields - gone, changed.decision), *ended.told]
    stays = {item for item, _ in former.kept} | (frozenset() if ended.plan else changed.ended)
    target = next((version.new for version in changed.versions if version.new), "")
    done = Done(
        "",
        Kind.RECTIFY,
        target,
        None,
        tuple(told),
        "recipients" if told else "",
        former.plan or ended.plan,
        tuple(sorted(changed.fields)),
        tuple(sorted({finding.code for _, finding in former.kept} | set(ended.kept))),
        was=changed.was,
        was_kept=frozenset[str]().union(*[version.changed | version.removed for version in changed.versions if version.old in stays]),
    )
    return done, changed.decision


@dataclass(frozen=True, slots=True)
class _Ended:
    """What came of items of which nothing is right."""

    plan: str = ""
    kept: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def _papers(work: Work, given: Order) -> list[FieldError]:
    known = {document.id: document.kind for document in records.documents(work, given.subject)}
    faults = []
    for place, paper in enumerate(given.papers):
        if paper not in known:
            faults.append(FieldError(f"documents[{place}]", "document_not_on_file", {}, _CITES))
        elif known[paper] not in PROVING:
            faults.append(FieldError(f"documents[{place}]", "document_proves_nothing", {}, _CITES))
    return faults


def _ended(work: Work, gate: Gate, house: destroy.House, given: Order, wrong: frozenset[str]) -> _Ended:
    """What cannot be corrected is destroyed (art. 25(2)(8)), unless something keeps it."""
    ask = Ask(
        Operation.DESTROY,
        given.subject,
        "",
        actor=ActorKind(work.actor.kind),
        actor_id=work.actor.id,
        occasion=Occasion.CORRECTION_ON_DOCUMENTS,
        documents=given.papers,
        items=wrong,
    )
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return _Ended(kept=tuple(reason.code for reason in answer.verdict.reasons))
    basis = destroy.Basis(*_CITES, given.received_at or work.at)
    made = destroy.plan(work, house, answer, basis, certified=False)
    told = retain.tell_destroyed(work, made)
    kept = tuple(f.code for _, f in retain.why_kept(answer.verdict, wrong - made.items))
    return _Ended(made.id, kept, tuple(told))
