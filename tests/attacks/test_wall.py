"""Whoever serves clients tries to find out whether a client is an employee, too, and the other way round: by search, by form, by id, by fault (3.7)."""

from collections.abc import Callable
from typing import Any

import pytest

from acts_world import wired
from office import Applicant, House
from personnel_world import employee, hr, take_on
from sandyq import collect, personnel, requests, use
from sandyq.audit.recording import decode
from sandyq.db import Actor, Work
from sandyq.errors import SandyqError
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.register import index, items, subjects
from sandyq.requests import Kind
from sandyq.requests.facts import Order


@pytest.fixture
def office(office: House) -> House:
    wired(office)
    return office


@pytest.fixture
def keeper(office: House) -> Actor:
    return hr(office)


@pytest.fixture
def both(office: House, keeper: Actor) -> Applicant:
    """A client who is an employee, too; `.employee` is the other record."""
    someone = office.applicant()
    someone.__dict__["employee"] = take_on(office, keeper, employee(someone.person)).subject
    return someone


def searches(person) -> list[use.Query]:
    return [
        use.Query("iin", person.iin),
        use.Query("phone", person.phone),
        use.Query(surname=person.surname, birth_year=str(person.born.year)),
        use.Query(surname=person.surname, first_name=person.first_name, phone_tail=person.phone[-4:]),
    ]


@pytest.mark.parametrize("who", ["clerk", "dpo"])
def test_no_search_of_the_clients_side_finds_the_employee(office: House, both: Applicant, who: str) -> None:
    for purpose in office.edition.policy.purposes:
        for query in searches(both.person):
            hits = office.do(lambda work, q=query, p=purpose: use.find(work, office.office.gate, q, p), getattr(office, who)).hits
            assert both.employee not in {hit.subject for hit in hits}


def test_no_search_behind_the_wall_finds_the_client(office: House, both: Applicant, keeper: Actor) -> None:
    for query in searches(both.person):
        hits = office.do(lambda work, q=query: personnel.find(work, office.office.gate, q, "labour"), keeper).hits
        assert {hit.subject for hit in hits} == {both.employee}


class Counted:
    """Stands before a store and counts the statements."""

    def __init__(self, tx: Any, trips: dict[str, int], store: str) -> None:
        self._tx, self._trips, self._store = tx, trips, store

    def __getattr__(self, name: str) -> Any:
        self._trips[self._store] = self._trips.get(self._store, 0) + (name in {"run", "one", "all", "seldom", "many", "lock_shared"})
        return getattr(self._tx, name)


def traces(office: House, act: Callable[[Work], object], by: Actor) -> tuple[object, list[tuple[object, ...]], dict[str, int]]:
    """What an act answers, what it logs, and how often it goes to each store: all that somebody could measure without a watch."""
    trips: dict[str, int] = {}

    def watched(work: Work) -> tuple[object, list[tuple[object, ...]]]:
        for store in ("durable", "perishable"):
            work.__dict__[store] = Counted(getattr(work, store), trips, store)
        answer = act(work)
        entries = [decode(leaf.body) for leaf in work.leaves]
        return answer, [(e.act, e.verdict, e.count, e.purpose, e.object) for e in entries]

    answer, entries = office.do(watched, by)
    return answer, entries, trips


def test_a_search_for_an_employee_answers_and_logs_as_one_for_nobody(office: House, keeper: Actor) -> None:
    hired, nobody = office.person(), office.person()
    take_on(office, keeper, employee(hired))
    seen = [
        traces(office, lambda work, p=person: use.find(work, office.office.gate, use.Query("iin", p.iin), office.purpose), office.clerk)[1:]
        for person in (hired, nobody)
    ]
    assert seen[0] == seen[1]


def test_a_form_of_an_employee_is_taken_as_one_of_nobody(office: House, keeper: Actor) -> None:
    """Neither asserted nor quarantined: the desk sees no form that waits, and the record stays as it was."""
    hired = office.person()
    made = take_on(office, keeper, employee(hired))
    before = office.look(lambda work: items.legal(work, made.subject))
    received = office.submit(hired)
    office.confirm(hired, received)
    assert office.do(lambda work: collect.undecided(work, office.office.gate)) == []
    assert not office.look(lambda work: subjects.see(work, received.subject)).fact.matches_known
    assert office.look(lambda work: items.legal(work, made.subject)) == before
    assert office.do(lambda work: index.meeting(work, office.office.ring, received.subject, "iin")) == []


def test_a_blocked_employee_does_not_quarantine_the_form_of_the_client(office: House, both: Applicant) -> None:
    office.done(Kind.BLOCK, both.employee, reason="violation_claimed")
    assert not isinstance(both.show(), Refusal)


def test_the_same_iin_is_verified_on_each_side_by_itself(office: House, both: Applicant) -> None:
    office.do(lambda work: index.confirm_iin(work, office.office.ring, both.subject, both.person.iin))
    for wall, subject in (("client", both.subject), ("staff", both.employee)):
        found = office.do(lambda work, w=wall: index.find(work, office.office.ring, "iin", both.person.iin, wall=w))
        assert [(m.subject, m.asserted) for m in found.matches] == [(subject, False)]


def test_no_two_tokens_of_one_person_are_alike_across_the_wall(office: House, both: Applicant) -> None:
    def tokens(work: Work) -> list[set[bytes]]:
        sql = "SELECT token FROM token WHERE subject_id = ?"
        return [{bytes(row[0]) for row in work.perishable.all(sql, subject)} for subject in (both.subject, both.employee)]

    client, hired = office.do(tokens)
    assert client
    assert hired
    assert not client & hired


@pytest.mark.parametrize("kind", [Kind.BLOCK, Kind.HOLD, Kind.LOCK, Kind.DESTROY, Kind.RECTIFY])
def test_with_the_id_in_hand_those_who_serve_clients_do_nothing_to_the_employee(office: House, both: Applicant, kind: Kind) -> None:
    reasons = {Kind.BLOCK: "violation_claimed", Kind.HOLD: "court_act", Kind.LOCK: "statutory_term"}
    given = Order(kind, both.employee, reasons.get(kind, ""), office.document(), values={"surname": "Басқа"})
    try:
        answer: object = office.do(lambda work: requests.order(work, office.office.desk, given), office.clerk)
    except SandyqError as error:
        answer = error
    assert not isinstance(answer, requests.Done)


def test_with_the_id_in_hand_they_open_nothing_for_any_purpose(office: House, both: Applicant) -> None:
    for purpose in office.edition.policy.purposes:
        ask = Ask(Operation.USE, both.employee, purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)
        assert isinstance(office.do(lambda work, a=ask: use.show(work, office.office.gate, a), office.clerk), Refusal)


def test_a_merge_does_not_reach_through_the_wall(office: House, both: Applicant) -> None:
    form = office.form(both.person, browser="another")
    again = office.do(lambda work: collect.submit(work, office.office.gate, form), Actor("public", "", "web"))
    paper = office.do(
        lambda work: requests.file_document(work, office.office.gate, both.employee, requests.DocumentKind.IDENTITY_CHECK, "shown"),
        office.dpo,
    )
    answer = office.do(lambda work: requests.merge(work, office.office.desk, again.submission, both.employee, paper), office.dpo)
    assert isinstance(answer, Refusal)
    assert "hr_wall" in {finding.code for finding in answer.verdict.findings}
