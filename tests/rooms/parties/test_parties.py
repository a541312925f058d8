"""Recipients, sources and representatives."""

import base64
from dataclasses import replace
from datetime import date

import pytest
from standardwebhooks import Webhook

from sandyq import parties
from sandyq.errors import Conflict, Denied, Invalid, NotFound, Tampered
from sandyq.ids import new_id
from sandyq.law.vocabulary import SourceKind
from sandyq.parties import Change, DocumentKind, FeedReason, LegalForm, NewRecipient, NewRepresentative, NewSource
from standing_office import FORM, KEY

DOCUMENT = new_id(1)
PAIRS = frozenset({("loan-application", "iin"), ("loan-application", "phone")})
BANK = NewRecipient(
    "7.1.1",
    LegalForm.LEGAL_ENTITY,
    "Мысал Банк",
    "170240014901",
    contract_number="ПД-77",
    contract_date=date(2026, 1, 5),
    contract_until=date(2027, 1, 5),
    undertaking_on=date(2026, 1, 5),
    agreed=PAIRS,
    endpoint="https://bank.example/hooks/leads",
)


def added(office, new=BANK):
    return office.do(lambda work: parties.add_recipient(work, KEY, new))


def fact(office, recipient):
    return office.do(lambda work: parties.recipient_fact(work, recipient))


def change(office, recipient, **what):
    return office.do(lambda work: parties.change_recipient(work, KEY, recipient, Change(**what)))


def test_a_recipient_is_kept_as_agreed_and_known_to_the_law(office):
    bank = added(office)
    assert [(entry.act, entry.clause, entry.object) for entry in office.entries] == [("parties.recipient_added", "7.1.1", bank.id)]
    kept = office.do(lambda work: parties.recipient(work, KEY, bank.id))
    assert (kept.name, kept.number, kept.contract_number, kept.endpoint) == ("Мысал Банк", "170240014901", "ПД-77", BANK.endpoint)
    known = fact(office, bank.id)
    assert (known.kind, known.country, known.agreed, known.undertaking, known.active, known.suspended) == (
        "7.1.1",
        "KZ",
        PAIRS,
        True,
        True,
        False,
    )


def test_the_law_learns_a_recipient_from_one_statement(office):
    bank = added(office)
    fact(office, bank.id)
    assert len(office.trips) == 1


def test_nothing_of_the_card_or_the_secrets_can_be_read_in_the_table(office):
    bank = added(office)
    [row] = office.table("recipient")
    raw = b"".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row)
    secret = base64.b64decode(bank.webhook_secret.removeprefix("whsec_"))
    hidden = [
        secret,
        bank.webhook_secret.encode(),
        bank.ack_secret.encode(),
        "Мысал".encode(),
        b"170240014901",
        b"bank.example",
        "ПД-77".encode(),
    ]
    assert not [one for one in hidden if one in raw]


def test_the_secrets_sign_as_standard_webhooks_and_open_only_under_the_offices_key(office, clock):
    bank = added(office)
    told = office.do(lambda work: parties.secrets(work, KEY, bank.id))
    assert (told.webhook, told.ack_secret) == ((bank.webhook_secret,), bank.ack_secret)
    assert Webhook(told.webhook[0]).sign("m", clock.now(), "{}") == Webhook(bank.webhook_secret).sign("m", clock.now(), "{}")
    with pytest.raises(Tampered):
        office.do(lambda work: parties.secrets(work, bytes(32), bank.id))


def test_a_secret_moved_to_another_recipient_does_not_open(office):
    bank, other = added(office), added(office, replace(BANK, name="Басқа Банк"))
    move = "UPDATE recipient SET secrets = (SELECT secrets FROM recipient WHERE recipient_id = ?) WHERE recipient_id = ?"
    office.do(lambda work: work.durable.run(move, bank.id, other.id))
    with pytest.raises(Tampered):
        office.do(lambda work: parties.secrets(work, KEY, other.id))


