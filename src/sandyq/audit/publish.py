"""From numbered entries to a published log: tiles on disk, a signed checkpoint, copies of it with the witnesses (design 15).

The order is tiles, checkpoint, witnesses, each synced before the next begins, so whatever stops it, the published checkpoint is whole and the
next run goes on from it. One process publishes at a time: the one that holds the SQLite office, or the elected one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sandyq import clock
from sandyq.audit import proof, store
from sandyq.audit.folder import LogFolder
from sandyq.audit.note import Checkpoint, Note, SignedCheckpoint, Signer, VerifierKey, open_checkpoint
from sandyq.audit.recording import decode
from sandyq.audit.sequencer import BATCH, edge
from sandyq.audit.tiles import ENTRIES, HEIGHT, WIDTH, Edge, Tile, TileReader, unpack_entries
from sandyq.audit.tree import EMPTY_ROOT
from sandyq.audit.witness import Witness
from sandyq.db import Stores, Work
from sandyq.errors import NotFound, NotReady, Tampered

_CHUNK = 32 * WIDTH


class Publisher:
    """Publishes one log. `witness_seconds` is the least time between two checkpoints that a witness is given unasked."""

    def __init__(self, folder: LogFolder, signer: Signer, witnesses: Sequence[Witness] = (), *, witness_seconds: float = 60.0) -> None:
        self.folder = folder
        self.witnesses = tuple(witnesses)
        self._signer = signer
        self._pause = witness_seconds
        self._next = 0.0
        self._edge: Edge | None = None
        self._verified: tuple[bytes | None, SignedCheckpoint | None] = (None, None)  # the note that was read last, and what it says
        self._lock = threading.Lock()

    @property
    def key(self) -> VerifierKey:
        """What outsiders verify with."""
        return self._signer.key

    def published(self) -> SignedCheckpoint | None:
        """The latest checkpoint, its signature verified."""
        note = self.folder.checkpoint()
        if note != self._verified[0]:
            self._verified = (note, open_checkpoint(note, self.key) if note else None)
        return self._verified[1]

    def publish(self, stores: Stores, *, witness: bool = False) -> int:
        """Publish what has numbers; gives the size that is published now. With `witness` the witnesses get their copy at once.

        Raises Tampered when database and published log no longer fit: then nothing is signed.
        """
        with self._lock:
            try:
                size = self._publish(stores)
            except BaseException:  # the edge may be ahead of the disk now: read it again next time
                self._edge = None
                raise
            self._hand_out(witness)
            return size

    def _publish(self, stores: Stores) -> int:
        signed = self.published()
        tree = self._continued(signed.head if signed else None)
        found = stores.read(lambda work: store.head(work.durable))
        size, packed = found or (0, b"")
        if size < tree.size:
            raise Tampered("log_behind", database=size, published=tree.size)
        if signed and size == tree.size:
            return size
        begun = tree.size
        self._extend(stores, tree, size)
        root = tree.root()
        if root != edge(size, packed).root():
            raise Tampered("tree_differs", size=size)
        self.folder.put(tree.partials())
        self.folder.put_key(str(self.key))
        self.folder.put_checkpoint(str(Checkpoint(self.key.name, size, root).sign(self._signer)).encode())
        self._prune(begun, size)
        return size

    def _continued(self, head: Checkpoint | None) -> Edge:
        """The right edge of what is published: kept from the last run, or read back and held against the signed root."""
        size, root = (head.size, head.root) if head else (0, EMPTY_ROOT)
        if self._edge is None or self._edge.size != size:
            self._edge = Edge.load(size, self.folder.read)
            if self._edge.root() != root:
                raise Tampered("tiles_differ", size=size)
        return self._edge

    def _extend(self, stores: Stores, tree: Edge, size: int) -> None:
        while tree.size < size:
            start, most = tree.size, min(_CHUNK, size - tree.size)
            rows = stores.read(lambda work, start=start, most=most: store.entries(work, start, most))  # type: ignore[misc]
            for at, row in enumerate(rows):
                if row[0] != start + at:
                    raise Tampered("entry_missing", entry=start + at)
            if len(rows) != most:
                raise Tampered("entry_missing", entry=start + len(rows))
            self.folder.put(tree.extend([body for _, _, body in rows]))

    def _prune(self, old: int, size: int) -> None:
        """Partial forms of the tiles that this run filled are not needed any more."""
        level, shift = 0, HEIGHT
        while size >> shift:
            for number in range(old >> shift, size >> shift):
                self.folder.drop_partials([Tile(level, number), Tile(ENTRIES, number)] if level == 0 else [Tile(level, number)])
            level, shift = level + 1, shift + HEIGHT

    def _hand_out(self, at_once: bool) -> None:
        note = self.folder.checkpoint()
        if note is None or not (at_once or clock.monotonic() >= self._next):
            return
        for witness in self.witnesses:
            witness.take(note)
        self._next = clock.monotonic() + self._pause


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry, the number it has, and the text that proves it under the latest checkpoint."""

    number: int
    entry: bytes
    proof: str


def prove(work: Work, folder: LogFolder, leaf_id: str) -> Proved:
    """The proof of one entry (C2SP `tlog-proof`). Raises NotFound, or NotReady while no published checkpoint covers the entry."""
    number, body = numbered(work, leaf_id)
    checkpoint = folder.checkpoint()
    note = Note.parse(checkpoint) if checkpoint else None
    size = Checkpoint.parse(note.text).size if note else 0
    if note is None or number >= size:
        raise not_yet(leaf_id)
    reader = TileReader(folder.read, size)
    return Proved(number, body, str(proof.prove(number, note, reader.hash_at)))


def numbered(work: Work, leaf_id: str) -> tuple[int, bytes]:
    """(number, bytes) of one entry. Raises NotFound, or NotReady while it waits for its number."""
    found = store.entry(work, leaf_id)
    if found is not None:
        return found
    waiting = (body for _, packed in store.pending(work.durable, BATCH) for body in unpack_entries(packed))
    if any(decode(body).id == leaf_id for body in waiting):
        raise not_yet(leaf_id)
    raise NotFound("no_such_entry", entry=leaf_id)


def not_yet(leaf_id: str) -> NotReady:
    """An entry that no published checkpoint covers yet."""
    return NotReady("entry_not_published", entry=leaf_id, remedy="ask again in a second")
