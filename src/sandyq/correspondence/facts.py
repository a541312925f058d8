"""What the journal keeps of a letter, an e-mail, a call (policy 3.10, 8.3, 2.20): ways, states and the moves between them, what comes in and goes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sandyq.register.media import Upload


class Direction(StrEnum):
    """Which way."""

    IN = "in"
    OUT = "out"


class Channel(StrEnum):
    """By which way."""

    MAIL = "mail"  # e-mail
    PAPER = "paper"  # post, or handed over
    COURIER = "courier"
    PHONE = "phone"
    PORTAL = "portal"
    PARTNER = "partner"


class State(StrEnum):
    """Where an entry stands."""

    RECEIVED = "received"  # in: nobody has made anything of it yet
    REGISTERED = "registered"  # in: it belongs to a case, or needs none
    QUEUED = "queued"  # out: to be mailed, printed, or fetched from the portal
    SENT = "sent"
    DELIVERED = "delivered"
    FETCHED = "fetched"  # opened in the portal
    RETURNED = "returned"  # the post brought it back
    BOUNCED = "bounced"  # the address takes no mail
    FAILED = "failed"  # given up


_S = State
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.REGISTERED}),
        _S.REGISTERED: frozenset({_S.REGISTERED}),
        _S.QUEUED: frozenset({_S.SENT, _S.DELIVERED, _S.FETCHED, _S.BOUNCED, _S.FAILED}),
        _S.SENT: frozenset({_S.DELIVERED, _S.FETCHED, _S.RETURNED, _S.BOUNCED}),
        _S.DELIVERED: frozenset({_S.FETCHED, _S.RETURNED, _S.BOUNCED}),
        _S.FETCHED: frozenset(),
        _S.RETURNED: frozenset({_S.QUEUED, _S.FETCHED}),
        _S.BOUNCED: frozenset({_S.QUEUED, _S.FETCHED}),
        _S.FAILED: frozenset({_S.QUEUED, _S.FETCHED}),
    }
)
"""From each state, the states that may follow. What came back can be sent again, or fetched."""

NEXT: Mapping[State, str] = MappingProxyType(
    {
        _S.RECEIVED: "look_at_it",
        _S.BOUNCED: "find_another_way",
        _S.RETURNED: "find_another_way",
        _S.FAILED: "send_again",
    }
)
"""What the desk has to do about an entry that stands so; a code of the catalog (`journal.next.*`). `queued` on paper is `print_and_post`."""


def next_action(channel: Channel, state: State) -> str:
    """The code of what the desk does next; empty when nothing waits for it."""
    if state is State.QUEUED and channel in (Channel.PAPER, Channel.COURIER):
        return "print_and_post"
    return NEXT.get(state, "")


class Reason(StrEnum):
    """Why something came back or was not sent; the closed list of `correspondence_event.reason`."""

    NONE = ""
    ADDRESS_UNKNOWN = "address_unknown"
    ADDRESSEE_GONE = "addressee_gone"
    NOT_COLLECTED = "not_collected"
    ACCEPTANCE_REFUSED = "acceptance_refused"
    OTHER = "other"
    MAILBOX_REFUSED = "mailbox_refused"
    GIVEN_UP = "given_up"
    ADDRESS_CLOSED = "address_closed"  # the gate refused to open it


@dataclass(frozen=True, slots=True)
class File:
    """One attached file of no kind that streams (word processor, plain text), kept sealed whole. `kind` was found by looking, not told."""

    name: str
    kind: str
    data: bytes

    def __repr__(self) -> str:
        return f"File({self.kind}, {len(self.data)})"


@dataclass(frozen=True, slots=True)
class Scan:
    """An upload that stands sealed in the media folder already, and its name as it came."""

    name: str
    upload: Upload

    def __repr__(self) -> str:
        return f"Scan({self.upload.kind}, {self.upload.size})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What came in, as a door hands it over. `sender` is whoever wrote, as they gave it; for e-mail the address. `number` and `dated` are the paper's own,
    `waybill` the carrier's. `omitted` are codes of what was not taken. All but channel, language and day becomes sealed evidence."""

    channel: Channel
    sender: str = ""
    sender_name: str = ""
    subject_line: str = ""
    text: str = ""
    scans: tuple[Scan, ...] = ()
    files: tuple[File, ...] = ()
    omitted: tuple[str, ...] = ()
    received_at: datetime | None = None
    language: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    identity: bytes = b""  # of the very message: the same one taken in again is known by it
    automatic: str = ""
    number: str = ""
    dated: date | None = None
    waybill: str = ""
    subject: str = ""  # whom it is from, where a member of staff knows; else a provisional subject is made

    def __repr__(self) -> str:  # what was written must not reach a log by way of a traceback
        return f"Incoming({self.channel.value})"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal. `on` is the day and hour it counts from, `digest` the SHA-256 hex of a letter's body."""

    subject: str
    id: str
    number: str
    direction: Direction
    channel: Channel
    kind: str
    case: str
    answers: str
    language: str
    state: State
    item: str
    digest: str
    attached: int
    omitted: tuple[str, ...]
    on: datetime
    made_at: datetime
    by_kind: str
    by_id: str
    leaf: str

    @property
    def next(self) -> str:
        """What the desk does next."""
        return next_action(self.channel, self.state)


