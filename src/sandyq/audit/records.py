"""SQL of the ledger of restrictive events."""

from collections.abc import Sequence

from sandyq.db import Work


def add_event(work: Work, event_id: str, kind: str, subject: str, body: str) -> None:
    """One event that is not outside the database yet."""
    work.durable.soon(
        "INSERT INTO restrictive_event (event_id, kind, subject_id, at_us, body, shipped) VALUES (?, ?, ?, ?, ?, 0)",
        event_id,
        kind,
        subject,
        work.us,
        body,
    )


def waiting(work: Work, limit: int) -> list[tuple[str, str, str, int, str]]:
    """(id, kind, subject, instant, body) of events that are not in the ledger file yet, oldest first."""
    rows = work.durable.all(
        "SELECT event_id, kind, subject_id, at_us, body FROM restrictive_event WHERE shipped = 0 ORDER BY event_id LIMIT ?", limit
    )
    return [(str(a), str(b), str(c), int(str(d)), str(e)) for a, b, c, d, e in rows]


def mark_shipped(work: Work, ids: Sequence[str]) -> None:
    """Remember that these events stand in the ledger file."""
    work.durable.many("UPDATE restrictive_event SET shipped = 1 WHERE event_id = ?", [(i,) for i in ids])


def all_events(work: Work) -> list[tuple[str, bool]]:
    """(id, shipped) of every event."""
    return [(str(event), bool(shipped)) for event, shipped in work.durable.all("SELECT event_id, shipped FROM restrictive_event")]


def known(work: Work, event_id: str) -> bool:
    """Whether the database holds this event: a restored backup lacks the later ones."""
    return work.durable.one("SELECT 1 FROM restrictive_event WHERE event_id = ?", event_id) is not None


def adopt(work: Work, event_id: str, kind: str, subject: str, at_us: int, body: str) -> None:
    """Take an event of the ledger file into a restored database, as already shipped."""
    work.durable.run(
        "INSERT INTO restrictive_event (event_id, kind, subject_id, at_us, body, shipped) VALUES (?, ?, ?, ?, ?, 1)",
        event_id,
        kind,
        subject,
        at_us,
        body,
    )
