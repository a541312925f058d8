"""A store copied back by hand, or a ledger that is missing or old, is noticed at start; every crash between two steps is not mistaken for one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandyq.clock import MovedClock
from sandyq.db import Actor, Stores, pair
from sandyq.errors import NotReady
from sandyq.settings import Settings

ACTOR = Actor("system", "test", "test")
MARK = "UPDATE mark SET pair = ?, count = ?, ledger = ?"


def codes(stores: Stores, ledger: Path) -> set[tuple[str, str]]:
    return {(problem.code, problem.place) for problem in pair.check_marks(stores, ledger)}


def copy_of(stores: Stores, *names: str) -> Callable[[], None]:
    """Remember the marks of some stores as they are; the returned call puts them back, as an old copy of the file would."""
    kept = {name: stores.read(pair.read_marks)[name] for name in names}

    def put_back() -> None:
        for name, mark in kept.items():
            stores.write(lambda work, name=name, mark=mark: getattr(work, name).run(MARK, mark.pair, mark.count, mark.ledger), ACTOR)

    return put_back


@pytest.fixture
def ledger(settings: Settings, stores: Stores) -> Path:
    pair.advance_marks(stores, settings.ledger_dir)
    return settings.ledger_dir


def test_fresh_stores_without_a_ledger_are_no_problem(stores: Stores, settings: Settings) -> None:
    assert pair.check_marks(stores, settings.ledger_dir) == []


def test_many_clean_starts_are_no_problem(stores: Stores, ledger: Path) -> None:
    for _ in range(3):
        assert codes(stores, ledger) == set()
        pair.advance_marks(stores, ledger)
    assert codes(stores, ledger) == set()


@pytest.mark.parametrize("store", ["durable", "perishable"])
def test_an_old_copy_of_one_store_is_named(stores: Stores, ledger: Path, store: str) -> None:
    put_back = copy_of(stores, store)
    pair.advance_marks(stores, ledger)
    put_back()
    assert codes(stores, ledger) == {("store_old", store)}


def test_old_copies_of_both_stores_are_named(stores: Stores, ledger: Path) -> None:
    put_back = copy_of(stores, "durable", "perishable")
    pair.advance_marks(stores, ledger)
    put_back()
    assert codes(stores, ledger) == {("store_old", "durable"), ("store_old", "perishable")}


def test_a_copy_made_before_an_erasure_of_the_same_run_is_noticed(stores: Stores, ledger: Path) -> None:
    put_back = copy_of(stores, "durable", "perishable")
    stores.write(pair.bump_marks, ACTOR)
    pair.note_marks(stores, ledger)
    assert codes(stores, ledger) == set()
    put_back()
    assert codes(stores, ledger) == {("store_old", "durable"), ("store_old", "perishable")}


def test_a_stop_before_the_file_is_written_after_an_erasure_is_no_problem(stores: Stores, ledger: Path) -> None:
    stores.write(pair.bump_marks, ACTOR)
    assert codes(stores, ledger) == set()


def test_a_missing_ledger_is_noticed(stores: Stores, ledger: Path) -> None:
    shutil.rmtree(ledger)
    assert codes(stores, ledger) == {("ledger_missing", "ledger")}
    with pytest.raises(NotReady):
        pair.advance_marks(stores, ledger)


def test_an_old_ledger_is_noticed(stores: Stores, ledger: Path) -> None:
    old = (ledger / pair.FILE_NAME).read_text()
    pair.advance_marks(stores, ledger)
    (ledger / pair.FILE_NAME).write_text(old)
    assert codes(stores, ledger) == {("ledger_old", "ledger")}


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"pair": "x", "ledger": "y", "counts": {}}'])
def test_an_unreadable_ledger_is_noticed(stores: Stores, ledger: Path, text: str) -> None:
    (ledger / pair.FILE_NAME).write_text(text)
    assert codes(stores, ledger) == {("ledger_unreadable", "ledger")}


def test_a_store_of_another_office_is_named(stores: Stores, ledger: Path) -> None:
    stores.write(lambda work: work.perishable.run(MARK, "another", 1000, 1), ACTOR)
    assert codes(stores, ledger) == {("store_of_another_pair", "perishable")}


def test_a_store_begun_anew_is_named(stores: Stores, ledger: Path) -> None:
    stores.write(lambda work: work.durable.run("DELETE FROM mark"), ACTOR)
    assert codes(stores, ledger) == {("store_unmarked", "durable")}


@pytest.mark.parametrize("step", ["perishable.commit", "durable.commit", "committed"])
def test_a_start_that_breaks_off_at_any_step_is_not_mistaken_for_a_copy(stores: Stores, ledger: Path, step: str) -> None:
    def stop(name: str) -> None:
        if name == step:
            raise OSError("pulled plug")

    stores.hooks.at_step = stop
    with pytest.raises((OSError, NotReady)):
        pair.advance_marks(stores, ledger)
    stores.hooks.at_step = None
    assert codes(stores, ledger) == set()
    pair.advance_marks(stores, ledger)
    assert codes(stores, ledger) == set()


def test_after_a_restore_the_stores_are_joined_anew_and_older_copies_stay_refused(stores: Stores, ledger: Path) -> None:
    put_back = copy_of(stores, "durable", "perishable")
    pair.advance_marks(stores, ledger)
    put_back()
    pair.join_marks(stores, ledger)
    assert codes(stores, ledger) == set()
    put_back()
    assert {code for code, _ in codes(stores, ledger)} == {"store_of_another_pair"}


def test_a_real_file_copied_back_is_noticed(tmp_path: Path, clock: MovedClock) -> None:
    settings = Settings(tmp_path / "office")
    for start in range(2):
        stores = Stores.open(settings, clock)
        pair.advance_marks(stores, settings.ledger_dir)
        stores.close()
        if start == 0:
            shutil.copy(settings.perishable_file, tmp_path / "yesterday.db")
    shutil.copy(tmp_path / "yesterday.db", settings.perishable_file)
    stores = Stores.open(settings, clock)
    assert codes(stores, settings.ledger_dir) == {("store_old", "perishable")}
    stores.close()
