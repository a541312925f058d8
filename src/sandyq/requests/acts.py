"""Carrying out orders: each asks the gate, does its act, tells the recipients, and is on file with its term (design 3: only the desk changes a
subject's standing, so that recipients are always told)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sandyq import applications, block, consent, destroy, distribute, parties, retain
from sandyq.audit import Act, Leaf, record
from sandyq.block import records as states
from sandyq.block.facts import Outcome, Reason
from sandyq.collect import evidence_end, submissions
from sandyq.consent import records as agreed
from sandyq.db import Work
from sandyq.destroy import records as plans
from sandyq.distribute import Kind as Follow
from sandyq.distribute import records as transfers
from sandyq.distribute.acts import PARTIES_KEY
from sandyq.errors import Conflict, FieldError, Invalid
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.deadlines import rule_for
from sandyq.law.decision import Permit, Refusal
from sandyq.law.terms import due_date
from sandyq.law.vocabulary import ActorKind, Effect, GrantKind, Occasion, Operation, StandingAct, StateKind
from sandyq.letters.certificate import LogPlace, Told
from sandyq.register import items
from sandyq.requests import records, rectify
from sandyq.requests.facts import COURT_GROUND, DESTROY_REASONS, DUTIES, Answer, Done, Kind, Order, Request


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk works with."""

    gate: Gate
    house: destroy.House


def order(work: Work, desk: Desk, given: Order) -> Answer:
    """Carry out one order, or refuse it with all reasons. Both are on file. Raises Invalid, NotFound, Conflict, Denied."""
    if given.received_at is not None and given.received_at > work.at:
        raise Invalid([FieldError("received_at", "date_in_future", cites=("4.1",))])
    return _KINDS[given.kind](work, desk, given)


def _ask(work: Work, operation: Operation | StandingAct, given: Order, **more: object) -> Ask:
    occasion = more.pop("occasion", Occasion.RESTRICTIVE)
    return Ask(
        operation,
        given.subject,
        str(more.pop("purpose", "")),
        actor=ActorKind(work.actor.kind),
        actor_id=work.actor.id,
        occasion=Occasion(str(occasion)),
        documents=(given.document,) if given.document else (),
        items=given.items or given.scope.items,
        ground=str(more.pop("ground", "consent")),
        recipient=str(more.pop("recipient", "")),
    )


def _block(work: Work, desk: Desk, given: Order) -> Answer:
    answer = desk.gate.ask(work, _ask(work, Operation.BLOCK, given), *transfers.asked_by_desk(given.subject))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    state = block.block(work, answer, given.scope, _word(Reason, given.reason), given.document, until=given.until)
    told = distribute.follow(work, given.subject, Follow.BLOCK, recipients=given.scope.recipients, decision=answer.decision)
    return _done(work, desk, given, answer, state, told)


def _hold(work: Work, desk: Desk, given: Order) -> Answer:
    answer = desk.gate.ask(work, _ask(work, StandingAct.HOLD, given))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    state = block.hold(work, answer, given.scope, _word(Reason, given.reason), given.document, until=given.until)
    return _done(work, desk, given, answer, state)


def _lock(work: Work, desk: Desk, given: Order) -> Answer:
    answer = desk.gate.ask(work, _ask(work, StandingAct.LOCK, given))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    state = block.lock(work, answer, given.scope, _word(Reason, given.reason), given.document, until=given.until)
    return _done(work, desk, given, answer, state)


def _propose(work: Work, desk: Desk, given: Order) -> Answer:
    answer = desk.gate.ask(work, _ask(work, _ending(given), given, occasion=Occasion.RELEASE), *states.asked_by_desk(given.subject))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    proposal = block.propose_release(work, answer, given.target, _word(Outcome, given.reason), given.document)
    return _done(work, desk, given, answer, proposal, waiting_for="second_person")


def _confirm(work: Work, desk: Desk, given: Order) -> Answer:
    reads = (
        *states.asked_by_desk(given.subject, given.target),
        *transfers.asked_by_desk(given.subject),
        *plans.asked_by_desk(given.subject),
    )
    answer = desk.gate.ask(work, _ask(work, _ending(given), given, occasion=Occasion.RELEASE), *reads)
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    ended = block.confirm_release(work, answer, given.target)
    if ended.outcome is Outcome.TO_BE_DESTROYED:
        return _released_to_destroy(work, desk, given, ended)
    told = _tell_release(work, given.subject, ended, answer.decision)
    if ended.kind is StateKind.BLOCK:
        told += distribute.correct_again(work, given.subject, ended.since, answer.decision)
    swept = retain.sweep_one(work, desk.gate, desk.house, given.subject)
    if ended.kind is StateKind.BLOCK and not swept.planned:
        applications.route(work, desk.gate, given.subject)
    return _done(work, desk, given, answer, ended.id, told)


