"""Withdrawing consents: some or all, at once, with the proof kept."""

from datetime import date, timedelta

import pytest
from choices import BANK, KEPT, LENDER, NO_MAIL, PROOF, SERVICE, SMS

from sandyq import consent
from sandyq.errors import Conflict, Misuse, NotFound
from sandyq.law.calendar import kazakhstan
from sandyq.law.deadlines import from_data
from sandyq.law.vocabulary import GrantState, Operation, StandingAct
from standing_office import FORM

RULES = from_data(
    [
        {
            "id": "withdrawal-stop",
            "row": 8,
            "duty": "withdrawal-stop",
            "nature": "act",
            "term": "15wd",
            "starts": ["withdrawal_notified"],
            "in_force": [{"from": "2026-01-18"}],
            "source": {"act": "94-V", "article": "art. 8(7)", "redaction": "2026-07-12"},
            "mark": "C",
            "clauses": ["4.1.5"],
        }
    ]
)
TERMS = {"rules": RULES, "calendar": kazakhstan(), "kept_until": date(2037, 1, 1)}


def given(office, person, *grants):
    return office.do(lambda work: consent.give(work, person, grants, PROOF), FORM)


def withdraw(office, person, ids, **ask):
    return office.permitted(StandingAct.WITHDRAW, person, lambda work, permit: consent.withdraw(work, permit, ids, **TERMS), **ask)


def states(office, person):
    return {fact.id: fact.state for fact in office.do(lambda work: consent.facts(work, person))}


def test_a_partial_withdrawal_leaves_the_others_standing(office, person):
    service, bank, lender, sms = given(office, person, SERVICE, BANK, LENDER, SMS)
    withdraw(office, person, [bank])
    assert states(office, person) == {
        service: GrantState.GIVEN,
        bank: GrantState.WITHDRAWN,
        lender: GrantState.GIVEN,
        sms: GrantState.GIVEN,
    }


def test_all_can_be_withdrawn_in_one_act(office, person):
    ids = given(office, person, SERVICE, BANK, SMS)
    done = withdraw(office, person, ids)
    assert set(states(office, person).values()) == {GrantState.WITHDRAWN}
    assert done.recipients == {"bank"}
    assert len(done.grants) == 3


def test_a_withdrawal_of_20_march_2026_is_due_on_15_april(office, person):
    ids = given(office, person, BANK)
    office.clock.advance(timedelta(days=1))
    done = withdraw(office, person, ids)
    assert done.due == date(2026, 4, 15)
    [proof] = office.do(lambda work: consent.proofs(work, person))
    assert proof.withdrawal_due == date(2026, 4, 15)


def test_before_the_law_set_a_term_a_withdrawal_has_no_due_day(office, person):
    office.clock.move(office.clock.now() - timedelta(days=365))
    done = withdraw(office, person, given(office, person, BANK))
    assert done.due is None


def test_the_withdrawal_is_one_entry_of_the_log_under_its_decision(office, person):
    [bank] = given(office, person, BANK)
    office.permitted(
        StandingAct.WITHDRAW, person, lambda work, permit: consent.withdraw(work, permit, [bank], **TERMS), purpose="loan-application"
    )
    [entry] = office.entries
    assert (entry.act, entry.clause, entry.article, entry.count) == ("consent.withdrawn", "4.1.5", "94-V art. 8(7)", 1)
    assert entry.decision
    assert entry.subject != person


def test_the_old_proof_stays_and_its_term_grows(office, person):
    [bank] = given(office, person, BANK)
    withdraw(office, person, [bank])
    [proof] = office.do(lambda work: consent.proofs(work, person))
    assert proof.state is GrantState.WITHDRAWN
    assert proof.text.sha256
    assert proof.kept_until == date(2037, 1, 1) > KEPT


def test_older_consents_on_the_same_matter_end_too(office, person):
    first = given(office, person, BANK)
    office.clock.advance(timedelta(days=1))
    second = given(office, person, BANK)
    done = withdraw(office, person, second)
    assert set(done.grants) == {*first, *second}


def test_a_consent_given_again_after_a_withdrawal_stands(office, person):
    [first] = given(office, person, BANK)
    withdraw(office, person, [first])
    office.clock.advance(timedelta(days=1))
    [again] = given(office, person, BANK)
    assert states(office, person) == {first: GrantState.WITHDRAWN, again: GrantState.GIVEN}


def test_the_withdrawal_updates_the_standing_and_stands_in_the_ledger(office, person):
    [bank] = given(office, person, BANK)
    before = office.revision(person)
    withdraw(office, person, [bank])
    assert office.revision(person) == before + 1
    [event] = office.ledger()
    assert (event.kind, event.body["grants"]) == ("consent.withdraw", bank)


def test_twice_is_a_conflict_and_a_refusal_cannot_be_withdrawn(office, person):
    bank, mail = given(office, person, BANK, NO_MAIL)
    withdraw(office, person, [bank])
    for grant in (bank, mail):
        with pytest.raises(Conflict, match="consent_not_given_now"):
            withdraw(office, person, [grant])


def test_another_persons_consent_is_unknown(office, person):
    other = office.person()
    theirs = given(office, other, BANK)
    with pytest.raises(NotFound):
        withdraw(office, person, theirs)
    assert states(office, other) == {theirs[0]: GrantState.GIVEN}


def test_a_permit_for_another_act_purpose_or_recipient_is_a_misuse(office, person):
    bank, sms = given(office, person, BANK, SMS)
    with pytest.raises(Misuse, match="permit_for_another_act"):
        office.permitted(Operation.USE, person, lambda work, permit: consent.withdraw(work, permit, [bank], **TERMS))
    with pytest.raises(Misuse, match="permit_for_another_consent"):
        withdraw(office, person, [sms], purpose="loan-application")
    with pytest.raises(Misuse, match="permit_for_another_consent"):
        withdraw(office, person, [bank], recipient="lender")


def test_a_permit_is_spent_by_the_withdrawal(office, person):
    bank, sms = given(office, person, BANK, SMS)

    def twice(work, permit):
        consent.withdraw(work, permit, [bank], **TERMS)
        consent.withdraw(work, permit, [sms], **TERMS)

    with pytest.raises(Misuse, match="permit_unknown"):
        office.permitted(StandingAct.WITHDRAW, person, twice)
    assert set(states(office, person).values()) == {GrantState.GIVEN}
