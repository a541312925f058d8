"""One PostgreSQL database through psycopg 3: how values travel, the statements of one work, the driver's errors in our words."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, NoReturn

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader

from sandyq.db.work import Duplicate, Row, Statement, Value, broken, lost, spent
from sandyq.errors import Misuse, Retry, SandyqError

_AGAIN: Final = frozenset({"40001", "40P01", "55P03"})  # serialisation failure, deadlock, lock timeout
_MIGRATION_LOCK: Final = 0x53414E44
_OPTIONS: Final = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC -c client_min_messages=warning"
_DRIVER: Final = (psycopg.Error, TypeError, ValueError, OverflowError)


class _Whole(NumericBinaryLoader):
    """SUM over BIGINT comes as NUMERIC; SQLite gives a whole number, and so do we."""

    def load(self, data: Any) -> Any:
        number = super().load(data)
        return int(number) if number == number.to_integral_value() else float(number)


def _adapters() -> AdaptersMap:
    """Every int travels as BIGINT (one prepared statement instead of three), a flag is an int, as on SQLite."""
    made = AdaptersMap(psycopg.adapters)
    made.register_dumper(int, Int8BinaryDumper)
    made.register_dumper(bool, Int8BinaryDumper)
    made.register_loader("numeric", _Whole)
    return made


_ADAPTERS: Final = _adapters()
CONNECT: Final[dict[str, Any]] = {
    "cursor_factory": psycopg.RawCursor,
    "context": _ADAPTERS,
    "prepare_threshold": 2,
    "options": _OPTIONS,
    "connect_timeout": 5,
}


_WRITES: Final = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)")


@lru_cache(maxsize=4096)
def _hit_by(write: str, read: str) -> bool:
    """Whether a write may change the answer of a read: the table it writes stands in the other text, or it is none of ours to judge."""
    table = _WRITES.match(write)
    return table is None or re.search(rf"\b{table[1]}\b", read) is not None


@lru_cache(maxsize=4096)
def dollars(sql: str) -> str:
    """`?` as `$1`, `$2` ... outside quotes and comments. The driver then passes the text untouched, so a literal % needs no care."""
    out, number, at, end = [], 0, 0, len(sql)
    while at < end:
        closing = {"'": "'", '"': '"', "--": "\n", "/*": "*/"}.get(sql[at : at + 2] if sql[at : at + 2] in ("--", "/*") else sql[at])
        if closing is not None:
            stop = sql.find(closing, at + len(closing))
            stop = end if stop < 0 else stop + len(closing)
            out.append(sql[at:stop])
            at = stop
            continue
        number += sql[at] == "?"
        out.append(f"${number}" if sql[at] == "?" else sql[at])
        at += 1
    return "".join(out)


class PostgresTx:
    """One store in one work. Implements `Tx`. `trips` counts round trips, for the test that bounds them."""

    __slots__ = ("_connection", "_cursor", "_execute", "_execute_many", "_found", "_waiting", "broken", "engine", "store", "trips")

    def __init__(self, store: str, connection: psycopg.Connection[Any]) -> None:
        self.engine = "postgres"
        self.store = store
        self.trips = 0
        self.broken: SandyqError | None = None
        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self._waiting: list[Statement] = []  # writes that travel with the next statement
        self._found: dict[Statement, list[Row]] = {}  # answers that came ahead
        self._execute: Callable[..., Any] = self._cursor.execute
        self._execute_many: Callable[..., Any] = self._cursor.executemany

    def _wrote(self, sql: str) -> None:
        """Answers that a write may have changed are thrown away; one work's snapshot changes by nothing but its own writes."""
        if self._found:
            self._found = {asked: rows for asked, rows in self._found.items() if not _hit_by(sql, asked[0])}

    def run(self, sql: str, *params: Value) -> int:
        self._wrote(sql)
        self._do(sql, params)
        return self._cursor.rowcount

    def soon(self, sql: str, *params: Value) -> None:
        if self._execute in (spent, broken):
            self._execute()
        self._wrote(sql)
        self._waiting.append((sql, params))

    def flush(self) -> None:
        """Send the writes that still wait: the last thing before a commit."""
        if self._waiting:
            self._together(())

    def ahead(self, locked: Statement, *asked: Statement) -> None:
        reads = ((f"{locked[0]} FOR SHARE", locked[1]), *asked)
        self._found |= zip(reads, self._together(reads), strict=True)

    def _together(self, reads: Sequence[Statement]) -> list[list[Row]]:
        """Everything that waits and then these reads, in one round trip."""
        self.trips += 1
        waiting, self._waiting = self._waiting, []
        try:
            if self._execute in (spent, broken):
                self._execute()
            with self._connection.pipeline():
                for sql, params in waiting:
                    self._connection.cursor(binary=True).execute(dollars(sql), params)
                cursors = [self._connection.cursor(binary=True).execute(dollars(sql), params) for sql, params in reads]
            return [cursor.fetchall() for cursor in cursors]
        except _DRIVER as problem:
            self._fail(problem)

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        if not rows:
            return
        self._wrote(sql)
        self.trips += 1
        try:
            if self._waiting:
                self._with_waiting(lambda: self._execute_many(dollars(sql), rows))
            else:
                self._execute_many(dollars(sql), rows)
        except _DRIVER as problem:
            self._fail(problem)

    def one(self, sql: str, *params: Value) -> Row | None:
        rows = self.all(sql, *params)
        return rows[0] if rows else None

    def all(self, sql: str, *params: Value) -> list[Row]:
        if self._found and (rows := self._found.get((sql, params))) is not None:
            return list(rows)
        if not sql.startswith("SELECT"):  # INSERT or DELETE ... RETURNING
            self._wrote(sql)
        self._do(sql, params)
        return self._rows()

    def seldom(self, sql: str, *params: Value) -> list[Row]:
        return self.all(sql, *params)

    def lock_shared(self, sql: str, *params: Value) -> Row | None:
        return self.one(sql + " FOR SHARE", *params)

    def claim(self, sql: str, *params: Value) -> list[Row]:
        return self.all(sql + " FOR UPDATE SKIP LOCKED", *params)

    def script(self, text: str) -> None:
        """Several statements at once, for the migration runner."""
        try:
            self._cursor.connection.execute(text)  # a text cursor: several statements travel only in the simple protocol
        except _DRIVER as problem:
            self._fail(problem)

    def end(self) -> None:
        """The work is over: any later use is a bug."""
        self._execute = self._execute_many = spent

    def _do(self, sql: str, params: Sequence[Value]) -> None:
        self.trips += 1
        try:
            if self._waiting:
                self._with_waiting(lambda: self._execute(dollars(sql), params))
            else:
                self._execute(dollars(sql), params)
        except _DRIVER as problem:
            self._fail(problem)

    def _with_waiting(self, last: Callable[[], Any]) -> None:
        waiting, self._waiting = self._waiting, []
        with self._connection.pipeline():
            for sql, params in waiting:
                self._connection.cursor(binary=True).execute(dollars(sql), params)
            last()

    def _rows(self) -> list[Row]:
        try:
            found: list[Row] = self._cursor.fetchall()
        except _DRIVER as problem:
            self._fail(problem)
        return found

    def _fail(self, problem: Exception) -> NoReturn:
        self.broken = mapped(self.store, problem)
        self._execute = self._execute_many = broken
        raise self.broken from None


