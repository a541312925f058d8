"""SQL of the orders on people."""

from datetime import date

from sandyq.clock import instant, micros
from sandyq.db import Row, Work
from sandyq.register.holder import Column
from sandyq.requests.facts import Document, DocumentKind, Kind, Request

_NONE = Column("none", "requests", "request file")
_ID = Column("pseudonym", "requests", "request file")
COLUMNS = {
    **{f"request.{c}": _ID for c in ("subject_id", "request_id", "document", "target", "by_id", "decision_id", "leaf_id")},
    **{f"request.{c}": _NONE for c in ("kind", "state", "reason", "by_kind", "received_us", "due", "calendar", "decided_us")},
    **{f"request_document.{c}": _ID for c in ("subject_id", "document_id", "item_id", "by_id", "leaf_id")},
    **{f"request_document.{c}": _NONE for c in ("kind", "by_kind", "filed_us")},
}
_SELECT = "SELECT subject_id, request_id, kind, state, reason, document, target, by_kind, by_id, received_us, due, decided_us, decision_id FROM request"


def _made(row: Row) -> Request:
    subject, id_, kind, state, reason, document, target, by_kind, by_id, received, due, decided, decision = row
    return Request(
        subject,
        id_,
        Kind(kind),
        state,
        reason,
        document,
        target,
        by_kind,
        by_id,
        instant(received),
        date.fromisoformat(due) if due else None,
        instant(decided) if decided is not None else None,
        decision,
    )


def add(work: Work, made: Request, calendar: str, leaf: str) -> None:
    """Keep an order."""
    work.durable.soon(
        "INSERT INTO request (subject_id, request_id, kind, state, reason, document, target, by_kind, by_id, received_us, due, calendar,"
        " decided_us, decision_id, leaf_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.subject,
        made.id,
        made.kind.value,
        made.state,
        made.reason,
        made.document,
        made.target,
        made.by_kind,
        made.by_id,
        micros(made.received_at),
        made.due.isoformat() if made.due else "",
        calendar,
        micros(made.decided_at) if made.decided_at else None,
        made.decision,
        leaf,
    )


def of_subject(work: Work, subject: str) -> list[Request]:
    """The orders on a person, oldest first."""
    return [_made(row) for row in work.durable.all(_SELECT + " WHERE subject_id = ? ORDER BY request_id", subject)]


def with_term(work: Work) -> list[tuple[Request, str]]:
    """Every order carried out that has a term of the law, with the version of the calendar it was counted on."""
    rows = work.durable.all(_SELECT.replace(" FROM", ", calendar FROM") + " WHERE due <> '' AND state <> 'refused' ORDER BY request_id")
    return [(_made(row[:-1]), row[-1]) for row in rows]


def move_due(work: Work, subject: str, request: str, due: date, calendar: str) -> None:
    """The term of an order ends on another day, or on the same day of another version of the calendar."""
    sql = "UPDATE request SET due = ?, calendar = ? WHERE subject_id = ? AND request_id = ?"
    work.durable.run(sql, due.isoformat(), calendar, subject, request)


def add_document(work: Work, made: Document, leaf: str) -> None:
    """Put a paper on file."""
    work.durable.run(
        "INSERT INTO request_document (subject_id, document_id, kind, item_id, by_kind, by_id, filed_us, leaf_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(made.subject, made.id, made.kind.value, made.item, made.by_kind, made.by_id, micros(made.filed_at), leaf),
    )


def documents(work: Work, subject: str) -> list[Document]:
    """The papers about a person, oldest first."""
    rows = work.durable.all(
        "SELECT document_id, kind, item_id, by_kind, by_id, filed_us FROM request_document WHERE subject_id = ? ORDER BY document_id",
        subject,
    )
    return [Document(subject, id_, DocumentKind(kind), item, by_kind, by_id, instant(us)) for id_, kind, item, by_kind, by_id, us in rows]
