"""Items: one item is one version of one category of one subject, sealed under its own key (design 6, 7, 12).

The seal binds every legal column, so a term, purpose, ground or field set changed in the table is noticed when the item is opened.
Legal columns never change within a version; a new version of a category takes the whole category and supersedes the former, which stays
only until retention destroys it. Retained evidence is an item of class `evidence`: own key, own ground, own term, never superseded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from sandyq import seal
from sandyq.clock import instant
from sandyq.db.work import Duplicate, Row, Work
from sandyq.errors import Misuse, NotFound, Retry, Tampered
from sandyq.frozen import quick
from sandyq.law.ask import FORMER, ItemFact
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import Operation, SourceKind
from sandyq.register import records
from sandyq.register.keystore import datakeys
from sandyq.register.keystore.ring import Keyring

_PUTS = frozenset({Operation.COLLECT, Operation.ACCUMULATE, Operation.CHANGE, Operation.SUPPLEMENT})
_OPENS = frozenset({Operation.USE, Operation.DISTRIBUTE, Operation.CHANGE, Operation.SUPPLEMENT, Operation.DEPERSONALISE})
_NAMES = msgspec.json.Decoder(tuple[str, ...])
_PAYLOAD = msgspec.json.Decoder(tuple[str, dict[str, str]])
_SOURCES = {str(kind): kind for kind in SourceKind}
_MARK = "sandyq item 1"
_ONCE, _ONCE_LEGAL, _ONCE_KINDS = "items", "items-legal", "items-kinds"


@quick
@dataclass(frozen=True, slots=True)
class NewItem:
    """What is to be kept. `fields` are normal forms by policy field id; `source_detail` is sealed with them (it may name a person).

    `ground` is `consent` or a code of art. 9 with its `citation`; `consent` is the grant's id; `term_end` is the last day, inclusive.
    """

    category: str
    fields: Mapping[str, str]
    source: SourceKind = SourceKind.PERSON
    source_detail: str = ""
    ground: str = "consent"
    purposes: Collection[str] = ()
    term_rule: str = ""
    term_end: date | None = None
    consent: str = ""
    klass: str = "data"
    citation: str = ""
    guaranteed: bool = True
    source_cited: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Legal:
    """The legal columns of one item: what may be shown of it without opening it."""

    item_id: str
    klass: str
    category: str
    version: int
    fields: frozenset[str]
    purposes: frozenset[str]
    source: SourceKind
    ground: str
    citation: str
    consent: str
    decision: str
    term_rule: str
    term_end: date | None
    collected_at: datetime
    superseded_at: datetime | None


@quick
@dataclass(frozen=True, slots=True)
class Opened:
    """One item with the values that the permit allows, by field, and its legal columns."""

    item_id: str
    category: str
    version: int
    source: SourceKind
    source_detail: str
    collected_at: datetime
    superseded: bool
    values: dict[str, str]
    legal: Legal

    def __repr__(self) -> str:  # values must not reach a log by way of a traceback
        return f"Opened({self.item_id}, {self.category}, fields={sorted(self.values)})"


def put(
    work: Work,
    ring: Keyring,
    permit: Permit,
    new: Sequence[NewItem],
    *,
    new_subject: bool = False,
    evidence: Mapping[str, NewItem] = MappingProxyType({}),
) -> list[str]:
    """Keep new items of the permit's subject, all in one go, and spend the permit; gives their ids. `new_subject` says that the person was
    created in this very work, so that there is no former version to look for. `evidence` is kept with them, as by `put_evidence`, under ids that
    the caller drew.

    Raises Misuse when the permit is not for keeping, or does not cover a field: the gate allows fields, the act has to leave out the rest.
    """
    work.spend(permit)
    if permit.ask.operation not in _PUTS:
        raise Misuse("permit_not_for_keeping", operation=permit.ask.operation)
    for item in new:
        if item.klass != "data" or not permit.fields.issuperset(item.fields):
            raise Misuse("permit_does_not_cover", category=item.category, fields=sorted(set(item.fields) - permit.fields))
    for piece in evidence.values():
        _check_evidence(piece)
    ids = [work.new_id() for _ in new]
    _keep(work, ring, permit.ask.subject, permit.decision, {**dict(zip(ids, new, strict=True)), **evidence}, new_subject)
    return ids


def put_evidence(work: Work, ring: Keyring, subject: str, new: NewItem, decision: str = "", *, new_subject: bool = False) -> str:
    """Keep one piece of evidence (proof of consent, request file, certificate); it outlives the data under its own ground and term."""
    _check_evidence(new)
    item_id = work.new_id()
    _keep(work, ring, subject, decision, {item_id: new}, new_subject)
    return item_id


def _check_evidence(new: NewItem) -> None:
    if new.klass != "evidence" or not new.ground or not new.term_rule:
        raise Misuse("evidence_without_ground", category=new.category, remedy="give class evidence, a ground and a term rule")


def _keep(work: Work, ring: Keyring, subject: str, decision: str, new: Mapping[str, NewItem], new_subject: bool) -> None:
    if not new:
        return
    last = {} if new_subject else records.last_versions(work.durable, subject)
    ended = [(work.us, subject, item.category) for item in new.values() if item.klass == "data" and (item.klass, item.category) in last]
    kinds = [(item.klass, item.category) for item in new.values()]
    if len(set(kinds)) < len(kinds):
        raise Misuse("category_twice", remedy="one new version of a category at a time")
    rows = []
    for (item_id, item), key in zip(new.items(), datakeys.new_keys(work, ring, subject, list(new)), strict=True):
        legal = _legal(item, item_id, last.get((item.klass, item.category), 0) + 1, decision, work.us)
        plain = msgspec.json.encode((item.source_detail, item.fields))
        rows.append((subject, *legal, seal.seal(key, plain, _context(subject, legal))))
    _forget(work)
    if ended:
        records.supersede(work.durable, ended)
    try:
        records.insert_items(work.durable, rows)
    except Duplicate:
        raise Retry("version_race") from None  # another worker gave the category its next version first


def _legal(item: NewItem, item_id: str, version: int, decision: str, us: int) -> tuple[str | int | None, ...]:
    return (
        item.klass,
        item.category,
        version,
        item_id,
        _json(frozenset(item.fields)),
        _json(frozenset(item.purposes)),
        str(item.source),
        item.ground,
        item.citation,
        item.consent,
        decision,
        int(item.guaranteed),
        int(item.source_cited),
        item.term_rule,
        item.term_end.isoformat() if item.term_end else None,
        us,
    )


def _context(subject: str, legal: Sequence[object]) -> bytes:
    """What the seal binds: the subject and every legal column as it stands in the table."""
    return msgspec.json.encode((_MARK, subject, legal))


@lru_cache(maxsize=4096)
def _json(names: frozenset[str]) -> str:
    """A set of names as canonical JSON: the same few sets stand in every form."""
    return msgspec.json.encode(sorted(names)).decode()


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    return frozenset(_NAMES.decode(text))


def open(work: Work, ring: Keyring, permit: Permit, item_ids: Collection[str] | None = None) -> dict[str, Opened]:
    """The values that a permit allows, by item id, and the permit is spent.

    Without `item_ids`: the items that the ask named, else all current data. Superseded versions and evidence open only when named in the
    ask itself, so that the law saw them. An item whose key is gone is left out, or raises NotFound when it was named. Raises Tampered.
    """
    work.spend(permit)
    ask = permit.ask
    if ask.operation not in _OPENS:
        raise Misuse("permit_not_for_opening", operation=ask.operation)
    wanted = frozenset(ask.items if item_ids is None else item_ids)
    if ask.items and not wanted <= ask.items:
        raise Misuse("permit_does_not_cover", items=len(wanted - ask.items))
    rows = [row for row in _rows(work, ask.subject) if _chosen(row, wanted, ask.items, permit.fields)]
    if any(row[17] is None for row in rows):  # evidence, or a former version: named, so it is wanted
        rows = [row for row in records.sealed_items(work.durable, ask.subject) if _chosen(row, wanted, ask.items, permit.fields)]
    missing = wanted - {row[3] for row in rows} if item_ids is not None else frozenset()
    keys = datakeys.load(work, ring, ask.subject, [row[3] for row in rows])
    opened = {row[3]: _opened(row, ask.subject, keys[row[3]], permit.fields) for row in rows if row[3] in keys}
    if missing or (wanted and len(opened) < len(rows)):
        raise NotFound("item_gone", remedy="ask for the items that the register still lists")
    return opened


def _chosen(row: Row, wanted: frozenset[str], asked: frozenset[str], fields: frozenset[str]) -> bool:
    klass, item_id, superseded = row[0], row[3], row[16]
    if wanted and item_id not in wanted:
        return False
    if klass == "evidence":
        return item_id in asked
    return (superseded is None or item_id in asked) and not fields.isdisjoint(_names(row[4]))


def _opened(row: Row, subject: str, key: bytes, allowed: frozenset[str]) -> Opened:
    try:
        plain = seal.unseal(key, row[17], _context(subject, row[:16]))
    except Tampered:
        raise Tampered("item_tampered", item=row[3]) from None
    detail, values = _PAYLOAD.decode(plain)
    shown = values if row[0] == "evidence" else {name: value for name, value in values.items() if name in allowed}
    return Opened(row[3], row[1], row[2], _SOURCES[row[6]], detail, instant(row[15]), row[16] is not None, shown, _legal_of(row))


def rewritten(work: Work, ring: Keyring, subject: str) -> list[str]:
    """The ids of items that are not as they were sealed: a legal column, the sealed bytes or the wrapped key was changed. What is sealed stays sealed: no
    value leaves here. An item whose key is gone cannot be told and is left out."""
    found = []
    for row in records.sealed_items(work.durable, subject):
        try:
            keys = datakeys.load(work, ring, subject, [row[3]])
            if row[3] in keys:
                seal.unseal(keys[row[3]], row[17], _context(subject, row[:16]))
        except Tampered:
            found.append(row[3])
    return sorted(found)


def values(opened: Mapping[str, Opened]) -> dict[str, str]:
    """All values by field; of two versions of a category the later one."""
    return {name: value for item in sorted(opened.values(), key=lambda i: i.version) for name, value in item.values.items()}


def facts(work: Work, subject: str) -> tuple[ItemFact, ...]:
    """The current items for the gate, in one query, without values."""
    return tuple([_fact(row) for row in _rows(work, subject) if row[16] is None])


def _rows(work: Work, subject: str) -> list[Row]:
    """All items as the gate reads them, once in a work: what it decided on is what a permit opens. A work that writes items reads again."""
    read: dict[str, list[Row]] = work.once.setdefault(_ONCE, {})
    rows = read.get(subject)
    if rows is None:
        rows = read[subject] = records.item_rows(work.durable, subject)
    return rows


def former_facts(work: Work, subject: str, named: Collection[str]) -> tuple[ItemFact, ...]:
    """Those of the named items that a newer version replaced, for an ask that names them; the law judges them as `former`."""
    return tuple([replace(_fact(row), klass=FORMER) for row in _former(work, subject) if row[3] in named]) if named else ()


def former(work: Work, subject: str) -> list[str]:
    """The ids of the data versions that newer ones replaced: they wait for their destruction, or something keeps them."""
    return [row[3] for row in sorted(_former(work, subject), key=itemgetter(1, 2))]


def _former(work: Work, subject: str) -> list[Row]:
    return [row for row in _rows(work, subject) if row[16] is not None and row[0] == "data"]


def _fact(row: Row) -> ItemFact:
    # On the path of every decision: by position, in the order of ItemFact.
    term_end = row[14]
    return ItemFact(
        row[3],
        row[1],
        _names(row[4]),
        instant(row[15]),
        _SOURCES[row[6]],
        row[7],
        _names(row[5]),
        date.fromisoformat(term_end) if term_end else None,
        bool(row[11]),
        bool(row[12]),
        row[0],
    )


def legal(work: Work, subject: str) -> list[Legal]:
    """The legal columns of every item, superseded versions and evidence too, by category and version."""
    read: dict[str, list[Legal]] = work.once.setdefault(_ONCE_LEGAL, {})
    found = read.get(subject)
    if found is None:
        seen = work.once.get(_ONCE, {}).get(subject)  # what the gate read has these columns too
        rows = records.legal_rows(work.durable, subject) if seen is None else sorted(seen, key=itemgetter(0, 1, 2))
        found = read[subject] = [_legal_of(row) for row in rows]
    return list(found)


class Known(NamedTuple):
    """As little of an item as its destruction has to know."""

    item_id: str
    klass: str
    category: str


def known(work: Work, subject: str) -> list[Known]:
    """Every item by class and category alone, in no order."""
    read: dict[str, list[Known]] = work.once.setdefault(_ONCE_KINDS, {})
    found = read.get(subject)
    if found is None:
        found = read[subject] = [Known(*row) for row in records.item_kinds(work.durable, subject)]
    return found


def _forget(work: Work) -> None:
    """A work that writes items reads them again."""
    for read in (_ONCE, _ONCE_LEGAL, _ONCE_KINDS):
        work.once.pop(read, None)


def _legal_of(row: Row) -> Legal:
    return Legal(
        item_id=row[3],
        klass=row[0],
        category=row[1],
        version=row[2],
        fields=_names(row[4]),
        purposes=_names(row[5]),
        source=_SOURCES[row[6]],
        ground=row[7],
        citation=row[8],
        consent=row[9],
        decision=row[10],
        term_rule=row[13],
        term_end=date.fromisoformat(row[14]) if row[14] else None,
        collected_at=instant(row[15]),
        superseded_at=instant(row[16]) if row[16] is not None else None,
    )


def ending(work: Work, before: date, after: tuple[str, str, str] = ("", "", ""), limit: int = 500) -> list[tuple[str, str, str]]:
    """(term end, subject, item) whose own term ended before a day, in that order behind `after`: for the retention sweep."""
    return [(row[0], row[1], row[2]) for row in records.ending(work.durable, before.isoformat(), after, limit)]


def erase_keys(work: Work, subject: str, item_ids: Iterable[str]) -> None:
    """Step one of a destruction: once committed, nothing opens these items. Can be run again."""
    datakeys.delete(work, subject, item_ids)


def erase_rows(work: Work, subject: str, item_ids: Iterable[str]) -> None:
    """Step two: the sealed rows go. Can be run again."""
    _forget(work)
    records.delete_items_of(work.durable, subject, list(item_ids))


def verify_gone(work: Work, subject: str, item_ids: Collection[str]) -> list[str]:
    """What is still there of these items: `wrapped_key: id` or `item: id`."""
    wanted = set(item_ids)
    keys = sorted(datakeys.ids(work, subject) & wanted)
    rows = [row[3] for row in records.legal_rows(work.durable, subject) if row[3] in wanted]
    return [f"wrapped_key: {key}" for key in keys] + [f"item: {item}" for item in rows]
