"""The outbox: references only, claimed by one, tried again for days, stopped where told (design 18)."""

from datetime import timedelta

from sandyq import outbox
from sandyq.clock import MovedClock
from sandyq.db import Actor, Stores

WORKER = Actor("system", "clockwork", "worker")


def put(stores: Stores, ref: str = "subject:transfer", **more: int) -> str:
    return stores.write(lambda work: outbox.put(work, "transfer", ref, "target", **more), WORKER)


def claimed(stores: Stores, limit: int = 10) -> list[outbox.Row]:
    return stores.write(lambda work: outbox.claim(work, limit), WORKER)


def test_a_claimed_row_is_nobody_elses_until_its_claim_runs_out(stores: Stores, clock: MovedClock) -> None:
    put(stores)
    (row,) = claimed(stores)
    assert claimed(stores) == []
    clock.advance(timedelta(microseconds=outbox.CLAIM_LASTS))
    (again,) = claimed(stores)
    assert (again.id, again.attempts) == (row.id, 2)


def test_workers_at_once_share_the_rows_and_none_is_taken_twice(stores: Stores) -> None:
    wanted = {put(stores, f"s:{n}") for n in range(12)}
    futures = [stores.submit(lambda work: outbox.claim(work, 5), WORKER) for _ in range(4)]
    taken = [row.id for future in futures for row in future.result(30)]
    assert len(taken) == len(set(taken))
    assert set(taken) <= wanted
    assert set(taken) | {row.id for row in claimed(stores, 20)} == wanted


def test_a_row_is_not_due_before_its_time(stores: Stores, clock: MovedClock) -> None:
    put(stores, after=60_000_000)
    assert claimed(stores) == []
    clock.advance(timedelta(seconds=60))
    assert len(claimed(stores)) == 1


def test_pauses_grow_to_six_hours_and_after_three_days_it_is_given_up(stores: Stores, clock: MovedClock) -> None:
    put(stores)
    pauses, started = [], clock.now()
    while True:
        (row,) = claimed(stores)
        if not stores.write(lambda work, row=row: outbox.again(work, row), WORKER):
            break
        before = clock.now()
        while not stores.read(lambda work: work.durable.one("SELECT 1 FROM outbox WHERE state = 'waiting' AND next_us <= ?", work.us)):
            clock.advance(timedelta(seconds=5))
        pauses.append((clock.now() - before).total_seconds())
    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) == 6 * 3600
    assert pauses == sorted(pauses)
    assert clock.now() - started > timedelta(hours=72)
    assert stores.read(outbox.waiting) == []


def test_what_is_cancelled_is_not_claimed_and_a_finished_row_stays_finished(stores: Stores) -> None:
    put(stores, "a:1")
    put(stores, "a:2")
    stores.write(lambda work: outbox.cancel(work, "a:1"), WORKER)
    (row,) = claimed(stores)
    stores.write(lambda work: outbox.finish(work, row, "done"), WORKER)
    stores.write(lambda work: outbox.finish(work, row, "withheld"), WORKER)
    assert stores.read(lambda work: work.durable.one("SELECT state FROM outbox WHERE outbox_id = ?", row.id)) == ("done",)
    assert stores.write(outbox.cancel_all, WORKER) == 0
