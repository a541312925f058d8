"""Who works here: members under a handle, roles, grants by purpose, category and operation, powers of the office, scopes of tokens (8.2,
art. 11).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandyq.db import Actor
from sandyq.errors import FieldError, Invalid
from sandyq.frozen import quick
from sandyq.law.ask import StaffFact
from sandyq.law.vocabulary import ActorKind, Operation, StandingAct

Grant = tuple[str, str, str]
"""(purpose, category 6.2.x or `*`, operation)."""

OPERATIONS = frozenset({operation.value for operation in Operation} | {act.value for act in StandingAct})
_HANDLE = re.compile(r"^[a-z][a-z0-9-]{2,31}$")
_NUMBER = re.compile(r"[0-9]{7,}")
PASSWORD_LEAST = 12
PASSWORD_MOST = 256


class Power(StrEnum):
    """What a role may do besides deciding on people, and what a token can be scoped to. A token never has more than its owner."""

    COLLECT = "collect"
    DECIDE = "decide"
    USE = "use"
    FIND = "find"
    ORDERS = "orders"
    TRANSFERS = "transfers"
    AUDIT = "audit"
    PARTIES = "parties"
    STAFF = "staff"
    POLICY = "policy"
    KEYS = "keys"
    BACKUP = "backup"
    STATISTICS = "statistics"
    ACKNOWLEDGE = "acknowledge"
    JOURNAL = "journal"
    PERSONNEL = "personnel"
    REQUESTS = "requests"


SITE_POWERS = frozenset({Power.COLLECT, Power.DECIDE})
"""What a token of the website or another system of the office may be scoped to."""
PARTNER_POWERS = frozenset({Power.ACKNOWLEDGE})
"""What a token of a recipient may be scoped to."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of grants and powers."""

    name: str
    grants: frozenset[Grant]
    powers: frozenset[Power]


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be added. `login` is a pseudonymous handle such as `clerk-7`: names of staff belong to the labour records (3.7)."""

    login: str
    role: str
    password: str
    undertaking_on: date | None = None


@dataclass(frozen=True, slots=True)
class AddedMember:
    """A new member's id and the second factor, shown once: the base32 secret and the address for an authenticator's picture code."""

    id: str
    totp_secret: str
    totp_uri: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the console lists them. `grants` are their own, beside those of the role."""

    id: str
    login: str
    role: str
    grants: frozenset[Grant]
    undertaking_on: date | None
    active: bool
    locked_until: datetime | None
    added_at: datetime


@quick
@dataclass(frozen=True, slots=True)
class Caller:
    """Who stands behind a session or token: the actor for the unit of work, what they may do, and for staff the facts that the law looks
    at.

    `factor_at` is when a session last proved its second factor; a token has none.
    """

    actor: Actor
    powers: frozenset[Power]
    staff: StaffFact | None
    role: str = ""
    session: str = ""
    factor_at: datetime | None = None

    def may(self, power: Power) -> bool:
        """Whether they have a power."""
        return power in self.powers


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun. `secret` is told once, to the browser or command line; the table holds its digest."""

    member: str
    session: str
    secret: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """A sign-in that failed: a value, so that the failure is counted and logged. One code for every cause but the lock, whose wait is in
    seconds.
    """

    code: str
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that was issued; `secret` is shown once."""

    id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is listed."""

    id: str
    owner_kind: ActorKind
    owner: str
    scopes: frozenset[Power]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def check_new(new: NewMember) -> None:
    """Raises Invalid with everything wrong in a new member."""
    found = [*login_faults(new.login), *password_faults(new.login, new.password)]
    if found:
        raise Invalid(found)


def login_faults(login: str) -> Iterable[FieldError]:
    """A handle is short, lower-case and looks like no number of a person."""
    if not _HANDLE.match(login) or _NUMBER.search(login):
        yield FieldError("login", "not_a_handle", {"form": "clerk-7"}, ("8.2",))


def password_faults(login: str, password: str) -> Iterable[FieldError]:
    """Long enough, short enough to hash, and not made of the handle."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        yield FieldError("password", "password_length", {"least": PASSWORD_LEAST, "most": PASSWORD_MOST})
    if login and login in password.lower():
        yield FieldError("password", "password_holds_login")
    if len(set(password)) < PASSWORD_LEAST // 2:
        yield FieldError("password", "password_repeats")


