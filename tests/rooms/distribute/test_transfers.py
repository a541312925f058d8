"""Leads and what follows them: only as agreed, decided again at the sending, confirmed by the right hand (7.1, 7.2, 4.1.3-4.1.5)."""

import json
from datetime import timedelta

import pytest

from acts_world import SILENT, Wire, acknowledge, destroyed, later, on_demand, post, transfers, wired, withdrawn
from office import AGREED, Applicant, House
from sandyq import distribute, outbox, parties, requests
from sandyq.block import Scope
from sandyq.distribute import Kind, State
from sandyq.distribute.records import ref
from sandyq.errors import Conflict, Denied, NotFound
from sandyq.law.vocabulary import GrantKind
from sandyq.outbox import Outcome
from sandyq.register import items
from sandyq.requests import Kind as Order


@pytest.fixture
def wire(office: House) -> Wire:
    return wired(office)


def held(office: House, *, to: list[str] | None = None) -> Applicant:
    """Somebody whose lead is with bank A (or others)."""
    someone = office.applicant(to=to or [office.bank_a])
    post(office)
    return someone


def test_only_the_agreed_fields_leave_and_only_to_whom_the_person_named(office: House, wire: Wire) -> None:
    someone = held(office)
    (lead,) = wire.bodies("lead")
    assert set(lead["data"]["fields"]) == set(AGREED)
    assert lead["data"]["fields"]["iin"] == someone.person.iin
    assert someone.subject not in json.dumps(lead)
    assert {t.recipient for t in transfers(office, someone.subject)} == {office.bank_a}
    (kept,) = transfers(office, someone.subject)
    assert (kept.state, kept.fields) == (State.SENT, frozenset(AGREED))


def test_a_recipient_that_agreed_on_less_gets_less(office: House, wire: Wire) -> None:
    small = office.partner("Bank C", fields=("phone", "loan_amount"))
    office.applicant(to=[small])
    post(office)
    assert set(wire.bodies("lead")[0]["data"]["fields"]) == {"phone", "loan_amount"}


def test_two_recipients_cannot_join_what_they_got_by_its_reference(office: House, wire: Wire) -> None:
    held(office, to=[office.bank_a, office.bank_b])
    one, two = (body["data"]["person"] for body in wire.bodies("lead"))
    assert one
    assert two
    assert one != two


@pytest.mark.parametrize("narrow", ["block", "withdraw", "suspend"])
def test_what_narrows_between_the_queue_and_the_sending_withholds_the_lead(office: House, wire: Wire, narrow: str) -> None:
    someone = office.applicant(to=[office.bank_a])
    if narrow == "block":
        someone.done(Order.BLOCK, reason="violation_claimed")
    elif narrow == "withdraw":
        withdrawn(office, someone.subject, GrantKind.RECIPIENT)
    else:
        office.do(lambda work: parties.suspend_feed(work, office.bank_a, parties.FeedReason.NO_ACKNOWLEDGEMENT))
    post(office)
    assert wire.bodies("lead") == []
    assert [t.state for t in transfers(office, someone.subject)] == [State.WITHHELD]


def test_tries_again_keep_the_id_and_come_at_growing_pauses(office: House, wire: Wire) -> None:
    wire.answer = lambda parcel: SILENT
    someone = office.applicant(to=[office.bank_a])
    tried = [post(office)]
    for pause in (5, 10, 20):
        later(office, seconds=pause - 1)
        tried.append(post(office))
        later(office, seconds=1)
        tried.append(post(office))
    leads = [p for p in wire.sent if b'"lead"' in p.body]
    assert len(leads) == 4
    assert {dict(p.headers)["webhook-id"] for p in leads} == {transfers(office, someone.subject)[0].id}


def test_a_lead_nobody_takes_for_three_days_is_given_up_and_its_recipient_counts_as_a_holder(office: House, wire: Wire) -> None:
    wire.answer = lambda parcel: SILENT
    someone = office.applicant(to=[office.bank_a])
    post(office)
    for _ in range(14):
        later(office, hours=6)
        post(office)
    (lead,) = transfers(office, someone.subject)
    assert lead.state is State.FAILED
    assert office.look(outbox.waiting) == []
    someone.done(Order.BLOCK, reason="violation_claimed")
    assert [t.recipient for t in transfers(office, someone.subject, Kind.BLOCK)] == [office.bank_a]


