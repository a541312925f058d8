"""On PostgreSQL an act costs at most six round trips to each store, BEGIN and COMMIT apart (design 19)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from office import PUBLIC, SYSTEM, House
from sandyq import block, collect, consent, use
from sandyq.block.facts import Reason, Scope
from sandyq.db import Actor, Work
from sandyq.gate.records import of_subject
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.requests import Done, Kind, Order, order

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


@pytest.fixture
def ordered(office: House, engine: str) -> Callable[..., tuple[Done, int]]:
    """Carry an order out; gives its answer and the greater number of round trips to a store."""
    if engine != "postgres":
        pytest.skip("SQLite has no network between")
    paper = office.document()

    def carried(actor: Actor, kind: Kind, subject: str, **more: str) -> tuple[Done, int]:
        works: list[Work] = []

        def kept(work: Work) -> Done:
            works.append(work)
            answer = order(work, office.office.desk, Order(kind, subject, document=paper, **more))
            assert isinstance(answer, Done)
            return answer

        done = office.do(kept, actor)
        return done, max(works[-1].durable.trips, works[-1].perishable.trips)  # type: ignore[attr-defined]

    return carried


def test_setting_and_ending_a_block_and_a_hold(office: House, ordered: Callable[..., tuple[Done, int]]) -> None:
    subject = office.applicant(to=[office.bank_a]).subject
    blocked, block_trips = ordered(office.dpo, Kind.BLOCK, subject, reason="violation_claimed")
    proposed, propose_trips = ordered(office.dpo, Kind.PROPOSE_RELEASE, subject, reason="violation_not_confirmed", target=blocked.target)
    _, confirm_trips = ordered(office.dpo2, Kind.CONFIRM_RELEASE, subject, target=proposed.target)
    held, hold_trips = ordered(office.dpo, Kind.HOLD, subject, reason="court_act")
    asked, ask_trips = ordered(office.dpo, Kind.PROPOSE_UNHOLD, subject, reason="proceeding_ended", target=held.target)
    _, unhold_trips = ordered(office.dpo2, Kind.CONFIRM_UNHOLD, subject, target=asked.target)
    assert max(block_trips, propose_trips, hold_trips, ask_trips, unhold_trips) <= MOST
    assert confirm_trips <= 2 * MOST, "a release also sweeps the person and sends what waited: three acts in one unit of work"


def test_a_withdrawal_and_an_order_to_destroy(office: House, ordered: Callable[..., tuple[Done, int]]) -> None:
    subject = office.applicant(to=[office.bank_a]).subject
    given = office.look(lambda work: [c.id for c in consent.facts(work, subject) if c.recipient == office.bank_a])
    _, withdraw_trips = ordered(office.dpo, Kind.WITHDRAW, subject, target=given[0])
    office.clock.advance(timedelta(days=150))  # the Digital Code's demand to delete is in force
    _, destroy_trips = ordered(office.dpo, Kind.DESTROY, subject)
    assert max(withdraw_trips, destroy_trips) <= MOST


def test_an_answer_that_came_ahead_is_asked_again_once_its_table_is_written(office: House) -> None:
    subject, paper = office.applicant().subject, office.document()

    def act(work: Work) -> tuple[bool, bool]:
        ask = Ask(Operation.BLOCK, subject, "", actor=ActorKind.STAFF, actor_id=work.actor.id, occasion=Occasion.RESTRICTIVE)
        permit = office.office.gate.ask(work, ask)
        before = bool(block.facts(work, subject))
        assert isinstance(permit, Permit)
        block.block(work, permit, Scope(), Reason.VIOLATION_CLAIMED, paper)
        return before, bool(block.facts(work, subject))

    assert office.do(act, office.dpo) == (False, True)


def test_what_travels_late_is_there_after_the_commit_and_before_the_next_read(office: House) -> None:
    someone = office.applicant()
    ask = Ask(Operation.USE, someone.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)

    def act(work: Work) -> tuple[str, list[str]]:
        answer = office.office.gate.ask(work, ask)
        return answer.decision, [made.id for made in of_subject(work, someone.subject, 100)]

    decision, seen = office.do(act, office.clerk)
    assert decision in seen
    assert decision in [made.id for made in office.look(lambda work: of_subject(work, someone.subject, 100))]