def _tell_release(work: Work, subject: str, ended: block.State, decision: str) -> list[str]:
    """Recipients go on only when no other block keeps them stopped; the end of a hold or a lock was never theirs to act on."""
    if ended.kind is not StateKind.BLOCK:
        return []
    left = [state.recipients for state in block.facts(work, subject) if state.kind is StateKind.BLOCK]
    if not all(left):
        return []  # a block that names no recipient stops them all
    stopped = frozenset().union(*left)
    told = {t.recipient for t in distribute.history(work, subject) if t.kind is Follow.BLOCK}
    free = ((told & ended.scope.recipients) if ended.scope.recipients else told) - stopped
    return distribute.follow(work, subject, Follow.RELEASE, recipients=frozenset(free), decision=decision) if free else []


def _released_to_destroy(work: Work, desk: Desk, given: Order, ended: block.State) -> Answer:
    """A confirmed violation: release and destruction are one act in one unit of work (2.2, art. 25(2)(8)). What the block covered goes."""
    covered = frozenset(item.item_id for item in items.legal(work, given.subject) if item.klass == "data" and _covers(ended.scope, item))
    whole = not (ended.scope.categories or ended.scope.items or ended.scope.purposes)
    if not whole and not covered:
        raise Conflict("nothing_to_destroy")
    document = given.document or ended.document
    ordered = Order(Kind.DESTROY, given.subject, "violation_confirmed", document, items=frozenset() if whole else covered)
    answer = _destroy(work, desk, ordered, Occasion.RELEASE_AND_DESTROY)
    if isinstance(answer, Refusal):
        raise Conflict("release_without_destruction", decision=answer.decision)  # neither is done: the block stays
    return answer


def _covers(scope: block.Scope, item: items.Legal) -> bool:
    parts = ((scope.categories, {item.category}), (scope.items, {item.item_id}), (scope.purposes, item.purposes))
    return all(not wanted or wanted & has for wanted, has in parts)


def _ending(given: Order) -> StandingAct:
    return StandingAct.UNHOLD if given.kind in (Kind.PROPOSE_UNHOLD, Kind.CONFIRM_UNHOLD) else StandingAct.RELEASE


def _withdraw(work: Work, desk: Desk, given: Order) -> Answer:
    wanted = frozenset(filter(None, given.target.split(",")))
    live = {fact.id: fact for fact in consent.facts(work, given.subject)}
    chosen = [live[grant] for grant in sorted(wanted) if grant in live]
    if not chosen:
        raise Invalid([FieldError("target", "consent_unknown", cites=("4.1.5",))])
    alike = len(chosen) == 1
    ask = _ask(
        work, StandingAct.WITHDRAW, given, purpose=chosen[0].purpose if alike else "", recipient=chosen[0].recipient if alike else ""
    )
    answer = desk.gate.ask(work, ask, *agreed.asked_by_desk(given.subject), *transfers.asked_by_desk(given.subject))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    force = desk.gate.in_force(work)
    until = evidence_end(force.edition, local_date(work.at))
    ended = consent.withdraw(work, answer, sorted(wanted), rules=force.deadlines, calendar=desk.gate.calendar(), kept_until=until)
    whole = any(fact.kind is GrantKind.PROCESSING for fact in chosen)
    told = []
    if whole or ended.recipients:
        to = frozenset() if whole else ended.recipients
        told = distribute.follow(work, given.subject, Follow.WITHDRAW, recipients=to, decision=answer.decision)
    return _done(work, desk, given, answer, ended.leaf, told, due=ended.due)


def _destroy(work: Work, desk: Desk, given: Order, occasion: Occasion = Occasion.ORDINARY) -> Answer:
    if given.reason and given.reason not in DESTROY_REASONS:
        raise Invalid([FieldError("reason", "not_in_list", {"allowed": ", ".join(DESTROY_REASONS)})])
    ground = COURT_GROUND if given.reason == "court" else "consent"
    ask = _ask(work, Operation.DESTROY, given, occasion=occasion, ground=ground)
    answer = desk.gate.ask(work, ask, *transfers.asked_by_desk(given.subject), *plans.asked_by_desk(given.subject))
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    basis = destroy.Basis(*basis_of(answer, given.reason), given.received_at or work.at)
    made = destroy.plan(work, desk.house, answer, basis)
    told = retain.tell_destroyed(work, made)
    done = _done(work, desk, given, answer, made.id, told)
    return replace(done, waiting_for="recipients" if told else "", plan=made.id)


