"""Destruction: a stored plan, each step once or again, whole or in part, with a certificate that tells the truth (2.5, 4.1.4, 8.1)."""

import contextlib
import json
from collections.abc import Callable

import pytest

from acts_world import acknowledge, destroyed, later, on_demand, post, transfers, wired
from office import Applicant, House
from sandyq import destroy
from sandyq.audit import history
from sandyq.block import Scope
from sandyq.collect import Stored
from sandyq.db import Work
from sandyq.destroy import Plan
from sandyq.distribute import Kind as Told
from sandyq.distribute import State
from sandyq.errors import Conflict, Misuse, SandyqError
from sandyq.gate import Gate
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items, media
from sandyq.requests import Done, Kind, Order, order


@pytest.fixture
def someone(office: House) -> Applicant:
    wired(office)
    on_demand(office)
    made = office.applicant(to=[office.bank_a])
    post(office)
    return made


def the_plan(office: House, subject: str) -> Plan:
    return office.look(lambda work: destroy.plans(work, subject))[-1]


def left(office: House, subject: str) -> list[str]:
    """What any holder still finds of a person that should be gone."""
    return office.look(lambda work: [f"{h.name}: {f}" for h in office.office.holders for f in h.verify_gone(work, subject)])


def data(office: House, subject: str) -> dict[str, str]:
    """Item id by category of the data that are there."""
    return {i.category: i.item_id for i in office.look(lambda work: items.legal(work, subject)) if i.klass == "data"}


def certificate(office: House, subject: str, plan: Plan) -> dict:
    """The certificate, opened by its owner under a permit of its own."""
    ask = Ask(
        Operation.USE,
        subject,
        office.purpose,
        actor=ActorKind.SUBJECT,
        occasion=Occasion.OWN_ACCESS,
        items=frozenset({plan.certificate}),
    )

    def read(work: Work) -> str:
        gate: Gate = office.office.gate
        answer = gate.ask(work, ask)
        assert not isinstance(answer, Refusal), [(f.code, f.clause) for f in answer.verdict.reasons]
        return gate.open(work, answer)[plan.certificate].values["certificate"]

    return json.loads(office.do(read))


def test_after_its_end_no_holder_finds_anything_and_the_log_ties_nothing(office: House, someone: Applicant) -> None:
    someone.done(Kind.DESTROY)
    destroyed(office)
    assert the_plan(office, someone.subject).next == ""
    post(office)
    acknowledge(office, transfers(office, someone.subject, Told.DESTROY)[0])
    assert left(office, someone.subject) == []
    assert office.look(lambda work: history.about(work, someone.subject)) == []
    assert office.find("iin", someone.person.iin, office.dpo).hits == ()
    assert isinstance(someone.show(), Refusal)


def test_the_certificate_opens_for_its_owner_after_all_is_gone_and_its_lists_are_right(office: House, someone: Applicant) -> None:
    before = data(office, someone.subject)
    asked = office.clock.now()
    later(office, hours=2)
    someone.done(Kind.DESTROY, received_at=asked)
    later(office, hours=1)
    destroyed(office)
    body = certificate(office, someone.subject, the_plan(office, someone.subject))
    gone = {row["category"]: (row["items"], row["keys"]) for row in body["gone"] if row["kind"] == "data"}
    assert gone == dict.fromkeys(before, (1, 1))
    (tokens,) = [row for row in body["gone"] if row["kind"] == "tokens"]
    assert tokens["items"] > 0
    assert not before.keys() & {row["what"] for row in body["kept"] if row["basis"]["clause"] in before}
    assert body["received_at"] < body["decided_at"] < body["executed_at"] == body["deleted_at"]
    assert body["unrecoverable_by"] > body["deleted_at"][:10]
    assert [row["name"] for row in body["recipients"]] == ["Bank A"]
    assert not any(secret in json.dumps(body, ensure_ascii=False) for secret in someone.secrets)


def test_the_receipts_add_up_to_the_certificate(office: House, someone: Applicant) -> None:
    before = data(office, someone.subject)
    someone.done(Kind.DESTROY)
    destroyed(office)
    plan = the_plan(office, someone.subject)
    found = office.look(lambda work: destroy.receipts(work, plan))
    assert sum(r.keys for r in found) == len(before)
    assert sum(r.things for r in found if r.category) == len(before)


