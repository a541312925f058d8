"""What goes to recipients: leads, and what follows them (policy 2.14, 7.1, 7.2; the Law art. 15, 19)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """A lead carries data, and so does a correction as far as it may; every other follow-up carries only what is to be done with data sent before."""

    LEAD = "lead"
    BLOCK = "block"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    DESTROY = "destroy"
    CORRECT = "correct"


class State(StrEnum):
    """Where a transfer stands. From `sending` on the recipient may hold the data, whatever came back."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    WITHHELD = "withheld"  # decided again before the sending, and refused
    FAILED = "failed"  # given up: a lead that never arrived
    ESCALATED = "escalated"  # a follow-up that the recipient does not confirm: its feed is suspended


HELD = (State.SENDING, State.SENT, State.ACKNOWLEDGED, State.FAILED)
"""States of a lead in which the recipient must be taken to hold the data; a failed one may have arrived without our hearing of it."""

CONFIRMS = MappingProxyType(
    {
        Kind.LEAD: "stored",
        Kind.BLOCK: "blocked",
        Kind.RELEASE: "released",
        Kind.WITHDRAW: "withdrawn",
        Kind.DESTROY: "destroyed",
        Kind.CORRECT: "corrected",
    }
)
"""The word by which a recipient confirms each kind."""

SUPERSEDED_BY = MappingProxyType(
    {
        Kind.BLOCK: frozenset({Kind.RELEASE, Kind.DESTROY}),
        Kind.RELEASE: frozenset({Kind.BLOCK, Kind.DESTROY}),
        Kind.WITHDRAW: frozenset({Kind.DESTROY}),
        Kind.DESTROY: frozenset({Kind.DESTROY}),
        Kind.CORRECT: frozenset({Kind.CORRECT, Kind.WITHDRAW, Kind.DESTROY}),
    }
)
"""Which later follow-up to the same recipient makes one that has not arrived needless."""

BASIS = MappingProxyType(
    {
        Kind.LEAD: ("7.1.1", "94-V art. 15"),
        Kind.BLOCK: ("4.1.3", "94-V art. 25(2)(8)"),
        Kind.RELEASE: ("2.2", "94-V art. 25(2)(8)"),
        Kind.WITHDRAW: ("4.1.5", "94-V art. 8(7)"),
        Kind.DESTROY: ("4.1.4", "94-V art. 18, 24(1)(4)"),
        Kind.CORRECT: ("4.1.2", "94-V art. 13, 25(2)(8)"),
    }
)
"""The clause and article that each message to a recipient cites."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of the ledger of transfers: which fields, never which values."""

    subject: str
    id: str
    recipient: str
    kind: Kind
    purpose: str
    fields: frozenset[str]
    state: State
    decision: str
    leaf: str
    queued_at: datetime
    sending_at: datetime | None
    sent_at: datetime | None
    acked_at: datetime | None
    chased: int
    outcome: str

    @property
    def whole(self) -> bool:
        """Whether a follow-up is about everything that the recipient holds of the person, not about some fields."""
        return not self.fields

    def reaches(self, other: "Transfer") -> bool:
        """Whether it is about all that another follow-up is about. A correction is of what was passed on for one purpose."""
        if self.kind is Kind.CORRECT and other.purpose != self.purpose:
            return False
        return self.whole or (not other.whole and other.fields <= self.fields)

    @property
    def confirmed(self) -> bool:
        """Whether the recipient has confirmed it."""
        return self.state is State.ACKNOWLEDGED
