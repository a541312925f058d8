"""The schema of each store: numbered SQL files of the rooms, one text for both engines (ADR 1).

Each file is applied once, with its record, in one transaction. What is written is recorded with its digest: a file that changed after it was
applied is refused, for nobody can say any more what the database looks like. A file may begin with `-- compat: N`; a program whose own files
reach only a lower N refuses the database, while a file it does not know with an N it knows is harmless by promise of its author.

The text may use TEXT, BIGINT, BLOB; on PostgreSQL BLOB is written BYTEA. `/* clustered */` after a table's closing bracket stores the table in
the order of its primary key on SQLite (WITHOUT ROWID). Everything else must mean the same on both engines, and `check` refuses what does not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from sandyq.clock import Clock, micros
from sandyq.db.work import Row, Value
from sandyq.errors import BadFile, NotReady, SandyqError
from sandyq.seal import digest

SCHEMA: Final = Path(__file__).parent / "schema"
TYPES: Final = frozenset({"TEXT", "BIGINT", "BLOB"})
_NAME: Final = re.compile(r"^\d{4}_[a-z_]+\.sql$")
_COMPAT: Final = re.compile(r"^--\s*compat:\s*(\d+)\s*$", re.MULTILINE)
_NOISE: Final = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_TABLE: Final = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s*\(", re.IGNORECASE)
_ADDED: Final = re.compile(r"\bADD\s+(?:COLUMN\s+)?(\w+\s+\w+[^;]*)", re.IGNORECASE)
_CONSTRAINT: Final = frozenset({"PRIMARY", "UNIQUE", "CHECK", "CONSTRAINT", "FOREIGN"})
_REFUSED: Final = {
    r"\bREFERENCES\b|\bFOREIGN\b": "foreign keys cross subjects and are not enforced on both engines; check it in the act",
    r"\bAUTOINCREMENT\b|\bSERIAL\b|\bGENERATED\b|\bSEQUENCE\b": "sequences cross subjects; use ids.new_id",
    r"\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b|\bnow\s*\(": "time is read through sandyq.clock only; write it in the act",
    r"\bWITHOUT\s+ROWID\b|\bSTRICT\b": "only one engine knows this; write /* clustered */ for a table kept in key order",
    r"\bTRIGGER\b|\bPRAGMA\b": "only one engine knows this, and an act must do its own work",
}


class RawTx(Protocol):
    """What the runner needs of a store."""

    engine: str
    store: str

    def run(self, sql: str, *params: Value) -> int: ...
    def all(self, sql: str, *params: Value) -> list[Row]: ...
    def script(self, text: str) -> None: ...


class Raw(Protocol):
    """A connection outside any unit of work; `begin` excludes every other migration."""

    @property
    def tx(self) -> Any: ...
    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One numbered file: its text, its digest, and the least program that can live with it."""

    name: str
    text: str
    digest: str
    compat: int


