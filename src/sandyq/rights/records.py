"""The rights desk's only SQL."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sandyq.clock import instant, micros
from sandyq.db import Row, Work
from sandyq.identity import Level
from sandyq.register.holder import Column
from sandyq.rights.facts import Case, Channel, Clock, ClockState, Delivery, Event, Listed, Part, PartState, Reminder, What
from sandyq.rights.states import Kind, State

_NONE = Column("none", "rights", "request file")
_ID = Column("pseudonym", "rights", "request file")
_OWN = {
    "rights_case": (
        "subject_id case_id about representative assignee item_id entry answer duplicate_of told_item former_item leaf_id",
        "number kind state channel language level stage outcome due received_us opened_us closed_us delivery plausible",
    ),
    "rights_clock": (
        "subject_id case_id",
        "no duty rule started since term due calendar state paused_for met_us reminded remind_on",
    ),
    "rights_part": (
        "subject_id case_id target cited document order_id result decision_id by_id told",
        "no what state choice reason clause article",
    ),
    "rights_document": ("subject_id case_id document_id", "at_us"),
    "rights_event": ("subject_id case_id by_id leaf_id", "no act old new reason by_kind at_us"),
    "rights_reminder": ("member_id case_id reminder_id", "word duty due mail at_us"),
    "rights_deputy": ("member deputy leaf_id", "since until"),
}
COLUMNS = {
    f"{table}.{name}": kind
    for table, (ids, plain) in _OWN.items()
    for kind, names in ((_ID, ids), (_NONE, plain))
    for name in names.split()
}
TABLES = ("rights_case", "rights_clock", "rights_part", "rights_document", "rights_event")
"""Every table of a case."""

_CASE = (
    "SELECT subject_id, case_id, number, kind, state, about, channel, language, received_us, opened_us, level, representative, assignee,"
    " outcome, closed_us, item_id, entry, answer, stage, duplicate_of, due, delivery, plausible, told_item, former_item FROM rights_case"
)
_CLOCK = (
    "SELECT no, duty, rule, started, since, term, due, calendar, state, paused_for, met_us, reminded, remind_on, case_id FROM rights_clock"
)
_PART = "SELECT no, what, target, state, choice, reason, clause, article, cited, document, order_id, result, decision_id, by_id, told FROM rights_part"
_PAPERS = "SELECT document_id FROM rights_document"
_LISTED = "SELECT due, case_id, number, kind, state, about, channel, received_us, assignee, outcome, delivery, plausible FROM rights_case"


def _at(us: int | None) -> datetime | None:
    return instant(us) if us is not None else None


def _case(row: Row, clocks: Sequence[Clock], parts: Sequence[Part], documents: Sequence[str], deputy: str) -> Case:
    subject, id_, number, kind, state, about, channel, language, received, opened, level, representative, assignee = row[:13]
    outcome, closed, item, entry, answer, stage, duplicate, due, delivery, plausible, told, former = row[13:]
    return Case(
        subject,
        id_,
        number,
        Kind(kind),
        State(state),
        about,
        Channel(channel),
        language,
        instant(received),
        instant(opened),
        Level(level),
        representative,
        assignee,
        outcome,
        _at(closed),
        item,
        entry,
        answer,
        stage,
        duplicate,
        date.fromisoformat(due),
        Delivery(delivery),
        tuple(map(Kind, filter(None, plausible.split(",")))),
        told,
        former,
        deputy,
        tuple(clocks),
        tuple(parts),
        tuple(documents),
    )


def _clock(row: Row) -> Clock:
    no, duty, rule, started, since, term, due, calendar, state, paused_for, met, reminded, remind_on = row[:13]
    days = (date.fromisoformat(day) for day in (started, since, due, remind_on))
    first, from_, last, next_ = days
    return Clock(no, duty, rule, first, from_, term, last, calendar, ClockState(state), paused_for, _at(met), reminded, next_)


def _part(row: Row) -> Part:
    no, what, target, state, choice, reason, clause, article, cited, document, order, result, decision, by, told = row
    named, transfers = (tuple(filter(None, ids.split(","))) for ids in (cited, told))
    return Part(
        no, What(what), target, PartState(state), choice, reason, clause, article, named, document, order, result, decision, by, transfers
    )


# --- writing -------------------------------------------------------------------------------------------------------------------------------


def add(work: Work, made: Case, leaf: str) -> None:
    """Keep a new case; its clocks, parts and documents have their own functions."""
    work.durable.soon(
        "INSERT INTO rights_case (subject_id, case_id, number, kind, state, about, channel, language, level, representative, stage, assignee,"
        " outcome, due, item_id, entry, answer, duplicate_of, received_us, opened_us, plausible, leaf_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(made.subject, made.id, made.number, made.kind.value, made.state.value, made.about, made.channel.value, made.language),
        *(int(made.level), made.representative, made.stage, made.assignee, made.outcome, made.due.isoformat(), made.item, made.entry),
        *(made.answer, made.duplicate_of, micros(made.received_at), micros(made.opened_at), ",".join(made.plausible), leaf),
    )


def keep(work: Work, made: Case) -> None:
    """Write back what may change of a case."""
    work.durable.soon(
        "UPDATE rights_case SET kind = ?, state = ?, about = ?, level = ?, representative = ?, stage = ?, assignee = ?, outcome = ?, due = ?,"
        " answer = ?, duplicate_of = ?, closed_us = ?, delivery = ?, plausible = ?, told_item = ?"
        " WHERE subject_id = ? AND case_id = ?",
        *(made.kind.value, made.state.value, made.about, int(made.level), made.representative, made.stage, made.assignee, made.outcome),
        *(made.due.isoformat(), made.answer, made.duplicate_of, micros(made.closed_at) if made.closed_at else None),
        *(made.delivery.value, ",".join(made.plausible), made.told_item),
        *(made.subject, made.id),
    )


def put_former(work: Work, made: Case, item: str) -> None:
    """The evidence of what a correction replaced; it is known once, and stays."""
    sql = "UPDATE rights_case SET former_item = ? WHERE subject_id = ? AND case_id = ?"
    work.durable.run(sql, item, made.subject, made.id)


def lock(work: Work, made: Case) -> bool:
    """Take a case for this unit of work: an update that changes nothing, so that of two who act on it at once one is run again. False when its state is
    another by now."""
    sql = "UPDATE rights_case SET number = number WHERE subject_id = ? AND case_id = ? AND state = ?"
    return work.durable.run(sql, made.subject, made.id, made.state.value) > 0


def put_clock(work: Work, case: Case, clock: Clock) -> None:
    """Keep a clock, new or changed."""
    work.durable.soon(
        "INSERT INTO rights_clock (subject_id, case_id, no, duty, rule, started, since, term, due, calendar, state, paused_for, met_us, reminded,"
        " remind_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (subject_id, case_id, no) DO UPDATE SET since = excluded.since, term = excluded.term, due = excluded.due,"
        " calendar = excluded.calendar, state = excluded.state, paused_for = excluded.paused_for, met_us = excluded.met_us,"
        " reminded = excluded.reminded, remind_on = excluded.remind_on",
        *(case.subject, case.id, clock.no, clock.duty, clock.rule, clock.started.isoformat(), clock.since.isoformat(), clock.term),
        *(clock.due.isoformat(), clock.calendar, clock.state.value, clock.paused_for, micros(clock.met_at) if clock.met_at else None),
        *(clock.reminded, clock.remind_on.isoformat()),
    )


def drop_clock(work: Work, case: Case, no: int) -> None:
    """A clock of a duty that the case never was under."""
    work.durable.soon("DELETE FROM rights_clock WHERE subject_id = ? AND case_id = ? AND no = ?", case.subject, case.id, no)


def drop_parts(work: Work, case: Case) -> None:
    """What was taken for asked, before somebody read the letter."""
    work.durable.soon("DELETE FROM rights_part WHERE subject_id = ? AND case_id = ?", case.subject, case.id)


def put_part(work: Work, case: Case, part: Part) -> None:
    """Keep a part, new or changed."""
    work.durable.soon(
        "INSERT INTO rights_part (subject_id, case_id, no, what, target, state, choice, reason, clause, article, cited, document, order_id, result,"
        " decision_id, by_id, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (subject_id, case_id, no) DO UPDATE SET state = excluded.state, choice = excluded.choice, reason = excluded.reason,"
        " clause = excluded.clause, article = excluded.article, cited = excluded.cited, document = excluded.document,"
        " order_id = excluded.order_id, result = excluded.result, decision_id = excluded.decision_id, by_id = excluded.by_id,"
        " told = excluded.told",
        *(case.subject, case.id, part.no, part.what.value, part.target, part.state.value, part.choice, part.reason, part.clause),
        *(part.article, ",".join(part.cited), part.document, part.order, part.result, part.decision, part.by, ",".join(part.told)),
    )


def add_documents(work: Work, case: Case, documents: Iterable[str], came: datetime) -> None:
    """Name papers on file in a case, with the instant that they came; one that is named already stays."""
    sql = "INSERT INTO rights_document (subject_id, case_id, document_id, at_us) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    for document in documents:
        work.durable.soon(sql, case.subject, case.id, document, micros(came))


def papers_since(work: Work, case: Case) -> datetime | None:
    """When the first paper of a case came."""
    row = work.durable.one("SELECT MIN(at_us) FROM rights_document WHERE subject_id = ? AND case_id = ?", case.subject, case.id)
    return _at(row[0]) if row else None


def papers_at_first(work: Work, case: Case) -> set[str]:
    """The papers that came with a request itself."""
    sql = _PAPERS + " WHERE subject_id = ? AND case_id = ? AND at_us <= ?"
    return {str(id_) for (id_,) in work.durable.all(sql, case.subject, case.id, micros(case.received_at))}


def add_event(work: Work, case: Case, made: Event) -> None:
    """One more event of a case."""
    work.durable.soon(
        "INSERT INTO rights_event (subject_id, case_id, no, act, old, new, reason, by_kind, by_id, leaf_id, at_us)"
        " SELECT ?, ?, COALESCE(MAX(no), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM rights_event WHERE subject_id = ? AND case_id = ?",
        *(case.subject, case.id, made.act, made.old, made.new, made.reason, made.by_kind, made.by_id, made.leaf, micros(made.at)),
        *(case.subject, case.id),
    )


# --- reading -------------------------------------------------------------------------------------------------------------------------------


def taken(work: Work, number: str) -> bool:
    """Whether a case has this number."""
    return work.durable.one("SELECT 1 FROM rights_case WHERE number = ?", number) is not None


def one(work: Work, case_id: str, day: date) -> Case | None:
    """A case by its id, with everything of it; `day` says who stands in for its assignee."""
    return _whole(work, work.durable.one(_CASE + " WHERE case_id = ?", case_id), day)


def by_number(work: Work, number: str, day: date) -> Case | None:
    """A case by the number that letters name."""
    return _whole(work, work.durable.one(_CASE + " WHERE number = ?", number), day)


def _whole(work: Work, row: Row | None, day: date) -> Case | None:
    if row is None:
        return None
    key = (row[0], row[1])
    own = " WHERE subject_id = ? AND case_id = ? ORDER BY "
    clocks = [_clock(r) for r in work.durable.all(_CLOCK + own + "no", *key)]
    parts = [_part(r) for r in work.durable.all(_PART + own + "no", *key)]
    papers = work.durable.all(_PAPERS + own + "at_us, document_id", *key)
    deputy = deputy_of(work, row[12], day) if row[12] else ""
    return _case(row, clocks, parts, [str(r[0]) for r in papers], deputy)


def ids_of(work: Work, subject: str) -> list[str]:
    """The cases that a person asked or that are about them, oldest first."""
    sql = "SELECT case_id FROM rights_case WHERE subject_id = ? UNION SELECT case_id FROM rights_case WHERE about = ? ORDER BY case_id"
    return [str(row[0]) for row in work.durable.all(sql, subject, subject)]


def about_left(work: Work, subject: str) -> list[str]:
    """Ended cases of other askers that still name a person."""
    sql = "SELECT case_id FROM rights_case WHERE about = ? AND subject_id <> ? AND closed_us IS NOT NULL"
    return sorted(str(row[0]) for row in work.durable.all(sql, subject, subject))


def clear_about(work: Work, subject: str) -> int:
    """Let ended cases of other askers no longer name a person who is gone."""
    sql = "UPDATE rights_case SET about = '', representative = '' WHERE about = ? AND subject_id <> ? AND closed_us IS NOT NULL"
    return work.durable.run(sql, subject, subject)


def listing(work: Work, conditions: Sequence[tuple[str, Any]], *, open_only: bool, after: tuple[str, str], limit: int) -> list[Listed]:
    """Lines behind `after` by last day, for `column op` conditions of this room's own making."""
    where = ["(due, case_id) > (?, ?)", *(f"{what} ?" for what, _ in conditions)]
    if open_only:
        where.append("closed_us IS NULL")
    sql = f"{_LISTED} WHERE {' AND '.join(where)} ORDER BY due, case_id LIMIT ?"
    return list(map(Listed._make, work.durable.all(sql, *after, *(value for _, value in conditions), limit)))


