"""Setting and ending what stands over data. Setting takes one person and stops at once; ending takes two (policy 2.2, 4.1.3; design 5,
21). The date `until` is a promise to decide by then, not an end: past it the state stands, and is shown as overdue.
"""

from dataclasses import replace
from datetime import date

from sandyq.audit import Act, Leaf, ledger, record
from sandyq.block import records
from sandyq.block.facts import ENDING, OUTCOMES, REASONS, Outcome, Proposal, Reason, Scope, State
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, Misuse, NotFound
from sandyq.ids import is_id
from sandyq.law.ask import StateFact
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import ActorKind, Operation, StandingAct, StateKind
from sandyq.register import subjects

EVERYTHING = Scope()

_ACTS = {StateKind.BLOCK: Act.BLOCKED, StateKind.HOLD: Act.HELD, StateKind.LOCK: Act.LOCKED}


def facts(work: Work, subject: str) -> tuple[StateFact, ...]:
    """What stands over a subject now, for the law."""
    return records.facts(work, subject)


def history(work: Work, subject: str) -> list[State]:
    """Every state that the subject's data ever had, oldest first."""
    return records.history(work, subject)


def waiting_for_second(work: Work, limit: int = 100) -> list[Proposal]:
    """Releases that wait for a second person, oldest first."""
    return records.open_proposals(work, limit)


def overdue(work: Work, day: date, limit: int = 100) -> list[tuple[str, str]]:
    """(subject, state) whose date is over while the state still stands: it never ends by itself, and somebody must decide (`law.precedence.overdue`)."""
    return records.past_until(work, day, limit)


def block(work: Work, permit: Permit, scope: Scope, reason: Reason, document: str, *, until: date | None = None) -> str:
    """Stop the eight operations of 2.2 over what the scope covers, from this act on; returns the state's id (4.1.3, art. 25(2)(8))."""
    _spend(work, permit, Operation.BLOCK)
    return _set(work, permit, StateKind.BLOCK, scope, reason, document, until)


def hold(work: Work, permit: Permit, scope: Scope, reason: Reason, document: str, *, until: date | None = None) -> str:
    """Forbid destruction of what the scope covers, for a court or a claim (4.1.7, 5.1.1); returns the state's id."""
    _spend(work, permit, StandingAct.HOLD)
    return _set(work, permit, StateKind.HOLD, scope, reason, document, until)


def lock(work: Work, permit: Permit, scope: Scope, reason: Reason, document: str, *, until: date | None = None) -> str:
    """Leave only storage, until a term of legislation ends (Digital Code art. 41(3)); returns the state's id."""
    _spend(work, permit, StandingAct.LOCK)
    return _set(work, permit, StateKind.LOCK, scope, reason, document, until)


def _set(work: Work, permit: Permit, kind: StateKind, scope: Scope, reason: Reason, document: str, until: date | None) -> str:
    _check(kind, reason, document, scope)
    if until is not None and until < local_date(work.at):
        raise Invalid([FieldError("until", "ends_before_it_begins", {}, ("2.2",))])
    subject, state_id, basis = permit.ask.subject, work.new_id(), REASONS[kind][reason]
    subjects.touch(work, subject)
    leaf = record(
        work,
        Leaf(
            _ACTS[kind],
            subject=subject,
            clause=basis.clause,
            article=basis.article,
            decision=permit.decision,
            object=state_id,
            category=",".join(sorted(scope.categories)),
            purpose=",".join(sorted(scope.purposes)),
            recipient=",".join(sorted(scope.recipients)),
            count=len(scope.items),
        ),
    )
    actor = work.actor
    state = State(state_id, subject, kind, reason, scope, document, work.at, until, actor.kind, actor.id, leaf)
    records.add(work, state, work.us, permit.decision)
    _note(work, state)
    return state_id


def _note(work: Work, state: State) -> None:
    parts = {part: ",".join(sorted(getattr(state.scope, part))) for part in ("categories", "items", "purposes", "recipients")}
    until = state.until.isoformat() if state.until else ""
    ledger.note(
        work,
        "block.set",
        state.subject,
        state=state.id,
        state_kind=state.kind.value,
        reason=state.reason.value,
        document=state.document,
        until=until,
        by_kind=state.by_kind,
        by_id=state.by_id,
        **parts,
    )


