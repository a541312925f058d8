"""A request of a person as it is kept: the case, its clocks, its parts, its events (policy 4.1.1-4.1.7; the Law art. 24, 25)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sandyq.identity import Level
from sandyq.law.decision import Finding
from sandyq.rights.states import Kind, State


class Channel(StrEnum):
    """How a request reached us."""

    PORTAL = "portal"
    MAIL = "mail"
    PAPER = "paper"
    PHONE = "phone"
    DESK = "desk"
    PARTNER = "partner"
    AUTHORITY = "authority"


class What(StrEnum):
    """What one part of a request is about, and so what its `target` names."""

    ALL = "all"  # the whole person; target is empty
    ITEM = "item"  # an item of the register
    GRANT = "grant"  # a consent
    CHANNEL = "channel"  # a channel of marketing to be left alone on (3.8)
    RECIPIENT = "recipient"
    FIELD = "field"  # a field of the policy; its new value is sealed
    STATE = "state"  # a block, to be lifted
    PUBLICATION = "publication"  # yes or no to distribution in public sources
    PLACE = "place"  # where data are public; a transfer, or empty and named in the sealed request
    DECISION = "decision"  # a decision of the gate that was taken automatically
    SUBMISSION = "submission"  # a form sent in the person's name
    CLAIM = "claim"  # moral or material damage
    ORDER = "order"  # what an authority orders: block, correct, destroy, disclose


class PartState(StrEnum):
    """Where a part stands. Carried out means that it was done here; what recipients still have to confirm is told beside it."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    NOT_HELD = "not_held"


class Do(StrEnum):
    """What is decided on a part."""

    GRANT = "grant"
    REFUSE = "refuse"
    NOT_HELD = "not_held"


class ClockState(StrEnum):
    """Where a term stands. A missed one stays missed, also when the duty is done in the end."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


class Outcome(StrEnum):
    """How a case ended, by its parts."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


class Delivery(StrEnum):
    """How the last letter of a case stands with the person (3.10)."""

    NONE = ""  # nothing was sent yet, or it has reached the person by another way than a letter
    TO_POST = "to_post"  # on paper, and not at the post yet: the answer has not left
    WAITING = "waiting"  # kept for the person to fetch
    SENT = "sent"  # on its way, without proof of delivery
    LATE = "late"  # neither fetched nor proved for ten working days
    FAILED = "failed"  # came back, bounced, or was given up
    DELIVERED = "delivered"


class Stage(StrEnum):
    """Where a complaint stands (4.1.7)."""

    RECEIVED = "received"
    EXAMINED = "examined"
    OFFERED = "offered"
    SETTLED = "settled"
    COURT = "court"
    CLOSED = "closed"


NEVER = date(9999, 12, 31)
"""The day of what has no last day."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is asked. `id` is what the part is about (see What), `value` what the person wrote of it: it is sealed with the request."""

    what: What
    id: str = ""
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A request as a door hands it in. `asker` is who asks (empty: a provisional person is made, who holds nothing but the request), `about` whose
    data are meant (empty: not established yet). `text`, `contact` and values of `wants` are sealed. `documents` are papers on file of the asker.
    `ordered_on` and `ordered_due` are the day of an authority's own order and the last day that it names. `plausible` are the kinds that a letter may ask
    for, the likeliest first, while no member has said which."""

    kind: Kind
    channel: Channel
    asker: str = ""
    about: str = ""
    language: str = "kk"
    received_at: datetime | None = None
    text: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    level: Level = Level.NONE
    representative: str = ""
    wants: tuple[Wanted, ...] = ()
    documents: tuple[str, ...] = ()
    entry: str = ""
    ordered_on: date | None = None
    ordered_due: date | None = None
    plausible: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A term of the law that a case stands under. `started` is the day of the event; it is counted over `term` from `since`, which differ only after a
    pause. `rule` names the rule of the pack (empty: the day was ordered by an authority)."""

    no: int
    duty: str
    rule: str
    started: date
    since: date
    term: str
    due: date
    calendar: str
    state: ClockState
    paused_for: str = ""
    met_at: datetime | None = None
    reminded: str = ""
    remind_on: date = NEVER

    @property
    def open(self) -> bool:
        """Whether the duty is still to be done."""
        return self.met_at is None and self.state in (ClockState.RUNNING, ClockState.MISSED)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked, and what became of it. `choice` is what was decided while it is not carried out yet, `cited` the ids that a refusal rests on
    (an obligation, a contract, a hold), `order` the order given for it and `result` what came of that (a state, a plan), `told` the
    transfers by which recipients learn of it."""

    no: int
    what: What
    target: str
    state: PartState = PartState.OPEN
    choice: str = ""
    reason: str = ""
    clause: str = ""
    article: str = ""
    cited: tuple[str, ...] = ()
    document: str = ""
    order: str = ""
    result: str = ""
    decision: str = ""
    by: str = ""
    told: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do here."""
        return self.state is not PartState.OPEN


