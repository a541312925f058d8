"""A destruction as a stored plan: what goes, on what basis, which steps are left, which are done (policy 2.5, 4.1.4, 8.1; the Law art. 18)."""

from dataclasses import dataclass
from datetime import datetime

CHECKPOINT = "checkpoint"  # the journals of the store are emptied, between two units of work
CERTIFICATE = "certificate"
VERIFY = "verify"
EVERYTHING: frozenset[str] = frozenset()
"""As the items of a plan: the whole person."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why: the clause of the policy and the article of the law, and when the order came in."""

    clause: str
    article: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One destruction. `remaining` are steps in their order, the next one first; each is a unit of work that may be run again."""

    subject: str
    id: str
    items: frozenset[str]
    remaining: tuple[str, ...]
    basis: Basis
    decision: str
    certified: bool
    planned_at: datetime
    deleted_at: datetime | None
    done_at: datetime | None
    generation: int
    leaf: str
    certificate: str

    @property
    def whole(self) -> bool:
        """Whether the whole person goes."""
        return not self.items

    @property
    def next(self) -> str:
        """The step to do now; empty when none is left."""
        return self.remaining[0] if self.remaining else ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one step removed: so many things and keys of a category."""

    step: str
    category: str
    things: int
    keys: int
    done_at: datetime
