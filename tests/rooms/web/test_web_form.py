"""The application form over HTTP: what is refused, what is kept, what reaches the office."""

import re

import pytest
from litestar.testing import TestClient
from stand_in import CLAIM, Office

from sandyq.http.limits import Buckets, Rate
from sandyq.web.app import build

GOOD = {
    "data.surname": "Сарсенова",
    "data.first_name": "Айару",
    "data.iin": "900101300017",
    "data.birth_date": "01.01.1990",
    "data.phone": "8 701 234 56 78",
    "data.city": "Алматы",
    "data.income_monthly": "350 000",
    "data.loan_amount": "200 000",
    "data.loan_term_months": "12",
    "consent.collection": "yes",
    "consent.service": "yes",
}


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def client(office):
    with TestClient(build(office, writes=Buckets(Rate(1000, 1000))), base_url="http://testserver.local") as client:
        yield client


def hidden(html):
    """The hidden inputs of the first form on the page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))


def send(client, language="en", files=None, drop=(), **changed):
    fields = {**hidden(client.get(f"/{language}/apply").text), **GOOD, **changed}
    fields = {name: value for name, value in fields.items() if name not in drop}
    return client.post(f"/{language}/apply", data=fields, files=files or {"file.document_copy": ("", b"")})


def test_a_whole_form_is_taken_in_and_the_claim_code_is_shown(client, office):
    answer = send(client)
    assert answer.status_code == 200
    assert CLAIM in answer.text
    (application,) = office.applicant.sent
    assert application.values["surname"] == "Сарсенова"
    assert {(c.id, c.given) for c in application.choices} == {("collection", True), ("service", True)}


def test_a_consent_left_alone_makes_no_choice_and_a_refusal_makes_one(client, office):
    send(client, **{"consent.marketing.sms": "no"})
    chosen = {c.id: c.given for c in office.applicant.sent[0].choices}
    assert chosen == {"collection": True, "service": True, "marketing.sms": False}


def test_nothing_is_chosen_beforehand(client):
    html = client.get("/kk/apply").text
    assert "checked" not in html
    assert html.count('type="radio"') >= 12


def test_the_digest_of_the_shown_text_comes_back_with_the_choice(client, office):
    send(client)
    html = client.get("/en/apply").text
    for choice in office.applicant.sent[0].choices:
        assert choice.sha256 in html


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "ЖСН-нің бақылау цифры"), ("ru", "Контрольная цифра ИИН"), ("en", "check digit of the IIN")]
)
def test_all_errors_come_at_once_in_the_asked_language_and_nothing_is_sent_on(client, office, language, said):
    answer = send(client, language, drop=("data.surname",), **{"data.iin": "900101300018", "data.shoe_size": "38"})
    assert answer.status_code == 400
    assert said in answer.text
    assert "shoe_size" in answer.text
    assert 'href="#f-data.surname"' in answer.text
    assert office.applicant.sent == []


def test_what_was_typed_is_shown_again_and_files_are_asked_for_again(client):
    answer = send(client, files={"file.document_copy": ("id.pdf", b"%PDF-1.7 x", "application/pdf")}, **{"data.phone": "12"})
    assert answer.status_code == 400
    assert 'value="Сарсенова"' in answer.text
    assert "Choose the files again" in answer.text


def test_another_language_keeps_what_was_typed_and_no_answer_to_a_consent_that_was_read_in_the_first(client, office):
    fields = {**hidden(client.get("/ru/apply").text), **GOOD, "switch": "kk"}
    switched = client.post("/kk/apply", data=fields, files={"file.document_copy": ("", b"")})
    assert switched.status_code == 200
    assert '<html lang="kk">' in switched.text
    assert 'value="Сарсенова"' in switched.text
    assert " checked" not in switched.text
    assert office.applicant.sent == []


def test_each_wrong_input_points_to_its_error(client):
    html = send(client, **{"data.phone": "12"}).text
    assert re.search(r'name="data.phone"[^>]*aria-describedby="[^"]*f-data.phone-error"[^>]*aria-invalid="true"', html)
    assert 'id="f-data.phone-error"' in html


def test_without_consent_the_form_is_refused_with_clause_and_article(client, office):
    answer = send(client, drop=("consent.collection", "consent.service"))
    assert answer.status_code == 400
    assert office.applicant.refused == 1  # the office was asked, so that the refusal is on record
    assert "clause 5.3" in answer.text
    assert "art. 8" in answer.text
    assert office.applicant.sent == []


def test_a_text_that_changed_meanwhile_has_to_be_read_again(client, office):
    answer = send(client, **{"seen.service": "0" * 64})
    assert answer.status_code == 400
    assert "has changed" in answer.text
    assert office.applicant.sent == []


def test_what_the_office_refuses_is_shown_like_any_other_error(client):
    answer = send(client, **{"data.city": "Atlantis"})
    assert answer.status_code == 400
    assert 'href="#f-data.city"' in answer.text


def test_what_was_typed_is_escaped(client):
    answer = send(client, **{"data.surname": '"><script>x</script>', "data.iin": "1"})
    assert answer.status_code == 400
    assert "<script" not in answer.text


def test_an_uploaded_file_reaches_the_office_whole(client, office):
    content = b"%PDF-1.7\n" + bytes(range(256)) * 8000
    answer = send(client, files={"file.document_copy": ("удостоверение.pdf", content, "application/pdf")})
    assert answer.status_code == 200
    (upload,) = office.applicant.sent[0].uploads
    assert (upload.field, upload.content) == ("document_copy", content)


def test_a_file_without_a_byte_is_named_and_not_dropped(client, office):
    answer = send(client, files={"file.document_copy": ("card.pdf", b"", "application/pdf")})
    assert answer.status_code == 400
    assert "The file is empty" in answer.text
    assert office.applicant.sent == []


BIG = {"file.document_copy": ("big.pdf", b"x" * (10 * 1024 * 1024 + 1), "application/pdf")}


@pytest.mark.parametrize(
    ("language", "said"),
    [("kk", "Файл тым үлкен: ең көбі 10 МБ"), ("ru", "Файл слишком большой: не больше 10 МБ"), ("en", "at most 10 MB")],
)
def test_a_file_over_the_bound_loses_nothing_that_was_typed_or_chosen(client, office, language, said):
    answer = send(client, language, files=BIG, **{"consent.marketing.sms": "no", "data.iin": "900101300018"})
    assert answer.status_code == 413
    html = answer.text
    beside = re.search(r'id="f-file.document_copy-error">(.*?)</p>', html)
    assert beside is not None
    assert said in beside.group(1)
    assert 'id="f-data.iin-error"' in html, "every other fault is told with it"
    for value in ("Сарсенова", "Айару", "8 701 234 56 78", "350 000"):
        assert f'value="{value}"' in html
    for chosen in ("collection-yes", "service-yes", "marketing.sms-no"):
        assert re.search(rf'id="f-consent\.{re.escape(chosen)}"[^>]*checked', html)
    assert office.applicant.sent == []


def test_what_comes_after_the_large_file_is_kept_too(client, office):
    """A browser sends the parts in the order of the page; this one sends the file first."""
    fields = {**hidden(client.get("/en/apply").text), **GOOD}
    files = [*BIG.items(), *((name, (None, value)) for name, value in fields.items())]
    answer = client.post("/en/apply", files=files)
    assert answer.status_code == 413
    assert 'value="Сарсенова"' in answer.text
    assert office.applicant.sent == []


def test_a_body_far_over_every_bound_is_refused_unread(client, office):
    answer = client.post(
        "/en/apply", content=b"", headers={"content-type": "multipart/form-data; boundary=b", "content-length": str(10**9)}
    )
    assert answer.status_code == 413
    assert office.applicant.sent == []


def test_a_form_without_our_mark_is_refused(client, office):
    client.get("/en/apply")
    answer = client.post("/en/apply", data=GOOD, files={"file.document_copy": ("", b"")})
    assert answer.status_code == 403
    assert office.applicant.sent == []


def test_a_mark_of_another_browser_is_refused(client, office):
    mark = hidden(client.get("/en/apply").text)["form_mark"]
    client.cookies.clear()
    client.get("/en/apply")
    assert send(client, form_mark=mark).status_code == 403
    assert office.applicant.sent == []


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_a_form_sent_from_another_site_is_refused(client, office, header):
    fields = {**hidden(client.get("/en/apply").text), **GOOD}
    assert client.post("/en/apply", data=fields, files={"file.document_copy": ("", b"")}, headers=header).status_code == 403
    assert office.applicant.sent == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="data.iin"\r\n\r\n\xff\xfe\r\n--b--\r\n', "multipart/form-data; boundary=b"),
        (b"--b\r\nContent-Disposition: form-da", "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
        (b"data.iin=%ff%fe", "application/x-www-form-urlencoded"),
        (b"a=1&" * 5000, "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
    ],
)
def test_a_broken_body_is_a_bad_request_and_not_a_failure(client, content, kind):
    client.get("/en/apply")
    answer = client.post("/en/apply", content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_a_body_whose_end_never_comes_is_cut_off_at_the_bound(client):
    client.get("/en/apply")

    def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="file.document_copy"; filename="x"\r\n\r\n'
        for _ in range(1100):
            yield b"x" * 65536

    answer = client.post("/en/apply", content=endless(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 413
