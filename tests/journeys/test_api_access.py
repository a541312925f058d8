"""The answer on access over HTTP, as a member of staff hands it over: on a request that is on file, complete, in the asked language, on record."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator

import jsonschema_rs
import pypdf
import pytest

from api_caller import Served, serving
from office import Applicant, House, values_of
from sandyq import requests
from sandyq.requests import DocumentKind, Kind


@pytest.fixture
def served(office: House) -> Iterator[Served]:
    with serving(office) as made:
        yield made


def on_file(house: House, subject: str) -> str:
    number = "request 5 of 19 March"
    return house.do(lambda work: requests.file_document(work, house.office.gate, subject, DocumentKind.STATEMENT, number), house.dpo)


@pytest.fixture
def applicant(office: House) -> Applicant:
    return office.applicant(to=[office.bank_a])


def test_scenario_5_the_answer_holds_everything_that_the_clause_names_in_kazakh_and_russian(served: Served, applicant: Applicant) -> None:
    document = on_file(served.house, applicant.subject)
    for language, label in (("kk", "ЖСН"), ("ru", "ИИН")):
        answer = served.dpo.post(f"/subjects/{applicant.subject}/access?language={language}", {"document": document, "full": True})
        assert answer.status_code == 200, answer.text
        read = answer.json()
        package = read["package"]
        canonical = json.dumps(package, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(canonical).hexdigest() == read["digest"]
        [held] = package["people"]
        given = {value["field"]: value for item in held["data"] for value in item["values"]}
        assert {name: given[name]["value"] for name in values_of(applicant.person)} == values_of(applicant.person)
        assert given["iin"]["label"] == label
        assert held["held"]
        assert held["purposes"]
        assert held["sources"]
        assert held["methods"]
        assert [(t["recipient"]["words"], t["kind"]) for t in held["transfers"]] == [("Bank A", "lead")]
        assert all(t["queued_at"] and t["fields"] for t in held["transfers"])
        assert all(item["term"]["rule"] and item["ground"] and item["source"] for item in held["data"])
        assert package["free_of_charge"] is True


def test_the_schema_is_open_to_everybody_and_the_answer_fits_it(served: Served, applicant: Applicant) -> None:
    published = served.anybody.get("/schemas/access-package-1.json")
    assert published.status_code == 200
    assert published.headers["content-type"].startswith("application/schema+json")
    assert published.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    document = on_file(served.house, applicant.subject)
    read = served.dpo.post(f"/subjects/{applicant.subject}/access", {"document": document}).json()
    assert jsonschema_rs.Draft202012Validator(published.json()).is_valid(read["package"])


def test_scenario_8_a_blocked_person_is_still_answered(served: Served, applicant: Applicant) -> None:
    document = on_file(served.house, applicant.subject)
    applicant.done(Kind.BLOCK, reason="violation_claimed", document=document)
    answer = served.dpo.post(f"/subjects/{applicant.subject}/access", {"document": document})
    assert answer.status_code == 200
    assert [state["kind"]["code"] for state in answer.json()["package"]["people"][0]["states"]] == ["block"]


def test_without_a_request_on_this_persons_file_there_is_no_answer(served: Served, applicant: Applicant) -> None:
    other = served.house.applicant()
    somebody_elses = on_file(served.house, other.subject)
    answer = served.dpo.post(f"/subjects/{applicant.subject}/access", {"document": somebody_elses})
    assert answer.status_code == 422
    assert [(error["path"], error["code"]) for error in answer.json()["errors"]] == [("document", "request_not_on_file")]
    assert served.anybody.post(f"/subjects/{applicant.subject}/access", {"document": somebody_elses}).status_code == 401


def test_a_clerk_whose_grants_cover_a_part_gives_no_half_answer(served: Served, applicant: Applicant) -> None:
    document = on_file(served.house, applicant.subject)
    answer = served.clerk.post(f"/subjects/{applicant.subject}/access", {"document": document})
    assert (answer.status_code, answer.json()["code"]) == (403, "answer_incomplete")
    assert applicant.person.iin not in answer.text


def test_the_archive_flows_with_document_letter_schema_and_dpv(served: Served, applicant: Applicant) -> None:
    document = on_file(served.house, applicant.subject)
    answer = served.dpo.post(f"/subjects/{applicant.subject}/access/archive?language=ru", {"document": document, "full": True})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "content-length" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as made:
        assert set(made.namelist()) == {"answer.json", "answer.dpv.jsonld", "access-package-1.json", "letter.pdf"}
        letter = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.read("letter.pdf"))).pages)
        assert applicant.person.iin in "".join(letter.split())
        assert json.loads(made.read("answer.json"))["language"] == "ru"
