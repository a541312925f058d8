"""The published JSON Schema (2020-12) of an answer, made from its structs: it cannot say anything else than the answers do."""

from functools import cache
from typing import Any, Final

import msgspec

from sandyq.access.facts import FORMAT, Package

NAME: Final = "access-package-1.json"
"""Its file name; a next format gets a name of its own, and this one stays."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@cache
def schema() -> dict[str, Any]:
    """The schema as plain data. Every object is closed: a key that is not named here is a fault."""
    made = msgspec.json.schema(Package, ref_template="#/$defs/{name}")
    parts: dict[str, Any] = made["$defs"]
    for part in parts.values():
        part["additionalProperties"] = False
    parts["Package"]["properties"]["format"] = {"const": FORMAT}
    return {"$schema": DIALECT, "$id": NAME, "title": FORMAT, **made}


def text() -> bytes:
    """The schema as it is published."""
    return msgspec.json.format(msgspec.json.encode(schema(), order="sorted"), indent=2) + b"\n"
