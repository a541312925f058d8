"""Versions in force: what was installed decides, whatever became of the files."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from policy_offices import Office

from sandyq.clock import MovedClock
from sandyq.db import Actor, Stores, Work
from sandyq.errors import Conflict, Denied, NotFound, NotReady, Tampered
from sandyq.law.vocabulary import Reading
from sandyq.policy import acts, loader, records
from sandyq.policy.facts import Edition, Installed

T = TypeVar("T")
HEAD = Actor("staff", "head-of-the-operator", "test")
PACK = loader.load_pack()


@pytest.fixture
def do(stores: Stores) -> Callable[[Callable[[Work], T]], T]:
    return lambda fn: stores.write(fn, HEAD)


@pytest.fixture(scope="module")
def sample() -> Edition:
    return loader.load(*loader.sample_files())


@pytest.fixture(autouse=True)
def forget() -> None:
    """What is compiled in one test must not answer in another."""
    acts._compiled.clear()


def test_before_the_first_installation_the_office_is_not_ready(do) -> None:
    with pytest.raises(NotReady, match="no_policy"):
        do(acts.in_force)


def test_what_was_installed_is_in_force_with_its_words_rules_and_deadlines(do, sample: Edition) -> None:
    version = do(lambda work: acts.install(work, sample, PACK))
    acts._compiled.clear()
    force = do(acts.in_force)
    assert force.installed == version
    assert force.installed.reading is Reading.STRICT
    assert force.edition.digest == sample.digest
    assert force.edition.data == sample.data
    assert force.edition.synthetic
    assert force.book.pack.digest == PACK.digest
    assert force.book.policy == sample.policy
    assert force.deadlines == PACK.deadlines


def test_the_book_is_compiled_once_for_its_digests(do, sample: Edition) -> None:
    do(lambda work: acts.install(work, sample, PACK))
    assert do(acts.in_force).book is do(acts.in_force).book


def test_a_later_version_takes_over_at_its_instant_and_the_old_book_can_still_be_had(
    do, sample: Edition, clock: MovedClock, tmp_path: Path
) -> None:
    office = Office(tmp_path)
    office.change("Жалпы ережелер", "Жалпы қағидалар", "clauses.yaml")
    changed = office.load()
    do(lambda work: acts.install(work, sample, PACK))
    start = clock.now() + timedelta(days=3)
    do(lambda work: acts.install(work, changed, PACK, start=start))
    assert do(acts.in_force).edition.digest == sample.digest
    clock.move(start)
    assert do(acts.in_force).edition.digest == changed.digest
    assert [version.policy_digest for version in do(acts.history)] == [sample.digest, changed.digest]
    old = do(lambda work: acts.book_of(work, sample.digest, PACK.digest))
    assert old.policy.digest == sample.digest
    with pytest.raises(NotFound):
        do(lambda work: acts.book_of(work, "0" * 64, PACK.digest))


def test_of_two_versions_from_one_instant_the_last_installed_is_in_force(do, sample: Edition, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.change("Жалпы ережелер", "Жалпы қағидалар", "clauses.yaml")
    changed = office.load()
    do(lambda work: acts.install(work, sample, PACK))
    do(lambda work: acts.install(work, changed, PACK))
    assert do(acts.in_force).edition.digest == changed.digest


def test_a_policy_with_open_gaps_is_not_installed_and_the_refusal_names_them(do) -> None:
    alone = loader.load(loader.sample_files()[0])
    with pytest.raises(Conflict) as caught:
        do(lambda work: acts.install(work, alone, PACK))
    assert caught.value.code == "policy_gaps_open"
    assert "silent-bin" in str(caught.value.params["gaps"])
    assert do(acts.history) == ()


def test_nothing_comes_in_force_in_the_past(do, sample: Edition, clock: MovedClock) -> None:
    with pytest.raises(Conflict, match="start_in_past"):
        do(lambda work: acts.install(work, sample, PACK, start=clock.now() - timedelta(seconds=1)))


def test_the_policys_own_words_need_an_acceptance_of_this_very_text(do, sample: Edition, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.change("Жалпы ережелер", "Жалпы қағидалар", "clauses.yaml")
    other = office.load()

    def install(edition: Edition, acceptance: str) -> Installed:
        return do(lambda work: acts.install(work, edition, PACK, Reading.AS_PUBLISHED, acceptance))

    acceptance = do(lambda work: acts.accept_as_published(work, sample, "order 7"))
    for edition, given in ((sample, ""), (sample, "not-an-id"), (other, acceptance)):
        with pytest.raises(Conflict, match="acceptance_missing"):
            install(edition, given)
    install(sample, acceptance)
    force = do(acts.in_force)
    assert (force.installed.reading, force.installed.acceptance) == (Reading.AS_PUBLISHED, acceptance)


def test_an_acceptance_is_given_by_staff_on_a_document(stores: Stores, do, sample: Edition) -> None:
    with pytest.raises(Denied):
        stores.write(lambda work: acts.accept_as_published(work, sample, "order 7"), Actor("system", "", "test"))
    with pytest.raises(Conflict, match="acceptance_without_document"):
        do(lambda work: acts.accept_as_published(work, sample, "  "))


def test_a_text_changed_or_lost_in_the_store_is_noticed(do, sample: Edition) -> None:
    do(lambda work: acts.install(work, sample, PACK))
    acts._compiled.clear()
    do(lambda work: work.durable.run("UPDATE policy_text SET body = replace(body, 'mega-zaim.kz', 'other.kz') WHERE kind = 'policy'"))
    with pytest.raises(Tampered, match="policy_text_changed"):
        do(acts.in_force)
    do(lambda work: work.durable.run("DELETE FROM policy_text WHERE kind = 'policy'"))
    with pytest.raises(Tampered, match="policy_text_missing"):
        do(acts.in_force)


def test_the_data_map_names_every_column(do) -> None:
    assert {name.split(".")[0] for name in records.COLUMNS} == {"policy_text", "policy_version", "policy_acceptance", "calendar_decree"}
    for name in records.COLUMNS:
        table, column = name.split(".")
        do(lambda work, table=table, column=column: work.durable.all(f"SELECT {column} FROM {table}"))
