"""The journal's only SQL: entries and what became of them, and the keyed tokens of e-mail."""

from collections.abc import Sequence
from datetime import date

from sandyq.clock import instant, micros
from sandyq.correspondence.facts import Channel, Direction, Entry, Event, Reason, State
from sandyq.db import Row, Work
from sandyq.db.work import places
from sandyq.register.holder import Column

_FILE = "request file"
_NONE = Column("none", "correspondence", _FILE)
_ID = Column("pseudonym", "correspondence", _FILE)
_DAY = "one day"
_ENTRY_IDS = ("subject_id", "entry_id", "case_id", "answers", "item_id", "by_id", "leaf_id")
_ENTRY_REST = (
    "number",
    "direction",
    "channel",
    "kind",
    "language",
    "state",
    "digest",
    "attached",
    "omitted",
    "on_us",
    "made_us",
    "by_kind",
)
COLUMNS = {
    **{f"correspondence.{c}": _ID for c in _ENTRY_IDS},
    **{f"correspondence.{c}": _NONE for c in _ENTRY_REST},
    **{f"correspondence_event.{c}": _ID for c in ("subject_id", "event_id", "entry_id", "item_id", "by_id", "leaf_id")},
    **{f"correspondence_event.{c}": _NONE for c in ("state", "reason", "on_day", "at_us", "by_kind")},
    "mail_token.token": Column("token", "correspondence", "with the person"),
    "mail_token.address": Column("token", "correspondence", "with the person"),
    "mail_token.subject_id": Column("pseudonym", "correspondence", "with the person"),
    "mail_token.entry_id": Column("pseudonym", "correspondence", "with the person"),
    "mail_token.kind": Column("none", "correspondence", "with the person"),
    "mail_token.at_us": Column("none", "correspondence", "with the person"),
    "mail_mark.token": Column("token", "correspondence", "with the person"),
    "mail_mark.subject_id": Column("pseudonym", "correspondence", "with the person"),
    "mail_mark.entry_id": Column("pseudonym", "correspondence", "with the person"),
    "mail_limit.token": Column("token", "correspondence", _DAY),
    "mail_limit.day": Column("none", "correspondence", _DAY),
    "mail_limit.sent": Column("none", "correspondence", _DAY),
}
_COLUMNS = (
    "subject_id, entry_id, number, direction, channel, kind, case_id, answers, language, state, item_id, digest, attached, omitted,"
    " on_us, made_us, by_kind, by_id, leaf_id"
)
_SELECT = f"SELECT {_COLUMNS} FROM correspondence"  # noqa: S608 - names of ours
_EVENT = "SELECT subject_id, event_id, entry_id, state, reason, item_id, on_day, at_us, by_kind, by_id, leaf_id FROM correspondence_event"


def _made(row: Row) -> Entry:
    return Entry(
        row[0],
        row[1],
        row[2],
        Direction(row[3]),
        Channel(row[4]),
        row[5],
        row[6],
        row[7],
        row[8],
        State(row[9]),
        row[10],
        row[11],
        row[12],
        tuple(filter(None, row[13].split(","))),
        instant(row[14]),
        instant(row[15]),
        row[16],
        row[17],
        row[18],
    )


def add(work: Work, e: Entry) -> None:
    """Keep an entry."""
    work.durable.run(
        f"INSERT INTO correspondence ({_COLUMNS}) VALUES ({places(19)})",  # noqa: S608 - names and marks of ours
        *(e.subject, e.id, e.number, e.direction.value, e.channel.value, e.kind, e.case, e.answers, e.language, e.state.value),
        *(e.item, e.digest, e.attached, ",".join(e.omitted), micros(e.on), micros(e.made_at), e.by_kind, e.by_id, e.leaf),
    )


def one(work: Work, entry: str) -> Entry | None:
    """One entry by its id."""
    row = work.durable.one(_SELECT + " WHERE entry_id = ?", entry)
    return _made(row) if row else None


