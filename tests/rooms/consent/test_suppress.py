"""Leave me alone: stops, and the marks that outlive the person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from choices import NO_MAIL, PROOF, SERVICE, SMS

from sandyq import consent
from sandyq.audit import ledger
from sandyq.errors import Conflict, Invalid
from sandyq.register import subjects
from standing_office import FORM, KEY

PHONE = {"sms": ["+77000000475"]}
UNTIL = date(2040, 1, 1)
HOLDER = consent.ConsentHolder()


def suppress(office, person, contacts=PHONE):
    return office.do(lambda work: consent.suppress(work, KEY, person, contacts, kept_until=UNTIL))


def stopped(office, person):
    return office.do(lambda work: consent.standing(work, person)).suppressed


def test_a_stop_holds_for_its_channel_at_once(office, person):
    suppress(office, person)
    assert stopped(office, person) == {"sms"}


def test_a_stop_is_one_entry_and_one_change_of_standing(office, person):
    before = office.revision(person)
    suppress(office, person)
    assert [entry.act for entry in office.entries] == ["consent.suppressed"]
    assert office.revision(person) == before + 1


def test_the_mark_holds_neither_the_contact_nor_the_subject(office, person):
    suppress(office, person)
    [row] = office.table("suppression")
    assert b"7000000475" not in bytes(row[0])
    assert person not in str(row)


def test_the_mark_outlives_the_person_and_meets_the_same_number_again(office, person):
    suppress(office, person)
    office.do(lambda work: HOLDER.erase(work, person, "rows"))
    assert stopped(office, person) == frozenset()
    newcomer = office.person()
    found = office.do(
        lambda work: consent.recognise(work, KEY, newcomer, {"sms": ["+77000000111", "+77000000475"], "phone": ["+77000000475"]})
    )
    assert found == {"sms"}
    assert stopped(office, newcomer) == {"sms"}


def test_another_key_recognises_nothing(office, person):
    suppress(office, person)
    assert office.do(lambda work: consent.recognise(work, bytes(32), office_person(work, office), PHONE)) == frozenset()


def office_person(work, office):
    return subjects.create(work, office.ring)


def test_stopping_twice_changes_nothing_more(office, person):
    suppress(office, person)
    suppress(office, person, {"sms": ["+77000000475"], "email": []})
    assert stopped(office, person) == {"sms", "email"}
    assert len(office.table("suppression")) == 1


def test_an_unknown_channel_is_refused(office, person):
    with pytest.raises(Invalid):
        suppress(office, person, {"pigeon": ["x"]})


def test_a_stop_is_lifted_only_by_a_later_express_consent(office, person):
    office.do(lambda work: consent.give(work, person, [SMS], PROOF), FORM)
    suppress(office, person)
    with pytest.raises(Conflict, match="channel_not_opted_in_again"):
        office.do(lambda work: consent.lift(work, KEY, person, "sms", PHONE["sms"]))
    office.clock.advance(timedelta(days=1))
    office.do(lambda work: consent.give(work, person, [SMS], PROOF), FORM)
    office.do(lambda work: consent.lift(work, KEY, person, "sms", PHONE["sms"]))
    assert stopped(office, person) == frozenset()
    assert office.table("suppression") == []


def test_marks_are_forgotten_when_their_own_term_is_over(office, person):
    suppress(office, person)
    assert office.do(lambda work: consent.drop_ended(work, UNTIL)) == 0
    assert office.do(lambda work: consent.drop_ended(work, UNTIL + timedelta(days=1))) == 1


def test_what_is_erased_and_what_is_kept_are_told_apart(office, person):
    [grant] = office.do(lambda work: consent.give(work, person, [SERVICE], PROOF), FORM)
    suppress(office, person)
    assert office.do(lambda work: HOLDER.verify_gone(work, person)) == ["consent_stop: sms"]
    assert office.do(lambda work: HOLDER.erase(work, person, "rows")) == 2
    assert office.do(lambda work: HOLDER.erase(work, person, "rows")) == 0
    assert office.do(lambda work: HOLDER.verify_gone(work, person)) == []
    [kept] = office.do(lambda work: HOLDER.kept(work, person))
    assert (kept.id, kept.until, kept.ground) == (grant, PROOF.kept_until, "94-V art. 25(2)(5)")


def test_a_proof_goes_when_its_consent_is_over_and_its_term_too(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE, NO_MAIL], replace(PROOF, kept_until=date(2026, 4, 1))), FORM)
    after = date(2026, 4, 2)
    assert office.do(lambda work: consent.drop_run_out(work, after)) == [(person, PROOF.evidence)]
    assert len(office.do(lambda work: consent.proofs(work, person))) == 1
    office.do(lambda work: HOLDER.erase(work, person, "rows"))
    office.do(lambda work: consent.drop_run_out(work, after))
    assert office.do(lambda work: consent.proofs(work, person)) == []


@pytest.mark.parametrize("settled", ["stop", "refusal"])
def test_after_a_restore_what_the_person_said_no_to_is_no_again(office, person, settled):
    """The events are made on one person, the restored database is a second one that never heard of them."""
    if settled == "stop":
        suppress(office, person)
    else:
        office.do(lambda work: consent.give(work, person, [NO_MAIL], PROOF))
    [event] = office.ledger()
    wipe(office, person)
    room = consent.ConsentReplay()
    office.do(lambda work: ledger.replay(work, [event], dict.fromkeys(room.kinds, room)))
    office.do(lambda work: room.replay(work, event))
    if settled == "stop":
        assert stopped(office, person) == {"sms"}
        assert len(office.table("suppression")) == 1
    else:
        assert [fact.state for fact in office.do(lambda work: consent.facts(work, person))] == ["refused"]


def wipe(office, person):
    """Take the database back to before the event."""
    for table in ("consent_grant", "consent_end", "consent_stop", "suppression", "restrictive_event"):
        office.do(lambda work, table=table: work.durable.run(f"DELETE FROM {table}"))
