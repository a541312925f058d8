"""The bare floor: the same statements, bytes, seals, HMACs, commits, files and syncs through APSW and `cryptography`, without our code.

It does what `recorder` heard to a copy of the files as they were before.
"""

import hashlib
import os
import shutil
import time
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import apsw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

from bench.recorder import NEEDED, STORES, Recorder, Step

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=16000"
KEY = bytes(32)
KEK = AESGCMSIV(KEY)
NONCE = bytes(12)
WRAPPED = KEK.encrypt(NONCE, KEY, None)
CONTEXT = bytes(320)  # what a seal is bound to is about as long
SEALED = AESGCM(KEY).encrypt(NONCE, bytes(200), CONTEXT)
_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5C))


def copy(folder: Path, to: Path) -> Path:
    """The two files of an office whose journals are empty."""
    to.mkdir(parents=True, exist_ok=True)
    for store in STORES:
        shutil.copy(folder / f"{store}.db", to / f"{store}.db")
    return to


def replay(folder: Path, heard: Recorder) -> tuple[float, float]:
    """Do the same to a copy of the files before; gives the seconds it took, by the wall's clock and of the processor."""
    files = {store: opened(folder / f"{store}.db") for store in STORES}
    runs = [(store, sql, list(steps)) for (store, sql), steps in groupby(heard.steps, key=lambda step: (step.store, step.sql))]
    side = (folder / "side").open("ab")
    busy, began = time.process_time(), time.perf_counter()
    for store, sql, steps in runs:
        for step in steps:
            secrets(step)
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


def opened(path: Path) -> apsw.Cursor:
    """A writing connection set up as ours is."""
    made = apsw.Connection(str(path), statementcachesize=400)
    made.execute(PRAGMAS).fetchall()
    made.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    return made.cursor()


def secrets(step: Step) -> None:
    """Make what a statement needs made."""
    for size in step.seals:
        AESGCM(os.urandom(32)).encrypt(NONCE, bytes(size), CONTEXT)
    for _ in range(step.wraps):
        KEK.encrypt(NONCE, KEY, CONTEXT[:70])
    for _ in range(step.unwraps):
        KEK.decrypt(NONCE, WRAPPED, None)
    for _ in range(step.opens):
        AESGCM(KEY).decrypt(NONCE, SEALED, CONTEXT)
    for _ in range(step.macs):
        hashlib.sha256(KEY.translate(_OUTER) + hashlib.sha256(KEY.translate(_INNER) + CONTEXT[:40]).digest()).digest()
    for size in step.digests:
        hashlib.sha256(bytes(size)).digest()
