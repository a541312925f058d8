"""What ties a person to the office or to a party it serves."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sandyq.frozen import quick


class RelationKind(StrEnum):
    """The kinds that the rules tell apart."""

    APPLICATION = "application"
    CONTRACT = "contract"
    OBLIGATION = "obligation"
    EMPLOYMENT = "employment"


@quick
@dataclass(frozen=True, slots=True)
class NewRelation:
    """A relation to be recorded. `party` is the recipient it is with (empty: the office), `document` the item or evidence that shows it.

    Numbers of contracts are not kept here: they lead to a person, so they are fields of an item and tokens of the index.
    """

    kind: RelationKind
    started: date
    purposes: frozenset[str]
    party: str = ""
    document: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as it is kept. `ended` is when it ended in law, `closed_at` when that was entered."""

    id: str
    subject: str
    kind: RelationKind
    started: date
    ended: date | None
    fulfilled: bool
    purposes: frozenset[str]
    party: str
    document: str
    opened_at: datetime
    closed_at: datetime | None
