"""SQLite through APSW: one thread writes, and one commit carries every act that waits (design 8, 13, 19).

What each act writes stands behind savepoints of its own, so one that fails leaves its neighbours alone. Answers leave only after both commits, perishable first;
so does a failure, since it may rest on a neighbour's row. Readers have connections of their own and see only what is committed.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import apsw

from sandyq.clock import Clock, monotonic
from sandyq.db.sqlite_tx import BUSY_MS, Kept, SqliteTx, connect, mapped
from sandyq.db.work import DURABLE, PERISHABLE, STORES, Actor, Checkpointed, Hooks, Promised, Tx, Work, copy_for_group, lost, run_after
from sandyq.errors import Misuse, NotReady

if TYPE_CHECKING:
    import asyncio  # a command line has no event loop, and need not load it

_GROUP_SECONDS: Final = 0.05  # no act waits longer than this for others to join its commit


class _Job:
    """A work that waits for the writer, and the promise of its answer. Implements `Promised` with one lock: a fifth of what a future costs."""

    __slots__ = ("_waits", "actor", "answer", "error", "fn", "work")

    def __init__(self, fn: Callable[[Work], Any], actor: Actor) -> None:
        self.fn = fn
        self.actor = actor
        self.work: Work | None = None
        self.answer: Any = None
        self.error: BaseException | None = None
        self._waits: threading.Lock | None = threading.Lock()
        self._waits.acquire()

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for it."""
        return True

    def settle(self) -> None:
        """Committed, or failed: whoever waits goes on."""
        waits, self._waits = self._waits, None
        if waits is not None:
            waits.release()

    def done(self) -> bool:
        return self._waits is None

    def exception(self, timeout: float | None = None) -> BaseException | None:
        waits = self._waits
        if waits is not None:
            if not waits.acquire(timeout=-1 if timeout is None else timeout):
                raise TimeoutError
            waits.release()
        return self.error

    def result(self, timeout: float | None = None) -> Any:
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self.answer


class _Awaited(_Job):
    """A job that an event loop waits for. The loop is told once for all of a commit (`_tell`)."""

    __slots__ = ("future", "loop")

    def __init__(self, fn: Callable[[Work], Any], actor: Actor, loop: "asyncio.AbstractEventLoop") -> None:
        super().__init__(fn, actor)
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()

    @property
    def wanted(self) -> bool:
        return not self.future.cancelled()


def _tell(jobs: Sequence[_Awaited]) -> None:
    """In the event loop: answer those who wait."""
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.answer)


def _settle(group: Sequence[_Job]) -> None:
    """Answer every act of a commit, each event loop in one call."""
    awaited: dict[asyncio.AbstractEventLoop, list[_Awaited]] = {}
    for job in group:
        if isinstance(job, _Awaited):
            awaited.setdefault(job.loop, []).append(job)
    for job in reversed(group):  # whoever waits for them in their order wakes once, and then finds all of them done
        job.settle()
    for loop, jobs in awaited.items():
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_tell, jobs)


class _Alone:
    """A job for the writer's thread outside any transaction."""

    __slots__ = ("fn", "future")

    def __init__(self, fn: Callable[[], Any]) -> None:
        self.fn = fn
        self.future: Future[Any] = Future()

    def run(self) -> None:
        try:
            self.future.set_result(self.fn())
        except Exception as problem:  # whoever waits for it is told; the writer goes on
            self.future.set_exception(problem)


_Jobs = queue.SimpleQueue[_Job | _Alone]


