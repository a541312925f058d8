"""SQL of the office's own row: what it was created as."""

from dataclasses import dataclass

from sandyq.db import Work
from sandyq.register.holder import Column

COLUMNS = {
    f"office.{c}": Column("none", "office", "as long as the office") for c in ("name", "office_id", "origin", "sample", "created_us")
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
