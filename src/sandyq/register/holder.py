"""The protocol by which a room shows, erases and accounts for what it keeps about a person, and the classes of the data map."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from sandyq.db.work import Work

Kind = Literal["none", "pseudonym", "token", "sealed", "credential"]
"""What a column can tell: nothing of a person; a random id of one; a keyed token; sealed bytes; a secret of the office."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data map: its class, the holder that answers for it, and the code of the term after which it is gone."""

    kind: Kind
    holder: str
    term: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing kept about a subject, without its values: where, what, since when, on what ground, for which purposes, until when."""

    holder: str
    what: str
    id: str
    category: str = ""
    since_us: int = 0
    ground: str = ""
    source: str = ""
    purposes: tuple[str, ...] = ()
    term_rule: str = ""
    term_end: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that outlives a destruction, and why: the second list of a certificate (design 12)."""

    holder: str
    what: str
    id: str
    ground: str
    until: date | None
    term_rule: str = ""


class Holder(Protocol):
    """What every room that keeps something about a subject registers with the office."""

    @property
    def name(self) -> str:
        """Of the room, as certificates and receipts name it."""
        ...

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of an erasure in their order; each is its own unit of work and can be run again."""
        ...

    def show(self, work: Work, subject: str) -> list[Shown]:
        """All that is kept, value-free."""
        ...

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Run one step; gives how many things went. Run again it finds nothing and gives 0."""
        ...

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """What is still there that should not be: `table: id`, empty when all is gone."""
        ...

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """What stays, why and until when."""
        ...
