"""`policy check`: every difference between the policy as published and the Law, and what answers it.

The check looks at the original. Each row found there is looked for again in the policy with its overlay: gone there, the overlay closes it;
else the strict reading answers it where a rule of the pack cites the clause; else it is open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandyq.law.vocabulary import Reading
from sandyq.policy.differences import ROWS
from sandyq.policy.facts import Edition
from sandyq.policy.gaps import Row

HEADINGS = ("severity", "kind", "clauses", "law", "problem", "treatment", "closed by", "found")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row found. `closed_by`: `overlay`, `strict reading`, `policy` (the policy is the stricter side) or empty when open."""

    id: str
    kind: str
    severity: str
    clauses: tuple[str, ...]
    law: str
    problem: str
    as_published: str
    strict: str
    found: tuple[str, ...]
    closed_by: str
    rules: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the office may not go live with it: a gap of high severity that nothing closes."""
        return self.kind == "gap" and self.severity == "H" and not self.closed_by


@dataclass(frozen=True, slots=True)
class Report:
    """All differences, high severity first, under one reading."""

    policy: str
    digest: str
    reading: Reading
    overlay: bool
    differences: tuple[Difference, ...]

    @property
    def blocking(self) -> tuple[Difference, ...]:
        """What keeps the office from going live."""
        return tuple(row for row in self.differences if row.blocks)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        rows = [asdict(row) | {"blocks": row.blocks} for row in self.differences]
        return {"policy": self.policy, "digest": self.digest, "reading": self.reading, "overlay": self.overlay, "differences": rows}

    def as_table(self) -> list[tuple[str, ...]]:
        """Rows of text under `HEADINGS`."""
        return [
            (
                row.severity,
                row.kind,
                ", ".join(row.clauses),
                row.law,
                row.problem,
                row.strict if self.reading is Reading.STRICT else row.as_published,
                row.closed_by or "open",
                ", ".join(row.found),
            )
            for row in self.differences
        ]


def report(edition: Edition, rules_by_clause: Mapping[str, Iterable[str]] | None = None, reading: Reading = Reading.STRICT) -> Report:
    """Check an edition. `rules_by_clause` names the pack's rules for each clause (`trace.rules_by_clause(pack)`); without it no row counts
    as answered by the strict reading."""
    original = edition.original if edition.original is not None else edition.data
    found = [_look(row, original, edition.data, rules_by_clause or {}) for row in ROWS]
    ordered = sorted((row for row in found if row), key=lambda row: ("HMLo".index(row.severity[0]), row.kind))
    return Report(edition.data["policy"]["id"], edition.digest, reading, original is not edition.data, tuple(ordered))


def _look(row: Row, original: Mapping[str, Any], merged: Mapping[str, Any], rules: Mapping[str, Iterable[str]]) -> Difference | None:
    found = tuple(dict.fromkeys(row.detect(original) or row.detect(merged)))
    if not found:
        return None
    answering = tuple(sorted({rule for clause in row.clauses for rule in rules.get(clause, ())}))
    closed = "policy" if row.severity == "ok" else "overlay" if not row.detect(merged) else ""
    if not closed and row.kind == "conflict" and answering:
        closed = "strict reading"
    return Difference(
        row.id, row.kind, row.severity, row.clauses, row.law, row.problem, row.as_published, row.strict, found, closed, answering
    )
