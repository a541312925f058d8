"""Signing in by code, sessions, stepping up, what is told and what is logged (design 20)."""

from datetime import timedelta

import pytest

from identity_world import ADDRESS, COOLED, Portal, acts, both, carried, digits
from office import PUBLIC, House
from sandyq import identity, outbox
from sandyq.audit import history
from sandyq.errors import Conflict, Denied, Invalid, NotFound, TooMany
from sandyq.identity import FactorState, Level, authenticator, codes, factors, records
from sandyq.identity.signin import IDLE_US, MOST_US


def test_iin_phone_and_the_code_that_came_there_open_a_session_of_level_code(office: House) -> None:
    someone = office.applicant()
    portal = Portal(office)
    portal.ask(someone.person.iin, someone.person.phone)
    carried(office)
    (message,) = office.office.sms.latest(someone.person.phone[-4:])[:1]  # type: ignore[attr-defined]
    assert portal.enter(digits(message.text))
    who = portal.who()
    assert who is not None
    assert (who.subject, who.level, who.for_subject) == (someone.subject, Level.CODE, someone.subject)
    assert "identity.entered" in acts(office, someone.subject)


def test_typing_habits_do_not_matter(office: House) -> None:
    someone = office.applicant()
    phone = someone.person.phone
    portal = Portal(office)
    portal.ask(f" {someone.person.iin[:6]} {someone.person.iin[6:]} ", f"8 ({phone[2:5]}) {phone[5:8]}-{phone[8:]}")
    assert portal.enter(f" {portal.code()} ")


def test_all_faults_of_what_was_typed_come_at_once(office: House) -> None:
    with pytest.raises(Invalid) as caught:
        Portal(office).ask("123", "abc")
    assert [error.field for error in caught.value.errors] == ["iin", "contact"]


def test_a_form_whose_phone_was_never_confirmed_opens_nothing(office: House) -> None:
    person = office.person()
    office.submit(person)
    portal = Portal(office)
    portal.ask(person.iin, person.phone)
    assert portal.enter(portal.code()) == ""


