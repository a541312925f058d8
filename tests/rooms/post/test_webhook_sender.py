"""What leaves by wire: signed after Standard Webhooks, to the agreed address or nowhere, and what each answer means."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sandyq.errors import Denied
from sandyq.outbox import Parcel
from sandyq.post.sms import SamplePhone
from sandyq.post.webhook import REPLY_BOUND, WebhookSender, checked, signed_headers

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        status = int(self.path.rpartition("/")[2])
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/200")
        body = b"x" * (REPLY_BOUND + 1 if "large" in self.path else 2)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    made = HTTPServer(("127.0.0.1", 0), Answers)
    made.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def sender() -> Iterator[WebhookSender]:
    made = WebhookSender(timeout=5, plain_allowed=True)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("path", "ok", "code", "final"),
    [
        ("200", True, "200", False),
        ("204", True, "204", False),
        ("500", False, "status_500", False),
        ("429", False, "status_429", False),
        ("410", False, "status_410", True),
        ("302", False, "status_302", False),
        ("large/200", False, "reply_too_large", False),
    ],
)
def test_each_answer_means_one_thing(server: HTTPServer, sender: WebhookSender, path: str, ok: bool, code: str, final: bool) -> None:
    outcome = sender.send(Parcel("ref", "target", b"{}", f"http://127.0.0.1:{server.server_port}/{path}"))
    assert (outcome.ok, outcome.code, outcome.final) == (ok, code, final)
    assert server.seen == [f"/{path}"], "a redirect is not followed"  # type: ignore[attr-defined]


def test_silence_is_tried_again(sender: WebhookSender) -> None:
    outcome = sender.send(Parcel("ref", "target", b"{}", "http://127.0.0.1:9/hook"))
    assert (outcome.ok, outcome.code, outcome.final) == (False, "unreachable", False)


@pytest.mark.parametrize("address", ["http://bank.example/hook", "ftp://bank.example", "", "file:///etc/passwd"])
def test_nothing_goes_to_an_address_without_tls(address: str) -> None:
    outcome = WebhookSender().send(Parcel("ref", "target", b"{}", address))
    assert (outcome.ok, outcome.code, outcome.final) == (False, "address_not_https", True)


def test_what_is_signed_is_checked_by_the_same_secret_and_no_other() -> None:
    now = datetime.now(UTC)  # the library checks against the true time
    headers = dict(signed_headers(SECRET, "message", now, b"{}"))
    checked(SECRET, headers, b"{}")
    for secret, changed, body in ((OTHER, {}, b"{}"), (SECRET, {"webhook-id": "other"}, b"{}"), (SECRET, {}, b"{ }")):
        with pytest.raises(Denied):
            checked(secret, {**headers, **changed}, body)


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_message_from_another_time_is_denied(age: timedelta) -> None:
    old = dict(signed_headers(SECRET, "message", datetime.now(UTC) - age, b"{}"))
    with pytest.raises(Denied):
        checked(SECRET, old, b"{}")


def test_missing_headers_and_broken_bytes_are_denied() -> None:
    now = datetime.now(UTC)
    headers = dict(signed_headers(SECRET, "message", now, b"{}"))
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        with pytest.raises(Denied):
            checked(SECRET, {k: v for k, v in headers.items() if k != name}, b"{}")
    with pytest.raises(Denied):
        checked(SECRET, headers, b"\xff\xfe")


def test_the_samples_phone_keeps_the_last_messages_and_a_repeat_once() -> None:
    phone = SamplePhone(keep=2)
    for key in ("a", "b", "b", "c"):
        phone.send("+77000001234", f"text {key}", key)
    assert [m.text for m in phone.latest("1234")] == ["text c", "text b"]
    assert phone.latest("0000") == []
    assert all(m.phone_tail == "1234" for m in phone.latest())
