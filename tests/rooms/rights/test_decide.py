"""Deciding and carrying out, kind by kind: partial outcomes, reasons with limb and article, two people where it takes two (4.1.1-4.1.7)."""

from datetime import date

import pytest

from acts_world import Wire, acknowledge, destroyed, later, on_demand, post, transfers, wired
from office import Applicant, House
from rights_world import RightsDesk, at, items_of
from sandyq import block, consent, destroy, relations, rights
from sandyq.consent import Pressed
from sandyq.db import Actor
from sandyq.distribute import Kind as Follow
from sandyq.errors import Conflict, Denied, Invalid
from sandyq.identity import Level
from sandyq.law.vocabulary import GrantKind, GrantState, StateKind
from sandyq.register import items, subjects
from sandyq.relations import NewRelation, RelationKind
from sandyq.requests import Kind as OrderKind
from sandyq.rights import Case, Do, Kind, Outcome, Part, PartDecision, PartState, Stage, State, Wanted, What


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House, wire: Wire) -> Applicant:
    made = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    return made


def data_items(office: House, someone: Applicant) -> dict[str, str]:
    """Category to item."""
    return {i.category: i.id for i in office.look(lambda work: items.facts(work, someone.subject)) if i.klass == "data"}


def obligation(office: House, someone: Applicant) -> str:
    new = NewRelation(RelationKind.OBLIGATION, date(2026, 3, 1), frozenset({office.purpose}))
    return office.do(lambda work: relations.open_relation(work, someone.subject, new))


def grants(office: House, someone: Applicant, *kinds: GrantKind) -> dict[GrantKind, str]:
    live = office.look(lambda work: consent.facts(work, someone.subject))
    return {f.kind: f.id for f in live if f.state is GrantState.GIVEN and (not kinds or f.kind in kinds)}


def outcome(desk: RightsDesk, case: Case) -> tuple[State, str, list[PartState]]:
    made = desk.now(case)
    return made.state, made.outcome, [part.state for part in made.parts if part.reason != "listed"]


