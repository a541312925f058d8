"""What is known of somebody who proves who they are: factors, sessions, codes, desk checks (design 20; `docs/adr/0010-who-is-asking.md`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sandyq.db import Work
from sandyq.identity.levels import Deed, Level, allowed, clause_of
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Refusal
from sandyq.register.items import Opened
from sandyq.register.keystore import Keyring


class FactorKind(StrEnum):
    """By what somebody can prove who they are."""

    PHONE = "phone"
    EMAIL = "email"
    TOTP = "totp"  # an authenticator, RFC 6238


CONTACTS = frozenset({FactorKind.PHONE, FactorKind.EMAIL})


class FactorState(StrEnum):
    """Whether a factor opens anything."""

    WAITING = "waiting"  # named, its code has not come back yet
    COOLING = "cooling"  # confirmed, and counts only when its cooling-off is over
    OK = "ok"
    BOUNCED = "bounced"  # what is sent there comes back: nothing until a desk check
    REISSUED = "reissued"  # a newer verified person holds it too: nothing until a desk check
    ENDED = "ended"


class DocumentSeen(StrEnum):
    """What a member of staff looked at. The kind alone is kept (the Law art. 7(10))."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGN_PASSPORT = "foreign_passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    DIGITAL_DOCUMENT = "digital_document"


@dataclass(frozen=True, slots=True)
class CodeState:
    """Where a code stands: `ok` once it came back right."""

    ok: bool
    tries_left: int = 0
    resend_after: int = 0  # seconds
    resends_left: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to whoever asks for a code: the same for known, unknown, blocked and destroyed people."""

    state: CodeState


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as it stands now. `item` is the sealed contact, empty for an authenticator; `usable_at` the end of its cooling-off."""

    subject: str
    id: str
    kind: FactorKind
    state: FactorState
    origin: str  # form | portal | desk
    language: str
    item: str
    added_at: datetime
    verified_at: datetime | None
    usable_at: datetime | None

    @property
    def opens(self) -> bool:
        """Whether it proves something now."""
        return self.state is FactorState.OK


@dataclass(frozen=True, slots=True)
class DeskCheck:
    """One look of a member of staff at an identity document."""

    id: str
    document_kind: DocumentSeen
    member: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is behind a session, and how well they proved it. `for_subject` differs from `subject` for a representative, who acts within `scope`
    (clauses 4.1.x). `factors` are those that were proved in this session."""

    subject: str
    level: Level
    session: str
    for_subject: str
    scope: frozenset[str] = frozenset()
    factors: tuple[Factor, ...] = ()
    mandate: str = ""
    language: str = "kk"

    @property
    def represents(self) -> bool:
        """Whether they act for somebody else."""
        return self.for_subject != self.subject

    def may(self, deed: Deed) -> bool:
        """Whether they may do it about `for_subject`: the level, and for a representative the scope of the document. Factors are everybody's own."""
        if not allowed(self.level, deed):
            return False
        clause = clause_of(deed)
        return not self.represents or clause in self.scope or clause == "any"


class Mandate(Protocol):
    """A representation as this room looks at it (`parties.Representative` is one)."""

    @property
    def id(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def scope(self) -> frozenset[str]: ...

    def may(self, clause: str, day: date) -> bool: ...


Mandates = Callable[[Work, str], Sequence[Mandate]]
"""Gives the representations in which a person is the representative. It lies with a room of the same floor, so whoever asks brings it."""


class Opener(Protocol):
    """The gate, as a room below it sees it: whoever calls hands it in."""

    @property
    def ring(self) -> Keyring: ...

    @property
    def in_force(self) -> Callable[[Work], Any]: ...

    def ask(self, work: Work, ask: Ask, /) -> Permit | Refusal: ...

    def open(self, work: Work, permit: Permit, item_ids: list[str] | None = None, /) -> Mapping[str, Opened]: ...
