"""A hundred times as many people must not make an act much slower: every question of an act is answered by a key or an index."""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from many import fill

from office import START, House
from progress import tell
from sandyq.clock import MovedClock, micros
from sandyq.sample.people import people
from sandyq.settings import Settings

SMALL = 10_000
LARGE = int(os.environ.get("SANDYQ_TEST_SUBJECTS", "1000000"))
REAL = 1_000
ROUNDS, ACTS = 9, 500
MOST = 1.3


class Grown:
    """An office of so many people, of whom `REAL` came by the acts, all through a year."""

    def __init__(self, folder: Path, sample_policy, size: int) -> None:
        folder.mkdir()
        clock = MovedClock(START)
        self.house = House(Settings(folder, sample=True), clock, *sample_policy)
        begin = micros(clock.now())
        self.subjects: list[str] = []
        self.sent = 0
        self.strangers = people(8, 10_000)
        for n in range(REAL):
            clock.advance(timedelta(hours=8, minutes=45))
            self.subjects.append(self.take_in(to=[self.house.bank_a]))
            tell(f"office of {size:,}: people by the acts", n + 1, REAL)
        shared = {self.house.bank_a, self.house.bank_b, self.house.clerk.id, self.house.dpo.id, self.house.dpo2.id}
        self.house.office.close()
        fill(
            folder, self.subjects[0], shared, size - REAL, begin, micros(clock.now()), lambda n: tell(f"office of {size:,}: rows", n, size)
        )
        self.house.reopen()
        random.Random(1).shuffle(self.subjects)
        self.next = 0

    def take_in(self, **more: Any) -> str:
        """A form, from an address and with a phone of its own: either may ask for only so many codes a day."""
        self.sent += 1
        person = replace(self.house.person(), phone=f"+7700{self.sent:07d}")
        return self.house.submit(person, address=f"2001:db8::{self.sent:x}", **more).subject

    def look(self) -> None:
        """A clerk looks at somebody."""
        self.next += 1
        self.house.show(self.subjects[self.next % REAL])

    def come(self) -> None:
        """Somebody new sends the form."""
        self.house.clock.advance(timedelta(minutes=1))
        self.take_in()

    def find(self) -> None:
        """A clerk looks for an IIN that nobody has."""
        self.house.find("iin", next(self.strangers).iin)


class Took(NamedTuple):
    """Seconds by the wall's clock, and of this process's processor time, the system's on its behalf with it."""

    wall: float
    processor: float


def took(act: Callable[[], None]) -> Took:
    """How long one call takes."""
    began, at = time.process_time(), time.perf_counter()
    act()
    return Took(time.perf_counter() - at, time.process_time() - began)


def p99(times: Iterable[float]) -> float:
    """The slowest but one per cent of many."""
    return statistics.quantiles(times, n=100)[98]


def slowest(times: Sequence[Took]) -> Took:
    """The p99 of both clocks."""
    return Took(p99(each.wall for each in times), p99(each.processor for each in times))


def middle(rounds: Sequence[Took]) -> Took:
    """The median over rounds, of both clocks."""
    return Took(statistics.median(each.wall for each in rounds), statistics.median(each.processor for each in rounds))


def side_by_side(name: str, offices: tuple[Grown, Grown]) -> tuple[Took, Took]:
    """The medians over rounds of each office's p99. The two act by turns, each first every other time, so what the machine does meanwhile meets both."""
    acts = [getattr(office, name) for office in offices]
    for act in acts * (ACTS // 5):  # the pages that every act reads, the roots of the indexes, come to memory
        act()
    rounds: tuple[list[Took], list[Took]] = ([], [])
    for made in range(ROUNDS):
        times: tuple[list[Took], list[Took]] = ([], [])
        for n in range(ACTS):
            for place in (n & 1, 1 - (n & 1)):
                times[place].append(took(acts[place]))
            tell(name, made * ACTS + n + 1, ROUNDS * ACTS)
        for kept, taken in zip(rounds, times, strict=True):
            kept.append(slowest(taken))
    return middle(rounds[0]), middle(rounds[1])


def quiet() -> bool:
    """Whether the machine had a core for everybody who wanted one. Where it had not, the slowest one per cent are those who waited for others."""
    return os.getloadavg()[0] <= (os.cpu_count() or 1)


@pytest.mark.slow
def test_acts_among_a_million_people_are_as_quick_as_among_ten_thousand(tmp_path: Path, sample_policy) -> None:
    """On a quiet machine the wall's clock decides, on a busy one the processor's, which counts what an act does and not what it waits for."""
    offices = Grown(tmp_path / "small", sample_policy, SMALL), Grown(tmp_path / "large", sample_policy, LARGE)
    slower = {}
    for name in ("look", "come", "find"):
        small, large = side_by_side(name, offices)
        times = Took(large.wall / small.wall, large.processor / small.processor)
        slower[name] = times.wall if quiet() else times.processor
        print(f"{name}: p99 {small.wall * 1e3:.2f} ms -> {large.wall * 1e3:.2f} ms, {times.wall:.2f} times;", end=" ")
        print(f"processor {small.processor * 1e3:.2f} ms -> {large.processor * 1e3:.2f} ms, {times.processor:.2f} times", flush=True)
    for office in offices:
        office.house.close()
    assert max(slower.values()) <= MOST, slower
