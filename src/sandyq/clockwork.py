"""The door of due work: what must happen by itself is done here, each piece in a unit of work of its own (design 18).

One worker runs in the serving process on SQLite, or as `sandyq work` beside it on PostgreSQL, where any number may run: every piece is
claimed by a conditional update or an advisory lock, so that each is done by one.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from sandyq import clock, outbox
from sandyq.db import Actor, Stores, Work
from sandyq.errors import SandyqError

SYSTEM = Actor("system", "clockwork", "worker")
BATCH = 32

_log = structlog.get_logger("clockwork")


@dataclass(frozen=True, slots=True)
class Chore:
    """One kind of due work: `run` returns how much it did, and is called again at once while that is not nothing."""

    name: str
    every: float  # seconds between two looks when there was nothing to do
    run: Callable[[], int]


class Post:
    """Carries the outbox: claim, prepare, commit, send, record. No transaction is held through the network."""

    def __init__(self, stores: Stores, carriers: dict[str, outbox.Carrier], senders: int = 4) -> None:
        self._stores = stores
        self._carriers = carriers
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="post")

    def run(self) -> int:
        """Carry what is due; returns how many rows were handled."""
        rows = self._stores.write(lambda work: outbox.claim(work, BATCH), SYSTEM)
        list(self._pool.map(self._carry, rows))
        return len(rows)

    def _carry(self, row: outbox.Row) -> None:
        carrier = self._carriers[row.kind]
        parcel = self._stores.write(lambda work: self._prepared(work, carrier, row), SYSTEM)
        if parcel is not None:
            outcome = carrier.send(parcel)
            self._stores.write(lambda work: self._recorded(work, carrier, row, outcome), SYSTEM)

    @staticmethod
    def _prepared(work: Work, carrier: outbox.Carrier, row: outbox.Row) -> outbox.Parcel | None:
        parcel = carrier.prepare(work, row)
        if parcel is None:
            outbox.finish(work, row, "withheld")
        return parcel

    @staticmethod
    def _recorded(work: Work, carrier: outbox.Carrier, row: outbox.Row, outcome: outbox.Outcome) -> None:
        given_up = False
        if outcome.ok:
            outbox.finish(work, row, "done")
        elif outcome.final:
            outbox.finish(work, row, "given_up")
            given_up = True
        else:
            given_up = not outbox.again(work, row)
        carrier.record(work, row, outcome, given_up=given_up)

    def close(self) -> None:
        """Let the sendings under way end."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Clockwork:
    """Runs chores until it is stopped. A chore that fails is logged by its error code and tried at its next look."""

    def __init__(self, chores: list[Chore]) -> None:
        self._chores = chores
        self._due = dict.fromkeys((c.name for c in chores), 0.0)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self._loop, name="clockwork", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Something may be due now."""
        self._due = dict.fromkeys(self._due, 0.0)
        self._wake.set()

    def run_once(self) -> int:
        """Every chore until none has anything left: what tests and `sandyq work --once` call."""
        total = 0
        while done := sum(chore.run() for chore in self._chores):
            total += done
        return total

    def _loop(self) -> None:
        while not self._stop.is_set():
            worked = False
            for chore in self._chores:
                if clock.monotonic() >= self._due[chore.name]:
                    worked = self._look(chore) or worked
            if not worked:
                self._wake.wait(0.1)
                self._wake.clear()

    def _look(self, chore: Chore) -> bool:
        done = 0
        try:
            done = chore.run()
        except SandyqError as error:
            _log.warning("chore_failed", chore=chore.name, code=error.code)
        except Exception as error:  # one broken chore must not stop the others; the type alone is logged, its text may hold data
            _log.error("chore_broken", chore=chore.name, error=type(error).__name__)
        if not done:
            self._due[chore.name] = clock.monotonic() + chore.every
        return bool(done)

    def stop(self) -> None:
        """End after the chore under way."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