class TestDeciding:
    """Every part is decided once; a fault in one keeps them all."""

    def test_each_open_part_wants_exactly_one_decision(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material"))
        with pytest.raises(Invalid) as caught:
            desk.do(rights.decide, case, [PartDecision(1, Do.REFUSE, "because"), PartDecision(7, Do.GRANT)])
        assert {e.code for e in caught.value.errors} == {"part_undecided", "part_decided_once", "not_in_list"}
        assert desk.now(case).state is State.OPEN

    def test_only_staff_decide(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        with pytest.raises(Denied):
            desk.grant(case, by=Actor("subject", someone.subject, "web"))

    def test_a_refused_part_carries_limb_and_article_and_the_case_is_partly_granted(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material"))
        desk.do(rights.decide, case, [PartDecision(1, Do.GRANT), PartDecision(2, Do.REFUSE, "unsubstantiated")])
        assert outcome(desk, case) == (State.CARRYING_OUT, "partly", [PartState.DONE, PartState.REFUSED])
        refused = desk.now(case).parts[1]
        assert (refused.reason, refused.clause, refused.article) == ("unsubstantiated", "4.1.7", "94-V art. 24(1)(7), 29")

    def test_what_the_law_permits_is_not_refused_in_its_name(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        on_demand(office)
        case = desk.ask(someone, Kind.DESTROY)
        with pytest.raises(Conflict):
            desk.refuse(case, "law")

    def test_a_case_that_is_decided_is_not_decided_again(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        with pytest.raises(Conflict):
            desk.grant(case)


class TestAccess:
    def test_what_is_held_is_answered_also_under_a_block(self, desk: RightsDesk, someone: Applicant) -> None:
        someone.done(OrderKind.BLOCK, reason="violation_claimed")
        case = desk.ask(someone, Kind.ACCESS)
        assert desk.do(rights.suggest, case).outcome is Outcome.GRANTED
        desk.grant(case)
        assert outcome(desk, case) == (State.CARRYING_OUT, "granted", [PartState.DONE])

    def test_that_nothing_is_held_is_an_answer(self, desk: RightsDesk) -> None:
        case = desk.stranger(Kind.ACCESS)
        desk.do(rights.identified, case, case.subject, Level.DESK)
        desk.grant(case)
        assert desk.now(case).parts[0].state is PartState.NOT_HELD


class TestUnblock:
    def test_it_takes_two(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        someone.done(OrderKind.BLOCK, reason="violation_claimed")
        later(office, seconds=1)
        case = desk.ask(someone, Kind.UNBLOCK)
        assert desk.grant(case).waiting_for == "second_person"
        assert "unblock" in desk.duties(case), "not confirmed: the term to unblock runs from the finding"
        assert len(office.look(lambda work: block.facts(work, someone.subject))) == 1
        with pytest.raises(Denied):
            desk.do(rights.confirm, case)
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        assert office.look(lambda work: block.facts(work, someone.subject)) == ()
        assert outcome(desk, case)[1:] == ("granted", [PartState.DONE])

    def test_what_the_second_declines_is_open_again_and_the_block_stands(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        someone.done(OrderKind.BLOCK, reason="violation_claimed")
        case = desk.ask(someone, Kind.UNBLOCK)
        desk.grant(case)
        assert desk.do(rights.decline, case, by=office.dpo2).state is State.OPEN
        assert len(office.look(lambda work: block.facts(work, someone.subject))) == 1
        assert [part.choice for part in desk.now(case).open_parts] == [""]

    def test_with_no_block_there_is_nothing_to_lift(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.UNBLOCK)
        assert outcome(desk, case) == (State.CARRYING_OUT, "granted", [PartState.NOT_HELD])
        desk.do(rights.answer, case)
        assert desk.now(case).state is State.ANSWERED


class TestWithdraw:
    """Each by itself, at once where nothing stands against it; what goes on names the obligation (4.1.5, 5.4)."""

    def test_one_consent_ends_at_once_and_the_others_stand(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        before = grants(office, someone)
        case = desk.ask(someone, Kind.WITHDRAW, Wanted(What.GRANT, before[GrantKind.RECIPIENT]), level=Level.CODE)
        assert grants(office, someone).keys() == before.keys() - {GrantKind.RECIPIENT}
        assert desk.now(case).parts[0].state is PartState.DONE
        assert [t.recipient for t in transfers(office, someone.subject, Follow.WITHDRAW)] == [office.bank_a]

    def test_everything_is_decided_by_a_person_consent_by_consent(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        before = grants(office, someone)
        case = desk.ask(someone, Kind.WITHDRAW, level=Level.TWO_FACTORS)
        assert grants(office, someone) == before
        listed = [part.target for part in desk.now(case).open_parts]
        assert sorted(listed) == sorted(before.values())
        desk.grant(case)
        assert grants(office, someone) == {}
        assert desk.now(case).outcome == "granted"

    def test_an_open_obligation_leaves_the_decision_to_a_person_who_has_to_name_it(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        owed = obligation(office, someone)
        processing = grants(office, someone)[GrantKind.PROCESSING]
        case = desk.ask(someone, Kind.WITHDRAW, Wanted(What.GRANT, processing))
        assert case.state is State.OPEN, "the law refuses, and a person says so"
        [said] = desk.do(rights.suggest, case).parts
        assert (said.verdict, said.reasons[0].code) == ("refused", "withdrawal_obligation_open")
        for cited in ("", office.document()):
            with pytest.raises(Invalid) as caught:
                desk.refuse(case, "withdrawal_obligation_open", cited=cited)
            assert [e.code for e in caught.value.errors] == ["refusal_cites_nothing"]
        desk.refuse(case, "withdrawal_obligation_open", cited=owed)
        [part] = desk.now(case).parts
        assert (part.state, part.cited, part.clause, part.article) == (PartState.REFUSED, (owed,), "4.1.5", "94-V art. 8(2)")

    def test_granting_what_the_law_refuses_ends_in_a_refused_part(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        owed = obligation(office, someone)
        case = desk.ask(someone, Kind.WITHDRAW, Wanted(What.GRANT, grants(office, someone)[GrantKind.PROCESSING]))
        desk.grant(case)
        [part] = desk.now(case).parts
        assert (part.state, part.reason, part.cited) == (PartState.REFUSED, "withdrawal_obligation_open", (owed,))
        assert part.decision

    def test_a_stop_of_marketing_holds_at_once(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        desk.ask(someone, Kind.WITHDRAW, Wanted(What.CHANNEL, "sms"), level=Level.CODE)
        assert office.look(lambda work: consent.standing(work, someone.subject)).suppressed == {"sms"}


class TestDestroy:
    """By limb; item by item where something has to be kept; a certificate with what is gone and what is kept."""

    def test_before_the_digital_code_a_lawful_consent_stands_against_it(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.DESTROY)
        assert desk.do(rights.suggest, case).outcome is Outcome.REFUSED
        desk.refuse(case, "law")
        [part] = desk.now(case).parts
        assert part.state is PartState.REFUSED
        assert part.article
        assert part.decision

    def test_on_demand_everything_goes_and_the_case_outlives_the_person(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        on_demand(office)
        case = desk.ask(someone, Kind.DESTROY, level=Level.TWO_FACTORS)
        assert desk.grant(case, reason="demanded").waiting_for == "destruction"
        assert desk.now(case).outcome == "", "what is planned is not done yet"
        with pytest.raises(Conflict):
            desk.do(rights.answer, case)
        destroyed(office)
        desk.do(rights.progress, case)
        assert outcome(desk, case) == (State.CARRYING_OUT, "granted", [PartState.DONE])
        desk.do(rights.answer, case)
        assert not office.look(lambda work: subjects.alive(work, someone.subject))
        desk.do(rights.progress, case)
        assert desk.now(case).state is State.ANSWERED, "bank A has not confirmed"
        post(office)
        later(office, seconds=1)
        [told] = transfers(office, someone.subject, Follow.DESTROY)
        acknowledge(office, told)
        desk.do(rights.progress, case)
        assert desk.now(case).state is State.ANSWERED, "nobody has fetched the answer"
        assert desk.fetched(case).state is State.CLOSED

    def test_a_request_by_mail_names_nobody_once_the_person_is_gone_and_it_is_closed(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        on_demand(office)
        case = desk.stranger(Kind.DESTROY)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        desk.grant(case, reason="demanded")
        destroyed(office)
        desk.do(rights.progress, case)
        desk.do(rights.answer, case)
        assert desk.now(case).about == someone.subject, "as long as a recipient has to confirm"
        post(office)
        later(office, seconds=1)
        acknowledge(office, transfers(office, someone.subject, Follow.DESTROY)[0])
        desk.fetched(case)
        closed = desk.now(case)
        assert (closed.state, closed.about) == (State.CLOSED, "")

    def test_an_item_that_an_obligation_needs_stays_and_is_said_with_its_limb(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        on_demand(office)
        owed = obligation(office, someone)
        case = desk.ask(someone, Kind.DESTROY)
        desk.grant(case, reason="demanded")
        made = desk.now(case)
        refused = [part for part in made.parts if part.state is PartState.REFUSED]
        assert refused
        assert {part.reason for part in refused} == {"obligation_open"}
        assert all(owed in part.cited and "8(2)" in part.article for part in refused)
        assert office.look(lambda work: subjects.alive(work, someone.subject))

    def test_a_hold_stands_against_it(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        on_demand(office)
        held = someone.done(OrderKind.HOLD, reason="claim_for_damages")
        case = desk.ask(someone, Kind.DESTROY)
        desk.refuse(case, "held_for_claim", cited=held.target)
        assert desk.now(case).parts[0].clause == "4.1.7"

    def test_a_confirmed_violation_is_destroyed_out_of_a_block_by_two_people(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.DESTROY)
        assert desk.grant(case, reason="violation_confirmed").waiting_for == "second_person"
        assert "destroy-unlawful" in desk.duties(case)
        assert [s.kind for s in office.look(lambda work: block.facts(work, someone.subject))] == [StateKind.BLOCK]
        with pytest.raises(Denied):
            desk.do(rights.confirm, case)
        later(office, seconds=1)
        assert desk.do(rights.confirm, case, by=office.dpo2).waiting_for == "destruction"
        destroyed(office)
        desk.do(rights.progress, case)
        assert desk.now(case).parts[0].state is PartState.DONE
        [plan] = office.look(lambda work: destroy.plans(work, someone.subject))
        assert (plan.id, plan.certificate != "") == (desk.now(case).parts[0].result, True)
        assert desk.clock(case, "destroy-unlawful").state is rights.ClockState.MET

    def test_single_items_go_alone(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        on_demand(office)
        held = data_items(office, someone)
        gone = held["6.2.6"]
        case = desk.ask(someone, Kind.DESTROY, Wanted(What.ITEM, gone))
        desk.grant(case, reason="demanded")
        destroyed(office)
        desk.do(rights.progress, case)
        assert desk.now(case).outcome == "granted"
        assert set(data_items(office, someone)) == set(held) - {"6.2.6"}


class TestPublicSources:
    def test_a_no_is_kept_with_its_text_and_its_way(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"), level=Level.CODE)
        last = office.look(lambda work: consent.proofs(work, someone.subject))[-1]
        assert (last.kind, last.state, last.pressed) == (GrantKind.PUBLIC_SOURCES, GrantState.REFUSED, Pressed.BUTTON_NO)
        assert len(last.text.sha256) == 32
        assert last.evidence == case.item
        assert case.parts[0].result == last.id

    def test_a_yes_waits_for_a_member_and_is_then_proved(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "yes"), level=Level.TWO_FACTORS)
        assert GrantKind.PUBLIC_SOURCES not in grants(office, someone)
        desk.grant(case)
        assert GrantKind.PUBLIC_SOURCES in grants(office, someone)

    def test_a_no_after_a_yes_is_a_withdrawal(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        desk.grant(desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "yes")))
        later(office, seconds=1)
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"))
        assert GrantKind.PUBLIC_SOURCES not in grants(office, someone)
        assert case.parts[0].order

    def test_each_place_is_open_until_the_proof_of_its_removal(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 4, 1))
        wants = (Wanted(What.PUBLICATION, "no"), Wanted(What.PLACE, "", "https://sample.example/a"), Wanted(What.PLACE, "", "a poster"))
        case = desk.ask(someone, Kind.PUBLIC_SOURCES, *wants)
        assert desk.duties(case) == {"public-removal": date(2026, 4, 2)}
        assert desk.grant(case).waiting_for == "proof"
        desk.do(rights.carried_outside, case, 2, office.document())
        assert desk.clock(case, "public-removal").met_at is None
        with pytest.raises(Conflict):
            desk.do(rights.carried_outside, case, 2, office.document())
        desk.do(rights.carried_outside, case, 3, office.document())
        assert desk.clock(case, "public-removal").state is rights.ClockState.MET
        assert desk.now(case).outcome == "granted"


class TestComplaint:
    """Exactly the items in dispute are held, until two people end it."""

    def _complaint(self, desk: RightsDesk, office: House, someone: Applicant) -> tuple[Case, str]:
        disputed = data_items(office, someone)["6.2.6"]
        wants = (*items_of([disputed]), Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material", "1200000 KZT"))
        return desk.ask(someone, Kind.COMPLAINT, *wants), disputed

    def test_from_examination_on_the_items_in_dispute_are_held_and_no_others(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case, disputed = self._complaint(desk, office, someone)
        desk.do(rights.stage, case, Stage.EXAMINED, office.document())
        [state] = office.look(lambda work: block.facts(work, someone.subject))
        assert (state.kind, state.items) == (StateKind.HOLD, {disputed})
        desk.do(rights.stage, case, Stage.OFFERED, office.document())
        assert len(office.look(lambda work: block.facts(work, someone.subject))) == 1, "held once"

    def test_stages_follow_each_other_and_court_is_always_open(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case, _ = self._complaint(desk, office, someone)
        with pytest.raises(Conflict):
            desk.do(rights.stage, case, Stage.SETTLED, office.document())
        desk.do(rights.stage, case, Stage.COURT, office.document())
        assert desk.now(case).stage == "court"

    def test_the_hold_ends_by_a_second_person_after_the_settlement(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case, _ = self._complaint(desk, office, someone)
        with pytest.raises(Conflict):
            desk.do(rights.release, case)
        for stage in (Stage.EXAMINED, Stage.OFFERED, Stage.SETTLED):
            desk.do(rights.stage, case, stage, office.document())
            later(office, seconds=1)
        with pytest.raises(Denied):
            desk.do(rights.release, case)
        assert len(office.look(lambda work: block.facts(work, someone.subject))) == 1
        desk.do(rights.release, case, by=office.dpo2)
        assert office.look(lambda work: block.facts(work, someone.subject)) == ()

    def test_the_amount_is_sealed(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case, _ = self._complaint(desk, office, someone)
        assert desk.do(rights.written, case)["part_3"] == "1200000 KZT"
        assert all("1200000" not in part.target for part in desk.now(case).parts)


class TestAuthority:
    def test_a_block_that_is_ordered_is_set_as_soon_as_the_person_is_found(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        paper = office.document()
        case = desk.stranger(
            Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "block"), documents=(paper,), channel=rights.Channel.AUTHORITY, about=""
        )
        assert case.state is State.IDENTIFYING
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        [state] = office.look(lambda work: block.history(work, someone.subject))
        assert (state.reason.value, state.document) == ("authority_demand", paper)
        assert desk.clock(case, "block").state is rights.ClockState.MET

    def test_a_destruction_that_a_court_orders_rests_on_its_act(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "destroy"), documents=(office.document(),))
        with pytest.raises(Invalid):
            desk.grant(case)
        desk.grant(case, reason="court")
        [plan] = office.look(lambda work: destroy.plans(work, someone.subject))
        assert "18(1)(3)" in plan.basis.article
        destroyed(office)
        desk.do(rights.progress, case)
        assert desk.now(case).outcome == "granted"

    def test_a_removal_from_public_sources_that_is_ordered_is_done_on_its_proof(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "unpublish"), documents=(office.document(),))
        assert desk.grant(case).waiting_for == "proof"
        assert desk.clock(case, "public-removal").state is rights.ClockState.RUNNING
        desk.do(rights.carried_outside, case, 1, office.document())
        assert desk.now(case).outcome == "granted"
        assert desk.clock(case, "public-removal").state is rights.ClockState.MET

    def test_who_decided_to_disclose_does_not_confirm_it_and_nothing_is_told_before(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        wanted = Wanted(What.ORDER, "disclose")
        case = desk.ask(someone, Kind.AUTHORITY_ORDER, wanted, Wanted(What.FIELD, "surname"), documents=(office.document(),))
        assert desk.grant(case).waiting_for == "second_person"
        with pytest.raises(Denied) as caught:
            desk.do(rights.confirm, case)
        assert caught.value.code == "decision_needs_another_person"
        with pytest.raises(Conflict):
            desk.do(rights.answer, case)
        desk.do(rights.confirm, case, by=office.dpo2)
        assert desk.now(case).outcome == "granted"


class TestNotMe:
    """What was asserted in somebody's name is blocked, compared, and ended by two people."""

    def _asserted(self, desk: RightsDesk, office: House, someone: Applicant) -> tuple[str, str]:
        stranger = office.person()
        from dataclasses import replace as changed

        form = office.form(changed(stranger, iin=someone.person.iin))
        from office import PUBLIC
        from sandyq import collect

        received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
        return received.submission, received.subject

    def test_the_form_is_found_blocked_and_destroyed_by_two(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        submission, asserted = self._asserted(desk, office, someone)
        case = desk.ask(someone, Kind.NOT_ME)
        assert [part.target for part in desk.now(case).open_parts] == [submission]
        assert [s.kind for s in office.look(lambda work: block.facts(work, asserted))] == [StateKind.BLOCK]
        assert office.look(lambda work: block.facts(work, someone.subject)) == (), "the person's own data are not touched"
        [said] = desk.do(rights.suggest, case).parts
        assert someone.subject in said.meets
        assert desk.grant(case, reason="reject").waiting_for == "second_person"
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        destroyed(office)
        assert not office.look(lambda work: subjects.alive(work, asserted))
        assert office.look(lambda work: subjects.alive(work, someone.subject))
        assert desk.now(case).outcome == "granted"

    def test_a_merge_rests_on_an_identity_check(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        self._asserted(desk, office, someone)
        case = desk.ask(someone, Kind.NOT_ME)
        with pytest.raises(Invalid) as caught:
            desk.grant(case, reason="merge")
        assert [e.code for e in caught.value.errors] == ["identity_check_wanted"]
        desk.grant(case, reason="merge", document=office.document())
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        assert desk.now(case).parts[-1].state is PartState.DONE

    def test_somebody_else_is_kept_apart_and_goes_on(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        _, asserted = self._asserted(desk, office, someone)
        case = desk.ask(someone, Kind.NOT_ME)
        desk.grant(case, reason="apart")
        later(office, seconds=1)
        desk.do(rights.confirm, case, by=office.dpo2)
        assert office.look(lambda work: block.facts(work, asserted)) == ()
        assert office.look(lambda work: subjects.alive(work, asserted))


def test_a_part_says_by_whom_it_was_decided(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = desk.ask(someone, Kind.ACCESS)
    desk.grant(case)
    part: Part = desk.now(case).parts[0]
    assert (part.by, part.choice) == (office.dpo.id, "grant")
