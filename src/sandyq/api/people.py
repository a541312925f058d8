"""What staff do about people: find, open for a purpose, give orders, see the ledger of transfers (2.12, 4.1.3-4.1.5, 8.2)."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from sandyq import distribute, requests, use
from sandyq.api import faults, reading
from sandyq.api.door import Answer, Call, problem_answer
from sandyq.api.shapes import Ordered, Transfers, ordered_again, ordered_of, ordered_text, transfer_row
from sandyq.app import once
from sandyq.audit import Act, Leaf, record
from sandyq.block.facts import Scope
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.gate import Gate
from sandyq.ids import is_id
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.register import subjects
from sandyq.requests import Kind, Order
from sandyq.staff import Caller, Power

Id = Annotated[str, msgspec.Meta(pattern=reading.ID)]
Word = Annotated[str, msgspec.Meta(pattern=reading.WORD)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
_MOST_ROWS = 500


class Find(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to find, and for which purpose: one exact identifier (`kind`: iin, phone, email, contract), or surname and birth year, or surname, first
    name and the last four digits of the phone."""

    purpose: Word
    kind: Line = ""
    value: Line = ""
    surname: Line = ""
    first_name: Line = ""
    birth_year: Line = ""
    phone_tail: Line = ""


class Hit(msgspec.Struct):
    """One person found, masked. `state`: ok, asserted, blocked (then nothing but existence is told)."""

    subject: str
    state: str
    values: dict[str, str]
    since: datetime


class Hits(msgspec.Struct):
    """Who was found; `capped` says that there were more."""

    hits: list[Hit]
    capped: bool


class Use(msgspec.Struct, forbid_unknown_fields=True):
    """Whose data to open for which purpose; without `fields` all that the caller's grants allow."""

    subject: Id
    purpose: Word
    fields: Annotated[list[Word], msgspec.Meta(max_length=100)] = []


class Item(msgspec.Struct):
    """One version of one category: where it came from, on what ground, until when, and the values that may be shown (masked where the policy says so)."""

    id: str
    category: str
    version: int
    source: str
    ground: str
    collected_at: datetime
    term_rule: str
    term_end: date | None
    values: dict[str, str]


class Shown(msgspec.Struct):
    """What was opened, under which decision; the look itself is `leaf` in the log."""

    subject: str
    decision: str
    leaf: str
    masked: list[str]
    items: list[Item]


class NewScope(msgspec.Struct, forbid_unknown_fields=True):
    """What a state covers. What is left out covers everything of the person."""

    categories: Annotated[list[Annotated[str, msgspec.Meta(pattern=r"^6\.2\.[0-9]{1,2}$")]], msgspec.Meta(max_length=50)] = []
    items: Annotated[list[Id], msgspec.Meta(max_length=200)] = []
    purposes: Annotated[list[Word], msgspec.Meta(max_length=50)] = []
    recipients: Annotated[list[Id], msgspec.Meta(max_length=50)] = []


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order on a person. `reason` is a word of the closed list of its kind, `document` the id of the paper that it rests on, `target` the state or
    proposal (for `withdraw`: consents with commas between) that it is about. `rectify` takes `values` by field (an empty one: wrong, and cannot be put
    right) and `documents` on file that prove them; a new phone or e-mail is not taken here, it needs the identity check."""

    kind: Kind
    subject: Id
    reason: Annotated[str, msgspec.Meta(max_length=60)] = ""
    document: Annotated[str, msgspec.Meta(max_length=26)] = ""
    target: Annotated[str, msgspec.Meta(max_length=1400)] = ""
    scope: NewScope = msgspec.field(default_factory=NewScope)
    items: Annotated[list[Id], msgspec.Meta(max_length=200)] = []
    until: date | None = None
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    values: Annotated[dict[Word, Annotated[str, msgspec.Meta(max_length=4000)]], msgspec.Meta(max_length=50)] = {}
    documents: Annotated[list[Id], msgspec.Meta(max_length=20)] = []


class NewDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A paper about a person: what kind it is, and its number or whatever else tells it from others. The number is sealed evidence."""

    subject: Id
    kind: requests.DocumentKind
    number: Line


class Filed(msgspec.Struct):
    """The id by which orders name the paper."""

    document: str


async def find(call: Call) -> Answer:
    """Find people for a purpose. The search and each person shown are entries of the log."""
    given, _ = await call.body(Find)
    query = use.Query(given.kind, given.value, given.surname, given.first_name, given.birth_year, given.phone_tail)

    def act(work: Work, caller: Caller) -> use.Results:
        check_purpose(work, call.office.gate, given.purpose)
        return use.find(work, call.office.gate, query, given.purpose)

    found = await call.act(Power.FIND, act)
    return Answer(Hits([Hit(h.subject, h.state, dict(h.values), h.since) for h in found.hits], found.capped))


