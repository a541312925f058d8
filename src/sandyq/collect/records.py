"""The collect room's only SQL: submissions, claims and their sessions."""

from dataclasses import dataclass

from sandyq.db import Work
from sandyq.frozen import quick
from sandyq.register.holder import Column

_NONE = Column("none", "collect", "with the submission")
_ID = Column("pseudonym", "collect", "with the submission")
_TOKEN = Column("token", "collect", "with the submission")
COLUMNS = {
    **{f"submission.{c}": _ID for c in ("subject_id", "submission_id", "relation_id", "decided_by", "leaf_id")},
    **{f"submission.{c}": _NONE for c in ("state", "door", "language", "purpose", "policy", "received_us", "decided_us")},
    "claim.token": _TOKEN,
    "claim.subject_id": _ID,
    "claim.submission_id": _ID,
    "claim_session.token": _TOKEN,
    "claim_session.subject_id": _ID,
    "claim_session.submission_id": _ID,
    "claim_session.expires_us": _NONE,
    "sent_form.token": Column("token", "collect", "one day"),
    "sent_form.sent_us": Column("none", "collect", "one day"),
}


_DAY_US = 24 * 3600 * 1_000_000


@quick
@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One form that was taken in. `state`: waiting_code, received, asserted, quarantined, merged, apart, rejected."""

    subject: str
    id: str
    state: str
    door: str
    language: str
    purpose: str
    relation: str
    received_us: int
    leaf: str


def add_submission(work: Work, row: SubmissionRow, policy: str) -> None:
    """Keep a submission."""
    work.durable.soon(
        "INSERT INTO submission (subject_id, submission_id, state, door, language, purpose, relation_id, policy, received_us, decided_by, leaf_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
        row.subject,
        row.id,
        row.state,
        row.door,
        row.language,
        row.purpose,
        row.relation,
        policy,
        row.received_us,
        row.leaf,
    )


_SUBMISSION = "SELECT subject_id, submission_id, state, door, language, purpose, relation_id, received_us, leaf_id FROM submission"


def submissions(work: Work, subject: str) -> list[SubmissionRow]:
    """The forms of a subject, oldest first."""
    return [SubmissionRow(*row) for row in work.durable.all(_SUBMISSION + " WHERE subject_id = ? ORDER BY submission_id", subject)]


def undecided(work: Work, limit: int) -> list[SubmissionRow]:
    """Forms that wait for the desk, oldest first."""
    sql = _SUBMISSION + " WHERE state IN ('asserted', 'quarantined') ORDER BY submission_id LIMIT ?"
    return [SubmissionRow(*row) for row in work.durable.all(sql, limit)]


def by_id(work: Work, submission: str) -> SubmissionRow | None:
    """One form by its id among those that wait for the desk."""
    row = work.durable.one(_SUBMISSION + " WHERE submission_id = ? AND state IN ('asserted', 'quarantined')", submission)
    return SubmissionRow(*row) if row else None


def set_state(work: Work, subject: str, submission: str, before: tuple[str, ...], state: str) -> bool:
    """Move a form on; False when it is not in one of the states before (somebody else was faster)."""
    marks = ", ".join("?" * len(before))
    sql = (
        f"UPDATE submission SET state = ?, decided_us = ?, decided_by = ? WHERE subject_id = ? AND submission_id = ? AND state IN ({marks})"  # noqa: S608 - only marks
    )
    return work.durable.run(sql, state, work.us, work.actor.id, subject, submission, *before) > 0


def move(work: Work, old: str, new: str) -> None:
    """After a merge the forms and claims of a provisional subject belong to the known one."""
    work.durable.run("UPDATE submission SET subject_id = ? WHERE subject_id = ?", new, old)
    work.durable.run("UPDATE claim SET subject_id = ? WHERE subject_id = ?", new, old)
    work.durable.run("DELETE FROM claim_session WHERE subject_id = ?", old)


def add_claim(work: Work, token: bytes, subject: str, submission: str) -> None:
    """Keep the token of a claim code."""
    work.durable.soon("INSERT INTO claim (token, subject_id, submission_id) VALUES (?, ?, ?)", token, subject, submission)


def claim(work: Work, token: bytes) -> tuple[str, str] | None:
    """(subject, submission) behind a claim code's token."""
    row = work.durable.one("SELECT subject_id, submission_id FROM claim WHERE token = ?", token)
    return (str(row[0]), str(row[1])) if row else None


def add_session(work: Work, token: bytes, subject: str, submission: str, expires_us: int) -> None:
    """Open a session on a receipt."""
    work.durable.run(
        "INSERT INTO claim_session (token, subject_id, submission_id, expires_us) VALUES (?, ?, ?, ?)",
        token,
        subject,
        submission,
        expires_us,
    )


def session(work: Work, token: bytes) -> tuple[str, str] | None:
    """(subject, submission) of a session that has not ended. One that names no subject leads there by its claim."""
    row = work.durable.one("SELECT subject_id, submission_id FROM claim_session WHERE token = ? AND expires_us > ?", token, work.us)
    if row and not row[0]:
        row = work.durable.one("SELECT subject_id, submission_id FROM claim WHERE submission_id = ?", row[1])
    return (str(row[0]), str(row[1])) if row else None


def drop_session(work: Work, token: bytes) -> None:
    """End a session."""
    work.durable.run("DELETE FROM claim_session WHERE token = ?", token)


def sent_before(work: Work, token: bytes) -> int | None:
    """When this very form was taken in before, in microseconds; None when it was not."""
    row = work.durable.one("SELECT sent_us FROM sent_form WHERE token = ?", token)
    return int(row[0]) if row else None


def form_sent(work: Work, token: bytes) -> None:
    """Note that a form was taken in. Of two at once the server store makes one run again, and it is then known as sent before."""
    work.durable.run("INSERT INTO sent_form (token, sent_us) VALUES (?, ?) ON CONFLICT (token) DO NOTHING", token, work.us)


def drop_stale(work: Work) -> int:
    """Sweep sessions and marks of sent forms that have run out."""
    gone = work.durable.run("DELETE FROM claim_session WHERE expires_us <= ?", work.us)
    return gone + work.durable.run("DELETE FROM sent_form WHERE sent_us <= ?", work.us - _DAY_US)


def erase(work: Work, subject: str) -> int:
    """Sessions of a subject go with it; the claim's token and the form's bare row stay as evidence of the request."""
    return work.durable.run("DELETE FROM claim_session WHERE subject_id = ?", subject)


def left(work: Work, subject: str) -> list[str]:
    """What `erase` should have removed."""
    return ["claim_session"] if work.durable.one("SELECT 1 FROM claim_session WHERE subject_id = ? LIMIT 1", subject) else []
