"""The rights desk over HTTP: from receipt to answer, by the clocks of the Law, with every reason (scenarios 5, 7, 13; 4.1.1-4.1.7)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

import pytest

from api_caller import Served, serving
from office import START, Applicant, House
from rights_world import RightsDesk
from sandyq import consent, correspondence
from sandyq.api import cases
from sandyq.law.vocabulary import GrantState
from sandyq.rights import Kind


@pytest.fixture
def served(office: House) -> Iterator[Served]:
    with serving(office) as made:
        yield made


@pytest.fixture
def applicant(office: House) -> Applicant:
    return office.applicant(to=[office.bank_a])


def opened(served: Served, applicant: Applicant, kind: str, **more: Any) -> dict[str, Any]:
    body = {"kind": kind, "channel": "desk", "asker": applicant.subject, "about": applicant.subject, "level": 4, "text": "made up"} | more
    answer = served.dpo.post("/requests", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_scenario_5_an_access_request_is_due_on_27_march_and_answered_with_the_days_it_was_counted_by(
    served: Served, applicant: Applicant
) -> None:
    made = opened(served, applicant, "access")
    assert made["due"] == "2026-03-27"
    shown = done(served.dpo.get(f"/requests/{made['id']}"))
    [clock] = shown["clocks"]
    assert [day["date"] for day in clock["days"] if day["counted"]] == ["2026-03-20", "2026-03-26", "2026-03-27"]
    found = done(served.dpo.get(f"/requests/{made['id']}/suggestion"))
    assert (found["outcome"], found["parts"][0]["reasons"][0]["code"]) == ("granted", "own_data")
    decided = done(served.dpo.post(f"/requests/{made['id']}/decide", {"decisions": [{"no": 1, "do": "grant"}]}))
    assert decided["outcome"] == "granted"
    entry = done(served.dpo.post(f"/requests/{made['id']}/answer", {}))["entry"]
    kept = served.house.look(lambda work: correspondence.one(work, entry))
    assert (kept.kind, kept.case) == ("access-1", made["id"])
    after = done(served.dpo.get(f"/requests/{made['id']}"))
    assert (after["state"], after["answer"], after["clocks"][0]["state"], after["due"]) == ("answered", entry, "met", None)


def test_scenario_13_a_withdrawal_is_due_on_15_april_and_what_it_stops_stops_at_once(served: Served, applicant: Applicant) -> None:
    served.house.clock.move(datetime(2026, 3, 20, 10, 0, tzinfo=START.tzinfo))
    made = opened(served, applicant, "withdraw", level=3)
    assert made["due"] == "2026-04-15"
    parts = [{"no": part["no"], "do": "grant"} for part in made["parts"] if part["state"] == "open"]
    decided = done(served.dpo.post(f"/requests/{made['id']}/decide", {"decisions": parts}))
    assert decided["outcome"] == "granted"
    refused = served.dpo.post("/use", {"subject": applicant.subject, "purpose": served.house.purpose})
    assert refused.status_code == 403
    lead = {"operation": "distribute", "purpose": served.house.purpose, "recipient": served.house.bank_a}
    for ask in ({"operation": "use", "purpose": "marketing", "channel": "sms"}, lead):
        answer = done(served.site.post("/decide", {"ask": {**ask, "subject": applicant.subject}}))
        assert (answer["permitted"], "4.1.5" in {reason["clause"] for reason in answer["reasons"]}) == (False, True)
    proofs = served.house.look(lambda work: consent.proofs(work, applicant.subject))
    assert {(one.kind.value, one.state.value) for one in proofs if one.purpose == served.house.purpose} >= {("processing", "withdrawn")}
    assert all(
        one.ended_at and one.text.sha256 and one.kept_until > one.ended_at.date() for one in proofs if one.state is GrantState.WITHDRAWN
    )


def test_the_same_request_sent_twice_under_one_key_is_one_request(served: Served, applicant: Applicant) -> None:
    body = {"kind": "access", "channel": "desk", "asker": applicant.subject, "about": applicant.subject, "level": 4}
    first, again = (served.dpo.post("/requests", body, idempotency_key="one") for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert len(done(served.dpo.get("/requests"))["requests"]) == 1
    other = served.dpo.post("/requests", {**body, "kind": "block"}, idempotency_key="one")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_an_answer_sent_again_twice_under_one_key_is_one_letter(served: Served, applicant: Applicant) -> None:
    made = opened(served, applicant, "access")
    done(served.dpo.post(f"/requests/{made['id']}/decide", {"decisions": [{"no": p["no"], "do": "grant"} for p in made["parts"]]}))
    done(served.dpo.post(f"/requests/{made['id']}/answer", {}))
    to = {"addressee": ["Synalova U.", "Almaty, Ulgi 1"]}
    sent = {done(served.dpo.post(f"/requests/{made['id']}/resend", to, idempotency_key="two"))["entry"] for _ in range(2)}
    assert len(sent) == 1
    assert len(served.house.look(lambda work: correspondence.of_case(work, made["id"]))) == 2


def test_every_fault_comes_at_once_with_its_clause_and_no_word_of_a_caller_becomes_a_target(served: Served, applicant: Applicant) -> None:
    wants = [{"what": "grant", "id": "Сыналова Үлгі"}, {"what": "field", "id": "shoe_size", "value": "42"}, {"what": "all", "id": "x"}]
    answer = served.dpo.post("/requests", {"kind": "withdraw", "channel": "mail", "language": "de", "wants": wants, "documents": []})
    assert answer.status_code == 422
    found = {(error["path"], error["code"]) for error in answer.json()["errors"]}
    assert found >= {
        ("language", "not_in_list"),
        ("wants[0].id", "not_a_reference"),
        ("wants[1].id", "field_unlisted"),
        ("wants[1].what", "not_in_list"),
        ("wants[2].id", "not_a_reference"),
    }
    assert "Сыналова" not in answer.text
    assert done(served.dpo.get("/requests"))["requests"] == []


def test_every_kind_of_request_can_be_asked_for() -> None:
    assert set(get_args(cases.Asked)) == {kind.value for kind in Kind}


def test_without_the_scope_nobody_sees_or_decides_a_request(served: Served, applicant: Applicant) -> None:
    made = opened(served, applicant, "access")
    for answer in (
        served.clerk.get(f"/requests/{made['id']}"),
        served.clerk.get("/requests"),
        served.clerk.post(f"/requests/{made['id']}/decide", {"decisions": [{"no": 1, "do": "grant"}]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "power_missing")
    assert served.anybody.get("/requests").status_code == 401


def test_two_members_lift_a_block_and_one_alone_does_not(served: Served, applicant: Applicant) -> None:
    opened(served, applicant, "block")
    made = opened(served, applicant, "unblock")
    [part] = [part for part in made["parts"] if part["state"] == "open"]
    decided = done(served.dpo.post(f"/requests/{made['id']}/decide", {"decisions": [{"no": part["no"], "do": "grant"}]}))
    assert (decided["state"], decided["waits_for"]) == ("second_person", "second_person")
    alone = served.dpo.post(f"/requests/{made['id']}/confirm", {"confirm": True})
    assert (alone.status_code, alone.json()["code"]) == (403, "decision_needs_another_person")
    assert [line["id"] for line in done(served.dpo2.get("/requests/today"))["waiting_second"]] == [made["id"]]
    assert done(served.dpo2.post(f"/requests/{made['id']}/confirm", {"confirm": True}))["outcome"] == "granted"


def test_a_stranger_is_identified_or_answered_and_what_was_written_opens_only_at_its_own_address(
    served: Served, applicant: Applicant
) -> None:
    body = {"kind": "access", "channel": "mail", "text": "What do you hold about me?", "contact": "somebody@sample.example"}
    made = served.dpo.post("/requests", body).json()
    assert (made["state"], made["about"]) == ("identifying", "")
    assert "somebody" not in str(made)
    said = done(served.dpo.get(f"/requests/{made['id']}/text"))["values"]
    assert said == {"request_text": body["text"], "request_contact": body["contact"]}
    ended = done(served.dpo.post(f"/requests/{made['id']}/not-identified", {}))
    assert (ended["state"], ended["outcome"]) == ("not_identified", "refused")
    again = done(served.dpo.post(f"/requests/{made['id']}/identify", {"about": applicant.subject, "level": 4}))
    assert again["state"] == "open"


def test_what_is_over_is_on_top_of_the_days_work_and_in_the_statistics(served: Served, applicant: Applicant) -> None:
    late = opened(served, applicant, "access")
    served.house.clock.move(datetime(2026, 3, 30, 10, 0, tzinfo=START.tzinfo))
    opened(served, applicant, "access")
    RightsDesk(served.house).remind()
    day = done(served.dpo.get("/requests/today"))
    assert [(one["id"], one["word"], one["due"]) for one in day["reminders"]] == [(late["id"], "overdue", "2026-03-27")]
    assert [line["id"] for line in day["overdue"]] == [late["id"]]
    assert day["overdue"][0]["next_action"] == "decide"
    done(served.dpo.post(f"/requests/{late['id']}/decide", {"decisions": [{"no": 1, "do": "grant"}]}))
    done(served.dpo.post(f"/requests/{late['id']}/answer", {}))
    [kept] = done(served.dpo.get("/requests/statistics?since=2026-03-01&until=2026-03-31"))["kinds"]
    assert (kept["kind"], kept["received"], kept["granted"], kept["terms_missed"]) == ("access", 2, 1, 1)


def test_a_page_of_requests_goes_on_behind_its_last_line(served: Served, applicant: Applicant) -> None:
    made = [opened(served, applicant, kind)["id"] for kind in ("access", "complaint", "access")]
    lines = done(served.dpo.get("/requests"))["requests"]
    assert sorted(line["id"] for line in lines) == sorted(made)
    assert [line["due"] for line in lines] == sorted(line["due"] for line in lines)
    first = lines[0]
    rest = done(served.dpo.get("/requests", params={"behind": f"{first['due']},{first['id']}"}))["requests"]
    assert [line["id"] for line in rest] == [line["id"] for line in lines[1:]]
    assert [line["kind"] for line in done(served.dpo.get("/requests?kind=complaint"))["requests"]] == ["complaint"]
    assert served.dpo.get("/requests?kind=nonsense").status_code == 422


def test_every_other_act_of_the_desk_has_its_address(served: Served, applicant: Applicant) -> None:
    house, people = served.house, (served.house.dpo.id, served.house.dpo2.id)
    first, second = opened(served, applicant, "access"), opened(served, applicant, "access")
    done(served.dpo.post(f"/requests/{first['id']}/assign", {"member": people[0]}))
    deputy = {"member": people[0], "deputy": people[1], "since": "2026-03-19", "until": "2026-03-20"}
    assert done(served.dpo.post("/requests/deputies", deputy)) == deputy
    assert done(served.dpo.get(f"/requests/{first['id']}"))["deputy"] == people[1]
    assert done(served.dpo.post(f"/requests/{second['id']}/end", {"how": "duplicate", "of": first["id"]}))["state"] == "duplicate"
    assert done(served.dpo.post(f"/requests/{second['id']}/reopen", {"why": "not_meant"}))["state"] == "open"
    assert done(served.dpo.post(f"/requests/{second['id']}/end", {"how": "retracted"}))["state"] == "retracted"
    wants = [{"what": "field", "id": "surname", "value": "Жаңабекова"}]
    rectify = opened(served, applicant, "rectify", wants=wants)
    wanting = done(served.dpo.post(f"/requests/{rectify['id']}/want-documents", {"wanted": ["proof_of_value"]}))
    assert wanting["state"] == "wanting_documents"
    paper = done_created(served.dpo.post("/documents", {"subject": applicant.subject, "kind": "proof", "number": "AA 1"}))["document"]
    assert done(served.dpo.post(f"/requests/{rectify['id']}/documents", {"documents": [paper]}))["state"] == "open"
    decided = done(served.dpo.post(f"/requests/{rectify['id']}/decide", {"decisions": [{"no": 1, "do": "grant"}]}))
    assert decided["outcome"] == "granted"
    complaint = opened(served, applicant, "complaint", wants=[{"what": "claim", "id": "moral"}])
    staged = done(served.dpo.post(f"/requests/{complaint['id']}/stage", {"stage": "examined", "document": house.document()}))
    assert staged["stage"] == "examined"
    house.clock.move(datetime(2026, 4, 1, 10, 0, tzinfo=START.tzinfo))
    places = [{"what": "publication", "id": "no"}, {"what": "place", "value": "a page"}]
    public = opened(served, applicant, "public-sources", wants=places)
    done(served.dpo.post(f"/requests/{public['id']}/decide", {"decisions": [{"no": 2, "do": "grant"}]}))
    carried = done(served.dpo.post(f"/requests/{public['id']}/carried", {"part": 2, "document": house.document()}))
    assert carried["outcome"] == "granted"
    acts = [event["act"] for event in done(served.dpo.get(f"/requests/{second['id']}/events"))["events"]]
    assert acts[0] == "opened"
    assert acts[-1] == "retracted"


def done_created(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()
