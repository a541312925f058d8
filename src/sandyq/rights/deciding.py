"""What the law would say, what a member of staff decides, what a second one confirms, and how that is carried out part by part (policy 4.1; design 21)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sandyq import relations
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError
from sandyq.identity import allowed
from sandyq.ids import is_id
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.retention import open_obligation
from sandyq.rights import clocks, delivery, kinds, records
from sandyq.rights.acts import needed
from sandyq.rights.delivery import met_when_left
from sandyq.rights.desk import Rights, case, demand, move, staff_only, taken
from sandyq.rights.facts import Case, Decided, Delivery, Do, Outcome, Part, PartDecision, PartState, SuggestedPart, Suggestion
from sandyq.rights.history import note
from sandyq.rights.kinds.destruction import VIOLATION
from sandyq.rights.kinds.handling import Chosen, refused
from sandyq.rights.settling import put, settle, waits_for
from sandyq.rights.states import ENDED, Kind, Limb, State

_OBLIGATIONS: Final = frozenset({"withdrawal_obligation_open", "goes_on_for_obligation", "obligation_open"})
"""Reasons that must name an obligation or contract of the person that is open (4.1.5, 5.4)."""
_COURT: Final = "court"
_ENDINGS: Final = frozenset({_COURT, "term_ended"})
"""Reasons of a destruction that are no violation (art. 18(1)(1)-(3))."""
_LAW: Final = "law"
"""The reason of a refusal that leaves the limb to the law: then the gate is asked, and must refuse."""


def suggest(work: Work, r: Rights, case_id: str) -> Suggestion:
    """What the law finds on every open part, without deciding or changing anything. Raises NotFound."""
    made = case(work, case_id)
    if not made.about:
        return Suggestion(Outcome.REFUSED, tuple(SuggestedPart(p.no, "refused", (), "identify") for p in made.open_parts))
    parts = tuple(kinds.of(made).weigh(work, r, made, part) for part in made.open_parts)
    yes = sum(part.verdict == "permitted" for part in parts)
    return Suggestion(Outcome.GRANTED if yes == len(parts) else Outcome.PARTLY if yes else Outcome.REFUSED, parts)


def decide(work: Work, r: Rights, case_id: str, decisions: Sequence[PartDecision]) -> Decided:
    """Decide every open part, and carry out what is granted. Where it takes two, the case waits for the second (design 21). A part that the law refuses is
    refused with its limb, whatever was decided. Raises Invalid with every fault at once, Denied, Conflict."""
    member = staff_only(work)
    made = taken(work, case_id, State.OPEN)
    if made.plausible:
        raise Conflict("case_kind_unconfirmed")
    if not made.about or not allowed(made.level, needed(made)):
        raise Denied("identity_too_low", wanted=needed(made).value)
    chosen = _checked(work, r, made, decisions)
    note(work, made, "decided", "", str(len(chosen)))
    made = put(work, made, [_noted(part, decision, member) for part, decision in chosen])
    chosen = [(_part(made, part.no), decision) for part, decision in chosen]
    granted = _granted(chosen)
    made = _started(work, r, made, granted)
    if granted and kinds.of(made).second(work, made, granted):
        made = put(work, made, kinds.of(made).propose(work, r, made, granted))
        made = move(work, made, State.SECOND_PERSON, "waits_for_second")
        return Decided(made.id, made.state, "second_person")
    return _carried(work, r, made, chosen)


def confirm(work: Work, r: Rights, case_id: str) -> Decided:
    """The second member confirms what the first decided; then it is carried out. Raises Denied for the same person, Conflict."""
    member = staff_only(work)
    made = taken(work, case_id, State.SECOND_PERSON)
    if any(part.by == member for part in made.open_parts if part.choice):
        raise Denied("decision_needs_another_person")
    note(work, made, "confirmed")
    return _carried(work, r, made, _again(made))


def decline(work: Work, r: Rights, case_id: str) -> Case:
    """The second member, or the first on second thoughts, does not confirm: the case is to be decided anew, and nothing was carried out."""
    staff_only(work)
    made = taken(work, case_id, State.SECOND_PERSON)
    made = put(work, made, [replace(p, choice="", reason="", by="", order="") for p in made.open_parts if p.choice])
    return move(work, made, State.OPEN, "declined")


def carried_outside(work: Work, r: Rights, case_id: str, no: int, document: str) -> Decided:
    """A part that was granted and is done elsewhere, such as a removal from a public place: its proof is on file. Raises Invalid, Conflict."""
    staff_only(work)
    made = taken(work, case_id, State.CARRYING_OUT)
    demand([] if is_id(document) else [FieldError("document", "not_a_reference", {}, ("4.1.6",))])
    part = next((p for p in made.open_parts if p.no == no and p.choice == Do.GRANT.value and not p.result), None)
    if part is None:
        raise Conflict("part_not_waiting")
    made = settle(work, r, put(work, made, [replace(part, state=PartState.DONE, document=document)]))
    return Decided(made.id, made.state, waits_for(work, made))


def progress(work: Work, r: Rights, case_id: str) -> Case:
    """Look at what is under way: plans that ended, states that pause a clock, recipients that confirmed, letters that left, arrived or came back. A case that
    was answered closes when recipients confirmed and the answer was delivered, and not before."""
    made = case(work, case_id)
    if delivery.watched(made):
        return delivery.watch(work, r, made)
    if made.state in ENDED:
        return made
    if made.state in (State.CARRYING_OUT, State.ANSWERED):
        made = put(work, made, [kinds.of(made).progress(work, r, made, part) for part in made.open_parts])
    if made.state in (State.ANSWERED, State.WANTING_DOCUMENTS):
        made = met_when_left(work, made)
    made = settle(work, r, replace(made, delivery=_letter(work, r, made)))
    if made.state is State.ANSWERED and not waits_for(work, made):
        return move(work, made, State.CLOSED, "closed", "" if delivery.delivered(work, made.id) else "file_over")
    return made


def _letter(work: Work, r: Rights, made: Case) -> Delivery:
    """How the last letter stands; one that does not arrive is an event of the case, so that it has its day."""
    now = delivery.stands(work, r, made)
    if now is Delivery.FAILED and made.delivery is not now:
        note(work, made, "letter_failed")
    return now


# --- one decision ----------------------------------------------------------------------------------------------------------------------------


def _checked(work: Work, r: Rights, made: Case, decisions: Sequence[PartDecision]) -> list[tuple[Part, PartDecision]]:
    """Each open part with its decision. Exactly one for each; every fault at once."""
    by_no = {decision.no: decision for decision in decisions}
    waiting = {part.no: part for part in made.open_parts if not part.choice}
    faults = [FieldError("decisions", "part_decided_once", {"no": no}) for no in sorted(by_no.keys() - waiting.keys())]
    if len(by_no) != len(decisions):
        faults.append(FieldError("decisions", "part_decided_once", {"no": 0}))
    faults += [FieldError("decisions", "part_undecided", {"no": no}) for no in sorted(waiting.keys() - by_no.keys())]
    chosen = [(waiting[no], by_no[no]) for no in sorted(by_no.keys() & waiting.keys())]
    for part, decision in chosen:
        faults += _faults(work, r, made, part, decision)
    demand(faults)
    return chosen


def _faults(work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> list[FieldError]:
    at = f"decisions[{part.no}]"
    faults = []
    if decision.document and not is_id(decision.document):
        faults.append(FieldError("document", "not_a_reference", {}, ("94-V art. 25(2)(8)",)))
    if decision.do is Do.GRANT:
        faults += kinds.of(made).checked(work, r, made, part, decision)
    elif decision.do is Do.REFUSE and decision.reason != _LAW:
        limb = kinds.of(made).limbs().get(decision.reason)
        if limb is None:
            allowed_ = ", ".join(sorted([*kinds.of(made).limbs(), _LAW]))
            faults.append(FieldError("reason", "not_in_list", {"allowed": allowed_}, ("4.1", "94-V art. 25(2)(7)")))
        elif limb.cites and not _stands(work, made, decision):
            faults.append(FieldError("cited", "refusal_cites_nothing", {}, (limb.clause, limb.article)))
    return [replace(fault, field=f"{at}.{fault.field}") for fault in faults]


def _stands(work: Work, made: Case, decision: PartDecision) -> bool:
    """Whether what a refusal rests on is there: an obligation or contract that is open now, or a state that stands."""
    if not is_id(decision.cited):
        return False
    if decision.reason not in _OBLIGATIONS:
        return True
    day = local_date(work.at)
    return any(tie.id == decision.cited and open_obligation(tie, day) for tie in relations.facts(work, made.about))


def _noted(part: Part, decision: PartDecision, member: str) -> Part:
    document = decision.document or part.document
    return replace(
        part, choice=decision.do.value, reason=decision.reason, document=document, by=member, cited=tuple(filter(None, (decision.cited,)))
    )


def _part(made: Case, no: int) -> Part:
    return next(part for part in made.parts if part.no == no)


def _granted(chosen: Sequence[tuple[Part, PartDecision]]) -> list[tuple[Part, PartDecision]]:
    return [(part, decision) for part, decision in chosen if decision.do is Do.GRANT]


def _again(made: Case) -> list[tuple[Part, PartDecision]]:
    """What the first member decided, from what is kept of it."""
    return [
        (part, PartDecision(part.no, Do(part.choice), part.reason, ",".join(part.cited), part.document))
        for part in made.open_parts
        if part.choice
    ]


def _started(work: Work, r: Rights, made: Case, granted: Chosen) -> Case:
    """A decision on a violation starts the term that the law counts from it (art. 25(2)(8)); that a term or relations ended, or a court decided, starts the
    day of Order 395: of a court's act the day counts on which it came."""
    today = local_date(work.at)
    reasons = {decision.reason for _, decision in granted}
    if reasons & _ENDINGS:
        made = clocks.start(work, r.gate, made, Limb.ENDED, local_date(made.received_at) if _COURT in reasons else today)
    if made.kind is Kind.UNBLOCK and granted:
        return clocks.start(work, r.gate, made, Limb.NOT_CONFIRMED, today)
    if reasons & {VIOLATION, "unlawful"}:
        return clocks.start(work, r.gate, made, Limb.CONFIRMED, today)
    return made


