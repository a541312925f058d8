"""The API's only SQL: idempotency keys. Their columns stand in the office's data map (`app/datamap.py`), which lies below the doors."""

from sandyq.db import Work


def kept(work: Work, mark: bytes, since_us: int) -> tuple[bytes, str] | None:
    """(token of the request, references of its answer) under a key that is not too old."""
    row = work.durable.one("SELECT request, answer FROM idempotency WHERE mark = ? AND created_us > ?", mark, since_us)
    return (bytes(row[0]), str(row[1])) if row else None


def keep(work: Work, mark: bytes, request: bytes, answer: str) -> None:
    """Keep a key; one that had grown old begins anew. Two works under one key: the later one runs again and finds the first one's answer."""
    work.durable.run(
        "INSERT INTO idempotency (mark, request, answer, created_us) VALUES (?, ?, ?, ?) ON CONFLICT (mark) DO UPDATE"
        " SET request = excluded.request, answer = excluded.answer, created_us = excluded.created_us",
        mark,
        request,
        answer,
        work.us,
    )


def forget(work: Work, before_us: int) -> int:
    """Delete keys that are older; gives how many."""
    return work.durable.run("DELETE FROM idempotency WHERE created_us <= ?", before_us)