def numbered(work: Work, number: str) -> Entry | None:
    """One entry by its registration number."""
    row = work.durable.one(_SELECT + " WHERE number = ? ORDER BY entry_id LIMIT 1", number)
    return _made(row) if row else None


def of_subject(work: Work, subject: str) -> list[Entry]:
    """The entries of a subject, oldest first."""
    return [_made(row) for row in work.durable.all(_SELECT + " WHERE subject_id = ? ORDER BY entry_id", subject)]


def of_case(work: Work, case: str) -> list[Entry]:
    """The entries of a case, oldest first."""
    return [_made(row) for row in work.durable.all(_SELECT + " WHERE case_id = ? AND case_id <> '' ORDER BY entry_id", case)]


def by_digest(work: Work, digest: str) -> Entry | None:
    """The entry of a letter by its body's digest."""
    row = work.durable.one(_SELECT + " WHERE digest = ? AND digest <> ''", digest)
    return _made(row) if row else None


def journal(
    work: Work, since_us: int, until_us: int, after: str, limit: int, directions: Sequence[str], states: Sequence[str]
) -> list[Entry]:
    """A page of the journal, the newest first: entries made in [since, until) before the id `after`."""
    sql = f"{_SELECT} WHERE made_us >= ? AND made_us < ? AND direction IN ({places(len(directions))}) AND state IN ({places(len(states))})"
    sql += " AND (? = '' OR entry_id < ?) ORDER BY entry_id DESC LIMIT ?"
    return [_made(row) for row in work.durable.all(sql, since_us, until_us, *directions, *states, after, after, limit)]


def waiting(work: Work, limit: int) -> list[Entry]:
    """Entries that something waits for, oldest first."""
    states = "('received', 'queued', 'bounced', 'returned', 'failed')"
    return [_made(row) for row in work.durable.all(f"{_SELECT} WHERE state IN {states} ORDER BY entry_id LIMIT ?", limit)]


def queued(work: Work, channel: Channel, after: str, limit: int) -> list[Entry]:
    """Entries of one way that wait to be sent, in the order of their ids behind `after`."""
    sql = _SELECT + " WHERE state = 'queued' AND channel = ? AND entry_id > ? ORDER BY entry_id LIMIT ?"
    return [_made(row) for row in work.durable.all(sql, channel.value, after, limit)]


def move(work: Work, e: Entry, state: State) -> bool:
    """Another state; False when it is not in the former one any more."""
    sql = "UPDATE correspondence SET state = ? WHERE subject_id = ? AND entry_id = ? AND state = ?"
    return work.durable.run(sql, state.value, e.subject, e.id, e.state.value) > 0


def set_case(work: Work, e: Entry, case: str) -> None:
    """The entry belongs to a case."""
    work.durable.run("UPDATE correspondence SET case_id = ? WHERE subject_id = ? AND entry_id = ?", case, e.subject, e.id)


def add_event(work: Work, e: Event) -> None:
    """Keep what became of an entry."""
    work.durable.run(
        "INSERT INTO correspondence_event (subject_id, event_id, entry_id, state, reason, item_id, on_day, at_us, by_kind, by_id, leaf_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(e.subject, e.id, e.entry, e.state.value, e.reason.value, e.item, e.on.isoformat() if e.on else "", micros(e.at)),
        *(e.by_kind, e.by_id, e.leaf),
    )


def last_events(work: Work, since_us: int, until_us: int) -> dict[str, Event]:
    """The latest event of each entry that was made in [since, until)."""
    of = "(SELECT entry_id FROM correspondence WHERE made_us >= ? AND made_us < ?)"
    sql = f"{_EVENT} WHERE entry_id IN {of} ORDER BY at_us, event_id"
    return {made.entry: made for made in map(_happened, work.durable.all(sql, since_us, until_us))}


def events(work: Work, entry: str) -> list[Event]:
    """What became of an entry, oldest first."""
    return [_happened(row) for row in work.durable.all(_EVENT + " WHERE entry_id = ? ORDER BY at_us, event_id", entry)]


