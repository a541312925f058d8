"""The working calendar of Kazakhstan: which days the Law's terms count, and why.

The table is generated (`scripts/make_calendar.py`) and shipped with the program; decrees that move days off are laid over it with their
citations. Sources: Labour Code art. 84-85 (days off, moved days off, decreed swaps), Civil Code art. 172-177 (how terms run).
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from sandyq.errors import BadFile, FieldError, Invalid, Misuse, SandyqError

_DAY = timedelta(days=1)
_SATURDAY = 5
_ZONE_CHANGED = datetime(2024, 2, 29, 18, tzinfo=UTC)
_ZONE_KNOWN_FROM = datetime(2004, 12, 31, 18, tzinfo=UTC)
_BEFORE, _SINCE = timedelta(hours=6), timedelta(hours=5)
_COLUMNS = ["date", "kind", "holiday", "counterpart", "mark"]


class OutsideCalendar(SandyqError):
    """A day that the table does not cover. Params: `date`, `first`, `last`, `remedy`."""

    code = "calendar_outside"

    def __init__(self, day: date, first: date, last: date) -> None:
        remedy = "install a release with a longer table, or extend it: scripts/make_calendar.py --last YEAR"
        super().__init__(date=day.isoformat(), first=first.isoformat(), last=last.isoformat(), remedy=remedy)


class DayKind(StrEnum):
    """What a day is to a term; also the tail of its catalog key, `day_<kind>`."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MOVED_DAY_OFF = "moved_day_off"  # a holiday fell on a weekend, the next working day is off
    DECREED_DAY_OFF = "decreed_day_off"
    DECREED_WORKING_DAY = "decreed_working_day"
    EVENT = "event"  # the day of the event: never counted (Civil Code art. 173)


