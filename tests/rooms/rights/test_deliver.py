"""A case ends only when recipients confirmed and its answer was delivered; what does not arrive is visible, and the term is met when the answer leaves
(3.10, 8.3; the Law art. 25(2)(6)-(7); docs/adr/0009-rights-desk.md)."""

from collections.abc import Callable
from datetime import date

import pytest

from acts_world import acknowledge, later, post, transfers, wired
from office import Applicant, House
from rights_world import RightsDesk, at
from sandyq import correspondence, distribute, rights
from sandyq.app.chores import Requests
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Direction, Entry, Incoming, Reason
from sandyq.distribute import Kind as Follow
from sandyq.errors import Conflict
from sandyq.identity import Level
from sandyq.letters import render
from sandyq.letters.letter import LetterBody
from sandyq.outbox import Outcome
from sandyq.rights import Case, Channel, ClockState, Delivery, Kind, State, Wanted, What

ADDRESS = ("Сыналова Ү.", "Алматы, Үлгі к., 1")


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


def chore(office: House) -> None:
    """What the office does by itself, every minute."""
    assert Requests(office.office).run() >= 0


def entries(office: House, case: Case, way: Way | None = None) -> list[Entry]:
    """What went out for a case."""
    found = office.look(lambda work: correspondence.of_case(work, case.id))
    return [e for e in found if e.direction is Direction.OUT and way in (None, e.channel)]


def moved(office: House, entry: Entry, what: Callable[..., Entry], *args, **more) -> Entry:
    now = office.look(lambda work: correspondence.one(work, entry.id))
    return office.do(lambda work: what(work, office.office.gate, now, *args, **more), office.dpo)


def undelivered(desk: RightsDesk) -> dict[str, str]:
    """The group of today: number and next step."""
    return {due.case.number: due.next_action for due in desk.house.look(rights.today).undelivered}


def answered(desk: RightsDesk, someone: Applicant, to: tuple[str, ...] = (), **more) -> Case:
    case = desk.ask(someone, Kind.ACCESS, **more)
    desk.grant(case)
    desk.do(rights.answer, case, addressee=to)
    return desk.now(case)


def by_mail(desk: RightsDesk, office: House, someone: Applicant) -> Case:
    """A request by e-mail whose writer proved who they are, answered."""
    mail = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text="What do you hold?", identity=b"m" * 32)
    taken = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
    case = desk.stranger(Kind.ACCESS, asker=taken.asker, entry=taken.entry.id)
    desk.do(rights.identified, case, someone.subject, Level.DESK)
    desk.grant(case)
    desk.do(rights.answer, case)
    return desk.now(case)


