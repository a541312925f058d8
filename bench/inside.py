"""Cases inside one process, on SQLite: collect, append to the log, destroy, decide, crowd, verify."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bench import floor
from bench.recorder import Recorder
from bench.result import Result, aimed, median
from bench.world import PUBLIC, SYSTEM, World
from sandyq import access as access_room
from sandyq import rights
from sandyq.app import plans, tune
from sandyq.audit import Act, Leaf, record, verify
from sandyq.consent import Via
from sandyq.db import Actor, Work
from sandyq.gate.facts import gather
from sandyq.law import crowd
from sandyq.law.ask import Ask
from sandyq.law.decide import decide
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items
from sandyq.requests import Kind, Order, order


def run_all(world: World, acts: Sequence[Callable[[Work], Any]], actor: Actor) -> tuple[list[Any], float]:
    """Hand in all acts at once, wait for all commits; gives their answers and the seconds."""
    began = time.perf_counter()
    waiting = [world.office.stores.submit(act, actor) for act in acts]
    answers = [each.result() for each in waiting]
    return answers, time.perf_counter() - began


class Against(NamedTuple):
    """Seconds per unit, ours and the floor's, by the wall's clock; and the ratio of the two processor times."""

    ours: float
    bare: float
    processor: float

    @property
    def remark(self) -> str:
        """The ratio that a busy disk does not touch."""
        return f"by processor time {self.processor:.0%}"


def against_floor(world: World, made: Callable[[], Callable[[], int]], *, rounds: int = 3) -> Against:
    """Ours and the floor, medians of `rounds` of each, by turns: a round of ours is timed with nobody listening, the next is listened to and done again
    by the floor. `made` gets ready what people bring (it is not ours to make and not timed) and gives the act, which says how many units it did."""
    ours, bare = [], []
    for _ in range(rounds):
        act = made()
        plans.emptied(world.office)
        busy, began = time.process_time(), time.perf_counter()
        units = act()
        ours.append(((time.perf_counter() - began) / units, (time.process_time() - busy) / units))
        act = made()
        plans.emptied(world.office)
        scratch = Path(tempfile.mkdtemp(prefix="sandyq-floor-", dir=world.folder))
        before = floor.copy(world.folder, scratch)
        with Recorder(world.office) as heard:
            units = act()
        wall, processor = floor.replay(before, heard)
        bare.append((wall / units, processor / units))
        shutil.rmtree(scratch)
    (wall, processor), (bare_wall, bare_processor) = ([median(each) for each in zip(*times, strict=True)] for times in (ours, bare))
    return Against(wall, bare_wall, bare_processor / processor)


def collect(quick: bool) -> list[Result]:
    """Applications of an import whose phones were checked, and of the web form with its phone code, handed in one after the other."""
    rows = []
    for name, changed in (
        ("bulk collect (phones checked)", {"confirmed_phone": True, "via": Via.PAPER, "door": "cli"}),
        ("collect, web form with phone code", {}),
    ):
        world = World()
        tune.tune()
        count = 300 if quick else 1500

        def made(world: World = world, changed: dict[str, Any] = changed, count: int = count) -> Callable[[], int]:
            acts = [world.submit(replace(world.form(), **changed)) for _ in range(count)]
            return lambda: len(run_all(world, acts, PUBLIC)[0])

        made()()
        found = against_floor(world, made)
        world.close()
        note = f"person of 5 sealed categories, 3 consents; {found.remark}"
        rows.append(aimed(Result(name, 1 / found.ours, "/s", 1 / found.bare, note=note), ratio=0.6))
    return rows


def audit_append(quick: bool) -> list[Result]:
    """Entries about people, each an act of its own."""
    world = World()
    people = [r.subject for r in run_all(world, [world.submit(world.form()) for _ in range(200)], PUBLIC)[0]]
    tune.tune()
    count = 2000 if quick else 10_000

    def made() -> Callable[[], int]:
        leaves = [Leaf(Act.SHOWN, people[n % len(people)], "2.12", "94-V art. 14", count=3) for n in range(count)]
        acts = [lambda work, leaf=leaf: record(work, leaf) for leaf in leaves]
        return lambda: len(run_all(world, acts, SYSTEM)[0])

    made()()
    found = against_floor(world, made)
    world.close()
    note = f"one act, one entry about a person; {found.remark}"
    return [aimed(Result("audit append", 1 / found.ours, "/s", 1 / found.bare, note=note), ratio=0.6)]


def destroy(quick: bool) -> list[Result]:
    """Orders to destroy people, all taken to the certificate at once as the worker does, in a small and in a large office."""
    rows = []
    for size in (200, 1000) if quick else (1000, 20_000):
        world = World()
        people = [r.subject for r in run_all(world, [world.submit(world.form()) for _ in range(size)], PUBLIC)[0]]
        random.Random(1).shuffle(people)
        tune.tune()
        document = world.office.read(lambda work: work.new_id())
        count = 10 if quick else 50

        def made(world: World = world, people: list[str] = people, document: str = document, count: int = count) -> Callable[[], int]:
            orders = [Order(Kind.DESTROY, people.pop(), document=document) for _ in range(count)]
            acts = [lambda work, given=given: order(work, world.office.desk, given) for given in orders]

            def act() -> int:
                run_all(world, acts, world.dpo)
                plans.drive(world.office)
                return count

            return act

        made()()
        found = against_floor(world, made)
        world.close()
        name = f"destroy, per person in an office of {size}"
        note = f"order to certificate, {count} people at once; {found.remark}"
        rows.append(aimed(Result(name, found.ours * 1000, "ms", found.bare * 1000, note=note, less=True), ratio=0.6))
    first, last = rows[0].ours, rows[-1].ours
    return [*rows, aimed(Result("destroy: large office against small", last / first, "x", less=True), at_most=1.3)]


def decision(quick: bool) -> list[Result]:
    """One decision with facts at hand: a transfer, and a look of staff with narrow grants."""
    world = World()
    [someone] = run_all(world, [world.submit(world.form())], PUBLIC)[0]
    transfer = Ask(Operation.DISTRIBUTE, someone.subject, world.purpose, actor=ActorKind.SYSTEM, recipient=world.banks[0])
    transfer = replace(transfer, fields=frozenset({"iin", "surname", "first_name", "phone", "loan_amount", "loan_term_months"}))
    tune.tune()
    rows = []
    for name, ask in (("one decision: a transfer", transfer), ("one decision: a look by staff", world.look(someone.subject))):

        def known(work: Work, ask: Ask = ask) -> Any:
            force = world.office.gate.in_force(work)
            return gather(work, ask, force.installed), force.book, work.at

        facts, book, at = world.office.write(known, SYSTEM)
        assert decide(ask, facts, book, at).permitted or name.endswith("transfer")
        count, times = 500 if quick else 3000, []
        for _ in range(7):
            began = time.thread_time()
            for _ in range(count):
                decide(ask, facts, book, at)
            times.append((time.thread_time() - began) / count * 1e6)
        note = f"{len(facts.consents)} consents, {len(facts.items)} items at hand; processor time"
        rows.append(aimed(Result(name, median(times), "us", note=note, less=True), at_most=10))
    world.close()
    return rows


def verified(quick: bool) -> list[Result]:
    """Checking a published log as an auditor does: every entry, every tile, the checkpoint."""
    count = 20_000 if quick else 1_000_000
    world = World()
    leaf = Leaf(Act.SHOWN, clause="2.12", article="94-V art. 14", purpose=world.purpose, count=3)
    for _ in range(count // 1000):
        world.office.write(lambda work: [record(work, leaf) for _ in range(1000)], SYSTEM)
    world.office.publisher.publish(world.office.stores)
    tune.tune()
    times = []
    for _ in range(1 if quick else 3):
        began = time.perf_counter()
        report = verify.verify(world.office.folder, world.office.publisher.key)
        times.append(time.perf_counter() - began)
        assert report.ok
        assert report.published >= count
    world.close()
    return [aimed(Result(f"verify {count:,} entries".replace(",", " "), median(times), "s", less=True), at_most=5)]


def crowds(quick: bool) -> list[Result]:
    """A campaign: one question about many people, decided by the shape of their facts."""
    world = World()
    shapes = []
    for given in ({"collection", "service"}, {"collection", "service", "marketing.sms"}):
        form = world.form()
        form = replace(form, choices=tuple(replace(choice, given=choice.card in given) for choice in world.every))
        [person] = run_all(world, [world.submit(form)], PUBLIC)[0]
        shapes.append(person.subject)
    ask = Ask(Operation.USE, "", "marketing", frozenset({"phone", "first_name"}), actor=ActorKind.SYSTEM, channel="sms")

    def known(work: Work) -> Any:
        force = world.office.gate.in_force(work)
        return [gather(work, replace(ask, subject=s), force.installed) for s in shapes], force.book, work.at

    facts, book, at = world.office.write(known, SYSTEM)
    tune.tune()
    people = [(str(n), n & 1) for n in range(100_000 if quick else 1_000_000)]
    speeds = []
    for _ in range(3):
        began = time.perf_counter()
        reached = sum(verdict.permitted for _, verdict in crowd.decide_crowd(ask, people, facts.__getitem__, book, at))
        speeds.append(len(people) / (time.perf_counter() - began))
    world.close()
    return [aimed(Result("crowd decisions", median(speeds), "/s", note=f"{reached} of {len(people)} reached"), at_least=500_000)]


def access(quick: bool) -> list[Result]:
    """The answer on access for one person with 200 items, in a small and in a large office, by turns: what the machine does meanwhile meets both."""
    sizes = (200, 1000) if quick else (200, 5000)
    worlds = [World() for _ in sizes]
    people = [world.seed(size)[size // 2] for world, size in zip(worlds, sizes, strict=True)]
    for world, someone in zip(worlds, people, strict=True):
        _many_items(world, someone, 200)
    tune.tune()
    times: list[list[float]] = [[] for _ in sizes]
    answers: list[Any] = [_answer(world, someone) for world, someone in zip(worlds, people, strict=True)]
    for _ in range(5 if quick else 15):
        for place, (world, someone) in enumerate(zip(worlds, people, strict=True)):
            began = time.perf_counter()
            answers[place] = _answer(world, someone)
            times[place].append((time.perf_counter() - began) * 1000)
    rows = []
    for size, world, made, took in zip(sizes, worlds, answers, times, strict=True):
        held = made.package.people[0]
        told = (
            f"{len(held.data)} items, {len(held.decisions)} decisions, {len(held.log)} entries, {len(made.package.to_json()) // 1024} KiB"
        )
        row = Result(f"access answer, in an office of {size}", median(took), "ms", note=f"{told}; gathered, digested, logged", less=True)
        rows.append(aimed(row, at_most=150))
        world.close()
    ratio = rows[-1].ours / rows[0].ours
    return [*rows, aimed(Result("access answer: large office against small", ratio, "x", less=True), at_most=1.3)]


def _answer(world: World, subject: str) -> Any:
    office = world.office
    return office.write(
        lambda work: access_room.package(work, office.gate, office.holders, subject, full=True, language="kk", withholding=rights.withheld),
        Actor("subject", subject, "web"),
    )


def _many_items(world: World, subject: str, count: int) -> None:
    """Bring a person to so many items: versions of their categories, as years of changes on documents would."""

    def change(work: Work) -> None:
        gate = world.office.gate
        ask = Ask(
            Operation.CHANGE,
            subject,
            world.purpose,
            frozenset({"city", "income_monthly", "email", "phone"}),
            ActorKind.STAFF,
            world.dpo.id,
            Occasion.CORRECTION_ON_DOCUMENTS,
            documents=(work.new_id(),),
        )
        permit = gate.ask(work, ask)
        assert isinstance(permit, Permit)
        parts = {
            "6.2.2": {"city": "Алматы"},
            "6.2.6": {"income_monthly": "300000"},
            "6.2.7": {"email": "a@sample.example", "phone": "+77000000001"},
        }
        new = [items.NewItem(category, fields, purposes=(world.purpose,), term_rule="application") for category, fields in parts.items()]
        items.put(work, gate.ring, permit, new)

    while world.office.read(lambda work: len(items.legal(work, subject))) < count:
        world.office.write(change, world.dpo)
