"""Tables of staff: members, roles, sessions, tokens. Secrets are hashed (passwords, sessions, tokens) or sealed (second factors)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import msgspec

from sandyq import seal
from sandyq.clock import instant
from sandyq.db import Actor, Row, Statement, Work
from sandyq.law.ask import StaffFact
from sandyq.law.calendar import local_date
from sandyq.law.vocabulary import ActorKind
from sandyq.register.holder import Column, Kind
from sandyq.staff.facts import Caller, Grant, Member, Power, Role, Token

_CLASSES: tuple[tuple[str, Kind, str, str], ...] = (
    ("staff_role", "none", "office", "role grants powers changed_us"),
    ("staff_member", "pseudonym", "staff-records", "member_id login"),
    ("staff_member", "none", "staff-records", "role grants totp_step undertaking_on active failures locked_until_us added_us"),
    ("staff_member", "credential", "staff-records", "password_hash totp"),
    ("staff_member", "sealed", "staff-records", "address"),
    ("staff_session", "credential", "session", "token"),
    ("staff_session", "pseudonym", "session", "session_id member_id"),
    ("staff_session", "none", "session", "door started_us seen_us factor_us ends_us"),
    ("api_token", "credential", "staff-records", "token"),
    ("api_token", "pseudonym", "staff-records", "token_id owner_id"),
    ("api_token", "none", "staff-records", "owner_kind scopes issued_us expires_us revoked_us"),
)

COLUMNS = {f"{table}.{column}": Column(kind, "staff", term) for table, kind, term, columns in _CLASSES for column in columns.split()}

_NO_GRANTS = "[]"
_ONCE = "staff"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    id: str
    password_hash: str
    totp: bytes
    totp_step: int
    active: bool
    failures: int
    locked_until_us: int


# Grants and powers are read on every request and change rarely: each distinct text is parsed once.
@lru_cache(maxsize=256)
def _grants(text: str) -> frozenset[Grant]:
    return frozenset(msgspec.json.decode(text, type=list[Grant]))


@lru_cache(maxsize=256)
def _powers(text: str) -> frozenset[Power]:
    return frozenset(Power(name) for name in msgspec.json.decode(text, type=list[str]))


@lru_cache(maxsize=256)
def _both(role: str, own: str) -> frozenset[Grant]:
    return _grants(role) | _grants(own)


def grants_text(grants: Iterable[Grant]) -> str:
    """Grants as canonical JSON."""
    return msgspec.json.encode(sorted(grants)).decode()


def powers_text(powers: Iterable[Power]) -> str:
    """Powers as canonical JSON."""
    return msgspec.json.encode(sorted(power.value for power in powers)).decode()


def put_role(work: Work, role: Role) -> None:
    """Insert a role or replace what it holds."""
    work.once.pop(_ONCE, None)
    work.durable.run(
        "INSERT INTO staff_role (role, grants, powers, changed_us) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (role) DO UPDATE SET grants = excluded.grants, powers = excluded.powers, changed_us = excluded.changed_us",
        *(role.name, grants_text(role.grants), powers_text(role.powers), work.us),
    )


def roles(work: Work) -> list[Role]:
    """All roles by name."""
    rows = work.durable.all("SELECT role, grants, powers FROM staff_role ORDER BY role")
    return [Role(name, _grants(grants), _powers(powers)) for name, grants, powers in rows]


def role_exists(work: Work, role: str) -> bool:
    """Whether a role is defined."""
    return work.durable.one("SELECT 1 FROM staff_role WHERE role = ?", role) is not None


def add_member(work: Work, member_id: str, login: str, role: str, password_hash: str, totp: bytes, undertaking_on: date | None) -> None:
    """Insert a member. A handle that is taken raises db.Duplicate."""
    work.durable.run(
        "INSERT INTO staff_member (member_id, login, role, grants, password_hash, totp, totp_step, undertaking_on, active, failures,"
        " locked_until_us, added_us) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 1, 0, 0, ?)",
        *(member_id, login, role, _NO_GRANTS, password_hash, totp, undertaking_on.isoformat() if undertaking_on else "", work.us),
    )


_MEMBER = "SELECT member_id, login, role, grants, undertaking_on, active, locked_until_us, added_us FROM staff_member"


def member(work: Work, member_id: str) -> Member | None:
    """One member."""
    row = work.durable.one(_MEMBER + " WHERE member_id = ?", member_id)
    return _member(work, row) if row else None


def member_of_login(work: Work, login: str) -> Member | None:
    """The member with a handle."""
    row = work.durable.one(_MEMBER + " WHERE login = ?", login)
    return _member(work, row) if row else None


def members(work: Work) -> list[Member]:
    """All members, those who left too."""
    return [_member(work, row) for row in work.durable.all(_MEMBER + " ORDER BY login")]


def _member(work: Work, row: Row) -> Member:
    member_id, login, role, grants, undertaking_on, active, locked, added = row
    return Member(
        id=member_id,
        login=login,
        role=role,
        grants=_grants(grants),
        undertaking_on=date.fromisoformat(undertaking_on) if undertaking_on else None,
        active=bool(active),
        locked_until=instant(locked) if locked > work.us else None,
        added_at=instant(added),
    )


_FACT = (
    "SELECT m.grants, m.undertaking_on, m.active, r.grants FROM staff_member m LEFT JOIN staff_role r ON r.role = m.role"
    " WHERE m.member_id = ?"
)


def asked_by_gate(member_id: str) -> Statement:
    """The read of `fact`, to be sent ahead."""
    return _FACT, (member_id,)


def fact(work: Work, member_id: str) -> StaffFact | None:
    """What the law looks at of a member."""
    known: StaffFact | None = work.once.get(_ONCE)
    if known is not None and known.id == member_id:
        return known
    row = work.durable.one(_FACT, member_id)
    return _fact(work, member_id, row) if row else None


def known(work: Work, member_id: str) -> bool:
    """Whether `fact` was read in this work already, as with the token or session that opened the door."""
    found: StaffFact | None = work.once.get(_ONCE)
    return found is not None and found.id == member_id


def _fact(work: Work, member_id: str, row: Row) -> StaffFact:
    own, undertaking_on, active, of_role = row
    signed = bool(undertaking_on) and undertaking_on <= local_date(work.at).isoformat()
    found = work.once[_ONCE] = StaffFact(member_id, _both(of_role or _NO_GRANTS, own), signed, bool(active))
    return found


_CREDENTIALS = "SELECT member_id, password_hash, totp, totp_step, active, failures, locked_until_us FROM staff_member"


def credentials(work: Work, login: str) -> Credentials | None:
    """What to check a sign-in against."""
    return _credentials(work.durable.one(_CREDENTIALS + " WHERE login = ?", login))


def credentials_of(work: Work, member_id: str) -> Credentials | None:
    """The same by the member's id."""
    return _credentials(work.durable.one(_CREDENTIALS + " WHERE member_id = ?", member_id))


