"""Numbers for entries, without gaps, under one growing Merkle tree (design 15).

On SQLite the one writer numbers all entries of a group just before it commits. On PostgreSQL acts would wait for each other on the tree, so
they leave their entries unnumbered and one elected process moves them into the tree within a second. The election only saves work: whatever
happens to the lock, the tree's row admits one continuation.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sandyq.audit import store
from sandyq.audit.recording import SaltOf, decode
from sandyq.audit.tiles import pack_entries, unpack_entries
from sandyq.audit.tree import HASH_BYTES, Frontier, leaf_hash
from sandyq.db import Stores, Tx, Work
from sandyq.db.work import DURABLE
from sandyq.errors import Retry, SandyqError
from sandyq.settings import Settings

if TYPE_CHECKING:
    from sandyq.db.postgres_tx import PostgresRaw

_ELECTION: Final = 0x53414C47  # the number of the advisory lock; a database belongs to one office
BATCH: Final = 4000  # works moved in one unit of work


def install(stores: Stores, salt_of: SaltOf) -> None:
    """Make every commit of these stores carry its entries. `salt_of` belongs to the register, which lies above this room."""
    stores.hooks.salt_of = salt_of
    if keep not in stores.before_commit:
        stores.before_commit.append(keep)


def keep(works: Sequence[Work], durable: Tx) -> None:
    """The hook before a commit: store the entries of its works and tie them to their subjects."""
    if durable.engine == "sqlite":
        number(durable, [(each.id, each.body) for work in works for each in work.leaves])
    else:
        for work in works:
            if work.leaves:
                store.add_pending(durable, work.leaves[0].id, pack_entries([each.body for each in work.leaves]))
    links = [(each.subject, each.id) for work in works for each in work.leaves if each.subject]
    if links:
        store.add_links(durable, links)


def number(tx: Tx, entries: Sequence[tuple[str, bytes]]) -> None:
    """Give entries, as (id, body), the next numbers and advance the tree."""
    if not entries:
        return
    found = store.head(tx)
    tree = edge(*found) if found else Frontier()
    first = tree.extend([leaf_hash(body) for _, body in entries])
    _advance(tx, first, tree, begun=found is not None)  # before the rows: of two that race, one must learn it here
    store.add_entries(tx, [(first + at, leaf_id, body) for at, (leaf_id, body) in enumerate(entries)])


def _advance(tx: Tx, old: int, tree: Frontier, *, begun: bool) -> None:
    packed = b"".join(tree.hashes)
    moved = store.move_head(tx, old, tree.size, packed) if begun else store.begin_head(tx, tree.size, packed)
    if moved != 1:
        raise Retry(store=DURABLE, what="tree_moved")


def edge(size: int, packed: bytes) -> Frontier:
    """The tree's right edge as the database keeps it."""
    return Frontier(size, [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)])


def move(work: Work, limit: int = BATCH) -> int:
    """Move entries that wait, of at most `limit` works, into the tree, in this unit of work; gives how many works."""
    waiting = store.pending(work.durable, limit)
    bodies = [body for _, packed in waiting for body in unpack_entries(packed)]
    number(work.durable, [(decode(body).id, body) for body in bodies])
    store.drop_pending(work.durable, [first for first, _ in waiting])
    return len(waiting)


class Sequencer:
    """Stands for election and, while it holds the office, moves entries into the tree. One per process that does due work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: PostgresRaw | None = None

    def elected(self) -> bool:
        """Whether this process numbers and publishes now. The lock lives as long as its connection; SQLite's one writer needs no election."""
        if self._settings.engine == "sqlite":
            return True
        try:
            if self._connection is not None:
                return store.alive(self._connection.tx)
            return self._stand()
        except SandyqError:
            self.resign()
            return False

    def run_once(self, write: Callable[[Callable[[Work], int]], int]) -> int:
        """Move what waits, one batch; gives how many works it was, 0 when another process is elected.

        `write` runs a function in a unit of work and commits it: the door gives it, for only doors commit.
        """
        if self._settings.engine == "sqlite" or not self.elected():
            return 0
        return write(move)

    def resign(self) -> None:
        """Let another process win."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _stand(self) -> bool:
        from sandyq.db.postgres_tx import PostgresRaw  # the driver is slow to load, and only this engine needs it

        candidate = PostgresRaw(DURABLE, self._settings.durable_dsn)
        if not store.take_lock(candidate.tx, _ELECTION):
            candidate.close()
            return False
        self._connection = candidate
        return True
