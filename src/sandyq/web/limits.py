"""How often one address may call: a token bucket per address in memory, on the clock that only runs forward.

It guards against hammering, not against guessing codes: tries at codes and passwords are counted by the rooms that keep them.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from sandyq import clock
from sandyq.errors import TooMany

MOST_ADDRESSES = 20_000
"""How many addresses are remembered; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """Token buckets: `burst` at once, then `per_minute` on the long run."""

    def __init__(self, burst: int, per_minute: float, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._burst = float(burst)
        self._rate = per_minute / 60
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str) -> float:
        """Take one: 0.0 when there was one, else the seconds until there is."""
        now = self._monotonic()
        bucket = self._known.pop(who, None) or _Bucket(self._burst, now)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        self._known[who] = bucket
        if len(self._known) > MOST_ADDRESSES:
            self._known.popitem(last=False)
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate
        bucket.left -= 1
        return 0.0


class RateLimit(ASGIMiddleware):
    """Refuses what comes too often from one address: reading is generous, sending is not."""

    def __init__(self, reads: Buckets, writes: Buckets) -> None:
        self.reads = reads
        self.writes = writes

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            client = scope.get("client")
            buckets = self.reads if scope["method"] in {"GET", "HEAD", "OPTIONS"} else self.writes
            wait = buckets.take(client[0] if client else "")
            if wait:
                raise TooMany("rate", retry_after=max(1, round(wait)))
        await next_app(scope, receive, send)
