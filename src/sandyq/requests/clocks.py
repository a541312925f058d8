"""Terms that run: orders whose work is not finished, and what a changed calendar makes of their last day (policy 4.1; design 17).

An order's clock runs while a second person has not confirmed it, a destruction has steps left, or a recipient has not confirmed what it was
told. An order that is finished keeps the day it was counted to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandyq import block, consent, destroy, distribute
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.calendar import Calendar, local_date
from sandyq.law.deadlines import rule_for
from sandyq.law.terms import Moved, OpenDeadline, recompute
from sandyq.requests import records
from sandyq.requests.facts import DUTIES, Request

_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class MovedClock:
    """One order whose last day moved."""

    request: Request
    moved: Moved


def running(work: Work) -> list[tuple[Request, str]]:
    """The orders whose clocks run, each with the version of the calendar it was counted on."""
    proposals = {proposal.id for proposal in block.waiting_for_second(work, _MANY)}
    plans = {plan.id for plan in destroy.unfinished(work, limit=_MANY)}
    told = distribute.open_follow_ups(work)
    return [(r, version) for r, version in records.with_term(work) if r.target in proposals or r.target in plans or r.decision in told]


def recount(work: Work, gate: Gate, old: Calendar, new: Calendar) -> list[MovedClock]:
    """Count every running clock on the new calendar. Each that ends on another day is stored and logged by itself; the others take the version."""
    running_now = _open(work, gate)
    found = _moved(running_now, old, new)
    moved = {each.request.id: each for each in found}
    for request, open_ in running_now:
        last = moved[request.id].moved.after if request.id in moved else open_.due
        records.move_due(work, request.subject, request.id, last, new.version)
        if request.kind.value == "withdraw":
            consent.move_due(work, request.subject, request.decision, last, new.version)
    for request in (each.request for each in found):
        record(work, Leaf(Act.DEADLINE_MOVED, request.subject, "4.1", "Labour Code art. 85", object=request.id, purpose=request.kind.value))
    return found


def would_move(work: Work, gate: Gate, old: Calendar, new: Calendar) -> list[MovedClock]:
    """The running clocks that `recount` would move; nothing is changed."""
    return _moved(_open(work, gate), old, new)


def _moved(open_: Sequence[tuple[Request, OpenDeadline]], old: Calendar, new: Calendar) -> list[MovedClock]:
    requests = {request.id: request for request, _ in open_}
    return [MovedClock(replace(requests[m.id], due=m.after), m) for m in recompute([term for _, term in open_], old, new)]


def _open(work: Work, gate: Gate) -> list[tuple[Request, OpenDeadline]]:
    rules = gate.in_force(work).deadlines
    found = []
    for request, version in running(work):
        start = local_date(request.received_at)
        rule = rule_for(rules, DUTIES[request.kind], start)
        if rule is not None and request.due is not None:
            found.append((request, OpenDeadline(request.id, start, rule.term, request.due, version)))
    return found
