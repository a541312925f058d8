"""Who is taken on, on what ground, and what became of it (policy 3.7; the Law art. 9(2-1), 9(10), 14; the Labour Code)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sandyq.relations.facts import RelationKind

WALL = "staff"
"""The side of the register that personnel work stands on."""
CONSENT = "consent"


class Role(StrEnum):
    """As whom somebody is taken on."""

    CANDIDATE = "candidate"
    EMPLOYEE = "employee"


RELATIONS = {Role.CANDIDATE: RelationKind.APPLICATION, Role.EMPLOYEE: RelationKind.EMPLOYMENT}
"""What ties each to the office: only an employment obliges (art. 8(2))."""


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a purpose rests: `consent` on paper, or a case of art. 9 with the act cited (`Labour Code art. 28`)."""

    code: str = CONSENT
    citation: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be taken on. `values` are as typed, `grounds` by purpose of 3.7, `paper` what the consents or the contract stand on (its number is sealed).

    `identity_seen`: a member saw an identity document, so that the IIN counts as verified. `given_at`: when the consents were signed, where that was before.
    """

    role: Role
    values: Mapping[str, str] = field(repr=False)  # personal data: they must not reach a log by way of a traceback
    grounds: Mapping[str, Ground]
    started: date
    paper: str = field(repr=False)
    language: str = "kk"
    identity_seen: bool = False
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Who was taken on: the subject behind the wall, what ties it to the office, the items kept."""

    subject: str
    relation: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """An employment or a candidacy that is over; from its end the terms of what it needed run (8.1)."""

    subject: str
    relation: str
    ended: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody behind the wall without opening anything."""

    subject: str
    role: Role
    since: date
    until: date | None
    fulfilled: bool