def open_count(work: Work, until: str) -> int:
    """How many cases are open, whose last day is not behind `until`."""
    row = work.durable.one("SELECT COUNT(*) FROM rights_case WHERE closed_us IS NULL AND due <= ?", until)
    return int(row[0]) if row else 0


def undelivered(work: Work) -> list[Listed]:
    """Open cases whose last letter is to be posted, or does not arrive."""
    sql = f"{_LISTED} WHERE closed_us IS NULL AND delivery IN ('to_post', 'late', 'failed') ORDER BY due, case_id"
    return list(map(Listed._make, work.durable.all(sql)))


def in_state(work: Work, *states: State, after: str = "", limit: int = 500) -> list[str]:
    """The ids of cases in one of these states, in order behind `after`."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT case_id FROM rights_case WHERE state IN ({marks}) AND closed_us IS NULL AND case_id > ? ORDER BY case_id LIMIT ?"  # noqa: S608 - only marks
    return [str(row[0]) for row in work.durable.all(sql, *(s.value for s in states), after, limit)]


def to_remind(work: Work, day: date, limit: int) -> list[str]:
    """Cases with a clock whose next reminder is due."""
    sql = "SELECT DISTINCT case_id FROM rights_clock WHERE met_us IS NULL AND state <> 'paused' AND remind_on <= ? ORDER BY case_id LIMIT ?"
    return [str(row[0]) for row in work.durable.all(sql, day.isoformat(), limit)]


def with_running(work: Work) -> list[str]:
    """Cases with a clock that runs, for a changed calendar."""
    sql = "SELECT DISTINCT case_id FROM rights_clock WHERE met_us IS NULL AND rule <> '' AND state <> 'met' ORDER BY case_id"
    return [str(row[0]) for row in work.durable.all(sql)]


def events(work: Work, case: Case) -> list[Event]:
    """What happened to a case, oldest first."""
    sql = "SELECT at_us, act, old, new, reason, by_kind, by_id, leaf_id FROM rights_event WHERE subject_id = ? AND case_id = ? ORDER BY no"
    return [Event(instant(row[0]), *row[1:]) for row in work.durable.all(sql, case.subject, case.id)]


def counted(work: Work, since_us: int, until_us: int) -> list[tuple[Any, ...]]:
    """(kind, outcome, ended, count) of the cases received in a time."""
    sql = (
        "SELECT kind, outcome, CASE WHEN closed_us IS NULL THEN 0 ELSE 1 END AS ended, COUNT(*) FROM rights_case"
        " WHERE received_us >= ? AND received_us < ? GROUP BY kind, outcome, ended"
    )
    return work.durable.all(sql, since_us, until_us)


def terms(work: Work, since_us: int, until_us: int) -> list[tuple[Any, ...]]:
    """(kind, state, count) of the clocks of cases received in a time."""
    sql = (
        "SELECT c.kind, k.state, COUNT(*) FROM rights_case c JOIN rights_clock k ON k.subject_id = c.subject_id AND k.case_id = c.case_id"
        " WHERE c.received_us >= ? AND c.received_us < ? GROUP BY c.kind, k.state"
    )
    return work.durable.all(sql, since_us, until_us)


# --- reminders -------------------------------------------------------------------------------------------------------------------------------


def put_reminder(work: Work, one: Reminder) -> None:
    """Remind a member of a case; a newer one takes the place of the last."""
    work.durable.soon(
        "INSERT INTO rights_reminder (member_id, case_id, reminder_id, word, duty, due, mail, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (member_id, case_id) DO UPDATE SET reminder_id = excluded.reminder_id, word = excluded.word, duty = excluded.duty,"
        " due = excluded.due, mail = excluded.mail, at_us = excluded.at_us",
        *(one.member, one.case, one.id, one.word, one.duty, one.due.isoformat(), one.mail, micros(one.at)),
    )


_REMINDER = "SELECT r.member_id, r.case_id, r.reminder_id, r.word, r.duty, r.due, r.mail, r.at_us"


def _reminder(row: Row, number: str = "") -> Reminder:
    member, case, id_, word, duty, due, mail, at_us = row[:8]
    return Reminder(member, case, id_, word, duty, date.fromisoformat(due), mail, instant(at_us), number)


def reminder(work: Work, member: str, case: str) -> Reminder | None:
    """The last reminder of a case for a member."""
    row = work.durable.one(_REMINDER + " FROM rights_reminder r WHERE r.member_id = ? AND r.case_id = ?", member, case)
    return _reminder(row) if row else None


def reminders(work: Work, whose: Iterable[str]) -> list[Reminder]:
    """What anybody was reminded of about requests of these members (an empty text: that nobody has) and is still to be done: the nearest last day of the case
    is not behind that of the reminder. The last one of each request."""
    named = tuple(sorted(whose))
    sql = (
        f"{_REMINDER}, c.number FROM rights_reminder r JOIN rights_case c ON c.case_id = r.case_id"
        f" WHERE c.assignee IN ({', '.join('?' * len(named))}) AND c.closed_us IS NULL AND c.due <= r.due ORDER BY r.at_us"
    )
    last = {row[1]: _reminder(row, str(row[8])) for row in work.durable.all(sql, *named)}
    return sorted(last.values(), key=lambda one: (one.due, one.case))


def reminders_of(work: Work, case: Case) -> list[Reminder]:
    """Everybody's reminders of a case, the last one at the end."""
    return [_reminder(row) for row in work.durable.all(_REMINDER + " FROM rights_reminder r WHERE r.case_id = ? ORDER BY r.at_us", case.id)]


