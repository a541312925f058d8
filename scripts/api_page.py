"""Writes `docs/api.md` from the API's own description, so that the page cannot say anything else than the server. Usage: api_page.py [--check].

`--check` changes nothing and ends with 1 when the page is not what the code says.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sandyq import speech
from sandyq.api import contract, door, faults
from sandyq.api.routes import ENDPOINTS, PREFIX

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"

HEAD = f"""# The API

Everything is below `{PREFIX}`; JSON goes in and out. The machine-readable description (OpenAPI 3.1) is at `{PREFIX}/openapi.json` and is open to
everybody. This page is made from it by `scripts/api_page.py`.

## Before the first call

- **Token.** `Authorization: Bearer sdq_...`. A token has scopes; one of a member of staff never has more than the member has at that moment, one of
  the website has at most `collect` and `decide`. It is looked up in the unit of work of every call, so a revoked one is useless at once.
- **Language.** `Accept-Language: kk`, `ru` or `en` chooses the language of every sentence; without it Kazakh.
- **Sent twice.** Where an `Idempotency-Key` is taken, the same key with the same body gets the same answer for seven days and does nothing again;
  with another body it is a conflict. What failed, and a form that the law refused, is not kept and may be sent again under its key.
- **Refused by the law.** Status 403 with `code` `refused`, every reason with clause, article and sentence, and the id of the decision, which is on
  record. In `/decide` a refusal is an answer, with status 200.
- **After the commit.** An answer leaves when what it says is on the disk.

## A first application

```sh
curl -s $OFFICE{PREFIX}/form?language=kk -H "Authorization: Bearer $TOKEN"          # fields, consents, digests
curl -s $OFFICE{PREFIX}/collect -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: form-1" \\
     -H "Content-Type: application/json" -d @application.json                        # 201: claim code
curl -s $OFFICE{PREFIX}/codes/confirm -H "Authorization: Bearer $TOKEN" \\
     -H "Content-Type: application/json" -d '{{"claim": "...", "code": "123456"}}'     # now the lead goes to the partners
```

A copy of a document comes as `multipart/form-data`: the JSON as the part `application`, the file as `file.<field>` (PDF, JPEG, PNG, HEIC, at most
10 MB). It is sealed in memory and never in clear on a disk.
"""


def page() -> str:
    """The whole page."""
    document = contract.document()
    parts = [HEAD, _limits(), _errors(), *_groups(document), "## Bodies\n", *_schemas(document["components"]["schemas"])]
    return "\n".join(parts).rstrip() + "\n"


def _limits() -> str:
    limits = door.Limits()
    rows = [
        ("with a token, per token", limits.token),
        ("without one, per address", limits.address),
        ("wrong tokens, claim codes and signatures, per address", limits.wrong),
    ]
    lines = [f"| {who} | {rate.burst} | {rate.per_minute:g} |" for who, rate in rows]
    return "\n".join(["## How often", "", "| who | at once | then per minute |", "| --- | --- | --- |", *lines, ""])


def _errors() -> str:
    by_class = [(f"`{kind.__name__}`", status) for kind, status in faults.BY_CLASS]
    lines = [f"| {status} | {contract.SAID[status]} |" for status in sorted(contract.SAID)]
    codes = [
        f"| `{code}` | {status} | {speech.sentence('en', code, {'allowed': 'application/json'})} |"
        for code, status in sorted(faults.BY_CODE.items())
    ]
    return "\n".join(
        [
            "## Errors",
            "",
            "An error is `application/problem+json` (RFC 9457), see [Problem](#problem). `code` is stable, `detail` is a sentence.",
            "",
            "| status | when |",
            "| --- | --- |",
            *lines,
            "",
            "What an error of the house becomes: "
            + ", ".join(f"{name} {status}" for name, status in by_class)
            + "; codes with a status of their own:",
            "",
            "| code | status | sentence |",
            "| --- | --- | --- |",
            *codes,
            "",
        ]
    )


def _groups(document: dict[str, Any]) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for endpoint in ENDPOINTS:
            if endpoint.group == tag["name"]:
                operation = document["paths"][endpoint.path.replace(":path", "")][endpoint.method.lower()]
                yield _operation(endpoint.method, endpoint.path.replace(":path", ""), operation)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"### {method} {path}", "", operation["description"], ""]
    lines += [
        f"- {p['in']} `{p['name']}`{'' if p['required'] else ' (optional)'}: {p.get('description', 'an id')}"
        for p in operation["parameters"]
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if body:
        lines.append(f"- body: {_kind(body['schema'])}")
    done = next(status for status in operation["responses"] if status.startswith("2"))
    answers = operation["responses"][done]["content"]
    said = ", ".join(_kind(content["schema"]) if content else f"`{kind}`" for kind, content in answers.items())
    problems = ", ".join(status for status in operation["responses"] if status != done)
    lines += [f"- answer {done}: {said}; problems: {problems}", ""]
    for name, example in body.get("examples", {}).items():
        lines += _json(f"For example ({name.replace('_', ' ')}):", example["value"])
    for example in answers.get("application/json", {}).get("examples", {}).values():
        lines += _json("Answer:", example["value"])
    return "\n".join(lines)


def _json(title: str, value: Any) -> list[str]:
    return [title, "", "```json", json.dumps(value, ensure_ascii=False, indent=1), "```", ""]


def _schemas(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        words = " ".join(schema.get("description", "").split())
        if "enum" in schema:
            yield f"### {name}\n\n{words}\n\n" + ", ".join(f"`{value}`" for value in schema["enum"]) + "\n"
            continue
        yield f"### {name}\n\n{words}\n\n" + "\n".join(_fields(schema)) + "\n"


def _fields(schema: dict[str, Any]) -> Iterable[str]:
    yield "| field | kind | |"
    yield "| --- | --- | --- |"
    for name, kind in schema.get("properties", {}).items():
        yield f"| `{name}` | {_kind(kind)} | {'' if name in schema.get('required', ()) else 'optional'} |"


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        inner = schema.get("items") or {}
        return f"list of {_kind(inner)}" if inner else "list"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"object of {_kind(inner)}" if isinstance(inner, dict) and inner else "object"
    bounds = [f"at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    bounds += [schema["format"]] if "format" in schema else []
    pattern = [f"`{schema['pattern'].replace('|', chr(92) + '|')}`"] if "pattern" in schema else []
    return ", ".join([str(schema.get("type", "anything")), *bounds, *pattern])


def main(given: list[str]) -> int:
    """Write the page, or check it."""
    made = page()
    if "--check" not in given:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{PAGE.name} is not what the code says: run scripts/api_page.py")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
