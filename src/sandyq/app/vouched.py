"""Rows whose content an entry of the log or a seal vouches for: what recipients confirmed, what a destruction removed, who may do what, when a relation
ended, under which ground and term an item is kept (design 7, 15).

Each comparison of `audit.verify` here knows that a restore brings rows back to where they were: what the log says from before the last restore may be
true of a row, and what it says since then must be.
"""

from collections import defaultdict
from typing import Final

from sandyq import destroy, distribute, relations, staff
from sandyq.audit import Act
from sandyq.audit.problem import Findings
from sandyq.audit.recording import Entry
from sandyq.audit.state import StateCheck, Ties
from sandyq.db import Work
from sandyq.register import items, reconcile, subjects
from sandyq.register.keystore import Keyring
from sandyq.staff import vouching

_RESTORED: Final = Act.OFFICE_RESTORED
_PAGE: Final = 500
_SETTLED_US: Final = 3600 * 1_000_000
"""An hour: keys are committed before their rows, so a younger key may be of an act that is under way."""
_OPEN: Final = (0, 0)
_Said = dict[str, set[tuple[object, ...]]]


class Confirmed:
    """What recipients confirmed, at which instant, in which message: forged or taken back by hand in the ledger of transfers."""

    name = "transfer"
    acts = frozenset({Act.TRANSFER_ACKNOWLEDGED, Act.RECALL_CONFIRMED, _RESTORED})

    def __init__(self) -> None:
        self._said: _Said = defaultdict(set)
        self._due: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Remember who confirmed what."""
        if entry.act == _RESTORED:
            self._due.clear()
            return
        self._said[entry.object].add((entry.at, entry.body_digest, entry.recipient))
        self._due.add(entry.object)

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Hold every transfer against it."""
        rows = {transfer: row for transfer, *row in distribute.confirmations(work)}
        for transfer, (recipient, acked_us, digest) in rows.items():
            if acked_us is None and transfer in self._due:
                found.add("acknowledgement_undone", self.name, value=transfer)
            elif acked_us is not None and (acked_us, digest, recipient) not in self._said[transfer]:
                found.add("acknowledgement_forged", self.name, value=transfer)
        for transfer in sorted(self._due - rows.keys()):
            found.add("entry_without_row", self.name, value=transfer)
        self.__init__()  # type: ignore[misc]


class Removed:
    """What each step of a destruction removed, and when the data were gone: a receipt or a plan deleted or rewritten by hand."""

    name = "destruction_receipt"
    acts = frozenset({Act.DESTRUCTION_STEP, Act.DESTROYED, _RESTORED})

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._last: dict[tuple[str, str], int] = {}
        self._deleted: dict[str, set[int]] = defaultdict(set)
        self._gone: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Remember how much each step removed."""
        if entry.act == _RESTORED:
            self._last.clear()
            self._gone.clear()
        elif entry.act == Act.DESTROYED:
            self._deleted[entry.object].add(entry.at)
            self._gone.add(entry.object)
        else:
            step = (entry.object, entry.purpose)
            self._counts[step].add(entry.count)
            self._last[step] = entry.count

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Add up the receipts of each step, and look when each plan says that the data were gone."""
        sums = destroy.removed(work)
        for step, count in self._last.items():
            if sums.get(step, 0) != count:
                found.add("receipt_rewritten", self.name, value=step[0], step=step[1])
        for step, count in sums.items():
            if step not in self._last and count not in self._counts[step] and not destroy.unlogged(step[1]):
                found.add("receipt_rewritten", self.name, value=step[0], step=step[1])
        plans = destroy.deletions(work)
        for plan, deleted_us in plans.items():
            if (deleted_us is None and plan in self._gone) or (deleted_us is not None and deleted_us not in self._deleted[plan]):
                found.add("deletion_rewritten", "destruction", value=plan)
        for plan in sorted(self._gone - plans.keys()):
            found.add("entry_without_row", "destruction", value=plan)
        self.__init__()  # type: ignore[misc]


