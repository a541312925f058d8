"""The office's policy as the law sees it: purposes, fields, recipient classes and terms, without a word of text.

`Policy.from_data` takes the plain data of `policy.yaml` (read and merged by the room `policy/`) and compiles what the rules look at.
Keys it does not know (titles, labels, texts) are left alone but count in the digest. Example, with everything it reads::

    {
        "id": "quicklid", "version": "1", "approved_on": "2020-12-22", "jurisdiction": "KZ",
        "operator": {"roles": ["owner", "operator"]},
        "clauses": {"1.1": {"part": "1"}, "3.1": {"part": "3"}},         # every clause of the document by its own number
        "categories": {"6.2.1": {"fields": ["iin", "surname"]}, "6.2.13": {"fields": [], "open": True}},
        "fields": {
            "iin": {"category": "6.2.1", "identifier": True, "validator": "iin", "mask": True},
            "voice": {"category": "6.2.8", "biometric": True, "validator": "file"},
            "id_card_paper_copy": {"category": "6.2.5", "validator": "file", "paper_id_copy": True},   # art. 7(10)
            "site_theme": {"category": "6.2.12", "access": "public", "essential": True},               # needed before any choice
        },
        "purposes": {
            "loan-application": {
                "clause": "3.1", "fields": ["iin", "surname"],             # the approved list of this purpose, art. 7(9), 12(1)
                "grounds": ["consent", "9(10)"],                           # default: consent, any of art. 9
                "implied": True,                                           # 5.3 may stand for a consent in the `as_published` reading
                "term": "application",
            },
            "marketing": {"clause": "3.8", "fields": ["phone"], "marketing": True, "term": "marketing"},
            "statistics": {"clause": "3.6", "fields": ["city"], "statistics": True, "term": "marketing"},
            "labour": {"clause": "3.7", "fields": ["surname"], "hr": True, "term": "labour"},
            "identification": {"clause": "3.9", "fields": ["iin"], "requires": ["citation"], "term": "application"},
            "other": {"clause": "3.5", "fields": [], "specific": False, "term": "application"},   # too general for art. 7(8)
            "legal-duty": {"clause": "3.4", "fields": ["iin"], "legal_duty": "art. 5 of the act", "term": "labour"},
        },
        "recipients": {"7.1.1": {"purposes": ["loan-application"]}, "7.1.5": {"purposes": [], "open": True}},   # empty: every purpose
        "terms": {
            "application": {"years": 1, "event": "collected", "clause": "8.1", "article": "94-V art. 12(2)", "set_by": "office"},
            "marketing": {"years": 3, "event": "consent_end", "clause": "8.1", "article": "94-V art. 8(5)", "set_by": "office"},
            "labour": {"years": 75, "event": "relation_end", "clause": "3.7", "article": "...", "set_by": "law"},
        },
    }

A term is counted from its `event`: `collected` (the item's date), `relation_end` (the last relation that serves the purpose),
`consent_end` (end of the last grant for the purpose) or `purpose_end` (whichever of the last two comes later).
`set_by: law` means that legislation makes the office keep the data so long; `office` is an internal document of 8.1.
Mapping values may carry `__line__` (and the whole `__file__`) from the loader; faults are then named with file and line.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeVar, cast

from sandyq.law.rows import Data, Rows

T = TypeVar("T")

EVENTS = ("collected", "relation_end", "consent_end", "purpose_end")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the published document: its own number and the part it stands in."""

    number: str
    part: str


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One field of the approved list (art. 25(2)(1)). `access` is the class of art. 6; restricted unless the policy says public."""

    id: str
    category: str
    access: Literal["public", "restricted"] = "restricted"
    identifier: bool = False
    biometric: bool = False
    paper_id_copy: bool = False
    essential: bool = False
    mask: bool = False
    validator: str = "text"


@dataclass(frozen=True, slots=True)
class Category:
    """A category of 6.2 and its fields; `open` is 6.2.13, which the published policy leaves without a list."""

    clause: str
    fields: frozenset[str]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of part 3 with its approved list of fields. Empty `grounds` means consent or any ground of art. 9."""

    id: str
    clause: str
    fields: frozenset[str]
    term: str
    grounds: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    specific: bool = True
    implied: bool = False
    marketing: bool = False
    statistics: bool = False
    hr: bool = False
    legal_duty: str = ""