def mapped(store: str, problem: Exception) -> SandyqError:
    """The error of ours for one of the driver's, whose words and details may hold values and are dropped."""
    if not isinstance(problem, psycopg.Error):
        return Misuse("bad_value", store=store, kind=type(problem).__name__, remedy="parameters are str, int, float, bytes or None")
    state = problem.sqlstate or ""
    if state in _AGAIN:
        return Retry(store=store, what=state)
    if state == "23505":
        return Duplicate(store=store, table=problem.diag.table_name or "")
    if state[:2] == "23":
        return Misuse(
            "constraint", store=store, rule=problem.diag.constraint_name or state, remedy="an act must check this before it writes"
        )
    if state[:2] == "22" or isinstance(problem, psycopg.DataError) or (not state and isinstance(problem, psycopg.ProgrammingError)):
        return Misuse("bad_value", store=store, kind=state, remedy="parameters are str, int, float, bytes or None, as the column's type")
    if state[:2] == "42":
        return Misuse("bad_sql", store=store, kind=state, remedy="run the statement by hand in an empty office to see its fault")
    if state == "25006":
        return Misuse("write_in_read", store=store, remedy="what writes goes through write")
    gone = isinstance(problem, psycopg.OperationalError | psycopg.InterfaceError) and state[:2] in ("", "08", "57")
    return lost(store, "connection" if gone else state)


class PostgresRaw:
    """One store outside any unit of work. Implements `migrate.Raw`."""

    def __init__(self, store: str, dsn: str) -> None:
        try:
            self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True, **CONNECT)
        except psycopg.Error as problem:
            raise lost(store, type(problem).__name__, remedy="check the address of the store and that its server runs") from None
        self.tx = PostgresTx(store, self._connection)

    def begin(self) -> None:
        """Begin a transaction that excludes every other migration of this store."""
        self._connection.execute("BEGIN")
        self._connection.execute("SELECT pg_advisory_xact_lock($1)", (_MIGRATION_LOCK,))

    def commit(self) -> None:
        """Keep it."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Forget it, and make the connection usable again."""
        self._connection.execute("ROLLBACK")
        self.tx = PostgresTx(self.tx.store, self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
