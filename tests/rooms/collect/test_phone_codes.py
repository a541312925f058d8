"""Phone codes and claim codes: what a wrong, late, repeated or foreign one gets (policy 2.18; design 11, 20)."""

from datetime import timedelta

import pytest

from acts_world import post, wired
from office import PUBLIC, House
from sandyq import collect, consent
from sandyq.collect import CodeState, Received, codes
from sandyq.errors import NotFound, TooMany
from sandyq.register import subjects
from sandyq.requests import Kind
from sandyq.sample.people import Person


def browser(person: Person) -> str:
    return f"browser of {person.phone}"


def answer(office: House, secret: str, code: str) -> CodeState:
    return office.do(lambda work: collect.confirm_code(work, office.office.gate, secret, code), PUBLIC)[0]


def resend(office: House, secret: str) -> CodeState:
    return office.do(lambda work: collect.resend_code(work, office.office.gate, secret), PUBLIC)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
def sent(office: House) -> tuple[Person, Received, str]:
    person = office.person()
    received = office.submit(person)
    return person, received, office.code(received)


def test_the_right_code_verifies_the_phone_and_ties_itself_to_the_consents(office: House, sent) -> None:
    person, received, code = sent
    assert answer(office, browser(person), f" {code} ").ok
    assert office.look(lambda work: subjects.see(work, received.subject)).fact.phone_verified
    given = [g for g in office.look(lambda work: consent.proofs(work, received.subject)) if g.state.value == "given"]
    assert given
    assert all(g.codes and g.codes[0].request == received.challenge for g in given)


def test_five_wrong_codes_end_it_even_for_the_right_one(office: House, sent) -> None:
    person, received, code = sent
    lefts = [answer(office, browser(person), wrong(code)).tries_left for _ in range(5)]
    assert lefts == [4, 3, 2, 1, 0]
    assert not answer(office, browser(person), code).ok
    assert not office.look(lambda work: subjects.see(work, received.subject)).fact.phone_verified


def test_a_code_is_over_after_five_minutes(office: House, sent) -> None:
    person, _, code = sent
    office.clock.advance(timedelta(minutes=5, seconds=1))
    assert not answer(office, browser(person), code).ok


def test_a_code_counts_once(office: House, sent) -> None:
    person, _, code = sent
    assert answer(office, browser(person), code).ok
    assert not answer(office, browser(person), code).ok


def test_a_code_answers_only_in_the_browser_that_asked(office: House, sent) -> None:
    _, _, code = sent
    for other in ("browser of somebody else", ""):
        with pytest.raises(NotFound):
            answer(office, other, code)


def test_without_a_browser_the_claim_code_binds(office: House) -> None:
    person = office.person()
    received = office.submit(person, browser="")
    assert answer(office, received.claim, office.code(received)).ok


def test_another_code_comes_after_a_minute_three_times_and_ends_the_former(office: House, sent) -> None:
    person, received, first = sent
    with pytest.raises(TooMany) as soon:
        resend(office, browser(person))
    assert 0 < soon.value.params["retry_after"] <= 60
    for n in range(2, 5):
        office.clock.advance(timedelta(seconds=61))
        resend(office, browser(person))
        current = codes.code_of(office.office.ring, received.challenge, n)
    office.clock.advance(timedelta(seconds=61))
    with pytest.raises(TooMany):
        resend(office, browser(person))
    if first != current:
        assert not answer(office, browser(person), first).ok
    assert answer(office, browser(person), current).ok


def test_guessing_has_a_budget_of_twenty_tries_for_one_form(office: House, sent) -> None:
    person, received, _ = sent
    tried = 0
    for n in range(1, 5):
        code = codes.code_of(office.office.ring, received.challenge, n)
        while answer(office, browser(person), wrong(code)).tries_left:
            tried += 1
        tried += 1
        office.clock.advance(timedelta(seconds=61))
        if n < 4:
            resend(office, browser(person))
    with pytest.raises(TooMany):
        resend(office, browser(person))
    assert tried == 20


def test_a_phone_gets_no_more_than_its_daily_number_of_codes(office: House) -> None:
    person = office.person()
    for _ in range(codes.PER_PHONE):
        office.submit(person)
    with pytest.raises(TooMany):
        office.submit(person)
    office.clock.advance(timedelta(days=1))
    assert office.submit(person).challenge


def test_a_confirmed_phone_gets_no_further_code(office: House, sent) -> None:
    person, _, code = sent
    assert answer(office, browser(person), code).ok
    office.clock.advance(timedelta(seconds=61))
    with pytest.raises(NotFound):
        resend(office, browser(person))


def test_the_message_goes_to_the_phone_of_the_form_and_names_nobody(office: House, sent) -> None:
    person, _, code = sent
    post(office)
    shown = office.office.sms.latest(person.phone[-4:])
    assert code in shown[0].text
    assert not any(value in shown[0].text for value in (person.surname, person.first_name, person.iin, person.phone))


def test_a_code_that_waited_too_long_or_whose_person_is_gone_is_not_sent(office: House, sent) -> None:
    person, _, _ = sent
    office.clock.advance(timedelta(minutes=6))
    post(office)
    assert office.office.sms.latest(person.phone[-4:]) == []


def test_a_block_of_the_very_form_does_not_stop_its_code_and_stops_its_lead(office: House) -> None:
    """The code tells the person something, so it passes; what the code would set off does not (2.2)."""
    wired(office)
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    office.done(Kind.BLOCK, received.subject, reason="identity_disputed")
    post(office)
    assert office.office.sms.latest(person.phone[-4:])
    assert all(not routed.transfer for routed in office.confirm(person, received))


@pytest.mark.parametrize("typed", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", ""), lambda c: f"  {c}\t"])
def test_a_claim_code_may_be_typed_in_any_habit(office: House, typed) -> None:
    ring = office.office.ring
    claim = codes.claim_of(ring, office.document())
    assert codes.claim_token(ring, typed(claim)) == codes.claim_token(ring, claim)


def test_letters_that_look_like_digits_are_read_as_digits(office: House) -> None:
    ring = office.office.ring
    assert codes.claim_token(ring, "OIl00-11111") == codes.claim_token(ring, "01100-11111")
    assert codes.claim_token(ring, "00000-11111") != codes.claim_token(ring, "00000-11112")


def test_two_claim_codes_never_meet_and_are_kept_only_as_tokens(office: House, sent) -> None:
    _, received, _ = sent
    other = office.submit(office.person())
    assert received.claim != other.claim
    durable = office.settings.durable_file
    if durable.exists():
        office.office.stores.checkpoint_truncate()
        assert received.claim.encode() not in durable.read_bytes()
