"""Scenario 6: an e-mail with an attachment from an unknown address becomes a request (policy 8.3, 2.20), over real SMTP and IMAP servers."""

from collections.abc import Iterator
from datetime import date

import pytest

from mail_office import Mailed, mailed
from mail_servers import OFFICE, Dovecot, letter
from office import House
from sandyq import correspondence, identity, rights
from sandyq.correspondence import State
from sandyq.law.decision import Refusal
from sandyq.post import mime

SENDER = "aigerim.s@example.kz"
TEXT = "Менің ЖСН 850101300017. Қандай деректерім бар екенін айтыңыз."
PDF = ("жеке куәлік.pdf", "application/pdf", b"%PDF-1.7\n made up identity card \n%%EOF")


@pytest.fixture
def mail(office: House, dovecot: Dovecot) -> Iterator[Mailed]:
    with mailed(office, dovecot) as made:
        yield made


def ask(mail: Mailed, text: str = TEXT, **more: str) -> None:
    mail.write(letter(f"Айгерім <{SENDER}>", "Деректерім туралы", text, attachments=(PDF,), **more), SENDER)


def test_scenario_6_an_email_with_an_attachment_from_an_unknown_address_gets_number_clock_and_identity_challenge(mail: Mailed) -> None:
    ask(mail)
    assert mail.look().taken == 1
    mail.carry()
    [case] = mail.cases()
    assert (case.kind, case.state, case.channel) == (rights.Kind.ACCESS, rights.State.IDENTIFYING, rights.Channel.MAIL)
    assert case.about == ""
    assert min(clock.due for clock in case.clocks) == date(2026, 3, 27)
    [answer] = mail.answers(SENDER)
    assert case.number in answer.subject
    assert case.number in answer.text
    assert "2026 жылғы 27 наурыз" in answer.text
    secret = answer.text.split("/prove/")[1].split()[0]
    opened = mail.house.do(lambda work: identity.by_link(work, mail.house.office.gate, secret, "browser"))
    assert opened == case.id


def test_the_reply_holds_no_personal_data(mail: Mailed) -> None:
    ask(mail)
    mail.look()
    mail.carry()
    [raw] = mail.post.to(SENDER)
    found = mime.read(raw)
    said = f"{found.subject} {found.text}" + raw.replace(SENDER.encode(), b"").decode()
    assert not any(word in said for word in ("Айгерім", "850101300017", "aigerim", "куәлік", "Деректерім туралы", TEXT))
    assert found.attachments == ()
    assert b"Auto-Submitted: auto-replied" in raw


def test_the_mailbox_is_empty_after_intake_and_the_attachment_is_sealed_with_the_letter(mail: Mailed) -> None:
    ask(mail)
    mail.look()
    assert mail.dovecot.count() == 0
    [entry] = [e for e in mail.journal() if e.direction == "in"]
    house = mail.house
    content = house.do(lambda work: correspondence.read(work, house.office.gate, entry), house.dpo)
    assert not isinstance(content, Refusal)
    assert content.values["text"] == TEXT
    [(media_id, name, kind)] = content.attachments
    assert (name, kind) == (PDF[0], PDF[1])
    chunks = house.do(lambda work: correspondence.attachment(work, house.office.gate, house.settings.media_dir, entry, media_id), house.dpo)
    assert not isinstance(chunks, Refusal)
    assert b"".join(chunks) == PDF[2]


def test_an_answer_to_our_reply_follows_its_thread_and_gets_no_second_reply(mail: Mailed) -> None:
    ask(mail)
    mail.look()
    mail.carry()
    [got] = mail.answers(SENDER)
    ask(mail, "Тағы бір құжат.", In_Reply_To=f"<{got.message_id}>", message_id="<second@example.kz>")
    mail.look()
    mail.carry()
    assert len(mail.cases()) == 1
    assert len(mail.answers(SENDER)) == 1
    [entry] = [e for e in mail.journal() if e.direction == "in" and e.answers]
    assert entry.case == mail.cases()[0].id
    assert entry.next == "look_at_it"


def test_the_number_in_the_title_of_a_fresh_mail_finds_its_case(mail: Mailed) -> None:
    ask(mail)
    mail.look()
    mail.carry()
    [case] = mail.cases()
    mail.write(letter(SENDER, f"Қосымша: {case.number}", "құжат"), SENDER)
    mail.look()
    assert [c.id for c in mail.cases()] == [case.id]


def test_a_reply_that_comes_back_as_undeliverable_marks_the_entry(mail: Mailed) -> None:
    ask(mail)
    mail.look()
    mail.carry()
    [got] = mail.answers(SENDER)
    mail.write(bounce(got.message_id), "")
    mail.look()
    [sent] = [e for e in mail.journal() if e.kind == "received"]
    assert (sent.state, sent.next) == (State.BOUNCED, "find_another_way")
    assert mail.dovecot.count() == 0


def test_an_address_that_the_server_refuses_at_once_bounces_too(mail: Mailed) -> None:
    mail.post.refused.add(SENDER)
    ask(mail)
    mail.look()
    mail.carry()
    [sent] = [e for e in mail.journal() if e.kind == "received"]
    assert sent.state is State.BOUNCED


def test_the_language_of_the_letter_is_that_of_the_reply(mail: Mailed) -> None:
    mail.write(letter(SENDER, "Мои данные", "Прошу сообщить, какие данные обо мне хранятся."), SENDER)
    mail.look()
    mail.carry()
    [got] = mail.answers(SENDER)
    assert got.subject.startswith("Обращение")


def bounce(message_id: str) -> bytes:
    return (
        b"From: Mail Delivery System <MAILER-DAEMON@mx.example.kz>\r\nTo: " + OFFICE.encode() + b"\r\nSubject: Undelivered\r\n"
        b"Message-ID: <report@mx.example.kz>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.kz\r\n\r\nFinal-Recipient: rfc822; "
        + SENDER.encode()
        + b"\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <"
        + message_id.encode()
        + b">\r\n\r\n--b--\r\n"
    )
