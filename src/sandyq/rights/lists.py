"""Lists and counts of cases: by their last day, what is to be done today, how terms were kept (policy 8.3; the Law art. 25(3)(3))."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from sandyq import distribute
from sandyq.clock import micros
from sandyq.db import Work
from sandyq.distribute import State as Sent
from sandyq.law.calendar import day_ends, local_date
from sandyq.rights import records
from sandyq.rights.delivery import NEXT as _LETTER
from sandyq.rights.desk import case
from sandyq.rights.facts import NEVER, Delivery, Due, Kept, Listed, Today
from sandyq.rights.reminding import falling_to
from sandyq.rights.states import Kind, State

PAGE: Final = 100
_MOST: Final = 100_000
_UNDER_WAY: Final = frozenset({State.CARRYING_OUT.value, State.ANSWERED.value})
_SOON: Final = timedelta(days=3)
_NEXT: Final = MappingProxyType(
    {
        State.RECEIVED.value: "identify",
        State.IDENTIFYING.value: "identify",
        State.OPEN.value: "decide",
        State.WANTING_DOCUMENTS.value: "wait_documents",
        State.SECOND_PERSON.value: "confirm",
        State.CARRYING_OUT.value: "carry_out",
        State.ANSWERED.value: "wait_recipients",
    }
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases: every empty part is no condition. `member` is who has it, `day` the day until which it is due."""

    open_only: bool = True
    kind: str = ""
    state: str = ""
    member: str = ""
    about: str = ""
    day: date | None = None


def listing(work: Work, wanted: Filter = Filter(), after: tuple[str, str] = ("", ""), limit: int = PAGE) -> list[Listed]:
    """A page of cases by their nearest last day; the next one goes on behind the last line's `(due, id)`."""
    named = (("kind =", wanted.kind), ("state =", wanted.state), ("assignee =", wanted.member), ("about =", wanted.about))
    conditions: list[tuple[str, Any]] = [(what, value) for what, value in named if value]
    if wanted.day is not None:
        conditions.append(("due <=", wanted.day.isoformat()))
    return records.listing(work, conditions, open_only=wanted.open_only, after=after, limit=limit)


def open_count(work: Work, until: date = NEVER) -> int:
    """How many requests are open; with a day those that are due until then."""
    return records.open_count(work, until.isoformat())


def next_action(case: Listed) -> str:
    """The word of what is to be done next: a case that is carried out in full is to be answered, an answer that does not arrive goes another way."""
    if case.plausible:
        return "confirm_kind"
    if case.state == State.CARRYING_OUT.value and case.outcome:
        return "answer"
    return _LETTER.get(Delivery(case.delivery)) or _NEXT.get(case.state, "")


def today(work: Work, member: str = "", *, reader: str = "") -> Today:
    """The day's work of everybody, or what falls to one member: theirs, that of whom they stand in for, and what nobody has. What is overdue stands first.
    `reader` is whose reminders stand beside it."""
    day = local_date(work.at)
    mine = _falls_to(work, member, day)
    due = [case for case in listing(work, Filter(day=day + _SOON), limit=_MOST) if mine(case)]
    second = [
        case for case in listing(work, Filter(state=State.SECOND_PERSON.value), limit=_MOST) if member == "" or case.assignee != member
    ]
    return Today(
        _lines(case for case in due if case.due < day.isoformat()),
        _lines(case for case in due if case.due == day.isoformat()),
        _lines(case for case in due if case.due > day.isoformat()),
        tuple(_failed(work, mine)),
        _lines(second),
        _lines(case for case in records.undelivered(work) if mine(case)),
        tuple(records.reminders(work, falling_to(work, reader or member, day))) if reader or member else (),
    )


def absences(work: Work) -> list[tuple[str, str, date, date]]:
    """Who is away today or later: (member, deputy, first day, last day)."""
    return records.absences(work, local_date(work.at))


def _lines(cases: Any) -> tuple[Due, ...]:
    return tuple(Due(case, next_action(case)) for case in cases)


def _falls_to(work: Work, member: str, day: date) -> Any:
    """Which cases fall to a member on a day: what falls due for somebody who is away goes to the deputy (8.2)."""
    if not member:
        return lambda case: True
    theirs, away = falling_to(work, member, day), records.standing_in(work, day)
    return lambda case: case.assignee in theirs and (case.assignee != member or away.get(member, member) == member)


def _failed(work: Work, mine: Callable[[Listed], bool]) -> Iterator[Due]:
    """Cases that a recipient holds up who does not confirm, whatever was tried; each with these recipients. What was told because of a case may be about its
    person, or about whoever a form asserted to be them."""
    stuck = {t.id: t for t in distribute.unconfirmed(work, _MOST) if t.state in (Sent.ESCALATED, Sent.FAILED)}
    people = {t.subject for t in stuck.values()}
    for one in listing(work, Filter(), limit=_MOST) if stuck else ():
        if one.state not in _UNDER_WAY or not (one.about in people or one.kind == Kind.NOT_ME.value) or not mine(one):
            continue
        told = {id_ for part in case(work, one.id).parts for id_ in part.told} & stuck.keys()
        if told:
            yield Due(one, "chase_recipient", tuple(sorted({stuck[id_].recipient for id_ in told})))


def statistics(work: Work, since: date, until: date) -> list[Kept]:
    """How the terms of requests received on these days (both inside) were kept, kind by kind: a picture of everybody, with nobody in it."""
    span = micros(day_ends(since - timedelta(days=1))), micros(day_ends(until))
    cases = records.counted(work, *span)
    terms = records.terms(work, *span)

    def of(kind: Kind) -> Kept:
        mine = [(outcome, ended, count) for name, outcome, ended, count in cases if name == kind.value]
        clocks = {state: count for name, state, count in terms if name == kind.value}
        by = {word: sum(count for outcome, _, count in mine if outcome == word) for word in ("granted", "partly", "refused")}
        ended = sum(count for _, over, count in mine if over)
        return Kept(
            kind, sum(c for *_, c in mine), ended, by["granted"], by["partly"], by["refused"], clocks.get("met", 0), clocks.get("missed", 0)
        )

    return [kept for kept in map(of, Kind) if kept.received]
