"""The clocks of a case: which terms it stands under, when they start, pause, are met or missed, and who is reminded (the Law art. 25(2)(6)-(8), 8(7), 6,
19-1(3); Digital Code art. 41(2); design 17).

An event is judged by the law of its own day: where that day's law sets no term, there is no clock. Nothing ends a case by time alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from sandyq import block
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.calendar import Calendar, local_date
from sandyq.law.deadlines import DeadlineRule, Due, Term, due, due_date, rule_for
from sandyq.law.terms import OpenDeadline, Unit, recompute
from sandyq.law.vocabulary import StateKind
from sandyq.rights import records
from sandyq.rights.facts import NEVER, Case, Clock, ClockState, MovedClock, What
from sandyq.rights.history import note
from sandyq.rights.states import CLOCKS, ORDERED_DUTIES, Kind, Limb

ORDERED: Final = "ordered"
"""The duty of a clock whose last day stands in an authority's own order."""
_DAY: Final = timedelta(days=1)
_REMINDED: Final = ("half", "day_before", "due", "overdue")

PAUSES: Final = MappingProxyType(
    {
        "dc41-limit": frozenset({StateKind.BLOCK, StateKind.HOLD}),
        "destroy-unlawful": frozenset({StateKind.HOLD}),
        "destroy-ended": frozenset({StateKind.BLOCK, StateKind.HOLD}),
    }
)
"""The duties that a state over the data stops, for 2.2 and 4.1.7 forbid to do them meanwhile. Every other clock runs on whatever happens."""


def rules_of(kind: Kind, limb: Limb, on: date, rules: Sequence[DeadlineRule]) -> list[DeadlineRule]:
    """The terms that this event starts for a case of this kind, by the law of that day."""
    found = (rule_for(rules, duty, on) for duty, starts in CLOCKS[kind] if starts is limb)
    return [rule for rule in found if rule is not None]


def started(kind: Kind, limb: Limb, on: date, rules: Sequence[DeadlineRule], calendar: Calendar, first: int) -> list[Clock]:
    """Fresh clocks for an event on a local date, numbered from `first`."""
    return [
        _fresh(no, rule.duty, rule.id, on, str(rule.term), due_date(on, rule.term, calendar), calendar)
        for no, rule in enumerate(rules_of(kind, limb, on, rules), first)
    ]


def _fresh(no: int, duty: str, rule: str, on: date, term: str, last: date, calendar: Calendar) -> Clock:
    clock = Clock(no, duty, rule, on, on, term, last, calendar.version, ClockState.RUNNING)
    return replace(clock, remind_on=next_reminder(clock, on))


def start(work: Work, gate: Gate, case: Case, limb: Limb, on: date) -> Case:
    """Start the clocks of an event, save those of a duty that is still to be done in this case."""
    rules, calendar = gate.in_force(work).deadlines, gate.calendar()
    first = max((clock.no for clock in case.clocks), default=0) + 1
    waiting = {clock.duty for clock in case.clocks if clock.met_at is None}
    fresh = [clock for clock in started(case.kind, limb, on, rules, calendar, first) if clock.duty not in waiting]
    return _put(work, case, [clock for clock in fresh if _is_asked(case, clock.duty)])


def _is_asked(case: Case, duty: str) -> bool:
    """Whether the duty is one of this case: of all that an authority may order, what it did order."""
    wanted = ORDERED_DUTIES.get(duty) if case.kind is Kind.AUTHORITY_ORDER else None
    return wanted is None or any(part.what is What.ORDER and part.target == wanted for part in case.parts)


def start_shortest(work: Work, gate: Gate, case: Case, on: date) -> Case:
    """While nobody has said what a letter asks, the shortest term of all that it may ask for runs, too: who takes it for less may be late."""
    rules, calendar = gate.in_force(work).deadlines, gate.calendar()
    first = max((clock.no for clock in case.clocks), default=0) + 1
    found = [clock for kind in case.plausible for clock in started(kind, Limb.RECEIPT, on, rules, calendar, first)]
    shortest = min(found, key=lambda clock: (clock.due, clock.duty), default=None)
    if shortest is None or shortest.duty in {clock.duty for clock in case.clocks} or shortest.due >= first_due(case.clocks):
        return case
    return _put(work, case, [replace(shortest, no=first)])


def restart(work: Work, gate: Gate, case: Case, was: Kind) -> Case:
    """The case is of another kind than it was taken for: duties that are not its own are dropped, those that are run from the day of receipt (of a case that
    is looked at again, from that day), and those of papers from the day on which the first of them came."""
    day = _asked_on(case, was)
    own = {duty for duty, _ in CLOCKS[case.kind]}
    gone = [c for c in case.clocks if c.met_at is None and c.rule and not (c.duty in own and _is_asked(case, c.duty))]
    for clock in gone:
        note(work, case, "clock_dropped", clock.due.isoformat(), "", clock.duty)
        records.drop_clock(work, case, clock.no)
    case = replace(case, clocks=tuple(clock for clock in case.clocks if clock not in gone))
    case = start(work, gate, case, Limb.RECEIPT, day)
    papers = records.papers_since(work, case)
    return start(work, gate, case, Limb.DOCUMENTS, max(day, local_date(papers))) if papers else case


