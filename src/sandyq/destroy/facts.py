"""A destruction as a stored plan: what goes, on what basis, which steps are left, which are done (policy 2.5, 4.1.4, 8.1; the Law art. 18)."""

from dataclasses import dataclass
from datetime import datetime

from sandyq.frozen import quick

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


@quick
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

    def struck(self, count: int, now: datetime, *, deleted: bool = False, certificate: str = "", leaf: str = "") -> "Plan":
        """The plan when its next steps are done at an instant, and what they brought. (Field by field: a destruction goes through six of these.)"""
        left = self.remaining[count:]
        return Plan(
            self.subject,
            self.id,
            self.items,
            left,
            self.basis,
            self.decision,
            self.certified,
            self.planned_at,
            now if deleted and self.deleted_at is None else self.deleted_at,
            None if left else now,
            self.generation,
            leaf or self.leaf,
            certificate or self.certificate,
        )

    @property
    def next(self) -> str:
        """The step to do now; empty when none is left."""
        return self.remaining[0] if self.remaining else ""


@quick
@dataclass(frozen=True, slots=True)
class Receipt:
    """What one step removed: so many things and keys of a category."""

    step: str
    category: str
    things: int
    keys: int
    done_at: datetime