def _rectify(work: Work, desk: Desk, given: Order) -> Answer:
    answer = rectify.carry_out(work, desk.gate, desk.house, given)
    if isinstance(answer, Refusal):
        return _refused(work, desk, given, answer)
    done, decision = answer
    last = _due(work, desk, given)
    return replace(done, request=_file(work, desk, given, "done", done.target, decision, last), due=last, decision=decision)


def basis_of(permit: Permit, reason: str = "") -> tuple[str, str]:
    """Clause and article that a certificate cites: those by which the law bears the given reason out, else those by which it permits."""
    carrying = [f for f in permit.verdict.reasons if f.effect is Effect.PERMIT and f.article]
    fitting = [f for f in carrying if f.code in DESTROY_REASONS.get(reason, ())] or carrying
    return (fitting[0].clause or "4.1.4", fitting[0].article) if fitting else ("4.1.4", "94-V art. 18")


_KINDS: Mapping[Kind, Callable[[Work, Desk, Order], Answer]] = {
    Kind.BLOCK: _block,
    Kind.HOLD: _hold,
    Kind.LOCK: _lock,
    Kind.PROPOSE_RELEASE: _propose,
    Kind.CONFIRM_RELEASE: _confirm,
    Kind.PROPOSE_UNHOLD: _propose,
    Kind.CONFIRM_UNHOLD: _confirm,
    Kind.WITHDRAW: _withdraw,
    Kind.DESTROY: _destroy,
    Kind.RECTIFY: _rectify,
}


E = TypeVar("E", Reason, Outcome)


def _word(words: type[E], given: str) -> E:
    try:
        return words(given)
    except ValueError:
        raise Invalid([FieldError("reason", "not_in_list", {"allowed": ", ".join(words)})]) from None


def _due(work: Work, desk: Desk, given: Order) -> date | None:
    if given.kind is Kind.RECTIFY and not given.papers:
        return None  # the term begins with the documents (art. 25(2)(8))
    start = local_date(given.received_at or work.at)
    duty = DUTIES.get(given.kind)
    rule = rule_for(desk.gate.in_force(work).deadlines, duty, start) if duty else None
    return due_date(start, rule.term, desk.gate.calendar()) if rule else None


def _done(
    work: Work,
    desk: Desk,
    given: Order,
    permit: Permit,
    target: str,
    told: list[str] | None = None,
    *,
    due: date | None = None,
    waiting_for: str = "",
) -> Done:
    last = due or _due(work, desk, given)
    request = _file(work, desk, given, "done", target, permit.decision, last)
    return Done(
        request, given.kind, target, last, tuple(told or ()), waiting_for or ("recipients" if told else ""), decision=permit.decision
    )


def _refused(work: Work, desk: Desk, given: Order, refusal: Refusal) -> Refusal:
    _file(work, desk, given, "refused", given.target, refusal.decision, _due(work, desk, given))
    return refusal


def _file(work: Work, desk: Desk, given: Order, state: str, target: str, decision: str, due: date | None) -> str:
    request = work.new_id()
    act = Act.ORDER_DONE if state == "done" else Act.ORDER_REFUSED
    leaf = record(
        work,
        Leaf(
            act,
            given.subject,
            decision=decision,
            object=request,
            purpose=given.kind.value,
            verdict="done" if state == "done" else "refused",
        ),
    )
    actor = work.actor
    received = given.received_at or work.at
    made = Request(
        given.subject,
        request,
        given.kind,
        state,
        given.reason,
        given.document,
        target,
        actor.kind,
        actor.id,
        received,
        due,
        work.at,
        decision,
    )
    records.add(work, made, desk.gate.calendar().version if due else "", leaf)
    return request


def of_subject(work: Work, subject: str) -> list[Request]:
    """The orders on a person, oldest first."""
    return records.of_subject(work, subject)


def certify(work: Work, desk: Desk, plan: destroy.Plan, place: LogPlace) -> destroy.Plan:
    """The step `certificate` of a destruction: who was told and who confirmed stands beside what is gone and what is kept."""
    key = desk.gate.ring.office(PARTIES_KEY)
    told = [
        Told(parties.recipient(work, key, t.recipient).name, t.sent_at, t.acked_at)
        for t in distribute.history(work, plan.subject)
        if t.kind is Follow.DESTROY
    ]
    forms = submissions(work, plan.subject)
    return destroy.certify(work, desk.house, plan, place, told, forms[-1].id if forms else plan.id)
