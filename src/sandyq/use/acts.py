"""Showing and finding. Each look asks the gate for its purpose and leaves an entry for each person shown; a refused look does so too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.frozen import quick
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.policy.facts import Edition
from sandyq.register import identifiers, index, items, subjects
from sandyq.register.items import Legal, Opened
from sandyq.use.masks import masked

HIT_FIELDS = frozenset({"surname", "first_name", "phone", "iin"})
"""What a line of results is made of; all of it masked (design 10)."""
BY_BLOCK = "stopped_by_block"
"""The law's word when nothing but a block is in the way: then it may be said that there is somebody."""


@quick
@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item as it may be shown: its legal columns and the values the permit allows, masked where it says so."""

    legal: Legal
    values: Mapping[str, str]

    def __repr__(self) -> str:  # values must not reach a log by way of a traceback
        return f"ShownItem({self.legal.item_id})"


@quick
@dataclass(frozen=True, slots=True)
class ShownPerson:
    """What was shown, under which decision."""

    subject: str
    permit: Permit
    items: tuple[ShownItem, ...]
    leaf: str


@quick
@dataclass(frozen=True, slots=True)
class Query:
    """One exact identifier (`kind` and `value`), or a surname with a birth year, or a surname, first name and the tail of a phone."""

    kind: str = ""
    value: str = ""
    surname: str = ""
    first_name: str = ""
    birth_year: str = ""
    phone_tail: str = ""

    def __repr__(self) -> str:  # what is searched for is personal data
        return f"Query({self.kind or 'name'})"


@quick
@dataclass(frozen=True, slots=True)
class Hit:
    """One person found. `state`: ok, asserted, blocked (then nothing but existence is told)."""

    subject: str
    state: str
    values: Mapping[str, str]
    since: datetime

    def __repr__(self) -> str:
        return f"Hit({self.subject}, {self.state})"


@quick
@dataclass(frozen=True, slots=True)
class Results:
    """What a search gives; `capped` says that there were more."""

    hits: tuple[Hit, ...]
    capped: bool


def show(work: Work, gate: Gate, ask: Ask, *, full: frozenset[str] = frozenset()) -> ShownPerson | Refusal:
    """Show a person's data for a purpose. Fields in the verdict's masks are masked unless they are in `full` (a stepped-up session)."""
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return answer
    edition = gate.in_force(work).edition
    opened = gate.open(work, answer)
    hidden = answer.verdict.masks - full
    shown = tuple(ShownItem(item.legal, _values(edition, item, hidden)) for item in sorted(opened.values(), key=_by_category))
    categories = ",".join(sorted({item.legal.category for item in shown}))
    leaf = record(
        work,
        Leaf(
            Act.SHOWN,
            ask.subject,
            "2.12",
            "94-V art. 14",
            decision=answer.decision,
            purpose=ask.purpose,
            category=categories,
            count=sum(len(item.values) for item in shown),
        ),
    )
    return ShownPerson(ask.subject, answer, shown, leaf)


def _by_category(item: Opened) -> tuple[tuple[int, ...], int]:
    return tuple(map(int, item.category.split("."))), item.version


def _values(edition: Edition, item: Opened, hidden: frozenset[str]) -> dict[str, str]:
    fields = edition.fields
    return {name: masked(fields[name].mask, value) if name in hidden else value for name, value in item.values.items() if name in fields}


def find(
    work: Work, gate: Gate, query: Query, purpose: str, *, wall: str = "client", ground: Callable[[str], tuple[str, str]] | None = None
) -> Results:
    """Find people for a purpose. A blocked one is found by an exact identifier alone, and only that they exist (design 5), and only by who could
    see them otherwise. The search is one entry, each person shown another under it. Raises Invalid when the criteria are too few or malformed.

    `wall` is the side of 3.7 to look on; `ground` gives, for a subject, the ground and its citation where it need not be consent."""
    found, exact = _search(work, gate, query, wall)
    leaf = record(
        work,
        Leaf(Act.SEARCHED, clause="2.12", article="94-V art. 14", purpose=purpose, object=query.kind or "name", count=len(found.matches)),
    )
    hits = []
    for match in found.matches:
        hit = _hit(work, gate, match, purpose, exact, leaf, *(ground(match.subject) if ground else ("consent", "")))
        if hit is not None:
            hits.append(hit)
    return Results(tuple(hits), found.more)


def _search(work: Work, gate: Gate, query: Query, wall: str) -> tuple[index.Found, bool]:
    if query.kind:
        if query.kind not in index.EXACT:
            raise Invalid([FieldError("kind", "not_in_list", {"allowed": ", ".join(sorted(index.EXACT))})])
        checked = identifiers.KINDS.get(query.kind, identifiers.line)(query.value)
        if checked.error:
            raise Invalid([FieldError("value", checked.error)])
        return index.find(work, gate.ring, query.kind, checked.value, wall=wall), True
    if query.surname and query.birth_year:
        if not (query.birth_year.isdigit() and len(query.birth_year) == 4):
            raise Invalid([FieldError("birth_year", "not_a_year")])
        return index.name_and_year(work, gate.ring, query.surname, int(query.birth_year), wall=wall), False
    if query.surname and query.first_name and len(query.phone_tail) == 4 and query.phone_tail.isdigit():
        return index.name_and_tail(work, gate.ring, query.surname, query.first_name, query.phone_tail, wall=wall), False
    raise Invalid([FieldError("query", "criteria_too_few", {}, ("8.2",))])


def _hit(work: Work, gate: Gate, match: index.Match, purpose: str, exact: bool, leaf: str, ground: str, citation: str) -> Hit | None:
    seen = subjects.see(work, match.subject)
    if seen.destroyed_at is not None:
        return None
    kind, who = ActorKind(work.actor.kind), work.actor.id
    ask = Ask(Operation.USE, match.subject, purpose, fields=HIT_FIELDS, actor=kind, actor_id=who, ground=ground, citation=citation)
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        if not (exact and all(reason.code == BY_BLOCK for reason in answer.verdict.reasons)):
            return None
        leaf_of = Leaf(Act.FOUND, match.subject, "2.2", "94-V art. 1(3)", "refused", answer.decision, purpose=purpose, parent=leaf)
        record(work, leaf_of)
        return Hit(match.subject, "blocked", {}, seen.created_at)
    edition = gate.in_force(work).edition
    values = items.values(gate.open(work, answer))
    record(work, Leaf(Act.FOUND, match.subject, "2.12", "94-V art. 14", decision=answer.decision, purpose=purpose, parent=leaf))
    state = "asserted" if match.asserted and not seen.fact.phone_verified else "ok"
    return Hit(match.subject, state, {n: masked(edition.fields[n].mask or "initial", v) for n, v in values.items()}, seen.created_at)
