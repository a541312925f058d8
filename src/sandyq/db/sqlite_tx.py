"""One SQLite file through APSW: the connection with its pragmas, the statements of one work, the driver's errors in our words."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn

import apsw

from sandyq.db.work import Duplicate, Row, Statement, Value, broken, lost, spent
from sandyq.errors import Misuse, SandyqError

BUSY_MS: Final = 5_000
_DRIVER: Final = (apsw.Error, TypeError, ValueError, OverflowError)


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with every pragma the promises rest on: erased bytes are overwritten, nothing spills to disk, commits are synced."""
    try:
        made = apsw.Connection(str(path), statementcachesize=400)
        made.set_busy_timeout(BUSY_MS)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "foreign_keys=OFF"):
            made.execute(f"PRAGMA {pragma}").fetchall()
        # A journal is emptied into its file every 64 MB: at a quarter of that more than one form in a hundred had to wait for it in a large office.
        made.execute("PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=16000; PRAGMA journal_size_limit=67108864").fetchall()
        for option in (apsw.SQLITE_DBCONFIG_DQS_DML, apsw.SQLITE_DBCONFIG_DQS_DDL, apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA):
            made.config(option, 0)
        made.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)  # or this build parses a statement again for each value that its planner looked at
        if read_only:
            made.execute("PRAGMA query_only=ON").fetchall()
    except apsw.Error as problem:
        raise lost(path.stem, type(problem).__name__, file=str(path)) from None
    return made


Kept = dict[str, dict[tuple[str, tuple[Value, ...]], list[Row]]]
"""Answers by table and statement."""
_TABLE = re.compile(r"(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|SELECT .*? FROM) (\w+)", re.S)


@lru_cache(maxsize=1024)
def table_of(sql: str) -> str:
    """The table that a statement writes to, or first reads; empty when its words do not tell."""
    found = _TABLE.match(sql)
    return found[1] if found else ""


class SqliteTx:
    """One store in one work. Implements `Tx`."""

    __slots__ = ("_changes", "_execute", "_execute_many", "_kept", "_reads", "broken", "engine", "marked", "store")

    def __init__(self, store: str, cursor: apsw.Cursor, *, marks: bool = False, kept: "Kept | None" = None) -> None:
        """`marks`: the first write sets a savepoint `act`, which whoever ends the work releases or rolls back to; `marked` says whether.
        `kept`: answers of `seldom` that the acts of one commit share."""
        self.marked = False
        self._kept = kept
        self._reads = marks
        self.engine = "sqlite"
        self.store = store
        self.broken: SandyqError | None = None
        self._execute: Callable[..., Any] = cursor.execute
        self._execute_many: Callable[..., Any] = cursor.executemany
        self._changes = cursor.connection.changes

    def _mark(self) -> None:
        """The first write of an act. What only reads needs no savepoint."""
        self._execute("SAVEPOINT act")
        self._reads, self.marked = False, True

    def _writes(self, sql: str) -> None:
        """A write is coming: the first one of an act sets its savepoint."""
        if self._reads:
            self._mark()
        if self._kept:  # answers about a table that is written to are no answers any more
            table = table_of(sql)
            if table:
                self._kept.pop(table, None)
            else:
                self._kept.clear()

    def run(self, sql: str, *params: Value) -> int:
        try:
            self._writes(sql)
            self._execute(sql, params)
        except _DRIVER as problem:
            self._fail(problem)
        return self._changes()

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        try:
            self._writes(sql)
            if len(rows) == 1:
                self._execute(sql, rows[0])  # one row is not worth a loop of the driver's
            else:
                self._execute_many(sql, rows)
        except _DRIVER as problem:
            self._fail(problem)

    def one(self, sql: str, *params: Value) -> Row | None:
        try:
            if not sql.startswith("SELECT"):
                self._writes(sql)
            rows = self._execute(sql, params).fetchall()
        except _DRIVER as problem:
            self._fail(problem)
        return rows[0] if rows else None

    def all(self, sql: str, *params: Value) -> list[Row]:
        try:
            if not sql.startswith("SELECT"):
                self._writes(sql)
            found: list[Row] = self._execute(sql, params).fetchall()
        except _DRIVER as problem:
            self._fail(problem)
        return found

    def ahead(self, locked: Statement, *asked: Statement) -> None:
        """Nothing to save: there is no network between."""

    def soon(self, sql: str, *params: Value) -> None:
        try:
            self._writes(sql)
            self._execute(sql, params)
        except _DRIVER as problem:
            self._fail(problem)

    def seldom(self, sql: str, *params: Value) -> list[Row]:
        kept = self._kept
        if kept is None:
            return self.all(sql, *params)
        of_table = kept.setdefault(table_of(sql), {})
        found = of_table.get((sql, params))
        if found is None:
            found = of_table[(sql, params)] = self.all(sql, *params)
        return found

    lock_shared = one  # one writer: nobody else can change the row before this work ends
    claim = all

    def script(self, text: str) -> None:
        """Several statements at once, for the migration runner."""
        try:
            self._writes("")
            self._execute(text).fetchall()
        except _DRIVER as problem:
            self._fail(problem)

    def end(self) -> None:
        """The work is over: any later use is a bug."""
        self._execute = self._execute_many = spent

    def _fail(self, problem: Exception) -> NoReturn:
        self.broken = mapped(self.store, problem)
        self._execute = self._execute_many = broken
        raise self.broken from None


def mapped(store: str, problem: Exception) -> SandyqError:
    """The error of our tree for one of the driver; its words may hold values and are dropped."""
    if isinstance(problem, apsw.ConstraintError):
        words = str(problem).split()  # "UNIQUE constraint failed: table.column, ..." names columns, not values
        if words[0] == "UNIQUE" or words[0] == "PRIMARY":
            return Duplicate(store=store, table=words[-1].partition(".")[0])
        return Misuse("constraint", store=store, rule=words[0], remedy="an act must check this before it writes")
    if isinstance(problem, apsw.SQLError):
        return Misuse("bad_sql", store=store, remedy="run the statement by hand in an empty office to see its fault")
    if isinstance(problem, apsw.Error):
        return lost(store, type(problem).__name__)
    return Misuse("bad_value", store=store, kind=type(problem).__name__, remedy="parameters are str, int, float, bytes or None")


class SqliteRaw:
    """One file outside any unit of work. Implements `migrate.Raw`."""

    def __init__(self, store: str, path: Path) -> None:
        self._connection = connect(path)
        self.tx = SqliteTx(store, self._connection.cursor())

    def begin(self) -> None:
        """Begin a transaction that alone may write."""
        self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep it."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Forget it, and make the connection usable again."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self.tx = SqliteTx(self.tx.store, self._connection.cursor())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
