"""Reminders reach staff: on the page of the day, and by a mail to the work address that holds nothing of the person (8.3; the Law art. 25(2)(6)-(8))."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from acts_world import post
from office import Applicant, House
from rights_world import RightsDesk, at
from sandyq import rights, staff
from sandyq.db.stores import raw
from sandyq.errors import Invalid
from sandyq.outbox import Outcome
from sandyq.post import mime
from sandyq.rights import Case, Kind


@dataclass
class Server:
    """A mail server that takes what it gets."""

    got: list[tuple[str, bytes]] = field(default_factory=list)

    def send(self, address: str, raw: bytes, key: str) -> Outcome:
        self.got.append((address, raw))
        return Outcome(True)


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


@pytest.fixture
def server(office: House) -> Server:
    made = Server()
    office.office._sample_mail = made  # type: ignore[assignment]
    return made


@pytest.fixture
def someone(office: House) -> Applicant:
    return office.applicant()


def works_at(office: House, member: str, address: str) -> None:
    key = office.office.ring.office("staff")
    office.do(lambda work: staff.set_address(work, key, member, address))


def told(office: House, member: str) -> list[tuple[str, str]]:
    """(word, number) of each reminder on a member's page of the day."""
    return [(one.word, one.number) for one in office.look(lambda work: rights.today(work, reader=member)).reminders]


def assigned(desk: RightsDesk, someone: Applicant, member: str) -> Case:
    case = desk.ask(someone, Kind.ACCESS)
    desk.do(rights.assign, case, member)
    return case


def test_half_of_the_term_a_day_before_the_day_itself_and_then_daily(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = assigned(desk, someone, office.dpo.id)
    words = []
    for day in range(20, 32):
        office.clock.move(at(2026, 3, day))
        if desk.remind():
            [(word, number)] = told(office, office.dpo.id)
            assert number == case.number
            words.append((day, word))
    assert words == [(23, "half"), (26, "day_before"), (27, "due"), (28, "overdue"), (29, "overdue"), (30, "overdue"), (31, "overdue")]
    assert told(office, office.dpo2.id) == [], "it falls to the one who has it"


def test_whoever_stands_in_is_told_as_well(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = assigned(desk, someone, office.dpo.id)
    days = (date(2026, 3, 26), date(2026, 3, 31))
    office.do(lambda work: rights.name_deputy(work, office.dpo.id, office.dpo2.id, *days), office.dpo)
    office.clock.move(at(2026, 3, 27))
    desk.remind()
    assert told(office, office.dpo.id) == told(office, office.dpo2.id) == [("due", case.number)]


def test_what_nobody_has_reminds_everybody_who_may_take_it(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = desk.ask(someone, Kind.ACCESS)
    office.clock.move(at(2026, 3, 27))
    desk.remind()
    assert told(office, office.dpo.id) == told(office, office.dpo2.id) == [("due", case.number)]
    assert told(office, office.clerk.id) == [], "a clerk has no power of requests"


def test_a_reminder_goes_when_the_duty_is_done(desk: RightsDesk, office: House, someone: Applicant) -> None:
    case = assigned(desk, someone, office.dpo.id)
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    assert told(office, office.dpo.id)
    desk.grant(case)
    desk.do(rights.answer, case)
    assert told(office, office.dpo.id) == []


def test_a_mail_goes_to_the_work_address_and_holds_nothing_of_the_person(
    desk: RightsDesk, office: House, server: Server, someone: Applicant
) -> None:
    works_at(office, office.dpo.id, "responsible@office.example")
    case = assigned(desk, someone, office.dpo.id)
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    post(office)
    [(address, raw_mail)] = server.got
    assert address == "responsible@office.example"
    mail = mime.read(raw_mail)
    text = f"{mail.subject}\n{mail.text}"
    assert case.number in text
    assert "27.03.2026" in text or "27 марта 2026" in text
    assert case.id in text, "a link to the request"
    assert not [secret for secret in someone.secrets if secret in text]
    assert not [word for word in (someone.subject, office.dpo.id) if word in text]
    desk.remind()
    post(office)
    assert len(server.got) == 1, "once a day"


def test_who_has_no_address_gets_no_mail_and_one_that_ended_meanwhile_is_not_sent(
    desk: RightsDesk, office: House, server: Server, someone: Applicant
) -> None:
    case = assigned(desk, someone, office.dpo.id)
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    post(office)
    assert server.got == []
    works_at(office, office.dpo.id, "responsible@office.example")
    office.clock.move(at(2026, 3, 27))
    desk.remind()
    desk.do(rights.retract, case)
    post(office)
    assert server.got == []


def test_an_address_is_sealed_and_checked(office: House) -> None:
    works_at(office, office.dpo.id, "responsible@office.example")
    key = office.office.ring.office("staff")
    assert office.look(lambda work: staff.address(work, key, office.dpo.id)) == "responsible@office.example"
    connection = raw(office.settings, "durable")
    kept = connection.tx.all("SELECT address FROM staff_member WHERE address IS NOT NULL")
    connection.close()
    assert kept
    assert all(b"office.example" not in bytes(row[0]) for row in kept)
    with pytest.raises(Invalid):
        works_at(office, office.dpo.id, "no address")
    works_at(office, office.dpo.id, "")
    assert not office.look(lambda work: staff.has_address(work, office.dpo.id))


def test_the_address_of_who_left_is_kept_no_longer(office: House) -> None:
    works_at(office, office.clerk.id, "clerk@office.example")
    office.do(lambda work: staff.deactivate(work, office.clerk.id))
    connection = raw(office.settings, "durable")
    kept = connection.tx.all("SELECT login FROM staff_member WHERE address IS NOT NULL")
    connection.close()
    assert kept == []


def test_who_gave_a_request_away_is_reminded_of_it_no_more(desk: RightsDesk, office: House, server: Server, someone: Applicant) -> None:
    case = assigned(desk, someone, office.dpo.id)
    works_at(office, office.dpo.id, "responsible@office.example")
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    assert told(office, office.dpo.id) != []
    desk.do(rights.assign, case, office.dpo2.id)
    assert told(office, office.dpo.id) == []
    post(office)
    assert server.got == []
