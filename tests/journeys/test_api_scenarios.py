"""Scenarios 1-4, 8, 10, 16 and 17 as an outsider sees them: HTTP alone, a real server, a real partner (docs: scenarios)."""

import hashlib
import json
from collections.abc import Iterator

import httpx
import pytest

from api_caller import Caller, Served, serving
from office import NOWHERE, House, values_of
from personnel_world import hr
from personnel_world import values as employee_values
from sandyq import access, parties, personnel, rights
from sandyq.app import plans
from sandyq.db import Actor, Work
from sandyq.demo.acknowledge import Acknowledger
from sandyq.demo.partner import Partner
from sandyq.demo.receiver import Receiver
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind
from sandyq.register import index, items, subjects
from sandyq.staff import Power


@pytest.fixture
def served(office: House) -> Iterator[Served]:
    with serving(office) as made:
        yield made


def fields(answer: httpx.Response) -> dict[str, dict[str, object]]:
    return {error["path"]: error for error in answer.json()["errors"]}


def reasons(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(reason["clause"], reason["code"]) for reason in answer.json()["reasons"]]


# --- 1: 2.18, 3.1 -----------------------------------------------------------------------------------------------------------------------


def test_scenario_1_the_form_in_kazakh_with_consent_to_the_service_only(served: Served) -> None:
    cards = {card["id"]: card for card in served.form("kk")["consents"]}
    taken = served.taken(served.house.person())
    shown = {(c["kind"], c["purpose"], c["recipient"], c["channel"]): c for c in served.consents(taken["claim"])}

    service = shown["processing", served.house.purpose, "", ""]
    assert service["state"] == "given"
    assert service["sha256"] == cards["service"]["sha256"] == hashlib.sha256(cards["service"]["text"].encode()).hexdigest()
    assert (service["language"], service["version"], service["via"]) == ("kk", cards["service"]["version"], "web_form")
    assert service["given_at"] == "2026-03-19T05:00:00Z"
    assert {c["state"] for c in shown.values() if c["kind"] in ("marketing", "recipient", "public_sources", "automated")} == {"refused"}
    assert not any(c["kind"] == "cross_border" for c in shown.values())  # both partners are at home: it was never asked
    assert len({c["channel"] for c in shown.values() if c["kind"] == "marketing"}) == 3


# --- 2: 5.3 ---------------------------------------------------------------------------------------------------------------------------------


def test_scenario_2_without_any_consent_the_strict_reading_refuses_and_cites_5_3_and_article_8(served: Served) -> None:
    person = served.house.person()
    answer = served.site.post("/collect", {**served.application(person), "consent": {}})
    assert answer.status_code == 403
    assert answer.json()["decision"]
    service = fields(answer)["consent.service"]
    assert {"5.3", "94-V art. 8"} <= {cite for error in answer.json()["errors"] for cite in error["cites"]}
    assert service["sentence"]
    assert served.find(person)["hits"] == []


