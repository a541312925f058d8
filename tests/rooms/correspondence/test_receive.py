"""Taking in letters, mails and calls: what is sealed, what is known again, whose thread it is."""

from dataclasses import replace

import pytest

from office import House
from sandyq import correspondence
from sandyq.audit import history
from sandyq.audit.leaf import Act
from sandyq.correspondence import Channel, Direction, Incoming, Scan
from sandyq.correspondence import acts as journal
from sandyq.correspondence.facts import Content, File, Notice
from sandyq.errors import Denied, Invalid
from sandyq.law.decision import Refusal
from sandyq.outbox import Row
from sandyq.register import media, subjects

PDF = b"%PDF-1.7\n made up\n"
ADDRESS = "aigerim@example.kz"


def mail(**more: object) -> Incoming:
    made = Incoming(
        channel=Channel.MAIL,
        sender=ADDRESS,
        subject_line="Деректерім туралы",
        text="Менің деректерімді беріңіз",
        message_id="one@example.kz",
        identity=b"one",
        language="kk",
    )
    return replace(made, **more)


def take(office: House, given: Incoming) -> correspondence.Received:
    return office.do(lambda work: correspondence.receive(work, office.office.gate, given))


def scan(office: House, name: str = "паспорт.pdf", data: bytes = PDF) -> Scan:
    us = office.do(lambda work: work.us)
    return Scan(name, media.receive(office.settings.media_dir, [data], us))


def opened(office: House, entry: correspondence.Entry) -> Content:
    found = office.do(lambda work: correspondence.read(work, office.office.gate, entry), office.dpo)
    assert not isinstance(found, Refusal), [f.code for f in found.verdict.reasons]
    return found


def test_an_unknown_sender_gets_a_subject_of_their_own_that_holds_nothing_but_the_file(office: House):
    received = take(office, mail())
    seen = office.look(lambda work: subjects.see(work, received.asker))
    assert seen.fact.kind == "provisional"
    held = [s for h in office.office.holders for s in office.look(lambda work, h=h: h.show(work, received.asker))]
    assert {(s.holder, s.what) for s in held} == {("register", "evidence"), ("correspondence", "in.mail")}


def test_an_address_that_the_register_knows_opens_nothing_of_that_person(office: House):
    applicant = office.applicant()
    received = take(office, mail(sender=applicant.person.email))
    assert received.asker != applicant.subject
    assert received.case == ""


def test_what_was_written_is_read_by_staff_with_a_grant_and_the_look_is_on_record(office: House):
    received = take(office, mail(scans=(scan(office),), files=(File("хат.txt", "text/plain", b"hello"),)))
    content = opened(office, received.entry)
    assert content.values["sender"] == ADDRESS
    assert content.values["text"] == "Менің деректерімді беріңіз"
    assert [(name, kind) for _, name, kind in content.attachments] == [("паспорт.pdf", "application/pdf")]
    assert content.files == (File("хат.txt", "text/plain", b"hello"),)
    while office.office.sequencer.run_once(office.office.write):
        pass
    acts = [leaf.entry.act for leaf in office.look(lambda work: history.about(work, received.asker))]
    assert Act.LETTER_RECEIVED.value in acts
    assert Act.LETTER_READ.value in acts


def test_the_person_reads_their_own_letter(office: House):
    received = take(office, mail())
    me = replace(office.clerk, kind="subject", id=received.asker)
    found = office.do(lambda work: correspondence.read(work, office.office.gate, received.entry), me)
    assert isinstance(found, Content)


def test_a_partner_reads_nothing(office: House):
    received = take(office, mail())
    partner = replace(office.clerk, kind="partner", id=office.bank_a)
    with pytest.raises(Denied):
        office.do(lambda work: correspondence.read(work, office.office.gate, received.entry), partner)


def test_an_attached_scan_opens_chunk_by_chunk_through_the_gate(office: House):
    received = take(office, mail(scans=(scan(office),)))
    [(media_id, _, _)] = opened(office, received.entry).attachments
    folder = office.settings.media_dir
    chunks = office.do(lambda work: correspondence.attachment(work, office.office.gate, folder, received.entry, media_id), office.dpo)
    assert b"".join(chunks) == PDF


def test_the_same_mail_taken_in_again_changes_nothing(office: House):
    first, second = take(office, mail()), take(office, mail())
    assert second.again
    assert second.entry == first.entry


