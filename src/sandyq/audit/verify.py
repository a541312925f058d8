"""Recomputes the log from its entries and holds everything else against it: tiles, checkpoint, table, witnesses, other rooms' tables.

Without a checkpoint that somebody else keeps, a log can only be shown to agree with itself: whoever holds database, folder and key could have
written another one. `Report.witnessed` says up to where that is excluded (RFC 9162 section 11.3 calls the same a split view).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sandyq.audit import store
from sandyq.audit.folder import LogFolder
from sandyq.audit.note import Checkpoint, VerifierKey, open_checkpoint
from sandyq.audit.problem import Findings, Problem
from sandyq.audit.recording import decode
from sandyq.audit.sequencer import edge
from sandyq.audit.state import StateCheck, Ties
from sandyq.audit.tiles import ENTRIES, HEIGHT, WIDTH, Tile, split_hashes, tiles_of, unpack_entries
from sandyq.audit.tree import HASH_BYTES, fold, node_hash, root
from sandyq.audit.witness import Witness
from sandyq.db import Row, Work
from sandyq.errors import NotFound, SandyqError, Tampered

_PAGE = 32 * WIDTH


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified. `published` and `numbered` are sizes; `witnessed` is up to where a witness vouches; `count` counts all problems."""

    published: int
    numbered: int
    root: bytes
    witnessed: int
    problems: tuple[Problem, ...]
    count: int

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.count

    @property
    def self_consistent_only(self) -> bool:
        """No outside checkpoint speaks for any of it."""
        return self.witnessed == 0


def verify(
    folder: LogFolder, key: VerifierKey, *, work: Work | None = None, witnesses: Sequence[Witness] = (), checks: Sequence[StateCheck] = ()
) -> Report:
    """Verify the published log; with `work` (a read) also the table of entries, and with `checks` other tables against the entries."""
    found = Findings()
    head = _published(folder, key, found)
    held = [(witness.name, each) for witness in witnesses for each in _heads(witness, key, found)]
    numbered, packed = (store.head(work.durable) or (0, b"")) if work else (0, b"")
    cuts = {head.size if head else 0, *(each.size for _, each in held)}
    walk = _Walk(folder, work, head.size if head else 0, numbered, cuts, found, checks)
    walk.run()
    if head:
        walk.compare_tiles()
        if walk.root(head.size) != head.root:
            found.add("root_wrong", "checkpoint", size=head.size)
    if work:
        _compare_table(work, walk, head.size if head else 0, numbered, packed)
    witnessed = _compare_witnesses(walk, held, found)
    if work and checks:
        _compare_state(work, checks, found)
    return Report(head.size if head else 0, numbered, head.root if head else b"", witnessed, tuple(found), found.count)


def _published(folder: LogFolder, key: VerifierKey, found: Findings) -> Checkpoint | None:
    note = folder.checkpoint()
    if note is None:
        if folder.path.exists() and any(folder.path.iterdir()):
            found.add("checkpoint_missing", "checkpoint")
        return None
    try:
        return open_checkpoint(note, key).head
    except Tampered as problem:
        found.add(problem.code, "checkpoint")
        return None


def _heads(witness: Witness, key: VerifierKey, found: Findings) -> Iterable[Checkpoint]:
    for note in witness.held():
        try:
            yield open_checkpoint(note, key).head
        except Tampered as problem:
            found.add(problem.code, f"witness {witness.name}")


