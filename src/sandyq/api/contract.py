"""The API as OpenAPI 3.1, made from the table of endpoints and the types of their bodies: it cannot say anything else than the server does."""

from typing import Any, Final

import msgspec

from sandyq import __version__, speech
from sandyq.api import faults, reading
from sandyq.api.examples import ANSWERS, BODIES
from sandyq.api.examples_read import problems
from sandyq.api.routes import ENDPOINTS, PREFIX, Endpoint
from sandyq.correspondence import Direction, State
from sandyq.rights import Kind
from sandyq.rights import State as Standing

_REF: Final = "#/components/schemas/{name}"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_WORDS: Final = {
    "applicants": "The form, applications, phone codes and consents: for the company's website.",
    "decisions": "Ask the law before doing something with a person's data.",
    "people": "Find, open, order: for members of staff.",
    "personnel": "Candidates and employees, behind the wall of 3.7: for the personnel department.",
    "requests": "Requests of people: open, identify, decide, answer; for the desk.",
    "destructions": "Plans, receipts and certificates of destruction.",
    "partners": "For recipients of data.",
    "correspondence": "The journal of letters, mails and calls: for members of staff.",
    "log": "The public log, its proofs, and the health of the office.",
}
_QUERY: Final[dict[str, dict[str, Any]]] = {
    "language": {"description": "Language of the texts.", "schema": {"enum": list(speech.LANGUAGES)}},
    "format": {"description": "JSON is what the log vouches for; PDF is a reading of it.", "schema": {"enum": ["json", "pdf"]}},
    "since": {"description": "The first day.", "schema": {"type": "string", "format": "date"}},
    "until": {"description": "The last day.", "schema": {"type": "string", "format": "date"}},
    "direction": {"description": "Only what came in, or went out.", "schema": {"enum": list(Direction)}},
    "state": {"description": "Only entries in this state.", "schema": {"enum": list(State)}},
    "after": {"description": "The id that the page before ended with.", "schema": {"type": "string", "pattern": reading.ID}},
    "kind": {"description": "Only this kind.", "schema": {"enum": [kind.value for kind in Kind]}},
    "standing": {"description": "Only those that stand so.", "schema": {"enum": [state.value for state in Standing]}},
    "member": {"description": "What this member has.", "schema": {"type": "string", "pattern": reading.ID}},
    "about": {"description": "Only about this person.", "schema": {"type": "string", "pattern": reading.ID}},
    "all": {"description": "`yes`: those that have ended, too.", "schema": {"enum": ["yes", "no"]}},
    "behind": {"description": "The last line of the page before: `due,id`.", "schema": {"type": "string", "maxLength": 40}},
    "day": {"description": "Due until this day.", "schema": {"type": "string", "format": "date"}},
}
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "idempotency-key": {
        "description": "The same key with the same body gets the same answer for seven days and does nothing again; with another body 409.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    },
    "sandyq-claim": {"description": "The claim code of the application.", "schema": {"type": "string", "maxLength": 40}},
    "sandyq-recipient": {"description": "The id of the recipient that signs.", "schema": {"type": "string", "pattern": reading.ID}},
    "webhook-id": {"description": "Standard Webhooks: stable over repeats.", "schema": {"type": "string"}},
    "webhook-timestamp": {"description": "Standard Webhooks: seconds since 1970; five minutes' grace.", "schema": {"type": "string"}},
    "webhook-signature": {"description": "Standard Webhooks: `v1,` and base64 of HMAC-SHA-256.", "schema": {"type": "string"}},
}
SAID: Final = {
    400: "The request cannot be read: not JSON, a malformed form or key.",
    401: "No token, an unknown or revoked one, a claim code or signature that does not fit. On record when something was presented.",
    403: "The token lacks the scope, or the law refuses (`code` is `refused`: then with `reasons`, and `decision` is on record).",
    404: "There is no such thing.",
    409: "As things stand it is not possible; a key came with another body.",
    413: "Larger than the bound that is named.",
    415: "Another content type is wanted.",
    422: "Every fault of the input, each with path, code, sentence, clauses and articles.",
    429: "Too often; `Retry-After` says when.",
    503: "The office does not serve now; `remedy` says what is to be done.",
}


