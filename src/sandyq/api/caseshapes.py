"""Requests of people as they go back over HTTP and from the command line: ids, codes, days, clauses; never a value."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from sandyq import rights, speech
from sandyq.clock import instant
from sandyq.db import Work
from sandyq.law.calendar import Calendar
from sandyq.rights import Case, Clock, Decided, Due, Event, Kept, Listed, Suggestion, Today
from sandyq.rights.facts import NEVER


class CountedDay(msgspec.Struct):
    """One day of a term: whether it was counted, and what kind of day it is."""

    date: date
    counted: bool
    kind: str


class RequestClock(msgspec.Struct):
    """A term: its duty and rule, its first and last day, how it stands, what pauses it, and each day as it was counted."""

    duty: str
    rule: str
    started: date
    term: str
    due: date
    calendar: str
    state: str
    paused_for: str = ""
    met_at: datetime | None = None
    reminded: str = ""
    days: list[CountedDay] = []


class RequestPart(msgspec.Struct):
    """One thing asked, and what became of it: a refused one with reason, clause, article and what it rests on."""

    no: int
    what: str
    target: str
    state: str
    choice: str = ""
    reason: str = ""
    clause: str = ""
    article: str = ""
    cited: list[str] = []
    document: str = ""
    order: str = ""
    result: str = ""
    decision: str = ""


class RequestCase(msgspec.Struct):
    """One request as it stands. `waits_for`: second_person, proof, destruction, recipients, delivery or nothing; `unconfirmed` are the transfers by which
    recipients were told and that they have not confirmed, `delivery` is how the last letter stands: to_post, waiting, sent, late, failed, delivered. While
    `plausible` is not empty, a letter may ask for any of these kinds, and nobody has said which."""

    id: str
    number: str
    kind: str
    state: str
    subject: str
    about: str
    channel: str
    language: str
    level: int
    received_at: datetime
    opened_at: datetime
    due: date | None
    assignee: str
    deputy: str
    stage: str
    outcome: str
    answer: str
    duplicate_of: str
    closed_at: datetime | None
    waits_for: str
    clocks: list[RequestClock]
    parts: list[RequestPart]
    documents: list[str]
    unconfirmed: list[str]
    delivery: str = ""
    plausible: list[str] = []


class RequestLine(msgspec.Struct):
    """One line of a list; `next_action` is the word of what is to be done, `silent` are recipients that do not confirm whatever was tried."""

    id: str
    number: str
    kind: str
    state: str
    about: str
    channel: str
    due: date | None
    received_at: datetime
    assignee: str
    outcome: str
    next_action: str
    silent: list[str] = []


class Requests(msgspec.Struct):
    """A page of requests by their last day."""

    requests: list[RequestLine]


class RequestReminder(msgspec.Struct):
    """What a member was reminded of last about a request: `half` of its term, the `day_before` its end, `due`, or `overdue`."""

    id: str
    number: str
    word: str
    duty: str
    due: date
    at: datetime


class RequestToday(msgspec.Struct):
    """The day's work, and what whoever asks is reminded of."""

    overdue: list[RequestLine]
    due_today: list[RequestLine]
    soon: list[RequestLine]
    failed: list[RequestLine]
    waiting_second: list[RequestLine]
    undelivered: list[RequestLine] = []
    reminders: list[RequestReminder] = []


class RequestDecided(msgspec.Struct):
    """What a decision led to."""

    id: str
    state: str
    outcome: str
    waits_for: str
    parts: list[RequestPart]


class RequestReason(msgspec.Struct):
    """A finding of the law: its code, its sentence, clause and article, and the ids it rests on."""

    code: str
    sentence: str
    clause: str
    article: str
    looked_at: list[str]


class RequestSuggested(msgspec.Struct):
    """What the law says of one part. `meets` are people who look like whoever sent a form."""

    no: int
    verdict: str
    next_action: str
    reasons: list[RequestReason]
    meets: list[str]


class RequestSuggestion(msgspec.Struct):
    """What the desk would answer by the law's findings."""

    outcome: str
    parts: list[RequestSuggested]


class RequestEvent(msgspec.Struct):
    """One thing that happened, by whom, and its entry of the log."""

    at: datetime
    act: str
    old: str
    new: str
    reason: str
    by_kind: str
    by: str
    leaf: str


class RequestEvents(msgspec.Struct):
    """Everything that happened, oldest first."""

    events: list[RequestEvent]


class RequestText(msgspec.Struct):
    """What the person wrote: `request_text`, `request_contact`, and the value of each part (`part_1`)."""

    values: dict[str, str]


