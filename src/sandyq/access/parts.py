"""The parts of an answer: an item with its values, a consent with its proof, a transfer, a state, a look.

Whatever has a code has its words beside it, in the language that was asked for. Each part is frozen, and given by name.
"""

from datetime import date, datetime

from msgspec import Struct


class Coded(Struct, frozen=True, kw_only=True):
    """A code and its words."""

    code: str
    words: str


class Aim(Struct, frozen=True, kw_only=True):
    """A purpose of part 3: its id, the clause, and its words."""

    code: str
    clause: str
    words: str


class Basis(Struct, frozen=True, kw_only=True):
    """What something rests on: clause of the policy, article of the act, and both in words."""

    clause: str
    article: str
    words: str


class Value(Struct, frozen=True, kw_only=True):
    """One field: its value in its normal form, masked when `masked`; `words` is how a person reads it, where that differs. A value that is too long to
    stand here has its length and digest instead."""

    field: str
    label: str
    value: str
    masked: bool
    words: str = ""
    length: int = 0
    digest: str = ""


class Term(Struct, frozen=True, kw_only=True):
    """How long something is kept: the rule in words, and the last day where one is known."""

    rule: str
    words: str
    clause: str
    article: str
    last_day: date | None


class Origin(Struct, frozen=True, kw_only=True):
    """Where it came from (6.1): kind of source, and its detail where one was recorded."""

    kind: Coded
    detail: str


class Item(Struct, frozen=True, kw_only=True):
    """One version of one category, or one piece of retained evidence: its values and everything that the law looks at.

    `act` is the entry of the log by which it came, `automated` whether that was decided without a person (art. 19-1).
    """

    id: str
    category: Coded
    version: int
    current: bool
    superseded_at: datetime | None
    values: tuple[Value, ...]
    source: Origin
    ground: Coded
    citation: str
    purposes: tuple[Coded, ...]
    collected_at: datetime
    act: Coded
    leaf: str
    decision: str
    consent: str
    automated: bool
    term: Term


class File(Struct, frozen=True, kw_only=True):
    """One upload; `name` is its file in the package's archive, empty where its bytes are not there."""

    id: str
    item: str
    field: str
    label: str
    kind: str
    size: int
    received_at: datetime
    name: str


class Code(Struct, frozen=True, kw_only=True):
    """A one-time code that confirmed a choice: when it was sent and came back, never the code."""

    sent_at: datetime
    verified_at: datetime


class Consent(Struct, frozen=True, kw_only=True):
    """One choice with everything that proves it (2.18, art. 25(2)(5)), and how it ended."""

    id: str
    kind: Coded
    state: Coded
    purpose: Coded | None
    recipient: Coded | None
    channel: str
    country: str
    fields: tuple[Coded, ...]
    text: str
    text_version: str
    language: str
    sha256: str
    complete: bool
    pressed: str
    via: Coded
    door: str
    given_at: datetime
    expires_at: datetime | None
    confirmed: tuple[Code, ...]
    evidence: str
    leaf: str
    ended_at: datetime | None
    stops_by: date | None
    withdrawal_leaf: str
    proof_kept_until: date


class Stop(Struct, frozen=True, kw_only=True):
    """A channel on which the person wants no offers (3.8)."""

    channel: str
    since: datetime


class Transfer(Struct, frozen=True, kw_only=True):
    """What went, or was to go, to a recipient: fields and dates, never values (4.1.1, art. 22(1)(5)). `kind` is `lead`, or what was to be done with
    data given before."""

    id: str
    recipient: Coded
    kind: str
    state: Coded
    purpose: Coded
    fields: tuple[Coded, ...]
    queued_at: datetime
    sent_at: datetime | None
    confirmed_at: datetime | None
    confirmed: bool
    reminders: int
    basis: Basis
    leaf: str


class Recipient(Struct, frozen=True, kw_only=True):
    """Who has, or must be taken to have, data of the person."""

    id: str
    name: str
    clause: str
    country: str
    fields: tuple[Coded, ...]
    first_at: datetime
    last_at: datetime
    told_to_destroy: bool
    reference: bool


class Release(Struct, frozen=True, kw_only=True):
    """A proposal to end a state, and what became of it."""

    outcome: Coded
    proposed_at: datetime
    settled_at: datetime | None
    settled_as: str


