"""Opening and closing relations: one function, one entry of the log, the caller's unit of work."""

from datetime import date

from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound
from sandyq.law.ask import RelationFact
from sandyq.law.calendar import local_date
from sandyq.register import subjects
from sandyq.relations import records
from sandyq.relations.facts import NewRelation, Relation


def facts(work: Work, subject: str) -> tuple[RelationFact, ...]:
    """The subject's relations, for the law: whether a consent can be withdrawn (art. 8(2)) and when terms start (8.1)."""
    return records.facts(work, subject)


def all_of(work: Work, subject: str) -> list[Relation]:
    """The subject's relations as the desk and the person see them, oldest first."""
    return records.all_of(work, subject)


def closed_since(work: Work, us: int, limit: int = 500) -> list[Relation]:
    """Relations whose end was entered after an instant (microseconds): terms that count from the end are reckoned again for these."""
    return records.closed_since(work, us, limit)


def ends(work: Work) -> list[tuple[str, int, int]]:
    """(relation, when its end was entered in microseconds, fulfilled) of every relation, for holding them against the log; (relation, 0, 0) of open ones."""
    return records.ends(work)


def open_relation(work: Work, subject: str, new: NewRelation) -> str:
    """Record a relation from its start; returns its id. Raises Invalid for a start in the future or without a purpose (art. 7(8))."""
    faults = []
    if new.started > local_date(work.at):
        faults.append(FieldError("started", "in_the_future", {"given": new.started.isoformat()}))
    if not new.purposes:
        faults.append(FieldError("purposes", "missing", cites=("94-V art. 7(8)",)))
    if faults:
        raise Invalid(faults)
    relation_id = work.new_id()
    records.add(work, subject, relation_id, new)
    purpose = ",".join(sorted(new.purposes))
    record(work, Leaf(Act.RELATION_OPENED, subject=subject, clause="3.2", object=relation_id, purpose=purpose, recipient=new.party))
    return relation_id


def close_relation(work: Work, subject: str, relation_id: str, ended: date, *, fulfilled: bool) -> Relation:
    """Enter the end of a relation, and whether what it obliged to was fulfilled (art. 8(2), 18(1)(2)).

    An end that was entered unfulfilled may be entered once more as fulfilled. What the gate may permit changes with it, so running
    decisions are locked out. Raises NotFound, Conflict when it is over, Invalid for an end before the start or in the future.
    """
    relation = records.one(work, subject, relation_id)
    if relation is None:
        raise NotFound("relation_unknown")
    if relation.ended and (relation.fulfilled or not fulfilled):
        raise Conflict("relation_over", ended=relation.ended.isoformat())
    if not relation.started <= ended <= local_date(work.at):
        raise Invalid([FieldError("ended", "not_between_start_and_today", {"started": relation.started.isoformat()})])
    subjects.touch(work, subject)
    records.close(work, subject, relation_id, ended, fulfilled)
    record(work, Leaf(Act.RELATION_CLOSED, subject=subject, clause="8.1", article="94-V art. 18", object=relation_id, count=int(fulfilled)))
    closed = records.one(work, subject, relation_id)
    return closed or relation