class RequestLetter(msgspec.Struct):
    """The letter's entry in the journal."""

    entry: str


class Days(msgspec.Struct):
    """Who stands in for whom, and when."""

    member: str
    deputy: str
    since: date
    until: date


class KindKept(msgspec.Struct):
    """How the terms of one kind were kept."""

    kind: str
    received: int
    ended: int
    granted: int
    partly: int
    refused: int
    terms_kept: int
    terms_missed: int


class RequestStatistics(msgspec.Struct):
    """Kind by kind."""

    kinds: list[KindKept]


def case_body(work: Work, made: Case, calendar: Calendar | None = None) -> RequestCase:
    """A case as it stands; with a calendar each clock tells its days."""
    plain = {name: getattr(made, name) for name in ("id", "number", "subject", "about", "language", "received_at", "opened_at", "assignee")}
    more = {name: getattr(made, name) for name in ("deputy", "stage", "outcome", "answer", "duplicate_of", "closed_at")}
    return RequestCase(
        **plain,
        **more,
        kind=made.kind.value,
        state=made.state.value,
        channel=made.channel.value,
        level=int(made.level),
        due=_due(made.due),
        waits_for=rights.waits_for(work, made),
        clocks=[_clock(clock, calendar) for clock in made.clocks],
        parts=_parts(made),
        documents=list(made.documents),
        unconfirmed=[t.id for t in rights.unconfirmed(work, made)],
        delivery=made.delivery.value,
        plausible=[kind.value for kind in made.plausible],
    )


def _due(day: date) -> date | None:
    return None if day == NEVER else day


def _clock(clock: Clock, calendar: Calendar | None) -> RequestClock:
    counted = rights.explain(clock, calendar) if calendar else None
    days = [CountedDay(day.date, day.counted, day.reason.kind.value) for day in counted.counted] if counted else []
    return RequestClock(
        clock.duty,
        clock.rule,
        clock.started,
        clock.term,
        clock.due,
        clock.calendar,
        clock.state.value,
        clock.paused_for,
        clock.met_at,
        clock.reminded,
        days,
    )


def _parts(made: Case) -> list[RequestPart]:
    return [
        RequestPart(
            part.no,
            part.what.value,
            part.target,
            part.state.value,
            part.choice,
            part.reason,
            part.clause,
            part.article,
            list(part.cited),
            part.document,
            part.order,
            part.result,
            part.decision,
        )
        for part in made.parts
    ]


def line(one: Listed) -> RequestLine:
    """One line of a list."""
    due, received = _due(date.fromisoformat(one.due)), instant(one.received_us)
    return RequestLine(
        one.id, one.number, one.kind, one.state, one.about, one.channel, due, received, one.assignee, one.outcome, rights.next_action(one)
    )


def today_body(found: Today) -> RequestToday:
    """The day's work."""

    def lines(those: Iterable[Due]) -> list[RequestLine]:
        made = []
        for one in those:
            row = line(one.case)
            row.next_action, row.silent = one.next_action, list(one.silent)
            made.append(row)
        return made

    reminders = [RequestReminder(one.case, one.number, one.word, one.duty, one.due, one.at) for one in found.reminders]
    return RequestToday(
        lines(found.overdue),
        lines(found.due_today),
        lines(found.soon),
        lines(found.failed),
        lines(found.waiting_second),
        lines(found.undelivered),
        reminders,
    )


def decided_body(decided: Decided, made: Case) -> RequestDecided:
    """What a decision led to."""
    return RequestDecided(made.id, decided.state.value, made.outcome, decided.waiting_for, _parts(made))


def suggestion_body(found: Suggestion, language: str) -> RequestSuggestion:
    """The law's findings with their sentences."""
    return RequestSuggestion(
        found.outcome.value,
        [
            RequestSuggested(
                part.no,
                part.verdict,
                part.next_action,
                [RequestReason(f.code, speech.finding_alone(language, f), f.clause, f.article, list(f.looked_at)) for f in part.reasons],
                list(part.meets),
            )
            for part in found.parts
        ],
    )


def events_body(found: Iterable[Event]) -> RequestEvents:
    """What happened."""
    return RequestEvents([RequestEvent(e.at, e.act, e.old, e.new, e.reason, e.by_kind, e.by_id, e.leaf) for e in found])


def statistics_body(found: Iterable[Kept]) -> RequestStatistics:
    """How terms were kept."""
    return RequestStatistics(
        [KindKept(k.kind.value, k.received, k.ended, k.granted, k.partly, k.refused, k.terms_kept, k.terms_missed) for k in found]
    )