class SqliteEngine:
    """Both files, their one writer, and the readers."""

    def __init__(self, files: dict[str, Path], clock: Clock, hooks: Hooks, *, writer: bool, readers: int, group_limit: int) -> None:
        self._files = files
        self._clock = clock
        self._readers: queue.LifoQueue[_Reader | None] = queue.LifoQueue()
        self._count = readers
        for _ in range(readers):
            self._readers.put(None)
        self._jobs: _Jobs = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._open = True
        self._writer = _Writer(files, clock, hooks, self._jobs, group_limit) if writer else None

    def submit(self, fn: Callable[[Work], Any], actor: Actor) -> Promised[Any]:
        """Queue an act; its promise is kept after the commit."""
        job = _Job(fn, actor)
        self._put(job)
        return job

    def hand_in(self, fn: Callable[[Work], Any], actor: Actor) -> "asyncio.Future[Any]":
        """The same for the running event loop."""
        from asyncio import get_running_loop  # as above

        job = _Awaited(fn, actor, get_running_loop())
        self._put(job)
        return job.future

    def write(self, fn: Callable[[Work], Any], actor: Actor) -> Any:
        """Run an act and wait for its commit."""
        self._alone("nested_write", "join the unit of work you are in, or submit a new one and do not wait")
        return self.submit(fn, actor).result()

    def read(self, fn: Callable[[Work], Any], actor: Actor) -> Any:
        """Run `fn` on a snapshot of what is committed, in the caller's thread."""
        self._alone("nested_read", "read through the unit of work you are in: it sees what it wrote")
        if not self._open:
            raise NotReady("stores_closed", remedy="open the office again")
        reader = self._readers.get()
        try:
            reader = reader or _Reader(self._files)
            return reader.run(fn, actor, self._clock)
        finally:
            self._readers.put(reader)

    def checkpoint_truncate(self) -> Checkpointed:
        """Empty both journals into their files, between two commits."""
        job = _Alone(self._checkpoint)
        self._put(job)
        made: Checkpointed = job.future.result()
        return made

    def close(self) -> None:
        """Commit what waits, then close every connection. A reader at work is waited for."""
        with self._gate:
            if not self._open:
                return
            self._open = False
            if self._writer is not None:
                self._jobs.put(_Alone(self._writer.stop))
        if self._writer is not None:
            self._writer.thread.join()
        for _ in range(self._count):
            reader = self._readers.get()
            if reader is not None:
                reader.close()

    def _alone(self, code: str, remedy: str) -> None:
        if self._writer is not None and threading.current_thread() is self._writer.thread:
            raise Misuse(code, remedy=remedy)

    def _checkpoint(self) -> Checkpointed | None:
        return self._writer.checkpoint() if self._writer else None

    def _put(self, job: _Job | _Alone) -> None:
        with self._gate:  # a job put after the last one would wait for ever
            if not self._open:
                raise NotReady("stores_closed", remedy="open the office again")
            if self._writer is None:
                raise NotReady("office_read_only", remedy="open the stores with writer=True")
            self._jobs.put(job)


class _Reader:
    """A pair of read connections, used by one thread at a time."""

    def __init__(self, files: dict[str, Path]) -> None:
        self._cursors = {store: connect(files[store], read_only=True).cursor() for store in STORES}

    def run(self, fn: Callable[[Work], Any], actor: Actor, clock: Clock) -> Any:
        begun: list[SqliteTx] = []

        def begin(store: str) -> Tx:
            cursor = self._cursors[store]
            cursor.execute("BEGIN")
            begun.append(SqliteTx(store, cursor))
            return begun[-1]

        try:
            return fn(Work(actor, clock.now(), begin))
        finally:
            for tx in begun:
                tx.end()
                if self._cursors[tx.store].connection.in_transaction:
                    self._cursors[tx.store].execute("ROLLBACK")

    def close(self) -> None:
        for cursor in self._cursors.values():
            cursor.connection.close()