def _happened(row: Row) -> Event:
    subject, id_, of, state, reason, item, day, us, by_kind, by_id, leaf = row
    on = date.fromisoformat(day) if day else None
    return Event(subject, id_, of, State(state), Reason(reason), item, on, instant(us), by_kind, by_id, leaf)


# --- tokens of e-mail -------------------------------------------------------------------------------------------------------------------


def put_token(work: Work, token: bytes, kind: str, subject: str, entry: str, address: bytes) -> None:
    """Remember a message or number of an entry. One that is there already, from a work that was cut off between its commits, is replaced."""
    work.perishable.run(
        "INSERT INTO mail_token (token, kind, subject_id, entry_id, address, at_us) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (token) DO UPDATE SET kind = excluded.kind, subject_id = excluded.subject_id, entry_id = excluded.entry_id,"
        " address = excluded.address, at_us = excluded.at_us",
        *(token, kind, subject, entry, address, work.us),
    )


def token(work: Work, token: bytes) -> tuple[str, str, bytes] | None:
    """(subject, entry, token of the address) of a remembered message or number."""
    row = work.perishable.one("SELECT subject_id, entry_id, address FROM mail_token WHERE token = ?", token)
    return (str(row[0]), str(row[1]), bytes(row[2])) if row else None


def address_of(work: Work, subject: str, entry: str) -> bytes:
    """The token of the address that an entry came from; empty when it came by another way."""
    sql = "SELECT address FROM mail_token WHERE subject_id = ? AND entry_id = ? AND kind = 'in'"
    row = work.perishable.one(sql, subject, entry)
    return bytes(row[0]) if row else b""


def from_address(work: Work, address: bytes, limit: int) -> list[str]:
    """Ids of entries that an address wrote, the newest first."""
    rows = work.perishable.all(
        "SELECT entry_id FROM mail_token WHERE address = ? AND kind = 'in' ORDER BY at_us DESC LIMIT ?", address, limit
    )
    return [str(row[0]) for row in rows]


def count_answer(work: Work, address: bytes, day: str) -> int:
    """Count one more answer that goes by itself to an address today; gives the count."""
    row = work.perishable.one(
        "INSERT INTO mail_limit (token, day, sent) VALUES (?, ?, 1)"
        " ON CONFLICT (token, day) DO UPDATE SET sent = mail_limit.sent + 1 RETURNING sent",
        address,
        day,
    )
    return int(row[0]) if row else 0


def drop_stale(work: Work, day: str) -> int:
    """Forget the counts of former days."""
    return work.perishable.run("DELETE FROM mail_limit WHERE day < ?", day)


def put_mark(work: Work, token: bytes, subject: str, entry: str) -> None:
    """A letter on paper is found by this; again is nothing new."""
    sql = "INSERT INTO mail_mark (token, subject_id, entry_id) VALUES (?, ?, ?) ON CONFLICT (token, entry_id) DO NOTHING"
    work.perishable.run(sql, token, subject, entry)


def marked(work: Work, token: bytes, limit: int) -> list[str]:
    """Ids of entries that bear a number, oldest first."""
    rows = work.perishable.all("SELECT entry_id FROM mail_mark WHERE token = ? ORDER BY entry_id LIMIT ?", token, limit)
    return [str(row[0]) for row in rows]


def erase(work: Work, subject: str) -> int:
    """Forget the tokens of a subject; the journal's rows stay as the account."""
    gone = work.perishable.run("DELETE FROM mail_mark WHERE subject_id = ?", subject)
    return gone + work.perishable.run("DELETE FROM mail_token WHERE subject_id = ?", subject)


def left(work: Work, subject: str) -> list[str]:
    """What `erase` should have removed."""
    sql = "SELECT 'mail_token' FROM mail_token WHERE subject_id = ? UNION ALL SELECT 'mail_mark' FROM mail_mark WHERE subject_id = ?"
    return sorted({str(row[0]) for row in work.perishable.all(sql, subject, subject)})
