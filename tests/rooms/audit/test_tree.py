"""The Merkle tree against the published vectors, against RFC 6962 read literally, and against forged proofs."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.audit import tree
from sandyq.errors import Misuse, Tampered

# The eight leaves, roots and proofs of the Certificate Transparency reference tests.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip


def literal_root(entries: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(entries) <= 1:
        return sha256(b"\x00" + entries[0]).digest() if entries else sha256(b"").digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return sha256(b"\x01" + literal_root(entries[:k]) + literal_root(entries[k:])).digest()


def literal_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = 1
    while 2 * k < len(entries):
        k *= 2
    if m < k:
        return [*literal_path(m, entries[:k]), literal_root(entries[k:])]
    return [*literal_path(m - k, entries[k:]), literal_root(entries[:k])]


def literal_subproof(m: int, entries: list[bytes], known: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of section 2.1.2, word for word."""
    if m == len(entries):
        return [] if known else [literal_root(entries)]
    k = 1
    while 2 * k < len(entries):
        k *= 2
    if m <= k:
        return [*literal_subproof(m, entries[:k], known), literal_root(entries[k:])]
    return [*literal_subproof(m - k, entries[k:], False), literal_root(entries[:k])]


def reader(entries: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: literal_root(entries[index << level : (index + 1) << level])


def numbered(count: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(count)]


def hexes(hashes: list[bytes]) -> list[str]:
    return [h.hex() for h in hashes]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out_of_the_frontier_and_of_stored_hashes(size: int) -> None:
    edge = tree.Frontier()
    for entry in LEAVES[:size]:
        edge.append(tree.leaf_hash(entry))
    assert edge.root().hex() == ROOTS[size]
    assert tree.root(size, reader(LEAVES[:size])).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_the_published_inclusion_proofs_are_made_and_accepted(index: int, size: int, path: list[str]) -> None:
    assert hexes(tree.inclusion_proof(index, size, reader(LEAVES[:size]))) == path
    proof, root = [bytes.fromhex(h) for h in path], bytes.fromhex(ROOTS[size])
    assert tree.verify_inclusion(tree.leaf_hash(LEAVES[index]), index, size, proof, root)


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_the_published_consistency_proofs_are_made_and_accepted(old: int, new: int, path: list[str]) -> None:
    assert hexes(tree.consistency_proof(old, new, reader(LEAVES[:new]))) == path
    proof = [bytes.fromhex(h) for h in path]
    assert tree.verify_consistency(old, new, proof, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@given(st.lists(st.binary(max_size=5), max_size=40), st.lists(st.binary(max_size=5), max_size=40))
def test_appending_one_by_one_or_in_runs_gives_the_root_of_the_literal_rfc(before: list[bytes], after: list[bytes]) -> None:
    edge = tree.Frontier()
    for entry in before:
        edge.append(tree.leaf_hash(entry))
    again = tree.Frontier(edge.size, edge.hashes)
    assert again.extend(map(tree.leaf_hash, after)) == len(before)
    for entry in after:
        edge.append(tree.leaf_hash(entry))
    assert again.root() == edge.root() == literal_root(before + after)
    assert again.hashes == edge.hashes == tree.frontier(again.size, reader(before + after)).hashes


@pytest.mark.parametrize("size", range(1, 34))
def test_every_inclusion_proof_equals_the_literal_rfc_and_verifies_at_its_own_index_only(size: int) -> None:
    entries = numbered(size)
    top = literal_root(entries)
    for index, entry in enumerate(entries):
        proof = tree.inclusion_proof(index, size, reader(entries))
        assert proof == literal_path(index, entries)
        leaf = tree.leaf_hash(entry)
        assert [i for i in range(size) if tree.verify_inclusion(leaf, i, size, proof, top)] == [index]
        assert not tree.verify_inclusion(tree.leaf_hash(entry + b"!"), index, size, proof, top)


@pytest.mark.parametrize("new", range(34))
def test_every_consistency_proof_equals_the_literal_rfc_and_refuses_another_history(new: int) -> None:
    entries = numbered(new)
    top = literal_root(entries)
    for old in range(new + 1):
        proof = tree.consistency_proof(old, new, reader(entries))
        assert proof == (literal_subproof(old, entries) if old else [])
        assert tree.verify_consistency(old, new, proof, literal_root(entries[:old]), top)
        forged = literal_root([b"other", *entries[1:old]])
        assert not tree.verify_consistency(old, new, proof, forged, top)
        if old < new and old:
            assert not tree.verify_consistency(old, new, proof, literal_root(entries[:old]), forged)


@given(st.integers(1, 70), st.data())
def test_a_proof_cut_lengthened_swapped_or_changed_is_refused(size: int, data: st.DataObject) -> None:
    entries = numbered(size)
    index = data.draw(st.integers(0, size - 1))
    proof, top, leaf = tree.inclusion_proof(index, size, reader(entries)), literal_root(entries), tree.leaf_hash(entries[index])
    bad = [[*proof, top], [top, *proof], [*proof, b"short"]]
    for at in range(len(proof)):
        bad += [proof[:at] + proof[at + 1 :], [*proof[:at], bytes(32), *proof[at + 1 :]], [*proof[:at], proof[at], *proof[at:]]]
    if len(proof) > 1:
        bad.append([proof[1], proof[0], *proof[2:]])
    assert not any(tree.verify_inclusion(leaf, index, size, forged, top) for forged in bad)


@given(st.integers(2, 70), st.data())
def test_a_consistency_proof_cut_lengthened_or_changed_is_refused(new: int, data: st.DataObject) -> None:
    entries = numbered(new)
    old = data.draw(st.integers(1, new - 1))
    proof, low, top = tree.consistency_proof(old, new, reader(entries)), literal_root(entries[:old]), literal_root(entries)
    bad = [[*proof, top], [low, *proof], []]
    for at in range(len(proof)):
        bad += [proof[:at] + proof[at + 1 :], [*proof[:at], bytes(32), *proof[at + 1 :]]]
    assert not any(tree.verify_consistency(old, new, forged, low, top) for forged in bad)


def test_an_inner_node_cannot_pass_for_an_entry() -> None:
    left, right = map(tree.leaf_hash, LEAVES[:2])
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 5)])
def test_a_proof_for_an_entry_that_is_not_there_is_a_misuse_and_never_verifies(index: int, size: int) -> None:
    with pytest.raises(Misuse):
        tree.inclusion_proof(index, size, reader(numbered(max(size, 1))))
    assert not tree.verify_inclusion(tree.leaf_hash(b"x"), index, size, [], tree.leaf_hash(b"x"))


def test_a_consistency_proof_backwards_is_a_misuse_and_never_verifies() -> None:
    with pytest.raises(Misuse):
        tree.consistency_proof(5, 4, reader(numbered(5)))
    assert not tree.verify_consistency(5, 4, [], tree.EMPTY_ROOT, tree.EMPTY_ROOT)


@pytest.mark.parametrize(("size", "hashes"), [(3, (bytes(32),)), (1, ()), (2, (b"short",)), (-1, ())])
def test_a_stored_frontier_that_does_not_fit_its_size_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(Tampered):
        tree.Frontier(size, hashes)


def test_folding_a_row_is_the_root_of_a_full_subtree() -> None:
    entries = numbered(256)
    assert tree.fold([tree.leaf_hash(e) for e in entries]) == literal_root(entries)
