"""Distribution: a lead goes only as agreed and is decided again just before it leaves; what narrows follows it until confirmed (7.1, 7.2, 4.1.3, 4.1.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from sandyq import outbox, parties, seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.clock import micros
from sandyq.db import Work
from sandyq.distribute import records
from sandyq.distribute.facts import BASIS, CONFIRMS, HELD, Kind, State, Transfer
from sandyq.errors import Conflict, Denied, FieldError, Invalid, Misuse, NotFound
from sandyq.gate import Gate
from sandyq.ids import is_id
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import Operation
from sandyq.parties.facts import FeedReason
from sandyq.post import webhook

OUTBOX_KIND = "transfer"
CHASE_AFTER = timedelta(hours=24)
CHASES = 3
"""Reminders before a silent recipient is escalated and its feed suspended (scenario 12)."""
PARTIES_KEY = "parties"
ACK_BOUND = 4096


class Acknowledgement(msgspec.Struct, forbid_unknown_fields=True):
    """What a recipient sends to confirm: our id of the transfer, the word of its kind, and when it was done (RFC 3339)."""

    transfer: str
    status: str
    at: str


def queue(work: Work, permit: Permit) -> str:
    """Put a lead on its way, as the gate permitted it; returns the transfer's id. What goes in the end is decided again at the sending."""
    ask = permit.ask
    if ask.operation is not Operation.DISTRIBUTE:
        raise Misuse("permit_for_another_act", asked=ask.operation.value, act="distribute")
    work.spend(permit)
    return _queued(work, ask.subject, ask.recipient, Kind.LEAD, ask.purpose, permit.fields, permit.decision)


def _queued(
    work: Work, subject: str, recipient: str, kind: Kind, purpose: str, fields: Iterable[str], decision: str, transfer_id: str = ""
) -> str:
    transfer = transfer_id or work.new_id()
    clause, article = BASIS[kind]
    names = tuple(fields)
    act = Act.TRANSFER_QUEUED if kind is Kind.LEAD else Act.RECALL_QUEUED
    leaf = record(
        work,
        Leaf(act, subject, clause, article, decision=decision, object=transfer, purpose=purpose, recipient=recipient, count=len(names)),
    )
    records.add(work, subject, transfer, recipient, kind, purpose, names, decision, leaf)
    if kind is Kind.LEAD and records.ref(work, subject, recipient) is None:
        records.add_ref(work, subject, recipient, work.new_id())
    outbox.put(work, OUTBOX_KIND, f"{subject}:{transfer}", recipient)
    return transfer


def follow(
    work: Work,
    subject: str,
    kind: Kind,
    *,
    recipients: frozenset[str] = frozenset(),
    fields: frozenset[str] = frozenset(),
    decision: str = "",
) -> list[str]:
    """Tell every recipient that holds data of this person (or those named) to block, release, stop or destroy. Leads that have not left are stopped.

    With `fields` it is about these fields alone: only who got one of them is told, and of queued leads the gate decides what is left to send.
    A release goes only to those who were told to block. Returns the ids of the new transfers.
    """
    history = records.of_subject(work, subject)
    if kind is not Kind.RELEASE and not fields:
        for lead in history:
            if lead.kind is Kind.LEAD and lead.state is State.QUEUED and (not recipients or lead.recipient in recipients):
                withhold(work, lead, kind.value, "")
    made = []
    for recipient in sorted(_holding(history, kind)):
        if recipients and recipient not in recipients:
            continue
        about = fields & _got(history, recipient)
        if not fields or about:
            made.append(_recalled(work, subject, recipient, kind, about, decision))
    return made


def _got(history: list[Transfer], recipient: str) -> frozenset[str]:
    """The fields that a recipient must be taken to hold."""
    return frozenset().union(*[t.fields for t in history if t.kind is Kind.LEAD and t.state in HELD and t.recipient == recipient])


def correct(work: Work, subject: str, fields: frozenset[str], decision: str, *, recipients: frozenset[str] = frozenset()) -> list[str]:
    """Tell every recipient (or those named) that holds one of these fields that its value is not right any more (4.1.2). What it may have instead is
    decided at the sending; a value that it may not have, it is told to stop using. A lead that has not left takes the new values by itself.

    There is one message for each purpose that the fields were passed on for. Gives the ids of the new transfers. Not noted outside the database: after a
    restore to a day before the correction there is no right value to send.
    """
    history = records.of_subject(work, subject)
    for lead in history:
        if lead.kind is Kind.LEAD and lead.state is State.QUEUED:
            records.settle(
                work, lead, (State.QUEUED,), State.QUEUED, lead.outcome
            )  # one that is just leaving with the old value makes this run again
    made = []
    for recipient in sorted(_holding(history, Kind.CORRECT)):
        if recipients and recipient not in recipients:
            continue
        for purpose, got in sorted(_got_for(history, recipient).items()):
            if about := fields & got:
                made.append(_queued(work, subject, recipient, Kind.CORRECT, purpose, about, decision))
    return made