def check_grant(grant: Grant) -> None:
    """Raises Invalid for a grant that names no known operation, or leaves its purpose or category open by mistake."""
    purpose, category, operation = grant
    found = []
    if not purpose:
        found.append(FieldError("purpose", "missing", cites=("8.2",)))
    if category != "*" and not category.startswith("6.2."):
        found.append(FieldError("category", "not_a_category", {"form": "6.2.7 or *"}, ("6.2",)))
    if operation not in OPERATIONS:
        found.append(FieldError("operation", "not_in_list", {"allowed": ", ".join(sorted(OPERATIONS))}, ("2.11",)))
    if found:
        raise Invalid(found)


_ORDERS = (
    Operation.USE,
    Operation.CHANGE,
    Operation.SUPPLEMENT,
    Operation.DISTRIBUTE,
    Operation.BLOCK,
    Operation.DESTROY,
    *StandingAct,
)
_ON_PERSON = (Operation.BLOCK, Operation.DESTROY, *StandingAct)
"""Acts on the person as a whole: they are granted for every purpose at once."""
_KEEPING = (Operation.COLLECT, Operation.USE, Operation.CHANGE, Operation.SUPPLEMENT)
_CONTACT = ("6.2.1", "6.2.7")
_LEAD = ("6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.6", "6.2.7", "6.2.9")


def standard_roles(purposes: Mapping[str, str]) -> tuple[Role, ...]:
    """The roles that an office starts with, for the purposes of its policy (id -> clause of part 3). Labour data (3.7) are for the personnel
    department, which sees no client, and for the responsible person; engineers, auditors and administrators see no data of people at all."""
    service = [purpose for purpose, clause in purposes.items() if clause == "3.1"]
    talk = [purpose for purpose, clause in purposes.items() if clause in {"3.1", "3.3", "3.10"}]
    every = frozenset(Power) - {Power.ACKNOWLEDGE}
    labour = [purpose for purpose, clause in purposes.items() if clause == "3.7"]
    return (
        Role("hr", _grants(labour, "*", _KEEPING), frozenset({Power.PERSONNEL})),
        Role("dpo", _grants(purposes, "*", _ORDERS) | _grants(["*"], "*", _ON_PERSON), every - {Power.COLLECT, Power.KEYS, Power.BACKUP}),
        Role(
            "call_centre",
            _grants(talk, _CONTACT, [Operation.USE]) | _grants(["*"], "*", [Operation.BLOCK]),
            frozenset({Power.FIND, Power.USE, Power.ORDERS, Power.JOURNAL}),
        ),
        Role(
            "partner_desk",
            _grants(service, _LEAD, [Operation.USE, Operation.DISTRIBUTE]) | _grants(["*"], "*", [Operation.BLOCK]),
            frozenset({Power.FIND, Power.USE, Power.TRANSFERS, Power.PARTIES, Power.ORDERS}),
        ),
        Role("engineer", frozenset(), frozenset({Power.COLLECT, Power.DECIDE, Power.KEYS, Power.BACKUP})),
        Role("auditor", frozenset(), frozenset({Power.AUDIT})),
        Role("admin", frozenset(), frozenset({Power.STAFF, Power.PARTIES, Power.POLICY, Power.AUDIT})),
        Role(
            "analyst",
            _grants([p for p, c in purposes.items() if c == "3.6"], "*", [Operation.DEPERSONALISE]),
            frozenset({Power.STATISTICS}),
        ),
    )


def _grants(purposes: Iterable[str], categories: Iterable[str], operations: Iterable[Operation | StandingAct]) -> frozenset[Grant]:
    wanted = tuple(operations)
    every = ("*",) if categories == "*" else tuple(categories)
    return frozenset((purpose, category, operation.value) for purpose in purposes for category in every for operation in wanted)
