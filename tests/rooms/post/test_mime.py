"""Reading e-mails that anybody may have made: what is understood, what is left out, and that nothing hostile breaks the reader."""

import base64
import random
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail_servers import letter
from sandyq.errors import Misuse
from sandyq.post import mime

HEAD = b"From: a@example.kz\r\nSubject: x\r\nMessage-ID: <m@example.kz>\r\n"


def raw(**more: str) -> bytes:
    return letter("А. Ә. <a@example.kz>", "Деректерім", "Сәлем\nМенің деректерім", **more).as_bytes()


def nested(depth: int) -> bytes:
    body = b"Content-Type: text/plain\r\n\r\ndeep"
    for number in range(depth):
        mark = f"b{number}".encode()
        body = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + body + b"\r\n--" + mark + b"--\r\n"
    return HEAD + body


def many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def report(action: str = "failed", message_id: str = "ours@office.example.kz") -> bytes:
    return (
        b"From: MAILER-DAEMON@mx.example.kz\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt did not get through.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.kz\r\n\r\n"
        b"Final-Recipient: rfc822; a@example.kz\r\nAction: " + action.encode() + b"\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + message_id.encode() + b">\r\nSubject: secret\r\n\r\n--b--\r\n"
    )


def test_a_plain_letter_is_read_whole() -> None:
    found = mime.read(raw(In_Reply_To="<b@c>", References="<a@c> <b@c>"))
    assert (found.sender, found.subject, found.text) == ("a@example.kz", "Деректерім", "Сәлем\nМенің деректерім")
    assert found.references == ("b@c", "a@c")
    assert found.automatic == ""


def test_html_alone_becomes_text_and_nothing_is_fetched() -> None:
    made = EmailMessage()
    made["From"] = "a@example.kz"
    made.set_content("<html><head><style>x{}</style></head><body><p>Сәлем</p><script>alert(1)</script><img src=http://x.example/i>"
                     "<div>Менің&nbsp;деректерім</div></body></html>", subtype="html")  # fmt: skip
    assert mime.read(made.as_bytes()).text == "Сәлем\n\nМенің деректерім"


def test_of_two_forms_of_one_text_the_plain_one_is_taken() -> None:
    made = EmailMessage()
    made["From"] = "a@example.kz"
    made.set_content("plain")
    made.add_alternative("<b>rich</b>", subtype="html")
    assert mime.read(made.as_bytes()).text == "plain"


def test_attachments_come_with_their_names_in_any_script() -> None:
    made = letter("a@example.kz", "x", "y", attachments=(("жеке куәлік.pdf", "application/pdf", b"%PDF-1.7"),))
    [found] = mime.read(made.as_bytes()).attachments
    assert (found.name, found.kind, found.data) == ("жеке куәлік.pdf", "application/pdf", b"%PDF-1.7")


def test_a_forwarded_letter_inside_is_read_too() -> None:
    made = letter("a@example.kz", "Fwd", "see below")
    made.add_attachment(letter("b@example.kz", "inner", "inner text"))
    assert mime.read(made.as_bytes()).text == "see below\n\ninner text"


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "utf-16", "utf-8"])
def test_old_encodings_are_read(codec: str) -> None:
    body = HEAD + b"Content-Type: text/plain; charset=" + codec.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert mime.read(body + base64.b64encode("Прошу дать данные".encode(codec))).text == "Прошу дать данные"


@pytest.mark.parametrize("codec", ["zip", "base64", "rot13", "unicode_escape", "no-such-codec", "utf-7", "\u0448", "hex", "x" * 5000])
def test_what_only_looks_like_an_encoding_breaks_nothing(codec: str) -> None:
    found = mime.read(HEAD + b'Content-Type: text/plain; charset="' + codec.encode() + b'"\r\n\r\nhello')
    assert found.text == "hello"


def test_russian_without_a_named_encoding_is_read() -> None:
    assert mime.read(HEAD + b"\r\n" + "Прошу".encode("cp1251")).text == "Прошу"


KAZAKH = "Сәлеметсіз бе! Қандай деректерім сақталғанын айтыңыз, өтінемін."
RUSSIAN = "Прошу сообщить, какие данные обо мне хранятся."


@pytest.mark.parametrize(
    ("text", "bytes_in", "named"),
    [
        (KAZAKH, "kz1048", "kz-1048"),
        (KAZAKH, "ptcp154", "ptcp154"),
        (KAZAKH, "kz1048", ""),  # no name at all
        (KAZAKH, "kz1048", "windows-1251"),  # the usual lie: 1251 has no Kazakh letters
        (KAZAKH, "kz1048", "utf-8"),  # a form on a site that says UTF-8 about everything
        (KAZAKH, "utf-8", "us-ascii"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "koi8-r", ""),
        (RUSSIAN, "koi8-r", "utf-8"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp1251", "utf-8"),
        (RUSSIAN.upper(), "cp1251", ""),
        (RUSSIAN, "cp866", ""),
        ("Ївга Ґонта, Єдиний ўклад", "cp1251", "windows-1251"),  # neighbours' letters stay theirs
    ],
)
def test_a_letter_in_an_old_or_wrongly_named_encoding_is_read(text: str, bytes_in: str, named: str) -> None:
    kind = f"Content-Type: text/plain; charset={named}\r\n".encode() if named else b""
    assert mime.read(HEAD + kind + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text.encode(bytes_in)).text == text


@pytest.mark.parametrize("codec", ["utf-8", "kz1048", "cp1251", "koi8-r"])
def test_a_title_in_bare_bytes_is_read(codec: str) -> None:
    title = "Деректерім туралы сұрақ" if codec in ("utf-8", "kz1048") else "Обращение о персональных данных"
    found = mime.read(b"From: a@example.kz\r\nSubject: " + title.encode(codec) + b"\r\n\r\nx")
    assert found.subject == title


def test_controls_and_marks_that_hide_text_are_gone() -> None:
    found = mime.read(HEAD + "Content-Type: text/plain; charset=utf-8\r\n\r\na\x00b\x1b[31m\u202eevil\u200b".encode())
    assert found.text == "ab[31mevil"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_submitted"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "bulk"),
        ({"List_Id": "<news.example.kz>"}, "mailing_list"),
        ({"X_Autoreply": "yes"}, "auto_submitted"),
        ({"Return_Path": "<>"}, "null_sender"),
    ],
)
def test_what_no_person_wrote_is_not_answered(headers: dict[str, str], why: str) -> None:
    assert mime.read(raw(**headers)).automatic == why


