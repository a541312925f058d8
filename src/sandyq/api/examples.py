"""Made-up bodies for the description of the API. A test reads each of them as the server would."""

from typing import Any, Final

from sandyq.api.examples_read import READS

_SUBJECT: Final = "01jpp2m6y0c8v4t1q9r5n3x7za"
_OTHER: Final = "01jpp2m6y0d5w3k8e2h6b4f1gt"
_DECISION: Final = "01jpp2m6y0f7r1n4s8c2v6x0mq"
_LEAF: Final = "01jpp2m6y0h3t9k5w1e7b2g4nd"
_SHA: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_AT: Final = "2026-03-19T05:00:00Z"

_ENTRY: Final = {
    "id": _OTHER,
    "number": "20260319-4W2K9",
    "subject": _SUBJECT,
    "direction": "in",
    "channel": "paper",
    "kind": "message",
    "state": "received",
    "case": "",
    "answers": "",
    "language": "kk",
    "on": _AT,
    "attached": 1,
    "omitted": [],
    "next": "look_at_it",
    "leaf": _LEAF,
}
_PART: Final[dict[str, Any]] = {"no": 1, "what": "all", "target": "", "state": "done", "choice": "grant"}
_CASE: Final[dict[str, Any]] = {
    "id": _OTHER,
    "number": "20260319-5R2P7",
    "kind": "access",
    "state": "carrying_out",
    "subject": _SUBJECT,
    "about": _SUBJECT,
    "channel": "desk",
    "language": "kk",
    "level": 4,
    "received_at": _AT,
    "opened_at": _AT,
    "due": "2026-03-27",
    "assignee": "",
    "deputy": "",
    "stage": "",
    "outcome": "granted",
    "answer": "",
    "duplicate_of": "",
    "closed_at": None,
    "waits_for": "",
    "clocks": [
        {
            "duty": "access-answer",
            "rule": "access-answer-rules",
            "started": "2026-03-19",
            "term": "3wd",
            "due": "2026-03-27",
            "calendar": "kz-0123456789abcdef",
            "state": "running",
        }
    ],
    "parts": [_PART],
    "documents": [],
    "unconfirmed": [],
}
_DECIDED: Final[dict[str, Any]] = {"id": _OTHER, "state": "carrying_out", "outcome": "granted", "waits_for": "", "parts": [_PART]}

