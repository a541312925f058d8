"""Giving and refusing consents, and what proves it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from choices import BANK, NO_ABROAD, NO_MAIL, PROOF, SERVICE, SMS, text, yes

from sandyq import consent, seal
from sandyq.errors import Conflict, Invalid
from sandyq.law.vocabulary import GrantKind, GrantState
from standing_office import FORM


def test_each_choice_stands_by_itself_and_what_was_not_asked_is_not_there(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE, BANK, NO_MAIL], PROOF), FORM)
    known = {(fact.kind, fact.channel or fact.recipient): fact.state for fact in office.do(lambda work: consent.facts(work, person))}
    assert known == {
        (GrantKind.PROCESSING, ""): GrantState.GIVEN,
        (GrantKind.RECIPIENT, "bank"): GrantState.GIVEN,
        (GrantKind.MARKETING, "email"): GrantState.REFUSED,
    }


def test_the_facts_carry_the_list_of_data_the_proof_and_the_eight_items(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE], PROOF), FORM)
    [fact] = office.do(lambda work: consent.facts(work, person))
    assert (fact.purpose, fact.fields, fact.proven, fact.complete, fact.implied) == (
        "loan-application",
        frozenset({"iin", "phone"}),
        True,
        True,
        False,
    )
    assert fact.given_at == office.clock.now()


def test_the_proof_page_shows_the_exact_text_the_way_and_what_was_pressed(office, person):
    [grant] = office.do(lambda work: consent.give(work, person, [SERVICE], PROOF), FORM)
    [proof] = office.do(lambda work: consent.proofs(work, person))
    assert proof.id == grant
    assert proof.text == text("processing")
    assert (proof.via, proof.door, proof.pressed, proof.evidence) == ("web_form", "form", "box_ticked", PROOF.evidence)


def test_one_entry_of_the_log_vouches_for_every_choice_and_can_be_made_again_from_the_tables(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE, SMS, NO_ABROAD], PROOF), FORM)
    [entry] = office.entries
    proofs = office.do(lambda work: consent.proofs(work, person))
    again = consent.choices_body((proof.id, proof) for proof in proofs)
    assert (entry.act, entry.count, entry.clause) == ("consent.given", 3, "2.18")
    assert entry.body_digest == seal.digest(again).hex()
    assert {proof.leaf for proof in proofs} == {entry.id}


def test_the_log_tells_another_digest_when_a_text_was_swapped_in_the_table(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE], PROOF), FORM)
    digest = office.entries[0].body_digest
    [proof] = office.do(lambda work: consent.proofs(work, person))
    swapped = replace(proof, text=text("something-else"))
    assert seal.digest(consent.choices_body([(swapped.id, swapped)])).hex() != digest


def test_refusals_alone_are_logged_as_refusals(office, person):
    office.do(lambda work: consent.give(work, person, [NO_MAIL, NO_ABROAD], PROOF), FORM)
    assert [entry.act for entry in office.entries] == ["consent.refused"]


def test_a_consent_expires_at_its_instant_which_the_law_is_told(office, person):
    until = office.clock.now() + timedelta(days=30)
    office.do(lambda work: consent.give(work, person, [replace(SERVICE, expires_at=until)], PROOF), FORM)
    office.clock.advance(timedelta(days=31))
    [fact] = office.do(lambda work: consent.facts(work, person))
    assert fact.expires_at == until < office.clock.now()
    assert fact.state is GrantState.GIVEN


def test_implied_consent_is_marked_and_never_counts_as_proven(office, person):
    implied = consent.NewGrant(
        GrantKind.PROCESSING,
        GrantState.GIVEN,
        consent.ShownText("", "", "", b"", complete=False),
        consent.Pressed.USED_THE_SERVICE,
        purpose="loan-application",
        implied=True,
    )
    office.do(lambda work: consent.give(work, person, [implied], PROOF), FORM)
    [fact] = office.do(lambda work: consent.facts(work, person))
    assert (fact.implied, fact.proven) == (True, False)


def test_a_paper_consent_keeps_the_day_on_which_it_was_signed(office, person):
    signed = office.clock.now() - timedelta(days=9)
    paper = replace(PROOF, via=consent.Via.PAPER, given_at=signed)
    grant = replace(SERVICE, pressed=consent.Pressed.SIGNED_ON_PAPER)
    office.do(lambda work: consent.give(work, person, [grant], paper))
    assert office.do(lambda work: consent.facts(work, person))[0].given_at == signed


def test_a_consent_dated_in_the_future_is_refused(office, person):
    tomorrow = replace(PROOF, given_at=office.clock.now() + timedelta(days=1))
    with pytest.raises(Conflict, match="consent_given_in_the_future"):
        office.do(lambda work: consent.give(work, person, [SERVICE], tomorrow))


WRONG = {
    "no purpose": (replace(SERVICE, purpose=""), "consents[0].purpose"),
    "no recipient": (replace(BANK, recipient=""), "consents[0].recipient"),
    "a channel that is none": (replace(SMS, channel="pigeon"), "consents[0].channel"),
    "given with an empty box": (replace(SERVICE, pressed=consent.Pressed.BOX_LEFT_EMPTY), "consents[0].pressed"),
    "refused with a tick": (replace(NO_MAIL, pressed=consent.Pressed.BOX_TICKED), "consents[0].pressed"),
    "a text without its digest": (replace(SERVICE, text=replace(text("x"), sha256=b"")), "consents[0].text"),
    "withdrawn at birth": (replace(SERVICE, state=GrantState.WITHDRAWN, pressed=consent.Pressed.BUTTON_NO), "consents[0].state"),
    "implied by a tick": (replace(SERVICE, implied=True), "consents[0].implied"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_choice_that_proves_nothing_is_refused_with_its_place(case):
    grant, place = WRONG[case]
    assert place in [fault.field for fault in consent.faults([grant])]


def test_all_faults_come_at_once_and_nothing_is_stored(office, person):
    with pytest.raises(Invalid) as told:
        office.do(lambda work: consent.give(work, person, [replace(SERVICE, purpose=""), replace(BANK, recipient="")], PROOF))
    assert [fault.field for fault in told.value.errors] == ["consents[0].purpose", "consents[1].recipient"]
    assert office.do(lambda work: consent.proofs(work, person)) == []


def test_no_choice_at_all_is_no_consent(office, person):
    with pytest.raises(Invalid) as told:
        office.do(lambda work: consent.give(work, person, [], PROOF))
    assert told.value.errors[0].cites[0] == "5.3"


def test_a_new_form_takes_one_statement_and_no_more(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE, BANK, SMS, NO_MAIL, NO_ABROAD], PROOF, new_subject=True), FORM)
    assert len(office.trips) == 1


def test_the_gate_learns_consents_and_stops_from_two_plain_reads(office, person):
    office.do(lambda work: consent.give(work, person, [SERVICE, SMS], PROOF), FORM)
    office.do(lambda work: consent.standing(work, person))
    assert len(office.trips) == 2


def test_a_refusal_by_a_known_person_locks_running_decisions_out_and_stands_in_the_ledger(office, person):
    before = office.revision(person)
    office.do(lambda work: consent.give(work, person, [NO_MAIL], PROOF))
    assert office.revision(person) == before + 1
    assert [event.kind for event in office.ledger()] == ["consent.refuse"]


def test_a_code_that_was_entered_is_tied_to_the_consents_it_confirmed(office, person):
    given, refused = office.do(lambda work: consent.give(work, person, [SERVICE, NO_MAIL], PROOF), FORM)
    sent = office.clock.now()
    office.clock.advance(timedelta(minutes=2))
    code = consent.CodeProof("01request00000000000000001", sent, office.clock.now())
    office.do(lambda work: consent.confirm_by_code(work, person, code, leaf="01leaf"), FORM)
    proofs = {proof.id: proof.codes for proof in office.do(lambda work: consent.proofs(work, person))}
    assert proofs == {given: (code,), refused: ()}


def test_consent_per_recipient_is_kept_apart(office, person):
    office.do(lambda work: consent.give(work, person, [BANK, yes(GrantKind.AUTOMATED)], PROOF), FORM)
    recipients = {fact.recipient for fact in office.do(lambda work: consent.facts(work, person))}
    assert recipients == {"bank", ""}