def correct_again(work: Work, subject: str, since: datetime, decision: str) -> list[str]:
    """A block is over: who was told meanwhile to stop using a value is told the right one. `since` is when the block began."""
    stopped = [t for t in records.of_subject(work, subject) if t.kind is Kind.CORRECT and t.queued_at >= since]
    by_recipient: dict[str, frozenset[str]] = {}
    for told in stopped:
        by_recipient[told.recipient] = by_recipient.get(told.recipient, frozenset()) | told.fields
    return [
        transfer
        for recipient, fields in sorted(by_recipient.items())
        for transfer in correct(work, subject, fields, decision, recipients=frozenset({recipient}))
    ]


def _got_for(history: list[Transfer], recipient: str) -> dict[str, frozenset[str]]:
    """By purpose, the fields that a recipient must be taken to hold; those whose destruction it confirmed later are gone."""
    held: dict[str, frozenset[str]] = {}
    for t in history:
        if t.recipient != recipient:
            continue
        if t.kind is Kind.LEAD and t.state in HELD:
            held[t.purpose] = held.get(t.purpose, frozenset()) | t.fields
        elif t.kind is Kind.DESTROY and t.confirmed:
            held = {purpose: frozenset() if t.whole else fields - t.fields for purpose, fields in held.items()}
    return held


def _recalled(work: Work, subject: str, recipient: str, kind: Kind, fields: frozenset[str], decision: str) -> str:
    transfer = _queued(work, subject, recipient, kind, "", fields, decision)
    ref = records.ref(work, subject, recipient) or ""
    body = {"transfer": transfer, "recipient": recipient, "what": kind.value, "decision": decision, "ref": ref}
    ledger.note(work, "distribute.recall", subject, **body, fields=",".join(sorted(fields)))
    return transfer


def _holding(history: list[Transfer], kind: Kind) -> set[str]:
    leads = {t.recipient for t in history if t.kind is Kind.LEAD and t.state in HELD}
    gone = {t.recipient for t in history if t.kind is Kind.DESTROY and t.whole and t.confirmed}
    if kind is Kind.RELEASE:
        told = {t.recipient: t.kind for t in history if t.kind in (Kind.BLOCK, Kind.RELEASE)}
        leads &= {recipient for recipient, last in told.items() if last is Kind.BLOCK}
    return leads - gone


def withhold(work: Work, lead: Transfer, why: str, decision: str) -> None:
    """Stop a lead that has not left: it is not sent, and the ledger of transfers says why."""
    if records.settle(work, lead, (State.QUEUED, State.SENDING), State.WITHHELD, why):
        outbox.cancel(work, f"{lead.subject}:{lead.id}")
        leaf = Leaf(
            Act.TRANSFER_WITHHELD,
            lead.subject,
            "7.2",
            "94-V art. 15",
            verdict="refused",
            decision=decision,
            object=lead.id,
            recipient=lead.recipient,
        )
        record(work, leaf)


def acknowledge(work: Work, gate: Gate, recipient: str, headers: Mapping[str, str], body: bytes) -> Transfer:
    """A recipient confirms, in a message signed with its own secret after Standard Webhooks. Doing so twice changes nothing.

    Raises Denied for a signature that does not fit or a transfer of somebody else, Invalid for a malformed body, Conflict for the wrong word.
    """
    if len(body) > ACK_BOUND:
        raise Denied("signature_wrong")
    secret = parties.secrets(work, gate.ring.office(PARTIES_KEY), recipient).ack_secret if is_id(recipient) else ""
    if not secret:
        raise Denied("signature_wrong")
    webhook.checked(secret, dict(headers), body)
    try:
        said = msgspec.json.decode(body, type=Acknowledgement)
    except msgspec.DecodeError:
        raise Invalid([FieldError("body", "acknowledgement_malformed")]) from None
    made = records.by_id(work, said.transfer) if is_id(said.transfer) else None
    if made is None or made.recipient != recipient:
        raise NotFound("transfer_unknown")
    return _acknowledged(work, made, said, body)


