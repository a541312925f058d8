"""The transactional outbox: what must leave the house is a row written in the act's own transaction (design 18).

A row is a kind, a reference and a target: never content. The worker claims a row by a conditional update, lets the kind's `Carrier` prepare,
send and record, and tries again with growing pauses for days. Delivery is at least once; the reference is the idempotency key.
"""

from dataclasses import dataclass
from typing import Protocol

from sandyq.db import Work

FIRST_PAUSE = 5_000_000
"""Microseconds before the second try; each later pause doubles up to `LONGEST_PAUSE`."""
LONGEST_PAUSE = 6 * 3600 * 1_000_000
GIVE_UP_AFTER = 72 * 3600 * 1_000_000
"""Microseconds after which a row is given up and its carrier escalates."""
CLAIM_LASTS = 120 * 1_000_000
"""Microseconds after which a claim of a worker that died may be taken over."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that must leave: `ref` names it in its own room, `target` who gets it."""

    id: str
    kind: str
    ref: str
    target: str
    attempts: int
    created_us: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier will send, held in memory only between two transactions."""

    ref: str
    target: str
    body: bytes
    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sending went: `code` is a word of the carrier's closed list, `final` stops further tries."""

    ok: bool
    code: str = ""
    final: bool = False
    reply: bytes = b""


class Carrier(Protocol):
    """One way out of the house. `prepare` and `record` run inside a unit of work, `send` outside of any."""

    @property
    def kind(self) -> str:
        """The outbox's word for what it carries."""
        ...

    def prepare(self, work: Work, row: Row) -> Parcel | None:
        """Decide again and open what is to be sent; None withholds it for good."""
        ...

    def send(self, parcel: Parcel) -> Outcome: ...

    def record(self, work: Work, row: Row, outcome: Outcome, *, given_up: bool) -> None: ...


def put(work: Work, kind: str, ref: str, target: str = "", *, after: int = 0) -> str:
    """Queue one thing to leave, not before `after` microseconds from now; returns the row's id."""
    row_id = work.new_id()
    work.durable.soon(
        "INSERT INTO outbox (outbox_id, kind, ref, target, state, attempts, next_us, created_us) VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?)",
        row_id,
        kind,
        ref,
        target,
        work.us + after,
        work.us,
    )
    return row_id


def claim(work: Work, limit: int) -> list[Row]:
    """Take up to `limit` due rows for this worker. Claims of a worker that died fall due again by themselves."""
    due = work.durable.all(
        "SELECT outbox_id, kind, ref, target, attempts, created_us, next_us FROM outbox"
        " WHERE state = 'waiting' AND next_us <= ? ORDER BY next_us LIMIT ?",
        work.us,
        limit,
    )
    taken = []
    for row_id, kind, ref, target, attempts, created, next_us in due:
        won = work.durable.run(
            "UPDATE outbox SET next_us = ?, attempts = attempts + 1 WHERE outbox_id = ? AND state = 'waiting' AND next_us = ?",
            work.us + CLAIM_LASTS,
            row_id,
            next_us,
        )
        if won:
            taken.append(Row(row_id, kind, ref, target, attempts + 1, created))
    return taken


def finish(work: Work, row: Row, state: str) -> None:
    """Close a row as `done`, `withheld`, `given_up` or `cancelled`."""
    work.durable.run("UPDATE outbox SET state = ? WHERE outbox_id = ? AND state = 'waiting'", state, row.id)


def again(work: Work, row: Row) -> bool:
    """Plan the next try; False when the row is too old and is given up instead."""
    if work.us - row.created_us > GIVE_UP_AFTER:
        finish(work, row, "given_up")
        return False
    pause = min(LONGEST_PAUSE, FIRST_PAUSE << min(row.attempts - 1, 20))
    work.durable.run("UPDATE outbox SET next_us = ? WHERE outbox_id = ? AND state = 'waiting'", work.us + pause, row.id)
    return True


def cancel(work: Work, ref: str) -> None:
    """Stop what has not left yet for a reference."""
    work.durable.soon("UPDATE outbox SET state = 'cancelled' WHERE ref = ? AND state = 'waiting'", ref)


def cancel_all(work: Work) -> int:
    """After a restore nothing old may leave (design 16)."""
    return work.durable.run("UPDATE outbox SET state = 'cancelled' WHERE state = 'waiting'")


def waiting(work: Work) -> list[tuple[str, int]]:
    """How many rows wait, by kind."""
    return [
        (str(kind), int(count))
        for kind, count in work.durable.all("SELECT kind, COUNT(*) FROM outbox WHERE state = 'waiting' GROUP BY kind")
    ]
