"""A large office in minutes: a few thousand people come by the acts, spread over a year, and rows like theirs fill the stores between them.

The rows between have ids, tokens and keys of their own and the size of real ones, so every table and index has the depth of the whole. They cannot be
opened (a seal binds its subject), and the stored facts and verdicts are cut short, for nobody reads them here.

SQLite multiplies them itself: ids of a batch of people lie in a temporary table, and each row of the pattern is one statement over all of them. Indexes
that are not keys are made anew at the end, from sorted rows.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import apsw

from sandyq.ids import is_id, new_id

BATCH = 10_000
_CUT = {"decision.ask", "decision.verdict", "fact_set.body"}
_FRESH = {"token.token", "challenge.bound", "claim.token", "decision.facts", "fact_set.digest"}
_OF_A_SUBJECT = (
    "SELECT m.name FROM {0}.sqlite_schema m JOIN pragma_table_info(m.name, '{0}') c ON c.name = 'subject_id' WHERE m.type = 'table'"
)
_PEOPLE = {
    "fact_set": "digest IN (SELECT facts FROM decision WHERE subject_id = ?)",
    "leaf": "leaf_id IN (SELECT leaf_id FROM subject_leaf WHERE subject_id = ?)",
}
STORES = {"durable": "main", "perishable": "perishable"}


class Pattern:
    """The rows of one person in both stores, each as a statement that makes it for all people of a batch. `ids` are those of the person, in the
    order of the columns that the batch gives new ones in."""

    def __init__(self, db: apsw.Connection, subject: str, shared: set[str], count: int) -> None:
        self._shared = shared
        self._count = count
        self.ids: dict[str, int] = {}
        self.statements: list[tuple[str, list[Any]]] = []
        for schema in STORES.values():
            for (table,) in db.execute(_OF_A_SUBJECT.format(schema)).fetchall():
                self._take(db, schema, table, "subject_id = ?", subject)
        for table, where in _PEOPLE.items():
            self._take(db, "main", table, where, subject)

    def _take(self, db: apsw.Connection, schema: str, table: str, where: str, subject: str) -> None:
        names = [row[1] for row in db.execute(f"PRAGMA {schema}.table_info({table})").fetchall()]
        rows = db.execute(f"SELECT * FROM {schema}.{table} WHERE {where}", (subject,)).fetchall()
        for at, row in enumerate(rows):
            constants: list[Any] = []
            values = [self._value(f"{table}.{name}", value, at, len(rows), constants) for name, value in zip(names, row, strict=True)]
            self.statements.append((f"INSERT INTO {schema}.{table} SELECT {', '.join(values)} FROM temp.people ORDER BY n", constants))

    def _value(self, place: str, value: Any, at: int, rows: int, constants: list[Any]) -> str:
        """What stands for a value in the select: a new id, fresh bytes, or the value itself as a parameter."""
        if place == "leaf.seq":
            return f"n * {rows} + {at} - {self._count * rows}"  # before the log, which is continued at its end
        if place in _FRESH:
            return f"randomblob({len(value)})"
        if isinstance(value, str) and is_id(value) and value not in self._shared:
            return f"id{self.ids.setdefault(value, len(self.ids))}"
        constants.append("{}" if place in _CUT else value)
        return "?"


def fill(
    folder: Path, subject: str, shared: set[str], count: int, begin_us: int, end_us: int, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Put `count` people like `subject` between two instants into the closed office of a folder. Ids in `shared` (partners, staff) stay. `tell`
    hears how many are there."""
    db = apsw.Connection(str(folder / "durable.db"))
    db.execute("ATTACH ? AS perishable", (str(folder / "perishable.db"),))
    for schema in STORES.values():
        pragmas = ("journal_mode=WAL", "synchronous=OFF", "cache_size=-200000")
        db.execute("; ".join(f"PRAGMA {schema}.{pragma}" for pragma in pragmas)).fetchall()
    pattern = Pattern(db, subject, shared, count)
    columns = [f"id{n}" for n in range(len(pattern.ids))]
    db.execute(f"PRAGMA temp_store=MEMORY; CREATE TEMP TABLE people (n INTEGER PRIMARY KEY, {', '.join(columns)})").fetchall()
    indexes = _taken_away(db)
    rng = random.Random(5)
    instants = sorted(rng.randrange(begin_us, end_us) for _ in range(count))
    for begin in range(0, count, BATCH):
        _batch(db, pattern, instants[begin : begin + BATCH], begin)
        tell(begin)
    for sql in indexes:
        db.execute(sql)
    for schema in STORES.values():
        db.execute(f"PRAGMA {schema}.wal_checkpoint(TRUNCATE)").fetchall()
    db.close()


def _batch(db: apsw.Connection, pattern: Pattern, instants: Sequence[int], begin: int) -> None:
    marks = ", ".join("?" * (1 + len(pattern.ids)))
    width = range(len(pattern.ids))
    people = [(begin + n, *[new_id(us) for _ in width]) for n, us in enumerate(instants)]
    db.execute("BEGIN")
    db.execute("DELETE FROM temp.people")
    db.executemany(f"INSERT INTO temp.people VALUES ({marks})", people)
    for sql, constants in pattern.statements:
        db.execute(sql, constants)
    db.execute("COMMIT")


def _taken_away(db: apsw.Connection) -> list[str]:
    """Drop the indexes that are not keys; gives how each is made again."""
    made = []
    for schema in STORES.values():
        wanted = f"SELECT name, sql FROM {schema}.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        for name, sql in db.execute(wanted).fetchall():
            db.execute(f"DROP INDEX {schema}.{name}")
            made.append(sql.replace(name, f"{schema}.{name}", 1))
    return made
