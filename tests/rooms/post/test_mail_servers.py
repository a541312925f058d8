"""SMTP and IMAP with real servers on the loopback, and what is told when they do wrong."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mail_servers import OFFICE, Dovecot, Post, Smtp, letter
from sandyq.errors import NotReady
from sandyq.post import mime
from sandyq.post.mail import ImapBox, NoMail, SampleMailbox, Server, SmtpSender, masked

RAW = letter(OFFICE, "№ 1", "Сәлем").as_bytes()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp(post: Post) -> Iterator[Smtp]:
    server = Smtp(post)
    yield server
    server.close()


def sender(smtp: Smtp, **more: Any) -> SmtpSender:
    return SmtpSender(Server("127.0.0.1", smtp.port, "none", **more), OFFICE, timeout=5)


def box(dovecot: Dovecot, **more: str) -> ImapBox:
    at = {"user": OFFICE, "password": dovecot.password} | more
    return ImapBox(Server("127.0.0.1", dovecot.port, "none", **at), timeout=10)


def test_a_mail_is_handed_over(smtp: Smtp, post: Post) -> None:
    outcome = sender(smtp).send("a@example.kz", RAW, "1")
    assert (outcome.ok, outcome.code) == (True, "handed_over")
    [(to, got)] = post.got
    assert (to, mime.read(got).text) == ("a@example.kz", "Сәлем")


def test_an_address_that_is_not_there_is_final_and_a_busy_one_is_not(smtp: Smtp, post: Post) -> None:
    post.refused.add("gone@example.kz")
    post.busy.add("busy@example.kz")
    gone, busy = (sender(smtp).send(to, RAW, "1") for to in ("gone@example.kz", "busy@example.kz"))
    assert (gone.code, gone.final, busy.code, busy.final) == ("recipient_refused", True, "recipient_refused", False)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    outcome = SmtpSender(Server("127.0.0.1", 9, "none"), OFFICE, timeout=2).send("a@example.kz", RAW, "1")
    assert (outcome.ok, outcome.code, outcome.final) == (False, "unreachable", False)


def test_nothing_is_sent_in_clear_to_a_server_that_offers_no_tls(smtp: Smtp, post: Post) -> None:
    outcome = SmtpSender(Server("127.0.0.1", smtp.port, "starttls"), OFFICE, timeout=5).send("a@example.kz", RAW, "1")
    assert not outcome.ok
    assert post.got == []


def test_a_login_is_not_tried_where_none_is_offered(smtp: Smtp) -> None:
    assert sender(smtp, user="u", password="p").check() == "server_refused"


def test_a_silent_server_ends_by_itself() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        at = Server("127.0.0.1", silent.getsockname()[1], "none")
        assert SmtpSender(at, OFFICE, timeout=0.3).send("a@example.kz", RAW, "1").code == "unreachable"
        with pytest.raises(NotReady) as told, ImapBox(at, timeout=0.3).opened():
            pass
        assert told.value.code == "mail_server_silent"


def test_an_office_without_a_server_says_so() -> None:
    assert NoMail().send("a@example.kz", RAW, "1").code == "mail_not_set_up"


def test_the_mailbox_gives_what_lies_in_it_seen_or_not_and_when_it_came(dovecot: Dovecot) -> None:
    connection = dovecot.client()
    connection.append("INBOX", "(\\Seen)", '"19-Mar-2026 10:00:00 +0500"', RAW)
    connection.logout()
    with box(dovecot).opened() as session:
        [mark] = session.marks()
        found = session.fetch(mark)
        assert found is not None
        assert mime.read(found.raw).text == "Сәлем"
        assert found.arrived == datetime(2026, 3, 19, 5, tzinfo=UTC)
        session.remove(mark)
        assert session.marks() == []
    assert dovecot.count() == 0


def test_only_the_removed_message_goes(dovecot: Dovecot) -> None:
    dovecot.put(RAW)
    dovecot.put(letter("b@example.kz", "two", "two").as_bytes())
    with box(dovecot).opened() as session:
        session.remove(session.marks()[0])
        [left] = session.marks()
        assert mime.read(session.fetch(left).raw).subject == "two"


def test_what_somebody_marked_as_deleted_is_taken_in_all_the_same_and_goes_only_by_itself(dovecot: Dovecot) -> None:
    """A line that broke between marking and removing leaves such a message, and so does a member who opened the mailbox in another program."""
    dovecot.put(RAW)
    dovecot.put(letter("b@example.kz", "two", "two").as_bytes())
    connection = dovecot.client()
    connection.select("INBOX")
    connection.store("2", "+FLAGS", "(\\Deleted)")
    connection.logout()
    with box(dovecot).opened() as session:
        first, second = session.marks()
        session.remove(first)
        assert session.marks() == [second]
        assert mime.read(session.fetch(second).raw).subject == "two"


def test_a_message_over_the_bound_comes_as_its_beginning(dovecot: Dovecot) -> None:
    big = letter("a@example.kz", "big", "text", attachments=(("b.pdf", "application/pdf", b"%PDF-1.7" + b"0" * (mime.MOST_BYTES)),))
    dovecot.put(big.as_bytes())
    with box(dovecot).opened() as session:
        found = session.fetch(session.marks()[0])
    assert (found.whole, len(found.raw)) == (False, mime.PEEKED)
    assert mime.read(found.raw, whole=False).text == "text"


def test_a_message_that_is_gone_meanwhile_is_none(dovecot: Dovecot) -> None:
    with box(dovecot).opened() as session:
        assert session.fetch("999") is None


def test_a_wrong_password_and_a_missing_folder_are_told_apart(dovecot: Dovecot) -> None:
    at = Server("127.0.0.1", dovecot.port, "none", OFFICE, dovecot.password)
    assert box(dovecot, password="wrong").check() == "mail_login_refused"
    assert ImapBox(at, "No such", timeout=10).check() == "mailbox_missing"
    assert box(dovecot).check() == ""


def lying(answers: list[bytes]) -> tuple[int, threading.Thread]:
    """An IMAP server that answers each line with what it was told, and then hangs up."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, listening, connection.makefile("rwb", buffering=0) as line:
            line.write(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
            for answer in answers:
                tag = line.readline().split(b" ")[0]
                line.write(answer.replace(b"TAG", tag))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listening.getsockname()[1], thread


CAN = b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"
OPENING = [CAN, b"TAG OK done\r\n", b"* 1 EXISTS\r\nTAG OK [READ-WRITE] done\r\n", CAN]
"""The client asks for capabilities, signs in, selects, and asks again: after a login there may be more."""
ABOUT = b'* 1 FETCH (UID 7 RFC822.SIZE 100 INTERNALDATE "19-Mar-2026 10:00:00 +0500")\r\nTAG OK done\r\n'


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([], "mail_server_refused"),
        ([b"garbage\r\n"], "mail_server_refused"),
        (
            [*OPENING, ABOUT, b"* 1 FETCH (UID 7 BODY[]<0> {28}\r\nFrom: a@example.kz\r\n\r\nhalf..)\r\nTAG OK done\r\n"],
            "mail_half_message",
        ),
        ([*OPENING, ABOUT, b"* 1 FETCH (UID 7 BODY[]<0> {99999999999}\r\n"], "mail_server_refused"),
        ([*OPENING, ABOUT, b"* 1 FETCH (UID 7 BODY[]<0> {100}\r\nFrom"], "mail_server_refused"),
        ([*OPENING, b"TAG NO not now\r\n"], "mail_server_refused"),
    ],
)
def test_a_server_that_breaks_off_or_lies_is_refused_and_the_mail_stays(answers: list[bytes], code: str) -> None:
    port, thread = lying(answers)
    at = ImapBox(Server("127.0.0.1", port, "none", "u", "p"), timeout=3)
    with pytest.raises(NotReady) as told, at.opened() as session:
        session.fetch("7")
    assert told.value.code in (code, "mail_server_unreachable")
    thread.join(5)


def test_the_sample_mailbox_keeps_what_was_sent_and_shows_no_address() -> None:
    mailbox = SampleMailbox()
    mailbox.send("a@example.kz", RAW, "1")
    mailbox.send("a@example.kz", RAW, "1")
    [shown] = mailbox.latest("a@example.kz")
    assert (shown.to, shown.subject, shown.text) == ("a***@example.kz", "№ 1", "Сәлем")


def test_the_sample_mailbox_is_emptied_like_a_real_one() -> None:
    mailbox = SampleMailbox()
    mailbox.deliver(RAW)
    with mailbox.opened() as session:
        [mark] = session.marks()
        assert session.fetch(mark).raw == RAW
        session.remove(mark)
        assert session.marks() == []


@pytest.mark.parametrize("address", ["", "nonsense", "a@b.kz"])
def test_a_masked_address_tells_the_first_letter_and_the_domain(address: str) -> None:
    assert masked(address) == ("a***@b.kz" if address.startswith("a@") else "***")


def test_passwords_do_not_show() -> None:
    assert "secret" not in repr(Server("h", 1, "tls", "u", "secret"))
