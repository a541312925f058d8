"""Where an application goes: to whom it was agreed, once, and every no is on record (3.1, 7.1.1, 7.2)."""

from datetime import timedelta

from acts_world import post, transfers, wired
from office import House
from sandyq import applications, parties
from sandyq.distribute import State
from sandyq.gate.records import load


def routed(office: House, subject: str) -> list[applications.Routed]:
    return office.do(lambda work: applications.route(work, office.office.gate, subject))


def test_the_agreed_bank_gets_a_lead_and_the_other_a_refusal_that_cites_why(office: House) -> None:
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    answers = {r.recipient: r for r in office.confirm(person, received)}
    assert answers[office.bank_a].transfer
    refused = answers[office.bank_b]
    assert not refused.transfer
    assert {"recipient_without_consent"} <= {f.code for f in refused.verdict.reasons}
    assert any(f.clause == "7.2" and "15" in f.article for f in refused.verdict.reasons)
    kept = office.look(lambda work: load(work, received.subject, refused.decision))
    assert kept is not None
    assert not kept.permitted


def test_nothing_goes_before_the_phones_code(office: House) -> None:
    received = office.submit(office.person(), to=[office.bank_a])
    answers = routed(office, received.subject)
    assert all("phone_not_confirmed" in {f.code for f in r.verdict.reasons} for r in answers)
    assert transfers(office, received.subject) == []


def test_a_wrong_code_routes_nothing(office: House) -> None:
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    wrong = f"{(int(office.code(received)) + 1) % 1_000_000:06d}"
    state, answers = office.do(lambda work: applications.confirm(work, office.office.gate, f"browser of {person.phone}", wrong))
    assert not state.ok
    assert answers == []


def test_a_bank_that_holds_the_lead_or_is_about_to_gets_no_second(office: House) -> None:
    wire = wired(office)
    someone = office.applicant(to=[office.bank_a])
    assert [r.recipient for r in routed(office, someone.subject)] == [office.bank_b]
    post(office)
    office.clock.advance(timedelta(seconds=1))
    assert [r.recipient for r in routed(office, someone.subject)] == [office.bank_b]
    assert len(wire.bodies("lead")) == 1


def test_a_suspended_bank_is_refused_and_gets_it_when_routed_again_later(office: House) -> None:
    office.do(lambda work: parties.suspend_feed(work, office.bank_a, parties.FeedReason.NO_ACKNOWLEDGEMENT))
    someone = office.applicant(to=[office.bank_a])
    assert transfers(office, someone.subject) == []
    office.do(lambda work: parties.resume_feed(work, office.bank_a))
    routed(office, someone.subject)
    assert [t.state for t in transfers(office, someone.subject)] == [State.QUEUED]