def propose_release(work: Work, permit: Permit, state_id: str, outcome: Outcome, document: str) -> str:
    """Ask a second staff member to end a state; nothing changes yet. A later proposal for the same state replaces this one. Returns its id.

    The permit is for `release` (block, lock) or `unhold` (hold). Raises NotFound, Conflict when the state is over, Invalid for an outcome
    that does not fit.
    """
    state = _standing(work, permit, state_id)
    _check_end(state, outcome, document)
    _spend(work, permit, ENDING[state.kind])
    _staff_only(work)
    proposal_id = records.propose(work, state.subject, state_id, outcome, document, permit.decision)
    _log_end(work, permit, Act.RELEASE_PROPOSED, state, outcome)
    return proposal_id


def confirm_release(work: Work, permit: Permit, proposal_id: str) -> State:
    """End a state as proposed; the one who confirms is not the one who proposed (design 21).

    With the outcome `to_be_destroyed` the caller plans the destruction in the same unit of work: one act, release and destroy (art.
    25(2)(8)). Raises NotFound for a proposal that is not open, Denied for the same person, Conflict when the state is over.
    """
    proposal = records.proposal(work, permit.ask.subject, proposal_id)
    if proposal is None:
        raise NotFound("release_proposal_unknown")
    state = _standing(work, permit, proposal.state)
    _spend(work, permit, ENDING[state.kind])
    _staff_only(work)
    if work.actor.id == proposal.proposed_by:
        raise Denied("release_needs_another_person")
    subjects.touch(work, state.subject)
    if not records.end(work, state.subject, state.id, proposal.outcome):
        raise Conflict("state_over")
    records.settle(work, state.subject, state.id, "confirmed", permit.decision)
    _log_end(work, permit, Act.UNHELD if state.kind is StateKind.HOLD else Act.RELEASED, state, proposal.outcome)
    return replace(state, ended_at=work.at, outcome=proposal.outcome)


def decline_release(work: Work, subject: str, proposal_id: str) -> None:
    """Close a proposal without ending the state. Any staff member may, the proposer too: it changes nothing for the person."""
    _staff_only(work)
    proposal = records.proposal(work, subject, proposal_id)
    if proposal is None:
        raise NotFound("release_proposal_unknown")
    records.settle(work, subject, proposal.state, "declined", "")
    record(work, Leaf(Act.RELEASE_PROPOSED, subject=subject, verdict="refused", object=proposal.state))


def _log_end(work: Work, permit: Permit, act: Act, state: State, outcome: Outcome) -> None:
    basis = OUTCOMES[state.kind][outcome]
    leaf = Leaf(act, subject=state.subject, clause=basis.clause, article=basis.article, decision=permit.decision, object=state.id)
    record(work, leaf)


def _standing(work: Work, permit: Permit, state_id: str) -> State:
    state = records.state(work, permit.ask.subject, state_id)
    if state is None:
        raise NotFound("state_unknown")
    if state.ended_at is not None:
        raise Conflict("state_over")
    return state


def _spend(work: Work, permit: Permit, operation: Operation | StandingAct) -> None:
    if permit.ask.operation is not operation:
        raise Misuse("permit_for_another_act", asked=permit.ask.operation.value, act=operation.value)
    work.spend(permit)


def _staff_only(work: Work) -> None:
    if work.actor.kind != ActorKind.STAFF:
        raise Denied("release_needs_staff")


def _check(kind: StateKind, reason: Reason, document: str, scope: Scope) -> None:
    faults = []
    if reason not in REASONS[kind]:
        faults.append(FieldError("reason", "not_in_list", {"allowed": ", ".join(REASONS[kind])}, ("2.2",)))
    if not is_id(document):
        faults.append(FieldError("document", "not_a_reference", {}, ("94-V art. 25(2)(8)",)))
    faults += [FieldError("scope.items", "not_a_reference") for item in sorted(scope.items) if not is_id(item)]
    if faults:
        raise Invalid(faults)


def _check_end(state: State, outcome: Outcome, document: str) -> None:
    faults = []
    if outcome not in OUTCOMES[state.kind]:
        faults.append(FieldError("outcome", "not_in_list", {"allowed": ", ".join(OUTCOMES[state.kind])}, (state.basis.clause,)))
    if not is_id(document):
        faults.append(FieldError("document", "not_a_reference", {}, ("94-V art. 25(2)(8)",)))
    if faults:
        raise Invalid(faults)
