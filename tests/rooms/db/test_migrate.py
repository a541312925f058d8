"""Schema files: applied once, whole or not at all, the same on both engines; what cannot be lived with is refused."""

import threading
from pathlib import Path

import pytest

from sandyq.clock import MovedClock
from sandyq.db import Stores, migrate
from sandyq.db.describe import Table, schema_of
from sandyq.db.stores import raw
from sandyq.errors import BadFile, NotReady
from sandyq.settings import Settings

FIRST = "CREATE TABLE probe_one (id TEXT PRIMARY KEY, body BLOB NOT NULL, n BIGINT);\n"
SECOND = "ALTER TABLE probe_one ADD COLUMN note TEXT;\nCREATE UNIQUE INDEX probe_note ON probe_one (note, n);\n"


def folder(tmp_path: Path, **texts: str) -> tuple[migrate.SchemaFile, ...]:
    place = tmp_path / "schema" / "durable"
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (place / f"{name.removeprefix('f')}.sql").write_text(text, encoding="utf-8")
    return migrate.files("durable", tmp_path / "schema")


@pytest.fixture
def door(settings: Settings, request: pytest.FixtureRequest):
    """An empty durable store."""
    if settings.engine == "postgres":
        server = request.getfixturevalue("postgres")
        names = server.make_pair()
        connection = raw(Settings(settings.folder, "postgres", server.dsn(names[0]), server.dsn(names[1])), "durable")
        yield connection
        connection.close()
        server.drop(*names)
        return
    empty = Settings(settings.folder, durable_path="empty.db")
    connection = raw(empty, "durable")
    yield connection
    connection.close()


def test_each_file_is_applied_once_in_the_order_of_its_number(door, clock: MovedClock, tmp_path: Path) -> None:
    wanted = folder(tmp_path, f0100_one=FIRST, f0200_two=SECOND)
    assert migrate.apply(door, wanted, clock) == ["0100_one.sql", "0200_two.sql"]
    assert migrate.apply(door, wanted, clock) == []
    migrate.verify(door, wanted)


def test_a_fresh_schema_equals_one_migrated_step_by_step(door, clock: MovedClock, tmp_path: Path) -> None:
    for count in range(1, 3):
        migrate.apply(door, folder(tmp_path, f0100_one=FIRST, f0200_two=SECOND)[:count], clock)
    assert schema_of(door.tx)["probe_one"] == Table(
        columns=_columns("id TEXT! body BLOB! n BIGINT note TEXT"), key=("id",), indexes=frozenset({("probe_note", True, ("note", "n"))})
    )