def test_a_lead_that_may_have_arrived_before_its_refusal_is_followed_ever_after(office: House, wire: Wire) -> None:
    """The first try got no answer, then the person was blocked: the second try does not leave, but the bank may hold the data."""
    on_demand(office)
    wire.answer = lambda parcel: SILENT
    someone = held(office)
    block = someone.done(Order.BLOCK, reason="violation_claimed").target
    later(office, minutes=1)
    post(office)
    assert len(wire.bodies("lead")) == 1
    assert transfers(office, someone.subject, Kind.LEAD)[0].state is State.FAILED
    proposal = someone.done(Order.PROPOSE_RELEASE, reason="violation_not_confirmed", target=block).target
    assert someone.done(Order.CONFIRM_RELEASE, office.dpo2, target=proposal).told
    someone.done(Order.DESTROY)
    assert [t.recipient for t in transfers(office, someone.subject, Kind.DESTROY)] == [office.bank_a]


def test_follow_ups_go_to_holders_only(office: House, wire: Wire) -> None:
    someone = held(office)
    told = someone.done(Order.BLOCK, reason="violation_claimed").told
    assert {t.recipient for t in transfers(office, someone.subject) if t.id in told} == {office.bank_a}
    nobody = office.applicant()
    assert nobody.done(Order.BLOCK, reason="violation_claimed").told == ()


def test_a_release_is_told_to_those_who_were_told_to_block(office: House, wire: Wire) -> None:
    someone = held(office, to=[office.bank_a, office.bank_b])
    state = someone.done(Order.BLOCK, reason="violation_claimed", scope=Scope(recipients=frozenset({office.bank_a}))).target
    proposal = someone.done(Order.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state).target
    someone.done(Order.CONFIRM_RELEASE, office.dpo2, target=proposal)
    assert {t.recipient for t in transfers(office, someone.subject, Kind.RELEASE)} == {office.bank_a}


def test_an_older_word_does_not_arrive_behind_a_newer_one(office: House, wire: Wire) -> None:
    """The bank was away: block and release wait together; only the release is still true."""
    someone = held(office)
    state = someone.done(Order.BLOCK, reason="violation_claimed").target
    wire.answer = lambda parcel: SILENT
    later(office, seconds=1)
    post(office)
    proposal = someone.done(Order.PROPOSE_RELEASE, reason="violation_not_confirmed", target=state).target
    later(office, seconds=1)
    someone.done(Order.CONFIRM_RELEASE, office.dpo2, target=proposal)
    wire.answer = lambda parcel: Outcome(True, "200")
    wire.sent.clear()
    later(office, hours=1)
    post(office)
    assert [body["type"] for body in wire.bodies()] == ["release"]
    assert transfers(office, someone.subject, Kind.BLOCK)[0].state is State.WITHHELD


def test_a_confirmed_destruction_forgets_the_banks_reference(office: House, wire: Wire) -> None:
    on_demand(office)
    someone = held(office)
    someone.done(Order.DESTROY)
    post(office)
    destroyed(office)
    (told,) = transfers(office, someone.subject, Kind.DESTROY)
    assert office.look(lambda work: ref(work, someone.subject, office.bank_a)) is not None
    acknowledge(office, told)
    assert office.look(lambda work: ref(work, someone.subject, office.bank_a)) is None
    assert transfers(office, someone.subject, Kind.DESTROY)[0].confirmed


class TestAcknowledgements:
    """What confirms: the right words, of the right recipient, under its own secret, now."""

    @pytest.fixture
    def told(self, office: House, wire: Wire) -> distribute.Transfer:
        someone = held(office)
        someone.done(Order.BLOCK, reason="violation_claimed")
        post(office)
        return transfers(office, someone.subject, Kind.BLOCK)[0]

    def test_a_right_one_confirms_and_a_second_changes_nothing(self, office: House, told: distribute.Transfer) -> None:
        acknowledge(office, told)
        first = transfers(office, told.subject, Kind.BLOCK)[0]
        later(office, hours=1)
        acknowledge(office, told)
        assert first.confirmed
        assert transfers(office, told.subject, Kind.BLOCK)[0].acked_at == first.acked_at

    def test_one_under_another_secret_is_denied(self, office: House, told: distribute.Transfer) -> None:
        with pytest.raises(Denied):
            acknowledge(office, told, signer=office.bank_b)

    def test_one_of_another_recipient_finds_no_such_transfer(self, office: House, told: distribute.Transfer) -> None:
        with pytest.raises(NotFound):
            acknowledge(office, told, recipient=office.bank_b, signer=office.bank_b)

    def test_a_replayed_old_one_is_denied(self, office: House, told: distribute.Transfer) -> None:
        with pytest.raises(Denied):
            acknowledge(office, told, age=600)

    def test_the_word_of_another_kind_is_refused(self, office: House, told: distribute.Transfer) -> None:
        with pytest.raises(Conflict):
            acknowledge(office, told, word="destroyed")
        assert not transfers(office, told.subject, Kind.BLOCK)[0].confirmed

    def test_one_before_anything_was_sent_is_refused(self, office: House, wire: Wire) -> None:
        someone = office.applicant(to=[office.bank_a])
        with pytest.raises(Conflict):
            acknowledge(office, transfers(office, someone.subject)[0])

    def test_one_faster_than_our_own_record_stands(self, office: House, wire: Wire) -> None:
        someone = office.applicant(to=[office.bank_a])

        def answers_first(parcel):
            if b'"lead"' in parcel.body:
                acknowledge(office, transfers(office, someone.subject)[0])
            return Outcome(True, "200")

        wire.answer = answers_first
        post(office)
        [lead] = transfers(office, someone.subject)
        assert (lead.state, lead.sent_at) == (State.ACKNOWLEDGED, lead.acked_at)
        assert office.look(outbox.waiting) == []

    def test_one_to_a_repeated_delivery_is_the_same(self, office: House, wire: Wire) -> None:
        """Delivery is at least once: the answer was lost, the bank had confirmed; nothing is sent again."""
        someone = office.applicant(to=[office.bank_a])

        def lost(parcel):
            if b'"lead"' in parcel.body:
                acknowledge(office, transfers(office, someone.subject)[0])
            return SILENT

        wire.answer = lost
        post(office)
        later(office, hours=1)
        post(office)
        assert len(wire.bodies("lead")) == 1
        assert transfers(office, someone.subject)[0].confirmed