def _carried(work: Work, r: Rights, made: Case, chosen: Sequence[tuple[Part, PartDecision]]) -> Decided:
    made = move(work, made, State.CARRYING_OUT, "carrying_out")
    ended = [_ended(work, r, made, part, decision) for part, decision in chosen if decision.do is not Do.GRANT]
    made = put(work, made, ended)
    granted = _granted(chosen)
    if granted:
        made = put(work, made, kinds.of(made).carry(work, r, made, granted))
    made = settle(work, r, made)
    return Decided(made.id, made.state, waits_for(work, made))


def _ended(work: Work, r: Rights, made: Case, part: Part, decision: PartDecision) -> Part:
    """A part that is refused, or about which nothing is held."""
    if decision.do is Do.NOT_HELD:
        return replace(part, state=PartState.NOT_HELD, reason="nothing_held")
    if decision.reason == _LAW:
        return _by_law(work, r, made, part)
    limb = kinds.of(made).limbs()[decision.reason]
    kept = kinds.of(made).refusing(work, r, made, part, decision.reason)
    return replace(part, state=PartState.REFUSED, clause=limb.clause, article=limb.article, decision=kept or part.decision)


def _by_law(work: Work, r: Rights, made: Case, part: Part) -> Part:
    """The limb is the law's own: the gate refuses, and its decision is on record. What the law permits is not refused that way. Raises Conflict."""
    ask = kinds.of(made).ask(work, r, made, part)
    answer = r.gate.ask(work, ask) if ask is not None else None
    if not isinstance(answer, Refusal):
        raise Conflict("law_does_not_refuse", no=part.no)
    return refused(part, answer)


