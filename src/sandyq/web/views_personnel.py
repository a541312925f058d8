"""What the pages of the personnel department show: people behind the wall of 3.7, and the form by which somebody is taken on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sandyq.web.views import HeldItem, Reason


@dataclass(frozen=True, slots=True)
class HireField:
    """One field that a purpose of 3.7 lists: what is typed, or which of `choices` (code, words)."""

    id: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class HireForm:
    """The form of taking somebody on: fields, purposes of 3.7 as (id, words), and by purpose the grounds that it may rest on as (code, words)."""

    fields: tuple[HireField, ...]
    purposes: tuple[tuple[str, str], ...]
    grounds: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class NewHire:
    """Somebody to be taken on, as typed. `grounds` by purpose: (code, act and article)."""

    role: str
    values: Mapping[str, str] = field(repr=False)
    grounds: Mapping[str, tuple[str, str]]
    started: date | None
    paper: str
    language: str
    identity_seen: bool
    subject: str = ""


@dataclass(frozen=True, slots=True)
class StaffHit:
    """One person found behind the wall, masked."""

    subject: str
    name: str
    iin: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StaffFound:
    """What a search gave; `capped` says that there were more."""

    hits: tuple[StaffHit, ...]
    capped: bool


@dataclass(frozen=True, slots=True)
class StaffPerson:
    """One person behind the wall as a purpose shows them: what ties them to the office, and what is held with its term."""

    subject: str
    purpose: str
    role: str
    since: date
    until: date | None
    fulfilled: bool
    held: tuple[HeldItem, ...]
    decision: str
    reasons: tuple[Reason, ...]
