"""SQL of the log: entries, entries without a number, the tree's edge, and the links from subjects to entries."""

from collections.abc import Iterable, Sequence

from sandyq.db import Row, Tx, Value, Work
from sandyq.errors import Misuse

_ROWS_PER_INSERT = 64
_FEW = 8


def _insert(tx: Tx, into: str, width: int, rows: Sequence[Sequence[Value]]) -> None:
    """Insert rows; on PostgreSQL many to a statement, which costs a fraction of one by one."""
    row = f"({', '.join('?' * width)})"
    if tx.engine == "sqlite":
        tx.many(f"{into} VALUES {row}", rows)
        return
    at = 0
    while at < len(rows):
        left = len(rows) - at
        count = _ROWS_PER_INSERT if left >= _ROWS_PER_INSERT else min(left, _FEW)  # few shapes, so that each stays prepared
        values = [value for each in rows[at : at + count] for value in each]
        tx.soon(f"{into} VALUES {', '.join([row] * count)}", *values)
        at += count


def add_entries(tx: Tx, rows: Sequence[tuple[int, str, bytes]]) -> None:
    """Entries with their numbers."""
    _insert(tx, "INSERT INTO leaf (seq, leaf_id, body)", 3, rows)


def add_pending(tx: Tx, first_id: str, bodies: bytes) -> None:
    """The entries of one work, packed."""
    tx.soon("INSERT INTO pending_leaf (first_id, bodies) VALUES (?, ?)", first_id, bodies)


def pending(tx: Tx, limit: int) -> list[tuple[str, bytes]]:
    """Works whose entries wait for numbers, by the time they began."""
    rows = tx.all("SELECT first_id, bodies FROM pending_leaf ORDER BY first_id LIMIT ?", limit)
    return [(str(first), bytes(bodies)) for first, bodies in rows]


def drop_pending(tx: Tx, first_ids: Iterable[str]) -> None:
    """They have numbers now."""
    tx.many("DELETE FROM pending_leaf WHERE first_id = ?", [(each,) for each in first_ids])


def head(tx: Tx) -> tuple[int, bytes] | None:
    """(size, edge) of the tree, or None before the first entry."""
    row = tx.one("SELECT size, edge FROM tree_head WHERE id = 1")
    return (int(row[0]), _stored(row[1])) if row else None


def begin_head(tx: Tx, size: int, edge: bytes) -> int:
    """The first state of the tree; 0 when another sequencer was first."""
    return tx.run("INSERT INTO tree_head (id, size, edge) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING", size, edge)


def move_head(tx: Tx, old: int, size: int, edge: bytes) -> int:
    """Advance the tree from `old` entries; 0 when it was not there."""
    return tx.run("UPDATE tree_head SET size = ?, edge = ? WHERE id = 1 AND size = ?", size, edge, old)


def add_links(tx: Tx, rows: Sequence[tuple[str, str]]) -> None:
    """Which entries are about whom."""
    _insert(tx, "INSERT INTO subject_leaf (subject_id, leaf_id)", 2, rows)


def entries(work: Work, start: int, limit: int) -> list[Row]:
    """(number, id, body) from number `start` on."""
    rows = work.durable.all("SELECT seq, leaf_id, body FROM leaf WHERE seq >= ? ORDER BY seq LIMIT ?", start, limit)
    return [(int(seq), str(leaf_id), _stored(body)) for seq, leaf_id, body in rows]


def _stored(body: object) -> bytes:
    """The bytes of a body, also of one that somebody rewrote by hand: SQLite keeps text in a column of bytes, and then it must differ, not fail."""
    return body.encode() if isinstance(body, str) else bytes(body) if isinstance(body, bytes | memoryview | bytearray) else b""


def entry(work: Work, leaf_id: str) -> tuple[int, bytes] | None:
    """(number, body) of one entry."""
    row = work.durable.one("SELECT seq, body FROM leaf WHERE leaf_id = ?", leaf_id)
    return (int(row[0]), _stored(row[1])) if row else None


