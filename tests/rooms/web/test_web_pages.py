"""Headers, languages, faults, the receipt and the console over HTTP."""

import re

import pytest
from litestar.testing import TestClient
from stand_in import CLAIM, CODE, SUBJECT, Office
from test_web_form import hidden

from sandyq.errors import NotReady
from sandyq.http.limits import Buckets, Rate
from sandyq.web.app import build


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def client(office):
    with TestClient(build(office, writes=Buckets(Rate(1000, 1000))), base_url="http://testserver.local") as client:
        yield client


def press(client, page, path, **fields):
    """Send a form with the mark of a page that was opened."""
    mark = hidden(client.get(page).text)["form_mark"]
    return client.post(path, data={"form_mark": mark, **fields}, follow_redirects=False)


def sign_in(client):
    return press(client, "/en/console", "/en/console/enter", login="aigul", password="correct horse", code=CODE)


def enter_receipt(client):
    press(client, "/en/receipt", "/en/receipt/open", claim=CLAIM)
    return press(client, "/en/receipt", "/en/receipt/enter", code=CODE)


@pytest.mark.parametrize("path", ["/kk/", "/ru/apply", "/en/policy", "/en/nothing", "/xx/apply", "/static/sandyq.css", "/en/console", "/"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path, follow_redirects=False).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == ("public, max-age=300" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize("path", ["/", "/kk/apply", "/en/nothing", "/static/sandyq.css"])
def test_what_can_be_read_can_be_asked_for_without_its_body(client, path):
    read, asked = client.get(path, follow_redirects=False), client.head(path, follow_redirects=False)
    assert (asked.status_code, asked.content) == (read.status_code, b"")
    assert asked.headers["content-type"] == read.headers["content-type"]
    assert asked.headers["content-security-policy"] == read.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/kk/", "/ru/apply", "/en/policy", "/en/receipt", "/en/console"])
def test_no_page_has_anything_inline_or_from_elsewhere(client, path):
    html = client.get(path).text
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", html)


@pytest.mark.parametrize(("asked", "to"), [("ru,en;q=0.5", "/ru/"), ("", "/kk/"), ("en-GB", "/en/")])
def test_the_bare_address_leads_to_the_asked_language(client, asked, to):
    answer = client.get("/", headers={"accept-language": asked}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, to)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_page_says_its_language_and_leads_to_itself_in_the_others(client, language):
    answer = client.get(f"/{language}/receipt")
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    for other in {"kk", "ru", "en"} - {language}:
        assert f'href="/{other}/receipt" lang="{other}"' in answer.text


def test_a_page_without_a_form_sets_no_cookie(client):
    assert "set-cookie" not in client.get("/en/policy").headers
    cookie = client.get("/en/apply").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_the_banner_shows_when_the_policy_is_read_by_its_words(client, office):
    assert "band warning" not in client.get("/en/").text
    office.front.reading = "as_published"
    assert "The policy is read by its words" in client.get("/en/").text


def test_every_clause_of_the_policy_has_its_anchor(client):
    html = client.get("/ru/policy").text
    for clause in ("1-1", "2-2", "4-1-5", "5-1-6", "6-2-13", "7-2", "8-3"):
        assert f'id="c-{clause}"' in html


def test_the_clauses_that_the_form_cites_stand_on_the_policy_page(client):
    cited = set(re.findall(r"policy#(c-[0-9-]+)", client.get("/en/apply").text))
    anchors = set(re.findall(r'id="(c-[0-9-]+)"', client.get("/en/policy").text))
    assert cited
    assert cited <= anchors


def test_the_receipt_asks_for_both_codes(client):
    assert "Receipt code" in client.get("/en/receipt").text
    wrong = press(client, "/en/receipt", "/en/receipt/enter", code="111111")
    assert wrong.status_code == 400
    answer = enter_receipt(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/receipt")
    assert "2026-000117" in client.get("/en/receipt").text


def test_a_right_and_a_wrong_claim_code_get_the_same_page(client):
    pages = [press(client, "/en/receipt", "/en/receipt/open", claim=claim).text for claim in (CLAIM, "AAAA-BBBB-CCCC")]
    assert len({re.sub(r'value="[^"]+"', "", page) for page in pages}) == 1


def test_a_session_that_ended_leads_back_to_the_sign_in(client):
    client.cookies.set("sandyq_receipt", "old")
    answer = client.get("/en/receipt")
    assert answer.status_code == 403
    assert "The session has ended" in answer.text


def test_a_withdrawal_is_asked_once_more_before_it_acts(client, office):
    enter_receipt(client)
    asked = press(client, "/en/receipt", "/en/receipt/withdraw", grant="g1")
    assert "Yes, withdraw it" in asked.text
    assert office.applicant.withdrawn == set()
    press(client, "/en/receipt", "/en/receipt/withdraw", grant="g1", sure="yes")
    assert office.applicant.withdrawn == {"g1"}


def test_proof_and_certificate_are_files_to_keep(client):
    enter_receipt(client)
    for path in ("/en/receipt/proof/l1", "/en/receipt/certificate/pdf", "/en/receipt/certificate/json"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
    assert client.get("/en/receipt/certificate/exe").status_code == 404


def test_nothing_of_the_receipt_is_handed_out_without_a_session(client):
    assert client.get("/en/receipt/proof/l1").status_code == 403


def test_one_sentence_for_every_cause_of_a_failed_sign_in(client):
    pages = [
        press(client, "/en/console", "/en/console/enter", login=login, password=password, code=code).text
        for login, password, code in (("aigul", "wrong", CODE), ("aigul", "correct horse", "1"), ("aigul", "", ""))
    ]
    assert len({re.sub(r'name="form_mark" value="[^"]+"', "", page) for page in pages}) == 1


@pytest.mark.parametrize("path", ["", "/asserted", "/unconfirmed", "/standing", "/log", f"/person/{SUBJECT}"])
def test_the_console_shows_the_sign_in_to_strangers(client, path):
    html = client.get(f"/en/console{path}").text
    assert 'autocomplete="current-password"' in html
    assert "••••" not in html


def test_a_person_is_opened_for_a_purpose_only(client):
    sign_in(client)
    page = f"/en/console/person/{SUBJECT}"
    assert "0042" not in client.get(page).text
    assert press(client, page, page).status_code == 400
    opened = press(client, page, page, purpose="loan-application")
    assert opened.status_code == 200
    assert "0042" in opened.text


def test_a_refused_look_shows_clause_and_article_and_no_data(client):
    sign_in(client)
    page = f"/en/console/person/{SUBJECT}"
    refused = press(client, page, page, purpose="quality")
    assert refused.status_code == 403
    assert "7.2" in refused.text
    assert "art. 7(6)" in refused.text
    assert "0042" not in refused.text


def test_a_destruction_is_asked_once_more(client, office):
    sign_in(client)
    page = f"/en/console/person/{SUBJECT}"
    asked = press(client, page, f"{page}/order", kind="destroy", reason="unlawful", document="order 12")
    assert "Really destroy?" in asked.text
    assert office.console.orders == []
    done = press(client, page, f"{page}/order", kind="destroy", reason="unlawful", document="order 12", sure="yes")
    assert "23 Nov 2026" in done.text
    assert [order.kind for order in office.console.orders] == ["destroy"]


def test_a_merge_without_an_identity_check_is_told_and_not_done(client, office):
    sign_in(client)
    answer = press(client, "/en/console/asserted", "/en/console/asserted/a1", decision=f"merge:{SUBJECT}")
    assert answer.status_code == 400
    assert office.console.decided == []


def test_of_a_destroyed_person_the_claim_code_alone_opens_what_is_left(client, office):
    office.applicant.gone = True
    answer = press(client, "/en/receipt", "/en/receipt/open", claim=CLAIM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/receipt")
    assert "Certificate (PDF)" in client.get("/en/receipt").text


def test_a_form_whose_browser_hides_where_it_came_from_counts_only_beside_the_browsers_own_word(client):
    mark = hidden(client.get("/en/receipt").text)["form_mark"]
    fields = {"form_mark": mark, "claim": CLAIM}
    assert client.post("/en/receipt/open", data=fields, headers={"origin": "null"}).status_code == 403
    assert client.post("/en/receipt/open", data=fields, headers={"origin": "null", "sec-fetch-site": "same-origin"}).status_code == 200
    assert client.post("/en/receipt/open", data=fields, headers={"origin": "https://elsewhere.example"}).status_code == 403


def test_over_tls_the_cookies_belong_to_this_host_alone(office):
    office.secure = True
    with TestClient(build(office, writes=Buckets(Rate(1000, 1000))), base_url="https://testserver.local") as client:
        assert client.get("/en/apply").headers["set-cookie"].startswith("__Host-sandyq_browser=")
        assert sign_in(client).headers["set-cookie"].startswith("__Host-sandyq_console=s")
        assert "aigul" in client.get("/en/console").text


def test_the_samples_inbox_shows_sms_and_mails_apart(client):
    text = client.get("/en/sample/inbox").text
    sms, mail = text.partition('id="mail"')[::2]
    assert CODE in sms
    assert CODE not in mail
    assert "Request No. 20260319-ABCDE" in mail
    assert "Request No. 20260319-ABCDE" not in sms


def test_a_mail_written_on_the_samples_page_reaches_the_office_and_faults_come_at_once(client, office):
    assert "Request No. 20260319-ABCDE" in client.get("/en/sample/inbox").text
    wrong = press(client, "/en/sample/inbox", "/en/sample/inbox", **{"from": "x", "title": "t", "text": ""})
    assert wrong.status_code == 400
    assert wrong.text.count('aria-invalid="true"') == 2
    sent = press(client, "/en/sample/inbox", "/en/sample/inbox", **{"from": "a@example.kz", "title": "t", "text": "x"})
    assert (sent.status_code, office.mailbox.written) == (303, [("a@example.kz", "t")])


def test_a_decision_on_a_submission_reaches_the_desk(client, office):
    sign_in(client)
    answer = press(client, "/en/console/asserted", "/en/console/asserted/a1", decision=f"merge:{SUBJECT}", document="ID card shown")
    assert answer.status_code == 303
    assert office.console.decided == [("a1", "merge", SUBJECT)]


def test_too_many_forms_get_429_with_the_time_to_wait(office):
    with TestClient(build(office, writes=Buckets(Rate(2, 1))), base_url="http://testserver.local") as client:
        answers = [press(client, "/en/receipt", "/en/receipt/open", claim="A") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


def test_an_office_that_is_not_ready_says_so_with_503(client, office, monkeypatch):
    async def refuse(language):
        raise NotReady("database_newer")

    monkeypatch.setattr(office.front, "about", refuse)
    answer = client.get("/ru/")
    assert answer.status_code == 503
    assert "Обновите программу" in answer.text


def test_an_unexpected_failure_shows_no_trace_and_no_value(client, office, monkeypatch, capsys):
    async def fail(language):
        raise RuntimeError("900101300017")

    monkeypatch.setattr(office.front, "policy", fail)
    answer = client.get("/en/policy")
    out = capsys.readouterr()
    assert answer.status_code == 500
    assert "900101300017" not in answer.text + out.out + out.err
    assert "RuntimeError" not in answer.text
