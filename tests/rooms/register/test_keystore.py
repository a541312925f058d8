"""Generations of keys on both engines: rotation keeps everything readable, then the old key is gone for good."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from register_people import CONTACT, NAME, opened, person

from sandyq.clock import MovedClock
from sandyq.db import Stores, Work
from sandyq.errors import Conflict, NotFound, NotReady, Retry, Tampered
from sandyq.register import items, keystore, subjects
from sandyq.register.keystore import datakeys, generations

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring
MONTH = timedelta(days=30)


def test_rotation_keeps_everything_readable_and_then_the_old_key_is_destroyed(
    write: Write, ring: Ring, keys: keystore.FileKeys, clock: MovedClock
) -> None:
    people = [write(lambda w: person(w, ring)) for _ in range(7)]
    salts = [write(lambda w, s=s: keystore.salt(w, ring, s)) for s, _ in people]
    old_key = keys.fetch("kek", 1)
    clock.advance(MONTH)
    assert write(lambda w: keystore.rotate(w, ring)) == 2
    assert write(lambda w: keystore.retire(w, ring)) == []
    newcomer, _ = write(lambda w: person(w, ring))
    assert keystore.rewrap_all(write, ring, limit=4) == 7 * 3
    assert write(lambda w: keystore.retire(w, ring)) == [1]
    assert keys.present("kek") == [2]
    fresh = keystore.Keyring(keys)
    for subject, _ in [*people, (newcomer, [])]:
        assert write(lambda w, s=subject: opened(w, fresh, s)) == NAME | CONTACT
    assert [write(lambda w, s=s: keystore.salt(w, fresh, s)) for s, _ in people] == salts
    assert old_key not in b"".join(path.read_bytes() for path in (keys._folder).iterdir())


def test_what_the_old_generation_wrapped_is_unreadable_even_from_a_copy_of_the_table(
    write: Write, ring: Ring, keys: keystore.FileKeys
) -> None:
    subject, ids = write(lambda w: person(w, ring))
    backup = write(lambda w: w.perishable.all("SELECT subject_id, key_id, generation, wrapped FROM wrapped_key WHERE key_id = ?", ids[0]))
    write(lambda w: items.erase_keys(w, subject, ids[:1]))
    write(lambda w: keystore.rotate(w, ring))
    keystore.rewrap_all(write, ring)
    write(lambda w: keystore.retire(w, ring))
    write(lambda w: w.perishable.run("INSERT INTO wrapped_key (subject_id, key_id, generation, wrapped) VALUES (?, ?, ?, ?)", *backup[0]))
    with pytest.raises(Retry, match="key_generation_gone"):
        write(lambda w: opened(w, keystore.Keyring(keys), subject))


def test_a_rotation_stopped_halfway_goes_on_where_it_was(write: Write, ring: Ring) -> None:
    for _ in range(5):
        write(lambda w: person(w, ring))
    write(lambda w: keystore.rotate(w, ring))
    after, moved = write(lambda w: keystore.rewrap(w, ring, generations.START, 4))
    assert after is not None
    assert moved == 4
    assert write(lambda w: keystore.retire(w, ring)) == []
    write(lambda w: keystore.rotate(w, ring))
    assert keystore.rewrap_all(write, ring, limit=4) == 15
    assert write(lambda w: keystore.retire(w, ring)) == [1, 2]


def test_a_running_process_forgets_a_destroyed_key(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    write(lambda w: keystore.rotate(w, ring))
    keystore.rewrap_all(write, ring)
    write(lambda w: keystore.retire(w, ring))
    write(lambda w: person(w, ring))
    assert set(ring._keks) == {2}
    assert write(lambda w: opened(w, ring, subject)) == NAME | CONTACT


def test_a_crash_before_the_key_file_goes_is_made_good_at_start(write: Write, ring: Ring, keys: keystore.FileKeys) -> None:
    write(lambda w: keystore.rotate(w, ring))
    old = keys.fetch("kek", 1)
    write(lambda w: keystore.retire(w, ring))
    (keys._folder / "kek-000001.key").write_bytes(old)
    keys.create("kek", 9)
    assert write(lambda w: keystore.sweep_files(w, ring)) == 1
    assert keys.present("kek") == [2, 9]
    assert write(lambda w: keystore.sweep_files(w, ring)) == 0
    assert write(lambda w: keystore.rotate(w, ring)) == 10


def test_a_rotation_that_is_rolled_back_leaves_the_office_as_it_was(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))

    def fails(work: Work) -> None:
        keystore.rotate(work, ring)
        raise Conflict("never mind")

    with pytest.raises(Conflict):
        write(fails)
    assert write(lambda w: ring.live(w)).kek == (1,)
    assert write(lambda w: opened(w, ring, subject)) == NAME | CONTACT
    assert write(lambda w: keystore.rotate(w, ring)) > 1


def test_a_wrapped_key_moved_to_another_row_is_noticed(write: Write, ring: Ring) -> None:
    subject, ids = write(lambda w: person(w, ring))
    other, _ = write(lambda w: person(w, ring))
    strange = write(lambda w: w.perishable.one("SELECT wrapped FROM wrapped_key WHERE subject_id = ? AND key_id = 'salt'", other))[0]
    write(lambda w: w.perishable.run("UPDATE wrapped_key SET wrapped = ? WHERE key_id = ?", strange, ids[0]))
    with pytest.raises(Tampered, match="wrap_broken"):
        write(lambda w: opened(w, ring, subject))
    write(lambda w: keystore.rotate(w, ring))
    with pytest.raises(Tampered, match="wrap_broken"):
        keystore.rewrap_all(write, ring)


def test_a_salt_is_shredded_by_itself(write: Write, ring: Ring) -> None:
    subject, _ = write(lambda w: person(w, ring))
    assert len(write(lambda w: keystore.salt(w, ring, subject))) == 32
    assert write(lambda w: datakeys.shred_salt(w, subject)) == 1
    assert write(lambda w: datakeys.shred_salt(w, subject)) == 0
    with pytest.raises(NotFound, match="salt_gone"):
        write(lambda w: keystore.salt(w, ring, subject))
    assert write(lambda w: opened(w, ring, subject)) == NAME | CONTACT


def test_the_status_says_when_a_deleted_key_comes_back_from_no_backup(write: Write, ring: Ring, clock: MovedClock) -> None:
    write(lambda w: person(w, ring))
    start, backups = clock.now(), timedelta(days=14)
    (only,) = write(lambda w: keystore.status(w, ring, backups))
    assert (only.state, only.keys, only.fetchable, only.planned) == ("current", 3, True, True)
    assert only.unrecoverable_at == start + MONTH + backups
    generation = write(keystore.newest_wrap)
    clock.advance(MONTH)
    write(lambda w: keystore.rotate(w, ring))
    keystore.rewrap_all(write, ring)
    clock.advance(timedelta(hours=1))
    write(lambda w: keystore.retire(w, ring))
    first, second = write(lambda w: keystore.status(w, ring, backups))
    assert (first.state, first.keys, first.fetchable, first.planned) == ("destroyed", 0, False, False)
    assert first.unrecoverable_at == clock.now() + backups
    assert (second.state, second.keys) == ("current", 3)
    assert write(lambda w: keystore.unrecoverable_at(w, generation, backups)) == (clock.now() + backups, False)


def test_an_office_without_keys_says_what_to_do(write: Write, keys: keystore.FileKeys) -> None:
    bare = keystore.Keyring(keys)
    with pytest.raises(NotReady, match="keys_not_founded"):
        write(lambda w: subjects.create(w, bare))
    write(lambda w: keystore.found(w, bare))
    with pytest.raises(Conflict, match="keys_founded"):
        write(lambda w: keystore.found(w, bare))


def test_key_files_are_for_their_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "k"
    files = keystore.FileKeys(place)
    files.create("kek", 1)
    key = files.fetch("kek", 1)
    assert len(key) == 32
    assert (place / "kek-000001.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotReady, match="key_exists"):
        files.create("kek", 1)
    assert files.fetch("kek", 1) == key
    assert sorted(os.listdir(place)) == ["kek-000001.key"]
    files.destroy("kek", 1)
    files.destroy("kek", 1)
    with pytest.raises(NotFound):
        files.fetch("kek", 1)
    (place / "kek-000002.key").write_bytes(b"short")
    with pytest.raises(NotReady, match="key_damaged"):
        files.fetch("kek", 2)
    place.chmod(0o755)
    with pytest.raises(NotReady, match="keys_folder_open"):
        keystore.FileKeys(place)


def test_the_offices_own_keys_differ_by_use_and_come_back_after_a_restart(ring: Ring, keys: keystore.FileKeys) -> None:
    assert ring.office("webhooks") != ring.office("totp")
    assert keystore.Keyring(keys).office("totp") == ring.office("totp")


def test_a_race_between_a_rotation_and_a_create_leaves_no_key_under_a_destroyed_generation(
    stores: Stores, write: Write, ring: Ring
) -> None:
    from register_people import ACTOR

    people = [stores.submit(lambda w: person(w, ring), ACTOR) for _ in range(8)]
    rotation = stores.submit(lambda w: keystore.rotate(w, ring), ACTOR)
    people += [stores.submit(lambda w: person(w, ring), ACTOR) for _ in range(8)]
    rotation.result(30)
    keystore.rewrap_all(write, ring)
    retired = write(lambda w: keystore.retire(w, ring))
    for made in people:
        subject, _ = made.result(30)
        assert write(lambda w, s=subject: opened(w, ring, s)) == NAME | CONTACT
    used = {row[0] for row in write(lambda w: w.perishable.all("SELECT DISTINCT generation FROM wrapped_key"))}
    assert not used & set(retired)
