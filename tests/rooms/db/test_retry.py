"""Two works that race: one of them waits or runs again, and neither acts on what is no longer true."""

import threading
from collections.abc import Iterator

import pytest

from sandyq.db import Actor, Stores, Work
from sandyq.db.stores import raw
from sandyq.errors import Retry

ACTOR = Actor("system", "test", "test")
STANDING = "SELECT blocked FROM probe_standing WHERE subject_id = ?"


@pytest.fixture(autouse=True)
def table(stores: Stores) -> Iterator[None]:
    script(stores, "CREATE TABLE probe_standing (subject_id TEXT PRIMARY KEY, blocked BIGINT NOT NULL)")
    stores.write(lambda work: work.durable.many("INSERT INTO probe_standing VALUES (?, 0)", [("s1",), ("s2",)]), ACTOR)
    yield
    stores.close()
    script(stores, "DROP TABLE probe_standing")


def script(stores: Stores, text: str) -> None:
    connection = raw(stores.settings, "durable")
    connection.tx.script(text)
    connection.close()


def block(work: Work) -> None:
    work.durable.run("UPDATE probe_standing SET blocked = blocked + 1 WHERE subject_id = 's1'")


def test_a_use_that_began_before_a_block_is_decided_again_or_comes_first(stores: Stores) -> None:
    seen: list[int] = []

    def use(work: Work) -> int:
        work.durable.all("SELECT COUNT(*) FROM probe_standing")  # the snapshot is taken here
        if not seen:
            blocked = stores.submit(block, ACTOR)
            if stores.engine == "postgres":
                blocked.result(10)  # the block slips in between the snapshot and the lock
        seen.append(-1)
        row = work.durable.lock_shared(STANDING, "s1")
        assert row is not None
        seen[-1] = row[0]
        return int(row[0])

    decided = stores.write(use, ACTOR)
    # PostgreSQL: the first try failed at the lock, the second saw the block. SQLite: the use is wholly before the block.
    assert (seen, decided) == (([-1, 1], 1) if stores.engine == "postgres" else ([0], 0))


def test_a_block_waits_for_a_use_that_holds_the_row(stores: Stores) -> None:
    order: list[str] = []
    locked, go = threading.Event(), threading.Event()

    def use(work: Work) -> None:
        work.durable.lock_shared(STANDING, "s1")
        locked.set()
        go.wait(10)
        work.after_commit(lambda: order.append("used"))

    def then_block(work: Work) -> None:
        block(work)
        order.append("blocked")

    using = stores.submit(use, ACTOR)
    assert locked.wait(10)
    blocking = stores.submit(then_block, ACTOR)
    go.set()
    using.result(10)
    blocking.result(10)
    assert sorted(order) == ["blocked", "used"]
    assert stores.read(lambda work: work.durable.one(STANDING, "s1")) == (1,)


def test_many_writers_of_one_row_lose_no_update(stores: Stores) -> None:
    def add(work: Work) -> None:
        row = work.durable.one(STANDING, "s1")
        assert row is not None
        work.durable.run("UPDATE probe_standing SET blocked = ? WHERE subject_id = 's1'", row[0] + 1)

    for future in [stores.submit(add, ACTOR) for _ in range(12)]:
        future.result(30)
    assert stores.read(lambda work: work.durable.one(STANDING, "s1")) == (12,)


def test_a_work_that_always_loses_is_given_back_to_its_caller(stores: Stores) -> None:
    runs: list[int] = []

    def lose(work: Work) -> None:
        runs.append(1)
        raise Retry("retry")

    with pytest.raises(Retry):
        stores.write(lose, ACTOR)
    assert len(runs) == (8 if stores.engine == "postgres" else 1)


def test_a_work_that_hides_its_lost_race_is_still_run_again(stores: Stores) -> None:
    runs: list[int] = []

    def hide(work: Work) -> str:
        work.durable.all("SELECT COUNT(*) FROM probe_standing")
        runs.append(1)
        if len(runs) == 1 and stores.engine == "postgres":
            stores.submit(block, ACTOR).result(10)
            with pytest.raises(Retry):
                block(work)
            raise ValueError("misleading")
        block(work)
        return "done"

    assert stores.write(hide, ACTOR) == "done"
    assert stores.read(lambda work: work.durable.one(STANDING, "s1")) == ((2,) if stores.engine == "postgres" else (1,))


def test_a_connection_lost_before_the_commit_costs_a_new_try(stores: Stores) -> None:
    if stores.engine == "sqlite":
        return  # a file has no connection to lose
    runs: list[int] = []

    def cut(work: Work) -> None:
        runs.append(1)
        block(work)
        if len(runs) == 1:
            work.durable.all("SELECT pg_terminate_backend(pg_backend_pid())")

    stores.write(cut, ACTOR)
    assert len(runs) == 2
    assert stores.read(lambda work: work.durable.one(STANDING, "s1")) == (1,)


def test_a_claimed_row_is_passed_over_by_others(stores: Stores) -> None:
    claim = "SELECT subject_id FROM probe_standing WHERE blocked = 0 ORDER BY subject_id LIMIT 1"
    taken: list[str] = []

    def take(work: Work) -> None:
        rows = work.durable.claim(claim)
        if stores.engine == "postgres" and not taken:
            taken.append(rows[0][0])
            stores.submit(take, ACTOR).result(10)
        else:
            taken.append(rows[0][0])
        work.durable.run("UPDATE probe_standing SET blocked = 1 WHERE subject_id = ?", rows[0][0])

    stores.write(take, ACTOR)
    if stores.engine == "sqlite":
        stores.write(take, ACTOR)
    assert taken == ["s1", "s2"]


def test_works_that_lock_each_other_out_both_end(stores: Stores) -> None:
    meet = threading.Barrier(2)

    def cross(one: str, two: str):
        tries: list[int] = []

        def act(work: Work) -> None:
            tries.append(1)
            work.durable.run("UPDATE probe_standing SET blocked = blocked + 1 WHERE subject_id = ?", one)
            if stores.engine == "postgres" and len(tries) == 1:
                meet.wait(10)
            work.durable.run("UPDATE probe_standing SET blocked = blocked + 1 WHERE subject_id = ?", two)

        return act

    futures = [stores.submit(cross("s1", "s2"), ACTOR), stores.submit(cross("s2", "s1"), ACTOR)]
    for future in futures:
        future.result(30)
    assert stores.read(lambda work: work.durable.all("SELECT blocked FROM probe_standing")) == [(2,), (2,)]