BODIES: Final[dict[str, dict[str, Any]]] = {
    "correspondence_enter": {
        "paper": {
            "channel": "paper",
            "sender": "Үлгі Сыналова",
            "text": "Деректерім туралы мәлімет беріңіз.",
            "number": "14",
            "dated": "2026-03-17",
            "waybill": "KZ0001",
        },
        "call": {"channel": "phone", "text": "Деректерімді бұғаттаңыз.", "language": "kk"},
    },
    "correspondence_find": {"a waybill": {"number": "KZ 123 456 789"}},
    "correspondence_note": {
        "returned": {"what": "returned", "on": "2026-03-19", "reason": "addressee_gone"},
        "delivered": {"what": "delivered", "on": "2026-03-19", "note": "KZ0001"},
    },
    "applicants_submit": {
        "application": {
            "language": "kk",
            "data": {
                "iin": "850101300017",
                "surname": "Сыналова",
                "first_name": "Үлгі",
                "birth_date": "1985-01-01",
                "phone": "+77010000000",
                "city": "Алматы",
                "income_monthly": "300000",
                "loan_amount": "200000",
                "loan_term_months": "12",
            },
            "consent": {
                "collection": {"given": True, "sha256": _SHA},
                "service": {"given": True, "sha256": _SHA},
                "marketing.sms": {"given": False, "sha256": _SHA},
            },
            "address": "192.0.2.7",
        }
    },
    "applicants_confirm": {"code": {"claim": "7QK4M-2XZ9P-R6T1W-BC3DE", "code": "123456"}},
    "applicants_resend": {"again": {"claim": "7QK4M-2XZ9P-R6T1W-BC3DE"}},
    "applicants_withdraw": {"one": {"consents": [_OTHER]}},
    "decisions_ask": {
        "on_record": {"ask": {"operation": "use", "subject": _SUBJECT, "purpose": "loan-application", "fields": ["phone"]}},
        "simulation": {
            "simulate": {
                "ask": {"operation": "use", "purpose": "loan-application", "fields": ["phone"]},
                "facts": {"subject": {"id": "somebody"}},
                "reading": "as_published",
            },
            "explain": True,
        },
    },
    "cases_open_request": {
        "access": {
            "kind": "access",
            "channel": "desk",
            "asker": _SUBJECT,
            "about": _SUBJECT,
            "level": 4,
            "text": "What do you hold about me?",
        },
        "rectify": {
            "kind": "rectify",
            "channel": "paper",
            "asker": _SUBJECT,
            "about": _SUBJECT,
            "level": 4,
            "received_at": _AT,
            "wants": [{"what": "field", "id": "surname", "value": "Жаңабекова"}],
            "documents": [_OTHER],
        },
    },
    "cases_identify": {
        "checked": {"about": _SUBJECT, "level": 4, "proof": _OTHER},
        "desk": {"document": "identity_card", "iin": "900101300123"},
    },
    "cases_not_identified": {"portal": {}},
    "cases_documents": {"one": {"documents": [_OTHER]}},
    "cases_want_documents": {"one": {"wanted": ["proof_of_value"]}},
    "cases_decide": {
        "grant": {"decisions": [{"no": 1, "do": "grant"}]},
        "refuse": {"decisions": [{"no": 1, "do": "refuse", "reason": "withdrawal_obligation_open", "cited": _OTHER}]},
    },
    "cases_confirm": {"yes": {"confirm": True}},
    "cases_carried": {"removed": {"part": 2, "document": _OTHER}},
    "evidence_ask": {"ask": {"document": _OTHER}, "drop": {"drop": True}},
    "cases_answer": {"portal": {}, "paper": {"addressee": ["Сыналова Ү.", "Алматы"]}},
    "cases_resend": {"mail": {}, "paper": {"addressee": ["Сыналова Ү.", "Алматы"]}},
    "cases_rekind": {
        "block": {"kind": "block"},
        "rectify": {"kind": "rectify", "wants": [{"what": "field", "id": "surname", "value": "Жаңабекова"}]},
    },
    "cases_assign": {"one": {"member": _OTHER}},
    "cases_end": {"duplicate": {"how": "duplicate", "of": _OTHER}, "retracted": {"how": "retracted"}},
    "cases_reopen": {"appeal": {"why": "appeal"}},
    "cases_lift": {"allowed": {"document": _OTHER}},
    "cases_stage": {"examined": {"stage": "examined", "document": _OTHER}},
    "cases_deputy": {"leave": {"member": _OTHER, "deputy": _SUBJECT, "since": "2026-03-20", "until": "2026-03-31"}},
    "people_find": {
        "exact": {"purpose": "loan-application", "kind": "iin", "value": "850101300017"},
        "name": {"purpose": "loan-application", "surname": "Сыналова", "birth_year": "1985"},
    },
    "people_show": {"all": {"subject": _SUBJECT, "purpose": "loan-application"}},
    "personnel_take_on": {
        "employee": {
            "role": "employee",
            "data": {"iin": "850101300017", "surname": "Сыналова", "first_name": "Үлгі", "position": "Есепші"},
            "grounds": [{"purpose": "labour", "ground": "9(2-1)", "citation": "Labour Code art. 28"}],
            "started": "2026-03-02",
            "paper": "contract 12",
            "identity_seen": True,
        }
    },
    "personnel_find": {"exact": {"purpose": "labour", "kind": "iin", "value": "850101300017"}},
    "personnel_show": {"all": {"subject": _SUBJECT, "purpose": "labour"}},
    "personnel_end": {"today": {"subject": _SUBJECT, "ended": "2026-03-19"}},
    "people_document": {"proof": {"subject": _SUBJECT, "kind": "proof", "number": "AA 12345"}},
    "people_order": {
        "block": {"kind": "block", "subject": _SUBJECT, "reason": "violation_claimed", "document": _OTHER},
        "rectify": {"kind": "rectify", "subject": _SUBJECT, "values": {"surname": "Сыналова"}, "documents": [_OTHER]},
        "propose": {
            "kind": "propose_release",
            "subject": _SUBJECT,
            "reason": "violation_not_confirmed",
            "document": _OTHER,
            "target": _OTHER,
        },
        "confirm": {"kind": "confirm_release", "subject": _SUBJECT, "document": _OTHER, "target": _OTHER},
        "destroy": {"kind": "destroy", "subject": _SUBJECT, "document": _OTHER},
    },
    "access_answer": {"masked": {"document": _OTHER}, "in full": {"document": _OTHER, "full": True}},
    "access_archived": {"in full": {"document": _OTHER, "full": True}},
    "partners_acknowledge": {"destroyed": {"transfer": _OTHER, "status": "destroyed", "at": _AT}},
}
"""Request bodies by endpoint and by what they show."""