def _asked_on(case: Case, was: Kind) -> date:
    """The day from which terms of receipt run: later than the receipt for who proved themselves after a refusal, or appealed."""
    duties = {duty for duty, limb in CLOCKS[was] if limb is Limb.RECEIPT}
    running = [clock.started for clock in case.clocks if clock.met_at is None and clock.duty in duties]
    return min(running, default=local_date(case.received_at))


def start_ordered(work: Work, gate: Gate, case: Case, on: date, last: date) -> Case:
    """Start the clock of the day that an authority's order names; a calendar does not move it."""
    no = max((clock.no for clock in case.clocks), default=0) + 1
    return _put(work, case, [_fresh(no, ORDERED, "", on, "", last, gate.calendar())])


def _put(work: Work, case: Case, clocks: Iterable[Clock]) -> Case:
    now = {clock.no: clock for clock in case.clocks}
    for clock in clocks:
        records.put_clock(work, case, clock)
        now[clock.no] = clock
    made = replace(case, clocks=tuple(now[no] for no in sorted(now)))
    return replace(made, due=first_due(made.clocks))


def first_due(clocks: Iterable[Clock]) -> date:
    """The nearest last day of what is still to be done."""
    return min((clock.due for clock in clocks if clock.open), default=NEVER)


def meet(work: Work, case: Case, duties: Iterable[str] | None, at: datetime | None = None) -> Case:
    """The duties (None: every one) are done now, or were `at` an instant that is known later. A clock whose day was over stays missed, and says when it was
    done; one that was taken for missed because a proof came late is met."""
    wanted = None if duties is None else frozenset(duties)
    done_at = at or work.at
    today = local_date(done_at)
    done = [c for c in case.clocks if c.met_at is None and (wanted is None or c.duty in wanted)]
    for clock in done:
        late = _ended(clock, today, proved=at is not None) is ClockState.MISSED
        note(work, case, "clock_late" if late else "clock_met", clock.due.isoformat(), today.isoformat(), clock.duty)
    met = [replace(c, state=_ended(c, today, proved=at is not None), met_at=done_at, remind_on=NEVER) for c in done]
    return _put(work, case, met)


def _ended(clock: Clock, today: date, *, proved: bool) -> ClockState:
    missed = clock.due < today and clock.state is not ClockState.PAUSED
    missed = missed or (clock.state is ClockState.MISSED and not proved)
    return ClockState.MISSED if missed else ClockState.MET


def rest(work: Work, case: Case, why: str) -> Case:
    """The case ended without its duties being done (a duplicate, a retraction): its clocks rest, each with its last day."""
    resting = [c for c in case.clocks if c.open]
    return _put(work, case, [replace(c, state=ClockState.PAUSED, paused_for=why, remind_on=NEVER) for c in resting])


def wake(work: Work, case: Case) -> Case:
    """The case goes on: what rested runs to the day it had, for the law did not wait."""
    names = ("duplicate", "retracted")
    woken = [replace(c, state=ClockState.RUNNING, paused_for="") for c in case.clocks if c.paused_for in names]
    return _put(work, case, [replace(c, remind_on=next_reminder(c, local_date(work.at) - _DAY)) for c in woken])


# --- pauses ----------------------------------------------------------------------------------------------------------------------------------


def settle(work: Work, gate: Gate, case: Case) -> Case:
    """Pause the clocks whose duty a standing state forbids, and let those run on whose state is over. Only for the causes of `PAUSES`."""
    if not case.about or not any(c.duty in PAUSES and c.met_at is None for c in case.clocks):
        return case
    standing = {state.kind: state for state in block.facts(work, case.about)}
    changed = []
    for clock in case.clocks:
        if clock.met_at is not None or clock.duty not in PAUSES:
            continue
        causes = sorted((standing[kind] for kind in PAUSES[clock.duty] if kind in standing), key=lambda state: state.since)
        if causes and clock.state is ClockState.RUNNING:
            changed.append(_paused(work, gate.calendar(), case, clock, causes[0].id, local_date(causes[0].since)))
        elif not causes and clock.state is ClockState.PAUSED:
            changed.append(_resumed(work, gate.calendar(), case, clock))
    return _put(work, case, changed)


def _paused(work: Work, calendar: Calendar, case: Case, clock: Clock, cause: str, on: date) -> Clock:
    """What is left of the term is kept: the days that it still had after the day on which the state was set."""
    stopped = max(on, clock.since)
    left = remaining(clock, stopped, calendar)
    note(work, case, "clock_paused", clock.due.isoformat(), str(left), clock.duty)
    return replace(clock, state=ClockState.PAUSED, paused_for=cause, term=str(left), since=stopped, remind_on=NEVER)


