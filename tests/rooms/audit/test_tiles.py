"""Tiles: paths, which tiles a size has, building and reading them, and what a broken tile does."""

from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandyq.audit import tiles, tree
from sandyq.audit.tiles import ENTRIES, Edge, Tile, TileReader
from sandyq.errors import Misuse, NotFound, Tampered, TooLarge


class Shelf(dict[str, bytes]):
    """Stored tiles; counts what is read."""

    reads = 0

    def read(self, path: str) -> bytes:
        self.reads += 1
        if path not in self:
            raise NotFound("no_such_tile", path=path)
        return self[path]


def numbered(start: int, end: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(start, end)]


def shelf_of(size: int) -> Shelf:
    edge, shelf = Edge(), Shelf()
    shelf.update(edge.extend(numbered(0, size)))
    shelf.update(edge.partials())
    return shelf


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 273, 17), "tile/1/273.p/17"),
        (Tile(ENTRIES, 1000), "tile/entries/x001/000"),
        (Tile(ENTRIES, 5, 112), "tile/entries/005.p/112"),
    ],
)
def test_a_tile_has_one_path_and_the_path_names_that_tile(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/00/000", "tile/0/0", "tile/0/x000/001", "tile/0/001/002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/07", "tile/64/000",
     "tile/-1/000", "tile/0/000/", "/tile/0/000", "tile/0/../../key", "tile/entries/٠٠٠", "tile/0/000\n", "checkpoint", ""],
)  # fmt: skip
def test_a_path_in_any_other_spelling_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        tiles.parse_path(path)


def test_a_log_of_70000_has_the_tiles_the_specification_counts() -> None:
    of_level = {level: [t for t in tiles.tiles_of(70_000) if t.level == level] for level in (ENTRIES, 0, 1, 2, 3)}
    shape = {level: (sum(t.width == 256 for t in row), [t.width for t in row if t.width < 256]) for level, row in of_level.items()}
    assert shape == {ENTRIES: (273, [112]), 0: (273, [112]), 1: (1, [17]), 2: (0, [1]), 3: (0, [])}


