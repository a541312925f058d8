"""The ledger of restrictive events outside the databases: what a restored backup must be told before it may serve (design 16).

An act that narrows (erase, block, hold, withdraw, refuse, suppress, recall) notes an event in its own transaction; right after the commit and before
the answer leaves, the event is appended to `events.jsonl`, each line numbered, chained to the one before by SHA-256 and synced to disk. Events
hold ids, enums and dates. A stop between commit and append leaves an act that nobody was told of: the next start appends its event. When the
append itself fails (full disk), the answer leaves, the failure is logged and the worker tries again each second.

The file is the office's memory of its own promises: a cut or altered ledger is noticed at start. Delivery into the file is at least once; an
event's id tells a repeat, and replaying is idempotent.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from sandyq.audit import records
from sandyq.db import Work
from sandyq.errors import Tampered

FILE = "events.jsonl"
GENESIS = "0" * 64
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_LATEST = 10_000  # ids of the last lines, by which a repeat is told


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
    """Write an event in the act's transaction. `kind` is a word of the room that will replay it, such as `block.set` or `destroy.plan`.

    Right after the commit and before the answer leaves it is appended to the file, where the office has hung one in (`Hooks.after_events`);
    the events of acts that share a commit share the sync too.
    """
    event = Event(work.new_id(), kind, subject, work.us, body)
    records.add_event(work, event.id, kind, subject, _canonical(body))
    work.events.append(event)


def waiting(work: Work, limit: int = 1000) -> list[Event]:
    """Events of committed acts that are not in the file yet, oldest first."""
    return [Event(id_, kind, subject, at, json.loads(body)) for id_, kind, subject, at, body in records.waiting(work, limit)]


def shipped(work: Work, events: list[Event]) -> None:
    """These events stand in the file now; said in a later unit of work, so it may be said twice."""
    records.mark_shipped(work, [event.id for event in events])


@dataclass(frozen=True, slots=True)
class Compared:
    """File against database: events that the database has shipped and the file lacks, and events of the file that the database does not know."""

    missing: int
    unknown: int


def compare(work: Work, ledger: "Ledger") -> Compared:
    """Whether the file still holds what was shipped, and the database what the file says (one pass over both). Raises Tampered."""
    file = {event.id for event in ledger.events()}
    known = dict(records.all_events(work))
    return Compared(sum(shipped and event not in file for event, shipped in known.items()), len(file - known.keys()))


def replay(work: Work, events: Sequence[Event], rooms: Mapping[str, Replayer]) -> int:
    """Carry out those events that this database does not know; returns how many. An event without a room raises Tampered."""
    done = 0
    for event in events:
        if records.known(work, event.id):
            continue
        if event.kind not in rooms:
            raise Tampered("ledger_unknown_event", kind=event.kind)
        rooms[event.kind].replay(work, event)
        records.adopt(work, event.id, event.kind, event.subject, event.at_us, _canonical(dict(event.body)))
        done += 1
    return done


class Ledger:
    """The file. Processes on one machine may append to it in turns: each reads what the others wrote before it goes on.

    Nothing is read before it is needed, so that an altered ledger is a finding of the start and not a failure to open.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._turn = threading.Lock()
        self._latest: dict[str, None] = {}
        self._forget()

    @property
    def head(self) -> tuple[int, str]:
        """Number of lines and the chain's last value."""
        with self._turn:
            self._catch_up()
            return self._number, self._chain

    def ship(self, events: Sequence[Event]) -> None:
        """Append events that are not among the latest lines already, and sync. Raises Tampered when the file is not what was written."""
        if not events:
            return
        with self._turn, self._alone() as file:
            try:
                self._catch_up()
                self._append(file, events)
            except BaseException:  # memory may be ahead of the disk now: read it again from its beginning next time
                self._forget()
                raise

    def events(self) -> Iterator[Event]:
        """All events. Raises Tampered with the line of the first break in the chain."""
        return (event for _, _, event in self._walk(0, 0, GENESIS))

    def reaches(self, number: int, chain: str) -> bool:
        """Whether the file still holds that many lines, the last of them with this value. Raises Tampered for a break before it."""
        if number == 0:
            return True
        marks = (mark for _, mark, _ in self._walk(0, 0, GENESIS))
        return next(islice(marks, number - 1, None), "") == chain

    def _forget(self) -> None:
        self._end, self._number, self._chain = 0, 0, GENESIS
        self._latest.clear()

    def _append(self, file: BinaryIO, events: Sequence[Event]) -> None:
        lines = [self._appended(event) for event in events if event.id not in self._latest]
        file.truncate(self._end)  # a crash in the middle of an append left half a line: its event is shipped again
        file.seek(self._end)
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())
        self._end = file.tell()

    def _appended(self, event: Event) -> bytes:
        self._number += 1
        text = _line(self._number, event)
        self._chain = _next(self._chain, text)
        self._remember(event)
        return f"{text} {self._chain}\n".encode()

    def _remember(self, event: Event) -> None:
        self._latest[event.id] = None
        if len(self._latest) > _LATEST:
            self._latest.pop(next(iter(self._latest)))

    def _catch_up(self) -> None:
        for end, chain, event in self._walk(self._end, self._number, self._chain):
            self._end, self._number, self._chain = end, self._number + 1, chain
            self._remember(event)

    def _walk(self, start: int, number: int, chain: str) -> Iterator[tuple[int, str, Event]]:
        """(end of the line, chain, event) of every whole line from a place on."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < start:
            raise Tampered("ledger_cut", file=self.path.name, line=number)
        if size == start:
            return
        with self.path.open("rb") as file:
            file.seek(start)
            for raw in file:
                if not raw.endswith(b"\n"):
                    return
                number, start = number + 1, start + len(raw)
                text, _, mark = raw.decode(errors="replace").rstrip("\n").rpartition(" ")
                chain = _next(chain, text)
                if mark != chain:
                    raise Tampered("ledger_broken", file=self.path.name, line=number)
                yield start, chain, _parsed(text)

    @contextmanager
    def _alone(self) -> Iterator[BinaryIO]:
        new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        if new:
            _sync_folder(self.path.parent)


def _next(chain: str, text: str) -> str:
    return hashlib.sha256((chain + text).encode()).hexdigest()


def _line(number: int, event: Event) -> str:
    row = {"n": number, "id": event.id, "kind": event.kind, "subject": event.subject, "at": event.at_us, "body": dict(event.body)}
    return _canonical(row)


def _parsed(text: str) -> Event:
    row = json.loads(text)
    return Event(row["id"], row["kind"], row["subject"], row["at"], row["body"])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
