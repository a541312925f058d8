"""The table of relations."""

from datetime import date
from functools import lru_cache

import msgspec

from sandyq.clock import instant
from sandyq.db import Row, Statement, Work
from sandyq.law.ask import RelationFact
from sandyq.register.holder import Column, Kind
from sandyq.relations.facts import NewRelation, Relation, RelationKind

_CLASSES: tuple[tuple[Kind, str], ...] = (
    ("pseudonym", "subject_id relation_id document"),
    ("none", "kind started ended fulfilled purposes party opened_us closed_us"),
)

COLUMNS = {f"relation.{column}": Column(kind, "relations", "with-subject") for kind, columns in _CLASSES for column in columns.split()}

_names = msgspec.json.Decoder(list[str]).decode


@lru_cache(maxsize=1024)  # the same few lists of purposes stand in every relation
def _purposes(text: str) -> frozenset[str]:
    return frozenset(_names(text))


_FACTS = "SELECT relation_id, kind, started, ended, fulfilled, purposes FROM relation WHERE subject_id = ?"


def asked_by_gate(subject: str) -> tuple[Statement, ...]:
    """The read of `facts`, to be sent ahead."""
    return ((_FACTS, (subject,)),)


def facts(work: Work, subject: str) -> tuple[RelationFact, ...]:
    """Every relation of a subject, ended ones too: their ends start terms."""
    rows = work.durable.all(_FACTS, subject)
    return tuple(
        [
            RelationFact(id_, kind, _day(started), _day(ended) if ended else None, bool(fulfilled), _purposes(purposes))
            for id_, kind, started, ended, fulfilled, purposes in sorted(rows)
        ]
    )


_day = date.fromisoformat
_RELATION = "SELECT relation_id, subject_id, kind, started, ended, fulfilled, purposes, party, document, opened_us, closed_us FROM relation"


def all_of(work: Work, subject: str) -> list[Relation]:
    """The relations of a subject, oldest first."""
    return [_relation(row) for row in work.durable.all(_RELATION + " WHERE subject_id = ? ORDER BY relation_id", subject)]


def one(work: Work, subject: str, relation_id: str) -> Relation | None:
    """One relation of a subject."""
    row = work.durable.one(_RELATION + " WHERE subject_id = ? AND relation_id = ?", subject, relation_id)
    return _relation(row) if row else None


def closed_since(work: Work, us: int, limit: int) -> list[Relation]:
    """Relations whose end was entered after an instant (microseconds), in that order."""
    return [
        _relation(row) for row in work.durable.all(_RELATION + " WHERE closed_us > ? ORDER BY closed_us, relation_id LIMIT ?", us, limit)
    ]


def ends(work: Work) -> list[tuple[str, int, int]]:
    """(relation, when its end was entered in microseconds, fulfilled) of every relation that has something of an end; (relation, 0, 0) of the others."""
    rows = work.durable.all("SELECT relation_id, COALESCE(closed_us, CASE WHEN ended = '' THEN 0 ELSE 1 END), fulfilled FROM relation")
    return [(str(relation), int(closed), int(fulfilled)) for relation, closed, fulfilled in rows]


def _relation(row: Row) -> Relation:
    relation_id, subject, kind, started, ended, fulfilled, purposes, party, document, opened, closed = row
    return Relation(
        id=relation_id,
        subject=subject,
        kind=RelationKind(kind),
        started=date.fromisoformat(started),
        ended=date.fromisoformat(ended) if ended else None,
        fulfilled=bool(fulfilled),
        purposes=frozenset(_names(purposes)),
        party=party,
        document=document,
        opened_at=instant(opened),
        closed_at=None if closed is None else instant(closed),
    )


def add(work: Work, subject: str, relation_id: str, new: NewRelation) -> None:
    """Insert a relation that has not ended."""
    work.durable.soon(
        "INSERT INTO relation (subject_id, relation_id, kind, started, ended, fulfilled, purposes, party, document, opened_us)"
        " VALUES (?, ?, ?, ?, '', 0, ?, ?, ?, ?)",
        *(subject, relation_id, new.kind.value, new.started.isoformat()),
        *(msgspec.json.encode(sorted(new.purposes)).decode(), new.party, new.document, work.us),
    )


def close(work: Work, subject: str, relation_id: str, ended: date, fulfilled: bool) -> None:
    """Enter the end of a relation."""
    work.durable.run(
        "UPDATE relation SET ended = ?, fulfilled = ?, closed_us = ? WHERE subject_id = ? AND relation_id = ?",
        *(ended.isoformat(), int(fulfilled), work.us, subject, relation_id),
    )


def drop(work: Work, subject: str) -> int:
    """Delete the relations of a subject."""
    return work.durable.run("DELETE FROM relation WHERE subject_id = ?", subject)