class _Writer:
    """The writer's thread. Nothing but it touches the writing connections."""

    def __init__(self, files: dict[str, Path], clock: Clock, hooks: Hooks, jobs: _Jobs, group_limit: int) -> None:
        self._connections = {store: connect(files[store]) for store in STORES}
        self._cursors = {store: made.cursor() for store, made in self._connections.items()}
        self._clock = clock
        self._hooks = hooks
        self._jobs = jobs
        self._limit = group_limit
        self._next: _Job | _Alone | None = None
        self._stop = False
        self._perishable_begun = False
        self._touched: list[SqliteTx] = []  # by the work at hand
        self._kept: dict[str, Kept] = {store: {} for store in STORES}  # what acts of one commit share
        self.thread = threading.Thread(target=self._loop, name="sandyq-writer", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """The last job."""
        self._stop = True

    def checkpoint(self) -> Checkpointed:
        """Empty both journals without waiting for readers."""
        return Checkpointed(**{store: _truncated(made) for store, made in self._connections.items()})

    def _loop(self) -> None:
        while not self._stop:
            job, self._next = self._next or self._jobs.get(), None
            if isinstance(job, _Job):
                self._group(job)
            else:
                job.run()
        for made in self._connections.values():
            made.close()

    def _group(self, first: _Job) -> None:
        """Run `first` and the acts that wait behind it, commit them together, and only then answer."""
        group: list[_Job] = []
        try:
            self._fill(first, group)
            self._commit([job.work for job in group if job.work is not None])
        except BaseException as problem:  # whatever it is, every act of the commit shares its fate and hears of it
            self._abandon()
            for job in group:
                job.error = copy_for_group(problem, DURABLE)
        _settle(group)

    def _fill(self, first: _Job, group: list[_Job]) -> None:
        until = monotonic() + _GROUP_SECONDS
        job: _Job | None = first
        self._perishable_begun = False
        self._forget()
        while job is not None:
            if job.wanted:
                group.append(job)
                if len(group) == 1:
                    self._cursors[DURABLE].execute("BEGIN IMMEDIATE")
                self._act(job)
            full = len(group) >= self._limit or monotonic() > until
            job = None if full else self._waiting()

    def _waiting(self) -> _Job | None:
        """The next act, if one waits; what is not an act ends the group and comes after it."""
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if isinstance(job, _Job):
            return job
        self._next = job
        return None

    def _act(self, job: _Job) -> None:
        self._touched = []
        work = Work(job.actor, self._clock.now(), self._begin, self._hooks)
        try:
            job.answer = job.fn(work)
            for tx in self._touched:
                if tx.broken is not None:
                    raise tx.broken
            job.work = work
        except BaseException as problem:  # it belongs to whoever asked for the act, not to this thread
            job.error = problem
            self._forget()  # it may have read what it wrote
        for tx in self._touched:
            tx.end()
            cursor = self._cursors[tx.store]
            if job.error is not None and not cursor.connection.in_transaction:
                raise lost(tx.store, "transaction_ended")  # SQLite gave the whole commit up: nobody's act may go on outside it
            if tx.marked:
                if job.error is not None:
                    cursor.execute("ROLLBACK TO act")
                cursor.execute("RELEASE act")

    def _begin(self, store: str) -> Tx:
        cursor = self._cursors[store]
        if store == PERISHABLE and not self._perishable_begun:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except apsw.Error as problem:
                raise mapped(store, problem) from None
            self._perishable_begun = True
        self._touched.append(SqliteTx(store, cursor, marks=True, kept=self._kept[store]))
        return self._touched[-1]

    def _forget(self) -> None:
        for kept in self._kept.values():
            kept.clear()

    def _commit(self, works: list[Work]) -> None:
        if works:
            self._before(works)
        if self._perishable_begun:
            self._hooks.step("perishable.commit")
            self._cursors[PERISHABLE].execute("COMMIT")
        if self._connections[DURABLE].in_transaction:
            self._hooks.step("durable.commit")
            self._cursors[DURABLE].execute("COMMIT")
            self._hooks.step("committed")
        run_after(works, self._hooks)

    def _before(self, works: list[Work]) -> None:
        tx = SqliteTx(DURABLE, self._cursors[DURABLE])
        for hook in self._hooks.before_commit:
            hook(works, tx)
        tx.end()
        if tx.broken is not None:
            raise tx.broken

    def _abandon(self) -> None:
        for made in self._connections.values():
            with suppress(apsw.Error):  # a transaction that SQLite ended by itself is gone already
                if made.in_transaction:
                    made.execute("ROLLBACK")


def _truncated(made: apsw.Connection) -> bool:
    made.set_busy_timeout(0)  # a reader in the way is an answer, not a reason to keep every writer waiting
    try:
        busy, _, _ = made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
    except apsw.BusyError:
        return False
    finally:
        made.set_busy_timeout(BUSY_MS)
    return not busy
