"""Asking the gate: what is decided is on record whole, can be judged again to the same verdict, and an error refuses."""

from acts_world import destroyed, later, on_demand, post, rows, wired
from office import House
from sandyq.collect import Rejected, submit
from sandyq.gate import Prospect
from sandyq.gate.records import Decision, load, of_subject
from sandyq.law import canon
from sandyq.law.ask import Ask, Facts, SubjectFact
from sandyq.law.decide import decide
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.policy import acts as policy
from sandyq.requests import Kind


def judged_again(house: House, stored: Decision) -> str:
    """The verdict of a stored decision's facts under the book that it names, as canonical text."""
    book = house.look(lambda work: policy.book_of(work, stored.policy, stored.pack))
    at = house.look(lambda work: work.at)
    return canon.verdict_to_json(decide(canon.ask_from_json(stored.ask), canon.facts_from_json(stored.facts), book, at))


def test_every_decision_of_a_whole_journey_replays_to_the_same_verdict(office: House) -> None:
    wired(office)
    on_demand(office)
    someone = office.applicant(to=[office.bank_a])
    post(office)
    someone.show()
    block = someone.done(Kind.BLOCK, reason="violation_claimed").target
    someone.show()
    proposal = someone.done(Kind.PROPOSE_RELEASE, reason="violation_not_confirmed", target=block).target
    someone.done(Kind.CONFIRM_RELEASE, office.dpo2, target=proposal)
    office.find("iin", someone.person.iin)
    someone.done(Kind.DESTROY)
    destroyed(office)
    someone.show()
    stored = office.look(lambda work: of_subject(work, someone.subject, 1000))
    kinds = {(canon.ask_from_json(d.ask).operation.value, d.permitted) for d in stored}
    assert {("collect", True), ("distribute", True), ("use", True), ("use", False), ("destroy", True), ("release", True)} <= kinds
    assert [d.id for d in stored if judged_again(office, d) != d.verdict] == []


def test_a_refusal_is_committed_with_its_decision_and_its_entry(office: House) -> None:
    person = office.person()
    form = office.form(person, consents=())
    before = rows(office)
    answer = office.do(lambda work: submit(work, office.office.gate, form))
    assert isinstance(answer, Rejected)
    after = rows(office)
    assert after["durable.decision"] == before["durable.decision"] + 1
    grown = {name for name in after if after[name] != before[name]}
    assert grown <= {"durable.decision", "durable.fact_set", "durable.leaf", "durable.pending_leaf", "durable.subject_leaf"}


def test_facts_that_cannot_be_judged_refuse_and_say_so(office: House) -> None:
    broken = Prospect(SubjectFact("0" * 26, kind="provisional"), consents=("not a consent",))  # type: ignore[arg-type]
    force = office.look(office.office.gate.in_force)
    ask = Ask(Operation.COLLECT, "0" * 26, office.purpose, frozenset({"iin"}), ActorKind.PUBLIC)
    at = office.look(lambda work: work.at)
    verdict = decide(ask, Facts(broken.subject, consents=broken.consents), force.book, at)
    assert not verdict.permitted
    assert "rule_failed" in {f.code for f in verdict.findings}


def test_a_look_without_a_grant_is_refused_and_one_look_is_one_decision(office: House) -> None:
    someone = office.applicant()
    before = len(office.look(lambda work: of_subject(work, someone.subject, 1000)))
    ask = Ask(Operation.USE, someone.subject, "marketing", actor=ActorKind.STAFF, actor_id=office.clerk.id)
    answer = office.do(lambda work: office.office.gate.ask(work, ask), office.clerk)
    assert isinstance(answer, Refusal)
    kept = office.look(lambda work: load(work, someone.subject, answer.decision))
    assert kept is not None
    assert not kept.permitted
    assert len(office.look(lambda work: of_subject(work, someone.subject, 1000))) == before + 1


def test_weighing_keeps_nothing(office: House) -> None:
    someone = office.applicant()
    before = rows(office)
    ask = Ask(Operation.USE, someone.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)
    verdict, _ = office.do(lambda work: office.office.gate.weigh(work, ask), office.clerk)
    assert verdict.permitted
    assert rows(office) == before


def test_equal_facts_are_kept_once(office: House) -> None:
    someone = office.applicant()
    ask = Ask(Operation.USE, someone.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.clerk.id)
    for _ in range(3):
        later(office, seconds=1)
        assert isinstance(office.do(lambda work: office.office.gate.ask(work, ask), office.clerk), Permit)
    stored = office.look(lambda work: of_subject(work, someone.subject, 3))
    assert stored[0].facts == stored[1].facts == stored[2].facts
    assert rows(office)["durable.fact_set"] < rows(office)["durable.decision"]