@dataclass(frozen=True, slots=True)
class Event:
    """What became of an entry."""

    subject: str
    id: str
    entry: str
    state: State
    reason: Reason
    item: str
    on: date | None
    at: datetime
    by_kind: str
    by_id: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in. `case` is the one whose thread it follows, `again` says that this very message had been taken in before, `earlier` are cases
    that the same address wrote about."""

    entry: Entry
    case: str = ""
    again: bool = False
    earlier: tuple[str, ...] = ()

    @property
    def asker(self) -> str:
        """The subject of who wrote."""
        return self.entry.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A letter to be issued. `body` is `LetterBody.to_json()`; `channels` the ways it goes: `paper` or `courier` is printed, `portal` is fetched,
    `mail` adds a mail without personal data that leads there (`notice`). `addressee` are name and address as they are printed, sealed."""

    subject: str
    case: str
    body: bytes
    kind: str
    language: str
    channels: tuple[Channel, ...] = (Channel.PORTAL,)
    addressee: tuple[str, ...] = ()
    answers: str = ""
    notice: "Notice | None" = None

    def __repr__(self) -> str:
        return f"Outgoing({self.kind})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail without personal data: `title` and `text` are finished words with numbers, days and links, `kind` says which wording made them. `reference` is a
    number in the title that an answer may name. `answers` is the entry whose sender gets it; without one it goes to the e-mail in the register."""

    subject: str
    kind: str
    language: str
    title: str
    text: str
    case: str = ""
    reference: str = ""
    answers: str = ""

    def __repr__(self) -> str:  # a link is a secret
        return f"Notice({self.kind})"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was noted of an event, opened: a waybill, who signed, and scans (media id, name, kind)."""

    event: str
    note: str
    attachments: tuple[tuple[str, str, str], ...]

    def __repr__(self) -> str:
        return f"Proof({self.event})"


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says, opened for somebody who may read it. `attachments` are media id, name and kind; `files` those that are kept whole; `proofs`
    what became of it, with waybills and receipts."""

    entry: Entry
    values: Mapping[str, str]
    attachments: tuple[tuple[str, str, str], ...]
    files: tuple[File, ...]
    leaf: str
    proofs: tuple[Proof, ...] = ()

    def __repr__(self) -> str:
        return f"Content({self.entry.id})"


@dataclass(frozen=True, slots=True)
class Issued:
    """What `/verify` tells of a letter by its digest: that it was issued, when, under which number, and its entry of the log."""

    on: date
    number: str
    leaf: str