async def show(call: Call) -> Answer:
    """Open a person's fields for a purpose, or be refused with every reason; either is on record."""
    given, _ = await call.body(Use)

    def act(work: Work, caller: Caller) -> use.ShownPerson | Refusal:
        check_purpose(work, call.office.gate, given.purpose)
        check_fields(work, call.office.gate, given.fields)
        actor = caller.actor
        ask = Ask(Operation.USE, given.subject, given.purpose, frozenset(given.fields), actor=ActorKind(actor.kind), actor_id=actor.id)
        return use.show(work, call.office.gate, ask)

    shown = await call.act(Power.USE, act)
    if isinstance(shown, Refusal):
        return problem_answer(faults.refused(shown, call.language), call.language)
    masked = sorted(shown.permit.verdict.masks)
    return Answer(Shown(shown.subject, shown.permit.decision, shown.leaf, masked, [item_of(item) for item in shown.items]))


def item_of(item: use.ShownItem) -> Item:
    """An item as it goes back."""
    legal = item.legal
    return Item(
        legal.item_id,
        legal.category,
        legal.version,
        legal.source.value,
        legal.ground,
        legal.collected_at,
        legal.term_rule,
        legal.term_end,
        dict(item.values),
    )


def check_purpose(work: Work, gate: Gate, *purposes: str) -> None:
    """Raises Invalid for a purpose that the policy does not have: a word of the caller's own must not get into the log."""
    known = gate.in_force(work).edition.policy.purposes
    wrong = [purpose for purpose in purposes if purpose not in known]
    if wrong:
        raise Invalid([FieldError("purpose", "not_in_list", {"allowed": ", ".join(sorted(known))}, ("3",))])


def check_fields(work: Work, gate: Gate, fields: Any) -> None:
    """Raises Invalid for fields that the policy does not list."""
    known = gate.in_force(work).edition.fields
    wrong = [place for place, name in enumerate(fields) if name not in known]
    if wrong:
        raise Invalid([FieldError(f"fields[{place}]", "field_unlisted", {"name": "?"}, ("6.2",)) for place in wrong])


async def order(call: Call) -> Answer:
    """Give an order: block, propose or confirm a release, hold, lock, withdraw, destroy, rectify. A release and the end of a hold need two people."""
    given, raw = await call.body(NewOrder)
    made = _order(given)

    def act(work: Work, caller: Caller) -> Ordered | Refusal:
        check_purpose(work, call.office.gate, *given.scope.purposes)
        return ordered_of(requests.order(work, call.office.desk, made), given.subject)

    answer = await call.once(Power.ORDERS, raw, act, once.Keeping(ordered_text, ordered_again))
    if isinstance(answer, Refusal):
        return problem_answer(faults.refused(answer, call.language), call.language)
    return Answer(answer, 201)


def _order(given: NewOrder) -> Order:
    faulty = []
    if given.document and not is_id(given.document):
        faulty.append(FieldError("document", "not_an_id"))
    if any(not is_id(part) for part in given.target.split(",") if part):
        faulty.append(FieldError("target", "not_an_id"))
    if faulty:
        raise Invalid(faulty)
    scope = given.scope
    return Order(
        given.kind,
        given.subject,
        given.reason,
        given.document,
        given.target,
        Scope(frozenset(scope.categories), frozenset(scope.items), frozenset(scope.purposes), frozenset(scope.recipients)),
        frozenset(given.items),
        given.until,
        given.received_at,
        dict(given.values),
        tuple(given.documents),
    )


async def document(call: Call) -> Answer:
    """Put a paper on file, so that an order can rest on it."""
    given, raw = await call.body(NewDocument)

    def act(work: Work, caller: Caller) -> Filed:
        subjects.see(work, given.subject)
        return Filed(requests.file_document(work, call.office.gate, given.subject, given.kind, given.number))

    filed = await call.once(Power.ORDERS, raw, act, once.Keeping(_paper, _paper_again))
    return Answer(filed, 201)


def _paper(filed: Filed) -> str:
    return filed.document


def _paper_again(work: Work, kept: str) -> Filed:
    return Filed(kept)


async def transfers(call: Call) -> Answer:
    """A person's ledger of transfers: to whom, which fields, when, confirmed or not (4.1.1, art. 22(1)(5))."""
    subject = call.id("subject")

    def look(work: Work, caller: Caller) -> list[distribute.Transfer]:
        subjects.see(work, subject)
        found = distribute.history(work, subject)
        record(work, Leaf(Act.SHOWN, subject, "2.14", "94-V art. 14", count=len(found)))
        return found

    return Answer(Transfers([transfer_row(t) for t in await call.act(Power.TRANSFERS, look)]))


async def unconfirmed(call: Call) -> Answer:
    """What recipients still have to confirm."""
    found = await call.act(Power.TRANSFERS, lambda work, _: distribute.unconfirmed(work, _MOST_ROWS))
    return Answer(Transfers([transfer_row(t) for t in found]))
