"""What no person wrote is known for what it is: automatic answers of common programs, and bounces in the dialects of common servers."""

import pytest

from mail_servers import letter
from sandyq.post import mime

OURS = "0123456789abcdef@office.example.kz"
QUOTED = (
    f"Received: from office.example.kz\r\nMessage-ID: <{OURS}>\r\nDate: Thu, 19 Mar 2026 10:00:00 +0500\r\nSubject: No 20260319-ABCDE\r\n"
)


def raw(body: str, *head: str) -> bytes:
    return ("\r\n".join(head) + "\r\nMessage-ID: <report@mx.example.kz>\r\n\r\n" + body).encode()


def multipart(kind: str, *parts: tuple[str, str]) -> str:
    inside = "".join(f"--b\r\nContent-Type: {name}\r\n\r\n{text}\r\n" for name, text in parts)
    return f"Content-Type: {kind}; boundary=b\r\n\r\n{inside}--b--\r\n"


def whole(head: tuple[str, ...], kind: str, *parts: tuple[str, str]) -> bytes:
    return ("\r\n".join((*head, "Message-ID: <report@mx.example.kz>")) + "\r\n" + multipart(kind, *parts)).encode()


STATUS = "Reporting-MTA: dns; mx.example.kz\r\n\r\nFinal-Recipient: rfc822; a@example.kz\r\nAction: failed\r\nStatus: 5.1.1\r\n"
BOUNCES = {
    "postfix": whole(
        ("From: MAILER-DAEMON@mx.example.kz (Mail Delivery System)", "Subject: Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied"),
        "multipart/report; report-type=delivery-status",
        ("text/plain", "I'm sorry to have to inform you that your message could not be delivered."),
        ("message/delivery-status", STATUS),
        ("message/rfc822", QUOTED + "\r\nbody"),
    ),
    "exchange": whole(
        ("From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example.kz>", "Subject: Undeliverable: No 20260319-ABCDE",
         f"In-Reply-To: <{OURS}>", "Auto-Submitted: auto-replied"),
        "multipart/report; report-type=delivery-status",
        ("text/html", "<p>Your message to a@example.kz couldn't be delivered.</p>"),
        ("message/delivery-status", STATUS.replace("Status: 5.1.1", "Status: 5.1.10")),
    ),
    "sendmail, headers alone": whole(
        ("From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.kz>", "Subject: Returned mail: see transcript for details"),
        "multipart/report; report-type=delivery-status",
        ("text/plain", "550 5.1.1 User unknown"),
        ("message/delivery-status", STATUS),
        ("text/rfc822-headers", QUOTED),
    ),
    "exim": raw(
        "This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered to one or more of its\r\n"
        "recipients. This is a permanent error.\r\n\r\n  a@example.kz\r\n    550 5.1.1 no such user\r\n\r\n"
        f"------ This is a copy of the message's headers. ------\r\n\r\n{QUOTED}",
        "From: Mail Delivery System <Mailer-Daemon@mx.example.kz>", "Subject: Mail delivery failed: returning message to sender",
        "X-Failed-Recipients: a@example.kz", "Auto-Submitted: auto-replied",
    ),
    "qmail": raw(
        "Hi. This is the qmail-send program at mx.example.kz.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<a@example.kz>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
        f"--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <requests@office.example.kz>\r\n{QUOTED}",
        "Return-Path: <>", "From: MAILER-DAEMON@mx.example.kz", "Subject: failure notice",
    ),
    "a Russian provider": raw(
        "Это письмо создано автоматически сервером. Не удалось доставить сообщение следующему получателю:\r\n a@example.kz: пользователь не найден\r\n\r\n"
        f"> {QUOTED.replace(chr(10), chr(10) + '> ')}",
        "From: mailer-daemon@post.example", "Subject: Сообщение не доставлено", "Content-Type: text/plain; charset=utf-8",
    ),
    "a Kazakh provider, original attached": whole(
        ("From: postmaster@poshta.example.kz", "Subject: Хат", "Return-Path: <>"),
        "multipart/mixed",
        ("text/plain; charset=utf-8", "Хатыңыз жеткізілмеді: мұндай пошта жәшігі жоқ."),
        ("message/rfc822", QUOTED + "\r\nbody"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("dialect", list(BOUNCES))
def test_a_bounce_names_the_mail_that_did_not_arrive_whichever_server_wrote_it(dialect: str) -> None:
    found = mime.read(BOUNCES[dialect])
    assert found.automatic
    assert found.report is not None
    assert found.report.action == "failed"
    assert OURS in (found.report.message_id, *found.report.others)


def test_a_server_that_still_tries_has_not_failed() -> None:
    told = "Warning: message still undelivered after 4 hours. Will keep trying.\r\n\r\n" + QUOTED
    found = mime.read(raw(told, "From: MAILER-DAEMON@mx.example.kz", "Subject: Delivery delayed"))
    assert found.report is not None
    assert found.report.action == "delayed"


def test_a_person_who_writes_that_a_letter_did_not_arrive_is_a_person() -> None:
    text = f"Your letter could not be delivered by the post.\r\n\r\n{QUOTED}"
    found = mime.read(letter("a@example.kz", "Undelivered", text, In_Reply_To=f"<{OURS}>").as_bytes())
    assert (found.automatic, found.report) == ("", None)


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"X_Auto_Response_Suppress": "All"}, "auto_submitted"),
        ({"X_Autogenerated": "reply"}, "auto_submitted"),
        ({"X_Mail_Autoreply": "yes"}, "auto_submitted"),
        ({"Auto_Submitted": "auto-generated"}, "auto_submitted"),
        ({"Precedence": "auto_reply"}, "bulk"),
        ({"X_Failed_Recipients": "b@example.kz"}, "null_sender"),
    ],
)
def test_programs_that_answer_by_themselves_are_known_by_their_headers(headers: dict[str, str], why: str) -> None:
    assert mime.read(letter("a@example.kz", "x", "y", **headers).as_bytes()).automatic == why


