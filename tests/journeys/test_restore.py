"""Scenarios 9, 10 and 11: what is destroyed is gone, a release lets the sweep through, and a backup brings nothing back (2.2, 2.5, 4.1.4, 8.1)."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from office import Applicant, House
from sandyq import block, collect, consent, destroy, distribute, relations, requests
from sandyq.app import backup, chores, keys, pending, plans, restore, start
from sandyq.app.office import Office
from sandyq.app.pending import Stage
from sandyq.audit import history
from sandyq.audit.leaf import Act
from sandyq.clockwork import Clockwork
from sandyq.db import Work
from sandyq.distribute.facts import Kind as Follow
from sandyq.distribute.facts import State
from sandyq.errors import Conflict, NotFound, NotReady, Tampered
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind, GrantState, StateKind
from sandyq.requests import Kind, Order


@pytest.fixture(autouse=True)
def programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the very server that the tests run on."""
    if "postgres" in request.node.name:
        server = request.getfixturevalue("postgres")
        monkeypatch.setenv("PATH", f"{server.binaries}{os.pathsep}{os.environ['PATH']}")


def round_of_work(office: House) -> None:
    """Everything that is due, as the worker does it."""
    Clockwork(chores.chores(office.office)).run_once()


def traces(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Files below a folder in which a value stands in clear."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    forms = [form for secret in secrets for form in (secret.encode(), secret.encode("utf-16-le"))]
    return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


def bring_back(office: House, folder: Path) -> restore.Restored:
    """Close the office, restore a backup, open it again and start it."""
    office.close()
    done = restore.restore(office.settings, folder, clock=office.clock)
    open_again(office)
    start.start(office.office)
    return done


def open_again(office: House) -> None:
    office.office = Office.open(office.settings, clock=office.clock)


def left_of(office: House, subject: str) -> list[str]:
    """What any room still finds of a person who should be gone."""
    return office.look(lambda work: [found for holder in office.office.holders for found in holder.verify_gone(work, subject)])


def in_a_process_that_dies(office: House, act: Callable[[], None]) -> bool:
    """Run `act` in another process with the office closed here; True when it was killed, False when it came to its end."""
    office.close()
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the process failed instead of dying"
    return os.WIFSIGNALED(status)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# --- destruction -----------------------------------------------------------------------------------------------------------------------------


def test_after_a_destruction_no_file_of_the_office_holds_a_value_in_clear_and_no_room_anything(office: House) -> None:
    start.start(office.office)
    someone = office.applicant(to=[office.bank_a])
    round_of_work(office)
    order = someone.destroy()
    round_of_work(office)
    plan = office.look(lambda work: destroy.one(work, someone.subject, order.plan))
    assert plan.next == ""
    assert plan.certificate
    assert left_of(office, someone.subject) == []
    assert not office.find("iin", someone.person.iin).hits
    assert isinstance(someone.show(), Refusal)
    assert traces(office.settings.folder, someone.secrets) == []


def test_a_destruction_that_dies_between_any_two_commits_goes_on_to_the_same_end(office: House) -> None:
    start.start(office.office)
    calm, struck = office.applicant(), office.applicant()
    calm.destroy()
    round_of_work(office)
    order = struck.destroy()
    points = {"sqlite": 3, "postgres": 12}[office.settings.engine]  # PostgreSQL has them in reads too

    def drive(turn: int) -> None:
        opened = Office.open(office.settings, clock=office.clock)
        steps = iter(range(turn % points))
        opened.stores.hooks.at_step = lambda name: next(steps, None) is None and die()
        plans.drive(opened)

    deaths = next(turn for turn in range(150) if not in_a_process_that_dies(office, partial(drive, turn)))
    assert deaths >= 8
    open_again(office)
    start.start(office.office)
    assert left_of(office, struck.subject) == []
    assert office.look(lambda work: destroy.one(work, struck.subject, order.plan)).certificate
    assert receipts(office, struck) == receipts(office, calm)


def receipts(office: House, of: Applicant) -> list[tuple[str, str, int, int]]:
    """Step, category, things and keys of what went; tokens have no category and are counted by whoever deletes them."""
    [plan] = office.look(lambda work: destroy.plans(work, of.subject))
    return sorted((r.step, r.category, r.things, r.keys) for r in office.look(lambda work: destroy.receipts(work, plan)) if r.category)


def test_a_term_that_ends_during_a_block_is_held_and_on_release_destroyed_in_the_same_run(office: House) -> None:
    start.start(office.office)
    someone = office.applicant()
    blocked = someone.done(Kind.BLOCK, reason="violation_claimed")
    [relation] = office.look(lambda work: relations.all_of(work, someone.subject))
    today = office.clock.now().date()
    office.do(lambda work: relations.close_relation(work, someone.subject, relation.id, today, fulfilled=True))
    office.clock.advance(timedelta(days=366 * 4))
    round_of_work(office)
    assert not office.look(lambda work: destroy.plans(work, someone.subject))
    acts = [entry.entry.act for entry in office.look(lambda work: history.about(work, someone.subject))]
    assert Act.HELD_BY_BLOCK.value in acts
    office.release(someone.subject, blocked.target)
    round_of_work(office)
    [plan] = office.look(lambda work: destroy.plans(work, someone.subject))
    assert not plan.next
    assert left_of(office, someone.subject) == []


# --- restore ---------------------------------------------------------------------------------------------------------------------------------


def test_yesterdays_backup_brings_back_nothing_that_was_destroyed(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    gone, stays = office.applicant(to=[office.bank_a]), office.applicant()
    round_of_work(office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    gone.destroy()
    round_of_work(office)

    done = bring_back(office, yesterday)

    assert done.destroyed == 1
    assert done.entries > 0
    assert isinstance(gone.show(), Refusal)
    assert not office.find("iin", gone.person.iin).hits
    [plan] = office.look(lambda work: destroy.plans(work, gone.subject))
    assert plan.certificate
    assert left_of(office, gone.subject) == []
    assert not isinstance(stays.show(), Refusal)
    assert traces(office.settings.folder, gone.secrets) == []
    last = [entry.entry.act for entry in office.look(history.latest)]
    assert Act.OFFICE_RESTORED.value in last


def test_what_narrowed_since_the_backup_stands_after_it(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    blocked, withdrawn, told = office.applicant(), office.applicant(to=[office.bank_a, office.bank_b]), office.applicant(to=[office.bank_a])
    round_of_work(office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    blocked.done(Kind.BLOCK, reason="violation_claimed")
    agreed = [c.id for c in office.look(lambda work: consent.facts(work, withdrawn.subject)) if c.recipient == office.bank_b]
    withdrawn.done(Kind.WITHDRAW, target=",".join(agreed))
    told.done(Kind.BLOCK, reason="violation_claimed")
    recall = recalls(office, told)
    assert len(recall) == 1

    done = bring_back(office, yesterday)

    assert done.events > 0
    assert [s.kind for s in office.look(lambda work: block.facts(work, blocked.subject))] == [StateKind.BLOCK]
    assert isinstance(blocked.show(), Refusal)
    states = {
        c.recipient: c.state for c in office.look(lambda work: consent.facts(work, withdrawn.subject)) if c.kind is GrantKind.RECIPIENT
    }
    assert states == {office.bank_a: GrantState.GIVEN, office.bank_b: GrantState.WITHDRAWN}
    assert recalls(office, told) == recall, "the recall is queued again under the id that the recipient may have seen"


def recalls(office: House, of: Applicant) -> set[tuple[str, str]]:
    history = office.look(lambda work: distribute.history(work, of.subject))
    return {(t.id, t.recipient) for t in history if t.kind is not Follow.LEAD}


def test_after_a_restore_no_old_lead_leaves_and_a_waiting_recall_does(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    waiting, recalled = office.applicant(to=[office.bank_a]), office.applicant(to=[office.bank_a])
    round_of_work(office)  # nobody listens there: both leads stay on their way
    recalled.done(Kind.BLOCK, reason="violation_claimed")
    fresh = office.applicant(to=[office.bank_b])
    yesterday = backup.make(office.office, tmp_path / "backups")

    done = bring_back(office, yesterday)

    assert (done.transfers.withheld, done.transfers.queued) == (1, 1)
    states = {
        a.subject: {t.kind: t.state for t in office.look(lambda work, a=a: distribute.history(work, a.subject))}
        for a in (waiting, recalled, fresh)
    }
    assert states[waiting.subject] == {Follow.LEAD: State.FAILED}, "it may have arrived: its recipient is told of everything that follows"
    assert states[fresh.subject] == {Follow.LEAD: State.WITHHELD}
    assert states[recalled.subject] == {Follow.LEAD: State.FAILED, Follow.BLOCK: State.QUEUED}


def test_a_lead_that_left_after_the_backup_counts_as_held_by_its_recipient(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    person = office.person()
    received = office.submit(person, to=[office.bank_a])
    office.confirm(person, received)
    yesterday = backup.make(office.office, tmp_path / "backups")
    round_of_work(office)  # it is being sent now, as the published log says

    done = bring_back(office, yesterday)

    assert done.transfers.sent == 1
    [lead] = office.look(lambda work: distribute.history(work, received.subject))
    assert lead.state is State.SENT


def test_an_office_with_an_unfinished_restore_does_not_open_and_goes_on_after_a_kill(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    people = [office.applicant() for _ in range(3)]
    round_of_work(office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    for someone in people[1:]:
        someone.done(Kind.BLOCK, reason="violation_claimed")
    people[0].destroy()
    round_of_work(office)
    seen: list[Stage] = []
    for stage in (Stage.PLACING, Stage.ADOPTING, Stage.REPLAYING, Stage.FINISHING):

        def strike(now: Stage, done: int, total: int, stage: Stage = stage) -> None:
            if now is stage:
                die()

        folder = yesterday if stage is Stage.PLACING or not seen else None
        assert in_a_process_that_dies(office, lambda folder=folder, strike=strike: run_restore(office, folder, strike))
        if stage is not Stage.PLACING:
            with pytest.raises(NotReady, match="restore_pending"):
                Office.open(office.settings, clock=office.clock)
            seen.append(stage)
    done = restore.restore(office.settings, clock=office.clock)
    open_again(office)
    start.start(office.office)
    assert done.backup == yesterday.name.removeprefix("sandyq-")
    assert left_of(office, people[0].subject) == []
    for someone in people[1:]:
        assert [s.kind for s in office.look(lambda w, s=someone: block.facts(w, s.subject))] == [StateKind.BLOCK]


def run_restore(office: House, folder: Path | None, on: restore.Progress) -> None:
    restore.restore(office.settings, folder, clock=office.clock, on=on)


def test_a_restore_killed_while_the_stores_are_put_in_place_wants_the_backup_again(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    someone = office.applicant()
    yesterday = backup.make(office.office, tmp_path / "backups")
    office.close()
    pending.save(office.settings.ledger_dir, pending.Pending("another", "", Stage.PLACING))
    with pytest.raises(NotReady, match="with the backup again"):
        restore.restore(office.settings, clock=office.clock)
    bring_back(office, yesterday)
    assert not isinstance(someone.show(), Refusal)


def test_a_person_who_came_after_the_backup_is_gone_and_their_events_harm_nobody(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    late = office.applicant(to=[office.bank_a])
    late.done(Kind.BLOCK, reason="violation_claimed")
    another = office.applicant()
    another.destroy()
    round_of_work(office)
    bring_back(office, yesterday)
    with pytest.raises(NotFound):
        late.show()
    assert office.look(lambda work: collect.submissions(work, late.subject)) == []
    assert not office.find("iin", late.person.iin).hits


def test_a_backup_that_was_altered_is_refused_before_anything_changes(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    someone = office.applicant()
    yesterday = backup.make(office.office, tmp_path / "backups")
    [victim] = [path for path in yesterday.iterdir() if path.stem == "durable"]
    spoiled = bytearray(victim.read_bytes())
    spoiled[len(spoiled) // 2] ^= 1
    victim.write_bytes(spoiled)
    office.close()
    with pytest.raises(Tampered, match="backup_file_altered"):
        restore.restore(office.settings, yesterday, clock=office.clock)
    open_again(office)
    start.start(office.office)
    assert not isinstance(someone.show(), Refusal)


def test_a_backup_whose_manifest_was_rewritten_without_the_offices_key_is_refused(office: House, tmp_path: Path) -> None:
    yesterday = backup.make(office.office, tmp_path / "backups")
    manifest = yesterday / backup.MANIFEST
    manifest.write_text(manifest.read_text().replace('"events": 0', '"events": 9'))
    office.close()
    with pytest.raises(Tampered, match="backup_manifest_altered"):
        restore.restore(office.settings, yesterday, clock=office.clock)


def test_a_backup_from_before_the_keys_were_turned_cannot_be_read_by_anybody_any_more(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    someone = office.applicant()
    old = backup.make(office.office, tmp_path / "backups")
    assert keys.turn(office.office) == [1]
    assert not isinstance(someone.show(), Refusal), "what lives was wrapped again"
    office.close()
    with pytest.raises(NotReady, match="backup_keys_destroyed"):
        restore.restore(office.settings, old, clock=office.clock)
    open_again(office)
    start.start(office.office)


def test_a_restore_without_the_ledger_is_refused(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    office.applicant().done(Kind.BLOCK, reason="violation_claimed")
    yesterday = backup.make(office.office, tmp_path / "backups")
    office.close()
    (office.settings.ledger_dir / "events.jsonl").unlink()
    with pytest.raises(NotReady, match="ledger_cut"):
        restore.restore(office.settings, yesterday, clock=office.clock)


def test_a_running_office_is_not_restored_over(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    with pytest.raises(Conflict, match=r"office_(locked|running)"):
        restore.restore(office.settings, yesterday, clock=office.clock)


def test_a_backup_holds_no_key_and_nobody_but_its_owner_may_read_it(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    someone = office.applicant()
    yesterday = backup.make(office.office, tmp_path / "backups")
    held = [path.read_bytes() for path in office.settings.keys_dir.iterdir()]
    for path in yesterday.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
        assert not path.is_file() or not any(key in path.read_bytes() for key in held)
    assert traces(yesterday, someone.secrets) == []
    with pytest.raises(Conflict, match="backup_beside_keys"):
        backup.make(office.office, office.settings.keys_dir / "backups")


# --- nothing that was answered is forgotten ---------------------------------------------------------------------------------------------------


def test_a_block_that_was_answered_stands_in_the_ledger_when_the_process_dies_at_once(office: House) -> None:
    start.start(office.office)
    someone = office.applicant()

    def act() -> None:
        open_again(office)
        someone.done(Kind.BLOCK, reason="violation_claimed")
        die()

    assert in_a_process_that_dies(office, act)
    open_again(office)
    assert [event.kind for event in office.office.ledger.events()] == ["block.set"]
    assert start.start(office.office).shipped == 1, "the database hears of it at the start"
    assert len(list(office.office.ledger.events())) == 1, "it is not written twice"


def test_a_block_that_died_between_its_commit_and_the_ledger_is_shipped_at_the_start(office: House) -> None:
    start.start(office.office)
    someone = office.applicant()

    def act() -> None:
        open_again(office)
        given = Order(Kind.BLOCK, someone.subject, "violation_claimed", office.document())

        def order(work: Work) -> None:
            requests.order(work, office.office.desk, given)
            office.office.stores.hooks.at_step = lambda name: name == "committed" and die()

        office.do(order, office.dpo)

    assert in_a_process_that_dies(office, act)
    open_again(office)
    assert list(office.office.ledger.events()) == []
    start.start(office.office)
    assert [event.kind for event in office.office.ledger.events()] == ["block.set"]
    assert isinstance(someone.show(), Refusal)
