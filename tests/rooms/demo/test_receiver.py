"""The partner beside the sample office, over real HTTP: what it believes, keeps, forgets and answers."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chromium import ABSENT, chromium
from sandyq.demo.acknowledge import Acknowledger
from sandyq.demo.partner import Partner
from sandyq.demo.receiver import BODY_BOUND, Receiver

OFFICE_SECRET = "whsec_" + base64.b64encode(b"office-to-partner-0123456789abcd").decode()
OWN_SECRET = "whsec_" + base64.b64encode(b"partner-to-office-0123456789abcd").decode()
FIELDS = {"surname": "Үлгібай", "first_name": "Айсұлу", "phone": "+77010000001"}


class Office:
    """An office that only takes acknowledgements, checks each by the library, and can be told to fail first."""

    def __init__(self):
        self.heard, self.refusals, self.fail_with = [], [], []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = office.fail_with.pop(0) if office.fail_with else 200
                if status == 200:
                    try:
                        said = Webhook(OWN_SECRET).verify(body, dict(self.headers.items()))
                        office.heard.append((self.path, self.headers["sandyq-recipient"], self.headers["webhook-id"], said))
                    except WebhookVerificationError as wrong:
                        office.refusals.append(str(wrong))
                        status = 401
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def office():
    made = Office()
    yield made
    made.close()


@pytest.fixture
def receiver(office):
    partner = Partner("Үлгі Банк", OFFICE_SECRET)
    made = Receiver(partner, Acknowledger(office.url, "bank-a", OWN_SECRET, pauses=(0.01, 0.01, 0.01)))
    made.start()
    yield made
    made.stop()


def message(kind="lead", transfer="t1", person="p1", fields=None):
    data = {"transfer": transfer, "person": person, "purpose": "loan-application"}
    if kind in {"lead", "correct"}:
        data["fields"] = FIELDS if fields is None else fields
    return json.dumps({"type": kind, "timestamp": "2026-03-19T09:30:00Z", "data": data}, ensure_ascii=False).encode()


def headers_for(body, message_id="m1", secret=OFFICE_SECRET, at=None):
    at = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def post(receiver, body, headers=None):
    return httpx.post(receiver.url + "/messages", content=body, headers=headers or headers_for(body))


def people(receiver):
    return httpx.get(receiver.url + "/held.json").json()["people"]


def outcomes(receiver):
    return [m["outcome"] for m in httpx.get(receiver.url + "/held.json").json()["messages"]]


def until(condition):
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in ten seconds")


def test_a_signed_lead_is_stored_and_acknowledged_under_the_partners_own_secret(receiver, office):
    assert post(receiver, message()).status_code == 200
    assert people(receiver)["p1"]["fields"] == FIELDS
    path, recipient, message_id, said = until(lambda: office.heard)[0]
    assert path == "/api/v1/acknowledgements"
    assert recipient == "bank-a"
    assert message_id == "ack_t1_stored"
    assert said["transfer"] == "t1"
    assert said["status"] == "stored"
    assert datetime.fromisoformat(said["at"]).tzinfo is not None
    assert office.refusals == []


@pytest.mark.parametrize(
    ("spoil", "status", "why"),
    [
        (lambda h: h | {"webhook-signature": headers_for(message("destroy"))["webhook-signature"]}, 401, "signature_wrong"),
        (lambda h: h | {"webhook-signature": "v2," + h["webhook-signature"][3:]}, 401, "signature_wrong"),
        (lambda h: h | {"webhook-signature": "nonsense"}, 400, "malformed"),
        (lambda h: h | {"webhook-id": "another"}, 401, "signature_wrong"),
        (lambda h: {k: v for k, v in h.items() if k != "webhook-timestamp"}, 401, "signature_wrong"),
        (lambda h: headers_for(message(), secret=OWN_SECRET), 401, "signature_wrong"),
        (lambda h: headers_for(message(), at=datetime.now(UTC) - timedelta(minutes=6)), 401, "too_old"),
        (lambda h: headers_for(message(), at=datetime.now(UTC) + timedelta(minutes=6)), 401, "too_new"),
    ],
    ids=["other body", "other version", "not a signature", "other id", "no time", "other secret", "six minutes old", "six minutes ahead"],
)
def test_a_message_that_cannot_be_believed_is_refused_and_nothing_is_kept(receiver, office, spoil, status, why):
    reply = post(receiver, message(), spoil(headers_for(message())))
    assert reply.status_code == status
    assert reply.json() == {"error": why}
    assert people(receiver) == {}
    assert outcomes(receiver) == [f"refused: {why}"]
    assert office.heard == []


def test_a_replayed_message_is_refused_and_changes_nothing(receiver, office):
    lead = message()
    captured = headers_for(lead)
    assert post(receiver, lead, captured).status_code == 200
    assert post(receiver, message("destroy", "t2"), headers_for(message("destroy", "t2"), "m2")).status_code == 200
    assert post(receiver, lead, captured).status_code == 409
    late_stamp = captured | {"webhook-timestamp": captured["webhook-timestamp"] + ".9"}
    assert post(receiver, lead, late_stamp).status_code == 409
    assert people(receiver) == {}


def test_a_delivery_signed_again_is_acknowledged_again_but_not_done_again(receiver, office):
    lead, now = message(), datetime.now(UTC)
    post(receiver, lead, headers_for(lead, at=now - timedelta(seconds=60)))
    until(lambda: office.heard)
    destroy = message("destroy", "t2")
    post(receiver, destroy, headers_for(destroy, "m2"))
    assert post(receiver, lead, headers_for(lead, at=now)).status_code == 200
    until(lambda: [one for one in office.heard if one[3]["transfer"] == "t1"][1:])
    assert people(receiver) == {}


def test_an_id_cannot_be_used_for_another_transfer(receiver):
    now = datetime.now(UTC)
    post(receiver, message(), headers_for(message(), at=now - timedelta(seconds=60)))
    other = message(transfer="t9", person="p9")
    assert post(receiver, other, headers_for(other, at=now)).status_code == 409
    assert "p9" not in people(receiver)


@pytest.mark.parametrize(
    ("kind", "status"), [("block", "blocked"), ("release", "released"), ("withdraw", "withdrawn"), ("destroy", "destroyed")]
)
def test_each_order_is_carried_out_and_answered_with_its_own_word(receiver, office, kind, status):
    post(receiver, message())
    order = message(kind, "t2")
    assert post(receiver, order, headers_for(order, "m2")).status_code == 200
    until(lambda: [one for one in office.heard if one[3] == one[3] | {"transfer": "t2", "status": status}])
    kept = people(receiver)
    if kind == "destroy":
        assert kept == {}
    else:
        assert kept["p1"]["state"] == status
        assert kept["p1"]["blocked"] is (kind == "block")
        assert kept["p1"]["fields"] == ({} if kind == "withdraw" else FIELDS)


def test_a_correction_changes_only_its_fields(receiver):
    post(receiver, message())
    correction = message("correct", "t2", fields={"phone": "+77010000002"})
    post(receiver, correction, headers_for(correction, "m2"))
    assert people(receiver)["p1"]["fields"] == FIELDS | {"phone": "+77010000002"}


def test_a_correction_takes_away_what_is_to_be_used_no_more(receiver):
    post(receiver, message())
    correction = json.loads(message("correct", "t2", fields={"surname": "Жаңабаева"}))
    correction["data"]["stop"] = ["phone"]
    body = json.dumps(correction).encode()
    assert post(receiver, body, headers_for(body, "m2")).status_code == 200
    assert people(receiver)["p1"]["fields"] == {"surname": "Жаңабаева", "first_name": FIELDS["first_name"]}


def test_a_lead_that_comes_after_the_destruction_is_not_taken(receiver):
    destroy = message("destroy", "t2")
    post(receiver, destroy, headers_for(destroy, "m2"))
    assert post(receiver, message()).status_code == 410
    assert people(receiver) == {}


def test_a_lead_that_comes_after_the_block_is_blocked(receiver):
    block = message("block", "t2")
    post(receiver, block, headers_for(block, "m2"))
    post(receiver, message())
    assert people(receiver)["p1"]["state"] == "blocked"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"not json", 400),
        (json.dumps({"type": "lead", "data": {"transfer": "t", "person": ""}}).encode(), 400),
        (json.dumps({"type": ["lead"], "data": {"transfer": "t", "person": "p"}}).encode(), 400),
        (json.dumps({"type": "lead", "data": {"transfer": "t", "person": "p", "fields": {"a": 1}}}).encode(), 400),
        (json.dumps({"type": "sell", "data": {"transfer": "t", "person": "p"}}).encode(), 422),
    ],
    ids=["a list", "not JSON", "no person", "type is a list", "field is a number", "unknown type"],
)
def test_a_signed_but_senseless_message_is_refused(receiver, body, status):
    assert post(receiver, body).status_code == status
    assert people(receiver) == {}


def test_an_oversized_message_is_refused_unread(receiver):
    assert post(receiver, b"x" * (BODY_BOUND + 1), {"webhook-id": "m"}).status_code == 413


def test_a_message_without_length_is_refused(receiver):
    assert httpx.post(receiver.url + "/messages", content=iter([b"{}"])).status_code == 411


def test_a_partner_that_is_down_answers_503_and_takes_the_message_later(receiver):
    receiver.partner.switch("down")
    assert post(receiver, message()).status_code == 503
    receiver.partner.switch("down")
    assert post(receiver, message()).status_code == 200


def test_a_partner_that_never_acknowledges_stores_and_says_nothing(receiver, office):
    assert httpx.post(receiver.url + "/switch", data={"name": "never_acknowledge"}).status_code == 303
    post(receiver, message())
    assert people(receiver)["p1"]["state"] == "stored"
    httpx.post(receiver.url + "/switch", data={"name": "never_acknowledge"})
    block = message("block", "t2")
    post(receiver, block, headers_for(block, "m2"))
    until(lambda: office.heard)
    assert [one[3]["transfer"] for one in office.heard] == ["t2"]


def test_an_acknowledgement_is_tried_again_until_the_office_hears_it(receiver, office):
    office.fail_with = [503, 404]
    post(receiver, message())
    until(lambda: office.heard)
    acknowledged = until(lambda: [m for m in httpx.get(receiver.url + "/held.json").json()["messages"] if m["acknowledged"] == "stored"])
    assert len(acknowledged) == 1
    assert len(office.heard) == 1


def test_an_acknowledgement_that_the_office_refuses_is_not_tried_again(receiver, office):
    office.fail_with = [403]
    post(receiver, message())
    until(lambda: httpx.get(receiver.url + "/held.json").json()["messages"][0]["acknowledged"] == "not accepted: 403")
    assert office.heard == []


def test_the_page_shows_what_is_held_and_escapes_it(receiver):
    evil = message(fields={"surname": "<script>alert(1)</script>"}, person="<b>p</b>")
    post(receiver, evil)
    reply = httpx.get(receiver.url + "/")
    assert "&lt;script&gt;" in reply.text
    assert "<script" not in reply.text
    assert "&lt;b&gt;p&lt;/b&gt;" in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "same-origin"


@pytest.mark.browser
@pytest.mark.skipif(ABSENT, reason="no Chromium on this machine")
def test_the_buttons_work_in_a_browser_and_the_page_has_no_barrier(receiver):
    from axe_playwright_python.sync_playwright import Axe

    post(receiver, message())
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.goto(receiver.url + "/")
        found = Axe().run(page)
        page.get_by_role("button", name="Go down").click()
        said = page.get_by_role("button", name="Go down").inner_text()
    assert found.violations_count == 0
    assert said.endswith("on")
    assert receiver.partner.down is True


def test_the_page_is_not_given_to_a_foreign_host_name_nor_switched_from_another_site(receiver):
    assert httpx.get(receiver.url + "/", headers={"Host": "evil.example"}).status_code == 421
    assert httpx.get(receiver.url + "/held.json", headers={"Host": "evil.example"}).status_code == 421
    elsewhere = httpx.post(receiver.url + "/switch", data={"name": "down"}, headers={"Origin": "http://evil.example"})
    assert elsewhere.status_code == 403
    assert receiver.partner.down is False


def start(tmp_path, secret_text, *more):
    secret = tmp_path / "partner.toml"
    secret.write_text(secret_text)
    command = [
        sys.executable,
        "-m",
        "sandyq.demo.receiver",
        "--name",
        "A",
        "--secret-file",
        str(secret),
        "--office-url",
        "http://127.0.0.1:9",
        *more,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


def test_the_process_starts_prints_its_address_takes_a_message_and_ends_on_a_signal(tmp_path):
    good = f'recipient = "bank-a"\nincoming = "{OFFICE_SECRET}"\noutgoing = "{OWN_SECRET}"\n'
    running = start(tmp_path, good, "--port", "0", "--never-acknowledge")
    try:
        url = running.stdout.readline().strip()
        reply = httpx.post(url + "/messages", content=message(), headers=headers_for(message()))
        assert reply.status_code == 200
        taken = url.rpartition(":")[2]
        second = start(tmp_path, good, "--port", taken)
        said = second.communicate(timeout=20)[1]
        assert second.returncode == 1
        assert "Choose another with --port" in said
    finally:
        running.terminate()
        out, err = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Үлгібай" not in out + err


@pytest.mark.parametrize("text", ["", 'recipient = "a"', 'recipient = "a"\nincoming = "whsec_"\noutgoing = "x"', "= broken"])
def test_a_bad_secret_file_stops_the_start_with_its_remedy(tmp_path, text):
    running = start(tmp_path, text)
    said = running.communicate(timeout=20)[1]
    assert running.returncode == 1
    assert "partner.toml" in said
    assert "whsec_..." in said
    assert "Traceback" not in said
