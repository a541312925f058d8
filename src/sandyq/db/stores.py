"""The only way to a transaction. A door calls `write` or `submit`; acts get a `Work` and never commit.

`fn` may be run again on PostgreSQL after a serialisation failure, so it must have no effect outside the two stores; what must follow the
commit goes through `work.after_commit` or the outbox.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from sandyq.clock import Clock
from sandyq.db import migrate
from sandyq.db.lock import OfficeLock
from sandyq.db.sqlite import SqliteEngine
from sandyq.db.sqlite_tx import SqliteRaw
from sandyq.db.work import DURABLE, PERISHABLE, STORES, Actor, Checkpointed, Hooks, Promised, Tx, Work
from sandyq.errors import Misuse
from sandyq.settings import Settings

if TYPE_CHECKING:
    import asyncio

    from sandyq.db.postgres_tx import PostgresRaw

R = TypeVar("R")
READER: Final = Actor("system", "reader", "read")


class Engine(Protocol):
    """What an engine does for Stores."""

    def submit(self, fn: Callable[[Work], R], actor: Actor) -> Promised[R]: ...
    def hand_in(self, fn: Callable[[Work], R], actor: Actor) -> "asyncio.Future[R]": ...
    def write(self, fn: Callable[[Work], R], actor: Actor) -> R: ...
    def read(self, fn: Callable[[Work], R], actor: Actor) -> R: ...
    def checkpoint_truncate(self) -> Checkpointed | None: ...
    def close(self) -> None: ...


class Stores:
    """The durable and the perishable store of one office. Make it with `open`."""

    def __init__(self, settings: Settings, clock: Clock, engine: Engine, hooks: Hooks, lock: OfficeLock | None) -> None:
        self.settings = settings
        self.clock = clock
        self.hooks = hooks
        self._engine = engine
        self._lock = lock

    @classmethod
    def open(cls, settings: Settings, clock: Clock, *, writer: bool = True) -> "Stores":
        """Open both stores; a writer also brings their schema up to date.

        Raises Conflict("office_locked") when another process writes to this SQLite office, NotReady when the database is newer than the
        program or its schema was changed by hand.
        """
        lock = None
        if settings.engine == "sqlite":
            settings.folder.mkdir(parents=True, exist_ok=True)
            lock = OfficeLock(settings.lock_file) if writer else None
        hooks = Hooks()
        try:
            for store in STORES:
                _prepare(settings, store, clock, writer)
            return cls(settings, clock, _engine(settings, clock, hooks, writer), hooks, lock)
        except BaseException:  # a start that fails must not keep the office locked
            if lock is not None:
                lock.release()
            raise

    @property
    def engine(self) -> str:
        """`sqlite` or `postgres`."""
        return self.settings.engine

    @property
    def before_commit(self) -> list[Callable[[Sequence[Work], Tx], None]]:
        """Hooks that run before every commit with its works and the durable store; one that raises fails them all."""
        return self.hooks.before_commit

    def write(self, fn: Callable[[Work], R], actor: Actor) -> R:
        """Run `fn` in one unit of work, commit it, give its result. What `fn` raises is raised here and nothing of it is stored."""
        return self._engine.write(fn, actor)

    def submit(self, fn: Callable[[Work], R], actor: Actor) -> Promised[R]:
        """As `write`, without waiting: the answer is there after the commit. Acts that wait together share a commit on SQLite."""
        return self._engine.submit(fn, actor)

    def hand_in(self, fn: Callable[[Work], R], actor: Actor) -> "asyncio.Future[R]":
        """As `submit`, for the running event loop."""
        return self._engine.hand_in(fn, actor)

    def read(self, fn: Callable[[Work], R], actor: Actor = READER) -> R:
        """Run `fn` on a read-only snapshot of each store. Not for personal data: what must be logged goes through `write`."""

        def guarded(work: Work) -> R:
            result = fn(work)
            if work.leaves:
                raise Misuse("leaf_in_read", remedy="an act that is logged goes through write")
            return result

        return self._engine.read(guarded, actor)

    def checkpoint_truncate(self) -> Checkpointed | None:
        """Empty and cut both SQLite journals, so that no erased byte is left in them. Call again until both are True.

        None on PostgreSQL, which has no such step: there the generations of key-encryption keys carry the promise (design 13).
        """
        return self._engine.checkpoint_truncate()

    def close(self) -> None:
        """Finish what waits, close both stores, give the office up. May be called twice."""
        self._engine.close()
        if self._lock is not None:
            self._lock.release()


def raw(settings: Settings, store: str) -> "SqliteRaw | PostgresRaw":
    """A connection to one store outside any unit of work: for migrations, and for tests that look at a store from outside."""
    if settings.engine == "sqlite":
        return SqliteRaw(store, {DURABLE: settings.durable_file, PERISHABLE: settings.perishable_file}[store])
    from sandyq.db.postgres_tx import PostgresRaw  # the driver costs a third of a second that an office on SQLite need not wait

    return PostgresRaw(store, {DURABLE: settings.durable_dsn, PERISHABLE: settings.perishable_dsn}[store])


def _prepare(settings: Settings, store: str, clock: Clock, writer: bool) -> None:
    connection = raw(settings, store)
    try:
        if writer:
            migrate.apply(connection, migrate.files(store), clock)
        else:
            migrate.verify(connection, migrate.files(store))
    finally:
        connection.close()


def _engine(settings: Settings, clock: Clock, hooks: Hooks, writer: bool) -> Engine:
    if settings.engine == "postgres":
        from sandyq.db.postgres import PostgresEngine  # as above

        dsns = {DURABLE: settings.durable_dsn, PERISHABLE: settings.perishable_dsn}
        return PostgresEngine(dsns, clock, hooks, writer=writer, pool_size=settings.pool_size)
    paths = {DURABLE: settings.durable_file, PERISHABLE: settings.perishable_file}
    return SqliteEngine(paths, clock, hooks, writer=writer, readers=settings.readers, group_limit=settings.group_limit)