@dataclass(frozen=True, slots=True)
class RecipientClass:
    """A class of recipients of 7.1. Empty `purposes` means any; `open` is 7.1.5, which strict refuses without another ground."""

    clause: str
    purposes: frozenset[str] = frozenset()
    open: bool = False


@dataclass(frozen=True, slots=True)
class TermRule:
    """How long: years, months and days from an event. `set_by` tells a duty of legislation from the office's own documents."""

    id: str
    event: str
    clause: str
    article: str
    years: int = 0
    months: int = 0
    days: int = 0
    set_by: Literal["law", "office"] = "office"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy compiled for the rules. Mappings are read-only; `digest` is SHA-256 over the canonical data."""

    digest: str
    id: str
    version: str
    approved_on: date
    jurisdiction: str
    roles: frozenset[str]
    clauses: Mapping[str, Clause]
    categories: Mapping[str, Category]
    fields: Mapping[str, PolicyField]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, RecipientClass]
    terms: Mapping[str, TermRule]
    masked: frozenset[str] = frozenset()
    biometric: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    paper_id_copies: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    @classmethod
    def from_data(cls, data: Data) -> "Policy":
        """Compile the plain data of a policy file. Raises BadFile (file, line, what, remedy) at the first thing that cannot be compiled."""
        return _Reader(data).policy()

    def category_of(self, field_id: str) -> str:
        """The clause of the category that a field belongs to; `6.2.13` for a field the policy does not list."""
        known = self.fields.get(field_id)
        return known.category if known else "6.2.13"


def canonical_digest(data: object) -> str:
    """SHA-256 (hex) over data as canonical JSON, without the loader's `__line__` and `__file__` marks."""
    text = json.dumps(_plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(data: object) -> object:
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items() if not str(key).startswith("__")}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, set | frozenset):
        return sorted(str(value) for value in data)
    return data.isoformat() if isinstance(data, date) else data


