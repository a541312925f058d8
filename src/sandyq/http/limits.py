"""How often one caller may call: token buckets in memory, on the clock that only runs forward.

They guard against hammering. Tries at codes and passwords are counted by the rooms that keep them.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from sandyq import clock
from sandyq.errors import TooMany

REMEMBERED: Final = 20_000
"""How many callers are remembered; who was not seen for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then `per_minute` on the long run."""

    burst: int
    per_minute: float


class Buckets:
    """One bucket per caller. For one event loop: it takes no lock."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._most = float(rate.burst)
        self._per_second = rate.per_minute / 60
        self._monotonic = monotonic
        self._known: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait(self, who: Hashable, cost: float = 1.0) -> float:
        """Take `cost` from a caller's bucket: 0.0 when there was enough, else the seconds until there is. A cost of 0 only looks."""
        now = self._monotonic()
        left, at = self._known.pop(who, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_second)
        wanted = max(cost, 1.0)
        short = left < wanted
        self._known[who] = (left if short else left - cost, now)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return (wanted - left) / self._per_second if short else 0.0

    def demand(self, who: Hashable, cost: float = 1.0) -> None:
        """As `wait`. Raises TooMany with the whole seconds to wait."""
        seconds = self.wait(who, cost)
        if seconds:
            raise TooMany("rate", retry_after=max(1, round(seconds)))
