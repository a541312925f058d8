"""The ledger of restrictive events outside the databases: what a restored backup must be told before it may serve (design 16).

An act that narrows (erase, block, release, hold, withdraw, refuse, suppress, recall) notes an event in its own transaction; right after the commit the
event is appended to `events.jsonl`, each line numbered, chained to the one before by SHA-256 and synced to disk. Events hold ids, enums and dates.
The file is the office's memory of its own promises: a cut or altered ledger is noticed at start. Delivery into the file is at least once;
an event's id tells a repeat, and replaying is idempotent.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandyq.audit import records
from sandyq.db import Work
from sandyq.errors import Tampered

FILE = "events.jsonl"
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One restrictive event. `body` is a flat mapping of ids, enums and dates that the room's `replay` understands."""

    id: str
    kind: str
    subject: str
    at_us: int
    body: Mapping[str, str]


class Replayer(Protocol):
    """A room that can carry out its own events again on an older state. Doing so twice changes nothing more."""

    kinds: frozenset[str]

    def replay(self, work: Work, event: Event) -> None: ...


def note(work: Work, kind: str, subject: str, **body: str) -> None:
    """Write an event in the act's transaction. `kind` is a word of the room that will replay it, such as `block.set` or `erase.items`."""
    records.add_event(work, work.new_id(), kind, subject, json.dumps(body, sort_keys=True, separators=(",", ":")))


def waiting(work: Work, limit: int = 1000) -> list[Event]:
    """Events of committed acts that are not in the file yet, oldest first."""
    return [Event(id_, kind, subject, at, json.loads(body)) for id_, kind, subject, at, body in records.waiting(work, limit)]


def shipped(work: Work, events: list[Event]) -> None:
    """These events stand in the file now."""
    records.mark_shipped(work, [event.id for event in events])


def replay(work: Work, events: list[Event], rooms: Mapping[str, Replayer]) -> int:
    """Carry out those events that this database does not know; returns how many. An event without a room raises Tampered."""
    done = 0
    for event in events:
        if records.known(work, event.id):
            continue
        if event.kind not in rooms:
            raise Tampered("ledger_unknown_event", kind=event.kind)
        rooms[event.kind].replay(work, event)
        records.adopt(work, event.id, event.kind, event.subject, event.at_us, json.dumps(dict(event.body), sort_keys=True, separators=(",", ":")))
        done += 1
    return done


class Ledger:
    """The file. Only the process that holds the office appends."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._number, self._chain = 0, GENESIS
        for number, chain, _ in self._walk():
            self._number, self._chain = number, chain

    @property
    def head(self) -> tuple[int, str]:
        """Number of lines and the chain's last value."""
        return self._number, self._chain

    def ship(self, events: list[Event]) -> None:
        """Append events and sync; then the caller marks them as shipped."""
        if not events:
            return
        lines = []
        for event in events:
            self._number += 1
            text = _line(self._number, event)
            self._chain = _next(self._chain, text)
            lines.append(f"{text} {self._chain}\n")
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync_folder(self.path.parent)

    def events(self) -> Iterator[Event]:
        """All events. Raises Tampered with the line of the first break in the chain."""
        return (event for _, _, event in self._walk())

    def _walk(self) -> Iterator[tuple[int, str, Event]]:
        if not self.path.exists():
            return
        chain = GENESIS
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                text, _, mark = raw.decode().rstrip("\n").rpartition(" ")
                chain = _next(chain, text)
                if not raw.endswith(b"\n"):
                    # A crash in the middle of an append: the event is still waiting in the database and is shipped again.
                    os.truncate(self.path, self.path.stat().st_size - len(raw))
                    return
                if mark != chain:
                    raise Tampered("ledger_broken", file=self.path.name, line=number)
                yield number, chain, _parsed(text)


def _next(chain: str, text: str) -> str:
    return hashlib.sha256((chain + text).encode()).hexdigest()


def _line(number: int, event: Event) -> str:
    row = {"n": number, "id": event.id, "kind": event.kind, "subject": event.subject, "at": event.at_us, "body": dict(event.body)}
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def _parsed(text: str) -> Event:
    row = json.loads(text)
    return Event(row["id"], row["kind"], row["subject"], row["at"], row["body"])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
