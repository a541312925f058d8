"""The distribute room's only SQL: the ledger of transfers, and the recipients' own references to a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from sandyq.clock import instant
from sandyq.db import Row, Statement, Work
from sandyq.distribute.facts import Kind, State, Transfer
from sandyq.register.holder import Column

_NONE = Column("none", "distribute", "log term")
_ID = Column("pseudonym", "distribute", "log term")
COLUMNS = {
    **{f"transfer.{c}": _ID for c in ("subject_id", "transfer_id", "recipient", "decision_id", "leaf_id")},
    **{
        f"transfer.{c}": _NONE
        for c in ("kind", "purpose", "fields", "state", "queued_us", "sending_us", "sent_us", "acked_us", "chased", "outcome", "ack_digest")
    },
    "partner_ref.subject_id": Column("pseudonym", "distribute", "until the recipient confirms destruction"),
    "partner_ref.recipient": Column("none", "distribute", "until the recipient confirms destruction"),
    "partner_ref.ref": Column("pseudonym", "distribute", "until the recipient confirms destruction"),
}

_SELECT = (
    "SELECT subject_id, transfer_id, recipient, kind, purpose, fields, state, decision_id, leaf_id, queued_us, sending_us, sent_us, acked_us,"
    " chased, outcome FROM transfer"
)


def _at(us: int | None) -> datetime | None:
    return instant(us) if us is not None else None


def _made(row: Row) -> Transfer:
    subject, id_, recipient, kind, purpose, fields, state, decision, leaf, queued, sending, sent, acked, chased, outcome = row
    return Transfer(
        subject,
        id_,
        recipient,
        Kind(kind),
        purpose,
        frozenset(msgspec.json.decode(fields)),
        State(state),
        decision,
        leaf,
        instant(queued),
        _at(sending),
        _at(sent),
        _at(acked),
        chased,
        outcome,
    )


def add(
    work: Work, subject: str, transfer_id: str, recipient: str, kind: Kind, purpose: str, fields: Iterable[str], decision: str, leaf: str
) -> None:
    """One more transfer, queued."""
    work.durable.soon(
        "INSERT INTO transfer (subject_id, transfer_id, recipient, kind, purpose, fields, state, decision_id, leaf_id, queued_us, chased, outcome)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')",
        subject,
        transfer_id,
        recipient,
        kind.value,
        purpose,
        msgspec.json.encode(sorted(fields)).decode(),
        State.QUEUED.value,
        decision,
        leaf,
        work.us,
    )


_OF_SUBJECT = _SELECT + " WHERE subject_id = ? ORDER BY transfer_id"


def asked_by_desk(subject: str) -> tuple[Statement, ...]:
    """The read of `of_subject`, to be sent ahead."""
    return ((_OF_SUBJECT, (subject,)),)


def of_subject(work: Work, subject: str) -> list[Transfer]:
    """Everything that went, or was to go, to anybody, oldest first."""
    return [_made(row) for row in work.durable.all(_OF_SUBJECT, subject)]


def one(work: Work, subject: str, transfer_id: str) -> Transfer | None:
    """One transfer of a subject."""
    row = work.durable.one(_SELECT + " WHERE subject_id = ? AND transfer_id = ?", subject, transfer_id)
    return _made(row) if row else None


def by_id(work: Work, transfer_id: str) -> Transfer | None:
    """One transfer by the id that its recipient knows."""
    row = work.durable.one(_SELECT + " WHERE transfer_id = ?", transfer_id)
    return _made(row) if row else None


_WAITING = (
    " WHERE state IN ('queued', 'sending', 'sent', 'failed', 'escalated') AND NOT (state = 'queued' AND kind = 'lead')"
    " ORDER BY transfer_id LIMIT ?"
)


def unconfirmed(work: Work, limit: int) -> list[Transfer]:
    """What recipients have not confirmed, oldest first: also what does not get through to them. Leads that were not tried yet are not waited for."""
    return [_made(row) for row in work.durable.all(_SELECT + _WAITING, limit)]


def under_way(work: Work) -> list[Transfer]:
    """Everything that has not left, or whose sending has no end."""
    return [_made(row) for row in work.durable.all(_SELECT + " WHERE state IN ('queued', 'sending') ORDER BY transfer_id")]


def silent(work: Work, before_us: int, limit: int) -> list[Transfer]:
    """Follow-ups that were sent before an instant and not confirmed."""
    rows = work.durable.all(_SELECT + " WHERE state = 'sent' AND sent_us < ? AND kind <> 'lead' ORDER BY sent_us LIMIT ?", before_us, limit)
    return [_made(row) for row in rows]


def sending(work: Work, made: Transfer, fields: Iterable[str], decision: str) -> bool:
    """Mark a transfer as on its way, with exactly the fields that go. False when it is past that."""
    sql = (
        "UPDATE transfer SET state = 'sending', sending_us = ?, fields = ?, decision_id = ?"
        " WHERE subject_id = ? AND transfer_id = ? AND state IN ('queued', 'sending', 'sent')"
    )
    names = msgspec.json.encode(sorted(fields)).decode()
    return work.durable.run(sql, work.us, names, decision, made.subject, made.id) > 0


def settle(work: Work, made: Transfer, before: Sequence[State], state: State, outcome: str) -> bool:
    """Move a transfer on from one of the states before; False when it is elsewhere by now (an acknowledgement may be faster than our own record)."""
    marks = ", ".join("?" * len(before))
    sent = ", sent_us = ?" if state is State.SENT else ""
    stamp = (work.us,) if sent else ()
    sql = f"UPDATE transfer SET state = ?, outcome = ?{sent} WHERE subject_id = ? AND transfer_id = ? AND state IN ({marks})"  # noqa: S608 - only marks
    return work.durable.run(sql, state.value, outcome, *stamp, made.subject, made.id, *(s.value for s in before)) > 0


def acknowledge(work: Work, made: Transfer, digest: bytes) -> bool:
    """The recipient confirmed. False when it had confirmed before. A confirmation that is faster than our own record of the sending shows that it was
    sent."""
    sql = (
        "UPDATE transfer SET state = 'acknowledged', acked_us = ?, ack_digest = ?, sent_us = COALESCE(sent_us, ?)"
        " WHERE subject_id = ? AND transfer_id = ? AND state IN ('sending', 'sent', 'failed', 'escalated')"
    )
    return work.durable.run(sql, work.us, digest, work.us, made.subject, made.id) > 0


def chased(work: Work, made: Transfer) -> None:
    """Count one more reminder."""
    work.durable.run("UPDATE transfer SET chased = chased + 1 WHERE subject_id = ? AND transfer_id = ?", made.subject, made.id)


def move(work: Work, old: str, new: str) -> None:
    """After a merge the transfers of a provisional subject belong to the known one."""
    work.durable.run("UPDATE transfer SET subject_id = ? WHERE subject_id = ?", new, old)


def ref(work: Work, subject: str, recipient: str) -> str | None:
    """The recipient's own reference to a person."""
    row = work.perishable.one("SELECT ref FROM partner_ref WHERE subject_id = ? AND recipient = ?", subject, recipient)
    return str(row[0]) if row else None