class TestSilence:
    """A recipient that does not confirm is reminded three times, then its feed rests (scenario 12)."""

    def test_it_is_reminded_escalated_and_its_feed_suspended(self, office: House, wire: Wire) -> None:
        someone = held(office)
        someone.done(Order.BLOCK, reason="violation_claimed")
        post(office)
        for _ in range(4):
            later(office, hours=25)
            office.do(distribute.chase)
            post(office)
        assert len({dict(p.headers)["webhook-id"] for p in wire.sent if b'"block"' in p.body}) == 1
        assert len(wire.bodies("block")) == 4
        (told,) = transfers(office, someone.subject, Kind.BLOCK)
        assert told.state is State.ESCALATED
        fact = office.look(lambda work: parties.recipient_fact(work, office.bank_a))
        assert fact is not None
        assert fact.suspended
        other = office.applicant(to=[office.bank_a])
        assert transfers(office, other.subject) == []

    def test_a_late_confirmation_still_counts(self, office: House, wire: Wire) -> None:
        someone = held(office)
        someone.done(Order.BLOCK, reason="violation_claimed")
        wire.answer = lambda parcel: Outcome(False, "status_410", final=True)
        post(office)
        (told,) = transfers(office, someone.subject, Kind.BLOCK)
        assert told.state is State.ESCALATED
        acknowledge(office, told)
        assert transfers(office, someone.subject, Kind.BLOCK)[0].confirmed


class TestPartOfAPerson:
    """A destruction of some items is told only to who got one of their fields, and says which."""

    def item(self, office: House, someone: Applicant, field: str) -> str:
        legal = office.look(lambda work: items.legal(work, someone.subject))
        return next(i.item_id for i in legal if i.klass == "data" and field in i.fields)

    def test_who_never_got_the_fields_is_not_told(self, office: House, wire: Wire) -> None:
        on_demand(office)
        someone = held(office)
        done = someone.done(Order.DESTROY, items=frozenset({self.item(office, someone, "income_monthly")}))
        assert done.told == ()

    def test_who_got_them_is_told_which_and_stays_a_holder_of_the_rest(self, office: House, wire: Wire) -> None:
        on_demand(office)
        someone = held(office)
        phone = self.item(office, someone, "phone")
        someone.done(Order.DESTROY, items=frozenset({phone}))
        post(office)
        (body,) = wire.bodies("destroy")
        assert body["data"]["fields"] == ["phone"]
        destroyed(office)
        acknowledge(office, transfers(office, someone.subject, Kind.DESTROY)[0])
        assert office.look(lambda work: ref(work, someone.subject, office.bank_a)) is not None
        later(office, seconds=1)
        someone.done(Order.DESTROY)
        assert len(transfers(office, someone.subject, Kind.DESTROY)) == 2


def test_the_account_of_transfers_never_holds_a_value(office: House, wire: Wire) -> None:
    someone = held(office)
    account = repr(transfers(office, someone.subject)) + repr(office.look(outbox.waiting))
    assert not any(secret in account for secret in someone.secrets)
    assert timedelta(0) <= office.clock.now() - transfers(office, someone.subject)[0].queued_at