def mailed(work: Work, one: Reminder, how: str) -> None:
    """How the mail of a reminder went."""
    sql = "UPDATE rights_reminder SET mail = ? WHERE member_id = ? AND case_id = ? AND reminder_id = ?"
    work.durable.run(sql, how, one.member, one.case, one.id)


def number_of(work: Work, case: str) -> str:
    """The number of a case that is open; empty for one that ended."""
    row = work.durable.one("SELECT number FROM rights_case WHERE case_id = ? AND closed_us IS NULL", case)
    return str(row[0]) if row else ""


def drop_reminder(work: Work, case: Case, member: str) -> None:
    """A case that a member gave away reminds them no more, and a mail that still waits is withheld."""
    work.durable.soon("DELETE FROM rights_reminder WHERE case_id = ? AND member_id = ?", case.id, member)


def drop_reminders(work: Work, case: Case) -> None:
    """A case that ended reminds nobody."""
    work.durable.soon("DELETE FROM rights_reminder WHERE case_id = ?", case.id)


# --- deputies --------------------------------------------------------------------------------------------------------------------------------


def put_deputy(work: Work, member: str, deputy: str, since: date, until: date, leaf: str) -> None:
    """Name who stands in for a member over some days."""
    work.durable.run(
        "INSERT INTO rights_deputy (member, deputy, since, until, leaf_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (member, since) DO UPDATE SET deputy = excluded.deputy, until = excluded.until, leaf_id = excluded.leaf_id",
        *(member, deputy, since.isoformat(), until.isoformat(), leaf),
    )


def deputy_of(work: Work, member: str, day: date) -> str:
    """Who stands in for a member on a day, or an empty text."""
    sql = "SELECT deputy FROM rights_deputy WHERE member = ? AND since <= ? AND until >= ? ORDER BY since DESC LIMIT 1"
    row = work.durable.one(sql, member, day.isoformat(), day.isoformat())
    return str(row[0]) if row else ""


def absences(work: Work, day: date) -> list[tuple[str, str, date, date]]:
    """(member, deputy, first day, last day) of every time away that is not over on a day."""
    sql = "SELECT member, deputy, since, until FROM rights_deputy WHERE until >= ? ORDER BY since, member"
    rows = work.durable.all(sql, day.isoformat())
    return [(str(row[0]), str(row[1]), date.fromisoformat(row[2]), date.fromisoformat(row[3])) for row in rows]


def standing_in(work: Work, day: date) -> dict[str, str]:
    """Each member who is away on a day, and their deputy."""
    sql = "SELECT member, deputy FROM rights_deputy WHERE since <= ? AND until >= ? ORDER BY since"
    return {str(member): str(deputy) for member, deputy in work.durable.all(sql, day.isoformat(), day.isoformat())}
