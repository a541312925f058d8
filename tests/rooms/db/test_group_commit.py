"""One commit carries many acts: none harms another, and nothing is answered or seen before the commit."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from sandyq.db import Actor, Duplicate, Stores, Work
from sandyq.db.stores import raw
from sandyq.errors import Misuse, NotReady, SandyqError
from sandyq.settings import Settings

ACTOR = Actor("system", "test", "test")


@pytest.fixture(autouse=True)
def table(stores: Stores) -> Iterator[None]:
    script(stores, "CREATE TABLE probe (id TEXT PRIMARY KEY, number BIGINT, bytes TEXT)")
    yield
    stores.close()
    script(stores, "DROP TABLE probe")


def script(stores: Stores, text: str) -> None:
    for store in ("durable", "perishable"):
        connection = raw(stores.settings, store)
        connection.tx.script(text)
        connection.close()


def put(name: str, number: int = 0, fail: type[Exception] | None = None):
    def act(work: Work) -> str:
        work.durable.run("INSERT INTO probe (id, number) VALUES (?, ?)", name, number)
        work.perishable.run("INSERT INTO probe (id, number) VALUES (?, ?)", name, number)
        if fail is not None:
            raise fail(name)
        return name

    return act


def names(stores: Stores, store: str = "durable") -> list[str]:
    return [row[0] for row in stores.read(lambda work: getattr(work, store).all("SELECT id FROM probe ORDER BY id"))]


def outside(stores: Stores, store: str = "durable") -> list[str]:
    """What another process would see."""
    connection = raw(stores.settings, store)
    found = [row[0] for row in connection.tx.all("SELECT id FROM probe ORDER BY id")]
    connection.close()
    return found


def held(stores: Stores) -> tuple[threading.Event, Future[None]]:
    """Keep the writer of SQLite busy, so that what is submitted next waits and shares one commit."""
    go, inside = threading.Event(), threading.Event()

    def wait(work: Work) -> None:
        inside.set()
        go.wait(10)

    future = stores.submit(wait, ACTOR)
    assert inside.wait(10)
    return go, future


def test_a_failing_act_does_not_harm_its_group(stores: Stores) -> None:
    go, _ = held(stores)
    futures = [stores.submit(put(f"n{i}", i, ValueError if i == 2 else None), ACTOR) for i in range(5)]
    go.set()
    with pytest.raises(ValueError, match="n2"):
        futures[2].result(10)
    assert [futures[i].result(10) for i in (0, 1, 3, 4)] == ["n0", "n1", "n3", "n4"]
    assert names(stores) == names(stores, "perishable") == ["n0", "n1", "n3", "n4"]


def test_nothing_is_seen_or_answered_before_the_commit(stores: Stores) -> None:
    seen: list[list[str]] = []
    answered: list[bool] = []
    submitted = threading.Event()
    future: list[Future[str]] = []

    def look(step: str) -> None:
        if step == "durable.commit":
            assert submitted.wait(10)
            seen.append(outside(stores))
            answered.append(future[0].done())

    stores.hooks.at_step = look
    future.append(stores.submit(put("a"), ACTOR))
    submitted.set()
    future[0].result(10)
    assert (seen, answered) == ([[]], [False])
    assert names(stores) == ["a"]


def test_the_perishable_store_is_committed_first(stores: Stores) -> None:
    steps: list[str] = []
    stores.hooks.at_step = steps.append
    stores.write(put("a"), ACTOR)
    assert steps == ["perishable.commit", "durable.commit", "committed"]


def test_a_failure_between_the_commits_leaves_keys_without_data_and_never_the_reverse(stores: Stores) -> None:
    def fail(step: str) -> None:
        if step == "durable.commit":
            raise OSError("pulled plug")

    stores.hooks.at_step = fail
    with pytest.raises((SandyqError, OSError)):
        stores.write(put("a"), ACTOR)
    stores.hooks.at_step = None
    assert names(stores, "perishable") == ["a"]
    assert names(stores) == []
    stores.write(put("b"), ACTOR)
    assert names(stores) == ["b"]


def test_a_hook_that_fails_fails_every_act_of_the_commit(stores: Stores) -> None:
    def refuse(works: object, durable: object) -> None:
        raise Misuse("audit_broken")

    go, _ = held(stores)
    stores.before_commit.append(refuse)
    futures = [stores.submit(put(f"n{i}"), ACTOR) for i in range(3)]
    go.set()
    for future in futures:
        with pytest.raises(SandyqError):
            future.result(10)
    stores.before_commit.clear()
    assert names(stores) == names(stores, "perishable") == []


def test_a_hook_gets_the_works_of_the_commit_and_writes_with_them(stores: Stores) -> None:
    def count(works, durable) -> None:
        for work in works:
            for leaf in work.leaves:
                durable.run("INSERT INTO probe (id, number) VALUES (?, ?)", leaf, len(works))

    def act(work: Work) -> None:
        work.durable.run("INSERT INTO probe (id) VALUES ('x')")
        work.leaves.append("leaf")

    stores.before_commit[:] = [count]
    stores.write(act, ACTOR)
    assert names(stores) == ["leaf", "x"]


def test_a_duplicate_is_named_without_its_value_and_ends_the_work(stores: Stores) -> None:
    stores.write(put("secret-value"), ACTOR)

    def swallow(work: Work) -> str:
        work.durable.run("INSERT INTO probe (id) VALUES ('kept?')")
        with pytest.raises(Duplicate):
            work.durable.run("INSERT INTO probe (id) VALUES (?)", "secret-value")
        with pytest.raises(Misuse, match="work_lost"):
            work.durable.all("SELECT id FROM probe")
        return "went on"

    with pytest.raises(Duplicate) as found:
        stores.write(swallow, ACTOR)
    assert found.value.params == {"store": "durable", "table": "probe"}
    assert "secret-value" not in repr(found.value)
    assert names(stores) == ["secret-value"]


def test_a_transaction_ends_with_its_work(stores: Stores) -> None:
    kept = stores.write(lambda work: work.durable, ACTOR)
    with pytest.raises(Misuse, match="work_over"):
        kept.run("INSERT INTO probe (id) VALUES ('late')")
    with pytest.raises(Misuse, match="work_over"):
        kept.many("INSERT INTO probe (id) VALUES (?)", [("late",)])
    assert names(stores) == []


def test_a_permit_lives_in_one_work_and_is_spent_once(stores: Stores) -> None:
    permit = object()

    def spend_twice(work: Work) -> None:
        work.grant(permit)
        work.spend(permit)
        work.spend(permit)

    for act in (spend_twice, lambda work: work.spend(permit)):
        with pytest.raises(Misuse, match="permit_unknown"):
            stores.write(act, ACTOR)


def test_a_write_inside_a_write_is_refused(stores: Stores) -> None:
    with pytest.raises(Misuse, match="nested_write"):
        stores.write(lambda work: stores.write(put("inner"), ACTOR), ACTOR)
    assert names(stores) == []


def test_a_read_cannot_write(stores: Stores) -> None:
    with pytest.raises(SandyqError):
        stores.read(lambda work: work.durable.run("INSERT INTO probe (id) VALUES ('x')"))
    assert names(stores) == []


def test_a_read_is_one_snapshot(stores: Stores) -> None:
    def twice(work: Work) -> tuple[int, int]:
        first = len(work.durable.all("SELECT id FROM probe"))
        stores.submit(put("meanwhile"), ACTOR).result(10)
        return first, len(work.durable.all("SELECT id FROM probe"))

    assert stores.read(twice) == (0, 0)
    assert names(stores) == ["meanwhile"]


def test_what_is_hung_behind_the_commit_runs_after_it_and_cannot_undo_it(stores: Stores) -> None:
    ran: list[str] = []

    def act(work: Work) -> None:
        put("a")(work)
        work.after_commit(lambda: ran.extend(outside(stores)))
        work.after_commit(lambda: 1 // 0)
        work.after_commit(lambda: ran.append("last"))

    stores.write(act, ACTOR)
    assert ran == ["a", "last"]


def test_values_come_back_as_they_went_in_on_both_engines(stores: Stores) -> None:
    row = ("100% of 'ә?' -- /* ? */", 2**62, None)

    def act(work: Work) -> tuple[object, ...]:
        work.durable.many("INSERT INTO probe (id, number, bytes) VALUES (?, ?, ?)", [row, ("b", 5, "?%s")])
        assert work.durable.run("UPDATE probe SET number = number + ? WHERE id LIKE '100%' AND id <> '?'", 1) == 1
        total = work.durable.one("SELECT SUM(number), COUNT(*) FROM probe WHERE number IN (?, ?) /* ? */", 2**62 + 1, True)
        return (work.durable.one("SELECT id, number, bytes FROM probe WHERE id = ? -- ?", row[0]), total)

    assert stores.write(act, ACTOR) == ((row[0], 2**62 + 1, None), (2**62 + 1, 1))


def test_bytes_are_bytes(stores: Stores) -> None:
    blob = bytes(range(256))
    cast = "CAST(? AS BLOB)" if stores.engine == "sqlite" else "CAST(? AS BYTEA)"
    assert stores.write(lambda work: work.durable.one(f"SELECT {cast}", blob), ACTOR) == (blob,)


def test_a_read_inside_a_write_is_refused(stores: Stores) -> None:
    with pytest.raises(Misuse, match="nested_read"):
        stores.write(lambda work: names(stores), ACTOR)


@pytest.mark.parametrize("value", [object(), 2**70, "a\ud800"])
def test_a_value_no_store_can_hold_is_refused_without_showing_it(stores: Stores, value: object) -> None:
    with pytest.raises(Misuse, match="bad_value"):
        stores.write(lambda work: work.durable.run("INSERT INTO probe (id) VALUES (?)", value), ACTOR)  # type: ignore[arg-type]


def test_after_close_nothing_is_accepted(stores: Stores) -> None:
    futures = [stores.submit(put(f"n{i}"), ACTOR) for i in range(4)]
    stores.close()
    assert all(future.done() for future in futures)
    with pytest.raises((NotReady, RuntimeError)):
        stores.submit(put("late"), ACTOR)


def test_one_process_owns_a_sqlite_office(stores: Stores, settings: Settings) -> None:
    if settings.engine != "sqlite":
        Stores.open(settings, stores.clock).close()  # PostgreSQL serves many writers
        return
    with pytest.raises(SandyqError) as refused:
        Stores.open(settings, stores.clock)
    assert refused.value.code == "office_locked"
    reader = Stores.open(settings, stores.clock, writer=False)
    with pytest.raises(NotReady, match="office_read_only"):
        reader.write(put("x"), ACTOR)
    assert names(reader) == []
    reader.close()


def test_a_truncating_checkpoint_says_when_a_reader_is_in_the_way(stores: Stores, settings: Settings) -> None:
    if settings.engine != "sqlite":
        assert stores.checkpoint_truncate() is None
        return

    def while_reading(work: Work) -> object:
        work.durable.all("SELECT id FROM probe")
        stores.submit(put("b"), ACTOR).result(10)
        return stores.checkpoint_truncate()

    stores.write(put("a"), ACTOR)
    busy = stores.read(while_reading)
    assert (busy.durable, busy.perishable) == (False, True)
    clear = stores.checkpoint_truncate()
    assert (clear.durable, clear.perishable) == (True, True)
    assert journals(settings) == (0, 0)


def journals(settings: Settings) -> tuple[int, int]:
    return tuple(file.with_name(file.name + "-wal").stat().st_size for file in (settings.durable_file, settings.perishable_file))  # type: ignore[return-value]
