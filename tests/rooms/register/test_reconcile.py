"""The reconciler settles what a crash leaves between the two commits, both ways, and can be run again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from register_people import ACTOR, CONTACT, NAME, opened, permit, person

from sandyq.clock import MovedClock, micros
from sandyq.db import Stores, Work
from sandyq.errors import NotReady
from sandyq.law.vocabulary import Operation
from sandyq.register import index, items, keystore, media, reconcile, subjects
from sandyq.register.index import Identifiers
from sandyq.register.items import NewItem
from sandyq.register.reconcile import Counts

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring
ALL = reconcile.EVERYTHING
PHONE = "+77000000475"


def full(work: Work, ring: Ring) -> str:
    """A person with items, a token and evidence."""
    subject, _ = person(work, ring)
    index.put(work, ring, subject, Identifiers(phones=(PHONE,)))
    items.put_evidence(work, ring, subject, NewItem("consent", {"ip": "192.0.2.7"}, ground="25(2)(5)", term_rule="proof", klass="evidence"))
    return subject


def crash_after_perishable(stores: Stores, fn: Callable[[Work], Any]) -> None:
    """Run an act whose second commit never happens."""

    def die(step: str) -> None:
        if step == "durable.commit":
            raise OSError("power cut")

    stores.hooks.at_step = die
    try:
        with pytest.raises(Exception):  # noqa: B017 each engine tells it in its own way
            stores.write(fn, ACTOR)
    finally:
        stores.hooks.at_step = None


def counts(write: Write, folder: Path, **how: Any) -> Counts:
    return reconcile.run(write, folder, how.pop("settled_us", ALL), **how)


def test_an_office_in_order_is_left_as_it_is(write: Write, ring: Ring, folder: Path) -> None:
    people = [write(lambda w: full(w, ring)) for _ in range(5)]
    assert counts(write, folder, size=2).clean
    for subject in people:
        assert write(lambda w, s=subject: opened(w, ring, s)) == NAME | CONTACT
        assert write(lambda w, s=subject: items.verify_gone(w, s, [i.item_id for i in items.legal(w, s)]))


def test_keys_salts_and_tokens_of_a_create_that_never_got_its_rows_go(stores: Stores, write: Write, ring: Ring, folder: Path) -> None:
    stays = write(lambda w: full(w, ring))
    for _ in range(3):
        crash_after_perishable(stores, lambda w: full(w, ring))
    assert len(write(lambda w: index.find(w, ring, "phone", PHONE)).matches) == 4
    assert counts(write, folder, size=2) == Counts(orphan_keys=9, orphan_salts=3, orphan_tokens=3)
    assert write(lambda w: index.find(w, ring, "phone", PHONE)).subjects == [stays]
    assert counts(write, folder, size=2).clean
    assert write(lambda w: opened(w, ring, stays)) == NAME | CONTACT


def test_keys_of_a_further_version_that_never_got_its_row_go_and_the_first_stays(
    stores: Stores, write: Write, ring: Ring, folder: Path
) -> None:
    subject = write(lambda w: full(w, ring))
    again = NewItem("6.2.7", CONTACT)
    crash_after_perishable(stores, lambda w: items.put(w, ring, permit(w, subject, Operation.CHANGE), [again]))
    assert counts(write, folder) == Counts(orphan_keys=1)
    assert write(lambda w: opened(w, ring, subject)) == NAME | CONTACT


def test_rows_of_a_destruction_that_only_got_to_its_keys_go(write: Write, ring: Ring, folder: Path) -> None:
    people = [write(lambda w: full(w, ring)) for _ in range(4)]
    for subject in people[:3]:
        ids = [i.item_id for i in write(lambda w, s=subject: items.legal(w, s)) if i.klass == "data"]
        write(lambda w, s=subject, i=ids: items.erase_keys(w, s, i))
    assert counts(write, folder, size=2) == Counts(unreadable_items=6)
    assert counts(write, folder, size=2).clean
    assert [len(write(lambda w, s=s: items.legal(w, s))) for s in people] == [1, 1, 1, 3]


def test_uploads_are_settled_in_every_direction(stores: Stores, write: Write, ring: Ring, folder: Path, clock: MovedClock) -> None:
    subject, ids = write(lambda w: person(w, ring))
    us = micros(clock.now())

    def received() -> media.Upload:
        return media.receive(folder, [b"%PDF-1.7" + bytes(100)], us)

    stays, unkeyed, unfiled, unkept, crashed = (received() for _ in range(5))
    for upload in (stays, unkeyed, unfiled):
        write(lambda w, u=upload: media.keep(w, ring, subject, u, ids[0], "document_copy"))
    write(lambda w: media.erase_keys(w, subject, [unkeyed.media_id]))
    (folder / unfiled.media_id).unlink()
    crash_after_perishable(stores, lambda w: media.keep(w, ring, subject, crashed, ids[0], "document_copy"))
    (folder / f"{unkept.media_id}.part").write_bytes(b"half")
    found = counts(write, folder)
    assert found == Counts(orphan_keys=1, unreadable_media=1, orphan_files=4, files_missing=1)
    assert media.stored(folder) == [stays.media_id]
    assert counts(write, folder) == Counts(files_missing=1)


def test_what_is_younger_than_the_settled_instant_is_left_to_its_worker(
    stores: Stores, write: Write, ring: Ring, folder: Path, clock: MovedClock
) -> None:
    crash_after_perishable(stores, lambda w: full(w, ring))
    media.receive(folder, [b"%PDF-1.7" + bytes(100)], micros(clock.now()))
    assert counts(write, folder, settled_us=micros(clock.now())).clean
    later = counts(write, folder, settled_us=micros(clock.now()) + 1000)
    assert later == Counts(orphan_keys=3, orphan_salts=1, orphan_tokens=1, orphan_files=1)


def test_a_perishable_store_that_looks_lost_is_not_followed_into_the_durable_one(write: Write, ring: Ring, folder: Path) -> None:
    subject = write(lambda w: full(w, ring))
    write(lambda w: w.perishable.run("DELETE FROM wrapped_key"))
    with pytest.raises(NotReady, match="too_many_unreadable"):
        counts(write, folder, doubtful=2)
    assert len(write(lambda w: items.legal(w, subject))) == 3


def test_a_destroyed_subject_keeps_its_bare_row_and_evidence(write: Write, ring: Ring, folder: Path) -> None:
    subject = write(lambda w: full(w, ring))
    assert write(lambda w: subjects.mark_destroyed(w, subject))
    assert counts(write, folder).clean
    assert not write(lambda w: subjects.alive(w, subject))
