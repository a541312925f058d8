"""Reads of what seldom changes: acts that share a commit share the answer, and nobody sees an old one."""

from sandyq.db import Actor, Stores, Work
from sandyq.db.sqlite_tx import table_of

WORKER = Actor("system", "test", "test")
PUT = "INSERT INTO outbox (outbox_id, kind, ref, target, state, attempts, next_us, created_us) VALUES (?, 'k', ?, '', 'waiting', 0, 0, 0)"
EVERY = "SELECT ref FROM outbox ORDER BY outbox_id"


def every(work: Work) -> list[str]:
    return [row[0] for row in work.durable.seldom(EVERY)]


def together(stores: Stores, *acts: object) -> list[object]:
    """The acts one behind the other, on SQLite in one commit; each with its answer or its error."""
    ends = []
    for act in acts:
        ends.append(stores.submit(act, WORKER))  # type: ignore[arg-type]
        if stores.engine == "postgres":
            ends[-1].exception()
    return [end.exception() or end.result() for end in ends]


def test_an_act_sees_what_it_and_those_before_it_wrote(stores: Stores) -> None:
    def put(key: str) -> object:
        def act(work: Work) -> tuple[list[str], list[str]]:
            before = every(work)
            work.durable.run(PUT, key, key)
            return before, every(work)

        return act

    assert together(stores, put("a"), put("b"), every) == [([], ["a"]), (["a"], ["a", "b"]), ["a", "b"]]
    stores.write(lambda work: work.durable.soon("UPDATE outbox SET ref = 'c' WHERE outbox_id = ?", "a"), WORKER)
    assert stores.write(every, WORKER) == ["c", "b"]


def test_what_a_failed_act_wrote_and_read_is_not_there_for_the_next(stores: Stores) -> None:
    def fails(work: Work) -> None:
        work.durable.many(PUT, [("a", "a"), ("b", "b")])
        assert every(work) == ["a", "b"]
        raise ValueError("given up")

    answers = together(stores, every, fails, every)
    assert [answers[0], answers[2]] == [[], []]
    assert isinstance(answers[1], ValueError)


def test_every_kind_of_write_names_its_table() -> None:
    assert {table_of(sql) for sql in (PUT, EVERY, "UPDATE outbox SET ref = ''", "DELETE FROM outbox", f"SELECT ref\n FROM outbox{''}")} == {
        "outbox"
    }
    assert table_of("WITH gone AS (SELECT 1) DELETE FROM outbox") == ""