@pytest.mark.parametrize(
    ("purpose", "operation", "channel", "permitted", "clause"),
    [
        ("loan-application", "collect", "", True, "3.1"),
        ("marketing", "use", "sms", False, "3.8"),
        ("statistics", "depersonalise", "", False, "3.6"),
    ],
)
def test_scenario_2_simulating_the_published_words(
    served: Served, purpose: str, operation: str, channel: str, permitted: bool, clause: str
) -> None:
    implied = [
        {
            "id": kind,
            "kind": kind,
            "state": "given",
            "given_at": "2026-03-19T05:00:00+00:00",
            "purpose": "loan-application",
            "implied": True,
        }
        for kind in ("collection", "processing")
    ]
    item = {"id": "i", "category": "6.2.7", "fields": ["phone"], "collected_at": "2026-03-19T05:00:00+00:00"}
    facts = {"subject": {"id": "somebody"}, "consents": implied, "items": [{**item, "purposes": ["loan-application"]}]}
    ask = {"operation": operation, "purpose": purpose, "fields": ["phone"], "channel": channel}
    answer = served.site.post("/decide", {"simulate": {"ask": ask, "facts": facts, "reading": "as_published"}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["permitted"] is permitted
    assert clause in {reason["clause"] for reason in answer.json()["reasons"]}
    assert answer.json()["decision"] == ""


# --- 3: 6.2, 6.2.1 --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("kk", "ЖСН"), ("ru", "ИИН"), ("en", "IIN")])
def test_scenario_3_a_wrong_check_digit_and_an_unlisted_field_come_at_once_in_the_asked_language(
    served: Served, language: str, word: str
) -> None:
    person = served.house.person()
    wrong = person.iin[:-1] + str((int(person.iin[-1]) + 1) % 10)
    given = served.application(person, iin=wrong, shoe_size="43")
    before = served.entries()
    answer = served.site.post("/collect", given, accept_language=language)
    assert answer.status_code == 422
    assert answer.headers["content-language"] == language
    found = fields(answer)
    assert set(found) == {"data.iin", "data.shoe_size"}
    assert word in str(found["data.iin"]["sentence"])
    assert "6.2.1" in found["data.iin"]["cites"]  # type: ignore[operator]
    assert "6.2" in found["data.shoe_size"]["cites"]  # type: ignore[operator]
    assert served.entries() == before  # nothing was stored, and nobody is found by the phone
    hits = served.clerk.post("/find", {"kind": "phone", "value": person.phone, "purpose": served.house.purpose}).json()["hits"]
    assert hits == []


# --- 4: 7.1.1, 7.2 ----------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(served: Served) -> Iterator[tuple[Receiver, str]]:
    """A bank with a receiver of its own that checks every message and acknowledges over the API."""
    house = served.house
    key = house.office.ring.office("parties")
    bank = house.partner("Bank C")
    secrets = house.look(lambda work: parties.secrets(work, key, bank))
    acknowledger = Acknowledger(served.base, bank, secrets.ack_secret, pauses=(0.05,) * 100)
    receiver = Receiver(Partner("Bank C", secrets.webhook[0]), acknowledger)
    receiver.start()
    house.do(lambda work: parties.change_recipient(work, key, bank, parties.Change(endpoint=f"{receiver.url}/messages")))
    yield receiver, bank
    receiver.stop()


def test_scenario_4_a_lead_goes_to_the_partner_that_was_agreed_and_to_no_other(served: Served, bank: tuple[Receiver, str]) -> None:
    receiver, added = bank
    person = served.house.person()
    subject = served.applicant(person, to=[added])
    served.carry()
    lead = wait_acknowledged(served, subject, "lead")
    held = receiver.partner.held()["people"]
    (one,) = held.values()
    values = values_of(person)
    assert set(one["fields"]) == {"iin", "surname", "first_name", "phone", "loan_amount", "loan_term_months"} == set(lead["fields"])
    assert one["fields"]["iin"] == values["iin"]
    assert lead["recipient"] == added
    assert lead["sent_at"]
    refused = [
        e for e in served.entries() if e["act"] == "gate.refused" and e.get("recipient") in (served.house.bank_a, served.house.bank_b)
    ]
    assert {(e["recipient"], e["verdict"], bool(e["decision"])) for e in refused} == {
        (served.house.bank_a, "refused", True),
        (served.house.bank_b, "refused", True),
    }
    asked = {"operation": "distribute", "subject": subject, "purpose": served.house.purpose, "recipient": served.house.bank_b}
    why = served.site.post("/decide", {"ask": asked}).json()["reasons"]
    assert ("7.2", "94-V art. 7(6), 15(1)") in {(r["clause"], r["article"].partition(" @")[0]) for r in why}


def wait_acknowledged(served: Served, subject: str, kind: str) -> dict[str, object]:
    """The latest transfer of a kind, once the partner's acknowledgement has come in over the API."""
    import threading

    pause = threading.Event()
    for _ in range(200):
        rows = served.dpo.get(f"/subjects/{subject}/transfers").json()["transfers"]
        found = [row for row in rows if row["kind"] == kind and row["state"] == "acknowledged"]
        if found:
            return dict(found[-1])
        pause.wait(0.05)
    raise AssertionError(rows)


# --- 7: 4.1.2 ---------------------------------------------------------------------------------------------------------------------------------


def test_scenario_7_a_change_of_name_wants_documents_is_due_the_next_working_day_and_the_partner_confirms_it(
    served: Served, bank: tuple[Receiver, str]
) -> None:
    receiver, added = bank
    subject = served.applicant(served.house.person(), to=[added])
    served.carry()
    wait_acknowledged(served, subject, "lead")
    wanted = {"kind": "rectify", "subject": subject, "values": {"surname": "Жаңабаева"}}
    refused = served.dpo.post("/orders", wanted)
    assert refused.status_code == 403
    assert ("4.1.2", "documents_wanted") in reasons(refused)

    proof = served.dpo.post("/documents", {"subject": subject, "kind": "proof", "number": "marriage certificate AA 12345"}).json()[
        "document"
    ]
    done = served.dpo.post("/orders", {**wanted, "documents": [proof]}).json()
    assert (done["due"], done["fields"], done["kept"]) == ("2026-03-20", ["surname"], [])
    shown = served.dpo.post("/use", {"subject": subject, "purpose": served.house.purpose, "fields": ["surname"]}).json()
    assert [(item["version"], set(item["values"])) for item in shown["items"]] == [(2, {"surname"})]
    while plans.drive(served.house.office):
        pass
    left = served.house.look(lambda work: items.legal(work, subject))
    assert [item.version for item in left if item.category == "6.2.1" and item.klass == "data"] == [2]
    served.carry()
    told = wait_acknowledged(served, subject, "correct")
    assert (told["recipient"], told["fields"]) == (added, ["surname"])
    (one,) = receiver.partner.held()["people"].values()
    assert one["fields"]["surname"] == "Жаңабаева"


def test_an_acknowledgement_with_another_secret_is_refused_and_on_record(served: Served, bank: tuple[Receiver, str]) -> None:
    _, added = bank
    headers = {
        "sandyq-recipient": added,
        "webhook-id": "ack_1",
        "webhook-timestamp": "1773896400",
        "webhook-signature": "v1,AAAA",
    }
    body = {"transfer": added, "status": "stored", "at": "2026-03-19T05:00:00Z"}
    answer = served.anybody.http.post("/acknowledgements", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
    assert [e["purpose"] for e in served.entries() if e["act"] == "door.denied"] == ["signature_wrong"]


# --- 8: 4.1.3, 2.2 -----------------------------------------------------------------------------------------------------------------------------


def order(by: Caller, kind: str, subject: str, document: str, **more: object) -> httpx.Response:
    return by.post("/orders", {"kind": kind, "subject": subject, "document": document, **more})


def test_scenario_8_after_a_block_use_transfer_and_destruction_are_refused_citing_2_2_and_a_release_brings_them_back(
    served: Served,
) -> None:
    house, paper = served.house, served.house.document()
    subject = served.applicant(house.person())
    use = {"subject": subject, "purpose": house.purpose}
    assert served.clerk.post("/use", use).status_code == 200

    blocked = order(served.dpo, "block", subject, paper, reason="violation_claimed")
    assert blocked.status_code == 201
    for answer in (served.clerk.post("/use", use), order(served.dpo, "destroy", subject, paper)):
        assert answer.status_code == 403
        assert ("2.2", "stopped_by_block") in reasons(answer)
        assert answer.json()["decision"]
    asked = {"subject": subject, "purpose": house.purpose, "recipient": house.bank_a}
    for operation in ("collect", "accumulate", "change", "supplement", "use", "distribute", "depersonalise", "destroy"):
        for purpose in (house.purpose, "statistics"):
            decided = served.site.post("/decide", {"ask": {**asked, "operation": operation, "purpose": purpose}}).json()
            assert (decided["permitted"], ("2.2", "stopped_by_block") in {(r["clause"], r["code"]) for r in decided["reasons"]}) == (
                False,
                True,
            )

    proposed = order(served.dpo, "propose_release", subject, paper, reason="violation_not_confirmed", target=blocked.json()["target"])
    alone = order(served.dpo, "confirm_release", subject, paper, target=proposed.json()["target"])
    assert alone.status_code in (403, 409)  # it takes a second person
    assert order(served.dpo2, "confirm_release", subject, paper, target=proposed.json()["target"]).status_code == 201
    assert served.clerk.post("/use", use).status_code == 200


def test_a_blocked_person_is_found_by_exact_identifier_only_and_nothing_but_existence_is_told(served: Served) -> None:
    person = served.house.person()
    subject = served.applicant(person)
    assert order(served.dpo, "block", subject, served.house.document(), reason="violation_claimed").status_code == 201
    (hit,) = served.find(person)["hits"]
    assert (hit["subject"], hit["state"], hit["values"]) == (subject, "blocked", {})
    name = {"surname": person.surname, "birth_year": str(person.born.year), "purpose": served.house.purpose}
    assert served.clerk.post("/find", name).json()["hits"] == []


# --- 10: 4.1.4, 2.5 ---------------------------------------------------------------------------------------------------------------------------


def test_scenario_10_a_destruction_ends_with_a_certificate_that_the_log_vouches_for(served: Served) -> None:
    person = served.house.person()
    subject = served.applicant(person)
    early = order(served.dpo, "destroy", subject, served.house.document())
    assert ("4.1.4", "consent_stands") in reasons(early)
    withdrawn = served.withdraw(served.claims[subject])
    assert (withdrawn.status_code, withdrawn.json()["due"]) == (200, "2026-04-14")
    done = order(served.dpo, "destroy", subject, served.house.document())
    assert done.status_code == 201, done.text
    served.settle()
    where = f"/subjects/{subject}/destructions/{done.json()['plan']}"
    plan = served.dpo.get(where).json()
    assert plan["remaining"] == []
    assert plan["deleted_at"]
    assert {"6.2.1", "6.2.7"} <= {step["category"] for step in plan["receipts"]}

    raw = served.dpo.get(f"{where}/certificate")
    assert raw.status_code == 200, raw.text
    digest = hashlib.sha256(raw.content).hexdigest()
    issued = [e for e in served.entries() if e["act"] == "destroy.certificate"]
    assert [e["body_digest"] for e in issued] == [digest]
    proof = served.anybody.get(f"/audit/proof/{issued[0]['id']}").json()
    assert json.loads(proof["entry"]) == issued[0]
    assert proof["proof"].startswith("c2sp.org/tlog-proof@v1\n")
    pdf = served.dpo.get(f"{where}/certificate", params={"format": "pdf", "language": "kk"})
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")

    assert served.find(person)["hits"] == []
    gone = served.clerk.post("/use", {"subject": subject, "purpose": served.house.purpose})
    assert gone.status_code == 403
    for value in (person.iin, person.surname, person.phone.lstrip("+")):
        assert value not in raw.text + json.dumps(plan) + gone.text


# --- 15: 3.7 ----------------------------------------------------------------------------------------------------------------------------------


def test_scenario_15_client_and_employee_with_one_iin_do_not_meet_but_in_the_persons_own_answer(served: Served) -> None:
    house, person = served.house, served.house.person()
    client = served.applicant(person)
    department = served.caller(ActorKind.STAFF, hr(house).id, (Power.PERSONNEL,))
    new = {
        "role": "employee",
        "data": employee_values(person, salary_monthly="450000"),
        "grounds": [
            {"purpose": "labour", "ground": "9(2-1)", "citation": "Labour Code art. 28"},
            {"purpose": "pay-and-tax", "ground": "9(10)", "citation": "Tax Code 2026 art. 206(3)"},
        ],
        "started": "2026-03-02",
        "paper": "contract 12",
        "identity_seen": True,
    }
    taken = department.post("/personnel", new)
    assert taken.status_code == 201, taken.text
    hired = taken.json()["subject"]

    # the call centre finds the client and nothing of the employee, by anything and for anything
    assert [hit["subject"] for hit in served.find(person)["hits"]] == [client]
    by_name = {"surname": person.surname, "birth_year": str(person.born.year)}
    for purpose in house.edition.policy.purposes:
        for query in ({"kind": "iin", "value": person.iin}, {"kind": "phone", "value": person.phone}, by_name):
            hits = served.clerk.post("/find", {**query, "purpose": purpose}).json()["hits"]
            assert hired not in {hit["subject"] for hit in hits}
    assert served.clerk.post("/use", {"subject": hired, "purpose": house.purpose}).status_code == 403
    assert served.clerk.post("/personnel/find", {"kind": "iin", "value": person.iin, "purpose": "labour"}).status_code == 403

    # the personnel department finds the employee and nothing of the client
    hits = department.post("/personnel/find", {"kind": "iin", "value": person.iin, "purpose": "labour"}).json()["hits"]
    assert [hit["subject"] for hit in hits] == [hired]
    assert department.post("/personnel/show", {"subject": client, "purpose": "labour"}).status_code == 404
    opened = department.post("/personnel/show", {"subject": hired, "purpose": "pay-and-tax"}).json()
    assert {name for item in opened["items"] for name in item["values"]} >= {"salary_monthly", "iin"}

    # the person's own answer covers both, once the client's IIN is verified, too
    def answer(work: Work) -> access.Answered | Refusal:
        other = personnel.counterpart(work, house.office.gate, client)
        return access.package(
            work,
            house.office.gate,
            house.office.holders,
            client,
            full=True,
            withholding=rights.withheld,
            counterpart=str(other),
            language="en",
        )

    def verified(work: Work) -> None:
        index.confirm_iin(work, house.office.ring, client, person.iin)
        subjects.verified(work, client, iin=True)

    me = Actor("subject", client, "portal")
    alone = house.do(answer, me)
    assert isinstance(alone, access.Answered)
    assert len(alone.package.people) == 1
    house.do(verified)
    told = house.do(answer, me)
    assert isinstance(told, access.Answered)
    assert [one.role.code for one in told.package.people] == ["client", "staff"]


# --- 16: 1.3, 2.13, 8.2 ------------------------------------------------------------------------------------------------------------------------


def test_scenario_16_a_look_outside_the_grant_is_refused_and_logged(served: Served) -> None:
    subject = served.applicant(served.house.person())
    answer = served.clerk.post("/use", {"subject": subject, "purpose": served.house.purpose, "fields": ["income_monthly"]})
    assert answer.status_code == 403
    assert "8.2" in {clause for clause, _ in reasons(answer)}
    # Entries of one instant have no order among themselves on the server store: the entry is known by its decision.
    logged = [(e["act"], e["actor"], e["door"]) for e in served.entries() if e.get("decision") == answer.json()["decision"]]
    assert logged == [("gate.refused", served.house.clerk.id, "api")]
    shown = served.clerk.post("/use", {"subject": subject, "purpose": served.house.purpose}).json()
    assert {item["category"] for item in shown["items"]} == {"6.2.1", "6.2.7"}


def test_a_token_without_the_scope_is_refused_and_logged(served: Served) -> None:
    answer = served.clerk.get("/transfers/unconfirmed")
    assert (answer.status_code, answer.json()["code"]) == (403, "power_missing")
    denied = [(e["actor"], e["purpose"], e["verdict"]) for e in served.entries() if e["act"] == "door.denied"]
    assert (served.house.clerk.id, "power_missing", "refused") in denied


# --- 17: 2.16, 4.1 ------------------------------------------------------------------------------------------------------------------------------


def test_scenario_17_a_form_with_somebody_elses_iin_shows_and_changes_nothing_of_theirs(served: Served) -> None:
    house = served.house
    victim, taker = house.person(), house.person()
    subject = served.applicant(victim, to=[house.bank_a])
    use = {"subject": subject, "purpose": house.purpose}
    before = served.dpo.post("/use", use).json()["items"]

    stolen = served.application(taker, to=[house.bank_a], iin=victim.iin)
    answer = served.site.post("/collect", stolen)
    other = served.site.post("/collect", served.application(house.person()))
    assert answer.status_code == other.status_code == 201
    assert answer.json().keys() == other.json().keys()  # as for somebody unknown
    assert answer.json()["phone_hint"] == taker.phone[-4:]
    state = served.site.post("/codes/confirm", {"claim": answer.json()["claim"], "code": served.code(taker.phone[-4:])})
    assert state.json()["confirmed"] is True
    seen = served.site.get("/consents", headers={"sandyq-claim": answer.json()["claim"]})
    assert victim.surname not in seen.text
    assert victim.phone not in seen.text

    assert served.dpo.post("/use", use).json()["items"] == before
    hits = {hit["subject"]: hit["state"] for hit in served.find(victim)["hits"]}
    assert hits.pop(subject) == "ok"
    (asserted,) = hits
    rows = served.dpo.get(f"/subjects/{asserted}/transfers").json()["transfers"]
    assert rows == []  # a lead with a known IIN waits for the desk
    assert NOWHERE not in seen.text
