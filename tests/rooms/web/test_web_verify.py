"""The page that tells whether a letter was issued: what it says, and what it never says (ADR 11)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from office import House
from sandyq import correspondence
from sandyq.app.start import start
from sandyq.correspondence import Channel, Outgoing
from sandyq.db import Work
from sandyq.letters import samples
from sandyq.letters.letter import LetterBody
from sandyq.web import verify
from sandyq.web.adapters.verify import Verify
from sandyq.web.app import create

VERIFIER = Path(__file__).parents[3] / "verifier" / "sandyq_verify.py"
BODY = replace(samples.letters("usual", "ru")["access"], number="20260319-AAAAA")
NOBODYS = "ab" * 32


@pytest.fixture
def client(office: House) -> Iterator[TestClient]:
    start(office.office)
    with TestClient(create(office.office), base_url="http://testserver.local") as client:
        yield client


@pytest.fixture
def issued(office: House, client: TestClient) -> LetterBody:
    """A letter that was issued, its entry published."""
    person = office.applicant()
    new = Outgoing(subject=person.subject, case="", body=BODY.to_json(), kind=BODY.template, language="ru", channels=(Channel.PORTAL,))
    office.do(lambda work: correspondence.issue(work, office.office.gate, new))
    while office.office.sequencer.run_once(office.office.write):
        pass
    office.office.publisher.publish(office.office.stores)
    return BODY


def ask(client: TestClient, path: str = "/en/verify", *, file: bytes = b"", **fields: str):
    mark = re.search(r'name="form_mark" value="([^"]*)"', client.get("/en/verify").text)
    files = {"file": ("letter.json", file or b"", "application/json")}
    return client.post(path, data={"form_mark": mark[1], **fields}, files=files)


def told(html: str) -> str:
    """The page without what differs for every visitor: the mark of the form, and the digest that was asked for."""
    return re.sub(r'value="[^"]*"|[0-9a-f]{64}', "", html)


def test_the_address_of_the_qr_code_leads_to_the_page_in_the_browsers_language(client):
    answer = client.get(f"/verify?d={NOBODYS}", headers={"accept-language": "ru"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/ru/verify?d={NOBODYS}")
    answer = client.get("/verify?d=https://elsewhere.example", follow_redirects=False)
    assert answer.headers["location"] == "/kk/verify"


@pytest.mark.parametrize(
    ("language", "yes"), [("kk", "Иә, мұндай хат берілген"), ("ru", "Да, такое письмо выдано"), ("en", "Yes, such a letter was issued")]
)
def test_an_issued_letter_is_told_with_its_day_and_its_entry_and_nothing_else(office, client, issued, language, yes):
    page = client.get(f"/{language}/verify?d={issued.digest}").text
    assert yes in page
    assert office.look(lambda work: correspondence.by_digest(work, issued.digest)).leaf in page
    for secret in ("Гүлжаһан", "920202400026", issued.answers, issued.number, "access"):
        assert secret not in page


@pytest.mark.parametrize("digest", [NOBODYS, "00" * 32])
def test_a_letter_that_nobody_issued_is_not_told_of(client, issued, digest):
    page = client.get(f"/en/verify?d={digest}").text
    assert "No such letter was issued" in page
    assert "/proof" not in page


def test_a_number_that_is_not_the_letters_is_answered_as_an_unknown_letter(client, issued):
    right = ask(client, digest=issued.digest, number=issued.number)
    wrong = ask(client, digest=issued.digest, number="20260319-ZZZZZ")
    unknown = ask(client, digest=NOBODYS, number="20260319-ZZZZZ")
    assert "Yes, such a letter was issued" in right.text
    assert told(wrong.text) == told(unknown.text)
    assert "No such letter was issued" in wrong.text


def test_a_digest_is_read_as_people_type_it(client, issued):
    typed = " ".join(issued.digest[n : n + 8] for n in range(0, 64, 8)).upper()
    assert "Yes, such a letter was issued" in ask(client, digest=f"SHA256: {typed}").text


@pytest.mark.parametrize(
    "layout", [lambda raw: raw, lambda raw: json.dumps(json.loads(raw), indent=2).encode(), lambda raw: b'{"body":' + raw + b"}"]
)
def test_a_letters_json_is_checked_however_it_is_laid_out(client, issued, layout):
    raw = layout(issued.to_json())
    assert "Yes, such a letter was issued" in ask(client, file=raw).text
    assert "Yes, such a letter was issued" in ask(client, body=raw.decode()).text
    assert "No such letter was issued" in ask(client, file=raw.replace(b"20260319-AAAAA", b"20260319-BBBBB")).text


@pytest.mark.parametrize(
    "raw", [b"hello", b"[1]", b'{"a":1,"a":2}', b"\xff", b'{"a":NaN}', b"[" * 100_000, b'"\\ud800"', b'{"a":"\\ud800"}']
)
def test_what_is_no_letters_json_is_said_so(client, raw):
    answer = ask(client, file=raw)
    assert answer.status_code == 400
    assert "This is not the JSON of a letter." in answer.text


def test_what_is_no_digest_is_said_so_beside_its_field(client):
    for path in ("/en/verify?d=abc", f"/en/verify?d={'g' * 64}", "/en/verify?d=%3Cscript%3E"):
        answer = client.get(path)
        assert answer.status_code == 400
        assert "64 characters" in answer.text
        assert "<script" not in answer.text
    assert ask(client, digest="").status_code == 400


class Counted:
    """A store that notes what it is asked."""

    def __init__(self, tx) -> None:
        self._tx, self.asked = tx, []

    def __getattr__(self, name):
        def asking(text, *more, **named):
            self.asked.append(" ".join(text.split()))
            return getattr(self._tx, name)(text, *more, **named)

        return asking


def test_a_known_and_an_unknown_letter_ask_the_store_the_same(office, client, issued):
    def asked(digest: str):
        def look(work):
            counted = Counted(work.durable)
            found = Verify(office.office)._letter(Work(work.actor, work.at, lambda name: counted), digest, "")
            return found is not None, counted.asked

        return office.look(look)

    (known, one), (unknown, other) = asked(issued.digest), asked(NOBODYS)
    assert (known, unknown) == (True, False)
    assert one == other
    assert one


def test_the_proof_and_the_letters_json_hold_for_the_outsiders_verifier(office, client, issued, tmp_path):
    answer = client.get(f"/en/verify/{issued.digest}/proof")
    assert answer.status_code == 200
    (tmp_path / "letter.json").write_bytes(issued.to_json())
    (tmp_path / "proof").write_bytes(answer.content)
    said = outsider(office, tmp_path)
    assert (said.returncode, "The letter is the one logged as entry" in said.stdout) == (0, True)
    (tmp_path / "letter.json").write_bytes(issued.to_json().replace(b"20260319-AAAAA", b"20260319-BBBBB"))
    said = outsider(office, tmp_path)
    assert (said.returncode, "the letter was altered" in said.stdout) == (1, True)


def outsider(office: House, folder: Path) -> subprocess.CompletedProcess[str]:
    key = str(office.office.publisher.key)
    arguments = [sys.executable, str(VERIFIER), "letter", str(folder / "letter.json"), "--proof", str(folder / "proof"), "--key", key]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_there_is_no_proof_of_what_was_not_issued(client, issued):
    assert client.get(f"/en/verify/{NOBODYS}/proof").status_code == 404
    assert client.get("/en/verify/abc/proof").status_code == 404


def test_an_address_that_asks_too_often_has_to_wait(client):
    answers = [client.get(f"/en/verify?d={NOBODYS}").status_code for _ in range(verify.READS.burst + 5)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_form_that_another_site_made_is_refused(client):
    assert client.post("/en/verify", data={"digest": NOBODYS}).status_code == 403
