"""Setting and ending what stands over data."""

from datetime import date

import pytest

from sandyq import block
from sandyq.block import Outcome, Reason, Scope
from sandyq.db import Actor
from sandyq.errors import Conflict, Denied, Invalid, Misuse, NotFound
from sandyq.ids import new_id
from sandyq.law.vocabulary import Operation, StandingAct, StateKind
from standing_office import CLERK, SECOND, SYSTEM, permit

DOCUMENT = new_id(1)
SETTERS = {
    StateKind.BLOCK: (block.block, Operation.BLOCK, Reason.VIOLATION_CLAIMED, StandingAct.RELEASE, Outcome.VIOLATION_NOT_CONFIRMED),
    StateKind.HOLD: (block.hold, StandingAct.HOLD, Reason.CLAIM_FOR_DAMAGES, StandingAct.UNHOLD, Outcome.CLAIM_SETTLED),
    StateKind.LOCK: (block.lock, StandingAct.LOCK, Reason.STATUTORY_TERM, StandingAct.RELEASE, Outcome.TERM_ENDED),
}


def put(office, person, kind=StateKind.BLOCK, scope=block.EVERYTHING, actor=CLERK, **more):
    setter, operation, reason, _, _ = SETTERS[kind]
    how = {"reason": reason, "document": DOCUMENT} | more
    return office.permitted(operation, person, lambda work, given: setter(work, given, scope, **how), actor)


def propose(office, person, state, kind=StateKind.BLOCK, actor=CLERK, outcome=None):
    ending, usual = SETTERS[kind][3:]
    what = outcome or usual
    return office.permitted(ending, person, lambda work, given: block.propose_release(work, given, state, what, DOCUMENT), actor)


def confirm(office, person, proposal, kind=StateKind.BLOCK, actor=SECOND):
    return office.permitted(SETTERS[kind][3], person, lambda work, given: block.confirm_release(work, given, proposal), actor)


def standing(office, person):
    return office.do(lambda work: block.facts(work, person))


@pytest.mark.parametrize("kind", SETTERS)
def test_a_state_stands_from_its_act_on_and_changes_the_standing(office, person, kind):
    before = office.revision(person)
    state = put(office, person, kind)
    [fact] = standing(office, person)
    assert (fact.id, fact.kind, fact.since, fact.reason) == (state, kind, office.clock.now(), SETTERS[kind][2])
    assert office.revision(person) == before + 1


def test_an_empty_scope_covers_everything_and_a_filled_one_is_told_exactly(office, person):
    item = new_id(2)
    scope = Scope(frozenset({"6.2.6"}), frozenset({item}), frozenset({"marketing"}), frozenset({"bank"}))
    put(office, person, scope=scope)
    put(office, person, StateKind.HOLD)
    facts = {fact.kind: fact for fact in standing(office, person)}
    narrow, wide = facts[StateKind.BLOCK], facts[StateKind.HOLD]
    assert (narrow.categories, narrow.items, narrow.purposes, narrow.recipients) == (
        scope.categories,
        scope.items,
        scope.purposes,
        scope.recipients,
    )
    assert wide.categories | wide.items | wide.purposes | wide.recipients == frozenset()


def test_the_entry_cites_clause_article_decision_and_state(office, person):
    def act(work):
        given = permit(work, Operation.BLOCK, person)
        return block.block(work, given, Scope(frozenset({"6.2.1"})), Reason.VIOLATION_CLAIMED, DOCUMENT), given.decision

    state, decision = office.do(act)
    [entry] = office.entries
    assert (entry.act, entry.clause, entry.object, entry.category) == ("block.blocked", "4.1.3", state, "6.2.1")
    assert "25(2)(8)" in entry.article
    assert entry.decision == decision


def test_the_person_may_block_themselves(office, person):
    put(office, person, actor=Actor("subject", person, "portal"))
    [state] = office.do(lambda work: block.history(work, person))
    assert state.by_kind == "subject"


def test_a_reason_of_another_kind_and_a_reference_that_is_words_are_both_told(office, person):
    with pytest.raises(Invalid) as told:
        put(office, person, reason=Reason.COURT_ACT, document="letter of Mrs. A")
    assert {fault.field for fault in told.value.errors} == {"reason", "document"}
    assert standing(office, person) == ()


def test_a_permit_for_another_act_sets_nothing(office, person):
    with pytest.raises(Misuse, match="permit_for_another_act"):
        office.permitted(Operation.USE, person, lambda work, given: block.block(work, given, Scope(), Reason.VIOLATION_CLAIMED, DOCUMENT))
    assert standing(office, person) == ()


def test_a_permit_sets_one_state_only(office, person):
    def twice(work, given):
        block.block(work, given, Scope(), Reason.VIOLATION_CLAIMED, DOCUMENT)
        block.block(work, given, Scope(), Reason.VIOLATION_CLAIMED, DOCUMENT)

    with pytest.raises(Misuse, match="permit_unknown"):
        office.permitted(Operation.BLOCK, person, twice)


@pytest.mark.parametrize("kind", SETTERS)
def test_a_release_takes_two_people(office, person, kind):
    state = put(office, person, kind)
    proposal = propose(office, person, state, kind)
    assert [fact.id for fact in standing(office, person)] == [state]
    with pytest.raises(Denied, match="release_needs_another_person"):
        confirm(office, person, proposal, kind, actor=CLERK)
    assert [fact.id for fact in standing(office, person)] == [state]
    before = office.revision(person)
    confirm(office, person, proposal, kind)
    assert standing(office, person) == ()
    assert office.revision(person) == before + 1