def add_ref(work: Work, subject: str, recipient: str, made: str) -> None:
    """Give a person a reference with one recipient; no two recipients can join theirs."""
    work.perishable.soon("INSERT INTO partner_ref (subject_id, recipient, ref) VALUES (?, ?, ?)", subject, recipient, made)


def refs(work: Work, subject: str) -> list[str]:
    """The recipients with a reference to this person."""
    return [str(row[0]) for row in work.perishable.all("SELECT recipient FROM partner_ref WHERE subject_id = ?", subject)]


def drop_refs(work: Work, subject: str, recipients: Iterable[str]) -> int:
    """Forget how recipients refer to a person."""
    sql = "DELETE FROM partner_ref WHERE subject_id = ? AND recipient = ?"
    return sum(work.perishable.run(sql, subject, recipient) for recipient in recipients)


def confirmations(work: Work) -> list[tuple[str, str, int | None, str]]:
    """(transfer, recipient, when it was confirmed in microseconds, digest of the message as hex) of everything that ever went."""
    rows = work.durable.all("SELECT transfer_id, recipient, acked_us, ack_digest, state FROM transfer")
    return [
        (str(transfer), str(recipient), (acked or 0) if state == State.ACKNOWLEDGED else acked, bytes(digest or b"").hex())
        for transfer, recipient, acked, digest, state in rows
    ]


def open_follow_ups(work: Work) -> set[str]:
    """The decisions whose messages to recipients are not all confirmed yet."""
    sql = "SELECT DISTINCT decision_id FROM transfer WHERE kind <> 'lead' AND state NOT IN ('acknowledged', 'withheld')"
    return {decision for (decision,) in work.durable.all(sql)}
