"""Exactly what the pages call. The office's wiring answers; each call is one unit of work, committed before it returns.

Every call may raise what `sandyq.errors` names; `web.faults` turns that into a page. Tokens and codes are opaque texts. Calls never tell a
known person from an unknown one by what they return (design 11, 20).
"""

from datetime import date
from typing import Protocol

from sandyq.collect import CodeState
from sandyq.web.ports_desk import DeskPort
from sandyq.web.ports_personnel import PersonnelPort
from sandyq.web.ports_portal import PortalPort
from sandyq.web.views import (
    Application,
    AssertedView,
    Criteria,
    Download,
    FindView,
    FormView,
    IssuedView,
    OfficeView,
    OpenState,
    OpenTransfer,
    Order,
    Ordered,
    PersonView,
    PolicyView,
    ReceiptView,
    Received,
    RefusalView,
    SampleMail,
    SampleText,
    StaffView,
    Visit,
)
from sandyq.web.views_desk import DayLog


class FrontPort(Protocol):
    """What anybody may see."""

    async def about(self, language: str) -> OfficeView: ...

    async def policy(self, language: str) -> PolicyView: ...


class ApplicantPort(Protocol):
    """The form and the receipt."""

    async def form(self, language: str) -> FormView:
        """The form that the policy in force asks for."""
        ...

    async def submit(self, application: Application, visit: Visit) -> Received:
        """Take an application in. Raises Invalid with all field errors (`data.<field>`, `consent.<id>`, `file.<field>`), nothing stored."""
        ...

    async def confirm_phone(self, code: str, visit: Visit) -> CodeState:
        """The phone code of the application sent from this browser."""
        ...

    async def resend(self, visit: Visit) -> CodeState:
        """Another code to the same phone, within the limits; raises TooMany."""
        ...

    async def ask_code(self, claim: str, visit: Visit) -> tuple[CodeState, str]:
        """First step of signing in to a receipt: the same answer whether the claim code exists or not. The text is a session token for what is left of
        a destroyed person, else empty."""
        ...

    async def enter(self, code: str, visit: Visit) -> str:
        """Second step: a session token, or an empty text when the code does not fit."""
        ...

    async def receipt(self, token: str, visit: Visit) -> ReceiptView:
        """Raises Denied when the session has ended."""
        ...

    async def withdraw(self, token: str, grant: str, visit: Visit) -> None:
        """Withdraw one consent. Raises Conflict with the reason where art. 8(2) forbids it."""
        ...

    async def proof(self, token: str, leaf: str, visit: Visit) -> Download: ...

    async def certificate(self, token: str, form: str, visit: Visit) -> Download:
        """`form` is `pdf` or `json`."""
        ...

    async def letter(self, token: str, entry: str, form: str, visit: Visit) -> Download:
        """An answer to somebody who was destroyed since, as `pdf` or `json`."""
        ...

    async def leave(self, token: str, visit: Visit) -> None: ...


class ConsolePort(Protocol):
    """The staff's side. A refusal by the law is a value, shown with its reasons."""

    async def sign_in(self, login: str, password: str, code: str, visit: Visit) -> str:
        """A session token. Raises Denied (one sentence for every cause) or TooMany."""
        ...

    async def sign_out(self, token: str, visit: Visit) -> None: ...

    async def me(self, token: str, language: str) -> StaffView:
        """Raises Denied when the session has ended."""
        ...

    async def find(self, token: str, purpose: str, criteria: Criteria, visit: Visit) -> FindView | RefusalView:
        """Raises Invalid when the criteria are too few or malformed."""
        ...

    async def open(self, token: str, subject: str, purpose: str, visit: Visit) -> PersonView | RefusalView: ...

    async def order(self, token: str, subject: str, order: Order, visit: Visit) -> Ordered | RefusalView: ...

    async def asserted(self, token: str, visit: Visit) -> tuple[AssertedView, ...]: ...

    async def decide(self, token: str, submission: str, decision: str, subject: str, document: str, visit: Visit) -> RefusalView | None:
        """`decision` is `merge` (into `subject`, on the identity check that `document` names), `apart` or `reject`."""
        ...

    async def unconfirmed(self, token: str, visit: Visit) -> tuple[OpenTransfer, ...]: ...

    async def standing(self, token: str, visit: Visit) -> tuple[OpenState, ...]: ...

    async def day(self, token: str, on: date | None, before: int, visit: Visit) -> DayLog:
        """A page of the log of `on`, today when None; `before` as `DayLog.more`, 0 for the latest."""
        ...


class VerifyPort(Protocol):
    """What anybody may ask about a letter."""

    async def letter(self, digest: str, number: str) -> IssuedView | None:
        """Whether a letter of this digest was issued, under this number where one is given; asks the store the same either way."""
        ...

    async def proof(self, digest: str) -> Download:
        """Raises NotFound, or NotReady until a published checkpoint covers the entry."""
        ...


class MailboxPort(Protocol):
    """The inbox of a sample office."""

    async def texts(self) -> tuple[SampleText, ...]:
        """The SMS that the office sent, newest first. Raises NotFound in an office that is no sample."""
        ...

    async def sent(self) -> tuple[SampleMail, ...] | None:
        """The mails that the office sent, newest first; None in a sample office whose mail is real."""
        ...

    async def write(self, sender: str, title: str, text: str, attached: tuple[str, bytes] | None) -> None:
        """Put a mail into the office's mailbox. Raises Invalid with every fault, NotFound."""
        ...


class Office(Protocol):
    """What the wiring hands to the pages. `secret` is 32 bytes for signing form marks; `secure` says whether people come over TLS."""

    @property
    def secret(self) -> bytes: ...

    @property
    def secure(self) -> bool: ...

    @property
    def front(self) -> FrontPort: ...

    @property
    def applicant(self) -> ApplicantPort: ...

    @property
    def console(self) -> ConsolePort: ...

    @property
    def verify(self) -> VerifyPort: ...

    @property
    def desk(self) -> DeskPort: ...

    @property
    def mailbox(self) -> MailboxPort: ...

    @property
    def portal(self) -> PortalPort: ...

    @property
    def personnel(self) -> PersonnelPort: ...
