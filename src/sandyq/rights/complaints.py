"""The stages of a complaint (4.1.7): examined, offered, settled, in court, closed; what is in dispute is held from destruction until the end."""

from dataclasses import replace

from sandyq.db import Work
from sandyq.errors import Conflict, FieldError
from sandyq.ids import is_id
from sandyq.requests import Kind as OrderKind
from sandyq.rights.desk import Rights, demand, keep, staff_only, taken
from sandyq.rights.facts import Case, Part, Stage, What
from sandyq.rights.history import note
from sandyq.rights.kinds import complaint
from sandyq.rights.kinds.handling import order_of, ordered
from sandyq.rights.settling import put
from sandyq.rights.states import ENDED, Kind


def stage(work: Work, r: Rights, case_id: str, to: Stage, document: str) -> Case:
    """Go on to another stage, on a paper that is on file. From the first examination on, exactly the items in dispute are held. A settlement or a closing
    proposes the end of that hold, which a second member confirms (`release`). Raises Invalid, Conflict."""
    staff_only(work)
    demand([] if is_id(document) else [FieldError("document", "not_a_reference", {}, ("4.1.7",))])
    made = taken(work, case_id)
    if made.kind is not Kind.COMPLAINT or made.state in ENDED or to not in complaint.STAGES[Stage(made.stage)]:
        raise Conflict("stage_may_not_follow", old=made.stage, new=to.value)
    note(work, made, "stage", made.stage, to.value)
    made = replace(made, stage=to.value)
    if made.about and to not in (Stage.SETTLED, Stage.CLOSED):
        made = put(work, made, complaint.held(work, r, made, document))
    elif complaint.hold_of(made) and not _proposed(made):
        made = put(work, made, _propose(work, r, made, to, document))
    return keep(work, made)


def release(work: Work, r: Rights, case_id: str) -> Case:
    """A second member ends the hold of a complaint that was settled or closed: what was in dispute has its own term again. Raises Conflict, Denied."""
    staff_only(work)
    made = taken(work, case_id)
    if made.kind is not Kind.COMPLAINT or not _proposed(made):
        raise Conflict("nothing_proposed")
    part = next(p for p in made.parts if p.what is What.ITEM and p.cited)
    done = ordered(work, r, made, part, order_of(made, OrderKind.CONFIRM_UNHOLD, part, target=part.cited[0]), state=part.state)
    if done.reason != part.reason:
        raise Conflict("hold_not_released", decision=done.decision)
    note(work, made, "hold_released", part.result)
    return keep(work, put(work, made, [replace(p, result="", cited=()) for p in made.parts if p.what is What.ITEM]))


def _proposed(made: Case) -> bool:
    return any(part.what is What.ITEM and part.cited and part.result for part in made.parts)


def _propose(work: Work, r: Rights, made: Case, to: Stage, document: str) -> list[Part]:
    """The proposal to end the hold; its id stands in `cited` of the items until it is confirmed."""
    items = [part for part in made.parts if part.what is What.ITEM and part.result]
    reason = "claim_settled" if to is Stage.SETTLED else "proceeding_ended"
    order = order_of(made, OrderKind.PROPOSE_UNHOLD, items[0], document=document, reason=reason, target=items[0].result)
    proposed = ordered(work, r, made, items[0], order, state=items[0].state)
    return [replace(part, cited=(proposed.result,)) for part in items]
