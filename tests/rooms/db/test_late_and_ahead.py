"""Writes that travel with the next statement and reads that are sent ahead: the same results as one by one, on both engines."""

import pytest

from sandyq.db import Actor, Duplicate, Stores, Work
from sandyq.errors import Misuse

WORKER = Actor("system", "test", "test")
PUT = "INSERT INTO outbox (outbox_id, kind, ref, target, state, attempts, next_us, created_us) VALUES (?, 'k', ?, '', 'waiting', 0, 0, 0)"
GET = "SELECT ref FROM outbox WHERE outbox_id = ?"


def test_a_late_write_is_seen_by_every_kind_of_next_statement(stores: Stores) -> None:
    def act(work: Work) -> list[object]:
        work.durable.soon(PUT, "a", "1")
        found: list[object] = [work.durable.one(GET, "a")]
        work.durable.soon(PUT, "b", "2")
        found.append(work.durable.run("UPDATE outbox SET ref = '3' WHERE outbox_id = ?", "b"))
        work.durable.soon(PUT, "c", "4")
        work.durable.many("UPDATE outbox SET ref = '5' WHERE outbox_id = ?", [("c",), ("a",)])
        found += [row[0] for row in work.durable.all("SELECT ref FROM outbox ORDER BY outbox_id")]
        work.durable.soon(PUT, "d", "6")
        return found

    assert stores.write(act, WORKER) == [("1",), 1, "5", "3", "5"]
    assert stores.read(lambda work: work.durable.one(GET, "d")) == ("6",)


def test_a_late_write_that_fails_fails_the_whole_work(stores: Stores) -> None:
    def act(work: Work) -> None:
        work.durable.soon(PUT, "a", "1")
        work.durable.soon(PUT, "a", "2")

    with pytest.raises(Duplicate):
        stores.write(act, WORKER)
    assert stores.read(lambda work: work.durable.all("SELECT ref FROM outbox")) == []


def test_answers_that_came_ahead_are_the_ones_asked_for(stores: Stores) -> None:
    stores.write(lambda work: work.durable.soon(PUT, "a", "1"), WORKER)
    stores.write(lambda work: work.durable.soon(PUT, "b", "2"), WORKER)

    def act(work: Work) -> list[object]:
        work.durable.ahead((GET, ("a",)), (GET, ("b",)), (GET, ("c",)))
        return [work.durable.one(GET, "b"), work.durable.lock_shared(GET, "a"), work.durable.all(GET, "c"), work.durable.one(GET, "b")]

    assert stores.write(act, WORKER) == [("2",), ("1",), [], ("2",)]


def test_a_write_between_makes_what_came_ahead_stale_and_it_is_read_anew(stores: Stores) -> None:
    stores.write(lambda work: work.durable.soon(PUT, "a", "1"), WORKER)

    def act(work: Work, late: bool) -> object:
        work.durable.ahead((GET, ("a",)), (GET, ("b",)))
        (work.durable.soon if late else work.durable.run)("UPDATE outbox SET ref = ref || '!' WHERE outbox_id = ?", "a")
        return work.durable.lock_shared(GET, "a")

    assert stores.write(lambda work: act(work, late=True), WORKER) == ("1!",)
    assert stores.write(lambda work: act(work, late=False), WORKER) == ("1!!",)


def test_nothing_travels_after_the_work_is_over(stores: Stores) -> None:
    kept: list[Work] = []

    def act(work: Work) -> None:
        work.durable.soon(PUT, "a", "1")
        kept.append(work)

    stores.write(act, WORKER)
    with pytest.raises(Misuse):
        kept[0].durable.soon(PUT, "b", "2")
