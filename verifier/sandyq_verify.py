#!/usr/bin/env python3
"""Check a Sandyq log, and what was proved from it, without trusting the operator and without any of the operator's software.

One file, Python 3.9 or later, standard library only. What it needs: files that the operator gave you, the log's public key (a line
`name+id+base64` that you got another way, for instance printed in a letter), and for full assurance a checkpoint of the log that
somebody other than the operator kept.

  checkpoint FILE --key KEY                       the checkpoint is signed by the log
  proof PROOF [--leaf ENTRY] --key KEY            the entry (given, or inside as `extra`) stands in the log
  consistency OLD NEW --log DIR                   the log of OLD is the beginning of the log of NEW
  log DIR --key KEY [--witness CHECKPOINT ...]    the whole log is what the checkpoints say; else names the place
  certificate FILE.json --key KEY [--log DIR]     a certificate is the one that was logged
  letter FILE.json --key KEY [--proof PROOF]      a letter is the one that was logged
  evidence FILE.zip --key KEY [--proof PROOF]     an evidence package is whole, and what it tells was logged

Formats: RFC 6962 and RFC 9162 (Merkle tree), RFC 8032 (Ed25519), and tlog-tiles, tlog-checkpoint, tlog-proof, tlog-cosignature and
signed-note of c2sp.org. Exit code 0: holds. 1: does not hold, or cannot be checked. 2: wrong use of the command line.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import time
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Optional, Tuple

MOST_FINDINGS = 50


class Fault(Exception):
    """Something does not hold: a code for machines, the place, and a sentence for people."""

    def __init__(self, code: str, place: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.place, self.sentence = code, place, sentence


class Report:
    """What a command found out: faults, facts that hold, and how much they are worth."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.facts: dict[str, Any] = {}
        self.notes: list[str] = []

    def fault(self, code: str, place: str, sentence: str) -> None:
        self.faults.append(Fault(code, place, sentence))


# --- Ed25519 signatures (RFC 8032 section 5.1), verification only ---------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)
_Point = Tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
_ZERO = (0, 1, 1, 0)


def _add(a: _Point, b: _Point) -> _Point:
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    cross, scale = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = high - low, scale - cross, scale + cross, high + low
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(factor: int, point: _Point) -> _Point:
    total = _ZERO
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def _point(data: bytes) -> Optional[_Point]:
    """Read a compressed point, or None when no point is written so (section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if len(data) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_1 % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


def _written(point: _Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = _point(_BASE_Y.to_bytes(32, "little"))


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that of the message under the public key (section 5.1.7)."""
    key = _point(public)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or _BASE is None or len(signature) != 64 or scalar >= _L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus_key = (_P - key[0], key[1], 1, _P - key[3])
    return _written(_add(_times(scalar, _BASE), _times(challenge, minus_key))) == signature[:32]


# --- Merkle tree (RFC 6962 section 2.1, RFC 9162 section 2.1) -------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(row: list[bytes]) -> bytes:
    """The root over a power of two of sibling hashes."""
    while len(row) > 1:
        row = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Level and number of the complete subtrees that cover [start, end), largest first."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def join(hashes: list[bytes]) -> bytes:
    """The root over neighbouring complete subtrees, largest first."""
    top = hashes[-1] if hashes else hashlib.sha256(b"").digest()
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top


def inclusion_holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
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
    return last == 0 and top == root


# --- Signed notes, checkpoints, proofs (c2sp.org) -------------------------------------------------------------------------------------


def decode64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode() != text:
        raise Fault("malformed", what, f"{what} holds something that is not proper base64.")
    return data