def document() -> dict[str, Any]:
    """The whole description."""
    _, schemas = msgspec.json.schema_components(_types(), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sandyq",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Personal data kept the way the policy and the law of Kazakhstan say. Errors are RFC 9457 problems in kk, ru or en,"
            " as `Accept-Language` asks. Every decision, look and refusal is in the public log.\n\n" + _errors(),
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": name, "description": words} for name, words in _WORDS.items()],
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "examples": {f"problem_{status}": {"value": msgspec.to_builtins(one)} for status, one in sorted(problems().items())},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token with scopes; `sandyq staff token`."}},
        },
    }


def _errors() -> str:
    """The table of errors, as the description of the API shows it."""
    statuses = [f"| {status} | {said} |" for status, said in sorted(SAID.items())]
    codes = [f"| `{code}` | {status} | {speech.sentence('en', code, {})} |" for code, status in sorted(faults.BY_CODE.items())]
    head = ("## Errors", "", "| status | when |", "| --- | --- |")
    return "\n".join(
        (*head, *statuses, "", "Codes with a status of their own:", "", "| code | status | sentence |", "| --- | --- | --- |", *codes)
    )


def _types() -> list[type[msgspec.Struct]]:
    found: dict[str, type[msgspec.Struct]] = {"Problem": faults.Problem}
    for endpoint in ENDPOINTS:
        for kind in (endpoint.body, endpoint.answer):
            if isinstance(kind, type):
                found.setdefault(kind.__name__, kind)
    return list(found.values())


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path.replace(":path", ""), {})[endpoint.method.lower()] = _operation(endpoint)
    return paths


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    words = " ".join((endpoint.run.__doc__ or "").split())
    power = endpoint.power
    made: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.group],
        "summary": words.partition(". ")[0].rstrip("."),
        "description": f"{words} Needs the scope `{power.value}`." if power else words,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
        "security": [{"token": []}] if power else [],
    }
    if endpoint.body is not None:
        made["requestBody"] = _request(endpoint, endpoint.body)
    return made


def _request(endpoint: Endpoint, body: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=body.__name__)}
    content: dict[str, Any] = {"application/json": {"schema": schema, "examples": _examples(BODIES.get(endpoint.name, {}))}}
    if endpoint.uploads:
        name = "file.identity_document_copy" if endpoint.group == "applicants" else "file.scan"
        parts = {endpoint.uploads: schema, name: {"type": "string", "contentMediaType": "application/pdf"}}
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": parts, "required": [endpoint.uploads]}}
    return {"required": True, "content": content}


def _examples(named: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in named.items()}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in endpoint.path.split("/"):
        if part.startswith("{"):
            name, _, kind = part.strip("{}").partition(":")
            schema = {"type": "string"} if kind == "path" else {"type": "string", "pattern": reading.ID}
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
    found += [{"name": name, "in": "query", "required": False, **_QUERY[name]} for name in endpoint.query]
    wanted = (*endpoint.headers, *(("idempotency-key",) if endpoint.once else ()))
    found += [{"name": name, "in": "header", "required": name in endpoint.headers, **_HEADERS[name]} for name in wanted]
    return found


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    if isinstance(endpoint.answer, type):
        media: dict[str, Any] = {"schema": {"$ref": _REF.format(name=endpoint.answer.__name__)}}
        if endpoint.name in ANSWERS:
            media["examples"] = {"answer": {"value": ANSWERS[endpoint.name]}}
        content = {"application/json": media}
    else:
        content = {kind: {} for kind in endpoint.answer.split(",")}
    made: dict[str, Any] = {str(endpoint.status): {"description": "Done.", "content": content}}
    for status in statuses(endpoint):
        example = {"problem": {"$ref": f"#/components/examples/problem_{status}"}}
        made[str(status)] = {"description": SAID[status], "content": {faults.MEDIA_TYPE: {"schema": _PROBLEM, "examples": example}}}
    if endpoint.fails_with_state:
        made["422"]["content"]["application/json"] = content["application/json"]
    return made


def statuses(endpoint: Endpoint) -> tuple[int, ...]:
    """The statuses of problems that an endpoint may answer with."""
    found = {400, 429, 503}
    if endpoint.power is not None:
        found |= {401, 403}
    if endpoint.body is not None:
        found |= {400, 401, 403, 404, 409, 413, 415, 422}
    if "{" in endpoint.path or endpoint.query:
        found |= {404, 422}
    return tuple(sorted(found))