def _resumed(work: Work, calendar: Calendar, case: Case, clock: Clock) -> Clock:
    """What was left runs on from the day on which the state ended."""
    ended = next((s.ended_at for s in block.history(work, case.about) if s.id == clock.paused_for), None)
    today = local_date(ended or work.at)
    last = due_date(today, Term.parse(clock.term), calendar)
    note(work, case, "clock_resumed", clock.due.isoformat(), last.isoformat(), clock.duty)
    running = replace(clock, state=ClockState.RUNNING, paused_for="", since=today, due=last, calendar=calendar.version)
    return replace(running, remind_on=next_reminder(running, today))


def remaining(clock: Clock, today: date, calendar: Calendar) -> Term:
    """How much of a running term is left on a day: working days of a term in working days, else calendar days; none when it is over."""
    if today >= clock.due:
        return Term(0, Unit.DAYS)
    if Term.parse(clock.term).unit is Unit.WORKING_DAYS:
        return Term(sum(calendar.is_working(day) for day in calendar.span(today + _DAY, clock.due)), Unit.WORKING_DAYS)
    return Term((clock.due - today).days, Unit.DAYS)


# --- reminders -------------------------------------------------------------------------------------------------------------------------------


def reminders(clock: Clock) -> list[tuple[date, str]]:
    """The days on which whoever has the case is reminded, and of what: half of the term, a day before its end, the last day itself."""
    half = clock.since + (clock.due - clock.since) // 2
    days = [(half, "half"), (clock.due - _DAY, "day_before"), (clock.due, "due")]
    return [(day, word) for day, word in days if clock.since < day <= clock.due]


def next_reminder(clock: Clock, after: date) -> date:
    """The next day of a reminder behind `after`; once the last day is over, every day."""
    return min((day for day, _ in reminders(clock) if day > after), default=max(after, clock.due) + _DAY)


def word_of(clock: Clock, today: date) -> str:
    """What a reminder on this day says; of two words of one day the later one."""
    if today > clock.due:
        return "overdue"
    said = [word for day, word in reminders(clock) if day <= today]
    return max(said, key=_REMINDED.index, default="half")


def remind(work: Work, case: Case) -> Case:
    """Remind of every clock of a case whose day has come, and say of one that is over that it was missed. Each is an entry of the log."""
    today = local_date(work.at)
    changed = []
    for clock in case.clocks:
        if not clock.open or clock.remind_on > today:
            continue
        word = word_of(clock, today)
        missed = word == "overdue" and clock.state is ClockState.RUNNING
        note(work, case, "clock_missed" if missed else "reminded", clock.due.isoformat(), word, clock.duty)
        state = ClockState.MISSED if word == "overdue" else clock.state
        changed.append(replace(clock, state=state, reminded=word, remind_on=next_reminder(clock, today)))
    return _put(work, case, changed)


# --- calendar --------------------------------------------------------------------------------------------------------------------------------


def explain(clock: Clock, calendar: Calendar) -> Due | None:
    """How a deadline was counted, day by day; None for a day that an order named. Raises `OutsideCalendar`."""
    return due(clock.since, Term.parse(clock.term), calendar) if clock.rule and clock.term else None


def would_move(case: Case, old: Calendar, new: Calendar) -> list[MovedClock]:
    """The running clocks of one case that `recount` would move; nothing is changed."""
    return list(_moved(case, _counted(case), old, new).values())


def _counted(case: Case) -> dict[str, Clock]:
    """The running clocks that are counted by the calendar, by their numbers."""
    return {str(c.no): c for c in case.clocks if c.open and c.rule}


def _moved(case: Case, clocks: Mapping[str, Clock], old: Calendar, new: Calendar) -> dict[str, MovedClock]:
    """Those of them that end on another day."""
    open_ = [OpenDeadline(no, c.since, Term.parse(c.term), c.due, c.calendar) for no, c in clocks.items()]
    found = recompute(open_, old, new)
    return {m.id: MovedClock(case.id, case.number, clocks[m.id].duty, m.before, m.after, new.version) for m in found}


def recount(work: Work, gate: Gate, case: Case, old: Calendar, new: Calendar) -> tuple[Case, list[MovedClock]]:
    """Count the running clocks of one case on a changed calendar; each that ends on another day is an entry of the log."""
    clocks = _counted(case)
    moved = _moved(case, clocks, old, new)
    changed = []
    for no, clock in clocks.items():
        last = moved[no].after if no in moved else clock.due
        now = replace(clock, due=last, calendar=new.version)
        changed.append(replace(now, remind_on=next_reminder(now, local_date(work.at) - _DAY)))
    for each in moved.values():
        leaf = record(work, Leaf(Act.DEADLINE_MOVED, case.person, "8.3", "Labour Code art. 85", object=case.id, purpose=each.duty))
        note(work, case, "clock_moved", each.before.isoformat(), each.after.isoformat(), each.duty, leaf=leaf)
    return _put(work, case, changed), list(moved.values())
