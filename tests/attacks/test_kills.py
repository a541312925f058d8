"""`kill -9` of our process while it collects, destroys, re-wraps and restores: no acknowledged act is lost, nobody is left half.

Each kill is seeded: at a moment chosen by chance, or at a chosen point between the two commits. After each the office is opened as after any
crash, and every word that the dead process had said must be true. SANDYQ_TEST_FAULTS multiplies the kills in a soak.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import kill_child
import pytest

from office import Applicant, House
from progress import tell
from sandyq import block, destroy
from sandyq.app import Office, backup, keys, pending, restore
from sandyq.app.start import Started, start, stop
from sandyq.audit import ledger
from sandyq.audit.verify import verify
from sandyq.clock import MovedClock, micros
from sandyq.db import Work
from sandyq.errors import Conflict, NotReady, SandyqError
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, StateKind
from sandyq.register import items, reconcile
from sandyq.requests import Kind
from sandyq.settings import Settings

KILLS = 15 * int(os.environ.get("SANDYQ_TEST_FAULTS", "1"))
STEPS = ("perishable.commit", "durable.commit", "committed")
AGAIN = 30
"""Of those who were looked at after an earlier kill so many are looked at after each, and everybody after the last."""


class Nursery:
    """Starts children and kills them."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, kill_child.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.said: list[list[str]] = []
        assert self._line() == ["awake"]

    def _line(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def kill_one(self, job: dict, after: float) -> list[list[str]]:
        """Let a child do the job and kill it `after` seconds behind its start (or let it die at its step); gives what it had said."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        said: list[list[str]] = []
        pid, timer = 0, None
        while (words := self._line()) != ["end"]:
            if words[0] == "pid":
                pid = int(words[1])
            elif words[0] == "ready":
                timer = threading.Timer(after, os.kill, (pid, signal.SIGKILL))
                timer.start()
            else:
                said.append(words)
        if timer is not None:
            timer.cancel()
        return said

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@dataclass
class Told:
    """What dead processes have acknowledged, by word, and each person's IIN."""

    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    iin: dict[str, str] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def hear(self, said: list[list[str]]) -> None:
        for word, *rest in said:
            assert word != "failed", rest
            self.words[word].add(rest[0])
            if word == "came":
                self.iin[rest[0]] = rest[1]

    @property
    def there(self) -> set[str]:
        """People who must be there with all their data: they came, and nobody began to destroy them as far as was said."""
        return self.words["came"] - self.words["planned"] - self.words["withdrew"]

    def due(self, what: str, people: set[str], seed: int | None) -> list[str]:
        """Of these people all that were never looked at, and of the others `AGAIN` drawn by chance; all when there is no seed."""
        old = sorted(people & self.seen[what])
        fresh = people - self.seen[what]
        self.seen[what] |= people
        return sorted(people) if seed is None else [*sorted(fresh), *random.Random(seed).sample(old, min(AGAIN, len(old)))]


class Scene:
    """A house whose office is now closed, now open again."""

    def __init__(self, house: House, nursery: Nursery) -> None:
        self.house, self.nursery = house, nursery
        self.told = Told()
        self.found: list[Started] = []
        start(house.office)
        self.shut()

    def shut(self) -> None:
        self.house.office.close()

    def job(self, kind: str, seed: int, **more: object) -> dict:
        settings, rng = self.house.settings, random.Random(seed)
        step = rng.choice(STEPS) if seed % 2 else ""
        return {
            "kind": kind,
            "seed": seed,
            "step": step,
            "count": rng.randrange(1, 25),
            "folder": str(settings.folder),
            "engine": settings.engine,
            "durable": settings.durable_dsn,
            "perishable": settings.perishable_dsn,
            "at": self.house.clock.now().timestamp(),
            "purpose": self.house.purpose,
            "staff": [self.house.dpo.id, self.house.clerk.id],
            "bank": self.house.bank_a,
            **more,
        }

    def kill(self, kind: str, seed: int, within: float, **more: object) -> None:
        """One kill, and what was said before it."""
        job = self.job(kind, seed, **more)
        after = 20.0 if job["step"] else random.Random(seed).random() * within
        self.told.hear(self.nursery.kill_one(job, after))
        self.house.clock.advance(timedelta(hours=1))  # on the server store the young are left to their worker

    def reopened(self) -> House:
        """Open and start the office as after any crash."""
        self.house.office = Office.open(self.house.settings, clock=self.house.clock)
        self.found.append(start(self.house.office))
        return self.house


@pytest.fixture
def scene(office: House, nursery: Nursery) -> Scene:
    return Scene(office, nursery)


# --- what must be true after each crash ------------------------------------------------------------------------------------------------------


def whole(house: House) -> None:
    """Both stores agree: every item has its key, every key its item, every token its person; settling again finds nothing."""
    before = micros(house.clock.now())
    again = reconcile.run(house.office.write, house.settings.media_dir, before)
    assert again.clean, again
    items_, keys_, people, tokens, uploads = house.look(_inventory)
    assert items_ | uploads == {pair for pair in keys_ if pair[1] != "salt"}
    assert {subject for subject, key in keys_ if key == "salt"} >= {s for s, destroyed in people.items() if not destroyed}
    assert tokens <= people.keys()
    assert not house.look(destroy.unfinished)
    on_disk = {path.name for path in house.settings.media_dir.iterdir()}
    assert on_disk == {media for _, media in uploads}
    compared = house.look(lambda work: ledger.compare(work, house.office.ledger))
    assert (compared.missing, compared.unknown) == (0, 0)
    assert not house.look(ledger.waiting)


def _inventory(work: Work) -> tuple[set, set, dict, set, set]:
    return (
        set(work.durable.all("SELECT subject_id, item_id FROM item")),
        set(work.perishable.all("SELECT subject_id, key_id FROM wrapped_key")),
        dict(work.durable.all("SELECT subject_id, destroyed_us FROM subject")),
        {subject for (subject,) in work.perishable.all("SELECT DISTINCT subject_id FROM token")},
        set(work.durable.all("SELECT subject_id, media_id FROM media")),
    )


def own(house: House, subject: str) -> dict[str, str]:
    """All values of a person, opened for the person."""
    ask = Ask(Operation.USE, subject, "", frozenset({"iin", "surname", "phone"}), ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)

    def opened(work: Work) -> dict[str, str]:
        answer = house.office.gate.ask(work, ask)
        assert not isinstance(answer, Refusal), [reason.code for reason in answer.verdict.reasons]
        return items.values(house.office.gate.open(work, answer))

    return house.do(opened)


def gone(house: House, subject: str) -> None:
    """Destroyed to the end: nothing of the data, no key, no token; certificate and ledger say so."""
    plans_ = house.look(lambda work: destroy.plans(work, subject))
    assert [(plan.next, bool(plan.certificate)) for plan in plans_] == [("", True)]
    for holder in house.office.holders:
        assert house.look(lambda work, h=holder: h.verify_gone(work, subject)) == [], holder.name
    assert ("destroy.plan", subject) in in_file(house)


def blocked(house: House, subject: str) -> None:
    assert [state.kind for state in house.look(lambda work: block.facts(work, subject))] == [StateKind.BLOCK]
    assert isinstance(house.show(subject), Refusal)
    assert ("block.set", subject) in in_file(house)


def in_file(house: House) -> set[tuple[str, str]]:
    return {(event.kind, event.subject) for event in house.office.ledger.events()}


def said_is_true(house: House, told: Told, seed: int | None = None) -> None:
    """Every acknowledged act is there. With a seed: what was said since the last look, and some of what was said before; else everything."""
    for subject in told.due("there", told.there, seed):
        assert own(house, subject)["iin"] == told.iin[subject]
    for subject in told.due("planned", told.words["planned"], seed):
        gone(house, subject)
    for subject in told.due("blocked", told.words["blocked"], seed):
        blocked(house, subject)


def log_is_whole(house: House) -> None:
    office = house.office
    while office.sequencer.run_once(office.write):
        pass
    office.publisher.publish(office.stores)
    report = office.read(lambda work: verify(office.folder, office.publisher.key, work=work, witnesses=office.witnesses))
    assert report.ok, report.problems


# --- the kills -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "within"), [("collect", 0.5), ("destroy", 0.9)])
def test_people_come_and_go_and_the_process_is_killed(scene: Scene, kind: str, within: float):
    for seed in range(5 * KILLS):
        if seed >= KILLS and any(not found.settled.clean for found in scene.found):
            break  # where the moment between two commits is short, it takes more kills to meet it
        scene.kill(kind, seed, within)
        house = scene.reopened()
        whole(house)
        said_is_true(house, scene.told, seed)
        scene.shut()
        tell(f"{kind}: kills", seed + 1, KILLS)
    scene.reopened()
    said_is_true(scene.house, scene.told)
    log_is_whole(scene.house)
    assert scene.told.words["came"], "no child lived long enough to acknowledge anything: this test tried nothing"
    assert any(not found.settled.clean for found in scene.found), "no kill hit between the two commits"
    assert kind == "collect" or (scene.told.words["planned"] and scene.told.words["blocked"])


def test_keys_are_turned_and_the_process_is_killed(scene: Scene):
    house = scene.reopened()
    people = [house.applicant() for _ in range(12)]
    scene.shut()
    for seed in range(KILLS):
        scene.kill("rewrap", seed, 0.3)
        house = scene.reopened()
        keys.turn(house.office, fresh=False)
        whole(house)
        for applicant in people:
            assert own(house, applicant.subject)["iin"] == applicant.person.iin
        generations = keys.status(house.office)
        assert [g.state for g in generations].count("current") == 1
        for generation in generations:
            assert generation.fetchable == (generation.state != "destroyed")
            assert not (generation.state == "destroyed" and generation.keys)
        ended = {str(g.number) for g in generations if g.state == "destroyed"}
        assert scene.told.words["ended"] <= ended
        scene.shut()
        tell("rewrap: kills", seed + 1, KILLS)
    scene.reopened()
    log_is_whole(scene.house)
    assert scene.told.words["ended"], "no generation was ended before a kill: this test tried nothing"


@dataclass
class Yesterday:
    """A backup, and what was promised after it was made."""

    folder: Path
    stays: Applicant
    blocked: Applicant
    gone: Applicant


@pytest.fixture
def yesterday(scene: Scene, tmp_path: Path) -> Yesterday:
    house = scene.reopened()
    one, two, three = (house.applicant(to=[house.bank_a]) for _ in range(3))
    made = backup.make(house.office, tmp_path / "backups")
    house.clock.advance(timedelta(hours=1))
    two.done(Kind.BLOCK, reason="violation_claimed")
    guest = kill_child.Guest(house.office, scene.job("collect", 1))
    kill_child.Guest.go(guest, three.subject)
    stop(house.office)
    return Yesterday(made, one, two, three)


def test_a_backup_is_restored_and_the_process_is_killed(scene: Scene, yesterday: Yesterday):
    for seed in range(KILLS):
        scene.kill("restore", seed, 1.0, backup=str(yesterday.folder))
        if pending.load(scene.house.settings.ledger_dir) is not None:
            with pytest.raises(NotReady, match="restore_pending"):
                Office.open(scene.house.settings, clock=scene.house.clock)
        restored(scene, yesterday.folder)
        house = scene.reopened()
        whole(house)
        assert own(house, yesterday.stays.subject)["iin"] == yesterday.stays.person.iin
        blocked(house, yesterday.blocked.subject)
        gone(house, yesterday.gone.subject)
        stop(house.office)
        tell("restore: kills", seed + 1, KILLS)
    scene.reopened()
    log_is_whole(scene.house)
    assert scene.told.words["stage"] >= {"placing", "replaying"}


def restored(scene: Scene, folder: Path) -> None:
    """Restore to the end. The server takes a moment to notice that the dead process is gone, and until then it counts as running."""
    for _ in range(200):
        try:
            restore.restore(scene.house.settings, folder, clock=scene.house.clock)
        except Conflict as problem:
            if problem.code != "office_running":
                raise
            threading.Event().wait(0.1)
        else:
            return
    raise AssertionError("the office still counts as running")


# --- the server is killed ------------------------------------------------------------------------------------------------------------------------


def tree_of(pid: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            below[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    found = [pid]
    for each in found:
        found += below[each]
    return found


def test_postgresql_is_killed_while_people_come_and_go(tmp_path: Path, sample_policy, postgres):
    """`kill -9` of the server and of all its processes, with commits synchronous as in earnest."""
    options = tuple(option for option in postgres.options if not option.startswith(("synchronous_commit", "full_page_writes")))
    server = type(postgres)(postgres.binaries, options)
    try:
        names = server.make_pair()
        settings = Settings(tmp_path / "office", "postgres", *(server.dsn(name) for name in names), sample=True, pool_size=4)
        settings.folder.mkdir()
        house = House(settings, MovedClock(kill_child.datetime(2026, 3, 19, 5, tzinfo=kill_child.UTC)), *sample_policy)
        start(house.office)
        told = Told()
        for seed in range(3 * KILLS):
            if seed >= KILLS and told.words["planned"] and told.words["blocked"]:
                break  # where the machine is busy, it takes more kills, and later ones, until an act of each kind was acknowledged
            told.hear(_until_the_server_dies(house, server, seed, 0.8 if seed < KILLS else seed / KILLS * 4))
            house.office.close()
            house.clock.advance(timedelta(hours=1))
            house.office = Office.open(settings, clock=house.clock)
            start(house.office)
            whole(house)
            said_is_true(house, told, seed)
            tell("server: kills", seed + 1, KILLS)
        said_is_true(house, told)
        log_is_whole(house)
        house.close()
        assert told.words["planned"]
        assert told.words["blocked"]
    finally:
        server.close()


class Over(Exception):
    """The worker is to end at its next word."""


def _until_the_server_dies(house: House, server, seed: int, within: float) -> list[list[str]]:
    """Work while the server is killed, at most `within` seconds after the first word, and comes back; gives what was acknowledged."""
    said: list[list[str]] = []
    job = {"purpose": house.purpose, "staff": [house.dpo.id, house.clerk.id], "bank": house.bank_a, "seed": 500 + seed}
    guest = kill_child.Guest(house.office, job)
    rng, started, dead = random.Random(seed), threading.Event(), threading.Event()

    def hear(*words: object) -> None:
        said.append([str(word) for word in words])
        started.set()
        if dead.is_set():
            raise Over

    def work() -> None:
        try:
            kill_child.destroy(guest)
        except (Over, SandyqError):  # whatever an act says that lost its server, it was not acknowledged
            started.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kill_child, "say", hear)
        thread = threading.Thread(target=work)
        thread.start()
        started.wait(20)
        threading.Event().wait(rng.random() * within)
        _kill(server)
        dead.set()
        server.start()
        thread.join(120)
    assert not thread.is_alive()
    return said


def _kill(server) -> None:
    """All of it at one moment. The first process is stopped before the others are listed, so that none is born unseen; a server does not start
    while one of the old still holds its memory, so they are waited for."""
    os.kill(server.process.pid, signal.SIGSTOP)
    tree = tree_of(server.process.pid)
    for pid in tree:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for _ in range(400):
        if not any(_alive(pid) for pid in tree[1:]):
            break
        threading.Event().wait(0.05)
    server.process.wait(20)
    server.process = None


def _alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