class _Reader(Rows):
    """Walks the data once, with the place of each mapping at hand for faults."""

    def __init__(self, data: Data) -> None:
        super().__init__(str(data.get("__file__", "policy")))
        self.data = data

    def policy(self) -> Policy:
        data = self.data
        fields = self.table("fields", self.field)
        policy = Policy(
            digest=canonical_digest(data),
            id=str(data.get("id", "")),
            version=str(data.get("version", "")),
            approved_on=self.day(data, "approved_on"),
            jurisdiction=str(data.get("jurisdiction", "KZ")),
            roles=frozenset(map(str, self.mapping(data, "operator").get("roles", ()))),
            clauses=self.table("clauses", lambda number, row: Clause(number, str(row.get("part", number.split(".")[0])))),
            categories=self.table("categories", self.category),
            fields=fields,
            purposes=self.table("purposes", self.purpose),
            recipients=self.table("recipients", self.recipient),
            terms=self.table("terms", self.term),
            masked=frozenset(f.id for f in fields.values() if f.mask),
            biometric=frozenset(f.id for f in fields.values() if f.biometric),
            identifiers=frozenset(f.id for f in fields.values() if f.identifier),
            paper_id_copies=frozenset(f.id for f in fields.values() if f.paper_id_copy),
            public=frozenset(f.id for f in fields.values() if f.access == "public"),
        )
        self.check(policy)
        return policy

    def mapping(self, row: Data, key: str) -> Data:
        value = row.get(key) or {}
        if not isinstance(value, Mapping):
            raise self.fault(row, f"`{key}` must be a mapping", "write it as `key: value` lines")
        return value

    def table(self, key: str, make: Callable[[str, Data], T]) -> Mapping[str, T]:
        rows = self.mapping(self.data, key)
        made: dict[str, T] = {}
        for name, row in rows.items():
            if str(name).startswith("__"):
                continue
            if row is not None and not isinstance(row, Mapping):
                raise self.fault(rows, f"`{key}.{name}` must be a mapping", "write its settings as `key: value` lines")
            made[str(name)] = make(str(name), row or {})
        return MappingProxyType(made)

    def names(self, row: Data, key: str) -> frozenset[str]:
        value = row.get(key) or ()
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise self.fault(row, f"`{key}` must be a list", "write it as a list, even of one")
        return frozenset(map(str, value))

    def one_of(self, row: Data, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = str(row.get(key, default))
        if value not in allowed:
            raise self.fault(row, f"`{key}: {value}` is not known", f"use one of {', '.join(allowed)}")
        return value

    def field(self, name: str, row: Data) -> PolicyField:
        return PolicyField(
            id=name,
            category=str(row.get("category", "")),
            access=cast(Literal["public", "restricted"], self.one_of(row, "access", "restricted", ("public", "restricted"))),
            identifier=bool(row.get("identifier")),
            biometric=bool(row.get("biometric")),
            paper_id_copy=bool(row.get("paper_id_copy")),
            essential=bool(row.get("essential")),
            mask=bool(row.get("mask")),
            validator=str(row.get("validator", "text")),
        )

    def category(self, clause: str, row: Data) -> Category:
        return Category(clause, self.names(row, "fields"), bool(row.get("open")))

    def purpose(self, name: str, row: Data) -> Purpose:
        return Purpose(
            id=name,
            clause=str(row.get("clause", "")),
            fields=self.names(row, "fields"),
            term=str(row.get("term", "")),
            grounds=self.names(row, "grounds"),
            requires=self.names(row, "requires"),
            specific=bool(row.get("specific", True)),
            implied=bool(row.get("implied")),
            marketing=bool(row.get("marketing")),
            statistics=bool(row.get("statistics")),
            hr=bool(row.get("hr")),
            legal_duty=str(row.get("legal_duty") or ""),
        )

    def recipient(self, clause: str, row: Data) -> RecipientClass:
        return RecipientClass(clause, self.names(row, "purposes"), bool(row.get("open")))

    def term(self, name: str, row: Data) -> TermRule:
        return TermRule(
            id=name,
            event=self.one_of(row, "event", "collected", EVENTS),
            clause=str(row.get("clause", "8.1")),
            article=str(row.get("article", "")),
            years=int(row.get("years", 0)),
            months=int(row.get("months", 0)),
            days=int(row.get("days", 0)),
            set_by=cast(Literal["law", "office"], self.one_of(row, "set_by", "office", ("law", "office"))),
        )

    def check(self, policy: Policy) -> None:
        """References must lead somewhere, or a rule would silently find nothing."""
        rows = self.data
        for known in policy.fields.values():
            if known.category not in policy.categories:
                raise self.fault(
                    rows["fields"][known.id], f"field `{known.id}` names category `{known.category}`", "name a category of this file"
                )
        for purpose in policy.purposes.values():
            row = rows["purposes"][purpose.id]
            if unknown := purpose.fields - policy.fields.keys():
                raise self.fault(row, f"purpose `{purpose.id}` lists unknown fields {sorted(unknown)}", "list them under `fields` first")
            if purpose.clause not in policy.clauses:
                raise self.fault(row, f"purpose `{purpose.id}` names clause `{purpose.clause}`", "name a clause of part 3")
            if purpose.term not in policy.terms:
                raise self.fault(row, f"purpose `{purpose.id}` names term `{purpose.term}`", "name a rule under `terms`")
        for category in policy.categories.values():
            for field_id in category.fields:
                if field_id not in policy.fields or policy.fields[field_id].category != category.clause:
                    what = f"category `{category.clause}` lists `{field_id}`"
                    raise self.fault(rows["categories"][category.clause], what, "give that field this category under `fields`")
        for group in policy.recipients.values():
            if unknown := group.purposes - policy.purposes.keys():
                what = f"recipient class `{group.clause}` lists unknown purposes {sorted(unknown)}"
                raise self.fault(rows["recipients"][group.clause], what, "name purposes of this file")
