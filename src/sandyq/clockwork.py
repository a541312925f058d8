"""The door of due work: what must happen by itself is done here, each piece in a unit of work of its own (design 18).

One worker runs in the serving process on SQLite, or as `sandyq work` beside it on PostgreSQL, where any number may run: every piece is
claimed by a conditional update or an advisory lock, so that each is done by one.
"""

import threading
from collections.abc import Sequence
from typing import Final

from sandyq.app.carry import Post
from sandyq.app.chores import Chore
from sandyq.errors import SandyqError
from sandyq.logs import Log

__all__ = ["Chore", "Clockwork", "Post"]

JOIN_SECONDS: Final = 30.0

_log = Log("clockwork")


class Clockwork:
    """Runs chores until it is stopped, each in a thread of its own: a partner that does not answer must not keep the log from being published.

    A chore that fails is logged by its error code and tried at its next look.
    """

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = tuple(chores)
        self._stop = threading.Event()
        self._wake = {chore.name: threading.Event() for chore in self._chores}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        self._threads = [
            threading.Thread(target=self._loop, args=(chore,), name=f"chore-{chore.name}", daemon=True) for chore in self._chores
        ]
        for thread in self._threads:
            thread.start()

    def nudge(self) -> None:
        """Something may be due now."""
        for wake in self._wake.values():
            wake.set()

    def run_once(self) -> int:
        """Every chore until none has anything left: what tests and `sandyq work --once` call. Errors are raised."""
        total = 0
        while done := sum(chore.run() for chore in self._chores):
            total += done
        return total

    def _loop(self, chore: Chore) -> None:
        wake = self._wake[chore.name]
        while not self._stop.is_set():
            if not self._look(chore):
                wake.wait(chore.every)
                wake.clear()

    def _look(self, chore: Chore) -> bool:
        try:
            return chore.run() > 0
        except SandyqError as error:
            if not self._stop.is_set():
                _log.warning("chore_failed", chore=chore.name, code=error.code)
        except Exception as error:  # one broken chore must not stop for ever; the type alone is logged, its text may hold data
            _log.error("chore_broken", chore=chore.name, error=type(error).__name__)
        return False

    def stop(self) -> None:
        """End after the chores under way."""
        self._stop.set()
        self.nudge()
        for thread in self._threads:
            thread.join(timeout=JOIN_SECONDS)
