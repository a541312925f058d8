"""Every endpoint in one table: what the server answers and what the documentation says come from the same rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

from sandyq.access import schema
from sandyq.api import (
    access,
    applicants,
    cases,
    caseshapes,
    correspondence,
    decisions,
    destructions,
    evidence,
    log,
    partners,
    people,
    personnel,
    shapes,
)
from sandyq.api.door import Answer, Call
from sandyq.distribute.acts import Acknowledgement
from sandyq.staff import Power

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `power` is the scope that a token needs; without it the endpoint is open or proves its caller in another way (`proof`)."""

    method: Literal["GET", "POST"]
    path: str
    run: Callable[[Call], Awaitable[Answer]]
    group: str
    power: Power | None = None
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | str = ""  # a struct, or the media types of something else
    status: int = 200
    once: bool = False  # takes an Idempotency-Key
    headers: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    uploads: str = ""  # takes files too: the part that then holds the JSON
    fails_with_state: bool = False  # a 422 may carry the answer's own body

    @property
    def name(self) -> str:
        """Its operation id."""
        return f"{self.run.__module__.rpartition('.')[2]}_{self.run.__name__}"


_CLAIM = (applicants.CLAIM_HEADER,)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/form", applicants.form, "applicants", Power.COLLECT, answer=applicants.Form, query=("language",)),
    Endpoint(
        "POST",
        "/collect",
        applicants.submit,
        "applicants",
        Power.COLLECT,
        applicants.NewApplication,
        applicants.Taken,
        201,
        once=True,
        uploads="application",
    ),
    Endpoint(
        "POST",
        "/codes/confirm",
        applicants.confirm,
        "applicants",
        Power.COLLECT,
        applicants.CodeBody,
        applicants.CodeState,
        fails_with_state=True,
    ),
    Endpoint("POST", "/codes/resend", applicants.resend, "applicants", Power.COLLECT, applicants.ResendBody, applicants.CodeState),
    Endpoint("GET", "/consents", applicants.consents, "applicants", Power.COLLECT, answer=applicants.Consents, headers=_CLAIM),
    Endpoint(
        "POST",
        "/consents/withdraw",
        applicants.withdraw,
        "applicants",
        Power.COLLECT,
        applicants.Withdraw,
        shapes.Ordered,
        once=True,
        headers=_CLAIM,
    ),
    Endpoint("POST", "/decide", decisions.ask, "decisions", Power.DECIDE, decisions.DecideBody, decisions.Decided),
    Endpoint("POST", "/find", people.find, "people", Power.FIND, people.Find, people.Hits),
    Endpoint("POST", "/use", people.show, "people", Power.USE, people.Use, people.Shown),
    Endpoint("POST", "/orders", people.order, "people", Power.ORDERS, people.NewOrder, shapes.Ordered, 201, once=True),
    Endpoint("POST", "/documents", people.document, "people", Power.ORDERS, people.NewDocument, people.Filed, 201, once=True),
    Endpoint("GET", "/subjects/{subject}/transfers", people.transfers, "people", Power.TRANSFERS, answer=shapes.Transfers),
    Endpoint("GET", "/transfers/unconfirmed", people.unconfirmed, "people", Power.TRANSFERS, answer=shapes.Transfers),
    Endpoint("POST", "/requests", cases.open_request, "requests", Power.REQUESTS, cases.NewRequest, caseshapes.RequestCase, 201, once=True),
    Endpoint(
        "GET",
        "/requests",
        cases.listed,
        "requests",
        Power.REQUESTS,
        answer=caseshapes.Requests,
        query=("kind", "standing", "member", "about", "all", "day", "behind"),
    ),
    Endpoint("GET", "/requests/today", cases.today, "requests", Power.REQUESTS, answer=caseshapes.RequestToday, query=("member",)),
    Endpoint(
        "GET",
        "/requests/statistics",
        cases.statistics,
        "requests",
        Power.REQUESTS,
        answer=caseshapes.RequestStatistics,
        query=("since", "until"),
    ),
    Endpoint("POST", "/requests/deputies", cases.deputy, "requests", Power.REQUESTS, cases.NewDeputy, caseshapes.Days),
    Endpoint("GET", "/requests/{case}", cases.show, "requests", Power.REQUESTS, answer=caseshapes.RequestCase),
    Endpoint("GET", "/requests/{case}/events", cases.history, "requests", Power.REQUESTS, answer=caseshapes.RequestEvents),
    Endpoint("GET", "/requests/{case}/text", cases.text, "requests", Power.REQUESTS, answer=caseshapes.RequestText),
    Endpoint("GET", "/requests/{case}/suggestion", cases.suggestion, "requests", Power.REQUESTS, answer=caseshapes.RequestSuggestion),
    Endpoint("POST", "/requests/{case}/identify", cases.identify, "requests", Power.REQUESTS, cases.Identified, caseshapes.RequestCase),
    Endpoint(
        "POST", "/requests/{case}/not-identified", cases.not_identified, "requests", Power.REQUESTS, cases.Addressed, caseshapes.RequestCase
    ),
    Endpoint("POST", "/requests/{case}/documents", cases.documents, "requests", Power.REQUESTS, cases.Papers, caseshapes.RequestCase),
    Endpoint(
        "POST",
        "/requests/{case}/want-documents",
        cases.want_documents,
        "requests",
        Power.REQUESTS,
        cases.WantedPapers,
        caseshapes.RequestCase,
    ),
    Endpoint("POST", "/requests/{case}/decide", cases.decide, "requests", Power.REQUESTS, cases.Decisions, caseshapes.RequestDecided),
    Endpoint("POST", "/requests/{case}/confirm", cases.confirm, "requests", Power.REQUESTS, cases.Confirmed, caseshapes.RequestDecided),
    Endpoint(
        "POST", "/requests/{case}/carried", cases.carried, "requests", Power.REQUESTS, cases.CarriedOutside, caseshapes.RequestDecided
    ),
    Endpoint(
        "POST", "/requests/{case}/answer", cases.answer, "requests", Power.REQUESTS, cases.Addressed, caseshapes.RequestLetter, once=True
    ),
    Endpoint(
        "POST", "/requests/{case}/resend", cases.resend, "requests", Power.REQUESTS, cases.Addressed, caseshapes.RequestLetter, once=True
    ),
    Endpoint("POST", "/requests/{case}/kind", cases.rekind, "requests", Power.REQUESTS, cases.OtherKind, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/assign", cases.assign, "requests", Power.REQUESTS, cases.Assigned, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/end", cases.end, "requests", Power.REQUESTS, cases.Ended, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/reopen", cases.reopen, "requests", Power.REQUESTS, cases.Reopened, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/lift", cases.lift, "requests", Power.REQUESTS, cases.Lifted, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/stage", cases.stage, "requests", Power.REQUESTS, cases.NewStage, caseshapes.RequestCase),
    Endpoint(
        "GET",
        "/subjects/{subject}/destructions/{plan}",
        destructions.show,
        "destructions",
        Power.ORDERS,
        answer=destructions.Destruction,
    ),
    Endpoint(
        "GET",
        "/subjects/{subject}/destructions/{plan}/certificate",
        destructions.certificate,
        "destructions",
        Power.ORDERS,
        answer="application/json,application/pdf",
        query=("format", "language"),
    ),
    Endpoint(
        "POST", "/personnel", personnel.take_on, "personnel", Power.PERSONNEL, personnel.NewRecord, personnel.Recorded, 201, once=True
    ),
    Endpoint("POST", "/personnel/find", personnel.find, "personnel", Power.PERSONNEL, people.Find, people.Hits),
    Endpoint("POST", "/personnel/show", personnel.show, "personnel", Power.PERSONNEL, personnel.Open, people.Shown),
    Endpoint("POST", "/personnel/end", personnel.end, "personnel", Power.PERSONNEL, personnel.End, personnel.Over),
    Endpoint(
        "POST",
        "/acknowledgements",
        partners.acknowledge,
        "partners",
        body=Acknowledgement,
        answer=partners.Acknowledged,
        headers=(partners.RECIPIENT_HEADER, *partners.SIGNED),
    ),
    Endpoint(
        "POST",
        "/correspondence",
        correspondence.enter,
        "correspondence",
        Power.JOURNAL,
        correspondence.NewEntry,
        correspondence.EntryRow,
        201,
        once=True,
        uploads="entry",
    ),
    Endpoint(
        "GET",
        "/correspondence",
        correspondence.journal,
        "correspondence",
        Power.JOURNAL,
        answer=correspondence.Journal,
        query=("since", "until", "direction", "state", "after"),
    ),
    Endpoint(
        "POST", "/correspondence/find", correspondence.find, "correspondence", Power.JOURNAL, correspondence.Wanted, correspondence.Journal
    ),
    Endpoint(
        "GET",
        "/correspondence/register.csv",
        correspondence.register,
        "correspondence",
        Power.JOURNAL,
        answer="text/csv",
        query=("since", "until"),
    ),
    Endpoint("GET", "/correspondence/{entry}", correspondence.read, "correspondence", Power.JOURNAL, answer=correspondence.EntryRead),
    Endpoint(
        "POST",
        "/correspondence/{entry}/events",
        correspondence.note,
        "correspondence",
        Power.JOURNAL,
        correspondence.NewEvent,
        correspondence.EntryRow,
        once=True,
        uploads="entry",
    ),
    Endpoint(
        "GET",
        "/correspondence/{entry}/scans/{scan}",
        correspondence.scan,
        "correspondence",
        Power.JOURNAL,
        answer="application/pdf,image/jpeg,image/png,image/heic",
    ),
    Endpoint("GET", "/audit/checkpoint", log.checkpoint, "log", answer="text/plain"),
    Endpoint("GET", "/audit/key", log.key, "log", answer="text/plain"),
    Endpoint("GET", "/audit/proof/{leaf}", log.proof, "log", answer=log.ProofOfEntry),
    Endpoint("GET", "/audit/tile/{path:path}", log.tile, "log", answer="application/octet-stream"),
    Endpoint("GET", "/health", log.health, "log", answer=log.Health),
    Endpoint(
        "POST",
        "/subjects/{subject}/access",
        access.answer,
        "people",
        Power.ORDERS,
        access.NewAnswer,
        access.Given,
        query=("language",),
    ),
    Endpoint(
        "POST",
        "/subjects/{subject}/access/archive",
        access.archived,
        "people",
        Power.ORDERS,
        access.NewAnswer,
        "application/zip",
        query=("language",),
    ),
    Endpoint("POST", "/requests/{case}/evidence", evidence.ask, "requests", Power.REQUESTS, evidence.EvidenceAsked, caseshapes.RequestCase),
    Endpoint("POST", "/requests/{case}/evidence/package", evidence.package, "requests", Power.REQUESTS, answer="application/zip"),
    Endpoint("GET", f"/schemas/{schema.NAME}", access.published_schema, "people", answer="application/schema+json"),
)
