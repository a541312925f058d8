"""From the register to the answer: each item with its values, where it came from, on what ground, for which purposes, until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sandyq import seal
from sandyq.access.facts import LONG
from sandyq.access.parts import Coded, File, Item, Origin, Term, Value
from sandyq.access.words import Codes
from sandyq.audit import Act
from sandyq.audit.history import Numbered
from sandyq.clock import instant
from sandyq.law.ask import Facts, ItemFact
from sandyq.law.policy import Policy
from sandyq.law.retention import StorageTerm, storage_term
from sandyq.policy.facts import FieldSpec
from sandyq.register import media
from sandyq.register.items import Legal, Opened
from sandyq.use.masks import masked

HIDDEN: Final = "hidden"
_BROUGHT: Final = frozenset({Act.COLLECTED.value, Act.QUARANTINED.value, Act.CONSENT_GIVEN.value, Act.CERTIFICATE_ISSUED.value})
_FILE: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/heic": "heic"}


@dataclass(frozen=True, slots=True)
class Known:
    """What an item is told with: the words, the facts of the law, the log about the person, and the decisions that a machine made alone."""

    codes: Codes
    facts: Facts
    policy: Policy
    at: datetime
    full: bool
    log: Sequence[Numbered]
    automated: frozenset[str]


def items(known: Known, legal: Sequence[Legal], opened: Mapping[str, Opened]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """(data, evidence), each in the order of category and version. What cannot be opened any more stands without values."""
    terms = {fact.id: fact for fact in known.facts.items}
    brought = _brought(known.log)
    made = [(one.klass, _item(known, one, opened.get(one.item_id), terms.get(one.item_id), brought)) for one in sorted(legal, key=_place)]
    return tuple(i for klass, i in made if klass == "data"), tuple(i for klass, i in made if klass != "data")


def _place(legal: Legal) -> tuple[list[int], int, str]:
    return [int(part) for part in legal.category.split(".") if part.isdigit()], legal.version, legal.item_id


def _brought(log: Sequence[Numbered]) -> Mapping[str, tuple[str, str]]:
    """Decision to (act, entry) by which data came in under it; the latest entry that is not the decision itself."""
    found: dict[str, tuple[str, str]] = {}
    for _, entry in log:
        if entry.decision and not entry.act.startswith("gate.") and (entry.decision not in found or entry.act in _BROUGHT):
            found[entry.decision] = (entry.act, entry.id)
    return found


def _item(known: Known, legal: Legal, opened: Opened | None, fact: ItemFact | None, brought: Mapping[str, tuple[str, str]]) -> Item:
    codes = known.codes
    act, leaf = brought.get(legal.decision, ("", ""))
    detail = opened.source_detail if opened else ""
    return Item(
        id=legal.item_id,
        category=codes.clause(legal.category),
        version=legal.version,
        current=legal.superseded_at is None,
        superseded_at=legal.superseded_at,
        values=_values(known, opened) if opened else (),
        source=Origin(kind=codes.word("source", legal.source.value), detail=detail if known.full else masked(HIDDEN, detail)),
        ground=Coded(code=legal.ground, words=codes.ground(legal.ground)),
        citation=legal.citation,
        purposes=codes.aims(legal.purposes),
        collected_at=legal.collected_at,
        act=codes.word("act", act),
        leaf=leaf,
        decision=legal.decision,
        consent=legal.consent,
        automated=legal.decision in known.automated,
        term=_term(known, legal, fact),
    )


def _term(known: Known, legal: Legal, fact: ItemFact | None) -> Term:
    """The effective term of a current item; of a former version and of evidence the day that stands beside it."""
    if fact is None or fact.klass != "data":
        own = StorageTerm(legal.term_end, legal.term_rule)
    else:
        own = storage_term(fact, known.facts, known.policy, known.at)
    rule = legal.term_rule or own.rule
    return Term(rule=rule, words=known.codes.terms(rule), clause=own.clause, article=own.article, last_day=own.end)


def _values(known: Known, opened: Opened) -> tuple[Value, ...]:
    specs, language = known.codes.edition.fields, known.codes.language
    order = [name for name in specs if name in opened.values] + sorted(opened.values.keys() - specs.keys())
    made = []
    for name in order:
        value, spec = opened.values[name], specs.get(name)
        label = spec.label[language] if spec else known.codes.coded("access.evidence", name)
        if known.full or (spec and (spec.kind == "file" or not spec.mask) and opened.legal.klass == "data"):
            made.append(_value(name, label, value, _read(known.codes, name, spec, value)))
        else:
            style = spec.mask if spec and opened.legal.klass == "data" else HIDDEN
            hidden = masked(style, value)
            made.append(Value(field=name, label=label, value=hidden, masked=True, words=_read(known.codes, name, spec, hidden)))
    return tuple(made)


def _value(name: str, label: str, value: str, words: str) -> Value:
    if len(value) > LONG:
        return Value(field=name, label=label, value="", masked=False, length=len(value), digest=seal.digest(value.encode()).hex())
    return Value(field=name, label=label, value=value, masked=False, words=words)


_WORDED: Final = {"document_kind": "access.paper", "door": "access.door", "language": "access.language"}
"""Fields of evidence whose values are codes, and where their words stand."""


def _read(codes: Codes, name: str, spec: FieldSpec | None, value: str) -> str:
    """How a person reads a value, where that differs from it."""
    if spec is None:
        return codes.coded(_WORDED[name], value) if name in _WORDED else ""
    read = codes.value(name, value)
    return read if read != value else ""


def files(known: Known, entries: Iterable[media.Entry]) -> tuple[File, ...]:
    """The uploads; a file is named by its field and id, never by the name it came with."""
    return tuple(
        File(
            id=entry.media_id,
            item=entry.item_id,
            field=entry.field,
            label=known.codes.named([entry.field])[0].words,
            kind=entry.kind,
            size=entry.size,
            received_at=instant(entry.created_us),
            name=f"files/{entry.field}-{entry.media_id}.{_FILE.get(entry.kind, 'bin')}" if known.full else "",
        )
        for entry in entries
    )
