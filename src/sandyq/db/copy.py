"""Copying a pair of stores as of one moment, and putting a copy in place (design 8, 16).

SQLite: both read snapshots are begun on the writer's thread between two commits, so they show one state; the pages are copied afterwards while
the office goes on. PostgreSQL: `pg_dump` of the durable store first, of the perishable store after it. What was created in between has keys without
rows, what was destroyed in between has rows without keys: the reconciler settles both the right way. In the other order what was created in between
would have rows without keys, which nobody could tell from what was destroyed.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sandyq.db.lock import OfficeLock
from sandyq.db.sqlite_tx import connect
from sandyq.db.stores import Stores
from sandyq.db.work import DURABLE, PERISHABLE, STORES, Actor, Work, lost
from sandyq.errors import Conflict, NotReady
from sandyq.settings import Settings

NAMES: Final = {"sqlite": "{}.db", "postgres": "{}.dump"}
_ACTOR: Final = Actor("system", "backup", "backup")
_PAGES: Final = 2_000  # copied between two looks at whether we are to stop


def copy_pair(stores: Stores, folder: Path) -> dict[str, Path]:
    """Copy both stores into a folder; gives the files by store. Raises NotReady when `pg_dump` is missing or fails."""
    files = {store: folder / NAMES[stores.engine].format(store) for store in STORES}
    if stores.engine == "sqlite":
        _copy_sqlite(stores, files)
    else:
        for store in (DURABLE, PERISHABLE):
            _run("pg_dump", _dsn(stores.settings, store), "--format=custom", "--no-owner", "--no-privileges", f"--file={files[store]}")
    for file in files.values():
        file.chmod(0o600)
        _sync(file)
    _sync(folder)
    return files


def _copy_sqlite(stores: Stores, files: dict[str, Path]) -> None:
    paths = _paths(stores.settings)
    sources = {store: connect(paths[store], read_only=True) for store in STORES}
    try:
        stores.write(lambda work: _fix(work, sources), _ACTOR)
        for store in STORES:
            _copy(sources[store], files[store])
    except apsw.Error as problem:
        raise lost(DURABLE, type(problem).__name__) from None
    finally:
        for source in sources.values():
            source.close()


def _fix(_: Work, sources: dict[str, apsw.Connection]) -> None:
    """On the writer's thread, so nobody commits between the two: each connection keeps seeing the state of this moment."""
    for source in sources.values():
        source.execute("BEGIN")
        source.execute("SELECT COUNT(*) FROM sqlite_schema").fetchall()


def _copy(source: apsw.Connection, file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    target = apsw.Connection(str(file))
    try:
        with target.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(_PAGES)
        target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one whole file, nothing beside it
    finally:
        target.close()


def put_pair(settings: Settings, files: dict[str, Path]) -> None:
    """Put copies in the place of both stores. On SQLite the copies are moved. Raises Conflict while the office runs.

    A stop between the two leaves stores of different times: the caller has marked the office before.
    """
    if settings.engine == "postgres":
        for store in STORES:
            _refuse_when_used(settings, store)
        for store in STORES:
            options = ("--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges", "--exit-on-error")
            _run("pg_restore", _dsn(settings, store), *options, str(files[store]))
        return
    lock = OfficeLock(settings.lock_file)
    try:
        for store, path in _paths(settings).items():
            for journal in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                journal.unlink(missing_ok=True)  # it belongs to the file that goes
            shutil.move(files[store], path)
            _sync(path)
            _sync(path.parent)
    finally:
        lock.release()


def staged(settings: Settings, folder: Path) -> Settings:
    """Settings of the same office whose SQLite stores lie in another folder: for looking at a copy before it is put in place."""
    names = {store: str((folder / NAMES["sqlite"].format(store)).absolute()) for store in STORES}
    return Settings(**{**settings.__dict__, "durable_path": names[DURABLE], "perishable_path": names[PERISHABLE]})


def _paths(settings: Settings) -> dict[str, Path]:
    return {DURABLE: settings.durable_file, PERISHABLE: settings.perishable_file}


def _dsn(settings: Settings, store: str) -> str:
    return {DURABLE: settings.durable_dsn, PERISHABLE: settings.perishable_dsn}[store]


def _run(program: str, dsn: str, *options: str) -> None:
    """Run one of PostgreSQL's own programs. The password goes through the environment: arguments can be read by everybody on the machine."""
    if shutil.which(program) is None:
        raise NotReady("program_missing", program=program, remedy="install PostgreSQL's client programs of at least the server's version")
    known = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    password = known.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [program, f"--dbname={make_conninfo(**known)}", *options]
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[:1]  # its first line names the object, not a row's values
        raise NotReady("program_failed", program=program, exit=done.returncode, reason=" ".join(reason), remedy="see the server's log")


def _refuse_when_used(settings: Settings, store: str) -> None:
    with _plain(_dsn(settings, store)) as connection:
        row = connection.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
    if row and row[0]:
        raise Conflict("office_running", store=store, connections=row[0], remedy="stop every process of the office, then restore")


@contextmanager
def _plain(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield connection
    except psycopg.Error as problem:
        raise lost("", type(problem).__name__) from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
