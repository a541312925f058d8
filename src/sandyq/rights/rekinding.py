"""What a letter asks for is said by a member of staff who read it: the kind it seems to be is only suggested, and the terms of the right kind run from the day
of receipt, not from that of the reading (policy 8.3; the Law art. 24, 25(2)(6)-(8))."""

from dataclasses import replace

from sandyq.db import Work
from sandyq.errors import Conflict
from sandyq.rights import clocks, kinds, records
from sandyq.rights.acts import first_stage, parts_of, proved, to_desk, unnamed, unordered
from sandyq.rights.desk import TOLD, Rights, demand, keep, move, sealed, staff_only, taken
from sandyq.rights.facts import Case, NewCase, Wanted
from sandyq.rights.history import note
from sandyq.rights.kinds.handling import LISTED
from sandyq.rights.settling import at_once, listed
from sandyq.rights.states import Kind, State


def rekind(work: Work, r: Rights, case_id: str, kind: Kind, wants: tuple[Wanted, ...] = ()) -> Case:
    """Say which kind of request a case is, or confirm the one it was taken for. What is asked is listed anew by `wants`, whose values are sealed; terms that
    were never its own are dropped, its own run from the day of receipt, and one that is over by now is missed. Who asks may have to prove more. Nothing may
    have been decided yet. Raises Invalid with every fault of what is asked, Conflict."""
    staff_only(work)
    made = taken(work, case_id, State.RECEIVED, State.IDENTIFYING, State.OPEN)
    if any(part.choice or part.order or (part.ended and part.reason != LISTED) for part in made.parts):
        raise Conflict("case_decided_already")
    if kind is made.kind and not made.plausible and not wants:
        raise Conflict("case_kind_same")
    new = NewCase(kind, made.channel, wants=wants, documents=made.documents)
    demand([*unordered(new), *unnamed(r, work, new), *kinds.faults(new)])
    was, fresh = made.kind, bool(wants) or kind is not made.kind
    made = replace(made, kind=kind, plausible=(), stage=first_stage(kind))
    note(work, made, "rekinded", was.value, kind.value)
    if fresh:
        made = _asked_anew(work, r, made, new)
    made = clocks.restart(work, r.gate, made, was)
    if not proved(made):
        return keep(work, made) if made.state is State.IDENTIFYING else move(work, made, State.IDENTIFYING, "identity_wanted")
    return at_once(work, r, listed(work, r, made)) if made.state is State.OPEN else to_desk(work, r, made)


def _asked_anew(work: Work, r: Rights, made: Case, new: NewCase) -> Case:
    records.drop_parts(work, made)
    parts = parts_of(new)
    for part in parts:
        records.put_part(work, made, part)
    told = sealed(work, r, made.subject, {TOLD: new.kind.value, **{f"part_{n}": want.value for n, want in enumerate(new.wants, 1)}})
    return replace(made, parts=parts, told_item=told)
