"""Attacks by e-mail: headers, bombs, other people's threads, loops, and planted values that must stand nowhere in clear."""

import io
import logging
import zipfile
from collections.abc import Iterator

import pytest
from canary import Scanner

from mail_office import Mailed, mailed
from mail_servers import Dovecot, letter
from office import House
from sandyq.app import chores
from sandyq.clockwork import Clockwork
from sandyq.correspondence import State
from sandyq.intake import Intake
from sandyq.post import mime

VICTIM = "victim.aigerim@example.kz"
THIEF = "thief@else.example"


@pytest.fixture
def mail(office: House, dovecot: Dovecot) -> Iterator[Mailed]:
    with mailed(office, dovecot) as made:
        yield made


def victim_writes(mail: Mailed) -> mime.Message:
    """The victim asks, and gets the office's answer."""
    mail.write(letter(VICTIM, "Деректерім", "Қандай деректерім бар?", message_id="<victim-1@example.kz>"), VICTIM)
    mail.look()
    mail.carry()
    [got] = mail.answers(VICTIM)
    return got


def test_a_forged_in_reply_to_neither_attaches_to_nor_reveals_somebody_elses_case(mail: Mailed) -> None:
    got = victim_writes(mail)
    [case] = mail.cases()
    for stolen in (got.message_id, "victim-1@example.kz"):
        forged = letter(
            THIEF, f"Re: {case.number}", "Маған жіберіңіз", In_Reply_To=f"<{stolen}>", message_id=f"<{stolen[:6]}@else.example>"
        )
        mail.write(forged, THIEF)
    mail.look()
    mail.carry()
    assert {entry.case for entry in mail.journal() if entry.subject == case.subject} == {case.id}
    answers = mail.answers(THIEF)
    assert len(answers) == 2
    assert all(case.number not in f"{a.subject} {a.text}" for a in answers)
    assert len(mail.answers(VICTIM)) == 1


def test_a_forged_delivery_report_on_a_guessed_message_changes_nothing(mail: Mailed) -> None:
    victim_writes(mail)
    [sent] = [entry for entry in mail.journal() if entry.kind == "received"]
    mail.write(report("guessed@office.example.kz"), "")
    mail.look()
    assert [e.state for e in mail.journal() if e.id == sent.id] == [State.SENT]


def test_no_header_of_a_mail_gets_into_the_answer(mail: Mailed) -> None:
    raw = (
        b"From: =?utf-8?q?x=0D=0ABcc=3A_thief=40else=2Eexample?= <" + VICTIM.encode() + b">\r\n"
        b"Subject: =?utf-8?q?hello=0D=0ABcc=3A_thief=40else=2Eexample?=\r\n"
        b"Message-ID: <a\x0b\x0cb@example.kz>\r\nReply-To: " + THIEF.encode() + b"\r\n\r\nHello, which data of mine do you have?\r\n"
    )
    mail.write(raw, VICTIM)
    mail.look()
    mail.carry()
    [(to, answer)] = mail.post.got
    assert to == VICTIM
    assert THIEF.encode() not in answer
    assert b"Bcc" not in answer
    assert b"hello" not in answer


def test_a_message_of_thirty_megabytes_is_taken_by_its_beginning_and_the_sender_told(mail: Mailed) -> None:
    big = ("scan.pdf", "application/pdf", b"%PDF-1.7" + b"\0" * (22 * 1024 * 1024))
    mail.write(letter(VICTIM, "Деректерім", "Үлкен хат", attachments=(big,)), VICTIM)
    assert mail.look().taken == 1
    mail.carry()
    assert mail.dovecot.count() == 0
    [entry] = [e for e in mail.journal() if e.direction == "in"]
    assert entry.omitted == ("too_large",)
    [got] = mail.answers(VICTIM)
    assert "тым үлкен" in got.text


def test_ten_thousand_parts_make_one_request_with_few_files(mail: Mailed) -> None:
    part = b"--b\r\nContent-Type: application/pdf; name=x.pdf\r\n\r\n%PDF-1.7 x\r\n"
    raw = (
        b"From: " + VICTIM.encode() + b"\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 10_000 + b"--b--\r\n"
    )
    mail.write(raw, VICTIM)
    assert mail.look().taken == 1
    [entry] = [e for e in mail.journal() if e.direction == "in"]
    assert entry.attached <= 20
    assert "too_many_parts" in entry.omitted


