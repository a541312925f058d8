"""Orders on a person: who asked for what, on which document, by when it has to be done (policy 4.1.3-4.1.5; the Law art. 25(2)(8), 8(7))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sandyq.block.facts import Scope
from sandyq.law.decision import Refusal


class Kind(StrEnum):
    """What can be ordered."""

    BLOCK = "block"
    PROPOSE_RELEASE = "propose_release"
    CONFIRM_RELEASE = "confirm_release"
    HOLD = "hold"
    PROPOSE_UNHOLD = "propose_unhold"
    CONFIRM_UNHOLD = "confirm_unhold"
    LOCK = "lock"
    WITHDRAW = "withdraw"
    DESTROY = "destroy"
    RECTIFY = "rectify"


class DocumentKind(StrEnum):
    """What kind of paper an order rests on."""

    STATEMENT = "statement"  # of the person or a representative
    COURT_ACT = "court_act"
    AUTHORITY_DEMAND = "authority_demand"
    IDENTITY_CHECK = "identity_check"  # the desk saw an identity document
    REPORT = "report"  # of staff, of a partner, of the desk itself
    PROOF = "proof"  # of what is true: a certificate of marriage, of a new name, of an address


@dataclass(frozen=True, slots=True)
class Document:
    """A paper on file. `item` is the evidence that holds its number; `by_*` who put it on file."""

    subject: str
    id: str
    kind: DocumentKind
    item: str
    by_kind: str
    by_id: str
    filed_at: datetime


DUTIES = {
    Kind.BLOCK: "block",
    Kind.PROPOSE_RELEASE: "unblock",
    Kind.CONFIRM_RELEASE: "unblock",
    Kind.WITHDRAW: "withdrawal-stop",
    Kind.DESTROY: "destroy-unlawful",
    Kind.RECTIFY: "rectify",
}
"""The deadline rule of the law's pack that each order stands under; what is missing has no term in the law."""


DESTROY_REASONS = {
    "demanded": frozenset({"deletion_demanded"}),
    "unlawful": frozenset({"processed_without_consent", "violation_confirmed"}),
    "withdrawn": frozenset({"processed_without_consent"}),
    "term_ended": frozenset({"term_over", "relations_ended"}),
    "court": frozenset({"court_decision"}),
    "violation_confirmed": frozenset({"violation_confirmed"}),
}
"""Why a destruction is ordered, and by which findings the law bears that reason out. `court` is asked under its own ground, art. 18(1)(3)."""

COURT_GROUND = "18(3)"

PROVING = frozenset({DocumentKind.PROOF, DocumentKind.IDENTITY_CHECK, DocumentKind.COURT_ACT, DocumentKind.AUTHORITY_DEMAND})
"""Papers that can prove a correction; a statement only asks for one (4.1.2)."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `reason` is a word of the closed list of its kind, `document` the reference of the paper it rests on, `target` the state, proposal or
    comma-separated grants that it is about.

    A correction has `values` by field (empty: wrong, and cannot be put right), the proving `documents`, and `contacts_checked` when the identity check
    allowed a new phone or e-mail."""

    kind: Kind
    subject: str
    reason: str = ""
    document: str = ""
    target: str = ""
    scope: Scope = field(default_factory=Scope)
    items: frozenset[str] = frozenset()
    until: date | None = None
    received_at: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)  # personal data: they must not reach a log by way of a traceback
    documents: tuple[str, ...] = ()
    contacts_checked: bool = False

    @property
    def papers(self) -> tuple[str, ...]:
        """Every paper that it rests on."""
        return tuple(dict.fromkeys((*((self.document,) if self.document else ()), *self.documents)))


@dataclass(frozen=True, slots=True)
class Done:
    """An order carried out. `target` is what came of it: a state, a proposal, a plan; `due` the last day of the law's term for it,
    `decision` the gate's, which the messages to recipients name too."""

    request: str
    kind: Kind
    target: str
    due: date | None
    told: tuple[str, ...] = ()
    waiting_for: str = ""
    plan: str = ""
    fields: tuple[str, ...] = ()  # of a correction: those that are not as they were; none when all was so already
    kept: tuple[str, ...] = ()  # of a correction: why an old version stays, codes of the law
    decision: str = ""
    was: Mapping[str, str] = field(default_factory=dict, repr=False)  # of a correction: former values, for the answer alone
    was_kept: frozenset[str] = frozenset()  # of these, the fields whose former version stays for a reason


Answer = Done | Refusal


@dataclass(frozen=True, slots=True)
class Request:
    """An order as it is kept. `state`: open, done, refused."""

    subject: str
    id: str
    kind: Kind
    state: str
    reason: str
    document: str
    target: str
    by_kind: str
    by_id: str
    received_at: datetime
    due: date | None
    decided_at: datetime | None
    decision: str