class Rights:
    """Roles, grants, credentials and tokens of staff: changed, added or taken away by hand."""

    name = "staff"
    acts = frozenset({Act.STAFF_ADDED, Act.STAFF_CHANGED, Act.GRANT_CHANGED, Act.TOKEN_ISSUED, Act.TOKEN_REVOKED, _RESTORED})

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)  # (instant, digest) in the order of the log
        self._restored: dict[
            tuple[str, str], set[str]
        ] = {}  # what a row may hold that nothing has touched since a restore: what it ever held
        self._due: set[tuple[str, str]] = set()
        self._revoked: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Remember the last word on each."""
        if entry.act == _RESTORED:
            self._restored = {row: {digest for _, digest in said} for row, said in self._said.items()}
            self._due.clear()
            return
        if entry.act == Act.TOKEN_REVOKED:
            self._revoked.add(entry.object)  # a restore revokes it again
        if not entry.body_digest:
            return
        row = (_table(entry), entry.object)
        self._said[row].append((entry.at, entry.body_digest))
        self._restored.pop(row, None)
        self._due.add(row)

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Hold every row against it."""
        there = set()
        for table, name, digest in vouching.rows(work):
            there.add((table, name))
            if (table, name) not in self._said:
                found.add("row_without_entry", table, value=name)
            elif digest not in self._true((table, name)):
                found.add("rights_rewritten", table, value=name)
        for table, name in sorted(self._due - there):
            found.add("entry_without_row", table, value=name)
        for token in sorted(self._revoked & staff.tokens_alive(work)):
            found.add("rights_rewritten", "api_token", value=token)
        self.__init__()  # type: ignore[misc]

    def _true(self, row: tuple[str, str]) -> set[str]:
        """What a row may hold: the last word on it. Entries of one instant are numbered in any order, so the last is by instant and by number."""
        if row in self._restored:
            return self._restored[row]
        said = self._said[row]
        last = max(at for at, _ in said)
        return {digest for at, digest in said if at == last} | {said[-1][1]}


class Ends:
    """Ends of relations, and whether what they obliged to was fulfilled: terms of storage and withdrawals are decided on them."""

    name = "relation"
    acts = frozenset({Act.RELATION_CLOSED, _RESTORED})

    def __init__(self) -> None:
        self._said: dict[str, set[tuple[int, int]]] = defaultdict(set)
        self._last: dict[str, tuple[int, int]] = {}

    def see(self, entry: Entry) -> None:
        """Remember when each was ended and how."""
        if entry.act == _RESTORED:
            self._last.clear()
            return
        said = (entry.at, entry.count)
        self._said[entry.object].add(said)
        self._last[entry.object] = max(said, self._last.get(entry.object, said))  # numbered in any order

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Hold every relation that is there against it."""
        for relation, *now in relations.ends(work):
            end = tuple(now)
            if end != self._last.get(relation, end) or (end != _OPEN and end not in self._said[relation]):
                found.add("end_rewritten", self.name, value=relation)
        self.__init__()  # type: ignore[misc]


class Items:
    """What is kept under which ground, purposes and term: an item changed by hand, or taken out of its table while its key is still there."""

    name = "item"
    acts: frozenset[Act] = frozenset()

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring

    def see(self, entry: Entry) -> None:
        """The seal answers, not the log."""

    def finish(self, work: Work, ties: Ties, found: Findings) -> None:
        """Try the seal of every item, and look for keys that have nothing to open."""
        after, page = "", subjects.page(work, limit=_PAGE)
        while page:
            for subject in page:
                for item in items.rewritten(work, self._ring, subject):
                    found.add("item_rewritten", self.name, value=item)
            after = page[-1]
            page = subjects.page(work, after, _PAGE)
        for _, key in reconcile.keys_without_rows(work, work.us - _SETTLED_US):
            found.add("row_missing", self.name, value=key)


def _table(entry: Entry) -> str:
    if entry.act == Act.TOKEN_ISSUED:
        return "api_token"
    return "staff_role" if entry.act == Act.GRANT_CHANGED and entry.purpose == vouching.ROLE else "staff_member"


def checks(ring: Keyring) -> list[StateCheck]:
    """All of them, fresh for each verification."""
    return [Confirmed(), Removed(), Rights(), Ends(), Items(ring)]
