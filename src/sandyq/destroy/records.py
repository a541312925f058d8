"""The destroy room's only SQL: plans and their receipts."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

import msgspec

from sandyq.clock import instant, micros
from sandyq.db import Row, Statement, Work
from sandyq.destroy.facts import Basis, Plan, Receipt
from sandyq.register.holder import Column

_NONE = Column("none", "destroy", "log term")
_ID = Column("pseudonym", "destroy", "log term")
COLUMNS = {
    **{f"destruction.{c}": _ID for c in ("subject_id", "plan_id", "items", "decision_id", "leaf_id", "certificate")},
    **{
        f"destruction.{c}": _NONE
        for c in ("remaining", "clause", "article", "certified", "received_us", "planned_us", "deleted_us", "done_us", "generation")
    },
    "destruction_receipt.subject_id": _ID,
    "destruction_receipt.plan_id": _ID,
    **{f"destruction_receipt.{c}": _NONE for c in ("step", "category", "things", "keys", "done_us")},
}

_NAMES = msgspec.json.Decoder(tuple[str, ...])
_SELECT = (
    "SELECT subject_id, plan_id, items, remaining, clause, article, decision_id, certified, received_us, planned_us, deleted_us, done_us,"
    " generation, leaf_id, certificate FROM destruction"
)


def _names(names: Iterable[str]) -> str:
    return msgspec.json.encode(list(names)).decode()


def _made(row: Row) -> Plan:
    (
        subject,
        plan,
        items,
        remaining,
        clause,
        article,
        decision,
        certified,
        received,
        planned,
        deleted,
        done,
        generation,
        leaf,
        certificate,
    ) = row
    return Plan(
        subject,
        plan,
        frozenset(_NAMES.decode(items)),
        _NAMES.decode(remaining),
        Basis(clause, article, instant(received)),
        decision,
        bool(certified),
        instant(planned),
        instant(deleted) if deleted is not None else None,
        instant(done) if done is not None else None,
        generation,
        leaf,
        certificate,
    )


def add(work: Work, plan: Plan) -> None:
    """Keep a plan; one that is there already (a replay) stays as it is."""
    work.durable.soon(
        "INSERT INTO destruction (subject_id, plan_id, items, remaining, clause, article, decision_id, certified, received_us, planned_us,"
        " generation, leaf_id, certificate) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (subject_id, plan_id) DO NOTHING",
        plan.subject,
        plan.id,
        _names(sorted(plan.items)),
        _names(plan.remaining),
        plan.basis.clause,
        plan.basis.article,
        plan.decision,
        int(plan.certified),
        micros(plan.basis.received_at),
        micros(plan.planned_at),
        plan.generation,
        plan.leaf,
    )


def one(work: Work, subject: str, plan_id: str) -> Plan | None:
    """One plan."""
    row = work.durable.one(_SELECT + " WHERE subject_id = ? AND plan_id = ?", subject, plan_id)
    return _made(row) if row else None


def of_subject(work: Work, subject: str) -> list[Plan]:
    """The plans of a subject, oldest first."""
    return [_made(row) for row in work.durable.all(_OF_SUBJECT, subject)]


_OF_SUBJECT = _SELECT + " WHERE subject_id = ? ORDER BY plan_id"


def asked_by_desk(subject: str) -> tuple[Statement, ...]:
    """The read of `of_subject`, to be sent ahead."""
    return ((_OF_SUBJECT, (subject,)),)


def unfinished(work: Work, after: str, limit: int) -> list[Plan]:
    """Plans with steps left, oldest first, behind a plan id."""
    return [
        _made(row) for row in work.durable.all(_SELECT + " WHERE done_us IS NULL AND plan_id > ? ORDER BY plan_id LIMIT ?", after, limit)
    ]


def step_done(work: Work, plan: Plan, remaining: Sequence[str], *, deleted: bool = False) -> bool:
    """Strike a step off; False when another worker did it first."""
    sql = "UPDATE destruction SET remaining = ?, deleted_us = COALESCE(deleted_us, ?), done_us = ? WHERE subject_id = ? AND plan_id = ? AND remaining = ?"
    return (
        work.durable.run(
            sql,
            _names(remaining),
            work.us if deleted else None,
            None if remaining else work.us,
            plan.subject,
            plan.id,
            _names(plan.remaining),
        )
        > 0
    )


def set_leaf(work: Work, plan: Plan, leaf: str) -> None:
    """Which entry of the log says that it is done."""
    work.durable.run("UPDATE destruction SET leaf_id = ? WHERE subject_id = ? AND plan_id = ?", leaf, plan.subject, plan.id)


def certified(work: Work, plan: Plan, remaining: Sequence[str], item: str, leaf: str) -> bool:
    """Strike the certificate off, with the piece of evidence that holds it and the entry that vouches for it; False when another worker was faster."""
    sql = "UPDATE destruction SET remaining = ?, done_us = ?, certificate = ?, leaf_id = ? WHERE subject_id = ? AND plan_id = ? AND remaining = ?"
    done = None if remaining else work.us
    return work.durable.run(sql, _names(remaining), done, item, leaf, plan.subject, plan.id, _names(plan.remaining)) > 0


def add_receipts(work: Work, plan: Plan, rows: Sequence[tuple[str, str, int, int]]) -> None:
    """Receipts of steps, as (step, category, things, keys); a step run again keeps its first ones."""
    if rows:
        work.durable.many(
            "INSERT INTO destruction_receipt (subject_id, plan_id, step, category, things, keys, done_us) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (subject_id, plan_id, step, category) DO NOTHING",
            [(plan.subject, plan.id, step, category, things, keys, work.us) for step, category, things, keys in rows],
        )


def keys_removed(work: Work, plan: Plan) -> int:
    """How many keys a plan took away by its receipts."""
    row = work.durable.one("SELECT SUM(keys) FROM destruction_receipt WHERE subject_id = ? AND plan_id = ?", plan.subject, plan.id)
    return int(row[0] or 0) if row else 0


def removed(work: Work) -> dict[tuple[str, str], int]:
    """How much each step of each plan removed by its receipts: things and keys together."""
    rows = work.durable.all("SELECT plan_id, step, SUM(things) + SUM(keys) FROM destruction_receipt GROUP BY plan_id, step")
    return {(str(plan), str(step)): int(count) for plan, step, count in rows}


def deletions(work: Work) -> dict[str, int | None]:
    """When the data of each plan were gone by its row, in microseconds."""
    return {str(plan): deleted for plan, deleted in work.durable.all("SELECT plan_id, deleted_us FROM destruction")}


def receipts(work: Work, plan: Plan) -> list[Receipt]:
    """All receipts of a plan."""
    rows = work.durable.all(
        "SELECT step, category, things, keys, done_us FROM destruction_receipt WHERE subject_id = ? AND plan_id = ?", plan.subject, plan.id
    )
    rows.sort(key=itemgetter(4, 0, 1))
    return [Receipt(step, category, things, keys, instant(us)) for step, category, things, keys, us in rows]
