"""Terms and how they run: `3wd` from a day, counted day by day, and counted again when the calendar changes.

The day of the event is not counted, and a term in calendar days, months or years that ends on a day off ends on the next working day
(Civil Code art. 172-177). A term is met until the end of its last day: `calendar.day_ends`.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sandyq.errors import FieldError, Invalid, Misuse
from sandyq.frozen import quick
from sandyq.law.calendar import Calendar, Caution, DayKind, Reason

_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"(\d{1,4})\s?(wd|cd|d|m|y)")
_MONTHS_IN_YEAR = 12
_SHORTEST_MONTH = 28
_LONGEST_YEARS = 200


class Unit(StrEnum):
    """What a term counts."""

    WORKING_DAYS = "wd"
    DAYS = "cd"
    MONTHS = "m"
    YEARS = "y"


@quick
@dataclass(frozen=True, slots=True)
class Term:
    """A length of time of the law: `Term(3, Unit.WORKING_DAYS)` is written `3wd`. Zero means: on the day itself."""

    n: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Term":
        """Read `3wd`, `10cd` (or `10d`), `6m`, `5y`, `0d`. Raises `Invalid` with the code `term_unreadable` or `term_too_long`."""
        found = _WRITTEN.fullmatch(text.strip().lower())
        if not found:
            raise Invalid([FieldError("term", "term_unreadable", {"given": text[:20], "forms": "3wd 10cd 6m 5y"})])
        unit = Unit.DAYS if found[2] == "d" else Unit(found[2])
        term = cls(int(found[1]), unit)
        months = {Unit.MONTHS: 1, Unit.YEARS: _MONTHS_IN_YEAR}.get(unit, 0) * term.n
        if months > _LONGEST_YEARS * _MONTHS_IN_YEAR:
            raise Invalid([FieldError("term", "term_too_long", {"given": text[:20], "most": f"{_LONGEST_YEARS}y"})])
        return term

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"

    def last_day(self, start: date) -> date:
        """The last day of a term in calendar units, by the almanac alone: not moved off a day off, and not bound to the calendar's table.

        For terms of storage, which may end years after the table does; a duty to act uses `due`. A month or year that has no such day
        ends on its last one (Civil Code art. 174). Raises `Misuse` for working days, which need a calendar.
        """
        if self.unit is Unit.WORKING_DAYS:
            raise Misuse("term_needs_a_calendar", term=str(self))
        if self.unit is Unit.DAYS:
            return start + _DAY * self.n
        months = start.year * _MONTHS_IN_YEAR + start.month - 1 + self.n * (_MONTHS_IN_YEAR if self.unit is Unit.YEARS else 1)
        year, month = divmod(months, _MONTHS_IN_YEAR)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))

    def never_later_than(self, other: "Term") -> bool:
        """Whether this term, from any start and on any calendar, surely ends no later than the other. False also means: not sure.

        n calendar days end no later than n working days: the last of them is not after the n-th working day, and moves no further.
        """
        if self.n == 0:
            return True
        if self.unit is other.unit:
            return self.n <= other.n
        most = {Unit.WORKING_DAYS: 1, Unit.DAYS: 1, Unit.MONTHS: _SHORTEST_MONTH, Unit.YEARS: 365}
        if self.unit is Unit.DAYS:
            return self.n <= other.n * most[other.unit]
        return self.unit is Unit.MONTHS and other.unit is Unit.YEARS and self.n <= other.n * _MONTHS_IN_YEAR


@quick
@dataclass(frozen=True, slots=True)
class Day:
    """One day of a term: whether it was counted, and why it is what it is."""

    date: date
    counted: bool
    reason: Reason


@quick
@dataclass(frozen=True, slots=True)
class Due:
    """A deadline and its working: every day from the event to `date` in order, the calendar counted on, and what may still move it."""

    date: date
    counted: tuple[Day, ...]
    calendar_version: str
    warnings: tuple[Caution, ...]


def due_date(start: date, term: Term, calendar: Calendar) -> date:
    """The last day on which the duty is done in time; `start` is the local date of the event. Raises `OutsideCalendar`."""
    calendar.explain(start)
    if term.n == 0:
        return start
    if term.unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(start, term.n)
    return calendar.next_working(term.last_day(start))


def due(start: date, term: Term, calendar: Calendar) -> Due:
    """Like `due_date`, with the days counted one by one and with warnings (design 17)."""
    end = due_date(start, term, calendar)
    return Due(end, tuple(_walk(start, end, term, calendar)), calendar.version, calendar.cautions(start, end))


def _walk(start: date, end: date, term: Term, calendar: Calendar) -> Iterator[Day]:
    yield Day(start, counted=False, reason=Reason(DayKind.EVENT))
    by_work = term.unit is Unit.WORKING_DAYS
    last = end if by_work else term.last_day(start)
    for day in calendar.span(start + _DAY, end):
        reason = calendar.explain(day)
        yield Day(day, counted=reason.working if by_work else day <= last, reason=reason)


@quick
@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """A clock that runs, as a room keeps it: `due` was counted on the calendar `calendar_version`."""

    id: str
    start: date
    term: Term
    due: date
    calendar_version: str


@quick
@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that the new calendar moves, and the days that did it with their new reasons."""

    id: str
    before: date
    after: date
    because: tuple[tuple[date, Reason], ...]
    calendar_version: str


def recompute(open_deadlines: Iterable[OpenDeadline], old: Calendar, new: Calendar) -> list[Moved]:
    """The open deadlines that end on another day by the new calendar; the others only take its version. Pure: the caller stores and logs.

    The law's new day is taken in both directions: a decreed working Saturday makes a deadline earlier.
    """
    counted = ((item, due_date(item.start, item.term, new)) for item in open_deadlines)
    return [Moved(item.id, item.due, day, _because(item, day, old, new), new.version) for item, day in counted if day != item.due]


def _because(item: OpenDeadline, after: date, old: Calendar, new: Calendar) -> tuple[tuple[date, Reason], ...]:
    days = new.span(item.start + _DAY, max(item.due, after))
    return tuple((day, new.explain(day)) for day in days if _was_working(old, day) is not new.is_working(day))


def _was_working(old: Calendar, day: date) -> bool | None:
    return old.is_working(day) if old.first <= day <= old.last else None