def links(work: Work, subject: str, before: str, limit: int) -> list[str]:
    """Entry ids of a subject, the latest first; only those before `before` unless it is empty."""
    rows = work.durable.all(
        "SELECT leaf_id FROM subject_leaf WHERE subject_id = ? AND leaf_id < ? ORDER BY leaf_id DESC LIMIT ?",
        subject,
        before or "8",  # behind every id: they begin with 0 to 7
        limit,
    )
    return [str(leaf_id) for (leaf_id,) in rows]


def count_links(work: Work, subject: str) -> int:
    """How many entries are tied to a subject."""
    row = work.durable.one("SELECT COUNT(*) FROM subject_leaf WHERE subject_id = ?", subject)
    return int(row[0]) if row else 0


def drop_links(work: Work, subject: str) -> int:
    """Untie all entries of a subject."""
    return work.durable.run("DELETE FROM subject_leaf WHERE subject_id = ?", subject)


def history(work: Work, subject: str, before: int, limit: int) -> list[Row]:
    """(number, body) of the entries about a subject below number `before`, the latest first."""
    return work.durable.all(
        "SELECT l.seq, l.body FROM subject_leaf s JOIN leaf l ON l.leaf_id = s.leaf_id WHERE s.subject_id = ? AND l.seq < ?"
        " ORDER BY l.seq DESC LIMIT ?",
        subject,
        before,
        limit,
    )


def latest(work: Work, before: int, limit: int) -> list[Row]:
    """(number, body) of the entries below number `before`, the latest first."""
    return work.durable.all("SELECT seq, body FROM leaf WHERE seq < ? ORDER BY seq DESC LIMIT ?", before, limit)


def all_links(work: Work) -> list[Row]:
    """(leaf_id,) of every entry that is tied to somebody."""
    return work.durable.all("SELECT leaf_id FROM subject_leaf")


def drop_adopted(work: Work) -> int:
    """Forget waiting entries that have a number already, as after a restore that took them from the published log."""
    return work.durable.run("DELETE FROM pending_leaf WHERE first_id IN (SELECT leaf_id FROM leaf)")


def column(work: Work, table: str, name: str) -> list[Row]:
    """(value,) of one column of a room's table, for comparing tables with the log."""
    _named(work, table, name)
    return work.durable.all(" ".join(("SELECT", name, "FROM", table, "WHERE", name, "<> ''")))


def columns(work: Work, table: str, names: Sequence[str]) -> list[Row]:
    """Some columns of a room's table where the first of them is not empty, for comparing tables with the log."""
    _named(work, table, *names)
    return work.durable.all(" ".join(("SELECT", ", ".join(names), "FROM", table, "WHERE", names[0], "<> ''")))


def unlogged(work: Work, table: str, name: str) -> list[Row]:
    """(value,) of one column of a room's table where it is not the id of a numbered entry."""
    _named(work, table, name)
    there = " ".join(("SELECT 1 FROM leaf l WHERE l.leaf_id =", f"{table}.{name}"))
    return work.durable.all(" ".join(("SELECT", name, "FROM", table, "WHERE", name, f"<> '' AND NOT EXISTS ({there})")))


def _named(work: Work, *names: str) -> None:
    """Names come from code, never from input; this holds it."""
    if not "".join(names).replace("_", "").isalnum():
        raise Misuse("bad_sql", store=work.durable.store, remedy="a check names a table and a column")


def take_lock(tx: Tx, number: int) -> bool:
    """Take an advisory lock of this connection (PostgreSQL), if nobody has it."""
    row = tx.one("SELECT pg_try_advisory_lock(?)", number)
    return bool(row and row[0])


def alive(tx: Tx) -> bool:
    """Whether the connection, and so its lock, is still there."""
    return tx.one("SELECT 1") is not None