def test_a_new_secret_signs_beside_the_old_one_until_that_is_dropped(office):
    bank = added(office)
    fresh = office.do(lambda work: parties.renew_secret(work, KEY, bank.id))
    assert office.do(lambda work: parties.secrets(work, KEY, bank.id)).webhook == (fresh, bank.webhook_secret)
    office.do(lambda work: parties.drop_old_secret(work, KEY, bank.id))
    kept = office.do(lambda work: parties.secrets(work, KEY, bank.id))
    assert (kept.webhook, kept.ack_secret) == ((fresh,), bank.ack_secret)


def test_a_recipient_that_signs_with_its_own_key_gets_no_secret_for_it(office):
    bank = added(office, replace(BANK, ack_public_key=bytes(range(32))))
    assert bank.ack_secret == ""
    assert office.do(lambda work: parties.secrets(work, KEY, bank.id)).ack_public_key == bytes(range(32))


@pytest.mark.parametrize(
    ("new", "undertaking", "active"),
    [
        (replace(BANK, undertaking_on=None), False, True),
        (replace(BANK, undertaking_on=date(2026, 3, 20)), False, True),
        (replace(BANK, contract_until=date(2026, 3, 18)), True, False),
        (replace(BANK, contract_until=date(2026, 3, 19)), True, True),
    ],
    ids=["nothing signed", "signed tomorrow", "contract over", "last day of the contract"],
)
def test_undertaking_and_contract_count_by_their_days(office, new, undertaking, active):
    known = fact(office, added(office, new).id)
    assert (known.undertaking, known.active) == (undertaking, active)


