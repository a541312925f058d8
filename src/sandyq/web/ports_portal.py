"""What a person's own pages call. Each call is one unit of work. Raises Denied `session_ended` or `second_factor_wanted` where these are wanting."""

from typing import Protocol

from sandyq.identity import CodeState
from sandyq.web.views import Download, Visit
from sandyq.web.views_portal import (
    AskView,
    CaseLine,
    CaseView,
    ConsentsView,
    ContactsView,
    DataView,
    KindLine,
    Me,
    NewRequest,
    SignInsView,
    TotpView,
)


class PortalPort(Protocol):
    """Signing in, and everything behind it."""

    async def ask_code(self, iin: str, contact: str, visit: Visit) -> CodeState:
        """The same answer for everybody. Raises Invalid (`iin`, `contact`), TooMany."""
        ...

    async def again(self, visit: Visit) -> CodeState: ...

    async def enter(self, code: str, visit: Visit) -> str:
        """A session's secret, or an empty text."""
        ...

    async def leave(self, token: str, visit: Visit) -> None: ...

    async def me(self, token: str, visit: Visit) -> Me: ...

    async def step_up(self, token: str, kind: str, visit: Visit) -> CodeState: ...

    async def step_enter(self, token: str, code: str, visit: Visit) -> str:
        """The session's new secret, or an empty text."""
        ...

    async def act_for(self, token: str, subject: str, visit: Visit) -> bool: ...

    async def data(self, token: str, visit: Visit) -> DataView: ...

    async def consents(self, token: str, visit: Visit) -> ConsentsView: ...

    async def withdraw(self, token: str, grants: tuple[str, ...], sending: str, visit: Visit) -> str:
        """Withdraw these consents, or all that stand when none is named; gives the request's id. `sending` names the form: sent twice, it is one request."""
        ...

    async def agree(self, token: str, card: str, sha256: str, visit: Visit) -> None:
        """Agree to one card whose text was shown. Raises Conflict when the text changed meanwhile."""
        ...

    async def sign_ins(self, token: str, visit: Visit) -> SignInsView: ...

    async def package(self, token: str, form: str, visit: Visit) -> Download:
        """`form` is `json`, `pdf` or `zip`."""
        ...

    async def kinds(self, token: str, visit: Visit) -> tuple[Me, tuple[KindLine, ...]]: ...

    async def cases(self, token: str, visit: Visit) -> tuple[Me, tuple[CaseLine, ...]]: ...

    async def ask_form(self, token: str, kind: str, visit: Visit) -> AskView: ...

    async def ask(self, token: str, new: NewRequest, visit: Visit) -> str:
        """Put a request on file; gives its id. Raises Invalid with every fault."""
        ...

    async def case(self, token: str, case: str, visit: Visit) -> CaseView: ...

    async def retract(self, token: str, case: str, visit: Visit) -> None: ...

    async def add_document(self, token: str, case: str, new: NewRequest, visit: Visit) -> None: ...

    async def open_link(self, secret: str, visit: Visit) -> bool:
        """Whether the link of a mail leads anywhere; the first browser that opens it keeps it."""
        ...

    async def proving(self, token: str, secret: str, visit: Visit) -> str:
        """The number of the request that the link asks to prove; empty when it is over."""
        ...

    async def prove(self, token: str, secret: str, visit: Visit) -> str:
        """The request is this person's; gives its id. Raises NotFound when the link is over."""
        ...

    async def letter(self, token: str, entry: str, form: str, visit: Visit) -> Download: ...

    async def contacts(self, token: str, visit: Visit) -> ContactsView: ...

    async def propose(self, token: str, value: str, visit: Visit) -> None: ...

    async def propose_known(self, token: str, visit: Visit) -> None:
        """Confirm the e-mail address that the first form named."""
        ...

    async def confirm(self, token: str, code: str, visit: Visit) -> CodeState: ...

    async def replace_contact(self, token: str, factor: str, sending: str, visit: Visit) -> str:
        """Ask that the data name this proved contact from now on; gives the request's id. Raises NotFound, Conflict while it does not count."""
        ...

    async def enrol(self, token: str, visit: Visit) -> TotpView: ...

    async def confirm_totp(self, token: str, code: str, visit: Visit) -> bool: ...

    async def end(self, token: str, factor: str, visit: Visit) -> None: ...
