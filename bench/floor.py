"""The bare floor: the same rows, bytes, indexes, seals, HMACs, files and syncs through APSW and `cryptography`, without our code.

Nothing here is guessed: `differences` compares the two files of an office before and after our own run and gives every row that was inserted, changed
or deleted; `replay` does just that to a copy of the files as they were before, in as many commits and with as many synced files.
"""

import hashlib
import hmac
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import apsw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

STORES = ("perishable", "durable")
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000"
KEY = bytes(32)
KEK = AESGCMSIV(KEY)
CONTEXT = bytes(320)  # what a seal is bound to is about as long


@dataclass(frozen=True)
class Change:
    """One statement on one row; `seals`, `wraps`, `macs` and `digests` are the bytes that it needs made."""

    store: str
    sql: str
    row: tuple[Any, ...]
    seals: tuple[int, ...] = ()
    wraps: int = 0
    macs: int = 0
    digests: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shape:
    """What happened besides rows: acts, commits of each store, files appended and synced, journals emptied."""

    units: int
    commits: int
    synced: int = 0
    emptied: int = 0
    changes: Sequence[Change] = field(default_factory=list)


def copy(folder: Path, to: Path) -> Path:
    """The two files of an office whose journals are empty."""
    to.mkdir(parents=True, exist_ok=True)
    for store in STORES:
        shutil.copy(folder / f"{store}.db", to / f"{store}.db")
    return to


def differences(before: Path, after: Path) -> list[Change]:
    """Every row that is not as it was, in the order of tables and keys."""
    return [change for store in STORES for change in _of_store(before, after, store)]


def _of_store(before: Path, after: Path, store: str) -> Iterator[Change]:
    db = apsw.Connection(str(after / f"{store}.db"))
    db.execute("ATTACH ? AS old", (str(before / f"{store}.db"),))
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        columns = [(row[1], row[5]) for row in db.execute(f"PRAGMA main.table_info({table})").fetchall()]
        names = [name for name, _ in columns]
        keys = [name for name, place in columns if place]
        where = " AND ".join(f"{key} = ?" for key in keys)
        listed = ", ".join(keys)
        for row in db.execute(f"SELECT {listed} FROM old.{table} EXCEPT SELECT {listed} FROM main.{table} ORDER BY {listed}").fetchall():
            yield Change(store, f"DELETE FROM {table} WHERE {where}", row)
        for row in db.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM old.{table} ORDER BY {listed}").fetchall():
            held = dict(zip(names, row, strict=True))
            key = tuple(held[name] for name in keys)
            if db.execute(f"SELECT 1 FROM old.{table} WHERE {where}", key).fetchone():
                rest = [name for name in names if name not in keys]
                sets = ", ".join(f"{name} = ?" for name in rest)
                yield Change(store, f"UPDATE {table} SET {sets} WHERE {where}", (*(held[n] for n in rest), *key))
            else:
                yield _inserted(store, table, names, held)
    db.close()


def _inserted(store: str, table: str, names: list[str], held: dict[str, Any]) -> Change:
    marks = ", ".join("?" * len(names))
    seals = tuple(len(held[name]) - 28 for name in ("sealed",) if name in held)
    macs = sum(isinstance(held.get(name), bytes) for name in ("token", "bound", "key", "request")) + (table == "subject_leaf")
    digests = tuple(len(held["body"]) for _ in (0,) if table in ("leaf", "fact_set")) + ((64,) if table == "leaf" else ())
    return Change(
        store,
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
        tuple(held.values()),
        seals,
        int("wrapped" in held),
        macs,
        digests,
    )


def replay(folder: Path, shape: Shape) -> float:
    """Do the same to a copy of the files before; gives the seconds it took."""
    files = {store: _open(folder / f"{store}.db") for store in STORES}
    units = _units(shape)
    per_commit = max(1, shape.units // shape.commits)
    side = (folder / "side").open("ab")
    began = time.perf_counter()
    for at in range(0, len(units), per_commit):
        for cursor in files.values():
            cursor.execute("BEGIN IMMEDIATE")
        for unit in units[at : at + per_commit]:
            for store, sql, rows in unit:
                for change in rows:
                    _secrets(change)
                files[store].executemany(sql, [change.row for change in rows])
        for cursor in files.values():
            cursor.execute("COMMIT")
    for _ in range(shape.synced):
        side.write(bytes(200))
        side.flush()
        os.fsync(side.fileno())
    for _ in range(shape.emptied):
        for cursor in files.values():
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    took = time.perf_counter() - began
    side.close()
    for cursor in files.values():
        cursor.connection.close()
    return took


def _open(path: Path) -> apsw.Cursor:
    made = apsw.Connection(str(path), statementcachesize=400)
    made.execute(PRAGMAS).fetchall()
    return made.cursor()


def _units(shape: Shape) -> list[list[tuple[str, str, list[Change]]]]:
    """The changes of each table spread evenly over the acts."""
    made: list[list[tuple[str, str, list[Change]]]] = [[] for _ in range(shape.units)]
    for (store, sql), found in groupby(sorted(shape.changes, key=lambda c: (c.store, c.sql)), key=lambda c: (c.store, c.sql)):
        rows = list(found)
        for n in range(shape.units):
            share = rows[len(rows) * n // shape.units : len(rows) * (n + 1) // shape.units]
            if share:
                made[n].append((store, sql, share))
    return made


def _secrets(change: Change) -> None:
    for size in change.seals:
        nonce = os.urandom(12)
        AESGCM(os.urandom(32)).encrypt(nonce, bytes(size), CONTEXT)
    for _ in range(change.wraps):
        KEK.encrypt(os.urandom(12), KEY, CONTEXT[:70])
    for _ in range(change.macs):
        hmac.digest(KEY, CONTEXT[:40], "sha256")
    for size in change.digests:
        hashlib.sha256(bytes(size)).digest()
