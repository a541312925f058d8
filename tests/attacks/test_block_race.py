"""A block races against what it forbids, on both engines: once its commit is known, nothing opens and nothing leaves any more."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from office import PUBLIC, House
from sandyq import collect, distribute, outbox, use
from sandyq.app import SYSTEM
from sandyq.audit import Act, history
from sandyq.db import Work
from sandyq.distribute.facts import HELD, State
from sandyq.distribute.facts import Kind as Follow
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.outbox import Outcome, Parcel
from sandyq.requests import Kind, Order, order

MORE = int(os.environ.get("SANDYQ_TEST_FAULTS", "1"))
"""Multiplies the rounds in a soak."""
ROUNDS = {"sqlite": 200 * MORE, "postgres": 100 * MORE}
LEADS = {"sqlite": 60 * MORE, "postgres": 30 * MORE}


@dataclass
class Round:
    """What the threads of one round saw."""

    blocked: threading.Event = field(default_factory=threading.Event)
    open_now: int = 0
    late: int = 0
    shown: int = 0
    refused: int = 0


def crowd(house: House, count: int) -> list[str]:
    forms = [house.form(house.person(), address=f"2001:db8::{number:x}") for number in range(count)]
    futures = [house.office.stores.submit(lambda work, f=f: collect.submit(work, house.office.gate, f), PUBLIC) for f in forms]
    return [future.result().subject for future in futures]


def look(house: House, subject: str, seen: Round, rng: random.Random) -> bool:
    """One look: opens, dawdles with the values in hand, and ends. Gives whether it was refused."""
    ask = Ask(Operation.USE, subject, house.purpose, actor=ActorKind.STAFF, actor_id=house.clerk.id)
    knew = seen.blocked.is_set()
    pause = threading.Event()

    def act(work: Work) -> bool:
        answer = use.show(work, house.office.gate, ask)
        if not isinstance(answer, use.ShownPerson):
            return False
        seen.open_now += 1
        pause.wait(rng.random() * 0.002)
        seen.open_now -= 1
        return True

    opened = house.office.write(act, house.clerk)
    seen.late += opened and knew
    seen.shown += opened
    seen.refused += not opened
    return not opened


def block(house: House, subject: str, seen: Round) -> int:
    """Block, and say how many looks held values in hand at the moment the block's commit was known."""
    given = Order(Kind.BLOCK, subject, reason="violation_claimed", document=house.document())
    house.office.write(lambda work: order(work, house.office.desk, given), house.dpo)
    open_now = seen.open_now
    seen.blocked.set()
    return open_now


def looks_until_refused(house: House, subject: str, seen: Round, rng: random.Random) -> None:
    while not look(house, subject, seen, rng):
        pass


def test_after_the_commit_of_a_block_nothing_opens_and_nothing_is_open(office: House):
    rng = random.Random(20260319)
    shown = refused = 0
    rounds = ROUNDS[office.settings.engine]
    with ThreadPoolExecutor(3) as pool:
        for subject in crowd(office, rounds):
            seen = Round()
            looks = [pool.submit(looks_until_refused, office, subject, seen, rng) for _ in range(2)]
            threading.Event().wait(rng.random() * 0.004)
            in_hand = pool.submit(block, office, subject, seen).result()
            for each in looks:
                each.result()
            assert seen.late == 0, "a look that began after the block was known opened the person"
            assert in_hand == 0, "the block was committed while somebody held the person open"
            shown, refused = shown + seen.shown, refused + seen.refused
    assert refused == 2 * rounds
    assert shown > rounds // 4, "the looks never came before the block: this test tried nothing"


def test_the_log_tells_the_same_story_as_the_race(office: House):
    """Each look that opened and each that was refused has its entry; on SQLite, every look stands before the block and the refusal behind it."""
    subject = crowd(office, 1)[0]
    seen, rng = Round(), random.Random(7)
    with ThreadPoolExecutor(2) as pool:
        looks = pool.submit(looks_until_refused, office, subject, seen, rng)
        threading.Event().wait(0.05)
        pool.submit(block, office, subject, seen).result()
        looks.result()
    while office.office.sequencer.run_once(office.office.write):
        pass
    acts = [numbered.entry.act for numbered in reversed(office.look(lambda work: history.about(work, subject, limit=10_000)))]
    assert acts.count(Act.SHOWN) == seen.shown
    assert acts.count(Act.REFUSED) == 1
    if office.settings.engine == "sqlite":  # the server numbers by the instants of the acts, and the test's clock stands still
        assert Act.SHOWN not in acts[acts.index(Act.BLOCKED) :]
        assert acts[-1] == Act.REFUSED


def lead(house: House, number: int) -> tuple[str, outbox.Row]:
    person = house.person()
    received = house.submit(person, to=[house.bank_a], address=f"2001:db8::{number:x}")
    house.confirm(person, received)
    rows = house.do(lambda work: outbox.claim(work, 100), SYSTEM)
    return received.subject, next(row for row in rows if row.kind == "transfer" and row.ref.startswith(received.subject))


@pytest.mark.parametrize("answers", [True, False], ids=["the partner takes it", "the partner is away"])
def test_a_lead_that_left_is_recalled_and_one_that_did_not_never_leaves(office: House, answers: bool):
    """ADR 2: between the decision and the sending a block may come; whoever may hold the data is told."""
    carrier = office.office.carriers["transfer"]
    rng = random.Random(11)
    left = stayed = 0

    def carry(row: outbox.Row) -> Parcel | None:
        threading.Event().wait(rng.random() * 0.006)
        parcel = office.office.write(lambda work: carrier.prepare(work, row), SYSTEM)
        if parcel is not None:
            outcome = Outcome(answers, "" if answers else "unreachable")
            office.office.write(lambda work: carrier.record(work, row, outcome, given_up=False), SYSTEM)
        return parcel

    with ThreadPoolExecutor(2) as pool:
        for number in range(LEADS[office.settings.engine]):
            subject, row = lead(office, number)
            sending = pool.submit(carry, row)
            pool.submit(block, office, subject, Round()).result()
            parcel = sending.result()
            transfers = office.look(lambda work, s=subject: distribute.history(work, s))
            [first] = [t for t in transfers if t.kind is Follow.LEAD]
            told = [t.recipient for t in transfers if t.kind is Follow.BLOCK]
            if parcel is None:
                assert first.state is State.WITHHELD
                assert told == []
            else:
                assert first.state in HELD
                assert told == [office.bank_a]
            left, stayed = left + (parcel is not None), stayed + (parcel is None)
    assert left + stayed == LEADS[office.settings.engine]
    assert stayed, "no block came before a sending: this test tried nothing"
