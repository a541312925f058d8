"""A large office in minutes: a few thousand people come by the acts, spread over a year, and rows like theirs fill the stores between them.

The rows between have ids, tokens and keys of their own and the size of real ones, so every table and index has the depth of the whole. They cannot be
opened (a seal binds its subject), and the stored facts and verdicts are cut short, for nobody reads them here.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

from sandyq.ids import is_id, new_id

BATCH = 2000
_CUT = {"decision.ask", "decision.verdict", "fact_set.body"}
_FRESH = {"token.token", "challenge.bound", "claim.token", "decision.facts", "fact_set.digest"}
_OF_A_SUBJECT = "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'subject_id' WHERE m.type = 'table'"


class Pattern:
    """The rows of one person in both stores, from which others are made."""

    def __init__(self, files: dict[str, apsw.Connection], subject: str, shared: set[str]) -> None:
        self.shared = shared
        self.tables: list[tuple[str, str, list[str], list[tuple[Any, ...]]]] = []
        for store, db in files.items():
            for (table,) in db.execute(_OF_A_SUBJECT).fetchall():
                self._take(store, db, table, f"SELECT * FROM {table} WHERE subject_id = ?", subject)
        durable = files["durable"]
        self._take(
            "durable",
            durable,
            "fact_set",
            "SELECT * FROM fact_set WHERE digest IN (SELECT facts FROM decision WHERE subject_id = ?)",
            subject,
        )
        self._take(
            "durable",
            durable,
            "leaf",
            "SELECT * FROM leaf WHERE leaf_id IN (SELECT leaf_id FROM subject_leaf WHERE subject_id = ?)",
            subject,
        )

    def _take(self, store: str, db: apsw.Connection, table: str, sql: str, subject: str) -> None:
        names = [row[1] for row in db.execute(f"PRAGMA table_info({table})").fetchall()]
        rows = db.execute(sql, (subject,)).fetchall()
        if rows:
            self.tables.append((store, table, names, rows))

    def copy(self, us: int, number: int) -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
        """The rows of one more person who came at an instant; (store, statement, rows)."""
        ids: dict[str, str] = {}
        for store, table, names, rows in self.tables:
            made = [
                tuple(self._value(table, name, value, ids, us, number * len(rows) + at) for name, value in zip(names, row, strict=True))
                for at, row in enumerate(rows)
            ]
            yield store, f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", made

    def _value(self, table: str, name: str, value: Any, ids: dict[str, str], us: int, number: int) -> Any:
        place = f"{table}.{name}"
        if place == "leaf.seq":
            return -1 - number  # before the log: it is continued at its end
        if place in _CUT:
            return "{}"
        if place in _FRESH:
            return os.urandom(len(value))
        if isinstance(value, str) and is_id(value) and value not in self.shared:
            if value not in ids:
                ids[value] = new_id(us)
            return ids[value]
        return value


def fill(folder: Path, subject: str, shared: set[str], count: int, begin_us: int, end_us: int) -> None:
    """Put `count` people like `subject` between two instants into the closed office of a folder. Ids in `shared` (partners, staff) stay."""
    files = {store: apsw.Connection(str(folder / f"{store}.db")) for store in ("perishable", "durable")}
    pattern = Pattern(files, subject, shared)
    for db in files.values():
        db.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000").fetchall()
    rng = random.Random(5)
    instants = sorted(rng.randrange(begin_us, end_us) for _ in range(count))
    for begin in range(0, count, BATCH):
        for db in files.values():
            db.execute("BEGIN")
        for number in range(begin, min(begin + BATCH, count)):
            for store, sql, rows in pattern.copy(instants[number], number):
                files[store].executemany(sql, rows)
        for db in files.values():
            db.execute("COMMIT")
    for db in files.values():
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        db.close()
