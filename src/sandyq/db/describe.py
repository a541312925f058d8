"""What the engine says the schema is, in words that do not depend on the engine: for tests and for the data map."""

from dataclasses import dataclass
from typing import Final

from sandyq.db.migrate import RawTx, table_names


@dataclass(frozen=True, slots=True)
class Column:
    """One column as both engines agree on it: `kind` is TEXT, BIGINT or BLOB."""

    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns in order, primary key in order, and the other indexes as (name, unique, columns)."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: frozenset[tuple[str, bool, tuple[str, ...]]]


def schema_of(tx: RawTx) -> dict[str, Table]:
    """The schema as the engine reports it, in words that do not depend on the engine.

    Tests compare a fresh schema with a migrated one and one engine with the other; the data map walks it. Indexes that a UNIQUE in a table
    makes are named by the engine, so they appear without a name.
    """
    read = _sqlite_table if tx.engine == "sqlite" else _postgres_table
    return {name: read(tx, name) for name in table_names(tx)}


def _sqlite_table(tx: RawTx, table: str) -> Table:
    found = tx.all('SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid', table)
    key = tuple(name for name, _, _, place in sorted(found, key=lambda row: row[3]) if place)
    indexes = set()
    for name, unique, origin in tx.all('SELECT name, "unique", origin FROM pragma_index_list(?)', table):
        if origin != "pk":
            columns = tuple(row[0] for row in tx.all("SELECT name FROM pragma_index_info(?) ORDER BY seqno", name))
            indexes.add((name if origin == "c" else "", bool(unique), columns))
    return Table(tuple(Column(str(name), str(kind), bool(needed or place)) for name, kind, needed, place in found), key, frozenset(indexes))


def _postgres_table(tx: RawTx, table: str) -> Table:
    found = tx.all(
        "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
        "WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        table,
    )
    kinds = {"text": "TEXT", "bigint": "BIGINT", "bytea": "BLOB"}
    key: tuple[str, ...] = ()
    indexes = set()
    for name, unique, primary, own, columns in tx.all(_POSTGRES_INDEXES, table):
        if primary:
            key = tuple(columns.split(","))
        else:
            indexes.add(("" if own else name, bool(unique), tuple(columns.split(","))))
    return Table(
        tuple(Column(str(name), kinds.get(str(kind), str(kind)), bool(needed)) for name, kind, needed in found), key, frozenset(indexes)
    )


_POSTGRES_INDEXES: Final = """
    SELECT c.relname::text, i.indisunique, i.indisprimary, EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid),
           (SELECT string_agg(a.attname::text, ',' ORDER BY place) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS n (number, place)
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n.number)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST(? AS regclass)
"""
