"""Made-up answers of what is only read, and one problem for each status. A test reads each of them as its type."""

from http import HTTPStatus
from typing import Any, Final

from sandyq import speech
from sandyq.api.faults import Problem, Reason, faulty
from sandyq.errors import FieldError

SUBJECT: Final = "01jpp2m6y0c8v4t1q9r5n3x7za"
OTHER: Final = "01jpp2m6y0d5w3k8e2h6b4f1gt"
DECISION: Final = "01jpp2m6y0f7r1n4s8c2v6x0mq"
LEAF: Final = "01jpp2m6y0h3t9k5w1e7b2g4nd"
SHA: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT: Final = "2026-03-19T05:00:00Z"
_NEXT: Final = "decide"

_LINE: Final = {
    "id": OTHER,
    "number": "20260319-5R2P7",
    "kind": "access",
    "state": "deciding",
    "about": SUBJECT,
    "channel": "desk",
    "due": "2026-03-27",
    "received_at": AT,
    "assignee": "",
    "outcome": "",
    "next_action": _NEXT,
}
_TRANSFER: Final = {
    "id": OTHER,
    "subject": SUBJECT,
    "recipient": "01jpp2m6y0k2b6m8p4r1t5w9yc",
    "kind": "lead",
    "state": "acknowledged",
    "purpose": "loan-application",
    "fields": ["iin", "phone", "surname"],
    "decision": DECISION,
    "leaf": LEAF,
    "queued_at": AT,
    "sent_at": AT,
    "acknowledged_at": AT,
}

READS: Final[dict[str, Any]] = {
    "applicants_form": {
        "language": "en",
        "policy": SHA,
        "purpose": "loan-application",
        "fields": [
            {"id": "iin", "label": "Individual identification number", "kind": "iin", "category": "6.2.1", "required": True},
            {"id": "loan_amount", "label": "Amount, tenge", "kind": "integer", "category": "6.2.13", "required": True, "least": 10000},
        ],
        "consents": [
            {
                "id": "marketing.sms",
                "kind": "marketing",
                "group": "marketing",
                "required": False,
                "title": "Advertising by SMS",
                "text": "The text of the consent, whole.",
                "sha256": SHA,
                "version": "1",
                "items": [["operator", "The operator's name and BIN"], ["purpose", "Advertising"]],
                "channel": "sms",
            }
        ],
    },
    "applicants_consents": {
        "consents": [
            {
                "id": OTHER,
                "kind": "recipient",
                "state": "given",
                "given_at": AT,
                "purpose": "loan-application",
                "recipient": "01jpp2m6y0k2b6m8p4r1t5w9yc",
                "channel": "",
                "country": "KZ",
                "fields": ["iin", "phone", "surname"],
                "text": "recipient",
                "version": "1",
                "language": "kk",
                "sha256": SHA,
                "pressed": "yes",
                "via": "form",
                "confirmed_by_code": True,
                "leaf": LEAF,
                "kept_until": "2029-03-19",
            }
        ]
    },
    "people_transfers": {"transfers": [_TRANSFER]},
    "people_unconfirmed": {"transfers": [{**_TRANSFER, "kind": "destroy", "state": "sent", "acknowledged_at": None, "reminders": 2}]},
    "cases_listed": {"requests": [_LINE]},
    "cases_today": {"overdue": [], "due_today": [_LINE], "soon": [], "failed": [], "waiting_second": []},
    "cases_statistics": {
        "kinds": [
            {"kind": "access", "received": 12, "ended": 11, "granted": 10, "partly": 0, "refused": 1, "terms_kept": 11, "terms_missed": 0}
        ]
    },
    "cases_history": {
        "events": [{"at": AT, "act": "opened", "old": "", "new": "", "reason": "", "by_kind": "staff", "by": OTHER, "leaf": LEAF}]
    },
    "cases_text": {"values": {"text": "What do you hold about me?"}},
    "cases_suggestion": {
        "outcome": "granted",
        "parts": [
            {
                "no": 1,
                "verdict": "grant",
                "next_action": _NEXT,
                "reasons": [
                    {
                        "code": "own_access",
                        "sentence": "The person asks for their own data.",
                        "clause": "4.1.1",
                        "article": "94-V art. 24(1)(1)",
                        "looked_at": [],
                    }
                ],
                "meets": ["access-answer"],
            }
        ],
    },
    "destructions_show": {
        "id": OTHER,
        "subject": SUBJECT,
        "whole": True,
        "clause": "4.1.4",
        "article": "94-V art. 18",
        "decision": DECISION,
        "received_at": AT,
        "planned_at": AT,
        "deleted_at": AT,
        "done_at": AT,
        "remaining": [],
        "receipts": [{"step": "register:keys", "category": "6.2.1", "things": 0, "keys": 1, "done_at": AT}],
        "leaf": LEAF,
        "certificate": OTHER,
    },
}
"""One answer by endpoint."""


def problems() -> dict[int, Problem]:
    """One problem for each status, as it is answered in English."""
    told = {
        400: "body_not_json",
        401: "token_missing",
        404: "decision_unknown",
        409: "idempotency_key_reused",
        415: "media_type",
        429: "too_many",
    }
    made = {status: _problem(status, code) for status, code in told.items()}
    made[413] = _problem(413, "body_too_large", limit=65536)
    made[503] = _problem(503, "restore_pending")
    made[403] = _problem(403, "refused")
    made[403].reasons = (
        Reason("stopped_by_block", "prohibit", "2.2", "94-V art. 1(3)", "The data are blocked (clause 2.2, Law 94-V, article 1(3))."),
    )
    made[403].decision = DECISION
    made[422] = _problem(422, "invalid")
    made[422].errors = faulty("en", (FieldError("data.iin", "iin_check_digit", {}, ("6.2.1",)),))
    return made


def _problem(status: int, code: str, **params: object) -> Problem:
    return Problem(HTTPStatus(status).phrase, status, code, speech.sentence("en", code, params))