class Server:
    """A mail server that says one thing."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def send(self, address: str, raw: bytes, key: str) -> Outcome:
        return self.outcome


class TestOnTheirPages:
    def test_an_answer_that_is_kept_for_the_person_meets_the_term_and_leaves_the_case_open_until_it_is_fetched(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = answered(desk, someone)
        assert (case.state, case.delivery) == (State.ANSWERED, Delivery.WAITING)
        assert desk.clock(case, "access-answer").state is ClockState.MET
        chore(office)
        assert desk.now(case).state is State.ANSWERED
        assert undelivered(desk) == {}
        desk.fetched(case)
        assert desk.now(case).state is State.CLOSED

    def test_the_office_closes_it_by_itself(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = answered(desk, someone)
        office.do(lambda work: correspondence.fetched(work, correspondence.one(work, case.answer)))
        chore(office)
        assert desk.now(case).state is State.CLOSED

    def test_one_that_nobody_fetches_is_kept_and_told_to_the_desk_after_ten_working_days(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = answered(desk, someone)
        office.clock.move(at(2026, 4, 7))
        chore(office)
        assert desk.now(case).delivery is Delivery.WAITING
        office.clock.move(at(2026, 4, 8))
        chore(office)
        assert desk.now(case).delivery is Delivery.LATE
        assert undelivered(desk) == {case.number: "send_another_way"}
        assert desk.clock(case, "access-answer").state is ClockState.MET, "it was sent in time"
        office.clock.move(at(2027, 4, 9))
        chore(office)
        assert desk.now(case).state is State.ANSWERED, "nothing ends by time alone"
        desk.fetched(case)
        assert desk.now(case).state is State.CLOSED


class TestOnPaper:
    def test_the_term_is_met_on_the_day_of_the_post_mark_and_the_case_ends_with_the_proof(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = answered(desk, someone, ADDRESS)
        assert (case.delivery, desk.clock(case, "access-answer").state) == (Delivery.TO_POST, ClockState.RUNNING)
        assert undelivered(desk) == {case.number: "post_letter"}
        office.clock.move(at(2026, 3, 30))
        desk.remind()
        assert desk.clock(case, "access-answer").state is ClockState.MISSED, "nothing has left, as far as anybody said"
        [letter] = entries(office, case)
        moved(office, letter, correspondence.posted, "KZ 0001", date(2026, 3, 27))
        chore(office)
        clock = desk.clock(case, "access-answer")
        assert clock.state is ClockState.MET, "the post mark is of the last day"
        assert clock.met_at is not None
        assert desk.now(case).delivery is Delivery.SENT
        moved(office, letter, correspondence.delivered, date(2026, 3, 30), note="signed for")
        chore(office)
        assert desk.now(case).state is State.CLOSED

    def test_patience_begins_with_the_post_mark_and_not_with_the_writing(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = answered(desk, someone, ADDRESS)
        office.clock.move(at(2026, 4, 10))
        [letter] = entries(office, case)
        moved(office, letter, correspondence.posted, "KZ 0001", None)
        chore(office)
        assert desk.now(case).delivery is Delivery.SENT
        office.clock.move(at(2026, 5, 10))
        chore(office)
        assert desk.now(case).delivery is Delivery.LATE

    def test_one_posted_after_the_last_day_is_late(self, desk: RightsDesk, office: House, someone: Applicant) -> None:
        case = answered(desk, someone, ADDRESS)
        office.clock.move(at(2026, 3, 31))
        [letter] = entries(office, case)
        moved(office, letter, correspondence.posted, "KZ 0001", date(2026, 3, 30))
        chore(office)
        assert desk.clock(case, "access-answer").state is ClockState.MISSED

    def test_one_that_comes_back_is_visible_with_a_next_step_and_goes_another_way(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = answered(desk, someone, ADDRESS)
        [letter] = entries(office, case)
        later(office, hours=1)
        moved(office, letter, correspondence.posted, "KZ 0001", None)
        later(office, hours=1)
        moved(office, letter, correspondence.returned, date(2026, 3, 19), Reason.ADDRESSEE_GONE)
        chore(office)
        assert undelivered(desk) == {case.number: "send_another_way"}
        assert "letter_failed" in desk.acts(case)
        later(office, hours=1)
        desk.do(rights.resend, case, ("Сыналова Ү.", "Астана, Үлгі к., 2"))
        assert undelivered(desk) == {case.number: "post_letter"}
        copy = entries(office, case)[-1]
        assert copy.kind == letter.kind
        assert copy.number != letter.number
        later(office, hours=1)
        moved(office, copy, correspondence.delivered, None, note="handed over at the desk")
        chore(office)
        assert desk.now(case).state is State.CLOSED

    def test_a_letter_that_is_handed_over_at_the_desk_is_delivered_by_its_receipt(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = answered(desk, someone)
        [letter] = entries(office, case)
        moved(office, letter, correspondence.delivered, None, note="signed at the desk")
        chore(office)
        assert desk.now(case).state is State.CLOSED
        with pytest.raises(Conflict):
            desk.do(rights.resend, case, ADDRESS)


WHEN_MET = [
    # what was asked, how it ended, which duty, and whether that is done by the decision itself or when the letter has left
    (Kind.ACCESS, "granted", "access-answer", "left"),  # art. 25(2)(6), Order 395 p. 16
    (Kind.ACCESS, "refused", "access-answer", "left"),  # art. 25(2)(7): a reasoned refusal is given, not written
    (Kind.ACCESS, "not_identified", "access-answer", "left"),  # it is the same reasoned refusal
    (Kind.WITHDRAW, "granted", "withdrawal-stop", "decided"),  # art. 8(7): what was asked for stops
    (Kind.WITHDRAW, "refused", "withdrawal-stop", "left"),  # art. 8(7): or a reasoned refusal is given
    (Kind.WITHDRAW, "not_identified", "withdrawal-stop", "left"),
    (Kind.BLOCK, "not_identified", "block", "left"),  # nothing was blocked, so nothing but the refusal answers it
    (Kind.COMPLAINT, "refused", "consumer-complaint", "left"),
]
"""When a duty of a request is done, on paper: the table comes first, the code follows it."""


@pytest.mark.parametrize(("kind", "ended", "duty", "when"), WHEN_MET, ids=lambda value: str(value))
def test_a_duty_is_done_by_the_decision_or_when_the_letter_has_left(
    desk: RightsDesk, office: House, someone: Applicant, kind: Kind, ended: str, duty: str, when: str
) -> None:
    refused = {Kind.ACCESS: "already_answered", Kind.WITHDRAW: "already_answered", Kind.COMPLAINT: "unsubstantiated"}
    case = desk.stranger(kind, channel=Channel.PAPER) if ended == "not_identified" else desk.ask(someone, kind, channel=Channel.PAPER)
    if ended == "not_identified":
        desk.do(rights.not_identified, case, addressee=ADDRESS)
    else:
        desk.grant(case) if ended == "granted" else desk.refuse(case, refused[kind])
        desk.do(rights.answer, case, addressee=ADDRESS)
    assert desk.clock(case, duty).state is (ClockState.MET if when == "decided" else ClockState.RUNNING)
    assert undelivered(desk) == {case.number: "post_letter"}
    later(office, days=1)
    moved(office, entries(office, case)[-1], correspondence.posted, "KZ 0001", None)
    chore(office)
    assert desk.clock(case, duty).state is ClockState.MET
    assert not [clock for clock in desk.now(case).clocks if clock.open]


class TestARefusalForWantOfIdentity:
    def refused(self, desk: RightsDesk) -> Case:
        case = desk.stranger(Kind.ACCESS, channel=Channel.PAPER)
        desk.do(rights.not_identified, case, addressee=ADDRESS)
        return desk.now(case)

    def test_that_lies_in_the_tray_grows_overdue_and_stands_in_today(self, desk: RightsDesk, office: House) -> None:
        case = self.refused(desk)
        assert (case.state, case.closed_at) == (State.NOT_IDENTIFIED, None)
        office.clock.move(at(2026, 3, 30))
        desk.remind()
        assert desk.clock(case, "access-answer").state is ClockState.MISSED
        assert [due.case.number for due in office.look(rights.today).overdue] == [case.number]
        assert undelivered(desk) == {case.number: "post_letter"}

    def test_that_comes_back_goes_another_way_and_one_that_arrived_ends_the_case(self, desk: RightsDesk, office: House) -> None:
        case = self.refused(desk)
        [letter] = entries(office, case)
        later(office, hours=1)
        moved(office, letter, correspondence.posted, "KZ 0001", None)
        chore(office)
        assert (desk.now(case).delivery, desk.now(case).closed_at) == (Delivery.SENT, None)
        moved(office, letter, correspondence.returned, date(2026, 3, 19), Reason.ADDRESSEE_GONE)
        chore(office)
        assert undelivered(desk) == {case.number: "send_another_way"}
        later(office, hours=1)
        desk.do(rights.resend, case, ("Сыналова Ү.", "Астана, Үлгі к., 2"))
        later(office, hours=1)
        moved(office, entries(office, case)[-1], correspondence.delivered, None, note="handed over at the desk")
        chore(office)
        made = desk.now(case)
        assert (made.state, made.closed_at is not None) == (State.NOT_IDENTIFIED, True)
        assert undelivered(desk) == {}

    def test_from_which_nothing_comes_back_is_over_after_ten_working_days(self, desk: RightsDesk, office: House) -> None:
        case = self.refused(desk)
        later(office, hours=1)
        moved(office, entries(office, case)[0], correspondence.posted, "KZ 0001", None)
        chore(office)
        office.clock.move(at(2026, 4, 7))
        chore(office)
        assert desk.now(case).closed_at is None
        office.clock.move(at(2026, 4, 8))
        chore(office)
        assert desk.now(case).closed_at is not None
        assert undelivered(desk) == {}

    def test_a_proof_that_comes_while_it_lies_in_the_tray_keeps_the_first_term(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        case = self.refused(desk)
        due = desk.clock(case, "access-answer").due
        later(office, days=1)
        desk.do(rights.identified, case, someone.subject, Level.DESK)
        assert [clock.due for clock in desk.now(case).clocks] == [due], "nothing was given yet, so nothing begins anew"


class TestByMail:
    def test_the_term_is_met_when_the_mail_left_and_the_case_ends_when_the_letter_was_fetched(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        office.office._sample_mail = Server(Outcome(True))  # type: ignore[assignment]
        case = by_mail(desk, office, someone)
        assert desk.clock(case, "access-answer").state is ClockState.RUNNING
        post(office)
        chore(office)
        assert desk.clock(case, "access-answer").state is ClockState.MET
        assert desk.now(case).state is State.ANSWERED
        desk.fetched(case)
        assert desk.now(case).state is State.CLOSED

    def test_one_that_bounces_is_visible_and_a_mail_to_the_register_or_paper_goes_instead(
        self, desk: RightsDesk, office: House, someone: Applicant
    ) -> None:
        office.office._sample_mail = Server(Outcome(False, "recipient_refused", final=True))  # type: ignore[assignment]
        case = by_mail(desk, office, someone)
        post(office)
        chore(office)
        assert undelivered(desk) == {case.number: "send_another_way"}
        assert desk.clock(case, "access-answer").state is ClockState.RUNNING, "nobody was told"
        later(office, hours=1)
        office.office._sample_mail = Server(Outcome(True))  # type: ignore[assignment]
        desk.do(rights.resend, case)
        assert undelivered(desk) == {}
        post(office)
        chore(office)
        assert desk.clock(case, "access-answer").state is ClockState.MET
        assert entries(office, case, Way.MAIL)[-1].subject == someone.subject

    def test_a_challenge_that_bounces_is_visible_while_somebody_is_to_prove_who_they_are(self, desk: RightsDesk, office: House) -> None:
        mail = Incoming(channel=Way.MAIL, sender="nobody@sample.example", text="What do you hold?", identity=b"n" * 32)
        taken = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
        case = desk.stranger(Kind.ACCESS, asker=taken.asker, entry=taken.entry.id)
        notice = correspondence.Notice(
            subject=taken.asker, kind="received", language="ru", title="t", text="t", case=case.id, answers=taken.entry.id
        )
        sent = office.do(lambda work: correspondence.notify(work, office.office.gate, notice))
        assert sent is not None
        moved(office, sent, correspondence.bounced)
        chore(office)
        assert undelivered(desk) == {case.number: "send_another_way"}


class TestBoth:
    def test_a_delivered_answer_waits_for_recipients_and_confirmed_recipients_for_the_answer(self, desk: RightsDesk, office: House) -> None:
        wired(office)
        someone = office.applicant(to=[office.bank_a])
        post(office)
        later(office, seconds=1)
        case = desk.ask(someone, Kind.BLOCK, level=Level.CODE)
        desk.do(rights.answer, case)
        desk.fetched(case)
        assert desk.now(case).state is State.ANSWERED
        assert office.look(lambda work: rights.waits_for(work, rights.case(work, case.id))) == "recipients"
        post(office)
        later(office, seconds=1)
        [told] = transfers(office, someone.subject, Follow.BLOCK)
        acknowledge(office, told)
        chore(office)
        assert desk.now(case).state is State.CLOSED


def test_a_recipient_that_never_confirms_is_named_in_today_and_in_the_letter(desk: RightsDesk, office: House) -> None:
    wired(office)
    someone = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    case = desk.ask(someone, Kind.BLOCK, level=Level.CODE)
    other = desk.ask(someone, Kind.ACCESS)
    for _ in range(5):
        post(office)
        later(office, hours=25)
        office.do(distribute.chase)
    [line] = office.look(rights.today).failed
    assert (line.case.id, line.next_action, line.silent) == (case.id, "chase_recipient", (office.bank_a,))
    assert line.case.id != other.id, "the other request told nobody"
    entry = desk.do(rights.answer, case)
    body = office.do(lambda work: correspondence.letter(work, desk.r.gate, correspondence.one(work, entry)), office.dpo)
    said = " ".join(render.render_text(LetterBody.from_json(body), "en", base_url="").split())
    assert "Bank A" in said
    assert "not confirmed" in said


def test_the_answer_to_a_request_by_telephone_is_kept_for_the_person(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = answered(desk, someone, channel=Channel.PHONE)
    assert case.delivery is Delivery.WAITING


def test_the_letter_that_asks_for_papers_meets_the_first_term_of_a_correction_when_it_is_posted(
    desk: RightsDesk, office: House, someone: Applicant
) -> None:
    case = desk.ask(someone, Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"))
    desk.do(rights.want_documents, case, addressee=ADDRESS)
    assert desk.clock(case, "access-answer").state is ClockState.RUNNING
    assert undelivered(desk) == {case.number: "post_letter"}
    [letter] = entries(office, case)
    later(office, hours=1)
    moved(office, letter, correspondence.posted, "KZ 0001", None)
    chore(office)
    assert desk.clock(case, "access-answer").state is ClockState.MET
    assert undelivered(desk) == {}
    moved(office, letter, correspondence.returned, date(2026, 3, 19), Reason.ADDRESSEE_GONE)
    chore(office)
    assert undelivered(desk) == {case.number: "send_another_way"}


def test_a_letter_that_was_never_posted_is_told_by_mail_instead(desk: RightsDesk, office: House, someone: Applicant) -> None:
    office.office._sample_mail = Server(Outcome(True))  # type: ignore[assignment]
    case = answered(desk, someone, ADDRESS)
    later(office, hours=1)
    desk.do(rights.resend, case)
    post(office)
    chore(office)
    assert desk.clock(case, "access-answer").state is ClockState.MET