def _credentials(row: Row | None) -> Credentials | None:
    return Credentials(row[0], row[1], bytes(row[2]), row[3], bool(row[4]), row[5], row[6]) if row else None


def failed(work: Work, member_id: str, failures: int, locked_until_us: int) -> None:
    """Count a failed sign-in."""
    work.durable.run("UPDATE staff_member SET failures = ?, locked_until_us = ? WHERE member_id = ?", failures, locked_until_us, member_id)


def passed(work: Work, member_id: str, step: int) -> bool:
    """Use up a code and forget the failures; False when that step was used meanwhile."""
    return bool(
        work.durable.run(
            "UPDATE staff_member SET totp_step = ?, failures = 0, locked_until_us = 0 WHERE member_id = ? AND totp_step < ?",
            *(step, member_id, step),
        )
    )


def set_role(work: Work, member_id: str, role: str) -> None:
    """Move a member to another role."""
    work.once.pop(_ONCE, None)
    work.durable.run("UPDATE staff_member SET role = ? WHERE member_id = ?", role, member_id)


def set_grants(work: Work, member_id: str, grants: Iterable[Grant]) -> None:
    """Replace a member's own grants."""
    work.once.pop(_ONCE, None)
    work.durable.run("UPDATE staff_member SET grants = ? WHERE member_id = ?", grants_text(grants), member_id)


def set_undertaking(work: Work, member_id: str, on: date) -> None:
    """Note the day of the undertaking."""
    work.once.pop(_ONCE, None)
    work.durable.run("UPDATE staff_member SET undertaking_on = ? WHERE member_id = ?", on.isoformat(), member_id)