ANSWERS: Final[dict[str, Any]] = READS | {
    "cases_show": _CASE,
    "correspondence_journal": {"entries": [_ENTRY], "after": ""},
    "correspondence_read": {
        "entry": _ENTRY,
        "values": {"text": "Деректерім туралы мәлімет беріңіз."},
        "scans": [{"id": _OTHER, "name": "scan-1", "kind": "application/pdf"}],
        "files": [],
        "events": [{"state": "received", "reason": "", "on": "2026-03-19", "at": _AT, "leaf": _LEAF, "note": "", "scans": []}],
        "suggests": "access",
        "also": [],
        "leaf": _LEAF,
    },
    "correspondence_enter": _ENTRY,
    "correspondence_find": {"entries": [_ENTRY], "after": ""},
    "correspondence_note": {**_ENTRY, "direction": "out", "state": "returned", "next": "find_another_way"},
    "applicants_submit": {"submission": _OTHER, "claim": "7QK4M-2XZ9P-R6T1W-BC3DE", "phone_hint": "0000", "code_seconds": 300},
    "applicants_confirm": {"confirmed": True, "tries_left": 4, "resend_after": 60, "resends_left": 3},
    "applicants_resend": {"confirmed": False, "tries_left": 5, "resend_after": 60, "resends_left": 2},
    "applicants_withdraw": {
        "request": _OTHER,
        "subject": _SUBJECT,
        "kind": "withdraw",
        "target": _LEAF,
        "due": "2026-04-15",
        "told": [_OTHER],
        "waiting_for": "recipients",
        "plan": "",
    },
    "decisions_ask": {
        "permitted": False,
        "fields": [],
        "masks": [],
        "duties": [],
        "reading": "strict",
        "judged_on": "2026-03-19",
        "reasons": [
            {
                "code": "stopped_by_block",
                "effect": "prohibit",
                "clause": "2.2",
                "article": "94-V art. 1(3)",
                "sentence": "The data are blocked. (clause 2.2, Law 94-V, article 1(3))",
                "fields": [],
                "looked_at": [_OTHER],
            }
        ],
        "policy": _SHA,
        "pack": _SHA,
        "rules": _SHA,
        "decision": _DECISION,
    },
    "people_find": {
        "hits": [{"subject": _SUBJECT, "state": "ok", "values": {"surname": "С•••", "iin": "••••••••0017"}, "since": _AT}],
        "capped": False,
    },
    "people_show": {
        "subject": _SUBJECT,
        "decision": _DECISION,
        "leaf": _LEAF,
        "masked": ["iin"],
        "items": [
            {
                "id": _OTHER,
                "category": "6.2.1",
                "version": 1,
                "source": "person",
                "ground": "consent",
                "collected_at": _AT,
                "term_rule": "service",
                "term_end": None,
                "values": {"surname": "Сыналова", "iin": "••••••••0017"},
            }
        ],
    },
    "personnel_take_on": {"subject": _SUBJECT, "relation": _OTHER, "items": [_LEAF]},
    "personnel_find": {"hits": [], "capped": False},
    "personnel_show": {"subject": _SUBJECT, "decision": _DECISION, "leaf": _LEAF, "masked": [], "items": []},
    "personnel_end": {"subject": _SUBJECT, "relation": _OTHER, "ended": "2026-03-19"},
    "people_document": {"document": _OTHER},
    "people_order": {
        "request": _OTHER,
        "subject": _SUBJECT,
        "kind": "block",
        "target": _OTHER,
        "due": "2026-03-20",
        "told": [_OTHER],
        "waiting_for": "recipients",
        "plan": "",
    },
    "access_answer": {
        "leaf": _LEAF,
        "decision": _DECISION,
        "digest": _SHA,
        "withheld": [],
        "package": {"format": "sandyq-access/1", "language": "kk", "full": False, "people": []},
    },
    "cases_open_request": _CASE,
    "cases_identify": _CASE,
    "cases_not_identified": _CASE | {"state": "not_identified", "outcome": "refused"},
    "cases_documents": _CASE,
    "cases_want_documents": _CASE | {"state": "wanting_documents", "outcome": ""},
    "cases_decide": _DECIDED,
    "cases_confirm": _DECIDED,
    "cases_carried": _DECIDED,
    "evidence_ask": _CASE,
    "cases_answer": {"entry": _OTHER},
    "cases_resend": {"entry": _OTHER},
    "cases_rekind": _CASE | {"kind": "block", "state": "identifying", "outcome": ""},
    "cases_assign": _CASE,
    "cases_end": _CASE | {"state": "retracted"},
    "cases_reopen": _CASE | {"state": "open", "outcome": ""},
    "cases_lift": _CASE | {"kind": "authority-order", "state": "closed"},
    "cases_stage": _CASE | {"kind": "complaint", "stage": "examined"},
    "cases_deputy": {"member": _OTHER, "deputy": _SUBJECT, "since": "2026-03-20", "until": "2026-03-31"},
    "partners_acknowledge": {"transfer": _OTHER, "kind": "destroy", "status": "destroyed"},
    "log_proof": {
        "leaf": _LEAF,
        "number": 41,
        "entry": '{"act":"use.shown","at":1773896400000000}',
        "proof": "c2sp.org/tlog-proof@v1\nindex 41\n",
    },
    "log_health": {"ready": True, "engine": "sqlite", "log_size": 42},
}
"""One answer by endpoint."""