def _columns(words: str):
    from sandyq.db.describe import Column

    parts = words.split()
    return tuple(Column(name, kind.rstrip("!"), kind.endswith("!")) for name, kind in zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("store", ["durable", "perishable"])
def test_the_shipped_schema_is_the_same_applied_at_once_or_file_by_file(door, clock: MovedClock, store: str, settings: Settings) -> None:
    wanted = migrate.files(store)
    for count in range(len(wanted) + 1):
        migrate.apply(door, wanted[:count], clock)
    Stores.open(settings, clock).close()
    fresh = raw(settings, store)
    assert schema_of(fresh.tx) == schema_of(door.tx)
    fresh.close()


@pytest.mark.parametrize("store", ["durable", "perishable"])
def test_both_engines_have_the_same_schema(stores: Stores, store: str, sqlite_template: Settings) -> None:
    ours, theirs = raw(stores.settings, store), raw(sqlite_template, store)
    assert schema_of(ours.tx) == schema_of(theirs.tx)
    ours.close()
    theirs.close()


def test_a_file_that_fails_leaves_nothing_of_itself(door, clock: MovedClock, tmp_path: Path) -> None:
    broken = FIRST + "INSERT INTO probe_nowhere VALUES (1);\n"
    with pytest.raises(BadFile, match="0100_one"):
        migrate.apply(door, folder(tmp_path, f0100_one=broken), clock)
    assert migrate.table_names(door.tx) == ["schema_file"]
    assert migrate.apply(door, folder(tmp_path, f0100_one=FIRST), clock) == ["0100_one.sql"]


def test_what_the_engines_would_read_differently_stops_the_files_before_it_too(door, clock: MovedClock, tmp_path: Path) -> None:
    wanted = folder(tmp_path, f0100_one=FIRST, f0200_two="CREATE TABLE probe_two (id SERIAL);\n")
    with pytest.raises(BadFile, match="durable/0200_two"):
        migrate.apply(door, wanted, clock)
    assert migrate.table_names(door.tx) == ["schema_file"]


def test_a_file_changed_after_it_was_applied_is_noticed(door, clock: MovedClock, tmp_path: Path) -> None:
    migrate.apply(door, folder(tmp_path, f0100_one=FIRST), clock)
    changed = folder(tmp_path, f0100_one=FIRST + "-- harmless?\n")
    for step in (lambda: migrate.apply(door, changed, clock), lambda: migrate.verify(door, changed)):
        with pytest.raises(NotReady, match="schema_changed"):
            step()


def test_an_older_program_refuses_a_newer_database_and_bears_a_compatible_one(door, clock: MovedClock, tmp_path: Path) -> None:
    older = folder(tmp_path, f0100_one=FIRST)
    migrate.apply(door, folder(tmp_path, f0100_one=FIRST, f0200_two=SECOND), clock)
    migrate.verify(door, older)  # 0200 asks for no newer program
    migrate.apply(door, folder(tmp_path, f0300_three="-- compat: 2\nDROP INDEX probe_note;\n"), clock)
    with pytest.raises(NotReady, match="database_newer"):
        migrate.verify(door, older)


def test_a_reader_does_not_change_a_schema_it_finds_old(door, clock: MovedClock, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="schema_missing"):
        migrate.verify(door, folder(tmp_path, f0100_one=FIRST))
    migrate.apply(door, (), clock)
    with pytest.raises(NotReady, match="schema_old"):
        migrate.verify(door, folder(tmp_path, f0100_one=FIRST))


def test_several_processes_may_start_at_once(settings: Settings, clock: MovedClock, request: pytest.FixtureRequest) -> None:
    if settings.engine == "sqlite":
        return  # the lock of the office lets in one
    server = request.getfixturevalue("postgres")
    names = server.make_pair()
    fresh = Settings(settings.folder, "postgres", server.dsn(names[0]), server.dsn(names[1]), pool_size=1)
    failures: list[Exception] = []

    def start() -> None:
        try:
            Stores.open(fresh, clock).close()
        except Exception as problem:
            failures.append(problem)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.drop(*names)
    assert failures == []


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("CREATE TABLE t (\n  id TEXT PRIMARY KEY,\n  n INTEGER\n);", 3, "INTEGER"),
        ("CREATE TABLE t (id VARCHAR(10), PRIMARY KEY (id));", 1, "VARCHAR"),
        ("CREATE TABLE t (id text PRIMARY KEY);", 1, "text"),
        ("CREATE TABLE t (id);", 1, "none"),
        ("-- x\nALTER TABLE t ADD COLUMN n SERIAL;", 2, "SERIAL"),
        ("ALTER TABLE t ADD n BOOLEAN;", 1, "BOOLEAN"),
        ("CREATE TABLE t (id TEXT REFERENCES u (id));", 1, "REFERENCES"),
        ("CREATE TABLE t (id TEXT, at BIGINT DEFAULT CURRENT_TIMESTAMP);", 1, "CURRENT_TIMESTAMP"),
        ("CREATE TABLE t (id TEXT PRIMARY KEY) WITHOUT ROWID;", 1, "WITHOUT ROWID"),
    ],
)
def test_what_the_engines_read_differently_is_refused_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(BadFile) as found:
        migrate.check("x.sql", text)
    assert found.value.params["line"] == line
    assert word in str(found.value)


def test_words_in_comments_and_quotes_are_not_read_as_sql() -> None:
    text = "-- REFERENCES now() SERIAL\nCREATE TABLE t (id TEXT DEFAULT 'BLOB; now()', b BLOB, CHECK (id <> 'a,b'), UNIQUE (id, b));"
    migrate.check("x.sql", text)
    assert migrate.dialect(text, "postgres").count("BYTEA") == 1
    assert "'BLOB; now()'" in migrate.dialect(text, "postgres")


def test_a_table_marked_clustered_is_kept_in_key_order_on_sqlite_alone() -> None:
    text = "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b)) /* clustered */;"
    assert "WITHOUT ROWID" in migrate.dialect(text, "sqlite")
    assert "ROWID" not in migrate.dialect(text, "postgres")


def test_a_name_outside_the_numbering_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="NNNN_room"):
        folder(tmp_path, fone=FIRST)
