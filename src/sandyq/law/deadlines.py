"""The deadlines of the law as dated rules: which term a duty has on a day, by which act, and how sure that is.

The rules are data (`packs/<jurisdiction>/deadlines.yaml`), read elsewhere and handed to `from_data`. An event is judged by the version of
its day. A rule that nobody has confirmed in the act's own text may only tighten: a nearer day for a duty, never a longer keeping.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandyq.errors import FieldError, Invalid
from sandyq.law.terms import Day, Due, Moved, OpenDeadline, Term, Unit, due, due_date, recompute

__all__ = [
    "Day",
    "DeadlineRule",
    "Due",
    "Interval",
    "Mark",
    "Moved",
    "Nature",
    "OpenDeadline",
    "Source",
    "Term",
    "Unit",
    "due",
    "due_date",
    "from_data",
    "recompute",
    "rule_for",
    "rules_on",
]


class Mark(StrEnum):
    """How well a rule is known."""

    CONFIRMED = "C"  # the article's text was read
    SECONDARY = "C2"  # seen in somebody's summary only
    MEMORY = "M"  # not seen


class Nature(StrEnum):
    """What the term bounds."""

    ACT = "act"  # do it by the last day
    BEFORE = "before"  # do it before the event
    KEEP = "keep"  # keep at least until the last day


@dataclass(frozen=True, slots=True)
class Interval:
    """Days in force, both inside; `until` None means still in force."""

    since: date
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule is written: the act, its article, the redaction that was read."""

    act: str
    article: str
    redaction: str

    def __str__(self) -> str:
        return f"{self.act} {self.article} @{self.redaction}"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One version of one duty's term. `row` is its number in the project's table of deadlines, `starts` the events that start it,
    `clauses` the policy's (empty where the policy is silent), `confirmed_from` the day from which `mark` holds if the rule is older."""

    id: str
    row: int
    duty: str
    nature: Nature
    term: Term
    starts: tuple[str, ...]
    in_force: tuple[Interval, ...]
    source: Source
    mark: Mark
    clauses: tuple[str, ...] = ()
    confirmed_from: date | None = None
    note: str = ""

    def since(self, on: date) -> date | None:
        """The first day of the interval in force on this day, or None when the rule is not in force."""
        return max((interval.since for interval in self.in_force if on in interval), default=None)

    def confirmed_on(self, on: date) -> bool:
        """Whether the text in force on this day was itself read."""
        return self.mark is Mark.CONFIRMED and (self.confirmed_from is None or self.confirmed_from <= on)


def rules_on(rules: Iterable[DeadlineRule], on: date) -> tuple[DeadlineRule, ...]:
    """Every rule in force on a day, confirmed or not."""
    return tuple(rule for rule in rules if rule.since(on) is not None)


def rule_for(rules: Iterable[DeadlineRule], duty: str, on: date) -> DeadlineRule | None:
    """The rule that binds a duty whose event falls on the local date `on`, or None when the law of that day sets no term.

    The latest confirmed rule binds; an unconfirmed one takes its place only where it surely ends no later, or where there is no other. An
    unconfirmed duty to keep data binds never, since it would lengthen their life.
    """
    live = [rule for rule in rules if rule.duty == duty and rule.since(on) is not None]
    usable = [rule for rule in live if rule.confirmed_on(on) or rule.nature is not Nature.KEEP]
    best = max(usable, key=lambda rule: (rule.confirmed_on(on), rule.since(on), rule.id), default=None)
    for rule in sorted(usable, key=lambda rule: rule.id):
        if best and not rule.confirmed_on(on) and rule.term != best.term and rule.term.never_later_than(best.term):
            best = rule
    return best


def from_data(entries: Sequence[Mapping[str, object]]) -> tuple[DeadlineRule, ...]:
    """Rules from plain data (a list of mappings, dates as dates or ISO text). Raises `Invalid` with every fault, each naming its entry by
    number and id, as in `deadlines[3:breach].term`."""
    faults: list[FieldError] = []
    rules = [_rule(Entry(entry, _place(n, entry), faults)) for n, entry in enumerate(entries)]
    seen: set[str] = set()
    for n, rule in enumerate(rules):
        if rule and rule.id in seen:
            faults.append(FieldError(f"deadlines[{n}:{rule.id}].id", "given_twice", {"given": rule.id}))
        seen |= {rule.id} if rule else set()
    if faults:
        raise Invalid(faults)
    return tuple(rule for rule in rules if rule)


