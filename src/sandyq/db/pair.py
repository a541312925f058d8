"""A store that was copied back by hand is noticed at start (design 8).

Both stores carry the same random pair id and a counter each; a small file in the ledger folder, outside both, remembers them. The file says
how far the stores had come at least, the stores say which writing of the file they have seen, so each can tell that the other is old:

1. write the file (its `ledger` number raised, counters as they were)
2. raise both counters and note the file's new number in both stores, in one unit of work
3. write the file again with the raised counters

A stop between any two steps leaves a state that `check_marks` accepts. Counters rise at each start, at a clean stop, and whenever a caller
says so (`bump_marks` in the work that erases keys): a copy is noticed when a counter rose after it was made. A copy of both stores and of the ledger
folder together is not noticed here; the checkpoint held by a witness tells that.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandyq.db.stores import Stores
from sandyq.db.work import STORES, Actor, Tx, Work
from sandyq.errors import NotReady

FILE_NAME: Final = "mark.json"
_ACTOR: Final = Actor("system", "pair", "start")
_RESTORE: Final = "run `sandyq restore` with the backup that was copied, or bring the newest file back"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason not to serve: `code` of the catalog, the place (a store or `ledger`), what to do."""

    code: str
    place: str
    remedy: str = _RESTORE


@dataclass(frozen=True, slots=True)
class Mark:
    """What one store says: the pair it belongs to, its counter, the last writing of the ledger file it saw."""

    pair: str
    count: int
    ledger: int


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """What the file says: the pair, its own number, and the least counter of each store."""

    pair: str
    ledger: int
    counts: dict[str, int]


def read_marks(work: Work) -> dict[str, Mark]:
    """The marks of both stores; a store never marked is absent."""
    found = {store: _mark(tx) for store, tx in _both(work).items()}
    return {store: mark for store, mark in found.items() if mark is not None}


def check_marks(stores: Stores, ledger_dir: Path) -> list[Problem]:
    """Why these two stores and this ledger do not belong together; empty when they do, or when all three are fresh."""
    marks = stores.read(read_marks)
    file = _load(ledger_dir)
    if file is None:
        return [Problem("ledger_missing", "ledger", f"bring {FILE_NAME} back to {ledger_dir}, or restore from a backup")] if marks else []
    if isinstance(file, Problem):
        return [file]
    problems = [Problem("store_unmarked", store) for store in STORES if store not in marks]
    for store, mark in marks.items():
        if mark.pair != file.pair:
            problems.append(Problem("store_of_another_pair", store))
        elif mark.count < file.counts[store]:
            problems.append(Problem("store_old", store))
        elif mark.ledger > file.ledger:
            problems.append(Problem("ledger_old", "ledger", "bring the newest ledger folder back, or restore from a backup"))
    return list(dict.fromkeys(problems))


def bump_marks(work: Work) -> None:
    """Raise both counters inside a work that a copied-back store would undo. Call `note_marks` after its commit."""
    for tx in _both(work).values():
        tx.run("UPDATE mark SET count = count + 1 WHERE name = 'pair'")


def note_marks(stores: Stores, ledger_dir: Path) -> None:
    """Let the file remember the counters as they are now. Costs a sync; callers may do it once for many bumps."""
    with _alone(ledger_dir):
        marks, file = stores.read(read_marks), _load(ledger_dir)
        if not isinstance(file, LedgerMark) or set(marks) != set(STORES):
            raise NotReady("pair_broken", problems="marks are missing", remedy=_RESTORE)
        _save(ledger_dir, LedgerMark(file.pair, file.ledger, {store: marks[store].count for store in STORES}))


def advance_marks(stores: Stores, ledger_dir: Path) -> None:
    """Raise both counters and the file's number, at a start and at a clean stop, after `check_marks` found nothing.

    Fresh stores get their pair id here. Raises NotReady when marks are missing on one side only.
    """
    with _alone(ledger_dir):
        marks, file = stores.read(read_marks), _load(ledger_dir)
        if file is None and not marks:
            file = LedgerMark(os.urandom(16).hex(), 0, dict.fromkeys(STORES, 0))
        elif not isinstance(file, LedgerMark) or (marks and set(marks) != set(STORES)):
            raise NotReady("pair_broken", problems="marks are missing", remedy=_RESTORE)
        _advance(stores, ledger_dir, file, {store: mark.count for store, mark in marks.items()})


def join_marks(stores: Stores, ledger_dir: Path) -> None:
    """Declare the stores as they are one pair, under a new id and with counters above all seen: the last step of a restore."""
    with _alone(ledger_dir):
        marks, file = stores.read(read_marks), _load(ledger_dir)
        old = file if isinstance(file, LedgerMark) else LedgerMark("", 0, dict.fromkeys(STORES, 0))
        seen = max([mark.ledger for mark in marks.values()] + [old.ledger])
        counts = {store: max(old.counts[store], marks[store].count if store in marks else 0) for store in STORES}
        pair = os.urandom(16).hex()
        stores.write(lambda work: _write(work, pair, counts, seen), _ACTOR)
        _advance(stores, ledger_dir, LedgerMark(pair, seen, counts), counts)


def _advance(stores: Stores, ledger_dir: Path, file: LedgerMark, counts: dict[str, int]) -> None:
    number = file.ledger + 1
    _save(ledger_dir, LedgerMark(file.pair, number, {store: counts.get(store, 0) for store in STORES}))

    def raise_both(work: Work) -> dict[str, int]:
        now = {store: mark.count + 1 for store, mark in read_marks(work).items()} or dict.fromkeys(STORES, 1)
        _write(work, file.pair, now, number)
        return now

    risen = stores.write(raise_both, _ACTOR)
    _save(ledger_dir, LedgerMark(file.pair, number, risen))


def _both(work: Work) -> dict[str, Tx]:
    return {"perishable": work.perishable, "durable": work.durable}


def _mark(tx: Tx) -> Mark | None:
    row = tx.one("SELECT pair, count, ledger FROM mark WHERE name = 'pair'")
    return Mark(*row) if row else None


def _write(work: Work, pair: str, counts: dict[str, int], ledger: int) -> None:
    for store, tx in _both(work).items():
        tx.run(
            "INSERT INTO mark (name, pair, count, ledger) VALUES ('pair', ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET pair = excluded.pair, count = excluded.count, ledger = excluded.ledger",
            pair,
            counts[store],
            ledger,
        )


def _load(ledger_dir: Path) -> "LedgerMark | Problem | None":
    path = ledger_dir / FILE_NAME
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        counts = {store: int(found["counts"][store]) for store in STORES}
        return LedgerMark(str(found["pair"]), int(found["ledger"]), counts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Problem("ledger_unreadable", "ledger", f"bring {path} back from where the ledger folder is copied to")


def _save(ledger_dir: Path, mark: LedgerMark) -> None:
    """Write the file whole or not at all, synced before it takes the old one's name."""
    path = ledger_dir / FILE_NAME
    fresh = path.with_suffix(".new")
    with open(fresh, "w", encoding="ascii") as out:
        json.dump({"pair": mark.pair, "ledger": mark.ledger, "counts": mark.counts}, out, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)
    folder = os.open(ledger_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(ledger_dir: Path) -> Iterator[None]:
    """Several server processes may start at once; they take turns."""
    ledger_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(ledger_dir / "mark.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
