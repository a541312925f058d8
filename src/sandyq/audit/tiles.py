"""The log as a set of static files, in the C2SP `tlog-tiles` form: hash tiles 256 wide and bundles of entries.

`tile/<L>/<N>` holds the hashes of complete subtrees of 256**L entries, `tile/entries/<N>` the entries themselves, each with its length
before it (big-endian, two bytes). The rightmost tile of a level is partial (`.p/<W>`, W hashes) until its 256th hash is there; a full
tile never changes.
Nothing here touches a disk or a database: tiles come from a callback `read(path) -> bytes`, which raises `errors.NotFound` for what is not
stored, and go out as (path, bytes).
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from sandyq.audit.tree import HASH_BYTES, Frontier, fold, leaf_hash, subtrees
from sandyq.errors import Misuse, NotFound, Tampered, TooLarge

WIDTH = 256
HEIGHT = 8
MAX_ENTRY_BYTES = 0xFFFF
ENTRIES = -1
"""The level under which bundles of entries are addressed; they have the same borders as the tiles of level 0."""

Read: TypeAlias = Callable[[str], bytes]
Stored: TypeAlias = tuple[str, bytes]

_PATH = re.compile(r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)


class Tile(NamedTuple):
    """One stored file: its level (`ENTRIES` for a bundle), its number within the level, and how many hashes or entries it holds."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies below the log's root: index 1234067 of level 0 is `tile/0/x001/x234/067`."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        folder = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{folder}/{'/'.join(groups)}{partial}"

    @property
    def full(self) -> "Tile":
        """The same tile at its full width: what takes the place of a partial one that was deleted."""
        return Tile(self.level, self.number)

    @property
    def first_entry(self) -> int:
        """The index of the first entry below this tile."""
        return self.number << HEIGHT * (max(self.level, 0) + 1)


def parse_path(path: str) -> Tile:
    """The tile that a path names. Only the one canonical spelling of each is taken; anything else raises NotFound."""
    found = _PATH.fullmatch(path)
    if not found:
        raise NotFound("no_such_tile")
    level = ENTRIES if found["level"] == "entries" else int(found["level"])
    tile = Tile(level, int(found["number"].replace("x", "").replace("/", "")), int(found["width"] or WIDTH))
    if tile.path != path or level > 63:
        raise NotFound("no_such_tile")
    return tile


def tiles_between(old: int, new: int) -> list[Tile]:
    """What a log of `new` entries stores beyond one of `old`: tiles that became full, and the partial ones of `new`. Bundles come first."""
    if not 0 <= old <= new:
        raise Misuse("tiles_out_of_range", old=old, new=new)
    return [tile for level in (ENTRIES, *_levels(new)) for tile in _row(level, old, new)]


def tiles_of(size: int) -> list[Tile]:
    """All tiles and bundles of a log of `size` entries."""
    return tiles_between(0, size)