def set_password(work: Work, member_id: str, password_hash: str) -> None:
    """Replace the password; failures are forgotten."""
    work.durable.run(
        "UPDATE staff_member SET password_hash = ?, failures = 0, locked_until_us = 0 WHERE member_id = ?", password_hash, member_id
    )


def set_address(work: Work, member_id: str, sealed: bytes | None) -> None:
    """Where a member gets mail at work, sealed; None for nowhere."""
    work.durable.run("UPDATE staff_member SET address = ? WHERE member_id = ?", sealed, member_id)


def address(work: Work, member_id: str) -> bytes | None:
    """The sealed work address of an active member."""
    row = work.durable.one("SELECT address FROM staff_member WHERE member_id = ? AND active = 1", member_id)
    return bytes(row[0]) if row and row[0] is not None else None


def set_totp(work: Work, member_id: str, totp: bytes) -> None:
    """Replace the second factor."""
    work.durable.run("UPDATE staff_member SET totp = ?, totp_step = 0 WHERE member_id = ?", totp, member_id)


def deactivate(work: Work, member_id: str) -> bool:
    """Let a member in no more; their sessions end, their tokens are revoked, and where they got mail at work is forgotten."""
    work.once.pop(_ONCE, None)
    if not work.durable.run("UPDATE staff_member SET active = 0, address = NULL WHERE member_id = ? AND active = 1", member_id):
        return False
    drop_sessions(work, member_id)
    work.durable.run(
        "UPDATE api_token SET revoked_us = ? WHERE owner_kind = ? AND owner_id = ? AND revoked_us IS NULL",
        *(work.us, ActorKind.STAFF.value, member_id),
    )
    return True


def add_session(work: Work, secret: str, session_id: str, member_id: str, ends_us: int) -> None:
    """Insert a session; only the digest of its secret is kept."""
    work.durable.run(
        "INSERT INTO staff_session (token, session_id, member_id, door, started_us, seen_us, factor_us, ends_us) VALUES (?, ?, ?, ?, ?,"
        " ?, ?, ?)",
        *(seal.digest(secret.encode()), session_id, member_id, work.actor.door, work.us, work.us, work.us, ends_us),
    )


_BY_SESSION = (
    "SELECT m.grants, m.undertaking_on, m.active, r.grants, r.powers, m.role, m.member_id, s.session_id, s.factor_us, s.seen_us"
    " FROM staff_session s JOIN staff_member m ON m.member_id = s.member_id LEFT JOIN staff_role r ON r.role = m.role"
    " WHERE s.token = ? AND s.ends_us > ? AND s.seen_us > ? AND m.active = 1"
)


def session_caller(work: Work, secret: str, idle_since_us: int) -> tuple[Caller, int] | None:
    """Who a live session belongs to, and when it was last seen: one query."""
    row = work.durable.one(_BY_SESSION, seal.digest(secret.encode()), work.us, idle_since_us)
    if row is None:
        return None
    powers, role, member_id, session_id, factor_us, seen_us = row[4:]
    actor = Actor(ActorKind.STAFF, member_id, work.actor.door, work.actor.os_user)
    staff = _fact(work, member_id, row[:4])
    return Caller(actor, _powers(powers or _NO_GRANTS), staff, role, session_id, instant(factor_us)), seen_us


def see_session(work: Work, session_id: str) -> None:
    """Note that a session is in use."""
    work.durable.run("UPDATE staff_session SET seen_us = ? WHERE session_id = ?", work.us, session_id)


def renew_factor(work: Work, session_id: str) -> None:
    """Note that a session proved its second factor again."""
    work.durable.run("UPDATE staff_session SET factor_us = ?, seen_us = ? WHERE session_id = ?", work.us, work.us, session_id)


def drop_session(work: Work, secret: str) -> tuple[str, str] | None:
    """End a session; gives (member, session)."""
    row = work.durable.one("DELETE FROM staff_session WHERE token = ? RETURNING member_id, session_id", seal.digest(secret.encode()))
    return (row[0], row[1]) if row else None


def drop_sessions(work: Work, member_id: str) -> int:
    """End every session of a member."""
    return work.durable.run("DELETE FROM staff_session WHERE member_id = ?", member_id)


def drop_all_sessions(work: Work) -> int:
    """End every session."""
    return work.durable.run("DELETE FROM staff_session")


