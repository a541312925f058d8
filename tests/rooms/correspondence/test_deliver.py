"""Issuing letters and what becomes of them: proof of delivery, returned mail, bounces, mails without an address."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from office import Applicant, House
from sandyq import correspondence, identity, outbox
from sandyq.app.carry import Post
from sandyq.audit import history
from sandyq.correspondence import Channel, Entry, Incoming, Notice, Outgoing, Reason, State
from sandyq.db import Work
from sandyq.errors import Conflict, Invalid, Tampered
from sandyq.law.decision import Refusal
from sandyq.letters import samples
from sandyq.letters.letter import LetterBody
from sandyq.outbox import Outcome
from sandyq.post import mime
from sandyq.requests import Kind


def body() -> LetterBody:
    return replace(samples.letters("short")["access"], number="20260319-AAAAA", answers="20260319-BBBBB", addressee=())


def issue(office: House, subject: str, *channels: Channel, **more: object) -> Entry:
    new = Outgoing(
        subject=subject,
        case="06f2m8q4x1e0c9v7b5n3k2j1h0",
        body=body().to_json(),
        kind="access-1",
        language="kk",
        channels=channels,
        addressee=("А. Ә.", "Алматы") if Channel.PAPER in channels else (),
        **more,
    )
    return office.do(lambda work: correspondence.issue(work, office.office.gate, new))


def notice(subject: str, **more: object) -> Notice:
    return Notice(subject=subject, kind="letter", language="kk", title="№ 20260319-AAAAA", text="Хат дайын.", **more)


def notify(office: House, new: Notice) -> Entry:
    return office.do(lambda work: correspondence.notify(work, office.office.gate, new))


def again(office: House, entry: Entry) -> Entry:
    return office.look(lambda work: correspondence.one(work, entry.id))


def carry(office: House) -> None:
    post = Post(office.office.stores, office.office.carriers)
    post.run()
    post.close()


@dataclass
class Server:
    """A mail server that gives the outcomes it was told, and keeps what it got."""

    outcomes: list[Outcome]
    got: list[tuple[str, mime.Message, bytes]] = field(default_factory=list)

    def send(self, address: str, raw: bytes, key: str) -> Outcome:
        self.got.append((address, mime.read(raw), raw))
        return self.outcomes.pop(0)


@pytest.fixture
def applicant(office: House) -> Applicant:
    return office.applicant()


def with_server(office: House, *outcomes: Outcome) -> Server:
    server = Server(list(outcomes))
    office.office._sample_mail = server
    return server


def test_an_issued_letter_is_the_very_bytes_that_the_log_vouches_for(office: House, applicant: Applicant):
    entry = issue(office, applicant.subject, Channel.PORTAL)
    read = office.do(lambda work: correspondence.letter(work, office.office.gate, entry), office.dpo)
    assert read == body().to_json()
    while office.office.sequencer.run_once(office.office.write):
        pass
    leaves = office.look(lambda work: history.about(work, applicant.subject))
    assert body().digest in {leaf.entry.body_digest for leaf in leaves}
    issued = office.look(lambda work: correspondence.by_digest(work, body().digest))
    assert (issued.number, issued.on) == ("20260319-AAAAA", office.clock.now().date())


def test_a_digest_that_nobody_issued_is_unknown(office: House):
    assert office.look(lambda work: correspondence.by_digest(work, "00" * 32)) is None


def test_what_is_no_letter_is_not_issued(office: House, applicant: Applicant):
    new = Outgoing(subject=applicant.subject, case="", body=b"{}", kind="access-1", language="kk")
    with pytest.raises(Tampered):
        office.do(lambda work: correspondence.issue(work, office.office.gate, new))


def test_a_paper_letter_needs_an_addressee(office: House, applicant: Applicant):
    new = Outgoing(subject=applicant.subject, case="", body=body().to_json(), kind="access-1", language="kk", channels=(Channel.PAPER,))
    with pytest.raises(Invalid):
        office.do(lambda work: correspondence.issue(work, office.office.gate, new))


def test_a_paper_letter_is_printed_posted_under_a_waybill_and_its_delivery_proved(office: House, applicant: Applicant):
    gate, today = office.office.gate, office.clock.now().date()
    entry = issue(office, applicant.subject, Channel.PAPER)
    assert entry.next == "print_and_post"
    sent = office.do(lambda work: correspondence.posted(work, gate, entry, "KZ 0001", today), office.dpo)
    with pytest.raises(Invalid):
        office.do(lambda work: correspondence.delivered(work, gate, sent, today), office.dpo)
    office.clock.advance(timedelta(hours=1))
    done = office.do(lambda work: correspondence.delivered(work, gate, sent, today, note="қолы"), office.dpo)
    assert done.state is State.DELIVERED
    events = office.look(lambda work: correspondence.events(work, entry.id))
    assert [e.state for e in events] == [State.SENT, State.DELIVERED]
    assert all(e.item for e in events)


def test_returned_mail_asks_for_another_way_and_may_be_sent_again(office: House, applicant: Applicant):
    gate, today = office.office.gate, office.clock.now().date()
    entry = issue(office, applicant.subject, Channel.PAPER)
    sent = office.do(lambda work: correspondence.posted(work, gate, entry, "KZ 0001", today))
    back = office.do(lambda work: correspondence.returned(work, gate, sent, today, Reason.ADDRESSEE_GONE))
    assert back.next == "find_another_way"
    assert back.id in [e.id for e in office.look(correspondence.waiting)]
    assert office.do(lambda work: correspondence.again(work, back)).state is State.QUEUED


def test_a_delivered_letter_is_not_posted_again(office: House, applicant: Applicant):
    gate, today = office.office.gate, office.clock.now().date()
    entry = issue(office, applicant.subject, Channel.PAPER)
    done = office.do(lambda work: correspondence.delivered(work, gate, entry, today, note="қолы"))
    with pytest.raises(Conflict):
        office.do(lambda work: correspondence.posted(work, gate, done, "KZ 0002", today))
    with pytest.raises(Conflict):  # nor by somebody who still sees the former state
        office.do(lambda work: correspondence.posted(work, gate, entry, "KZ 0002", today))


def test_a_letter_fetched_from_the_portal_is_delivered_once(office: House, applicant: Applicant):
    entry = issue(office, applicant.subject, Channel.PORTAL)
    first = office.do(lambda work: correspondence.fetched(work, entry))
    assert office.do(lambda work: correspondence.fetched(work, first)) == first


def test_a_notice_goes_to_the_address_in_the_register_and_holds_nothing_personal(office: House, applicant: Applicant):
    server = with_server(office, Outcome(True, "handed_over"))
    entry = notify(office, notice(applicant.subject))
    carry(office)
    [(to, sent, raw)] = server.got
    assert to == applicant.person.email
    assert sent.subject == "№ 20260319-AAAAA"
    assert b"Auto-Submitted: auto-generated" in raw
    without_to = raw.replace(to.encode(), b"")
    assert not any(secret.encode() in without_to for secret in applicant.secrets)
    assert again(office, entry).state is State.SENT


def test_a_notice_to_a_blocked_person_still_goes(office: House, applicant: Applicant):
    applicant.done(Kind.BLOCK, reason="violation_claimed")
    server = with_server(office, Outcome(True, "handed_over"))
    notify(office, notice(applicant.subject))
    carry(office)
    assert len(server.got) == 1


def test_an_address_that_is_refused_for_good_bounces(office: House, applicant: Applicant):
    with_server(office, Outcome(False, "recipient_refused", final=True))
    entry = notify(office, notice(applicant.subject))
    carry(office)
    assert again(office, entry).state is State.BOUNCED
    assert again(office, entry).next == "find_another_way"


def test_a_mail_that_cannot_be_handed_over_waits_and_is_sent_later_with_the_same_id(office: House, applicant: Applicant):
    server = with_server(office, Outcome(False, "unreachable"), Outcome(True, "handed_over"))
    entry = notify(office, notice(applicant.subject))
    carry(office)
    assert again(office, entry).state is State.QUEUED
    office.clock.advance(timedelta(minutes=30))
    carry(office)
    assert again(office, entry).state is State.SENT
    assert server.got[0][1].message_id == server.got[1][1].message_id


def test_a_person_without_an_address_is_told_to_the_desk(office: House):
    letter = Incoming(channel=Channel.PHONE, text="қоңырау")
    received = office.do(lambda work: correspondence.receive(work, office.office.gate, letter))
    entry = notify(office, notice(received.asker))
    carry(office)
    assert again(office, entry).state is State.FAILED
    assert [e.reason for e in office.look(lambda work: correspondence.events(work, entry.id))] == [Reason.ADDRESS_CLOSED]


def test_after_five_answers_by_itself_an_address_gets_no_more_that_day(office: House):
    mail = Incoming(channel=Channel.MAIL, sender="a@example.kz", text="x", identity=b"1")
    received = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
    gate, new = office.office.gate, notice(received.asker, answers=received.entry.id)
    made = [office.do(lambda work: correspondence.notify(work, gate, new, by_itself=True)) for _ in range(6)]
    assert [entry is None for entry in made] == [False] * 5 + [True]


def test_the_answer_names_the_mail_that_it_answers(office: House):
    server = with_server(office, Outcome(True, "handed_over"))
    mail = Incoming(channel=Channel.MAIL, sender="a@example.kz", text="x", identity=b"1", message_id="q@example.kz")
    received = office.do(lambda work: correspondence.receive(work, office.office.gate, mail))
    notify(office, notice(received.asker, answers=received.entry.id))
    carry(office)
    [(to, sent, _)] = server.got
    assert to == "a@example.kz"
    assert sent.references == ("q@example.kz",)


def test_staff_without_a_grant_read_no_letter(office: House, applicant: Applicant):
    entry = issue(office, applicant.subject, Channel.PORTAL)
    assert isinstance(office.do(lambda work: correspondence.letter(work, office.office.gate, entry), office.clerk), Refusal)


def test_the_journal_is_paged_from_the_newest_and_filtered(office: House, applicant: Applicant):
    made = [issue(office, applicant.subject, Channel.PORTAL).id for _ in range(3)]
    since, until = office.clock.now().replace(hour=0), office.clock.now().replace(hour=23)

    def page(**more: object) -> list[str]:
        return [e.id for e in office.look(lambda work: correspondence.journal(work, since, until, **more))]

    assert page() == sorted(made, reverse=True)
    assert page(limit=2) + page(limit=2, after=sorted(made)[1]) == page()
    assert page(state=State.SENT) == []


def test_after_a_restore_a_mail_that_waited_is_given_up_for_the_desk_to_decide(office: House, applicant: Applicant):
    server = with_server(office)
    entry, paper = notify(office, notice(applicant.subject)), issue(office, applicant.subject, Channel.PAPER)

    def restored(work: Work) -> int:
        outbox.cancel_all(work)
        return correspondence.stopped(work)

    assert office.do(restored) == 1
    carry(office)
    assert server.got == []
    assert (again(office, entry).next, again(office, paper).state) == ("send_again", State.QUEUED)


def test_a_mail_that_bounces_makes_its_contact_open_nothing(office: House, applicant: Applicant):
    """Who holds the address now need not be who gave it (docs/adr/0010-who-is-asking.md)."""
    with_server(office, Outcome(False, "recipient_refused", final=True))
    gate, email = office.office.gate, applicant.person.email
    office.do(lambda work: identity.verified(work, gate, applicant.subject, "email", email, origin="desk"))
    notify(office, notice(applicant.subject))
    carry(office)
    contacts = office.look(lambda work: identity.contacts(work, applicant.subject))
    assert [c.state.value for c in contacts if c.kind.value == "email"] == ["bounced"]
