"""What somebody with a copy of a file may try: put a store, both stores or the ledger back as they were (design 8, 16).

Each is noticed before the office writes anything, by name and with what to do.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from office import Applicant, House
from sandyq.app import chores, keys, start
from sandyq.app.office import Office
from sandyq.app.start import OutOfOrder
from sandyq.audit import store
from sandyq.audit.ledger import Ledger
from sandyq.clockwork import Clockwork
from sandyq.requests import Kind

engines = pytest.mark.parametrize("engine", ["sqlite"])
"""Files are copied by hand only where stores are files; databases have a test of their own below."""


@pytest.fixture
def victim(office: House) -> Applicant:
    """A started office and one of its people."""
    start.start(office.office)
    someone = office.applicant()
    office.office.publisher.publish(office.office.stores)
    return someone


def copy_of(office: House, tmp_path: Path, *folders: str) -> Path:
    """A copy of the stores (and folders) as somebody takes it at night, with the office closed without ceremony."""
    office.close()
    kept = tmp_path / "copy"
    kept.mkdir()
    for name in ("durable.db", "perishable.db"):
        shutil.copy(office.settings.folder / name, kept)
    for name in folders:
        shutil.copytree(office.settings.folder / name, kept / name)
    office.office = Office.open(office.settings, clock=office.clock)
    return kept


def destroyed(office: House, victim: Applicant) -> None:
    """Destroy them to the end, then close without ceremony."""
    victim.destroy()
    Clockwork(chores.chores(office.office)).run_once()
    office.close()


def put_back(office: House, kept: Path, *names: str) -> None:
    """Put files or folders of the copy over the office's."""
    for name in names:
        target = office.settings.folder / name
        if target.is_dir():
            shutil.rmtree(target)
            shutil.copytree(kept / name, target)
        else:
            shutil.copy(kept / name, target)


def found(office: House, **changed: object) -> set[tuple[str, str]]:
    """What a start says is wrong, as (code, first word of the place); the start must write nothing."""
    office.office = Office.open(replace(office.settings, **changed), clock=office.clock)
    before = office.look(lambda work: store.head(work.durable))
    with pytest.raises(OutOfOrder) as problem:
        start.start(office.office)
    assert office.look(lambda work: store.head(work.durable)) == before, "nothing was added to the log"
    assert all(fault.remedy for fault in problem.value.faults)
    return {(fault.code, fault.place.split()[0].strip(",")) for fault in problem.value.faults}


