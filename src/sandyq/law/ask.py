"""What is asked of the law, and what is known: ids, enums, dates and flags, never a person's values (design 2).

All types are frozen and hold only plain values, so that a fact set has one canonical form and a past decision can be replayed.
Instants are aware UTC datetimes; terms end on dates in Kazakhstan.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sandyq.frozen import quick
from sandyq.law.vocabulary import (
    ActorKind,
    GrantKind,
    GrantState,
    Occasion,
    Operation,
    Reading,
    SourceKind,
    StandingAct,
    StateKind,
)

FORMER = "former"
"""The class of an item that a newer version replaced; the facts hold one only when the ask names it."""


@quick
@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the gate: may this operation be done to these fields of this subject for this purpose?

    `fields` are policy field ids (`iin`, `surname`); empty means all data fields that the facts know of. `recipient` names a party for
    `distribute` (or the word `public`). `ground` is `consent` (default), a code of art. 9 such as `9(1)` with `citation` of the act relied
    on, `5.4` (goes on after a withdrawal) or `18(3)` (destruction by court decision).
    """

    operation: Operation | StandingAct
    subject: str
    purpose: str
    fields: frozenset[str] = frozenset()
    actor: ActorKind = ActorKind.SYSTEM
    actor_id: str = ""
    occasion: Occasion = Occasion.ORDINARY
    recipient: str = ""
    channel: str = ""  # marketing: phone, sms, email, social, fax
    ground: str = "consent"
    citation: str = ""
    documents: tuple[str, ...] = ()  # ids of documents that the occasion needs (correction, release)
    items: frozenset[str] = frozenset()  # narrow to these items (destroy, hold of an item)
    automated: bool = False  # art. 19-1: decided without a person
    source: SourceKind = SourceKind.PERSON  # collect: where the data come from (6.1)
    source_reference: str = ""  # collect: where a public source was read, art. 7(5); an address or a citation, never the data
    guarantee: str = ""  # collect: document id of the third party's guarantee (6.3)


@quick
@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One grant as it stands."""

    id: str
    kind: GrantKind
    state: GrantState
    given_at: datetime
    purpose: str = ""
    recipient: str = ""
    channel: str = ""
    country: str = ""
    fields: frozenset[str] = frozenset()  # the list of data agreed to, art. 8(4)(7)
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None
    implied: bool = False  # 5.3, only in the `as_published` reading
    proven: bool = False  # text digest, time, channel and what was pressed are kept (art. 25(2)(5))
    complete: bool = False  # the eight items of art. 8(4) were shown


@quick
@dataclass(frozen=True, slots=True)
class StateFact:
    """A block, hold or lock that nobody ended, with its scope: empty sets mean everything of the subject. Past `until` it is overdue and stands."""

    id: str
    kind: StateKind
    since: datetime
    until: date | None = None
    categories: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    reason: str = ""  # a code of the closed list of reasons


@quick
@dataclass(frozen=True, slots=True)
class RelationFact:
    """A contract, obligation or employment: without it 4.1.5, 5.4 and 8.1 cannot be decided."""

    id: str
    kind: str  # contract | obligation | employment | application
    started: date
    ended: date | None = None
    fulfilled: bool = False
    purposes: frozenset[str] = frozenset()


@quick
@dataclass(frozen=True, slots=True)
class ItemFact:
    """One version of one category of the subject: its legal columns, not its values."""

    id: str
    category: str  # 6.2.x
    fields: frozenset[str]
    collected_at: datetime
    source: SourceKind = SourceKind.PERSON
    ground: str = "consent"
    purposes: frozenset[str] = frozenset()
    term_end: date | None = None
    guaranteed: bool = True  # 6.3: data from a third party with its guarantee recorded
    source_cited: bool = False  # art. 7(5)
    klass: str = "data"  # data | evidence: retained evidence keeps its own term (design 12) | former


@quick
@dataclass(frozen=True, slots=True)
class RecipientFact:
    """A party that could receive data."""

    id: str
    kind: str  # clause of part 7: 7.1.1 .. 7.1.5
    country: str = "KZ"
    agreed: frozenset[tuple[str, str]] = frozenset()  # (purpose, field) pairs that the contract covers
    undertaking: bool = False  # art. 10(1): signed undertaking to comply
    active: bool = True
    suspended: bool = False


@quick
@dataclass(frozen=True, slots=True)
class StaffFact:
    """What a staff member may do: grants are (purpose, category or `*`, operation)."""

    id: str
    grants: frozenset[tuple[str, str, str]] = frozenset()
    undertaking: bool = False  # confidentiality, art. 11
    active: bool = True


@quick
@dataclass(frozen=True, slots=True)
class SubjectFact:
    """How well the subject is known."""

    id: str
    kind: str = "provisional"  # provisional | verified | destroyed
    iin_verified: bool = False
    phone_verified: bool = False
    wall: str = "client"  # client | staff: the HR wall of 3.7
    destroyed: bool = False
    matches_known: bool = False  # asserted data meet an existing subject: the desk decides first (design 11)


@quick
@dataclass(frozen=True, slots=True)
class Facts:
    """All that the law looks at for one Ask. `policy` and `pack` are digests; the book itself is handed over beside the facts."""

    subject: SubjectFact
    reading: Reading = Reading.STRICT
    policy: str = ""
    pack: str = ""
    consents: tuple[ConsentFact, ...] = ()
    states: tuple[StateFact, ...] = ()
    relations: tuple[RelationFact, ...] = ()
    items: tuple[ItemFact, ...] = ()
    recipient: RecipientFact | None = None
    staff: StaffFact | None = None
    suppressed: frozenset[str] = frozenset()  # marketing channels the person stopped
    acceptance: str = ""  # id of the recorded acceptance of `as_published`
    notice_promised: bool = False  # art. 19(1): the consent promised a notice of transfer
    extra: tuple[tuple[str, str], ...] = field(default_factory=tuple)