def test_a_plan_cut_off_before_any_of_its_steps_goes_on_to_the_same_end(office: House, someone: Applicant) -> None:
    """Every step fails once after its work in the perishable store is committed, as a crash would have it."""
    someone.done(Kind.DESTROY)
    tried: set[str] = set()

    def crash(moment: str) -> None:
        if moment == "durable.commit" and step not in tried:
            tried.add(step)
            raise RuntimeError("cut off")

    hooks = office.office.stores.hooks
    while step := the_plan(office, someone.subject).next:
        hooks.at_step = crash
        with contextlib.suppress(SandyqError, RuntimeError):
            destroyed(office)
        hooks.at_step = None
    destroyed(office)
    assert the_plan(office, someone.subject).next == ""
    assert left(office, someone.subject) == []


def test_each_step_done_again_by_a_slower_worker_changes_nothing(office: House, someone: Applicant) -> None:
    done = someone.done(Kind.DESTROY)
    plan = office.look(lambda work: destroy.one(work, someone.subject, done.plan))
    house = office.office.house
    assert office.do(lambda work: destroy.advance(work, house, plan))
    assert not office.do(lambda work: destroy.advance(work, house, plan)), "the same step, from the same old view of the plan"
    destroyed(office)
    assert left(office, someone.subject) == []


def test_steps_from_outside_are_not_done_inside(office: House, someone: Applicant) -> None:
    done = someone.done(Kind.DESTROY)
    plan = office.look(lambda work: destroy.one(work, someone.subject, done.plan))
    with pytest.raises(Misuse):
        office.do(lambda work: destroy.journals_emptied(work, plan))


def test_a_second_order_meets_a_person_who_is_gone(office: House, someone: Applicant) -> None:
    someone.done(Kind.DESTROY)
    second = someone.house.order(Kind.DESTROY, someone.subject)
    assert isinstance(second, Refusal)
    assert "subject_destroyed" in {f.code for f in second.verdict.reasons}
    destroyed(office)
    assert isinstance(someone.house.order(Kind.DESTROY, someone.subject), Refusal)
    assert len(office.look(lambda work: destroy.plans(work, someone.subject))) == 1


def test_two_orders_at_once_make_one_plan(office: House, someone: Applicant) -> None:
    """Both decide at the same time; the standing row lets one through."""
    document = office.document()
    given = Order(Kind.DESTROY, someone.subject, document=document)
    act: Callable[[Work], object] = lambda work: order(work, office.office.desk, given)  # noqa: E731 - used twice
    futures = [office.office.stores.submit(act, office.dpo) for _ in range(2)]
    answers = [future.result(30) for future in futures]
    assert sorted(isinstance(answer, Done) for answer in answers) == [False, True]
    assert len(office.look(lambda work: destroy.plans(work, someone.subject))) == 1
    destroyed(office)
    assert left(office, someone.subject) == []


def test_a_lead_still_queued_never_leaves(office: House) -> None:
    wire = wired(office)
    on_demand(office)
    someone = office.applicant(to=[office.bank_a])
    someone.done(Kind.DESTROY)
    destroyed(office)
    post(office)
    assert wire.bodies() == []
    assert [t.state for t in transfers(office, someone.subject)] == [State.WITHHELD]
    assert left(office, someone.subject) == []


def test_a_form_whose_phone_was_never_confirmed_is_destroyed_like_any_other(office: House) -> None:
    on_demand(office)
    received = office.submit(office.person())
    office.done(Kind.DESTROY, received.subject)
    post(office)
    destroyed(office)
    assert left(office, received.subject) == []


def test_some_items_go_and_the_rest_stays_usable(office: House, someone: Applicant) -> None:
    before = data(office, someone.subject)
    someone.done(Kind.DESTROY, items=frozenset({before["6.2.6"]}))
    destroyed(office)
    assert data(office, someone.subject).keys() == before.keys() - {"6.2.6"}
    body = certificate(office, someone.subject, the_plan(office, someone.subject))
    assert {row["category"] for row in body["gone"]} == {"6.2.6"}
    assert {"6.2.1", "6.2.7"} <= {row["what"] for row in body["kept"]}
    assert not isinstance(someone.show(), Refusal)


