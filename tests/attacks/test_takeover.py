"""Taking over somebody's pages: by their IIN, their number, a stolen phone, a code, a session, a link, a power of attorney (design 11, 20)."""

from datetime import date, timedelta

import pytest

from identity_world import COOLED, Portal, acts, both, carried
from office import PUBLIC, Applicant, House, values_of
from sandyq import applications, identity, parties, requests, rights
from sandyq.errors import Denied, Invalid, NotFound, TooMany
from sandyq.identity import Deed, FactorState, Level, codes
from sandyq.law.decision import Refusal
from sandyq.parties import DocumentKind, NewRepresentative
from sandyq.sample.people import Person


def as_typed(thief: Person, victim: Person) -> dict[str, str]:
    return {**values_of(thief), "iin": victim.iin}


def form_with_anothers_iin(office: House, victim: Person) -> tuple[Person, str]:
    """Somebody sends the form with another's IIN and their own phone, and confirms the phone; gives them and their provisional subject."""
    thief = office.person()
    received = office.submit(thief, values=as_typed(thief, victim))
    office.confirm(thief, received)
    return thief, received.subject


def test_my_iin_with_somebody_elses_phone_shows_them_only_what_they_typed_themselves(office: House) -> None:
    victim = office.applicant()
    thief, own = form_with_anothers_iin(office, victim.person)
    portal = Portal(office)
    portal.ask(victim.person.iin, thief.phone)
    assert portal.enter(portal.code())
    who = portal.who()
    assert who is not None
    assert who.subject == own != victim.subject
    assert Portal(office, "c").sign_in(victim.person).who().subject == victim.subject  # type: ignore[union-attr]


def test_a_form_sent_before_me_with_my_iin_does_not_lock_me_out(office: House) -> None:
    me = office.person()
    thief, _ = form_with_anothers_iin(office, me)
    received = office.submit(me)
    office.confirm(me, received)
    who = Portal(office).sign_in(me).who()
    assert who is not None
    assert who.subject == received.subject
    assert thief.phone != me.phone


def test_who_has_the_phone_alone_sees_masked_and_cannot_take_destroy_or_change_anything(office: House) -> None:
    victim = office.applicant()
    both(office, victim)
    stolen = Portal(office, "the thief's").sign_in(victim.person)
    who = stolen.who()
    assert who is not None
    assert who.level is Level.CODE
    refused = {Deed.SEE_FULL, Deed.EXPORT, Deed.DESTROY, Deed.WITHDRAW_ALL, Deed.CHANGE_CONTACT, Deed.UNBLOCK, Deed.AGREE_PUBLIC}
    assert {deed for deed in refused if who.may(deed)} == set()
    assert who.may(Deed.BLOCK)
    with pytest.raises(Denied):
        stolen.propose("email", "thief@mail.example")
    with pytest.raises(Denied):
        stolen.propose("phone", "+77015554433")
    phone, mail = stolen.factors(victim.subject)
    for factor in (phone, mail):
        with pytest.raises(Denied):
            office.do(lambda work, f=factor: identity.end_factor(work, stolen.gate, stolen.secret, f.id), PUBLIC)
    assert any(address == victim.person.email for address, _ in carried(office).sent), "the other contact hears of the sign-in"


def test_the_same_phone_asked_for_again_is_no_second_factor(office: House) -> None:
    victim = office.applicant()
    portal = Portal(office).sign_in(victim.person)
    office.do(lambda work: identity.step_up(work, portal.gate, portal.secret, "phone"), PUBLIC)
    code = portal.code("step", portal.secret)
    assert office.do(lambda work: identity.step_enter(work, portal.gate, portal.secret, code), PUBLIC) == ""


def test_an_address_slipped_in_by_a_second_form_is_no_way_in(office: House) -> None:
    """The thief has the victim's phone for a day, sends a form with an address of their own, and proves it: the form waits apart."""
    victim = office.applicant()
    stolen = office.submit(victim.person, values={**values_of(victim.person), "email": "thief@mail.example"}, browser="t")
    code = office.code(stolen)
    office.do(lambda work: applications.confirm(work, office.office.gate, "t", code), PUBLIC)
    portal = Portal(office).sign_in(victim.person)
    assert portal.who().subject == victim.subject  # type: ignore[union-attr]
    with pytest.raises(Denied):
        portal.propose("email", "thief@mail.example")


