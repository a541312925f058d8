"""Rectification (4.1.2; the Law art. 13, 24(1)(2), 25(2)(8)): on documents, field by field; recipients who got an old value are told."""

from dataclasses import replace
from types import MappingProxyType

from sandyq import identity, requests
from sandyq.change import CONTACTS
from sandyq.db import Work
from sandyq.errors import FieldError
from sandyq.identity import Level
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Occasion, Operation
from sandyq.register import identifiers
from sandyq.requests import Kind as OrderKind
from sandyq.requests import Order
from sandyq.rights import records
from sandyq.rights.desk import Rights, sealed, written
from sandyq.rights.facts import Case, NewCase, Part, PartDecision, SuggestedPart, What
from sandyq.rights.kinds.handling import Chosen, Handling, Limb, asking, came_of, share
from sandyq.use.masks import masked


class Rectify(Handling):
    """Each field is a part; its new value is sealed with the request. Without documents the law refuses, and the desk asks for them."""

    whats = frozenset({What.FIELD})
    refusals = MappingProxyType(
        {
            "documents_wanted": Limb("4.1.2", "94-V art. 24(1)(2)"),
            "documents_not_given": Limb("4.1.2", "94-V art. 24(1)(2)"),
            "documents_do_not_prove": Limb("4.1.2", "94-V art. 24(1)(2), 25(2)(8)"),
            "correct_already": Limb("4.1.2", "94-V art. 25(2)(8)"),
        }
    )

    def faults(self, new: NewCase) -> list[FieldError]:
        """At least one field. An empty value asks that it is given up."""
        found = super().faults(new)
        if not any(want.what is What.FIELD for want in new.wants):
            found.append(FieldError("wants", "missing", {}, ("4.1.2",)))
        return found

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Whether this field may be changed on the documents of the case. `weigh` says so before any value is opened."""
        ask = asking(
            work,
            made,
            Operation.CHANGE,
            occasion=Occasion.CORRECTION_ON_DOCUMENTS,
            purpose=r.gate.in_force(work).edition.form.purpose,
            fields=frozenset({part.target}),
        )
        return replace(ask, documents=made.documents)

    def weigh(self, work: Work, r: Rights, made: Case, part: Part) -> SuggestedPart:
        """As the law says; where only papers are wanting, the next thing is to ask for them."""
        found = super().weigh(work, r, made, part)
        return found if made.documents else replace(found, next_action="want_documents")

    def checked(self, work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
        """Nothing is changed without a document (4.1.2)."""
        return (
            [] if made.documents or decision.document else [FieldError("document", "documents_wanted", {}, ("4.1.2", "94-V art. 24(1)(2)"))]
        )

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """All fields in one correction, so that a category gets one new version."""
        return corrected(work, r, made, [part for part, _ in chosen], "")


def _proved(work: Work, r: Rights, made: Case, field: str, value: str) -> bool:
    """Whether a new phone or e-mail address may stand in the data: one that the person proved and that is past its cooling-off, or named at the desk with
    an identity document (design 20). Giving one up takes two factors."""
    if field not in CONTACTS or made.level >= Level.DESK:
        return True
    if not value.strip():
        return made.level >= Level.TWO_FACTORS
    normal = identifiers.KINDS[field](value).value
    return bool(normal) and identity.counts(work, r.gate.ring, made.about, field, normal)


def corrected(work: Work, r: Rights, made: Case, parts: list[Part], document: str) -> list[Part]:
    """Correct the fields that a case names, with the values that it sealed, in one order: who got an old value is told."""
    said = written(work, r, made.id)
    fields = [part for part in made.parts if part.what is What.FIELD and (part in parts or parts[0].what is not What.FIELD)]
    given = Order(
        OrderKind.RECTIFY,
        made.about,
        document=document or made.documents[0],
        received_at=made.received_at,
        values={part.target: said.get(f"part_{part.no}", "") for part in fields},
        documents=made.documents,
        contacts_checked=all(_proved(work, r, made, part.target, said.get(f"part_{part.no}", "")) for part in fields),
    )
    answer = requests.order(work, r.desk, given)
    if isinstance(answer, requests.Done):
        _former(work, r, made, fields, answer)
    first = came_of(answer, given, parts[0])
    return [first, *(share(first, part) for part in parts[1:])]


def _former(work: Work, r: Rights, made: Case, fields: list[Part], done: requests.Done) -> None:
    """What the answer tells of former values, sealed with the request: whole where their version stays for a reason; masked where nothing keeps it, for a value
    that must go may not live on in a letter (4.1.2; the Law art. 12(2))."""
    specs = r.gate.in_force(work).edition.fields
    told = {}
    for part in fields:
        value = done.was.get(part.target, "")
        if value and part.target in done.was_kept:
            told[f"former_{part.no}"] = value
        elif value:
            told[f"former_gone_{part.no}"] = masked(specs[part.target].mask, value)
    if told:
        records.put_former(work, made, sealed(work, r, made.subject, told))
