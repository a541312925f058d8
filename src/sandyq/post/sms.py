"""Short messages. A real office sends them through its provider over HTTP; a sample office keeps the last ones in memory for its own inbox page.

The text is rendered at the moment of sending and written nowhere.
"""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from sandyq.outbox import Outcome


class SmsSender(Protocol):
    """Carries one short text to one E.164 number."""

    def send(self, phone: str, text: str, key: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """One message in the sample's inbox: the number masked but for its last four digits."""

    phone_tail: str
    text: str
    key: str


class SamplePhone:
    """The phone of everybody in a sample office: the last messages, in memory only, gone with the process."""

    def __init__(self, keep: int = 200) -> None:
        self._kept: deque[Shown] = deque(maxlen=keep)
        self._lock = threading.Lock()

    def send(self, phone: str, text: str, key: str) -> Outcome:
        """Accept a message; the same key replaces its earlier copy, as delivery is at least once."""
        with self._lock:
            for old in [m for m in self._kept if m.key == key]:
                self._kept.remove(old)
            self._kept.append(Shown(phone[-4:], text, key))
        return Outcome(True, "shown")

    def latest(self, phone_tail: str = "") -> list[Shown]:
        """Messages, newest first; only those to numbers with this tail where one is given."""
        with self._lock:
            return [m for m in reversed(self._kept) if not phone_tail or m.phone_tail == phone_tail]
