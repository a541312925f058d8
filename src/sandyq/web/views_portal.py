"""What a person's own pages show: frozen, decided by the rooms below; labels and sentences come in the asked language, our own by catalog key."""

from dataclasses import dataclass
from datetime import date, datetime

from sandyq.web.views import ConsentCard, ConsentProof, HeldItem, LogLine, TransferView, Upload


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in. `steps` are the kinds of a second factor that they could prove now; `others` whom they may act for now (id, document
    kind, last day); `until` is the last day of the document under which they act."""

    stepped: bool
    steps: tuple[str, ...] = ()
    blocked: bool = False
    open_requests: int = 0
    next_day: date | None = None
    new_letters: int = 0
    represents: bool = False
    scope: tuple[str, ...] = ()
    others: tuple[tuple[str, str, date | None], ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DataView:
    """What is kept, who looked, who got it. `full` when values are in clear."""

    me: Me
    held: tuple[HeldItem, ...]
    transfers: tuple[TransferView, ...]
    looks: tuple[LogLine, ...]
    full: bool

    @property
    def alike(self) -> bool:
        """Whether ground, purposes and term are the same for everything that is kept: then they are said once."""
        return len({(one.ground, one.purposes, one.term, one.term_end) for one in self.held}) == 1 < len(self.held)


@dataclass(frozen=True, slots=True)
class Switch:
    """One consent with its exact text and where it stands; `proof` is the last choice."""

    card: ConsentCard
    on: bool
    proof: ConsentProof | None


@dataclass(frozen=True, slots=True)
class ConsentsView:
    """Every consent that is offered or was ever chosen; `others` are those whose text is not offered any more."""

    me: Me
    switches: tuple[Switch, ...]
    others: tuple[ConsentProof, ...]


@dataclass(frozen=True, slots=True)
class ClockView:
    """One term of the law in words: until when, how it was counted, where it stands."""

    duty: str
    due: date
    state: str  # running | paused | met | missed
    started: date
    term: str
    days: tuple[tuple[date, bool], ...] = ()  # each day and whether it counted
    cites: str = ""


@dataclass(frozen=True, slots=True)
class PartLine:
    """One thing asked and what became of it."""

    what: str
    state: str  # open | done | stopped | refused | not_held
    why: str = ""  # the reason in a sentence
    cite: str = ""  # clause and article
    asked: str = ""  # the value that was asked for, where it may be shown
    decision: bool = False  # a decision of the program: its state is that of the review, not of the decision


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter that can be fetched."""

    id: str
    number: str
    title: str
    at: datetime
    fetched: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One request in the list."""

    id: str
    number: str
    kind: str
    state: str
    received_at: datetime
    due: date | None
    outcome: str = ""
    letters: int = 0


@dataclass(frozen=True, slots=True)
class CaseView:
    """One request with its clocks, parts and letters."""

    me: Me
    line: CaseLine
    clocks: tuple[ClockView, ...]
    parts: tuple[PartLine, ...]
    letters: tuple[LetterLine, ...]
    documents: int
    may_retract: bool
    may_add: bool
    written: str = ""
    claims: tuple[str, ...] = ()
    appeal: tuple[str, ...] = ()  # whom to turn to when something was refused


@dataclass(frozen=True, slots=True)
class KindLine:
    """One thing that can be asked: whether this session may, and the last day for an answer if it is asked today."""

    kind: str
    allowed: bool
    day: date | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that can be corrected or added; with the choices of a closed list."""

    id: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AskView:
    """The form of one kind of request. `fields` can be corrected; `missing` are not there and can be supplemented."""

    me: Me
    line: KindLine
    fields: tuple[FieldChange, ...] = ()
    missing: tuple[FieldChange, ...] = ()
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it was filled in. `values` are new values by field, `publication` yes or no, `claims` by kind of damage."""

    kind: str
    text: str = ""
    values: tuple[tuple[str, str], ...] = ()
    document: str = ""
    publication: str = ""
    place: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    uploads: tuple[Upload, ...] = ()
    sending: str = ""  # names the form as it was shown: sent twice, it is one request

    def __repr__(self) -> str:  # what was written must not reach a log
        return f"NewRequest({self.kind})"


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One way to confirm, masked."""

    id: str
    kind: str
    shown: str
    state: str
    since: datetime
    usable_at: datetime | None
    here: bool  # proved in this session
    may_replace: bool = False  # counts, and is not the one that the data name


@dataclass(frozen=True, slots=True)
class ContactsView:
    """Contacts and authenticators. `known_email` says that the form named one that was never confirmed."""

    me: Me
    factors: tuple[FactorLine, ...]
    known_email: str = ""


@dataclass(frozen=True, slots=True)
class TotpView:
    """A new authenticator, shown once: the picture code as SVG text, and the secret to type."""

    me: Me
    secret: str
    picture: str


@dataclass(frozen=True, slots=True)
class SignInsView:
    """Sign-ins, failures and changes, and how often each happened in its minute."""

    me: Me
    lines: tuple[tuple[LogLine, int], ...]