def drop_sessions_over(work: Work, idle_since_us: int) -> int:
    """Forget sessions that are over."""
    return work.durable.run("DELETE FROM staff_session WHERE ends_us <= ? OR seen_us <= ?", work.us, idle_since_us)


def add_token(work: Work, secret: str, token_id: str, kind: ActorKind, owner: str, scopes: Iterable[Power], expires_us: int) -> None:
    """Insert a token; only the digest of its secret is kept."""
    work.durable.run(
        "INSERT INTO api_token (token, token_id, owner_kind, owner_id, scopes, issued_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(seal.digest(secret.encode()), token_id, kind.value, owner, powers_text(scopes), work.us, expires_us),
    )


_OWNER = (
    "SELECT m.grants, m.undertaking_on, m.active, r.grants, r.powers, m.role, t.owner_kind, t.owner_id, t.scopes FROM api_token t"
    " LEFT JOIN staff_member m ON t.owner_kind = 'staff' AND m.member_id = t.owner_id LEFT JOIN staff_role r ON r.role = m.role"
    " WHERE t.token = ? AND t.expires_us > ? AND t.revoked_us IS NULL"
)


def token_caller(work: Work, secret: str) -> Caller | None:
    """Who a live token belongs to. A staff token has no more than its owner has now; of one who left it has nothing."""
    row = work.durable.one(_OWNER, seal.digest(secret.encode()), work.us)
    if row is None:
        return None
    powers, role, kind, owner, scopes = row[4:]
    actor = Actor(kind, owner, work.actor.door, work.actor.os_user)
    if kind != ActorKind.STAFF:
        return Caller(actor, _powers(scopes), None)
    if not row[2]:
        return None
    return Caller(actor, _powers(scopes) & _powers(powers or _NO_GRANTS), _fact(work, owner, row[:4]), role)


def tokens(work: Work) -> list[Token]:
    """All tokens, newest last."""
    rows = work.durable.all(
        "SELECT token_id, owner_kind, owner_id, scopes, issued_us, expires_us, revoked_us FROM api_token ORDER BY token_id"
    )
    return [
        Token(
            token_id,
            ActorKind(kind),
            owner,
            _powers(scopes),
            instant(issued),
            instant(expires),
            None if revoked is None else instant(revoked),
        )
        for token_id, kind, owner, scopes, issued, expires, revoked in rows
    ]


def revoke_token(work: Work, token_id: str) -> bool:
    """Make a token useless; False when it is so already or there is none."""
    return bool(work.durable.run("UPDATE api_token SET revoked_us = ? WHERE token_id = ? AND revoked_us IS NULL", work.us, token_id))


_RIGHTS = "SELECT member_id, login, role, grants, undertaking_on, active, password_hash, totp FROM staff_member"
_SCOPES = "SELECT token_id, owner_kind, owner_id, scopes, expires_us, token FROM api_token"


def member_vouched(work: Work, member_id: str = "") -> list[tuple[str, bytes]]:
    """(member, what an entry of the log vouches for): role, own grants, undertaking, whether let in, and the credentials, one member or all.

    The hash of the password makes the digest of it impossible to guess from a list of roles.
    """
    where, given = (" WHERE member_id = ?", (member_id,)) if member_id else ("", ())
    return [(str(row[0]), _canonical(row)) for row in work.durable.all(_RIGHTS + where, *given)]


def role_vouched(work: Work) -> list[tuple[str, bytes]]:
    """(role, what it holds) of all roles."""
    return [(str(row[0]), _canonical(row)) for row in work.durable.all("SELECT role, grants, powers FROM staff_role")]


def token_vouched(work: Work, token_id: str = "") -> list[tuple[str, bytes]]:
    """(token, whose it is, for what and how long) of one or all."""
    where, given = (" WHERE token_id = ?", (token_id,)) if token_id else ("", ())
    return [(str(row[0]), _canonical(row)) for row in work.durable.all(_SCOPES + where, *given)]


def tokens_alive(work: Work) -> set[str]:
    """Tokens that nobody revoked, those whose end is past too."""
    return {str(token_id) for (token_id,) in work.durable.all("SELECT token_id FROM api_token WHERE revoked_us IS NULL")}


def _canonical(row: Row) -> bytes:
    return msgspec.json.encode([bytes(part).hex() if isinstance(part, bytes | memoryview) else part for part in row])
