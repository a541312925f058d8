"""Who misuses the API, and what they meet: repeated keys, wrong tokens, bad bodies, too much, too often; never a trace, never a value."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from api_caller import Caller, Served, serving
from office import House
from personnel_world import hr
from personnel_world import values as employee_values
from sandyq import staff
from sandyq.api import Limits
from sandyq.app import once
from sandyq.http.limits import Rate
from sandyq.law.vocabulary import ActorKind
from sandyq.staff import Power


@pytest.fixture
def served(office: House) -> Iterator[Served]:
    with serving(office) as made:
        yield made


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"]
    assert "Traceback" not in answer.text
    return answer.status_code, body["code"]


# --- the same request twice ------------------------------------------------------------------------------------------------------------------


def test_the_same_key_with_the_same_form_gives_the_same_answer_and_one_person(served: Served) -> None:
    person = served.house.person()
    form = served.application(person)
    first = served.site.post("/collect", form, idempotency_key="form-1")
    again = served.site.post("/collect", form, idempotency_key="form-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(served.find(person)["hits"]) == 1
    assert len([e for e in served.entries() if e["act"] == "collect.done"]) == 1


def test_the_same_key_with_another_form_is_a_conflict_and_takes_nothing_in(served: Served) -> None:
    first, other = served.house.person(), served.house.person()
    assert served.site.post("/collect", served.application(first), idempotency_key="k").status_code == 201
    assert problem(served.site.post("/collect", served.application(other), idempotency_key="k")) == (409, "idempotency_key_reused")
    assert served.find(other)["hits"] == []


def test_a_key_belongs_to_its_caller(served: Served) -> None:
    form = served.application(served.house.person())
    second = served.caller(ActorKind.SYSTEM, "another-site", (Power.COLLECT,))
    one = served.site.post("/collect", form, idempotency_key="k").json()
    two = second.post("/collect", form, idempotency_key="k").json()
    assert one["submission"] != two["submission"]


def test_an_order_given_twice_under_a_key_is_one_order_and_a_refused_one_is_refused_with_the_same_decision(served: Served) -> None:
    subject, paper = served.applicant(served.house.person()), served.house.document()
    block = {"kind": "block", "subject": subject, "reason": "violation_claimed", "document": paper}
    destroy = {"kind": "destroy", "subject": subject, "document": paper}
    assert [served.dpo.post("/orders", block, idempotency_key="b").json() for _ in range(2)].count(
        served.dpo.post("/orders", block, idempotency_key="b").json()
    ) == 2
    refused = [served.dpo.post("/orders", destroy, idempotency_key="d") for _ in range(2)]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert refused[0].json() == refused[1].json()


def test_a_paper_sent_twice_under_a_key_is_on_file_once(served: Served) -> None:
    subject = served.applicant(served.house.person())
    paper = {"subject": subject, "kind": "proof", "number": "AA 12345"}
    answers = [served.dpo.post("/documents", paper, idempotency_key="p") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert served.dpo.post("/documents", paper).json() != answers[0].json()
    assert problem(served.dpo.post("/documents", {**paper, "number": "BB 1"}, idempotency_key="p")) == (409, "idempotency_key_reused")


def test_somebody_taken_on_twice_under_a_key_is_one_employee(served: Served) -> None:
    department = served.caller(ActorKind.STAFF, hr(served.house).id, (Power.PERSONNEL,))
    new = {
        "role": "employee",
        "data": employee_values(served.house.person()),
        "grounds": [{"purpose": "labour", "ground": "9(2-1)", "citation": "Labour Code art. 28"}],
        "started": "2026-03-02",
        "paper": "contract 12",
        "identity_seen": True,
    }
    answers = [department.post("/personnel", new, idempotency_key="h") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].json() == answers[1].json()
    assert len([e for e in served.entries() if e["act"] == "personnel.taken_on"]) == 1


def test_a_withdrawal_sent_twice_under_a_key_is_one_withdrawal(served: Served) -> None:
    served.applicant(served.house.person(), to=[served.house.bank_a])
    (claim,) = served.claims.values()
    given = [c["id"] for c in served.consents(claim) if c["kind"] == "recipient" and c["state"] == "given"]
    answers = [served.site.post("/consents/withdraw", {"consents": given}, sandyq_claim=claim, idempotency_key="w") for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert problem(served.site.post("/consents/withdraw", {"consents": given}, sandyq_claim=claim)) == (409, "consent_not_given_now")


def test_a_key_is_forgotten_after_seven_days(served: Served) -> None:
    form = served.application(served.house.person())
    first = served.site.post("/collect", form, idempotency_key="k").json()
    served.house.clock.advance(timedelta(days=7, seconds=1))
    assert served.house.do(once.forget_old) == 1
    assert served.site.post("/collect", form, idempotency_key="k").json()["submission"] != first["submission"]


def test_the_table_of_keys_holds_nothing_that_was_sent(served: Served) -> None:
    person = served.house.person()
    served.site.post("/collect", served.application(person), idempotency_key=f"iin-{person.iin}")
    rows = served.house.look(lambda work: work.durable.all("SELECT mark, request, answer FROM idempotency"))
    kept = b"".join(part if isinstance(part, bytes) else str(part).encode() for row in rows for part in row)
    assert len(rows) == 1
    assert not any(value.encode() in kept for value in (person.iin, person.surname, person.phone[1:], person.email))


@pytest.mark.parametrize("key", ["a b", "x" * 201, "a\tb"])
def test_a_malformed_key_is_said_so(served: Served, key: str) -> None:
    answer = served.site.http.post("/collect", json=served.application(served.house.person()), headers={"idempotency-key": key})
    assert problem(answer) == (400, "idempotency_key_malformed")


# --- who is not let in -------------------------------------------------------------------------------------------------------------------------


def test_without_a_token_with_a_made_up_one_and_with_a_revoked_one(served: Served) -> None:
    body = {"purpose": served.house.purpose, "kind": "iin", "value": "x"}
    assert problem(served.anybody.post("/find", body)) == (401, "token_missing")
    answer = Caller(served.base, "sdq_" + "0" * 64).post("/find", body)
    assert problem(answer) == (401, "token_unknown")
    assert answer.headers["www-authenticate"].startswith("Bearer")

    person = served.house.person()
    assert served.find(person)["hits"] == []
    token = next(t for t in served.house.look(staff.tokens) if t.owner == served.house.clerk.id)
    served.house.do(lambda work: staff.revoke_token(work, token.id))
    assert problem(served.clerk.post("/find", body)) == (401, "token_unknown")  # at once: nothing is remembered


def test_a_member_who_left_can_do_nothing_from_that_moment(served: Served) -> None:
    served.house.do(lambda work: staff.deactivate(work, served.house.clerk.id))
    body = {"purpose": served.house.purpose, "kind": "iin", "value": "x"}
    assert problem(served.clerk.post("/find", body)) == (401, "token_unknown")


def test_a_token_past_its_end_is_unknown(served: Served) -> None:
    served.house.clock.advance(timedelta(days=31))
    assert problem(served.site.get("/form")) == (401, "token_unknown")


def test_every_wrong_token_is_on_record_until_its_address_is_slowed_down(office: House) -> None:
    limits = Limits(Rate(1000, 60_000), Rate(1000, 60_000), wrong=Rate(burst=3, per_minute=1))
    with serving(office, limits) as served:
        stranger = Caller(served.base, "guess")
        seen = [stranger.get("/form").status_code for _ in range(5)]
        slowed = stranger.get("/form")
        assert served.site.get("/form").status_code == 200  # from the same address, with a right token
        assert seen == [401, 401, 401, 429, 429]
        assert int(slowed.headers["retry-after"]) > 0
        assert len([e for e in served.house.office.read(_leaves) if b"token_unknown" in e]) == 3


def _leaves(work):  # type: ignore[no-untyped-def]  # works of both engines
    from sandyq.audit import store
    from sandyq.audit.tiles import unpack_entries

    waiting = [body for _, packed in store.pending(work.durable, 1000) for body in unpack_entries(packed)]
    return [body for _, _, body in store.entries(work, 0, 1000)] + waiting


@pytest.mark.parametrize("recipient", ["", "x", "01jpp2m6y0c8v4t1q9r5n3x7za"])
def test_a_stranger_cannot_tell_who_is_a_recipient(served: Served, recipient: str) -> None:
    headers = {"sandyq-recipient": recipient, "webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    body = {"transfer": "x", "status": "stored", "at": "2026-03-19T05:00:00Z"}
    answer = served.anybody.http.post("/acknowledgements", json=body, headers=headers)
    assert problem(answer) == (401, "signature_wrong")


def test_a_claim_code_that_does_not_fit_shows_nothing(served: Served) -> None:
    served.taken(served.house.person())
    answer = served.site.get("/consents", headers={"sandyq-claim": "AAAAA-AAAAA-AAAAA-AAAAA"})
    assert problem(answer) == (401, "claim_unknown")
    assert [(e["purpose"], e["actor"]) for e in served.entries() if e["act"] == "door.denied"] == [("claim_unknown", "site")]


def test_one_persons_claim_withdraws_nothing_of_another(served: Served) -> None:
    one, other = served.house.person(), served.house.person()
    served.applicant(one)
    served.applicant(other)
    mine, theirs = served.claims.values()
    foreign = [c["id"] for c in served.consents(theirs) if c["state"] == "given"]
    answer = served.site.post("/consents/withdraw", {"consents": foreign}, sandyq_claim=mine)
    assert answer.status_code == 422
    assert [c["id"] for c in served.consents(theirs) if c["state"] == "given"] == foreign


def test_wrong_codes_are_counted_and_the_sixth_try_is_useless(served: Served) -> None:
    taken = served.taken(served.house.person())
    code = served.code(taken["phone_hint"])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    tries = [served.site.post("/codes/confirm", {"claim": taken["claim"], "code": wrong}) for _ in range(5)]
    assert [t.json()["tries_left"] for t in tries] == [4, 3, 2, 1, 0]
    late = served.site.post("/codes/confirm", {"claim": taken["claim"], "code": code})
    assert (late.status_code, late.json()["confirmed"]) == (422, False)


# --- what cannot be read --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kind", "wanted"),
    [
        (b"{", "application/json", (400, "body_not_json")),
        (b"", "application/json", (400, "body_not_json")),
        (b'{"language": "\xff"}', "application/json", (400, "body_not_json")),
        (b"[" * 20_000, "application/json", (400, "body_not_json")),
        (b"{}", "text/plain", (415, "media_type")),
        (b"{}", "", (415, "media_type")),
        (b"[]", "application/json", (422, "invalid")),
        (b"x", "multipart/form-data; boundary=b", (400, "bad_form")),
        (b"x", "multipart/form-data", (400, "bad_form")),
        (b'{"a": "' + b"x" * 70_000 + b'"}', "application/json", (413, "body_too_large")),
    ],
)
def test_a_body_that_is_not_what_was_announced(served: Served, raw: bytes, kind: str, wanted: tuple[int, str]) -> None:
    answer = served.site.http.post("/collect", content=raw, headers={"content-type": kind})
    assert problem(answer) == wanted


def test_every_fault_of_a_body_comes_at_once_with_its_path(served: Served) -> None:
    body = {"language": "tr", "data": {"iin": 7, "phone": None}, "consent": {"service": {"given": "yes", "sha256": "z"}}, "extra": 1}
    answer = served.site.post("/collect", body, accept_language="en")
    assert problem(answer) == (422, "invalid")
    found = {error["path"]: error["code"] for error in answer.json()["errors"]}
    assert found == {
        "language": "wrong_form",
        "data.iin": "wrong_type",
        "data.phone": "wrong_type",
        "consent.service.given": "wrong_type",
        "consent.service.sha256": "not_a_digest",
        "extra": "unknown_field",
    }
    assert all(error["sentence"] and "Error:" not in error["sentence"] for error in answer.json()["errors"])


def test_words_of_the_callers_own_do_not_get_into_the_log(served: Served) -> None:
    person = served.house.person()
    subject = served.applicant(person)
    secret = person.surname.lower()
    for path, body in (
        ("/find", {"purpose": "salary", "kind": "iin", "value": person.iin}),
        ("/use", {"subject": subject, "purpose": "salary"}),
        ("/use", {"subject": subject, "purpose": served.house.purpose, "fields": ["salary"]}),
        ("/orders", {"kind": "block", "subject": subject, "reason": "violation_claimed", "document": secret}),
        ("/orders", {"kind": "block", "subject": subject, "reason": secret, "document": subject}),
        ("/orders", {"kind": "withdraw", "subject": subject, "target": f"{subject},{secret}"}),
        ("/decide", {"ask": {"operation": "use", "subject": subject, "purpose": "salary"}}),
        ("/decide", {"ask": {"operation": "use", "subject": subject, "purpose": "loan-application", "citation": person.surname}}),
    ):
        answer = served.dpo.post(path, body)
        assert answer.status_code == 422, (path, body, answer.text)
    said = json.dumps(served.entries(), ensure_ascii=False)
    assert "salary" not in said
    assert secret not in said


@pytest.mark.parametrize("subject", ["x", "../../etc/passwd", "01JPP2M6Y0C8V4T1Q9R5N3X7ZA", "%00", "1" * 400])
def test_an_id_of_the_wrong_shape_reaches_no_query(served: Served, subject: str) -> None:
    answer = served.dpo.get(f"/subjects/{subject}/transfers")
    assert answer.status_code in (404, 422), answer.text
    problem(answer)


@pytest.mark.parametrize(
    "path", ["/audit/tile/../../keys/log.key", "/audit/tile/..%2f..%2fkeys%2flog.key", "/audit/tile/0/999", "/nothing", "/"]
)
def test_there_is_no_way_out_of_the_log_and_no_page_for_what_is_not_there(served: Served, path: str) -> None:
    served.publish()
    status, code = problem(served.anybody.get(path))
    assert status == 404
    assert code in ("no_such_tile", "no_such_route")


def test_a_method_that_an_address_does_not_take(served: Served) -> None:
    answer = served.anybody.get("/collect")
    assert problem(answer) == (405, "method_not_allowed")


def test_every_answer_carries_the_headers(served: Served) -> None:
    for answer in (served.anybody.get("/health"), served.anybody.get("/nothing"), served.site.get("/form"), served.clerk.post("/find", {})):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "no-referrer"


# --- uploads ----------------------------------------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n" + b"made up " * 9000


def upload(served: Served, content: bytes, field: str = "document_copy", **data: str) -> httpx.Response:
    form = json.dumps(served.application(served.house.person(), **data)).encode()
    files = {"application": (None, form, "application/json"), f"file.{field}": ("copy.pdf", content, "application/pdf")}
    return served.site.http.post("/collect", files=files)


def test_a_copy_of_a_document_is_kept_sealed(served: Served) -> None:
    answer = upload(served, PDF)
    assert answer.status_code == 201, answer.text
    (kept,) = served.house.settings.media_dir.iterdir()
    assert b"made up" not in kept.read_bytes()


@pytest.mark.parametrize(
    ("content", "field", "data", "wanted"),
    [
        (b"MZ not a document at all, but long enough", "document_copy", {}, (422, "upload_kind")),
        (b"", "document_copy", {}, (422, "upload_kind")),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), "document_copy", {}, (413, "file_too_large")),
        (PDF, "selfie", {}, (422, "invalid")),
        (PDF, "document_copy", {"iin": "123"}, (422, "invalid")),
    ],
)
def test_a_refused_form_leaves_no_file_behind(
    served: Served, content: bytes, field: str, data: dict[str, str], wanted: tuple[int, str]
) -> None:
    assert problem(upload(served, content, field, **data)) == wanted
    assert list(served.house.settings.media_dir.iterdir()) == []


# --- too often --------------------------------------------------------------------------------------------------------------------------------------


def test_a_token_that_calls_too_often_is_told_when_to_come_again(office: House) -> None:
    limits = Limits(token=Rate(burst=4, per_minute=1), address=Rate(2, 1), wrong=Rate(10, 1))
    with serving(office, limits) as served:
        seen = [served.site.get("/form") for _ in range(5)]
        assert [a.status_code for a in seen] == [200, 200, 200, 200, 429]
        assert problem(seen[-1]) == (429, "rate")
        assert 0 < int(seen[-1].headers["retry-after"]) <= 60
        assert served.clerk.post("/find", {}).status_code == 422  # another token is not held up
        assert [served.anybody.get("/health").status_code for _ in range(3)] == [200, 200, 429]