def decimal(text: str, what: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise Fault("malformed", what, f"{what} holds something that is not a plain number.")
    return int(text)


class Key(NamedTuple):
    """A verifier key: 1 is the kind of a log, 4 that of a witness."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        name, _, rest = text.partition("+")
        key_id, _, material = rest.partition("+")
        raw = decode64(material, "the key")
        expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if not name or len(raw) != 33 or raw[0] not in (1, 4) or key_id != expected.hex():
            raise Fault("key_malformed", "the key", "The key is not of the form name+id+base64, or its id does not fit.")
        return cls(name, expected, raw[0], raw[1:])

    def signs(self, text: bytes, signature: bytes) -> bool:
        if self.kind == 1:
            return ed25519_verify(self.public, text, signature)
        at = int.from_bytes(signature[:8], "big")
        return ed25519_verify(self.public, b"cosignature/v1\ntime %d\n%b" % (at, text), signature[8:])


class Checkpoint(NamedTuple):
    """A log's name, size and root, the text that is signed, and the signature lines, not yet believed."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: list[tuple[str, bytes, bytes]]
    place: str

    def signed_by(self, key: Key) -> list[bytes]:
        """The key's valid signatures on it. A signature that claims the key and is wrong is a fault."""
        mine = [data for name, key_id, data in self.signatures if (name, key_id) == (key.name, key.key_id)]
        if not all(key.signs(self.text, data) for data in mine):
            raise Fault("signature_wrong", self.place, f"{self.place} bears a false signature of {key.name}: its text was altered.")
        return mine


def parse_checkpoint(data: bytes, place: str) -> Checkpoint:
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        whole = ""
    text, gap, tail = whole.rpartition("\n\n")
    lines, marks = text.split("\n"), tail.split("\n")
    if not gap or re.search(r"[\x00-\x09\x0b-\x1f]", whole) or len(lines) < 3 or not all(lines) or marks.pop() or not marks:
        raise Fault("checkpoint_malformed", place, f"{place} is not a signed checkpoint.")
    signatures = []
    for mark in marks:
        dash, _, rest = mark.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = decode64(encoded, place)
        if dash != "—" or not name or re.search(r"[\s+]", name) or len(raw) < 5:
            raise Fault("checkpoint_malformed", place, f"{place} has a signature line that is none.")
        signatures.append((name, raw[:4], raw[4:]))
    head = Checkpoint(lines[0], decimal(lines[1], place), decode64(lines[2], place), (text + "\n").encode(), signatures, place)
    if len(head.root) != 32:
        raise Fault("checkpoint_malformed", place, f"{place} states a root that is not 32 bytes.")
    return head


def believe(head: Checkpoint, key: Key) -> Checkpoint:
    """The checkpoint, when the log signed it."""
    if not head.signed_by(key):
        raise Fault("signature_missing", head.place, f"{head.place} is not signed by the key you gave ({key.name}).")
    if head.origin != key.name:
        raise Fault("origin_other", head.place, f"{head.place} speaks of the log {head.origin}, and the key is that of {key.name}.")
    return head


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Fault("unreadable", str(path), f"{path} cannot be read: {error.strerror}.") from None


def load_checkpoint(path: Path, key: Key) -> Checkpoint:
    return believe(parse_checkpoint(read_file(path), str(path)), key)


def witnessed(head: Checkpoint, keys: list[Key], report: Report) -> bool:
    """Whether every witness asked for signed the checkpoint; says so, or complains."""
    for key in keys:
        found = head.signed_by(key)
        if not found:
            report.fault("witness_missing", head.place, f"{head.place} does not bear the signature of the witness {key.name}.")
            return False
        moment = max(int.from_bytes(data[:8], "big") for data in found) if key.kind == 4 else 0
        when = time.strftime(" on %Y-%m-%d at %H:%M:%S UTC", time.gmtime(moment)) if 0 < moment < 1 << 37 else ""
        report.notes.append(f"The witness {key.name} signed {head.place}{when}.")
    return bool(keys)


def carried(text: str, place: str) -> bytes:
    """The entry that a proof brings along in its line `extra`. Nothing vouches for that line but the proof itself, once it holds."""
    line = [*text.split("\n"), ""][1]
    if not line.startswith("extra "):
        raise Fault("entry_missing", place, f"{place} does not bring its entry along: name the entry's file with --leaf.")
    return decode64(line[6:], place)


def check_proof(text: str, entry: bytes, key: Key, place: str) -> tuple[Checkpoint, int]:
    """The checkpoint of a tlog-proof and the entry's index, when the proof leads from the entry to the signed root."""
    top, gap, rest = text.partition("\n\n")
    lines = top.split("\n")
    if gap and lines.pop(0) == "c2sp.org/tlog-proof@v1":
        if lines and lines[0].startswith("extra "):
            decode64(lines.pop(0)[6:], place)
        if lines and lines[0].startswith("index "):
            index = decimal(lines.pop(0)[6:], place)
            path = [decode64(line, place) for line in lines]
            head = believe(parse_checkpoint(rest.encode(errors="replace"), place), key)
            if all(len(h) == 32 for h in path) and inclusion_holds(leaf_hash(entry), index, head.size, path, head.root):
                return head, index
            sentence = f"{place} does not lead from this entry to the signed root: this is not entry {index} of the log."
            raise Fault("proof_wrong", f"entry {index}", sentence)
    raise Fault("proof_malformed", place, f"{place} is not a proof in the form tlog-proof.")


# --- The stored log (c2sp.org/tlog-tiles) ---------------------------------------------------------------------------------------------


def tile_path(level: str, number: int, width: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


class Folder:
    """A log's files, and the size of the tree that they are read for."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def width(self, level: int, number: int) -> int:
        """How many hashes or entries of this tile belong to the tree."""
        return min((self.size >> 8 * level) - 256 * number, 256)

    def find(self, level: str, number: int, width: int) -> tuple[str, int, Optional[bytes]]:
        """A file's path, how many parts it holds by its name, and its bytes. What is wider, because the log grew, stands in."""
        for held in self._widths(tile_path(level, number, 256), width):
            name = tile_path(level, number, held)
            if (self.path / name).is_file():
                return name, held, read_file(self.path / name)
        return tile_path(level, number, width), width, None

    def _widths(self, full: str, width: int) -> Iterator[int]:
        yield width
        yield 256
        partials = [int(file.name) for file in (self.path / f"{full}.p").glob("[1-9]*") if re.fullmatch("[0-9]{1,3}", file.name)]
        yield from sorted(held for held in partials if held > width)

    def hashes(self, level: int, number: int) -> tuple[str, list[bytes]]:
        """A hash tile's path and its hashes in this tree; none when it is missing or not of its length."""
        width = self.width(level, number)
        name, held, data = self.find(str(level), number, width)
        if data is None or len(data) != 32 * held:
            return name, []
        return name, [data[i : i + 32] for i in range(0, 32 * width, 32)]

    def entries(self, number: int) -> tuple[str, Optional[list[bytes]]]:
        """A bundle's path and all entries in it; None when it is missing or cut in the middle of one."""
        name, held, data = self.find("entries", number, self.width(0, number))
        found, at = [], 0
        while data and at < len(data):
            start = at + 2
            at = start + int.from_bytes(data[at:start], "big")
            found.append(data[start:at])
        whole = data is not None and at == len(data)
        return name, (found[: self.width(0, number)] if len(found) == held else found) if whole else None

    def hash_at(self, level: int, number: int) -> bytes:
        """The stored hash of a complete subtree."""
        row, below = divmod(level, 8)
        first = number << below
        where = (row, first >> 8)
        if where not in self._rows:
            name, self._rows[where] = self.hashes(*where)
            if not self._rows[where]:
                raise Fault("tile_missing", name, f"{self.path / name} is missing or has another length.")
        return fold(self._rows[where][first % 256 : first % 256 + (1 << below)])


def check_prefix(old: Checkpoint, new: Checkpoint, folder: Folder) -> None:
    """Show from stored hashes that the tree of `old` is the beginning of that of `new`: both roots are made of the same hashes."""
    if old.size > new.size:
        lost = f"{entries_named(new.size, old.size)} cut from the tail"
        raise Fault("tail_cut", f"entry {new.size}", f"{old.place} has {old.size} entries, {new.place} only {new.size}: {lost}.")
    stack = [(level, folder.hash_at(level, number)) for level, number in subtrees(0, old.size)]
    old_root, at = join([h for _, h in stack]), old.size
    while at < new.size:
        level = (new.size - at).bit_length() - 1
        level = min(level, (at & -at).bit_length() - 1) if at else level
        stack.append((level, folder.hash_at(level, at >> level)))
        at += 1 << level
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            level, right = stack.pop()
            stack[-1] = (level + 1, node_hash(stack[-1][1], right))
    if join([h for _, h in stack]) != new.root:
        raise Fault("root_wrong", str(folder.path), f"The tiles in {folder.path} do not lead to the root of {new.place}.")
    if old_root != old.root:
        sentence = f"{new.place} does not continue {old.place}: something in the first {old.size} entries is not what it was."
        raise Fault("fork", f"entries 0 to {old.size - 1}", sentence)


def entries_named(start: int, end: int) -> str:
    return f"entry {start} was" if end == start + 1 else f"entries {start} to {end - 1} were"


class Audit:
    """Recomputes a whole log from its entries, and compares every tile that is stored."""

    def __init__(self, folder: Folder, report: Report, sizes: Iterable[int]) -> None:
        self.folder, self.report = folder, report
        self._rows: list[list[bytes]] = [[]]  # at i the hashes of level i + 1: one per full tile of level i
        self._kept: dict[int, list[bytes]] = {}
        self._edges = {size >> 8 for size in sizes}

    def run(self) -> None:
        for number in range(-(-self.folder.size // 256)):
            row = self._bundle(number)
            if number in self._edges:
                self._kept[number] = row
            if len(row) == 256:
                self._rows[0].append(fold(row))
        level = 1
        while self.folder.size >> 8 * level:
            self._level(level)
            level += 1

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries; `size` is one of those given at the start."""
        return join([self._hash_at(level, number) for level, number in subtrees(0, size)])

    def _hash_at(self, level: int, number: int) -> bytes:
        row, below = divmod(level, 8)
        first = number << below
        if row:
            return fold(self._rows[row - 1][first : first + (1 << below)])
        return fold(self._kept[first >> 8][first % 256 : first % 256 + (1 << below)])

    def _bundle(self, number: int) -> list[bytes]:
        """The leaf hashes of one bundle: of its entries, or as far as these cannot be read, of the tile."""
        first, width = 256 * number, self.folder.width(0, number)
        tile, stored = self.folder.hashes(0, number)
        name, entries = self.folder.entries(number)
        if not stored:
            self.report.fault("tile_missing", tile, f"{tile} (hashes of entries from {first} on) is missing or cut.")
        if entries is None:
            self.report.fault("bundle_missing", name, f"{name} ({width} entries from {first} on) is missing or garbled.")
            return stored or [bytes(32)] * width
        computed = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        if stored and computed != stored:
            self._explain(first, name, tile, computed, stored)
        elif len(computed) != width:
            self.report.fault("bundle_count", name, f"{name} holds {len(computed)} entries, where {width} are due from entry {first} on.")
        return computed if len(computed) == width else stored or [bytes(32)] * width

    def _explain(self, first: int, name: str, tile: str, computed: list[bytes], stored: list[bytes]) -> None:
        """Name what was done to the entries of a bundle whose hashes are stored in a tile."""
        both = min(len(computed), len(stored))
        wrong = [i for i in range(both) if computed[i] != stored[i]] or [both]
        at, where = wrong[0], f"{name}, against {tile}"
        if len(computed) < len(stored) and computed[at:] == stored[at + len(stored) - len(computed) :]:
            what = f"{entries_named(first + at, first + at + len(stored) - len(computed))} dropped"
            self.report.fault("entry_dropped", f"entry {first + at}", f"{what} ({where}).")
        elif len(computed) == len(stored) and sorted(computed) == sorted(stored):
            places = ", ".join(str(first + i) for i in wrong[:10])
            self.report.fault("entry_moved", f"entry {first + at}", f"Entries {places} were put in another order ({where}).")
        elif len(computed) == len(stored) > at + 1 and computed[at:-1] == stored[at + 1 :]:
            self.report.fault("entry_dropped", f"entry {first + at}", f"entry {first + at} was dropped, the next moved up ({where}).")
        elif len(computed) == len(stored) > at + 1 and computed[at + 1 :] == stored[at:-1]:
            self.report.fault("entry_added", f"entry {first + at}", f"An entry was put in at {first + at} ({where}).")
        else:
            for i in wrong:
                self.report.fault("entry_altered", f"entry {first + i}", f"entry {first + i} is not what was logged ({where}).")

    def _level(self, level: int) -> None:
        """Compare the tiles of one level with the hashes of the tiles below, and go up."""
        row, above = self._rows[level - 1], []
        for number in range(-(-len(row) // 256)):
            mine = row[256 * number : 256 * number + 256]
            name, stored = self.folder.hashes(level, number)
            if not stored:
                self.report.fault("tile_missing", name, f"{name} is missing or has another length.")
            for i in range(min(len(mine), len(stored))):
                below, hashes = self.folder.hashes(level - 1, 256 * number + i) if mine[i] != stored[i] else ("", [])
                if below and not (hashes and fold(hashes) == stored[i]):  # else the tile below fits, and what is wrong was named there
                    self.report.fault("tile_altered", name, f"{name}: its hash {i} is not that of {below}, recomputed from the entries.")
            if len(mine) == 256:
                above.append(fold(mine))
        self._rows.append(above)


# --- Commands -------------------------------------------------------------------------------------------------------------------------


def do_checkpoint(args: argparse.Namespace, report: Report) -> None:
    head = load_checkpoint(args.file, args.key)
    describe(head, witnessed(head, args.witness_key, report), report)


def do_proof(args: argparse.Namespace, report: Report) -> None:
    text = read_file(args.file).decode(errors="replace")
    entry = read_file(args.leaf) if args.leaf else carried(text, str(args.file))
    head, index = check_proof(text, entry, args.key, str(args.file))
    if not args.leaf:
        report.notes.append(f"The entry inside says: {entry.decode(errors='replace')}")
    report.notes.append(f"The entry is number {index} of the log {head.origin}.")
    report.facts["index"] = index
    describe(head, witnessed(head, args.witness_key, report), report)


def do_consistency(args: argparse.Namespace, report: Report) -> None:
    old, new = (parse_checkpoint(read_file(path), str(path)) for path in (args.old, args.new))
    if args.key:
        believe(old, args.key)
        believe(new, args.key)
    else:
        report.notes.append("No key was given: the signatures were not looked at.")
    if old.origin != new.origin:
        raise Fault("origin_other", new.place, f"{old.place} and {new.place} are of two logs, {old.origin} and {new.origin}.")
    check_prefix(old, new, Folder(args.log, new.size))
    report.notes.append(f"The first {old.size} entries of {new.place} are those of {old.place}.")
    describe(new, None, report)


def do_log(args: argparse.Namespace, report: Report) -> None:
    head = load_checkpoint(args.dir / "checkpoint", args.key)
    seen = [checkpoint for path in args.witness for checkpoint in kept(path, args, report)]
    audit = Audit(Folder(args.dir, head.size), report, [head.size, *(old.size for old in seen if old.size <= head.size)])
    before = len(report.faults)
    audit.run()
    found = len(report.faults) > before
    if audit.root(head.size) != head.root:
        also = "" if found else " They fit the tiles: both were rewritten."
        report.fault("root_wrong", head.place, f"The entries do not lead to the root signed in {head.place}.{also}")
    elif found:
        report.notes.append("The entries that can be read lead to the signed root: what is wrong is the stored tiles.")
    compare(audit, head, seen, report)
    describe(head, bool(seen), report)


def kept(path: Path, args: argparse.Namespace, report: Report) -> list[Checkpoint]:
    """A checkpoint that a witness kept. One that does not verify is a fault, and still shows whether the log is another one."""
    try:
        head = parse_checkpoint(read_file(path), str(path))
    except Fault as fault:
        report.faults.append(fault)
        return []
    try:
        witnessed(believe(head, args.key), args.witness_key, report)
    except Fault as fault:
        report.faults.append(fault)
    return [head]


def compare(audit: Audit, head: Checkpoint, seen: list[Checkpoint], report: Report) -> None:
    """Hold the log against what others kept of it, and narrow down where it was rewritten."""
    good = 0
    for old in sorted(seen, key=lambda one: one.size):
        if old.size > head.size:
            what = f"{entries_named(head.size, old.size)} cut from the tail"
            report.fault("tail_cut", f"entry {head.size}", f"{old.place} knows {old.size} entries, the log states {head.size}: {what}.")
        elif audit.root(old.size) == old.root:
            good = old.size
            report.notes.append(f"The first {old.size} entries are those that {old.place} vouches for.")
        else:
            where = f"entries {good} to {old.size - 1}"
            report.fault("fork", where, f"The log is not the one that {old.place} knew: something among {where} was rewritten.")


def do_certificate(args: argparse.Namespace, report: Report) -> None:
    place = str(args.file)
    paper = load_json(read_file(args.file), place)
    body, leaf, proof = (paper.get(name) for name in ("body", "leaf", "proof"))
    if not isinstance(body, dict) or not isinstance(leaf, str) or not isinstance(proof, str):
        raise Fault("certificate_malformed", place, f"{place} has no body, leaf and proof.")
    vouched("certificate", body, decode64(leaf, place), proof, args, report)


def do_letter(args: argparse.Namespace, report: Report) -> None:
    place = str(args.file)
    paper = load_json(read_file(args.file), place)
    body, leaf, proof = (paper.get(name) for name in ("body", "leaf", "proof"))
    if args.proof:
        proof = read_file(args.proof).decode(errors="replace")
        entry = carried(proof, str(args.proof))
    elif isinstance(leaf, str) and isinstance(proof, str):
        entry = decode64(leaf, place)
    else:
        raise Fault("proof_missing", place, f"{place} brings no proof: give the one from the operator's page with --proof.")
    vouched("letter", body if isinstance(body, dict) else paper, entry, proof, args, report)


def vouched(kind: str, body: dict[str, Any], entry: bytes, proof: str, args: argparse.Namespace, report: Report) -> None:
    """Whether the entry is of this body, and stands in the log."""
    place = str(args.file)
    logged = load_json(entry, "the logged entry").get("body_digest")
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
    if hashlib.sha256(canonical).hexdigest() != logged:
        raise Fault("body_altered", place, f"The text of {place} is not the one whose digest was logged: the {kind} was altered.")
    head, index = check_proof(proof, entry, args.key, place)
    report.notes.append(f"The {kind} is the one logged as entry {index} of {head.origin}.")
    report.facts["index"] = index
    if args.log:
        now = load_checkpoint(args.log / "checkpoint", args.key)
        folder = Folder(args.log, now.size)
        check_prefix(head, now, folder)
        name, entries = folder.entries(index >> 8)
        if not entries or entries[index % 256 :][:1] != [entry]:
            raise Fault("entry_altered", f"entry {index}", f"{name} does not hold the {kind}'s entry {index}.")
        report.notes.append(f"It still stands in {args.log}, which has {now.size} entries now.")
    describe(head, witnessed(head, args.witness_key, report), report)


ACKNOWLEDGED = ("distribute.acknowledged", "distribute.recall_confirmed")


def do_evidence(args: argparse.Namespace, report: Report) -> None:
    place = str(args.file)
    files = unpacked(args.file, place)
    raw = files.get("evidence.json", b"")
    told = load_json(raw, f"evidence.json of {place}")
    if told.get("format") != "sandyq-evidence-1":
        raise Fault("evidence_malformed", place, f"{place} is not an evidence package in a form that this verifier knows.")
    head, entries = proved_entries(files, told, args, report)
    check_told(told, files, entries, report)
    case = told.get("case")
    number = case.get("number") if isinstance(case, dict) else ""
    report.notes.append(f"{len(entries)} entries of the log stand behind what is told of request {number}.")
    if args.proof:
        proof = read_file(args.proof).decode(errors="replace")
        entry = carried(proof, str(args.proof))
        if load_json(entry, "the logged entry").get("body_digest") != hashlib.sha256(raw).hexdigest():
            raise Fault("body_altered", place, f"evidence.json of {place} is not the one whose digest was logged.")
        check_proof(proof, entry, args.key, str(args.proof))
        report.notes.append("The package itself is the one that was logged.")
    else:
        report.notes.append(
            "Whether the package itself was logged was not looked at: ask for the proof of its own entry, and give it with --proof."
        )
    later = items_of(told, "later")
    if later:
        report.notes.append(f"{len(later)} entries are newer than the checkpoint inside: nothing is said about those.")
    report.facts["entries"] = len(entries)
    if head:
        describe(head, witnessed(head, args.witness_key, report), report)


def unpacked(path: Path, place: str) -> dict[str, bytes]:
    """The files of a package, each name once; nothing is written to a disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(set(names)) != len(names) or sum(info.file_size for info in archive.infolist()) > MOST_PACKED:
                raise Fault("evidence_malformed", place, f"{place} names a file twice, or is larger than any such package.")
            return {name: archive.read(name) for name in names}
    except FileNotFoundError:
        raise Fault("file_missing", place, f"{place} is not there.") from None
    except Fault:
        raise
    except Exception:  # a damaged ZIP fails in many ways of the library's own
        raise Fault("evidence_malformed", place, f"{place} is not a ZIP that can be read.") from None


MOST_PACKED = 512 * 1024 * 1024


def proved_entries(
    files: dict[str, bytes], told: dict[str, Any], args: argparse.Namespace, report: Report
) -> tuple[Optional[Checkpoint], dict[str, dict[str, Any]]]:
    """The entries that come with a proof, by id: exactly those that the document lists, all under one checkpoint."""
    top: Optional[Checkpoint] = None
    entries: dict[str, dict[str, Any]] = {}
    for name in sorted(name for name in files if name.startswith("log/")):
        text = files[name].decode(errors="replace")
        try:
            body = carried(text, name)
            head, _ = check_proof(text, body, args.key, name)
            entry = load_json(body, name)
        except Fault as fault:
            report.faults.append(fault)
            continue
        if entry.get("id") != name[4:].partition(".")[0]:
            report.fault("entry_misnamed", name, f"{name} proves another entry than the one it is named after.")
            continue
        top = head if top is None or head.size > top.size else top
        entries[str(entry["id"])] = entry
    listed = [one for one in items_of(told, "entries") if isinstance(one, str)]
    for missing in sorted(set(listed) - entries.keys()):
        report.fault("entry_missing", missing, f"Entry {missing} is listed, and no proof of it that holds is in the package.")
    for extra in sorted(entries.keys() - set(listed)):
        report.fault("entry_unlisted", extra, f"Entry {extra} is in the package, and the document does not list it.")
    return top, entries


def check_told(told: dict[str, Any], files: dict[str, bytes], entries: dict[str, dict[str, Any]], report: Report) -> None:
    """Whether what the document tells is what the entries say: events of the case, consents with the digests of their texts, acknowledgements."""
    later = {one for one in items_of(told, "later") if isinstance(one, str)}
    case = told.get("case")
    case_id = case.get("id") if isinstance(case, dict) else None

    def behind(row: dict[str, Any], what: str) -> Optional[dict[str, Any]]:
        leaf = row.get("leaf")
        if leaf in later:
            return None
        found = entries.get(leaf) if isinstance(leaf, str) else None
        if found is None:
            report.fault("not_logged", str(leaf), f"{what} names entry {leaf}, and no proof of it is in the package.")
        return found

    for row in rows_of(told, "events"):
        entry = behind(row, f"The event {row.get('act')!r}")
        if entry is not None and (entry.get("object") != case_id or not same_instant(row.get("at"), entry.get("at"))):
            report.fault("event_altered", str(row.get("leaf")), f"The event {row.get('act')!r} is not what its entry was logged for.")
    for row in rows_of(told, "consents"):
        entry = behind(row, f"The consent {row.get('id')}")
        body = files.get(f"consents/{row.get('leaf')}.json", b"")
        if entry is not None and (entry.get("body_digest") != hashlib.sha256(body).hexdigest() or not consent_said(body, row)):
            report.fault("consent_altered", str(row.get("id")), f"The consent {row.get('id')} is not the one that was logged.")
    for row in rows_of(told, "transfers"):
        behind(row, f"The transfer {row.get('id')}")
    for row in rows_of(told, "acknowledgements"):
        entry = behind(row, f"The acknowledgement of {row.get('transfer')}")
        if entry is not None and (
            entry.get("act") not in ACKNOWLEDGED
            or (entry.get("object"), entry.get("at"), entry.get("body_digest")) != (row.get("transfer"), row.get("at"), row.get("digest"))
        ):
            report.fault(
                "acknowledgement_altered", str(row.get("transfer")), f"What confirms {row.get('transfer')} is not what was logged."
            )
    for row in rows_of(told, "letters"):
        if row.get("direction") == "out" and row.get("digest"):
            entry = behind(row, f"The letter {row.get('number')}")
            if entry is not None and entry.get("body_digest") != row.get("digest"):
                report.fault("letter_altered", str(row.get("number")), f"The letter {row.get('number')} is not the one that was logged.")


def consent_said(body: bytes, row: dict[str, Any]) -> bool:
    """Whether the document that was logged names this consent with this text."""
    try:
        lines = json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    mine = [line for line in lines if isinstance(line, dict) and line.get("id") == row.get("id")] if isinstance(lines, list) else []
    named = ("kind", "purpose", "language", "sha256", "text", "version")
    return len(mine) == 1 and all(mine[0].get(name) == row.get(name) for name in named)


def same_instant(told: Any, logged: Any) -> bool:
    """Whether an instant of the document (ISO 8601) is the one of the log (microseconds)."""
    try:
        at = datetime.fromisoformat(str(told))
        return at.tzinfo is not None and (at - EPOCH) // timedelta(microseconds=1) == logged
    except (ValueError, OverflowError):
        return False


EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def items_of(told: dict[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    return found if isinstance(found, list) else []


def rows_of(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [row for row in items_of(told, name) if isinstance(row, dict)]


def load_json(data: bytes, place: str) -> dict[str, Any]:
    """A JSON object without a key given twice: two readers must not see two texts under one digest."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    def never(_: str) -> None:
        raise ValueError

    try:
        value = json.loads(data.decode(), object_pairs_hook=once, parse_constant=never)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Fault("json_malformed", place, f"{place} is not a JSON object with each key once.")
    return value


def describe(head: Checkpoint, by_others: Optional[bool], report: Report) -> None:
    """State which log this was, and what the result is worth; None where that is not the question."""
    report.facts.update(origin=head.origin, size=head.size, root=base64.b64encode(head.root).decode())
    if by_others is None or report.faults:
        return
    report.facts["assurance"] = "witnessed" if by_others else "self-consistent only"
    if not by_others:
        report.notes.append("Self-consistent only: the operator signed this, but may have shown others another log. Ask a witness.")


# --- The command line -----------------------------------------------------------------------------------------------------------------


def key_argument(text: str) -> Key:
    try:
        return Key.parse(text.strip())
    except Fault as fault:
        raise argparse.ArgumentTypeError(fault.sentence) from None


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[argparse.Namespace, Report], None], *files: str, key: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name)
        for file in files:
            sub.add_argument(file, type=Path)
        sub.add_argument("--key", type=key_argument, required=key, help="the log's public key, name+id+base64")
        sub.add_argument("--witness-key", type=key_argument, action="append", default=[], help="a witness that must have signed too")
        sub.add_argument("--json", action="store_true", help="print the result as JSON")
        sub.set_defaults(run=run)
        return sub

    command("checkpoint", do_checkpoint, "file")
    command("proof", do_proof, "file").add_argument("--leaf", type=Path, help="the entry's bytes, where the proof does not bring them")
    command("consistency", do_consistency, "old", "new", key=False).add_argument("--log", type=Path, required=True, help="its folder")
    command("log", do_log, "dir").add_argument("--witness", type=Path, action="append", default=[], help="a checkpoint others kept")
    certificate, letter = command("certificate", do_certificate, "file"), command("letter", do_letter, "file")
    evidence = command("evidence", do_evidence, "file")
    evidence.add_argument("--proof", type=Path, help="the proof of the package's own entry, from the operator's page")
    for paper in (certificate, letter):
        paper.add_argument("--log", type=Path, help="also look whether it still stands in this log")
    letter.add_argument("--proof", type=Path, help="the proof from the operator's page, where the letter does not bring it")
    return top


def show(report: Report, as_json: bool) -> None:
    shown = report.faults[:MOST_FINDINGS]
    if as_json:
        faults = [{"code": f.code, "place": f.place, "sentence": f.sentence} for f in shown]
        more = len(report.faults) - len(shown)
        print(json.dumps({"ok": not faults, **report.facts, "faults": faults, "more": more, "notes": report.notes}, indent=1))
        return
    for note in report.notes:
        print(note)
    for fault in shown:
        print(f"WRONG at {fault.place}: {fault.sentence}")
    if len(report.faults) > len(shown):
        print(f"... and {len(report.faults) - len(shown)} more.")
    print(f"Does not hold: {len(report.faults)} found wrong." if report.faults else "Holds.")


def main(arguments: Optional[list[str]] = None) -> int:
    args, report = parser().parse_args(arguments), Report()
    try:
        args.run(args, report)
    except Fault as fault:
        report.faults.append(fault)
    show(report, args.json)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