class _Walk:
    """One pass over all entries, published and numbered. Keeps the hashes of whole tiles, and within a tile only where a root is asked for."""

    def __init__(
        self,
        folder: LogFolder,
        work: Work | None,
        published: int,
        numbered: int,
        cuts: Iterable[int],
        found: Findings,
        checks: Sequence[StateCheck],
    ) -> None:
        self._folder = folder
        self._rows = _Rows(work, numbered, found) if work else None
        self._published = published
        self.size = max(published, numbered)
        self._numbered = numbered
        self._cut = {cut // WIDTH for cut in (*cuts, numbered, self.size) if cut % WIDTH}
        self.found = found
        self._kept: dict[int, list[bytes]] = {}
        self._levels: list[list[bytes]] = [[]]  # from the roots of whole tiles upward
        self._by_act = _by_act(checks)
        self.rows_differ = False

    def run(self) -> None:
        """Read and hash everything."""
        for number in range(-(-self.size // WIDTH)):
            hashes = self._tile(number)
            if number in self._cut:
                self._kept[number] = hashes
            if len(hashes) == WIDTH:
                self._levels[0].append(fold(hashes))
        while len(row := self._levels[-1]) > 1:
            self._levels.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries; `size` must be a whole tile's border or one of the cuts."""
        return root(size, self._hash_at)

    def _hash_at(self, level: int, index: int) -> bytes:
        if level >= HEIGHT:
            return self._levels[level - HEIGHT][index]
        start = index << level
        return fold(self._kept[start // WIDTH][start % WIDTH : start % WIDTH + (1 << level)])

    def _tile(self, number: int) -> list[bytes]:
        """Leaf hashes of one tile's worth of entries, after holding bundle, tile and rows against each other."""
        base = number * WIDTH
        public = min(WIDTH, max(0, self._published - base))
        rows = self._rows.take(base, min(WIDTH, self._numbered - base)) if self._rows and base < self._numbered else []
        entries = self._bundle(number, public) if public else []
        if entries is None:
            entries = rows[:public]
        elif rows and rows[:public] != entries[: len(rows)]:
            self._differ(base, rows, entries)
        entries = entries + rows[public:]
        if self._by_act:
            self._show(entries)
        hashes = [sha256(b"\x00" + entry).digest() for entry in entries]
        return self._against_tile(number, public, hashes) if public else hashes

    def _bundle(self, number: int, width: int) -> list[bytes] | None:
        tile = Tile(ENTRIES, number, width)
        try:
            stored, data = self._stored(tile)
            return unpack_entries(data, stored.width)[:width]
        except SandyqError as problem:
            self.found.add(problem.code, tile.path, first=tile.first_entry)
            return None

    def _stored(self, tile: Tile) -> tuple[Tile, bytes]:
        try:
            return tile, self._folder.read(tile.path)
        except NotFound:
            if tile.width == WIDTH:
                raise
            return tile.full, self._folder.read(tile.full.path)

    def _differ(self, base: int, rows: list[bytes], entries: list[bytes]) -> None:
        self.rows_differ = True
        for at, (row, entry) in enumerate(zip(rows, entries, strict=False)):
            if row != entry and row:  # an empty one is missing and reported already
                self.found.add("row_differs", f"entry {base + at}")

    def _against_tile(self, number: int, public: int, hashes: list[bytes]) -> list[bytes]:
        """Compare with the stored hashes; where entries could not be read, those stand in, so that what follows can still be checked."""
        tile = Tile(0, number, public)
        try:
            stored, data = self._stored(tile)
            theirs = split_hashes(data, stored.width)[:public]
        except SandyqError as problem:
            self.found.add(problem.code, tile.path, first=tile.first_entry)
            return hashes + [b"\0" * HASH_BYTES] * (public - len(hashes))
        if theirs != hashes[:public]:
            for at, (ours, other) in enumerate(zip(hashes, theirs, strict=False)):
                if ours != other:
                    self.found.add("entry_altered", f"entry {number * WIDTH + at}", tile=tile.path)
            hashes = hashes[:public] + theirs[len(hashes) :] + hashes[public:]
        return hashes

    def _show(self, entries: list[bytes]) -> None:
        for body in entries:
            if body:
                _show(body, self._by_act)

    def compare_tiles(self) -> None:
        """The stored tiles above level 0."""
        for tile in tiles_of(self._published):
            if tile.level > 0:
                row = self._levels[HEIGHT * (tile.level - 1)]
                self._compare_tile(tile, row[tile.number * WIDTH : tile.number * WIDTH + tile.width])

    def _compare_tile(self, tile: Tile, ours: list[bytes]) -> None:
        try:
            stored, data = self._stored(tile)
            theirs = split_hashes(data, stored.width)[: tile.width]
        except SandyqError as problem:
            self.found.add(problem.code, tile.path)
            return
        for at, (our, other) in enumerate(zip(ours, theirs, strict=True)):
            if our != other:
                first = (tile.number * WIDTH + at) << HEIGHT * tile.level
                self.found.add("tile_wrong", tile.path, hash=at, first=first, last=first + (1 << HEIGHT * tile.level) - 1)


def _by_act(checks: Sequence[StateCheck]) -> dict[str, list[StateCheck]]:
    asked: dict[str, list[StateCheck]] = {}
    for check in checks:
        for act in check.acts:
            asked.setdefault(act.value, []).append(check)
    return asked


def _show(body: bytes, by_act: dict[str, list[StateCheck]]) -> None:
    """Show an entry to the checks that ask for its act."""
    entry = decode(body)
    for check in by_act.get(entry.act, ()):
        check.see(entry)


class _Rows:
    """The bodies of the table of entries, a page at a time, gaps reported and filled with nothing."""

    def __init__(self, work: Work, size: int, found: Findings) -> None:
        self._work = work
        self._size = size
        self._found = found
        self._page: list[bytes] = []
        self._start = 0

    def take(self, start: int, count: int) -> list[bytes]:
        if start >= self._start + len(self._page):
            self._load(start)
        at = start - self._start
        return self._page[at : at + count]

    def _load(self, start: int) -> None:
        most = min(_PAGE, self._size - start)
        rows = store.entries(self._work, start, most)
        if len(rows) != most or rows[-1][0] != start + most - 1:
            rows = self._filled(start, most, rows)
        for seq, leaf_id, body in rows:
            if body and leaf_id.encode() not in body:
                self._found.add("row_renamed", f"entry {seq}")
        self._start, self._page = start, [body for _, _, body in rows]

    def _filled(self, start: int, most: int, rows: list[Row]) -> list[Row]:
        by_number = {row[0]: row for row in rows}
        for number in range(start, start + most):
            if number not in by_number:
                self._found.add("row_missing", f"entry {number}")
        return [by_number.get(number, (number, "", b"")) for number in range(start, start + most)]


def _compare_table(work: Work, walk: _Walk, published: int, numbered: int, packed: bytes) -> None:
    if numbered < published:
        walk.found.add("database_behind", "table of entries", database=numbered, published=published)
    if store.entries(work, numbered, 1):
        walk.found.add("rows_beyond", f"entry {numbered}")
    if not walk.rows_differ and edge(numbered, packed).root() != walk.root(numbered):
        walk.found.add("edge_wrong", "tree_head", size=numbered)


def _compare_witnesses(walk: _Walk, held: list[tuple[str, Checkpoint]], found: Findings) -> int:
    """Name for each witness the entries between what it agrees with and what it does not; gives up to where witnesses agree."""
    agreed: dict[str, int] = {}
    for name, head in sorted(held, key=lambda each: each[1].size):
        if head.size > walk.size:
            found.add("log_cut", f"witness {name}", held=head.size, here=walk.size)
        elif walk.root(head.size) == head.root:
            agreed[name] = head.size
        else:
            found.add("witness_disagrees", f"witness {name}", size=head.size, first=agreed.get(name, 0), last=head.size - 1)
    return max(agreed.values(), default=0)


def _compare_state(work: Work, checks: Sequence[StateCheck], found: Findings) -> None:
    """Let the checks answer, after they saw the entries that wait for their numbers too."""
    waiting = [body for _, packed in store.pending(work.durable, 1 << 31) for body in unpack_entries(packed)]
    by_act = _by_act(checks)
    for body in waiting:
        _show(body, by_act)
    ties = Ties({str(leaf_id) for (leaf_id,) in store.all_links(work)}, {decode(body).id for body in waiting})
    for check in checks:
        try:
            check.finish(work, ties, found)
        except Exception as problem:  # a row that was rewritten by hand may hold anything: that is a finding about its table, not the end of the verification
            found.add("rows_unreadable", check.name, kind=type(problem).__name__)