class Standing(Struct, frozen=True, kw_only=True):
    """A block, hold or lock over the data, with its reason and scope (2.2, 4.1.3, 4.1.7); an empty scope is everything."""

    id: str
    kind: Coded
    reason: Coded
    basis: Basis
    categories: tuple[Coded, ...]
    items: tuple[str, ...]
    purposes: tuple[Coded, ...]
    recipients: tuple[Coded, ...]
    since: datetime
    until: date | None
    ended_at: datetime | None
    outcome: Coded | None
    releases: tuple[Release, ...]


class Relation(Struct, frozen=True, kw_only=True):
    """What ties the person to the office or to a party it serves."""

    id: str
    kind: str
    started: date
    ended: date | None
    fulfilled: bool
    purposes: tuple[Coded, ...]
    party: Coded | None


class Representative(Struct, frozen=True, kw_only=True):
    """A representation on either side: `for_you` says that somebody acts for the person, else the person acts for somebody."""

    id: str
    kind: str
    for_you: bool
    scope: tuple[str, ...]
    since: date
    until: date | None
    ended_at: datetime | None


class Form(Struct, frozen=True, kw_only=True):
    """One form that came in."""

    id: str
    state: str
    door: str
    language: str
    purpose: Coded
    received_at: datetime
    leaf: str


class Order(Struct, frozen=True, kw_only=True):
    """One order that was given on the person, by themselves or by staff (4.1.3-4.1.5)."""

    id: str
    kind: str
    state: str
    reason: str
    by: Coded
    received_at: datetime
    due: date | None
    decided_at: datetime | None
    decision: str


class Document(Struct, frozen=True, kw_only=True):
    """A paper on file; its number is among the evidence, under `item`."""

    id: str
    kind: str
    item: str
    by: Coded
    filed_at: datetime


class Reason(Struct, frozen=True, kw_only=True):
    """Why the law decided so."""

    code: str
    basis: Basis
    words: str


class Decision(Struct, frozen=True, kw_only=True):
    """One decision about the person, permitted or refused."""

    id: str
    at: datetime
    operation: str
    purpose: Coded | None
    recipient: Coded | None
    occasion: str
    by: Coded
    automated: bool
    permitted: bool
    fields: int
    reasons: tuple[Reason, ...]


class Gone(Struct, frozen=True, kw_only=True):
    """What one step of a destruction removed."""

    step: str
    category: str
    things: int
    keys: int
    done_at: datetime


class Destruction(Struct, frozen=True, kw_only=True):
    """One destruction, planned or done."""

    id: str
    whole: bool
    items: tuple[str, ...]
    basis: Basis
    planned_at: datetime
    deleted_at: datetime | None
    done_at: datetime | None
    next_step: str
    certificate: str
    leaf: str
    gone: tuple[Gone, ...]


class Look(Struct, frozen=True, kw_only=True):
    """Somebody looked, or was refused a look: in which role, for which purpose, at which categories; never who by name."""

    at: datetime
    act: Coded
    by: Coded
    role: str
    purpose: Coded | None
    categories: tuple[str, ...]
    count: int
    verdict: str
    leaf: str


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of the public log about the person."""

    number: int
    id: str
    at: datetime
    act: Coded
    by: Coded
    basis: Basis
    verdict: str


class Thing(Struct, frozen=True, kw_only=True):
    """One thing that a room keeps about the person, as that room shows it."""

    holder: str
    what: str
    id: str
    category: str
    since: datetime | None
    ground: str
    source: str
    purposes: tuple[str, ...]
    term_rule: str
    last_day: date | None


class Kept(Struct, frozen=True, kw_only=True):
    """What outlives a destruction, why and until when."""

    holder: str
    what: Coded
    id: str
    ground: str
    last_day: date | None
    term_rule: str


class Method(Struct, frozen=True, kw_only=True):
    """One way in which data were collected or processed, and whether a machine alone decided (art. 19-1)."""

    kind: str
    code: str
    words: str
    automated: bool


class Person(Struct, frozen=True, kw_only=True):
    """Who it is, as far as the office knows: how well identified, since when. No value stands here."""

    subject: str
    kind: str
    since: datetime
    iin_verified: bool
    phone_verified: bool
    destroyed_at: datetime | None
