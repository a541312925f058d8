"""What a form brings and what it gets back: submissions, choices, codes (policy 2.4, 2.18, 5.3, 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandyq.consent.facts import NewGrant, Pressed, Via
from sandyq.errors import FieldError
from sandyq.frozen import quick
from sandyq.identity.facts import CodeState
from sandyq.law.vocabulary import GrantKind, SourceKind
from sandyq.policy.texts import RenderedText
from sandyq.register.media import Upload

__all__ = ["Card", "Choice", "CodeState", "Received", "Rejected", "Stored", "Submission", "Waiting"]


@dataclass(frozen=True, slots=True)
class Card:
    """One consent as the form offers it: the exact text, and what agreeing to it grants. Its id is stable over languages and versions."""

    id: str  # collection | service | automated | public-sources | recipient.<id> | cross-border.<id> | marketing.<channel>
    kind: GrantKind
    text: RenderedText
    group: str
    required: bool = False
    recipient: str = ""
    channel: str = ""
    country: str = ""
    grants: dict[tuple[str, bool, Pressed], NewGrant] = field(default_factory=dict, compare=False, repr=False)
    """What each answer to it becomes in the records, once somebody gave it: the same for everybody."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was pressed on one card, with the digest (hex) of the text that was in front of the person."""

    card: str
    given: bool
    sha256: str
    pressed: Pressed = Pressed.BOX_TICKED


@dataclass(frozen=True, slots=True)
class Stored:
    """An upload that stands sealed in the media folder already, and the field it answers."""

    field: str
    upload: Upload


@dataclass(frozen=True, slots=True)
class Submission:
    """One form as a door hands it in. `values` are as typed. `address` and `agent` become sealed evidence; `browser` binds the phone code."""

    language: str
    door: str
    values: Mapping[str, str]
    choices: tuple[Choice, ...]
    uploads: tuple[Stored, ...] = ()
    via: Via = Via.WEB_FORM
    source: SourceKind = SourceKind.PERSON
    source_detail: str = ""
    guarantee: str = ""
    browser: str = ""
    address: str = ""
    agent: str = ""
    confirmed_phone: bool = False  # an import whose phone was checked elsewhere; never set by a public door
    given_at: datetime | None = None
    once: str = ""  # the form's own random mark: the same form sent twice is taken in once


@quick
@dataclass(frozen=True, slots=True)
class Received:
    """A submission that was taken in. When this very form was taken in before, only the hint is filled, and `claim` as long as the phone's code has
    not come back.

    `claim` opens the receipt; it is kept only as a token. `challenge` names the phone code.
    """

    submission: str
    subject: str
    claim: str
    challenge: str
    phone_hint: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A submission that the law refuses: every fault, those of the fields and those of the verdict. The refusal is on record, nothing else is kept."""

    errors: tuple[FieldError, ...]
    decision: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that asserts the identity of somebody who is known already: the desk decides (design 11)."""

    submission: str
    subject: str
    received_at: datetime
    door: str
    matches: tuple[str, ...]
    state: str
    labels: Mapping[str, str] = field(default_factory=dict)