def test_a_number_that_a_newer_person_confirmed_opens_nothing_of_the_former_holder(office: House) -> None:
    former = office.applicant()
    running = Portal(office).sign_in(former.person)
    newer = office.person()
    received = office.submit(newer, values={**values_of(newer), "phone": former.person.phone})
    office.confirm(newer, received)
    assert running.who() is None, "the sessions that the number had opened end with it"
    (factor,) = running.factors(former.subject)
    assert factor.state is FactorState.REISSUED
    again = Portal(office, "c")
    again.ask(former.person.iin, former.person.phone)
    assert again.enter(again.code()) == ""
    own = Portal(office, "d")
    own.ask(newer.iin, former.person.phone)
    assert own.enter(own.code())
    assert own.who().subject == received.subject  # type: ignore[union-attr]
    assert "identity.factor_reissued" in acts(office, former.subject)


def test_a_desk_check_gives_the_former_holder_a_way_in_again(office: House) -> None:
    former = office.applicant()
    newer = office.person()
    office.confirm(newer, office.submit(newer, values={**values_of(newer), "phone": former.person.phone}))
    gate = office.office.gate
    check = office.do(lambda work: identity.desk_check(work, gate, former.subject, "identity_card"), office.clerk)
    office.do(lambda work: identity.desk_contact(work, gate, former.subject, check, "phone", "+77012223344"), office.clerk)
    portal = Portal(office)
    portal.ask(former.person.iin, "+77012223344")
    assert portal.enter(portal.code())


def test_codes_guessed_in_many_browsers_are_few_and_each_counts_in_its_own(office: House) -> None:
    victim = office.applicant()
    opened, asked = 0, 0
    with pytest.raises(TooMany):
        for number in range(codes.PER_CONTACT + 1):
            portal = Portal(office, f"b{number}", f"192.0.2.{number}")
            portal.ask(victim.person.iin, victim.person.phone)
            asked += 1
            wrong = f"{(int(portal.code()) + 1) % 1_000_000:06d}"
            opened += sum(bool(portal.enter(wrong)) for _ in range(codes.TRIES + 2))
            assert portal.enter(portal.code()) == "", "after five wrong ones the right one opens nothing"
    assert (opened, asked) == (0, codes.PER_CONTACT)
    assert asked * codes.TRIES / 1_000_000 < 0.001


def test_a_code_read_over_a_shoulder_opens_nothing_in_another_browser_or_later(office: House) -> None:
    victim = office.applicant()
    portal = Portal(office)
    portal.ask(victim.person.iin, victim.person.phone)
    code = portal.code()
    assert Portal(office, "another").enter(code) == ""
    office.clock.advance(timedelta(minutes=5, seconds=1))
    assert portal.enter(code) == ""


def test_a_code_counts_once_and_a_session_that_was_left_is_never_alive_again(office: House) -> None:
    victim = office.applicant()
    portal = Portal(office)
    portal.ask(victim.person.iin, victim.person.phone)
    code = portal.code()
    secret = portal.enter(code)
    assert portal.enter(code) == ""
    office.do(lambda work: identity.leave(work, portal.gate, secret), PUBLIC)
    assert portal.who(secret) is None


def test_a_session_set_before_the_step_up_is_worth_nothing_after_it(office: House) -> None:
    """Session fixation: whoever planted or copied the first secret does not come along to the second factor."""
    victim = office.applicant()
    portal = Portal(office).sign_in(victim.person)
    assert portal.add("email", victim.person.email)
    planted = portal.secret
    assert portal.step_up("email")
    assert portal.secret != planted
    assert portal.who(planted) is None
    assert portal.who().level is Level.TWO_FACTORS  # type: ignore[union-attr]


def test_a_secret_of_ones_own_choice_is_no_session(office: House) -> None:
    office.applicant()
    assert Portal(office, secret="0" * 64).who() is None
    assert Portal(office, secret="").who() is None


def test_a_link_that_was_forwarded_opens_nothing_in_another_browser_and_once_spent_in_none(office: House) -> None:
    someone, gate = office.applicant(), office.office.gate
    case = office.document()
    secret = office.do(lambda work: identity.link(work, gate, someone.subject, case))

    def opened(browser: str) -> str | None:
        return office.do(lambda work: identity.by_link(work, gate, secret, browser), PUBLIC)

    assert opened("mine") == case
    assert opened("somebody else's") is None
    assert opened("mine") == case
    assert office.do(lambda work: identity.spend_link(work, gate, secret), PUBLIC)
    assert opened("mine") is None
    assert not office.do(lambda work: identity.spend_link(work, gate, secret), PUBLIC)
    assert office.do(lambda work: identity.by_link(work, gate, "guessed", "mine"), PUBLIC) is None