class TestCorrections:
    """Who holds a wrong value gets the right one as far as it may have it now, and is told to stop using the rest (4.1.2)."""

    @staticmethod
    def rectify(office: House, someone: Applicant, **values: str) -> None:
        proof = office.do(
            lambda work: requests.file_document(work, office.office.gate, someone.subject, requests.DocumentKind.PROOF, "certificate 7"),
            office.dpo,
        )
        office.done(Order.RECTIFY, someone.subject, document=proof, values=values)

    def test_the_right_value_goes_with_the_purpose_and_the_leads_it_belongs_to(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Жаңабаева", city="Ақтау")
        post(office)
        (said,) = wire.bodies("correct")
        (lead,) = wire.bodies("lead")
        assert said["data"]["fields"] == {"surname": "Жаңабаева"}
        assert said["data"]["stop"] == []
        assert (said["data"]["person"], said["data"]["of"]) == (lead["data"]["person"], [lead["data"]["transfer"]])
        assert (said["data"]["clause"], said["data"]["purpose"]) == ("4.1.2", office.purpose)

    def test_it_is_confirmed_by_its_own_word_and_no_other(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Жаңабаева")
        post(office)
        (told,) = transfers(office, someone.subject, Kind.CORRECT)
        with pytest.raises(Conflict):
            acknowledge(office, told, word="stored")
        acknowledge(office, told)
        assert [t.confirmed for t in transfers(office, someone.subject, Kind.CORRECT)] == [True]

    @pytest.mark.parametrize("narrow", ["withdraw", "block", "suspend"])
    def test_what_narrows_before_the_sending_leaves_only_the_word_to_stop(self, office: House, wire: Wire, narrow: str) -> None:
        someone = held(office)
        if narrow == "withdraw":
            withdrawn(office, someone.subject, GrantKind.RECIPIENT)
        elif narrow == "block":
            someone.done(Order.BLOCK, reason="violation_claimed")
        else:
            office.do(lambda work: parties.suspend_feed(work, office.bank_a, parties.FeedReason.NO_ACKNOWLEDGEMENT))
        later(office, seconds=1)
        self.rectify(office, someone, surname="Жаңабаева")
        post(office)
        (said,) = wire.bodies("correct")
        assert (said["data"]["fields"], said["data"]["stop"]) == ({}, ["surname"])
        assert "Жаңабаева" not in json.dumps(said, ensure_ascii=False)

    def test_after_a_release_the_right_value_follows(self, office: House, wire: Wire) -> None:
        someone = held(office)
        state = someone.done(Order.BLOCK, reason="violation_claimed").target
        later(office, seconds=1)
        self.rectify(office, someone, surname="Жаңабаева")
        post(office)
        later(office, seconds=1)
        office.release(someone.subject, state)
        post(office)
        assert [body["data"]["fields"] for body in wire.bodies("correct")] == [{}, {"surname": "Жаңабаева"}]

    def test_a_lead_that_has_not_left_takes_the_right_value_by_itself(self, office: House, wire: Wire) -> None:
        someone = office.applicant(to=[office.bank_a])
        self.rectify(office, someone, surname="Жаңабаева")
        post(office)
        assert wire.bodies("lead")[0]["data"]["fields"]["surname"] == "Жаңабаева"
        assert wire.bodies("correct") == []

    def test_a_later_correction_of_the_same_field_makes_an_unsent_one_needless(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Бірінші")
        later(office, seconds=1)
        self.rectify(office, someone, surname="Екінші", first_name="Айгүл")
        post(office)
        assert [body["data"]["fields"] for body in wire.bodies("correct")] == [{"surname": "Екінші", "first_name": "Айгүл"}]
        assert transfers(office, someone.subject, Kind.CORRECT)[0].outcome == "superseded"

    def test_a_later_correction_of_another_field_does_not(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Бірінші")
        later(office, seconds=1)
        self.rectify(office, someone, first_name="Айгүл")
        post(office)
        assert len(wire.bodies("correct")) == 2

    def test_a_destruction_makes_an_unsent_one_needless(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Жаңабаева")
        later(office, seconds=1)
        someone.destroy()
        post(office)
        assert wire.bodies("correct") == []

    def test_who_is_silent_is_chased_and_escalated_like_any_other(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, surname="Жаңабаева")
        post(office)
        for _ in range(4):
            later(office, hours=25)
            office.do(distribute.chase)
            post(office)
        (told,) = transfers(office, someone.subject, Kind.CORRECT)
        assert told.state is State.ESCALATED
        fact = office.look(lambda work: parties.recipient_fact(work, office.bank_a))
        assert fact is not None
        assert fact.suspended

    def test_of_what_cannot_be_put_right_it_is_told_to_use_it_no_more(self, office: House, wire: Wire) -> None:
        someone = held(office)
        self.rectify(office, someone, loan_amount="")
        post(office)
        assert wire.bodies("correct")[0]["data"]["stop"] == ["loan_amount"]
