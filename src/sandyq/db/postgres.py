"""PostgreSQL through psycopg 3: a pool per store, REPEATABLE READ, the whole work again after a serialisation failure (design 18, 19)."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from sandyq.clock import Clock
from sandyq.db.postgres_tx import CONNECT, PostgresTx, mapped
from sandyq.db.work import STORES, Actor, Hooks, Tx, Work, lost, run_after
from sandyq.errors import Misuse, NotReady, Retry, SandyqError

if TYPE_CHECKING:
    import asyncio

TRIES: Final = 8
_WAIT: Final = 0.004  # seconds; doubled with each try and drawn at random, so that two that met do not meet again
_POOL_SECONDS: Final = 10.0


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

    def hand_in(self, fn: Callable[[Work], Any], actor: Actor) -> "asyncio.Future[Any]":
        """The same for the running event loop."""
        from asyncio import wrap_future  # only a process that has an event loop needs it

        return wrap_future(self.submit(fn, actor))

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
            self._closing.wait(random.uniform(0, _WAIT * 2**attempt))  # noqa: S311  chance here keeps no secret


def _pool(dsn: str, size: int) -> ConnectionPool[psycopg.Connection[Any]]:
    def configure(connection: psycopg.Connection[Any]) -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.prepared_max = 400

    return ConnectionPool(dsn, kwargs=CONNECT, min_size=1, max_size=size, configure=configure, open=True, timeout=_POOL_SECONDS)


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
            for tx in self._txs:
                tx.flush()
            self._check()
            self._commit()
        finally:
            self._give_back()
        run_after([work], self._hooks)
        return result

    def again(self, problem: Exception) -> bool:
        """Whether the whole work may be run once more: what counts is what the store said, not what `fn` made of it."""
        errors: list[Exception] = [tx.broken for tx in self._txs if tx.broken is not None] or [problem]
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
