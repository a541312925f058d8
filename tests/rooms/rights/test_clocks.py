"""Clocks of requests: which terms, by the law of which day, on which calendar; what pauses them, and what does not (the Law art. 25(2)(6)-(8), 8(7))."""

from datetime import date, timedelta

import pytest

from acts_world import later
from office import Applicant, House
from rights_world import RightsDesk, at
from sandyq import consent, rights
from sandyq.app import decreed
from sandyq.errors import Invalid
from sandyq.law.calendar import Decree, DecreeKind, kazakhstan
from sandyq.law.vocabulary import GrantState
from sandyq.policy import decrees
from sandyq.requests import Kind as OrderKind
from sandyq.rights import ClockState, Kind, State, Wanted, What
from sandyq.rights.clocks import next_reminder, remaining, reminders


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


WITHDRAWAL = Wanted(What.CHANNEL, "sms")


class TestTerms:
    """Which term a request has, by the kind and by the law of the day."""

    def test_access_received_on_19_march_2026_is_due_on_27_march(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        assert desk.duties(case) == {"access-answer": date(2026, 3, 27)}
        assert desk.now(case).due == date(2026, 3, 27)

    def test_papers_count_from_the_day_they_came_and_not_from_that_on_which_somebody_looked(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        """They lay in the mailbox over Nauryz: came on Friday the 20th, looked at on the 27th."""
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабаева"))
        office.clock.move(at(2026, 3, 27))
        paper = office.document()
        with pytest.raises(Invalid) as refused:
            desk.do(rights.add_documents, case, (paper,), date(2026, 3, 28))
        assert [(e.field, e.code) for e in refused.value.errors] == [("came_on", "date_in_future")]
        desk.do(rights.add_documents, case, (paper,), date(2026, 3, 20))
        assert desk.duties(case)["rectify"] == date(2026, 3, 26)

    def test_a_withdrawal_of_20_march_2026_is_due_on_15_april(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 3, 20))
        assert desk.duties(desk.ask(someone, Kind.WITHDRAW, WITHDRAWAL)) == {"withdrawal-stop": date(2026, 4, 15)}

    def test_a_withdrawal_before_18_january_2026_has_no_term(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.WITHDRAW, WITHDRAWAL, received_at=at(2026, 1, 17))
        assert desk.duties(case) == {}
        later_ = desk.ask(someone, Kind.WITHDRAW, WITHDRAWAL, received_at=at(2026, 1, 18))
        assert set(desk.duties(later_)) == {"withdrawal-stop"}

    def test_one_working_day_from_31_december_2024_ends_on_sunday_5_january_2025(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.BLOCK, received_at=at(2024, 12, 31))
        assert desk.duties(case)["block"] == date(2025, 1, 5)

    def test_a_complaint_of_a_consumer_has_ten_calendar_days(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.COMPLAINT, received_at=at(2026, 3, 2))
        assert desk.duties(case) == {"consumer-complaint": date(2026, 3, 12)}

    def test_a_demand_for_destruction_stands_under_the_digital_code_only_since_it_is_in_force(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        assert set(desk.duties(desk.ask(someone, Kind.DESTROY))) == {"access-answer"}
        office.clock.move(at(2026, 11, 20))
        assert set(desk.duties(desk.ask(someone, Kind.DESTROY))) == {"access-answer", "dc41-limit"}

    def test_a_rectification_without_papers_has_only_the_term_of_an_answer(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңа"))
        assert set(desk.duties(case)) == {"access-answer"}
        office.clock.move(at(2026, 3, 26))
        desk.do(rights.add_documents, case, (office.document(),))
        assert desk.duties(case)["rectify"] == date(2026, 3, 27)

    def test_wanting_papers_is_the_answer_that_the_first_term_asks_for(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңа"))
        wanting = desk.do(rights.want_documents, case)
        assert wanting.state is State.WANTING_DOCUMENTS
        assert desk.clock(case, "access-answer").state is ClockState.MET

    def test_a_case_that_waits_for_identity_has_its_clock_running(self, desk: RightsDesk) -> None:
        case = desk.stranger(Kind.ACCESS)
        assert case.state is State.IDENTIFYING
        assert desk.clock(case, "access-answer").state is ClockState.RUNNING

    def test_a_deadline_shows_how_it_was_counted_day_by_day(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        clock = desk.clock(desk.ask(someone, Kind.ACCESS), "access-answer")
        told = rights.explain(clock, office.office.calendar)
        assert told is not None
        assert told.date == clock.due
        assert [day.date.day for day in told.counted if day.counted] == [20, 26, 27]
        assert told.counted[0].date == date(2026, 3, 19)
        assert not told.counted[0].counted

    def test_the_day_of_an_authoritys_own_order_is_kept_beside_the_laws_and_moved_by_no_calendar(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        papers = (office.document(),)
        wanted = Wanted(What.ORDER, "disclose")
        case = desk.ask(someone, Kind.AUTHORITY_ORDER, wanted, documents=papers, ordered_due=date(2026, 3, 24))
        assert desk.duties(case)["ordered"] == date(2026, 3, 24)
        _decreed(desk, date(2026, 3, 20), DecreeKind.DAY_OFF)
        assert desk.duties(case)["ordered"] == date(2026, 3, 24)

    def test_an_authoritys_order_starts_the_terms_of_what_it_orders_and_of_nothing_else(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        paper = (office.document(),)
        wants = [Wanted(What.ORDER, order) for order in ("correct", "destroy", "unpublish")]
        every = desk.ask(someone, Kind.AUTHORITY_ORDER, *wants, Wanted(What.FIELD, "surname", "Жаңабаева"), documents=paper)
        assert desk.duties(every) == dict.fromkeys(("block", "rectify", "destroy-unlawful", "public-removal"), date(2026, 3, 20))
        told = desk.ask(someone, Kind.AUTHORITY_ORDER, Wanted(What.ORDER, "disclose"), Wanted(What.FIELD, "surname"), documents=paper)
        assert desk.duties(told) == {"block": date(2026, 3, 20)}

    def test_what_a_court_decides_is_destroyed_within_a_day_of_its_act_and_a_hold_stops_that_clock(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.DESTROY, documents=(office.document(),))
        desk.grant(case, reason="court")
        assert desk.clock(case, "destroy-ended").due == date(2026, 3, 20)


class TestMet:
    """A duty is done by answering or by carrying out; a day that is over stays missed."""

    def test_an_answer_in_time_meets_the_term(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        assert desk.clock(case, "access-answer").state is ClockState.RUNNING, "carrying out is not answering"
        desk.do(rights.answer, case)
        assert desk.clock(case, "access-answer").state is ClockState.MET

    def test_an_answer_a_day_late_is_missed_for_good_and_the_case_goes_on(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        office.clock.move(at(2026, 3, 28))
        assert desk.remind() == 1
        assert desk.clock(case, "access-answer").state is ClockState.MISSED
        assert desk.now(case).state is State.OPEN, "nothing ends by time alone"
        desk.grant(case)
        desk.do(rights.answer, case)
        clock = desk.clock(case, "access-answer")
        assert clock.state is ClockState.MISSED
        assert clock.met_at is not None

    def test_late_is_late_also_when_nobody_was_reminded(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        office.clock.move(at(2026, 3, 28))
        desk.grant(case)
        desk.do(rights.answer, case)
        assert desk.clock(case, "access-answer").state is ClockState.MISSED

    def test_the_last_day_counts_whole(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        office.clock.move(at(2026, 3, 27, 23))
        desk.grant(case)
        desk.do(rights.answer, case)
        assert desk.clock(case, "access-answer").state is ClockState.MET


def _decreed(desk: RightsDesk, on: date, kind: DecreeKind) -> list[rights.MovedClock]:
    def entered(work):
        old = decrees.current(work)
        new = decrees.add(work, Decree(on, kind, "Resolution No. 1, made up"))
        return rights.recount(work, desk.r, old, new)

    moved = desk.house.do(entered)
    desk.house.office.reload_calendar()
    return moved


class TestDecrees:
    """A decree moves the clocks that run, both ways, and says so."""

    def test_a_decreed_day_off_moves_a_running_clock_and_is_in_its_history(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        [moved] = _decreed(desk, date(2026, 3, 20), DecreeKind.DAY_OFF)
        assert (moved.before, moved.after) == (date(2026, 3, 27), date(2026, 3, 30))
        assert desk.now(case).due == date(2026, 3, 30)
        event = desk.house.look(lambda work: rights.events(work, case.id))[-1]
        assert (event.act, event.old, event.new, event.reason) == ("clock_moved", "2026-03-27", "2026-03-30", "access-answer")
        assert event.leaf

    def test_a_decreed_working_day_makes_a_term_end_earlier(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        _decreed(desk, date(2026, 3, 21), DecreeKind.WORKING_DAY)
        assert desk.now(case).due == date(2026, 3, 26)

    def test_a_clock_that_was_met_keeps_its_day(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        desk.grant(case)
        desk.do(rights.answer, case)
        assert _decreed(desk, date(2026, 3, 20), DecreeKind.DAY_OFF) == []
        assert desk.clock(case, "access-answer").due == date(2026, 3, 27)

    def test_one_that_does_not_move_takes_the_new_calendar_all_the_same(self, desk: RightsDesk, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        assert _decreed(desk, date(2026, 12, 31), DecreeKind.DAY_OFF) == []
        assert desk.clock(case, "access-answer").calendar == desk.house.office.calendar.version

    def test_what_a_decree_would_move_is_foreseen_for_orders_and_requests_and_moves_nothing_before(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case, other = desk.ask(someone, Kind.ACCESS), office.applicant()
        blocked = other.done(OrderKind.BLOCK, reason="violation_claimed")
        other.done(OrderKind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=blocked.target)
        given = (
            Decree(date(2026, 3, 20), DecreeKind.DAY_OFF, "Resolution No. 2, made up"),
            Decree(date(2026, 3, 28), DecreeKind.WORKING_DAY, "Resolution No. 2, made up"),
        )

        def state(work):
            moved = [event.new for event in rights.events(work, case.id) if event.act == "clock_moved"]
            return moved, decrees.current(work), rights.case(work, case.id).due

        before = office.look(state)
        _, foreseen = office.look(lambda work: decreed.foresee(work, office.office, given))
        assert office.look(state) == before
        calendar, moved = office.do(lambda work: decreed.enter(work, office.office, given), office.dpo)
        assert moved == foreseen
        assert {term.kind for term in moved} == {"access-answer", "propose_release"}
        assert {(term.kind, term.before, term.after) for term in moved} >= {("access-answer", date(2026, 3, 27), date(2026, 3, 28))}
        assert office.look(state) == (["2026-03-28"], calendar, date(2026, 3, 28))
        assert office.look(lambda work: decreed.foresee(work, office.office, given))[1] == []


class TestPauses:
    """Only a state that forbids the duty itself stops its clock."""

    def _demand(self, desk: RightsDesk, office: House, someone: Applicant) -> rights.Case:
        office.clock.move(at(2026, 11, 20))
        return desk.ask(someone, Kind.DESTROY)

    def test_a_hold_pauses_a_destruction_and_its_end_gives_the_rest_of_the_term(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = self._demand(desk, office, someone)
        due = desk.clock(case, "dc41-limit").due
        held = someone.done(OrderKind.HOLD, reason="claim_for_damages")
        office.clock.move(at(2026, 11, 27))
        desk.do(rights.progress, case)
        paused = desk.clock(case, "dc41-limit")
        assert (paused.state, paused.paused_for) == (ClockState.PAUSED, held.target)
        assert desk.clock(case, "access-answer").state is ClockState.RUNNING, "an answer is owed whatever stands"
        proposed = someone.done(OrderKind.PROPOSE_UNHOLD, reason="claim_settled", target=held.target)
        someone.done(OrderKind.CONFIRM_UNHOLD, office.dpo2, target=proposed.target)
        desk.do(rights.progress, case)
        clock = desk.clock(case, "dc41-limit")
        assert clock.state is ClockState.RUNNING
        assert clock.due > due
        assert office.office.calendar.add_working_days(date(2026, 11, 27), 15) == clock.due, "held from the first day on, all of it is left"

    def test_nothing_pauses_an_access_or_a_withdrawal(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        access, withdrawal = desk.ask(someone, Kind.ACCESS), desk.ask(someone, Kind.WITHDRAW)
        someone.done(OrderKind.BLOCK, reason="violation_claimed")
        someone.done(OrderKind.HOLD, reason="claim_for_damages")
        for case in (access, withdrawal):
            desk.do(rights.progress, case)
            assert {clock.state for clock in desk.now(case).clocks} == {ClockState.RUNNING}

    def test_what_is_left_of_a_term_is_counted_in_its_own_days(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        clock = desk.clock(desk.ask(someone, Kind.ACCESS), "access-answer")
        left = [str(remaining(clock, date(2026, 3, day), kazakhstan())) for day in (19, 20, 25, 26, 27, 30)]
        assert left == ["3wd", "2wd", "2wd", "1wd", "0cd", "0cd"]


class TestReminders:
    """At half of the term, a day before its end, on the day, then each day."""

    def test_the_days_of_an_access_request(self, desk: RightsDesk, someone: Applicant) -> None:
        clock = desk.clock(desk.ask(someone, Kind.ACCESS), "access-answer")
        assert [(day.day, word) for day, word in reminders(clock)] == [(23, "half"), (26, "day_before"), (27, "due")]
        assert [next_reminder(clock, date(2026, 3, day)).day for day in (19, 23, 26, 27, 28)] == [23, 26, 27, 28, 29]

    def test_each_is_made_once_and_is_on_record(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        assert desk.remind() == 0
        for day, word, missed in (
            (23, "half", False),
            (26, "day_before", False),
            (27, "due", False),
            (28, "overdue", True),
            (29, "overdue", False),
        ):
            office.clock.move(at(2026, 3, day))
            assert desk.remind() == 1
            assert desk.remind() == 0
            assert desk.clock(case, "access-answer").reminded == word
            assert desk.acts(case)[-1] == ("clock_missed" if missed else "reminded")

    def test_only_the_clock_whose_day_has_come_is_reminded_of(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңа"), documents=(office.document(),))
        office.clock.move(at(2026, 3, 20))
        assert desk.remind() == 1
        assert (desk.clock(case, "rectify").reminded, desk.clock(case, "access-answer").reminded) == ("due", "")

    def test_days_that_nobody_looked_at_are_made_up_by_one_reminder(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = desk.ask(someone, Kind.ACCESS)
        office.clock.move(at(2026, 4, 10))
        assert desk.remind() == 1
        assert desk.clock(case, "access-answer").reminded == "overdue"

    def test_a_term_of_one_day_is_reminded_of_on_its_day_alone(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        office.clock.move(at(2026, 4, 1))
        wanted = Wanted(What.PUBLICATION, "no")
        clock = desk.clock(desk.ask(someone, Kind.PUBLIC_SOURCES, wanted, Wanted(What.PLACE, "", "a page")), "public-removal")
        assert [word for _, word in reminders(clock)] == ["due"]


def test_a_withdrawal_counts_as_stopped_only_when_the_recipients_have_confirmed(desk: RightsDesk, office: House) -> None:
    from acts_world import acknowledge, post, transfers, wired
    from sandyq.distribute import Kind as Follow

    wired(office)
    someone = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    live = office.look(lambda work: consent.facts(work, someone.subject))
    [grant] = [f.id for f in live if f.recipient == office.bank_a and f.state is GrantState.GIVEN]
    case = desk.ask(someone, Kind.WITHDRAW, Wanted(What.GRANT, grant))
    assert desk.now(case).state is State.CARRYING_OUT
    assert desk.clock(case, "withdrawal-stop").met_at is None
    post(office)
    later(office, seconds=1)
    [told] = transfers(office, someone.subject, Follow.WITHDRAW)
    acknowledge(office, told)
    desk.do(rights.progress, case)
    assert desk.clock(case, "withdrawal-stop").state is ClockState.MET


def test_a_rested_clock_of_a_retracted_request_goes_on_to_the_day_it_had(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = desk.ask(someone, Kind.ACCESS)
    desk.do(rights.retract, case)
    assert desk.now(case).due.year == 9999
    later(office, days=3)
    desk.do(rights.reopen, case, "not_meant")
    assert desk.clock(case, "access-answer").due == date(2026, 3, 27)
    assert desk.now(case).due == date(2026, 3, 27)
    assert timedelta(0) < desk.now(case).due - office.clock.now().date()