def test_a_zip_bomb_is_neither_unpacked_nor_kept(mail: Mailed) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "x")
        packed.writestr("word/document.xml", b"\0" * (60 * 1024 * 1024))
    bomb = ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", made.getvalue())
    mail.write(letter(VICTIM, "Деректерім", "Хат", attachments=(bomb,)), VICTIM)
    mail.look()
    [entry] = [e for e in mail.journal() if e.direction == "in"]
    assert (entry.attached, entry.omitted) == (0, ("archive_refused",))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\xff" * 1000,
        b"From: " + VICTIM.encode() + b"\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: " + VICTIM.encode() + b"\r\nContent-Type: text/plain; charset=x-nothing\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"From: " + VICTIM.encode() + b"\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n",
        b"Subject: =?utf-8?b?" + b"A" * 10_000 + b"?=\r\nFrom: =?zip?b?AAAA?= <" + VICTIM.encode() + b">\r\n\r\nx",
    ],
)
def test_a_broken_message_is_taken_in_and_the_next_one_too(mail: Mailed, raw: bytes) -> None:
    mail.dovecot.put(raw or b"\r\n")
    mail.write(letter(VICTIM, "Деректерім", "Хат"), VICTIM)
    looked = mail.look()
    assert (looked.taken, looked.left) == (2, 0)
    assert mail.dovecot.count() == 0
    mail.carry()
    assert len(mail.answers(VICTIM)) >= 1


def test_a_mailbox_made_anew_mixes_nothing_up(mail: Mailed) -> None:
    """The same UIDs stand for other messages after the mailbox was made anew (another UIDVALIDITY)."""
    mail.write(letter(VICTIM, "Деректерім", "Бірінші хат"), VICTIM)
    mail.look()
    mail.dovecot.empty()
    mail.write(letter("second@example.kz", "Деректерім", "Екінші хат"), "second@example.kz")
    assert mail.look().taken == 1
    assert len(mail.cases()) == 2


def test_an_imap_server_that_stops_leaves_everything_for_the_next_look(mail: Mailed) -> None:
    mail.write(letter(VICTIM, "Деректерім", "Хат"), VICTIM)
    mail.dovecot.stop()
    try:
        assert Intake(mail.house.office).run() == 0
    finally:
        mail.dovecot.start()
    assert mail.look().taken == 1


def test_what_is_planted_in_a_mail_stands_nowhere_in_clear(mail: Mailed, caplog: pytest.LogCaptureFixture) -> None:
    planted = {
        "subject": "Құпиятақырып canaryone",
        "text": "Жасырынмәтін canarytwo 850101300017",
        "file": "canarythree-паспорт.pdf",
        "inside": b"canaryfour made up",
        "id": "canaryfive@example.kz",
        "name": "Canarysix Үлгі",
    }
    attached = ((planted["file"], "application/pdf", b"%PDF-1.7 " + planted["inside"]), ("canaryseven.txt", "text/plain", b"canaryeight"))
    caplog.set_level(logging.DEBUG)
    made = letter(
        f"{planted['name']} <{VICTIM}>", planted["subject"], planted["text"], attachments=attached, message_id=f"<{planted['id']}>"
    )
    mail.write(made, VICTIM)
    mail.look()
    mail.carry()
    Clockwork(chores.chores(mail.house.office)).run_once()
    words = [f"canary{n}" for n in ("one", "two", "three", "four", "five", "six", "seven", "eight")]
    scanner = Scanner([*words, "850101300017", VICTIM, "Жасырынмәтін", "victim.aigerim"])
    assert scanner.files(mail.house.settings.folder) == {}
    logged = "\n".join(r.getMessage() + str(r.__dict__) for r in caplog.records if r.name.startswith("sandyq"))
    assert scanner.find(logged.encode()) == set()
    if mail.house.settings.engine == "postgres":
        assert scanner.find(repr(mail.house.look(dumped)).encode()) == set()


def dumped(work: object) -> list[object]:
    from sandyq.db.describe import schema_of

    found: list[object] = []
    for store in ("durable", "perishable"):
        tx = getattr(work, store)
        for table in schema_of(tx):
            found += tx.all(f"SELECT * FROM {table}")
    return found


def report(message_id: str) -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example.kz\r\nAuto-Submitted: auto-replied\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
        b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + message_id.encode() + b">\r\n\r\n--b--\r\n"
    )
