"""How a command ends: the one table from classes of error to exit codes, and the sentence with its remedy that goes to standard error."""

import json
import sys
from collections.abc import Mapping
from typing import Final

from sandyq.cli import console
from sandyq.errors import (
    BadFile,
    Conflict,
    Denied,
    FieldError,
    Invalid,
    Misuse,
    NotFound,
    NotReady,
    Retry,
    SandyqError,
    Tampered,
    TooLarge,
    TooMany,
)

DONE: Final = 0
ANSWER_IS_NO: Final = 1
"""The command worked and the answer is no: refused by law, a gap in the policy, a log that does not verify."""
USAGE: Final = 2
INTERNAL: Final = 70
INTERRUPTED: Final = 130

TABLE: Final[tuple[tuple[type[SandyqError], int, str], ...]] = (
    (Invalid, 3, "the input is wrong; nothing was done"),
    (BadFile, 4, "a file is wrong or cannot be read"),
    (NotFound, 5, "there is no such thing"),
    (Denied, 6, "you may not do this"),
    (Conflict, 7, "the state of things does not allow it now"),
    (TooMany, 8, "a limit of attempts or of rate"),
    (TooLarge, 9, "the input is over a bound"),
    (NotReady, 10, "the office does not serve until something is done"),
    (Retry, 11, "others were at it at the same time; run it again"),
    (Tampered, 12, "a seal, digest or signature does not fit"),
    (Misuse, INTERNAL, "a fault of the program"),
    (SandyqError, 13, "anything else that stops the command"),
)
"""Class, exit code, meaning; the first row that fits counts, so the general class stands last."""


def code_of(error: SandyqError) -> int:
    """The exit code of an error."""
    return next(code for kind, code, _ in TABLE if isinstance(error, kind))


def tell(error: SandyqError, *, as_json: bool) -> int:
    """Write what went wrong to standard error, as sentences or as one JSON object, and give the exit code."""
    code = code_of(error)
    if as_json:
        sys.stderr.write(json.dumps(_data(error, code), ensure_ascii=False, default=str) + "\n")
    else:
        sys.stderr.write("\n".join(_lines(error)) + "\n")
    return code


def _lines(error: SandyqError) -> list[str]:
    if isinstance(error, Invalid):
        return [f"{each.field}: {_field_sentence(each)}" for each in error.errors]
    if isinstance(error, BadFile):
        return [_fault(fault) for fault in getattr(error, "faults", (error,))]
    remedy = str(error.params.get("remedy", ""))
    return [_sentence(error), *([remedy[0].upper() + remedy[1:].rstrip(".") + "."] if remedy else [])]


def _data(error: SandyqError, code: int) -> dict[str, object]:
    data: dict[str, object] = {"error": error.code, "exit": code, "sentences": _lines(error), "params": error.params}
    if isinstance(error, Invalid):
        data["fields"] = [{"field": each.field, "code": each.code, "params": each.params} for each in error.errors]
    return data


def _sentence(error: SandyqError) -> str:
    from sandyq import speech

    if speech.has(f"error.{error.code}"):
        return speech.of_error(console.language(), error)
    return _bare(error.code, {key: value for key, value in error.params.items() if key != "remedy"})


def _fault(fault: BadFile) -> str:
    """`file:line: what. Remedy`; a fault of the whole file has no line."""
    place = f"{fault.params['file']}:{fault.params['line']}" if fault.params["line"] else fault.params["file"]
    return f"{place}: {fault.params['what']}. {fault.params['remedy']}"


def _bare(code: str, params: Mapping[str, object]) -> str:
    """A code that the catalogs have no sentence for, with what it says."""
    shown = ", ".join(f"{key}: {value}" for key, value in sorted(params.items()))
    return f"{code} ({shown})" if shown else code


def _field_sentence(error: FieldError) -> str:
    from sandyq import speech

    if speech.has(f"error.{error.code}"):
        return speech.of_field(console.language(), error)
    return _bare(error.code, error.params)
