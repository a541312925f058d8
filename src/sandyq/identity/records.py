"""The identity room's only SQL: codes and their limits, factors, sessions, desk checks, links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sandyq.clock import instant, micros
from sandyq.db import Row, Work
from sandyq.identity.facts import DeskCheck, DocumentSeen, Factor, FactorKind, FactorState
from sandyq.register.holder import Column, Kind

_GONE = "with-subject"
_CLASSES: tuple[tuple[str, Kind, str, str], ...] = (
    ("challenge", "pseudonym", _GONE, "subject_id challenge_id submission_id"),
    ("challenge", "none", _GONE, "kind sends tries sent_us expires_us verified_us"),
    ("challenge", "token", _GONE, "bound"),
    ("code_limit", "token", "one day", "token"),
    ("code_limit", "none", "one day", "day sent"),
    ("factor", "pseudonym", _GONE, "subject_id factor_id item_id"),
    ("factor", "none", _GONE, "kind state origin language last_step added_us verified_us usable_us ended_us"),
    ("factor", "credential", _GONE, "secret"),
    ("factor_token", "pseudonym", _GONE, "subject_id factor_id"),
    ("factor_token", "token", _GONE, "token"),
    ("portal_session", "token", "one session", "token"),
    ("portal_session", "pseudonym", "one session", "session_id subject_id factors for_subject mandate"),
    ("portal_session", "none", "one session", "language started_us seen_us stepped_us ends_us"),
    ("desk_check", "pseudonym", _GONE, "subject_id check_id member_id leaf_id"),
    ("desk_check", "none", _GONE, "document_kind checked_us"),
    ("prove_link", "token", "14 days", "token browser"),
    ("prove_link", "pseudonym", "14 days", "subject_id ref"),
    ("prove_link", "none", "14 days", "made_us ends_us spent_us"),
)
COLUMNS = {f"{table}.{name}": Column(kind, "identity", term) for table, kind, term, names in _CLASSES for name in names.split()}
PADDED = 8
"""So many people are looked at for a sign-in, whether there are any or not: the same statement with the same number of parameters."""
_names = msgspec.json.Decoder(tuple[str, ...]).decode


# --- codes ---------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Challenge:
    """One code under way; the code itself is nowhere. `about` is what it opens: a form, or a factor; empty for one that leads nowhere."""

    subject: str
    id: str
    about: str
    kind: str
    sends: int
    tries: int
    sent_us: int
    expires_us: int
    verified_us: int | None


def add_challenge(work: Work, made: Challenge, bound: bytes) -> None:
    """Keep a code that was just sent."""
    work.durable.soon(
        "INSERT INTO challenge (subject_id, challenge_id, submission_id, kind, bound, sends, tries, sent_us, expires_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(made.subject, made.id, made.about, made.kind, bound, made.sends, made.tries, made.sent_us, made.expires_us),
    )


_CHALLENGE = "SELECT subject_id, challenge_id, submission_id, kind, sends, tries, sent_us, expires_us, verified_us FROM challenge"


def challenge(work: Work, subject: str, challenge_id: str) -> Challenge | None:
    """One code by its id."""
    row = work.durable.one(_CHALLENGE + " WHERE subject_id = ? AND challenge_id = ?", subject, challenge_id)
    return Challenge(*row) if row else None


def bound_challenge(work: Work, bound: bytes, kind: str) -> Challenge | None:
    """The latest code of this kind that a browser (or a claim code, or a session) may answer."""
    row = work.durable.one(_CHALLENGE + " WHERE bound = ? AND kind = ? ORDER BY challenge_id DESC LIMIT 1", bound, kind)
    return Challenge(*row) if row else None


def tried(work: Work, made: Challenge, tries: int, verified_us: int | None) -> bool:
    """Count a try, and perhaps its success; False when another try came between."""
    sql = "UPDATE challenge SET tries = ?, verified_us = ? WHERE subject_id = ? AND challenge_id = ? AND tries = ? AND verified_us IS NULL"
    return work.durable.run(sql, tries, verified_us, made.subject, made.id, made.tries) > 0


def resent(work: Work, made: Challenge, expires_us: int) -> bool:
    """Count another sending; the tries begin anew, as the code is another."""
    sql = "UPDATE challenge SET sends = sends + 1, tries = 0, sent_us = ?, expires_us = ? WHERE subject_id = ? AND challenge_id = ? AND sends = ?"
    return work.durable.run(sql, work.us, expires_us, made.subject, made.id, made.sends) > 0


def drop_challenges(work: Work, subject: str) -> int:
    """Codes of a subject go."""
    return work.durable.run("DELETE FROM challenge WHERE subject_id = ?", subject)


def count_sending(work: Work, token: bytes, day: str) -> int:
    """Count one more message of a kind today; gives the count."""
    row = work.perishable.one(
        "INSERT INTO code_limit (token, day, sent) VALUES (?, ?, 1)"
        " ON CONFLICT (token, day) DO UPDATE SET sent = code_limit.sent + 1 RETURNING sent",
        token,
        day,
    )
    return int(row[0]) if row else 0


# --- factors -------------------------------------------------------------------------------------------------------------------------------

_FACTOR = "SELECT subject_id, factor_id, kind, state, origin, language, item_id, added_us, verified_us, usable_us FROM factor"


def add_factor(work: Work, new: Factor, *, secret: bytes = b"") -> None:
    """Keep a factor; its contact is sealed in an item, an authenticator's secret here."""
    work.durable.run(
        "INSERT INTO factor (subject_id, factor_id, kind, state, origin, language, item_id, secret, last_step, added_us, verified_us, usable_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
        *(new.subject, new.id, new.kind.value, _kept(new.state).value, new.origin, new.language, new.item, secret, work.us),
        *(_micros(new.verified_at), _micros(new.usable_at)),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _kept(state: FactorState) -> FactorState:
    return FactorState.OK if state is FactorState.COOLING else state


def _factor(work: Work, row: Row) -> Factor:
    subject, factor_id, kind, state, origin, language, item, added_us, verified_us, usable_us = row
    cooling = state == FactorState.OK and usable_us is not None and usable_us > work.us
    return Factor(
        subject,
        factor_id,
        FactorKind(kind),
        FactorState.COOLING if cooling else FactorState(state),
        origin,
        language,
        item,
        instant(added_us),
        None if verified_us is None else instant(verified_us),
        None if usable_us is None else instant(usable_us),
    )


def factors(work: Work, subject: str) -> list[Factor]:
    """Every factor that a person ever had, oldest first."""
    return [_factor(work, row) for row in work.durable.all(_FACTOR + " WHERE subject_id = ? ORDER BY factor_id", subject)]


def factor(work: Work, subject: str, factor_id: str) -> Factor | None:
    """One factor."""
    row = work.durable.one(_FACTOR + " WHERE subject_id = ? AND factor_id = ?", subject, factor_id)
    return _factor(work, row) if row else None


def factors_of(work: Work, subjects: Collection[str]) -> list[Factor]:
    """The factors of some people in one statement that is the same for every number of people up to the padding."""
    wanted = [*sorted(subjects)[:PADDED], *([""] * PADDED)][:PADDED]
    marks = ", ".join("?" * PADDED)
    return [_factor(work, row) for row in work.durable.all(_FACTOR + f" WHERE subject_id IN ({marks}) ORDER BY factor_id", *wanted)]


def set_state(work: Work, subject: str, factor_id: str, before: Collection[FactorState], state: FactorState) -> bool:
    """Move a factor on; False when it is not in one of the states before."""
    marks = ", ".join("?" * len(before))
    sql = f"UPDATE factor SET state = ?, ended_us = ? WHERE subject_id = ? AND factor_id = ? AND state IN ({marks})"  # noqa: S608 - only marks
    ended = work.us if state is FactorState.ENDED else None
    return work.durable.run(sql, state.value, ended, subject, factor_id, *(one.value for one in before)) > 0


def confirm_factor(work: Work, subject: str, factor_id: str, before: Collection[FactorState], usable_us: int) -> bool:
    """A factor was proved: it counts from an instant on."""
    marks = ", ".join("?" * len(before))
    sql = f"UPDATE factor SET state = 'ok', verified_us = ?, usable_us = ?, ended_us = NULL WHERE subject_id = ? AND factor_id = ? AND state IN ({marks})"  # noqa: S608 - only marks
    return work.durable.run(sql, work.us, usable_us, subject, factor_id, *(one.value for one in before)) > 0


def authenticator(work: Work, subject: str, factor_id: str) -> tuple[bytes, int] | None:
    """(sealed secret, last step used) of an authenticator."""
    row = work.durable.one("SELECT secret, last_step FROM factor WHERE subject_id = ? AND factor_id = ?", subject, factor_id)
    return (bytes(row[0]), int(row[1])) if row else None


def use_step(work: Work, subject: str, factor_id: str, step: int) -> bool:
    """Take a time step, once."""
    sql = "UPDATE factor SET last_step = ? WHERE subject_id = ? AND factor_id = ? AND last_step < ?"
    return work.durable.run(sql, step, subject, factor_id, step) > 0


def waiting_since(work: Work, before_us: int, limit: int = 200) -> list[Factor]:
    """Factors that were named before an instant and never proved."""
    sql = _FACTOR + " WHERE state = 'waiting' AND added_us < ? ORDER BY factor_id LIMIT ?"
    return [_factor(work, row) for row in work.durable.all(sql, before_us, limit)]


def drop_factor(work: Work, subject: str, factor_id: str) -> None:
    """A factor goes, with its token."""
    work.durable.run("DELETE FROM factor WHERE subject_id = ? AND factor_id = ?", subject, factor_id)
    work.perishable.run("DELETE FROM factor_token WHERE subject_id = ? AND factor_id = ?", subject, factor_id)


def add_token(work: Work, subject: str, factor_id: str, token: bytes) -> None:
    """Make a contact findable."""
    work.perishable.soon(
        "INSERT INTO factor_token (subject_id, factor_id, token) VALUES (?, ?, ?) ON CONFLICT (subject_id, factor_id) DO NOTHING",
        *(subject, factor_id, token),
    )


def by_token(work: Work, token: bytes, limit: int = 50) -> list[tuple[str, str]]:
    """(subject, factor) of everybody who has this contact, the newest first."""
    sql = "SELECT subject_id, factor_id FROM factor_token WHERE token = ? ORDER BY factor_id DESC LIMIT ?"
    return [(str(subject), str(factor_id)) for subject, factor_id in work.perishable.all(sql, token, limit)]


def token_of(work: Work, subject: str, factor_id: str) -> bytes | None:
    """The token of one contact."""
    row = work.perishable.one("SELECT token FROM factor_token WHERE subject_id = ? AND factor_id = ?", subject, factor_id)
    return bytes(row[0]) if row else None


# --- sessions ------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of a person's pages."""

    id: str
    subject: str
    factors: tuple[str, ...]
    for_subject: str
    mandate: str
    language: str
    started_us: int
    seen_us: int
    stepped_us: int | None
    ends_us: int


def add_session(work: Work, token: bytes, row: SessionRow) -> None:
    """Open a session."""
    work.durable.run(
        "INSERT INTO portal_session (token, session_id, subject_id, factors, for_subject, mandate, language, started_us, seen_us, stepped_us, ends_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(token, row.id, row.subject, msgspec.json.encode(row.factors).decode(), row.for_subject, row.mandate, row.language),
        *(row.started_us, row.seen_us, row.stepped_us, row.ends_us),
    )


_SESSION = (
    "SELECT session_id, subject_id, factors, for_subject, mandate, language, started_us, seen_us, stepped_us, ends_us FROM portal_session"
)


def session(work: Work, token: bytes) -> SessionRow | None:
    """A session by its token, over or not."""
    row = work.durable.one(_SESSION + " WHERE token = ?", token)
    return SessionRow(row[0], row[1], _names(row[2]), *row[3:]) if row else None


def seen(work: Work, token: bytes) -> None:
    """Note that a session is in use."""
    work.durable.run("UPDATE portal_session SET seen_us = ? WHERE token = ?", work.us, token)


def act_for(work: Work, token: bytes, subject: str, mandate: str) -> None:
    """Whom a session acts for from now on."""
    work.durable.run("UPDATE portal_session SET for_subject = ?, mandate = ? WHERE token = ?", subject, mandate, token)


def drop_session(work: Work, token: bytes) -> int:
    """End a session."""
    return work.durable.run("DELETE FROM portal_session WHERE token = ?", token)


def drop_sessions_of(work: Work, subject: str, factor_id: str = "") -> int:
    """End the sessions of a person; those alone that a factor opened, where one is named."""
    if not factor_id:
        return work.durable.run("DELETE FROM portal_session WHERE subject_id = ?", subject)
    return work.durable.run("DELETE FROM portal_session WHERE subject_id = ? AND factors LIKE ?", subject, f'%"{factor_id}"%')


def drop_all_sessions(work: Work) -> int:
    """After a restore nobody is signed in."""
    return work.durable.run("DELETE FROM portal_session")


# --- desk checks and links ------------------------------------------------------------------------------------------------------------------


def add_check(work: Work, subject: str, made: DeskCheck, leaf: str) -> None:
    """Keep the note of a look at a document."""
    work.durable.run(
        "INSERT INTO desk_check (subject_id, check_id, document_kind, member_id, checked_us, leaf_id) VALUES (?, ?, ?, ?, ?, ?)",
        *(subject, made.id, made.document_kind.value, made.member, work.us, leaf),
    )


def checks(work: Work, subject: str) -> list[DeskCheck]:
    """The desk checks of a person, oldest first."""
    sql = "SELECT check_id, document_kind, member_id, checked_us FROM desk_check WHERE subject_id = ? ORDER BY check_id"
    return [DeskCheck(i, DocumentSeen(kind), member, instant(us)) for i, kind, member, us in work.durable.all(sql, subject)]


def add_link(work: Work, token: bytes, subject: str, ref: str, ends_us: int) -> None:
    """Keep a link that was put into a mail."""
    work.durable.run(
        "INSERT INTO prove_link (token, subject_id, ref, browser, made_us, ends_us) VALUES (?, ?, ?, ?, ?, ?)",
        *(token, subject, ref, b"", work.us, ends_us),
    )


def link(work: Work, token: bytes) -> tuple[str, str, bytes] | None:
    """(subject, ref, browser it is bound to) of a link that is not over."""
    sql = "SELECT subject_id, ref, browser FROM prove_link WHERE token = ? AND ends_us > ? AND spent_us IS NULL"
    row = work.durable.one(sql, token, work.us)
    return (str(row[0]), str(row[1]), bytes(row[2])) if row else None


def bind_link(work: Work, token: bytes, browser: bytes) -> bool:
    """Tie a link to the first browser; False when it is tied already."""
    return work.durable.run("UPDATE prove_link SET browser = ? WHERE token = ? AND browser = ?", browser, token, b"") > 0


def spend_link(work: Work, token: bytes) -> bool:
    """End a link; False when it is over."""
    return work.durable.run("UPDATE prove_link SET spent_us = ? WHERE token = ? AND spent_us IS NULL", work.us, token) > 0


# --- ends ----------------------------------------------------------------------------------------------------------------------------------


def drop_stale(work: Work, day: str, idle_us: int) -> int:
    """Sweep sessions, codes, links and limits that have run out. Codes of forms stay as the proof of the consents that they confirmed."""
    gone = work.durable.run("DELETE FROM portal_session WHERE ends_us <= ? OR seen_us <= ?", work.us, idle_us)
    gone += work.durable.run("DELETE FROM challenge WHERE kind <> 'phone' AND expires_us <= ?", work.us)
    gone += work.durable.run("DELETE FROM prove_link WHERE ends_us <= ?", work.us)
    return gone + work.perishable.run("DELETE FROM code_limit WHERE day < ?", day)


_TABLES = ("challenge", "factor", "portal_session", "desk_check", "prove_link")


def erase(work: Work, subject: str) -> int:
    """Everything of a person in this room goes, and what represents them."""
    gone = sum(work.durable.run(f"DELETE FROM {table} WHERE subject_id = ?", subject) for table in _TABLES)  # noqa: S608 - fixed names
    gone += work.durable.run("UPDATE portal_session SET for_subject = subject_id, mandate = '' WHERE for_subject = ?", subject)
    return gone + work.perishable.run("DELETE FROM factor_token WHERE subject_id = ?", subject)


_LEFT = " UNION ALL ".join(f"SELECT '{table}' FROM {table} WHERE subject_id = ?" for table in _TABLES)  # noqa: S608 names of ours


def left(work: Work, subject: str) -> list[str]:
    """What `erase` should have removed."""
    found = sorted({str(row[0]) for row in work.durable.all(_LEFT, *[subject] * len(_TABLES))})
    tokens = work.perishable.one("SELECT 1 FROM factor_token WHERE subject_id = ? LIMIT 1", subject)
    return [*found, *(["factor_token"] if tokens else [])]