def test_an_item_of_somebody_else_destroys_nothing(office: House, someone: Applicant) -> None:
    other = office.applicant()
    foreign = data(office, other.subject)["6.2.6"]
    before = data(office, someone.subject)
    with pytest.raises(Conflict):
        office.order(Kind.DESTROY, someone.subject, items=frozenset({foreign}))
    assert data(office, someone.subject) == before
    assert office.look(lambda work: destroy.plans(work, someone.subject)) == []


def test_a_hold_on_one_item_leaves_it_and_the_certificate_says_why(office: House, someone: Applicant) -> None:
    before = data(office, someone.subject)
    someone.done(Kind.HOLD, reason="court_act", scope=Scope(items=frozenset({before["6.2.1"]})))
    someone.done(Kind.DESTROY)
    destroyed(office)
    assert data(office, someone.subject) == {"6.2.1": before["6.2.1"]}
    body = certificate(office, someone.subject, the_plan(office, someone.subject))
    assert "6.2.1" not in {row["category"] for row in body["gone"]}
    (kept,) = [row for row in body["kept"] if row["what"] == "6.2.1"]
    assert kept["basis"]["article"] == "94-V art. 9(1)"


def test_a_hold_on_everything_refuses_the_destruction(office: House, someone: Applicant) -> None:
    someone.done(Kind.HOLD, reason="court_act")
    answer = office.order(Kind.DESTROY, someone.subject)
    assert isinstance(answer, Refusal)
    assert "stopped_by_hold" in {f.code for f in answer.verdict.reasons}


def test_an_upload_goes_with_its_person(office: House) -> None:
    on_demand(office)
    person = office.person()
    upload = media.receive(office.settings.media_dir, [b"%PDF-1.7\n" + bytes(500)], office.look(lambda work: work.us))
    received = office.submit(person, uploads=(Stored("document_copy", upload),))
    assert (office.settings.media_dir / upload.media_id).exists()
    office.done(Kind.DESTROY, received.subject)
    destroyed(office)
    assert not (office.settings.media_dir / upload.media_id).exists()
    assert left(office, received.subject) == []


def test_what_is_left_by_mistake_keeps_the_plan_open(office: House, someone: Applicant, monkeypatch: pytest.MonkeyPatch) -> None:
    someone.done(Kind.DESTROY)
    holder = next(h for h in office.office.holders if h.name == "relations")
    monkeypatch.setattr(type(holder), "verify_gone", lambda *_: ["relation: one"])
    destroyed(office)
    assert the_plan(office, someone.subject).next == destroy.VERIFY
    monkeypatch.undo()
    destroyed(office)
    assert the_plan(office, someone.subject).next == ""


def test_one_that_cannot_go_on_does_not_keep_those_of_the_same_page(
    office: House, someone: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [office.applicant() for _ in range(2)]
    for each in (others[0], someone, others[1]):
        each.done(Kind.DESTROY)
    holder = next(h for h in office.office.holders if h.name == "relations")
    monkeypatch.setattr(type(holder), "verify_gone", lambda _, __, subject: ["relation: one"] if subject == someone.subject else [])
    destroyed(office)
    assert [the_plan(office, each.subject).next for each in others] == ["", ""]
    assert the_plan(office, someone.subject).next == destroy.VERIFY
    assert all(left(office, each.subject) == [] for each in others)
    monkeypatch.undo()
    destroyed(office)
    assert left(office, someone.subject) == []


def test_two_plans_on_one_person_leave_no_tie_behind(office: House, someone: Applicant) -> None:
    first = next(iter(data(office, someone.subject).values()))
    someone.done(Kind.DESTROY, items=frozenset({first}))
    someone.done(Kind.DESTROY)
    destroyed(office)
    assert [plan.next for plan in office.look(lambda work: destroy.plans(work, someone.subject))] == ["", ""]
    assert office.look(lambda work: history.about(work, someone.subject)) == []