def test_a_log_of_256_has_one_full_tile_and_a_partial_one_above() -> None:
    assert [t.path for t in tiles.tiles_of(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


def test_an_empty_log_has_no_tiles() -> None:
    assert tiles.tiles_of(0) == []
    assert Edge().partials() == []
    assert Edge().root() == tree.EMPTY_ROOT


@settings(max_examples=40)
@given(st.lists(st.integers(0, 600), min_size=1, max_size=5))
@example([65_536, 1])
@example([65_535, 2, 300])
def test_an_edge_stores_exactly_the_tiles_of_each_size_and_each_full_tile_once(steps: list[int]) -> None:
    edge, size, stored = Edge(), 0, Shelf()
    for step in steps:
        new = edge.extend(numbered(size, size + step))
        partial = edge.partials()
        assert not {path for path, _ in new} & set(stored)
        assert {path for path, _ in [*new, *partial]} >= {t.path for t in tiles.tiles_between(size, size + step)}
        stored.update(new)
        size += step
        assert {*stored, *(path for path, _ in partial)} == {t.path for t in tiles.tiles_of(size)}
    assert edge.size == size


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700, 65_536, 66_000])
def test_tiles_give_back_the_root_every_kind_of_proof_and_the_entries(size: int) -> None:
    entries = numbered(0, size)
    edge = tree.Frontier()
    edge.extend([tree.leaf_hash(e) for e in entries])
    reader = TileReader(shelf_of(size).read, size)
    assert tree.root(size, reader.hash_at) == edge.root()
    for index in {0, 1 % size, size // 2, size - 1}:
        proof = tree.inclusion_proof(index, size, reader.hash_at)
        assert tree.verify_inclusion(tree.leaf_hash(reader.entry(index)), index, size, proof, edge.root())
    for old in {1, size // 2, size - 1, size} - {0}:
        shorter = tree.Frontier()
        shorter.extend([tree.leaf_hash(e) for e in entries[:old]])
        proof = tree.consistency_proof(old, size, reader.hash_at)
        assert tree.verify_consistency(old, size, proof, shorter.root(), edge.root())
    assert list(reader.entries(0, size)) == entries
    assert list(reader.entries(size // 3, size - 1)) == entries[size // 3 : size - 1]


def test_a_level_one_hash_is_the_root_of_the_full_tile_below() -> None:
    shelf = shelf_of(512)
    below = [shelf["tile/0/000"], shelf["tile/0/001"]]
    roots = []
    for tile in below:
        row = [tile[at : at + 32] for at in range(0, 8192, 32)]
        while len(row) > 1:
            row = [sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=True)]
        roots += row
    assert shelf["tile/1/000.p/2"] == b"".join(roots)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 65_536, 65_600])
def test_an_edge_loaded_from_its_tiles_goes_on_as_if_it_had_never_stopped(size: int) -> None:
    shelf = shelf_of(size)
    again, through = Edge.load(size, shelf.read), Edge()
    through.extend(numbered(0, size))
    assert again.root() == through.root()
    assert again.partials() == through.partials()
    assert again.extend(numbered(size, size + 400)) == through.extend(numbered(size, size + 400))
    assert again.partials() == through.partials()
    assert again.frontier().hashes == through.frontier().hashes


def test_full_tiles_stand_in_for_partial_ones_that_were_deleted() -> None:
    shelf = shelf_of(65_536)
    assert not any(".p/" in path and "tile/2/" not in path for path in shelf)
    reader = TileReader(shelf.read, 300)
    edge = tree.Frontier()
    edge.extend([tree.leaf_hash(e) for e in numbered(0, 300)])
    assert tree.root(300, reader.hash_at) == edge.root()
    assert reader.entry(299) == b"entry 299"


def test_a_smaller_tree_is_proved_from_the_tiles_of_a_larger_one() -> None:
    reader = TileReader(shelf_of(700).read, 700)
    edge = tree.Frontier()
    edge.extend([tree.leaf_hash(e) for e in numbered(0, 300)])
    proof = tree.inclusion_proof(280, 300, reader.hash_at)
    assert tree.verify_inclusion(tree.leaf_hash(b"entry 280"), 280, 300, proof, edge.root())


def test_a_missing_tile_is_named() -> None:
    shelf = shelf_of(700)
    del shelf["tile/0/001"]
    with pytest.raises(NotFound) as found:
        tree.inclusion_proof(300, 700, TileReader(shelf.read, 700).hash_at)
    assert found.value.params["path"] == "tile/0/001"


def test_tiles_are_read_once_while_they_are_kept() -> None:
    shelf = shelf_of(700)
    reader = TileReader(shelf.read, 700, keep=2)
    for _ in range(3):
        reader.entry(1), reader.entry(300)
    assert shelf.reads == 2
    reader.entry(600), reader.entry(1)
    assert shelf.reads == 4


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_a_bundle_unpacks_to_what_was_packed(entries: list[bytes]) -> None:
    assert tiles.unpack_entries(tiles.pack_entries(entries), len(entries)) == entries


def test_an_entry_of_65535_bytes_fits_and_one_more_byte_is_refused_before_anything_changes() -> None:
    edge = Edge()
    edge.extend([b"a" * 65_535])
    with pytest.raises(TooLarge):
        edge.extend([b"ok", b"a" * 65_536])
    assert edge.size == 1
    assert tiles.unpack_entries(edge.partials()[0][1], 1) == [b"a" * 65_535]
    with pytest.raises(TooLarge):
        tiles.pack_entries([b"a" * 65_536])


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00\x01b", b"", b"\x00\x01a\x00"])
def test_a_bundle_cut_short_or_with_another_count_is_refused(bundle: bytes) -> None:
    with pytest.raises(Tampered):
        tiles.unpack_entries(bundle, 1)


@pytest.mark.parametrize("size", [0, 31, 33, 96])
def test_a_tile_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Tampered):
        tiles.split_hashes(bytes(size), 2)


def test_asking_beyond_the_size_is_a_misuse() -> None:
    reader = TileReader(shelf_of(10).read, 10)
    for level, index in [(0, 10), (3, 1), (4, 0), (0, -1)]:
        with pytest.raises(Misuse):
            reader.hash_at(level, index)
    with pytest.raises(Misuse):
        reader.entry(10)
    with pytest.raises(Misuse):
        tiles.tiles_between(5, 4)
