"""From an error to an answer of RFC 9457: one table from class and code to status, the sentence from the catalog, never a trace, never a value."""

import traceback
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec

from sandyq import speech
from sandyq.errors import (
    Conflict,
    Denied,
    FieldError,
    Invalid,
    NotFound,
    NotReady,
    Retry,
    SandyqError,
    TooLarge,
    TooMany,
)
from sandyq.law.canon import Unreadable
from sandyq.law.decision import Finding, Refusal
from sandyq.logs import Log
from sandyq.register.media import BadUpload

MEDIA_TYPE: Final = "application/problem+json"

BY_CODE: Final = {
    "token_missing": 401,
    "token_unknown": 401,
    "claim_unknown": 401,
    "signature_wrong": 401,
    "body_not_json": 400,
    "bad_form": 400,
    "bad_request": 400,
    "idempotency_key_malformed": 400,
    "no_such_route": 404,
    "method_not_allowed": 405,
    "media_type": 415,
    "too_large": 413,
}
BY_CLASS: Final[tuple[tuple[type[SandyqError], int], ...]] = (
    (Invalid, 422),
    (BadUpload, 422),
    (Unreadable, 422),
    (NotFound, 404),
    (Denied, 403),
    (Conflict, 409),
    (TooMany, 429),
    (TooLarge, 413),
    (NotReady, 503),
    (Retry, 503),
)
REFUSED: Final = 403
"""A refusal by the law. It differs from a missing scope by its `code` (`refused`) and by `reasons` and `decision`."""

_LOG = Log("api")
_FRAMES = 8
_OURS: Final = frozenset({"internal", "misuse", "tampered"})


class FaultyField(msgspec.Struct, frozen=True):
    """One fault of the input: where, its code, its sentence with clauses and articles, and those by themselves."""

    path: str
    code: str
    sentence: str
    cites: tuple[str, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """One finding of the law. `effect`: prohibit, permit, narrow, duty, note; `looked_at` are ids of consents, states, relations."""

    code: str
    effect: str
    clause: str
    article: str
    sentence: str
    fields: tuple[str, ...] = ()
    looked_at: tuple[str, ...] = ()


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of every answer that is not a success (RFC 9457). `code` is stable; `detail` is a sentence in the language asked for."""

    title: str
    status: int
    code: str
    detail: str
    type: str = "about:blank"
    remedy: str = ""
    retry_after: int = 0
    errors: tuple[FaultyField, ...] = ()
    reasons: tuple[Reason, ...] = ()
    decision: str = ""


def status_of(error: Exception) -> int:
    """The HTTP status of an error; what nobody expected is 500."""
    if not isinstance(error, SandyqError):
        return 500
    return BY_CODE.get(error.code) or next((status for kind, status in BY_CLASS if isinstance(error, kind)), 500)


def problem(error: Exception, language: str) -> Problem:
    """An error as it is answered. What is our own fault tells only that it is, and is reported by its place in the code."""
    status = status_of(error)
    if not isinstance(error, SandyqError) or status == 500:
        _report(error)
        code = error.code if isinstance(error, SandyqError) and error.code in _OURS else "internal"
        return _made(500, code, speech.sentence(language, code, {}))
    made = _made(status, error.code, speech.of_error(language, error))
    made.errors = faulty(language, error.errors) if isinstance(error, Invalid) else ()
    made.remedy = str(error.params.get("remedy", "")) if isinstance(error, NotReady) else ""
    wait = error.params.get("retry_after", 1 if status == 503 else 0)
    made.retry_after = wait if isinstance(wait, int) else 0
    return made


def refused(refusal: Refusal, language: str) -> Problem:
    """A refusal by the law with all its reasons, and the decision under which it is on record."""
    made = _made(REFUSED, "refused", speech.sentence(language, "refused", {}))
    made.reasons = reasons(language, refusal.verdict.reasons)
    made.decision = refusal.decision
    return made


def rejected(errors: tuple[FieldError, ...], decision: str, language: str) -> Problem:
    """A form that the law refuses: every fault of fields and consents, and the decision."""
    made = _made(REFUSED, "refused", speech.sentence(language, "refused", {}))
    made.errors = faulty(language, errors)
    made.decision = decision
    return made


def _made(status: int, code: str, sentence: str) -> Problem:
    return Problem(HTTPStatus(status).phrase, status, code, sentence)


def faulty(language: str, errors: tuple[FieldError, ...]) -> tuple[FaultyField, ...]:
    """Field errors with their sentences."""
    return tuple(FaultyField(e.field, e.code, _said(language, e), e.cites) for e in errors)


def _said(language: str, error: FieldError) -> str:
    """A code of the form's own has its sentence among the errors, a finding of the law among the findings."""
    if not speech.has(f"error.{error.code}") and speech.has(f"finding.{error.code}"):
        said = speech.say(language, f"finding.{error.code}", **error.params)
        return f"{said} ({speech.cited(language, error.cites)})" if error.cites else said
    return speech.of_field(language, error)


def reasons(language: str, findings: tuple[Finding, ...]) -> tuple[Reason, ...]:
    """Findings with their sentences."""
    return tuple(
        Reason(f.code, f.effect.value, f.clause, f.article, speech.of_finding(language, f), tuple(sorted(f.fields)), f.looked_at)
        for f in findings
    )


def _report(error: Exception) -> None:
    """Say where an unexpected failure was, never what it held: a message can quote a value, a place in the code cannot."""
    places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-_FRAMES:]]
    code = error.code if isinstance(error, SandyqError) else ""
    _LOG.error("unexpected", kind=type(error).__name__, code=code, places=places)
