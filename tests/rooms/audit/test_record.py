"""Entries that acts put into the log, on both engines."""

import hmac
import threading
from datetime import timedelta
from hashlib import sha256

import pytest

from sandyq import audit
from sandyq.audit import Act, Leaf, history, store
from sandyq.audit.history import LeafLinks
from sandyq.audit.recording import commit_to, decode
from sandyq.audit.sequencer import Sequencer, edge, move
from sandyq.audit.tree import Frontier, leaf_hash
from sandyq.clock import MovedClock
from sandyq.db import Actor, Stores, Work
from sandyq.errors import Misuse, TooLarge
from sandyq.settings import Settings

CLERK = Actor("staff", "clerk-1", "console", "sys-user")
SUBJECT = "01hzzzzzzzzzzzzzzzzzzzzzz1"
OTHER = "01hzzzzzzzzzzzzzzzzzzzzzz2"


def rows(stores: Stores) -> list[tuple[int, str, bytes]]:
    return stores.read(lambda work: store.entries(work, 0, 10_000))


def head_is_that_of(stores: Stores, found: list[tuple[int, str, bytes]]) -> bool:
    size, packed = stores.read(lambda work: store.head(work.durable)) or (0, b"")
    tree = Frontier()
    tree.extend([leaf_hash(body) for _, _, body in found])
    return (size, edge(size, packed).root()) == (tree.size, tree.root())


def test_an_entry_says_who_did_what_on_which_ground_and_nothing_empty(office) -> None:
    leaf = Leaf(Act.SHOWN, subject=SUBJECT, clause="2.9", article="94-V art. 7(1)", verdict="permitted", count=3)
    leaf_id = office.stores.write(lambda work: audit.record(work, leaf), CLERK)
    office.settle()
    [(number, stored_id, body)] = rows(office.stores)
    assert (number, stored_id) == (0, leaf_id)
    mark = hmac.digest(sha256(f"salt of {SUBJECT}".encode()).digest(), leaf_id.encode(), "sha256").hex()
    expected = (
        '{"act":"use.shown","actor":"clerk-1","actor_kind":"staff","article":"94-V art. 7(1)","at":%d,"clause":"2.9","count":3,'
        '"door":"console","id":"%s","os_user":"sys-user","subject":"%s","verdict":"permitted"}'
    )
    assert body.decode() == expected % (decode(body).at, leaf_id, mark)


def test_a_person_who_acts_for_themselves_is_named_nowhere_in_the_entry(office) -> None:
    for actor in (Actor("subject", SUBJECT, "portal"), Actor("public", SUBJECT, "form")):
        office.stores.write(lambda work: audit.record(work, Leaf(Act.CONSENT_WITHDRAWN, subject=SUBJECT)), actor)
    office.settle()
    assert all(SUBJECT.encode() not in body for _, _, body in rows(office.stores))


def test_the_salt_of_a_subject_is_read_once_in_a_work(office) -> None:
    office.record(5, SUBJECT)
    assert office.salts.read == 1


def test_the_salt_of_a_fresh_subject_is_taken_from_the_work_itself(office) -> None:
    def act(work: Work) -> str:
        work.salts[SUBJECT] = b"f" * 32
        return audit.record(work, Leaf(Act.COLLECTED, subject=SUBJECT))

    leaf_id = office.stores.write(act, CLERK)
    office.settle()
    assert office.salts.read == 0
    assert decode(rows(office.stores)[0][2]).subject == commit_to(b"f" * 32, leaf_id)


def test_recording_without_the_audit_installed_is_refused(stores: Stores) -> None:
    stores.hooks.salt_of = None
    with pytest.raises(Misuse, match="audit_not_installed"):
        stores.write(lambda work: audit.record(work, Leaf(Act.SHOWN, subject=SUBJECT)), CLERK)


def test_an_entry_too_large_for_a_bundle_fails_its_act(office) -> None:
    with pytest.raises(TooLarge):
        office.stores.write(lambda work: audit.record(work, Leaf(Act.SHOWN, object="x" * 70_000)), CLERK)
    office.settle()
    assert rows(office.stores) == []


def test_an_act_that_fails_leaves_no_entry_and_no_gap(office) -> None:
    def failing(work: Work) -> None:
        audit.record(work, Leaf(Act.SHOWN, subject=SUBJECT))
        raise ValueError("on the way")

    office.record()
    with pytest.raises(ValueError, match="on the way"):
        office.stores.write(failing, CLERK)
    office.record()
    office.settle()
    assert [number for number, _, _ in rows(office.stores)] == [0, 1]
    assert office.stores.read(lambda work: store.all_links(work)) == []


