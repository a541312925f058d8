"""Orders on a person: on file with their term, four eyes where it takes two, recipients told (4.1.3-4.1.5; art. 8(7), 25(2)(8))."""

from datetime import date, datetime, timedelta

import pytest

from acts_world import Wire, destroyed, later, on_demand, post, transfers, wired, withdrawn
from office import START, SYSTEM, Applicant, House
from sandyq import block, consent, destroy, requests
from sandyq.block import Scope
from sandyq.db import Actor
from sandyq.distribute import Kind as Told
from sandyq.errors import Conflict, Denied, Invalid, NotFound
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind, GrantState
from sandyq.register import items
from sandyq.relations import NewRelation, RelationKind, open_relation
from sandyq.requests import Done, Kind
from sandyq.use import ShownPerson


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


@pytest.fixture
def someone(office: House, wire: Wire) -> Applicant:
    made = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    return made


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=START.tzinfo)


def released(someone: Applicant, state: str, outcome: str = "violation_not_confirmed", **more) -> Done:
    """Proposed by one, confirmed by another."""
    later(someone.house, seconds=1)
    proposal = someone.done(Kind.PROPOSE_RELEASE, reason=outcome, target=state, **more).target
    later(someone.house, seconds=1)
    return someone.done(Kind.CONFIRM_RELEASE, someone.house.dpo2, target=proposal)


class TestTerms:
    """The last day of each order by the law's own terms, in working days of the calendar."""

    def test_a_withdrawal_on_20_march_2026_is_due_on_15_april(self, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 3, 20))
        assert withdrawn(office, someone.subject).due == date(2026, 4, 15)

    def test_a_block_is_due_the_next_working_day(self, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 3, 20))  # a Friday before Nauryz, 21 to 25 March off
        assert someone.done(Kind.BLOCK, reason="violation_claimed").due == date(2026, 3, 26)

    def test_the_term_counts_from_the_day_on_which_the_order_came_in(self, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 4, 14))
        done = someone.done(Kind.BLOCK, reason="violation_claimed", received_at=at(2026, 4, 13))
        assert done.due == date(2026, 4, 14)

    def test_every_order_is_on_file_with_who_gave_it_and_its_term(self, office: House, someone: Applicant) -> None:
        someone.done(Kind.BLOCK, reason="violation_claimed")
        refused = office.order(Kind.DESTROY, someone.subject)
        assert isinstance(refused, Refusal)
        kept = office.look(lambda work: requests.of_subject(work, someone.subject))
        assert {(r.kind, r.state, r.by_id) for r in kept} == {
            (Kind.BLOCK, "done", office.dpo.id),
            (Kind.DESTROY, "refused", office.dpo.id),
        }
        assert all(r.document and r.decision for r in kept)
        assert next(r for r in kept if r.kind is Kind.BLOCK).due is not None