def files(store: str, root: Path = SCHEMA) -> tuple[SchemaFile, ...]:
    """The files of one store in the order of their numbers. Raises BadFile for a name that gives no number."""
    found = []
    for path in sorted((root / store).glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if not _NAME.match(path.name):
            raise BadFile(
                str(path), 0, "the name is not NNNN_room.sql", "Use four digits of the room's range and its name in small letters."
            )
        at = _COMPAT.search(text)
        found.append(SchemaFile(path.name, text, digest(text.encode()).hex(), int(at[1]) if at else 1))
    return tuple(found)


def check(file: str, text: str) -> None:
    """Refuse what the two engines read differently. Raises BadFile with the line."""
    bare = _NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for pattern, remedy in _REFUSED.items():
        bad = re.search(pattern, bare, re.IGNORECASE)
        if bad:
            raise BadFile(file, _line(bare, bad.start()), f"{bad[0].strip()} is not allowed in a schema file", f"Reason: {remedy}.")
    for table in _TABLE.finditer(bare):
        for start, definition in _definitions(bare, table.end()):
            _check_column(file, _line(bare, start), definition)
    for added in _ADDED.finditer(bare):
        _check_column(file, _line(bare, added.start()), added[1])


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _definitions(bare: str, start: int) -> list[tuple[int, str]]:
    """The comma-separated parts of a bracket whose inside begins at `start`."""
    depth, begun, parts = 1, start, []
    for position in range(start, len(bare)):
        depth += {"(": 1, ")": -1}.get(bare[position], 0)
        if depth == 0 or (depth == 1 and bare[position] == ","):
            parts.append((begun + len(bare[begun:position]) - len(bare[begun:position].lstrip()), bare[begun:position].strip()))
            begun = position + 1
        if depth == 0:
            break
    return parts


def _check_column(file: str, line: int, definition: str) -> None:
    words = definition.split()
    if not words or words[0].upper() in _CONSTRAINT:
        return
    kind = words[1] if len(words) > 1 else "(none)"
    if kind not in TYPES:
        raise BadFile(file, line, f"column {words[0]} has the type {kind}", f"Use one of {', '.join(sorted(TYPES))} in capitals.")


def dialect(text: str, engine: str) -> str:
    """The text as one engine reads it."""
    if engine == "sqlite":
        return text.replace("/* clustered */", "WITHOUT ROWID")
    outside = re.compile(rf"({_NOISE.pattern})|\bBLOB\b", re.DOTALL)
    return outside.sub(lambda found: found[1] or "BYTEA", text)


def apply(connection: Raw, wanted: Sequence[SchemaFile], clock: Clock) -> list[str]:
    """Bring one store up to date; gives the names applied now. Several processes may call it at once.

    Raises BadFile, before anything is applied, for a text that would not mean the same on both engines. What was applied was checked then, and
    its digest says that it is the same text: every later start need not check it again.
    """
    recorded: frozenset[str] = _in_one(connection, lambda: _begin_record(connection.tx, wanted))
    missing = [file for file in wanted if file.name not in recorded]
    for file in missing:
        check(f"{connection.tx.store}/{file.name}", file.text)
    return [file.name for file in missing if _in_one(connection, partial(_apply_one, connection.tx, file, clock))]


def verify(connection: Raw, wanted: Sequence[SchemaFile]) -> None:
    """Raises NotReady unless the store has every file of this program, unchanged, and none that is beyond it."""
    if "schema_file" not in table_names(connection.tx):
        raise NotReady("schema_missing", store=connection.tx.store, remedy="create the office with `sandyq init`")
    recorded = _recorded(connection.tx)
    _refuse(connection.tx.store, recorded, wanted)
    missing = [file.name for file in wanted if file.name not in recorded]
    if missing:
        raise NotReady("schema_old", store=connection.tx.store, missing=len(missing), remedy="start the server of this version once")


def _in_one(connection: Raw, step: Callable[[], Any]) -> Any:
    connection.begin()
    try:
        result = step()
    except BaseException:  # whatever stopped it, nothing of this file may stay
        connection.rollback()
        raise
    connection.commit()
    return result


def _begin_record(tx: RawTx, wanted: Sequence[SchemaFile]) -> frozenset[str]:
    if "schema_file" not in table_names(tx):
        tx.script("CREATE TABLE schema_file (name TEXT PRIMARY KEY, digest TEXT NOT NULL, compat BIGINT NOT NULL, applied BIGINT NOT NULL)")
    recorded = _recorded(tx)
    _refuse(tx.store, recorded, wanted)
    return frozenset(recorded)


def _apply_one(tx: RawTx, file: SchemaFile, clock: Clock) -> bool:
    if tx.all("SELECT 1 FROM schema_file WHERE name = ?", file.name):  # another process was quicker
        return False
    try:
        tx.script(dialect(file.text, tx.engine))
    except SandyqError as problem:
        raise BadFile(
            f"{tx.store}/{file.name}", 0, f"the file does not run: {problem}", "Run it by hand in an empty office to see its fault."
        ) from None
    tx.run("INSERT INTO schema_file VALUES (?, ?, ?, ?)", file.name, file.digest, file.compat, micros(clock.now()))
    return True


def _recorded(tx: RawTx) -> dict[str, tuple[str, int]]:
    return {name: (digest_, compat) for name, digest_, compat in tx.all("SELECT name, digest, compat FROM schema_file")}


def _refuse(store: str, recorded: dict[str, tuple[str, int]], wanted: Sequence[SchemaFile]) -> None:
    ours = max([file.compat for file in wanted], default=1)
    theirs = max([compat for _, compat in recorded.values()], default=1)
    if theirs > ours:
        raise NotReady("database_newer", store=store, database=theirs, program=ours, remedy="run the newer version of the program")
    for file in wanted:
        if file.name in recorded and recorded[file.name][0] != file.digest:
            raise NotReady(
                "schema_changed", store=store, file=file.name, remedy="bring the file back as it was; put the change into a new file"
            )


def table_names(tx: RawTx) -> list[str]:
    """The tables of a store, in order."""
    catalog = {
        "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        "postgres": "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    }
    return [name for (name,) in tx.all(catalog[tx.engine])]
