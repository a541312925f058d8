"""The gate's only SQL: decisions, and the fact sets they rest on, each stored once under its digest."""

from dataclasses import dataclass

from sandyq.db import Work
from sandyq.frozen import quick
from sandyq.register.holder import Column

COLUMNS = {
    "fact_set.digest": Column("none", "gate", "as long as a decision names it"),
    "fact_set.body": Column("pseudonym", "gate", "as long as a decision names it"),
    "decision.subject_id": Column("pseudonym", "gate", "log term"),
    "decision.decision_id": Column("none", "gate", "log term"),
    "decision.at_us": Column("none", "gate", "log term"),
    "decision.permitted": Column("none", "gate", "log term"),
    "decision.ask": Column("pseudonym", "gate", "log term"),
    "decision.facts": Column("none", "gate", "log term"),
    "decision.pack": Column("none", "gate", "log term"),
    "decision.policy": Column("none", "gate", "log term"),
    "decision.rules": Column("none", "gate", "log term"),
    "decision.verdict": Column("pseudonym", "gate", "log term"),
}


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """One stored decision, ready to be replayed: canonical JSON of ask, facts and verdict, and the digests they were judged under."""

    subject: str
    id: str
    at_us: int
    permitted: bool
    ask: str
    facts: str
    pack: str
    policy: str
    rules: str
    verdict: str


def store(work: Work, made: Decision, facts_digest: bytes) -> None:
    """Write a decision; its fact set only where that set is new."""
    work.durable.soon("INSERT INTO fact_set (digest, body) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", facts_digest, made.facts)
    work.durable.soon(
        "INSERT INTO decision (subject_id, decision_id, at_us, permitted, ask, facts, pack, policy, rules, verdict)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.subject,
        made.id,
        made.at_us,
        int(made.permitted),
        made.ask,
        facts_digest,
        made.pack,
        made.policy,
        made.rules,
        made.verdict,
    )


_SELECT = (
    "SELECT d.subject_id, d.decision_id, d.at_us, d.permitted, d.ask, f.body, d.pack, d.policy, d.rules, d.verdict"
    " FROM decision d JOIN fact_set f ON f.digest = d.facts"
)


def _made(row: tuple[object, ...]) -> Decision:
    subject, id_, at_us, permitted, ask, facts, pack, policy, rules, verdict = row
    return Decision(
        str(subject), str(id_), int(str(at_us)), bool(permitted), str(ask), str(facts), str(pack), str(policy), str(rules), str(verdict)
    )


def load(work: Work, subject: str, decision_id: str) -> Decision | None:
    """One decision of a subject."""
    row = work.durable.one(_SELECT + " WHERE d.subject_id = ? AND d.decision_id = ?", subject, decision_id)
    return _made(row) if row else None


def judged_under(work: Work, subject: str, decision_id: str) -> tuple[str, str] | None:
    """The digests of policy and pack that a decision was made under."""
    row = work.durable.one("SELECT policy, pack FROM decision WHERE subject_id = ? AND decision_id = ?", subject, decision_id)
    return (str(row[0]), str(row[1])) if row else None


def of_subject(work: Work, subject: str, limit: int) -> list[Decision]:
    """The latest decisions on a subject, newest first."""
    rows = work.durable.all(_SELECT + " WHERE d.subject_id = ? ORDER BY d.decision_id DESC LIMIT ?", subject, limit)
    return [_made(row) for row in rows]


def answers(work: Work, subject: str) -> list[tuple[str, int, bool, str, str]]:
    """(decision, instant, permitted, ask, verdict) of every decision on a subject, oldest first, without the fact sets that a replay needs."""
    rows = work.durable.all(
        "SELECT decision_id, at_us, permitted, ask, verdict FROM decision WHERE subject_id = ? ORDER BY decision_id", subject
    )
    return [(str(id_), int(at_us), bool(permitted), str(ask), str(verdict)) for id_, at_us, permitted, ask, verdict in rows]