def _acknowledged(work: Work, made: Transfer, said: Acknowledgement, body: bytes) -> Transfer:
    if said.status != CONFIRMS[made.kind]:
        raise Conflict("acknowledgement_of_another_kind", expected=CONFIRMS[made.kind])
    digest = seal.digest(body)
    if records.acknowledge(work, made, digest):
        act = Act.TRANSFER_ACKNOWLEDGED if made.kind is Kind.LEAD else Act.RECALL_CONFIRMED
        clause, article = BASIS[made.kind]
        record(work, Leaf(act, made.subject, clause, article, object=made.id, recipient=made.recipient, body_digest=digest.hex()))
        outbox.cancel(work, f"{made.subject}:{made.id}")
        if made.kind is Kind.DESTROY and made.whole:
            records.drop_refs(work, made.subject, [made.recipient])
    elif made.state is not State.ACKNOWLEDGED:
        raise Conflict("transfer_not_sent")
    return made


def chase(work: Work, limit: int = 100) -> int:
    """Remind recipients that are silent on a follow-up; after three reminders escalate and suspend their feed. Gives how many were handled."""
    due = records.silent(work, micros(work.at - CHASE_AFTER), limit)
    for made in due:
        if made.chased >= CHASES:
            escalate(work, made, "no_acknowledgement")
            continue
        records.chased(work, made)
        records.settle(work, made, (State.SENT,), State.SENDING, "chased")
        outbox.put(work, OUTBOX_KIND, f"{made.subject}:{made.id}", made.recipient)
    return len(due)


def escalate(work: Work, made: Transfer, why: str) -> None:
    """A follow-up that is not confirmed: said so on the person's page and the desk's, and nothing new goes to that recipient."""
    if not records.settle(work, made, (State.QUEUED, State.SENDING, State.SENT), State.ESCALATED, why):
        return
    clause, article = BASIS[made.kind]
    record(work, Leaf(Act.RECALL_ESCALATED, made.subject, clause, article, verdict="failed", object=made.id, recipient=made.recipient))
    fact = parties.recipient_fact(work, made.recipient)
    if fact is not None and fact.active and not fact.suspended:
        parties.suspend_feed(work, made.recipient, FeedReason.NO_ACKNOWLEDGEMENT)


def history(work: Work, subject: str) -> list[Transfer]:
    """The person's ledger of transfers, oldest first: to whom, which fields, when, confirmed or not (4.1.1, art. 22(1)(5))."""
    return records.of_subject(work, subject)


def named(work: Work, transfers: Iterable[str]) -> list[Transfer]:
    """Transfers by their ids, whomever they are about, in the order of their making."""
    return [made for id_ in sorted(transfers) if (made := records.by_id(work, id_)) is not None]


def unconfirmed(work: Work, limit: int = 100) -> list[Transfer]:
    """What recipients still have to confirm, oldest first."""
    return records.unconfirmed(work, limit)


def move(work: Work, old: str, new: str) -> None:
    """Carry the transfers of a provisional subject over to the known one it is merged with."""
    records.move(work, old, new)


def requeue(work: Work, subject: str, body: Mapping[str, str]) -> None:
    """After a restore: queue a recall under the id and the reference that it had; the recipient tells a repeat by them."""
    if records.by_id(work, body["transfer"]) is not None:
        return
    recipient = body["recipient"]
    if body["ref"] and records.ref(work, subject, recipient) is None:
        records.add_ref(work, subject, recipient, body["ref"])
    fields = frozenset(filter(None, body.get("fields", "").split(",")))
    _queued(work, subject, recipient, Kind(body["what"]), "", fields, body["decision"], body["transfer"])


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of transfers after a restore: leads that stay here, follow-ups queued again, transfers that the log knows as sent and this
    database as unsent, and how many the log knows as sent that this database does not know at all."""

    withheld: int = 0
    queued: int = 0
    sent: int = 0
    unknown: int = 0


def resume(work: Work, sent: frozenset[str]) -> Resumed:
    """After a restore, once the outbox is emptied: no old lead leaves, every follow-up does, and what the log says was sent since the backup counts as
    held by its recipient. `sent` are ids of transfers."""
    withheld = queued = known = 0
    for made in records.under_way(work):
        if made.id in sent:
            known += records.settle(work, made, (State.QUEUED, State.SENDING), State.SENT, "known_from_log")
        elif made.kind is not Kind.LEAD:
            outbox.put(work, OUTBOX_KIND, f"{made.subject}:{made.id}", made.recipient)
            queued += 1
        elif made.state is State.QUEUED:
            withhold(work, made, "restored", "")
            withheld += 1
        else:
            records.settle(work, made, (State.SENDING,), State.FAILED, "restored")
    unknown = sum(records.by_id(work, transfer) is None for transfer in sorted(sent))
    return Resumed(withheld, queued, known, unknown)
