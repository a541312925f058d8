"""What the pages of the rights desk show: plain words, dates and lists, ready to be printed (policy part 4; the Law art. 24, 25)."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sandyq.access.saying import Table
from sandyq.web.views import HeldItem, LogLine, Reason


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. `days` are calendar days until the last day, negative when it is over; None without a last day."""

    id: str
    number: str
    kind: str
    state: str
    channel: str
    received_on: date
    due: date | None
    days: int | None
    next_action: str
    assignee: str
    outcome: str
    silent: tuple[str, ...] = ()  # names of recipients that do not confirm


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Work that waits on another page: how much, and where."""

    what: str  # asserted | standing | unconfirmed | undelivered
    count: int
    path: str
    more: bool = False  # as many as are counted, and perhaps more


@dataclass(frozen=True, slots=True)
class TodayView:
    """The day's work: what is overdue first; then what waits on other pages."""

    day: date
    mine: bool
    groups: tuple[tuple[str, tuple[CaseLine, ...]], ...]  # overdue | due_today | failed | waiting_second | soon
    elsewhere: tuple[Elsewhere, ...] = ()
    colleagues: tuple[tuple[str, str], ...] = ()  # (id, login) of whoever may stand in
    reminders: tuple[tuple[str, str, str, date], ...] = ()  # (case, number, word, last day) for who looks
    away: tuple[tuple[str, str, date, date], ...] = ()  # (login, login of the deputy, first day, last day)
    me: str = ""


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of cases; `more` is the place of the next page, empty at the end."""

    lines: tuple[CaseLine, ...]
    kind: str = ""
    state: str = ""
    open_only: bool = True
    mine: bool = False
    more: str = ""
    about: str = ""
    until: date | None = None  # due until that day
    member: str = ""  # of a colleague
    colleagues: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a count: its number in the term, or why it does not count."""

    day: date
    number: int
    why: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """One term of the law: which duty, by which article, from when to when, how it stands, and how it was counted."""

    duty: str
    article: str
    started: date
    due: date
    state: str
    days: int
    paused_for: str = ""
    met_at: datetime | None = None
    counted: tuple[DayView, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a member may choose on a part: `value` is `grant:reason` or `refuse:reason`; `cites` when it must name an obligation or state."""

    value: str
    label: str
    cites: bool = False


@dataclass(frozen=True, slots=True)
class PartView:
    """One thing asked: what, what was written of it, what the law says, and what may be chosen; or what became of it."""

    no: int
    what: str
    about: str
    asked: str
    state: str
    reason: str
    basis: str
    by: str = ""
    verdict: str = ""  # permitted | refused, as the law finds
    next_action: str = ""
    reasons: tuple[Reason, ...] = ()
    choices: tuple[Choice, ...] = ()
    suggested: str = ""
    waits_for_proof: bool = False
    meets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened to a case."""

    at: datetime
    act: str
    note: str
    who: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the journal of correspondence."""

    id: str
    number: str
    at: datetime
    direction: str
    channel: str
    kind: str
    state: str
    case: str = ""
    case_number: str = ""
    openable: bool = False
    letter: bool = False
    next: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class EventNote:
    """What became of an entry, opened: the waybill or who signed, and scans (id, name, kind)."""

    at: datetime
    state: str
    reason: str
    note: str
    scans: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """What an entry says and what became of it, for somebody who may read it."""

    entry: EntryView
    values: tuple[tuple[str, str], ...]
    scans: tuple[tuple[str, str, str], ...]
    notes: tuple[EventNote, ...]


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper on file."""

    id: str
    kind: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as the desk works on it. `acts` are the words of what may be done now; `members` whom it may be given to."""

    line: CaseLine
    clause: str
    article: str
    text: str
    contact: str
    level: str
    needed: str
    identified: bool
    person: str
    asker: str
    clocks: tuple[ClockView, ...]
    parts: tuple[PartView, ...]
    papers: tuple[PaperView, ...]
    correspondence: tuple[EntryView, ...]
    events: tuple[EventView, ...]
    acts: frozenset[str]
    members: tuple[tuple[str, str], ...]
    stage: str = ""
    stages: tuple[str, ...] = ()
    waits_for: str = ""
    held: tuple[HeldItem, ...] = ()
    refused: tuple[Reason, ...] = ()
    citable: tuple[tuple[str, str], ...] = ()
    may_confirm: bool = False
    outcome: str = ""
    answered: bool = False
    language: str = "kk"
    may_answer_whole: bool = False
    may_see_full: bool = False
    plausible: tuple[str, ...] = ()  # kinds that a letter may ask for until a member says which
    kinds: tuple[tuple[str, str], ...] = ()  # kinds that it may be said to be by name alone, and their words
    silent: tuple[str, ...] = ()  # recipients that have not confirmed


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    """How the whole answer is wanted: values in clear or masked, the language, and a fresh code of the second factor for values in clear."""

    full: bool
    language: str
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class WithheldView:
    """A disclosure to a state body that the answer does not tell: its request, what the body got, and the limb. For the desk alone."""

    case: str
    number: str
    fields: str
    basis: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The whole answer on access as tables in its language; `leaf` is the entry that vouches for `digest`. `downloads`: whether the member may take it along;
    `withheld` is no part of it."""

    case: str
    number: str
    full: bool
    language: str
    tables: tuple[Table, ...]
    digest: str
    leaf: str
    downloads: bool
    withheld: tuple[WithheldView, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day of the working calendar: whether it counts, why it does not (or does), and how many cases are due on it."""

    day: date
    working: bool
    why: str
    due: int
    decreed: bool = False


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A month, the months beside it, and what is known of the year."""

    first: date
    before: str
    after: str
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    version: str
    estimated: bool
    today: date | None = None


@dataclass(frozen=True, slots=True)
class LetterView:
    """One kind of letter: its template with version, and in which languages it is worded."""

    template: str
    title: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptView:
    """How the terms of one kind of request were kept."""

    kind: str
    received: int
    ended: int
    granted: int
    partly: int
    refused: int
    kept: int
    missed: int

    @property
    def share(self) -> int | None:
        """Percent of the terms that were kept."""
        every = self.kept + self.missed
        return round(100 * self.kept / every) if every else None


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """Terms kept over a time, by kind of request."""

    since: date
    until: date
    rows: tuple[KeptView, ...]


@dataclass(frozen=True, slots=True)
class JournalView:
    """A page of the journal of correspondence (3.10)."""

    since: date
    until: date
    rows: tuple[EntryView, ...]
    more: str = ""
    waiting: bool = False
    found_by: bool = False


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request that staff enter: on paper, by telephone, at the desk, from a partner or an authority."""

    kind: str
    channel: str
    language: str
    about: str
    received_on: date | None
    text: str
    contact: str
    document: str
    wants: tuple[tuple[str, str, str], ...]
    ordered_due: date | None = None
    identity: str = ""
    iin: str = field(default="", repr=False)
    paper: str = ""


@dataclass(frozen=True, slots=True)
class NewKind:
    """What a member says that a letter asks for: the kind, its parts as (what, id, value); of an authority's order also its paper and whom it names."""

    kind: str
    wants: tuple[tuple[str, str, str], ...]
    document: str = ""
    paper: str = ""
    about: str = ""
    iin: str = field(default="", repr=False)
    another: bool = False  # one more thing that the letter asks for: a request of its own


@dataclass(frozen=True, slots=True)
class KindView:
    """The form by which a letter is said to be of a kind: what it can be about as (`what:id`, words); what was written, where that was opened."""

    line: CaseLine
    kind: str
    wants: tuple[tuple[str, str], ...]
    person: str
    on_file: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One of the smaller acts on a case: its word, what was typed or chosen for it, the address of a printed letter line by line, the papers asked for."""

    word: str
    given: str = ""
    lines: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen on one part."""

    no: int
    do: str
    reason: str
    cited: str
    document: str


@dataclass(frozen=True, slots=True)
class NewDecree:
    """A decree as it was filled in: what it is called, the day that it makes a day off, and the day that is worked for it."""

    citation: str
    day_off: date | None
    working_day: date | None


@dataclass(frozen=True, slots=True)
class EnteredDecree:
    """One day that a decree changed, as the office entered it. `holds` unless a later entry took its place."""

    day: date
    kind: str
    citation: str
    at: datetime
    by: str
    holds: bool


@dataclass(frozen=True, slots=True)
class DecreesView:
    """What the office entered over the calendar of the program, newest first."""

    rows: tuple[EnteredDecree, ...]
    version: str
    today: date


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """One day before and after a decree, in words; `same` where it changes nothing."""

    day: date
    weekday: int
    before: str
    after: str
    same: bool


@dataclass(frozen=True, slots=True)
class MovedTermView:
    """A running term that would end on another day. `number` is that of a request; an order has none. `late`: it would be over already."""

    case: str
    number: str
    what: str
    before: date
    after: date
    late: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decree would change: the days, and the running terms, at most `few` of them."""

    entered: DecreesView
    days: tuple[ChangedDay, ...]
    moved: tuple[MovedTermView, ...]
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class DayLog:
    """A page of the log of one day, newest first. `more` is the number of the last entry shown, from which the next page goes on; 0 on the last."""

    on: date
    lines: tuple[LogLine, ...]
    size: int
    checkpoint: str
    more: int = 0
    later: bool = False  # not the first page
    today: date | None = None

    @property
    def before(self) -> date:
        """The day before."""
        return self.on - timedelta(days=1)

    @property
    def after(self) -> date | None:
        """The day after, unless it is yet to come."""
        return self.on + timedelta(days=1) if self.today and self.on < self.today else None
