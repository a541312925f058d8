"""PostgreSQL through psycopg 3: a pool per store, REPEATABLE READ, the whole work again after a serialisation failure (design 18, 19)."""

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final, NoReturn

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg_pool import ConnectionPool, PoolTimeout

from sandyq.clock import Clock
from sandyq.db.work import DURABLE, STORES, Actor, Duplicate, Hooks, Row, Tx, Value, Work, broken, lost, run_after, spent
from sandyq.errors import Misuse, NotReady, Retry, SandyqError

TRIES: Final = 8
_WAIT: Final = 0.004  # seconds; doubled with each try and drawn at random, so that two that met do not meet again
_POOL_SECONDS: Final = 10.0
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
_CONNECT: Final[dict[str, Any]] = {
    "cursor_factory": psycopg.RawCursor,
    "context": _ADAPTERS,
    "prepare_threshold": 2,
    "options": _OPTIONS,
    "connect_timeout": 5,
}


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

    __slots__ = ("_cursor", "_execute", "_execute_many", "broken", "engine", "store", "trips")

    def __init__(self, store: str, connection: psycopg.Connection[Any]) -> None:
        self.engine = "postgres"
        self.store = store
        self.trips = 0
        self.broken: SandyqError | None = None
        self._cursor = connection.cursor(binary=True)
        self._execute: Callable[..., Any] = self._cursor.execute
        self._execute_many: Callable[..., Any] = self._cursor.executemany

    def run(self, sql: str, *params: Value) -> int:
        self._do(sql, params)
        return self._cursor.rowcount

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        if not rows:
            return
        self.trips += 1
        try:
            self._execute_many(dollars(sql), rows)
        except _DRIVER as problem:
            self._fail(problem)

    def one(self, sql: str, *params: Value) -> Row | None:
        self._do(sql, params)
        rows = self._rows()
        return rows[0] if rows else None

    def all(self, sql: str, *params: Value) -> list[Row]:
        self._do(sql, params)
        return self._rows()

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
            self._execute(dollars(sql), params)
        except _DRIVER as problem:
            self._fail(problem)

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
        return Misuse("constraint", store=store, rule=problem.diag.constraint_name or state, remedy="an act must check this before it writes")
    if state[:2] == "22" or isinstance(problem, psycopg.DataError) or (not state and isinstance(problem, psycopg.ProgrammingError)):
        return Misuse("bad_value", store=store, kind=state, remedy="parameters are str, int, float, bytes or None, as the column's type")
    if state[:2] == "42":
        return Misuse("bad_sql", store=store, kind=state, remedy="run the statement by hand in an empty office to see its fault")
    if state == "25006":
        return Misuse("write_in_read", store=store, remedy="what writes goes through write")
    gone = isinstance(problem, psycopg.OperationalError | psycopg.InterfaceError) and state[:2] in ("", "08", "57")
    return lost(store, "connection" if gone else state)


class PostgresEngine:
    """Both pools. At most `pool_size` works run at once, so that no two wait for each other's second connection."""

    def __init__(self, dsns: dict[str, str], clock: Clock, hooks: Hooks, *, writer: bool, pool_size: int) -> None:
        self._clock = clock
        self._hooks = hooks
        self._writer = writer
        self._slots = threading.BoundedSemaphore(pool_size)
        self._closing = threading.Event()
        self._inside = threading.local()
        self._pools = {store: _pool(dsns[store], pool_size) for store in STORES}
        self._threads = ThreadPoolExecutor(pool_size, thread_name_prefix="sandyq-act")

    def submit(self, fn: Callable[[Work], Any], actor: Actor) -> Future[Any]:
        """Queue an act for a thread of its own; its future resolves after the commit."""
        self._may_write()
        return self._threads.submit(self._until_done, fn, actor, False)

    def write(self, fn: Callable[[Work], Any], actor: Actor) -> Any:
        """Run an act in this thread and commit it."""
        self._may_write()
        self._alone("nested_write", "join the unit of work you are in, or submit a new one and do not wait")
        return self._until_done(fn, actor, False)

    def read(self, fn: Callable[[Work], Any], actor: Actor) -> Any:
        """Run `fn` on a snapshot of what is committed."""
        self._alone("nested_read", "read through the unit of work you are in: it sees what it wrote")
        return self._until_done(fn, actor, True)

    def checkpoint_truncate(self) -> None:
        """No such step here."""

    def close(self) -> None:
        """Finish what runs, then close every connection."""
        self._closing.set()
        self._threads.shutdown(wait=True)
        for pool in self._pools.values():
            pool.close()

    def _may_write(self) -> None:
        if not self._writer:
            raise NotReady("office_read_only", remedy="open the stores with writer=True")

    def _alone(self, code: str, remedy: str) -> None:
        if getattr(self._inside, "work", False):  # a second slot taken from inside the first can lock every thread up
            raise Misuse(code, remedy=remedy)

    def _until_done(self, fn: Callable[[Work], Any], actor: Actor, read_only: bool) -> Any:
        """Run the work again while it loses races; a lost connection counts as one as long as no commit was sent."""
        attempt = 0
        while True:
            if self._closing.is_set():
                raise NotReady("stores_closed", remedy="open the office again")
            attempt += 1
            run = _Run(self._pools, self._hooks, read_only)
            try:
                with self._slots:
                    self._inside.work = True
                    return run.go(fn, Work(actor, self._clock.now(), run.begin, self._hooks))
            except Exception as problem:  # only to look at it: it is raised on unless the work may be run again
                again = run.again(problem)
                if not again or attempt >= TRIES:
                    raise
            finally:
                self._inside.work = False
            self._closing.wait(random.uniform(0, _WAIT * 2**attempt))