def test_our_own_address_is_not_answered() -> None:
    assert mime.read(raw(), own="A@Example.kz").automatic == "own_address"


@pytest.mark.parametrize("sender", ["", "nobody", "a@x.kz, b@x.kz", "<>", "undisclosed-recipients:;"])
def test_a_letter_from_nobody_or_from_two_is_not_answered(sender: str) -> None:
    found = mime.read(b"From: " + sender.encode() + b"\r\n\r\nx")
    assert (found.sender, found.automatic) == ("", "no_sender")


def test_a_delivery_report_names_our_message_and_what_became_of_it() -> None:
    found = mime.read(report())
    assert found.report == mime.Report("failed", "5.1.1", "ours@office.example.kz")
    assert found.automatic


def test_a_report_of_another_kind_is_none() -> None:
    assert mime.read(report().replace(b"delivery-status; b", b"disposition-notification; b")).report is None


def test_ten_thousand_parts_are_cut() -> None:
    found = mime.read(many_parts(10_000))
    assert "too_many_parts" in found.omitted
    assert len(found.text) < 10_000


@pytest.mark.parametrize("depth", [11, 60, 3000])
def test_parts_inside_parts_inside_parts_are_cut(depth: int) -> None:
    found = mime.read(nested(depth))
    assert {"too_deep", "unreadable"} & set(found.omitted)
    assert "deep" not in found.text


def test_an_endless_header_is_cut() -> None:
    found = mime.read(b"From: a@example.kz\r\nSubject: " + b"x" * 5_000_000 + b"\r\n\r\nhello")
    assert len(found.subject) <= mime.MOST_LINE


def test_a_header_made_to_be_slow_is_read() -> None:
    mime.read(b"From: " + b"(" * 50_000 + b"\r\nReferences: " + b"<" * 50_000 + b"\r\nSubject: " + b"=?" * 20_000 + b"\r\n\r\nx")


def test_a_long_text_is_cut_and_says_so() -> None:
    found = mime.read(HEAD + b"\r\n" + b"word " * 100_000)
    assert len(found.text) <= mime.MOST_TEXT
    assert "text_cut" in found.omitted


def test_of_a_message_whose_beginning_alone_came_no_attachment_is_taken() -> None:
    made = letter("a@example.kz", "x", "y", attachments=(("big.pdf", "application/pdf", b"%PDF-1.7" + b"0" * 100_000),)).as_bytes()
    found = mime.read(made[:2000], whole=False)
    assert (found.text, found.attachments, found.omitted) == ("y", (), ("too_large",))


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    mime.read(noise)
    mime.read(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + noise)


def test_a_letter_with_any_byte_changed_is_still_read() -> None:
    """Half of the structure is hit sooner or later; the places are chosen by a seed."""
    chance = random.Random(7)
    whole = bytearray(report() + raw())
    for _ in range(400):
        hurt = bytearray(whole)
        for _ in range(8):
            hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        mime.read(bytes(hurt))


def mail(**more: str) -> mime.Outbound:
    fields = {"sender": "o@example.kz", "to": "a@example.kz", "subject": "№ 1", "text": "Сәлем", "message_id": "1@example.kz"}
    return mime.Outbound(at=datetime(2026, 3, 19, tzinfo=UTC), **(fields | more))


def test_what_we_compose_says_that_a_machine_wrote_it_and_what_it_answers() -> None:
    made = mime.compose(mail(answers="q@example.kz", language="kk"))
    assert b"Auto-Submitted: auto-replied" in made
    found = mime.read(made)
    assert (found.subject, found.text, found.references, found.message_id) == ("№ 1", "Сәлем", ("q@example.kz",), "1@example.kz")
    assert found.automatic == "auto_submitted"


@pytest.mark.parametrize("name", ["sender", "to", "subject", "message_id", "answers", "language"])
@pytest.mark.parametrize("end", ["\r\nBcc: x@else.example", "\nX: y", "\x00", "\x7f"])
def test_no_header_of_ours_can_be_made_into_two(name: str, end: str) -> None:
    with pytest.raises(Misuse):
        mime.compose(mail(**{name: f"a@example.kz{end}"}))


def test_letters_and_mails_do_not_show_in_a_traceback() -> None:
    shown = repr(mime.read(raw())) + repr(mail()) + repr(mime.Attachment("паспорт", "x", b"secret"))
    assert not any(secret in shown for secret in ("a@example.kz", "деректерім", "паспорт", "secret"))