def test_a_session_ends_when_it_is_left_after_half_an_hour_without_use_and_after_four_hours(office: House) -> None:
    someone = office.applicant()
    left = Portal(office).sign_in(someone.person)
    office.do(lambda work: identity.leave(work, left.gate, left.secret), PUBLIC)
    assert left.who() is None
    idle = Portal(office, "c").sign_in(someone.person)
    office.clock.advance(timedelta(microseconds=IDLE_US))
    assert idle.who() is None
    used = Portal(office, "d").sign_in(someone.person)
    for _ in range(MOST_US // IDLE_US * 2 - 1):
        office.clock.advance(timedelta(microseconds=IDLE_US // 2))
        assert office.do(lambda work: identity.present(work, used.gate, used.secret), PUBLIC)
    office.clock.advance(timedelta(microseconds=IDLE_US // 2))
    assert used.who() is None


def test_the_email_that_the_form_named_is_confirmed_by_code_and_is_the_second_factor_at_once(office: House) -> None:
    someone = office.applicant()
    portal = Portal(office).sign_in(someone.person)
    portal.propose("email", someone.person.email)
    box = carried(office)
    mailed = [text for address, text in box.sent if address == someone.person.email]
    assert office.do(lambda work: identity.confirm_contact(work, portal.gate, portal.secret, digits(mailed[-1])), PUBLIC).ok
    assert portal.step_up("email")
    who = portal.who()
    assert who is not None
    assert who.level is Level.TWO_FACTORS
    assert [factor.kind.value for factor in who.factors] == ["phone", "email"]


def test_a_second_factor_counts_for_half_an_hour(office: House) -> None:
    portal = both(office, office.applicant())
    office.clock.advance(timedelta(minutes=20))
    office.do(lambda work: identity.present(work, portal.gate, portal.secret), PUBLIC)
    office.clock.advance(timedelta(minutes=10))
    who = portal.who()
    assert who is not None
    assert who.level is Level.CODE


def test_an_address_that_nobody_named_before_needs_a_second_factor_and_72_hours(office: House) -> None:
    someone = office.applicant()
    with pytest.raises(Denied):
        Portal(office).sign_in(someone.person).propose("email", "new@mail.example")
    portal = both(office, someone)
    assert portal.add("email", "new@mail.example")
    new = portal.factors(someone.subject)[-1]
    assert new.state is FactorState.COOLING
    fresh = Portal(office, "other")
    fresh.ask(someone.person.iin, "new@mail.example", "email")
    assert fresh.enter(fresh.code()) == ""
    office.clock.advance(COOLED)
    fresh.ask(someone.person.iin, "new@mail.example", "email")
    assert fresh.enter(fresh.code())


def test_a_change_is_told_to_every_old_contact_and_a_sign_in_to_the_others(office: House) -> None:
    someone = office.applicant()
    portal = both(office, someone)
    carried(office)
    portal.add("phone", "+77019998877")
    box = carried(office)
    assert any("new contact" in text or "жаңа байланыс" in text for address, text in box.sent if address == someone.person.email)
    told = [m.text for m in office.office.sms.latest(someone.person.phone[-4:])]  # type: ignore[attr-defined]
    assert any("жаңа байланыс" in text for text in told)
    Portal(office, "again").sign_in(someone.person)
    box = carried(office)
    assert [address for address, _ in box.sent] == [someone.person.email]
    assert all(someone.person.iin not in text and someone.person.surname not in text for _, text in box.sent)


def test_a_contact_that_was_named_and_never_proved_goes_after_a_day_with_what_was_sealed(office: House) -> None:
    someone = office.applicant()
    portal = Portal(office).sign_in(someone.person)
    portal.propose("email", someone.person.email)
    (waiting,) = [one for one in portal.factors(someone.subject) if one.state is FactorState.WAITING]
    office.clock.advance(timedelta(hours=25))
    office.do(identity.drop_stale)
    assert waiting.id not in [one.id for one in portal.factors(someone.subject)]
    gone = office.look(lambda work: work.durable.one("SELECT 1 FROM item WHERE item_id = ?", waiting.item))
    assert gone is None


def test_an_authenticator_is_enrolled_at_two_factors_counts_after_72_hours_and_each_code_once(office: House) -> None:
    someone = office.applicant()
    with pytest.raises(Denied):
        code_only = Portal(office).sign_in(someone.person)
        office.do(lambda work: identity.enrol_totp(work, code_only.gate, code_only.secret, "Sample"), PUBLIC)
    portal = both(office, someone)
    ring = portal.gate.ring
    new = office.do(lambda work: identity.enrol_totp(work, portal.gate, portal.secret, "Sample"), PUBLIC)
    assert someone.person.iin not in new.uri

    def present() -> str:
        return office.look(lambda work: authenticator.sample_code(work, ring, someone.subject, new.id))

    assert not office.do(lambda work: identity.confirm_totp(work, portal.gate, portal.secret, "000000"), PUBLIC)
    first = present()
    assert office.do(lambda work: identity.confirm_totp(work, portal.gate, portal.secret, first), PUBLIC)
    office.clock.advance(COOLED)
    later = Portal(office, "later").sign_in(someone.person)
    office.do(lambda work: identity.step_up(work, later.gate, later.secret, "totp"), PUBLIC)
    code = present()
    fresh = office.do(lambda work: identity.step_enter(work, later.gate, later.secret, code), PUBLIC)
    assert fresh
    other = Portal(office, "other").sign_in(someone.person)
    office.do(lambda work: identity.step_up(work, other.gate, other.secret, "totp"), PUBLIC)
    assert office.do(lambda work: identity.step_enter(work, other.gate, other.secret, code), PUBLIC) == ""


def test_the_last_contact_cannot_be_ended_and_one_that_is_ended_closes_its_sessions(office: House) -> None:
    someone = office.applicant()
    portal = both(office, someone)
    phone, mail = portal.factors(someone.subject)
    elsewhere = Portal(office, "elsewhere").sign_in(someone.person, "email")
    office.do(lambda work: identity.end_factor(work, portal.gate, portal.secret, mail.id), PUBLIC)
    assert elsewhere.who() is None
    alone = Portal(office, "alone").sign_in(someone.person)
    with pytest.raises(Denied):
        office.do(lambda work: identity.end_factor(work, alone.gate, alone.secret, phone.id), PUBLIC)
    check = office.do(lambda work: identity.desk_check(work, portal.gate, someone.subject, "passport"), office.dpo)
    with pytest.raises(Conflict):
        office.do(lambda work: factors.end(work, someone.subject, phone.id), office.dpo)
    office.do(lambda work: identity.desk_end(work, someone.subject, check, phone.id), office.dpo)
    assert portal.factors(someone.subject) == []
    assert alone.who() is None


def test_a_desk_check_notes_kind_day_and_member_and_brings_a_lost_contact_back(office: House) -> None:
    someone = office.applicant()
    gate = office.office.gate
    office.do(lambda work: identity.bounced(work, gate, "phone", someone.person.phone))
    portal = Portal(office)
    portal.ask(someone.person.iin, someone.person.phone)
    assert portal.enter(portal.code()) == ""
    check = office.do(lambda work: identity.desk_check(work, gate, someone.subject, "identity_card", iin=someone.person.iin), office.clerk)
    (noted,) = office.look(lambda work: identity.checks(work, someone.subject))
    assert (noted.id, noted.document_kind.value, noted.member) == (check, "identity_card", office.clerk.id)
    office.do(lambda work: identity.desk_contact(work, gate, someone.subject, check, "phone", someone.person.phone), office.clerk)
    assert Portal(office, "c").sign_in(someone.person).who()


def test_a_desk_check_is_for_staff_counts_for_its_day_and_only_for_its_person(office: House) -> None:
    one, other, gate = office.applicant(), office.applicant(), office.office.gate
    with pytest.raises(Denied):
        office.do(lambda work: identity.desk_check(work, gate, one.subject, "passport"), PUBLIC)
    with pytest.raises(Invalid):
        office.do(lambda work: identity.desk_check(work, gate, one.subject, "library_card"), office.clerk)
    check = office.do(lambda work: identity.desk_check(work, gate, one.subject, "passport"), office.clerk)
    with pytest.raises(NotFound):
        office.do(lambda work: identity.desk_contact(work, gate, other.subject, check, "phone", "+77010000001"), office.clerk)
    office.clock.advance(timedelta(hours=25))
    with pytest.raises(NotFound):
        office.do(lambda work: identity.desk_contact(work, gate, one.subject, check, "phone", "+77010000001"), office.clerk)


def test_another_code_comes_after_a_minute_and_the_old_one_counts_no_more(office: House) -> None:
    someone = office.applicant()
    portal = Portal(office)
    portal.ask(someone.person.iin, someone.person.phone)
    old = portal.code()
    with pytest.raises(TooMany):
        office.do(lambda work: identity.again(work, portal.gate, portal.browser), PUBLIC)
    office.clock.advance(timedelta(seconds=61))
    office.do(lambda work: identity.again(work, portal.gate, portal.browser), PUBLIC)
    assert portal.enter(old) == ""
    assert portal.enter(portal.code())


def test_what_is_over_is_swept(office: House) -> None:
    someone = office.applicant()
    portal = Portal(office).sign_in(someone.person)
    office.do(lambda work: identity.link(work, portal.gate, someone.subject, "case"))
    office.clock.advance(timedelta(days=15))
    assert office.do(identity.drop_stale) >= 3
    assert office.look(lambda work: records.bound_challenge(work, codes.binding(portal.gate.ring, "b"), "enter")) is None


def test_nothing_of_a_person_stands_in_the_outbox_the_log_or_the_new_tables(office: House) -> None:
    someone = office.applicant()
    both(office, someone)
    kept = office.look(
        lambda work: (
            [
                str(row)
                for table in ("outbox", "factor", "portal_session", "challenge", "desk_check", "prove_link")
                for row in work.durable.all(f"SELECT * FROM {table}")
            ]
            + [str(row) for row in work.perishable.all("SELECT * FROM factor_token")]
            + [repr(row.entry) for row in history.latest(work, limit=500)]
        )
    )
    assert kept
    assert not [text for text in kept for secret in someone.secrets if secret in text]
    assert not office.look(outbox.waiting) or ADDRESS not in str(kept)
