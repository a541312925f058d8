"""The Merkle tree of the log: hashing, a growing right edge, proofs and their checks (RFC 6962 section 2.1, RFC 9162 section 2.1).

Everything here is arithmetic on 32-byte SHA-256 hashes. Where stored hashes are needed, a callback `hash_at(level, index)` gives the
hash of the complete subtree over the entries [index * 2**level, (index + 1) * 2**level); `tiles.TileReader` is one such callback.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from sandyq.errors import Misuse, Tampered

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

HashAt: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry. The prefix keeps a leaf from ever passing for an inner node (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of sibling hashes, such as the 256 of a full tile."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


class Frontier:
    """The compact range [0, size): one hash per complete subtree, largest first. Enough to append and to give the root.

    `size` entries need as many hashes as `size` has one-bits, so the state between two runs is at most 64 * 32 bytes.
    """

    __slots__ = ("_stack", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if size < 0 or len(hashes) != size.bit_count() or any(len(h) != HASH_BYTES for h in hashes):
            raise Tampered("frontier_malformed", size=size, hashes=len(hashes))
        self.size = size
        self._stack = list(hashes)

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """What to store beside `size` in order to go on later."""
        return tuple(self._stack)

    def append(self, leaf: bytes) -> int:
        """Add one leaf hash; its index comes back."""
        index, size, stack = self.size, self.size, self._stack
        while size & 1:
            leaf = sha256(b"\x01" + stack.pop() + leaf).digest()
            size >>= 1
        stack.append(leaf)
        self.size = index + 1
        return index

    def extend(self, leaves: Iterable[bytes]) -> int:
        """Add leaf hashes in order; the index of the first comes back. A run is folded row by row, which is faster than one by one."""
        first, row = self.size, list(leaves)
        self.size += len(row)
        edge, self._stack, done, level = self._stack, [], [], 0
        while row or first >> level:
            if first >> level & 1:
                row.insert(0, edge.pop())
            if len(row) & 1:
                done.append(row.pop())
            row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
            level += 1
        self._stack = done[::-1]
        return first

    def root(self) -> bytes:
        """The tree's root hash at `size`."""
        return _join(self._stack) if self._stack else EMPTY_ROOT


def _join(subtrees: Sequence[bytes]) -> bytes:
    """Hash neighbouring complete subtrees, largest first, into the root over all of them."""
    top = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        top = node_hash(left, top)
    return top


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The (level, index) of the complete subtrees that cover [start, end); `start` is a border of the tree, as that of every subtree is."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def range_root(start: int, end: int, hash_at: HashAt) -> bytes:
    """The Merkle tree hash over [start, end), a subtree of the tree."""
    return _join([hash_at(level, index) for level, index in subtrees(start, end)])


def root(size: int, hash_at: HashAt) -> bytes:
    """The root of the first `size` entries."""
    return range_root(0, size, hash_at) if size else EMPTY_ROOT


def frontier(size: int, hash_at: HashAt) -> Frontier:
    """The compact range of the first `size` entries, read back from stored hashes."""
    return Frontier(size, [hash_at(level, index) for level, index in subtrees(0, size)])


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """The audit path of an entry, from its sibling up to the child of the root (RFC 6962 section 2.1.1)."""
    if not 0 <= index < size:
        raise Misuse("proof_out_of_range", index=index, size=size)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, hash_at))
            end = middle
        else:
            path.append(range_root(start, middle, hash_at))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """The hashes that show the tree of `old` entries to be a prefix of that of `new`; none for 0 or `new` (RFC 6962 section 2.1.2)."""
    if not 0 <= old <= new:
        raise Misuse("proof_out_of_range", index=old, size=new)
    if old in (0, new):
        return []
    path, start, end, from_left_edge = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, hash_at))
            end = middle
        else:
            path.append(range_root(start, middle, hash_at))
            start, from_left_edge = middle, False
    if not from_left_edge:
        path.append(range_root(start, end, hash_at))
    return path[::-1]


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether `path` leads from the leaf hash at `index` to the root of a tree of `size` entries (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(h) != HASH_BYTES for h in path):
        return False
    here, last, top = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            top = node_hash(sibling, top)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and top == expected_root


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether (`old`, `old_root`) is a prefix of (`new`, `new_root`), as the empty tree is of every tree (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new or any(len(h) != HASH_BYTES for h in path):
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    return _climb(old, new, [old_root, *path] if old.bit_count() == 1 else list(path)) == (old_root, new_root)


def _climb(old: int, new: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency path leads to, or None when its length does not fit the sizes."""
    if not path:
        return None
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old_top = new_top = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old_top, new_top = node_hash(sibling, old_top), node_hash(sibling, new_top)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new_top = node_hash(new_top, sibling)
        here, last = here >> 1, last >> 1
    return (old_top, new_top) if last == 0 else None