class TestRelease:
    """A block ends by two people, everywhere at once, and only for those whom nothing else stops."""

    def test_the_one_who_proposed_does_not_confirm(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        proposal = someone.done(Kind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state).target
        with pytest.raises(Denied):
            someone.done(Kind.CONFIRM_RELEASE, office.dpo, target=proposal)
        assert isinstance(someone.show(), Refusal)

    def test_two_people_bring_everything_back_and_tell_the_recipients(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        assert isinstance(someone.show(), Refusal)
        done = released(someone, state)
        assert isinstance(someone.show(), ShownPerson)
        assert [t.kind for t in transfers(office, someone.subject) if t.id in done.told] == [Told.RELEASE]

    def test_a_second_block_keeps_recipients_stopped_when_the_first_is_released(self, office: House, someone: Applicant) -> None:
        first = someone.done(Kind.BLOCK, reason="violation_claimed").target
        later(office, seconds=1)
        second = someone.done(Kind.BLOCK, reason="authority_demand").target
        assert released(someone, first).told == ()
        assert isinstance(someone.show(), Refusal)
        assert released(someone, second, "authority_lifted").told != ()

    def test_the_end_of_a_hold_releases_nobody(self, office: House, someone: Applicant) -> None:
        someone.done(Kind.BLOCK, reason="violation_claimed")
        hold = someone.done(Kind.HOLD, reason="claim_for_damages").target
        later(office, seconds=1)
        proposal = someone.done(Kind.PROPOSE_UNHOLD, reason="claim_settled", target=hold).target
        done = someone.done(Kind.CONFIRM_UNHOLD, office.dpo2, target=proposal)
        assert done.told == ()
        assert transfers(office, someone.subject, Told.RELEASE) == []

    def test_a_lead_that_a_block_stopped_goes_after_the_release(self, office: House, wire: Wire) -> None:
        waiting = office.applicant(to=[office.bank_a])
        state = waiting.done(Kind.BLOCK, reason="violation_claimed").target
        post(office)
        assert wire.bodies("lead") == []
        released(waiting, state)
        post(office)
        assert len(wire.bodies("lead")) == 1

    def test_a_proposal_of_somebody_else_or_of_no_state_is_not_found(self, office: House, someone: Applicant) -> None:
        other = office.applicant()
        state = other.done(Kind.BLOCK, reason="violation_claimed").target
        nothing = office.order(Kind.PROPOSE_RELEASE, someone.subject, reason="violation_not_confirmed", target=state)
        assert isinstance(nothing, Refusal)
        someone.done(Kind.BLOCK, reason="violation_claimed")
        with pytest.raises(NotFound):
            someone.done(Kind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state)
        with pytest.raises(NotFound):
            someone.done(Kind.CONFIRM_RELEASE, target=office.document())

    def test_a_block_does_not_lapse_with_its_date(self, office: House, someone: Applicant) -> None:
        today = date(office.clock.now().year, office.clock.now().month, office.clock.now().day)
        state = someone.done(Kind.BLOCK, reason="violation_claimed", until=today + timedelta(days=3)).target
        later(office, days=10)
        refused = someone.show()
        assert isinstance(refused, Refusal)
        assert "stopped_by_block" in {reason.code for reason in refused.verdict.reasons}
        assert office.look(lambda work: block.overdue(work, today + timedelta(days=10))) == [(someone.subject, state)]
        released(someone, state)
        assert isinstance(someone.show(), ShownPerson)

    def test_a_confirmed_violation_is_released_and_destroyed_in_one_act(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        done = released(someone, state, "to_be_destroyed")
        assert (done.kind, bool(done.plan)) == (Kind.DESTROY, True)
        assert [t.recipient for t in transfers(office, someone.subject, Told.DESTROY)] == [office.bank_a]
        destroyed(office)
        assert office.look(lambda work: [i for i in items.legal(work, someone.subject) if i.klass == "data"]) == []

    def test_a_confirmed_violation_about_one_category_destroys_that_category_alone(self, office: House, someone: Applicant) -> None:
        scope = Scope(categories=frozenset({"6.2.6"}))
        state = someone.done(Kind.BLOCK, reason="violation_claimed", scope=scope).target
        done = released(someone, state, "to_be_destroyed")
        plan = office.look(lambda work: destroy.one(work, someone.subject, done.plan))
        assert not plan.whole
        destroyed(office)
        left = {i.category for i in office.look(lambda work: items.legal(work, someone.subject)) if i.klass == "data"}
        assert "6.2.6" not in left
        assert "6.2.1" in left

    def test_where_a_hold_forbids_the_destruction_neither_is_done(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        someone.done(Kind.HOLD, reason="court_act")
        with pytest.raises(Conflict):
            released(someone, state, "to_be_destroyed")
        assert {s.kind.value for s in office.look(lambda work: block.facts(work, someone.subject))} == {"block", "hold"}


class TestWithdrawal:
    """One consent, several, all: our own use stops with the act, recipients are told within its term."""

    def test_of_one_recipient_only_that_one_is_told(self, office: House, wire: Wire) -> None:
        someone = office.applicant(to=[office.bank_a, office.bank_b])
        post(office)
        live = office.look(lambda work: consent.facts(work, someone.subject))
        named = next(c.id for c in live if c.recipient == office.bank_b and c.kind is GrantKind.RECIPIENT)
        later(office, seconds=1)
        someone.done(Kind.WITHDRAW, target=named)
        assert [t.recipient for t in transfers(office, someone.subject, Told.WITHDRAW)] == [office.bank_b]
        assert isinstance(someone.show(), ShownPerson)

    def test_of_processing_everybody_is_told_and_our_own_use_ends_at_once(self, office: House, someone: Applicant) -> None:
        withdrawn(office, someone.subject, GrantKind.PROCESSING)
        assert isinstance(someone.show(), Refusal)
        assert [t.recipient for t in transfers(office, someone.subject, Told.WITHDRAW)] == [office.bank_a]

    def test_of_all_leaves_the_proof_and_no_live_consent(self, office: House, someone: Applicant) -> None:
        withdrawn(office, someone.subject)
        kept = office.look(lambda work: consent.proofs(work, someone.subject))
        assert all(g.state is not GrantState.GIVEN for g in kept)
        assert any(g.text.sha256 for g in kept)

    def test_a_queued_lead_of_a_withdrawn_consent_never_leaves(self, office: House, wire: Wire) -> None:
        someone = office.applicant(to=[office.bank_a])
        withdrawn(office, someone.subject, GrantKind.RECIPIENT)
        post(office)
        assert wire.bodies("lead") == []

    def test_an_unfulfilled_obligation_forbids_it_with_its_reason(self, office: House, someone: Applicant) -> None:
        new = NewRelation(RelationKind.CONTRACT, office.clock.now().date(), frozenset({office.purpose}))
        office.do(lambda work: open_relation(work, someone.subject, new))
        live = office.look(lambda work: consent.facts(work, someone.subject))
        for named in ([c.id for c in live if c.kind is GrantKind.PROCESSING], [c.id for c in live if c.state is GrantState.GIVEN]):
            answer = office.order(Kind.WITHDRAW, someone.subject, target=",".join(named))
            assert isinstance(answer, Refusal)
            assert any("8(2)" in f.article for f in answer.verdict.reasons)
        assert isinstance(someone.show(), ShownPerson)

    def test_a_consent_of_somebody_else_or_none_at_all_is_not_withdrawn(self, office: House, someone: Applicant) -> None:
        other = office.applicant()
        foreign = office.look(lambda work: consent.facts(work, other.subject))[0].id
        for target in (foreign, "", "nonsense"):
            with pytest.raises((Invalid, NotFound)):
                office.order(Kind.WITHDRAW, someone.subject, target=target)
        mine = office.look(lambda work: consent.facts(work, someone.subject))[0].id
        with pytest.raises((Invalid, NotFound)):
            office.order(Kind.WITHDRAW, someone.subject, target=f"{mine},{foreign}")


class TestWhoMay:
    """Orders are given by who may give them."""

    def test_the_machine_releases_nothing(self, office: House, someone: Applicant) -> None:
        state = someone.done(Kind.BLOCK, reason="violation_claimed").target
        try:
            answer = office.order(Kind.PROPOSE_RELEASE, someone.subject, SYSTEM, reason="violation_not_confirmed", target=state)
        except Denied:
            return
        assert isinstance(answer, Refusal)

    def test_the_machine_destroys_nothing_whose_term_and_consent_stand(self, office: House, someone: Applicant) -> None:
        assert isinstance(office.order(Kind.DESTROY, someone.subject, SYSTEM), Refusal)

    def test_the_call_centre_blocks_and_does_not_destroy(self, office: House, someone: Applicant) -> None:
        assert isinstance(office.order(Kind.DESTROY, someone.subject, office.clerk), Refusal)
        assert isinstance(office.order(Kind.BLOCK, someone.subject, office.clerk, reason="violation_claimed"), Done)

    def test_a_stranger_is_refused(self, office: House, someone: Applicant) -> None:
        stranger = Actor("staff", office.document(), "console")
        assert isinstance(office.order(Kind.BLOCK, someone.subject, stranger, reason="violation_claimed"), Refusal)

    def test_a_reason_that_is_not_on_the_list_or_a_missing_document_is_a_fault_of_input(self, office: House, someone: Applicant) -> None:
        with pytest.raises(Invalid):
            office.order(Kind.BLOCK, someone.subject, reason="because")
        with pytest.raises(Invalid):
            office.order(Kind.BLOCK, someone.subject, reason="violation_claimed", document="")
        assert office.look(lambda work: requests.of_subject(work, someone.subject)) == []


def test_deletion_on_demand_needs_the_request_on_file(office: House, wire: Wire) -> None:
    on_demand(office)
    someone = office.applicant()
    answer = office.order(Kind.DESTROY, someone.subject, document="")
    assert isinstance(answer, Refusal)
    assert "request_wanted" in {f.code for f in answer.verdict.reasons}


def test_an_order_cannot_have_come_in_tomorrow(office: House, someone: Applicant) -> None:
    with pytest.raises(Invalid):
        office.order(Kind.BLOCK, someone.subject, reason="violation_claimed", received_at=office.clock.now() + timedelta(days=1))
