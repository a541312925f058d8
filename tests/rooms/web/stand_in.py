"""A stand-in office for the pages' own tests: the sample policy is the real one, the person and the staff are made up and kept in memory.

It answers as the ports ask, with enough state to walk every page; the journeys use the real office.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache

from sandyq.collect import CodeState
from sandyq.collect.form import Partner, cards
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound
from sandyq.policy.facts import Edition
from sandyq.policy.loader import load, sample_files
from sandyq.web import paper, views, views_desk
from sandyq.web.views import Visit

AT = datetime(2026, 11, 20, 6, 15, tzinfo=UTC)
SUBJECT = "06f2m8q4x1e0c9v7b5n3k2j1h0"
CLAIM = "7KQM-3VXR-9TPA"
CODE = "482913"
RECEIVERS = (Partner("bank-a", "Алатау Банк (үлгі)", "KZ", ()), Partner("mfo-b", "Көмек МҚҰ (үлгі)", "KZ", ()))
STAFF = views.StaffView(
    "aigul",
    "dpo",
    (("loan-application", "3.1 Loan application"), ("quality", "3.3 Quality"), ("marketing", "3.8 Marketing")),
    ("block", "release", "hold", "unhold", "withdraw", "destroy"),
    True,
    True,
)


@cache
def edition() -> Edition:
    return load(*sample_files())


def held() -> tuple[views.HeldItem, ...]:
    fields = (views.HeldField("Surname", "С•••••"), views.HeldField("First name", "А••••"), views.HeldField("IIN", "••••••••0042"))
    contact = (views.HeldField("Mobile phone", "+7 ••• ••• •• 78"), views.HeldField("E-mail", "a•••@example.kz"))
    source, ground = "The person, by the form on the site", "Consent, Law art. 8"
    return (
        views.HeldItem(
            "6.2.1",
            "Name and IIN",
            fields,
            source,
            ground,
            ("3.1 Loan application",),
            AT,
            "90 days after the application is closed",
            date(2027, 2, 18),
        ),
        views.HeldItem(
            "6.2.7",
            "Contact",
            contact,
            source,
            ground,
            ("3.1 Loan application", "3.10 Correspondence"),
            AT,
            "90 days after",
            date(2027, 2, 18),
        ),
    )


def proofs() -> tuple[views.ConsentProof, ...]:
    digest = "9f2c1f5a7d0b4c3e8a6f5b2d1c0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e"
    return (
        views.ConsentProof("g1", "Processing to handle the application", "given", AT, digest, "1", "kk", "web_form"),
        views.ConsentProof("g2", "Transfer to “Алатау Банк”", "given", AT, digest, "1", "kk", "web_form"),
        views.ConsentProof("g3", "Marketing by SMS", "refused", AT, digest, "1", "kk", "web_form"),
    )


def transfers() -> tuple[views.TransferView, ...]:
    return (
        views.TransferView("Алатау Банк", AT, ("IIN", "Surname", "Mobile phone"), "3.1", "confirmed", AT, "block", False),
        views.TransferView("Көмек МҚҰ", AT, (), "3.1", "refused"),
    )


def lines() -> tuple[views.LogLine, ...]:
    return (
        views.LogLine(AT, "collect.done", "form", "3.1", "94-V art. 8(1)", "done", "l1"),
        views.LogLine(AT, "use.shown", "aigul (call centre)", "3.1", "94-V art. 7(8)", "permitted", "l2"),
        views.LogLine(AT, "gate.refused", "partner desk", "7.2", "94-V art. 15(1)", "refused"),
    )


def destruction() -> views.DestructionView:
    kept = (
        views.KeptView("Proof of consent", "Law art. 25(2)(5)", date(2029, 11, 20)),
        views.KeptView("Suppression mark", "clause 3.8", None),
    )
    return views.DestructionView(
        "done",
        AT,
        AT,
        date(2026, 12, 20),
        ("6.2.1 Name and IIN", "6.2.7 Contact"),
        kept,
        (("Алатау Банк", True), ("Көмек МҚҰ", False)),
        "c1",
    )


REASON = views.Reason("7.2", "94-V art. 7(6) @2022-03-01", "The subject did not agree to this recipient.")
REFUSAL = views.RefusalView((REASON,), "06f2m8q4x1e0c9v7b5n3k2j1h9")


@dataclass
class Front:
    reading: str = "strict"

    async def about(self, language: str) -> views.OfficeView:
        partners = tuple(views.PartnerLink(r.id, r.name) for r in RECEIVERS)
        operator = edition().words("operator", "name", language=language)
        return views.OfficeView("Sandyq", self.reading, True, operator, "pd@quicklid.example", partners, (("console.login", "aigul"),))

    async def policy(self, language: str) -> views.PolicyView:
        return paper.policy(edition(), self.reading, AT, language)


@dataclass
class Mailbox:
    written: list[tuple[str, str]] = field(default_factory=list)

    async def texts(self) -> tuple[views.SampleText, ...]:
        return (views.SampleText("5678", f"Sandyq: код {CODE}"),)

    async def sent(self) -> tuple[views.SampleMail, ...]:
        text = "Hello,\n\nRequest No. 20260319-ABCDE is on file.\n\nYou can read more here: https://office.example/prove/0a1b2c"
        return (views.SampleMail("a***@example.kz", "Request No. 20260319-ABCDE", text),)

    async def write(self, sender: str, title: str, text: str, attached: tuple[str, bytes] | None) -> None:
        faults = [FieldError("from", "email_unreadable")] if "@" not in sender else []
        faults += [FieldError("text", "missing")] if not text else []
        if faults:
            raise Invalid(faults)
        self.written.append((sender, title))


@dataclass
class Applicant:
    sent: list[views.Application] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    gone: bool = False
    refused: int = 0

    async def form(self, language: str) -> views.FormView:
        return paper.form(edition(), cards(edition(), RECEIVERS, language), language)

    async def submit(self, application: views.Application, visit: Visit) -> views.Received:
        if application.values.get("city") == "Atlantis":
            raise Invalid([FieldError("data.city", "not_in_list", {"allowed": "Kazakhstan"})])
        if not {"collection", "service"} <= {choice.id for choice in application.choices if choice.given}:
            self.refused += 1
            raise Invalid([FieldError("data", "no_consent")])
        self.sent.append(application)
        return views.Received(CLAIM, "+7 ••• ••• •• 78", 60, 3)

    async def confirm_phone(self, code: str, visit: Visit) -> CodeState:
        return CodeState(code == CODE, 4)

    async def resend(self, visit: Visit) -> CodeState:
        return CodeState(False, 5, 60, 2)

    async def ask_code(self, claim: str, visit: Visit) -> tuple[CodeState, str]:
        return CodeState(False, 5, 60, 3), "t" if self.gone and claim == CLAIM else ""

    async def enter(self, code: str, visit: Visit) -> str:
        return "t" if code == CODE else ""

    async def receipt(self, token: str, visit: Visit) -> views.ReceiptView:
        if token != "t":
            raise Denied("session")
        consents = tuple(replace(p, state="withdrawn", withdrawn_at=AT) if p.id in self.withdrawn else p for p in proofs())
        if self.gone:
            return views.ReceiptView("2026-000117", AT, "destroyed", (), (), (), lines(), destruction())
        return views.ReceiptView("2026-000117", AT, "received", held(), consents, transfers(), lines())

    async def withdraw(self, token: str, grant: str, visit: Visit) -> None:
        if grant == "g3":
            raise Conflict("consent_not_given_now")
        self.withdrawn.add(grant)

    async def proof(self, token: str, leaf: str, visit: Visit) -> views.Download:
        if token != "t":
            raise Denied("session")
        return views.Download("proof.txt", "text/plain", b"proof")

    async def certificate(self, token: str, form: str, visit: Visit) -> views.Download:
        if form not in {"pdf", "json"}:
            raise NotFound
        return views.Download(f"certificate.{form}", "application/pdf" if form == "pdf" else "application/json", b"{}")

    async def leave(self, token: str, visit: Visit) -> None: ...


@dataclass
class Console:
    orders: list[views.Order] = field(default_factory=list)
    decided: list[tuple[str, str, str]] = field(default_factory=list)
    gone: bool = False

    async def sign_in(self, login: str, password: str, code: str, visit: Visit) -> str:
        if (login, password, code) != ("aigul", "correct horse", CODE):
            raise Denied("sign_in")
        return "s"

    async def sign_out(self, token: str, visit: Visit) -> None: ...

    async def me(self, token: str, language: str) -> views.StaffView:
        if token != "s":
            raise Denied("session")
        return STAFF

    async def find(self, token: str, purpose: str, criteria: views.Criteria, visit: Visit) -> views.FindView | views.RefusalView:
        if purpose == "quality":
            return REFUSAL
        if not criteria.value and not (criteria.surname and criteria.birth_year):
            raise Invalid([FieldError("value", "missing")])
        since = date(2026, 11, 20)
        return views.FindView(
            (views.Hit(SUBJECT, "С••••• А•", "+7 ••• 78", "••••0042", "ok", since), views.Hit(SUBJECT, "", "", "", "blocked", since)), True
        )

    async def open(self, token: str, subject: str, purpose: str, visit: Visit) -> views.PersonView | views.RefusalView:
        if purpose == "quality":
            return REFUSAL
        states = (
            views.StateView("b1", "block", AT, "everything", "violation_claimed", until=date(2026, 11, 1), overdue=True),
            views.StateView("h1", "hold", AT, "6.2.9", "court_act", "dias", True),
        )
        refused = purpose == "marketing"
        shown = () if refused else held()
        return views.PersonView(
            subject, purpose, "blocked", shown, proofs(), states, lines(), transfers(), REFUSAL.decision, (REASON,), destruction(), refused
        )

    async def order(self, token: str, subject: str, order: views.Order, visit: Visit) -> views.Ordered | views.RefusalView:
        if order.kind == "hold":
            return REFUSAL
        self.orders.append(order)
        return views.Ordered("06f2m8q4x1e0c9v7b5n3k2j1h7", order.kind, date(2026, 11, 23), "recipients")

    async def asserted(self, token: str, visit: Visit) -> tuple[views.AssertedView, ...]:
        matches = ((SUBJECT, "С••••• А•"),)
        return (views.AssertedView("a1", AT, "С••••• А•", matches, ("IIN",), ("Mobile phone",), True, date(2026, 11, 23)),)

    async def decide(
        self, token: str, submission: str, decision: str, subject: str, document: str, visit: Visit
    ) -> views.RefusalView | None:
        if decision == "merge" and not document:
            raise Invalid([FieldError("document", "missing")])
        self.decided.append((submission, decision, subject))
        return None

    async def unconfirmed(self, token: str, visit: Visit) -> tuple[views.OpenTransfer, ...]:
        return (
            views.OpenTransfer("o1", "Көмек МҚҰ", "destroy", AT, 7, True),
            views.OpenTransfer("o2", "Алатау Банк", "block", None, 0),
        )

    async def standing(self, token: str, visit: Visit) -> tuple[views.OpenState, ...]:
        return (
            views.OpenState(SUBJECT, "block", "violation_claimed", AT, date(2026, 11, 1), True),
            views.OpenState(SUBJECT, "hold", "court_act", AT, None, False, "dias"),
        )

    async def day(self, token: str, on: date | None, before: int, visit: Visit) -> views_desk.DayLog:
        return views_desk.DayLog(
            on or date(2026, 11, 20), lines(), 1204, "sandyq.example/log 1204 Zm9v", 7, bool(before), date(2026, 11, 20)
        )


@dataclass
class Office:
    secret: bytes = b"k" * 32
    secure: bool = False
    front: Front = field(default_factory=Front)
    applicant: Applicant = field(default_factory=Applicant)
    console: Console = field(default_factory=Console)
    mailbox: Mailbox = field(default_factory=Mailbox)