def ripe(work: Work, r: Rights, after: str = "", limit: int = 200) -> tuple[list[str], str]:
    """Of a page of cases under way behind `after`: those that `progress` would move, and where the next page goes on (empty at the end). Only reads."""
    page = records.in_state(work, *_UNDER_WAY, after=after, limit=limit)
    moving = [case_id for case_id in page if _ripe(work, r, case(work, case_id))]
    return moving, page[-1] if len(page) == limit else ""


_UNDER_WAY: Final = (State.IDENTIFYING, State.WANTING_DOCUMENTS, State.CARRYING_OUT, State.ANSWERED, State.NOT_IDENTIFIED)


def _ripe(work: Work, r: Rights, made: Case) -> bool:
    if delivery.stands(work, r, made) is not made.delivery:
        return True
    if made.state is State.IDENTIFYING:
        return False
    if made.state is not State.CARRYING_OUT and delivery.would_meet(work, made):
        return True
    if made.state in (State.WANTING_DOCUMENTS, State.NOT_IDENTIFIED):
        return False
    if any(kinds.of(made).progress(work, r, made, part) != part for part in made.open_parts):
        return True
    waits = waits_for(work, made)
    stopped = made.kind is Kind.WITHDRAW and waits == "" and any(c.met_at is None for c in made.clocks)
    return stopped or (made.state is State.ANSWERED and not waits)
