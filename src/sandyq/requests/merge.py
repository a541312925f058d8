"""The desk's answer on a form that asserts to be of somebody who is known already (policy 2.16, 4.1.2; design 11).

`merge`: an identity check showed that it is the same person, and everything the form brought becomes theirs. `keep_apart`: it is somebody else, and
goes on as a person of its own. `reject`: it is nobody's, and is destroyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandyq import applications, collect, consent, destroy, distribute, identity, relations
from sandyq.applications import Routed
from sandyq.audit import Act, Leaf, record
from sandyq.collect.records import SubmissionRow
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid
from sandyq.ids import is_id
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, StandingAct
from sandyq.register import index, items, media, subjects
from sandyq.register.items import Legal, NewItem, Opened
from sandyq.relations.facts import NewRelation, RelationKind
from sandyq.requests.acts import Desk, basis_of

_MERGED = ("2.16", "94-V art. 20(2), 22(1)")


@dataclass(frozen=True, slots=True)
class Decided:
    """What the desk decided on a form: whose it is now, the leads that went on from it, the destruction of what is left over."""

    subject: str
    routed: tuple[Routed, ...] = ()
    plan: str = ""


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def merge(work: Work, desk: Desk, submission: str, into: str, document: str) -> Decided | Refusal:
    """Make a form that waits part of a known person, on the identity check that `document` records. A refusal of the law is a value.

    Items become new versions with their own source, consents keep their instants and proofs, uploads their seals; the claim code leads to the known
    person from now on, and the provisional subject is destroyed. Raises NotFound, Conflict, Invalid.
    """
    if not is_id(document):
        raise Invalid([FieldError("document", "missing", {}, ("2.16", "94-V art. 25(2)(8)"))])
    row = collect.waiting(work, submission)
    if into == row.subject or not subjects.alive(work, into):
        raise Conflict("merge_with_nobody")
    try:
        return _Merge(work, desk, row, into, document).run()
    except _Refused as refused:
        return refused.refusal  # nothing was changed yet: all questions come before the first change, the decisions stay on record


class _Merge:
    """One merge: first everything is asked and opened, then everything is written."""

    def __init__(self, work: Work, desk: Desk, row: SubmissionRow, into: str, document: str) -> None:
        self.work, self.desk, self.row = work, desk, row
        self.old, self.into, self.document = row.subject, into, document

    def run(self) -> Decided:
        work, ring = self.work, self.desk.gate.ring
        mergeable = self._permit(StandingAct.MERGE, self.into)
        moving = self._permit(StandingAct.MERGE, self.old)
        legal = {item.item_id: item for item in items.legal(work, self.old) if item.superseded_at is None}
        opened = self._opened(legal)
        proofs = self._evidence(legal)
        seen = subjects.see(work, self.old)
        work.spend(mergeable)
        evidence = {old: items.put_evidence(work, ring, self.into, self._again(legal[old], item)) for old, item in proofs.items()}
        grants = consent.carry(work, self.old, self.into, evidence)
        identity.carry(work, self.old, self.into, evidence)
        homes = self._items(legal, opened, grants)
        media.rehome(work, ring, moving, self.into, homes)
        index.put(work, ring, self.into, index.identifiers(items.values(opened)))
        today = local_date(work.at)
        relations.open_relation(work, self.into, NewRelation(RelationKind.APPLICATION, today, frozenset({self.row.purpose})))
        distribute.move(work, self.old, self.into)
        collect.decide(work, self.row.id, "merged")
        collect.move(work, self.old, self.into)
        if seen.fact.phone_verified:
            subjects.verified(work, self.into, phone=True)
        plan = _destroyed(work, self.desk, self.row, self.document, certified=False)
        record(work, Leaf(Act.MERGED, self.into, *_MERGED, decision=moving.decision, object=self.row.id, count=len(opened)))
        routed = applications.route(work, self.desk.gate, self.into) if seen.fact.phone_verified else []
        return Decided(self.into, tuple(routed), plan)

    def _permit(
        self,
        operation: Operation | StandingAct,
        subject: str,
        purpose: str = "",
        occasion: Occasion = Occasion.ORDINARY,
        named: frozenset[str] = frozenset(),
    ) -> Permit:
        answer = self.desk.gate.ask(
            self.work, _ask(self.work, operation, subject, self.document, purpose=purpose, occasion=occasion, named=named)
        )
        if isinstance(answer, Refusal):
            raise _Refused(answer)
        return answer

    def _opened(self, legal: Mapping[str, Legal]) -> Mapping[str, Opened]:
        opened = self.desk.gate.open(self.work, self._permit(Operation.USE, self.old, self.row.purpose))
        held = {id_: item.fields for id_, item in legal.items() if item.klass == "data"}
        if any(not fields <= opened[id_].values.keys() if id_ in opened else True for id_, fields in held.items()):
            raise Conflict("merge_would_lose_data", remedy="ask for a grant that covers every category of the form")
        return opened

    def _evidence(self, legal: Mapping[str, Legal]) -> Mapping[str, Opened]:
        named = frozenset(id_ for id_, item in legal.items() if item.klass == "evidence")
        if not named:
            return {}
        return self.desk.gate.open(self.work, self._permit(Operation.USE, self.old, self.row.purpose, Occasion.OWN_ACCESS, named))

    def _items(self, legal: Mapping[str, Legal], opened: Mapping[str, Opened], grants: Mapping[str, str]) -> dict[str, str]:
        """Write the new versions; gives each field its item. The consents stand already, so a refusal here cannot be: it would undo all."""
        names = frozenset(name for item in opened.values() for name in item.values)
        ask = _ask(self.work, Operation.SUPPLEMENT, self.into, self.document, purpose=self.row.purpose, fields=names)
        answer = self.desk.gate.ask(self.work, ask)
        if isinstance(answer, Refusal):
            raise Conflict("merge_refused", decision=answer.decision)
        old = list(opened)
        new = [self._again(legal[id_], opened[id_], grants.get(legal[id_].consent, "")) for id_ in old]
        ids = items.put(self.work, self.desk.gate.ring, answer, new)
        return {name: made for id_, made in zip(old, ids, strict=True) for name in opened[id_].values}

    def _again(self, legal: Legal, item: Opened, grant: str = "") -> NewItem:
        quarantined = self.row.state == "quarantined" and legal.klass == "data"
        return NewItem(
            legal.category,
            item.values,
            legal.source,
            item.source_detail,
            legal.ground,
            legal.purposes,
            legal.term_rule,
            None if quarantined else legal.term_end,
            grant,
            legal.klass,
            legal.citation,
        )


def keep_apart(work: Work, desk: Desk, submission: str) -> Decided:
    """The form is of somebody else than the known person: it goes on by itself, to the partners agreed to once its phone is confirmed."""
    row = collect.decide(work, submission, "apart")
    confirmed = subjects.see(work, row.subject).fact.phone_verified
    return Decided(row.subject, tuple(applications.route(work, desk.gate, row.subject)) if confirmed else ())


def reject(work: Work, desk: Desk, submission: str, document: str) -> Decided:
    """The form is nobody's (a mistake, or somebody who used another's number): it is destroyed, and its claim code opens the certificate.

    Raises NotFound, Conflict when the law does not let it be destroyed now (a hold).
    """
    row = collect.decide(work, submission, "rejected")
    return Decided(row.subject, (), _destroyed(work, desk, row, document, certified=True))


def _destroyed(work: Work, desk: Desk, row: SubmissionRow, document: str, *, certified: bool) -> str:
    """The relation that the form would have begun ends, and with it the ground to keep it under the provisional subject (art. 18(1)(2))."""
    if row.relation:
        relations.close_relation(work, row.subject, row.relation, local_date(work.at), fulfilled=True)
    answer = desk.gate.ask(work, _ask(work, Operation.DESTROY, row.subject, document))
    if isinstance(answer, Refusal):
        raise Conflict("form_cannot_be_destroyed", decision=answer.decision)  # nothing of the decision on the form is done then
    return destroy.plan(work, desk.house, answer, destroy.Basis(*basis_of(answer), work.at), certified=certified).id


def _ask(
    work: Work,
    operation: Operation | StandingAct,
    subject: str,
    document: str,
    *,
    purpose: str = "",
    occasion: Occasion = Occasion.ORDINARY,
    fields: frozenset[str] = frozenset(),
    named: frozenset[str] = frozenset(),
) -> Ask:
    kind, who, papers = ActorKind(work.actor.kind), work.actor.id, (document,) if document else ()
    return Ask(operation, subject, purpose, fields, kind, who, occasion, documents=papers, items=named)