@dataclass(frozen=True, slots=True)
class Case:
    """One request of a person, from receipt to answer. `item` is the evidence that holds what was written, `told_item` what staff read in it of new
    values, `former_item` the values that a correction replaced. `plausible` are the kinds that a letter may ask for until a member says which;
    `deputy` is who stands in today."""

    subject: str
    id: str
    number: str
    kind: Kind
    state: State
    about: str
    channel: Channel
    language: str
    received_at: datetime
    opened_at: datetime
    level: Level
    representative: str
    assignee: str
    outcome: str
    closed_at: datetime | None
    item: str
    entry: str = ""
    answer: str = ""
    stage: str = ""
    duplicate_of: str = ""
    due: date = NEVER
    delivery: Delivery = Delivery.NONE
    plausible: tuple[Kind, ...] = ()
    told_item: str = ""
    former_item: str = ""
    deputy: str = ""
    clocks: tuple[Clock, ...] = ()
    parts: tuple[Part, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def person(self) -> str:
        """Whom entries of the log are about: whose data are meant, else who asks."""
        return self.about or self.subject

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """What is not decided and done yet."""
        return tuple(part for part in self.parts if not part.ended)


class Listed(NamedTuple):
    """One line of a list of cases."""

    due: str
    id: str
    number: str
    kind: str
    state: str
    about: str
    channel: str
    received_us: int
    assignee: str
    outcome: str
    delivery: str = ""
    plausible: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case: `act` is a closed word, `old` and `new` the states or days it led from and to."""

    at: datetime
    act: str
    old: str
    new: str
    reason: str
    by_kind: str
    by_id: str
    leaf: str


@dataclass(frozen=True, slots=True)
class PartDecision:
    """What a member of staff decides on a part. `reason` is a word of the kind's closed list, `cited` the obligation or contract that a refused
    withdrawal rests on, `document` the paper or proof it rests on, `until` the last day of a lock."""

    no: int
    do: Do
    reason: str = ""
    cited: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class SuggestedPart:
    """What the law says of one part. `next_action` is the word of what a member would do."""

    no: int
    verdict: str  # permitted | refused
    reasons: tuple[Finding, ...]
    next_action: str = ""
    meets: tuple[str, ...] = ()  # not-me: people who look the same


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the desk would answer, by the law's findings on every open part."""

    outcome: Outcome
    parts: tuple[SuggestedPart, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision led to. `waiting_for` is `second_person`, `recipients`, `destruction`, `proof`, `delivery` or empty."""

    case: str
    state: State
    waiting_for: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a member was reminded of last about a request: `word` is half, day_before, due or overdue; `mail` is queued, sent, failed, withheld or empty."""

    member: str
    case: str
    id: str
    word: str
    duty: str
    due: date
    mail: str
    at: datetime
    number: str = ""


class Due(NamedTuple):
    """One line of the day's work: the case, the word of what is to be done next, and the recipients that do not confirm whatever was tried."""

    case: Listed
    next_action: str
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Today:
    """The day's work: overdue first, what is due today, what comes within three days, what cannot go on by itself, what waits for a second person, and
    letters that are to be posted or do not arrive."""

    overdue: tuple[Due, ...]
    due_today: tuple[Due, ...]
    soon: tuple[Due, ...]
    failed: tuple[Due, ...]
    waiting_second: tuple[Due, ...]
    undelivered: tuple[Due, ...] = ()
    reminders: tuple[Reminder, ...] = ()  # of one member


@dataclass(frozen=True, slots=True)
class Kept:
    """How the terms of one kind of request were kept over a time."""

    kind: Kind
    received: int
    ended: int
    granted: int
    partly: int
    refused: int
    terms_kept: int
    terms_missed: int


@dataclass(frozen=True, slots=True)
class MovedClock:
    """A clock that ends on another day by a decree."""

    case: str
    number: str
    duty: str
    before: date
    after: date
    calendar: str