def test_a_token_whose_entry_was_never_committed_does_not_swallow_the_mail(office: House):
    """The stores are two commits: a crash between them leaves the token alone."""
    first = take(office, mail())
    office.do(lambda work: work.durable.run("DELETE FROM correspondence WHERE entry_id = ?", first.entry.id))
    assert not take(office, mail()).again


def test_an_answer_to_ones_own_mail_stays_in_its_thread(office: House):
    first = take(office, mail())
    office.do(lambda work: correspondence.register(work, first.entry.id, case="06f2m8q4x1e0c9v7b5n3k2j1h0"))
    second = take(office, mail(message_id="two@example.kz", references=("one@example.kz",), identity=b"two"))
    assert second.case == "06f2m8q4x1e0c9v7b5n3k2j1h0"
    assert second.asker == first.asker
    assert second.entry.next == "look_at_it"


def test_a_copied_message_id_from_another_address_is_a_mail_of_its_own(office: House):
    first = take(office, mail())
    forged = take(office, mail(sender="somebody@else.example", references=("one@example.kz",), identity=b"two"))
    assert forged.asker != first.asker
    assert forged.case == ""


def test_a_message_id_used_again_by_another_sender_takes_no_thread_over(office: House):
    first = take(office, mail())
    take(office, mail(sender="somebody@else.example", identity=b"thief"))
    answer = take(office, mail(message_id="three@example.kz", references=("one@example.kz",), identity=b"three"))
    assert answer.asker == first.asker


def test_earlier_cases_of_the_same_address_are_told(office: House):
    first = take(office, mail())
    office.do(lambda work: correspondence.register(work, first.entry.id, case="06f2m8q4x1e0c9v7b5n3k2j1h0"))
    assert take(office, mail(message_id="two@example.kz", identity=b"two")).earlier == ("06f2m8q4x1e0c9v7b5n3k2j1h0",)


def test_a_paper_has_its_own_number_day_and_waybill(office: House):
    today = office.clock.now().date()
    paper = Incoming(
        channel=Channel.PAPER, sender="А. Ә.", text="арыз", number="14/2", dated=today, waybill="KZ 123", scans=(scan(office),)
    )
    received = office.do(lambda work: correspondence.receive(work, office.office.gate, paper), office.dpo)
    values = opened(office, received.entry).values
    assert (values["paper_number"], values["paper_date"], values["waybill"]) == ("14/2", today.isoformat(), "KZ 123")
    assert received.entry.direction is Direction.IN
    assert received.entry.by_id == office.dpo.id
    assert received.entry.next == "look_at_it"


def test_a_day_to_come_and_an_empty_letter_are_refused_at_once(office: House):
    later = office.clock.now().replace(year=2030)
    with pytest.raises(Invalid) as refused:
        take(office, Incoming(channel=Channel.PAPER, received_at=later, dated=later.date()))
    assert [(e.field, e.code) for e in refused.value.errors] == [
        ("received_at", "date_in_future"),
        ("dated", "date_in_future"),
        ("text", "missing"),
    ]


def test_a_number_tells_a_day_and_nothing_else(office: House):
    received = take(office, mail())
    assert received.entry.number == journal.number(office.clock.now().date(), received.entry.id)
    assert received.entry.number.startswith("20260319-")
    found = office.look(lambda work: correspondence.numbered(work, received.entry.number.lower()))
    assert found == received.entry


def test_a_number_in_the_title_is_followed_only_from_the_address_that_was_told_it(office: House):
    first = take(office, mail())
    notice = Notice(
        subject=first.asker,
        kind="received",
        language="kk",
        title="№ 20260319-ABCDE",
        text="x",
        reference="20260319-ABCDE",
        answers=first.entry.id,
    )
    entry = office.do(lambda work: correspondence.notify(work, office.office.gate, notice))
    carrier = office.office.carriers["mail"]
    office.do(lambda work: carrier.prepare(work, Row("r", "mail", f"{first.asker}:{entry.id}", "", 1, 0)))
    mine = take(office, mail(subject_line="Re: № 20260319-abcde", message_id="4@example.kz", identity=b"4"))
    other = take(office, mail(subject_line="Re: № 20260319-ABCDE", sender="x@else.example", message_id="5@else.example", identity=b"5"))
    assert mine.asker == first.asker
    assert other.asker != first.asker
