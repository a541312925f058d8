"""Due work: each chore does its piece, once, and by one process."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from office import House
from sandyq import distribute
from sandyq.app import chores, keys, start
from sandyq.app.chores import Chore
from sandyq.app.office import Office
from sandyq.audit import history, ledger
from sandyq.audit.leaf import Act
from sandyq.audit.ledger import Event, Ledger
from sandyq.clockwork import Clockwork
from sandyq.distribute.facts import Kind as Follow
from sandyq.distribute.facts import State
from sandyq.errors import NotReady, Tampered
from sandyq.requests import Kind


def once(office: House) -> int:
    return Clockwork(chores.chores(office.office)).run_once()


def acts(office: House) -> list[str]:
    """What the log says, the latest first."""
    return [row.entry.act for row in office.look(lambda work: history.latest(work, limit=1000))]


def test_a_round_of_work_ends_and_publishes_all_there_is(office: House) -> None:
    start.start(office.office)
    office.applicant()
    clockwork = Clockwork(chores.chores(office.office))
    assert clockwork.run_once() > 0
    published = office.office.publisher.published()
    assert published is not None
    assert published.head.size == len(acts(office))
    assert clockwork.run_once() == 0, "nothing is left"


def test_a_code_leaves_by_the_phone_and_a_lead_is_tried(office: House) -> None:
    start.start(office.office)
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    once(office)
    assert office.code(received) in office.office.sms.latest(person.phone[-4:])[0].text
    office.confirm(person, received)
    once(office)
    [lead] = office.look(lambda work: distribute.history(work, received.subject))
    assert lead.state is State.SENDING
    assert Act.TRANSFER_FAILED.value in acts(office)


def test_keys_are_turned_when_their_time_is_over_and_never_before(office: House) -> None:
    start.start(office.office)
    someone = office.applicant()
    once(office)
    assert [g.number for g in keys.status(office.office)] == [1]
    office.clock.advance(office.office.house.key_interval)
    once(office)
    assert [(g.number, g.state) for g in keys.status(office.office)] == [(1, "destroyed"), (2, "current")]
    assert office.office.ring.provider.present("kek") == [2]
    assert {Act.KEYS_ROTATED.value, Act.KEYS_DESTROYED.value} <= set(acts(office))
    assert someone.show().items
    once(office)
    assert len(keys.status(office.office)) == 2


def test_a_turn_that_stopped_half_way_is_finished_without_another(office: House) -> None:
    start.start(office.office)
    someone = office.applicant()
    office.do(lambda work: keys._begin(work, office.office))
    once(office)
    assert [(g.number, g.state) for g in keys.status(office.office)] == [(1, "destroyed"), (2, "current")]
    assert someone.show().items


def test_a_silent_recipient_is_chased_each_day(office: House) -> None:
    start.start(office.office)
    someone = office.applicant(to=[office.bank_a])
    once(office)
    someone.done(Kind.BLOCK, reason="violation_claimed")
    [recall] = [t for t in office.look(lambda w: distribute.history(w, someone.subject)) if t.kind is Follow.BLOCK]
    office.do(lambda work: distribute.records.settle(work, recall, (State.QUEUED, State.SENDING), State.SENT, "200"))
    office.clock.advance(timedelta(hours=25))
    once(office)
    [chased] = [t for t in office.look(lambda w: distribute.history(w, someone.subject)) if t.id == recall.id]
    assert chased.chased == 1


def test_the_sweep_walks_everybody_once_a_day(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "SWEEP_PAGE", 2)
    for _ in range(5):
        office.submit(office.person())
    sweep = chores.Sweep(office.office)
    assert [sweep.run() for _ in range(5)] == [2, 2, 1, 0, 0]
    office.clock.advance(timedelta(days=1))
    assert sweep.run() == 2


def test_a_second_process_leaves_to_the_first_what_one_must_do(office: House) -> None:
    if office.settings.engine != "postgres":
        pytest.skip("on SQLite there is no second process")
    start.start(office.office)
    once(office)
    second = Office.open(office.settings, clock=office.clock)
    office.submit(office.person())
    before = office.office.publisher.published().head.size
    for chore in chores.chores(second):
        if chore.name in ("numbers", "publish", "destruction", "keys"):
            chore.run()
    assert office.office.publisher.published().head.size == before
    once(office)
    assert office.office.publisher.published().head.size > before
    second.close()


def test_a_chore_that_fails_or_hangs_keeps_no_other_from_its_work() -> None:
    hung, went = threading.Event(), threading.Event()
    tries = []

    def fail() -> int:
        tries.append(1)
        raise NotReady("store_failed", store="durable", what="test") if len(tries) < 3 else KeyError

    def hang() -> int:
        hung.wait(20)
        return 0

    def go() -> int:
        if len(tries) > 3:
            went.set()
        return 0

    clockwork = Clockwork([Chore("hangs", 0.01, hang), Chore("fails", 0.01, fail), Chore("goes", 0.01, go)])
    clockwork.start()
    assert went.wait(20)
    hung.set()
    clockwork.stop()


def test_a_clean_stop_publishes_for_the_witness_and_starts_again(office: House) -> None:
    start.start(office.office)
    office.applicant().done(Kind.BLOCK, reason="violation_claimed")
    start.stop(office.office)
    office.office = Office.open(office.settings, clock=office.clock)
    witness = office.office.witnesses[0].latest()
    assert witness == office.office.folder.checkpoint()
    assert start.start(office.office).settled.clean


# --- the ledger ------------------------------------------------------------------------------------------------------------------------------


def event(number: int) -> Event:
    return Event(f"{number:026d}", "block.set", "0" * 26, number, {"state": str(number)})


def test_two_processes_append_to_one_ledger_in_turns(tmp_path: Path) -> None:
    one, two = Ledger(tmp_path), Ledger(tmp_path)
    for number in range(6):
        (one, two)[number % 2].ship([event(number)])
    assert [e.at_us for e in Ledger(tmp_path).events()] == list(range(6))
    assert one.head == two.head == Ledger(tmp_path).head


def test_an_event_that_stands_in_the_ledger_is_not_written_again(tmp_path: Path) -> None:
    Ledger(tmp_path).ship([event(1)])
    Ledger(tmp_path).ship([event(1), event(2)])
    assert [e.at_us for e in Ledger(tmp_path).events()] == [1, 2]


def test_half_a_line_of_a_crash_is_overwritten_by_the_next_append(tmp_path: Path) -> None:
    made = Ledger(tmp_path)
    made.ship([event(1), event(2)])
    made.path.write_bytes(made.path.read_bytes()[:-9])
    after = Ledger(tmp_path)
    assert [e.at_us for e in after.events()] == [1]
    after.ship([event(2), event(3)])
    assert [e.at_us for e in Ledger(tmp_path).events()] == [1, 2, 3]


def test_an_append_that_failed_leaves_nothing_behind_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Ledger(tmp_path)
    made.ship([event(1)])

    def full(_: int) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="no space"):
        broken.setattr("sandyq.audit.ledger.os.fsync", full)
        made.ship([event(2)])
    made.ship([event(2), event(3)])
    assert [e.at_us for e in Ledger(tmp_path).events()] == [1, 2, 3]


def test_nothing_is_appended_to_an_altered_ledger(tmp_path: Path) -> None:
    Ledger(tmp_path).ship([event(1), event(2)])
    path = Ledger(tmp_path).path
    path.write_bytes(path.read_bytes().replace(b'"state":"1"', b'"state":"9"'))
    with pytest.raises(Tampered, match="ledger_broken"):
        Ledger(tmp_path).ship([event(3)])


def test_a_full_disk_under_the_ledger_is_made_good_by_the_worker(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    start.start(office.office)
    someone = office.applicant()

    def full(_: list[Event]) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as broken:
        broken.setattr(office.office.stores.hooks, "after_events", full)
        someone.done(Kind.BLOCK, reason="violation_claimed")
    assert list(office.office.ledger.events()) == []
    once(office)
    assert [e.kind for e in office.office.ledger.events()] == ["block.set"]
    assert office.look(ledger.waiting) == []
