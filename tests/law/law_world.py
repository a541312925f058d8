"""A small policy, the pack of Kazakhstan, and short ways to say an ask and facts: what the case tables of the law are written in."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import sandyq.law
from sandyq.law.ask import Ask, ConsentFact, Facts, ItemFact, RecipientFact, RelationFact, StaffFact, StateFact, SubjectFact
from sandyq.law.decide import Book
from sandyq.law.pack import Pack
from sandyq.law.policy import Policy
from sandyq.law.rules import Cited, Context, Rule
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Operation, Reading, SourceKind, StandingAct, StateKind

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
GIVEN = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
IN_2020 = datetime(2020, 12, 23, 6, 0, tzinfo=UTC)
PERSON = "person"

FIELDS: dict[str, dict[str, Any]] = {
    "iin": {"category": "6.2.1", "identifier": True, "validator": "iin", "mask": True},
    "surname": {"category": "6.2.1", "validator": "name"},
    "sex": {"category": "6.2.1"},
    "city": {"category": "6.2.2"},
    "living_conditions": {"category": "6.2.2"},
    "workplace": {"category": "6.2.3"},
    "education": {"category": "6.2.3"},
    "birth_date": {"category": "6.2.4", "validator": "date"},
    "family_status": {"category": "6.2.4"},
    "document_copy": {"category": "6.2.5", "validator": "file"},
    "diploma_copy": {"category": "6.2.5", "validator": "file"},
    "id_paper_copy": {"category": "6.2.5", "validator": "file", "paper_id_copy": True},
    "income": {"category": "6.2.6", "validator": "money", "mask": True},
    "property": {"category": "6.2.6"},
    "phone": {"category": "6.2.7", "validator": "phone"},
    "email": {"category": "6.2.7", "validator": "email"},
    "voice": {"category": "6.2.8", "validator": "file", "biometric": True},
    "office_photo": {"category": "6.2.8", "validator": "file"},
    "credit_history": {"category": "6.2.9"},
    "debts": {"category": "6.2.9"},
    "payment_record": {"category": "6.2.10"},
    "social_page": {"category": "6.2.11"},
    "ip_address": {"category": "6.2.12"},
    "hobby": {"category": "6.2.13"},
    "public_office": {"category": "6.2.3", "access": "public"},
}
LOAN = ["iin", "surname", "city", "workplace", "birth_date", "document_copy", "id_paper_copy", "income", "phone", "voice", "credit_history"]
PURPOSES: dict[str, dict[str, Any]] = {
    "loan": {"clause": "3.1", "fields": [*LOAN, "public_office"], "implied": True, "term": "application"},
    "contract": {"clause": "3.2", "fields": ["iin", "surname", "phone"], "implied": True, "term": "contract"},
    "quality": {"clause": "3.3", "fields": ["phone", "voice"], "requires": ["own_consent"], "term": "quality"},
    "legal-duty": {"clause": "3.4", "fields": [*LOAN], "legal_duty": "191-IV art. 5", "term": "contract"},
    "other": {"clause": "3.5", "fields": ["surname"], "specific": False, "term": "application"},
    "statistics": {
        "clause": "3.6",
        "fields": ["iin", "city", "sex"],
        "statistics": True,
        "requires": ["own_consent"],
        "term": "application",
    },
    "labour": {"clause": "3.7", "fields": ["iin", "surname", "education"], "hr": True, "term": "contract"},
    "marketing": {"clause": "3.8", "fields": ["phone", "email"], "marketing": True, "requires": ["own_consent"], "term": "marketing"},
    "identification": {"clause": "3.9", "fields": ["iin", "surname"], "requires": ["citation"], "term": "application"},
    "correspondence": {"clause": "3.10", "fields": ["surname", "city", "email"], "grounds": ["consent"], "term": "application"},
}
TERMS = {
    "application": {"years": 1, "event": "relation_end", "clause": "8.1", "article": "94-V art. 12(2)"},
    "contract": {"years": 5, "event": "relation_end", "clause": "8.1", "article": "an act art. 1", "set_by": "law"},
    "quality": {"months": 6, "event": "collected", "clause": "8.1", "article": "94-V art. 12(2)"},
    "marketing": {"days": 30, "event": "consent_end", "clause": "8.1", "article": "94-V art. 8(5)"},
}
POLICY: dict[str, Any] = {
    "id": "sample",
    "version": "1",
    "approved_on": "2020-12-22",
    "jurisdiction": "KZ",
    "operator": {"roles": ["owner", "operator"]},
    "clauses": {number: {"part": number[0]} for number in ("1.1", *(f"3.{n}" for n in range(1, 11)), "8.1")},
    "fields": FIELDS,
    "categories": {f"6.2.{n}": {"fields": [f for f, row in FIELDS.items() if row["category"] == f"6.2.{n}"]} for n in range(1, 14)},
    "purposes": PURPOSES,
    "recipients": {
        "7.1.1": {"purposes": ["loan", "statistics", "marketing"]},
        "7.1.2": {"purposes": ["marketing", "correspondence"]},
        "7.1.3": {},
        "7.1.4": {"purposes": ["contract"]},
        "7.1.5": {"open": True},
    },
    "terms": TERMS,
}


@cache
def policy() -> Policy:
    return Policy.from_data(POLICY)


@cache
def pack_data() -> dict[str, Any]:
    path = Path(sandyq.law.__file__).parent / "packs" / "kz" / "rules.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


@cache
def pack() -> Pack:
    return Pack.from_data(pack_data())


@cache
def book() -> Book:
    return Book(pack(), policy())


def finds_nothing(*_: object) -> tuple[()]:
    """What a broken rule says."""
    return ()


def broken(rule_id: str) -> Book:
    """The book with one rule that finds nothing any more."""
    assert any(rule.id == rule_id for rule in pack().rules), f"no rule {rule_id}"
    return _with(rule_id, finds_nothing)


def raising(rule_id: str) -> Book:
    """The book with one rule that cannot be judged."""

    def fail(ctx: Context, rule: Cited) -> tuple[()]:
        raise ZeroDivisionError

    return _with(rule_id, fail)


def _with(rule_id: str, code: Any) -> Book:
    def swap(rule: Rule) -> Rule:
        if rule.id != rule_id:
            return rule
        return replace(rule, predicate=code) if rule.predicate else replace(rule, grant_test=code)

    return Book(replace(pack(), rules=tuple(map(swap, pack().rules))), policy())


def names(fields: str) -> frozenset[str]:
    return frozenset(fields.split())


def ask(operation: Operation | StandingAct, fields: str = "", purpose: str = "loan", **more: Any) -> Ask:
    return Ask(operation, PERSON, purpose, names(fields), **more)


def consent(
    kind: GrantKind = GrantKind.PROCESSING, purpose: str = "loan", fields: str = "", state: GrantState = GrantState.GIVEN, **more: Any
) -> ConsentFact:
    """A consent in order: proven, complete, given two months before NOW."""
    settings: dict[str, Any] = {"proven": True, "complete": True, "given_at": GIVEN, "id": f"c-{kind}-{purpose}", **more}
    return ConsentFact(kind=kind, state=state, purpose=purpose, fields=names(fields), **settings)


def item(category: str, fields: str, purposes: str = "loan", **more: Any) -> ItemFact:
    settings: dict[str, Any] = {"id": f"i-{category}", "collected_at": GIVEN, **more}
    return ItemFact(category=category, fields=names(fields), purposes=names(purposes), **settings)


def state(kind: StateKind, **more: Any) -> StateFact:
    settings: dict[str, Any] = {"id": f"s-{kind}", "since": GIVEN, **more}
    return StateFact(kind=kind, **settings)


def relation(kind: str = "contract", purposes: str = "loan", **more: Any) -> RelationFact:
    settings: dict[str, Any] = {"id": f"r-{kind}", "started": date(2026, 10, 1), **more}
    return RelationFact(kind=kind, purposes=names(purposes), **settings)


def partner(kind: str = "7.1.1", agreed: str = "surname phone", purpose: str = "loan", **more: Any) -> RecipientFact:
    settings: dict[str, Any] = {"undertaking": True, "id": "bank-a", **more}
    return RecipientFact(kind=kind, agreed=frozenset((purpose, f) for f in agreed.split()), **settings)


def staff(*grants: tuple[str, str, str], **more: Any) -> StaffFact:
    settings: dict[str, Any] = {"undertaking": True, "id": "clerk", **more}
    return StaffFact(grants=frozenset(grants), **settings)


def person(**more: Any) -> SubjectFact:
    settings: dict[str, Any] = {"kind": "verified", "iin_verified": True, "phone_verified": True, **more}
    return SubjectFact(PERSON, **settings)


def facts(*things: Any, **more: Any) -> Facts:
    """Facts from a pile of things, each put where it belongs."""
    piles: dict[str, list[Any]] = {"consents": [], "states": [], "relations": [], "items": []}
    homes = {ConsentFact: "consents", StateFact: "states", RelationFact: "relations", ItemFact: "items"}
    for thing in things:
        if isinstance(thing, RecipientFact):
            more["recipient"] = thing
        elif isinstance(thing, StaffFact):
            more["staff"] = thing
        elif isinstance(thing, SubjectFact):
            more["subject"] = thing
        else:
            piles[homes[type(thing)]].append(thing)
    more.setdefault("subject", person())
    return Facts(**{name: tuple(pile) for name, pile in piles.items()}, **more)


CLERK = ActorKind.STAFF
THIRD = SourceKind.THIRD_PARTY
PUBLISHED = SourceKind.PUBLIC_SOURCE
WORDS = Reading.AS_PUBLISHED
SIMULATED = (("simulation", "yes"),)
