"""What is known of a person's consents: grants, their proof, and the channels they stopped (policy 2.18, 4.1.5, 5.3; the Law art. 8,
24(1)(5), 25(2)(5)).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from sandyq.errors import FieldError, Invalid
from sandyq.frozen import quick
from sandyq.law.ask import ConsentFact
from sandyq.law.vocabulary import GrantKind, GrantState

T = TypeVar("T")
DIGEST_BYTES = 32
CHANNELS = frozenset({"phone", "sms", "email", "social", "fax"})
"""The channels of 3.8; a marketing grant and a stop name one of them."""


class Via(StrEnum):
    """The way on which a consent reached us."""

    WEB_FORM = "web_form"
    PORTAL = "portal"
    PAPER = "paper"
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    STATE_SERVICE = "state_service"  # art. 8-1
    NON_STATE_SERVICE = "non_state_service"  # art. 8-2
    PARTNER = "partner"


class Pressed(StrEnum):
    """What the person did. A closed list, so that a proof never holds free text."""

    BOX_TICKED = "box_ticked"
    BOX_LEFT_EMPTY = "box_left_empty"
    BUTTON_YES = "button_yes"
    BUTTON_NO = "button_no"
    SIGNED_ON_PAPER = "signed_on_paper"
    SIGNED_ELECTRONICALLY = "signed_electronically"
    SAID_YES = "said_yes"
    SAID_NO = "said_no"
    REPLIED_YES = "replied_yes"
    REPLIED_NO = "replied_no"
    USED_THE_SERVICE = "used_the_service"  # 5.3: not a consent in the strict reading


_NO = frozenset({Pressed.BOX_LEFT_EMPTY, Pressed.BUTTON_NO, Pressed.SAID_NO, Pressed.REPLIED_NO})


@quick
@dataclass(frozen=True, slots=True)
class ShownText:
    """The exact text that was in front of the person. `sha256` is over its UTF-8 bytes; `complete` when it had the eight items of art.
    8(4).
    """

    id: str
    version: str
    language: str
    sha256: bytes
    complete: bool


@quick
@dataclass(frozen=True, slots=True)
class NewGrant:
    """One choice, given or refused, that can later be withdrawn by itself. `fields` is the list of data agreed to (art. 8(4)(7))."""

    kind: GrantKind
    state: GrantState
    text: ShownText
    pressed: Pressed
    purpose: str = ""
    recipient: str = ""
    channel: str = ""
    country: str = ""
    fields: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    implied: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Proof:
    """How the choices of one submission reached us. `evidence` is the item that holds the sealed address and browser line.

    `kept_until` is the day until which the proof is kept at least (the class has its own term); `given_at` only where the choice was made
    before it was entered (paper, import): otherwise it is the instant of the act.
    """

    via: Via
    kept_until: date
    evidence: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodeProof:
    """A one-time code that confirmed choices: the id of the request and its two instants, never the code (Digital Code art. 47)."""

    request: str
    sent_at: datetime
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class ProvenGrant:
    """One grant with everything that proves it, and what became of it: a line of the person's consent page."""

    id: str
    kind: GrantKind
    state: GrantState
    purpose: str
    recipient: str
    channel: str
    country: str
    fields: frozenset[str]
    text: ShownText
    pressed: Pressed
    via: Via
    door: str
    actor_kind: str
    evidence: str
    given_at: datetime
    expires_at: datetime | None
    implied: bool
    kept_until: date
    leaf: str
    codes: tuple[CodeProof, ...] = ()
    ended_at: datetime | None = None  # withdrawn, or destroyed with the rest while still given
    withdrawal_due: date | None = None
    withdrawal_leaf: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal did. Our own use stops at once; `due` is the last day for the recipients to stop (art. 8(7)), None where the law
    sets no term.
    """

    grants: tuple[str, ...]
    recipients: frozenset[str]
    at: datetime
    due: date | None
    leaf: str


@quick
@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """Everything the gate needs of this room, from one query."""

    consents: tuple[ConsentFact, ...]
    suppressed: frozenset[str]


class PerGrant(Generic[T]):
    """What follows from a choice alone, made once for each object: what a card grants is one object for everybody who presses it, and nothing of them."""

    def __init__(self, make: Callable[[NewGrant], T]) -> None:
        self._make = make
        self._kept: dict[int, tuple[NewGrant, T]] = {}  # holding it keeps its identity from being reused

    def __call__(self, grant: NewGrant) -> T:
        found = self._kept.get(id(grant))
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[id(grant)] = (grant, self._make(grant))
        return found[1]


_MOST_KEPT = 512


def faults(grants: Iterable[NewGrant]) -> tuple[FieldError, ...]:
    """Every fault of a list of choices, each named by its place."""
    return tuple(fault for n, grant in enumerate(grants) for fault in _faults(f"consents[{n}]", grant))


def check(grants: tuple[NewGrant, ...]) -> None:
    """Raises Invalid with all faults at once; an empty list is a fault too (5.3: silence is not a choice)."""
    if grants and all(map(_sound, grants)):
        return
    found = faults(grants) if grants else (FieldError("consents", "consent_missing", cites=("5.3", "94-V art. 8(1)")),)
    if found:
        raise Invalid(found)


_NEEDS = {
    GrantKind.PROCESSING: "purpose",
    GrantKind.RECIPIENT: "recipient",
    GrantKind.MARKETING: "channel",
}


def _faults(place: str, grant: NewGrant) -> Iterable[FieldError]:
    needed = _NEEDS.get(grant.kind, "")
    if needed and not getattr(grant, needed):
        yield FieldError(f"{place}.{needed}", "missing", {"kind": grant.kind.value})
    if grant.kind is GrantKind.MARKETING and grant.channel and grant.channel not in CHANNELS:
        yield FieldError(f"{place}.channel", "not_in_list", {"allowed": ", ".join(sorted(CHANNELS))}, ("3.8",))
    if grant.state is GrantState.WITHDRAWN:
        yield FieldError(f"{place}.state", "consent_withdrawn_by_its_own_act", cites=("4.1.5",))
    if (grant.state is GrantState.GIVEN) is (grant.pressed in _NO):
        yield FieldError(f"{place}.pressed", "consent_contradicts_what_was_pressed", {"pressed": grant.pressed.value}, ("2.18",))
    if grant.implied is not (grant.pressed is Pressed.USED_THE_SERVICE):
        yield FieldError(f"{place}.implied", "consent_implied_only_by_use", cites=("5.3",))
    if not grant.implied and (len(grant.text.sha256) != DIGEST_BYTES or not (grant.text.id and grant.text.version and grant.text.language)):
        yield FieldError(f"{place}.text", "consent_text_not_proven", cites=("2.18", "94-V art. 25(2)(5)"))


_sound = PerGrant(lambda grant: not any(_faults("", grant)))


def matter(grant: ConsentFact | ProvenGrant) -> tuple[str, ...]:
    """What a choice is about: two choices on the same matter replace each other."""
    return (grant.kind, grant.purpose, grant.recipient, grant.channel, grant.country)
