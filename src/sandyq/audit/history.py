"""Which entries are about whom: asked by the portal and the console, and erased with the person (design 12, 14).

The link is kept only as long as the person is there. It holds nothing that the salt would not tell, but makes the question cheap.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sandyq.audit import store
from sandyq.audit.recording import Entry, decode
from sandyq.clock import micros
from sandyq.db import Work

END = 1 << 62
"""Behind every entry that the log will ever have."""
_LAG_US = 10 * 60 * 1_000_000
"""How far the order of numbers may lag behind that of acts: a long unit of work is numbered when it ends."""

COLUMNS = {
    "leaf.seq": ("none", "audit", "log term"),
    "leaf.leaf_id": ("none", "audit", "log term"),
    "leaf.body": ("pseudonym", "audit", "log term"),
    "pending_leaf.first_id": ("none", "audit", "until numbered"),
    "pending_leaf.bodies": ("pseudonym", "audit", "until numbered"),
    "tree_head.id": ("none", "audit", "log term"),
    "tree_head.size": ("none", "audit", "log term"),
    "tree_head.edge": ("none", "audit", "log term"),
    "subject_leaf.subject_id": ("pseudonym", "leaf_link", "with-subject"),
    "subject_leaf.leaf_id": ("none", "leaf_link", "with-subject"),
}
"""For the data map: kind, holder, term of each column. The map's own type belongs to the register, which lies above this room."""


class Numbered(NamedTuple):
    """An entry and its number in the log."""

    number: int
    entry: Entry


def about(work: Work, subject: str, *, before: int = END, limit: int = 100) -> list[Numbered]:
    """The entries about a subject, the latest first; give the last one's number as `before` for the next page."""
    return [Numbered(number, decode(body)) for number, body in store.history(work, subject, before, limit)]


def latest(work: Work, *, before: int = END, limit: int = 100) -> list[Numbered]:
    """The latest entries of the whole log."""
    return [Numbered(number, decode(body)) for number, body in store.latest(work, before, limit)]


def between(work: Work, since: datetime, until: datetime, *, before: int = END, limit: int = 100) -> tuple[list[Numbered], bool]:
    """The entries of a time (`until` not inside), the latest first, and whether there are more; give the last one's number as `before` for the next page.

    The place in the log is found by halving, so that a day of years ago costs no more than today.
    """
    first, end = micros(since), micros(until)
    place, found = min(before, _place(work, end + _LAG_US)), list[Numbered]()
    while rows := latest(work, before=place, limit=limit + 1):
        place = rows[-1].number
        found += [row for row in rows if first <= row.entry.at < end]
        if rows[-1].entry.at < first - _LAG_US or len(found) > limit:
            break
    return found[:limit], len(found) > limit


def _place(work: Work, us: int) -> int:
    """The number of the first entry that is not older, as far as numbers follow time."""
    newest = latest(work, limit=1)
    low, high = 0, newest[0].number + 1 if newest else 0
    while low < high:
        middle = (low + high) // 2
        at = latest(work, before=middle + 1, limit=1)
        if at and at[0].entry.at >= us:
            high = middle
        else:
            low = middle + 1
    return low


class LeafLinks:
    """The holder of the links. Implements the register's `Holder`; shred the salt before, or later entries tie themselves again."""

    name = "leaf_link"
    steps: tuple[str, ...] = ("rows",)

    def show(self, work: Work, subject: str) -> list[Any]:
        """Nothing of its own: the entries themselves are what a person is shown."""
        return []

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Untie every entry."""
        return store.drop_links(work, subject) if step in self.steps else 0

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """The table, when an entry is still tied."""
        return [f"subject_leaf: {count}"] if (count := store.count_links(work, subject)) else []

    def kept(self, work: Work, subject: str) -> list[Any]:
        """Nothing: what stays in the log names nobody."""
        return []
