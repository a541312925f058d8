"""The only reader of time.

Instants are aware UTC datetimes in code and whole microseconds since 1970 in tables (`micros`, `instant`). A clock that can be
moved exists only for an office that was created as a sample and is marked so for ever (design 17).
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Gives the present instant in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, made never to go backwards inside one process: a step back repeats the last instant plus one microsecond."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return _EPOCH + timedelta(microseconds=self._last)


class MovedClock:
    """A clock set by hand, for sample offices and tests. It runs on from where it was set when `running`, else stands still."""

    def __init__(self, start: datetime, *, running: bool = False) -> None:
        self._set = start.astimezone(UTC)
        self._mark = time.monotonic_ns()
        self._running = running

    def now(self) -> datetime:
        if not self._running:
            return self._set
        return self._set + timedelta(microseconds=(time.monotonic_ns() - self._mark) // 1000)

    def move(self, to: datetime) -> None:
        """Set the clock to `to` (aware)."""
        self._set = to.astimezone(UTC)
        self._mark = time.monotonic_ns()

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by`, which may be negative: the tests of a clock going backwards use it."""
        self.move(self.now() + by)


def monotonic() -> float:
    """Seconds of a clock that only runs forward; for intervals (rate limits, timeouts), never for facts."""
    return time.monotonic()


def micros(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970-01-01T00:00Z, the form that tables hold."""
    return (at - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1024)  # what is read together was written together: the rows of a person share a few instants
def instant(us: int) -> datetime:
    """The inverse of `micros`."""
    return _EPOCH + timedelta(microseconds=us)
