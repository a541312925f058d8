"""Reminders reach staff: on the page of the day, and by a mail to the work address that holds nothing of the person (8.3; the Law art. 25(2)(6)-(8))."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from acts_world import post
from office import CHEAP, Applicant, House
from rights_world import RightsDesk, at
from sandyq import rights, staff
from sandyq.db import Actor
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


MARCH_26, APRIL = date(2026, 3, 26), date(2026, 4, 30)


@dataclass
class Table:
    """Three members who may work on requests, one request that one of them has, and its reminder of a day before the end, which has been given."""

    desk: RightsDesk
    case: Case
    members: dict[str, Actor]

    def id(self, name: str) -> str:
        return self.members[name].id if name else ""

    def give(self, to: str) -> None:
        self.desk.do(rights.assign, self.case, self.id(to))

    def away(self, who: str, deputy: str, since: date = MARCH_26, until: date = APRIL) -> None:
        self.desk.house.do(lambda work: rights.name_deputy(work, self.id(who), self.id(deputy), since, until), self.members[who])

    def told(self) -> str:
        """Who is here and finds it on their page of the day."""
        house = self.desk.house
        here = [name for name in self.members if house.look(lambda work, n=name: staff.member(work, self.id(n))).active]
        return "".join(name for name in here if told(house, self.id(name)) == [("day_before", self.case.number)])


def left(table: Table, who: str) -> None:
    table.desk.house.do(lambda work: staff.deactivate(work, table.id(who)))


def days_pass(table: Table, who: str) -> None:
    """The deputy's days are over by the 27th, and nobody has been reminded anew yet."""
    table.away(who, "D", until=MARCH_26)
    table.desk.house.clock.move(at(2026, 3, 27, 0))


Step = Callable[[Table], None]


def give(to: str) -> Step:
    return lambda table: table.give(to)


def away(who: str, deputy: str) -> Step:
    return lambda table: table.away(who, deputy)


CASES: dict[str, tuple[str, tuple[Step, ...], str]] = {
    "nothing happens: whoever has it": ("A", (), "A"),
    "it is given away: the new one, and not the old one": ("A", (give("B"),), "B"),
    "it is given away by one who is away: their deputy no more": ("A", (away("A", "D"), give("B")), "B"),
    "one deputy stands in for the old and for the new one: they keep it": ("A", (away("A", "D"), away("B", "D"), give("B")), "BD"),
    "the new one is away: their deputy, too": ("A", (away("B", "D"), give("B")), "BD"),
    "it is given to the deputy themselves": ("A", (away("A", "D"), give("D")), "D"),
    "a deputy is named after the reminder was given": ("A", (away("A", "D"),), "AD"),
    "the deputy's days are over": ("A", (lambda table: days_pass(table, "A"),), "A"),
    "it is given back to everybody": ("A", (give(""),), "ABD"),
    "somebody takes what nobody had": ("", (give("B"),), "B"),
    "whoever had it left: everybody who may take it": ("A", (lambda table: left(table, "A"),), "BD"),
    "whoever had it left and has a deputy": ("A", (away("A", "D"), lambda table: left(table, "A")), "D"),
}


@pytest.mark.parametrize(("has", "happens", "reminded"), CASES.values(), ids=list(CASES))
def test_a_reminder_follows_the_request(
    desk: RightsDesk, office: House, someone: Applicant, has: str, happens: tuple[Step, ...], reminded: str
) -> None:
    new = staff.NewMember("dpo-3", "dpo", "correct horse 3-opd", undertaking_on=date(2026, 1, 1))
    third = office.do(lambda work: staff.add(work, office.office.ring.office("staff"), new, cost=CHEAP)).id
    members = {"A": office.dpo, "B": office.dpo2, "D": Actor("staff", third, "console")}
    table = Table(desk, desk.ask(someone, Kind.ACCESS), members)
    table.give(has)
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    for step in happens:
        step(table)
    assert table.told() == reminded


def test_whom_a_request_falls_to_when_it_is_given_away_gets_the_mail_that_the_old_one_had_and_nobody_a_second_one(
    desk: RightsDesk, office: House, server: Server, someone: Applicant
) -> None:
    for member, address in ((office.dpo, "one@office.example"), (office.dpo2, "two@office.example")):
        works_at(office, member.id, address)
    case = assigned(desk, someone, office.dpo.id)
    office.clock.move(at(2026, 3, 26))
    desk.remind()
    post(office)
    desk.do(rights.assign, case, office.dpo2.id)
    post(office)
    assert [address for address, _ in server.got] == ["one@office.example", "two@office.example"]
    office.clock.advance(timedelta(minutes=1))
    desk.do(rights.assign, case, office.dpo2.id)
    post(office)
    assert len(server.got) == 2
