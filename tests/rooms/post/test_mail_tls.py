"""Mail over TLS with certificates made here: a right one carries mail, any other none, and nothing goes in clear where TLS was asked for."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from mail_servers import OFFICE, Certificate, Dovecot, Post, Smtp, certificate, letter
from sandyq.errors import BadFile
from sandyq.post import mime
from sandyq.post.mail import ImapBox, Server, SmtpSender
from sandyq.settings import Settings

HERE = x509.IPAddress(IPv4Address("127.0.0.1"))
RAW = letter(OFFICE, "№ 1", "Сәлем").as_bytes()


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), HERE)


def wrong(folder: Path, how: str) -> Certificate:
    """A certificate that no client may take: for another name, run out, or of an authority that nobody trusts."""
    if how == "another name":
        return certificate(folder, x509.DNSName("elsewhere.example"))
    return certificate(folder, HERE, days=-1 if how == "run out" else 30)


def trusted(found: Certificate, how: str) -> ssl.SSLContext:
    return ssl.create_default_context() if how == "unknown authority" else found.client()


@contextmanager
def smtp(way: str, found: Certificate) -> Iterator[tuple[Smtp, Post]]:
    post = Post()
    more: dict[str, Any] = {"ssl_context": found.server()} if way == "tls" else {"tls_context": found.server(), "require_starttls": True}
    server = Smtp(post, **more)
    try:
        yield server, post
    finally:
        server.close()


@pytest.fixture(scope="module")
def imaps(right: Certificate, imap_server: Dovecot) -> Iterator[Dovecot]:
    server = Dovecot(right)  # `imap_server` says whether there is a Dovecot at all
    yield server
    server.close()


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_mail_goes_over_tls_to_a_server_whose_certificate_fits(right: Certificate, way: str) -> None:
    with smtp(way, right) as (server, post):
        outcome = SmtpSender(Server("127.0.0.1", server.port, way), OFFICE, timeout=5, context=right.client()).send(
            "a@example.kz", RAW, "1"
        )
    assert (outcome.ok, outcome.code) == (True, "handed_over")
    assert [mime.read(got).text for _, got in post.got] == ["Сәлем"]


@pytest.mark.parametrize("way", ["starttls", "tls"])
@pytest.mark.parametrize("how", ["another name", "run out", "unknown authority"])
def test_no_mail_goes_to_a_server_with_a_wrong_certificate_and_it_is_tried_again_later(tmp_path: Path, way: str, how: str) -> None:
    found = wrong(tmp_path, how)
    with smtp(way, found) as (server, post):
        sender = SmtpSender(Server("127.0.0.1", server.port, way, "user", "secret"), OFFICE, timeout=5, context=trusted(found, how))
        outcome, checked = sender.send("a@example.kz", RAW, "1"), sender.check()
    assert (outcome.ok, outcome.code, outcome.final) == (False, "tls_failed", False)
    assert checked == "tls_failed"
    assert post.got == []


def test_without_a_context_of_its_own_the_machines_authorities_count(right: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp("tls", right) as (server, _):
        sender = SmtpSender(Server("127.0.0.1", server.port, "tls"), OFFICE, timeout=5)
        before = sender.check()
        monkeypatch.setenv("SSL_CERT_FILE", str(right.authority))
        assert (before, sender.check()) == ("tls_failed", "")


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_the_mailbox_is_read_over_tls_when_the_certificate_fits(imaps: Dovecot, right: Certificate, way: str) -> None:
    imaps.empty()
    imaps.put(RAW)
    at = Server("127.0.0.1", imaps.tls_port if way == "tls" else imaps.port, way, OFFICE, imaps.password)
    with ImapBox(at, timeout=10, context=right.client()).opened() as session:
        [mark] = session.marks()
        assert mime.read(session.fetch(mark).raw).text == "Сәлем"
        session.remove(mark)
    assert imaps.count() == 0


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_no_password_goes_to_a_mailbox_with_a_certificate_that_nobody_vouches_for(imaps: Dovecot, way: str) -> None:
    at = Server("127.0.0.1", imaps.tls_port if way == "tls" else imaps.port, way, OFFICE, imaps.password)
    assert ImapBox(at, timeout=10).check() == "mail_server_tls"


def test_a_mailbox_with_a_certificate_for_another_name_is_not_opened(imaps: Dovecot, right: Certificate) -> None:
    at = Server("localhost", imaps.tls_port, "tls", OFFICE, imaps.password)  # the certificate names the address, not this name
    assert ImapBox(at, timeout=10, context=right.client()).check() == "mail_server_tls"


@contextmanager
def stripped(greeting: bytes, answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Somebody on the line: a server that offers no TLS and refuses it, and keeps every line that it was told."""
    heard: list[bytes] = []
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as line:
            line.write(greeting)
            while said := line.readline():
                heard.append(said)
                line.write(answer.replace(b"TAG", said.split(b" ")[0]))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], heard
    finally:
        thread.join(5)
        listening.close()


def test_where_starttls_is_taken_out_on_the_way_neither_password_nor_mail_is_sent() -> None:
    with stripped(b"220 mx.example.kz\r\n", b"250 mx.example.kz\r\n") as (port, heard):
        outcome = SmtpSender(Server("127.0.0.1", port, "starttls", "user", "secret"), OFFICE, timeout=5).send("a@example.kz", RAW, "1")
    assert (outcome.ok, outcome.final) == (False, False)
    assert not any(word in b"".join(heard) for word in (b"AUTH", b"secret", b"MAIL FROM", b"a@example.kz"))


def test_where_starttls_is_taken_out_on_the_way_the_mailbox_is_not_opened() -> None:
    with stripped(b"* OK [CAPABILITY IMAP4rev1] hello\r\n", b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n") as (port, heard):
        at = Server("127.0.0.1", port, "starttls", "user", "secret")
        assert ImapBox(at, timeout=5).check() == "mail_server_refused"
    assert not any(word in b"".join(heard) for word in (b"LOGIN", b"secret"))


@pytest.mark.parametrize("way", ["smtp", "imap"])
@pytest.mark.parametrize("word", ["none", "", "ssl"])
def test_no_office_can_be_told_to_send_its_mail_in_clear_over_a_network(tmp_path: Path, way: str, word: str) -> None:
    (tmp_path / "sandyq.toml").write_text(f'mail_from = "{OFFICE}"\n{way}_host = "mail.example.kz"\n{way}_tls = "{word}"\n')
    with pytest.raises(BadFile) as refused:
        Settings.load(tmp_path, {})
    assert f"{way}_tls" in (tmp_path / "sandyq.toml").read_text().splitlines()[refused.value.params["line"] - 1]