def _place(n: int, entry: object) -> str:
    name = entry.get("id") if isinstance(entry, Mapping) else None
    return f"deadlines[{n}:{name}]" if name else f"deadlines[{n}]"


_KNOWN = frozenset({"id", "row", "duty", "nature", "term", "starts", "in_force", "source", "mark", "clauses", "confirmed_from", "note"})


class Entry:
    """Reads one mapping loosely and notes every fault, so that the author of a pack sees them all at once."""

    def __init__(self, data: object, place: str, faults: list[FieldError], known: frozenset[str] = _KNOWN) -> None:
        self.data: Mapping[object, object] = data if isinstance(data, Mapping) else {}
        self.place, self.faults, self.before = place, faults, len(faults)
        if not isinstance(data, Mapping):
            self.fault("", "not_a_mapping", given=repr(data))
        for key in sorted(str(key) for key in self.data if key not in known):
            self.fault(key, "unknown_key", known=", ".join(sorted(known)))

    @property
    def sound(self) -> bool:
        return len(self.faults) == self.before

    def inner(self, key: str, data: object, known: str) -> "Entry":
        return Entry(data, f"{self.place}.{key}", self.faults, frozenset(known.split()))

    def fault(self, key: str, code: str, **params: object) -> None:
        self.faults.append(FieldError(f"{self.place}.{key}" if key else self.place, code, params))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value.strip()
        self.fault(key, "missing" if value is None else "not_text", given=repr(value))
        return ""

    def number(self, key: str) -> int:
        value = self.data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(key, "missing" if value is None else "not_a_number", given=repr(value))
        return 0

    def texts(self, key: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
        value = self.data.get(key)
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value) and (value or may_be_empty):
            return tuple(value)
        self.fault(key, "missing" if value is None else "not_a_list_of_text", given=repr(value))
        return ()

    def day(self, key: str, *, optional: bool = False) -> date | None:
        value = self.data.get(key)
        if value is None and optional:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault(key, "missing" if value is None else "not_a_date", given=repr(value), form="YYYY-MM-DD")
            return None

    def one_of(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        value, allowed = self.text(key, default), tuple(choices)
        if value and value not in allowed:
            self.fault(key, "not_in_list", given=value, allowed=", ".join(allowed))
        return value if value in allowed else allowed[0]

    def term(self, key: str) -> Term:
        text = self.text(key)
        try:
            return Term.parse(text) if text else Term(0, Unit.DAYS)
        except Invalid as wrong:
            self.faults.extend(FieldError(f"{self.place}.{key}", error.code, error.params) for error in wrong.errors)
            return Term(0, Unit.DAYS)

    def intervals(self, key: str) -> tuple[Interval, ...]:
        value = self.data.get(key)
        if not isinstance(value, list) or not value:
            self.fault(key, "missing" if value is None else "not_a_list_of_intervals", given=repr(value))
            return ()
        found = [self._interval(self.inner(f"{key}[{n}]", one, "from to")) for n, one in enumerate(value)]
        return tuple(interval for interval in found if interval)

    @staticmethod
    def _interval(entry: "Entry") -> Interval | None:
        since, until = entry.day("from"), entry.day("to", optional=True)
        if since and until and until < since:
            entry.fault("to", "ends_before_it_begins", since=since.isoformat(), until=until.isoformat())
        return Interval(since, until) if since else None


def _rule(entry: Entry) -> DeadlineRule | None:
    source = entry.inner("source", entry.data.get("source"), "act article redaction")
    rule = DeadlineRule(
        id=entry.text("id"),
        row=entry.number("row"),
        duty=entry.text("duty"),
        nature=Nature(entry.one_of("nature", Nature, Nature.ACT)),
        term=entry.term("term"),
        starts=entry.texts("starts"),
        in_force=entry.intervals("in_force"),
        source=Source(source.text("act"), source.text("article"), source.text("redaction")),
        mark=Mark(entry.one_of("mark", Mark)),
        clauses=entry.texts("clauses", may_be_empty=True),
        confirmed_from=entry.day("confirmed_from", optional=True),
        note=entry.text("note", ""),
    )
    return rule if entry.sound else None
