"""A request comes in: sealed, numbered, never lost; who asks is proved before anything is decided (4.1, 8.3; the Law art. 10(2))."""

from datetime import date

import pytest

from acts_world import later, rows
from office import Applicant, House
from rights_world import RightsDesk, at
from sandyq import block, rights
from sandyq.db import Actor
from sandyq.db.stores import raw
from sandyq.errors import Conflict, Denied, Invalid, NotFound
from sandyq.identity import Level
from sandyq.register import items, subjects
from sandyq.rights import Channel, ClockState, Kind, NewCase, State, Wanted, What


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


class TestOpening:
    """What is written is evidence; what is kept in clear says nothing of anybody."""

    def test_a_request_has_a_number_of_its_day_that_finds_it(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        day, _, letters = case.number.partition("-")
        assert (day, len(letters)) == ("20260319", 5)
        found = desk.house.look(lambda work: rights.by_number(work, case.number.lower()))
        assert found is not None
        assert found.id == case.id

    def test_what_was_written_is_sealed_and_stands_nowhere_in_clear(self, desk: RightsDesk, office: House) -> None:
        secret = "Мен Сыналова Үлгімін, +77010001122"
        case = desk.stranger(Kind.RECTIFY, Wanted(What.FIELD, "surname", "Құпиябекова"), text=secret, contact="ulgi@sample.example")
        for store in ("durable", "perishable"):
            connection = raw(office.settings, store)
            tx = connection.tx
            if tx.engine != "sqlite":
                pytest.skip("the files are looked at on SQLite")
            for name, _ in rows(office).items():
                if not name.startswith(store):
                    continue
                for row in tx.all(f"SELECT * FROM {name.partition('.')[2]}"):
                    text = repr(row)
                    assert "Құпиябекова" not in text
                    assert "ulgi@" not in text
            connection.close()
        said = desk.do(rights.written, case)
        assert said == {"request_text": secret, "request_contact": "ulgi@sample.example", "part_1": "Құпиябекова"}

    def test_reading_it_leaves_an_entry_of_who_looked(self, desk: RightsDesk, office: House) -> None:
        case = desk.stranger(Kind.ACCESS)
        desk.do(rights.written, case)
        [shown] = [entry for entry in desk.log() if entry.act == "use.shown"]
        assert (shown.object, shown.actor) == (case.id, office.dpo.id)

    def test_a_stranger_becomes_a_person_of_their_own_who_holds_nothing_but_the_request(self, desk: RightsDesk, office: House) -> None:
        case = desk.stranger(Kind.ACCESS)
        assert case.about == ""
        legal = office.look(lambda work: items.legal(work, case.subject))
        assert [item.klass for item in legal] == ["evidence"]
        assert legal[0].term_end is not None

    def test_all_faults_come_at_once_and_nothing_is_kept(self, desk: RightsDesk, office: House) -> None:
        before = rows(office)
        wrong = NewCase(
            Kind.PUBLIC_SOURCES,
            Channel.PAPER,
            language="de",
            received_at=at(2026, 3, 20),
            wants=(Wanted(What.GRANT, "x"),),
            documents=("statement 14",),
        )
        with pytest.raises(Invalid) as caught:
            office.do(lambda work: rights.open_case(work, desk.r, wrong))
        assert {(e.field, e.code) for e in caught.value.errors} == {
            ("language", "not_in_list"),
            ("received_at", "date_in_future"),
            ("documents[0]", "not_a_reference"),
            ("wants[0].what", "not_in_list"),
            ("wants[0].id", "not_a_reference"),
            ("wants", "publication_yes_or_no"),
        }
        assert rows(office) == before

    def test_an_order_of_an_authority_is_taken_only_with_its_document(self, desk: RightsDesk, someone: Applicant) -> None:
        with pytest.raises(Invalid) as caught:
            desk.ask(someone, Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "block"), channel=Channel.AUTHORITY)
        assert [(e.field, e.code) for e in caught.value.errors] == [("documents", "missing")]

    def test_a_person_who_is_not_there_cannot_be_asked_about(self, desk: RightsDesk, office: House) -> None:
        with pytest.raises(NotFound):
            desk.ask(office.document(), Kind.ACCESS)

    def test_every_step_is_an_event_with_its_entry_of_the_log(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        desk.do(rights.answer, case)
        found = desk.house.look(lambda work: rights.events(work, case.id))
        assert [event.act for event in found][:3] == ["opened", "to_desk", "decided"]
        leaves = [event.leaf for event in found]
        assert len(set(leaves)) == len(leaves)
        assert set(leaves) <= {entry.id for entry in desk.log()}


class TestIdentity:
    """Nothing is decided before a proof; want of proof is an answer that a proof undoes."""

    def test_a_proof_opens_the_case_about_the_person_it_proves(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.stranger(Kind.ACCESS)
        proof = desk.house.document()
        made = desk.do(rights.identified, case, someone.subject, Level.CODE, proof)
        assert (made.state, made.about, made.level) == (State.OPEN, someone.subject, Level.CODE)
        events = desk.house.look(lambda work: rights.events(work, case.id))
        assert [event.new for event in events if event.act == "proof"] == [proof]
        assert desk.now(case).documents == (), "an identity document proves no new name"
        assert desk.now(case).subject != someone.subject, "who asked stays who asked"

    def test_what_the_level_does_not_allow_waits(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.DESTROY, level=Level.CODE)
        assert case.state is State.IDENTIFYING
        with pytest.raises(Denied):
            desk.do(rights.identified, case, someone.subject, Level.CODE)
        assert desk.do(rights.identified, case, someone.subject, Level.TWO_FACTORS).state is State.OPEN

    def test_everything_at_once_asks_for_more_proof_than_one_consent(self, desk: RightsDesk, someone: Applicant) -> None:
        assert desk.ask(someone, Kind.WITHDRAW, Wanted(What.CHANNEL, "sms"), level=Level.CODE).state is not State.IDENTIFYING
        assert desk.ask(someone, Kind.WITHDRAW, level=Level.CODE).state is State.IDENTIFYING

    def test_a_yes_to_publication_asks_for_more_than_a_no(self, desk: RightsDesk, someone: Applicant) -> None:
        yes = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "yes"), level=Level.CODE)
        no = desk.ask(someone, Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"), level=Level.CODE)
        assert (yes.state, no.state) == (State.IDENTIFYING, State.CARRYING_OUT)

    def test_a_case_about_one_person_does_not_become_one_about_another(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.DESTROY, level=Level.CODE)
        with pytest.raises(Conflict):
            desk.do(rights.identified, case, office.applicant().subject, Level.DESK)

    def test_want_of_proof_is_answered_in_time_and_a_later_proof_gives_a_fresh_term(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.stranger(Kind.ACCESS)
        ended = desk.do(rights.not_identified, case)
        assert (ended.state, ended.outcome) == (State.NOT_IDENTIFIED, "refused")
        assert desk.clock(case, "access-answer").state is ClockState.MET
        office.clock.move(at(2026, 4, 1))
        made = desk.do(rights.identified, case, someone.subject, Level.DESK)
        assert (made.state, made.outcome, made.closed_at) == (State.OPEN, "", None)
        assert desk.clock(case, "access-answer").due == date(2026, 4, 6)

    def test_nothing_is_decided_about_somebody_unproved(self, desk: RightsDesk) -> None:
        case = desk.stranger(Kind.ACCESS)
        with pytest.raises(Conflict):
            desk.grant(case)


class TestAtOnce:
    """What only narrows takes effect with the request; whoever had a phone in hand could do no harm by it (design 20)."""

    def test_a_block_stands_before_anybody_looked(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.BLOCK, level=Level.CODE, by=Actor("subject", someone.subject, "web"))
        [state] = office.look(lambda work: block.facts(work, someone.subject))
        assert not state.items
        assert case.parts[0].result == state.id
        assert (case.state, desk.clock(case, "block").state) == (State.CARRYING_OUT, ClockState.MET)

    def test_a_block_of_items_covers_exactly_these(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        [one, two, *_] = [i.id for i in office.look(lambda work: items.facts(work, someone.subject)) if i.klass == "data"]
        desk.ask(someone, Kind.BLOCK, Wanted(What.ITEM, one), Wanted(What.ITEM, two), level=Level.CODE)
        [state] = office.look(lambda work: block.facts(work, someone.subject))
        assert state.items == {one, two}

    def test_a_stranger_blocks_nothing(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        desk.ask(someone, Kind.BLOCK, level=Level.ASSERTED)
        assert office.look(lambda work: block.facts(work, someone.subject)) == ()


class TestOtherEnds:
    """A duplicate, a retraction, a second look."""

    def test_a_duplicate_names_the_case_that_goes_on(self, desk: RightsDesk, someone: Applicant) -> None:
        first, second = desk.ask(someone, Kind.ACCESS), desk.ask(someone, Kind.ACCESS)
        made = desk.do(rights.duplicate, second, first.id)
        assert (made.state, made.duplicate_of) == (State.DUPLICATE, first.id)
        assert desk.now(second).due.year == 9999

    def test_requests_of_two_people_or_of_two_kinds_are_no_duplicates(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        mine, theirs = desk.ask(someone, Kind.ACCESS), desk.ask(office.applicant(), Kind.ACCESS)
        other = desk.ask(someone, Kind.DESTROY)
        for of in (theirs, other, mine):
            with pytest.raises(Conflict):
                desk.do(rights.duplicate, mine, of.id)

    def test_the_person_takes_a_request_back_and_nobody_else_does(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        with pytest.raises(Denied):
            desk.do(rights.retract, case, by=Actor("subject", office.document(), "web"))
        assert desk.do(rights.retract, case, by=Actor("subject", someone.subject, "web")).state is State.RETRACTED

    def test_after_an_appeal_refused_parts_are_open_again_under_a_fresh_term(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material"))
        desk.refuse(case, "unsubstantiated")
        desk.do(rights.answer, case)
        assert desk.fetched(case).state is State.CLOSED
        later(office, days=1)
        made = desk.do(rights.reopen, case, "appeal")
        assert made.state is State.OPEN
        assert len(desk.now(case).open_parts) == 2
        assert desk.clock(case, "consumer-complaint").state is ClockState.RUNNING

    def test_an_assigned_case_falls_to_the_deputy_while_its_member_is_away(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.do(rights.assign, case, office.dpo.id)
        days = (date(2026, 3, 26), date(2026, 3, 31))
        office.do(lambda work: rights.name_deputy(work, office.dpo.id, office.dpo2.id, *days), office.dpo)

        def of(member: str) -> list[str]:
            return [line.case.id for line in office.look(lambda work: rights.today(work, member)).due_today]

        assert desk.now(case).deputy == ""
        office.clock.move(at(2026, 3, 27))
        assert desk.now(case).deputy == office.dpo2.id
        assert of(office.dpo2.id) == [case.id]
        assert of(office.dpo.id) == []

    def test_a_deputy_is_another_member_over_days_that_follow_each_other(self, office: House) -> None:
        with pytest.raises(Invalid) as caught:
            office.do(lambda work: rights.name_deputy(work, office.dpo.id, office.dpo.id, date(2026, 3, 2), date(2026, 3, 1)), office.dpo)
        assert {e.code for e in caught.value.errors} == {"before_start", "not_another_member"}


def test_the_subject_of_a_case_is_there_as_long_as_the_case(desk: RightsDesk, office: House) -> None:
    case = desk.stranger(Kind.ACCESS)
    assert office.look(lambda work: subjects.alive(work, case.subject))
