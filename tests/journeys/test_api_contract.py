"""The API's description says what the server does: examples are read by the server's own reader, the page is made from it, mounting keeps it."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import anyio
import httpx
import msgspec
import pytest
from litestar import Litestar, get

from api_caller import WIDE
from office import House
from sandyq import api, speech
from sandyq.api import contract, faults, reading
from sandyq.api.examples import ANSWERS, BODIES
from sandyq.api.routes import ENDPOINTS, Endpoint
from sandyq.staff import Power

DOCUMENT = contract.document()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.name)
def test_every_endpoint_is_described_with_examples_that_it_would_read(endpoint: Endpoint) -> None:
    operation = DOCUMENT["paths"][endpoint.path.replace(":path", "")][endpoint.method.lower()]
    assert operation["summary"]
    assert {"429", "503"} <= set(operation["responses"])
    if endpoint.body is not None:
        assert BODIES[endpoint.name]
        for example in BODIES[endpoint.name].values():
            reading.read(endpoint.body, msgspec.json.encode(example))
    if endpoint.name in ANSWERS:
        assert isinstance(endpoint.answer, type)
        msgspec.convert(ANSWERS[endpoint.name], endpoint.answer)
    assert isinstance(endpoint.answer, str) or endpoint.name in ANSWERS


def test_every_problem_has_an_example_and_the_description_holds_the_table_of_errors() -> None:
    examples = DOCUMENT["components"]["examples"]
    for status, said in contract.SAID.items():
        made = msgspec.convert(examples[f"problem_{status}"]["value"], faults.Problem)
        assert (made.status, made.detail != "") == (status, True)
        assert f"| {status} | {said} |" in DOCUMENT["info"]["description"]
        assert not made.detail.startswith("error."), made.code
    for code, status in faults.BY_CODE.items():
        assert f"| `{code}` | {status} |" in DOCUMENT["info"]["description"]
    text = json.dumps(DOCUMENT)
    assert {part.partition('"')[0] for part in text.split('"#/components/examples/')[1:]} == set(examples)


def test_the_example_of_an_application_fills_in_all_that_the_sample_office_asks_for(office: House) -> None:
    given = BODIES["applicants_submit"]["application"]["data"]
    assert set(office.edition.form.required) <= set(given) <= set(office.edition.fields)


def test_every_post_that_creates_something_takes_an_idempotency_key() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS if endpoint.status == 201 and not endpoint.once} == set()


def test_no_example_belongs_to_an_endpoint_that_is_not_there() -> None:
    assert set(BODIES) | set(ANSWERS) <= {endpoint.name for endpoint in ENDPOINTS}


def test_every_endpoint_has_an_id_of_its_own_and_every_reference_leads_somewhere() -> None:
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)
    text = json.dumps(DOCUMENT)
    wanted = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert wanted == set(DOCUMENT["components"]["schemas"])


def test_a_scope_is_asked_for_wherever_people_are_concerned() -> None:
    without = {endpoint.path for endpoint in ENDPOINTS if endpoint.power is None}
    assert without == {
        "/acknowledgements",
        "/audit/checkpoint",
        "/audit/key",
        "/audit/proof/{leaf}",
        "/audit/tile/{path:path}",
        "/health",
        "/schemas/access-package-1.json",
    }
    assert {e.power for e in ENDPOINTS if e.group == "applicants"} == {Power.COLLECT}


def test_every_code_with_a_status_of_its_own_has_a_sentence_in_three_languages() -> None:
    for code in (*faults.BY_CODE, "refused", "power_missing", "idempotency_key_reused", "unknown_field", "wrong_type"):
        said = {speech.sentence(language, code, {}) for language in speech.LANGUAGES}
        assert speech.has(f"error.{code}"), code
        assert len(said) == 3, code


def test_the_page_is_what_the_code_says() -> None:
    made = _script().page()
    assert made == (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def _script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "api_page.py"
    spec = importlib.util.spec_from_file_location("api_page", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_mounted_beside_pages_it_answers_its_own_faults(office: House) -> None:
    @get("/kk")
    async def start() -> str:
        return "a page"

    app = Litestar(route_handlers=[start, *api.routes(office.office, WIDE)], openapi_config=None, logging_config=None)

    async def walk() -> list[tuple[int, str]]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://office") as client:
            asked = [
                await client.get("/kk"),
                await client.get("/api/v1/health"),
                await client.get("/api/v1/openapi.json"),
                await client.get("/api/v1/nothing/here"),
                await client.get("/api/v1/collect"),
                await client.get(f"/api/v1/subjects/{office.document()}/transfers"),
            ]
        return [(answer.status_code, answer.headers["content-type"].partition(";")[0]) for answer in asked]

    problem = "application/problem+json"
    assert anyio.run(walk) == [
        (200, "text/plain"),
        (200, "application/json"),
        (200, "application/json"),
        (404, problem),
        (405, problem),
        (401, problem),
    ]


def test_every_finding_of_the_stored_decisions_has_a_sentence_in_three_languages() -> None:
    """The corpus of past decisions names nearly every code that the rules know."""
    corpus = Path(__file__).parents[1] / "law" / "corpus"
    codes = {
        code for file in corpus.iterdir() for code in re.findall(r'\\?"code\\?": ?\\?"([a-z_]+)\\?"', file.read_text(encoding="utf-8"))
    }
    assert len(codes) > 50
    for language in speech.LANGUAGES:
        assert [code for code in sorted(codes) if f"finding.{code}" not in speech.catalog(language)] == []
