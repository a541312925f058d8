"""Somebody who wrote and never proved who they are: their file goes at the end of its term, with the provisional person, and never before (8.1; art. 12(2), 18(1)(1))."""

from datetime import timedelta

import pytest

from acts_world import destroyed, later
from office import House
from rights_world import RightsDesk
from sandyq import block, correspondence, destroy, retain, rights
from sandyq.app.chores import Sweep
from sandyq.audit import Act
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Incoming
from sandyq.identity import Level
from sandyq.law.retention import Fate
from sandyq.register import items, subjects
from sandyq.requests import Kind as OrderKind
from sandyq.requests import Order
from sandyq.rights import Case, Kind, State


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


def wrote(desk: RightsDesk, office: House) -> Case:
    """A request by e-mail of somebody who never proves who they are."""
    mail = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text="What do you hold?", identity=b"s" * 32)
    taken = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
    return desk.stranger(Kind.ACCESS, asker=taken.asker, entry=taken.entry.id)


def term_over(office: House, subject: str) -> None:
    """The day after the last of the file's terms."""
    ends = office.look(lambda work: [item.term_end for item in items.legal(work, subject)])
    assert ends
    assert all(ends)
    last = max(end for end in ends if end)
    office.clock.move(office.clock.now().replace(year=last.year, month=last.month, day=last.day) + timedelta(days=2))


def looked(office: House, subject: str) -> retain.Looked:
    return office.do(lambda work: retain.sweep_one(work, office.office.gate, office.office.house, subject))


def left(office: House, subject: str) -> list[str]:
    return [item.item_id for item in office.look(lambda work: items.legal(work, subject))]


def test_the_file_of_a_stranger_whose_request_ended_goes_when_its_term_is_over_and_not_before(desk: RightsDesk, office: House) -> None:
    case = wrote(desk, office)
    later(office, days=1)
    desk.do(rights.not_identified, case)
    assert looked(office, case.subject) == retain.Looked()
    kept = left(office, case.subject)
    assert len(kept) >= 3, "the letter, the request, the answer"
    term_over(office, case.subject)
    sweep = Sweep(office.office)
    for _ in range(2):
        while sweep.run():
            pass
        destroyed(office)
        later(office, days=1)
    assert not office.look(lambda work: subjects.alive(work, case.subject))
    assert not set(kept) & set(left(office, case.subject))
    person, file = office.look(lambda work: destroy.plans(work, case.subject))
    assert (person.whole, file.whole) == (True, False)
    assert left(office, case.subject) == [person.certificate], "the certificate has a term of its own"
    assert [entry.act for entry in desk.log()].count(Act.SWEPT) == 2
    assert desk.now(case).state is State.NOT_IDENTIFIED, "the account of the request stays"


def test_while_a_request_is_open_nothing_goes_however_old_it_is(desk: RightsDesk, office: House) -> None:
    case = wrote(desk, office)
    term_over(office, case.subject)
    assert looked(office, case.subject) == retain.Looked()
    desk.do(rights.not_identified, case)
    term_over(office, case.subject)
    assert looked(office, case.subject).planned


def test_a_block_keeps_the_file_and_is_said(desk: RightsDesk, office: House) -> None:
    case = wrote(desk, office)
    later(office, seconds=1)
    desk.do(rights.not_identified, case)
    given = Order(OrderKind.BLOCK, case.subject, "violation_claimed", case.id)
    office.done(OrderKind.BLOCK, case.subject, reason=given.reason, document=case.id)
    term_over(office, case.subject)
    found = looked(office, case.subject)
    assert (found.planned, found.held) == ("", frozenset({Fate.HELD_BY_BLOCK}))
    assert office.look(lambda work: block.facts(work, case.subject))


def test_an_answer_that_nobody_fetched_goes_with_the_file_and_then_the_case_ends(desk: RightsDesk, office: House) -> None:
    someone = office.applicant()
    case = wrote(desk, office)
    desk.do(rights.identified, case, someone.subject, Level.DESK)
    desk.grant(case)
    desk.do(rights.answer, case)
    later(office, days=30)
    assert desk.do(rights.progress, case).state is State.ANSWERED
    term_over(office, case.subject)
    for _ in range(2):
        assert looked(office, case.subject).planned
        destroyed(office)
        later(office, days=1)
    assert desk.do(rights.progress, case).state is State.CLOSED
    closed = office.look(lambda work: rights.events(work, case.id))[-1]
    assert (closed.act, closed.reason) == ("closed", "file_over")


def test_who_proved_who_they_are_has_the_ordinary_terms(desk: RightsDesk, office: House) -> None:
    someone = office.applicant()
    case = desk.ask(someone, Kind.ACCESS)
    later(office, days=1)
    assert looked(office, case.subject) == retain.Looked()
    assert left(office, someone.subject)