WRONG = {
    "clause": replace(BANK, clause="7.2"),
    "name": replace(BANK, name=" "),
    "number": replace(BANK, number="170240014902"),
    "country": replace(BANK, country="kz"),
    "endpoint": replace(BANK, endpoint="http://bank.example/hook"),
    "ack_public_key": replace(BANK, ack_public_key=b"short"),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_with_a_recipient_is_named(office, field):
    with pytest.raises(Invalid) as told:
        added(office, WRONG[field])
    assert [fault.field for fault in told.value.errors] == [field]


@pytest.mark.parametrize("endpoint", ["https://user:pass@bank.example/", "ftp://bank.example", "https://", "javascript:1", "https://[bad"])
def test_an_unsafe_endpoint_is_refused(office, endpoint):
    with pytest.raises(Invalid):
        added(office, replace(BANK, endpoint=endpoint))


def test_a_sample_receiver_on_the_loopback_needs_no_certificate(office):
    assert added(office, replace(BANK, endpoint="http://127.0.0.1:9001/hook")).id


def test_changes_are_kept_and_logged_and_leave_the_rest(office):
    bank = added(office)
    change(office, bank.id, agreed=frozenset({("loan-application", "phone")}), endpoint="https://bank.example/v2")
    assert [entry.act for entry in office.entries] == ["parties.recipient_changed"]
    kept = office.do(lambda work: parties.recipient(work, KEY, bank.id))
    assert (kept.endpoint, kept.agreed, kept.name) == ("https://bank.example/v2", {("loan-application", "phone")}, "Мысал Банк")
    assert kept.undertaking_on == BANK.undertaking_on


def test_a_feed_is_suspended_once_and_resumed(office):
    bank = added(office)
    office.do(lambda work: parties.suspend_feed(work, bank.id, FeedReason.NO_ACKNOWLEDGEMENT))
    assert [entry.act for entry in office.entries] == ["parties.recipient_suspended"]
    assert fact(office, bank.id).suspended
    with pytest.raises(Conflict):
        office.do(lambda work: parties.suspend_feed(work, bank.id, FeedReason.BREACH_REPORTED))
    office.do(lambda work: parties.resume_feed(work, bank.id))
    assert not fact(office, bank.id).suspended


def test_a_partner_stopped_after_the_backup_stays_stopped(office):
    bank = added(office)
    office.do(lambda work: parties.suspend_feed(work, bank.id, FeedReason.NO_ACKNOWLEDGEMENT))
    [event] = office.ledger()
    office.do(lambda work: work.durable.run("UPDATE recipient SET feed = 'active'"))
    office.do(lambda work: parties.PartiesReplay().replay(work, event))
    assert fact(office, bank.id).suspended


def test_a_relation_that_ended_leaves_its_row_and_nothing_more(office):
    bank = added(office)
    office.do(lambda work: parties.end_recipient(work, bank.id))
    assert not fact(office, bank.id).active
    with pytest.raises(Conflict):
        office.do(lambda work: parties.end_recipient(work, bank.id))


def test_a_sub_recipient_names_whose_it_is(office):
    bank = added(office)
    sub = added(office, replace(BANK, name="Курьер", parent=bank.id))
    assert office.do(lambda work: parties.recipient(work, KEY, sub.id)).parent == bank.id
    with pytest.raises(NotFound):
        added(office, replace(BANK, parent=new_id(3)))


def test_only_the_office_keeps_parties(office):
    with pytest.raises(Denied):
        office.do(lambda work: parties.add_recipient(work, KEY, BANK), FORM)


def test_an_unknown_recipient_is_no_fact(office):
    assert fact(office, "nobody") is None


def test_a_source_counts_only_with_a_guarantee_that_stands(office):
    source = NewSource(SourceKind.THIRD_PARTY, "Деректер көзі", guarantee_on=date(2026, 1, 1), guarantee_document=DOCUMENT)
    cases = {
        "guaranteed": (source, True),
        "no guarantee": (replace(source, guarantee_on=None), False),
        "over": (replace(source, guarantee_until=date(2026, 3, 18)), False),
        "from tomorrow": (replace(source, guarantee_on=date(2026, 3, 20)), False),
    }
    told = {}
    for name, (new, _) in cases.items():
        source_id = office.do(lambda work, new=new: parties.add_source(work, KEY, new))
        told[name] = office.do(lambda work, source_id=source_id: parties.guaranteed(work, KEY, source_id))
    assert told == {name: wanted for name, (_, wanted) in cases.items()}
    assert not office.do(lambda work: parties.guaranteed(work, KEY, "nobody"))


def test_a_guarantee_without_its_document_is_refused(office):
    with pytest.raises(Invalid) as told:
        office.do(lambda work: parties.add_source(work, KEY, NewSource(SourceKind.THIRD_PARTY, "X", guarantee_on=date(2026, 1, 1))))
    assert told.value.errors[0].cites == ("6.3",)


def test_a_representative_acts_within_scope_and_time(office, person):
    new = NewRepresentative(
        office.person(), DocumentKind.POWER_OF_ATTORNEY, DOCUMENT, frozenset({"4.1.1"}), date(2026, 3, 1), date(2026, 3, 31)
    )
    representative = office.do(lambda work: parties.add_representative(work, person, new))
    [kept] = office.do(lambda work: parties.representatives(work, person))
    assert kept.may("4.1.1", date(2026, 3, 31))
    assert not kept.may("4.1.4", date(2026, 3, 19))
    assert not kept.may("4.1.1", date(2026, 4, 1))
    office.do(lambda work: parties.end_representative(work, person, representative))
    [ended] = office.do(lambda work: parties.representatives(work, person))
    assert not ended.may("4.1.1", date(2026, 3, 19))


def test_nobody_represents_themselves(office, person):
    new = NewRepresentative(person, DocumentKind.COURT_ACT, DOCUMENT, frozenset({"4.1.1"}), date(2026, 3, 1))
    with pytest.raises(Invalid):
        office.do(lambda work: parties.add_representative(work, person, new))


@pytest.mark.parametrize("side", ["subject", "person"])
def test_a_representation_goes_with_either_of_the_two(office, person, side):
    helper, holder = office.person(), parties.PartiesHolder()
    new = NewRepresentative(helper, DocumentKind.GUARDIANSHIP_ACT, DOCUMENT, frozenset({"4.1.1"}), date(2026, 3, 1))
    office.do(lambda work: parties.add_representative(work, person, new))
    gone = person if side == "subject" else helper
    assert len(office.do(lambda work: holder.verify_gone(work, gone))) == 1
    assert office.do(lambda work: holder.erase(work, gone, "rows")) == 1
    assert office.do(lambda work: holder.verify_gone(work, gone)) == []