def test_entries_of_one_work_stay_together_and_works_stand_in_the_order_of_their_beginning(office) -> None:
    ids = [office.record(7) for _ in range(5)]
    office.settle()
    assert [leaf_id for _, leaf_id, _ in rows(office.stores)] == [each for work in ids for each in work]


def test_numbers_have_no_gap_under_concurrent_writers_and_a_clock_that_runs_backward(office, clock: MovedClock) -> None:
    made: list[str] = []

    def writer() -> None:
        for _ in range(15):
            clock.advance(timedelta(seconds=-1))
            made.extend(office.record(3, SUBJECT))

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        office.settle()  # while they write
        thread.join()
    office.settle()
    found = rows(office.stores)
    assert [number for number, _, _ in found] == list(range(180))
    assert sorted(leaf_id for _, leaf_id, _ in found) == sorted(made)
    assert head_is_that_of(office.stores, found)


def test_two_sequencers_at_once_number_each_entry_once(office) -> None:
    for _ in range(40):
        office.record(2)
    threads = [threading.Thread(target=office.settle) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = rows(office.stores)
    assert [number for number, _, _ in found] == list(range(80))
    assert head_is_that_of(office.stores, found)


def test_of_many_processes_one_is_elected_and_another_when_it_goes(office, settings: Settings) -> None:
    first, second = Sequencer(settings), Sequencer(settings)
    try:
        assert first.elected()
        assert first.elected()
        if settings.engine == "sqlite":
            assert second.elected()  # one process, no election
            return
        office.record(2)
        assert not second.elected()
        assert second.run_once(lambda fn: office.stores.write(fn, CLERK)) == 0
        assert first.run_once(lambda fn: office.stores.write(fn, CLERK)) == 1
        first.resign()
        assert second.elected()
    finally:
        first.resign()
        second.resign()


def test_a_sequencer_whose_connection_was_cut_stands_again(office, settings: Settings) -> None:
    if settings.engine == "sqlite":
        pytest.skip("SQLite has no election")
    sequencer = Sequencer(settings)
    assert sequencer.elected()
    sequencer._connection.close()
    assert not sequencer.elected()
    assert sequencer.elected()
    sequencer.resign()


def test_a_person_is_told_the_entries_about_them_and_no_others(office) -> None:
    mine = office.record(3, SUBJECT)
    office.record(2, OTHER)
    office.record(1)
    mine += office.record(1, SUBJECT)
    office.settle()
    seen = office.stores.read(lambda work: history.about(work, SUBJECT, limit=2))
    assert [each.entry.id for each in seen] == mine[:1:-1]
    rest = office.stores.read(lambda work: history.about(work, SUBJECT, before=seen[-1].number))
    assert [each.entry.id for each in rest] == mine[1::-1]
    assert [each.number for each in office.stores.read(lambda work: history.latest(work, limit=3))] == [6, 5, 4]


def test_after_the_salt_and_the_links_are_gone_nothing_ties_an_entry_to_the_person(office) -> None:
    office.record(3, SUBJECT)
    other = office.record(1, OTHER)
    links = LeafLinks()
    office.salts.shredded.add(SUBJECT)
    assert office.stores.write(lambda work: links.verify_gone(work, SUBJECT), CLERK) == ["subject_leaf: 3"]
    assert office.stores.write(lambda work: links.erase(work, SUBJECT, "rows"), CLERK) == 3
    later = office.record(1, SUBJECT)
    office.settle()
    assert office.stores.read(lambda work: links.verify_gone(work, SUBJECT)) == []
    assert office.stores.read(lambda work: history.about(work, SUBJECT)) == []
    by_id = {leaf_id: decode(body) for _, leaf_id, body in rows(office.stores)}
    assert by_id[later[0]].subject == ""
    known = (sha256(f"salt of {OTHER}".encode()).digest(), SUBJECT.encode(), b"")
    tied = {leaf_id for leaf_id, entry in by_id.items() for salt in known if commit_to(salt, leaf_id) == entry.subject}
    assert tied == set(other)
    assert all(SUBJECT.encode() not in body for _, _, body in rows(office.stores))


def test_moving_costs_nothing_when_nothing_waits(office) -> None:
    assert office.stores.write(move, CLERK) == 0