@engines
def test_the_perishable_store_alone(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    destroyed(office, victim)
    put_back(office, kept, "perishable.db")
    assert found(office) == {("store_old", "perishable")}


@engines
def test_a_start_that_was_refused_is_refused_again(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    destroyed(office, victim)
    put_back(office, kept, "perishable.db")
    for _ in range(2):
        assert found(office) == {("store_old", "perishable")}
        with pytest.raises(OutOfOrder):
            start.stop(office.office)


@engines
def test_an_office_that_nobody_checked_is_left_as_it_is_by_a_stop(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    destroyed(office, victim)
    put_back(office, kept, "perishable.db")
    office.office = Office.open(office.settings, clock=office.clock)
    with pytest.raises(OutOfOrder):
        start.stop(office.office)
    assert found(office) == {("store_old", "perishable")}


@engines
def test_the_durable_store_alone(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    destroyed(office, victim)
    put_back(office, kept, "durable.db")
    assert {("store_old", "durable"), ("database_behind", "ledger")} <= found(office)


@engines
def test_both_stores(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    destroyed(office, victim)
    put_back(office, kept, "durable.db", "perishable.db")
    assert {("store_old", "durable"), ("store_old", "perishable"), ("database_behind", "ledger")} <= found(office)


@engines
def test_both_stores_and_the_ledger_are_betrayed_by_the_log(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path, "ledger")
    destroyed(office, victim)
    put_back(office, kept, "durable.db", "perishable.db", "ledger")
    assert {code for code, _ in found(office)} == {"database_behind"}


@engines
def test_stores_ledger_and_log_are_betrayed_by_the_witness(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path, "ledger", "log")
    office.office.publisher.publish(office.office.stores, witness=True)
    victim.destroy()
    Clockwork(chores.chores(office.office)).run_once()
    office.office.publisher.publish(office.office.stores, witness=True)
    office.close()
    put_back(office, kept, "durable.db", "perishable.db", "ledger", "log")
    assert found(office) == {("database_behind", "witness")}


@engines
def test_a_perishable_store_from_before_the_keys_were_turned(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    keys.turn(office.office)
    office.close()
    put_back(office, kept, "perishable.db")
    assert ("store_old", "perishable") in found(office)


@engines
def test_a_perishable_store_from_before_the_last_round_of_marks(office: House, victim: Applicant, tmp_path: Path) -> None:
    kept = copy_of(office, tmp_path)
    office.applicant()
    Clockwork(chores.chores(office.office)).run_once()
    office.close()
    put_back(office, kept, "perishable.db")
    assert found(office) == {("store_old", "perishable")}, "else the reconciler would take the new person's rows for destroyed"


@pytest.fixture
def blocked(office: House, victim: Applicant) -> Path:
    """The ledger's file with two events in it, the office closed."""
    victim.done(Kind.BLOCK, reason="violation_claimed")
    office.applicant().done(Kind.BLOCK, reason="violation_claimed")
    start.stop(office.office)
    return office.settings.ledger_dir / "events.jsonl"


def test_a_missing_ledger(office: House, blocked: Path) -> None:
    blocked.unlink()
    assert found(office) == {("ledger_cut", "ledger")}


def test_a_ledger_cut_at_its_end(office: House, blocked: Path) -> None:
    blocked.write_bytes(b"".join(blocked.read_bytes().splitlines(keepends=True)[:1]))
    assert found(office) == {("ledger_cut", "ledger")}


def test_a_ledger_cut_in_the_middle_of_a_line(office: House, blocked: Path) -> None:
    blocked.write_bytes(blocked.read_bytes()[:-20])
    assert found(office) == {("ledger_cut", "ledger")}


def test_an_altered_ledger(office: House, blocked: Path) -> None:
    blocked.write_bytes(blocked.read_bytes().replace(b"violation_claimed", b"violation_forgiven", 1))
    assert found(office) == {("ledger_broken", "ledger")}


def test_a_ledger_rewritten_from_end_to_end_without_one_event(office: House, blocked: Path) -> None:
    events = list(Ledger(blocked.parent).events())
    blocked.unlink()
    Ledger(blocked.parent).ship(events[1:])
    assert found(office) == {("ledger_cut", "ledger")}


def test_a_missing_mark(office: House, blocked: Path) -> None:
    blocked.with_name("mark.json").unlink()
    assert found(office) == {("ledger_missing", "ledger")}


def test_an_older_mark(office: House, blocked: Path) -> None:
    mark = blocked.with_name("mark.json")
    old = json.loads(mark.read_text())
    mark.write_text(json.dumps({**old, "ledger": old["ledger"] - 1}))
    assert found(office) == {("ledger_old", "ledger")}


@pytest.mark.parametrize("engine", ["postgres"])
def test_databases_brought_back_by_hand(office: House, victim: Applicant, request: pytest.FixtureRequest) -> None:
    pairs = request.getfixturevalue("pairs")
    names = [dsn.rpartition("dbname=")[2] for dsn in (office.settings.durable_dsn, office.settings.perishable_dsn)]
    office.close()
    copies = pairs.server.make_pair(*names)
    try:
        office.office = Office.open(office.settings, clock=office.clock)
        destroyed(office, victim)
        durable, perishable = (pairs.server.dsn(copy) for copy in copies)
        assert {("store_old", "perishable")} == found(office, perishable_dsn=perishable)
        office.close()
        assert {("store_old", "durable"), ("database_behind", "ledger")} <= found(office, durable_dsn=durable)
        office.close()
    finally:
        pairs.server.drop(*copies)


def test_what_nobody_touched_starts(office: House, blocked: Path) -> None:
    office.office = Office.open(office.settings, clock=office.clock)
    start.start(office.office)