def test_a_link_is_over_after_fourteen_days(office: House) -> None:
    someone, gate = office.applicant(), office.office.gate
    secret = office.do(lambda work: identity.link(work, gate, someone.subject, "c"))
    office.clock.advance(timedelta(days=14, seconds=1))
    assert office.do(lambda work: identity.by_link(work, gate, secret, "mine"), PUBLIC) is None


# --- representatives -----------------------------------------------------------------------------------------------------------------------


def mandate(office: House, of: Applicant, person: Applicant, scope: set[str], until: date | None = None) -> str:
    today = office.clock.now().date()
    new = NewRepresentative(person.subject, DocumentKind.POWER_OF_ATTORNEY, office.document(), frozenset(scope), today, until)
    return office.do(lambda work: parties.add_representative(work, of.subject, new))


def act_for(office: House, portal: Portal, subject: str) -> bool:
    return office.do(lambda work: identity.act_for(work, portal.gate, portal.secret, subject, parties.mandates), PUBLIC)


def test_a_representative_acts_within_the_scope_of_the_document_and_not_beyond(office: House) -> None:
    mother, son = office.applicant(), office.applicant()
    mandate(office, son, mother, {"4.1.1", "4.1.3"})
    portal = both(office, mother)
    assert act_for(office, portal, son.subject)
    who = portal.who()
    assert who is not None
    assert (who.subject, who.for_subject) == (mother.subject, son.subject)
    assert {deed for deed in (Deed.SEE_FULL, Deed.EXPORT, Deed.BLOCK, Deed.UNBLOCK) if not who.may(deed)} == set()
    assert {deed for deed in (Deed.DESTROY, Deed.WITHDRAW_ALL, Deed.RECTIFY, Deed.CHANGE_CONTACT) if who.may(deed)} == set()
    assert "identity.acted_for" in acts(office, son.subject)


def test_a_representative_of_one_factor_sees_masked_too(office: House) -> None:
    mother, son = office.applicant(), office.applicant()
    mandate(office, son, mother, {"4.1.1"})
    portal = Portal(office).sign_in(mother.person)
    assert act_for(office, portal, son.subject)
    assert not portal.who().may(Deed.SEE_FULL)  # type: ignore[union-attr]


def test_after_its_term_or_its_end_a_representation_shows_nothing_even_in_an_open_session(office: House) -> None:
    mother, son, daughter = office.applicant(), office.applicant(), office.applicant()
    today = office.clock.now().date()
    mandate(office, son, mother, {"4.1.1"}, until=today)
    ended = mandate(office, daughter, mother, {"4.1.1"})
    portal = Portal(office).sign_in(mother.person)
    assert act_for(office, portal, daughter.subject)
    office.do(lambda work: parties.end_representative(work, daughter.subject, ended))
    assert portal.who().for_subject == mother.subject  # type: ignore[union-attr]
    assert act_for(office, portal, son.subject)
    office.clock.advance(timedelta(days=1))
    later = Portal(office, "later").sign_in(mother.person)
    assert not act_for(office, later, son.subject)
    assert later.who().for_subject == mother.subject  # type: ignore[union-attr]


def test_nobody_acts_for_another_without_a_document_and_the_try_is_on_record(office: House) -> None:
    one, other = office.applicant(), office.applicant()
    portal = both(office, one)
    assert not act_for(office, portal, other.subject)
    assert portal.who().for_subject == one.subject  # type: ignore[union-attr]
    assert "identity.acted_for" in acts(office, other.subject)


def test_a_representative_changes_no_contact_of_the_person_they_act_for(office: House) -> None:
    mother, son = office.applicant(), office.applicant()
    mandate(office, son, mother, {"4.1.1", "4.1.2", "4.1.3", "4.1.4", "4.1.5", "4.1.6", "4.1.7"})
    portal = both(office, mother)
    assert act_for(office, portal, son.subject)
    (factor,) = portal.factors(son.subject)
    with pytest.raises(NotFound):
        office.do(lambda work: identity.end_factor(work, portal.gate, portal.secret, factor.id), PUBLIC)
    portal.propose("email", "new@mail.example")
    assert [one.id for one in portal.factors(son.subject)] == [factor.id]
    assert len(portal.factors(mother.subject)) == 3, "what is named is the representative's own"