@pytest.mark.parametrize(
    "subject", ["Automatic reply: No 1", "Автоответ: отпуск", "Автоматический ответ", "Out of office until Monday", "Auto-Reply: hi"]
)
def test_an_absence_is_known_by_its_title(subject: str) -> None:
    assert mime.read(letter("a@example.kz", subject, "y").as_bytes()).automatic == "auto_submitted"


def test_a_title_that_speaks_of_answers_is_a_persons() -> None:
    for subject in ("Автоматическое решение", "Re: Automatic decision", "Автор не я"):
        assert mime.read(letter("a@example.kz", subject, "y").as_bytes()).automatic == ""


def test_a_read_receipt_is_no_request() -> None:
    receipt = whole(
        ("From: a@example.kz", "Subject: Read: No 1", f"In-Reply-To: <{OURS}>"),
        "multipart/report; report-type=disposition-notification",
        ("text/plain", "The message was displayed."),
        ("message/disposition-notification", f"Original-Message-ID: <{OURS}>\r\nDisposition: manual-action/MDN-sent-manually; displayed"),
    )
    found = mime.read(receipt)
    assert (found.automatic, found.report) == ("report", None)


@pytest.mark.parametrize("local", ["MAILER-DAEMON", "postmaster", "bounces+123", "bounce-7"])
def test_addresses_of_servers_are_not_answered(local: str) -> None:
    assert mime.read(letter(f"{local}@mx.example.kz", "x", "y").as_bytes()).automatic == "null_sender"


@pytest.mark.parametrize("local", ["postmaster.aigul", "no-reply", "bouncer"])
def test_addresses_that_only_look_so_are_answered(local: str) -> None:
    found = mime.read(letter(f"{local}@example.kz", "x", "y").as_bytes())
    assert found.automatic == ("null_sender" if local.startswith("postmaster") else "")
