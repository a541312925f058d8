"""On PostgreSQL an act costs at most six round trips to each store, BEGIN and COMMIT apart (design 19)."""

from collections.abc import Callable

import pytest

from office import PUBLIC, SYSTEM, House
from sandyq import collect, use
from sandyq.db import Actor, Work
from sandyq.gate.records import of_subject
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Operation

MOST = 6


@pytest.fixture
def trips(office: House, engine: str) -> Callable[..., tuple[int, int]]:
    """Do an act and count its round trips to the durable and the perishable store."""
    if engine != "postgres":
        pytest.skip("SQLite has no network between")

    def counted(act: Callable[[Work], object], actor: Actor = SYSTEM) -> tuple[int, int]:
        works: list[Work] = []

        def kept(work: Work) -> object:
            works.append(work)
            return act(work)

        office.do(kept, actor)
        return works[-1].durable.trips, works[-1].perishable.trips  # type: ignore[attr-defined]

    return counted


def test_showing_a_person(office: House, trips: Callable[..., tuple[int, int]]) -> None:
    someone = office.applicant()
    ask = Ask(Operation.USE, someone.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)
    assert max(trips(lambda work: use.show(work, office.office.gate, ask), office.clerk)) <= MOST


def test_finding_one_person(office: House, trips: Callable[..., tuple[int, int]]) -> None:
    someone = office.applicant()
    query = use.Query("iin", someone.person.iin)
    assert max(trips(lambda work: use.find(work, office.office.gate, query, office.purpose), office.clerk)) <= MOST


def test_deciding(office: House, trips: Callable[..., tuple[int, int]]) -> None:
    someone = office.applicant(to=[office.bank_a])
    ask = Ask(Operation.DISTRIBUTE, someone.subject, office.purpose, frozenset({"phone"}), recipient=office.bank_a)
    assert max(trips(lambda work: office.office.gate.ask(work, ask))) <= MOST


def test_taking_in_a_form(office: House, trips: Callable[..., tuple[int, int]]) -> None:
    office.submit(office.person())
    form = office.form(office.person(), to=[office.bank_a])
    assert max(trips(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)) <= MOST


def test_what_travels_late_is_there_after_the_commit_and_before_the_next_read(office: House) -> None:
    someone = office.applicant()
    ask = Ask(Operation.USE, someone.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)

    def act(work: Work) -> tuple[str, list[str]]:
        answer = office.office.gate.ask(work, ask)
        return answer.decision, [made.id for made in of_subject(work, someone.subject, 100)]

    decision, seen = office.do(act, office.clerk)
    assert decision in seen
    assert decision in [made.id for made in office.look(lambda work: of_subject(work, someone.subject, 100))]
