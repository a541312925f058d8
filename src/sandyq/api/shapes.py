"""Bodies that several endpoints share, and how an order's answer is kept under an idempotency key."""

from datetime import date, datetime

import msgspec

from sandyq.db import Work
from sandyq.distribute import Transfer
from sandyq.errors import NotFound
from sandyq.gate import records as decisions
from sandyq.law import canon
from sandyq.law.decision import Refusal
from sandyq.requests import Answer as OrderAnswer


class Ordered(msgspec.Struct):
    """An order that was carried out. `target` is what came of it (a state, a proposal, a plan), `due` the last day of the law's term, `told` the
    transfers that tell the recipients, `waiting_for` who has to act next. Of a correction, `fields` are those that are not as they were, and `kept` says why
    an old version stays."""

    request: str
    subject: str
    kind: str
    target: str
    due: date | None = None
    told: list[str] = []
    waiting_for: str = ""
    plan: str = ""
    fields: list[str] = []
    kept: list[str] = []


class _Refused(msgspec.Struct, tag="refused"):
    subject: str
    decision: str


class _Done(msgspec.Struct, tag="done"):
    answer: Ordered


def ordered_of(answer: OrderAnswer, subject: str) -> Ordered | Refusal:
    """What the desk answered, as it goes back."""
    if isinstance(answer, Refusal):
        return answer
    return Ordered(
        answer.request,
        subject,
        answer.kind.value,
        answer.target,
        answer.due,
        list(answer.told),
        answer.waiting_for,
        answer.plan,
        list(answer.fields),
        list(answer.kept),
    )


def ordered_text(answer: Ordered | Refusal) -> str:
    """The references of an order's answer: ids and dates alone."""
    kept = _Refused(answer.ask.subject, answer.decision) if isinstance(answer, Refusal) else _Done(answer)
    return msgspec.json.encode(kept).decode()


def ordered_again(work: Work, text: str) -> Ordered | Refusal:
    """The same answer from its references. Raises NotFound when its decision has been destroyed meanwhile."""
    kept = msgspec.json.decode(text, type=_Refused | _Done)
    return kept.answer if isinstance(kept, _Done) else refusal_again(work, kept.subject, kept.decision)


def refusal_again(work: Work, subject: str, decision: str) -> Refusal:
    """A refusal from the stored decision."""
    found = decisions.load(work, subject, decision)
    if found is None:
        raise NotFound("decision_unknown")
    return Refusal(canon.ask_from_json(found.ask), canon.verdict_from_json(found.verdict), decision)


class TransferRow(msgspec.Struct):
    """One row of the ledger of transfers: which fields went to whom, never which values."""

    id: str
    subject: str
    recipient: str
    kind: str
    state: str
    purpose: str
    fields: list[str]
    decision: str
    leaf: str
    queued_at: datetime
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    reminders: int = 0
    outcome: str = ""


class Transfers(msgspec.Struct):
    """Transfers, oldest first."""

    transfers: list[TransferRow]


def transfer_row(t: Transfer) -> TransferRow:
    """A transfer as it goes back."""
    return TransferRow(
        id=t.id,
        subject=t.subject,
        recipient=t.recipient,
        kind=t.kind.value,
        state=t.state.value,
        purpose=t.purpose,
        fields=sorted(t.fields),
        decision=t.decision,
        leaf=t.leaf,
        queued_at=t.queued_at,
        sent_at=t.sent_at,
        acknowledged_at=t.acked_at,
        reminders=t.chased,
        outcome=t.outcome,
    )