_WORKED = frozenset({DayKind.WORKING, DayKind.DECREED_WORKING_DAY})
_SENTENCES = {
    DayKind.WORKING: "working day",
    DayKind.WEEKEND: "weekend",
    DayKind.HOLIDAY: "state holiday ({holiday})",
    DayKind.MOVED_DAY_OFF: "day off moved from {counterpart} ({holiday})",
    DayKind.DECREED_DAY_OFF: "day off by decree",
    DayKind.DECREED_WORKING_DAY: "working day by decree",
    DayKind.EVENT: "day of the event, not counted",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day is worked or not. `holiday` is a catalog key (`nauryz`), `counterpart` the day it was exchanged with, if known."""

    kind: DayKind
    holiday: str = ""
    counterpart: date | None = None
    citation: str = ""
    estimated: bool = False  # the date of Kurban Ait is announced year by year

    @property
    def code(self) -> str:
        """Catalog key of the sentence for a person."""
        return f"day_{self.kind}"

    @property
    def working(self) -> bool:
        return self.kind in _WORKED

    def __str__(self) -> str:
        text = _SENTENCES[self.kind].format(holiday=self.holiday, counterpart=self.counterpart)
        swapped = f", exchanged with {self.counterpart}" if self.counterpart and self.kind is not DayKind.MOVED_DAY_OFF else ""
        return text + swapped + (f": {self.citation}" if self.citation else "") + (", estimated" if self.estimated else "")


class DecreeKind(StrEnum):
    """What a decree makes of a day."""

    DAY_OFF = "day_off"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class Decree:
    """A decreed change of one day; `citation` names the act (number, date, place of publication)."""

    date: date
    kind: DecreeKind
    citation: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that may yet move a deadline: `estimated_holiday` on a date, or `unconfirmed_year` (its decrees are not known)."""

    code: str
    year: int
    on: date | None = None
    holiday: str = ""

    def __str__(self) -> str:
        if self.on:
            return f"the date of {self.holiday}, {self.on}, is estimated"
        return f"decrees that move days off in {self.year} are not known to this calendar"


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Days `first`..`last` (both inside). `days` holds only those that differ from Monday-Friday work, or are holidays on a weekend.

    Two calendars are equal when their content is; `version` is a digest of it, decrees included, and is kept with each deadline.
    """

    first: date
    last: date
    days: Mapping[date, Reason]
    confirmed: Mapping[int, str]  # years whose decrees are all known, with the source
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "confirmed", MappingProxyType(dict(self.confirmed)))
        object.__setattr__(self, "version", f"kz-{_digest(self)[:16]}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def explain(self, day: date) -> Reason:
        """What kind of day this is; raises `OutsideCalendar`."""
        self._inside(day)
        known = self.days.get(day)
        if known:
            return known
        return Reason(DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKING)

    def is_working(self, day: date) -> bool:
        """Whether terms in working days count this day; raises `OutsideCalendar`."""
        return self.explain(day).working

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the first worked day after it (Civil Code art. 176)."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`, which is not counted itself; n = 0 gives `start`."""
        if n < 0:
            raise Misuse("calendar_counts_forward_only", n=n)
        self._inside(start)
        day = start
        while n:
            day += _DAY
            n -= self.is_working(day)
        return day

    def span(self, start: date, end: date) -> Iterator[date]:
        """The days from `start` to `end`, both inside."""
        return (start + _DAY * n for n in range((end - start).days + 1))

    def cautions(self, start: date, end: date) -> tuple[Caution, ...]:
        """What may still move a term over these days. An estimated holiday may fall a day beside its date, so its neighbours count."""
        near = self.span(max(start - _DAY, self.first), min(end + _DAY, self.last))
        marked = [(day, self.days[day]) for day in near if day in self.days and self.days[day].estimated]
        years = [year for year in range(start.year, end.year + 1) if year not in self.confirmed]
        return (
            *(Caution("unconfirmed_year", year) for year in years),
            *(Caution("estimated_holiday", day.year, day, why.holiday) for day, why in marked),
        )

    def with_decrees(self, decrees: Iterable[Decree]) -> "Calendar":
        """This calendar with decreed changes over it; a later call replaces an earlier decree on the same day.

        Raises `Invalid` with every faulty decree at once: no citation, a day outside the table, two kinds for one day.
        """
        given = tuple(decrees)
        faults = [fault for n, decree in enumerate(given) for fault in self._faults(n, decree, given)]
        if faults:
            raise Invalid(faults)
        return replace(self, days={**self.days, **{d.date: self._decreed(d) for d in given}})

    def with_confirmed_year(self, year: int, citation: str) -> "Calendar":
        """This calendar with a year declared complete: all its decrees are entered, by the source cited."""
        if not citation.strip():
            raise Invalid([FieldError("citation", "decree_without_citation", {"year": year})])
        return replace(self, confirmed={**self.confirmed, year: citation})

    def _decreed(self, decree: Decree) -> Reason:
        kind = DayKind.DECREED_DAY_OFF if decree.kind is DecreeKind.DAY_OFF else DayKind.DECREED_WORKING_DAY
        was = self.days.get(decree.date)
        holiday = was.holiday if was and kind is DayKind.DECREED_DAY_OFF else ""
        return Reason(kind, holiday, citation=decree.citation.strip())

    def _faults(self, n: int, decree: Decree, given: Sequence[Decree]) -> Iterator[FieldError]:
        at, shown = f"decrees[{n}]", {"date": decree.date.isoformat()}
        if not decree.citation.strip():
            yield FieldError(f"{at}.citation", "decree_without_citation", {**shown})
        if not self.first <= decree.date <= self.last:
            yield FieldError(f"{at}.date", OutsideCalendar.code, {**shown, "first": str(self.first), "last": str(self.last)})
        if any(other.date == decree.date and other.kind is not decree.kind for other in given[:n]):
            yield FieldError(f"{at}.kind", "decrees_contradict", {**shown})

    def _inside(self, day: date) -> None:
        if isinstance(day, datetime):  # it would compare and hash as another thing than its day
            raise Misuse("calendar_wants_a_local_date")
        if not self.first <= day <= self.last:
            raise OutsideCalendar(day, self.first, self.last)


def _digest(calendar: Calendar) -> str:
    rows = [f"{calendar.first}|{calendar.last}", *(f"{y}|{calendar.confirmed[y]}" for y in sorted(calendar.confirmed))]
    for day in sorted(calendar.days):
        why = calendar.days[day]
        rows.append(f"{day}|{why.kind}|{why.holiday}|{why.counterpart or ''}|{why.estimated:d}|{why.citation}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def from_table(text: str, name: str) -> Calendar:
    """Read a generated table: `# key: value` lines, a header, one row per day. Raises `BadFile` with the line; `name` is shown in it."""
    lines = text.splitlines()
    head = dict(line[1:].split(":", 1) for line in lines if line.startswith("#") and ":" in line)
    try:
        first, last, known = (head[key].strip() for key in (" first", " last", " decrees_known_until"))
        span = date.fromisoformat(first), date.fromisoformat(last)
        confirmed = dict.fromkeys(range(span[0].year, int(known) + 1), "table")
    except (KeyError, ValueError) as error:
        raise BadFile(name, 1, f"no usable first, last or decrees_known_until ({error})", "Run scripts/make_calendar.py again") from error
    body = [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not body or body[0][1].split(",") != _COLUMNS:
        raise BadFile(name, body[0][0] if body else 1, f"the columns are not {', '.join(_COLUMNS)}", "Run scripts/make_calendar.py again")
    return Calendar(*span, dict(_row(name, n, line) for n, line in body[1:]), confirmed)


def _row(name: str, n: int, line: str) -> tuple[date, Reason]:
    try:
        day, kind, holiday, counterpart, mark = next(csv.reader([line]))
        other = date.fromisoformat(counterpart) if counterpart else None
        return date.fromisoformat(day), Reason(DayKind(kind), holiday, other, estimated=mark == "estimated")
    except ValueError as error:
        raise BadFile(name, n, f"this row cannot be read ({error})", "Run scripts/make_calendar.py again") from error


@lru_cache(maxsize=1)
def kazakhstan() -> Calendar:
    """The calendar shipped with the program, 2000-2030, without the office's own decrees. The table is part of the program, like code."""
    return from_table((files("sandyq.law") / "data" / "kz-calendar.csv").read_text(encoding="utf-8"), "kz-calendar.csv")


def local_date(instant: datetime) -> date:
    """The date in Kazakhstan (zone Asia/Almaty) of an aware instant.

    The offset is UTC+6, and UTC+5 since 2024-03-01 00:00 of the old time; written here because a machine's zone table may be older
    than the change. Instants before 2005, when summer time was still kept, are refused: the Law is younger (25.11.2013).
    """
    if instant.tzinfo is None:
        raise Misuse("instant_without_zone")
    return (instant.astimezone(UTC) + _offset(instant)).date()


def day_ends(day: date) -> datetime:
    """The UTC instant at which this date in Kazakhstan is over: an act due that day is late from then on."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY
    ends = midnight - _SINCE
    return ends if ends > _ZONE_CHANGED else midnight - _BEFORE


def _offset(instant: datetime) -> timedelta:
    if instant < _ZONE_KNOWN_FROM:
        raise SandyqError("instant_too_old", instant=instant.isoformat(), remedy="give the local date instead of an instant")
    return _SINCE if instant >= _ZONE_CHANGED else _BEFORE