def _pool(dsn: str, size: int) -> ConnectionPool[psycopg.Connection[Any]]:
    def configure(connection: psycopg.Connection[Any]) -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.prepared_max = 400

    return ConnectionPool(dsn, kwargs=_CONNECT, min_size=1, max_size=size, configure=configure, open=True, timeout=_POOL_SECONDS)


class _Run:
    """One try of one work: the connections it took and how far its commits came."""

    def __init__(self, pools: dict[str, ConnectionPool[psycopg.Connection[Any]]], hooks: Hooks, read_only: bool) -> None:
        self._pools = pools
        self._hooks = hooks
        self._read_only = read_only
        self._held: dict[str, psycopg.Connection[Any]] = {}
        self._txs: list[PostgresTx] = []
        self._committing = False

    def begin(self, store: str) -> Tx:
        """Take a connection; the driver sends BEGIN with the first statement."""
        try:
            connection = self._pools[store].getconn()
        except (PoolTimeout, psycopg.Error) as problem:
            raise lost(store, type(problem).__name__) from None
        self._held[store] = connection
        connection.read_only = self._read_only
        self._txs.append(PostgresTx(store, connection))
        return self._txs[-1]

    def go(self, fn: Callable[[Work], Any], work: Work) -> Any:
        try:
            result = fn(work)
            if not self._read_only:
                for hook in self._hooks.before_commit:
                    hook([work], work.durable)
            self._check()
            self._commit()
        finally:
            self._give_back()
        run_after(work)
        return result

    def again(self, problem: Exception) -> bool:
        """Whether the whole work may be run once more: what counts is what the store said, not what `fn` made of it."""
        errors = [tx.broken for tx in self._txs if tx.broken is not None] or [problem]
        return any(isinstance(each, Retry) or (not self._committing and _gone(each)) for each in errors)

    def _check(self) -> None:
        for tx in self._txs:
            if tx.broken is not None:
                raise tx.broken

    def _commit(self) -> None:
        for store in STORES:
            if store not in self._held:
                continue
            self._hooks.step(f"{store}.commit")
            sent, self._committing = self._committing, True
            try:
                self._held[store].commit()
            except psycopg.Error as problem:
                error = mapped(store, problem)
                if isinstance(error, Retry) and not sent:
                    raise error from None
                raise lost(store, "commit_unknown" if _gone(error) else "commit_refused") from None
        self._hooks.step("committed")

    def _give_back(self) -> None:
        for tx in self._txs:
            tx.end()
        for store, connection in self._held.items():
            if connection.info.transaction_status != TransactionStatus.IDLE and not connection.closed:
                try:
                    connection.rollback()
                except psycopg.Error:
                    connection.close()  # the pool replaces it
            self._pools[store].putconn(connection)


def _gone(error: BaseException) -> bool:
    return isinstance(error, SandyqError) and error.code == "store_failed" and error.params.get("what") == "connection"


class PostgresRaw:
    """One store outside any unit of work. Implements `migrate.Raw`."""

    def __init__(self, store: str, dsn: str) -> None:
        try:
            self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True, **_CONNECT)
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