def test_each_half_of_a_release_is_an_entry_of_its_own(office, person):
    proposal = propose(office, person, put(office, person))
    assert [entry.act for entry in office.entries] == ["block.release_proposed"]
    confirm(office, person, proposal)
    assert [(entry.act, entry.actor) for entry in office.entries] == [("block.released", SECOND.id)]


def test_the_end_of_a_hold_has_its_own_name_in_the_log(office, person):
    proposal = propose(office, person, put(office, person, StateKind.HOLD), StateKind.HOLD)
    confirm(office, person, proposal, StateKind.HOLD)
    assert [entry.act for entry in office.entries] == ["block.unheld"]


@pytest.mark.parametrize("actor", [SYSTEM, Actor("subject", "x", "portal"), Actor("partner", "bank", "api")])
def test_only_staff_propose_and_confirm(office, person, actor):
    state = put(office, person)
    with pytest.raises(Denied, match="release_needs_staff"):
        propose(office, person, state, actor=actor)
    proposal = propose(office, person, state)
    with pytest.raises(Denied, match="release_needs_staff"):
        confirm(office, person, proposal, actor=actor)


def test_a_proposal_waits_visibly_and_can_be_declined(office, person):
    state = put(office, person)
    proposal = propose(office, person, state)
    [waiting] = office.do(block.waiting_for_second)
    assert (waiting.id, waiting.state, waiting.proposed_by) == (proposal, state, CLERK.id)
    office.do(lambda work: block.decline_release(work, person, proposal), SECOND)
    assert office.do(block.waiting_for_second) == []
    with pytest.raises(NotFound):
        confirm(office, person, proposal)


def test_a_later_proposal_takes_the_place_of_the_first(office, person):
    state = put(office, person)
    first = propose(office, person, state)
    second = propose(office, person, state, actor=SECOND)
    with pytest.raises(NotFound):
        confirm(office, person, first)
    confirm(office, person, second, actor=CLERK)
    assert standing(office, person) == ()


def test_a_state_ends_once(office, person):
    state = put(office, person)
    confirm(office, person, propose(office, person, state))
    with pytest.raises(Conflict, match="state_over"):
        propose(office, person, state)


def test_a_permit_to_release_does_not_end_a_hold(office, person):
    state = put(office, person, StateKind.HOLD)
    with pytest.raises(Misuse, match="permit_for_another_act"):
        office.permitted(
            StandingAct.RELEASE, person, lambda work, given: block.propose_release(work, given, state, Outcome.CLAIM_SETTLED, DOCUMENT)
        )


def test_an_outcome_must_fit_what_ends(office, person):
    with pytest.raises(Invalid):
        propose(office, person, put(office, person), outcome=Outcome.CLAIM_SETTLED)


def test_another_persons_state_is_unknown(office, person):
    state = put(office, office.person())
    with pytest.raises(NotFound):
        propose(office, person, state)


def test_a_state_whose_day_is_over_stands_on_and_is_pointed_out(office, person):
    state = put(office, person, StateKind.LOCK, until=date(2026, 3, 20))
    put(office, person)
    assert office.do(lambda work: block.overdue(work, date(2026, 3, 20))) == []
    assert office.do(lambda work: block.overdue(work, date(2026, 3, 21))) == [(person, state)]
    assert len(standing(office, person)) == 2


@pytest.mark.parametrize("kind", SETTERS)
def test_a_date_that_is_over_already_is_refused(office, person, kind):
    with pytest.raises(Invalid) as error:
        put(office, person, kind, until=date(2026, 2, 1))
    assert [(e.field, e.code) for e in error.value.errors] == [("until", "ends_before_it_begins")]
    assert standing(office, person) == ()


def test_the_history_tells_how_each_state_ended(office, person):
    confirm(office, person, propose(office, person, put(office, person), outcome=Outcome.TO_BE_DESTROYED))
    [state] = office.do(lambda work: block.history(work, person))
    assert (state.outcome, state.ended_at) == (Outcome.TO_BE_DESTROYED, office.clock.now())


def test_the_gate_learns_the_states_from_one_statement_and_a_block_takes_three(office, person):
    put(office, person)
    # the standing row, the state, the ledger
    assert len(office.trips) == 3
    standing(office, person)
    assert len(office.trips) == 1


def test_every_reason_and_outcome_has_its_clause_and_article():
    for table in (block.REASONS, block.OUTCOMES):
        for bases in table.values():
            assert all(basis.clause and basis.article for basis in bases.values())
    assert {reason for reasons in block.REASONS.values() for reason in reasons} == set(Reason)


def test_states_go_with_the_person_and_nothing_is_left(office, person):
    holder = block.BlockHolder()
    propose(office, person, put(office, person))
    other = office.person()
    put(office, other)
    [shown] = office.do(lambda work: holder.show(work, person))
    assert shown.what == "block.violation_claimed"
    left = office.do(lambda work: holder.verify_gone(work, person))
    assert [line.partition(": ")[0] for line in left] == ["block_state", "release_proposal"]
    assert left[0] == f"block_state: {shown.id}"
    assert office.do(lambda work: holder.erase(work, person, "rows")) == 1
    assert office.do(lambda work: holder.verify_gone(work, person)) == []
    assert office.do(block.waiting_for_second) == []
    assert len(standing(office, other)) == 1


def test_after_a_restore_a_block_stands_again_as_it_was(office, person):
    scope = Scope(frozenset({"6.2.6", "6.2.9"}), purposes=frozenset({"marketing"}))
    put(office, person, scope=scope, until=date(2026, 9, 1))
    before = standing(office, person)
    [event] = office.ledger()
    office.do(lambda work: work.durable.run("DELETE FROM block_state"))
    room = block.BlockReplay()
    for _ in range(2):
        office.do(lambda work: room.replay(work, event))
    assert standing(office, person) == before
    assert event.kind in room.kinds
