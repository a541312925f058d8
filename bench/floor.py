"""The bare floor: the same statements, bytes, seals, HMACs, commits, files and syncs through APSW and `cryptography`, without our code.

Nothing here is guessed. `Recorder` listens to the two writing connections of an office while our own run is under way and keeps every statement that
changed a row, in its order, with the savepoints of its act and the commit that carried it. `replay` does just that to a copy of the files as they were
before. Of the reads it does those alone that no program could do without (`NEEDED`); every other one, and every thought, is ours.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import apsw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

from sandyq.app import Office

STORES = ("perishable", "durable")
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000"
NEEDED = {
    "SELECT generation, wrapped FROM wrapped_key WHERE subject_id = ? AND key_id = ?": "a person's salt: without it an entry cannot be tied to them",
}
"""Reads of ours that the floor does too, and why."""
KEY = bytes(32)
KEK = AESGCMSIV(KEY)
NONCE = bytes(12)
WRAPPED = KEK.encrypt(NONCE, KEY, None)
CONTEXT = bytes(320)  # what a seal is bound to is about as long
_INTO = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")
_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5C))


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with its parameters; `seals`, `wraps`, `unwraps`, `macs` and `digests` are what it needs made, sizes in bytes."""

    store: str
    sql: str
    row: tuple[Any, ...]
    seals: tuple[int, ...] = ()
    wraps: int = 0
    unwraps: int = 0
    macs: int = 0
    digests: tuple[int, ...] = ()


@dataclass
class Recorder:
    """What an office writes while this is entered."""

    office: Office
    steps: list[Step] = field(default_factory=list)
    synced: int = 0

    def __enter__(self) -> "Recorder":
        self._connections: dict[str, apsw.Connection] = self.office.stores._engine._writer._connections  # type: ignore[attr-defined]
        self._waiting: dict[str, tuple[Step, int] | None] = dict.fromkeys(STORES)
        for store, made in self._connections.items():
            made.exec_trace = self._listener(store, made)
        self._sync = os.fsync
        os.fsync = self._synced  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync = self._sync
        for store, made in self._connections.items():
            self._settle(store, made)
            made.exec_trace = None

    def _synced(self, fd: int) -> None:
        self.synced += 1
        self._sync(fd)

    def _listener(self, store: str, made: apsw.Connection) -> Callable[[Any, str, Any], bool]:
        def heard(_: Any, sql: str, row: Any) -> bool:
            self._settle(store, made)
            if sql in NEEDED:
                self.steps.append(Step(store, sql, tuple(row), unwraps=1))
            elif not sql.startswith("SELECT"):
                self._waiting[store] = (step_of(store, sql, tuple(row or ())), made.total_changes())
                self.steps.append(self._waiting[store][0])  # type: ignore[index]
            return True

        return heard

    def _settle(self, store: str, made: apsw.Connection) -> None:
        """The statement before is over: keep it if it changed anything, or opens or closes something."""
        waiting, self._waiting[store] = self._waiting[store], None
        if waiting is not None and waiting[0].row and made.total_changes() == waiting[1]:
            for at in range(len(self.steps) - 1, -1, -1):
                if self.steps[at] is waiting[0]:
                    del self.steps[at]
                    break


def step_of(store: str, sql: str, row: tuple[Any, ...]) -> Step:
    """A statement and the secrets that stand in its row."""
    into = _INTO.match(sql)
    if into is None:
        return Step(store, sql, row)
    table, names = into[1], into[2].split(", ")
    held = dict(zip(names, row, strict=False))
    return Step(
        store,
        sql,
        row,
        seals=(len(held["sealed"]) - 28,) if "sealed" in held else (),
        wraps=int("wrapped" in held),
        macs=sum(isinstance(held.get(name), bytes) for name in ("token", "bound", "key", "request")) + (table == "subject_leaf"),
        digests=(len(held["body"]), 64) if table == "leaf" else (len(held["body"]),) if table == "fact_set" else (),
    )


def copy(folder: Path, to: Path) -> Path:
    """The two files of an office whose journals are empty."""
    to.mkdir(parents=True, exist_ok=True)
    for store in STORES:
        shutil.copy(folder / f"{store}.db", to / f"{store}.db")
    return to


def replay(folder: Path, heard: Recorder) -> tuple[float, float]:
    """Do the same to a copy of the files before; gives the seconds it took, by the wall's clock and of the processor."""
    files = {store: _open(folder / f"{store}.db") for store in STORES}
    runs = [(store, sql, list(steps)) for (store, sql), steps in groupby(heard.steps, key=lambda step: (step.store, step.sql))]
    side = (folder / "side").open("ab")
    busy, began = time.process_time(), time.perf_counter()
    for store, sql, steps in runs:
        for step in steps:
            _secrets(step)
        if len(steps) > 1 and "RETURNING" not in sql and sql not in NEEDED:
            files[store].executemany(sql, [step.row for step in steps])
        else:
            for step in steps:
                files[store].execute(sql, step.row).fetchall()
    for _ in range(heard.synced):
        side.write(bytes(200))
        side.flush()
        os.fsync(side.fileno())
    took = time.perf_counter() - began, time.process_time() - busy
    side.close()
    for cursor in files.values():
        with suppress(apsw.Error):
            cursor.connection.close()
    return took


def _open(path: Path) -> apsw.Cursor:
    made = apsw.Connection(str(path), statementcachesize=400)
    made.execute(PRAGMAS).fetchall()
    return made.cursor()


def _secrets(step: Step) -> None:
    for size in step.seals:
        AESGCM(os.urandom(32)).encrypt(NONCE, bytes(size), CONTEXT)
    for _ in range(step.wraps):
        KEK.encrypt(NONCE, KEY, CONTEXT[:70])
    for _ in range(step.unwraps):
        KEK.decrypt(NONCE, WRAPPED, None)
    for _ in range(step.macs):
        hashlib.sha256(KEY.translate(_OUTER) + hashlib.sha256(KEY.translate(_INNER) + CONTEXT[:40]).digest()).digest()
    for size in step.digests:
        hashlib.sha256(bytes(size)).digest()
