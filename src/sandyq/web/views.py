"""What the pages show and what they hand over: frozen view models, already decided by the rooms below; templates add no logic of their own.

Labels of fields, clauses and recipients come from the office's policy in the asked language; our own sentences come by key.
Instants are aware, dates are days in Kazakhstan, ids are pseudonyms.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sandyq.policy.render import Page as PolicyPage

# --- who comes -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request came from. `address` and `agent` are kept only as sealed evidence of a consent; `browser` is a random cookie. `sending` names the form
    that was sent, as it was shown and as it was filled in: pressed twice, it is the same one; empty where no form was sent."""

    language: str
    browser: str
    address: str
    agent: str
    door: str = "web"
    sending: str = ""


# --- start page ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartnerLink:
    """A partner of the sample office; `url` is the page of its receiver, empty when it runs elsewhere."""

    id: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OfficeView:
    """What every page says about the office. `reading` is `strict` or `as_published` (banner), `sample` marks synthetic data."""

    name: str
    reading: str
    sample: bool
    operator: str = ""
    contact: str = ""
    partners: tuple[PartnerLink, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()  # sample only: (catalog key, command or login to try)


@dataclass(frozen=True, slots=True)
class SampleMail:
    """One mail that a sample office sent: the address masked."""

    to: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleText:
    """One SMS that a sample office sent."""

    tail: str  # last digits of the number
    text: str


# --- the form --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of the form. `kind` is the policy's validator kind; `why` says in plain words what it is asked for."""

    id: str
    label: str
    kind: str  # a key of `register.identifiers.KINDS`, or integer | choice | file
    category: str  # 6.2.x
    purpose: str  # clause of part 3
    why: str
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    least: int | None = None  # of a number or sum
    most: int | None = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """Fields that stand together under one heading (a catalog key or a label of the policy)."""

    id: str
    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """One thing to agree to or refuse, by itself. `items` are the eight of art. 8(4): (number, heading, text)."""

    id: str
    kind: str  # law.vocabulary.GrantKind
    title: str
    summary: str
    items: tuple[tuple[str, str, str], ...]
    sha256: str
    version: str
    required: bool = False  # the service is not possible without it
    group: str = "service"  # service | partners | abroad | automated | marketing | public


@dataclass(frozen=True, slots=True)
class FormView:
    """The whole form as the policy in force asks for it. `digest` names that policy: a form shown under another one is told apart."""

    digest: str
    sections: tuple[SectionView, ...]
    consents: tuple[ConsentCard, ...]

    @property
    def fields(self) -> tuple[FieldView, ...]:
        return tuple(f for s in self.sections for f in s.fields)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: bounded by the door, in memory only, never in clear on a disk."""

    field: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """What was pressed on one card, and the digest of the text that the page had shown. A card left alone makes no choice at all."""

    id: str
    given: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Application:
    """A form sent in. `once` is the form's random mark: the same one sent twice is the same application."""

    values: dict[str, str]
    choices: tuple[ConsentChoice, ...]
    uploads: tuple[Upload, ...]
    once: str
    digest: str


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to an application; the same for known, unknown and blocked people. `claim` is empty when it was shown before."""

    claim: str
    phone_hint: str  # what was typed, masked: never what we may know
    resend_after: int = 60  # seconds
    resends_left: int = 3


# --- the receipt -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldField:
    """One field that is kept, masked unless a second factor opened it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One category of data with its origin, ground, purposes and term."""

    clause: str
    title: str
    fields: tuple[HeldField, ...]
    source: str
    ground: str
    purposes: tuple[str, ...]
    collected_at: datetime
    term: str
    term_end: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentProof:
    """One grant with the proof of it."""

    id: str
    title: str
    state: str  # given | refused | withdrawn | ended (with the data)
    at: datetime
    sha256: str
    version: str
    language: str
    channel: str  # consent.facts.Via
    withdrawn_at: datetime | None = None
    revocable: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class TransferView:
    """What went to a partner: field labels, never values. `state` is the catalog's `transfer.*`."""

    recipient: str
    at: datetime
    fields: tuple[str, ...]
    purpose: str
    state: str  # sent | confirmed | waiting | refused | failed
    confirmed_at: datetime | None = None
    follow_up: str = ""  # what was asked of the partner later: block | destroy | release, empty when nothing
    follow_up_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """One leaf of the log, as people read it. `proof` is the leaf id when a proof can be had already."""

    at: datetime
    act: str  # catalog key `act.*`
    who: str
    clause: str = ""
    article: str = ""
    verdict: str = "done"  # done | permitted | refused
    proof: str = ""
    purpose: str = ""  # what for: in words for the person themselves, else its id
    number: int = 0  # its place in the log
    heading: str = ""  # what was done, in words; empty: those of `act`
    details: str = ""  # to whom, what for, on which data


@dataclass(frozen=True, slots=True)
class KeptView:
    """What outlives a destruction, and why."""

    what: str
    why: str
    until: date | None


@dataclass(frozen=True, slots=True)
class DestructionView:
    """What became of a destruction order; two dates and two lists (design 9, 12)."""

    state: str  # ordered | running | done
    ordered_at: datetime
    deleted_at: datetime | None
    unrecoverable_on: date | None
    gone: tuple[str, ...]
    kept: tuple[KeptView, ...]
    recipients: tuple[tuple[str, bool], ...]
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """All that one person is shown about themselves."""

    number: str
    received_at: datetime
    state: str  # waiting_code | received | blocked | destroyed
    held: tuple[HeldItem, ...]
    consents: tuple[ConsentProof, ...]
    transfers: tuple[TransferView, ...]
    log: tuple[LogLine, ...]
    destruction: DestructionView | None = None
    letters: tuple[
        tuple[str, str], ...
    ] = ()  # of a destroyed person: (entry, title and number); the claim code is all that is left to fetch them by


@dataclass(frozen=True, slots=True)
class Download:
    """A file to hand out, in one piece or in pieces that are made while they are sent. `name` is ASCII and holds nothing personal."""

    name: str
    media_type: str
    content: bytes | Iterator[bytes]


# --- the policy page -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssuedView:
    """A letter that was issued: the day, and where the log says so. `entry` is empty while it waits for its number; `provable` once a published checkpoint covers it."""

    on: date
    entry: int | None
    leaf: str
    log: str
    provable: bool


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The policy in force: its page as `policy.render` makes it, the reading, and since when it holds."""

    page: PolicyPage
    approved_on: date
    in_force_from: datetime
    reading: str


# --- the console -----------------------------------------------------------------------------------------------------------------------


FORMS: Final = 20
"""How many forms that wait for the desk one page shows: each is a look at several people."""


@dataclass(frozen=True, slots=True)
class StaffView:
    """Who is signed in, and what the console may offer them. `purposes` are (id, label)."""

    login: str
    role: str
    purposes: tuple[tuple[str, str], ...]
    orders: tuple[str, ...]  # block | release | hold | unhold | withdraw | destroy
    may_decide: bool = False
    may_read_log: bool = False
    may_see_transfers: bool = False
    may_requests: bool = False
    may_find: bool = True
    may_personnel: bool = False
    may_journal: bool = False
    may_policy: bool = False
    overdue: int = 0  # requests past their last day; told on top of every page


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for: one exact identifier, or two name criteria (design 10). Empty strings were left empty."""

    kind: str = ""  # iin | phone | email | contract
    value: str = ""
    surname: str = ""
    first_name: str = ""
    birth_year: str = ""
    phone_tail: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found: masked."""

    subject: str
    name: str
    phone: str
    iin: str
    state: str  # ok | blocked (existence only) | asserted
    since: date


@dataclass(frozen=True, slots=True)
class FindView:
    """The result of a search; `capped` when there were more than are shown."""

    hits: tuple[Hit, ...]
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal or permit: the sentence with clause and article already in the asked language."""

    clause: str
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A refusal of the gate with all its reasons and the decision's id."""

    reasons: tuple[Reason, ...]
    decision: str


@dataclass(frozen=True, slots=True)
class StateView:
    """A block, hold or lock that stands; `proposed_by` when somebody proposed its release and a second person has to confirm."""

    id: str
    kind: str
    since: datetime
    scope: str
    reason: str
    proposed_by: str = ""
    confirmable: bool = False
    until: date | None = None
    overdue: bool = False  # its date is over: it stands, and somebody must decide


@dataclass(frozen=True, slots=True)
class OpenState:
    """A state that waits for people: overdue, or with a release that a second person has to confirm."""

    subject: str
    kind: str
    reason: str
    since: datetime
    until: date | None
    overdue: bool
    proposed_by: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person as this purpose shows them."""

    subject: str
    purpose: str
    state: str
    held: tuple[HeldItem, ...]
    consents: tuple[ConsentProof, ...]
    states: tuple[StateView, ...]
    seen: tuple[LogLine, ...]
    transfers: tuple[TransferView, ...]
    decision: str
    reasons: tuple[Reason, ...]
    destruction: DestructionView | None = None
    refused: bool = False  # the law refused the data; `reasons` say why, and only the standing is shown


@dataclass(frozen=True, slots=True)
class Order:
    """An order on a person. `target` is a state's or grant's id where the order needs one; `reason` is a code of the closed list."""

    kind: str
    reason: str = ""
    document: str = ""
    target: str = ""
    step: str = ""  # release: propose | confirm
    until: date | None = None  # block, hold: the day by which somebody is to decide


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order taken: what it is called and when it has to be done."""

    order: str
    kind: str
    due: date | None = None
    waiting_for: str = ""  # `second_person`, `recipients` or empty


@dataclass(frozen=True, slots=True)
class AssertedView:
    """A submission that waits for the desk: whom it may concern, compared without showing more than needed."""

    id: str
    received_at: datetime
    name: str
    matches: tuple[tuple[str, str], ...]  # (subject id, masked name)
    same: tuple[str, ...]  # labels of identifiers that meet
    differ: tuple[str, ...]
    quarantined: bool
    due: date | None


@dataclass(frozen=True, slots=True)
class OpenTransfer:
    """A message that a recipient has not confirmed."""

    id: str
    recipient: str
    kind: str  # lead | block | release | withdraw | destroy
    sent_at: datetime | None
    attempts: int
    escalated: bool = False
