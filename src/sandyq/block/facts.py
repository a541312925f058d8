"""What stands over data: states with their scope, and the closed lists of reasons to set and to end them, each with clause and article."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandyq.law.vocabulary import StandingAct, StateKind


class Reason(StrEnum):
    """Why a state is set. Whoever sets one picks from this list; there is no free text."""

    # block
    VIOLATION_CLAIMED = "violation_claimed"
    VIOLATION_SEEN_BY_STAFF = "violation_seen_by_staff"
    VIOLATION_TOLD_BY_PARTNER = "violation_told_by_partner"
    IDENTITY_DISPUTED = "identity_disputed"
    AUTHORITY_DEMAND = "authority_demand"
    BREACH_SUSPECTED = "breach_suspected"
    # hold
    COURT_ACT = "court_act"
    CLAIM_FOR_DAMAGES = "claim_for_damages"
    OFFICIAL_INQUIRY = "official_inquiry"
    # lock
    STATUTORY_TERM = "statutory_term"
    OBLIGATION_UNFULFILLED = "obligation_unfulfilled"


class Outcome(StrEnum):
    """How a state ends."""

    VIOLATION_NOT_CONFIRMED = "violation_not_confirmed"
    VIOLATION_REMEDIED = "violation_remedied"
    TO_BE_DESTROYED = "to_be_destroyed"
    AUTHORITY_LIFTED = "authority_lifted"
    PROCEEDING_ENDED = "proceeding_ended"
    CLAIM_SETTLED = "claim_settled"
    TERM_ENDED = "term_ended"
    SET_IN_ERROR = "set_in_error"


@dataclass(frozen=True, slots=True)
class Basis:
    """The clause of the policy and the article of the act that a reason or outcome rests on."""

    clause: str
    article: str


REASONS: dict[StateKind, dict[Reason, Basis]] = {
    StateKind.BLOCK: {
        Reason.VIOLATION_CLAIMED: Basis("4.1.3", "94-V art. 24(1)(3), 25(2)(8)"),
        Reason.VIOLATION_SEEN_BY_STAFF: Basis("2.2", "94-V art. 25(2)(8)"),
        Reason.VIOLATION_TOLD_BY_PARTNER: Basis("4.1.3", "94-V art. 25(2)(8)"),
        Reason.IDENTITY_DISPUTED: Basis("4.1.3", "94-V art. 24(1)(3)"),
        Reason.AUTHORITY_DEMAND: Basis("3.4", "94-V art. 27(2), 27-1(5)"),
        Reason.BREACH_SUSPECTED: Basis("2.2", "94-V art. 22(1), 25(2)(8)"),
    },
    StateKind.HOLD: {
        Reason.COURT_ACT: Basis("5.1.1", "94-V art. 9(1)"),
        Reason.CLAIM_FOR_DAMAGES: Basis("4.1.7", "94-V art. 24(1)(7)"),
        Reason.OFFICIAL_INQUIRY: Basis("5.1.1", "94-V art. 9(1)"),
    },
    StateKind.LOCK: {
        Reason.STATUTORY_TERM: Basis("8.1", "255-VIII art. 41(3)"),
        Reason.OBLIGATION_UNFULFILLED: Basis("5.4", "94-V art. 8(2), 255-VIII art. 41(3)"),
    },
}

OUTCOMES: dict[StateKind, dict[Outcome, Basis]] = {
    StateKind.BLOCK: {
        Outcome.VIOLATION_NOT_CONFIRMED: Basis("2.2", "94-V art. 25(2)(8)"),
        Outcome.VIOLATION_REMEDIED: Basis("4.1.2", "94-V art. 25(2)(8)"),
        Outcome.TO_BE_DESTROYED: Basis("4.1.4", "94-V art. 25(2)(8)"),
        Outcome.AUTHORITY_LIFTED: Basis("3.4", "94-V art. 27-1(5)"),
        Outcome.SET_IN_ERROR: Basis("2.2", "94-V art. 25(2)(8)"),
    },
    StateKind.HOLD: {
        Outcome.PROCEEDING_ENDED: Basis("5.1.1", "94-V art. 9(1)"),
        Outcome.CLAIM_SETTLED: Basis("4.1.7", "94-V art. 24(1)(7)"),
        Outcome.SET_IN_ERROR: Basis("4.1.7", "94-V art. 24(1)(7)"),
    },
    StateKind.LOCK: {
        Outcome.TERM_ENDED: Basis("8.1", "94-V art. 12(2), 18"),
        Outcome.TO_BE_DESTROYED: Basis("8.1", "94-V art. 18"),
        Outcome.SET_IN_ERROR: Basis("8.1", "255-VIII art. 41(3)"),
    },
}

ENDING: dict[StateKind, StandingAct] = {
    StateKind.BLOCK: StandingAct.RELEASE,
    StateKind.HOLD: StandingAct.UNHOLD,
    StateKind.LOCK: StandingAct.RELEASE,
}
"""Which act of the law ends a state."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a state covers. Empty sets cover everything of the subject; several filled ones must all fit."""

    categories: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """One state as the desk sees it. `document` is the id of the order, claim or report that it rests on; `by_*` is who set it;
    `until` the day by which somebody is to decide (of a lock: the end of the term of legislation)."""

    id: str
    subject: str
    kind: StateKind
    reason: Reason
    scope: Scope
    document: str
    since: datetime
    until: date | None
    by_kind: str
    by_id: str
    leaf: str
    ended_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def basis(self) -> Basis:
        """What the state rests on."""
        return REASONS[self.kind][self.reason]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A release that one staff member asks another to confirm."""

    id: str
    subject: str
    state: str
    outcome: Outcome
    document: str
    proposed_at: datetime
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A proposal as the person is told of it: for which state, when, and what became of it; who proposed is not told."""

    state: str
    outcome: Outcome
    proposed_at: datetime
    settled_at: datetime | None
    settled_as: str
