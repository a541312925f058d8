"""SQL of the office's own row, what it was created as, and of idempotency keys."""

from dataclasses import dataclass

from sandyq.db import Work
from sandyq.register.holder import Column

COLUMNS = {
    **{f"office.{c}": Column("none", "office", "as long as the office") for c in ("name", "office_id", "origin", "sample", "created_us")},
    "idempotency.mark": Column("token", "office", "seven days"),
    "idempotency.request": Column("token", "office", "seven days"),
    "idempotency.answer": Column("pseudonym", "office", "seven days"),
    "idempotency.created_us": Column("none", "office", "seven days"),
}


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """What an office was created as; `sample` is for ever."""

    id: str
    origin: str
    sample: bool
    created_us: int


def create(work: Work, row: OfficeRow) -> None:
    """Write it once."""
    work.durable.run(
        "INSERT INTO office (name, office_id, origin, sample, created_us) VALUES ('office', ?, ?, ?, ?)",
        row.id,
        row.origin,
        int(row.sample),
        row.created_us,
    )


def office(work: Work) -> OfficeRow | None:
    """The row, or None in a store that no office was created in."""
    row = work.durable.one("SELECT office_id, origin, sample, created_us FROM office WHERE name = 'office'")
    return OfficeRow(row[0], row[1], bool(row[2]), row[3]) if row else None


def kept_key(work: Work, mark: bytes, since_us: int) -> tuple[bytes, str] | None:
    """(token of the request, references of its answer) under an idempotency key that is not too old."""
    row = work.durable.one("SELECT request, answer FROM idempotency WHERE mark = ? AND created_us > ?", mark, since_us)
    return (bytes(row[0]), str(row[1])) if row else None


def keep_key(work: Work, mark: bytes, request: bytes, answer: str) -> None:
    """Keep a key; one that had grown old begins anew. Of two works under one key the later one runs again and finds the first one's answer."""
    work.durable.run(
        "INSERT INTO idempotency (mark, request, answer, created_us) VALUES (?, ?, ?, ?) ON CONFLICT (mark) DO UPDATE"
        " SET request = excluded.request, answer = excluded.answer, created_us = excluded.created_us",
        mark,
        request,
        answer,
        work.us,
    )


def forget_keys(work: Work, before_us: int) -> int:
    """Delete keys that are older; gives how many."""
    return work.durable.run("DELETE FROM idempotency WHERE created_us <= ?", before_us)