def _levels(size: int) -> range:
    """The hash levels that hold anything in a log of `size` entries."""
    return range((size.bit_length() + HEIGHT - 1) // HEIGHT)


def _row(level: int, old: int, new: int) -> Iterator[Tile]:
    """The tiles of one level that differ between two sizes."""
    shift = HEIGHT * max(level, 0)
    had, has = old >> shift, new >> shift
    if had == has:
        return
    yield from (Tile(level, number) for number in range(had // WIDTH, has // WIDTH))
    if has % WIDTH:
        yield Tile(level, has // WIDTH, has % WIDTH)


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """An entry bundle. Raises TooLarge for an entry over 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TooLarge("entry_too_large", bytes=len(entry), most=MAX_ENTRY_BYTES)
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def unpack_entries(bundle: bytes, width: int | None = None) -> list[bytes]:
    """The entries of a bundle that must hold exactly `width`, if a width is given."""
    entries, at, end = [], 0, len(bundle)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        entries.append(bundle[start:at])
    if at != end or width not in (None, len(entries)):
        raise Tampered("bundle_malformed", entries=len(entries), expected=width)
    return entries


def split_hashes(tile: bytes, width: int) -> list[bytes]:
    """The hashes of a tile that must hold exactly `width`."""
    if len(tile) != width * HASH_BYTES:
        raise Tampered("tile_malformed", bytes=len(tile), expected=width * HASH_BYTES)
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


class TileReader:
    """Hashes and entries of a stored log of `size` entries: `hash_at` is the callback that `tree` asks for, at this size or a smaller one.

    It keeps the last `keep` tiles. Nothing read is believed: a proof made from it must still be checked against a signed root.
    """

    def __init__(self, read: Read, size: int, keep: int = 64) -> None:
        self.size = size
        self._read = read
        self._keep = keep
        self._tiles: OrderedDict[Tile, list[bytes]] = OrderedDict()

    def hash_at(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree over the entries [index << level, (index + 1) << level)."""
        if index < 0 or (index + 1) << level > self.size:
            raise Misuse("hash_out_of_range", level=level, index=index, size=self.size)
        row, below = divmod(level, HEIGHT)
        first = index << below
        hashes = self._open(row, first // WIDTH)
        start = first % WIDTH
        return fold(hashes[start : start + (1 << below)])

    def entry(self, index: int) -> bytes:
        """The bytes of one entry."""
        if not 0 <= index < self.size:
            raise Misuse("entry_out_of_range", index=index, size=self.size)
        return self._open(ENTRIES, index // WIDTH)[index % WIDTH]

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """The entries [start, end) in order."""
        for number in range(start // WIDTH, -(-end // WIDTH)):
            base = number * WIDTH
            yield from self._open(ENTRIES, number)[max(start - base, 0) : end - base]

    def _open(self, level: int, number: int) -> list[bytes]:
        """The contents of a tile at the width it has in this tree; a full tile may stand in for a partial one."""
        here = (self.size >> HEIGHT * max(level, 0)) - number * WIDTH
        tile = Tile(level, number, min(here, WIDTH))
        if tile in self._tiles:
            self._tiles.move_to_end(tile)
            return self._tiles[tile]
        stored, data = self._fetch(tile)
        parts = unpack_entries(data, stored.width) if level == ENTRIES else split_hashes(data, stored.width)
        self._tiles[tile] = parts[: tile.width]
        if len(self._tiles) > self._keep:
            self._tiles.popitem(last=False)
        return self._tiles[tile]

    def _fetch(self, tile: Tile) -> tuple[Tile, bytes]:
        try:
            return tile, self._read(tile.path)
        except NotFound:
            if tile.width == WIDTH:
                raise
            return tile.full, self._read(tile.full.path)


class Edge:
    """The growing right edge of a log: takes entries, gives the tiles that became full, and on demand the partial ones.

    It holds at most 255 entries and 255 hashes a level, whatever the size of the log.
    """

    def __init__(self) -> None:
        self.size = 0
        self._entries: list[bytes] = []
        self._rows: list[list[bytes]] = []

    @classmethod
    def load(cls, size: int, read: Read) -> "Edge":
        """The edge of a stored log of `size` entries. Compare `root()` with the signed one before appending."""
        reader, edge = TileReader(read, size), cls()
        edge.size = size
        edge._entries = list(reader.entries(size - size % WIDTH, size))
        for level in _levels(size):
            at = size >> HEIGHT * level
            edge._rows.append([reader.hash_at(HEIGHT * level, i) for i in range(at - at % WIDTH, at)])
        return edge

    def frontier(self) -> Frontier:
        """The compact range of the tree: at most 255 hashings a level, so it is made when asked for and not on every append."""
        hashes = []
        for row in reversed(self._rows):
            for level, number in subtrees(0, len(row)):
                hashes.append(fold(row[number << level : (number + 1) << level]))
        return Frontier(self.size, hashes)

    def root(self) -> bytes:
        """The root at the present size."""
        return self.frontier().root()

    def extend(self, entries: Sequence[bytes]) -> list[Stored]:
        """Append entries; what comes back is every bundle and tile that became full, each to be stored once and never rewritten."""
        if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
            raise TooLarge("entry_too_large", bytes=max(map(len, entries)), most=MAX_ENTRY_BYTES)
        first = self.size // WIDTH
        self.size += len(entries)
        full, self._entries = _cut(self._entries + list(entries))
        out = [(Tile(ENTRIES, first + i).path, pack_entries(chunk)) for i, chunk in enumerate(full)]
        return out + self._raise([leaf_hash(entry) for entry in entries], first)

    def _raise(self, hashes: list[bytes], number: int) -> list[Stored]:
        """Add hashes to level 0, then the roots of the tiles they filled to the level above. `number` counts the full tiles before."""
        out, level = [], 0
        while hashes:
            if level == len(self._rows):
                self._rows.append([])
            full, self._rows[level] = _cut(self._rows[level] + hashes)
            out += [(Tile(level, number + i).path, b"".join(row)) for i, row in enumerate(full)]
            hashes, number, level = [fold(row) for row in full], number // WIDTH, level + 1
        return out

    def partials(self) -> list[Stored]:
        """The partial bundle and tiles that a checkpoint of the present size needs."""
        out = []
        if self._entries:
            out.append((Tile(ENTRIES, self.size // WIDTH, len(self._entries)).path, pack_entries(self._entries)))
        for level, row in enumerate(self._rows):
            if row:
                out.append((Tile(level, (self.size >> HEIGHT * level) // WIDTH, len(row)).path, b"".join(row)))
        return out


def _cut(row: list[bytes]) -> tuple[list[list[bytes]], list[bytes]]:
    """Full tiles' worth of parts, and the rest."""
    whole = len(row) - len(row) % WIDTH
    return [row[at : at + WIDTH] for at in range(0, whole, WIDTH)], row[whole:]