def test_a_new_contact_that_is_not_mine_can_be_stopped_with_one_factor_while_it_cools(office: House) -> None:
    victim = office.applicant()
    portal = both(office, victim)
    portal.add("phone", "+77015554433")
    owner = Portal(office, "owner").sign_in(victim.person, "email")
    (new,) = [one for one in owner.factors(victim.subject) if one.state is FactorState.COOLING]
    office.do(lambda work: identity.end_factor(work, owner.gate, owner.secret, new.id), PUBLIC)
    office.clock.advance(COOLED)
    late = Portal(office, "late")
    late.ask(victim.person.iin, "+77015554433")
    assert late.enter(late.code()) == ""


# --- a new phone in the data ---------------------------------------------------------------------------------------------------------------

THIEFS = "+77015554433"


def correction(office: House, victim: Applicant, phone: str, level: Level) -> rights.Case:
    """A request to put another phone into the data, with a paper, as it came through the portal or a mail."""
    paper = office.do(lambda work: requests.file_document(work, office.office.gate, victim.subject, requests.DocumentKind.PROOF, "paper 1"))
    wants = (rights.Wanted(rights.What.FIELD, "phone", phone),)
    new = rights.NewCase(
        rights.Kind.RECTIFY, rights.Channel.PORTAL, victim.subject, victim.subject, level=level, wants=wants, documents=(paper,)
    )
    return office.do(lambda work: rights.open_case(work, office.office.rights, new))


def granted(office: House, case: rights.Case) -> None:
    """The desk believes the paper and grants."""
    parts = [rights.PartDecision(part.no, rights.Do.GRANT) for part in case.open_parts]
    office.do(lambda work: rights.decide(work, office.office.rights, case.id, parts), office.dpo)


def phone_of(office: House, victim: Applicant) -> str:
    shown = victim.show(office.dpo)
    assert not isinstance(shown, Refusal)
    return next(item.values["phone"] for item in shown.items if "phone" in item.values)


@pytest.mark.parametrize("level", [Level.CODE, Level.TWO_FACTORS])
def test_a_phone_that_nobody_proved_does_not_get_into_the_data_even_when_the_desk_believes_the_paper(office: House, level: Level) -> None:
    victim = office.applicant()
    before = phone_of(office, victim)
    with pytest.raises(Invalid) as refused:
        granted(office, correction(office, victim, THIEFS, level))
    assert [(fault.field, fault.code) for fault in refused.value.errors] == [("data.phone", "contact_needs_identity")]
    assert phone_of(office, victim) == before


def test_a_phone_that_cools_off_does_not_get_into_the_data_and_one_that_was_stopped_never_does(office: House) -> None:
    victim = office.applicant()
    thief = both(office, victim)
    thief.add("phone", THIEFS)
    case = correction(office, victim, THIEFS, Level.TWO_FACTORS)
    with pytest.raises(Invalid):
        granted(office, case)
    owner = Portal(office, "owner").sign_in(victim.person, "email")
    (new,) = [one for one in owner.factors(victim.subject) if one.state is FactorState.COOLING]
    office.do(lambda work: identity.end_factor(work, owner.gate, owner.secret, new.id), PUBLIC)
    office.clock.advance(COOLED)
    with pytest.raises(Invalid):
        granted(office, case)
    assert phone_of(office, victim) != THIEFS


def test_somebody_elses_proved_phone_proves_nothing_about_me(office: House) -> None:
    victim, other = office.applicant(), office.applicant()
    with pytest.raises(Invalid):
        granted(office, correction(office, victim, other.person.phone, Level.TWO_FACTORS))


def test_a_phone_that_was_proved_and_cooled_off_gets_into_the_data_however_it_is_written(office: House) -> None:
    someone = office.applicant()
    portal = both(office, someone)
    portal.add("phone", THIEFS)
    office.clock.advance(COOLED)
    granted(office, correction(office, someone, "8 701 555 44 33", Level.CODE))
    assert phone_of(office, someone)[-2:] == THIEFS[-2:] != someone.person.phone[-2:]


def test_at_the_desk_with_an_identity_document_a_new_phone_gets_into_the_data_at_once(office: House) -> None:
    someone = office.applicant()
    before = phone_of(office, someone)
    granted(office, correction(office, someone, THIEFS, Level.DESK))
    assert phone_of(office, someone) != before


def test_who_is_shut_out_by_the_end_of_a_contact_hears_of_it_on_that_very_contact(office: House) -> None:
    victim = office.applicant()
    thief = both(office, victim)
    carried(office)
    mail = next(one for one in thief.factors(victim.subject) if one.kind.value == "email")
    office.do(lambda work: identity.end_factor(work, thief.gate, thief.secret, mail.id), PUBLIC)
    assert [address for address, text in carried(office).sent if address == victim.person.email]
