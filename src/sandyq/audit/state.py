"""Tables against the log: every row that must have an entry has it, and every entry that must have a row has it (design 15).

A room says by a check which of its rows answer to which entries. What has been erased with its person cannot be asked for: nothing ties those
entries to anybody any more. So entries are asked for rows only where rows are kept as long as the log, or where the entry is still tied to a
person who is there.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sandyq.audit import store
from sandyq.audit.leaf import Act
from sandyq.audit.problem import Findings
from sandyq.audit.recording import Entry
from sandyq.db import Work

Lives = Literal["log", "subject", "term"]
"""How long rows stay: as long as the log; as long as their person; or until a term of their own."""


@dataclass(frozen=True, slots=True)
class Ties:
    """`linked`: ids of entries that are tied to a person who is there; `waiting`: ids of entries that have no number yet."""

    linked: Collection[str]
    waiting: Collection[str]


class StateCheck(Protocol):
    """One comparison. It is shown every entry of its acts, then asked what does not fit."""

    @property
    def name(self) -> str:
        """What is compared."""
        ...

    @property
    def acts(self) -> frozenset[Act]:
        """Entries of which acts it wants to see."""
        ...

    def see(self, entry: Entry) -> None:
        """One entry of the log."""
        ...

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Add what does not fit, and forget what was seen."""
        ...


@dataclass(slots=True)
class RowCheck:
    """Rows of `table` whose `column` names an entry of `acts`: by its id, its decision or its object. Rows with an empty value are left out."""

    table: str
    column: str
    names: Literal["id", "decision", "object"]
    acts: frozenset[Act]
    lives: Lives
    _seen: dict[str, str] = field(default_factory=dict, repr=False)  # what is named -> the entry's id

    @property
    def name(self) -> str:
        """Which rows."""
        return f"{self.table}.{self.column}"

    def see(self, entry: Entry) -> None:
        """Remember what the entry names."""
        named: str = getattr(entry, self.names)
        if named:
            self._seen[named] = entry.id

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Compare both ways, as far as rows live."""
        seen, self._seen = self._seen, {}
        rows = {str(value) for (value,) in store.column(work, self.table, self.column)}
        for value in sorted(rows - seen.keys()):
            found.add("row_without_entry", self.name, value=value)
        if self.lives == "term":
            return
        for value in sorted(seen.keys() - rows):
            if self.lives == "log" or seen[value] in ties.linked:
                found.add("entry_without_row", self.name, value=value, entry=seen[value])


@dataclass(slots=True)
class SaidCheck:
    """Rows of `table`, each with the entry of `acts` that `column` names by its id: the row still says what the entry says (`says`: a column of the row to
    a field of the entry), and an entry tied to a person who is there still has its row."""

    table: str
    column: str
    acts: frozenset[Act]
    says: dict[str, str]
    _seen: dict[str, tuple[object, ...]] = field(default_factory=dict, repr=False)  # an entry's id -> what it says

    @property
    def name(self) -> str:
        """Which rows."""
        return f"{self.table}.{self.column}"

    def see(self, entry: Entry) -> None:
        """Remember what the entry says."""
        self._seen[entry.id] = tuple(getattr(entry, name) for name in self.says.values())

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Hold every row against its entry, and every entry against the rows."""
        seen, self._seen = self._seen, {}
        there = set()
        for leaf, *said in store.columns(work, self.table, (self.column, *self.says)):
            there.add(str(leaf))
            if leaf not in seen:
                found.add("row_without_entry", self.name, value=leaf)
            elif tuple(said) != seen[leaf]:
                found.add("row_rewritten", self.name, value=leaf)
        for leaf in sorted((seen.keys() - there) & set(ties.linked)):
            found.add("entry_without_row", self.name, value=leaf, entry=leaf)


@dataclass(frozen=True, slots=True)
class LeafCheck:
    """Rows of `table` whose `column` is the id of an entry, whatever its act: the entry must be there."""

    table: str
    column: str
    acts: frozenset[Act] = frozenset()

    @property
    def name(self) -> str:
        """Which rows."""
        return f"{self.table}.{self.column}"

    def see(self, entry: Entry) -> None:
        """Asks for none: the table of entries, verified by then, answers."""

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Rows whose entry is nowhere."""
        for (value,) in store.unlogged(work, self.table, self.column):
            if value not in ties.waiting:
                found.add("row_without_entry", self.name, value=value)


def office_checks() -> list[StateCheck]:
    """The comparisons of the rooms above that need no more than the name of a column. Fresh ones for each verification."""
    decided = frozenset(
        {Act.DECIDED, Act.REFUSED, *_TAKEN}
    )  # a form is decided on before its person has an id; the entry of its taking is tied to them
    states = frozenset({Act.BLOCKED, Act.HELD, Act.LOCKED})
    return [
        RowCheck("decision", "decision_id", "decision", decided, "subject"),
        RowCheck("item", "decision", "decision", decided, "term"),
        RowCheck("block_state", "leaf", "id", states, "subject"),
        SaidCheck(
            "request", "leaf_id", _ORDERS, {"request_id": "object", "kind": "purpose", "decision_id": "decision", "decided_us": "at"}
        ),
        SaidCheck("submission", "leaf_id", _TAKEN, {"submission_id": "object", "purpose": "purpose", "received_us": "at"}),
        SaidCheck(
            "transfer", "leaf_id", _QUEUED, {"transfer_id": "object", "recipient": "recipient", "purpose": "purpose", "queued_us": "at"}
        ),
        RowCheck("rights_case", "case_id", "object", frozenset({Act.CASE_OPENED}), "subject"),
        *(LeafCheck(table, column) for table, column in _LEAVES),
    ]


_TAKEN = frozenset({Act.COLLECTED, Act.QUARANTINED})
_ORDERS = frozenset({Act.ORDER_DONE, Act.ORDER_REFUSED})
_QUEUED = frozenset({Act.TRANSFER_QUEUED, Act.RECALL_QUEUED})
_LEAVES = (
    ("consent_grant", "leaf"),
    ("consent_end", "leaf"),
    ("consent_code", "leaf"),
    ("consent_stop", "leaf"),
    ("destruction", "leaf_id"),
    ("rights_case", "leaf_id"),
    ("rights_event", "leaf_id"),
    ("subject_leaf", "leaf_id"),
)
