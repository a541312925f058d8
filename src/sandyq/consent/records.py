"""Tables of consents. Grants, withdrawals and codes are only ever inserted: the history is the table, the present state is read from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from sandyq.clock import instant, micros
from sandyq.consent.facts import CodeProof, ConsentStanding, NewGrant, PerGrant, Pressed, Proof, ProvenGrant, ShownText, Via
from sandyq.db import Row, Statement, Work, places
from sandyq.db.work import Value
from sandyq.law.ask import ConsentFact
from sandyq.law.vocabulary import GrantKind, GrantState
from sandyq.register.holder import Column, Kind

_TERM = "consent-proof"

_CLASSES: tuple[tuple[str, Kind, str, str], ...] = (
    ("consent_grant", "pseudonym", _TERM, "subject_id grant_id evidence leaf"),
    (
        "consent_grant",
        "none",
        _TERM,
        "kind state purpose recipient channel country fields implied complete text_id text_version language",
    ),
    ("consent_grant", "none", _TERM, "text_sha256 pressed via door actor_kind given_us expires_us kept_until"),
    ("consent_end", "pseudonym", _TERM, "subject_id grant_id decision leaf"),
    ("consent_end", "none", _TERM, "at_us reason actor_kind door due calendar kept_until"),
    ("consent_code", "pseudonym", _TERM, "subject_id request grants leaf"),
    ("consent_code", "none", _TERM, "sent_us verified_us"),
    ("consent_stop", "pseudonym", "with-subject", "subject_id leaf"),
    ("consent_stop", "none", "with-subject", "channel since_us"),
    ("suppression", "token", "suppression", "token"),
    ("suppression", "none", "suppression", "since_us kept_until"),
)

COLUMNS = {f"{table}.{column}": Column(kind, "consent", term) for table, kind, term, columns in _CLASSES for column in columns.split()}

_names = msgspec.json.Decoder(list[str]).decode

_INSERT = (
    "INSERT INTO consent_grant (subject_id, grant_id, kind, state, purpose, recipient, channel, country, fields, implied, complete,"
    " text_id,"
    " text_version, language, text_sha256, pressed, via, door, actor_kind, evidence, given_us, expires_us, kept_until, leaf)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (subject_id, grant_id) DO NOTHING"
)


def as_text(names: Iterable[str]) -> str:
    """A set of names as canonical JSON."""
    return _text(names) if isinstance(names, frozenset) else msgspec.json.encode(sorted(names)).decode()


@lru_cache(maxsize=4096)  # the lists of fields of the consent texts, the same for everybody
def _text(names: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


def add(work: Work, subject: str, rows: Sequence[tuple[str, NewGrant]], proof: Proof, leaf: str) -> None:
    """Insert grants with their proof, in one round trip; one that is there already (a replay) stays as it is."""
    actor, given_us = work.actor, micros(proof.given_at or work.at)
    kept_until = proof.kept_until.isoformat()
    how = (proof.via.value, actor.door, actor.kind, proof.evidence, given_us)
    made = [
        (subject, grant_id, *what, *how, expires, kept_until, leaf) for grant_id, (what, expires) in [(i, _columns(g)) for i, g in rows]
    ]
    work.durable.many(_INSERT, made)


def _of_grant(g: NewGrant) -> tuple[tuple[Value, ...], int | None]:
    """The columns that a choice alone fills, and when it expires."""
    text, expires = g.text, micros(g.expires_at) if g.expires_at else None
    what = (
        g.kind.value,
        g.state.value,
        g.purpose,
        g.recipient,
        g.channel,
        g.country,
        as_text(g.fields),
        int(g.implied),
        int(text.complete),
    )
    return (*what, text.id, text.version, text.language, text.sha256, g.pressed.value), expires


_columns = PerGrant(_of_grant)


# On the path of every decision. Two plain statements and an order made here cost SQLite a fifth of one with a union, a join and a sort.
_CHOICES = (
    "SELECT grant_id, kind, state, given_us, purpose, recipient, channel, country, fields, expires_us,"
    " (SELECT at_us FROM consent_end w WHERE w.subject_id = g.subject_id AND w.grant_id = g.grant_id), implied, text_sha256, complete"
    " FROM consent_grant g WHERE subject_id = ?"
)
_STOPS = "SELECT channel FROM consent_stop WHERE subject_id = ?"


def asked_by_gate(subject: str) -> tuple[Statement, ...]:
    """The reads of `standing`, to be sent ahead."""
    return (_CHOICES, (subject,)), (_STOPS, (subject,))


def standing(work: Work, subject: str) -> ConsentStanding:
    """Every choice, oldest first, and the channels stopped."""
    choices, stops = work.durable.all(_CHOICES, subject), work.durable.all(_STOPS, subject)
    choices.sort(key=_oldest)
    return ConsentStanding(tuple([_fact(row) for row in choices]), frozenset([row[0] for row in stops]) if stops else _NONE)


def choices(work: Work, subject: str) -> tuple[ConsentFact, ...]:
    """Every choice, oldest first."""
    return tuple([_fact(row) for row in sorted(work.durable.all(_CHOICES, subject), key=_oldest)])


_oldest = itemgetter(3, 0)  # instant, then id
_NONE: frozenset[str] = frozenset()
_KINDS = {kind.value: kind for kind in GrantKind}
_STATES = {state.value: state for state in GrantState}


@lru_cache(maxsize=4096)
def _fields(text: str) -> frozenset[str]:
    """A list of fields: the same few lists stand in every form."""
    return frozenset(_names(text))


def _fact(row: Row) -> ConsentFact:
    grant_id, kind, state, given, purpose, recipient, channel, country, fields, expires, withdrawn, implied, digest, complete = row
    # On the path of every decision: by position, in the order of ConsentFact.
    return ConsentFact(
        grant_id,
        _KINDS[kind],
        _STATES[state] if withdrawn is None else GrantState.WITHDRAWN,
        instant(given),
        purpose,
        recipient,
        channel,
        country,
        _fields(fields),
        None if expires is None else instant(expires),
        None if withdrawn is None else instant(withdrawn),
        bool(implied),
        bool(digest) and not implied,
        bool(complete),
    )


_PROOFS = (
    "SELECT g.grant_id, g.kind, g.state, g.purpose, g.recipient, g.channel, g.country, g.fields, g.implied, g.complete, g.text_id,"
    " g.text_version,"
    " g.language, g.text_sha256, g.pressed, g.via, g.door, g.actor_kind, g.evidence, g.given_us, g.expires_us, g.kept_until, g.leaf,"
    " w.at_us, w.reason, w.due, w.kept_until, w.leaf"
    " FROM consent_grant g LEFT JOIN consent_end w ON w.subject_id = g.subject_id AND w.grant_id = g.grant_id"
    " WHERE g.subject_id = ? ORDER BY g.given_us, g.grant_id"
)


def proofs(work: Work, subject: str) -> list[ProvenGrant]:
    """Every grant ever made, oldest first, with its proof and its end."""
    codes = [
        (CodeProof(request, instant(sent), instant(verified)), _names(grants)) for request, grants, sent, verified in _codes(work, subject)
    ]
    return [_proven(row, tuple(code for code, grants in codes if row[0] in grants)) for row in work.durable.all(_PROOFS, subject)]


_CODES = "SELECT request, grants, sent_us, verified_us FROM consent_code WHERE subject_id = ? ORDER BY verified_us"


def _codes(work: Work, subject: str) -> list[Row]:
    return work.durable.all(_CODES, subject)


def kept(work: Work, subject: str) -> list[tuple[str, date]]:
    """Each grant with the last day of its proof, oldest first: `proofs` without what they prove."""
    rows = work.durable.all(
        "SELECT g.grant_id, g.kept_until, w.kept_until FROM consent_grant g"
        " LEFT JOIN consent_end w ON w.subject_id = g.subject_id AND w.grant_id = g.grant_id WHERE g.subject_id = ? ORDER BY g.given_us, g.grant_id",
        subject,
    )
    return [(grant, date.fromisoformat(max(until, longer or ""))) for grant, until, longer in rows]


def asked_by_desk(subject: str) -> tuple[Statement, ...]:
    """The reads of `proofs`, to be sent ahead."""
    return (_CODES, (subject,)), (_PROOFS, (subject,))


def _proven(row: Row, codes: tuple[CodeProof, ...]) -> ProvenGrant:
    head, text, how, end = row[:9], row[9:14], row[14:23], row[23:]
    ended, reason, due, kept_longer, leaf = end
    withdrawn = reason == "withdrawn"
    return ProvenGrant(
        id=head[0],
        kind=GrantKind(head[1]),
        state=GrantState.WITHDRAWN if withdrawn else GrantState(head[2]),
        purpose=head[3],
        recipient=head[4],
        channel=head[5],
        country=head[6],
        fields=frozenset(_names(head[7])),
        implied=bool(head[8]),
        text=ShownText(id=text[1], version=text[2], language=text[3], sha256=bytes(text[4]), complete=bool(text[0])),
        pressed=Pressed(how[0]),
        via=Via(how[1]),
        door=how[2],
        actor_kind=how[3],
        evidence=how[4],
        given_at=instant(how[5]),
        expires_at=None if how[6] is None else instant(how[6]),
        kept_until=date.fromisoformat(max(how[7], kept_longer or "")),
        leaf=how[8],
        codes=codes,
        ended_at=None if ended is None else instant(ended),
        withdrawal_due=date.fromisoformat(due) if due else None,
        withdrawal_leaf=leaf or "",
    )


@dataclass(frozen=True, slots=True)
class End:
    """How grants ended: `withdrawn` by the person, or `destroyed` with everything else. `due` and `calendar` as text, empty where no term
    runs.
    """

    reason: str
    decision: str = ""
    due: str = ""
    calendar: str = ""
    kept_until: str = ""
    leaf: str = ""


def add_ends(work: Work, subject: str, grants: Iterable[str], end: End) -> None:
    """Insert the end of grants; a grant that has ended stays as it is, so that a replay changes nothing."""
    actor = work.actor
    for grant in grants:
        work.durable.soon(
            "INSERT INTO consent_end (subject_id, grant_id, at_us, reason, actor_kind, door, decision, due, calendar, kept_until, leaf)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject_id, grant_id) DO NOTHING",
            *(subject, grant, work.us, end.reason, actor.kind, actor.door, end.decision, end.due, end.calendar, end.kept_until, end.leaf),
        )


def add_code(work: Work, subject: str, code: CodeProof, grants: Iterable[str], leaf: str) -> None:
    """Insert the proof that a one-time code was entered."""
    work.durable.run(
        "INSERT INTO consent_code (subject_id, request, grants, sent_us, verified_us, leaf) VALUES (?, ?, ?, ?, ?, ?)",
        *(subject, code.request, as_text(grants), micros(code.sent_at), micros(code.verified_at), leaf),
    )


def add_stops(work: Work, subject: str, channels: Iterable[str], leaf: str) -> None:
    """Mark channels as stopped for a subject; what is stopped already stays as it was."""
    work.durable.many(
        "INSERT INTO consent_stop (subject_id, channel, since_us, leaf) VALUES (?, ?, ?, ?) ON CONFLICT (subject_id, channel) DO NOTHING",
        [(subject, channel, work.us, leaf) for channel in sorted(channels)],
    )


def drop_stops(work: Work, subject: str, channel: str = "") -> int:
    """Remove the stop of one channel, or of all."""
    if channel:
        return work.durable.run("DELETE FROM consent_stop WHERE subject_id = ? AND channel = ?", subject, channel)
    return work.durable.run("DELETE FROM consent_stop WHERE subject_id = ?", subject)


def stops(work: Work, subject: str) -> dict[str, int]:
    """Stopped channels and since when (microseconds)."""
    return dict(work.durable.all("SELECT channel, since_us FROM consent_stop WHERE subject_id = ?", subject))


def add_suppressions(work: Work, tokens: Iterable[bytes], kept_until: date) -> None:
    """Keep tokens of contacts that must not be used; a later term replaces an earlier one."""
    work.durable.many(
        "INSERT INTO suppression (token, since_us, kept_until) VALUES (?, ?, ?) ON CONFLICT (token) DO UPDATE SET kept_until ="
        " CASE WHEN excluded.kept_until > suppression.kept_until THEN excluded.kept_until ELSE suppression.kept_until END",
        [(token, work.us, kept_until.isoformat()) for token in tokens],
    )


def known_suppressions(work: Work, tokens: Sequence[bytes]) -> set[bytes]:
    """Which of these tokens are marked."""
    if not tokens:
        return set()
    sql = f"SELECT token FROM suppression WHERE token IN ({places(len(tokens))})"  # noqa: S608 only question marks go in
    return {bytes(row[0]) for row in work.durable.all(sql, *tokens)}


def drop_suppressions(work: Work, tokens: Iterable[bytes]) -> None:
    """Forget tokens, when the person opted in again."""
    work.durable.many("DELETE FROM suppression WHERE token = ?", [(token,) for token in tokens])


def drop_suppressions_ended(work: Work, before: date) -> int:
    """Forget the tokens whose own term ended before a day."""
    return work.durable.run("DELETE FROM suppression WHERE kept_until < ?", before.isoformat())


_RUN_OUT = (
    "SELECT g.subject_id, g.grant_id, g.evidence FROM consent_grant g"
    " LEFT JOIN consent_end w ON w.subject_id = g.subject_id AND w.grant_id = g.grant_id"
    " WHERE g.kept_until < ? AND (w.kept_until IS NULL OR w.kept_until < ?)"
    " AND (g.state = 'refused' OR w.at_us IS NOT NULL OR g.expires_us < ?) ORDER BY g.kept_until, g.subject_id, g.grant_id LIMIT ?"
)


def run_out(work: Work, day: date, limit: int) -> list[tuple[str, str, str]]:
    """Proofs whose grant is over and whose term ended before `day`: subject, grant, evidence item."""
    rows: list[Any] = work.durable.all(_RUN_OUT, day.isoformat(), day.isoformat(), work.us, limit)
    return [(subject, grant, evidence) for subject, grant, evidence in rows]


def drop_grants(work: Work, subject: str, grants: Sequence[str]) -> int:
    """Delete grants with their ends: only when the term of the proof is over."""
    pairs = [(subject, grant) for grant in grants]
    work.durable.many("DELETE FROM consent_end WHERE subject_id = ? AND grant_id = ?", pairs)
    work.durable.many("DELETE FROM consent_grant WHERE subject_id = ? AND grant_id = ?", pairs)
    work.durable.run(
        "DELETE FROM consent_code WHERE subject_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM consent_grant g WHERE g.subject_id = consent_code.subject_id)",
        subject,
    )
    return len(pairs)


def move_due(work: Work, subject: str, decision: str, due: date, calendar: str) -> None:
    """The last day for recipients to stop after a withdrawal is another by a new calendar."""
    sql = "UPDATE consent_end SET due = ?, calendar = ? WHERE subject_id = ? AND decision = ? AND due <> ''"
    work.durable.run(sql, due.isoformat(), calendar, subject, decision)
