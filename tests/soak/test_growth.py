"""A hundred times as many people must not make an act much slower: every question of an act is answered by a key or an index."""

import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from many import fill

from office import START, House
from sandyq.clock import MovedClock, micros
from sandyq.settings import Settings

SMALL = 10_000
LARGE = int(os.environ.get("SANDYQ_TEST_SUBJECTS", "1000000"))
REAL = 1_000
ROUNDS, ACTS = 5, 400
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
        for _ in range(REAL):
            clock.advance(timedelta(hours=8, minutes=45))
            self.subjects.append(self.take_in(to=[self.house.bank_a]))
        shared = {self.house.bank_a, self.house.bank_b, self.house.clerk.id, self.house.dpo.id, self.house.dpo2.id}
        self.house.office.close()
        fill(folder, self.subjects[0], shared, size - REAL, begin, micros(clock.now()))
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
        self.house.find("iin", self.house.person().iin)


def p99(act: Callable[[], None]) -> float:
    """The slowest but one per cent of many."""
    times = []
    for _ in range(ACTS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=100)[98]


@pytest.mark.slow
def test_acts_among_a_million_people_are_as_quick_as_among_ten_thousand(tmp_path: Path, sample_policy) -> None:
    small, large = (Grown(tmp_path / str(size), sample_policy, size) for size in (SMALL, LARGE))
    slower = {}
    for name in ("look", "come", "find"):
        getattr(large, name)()
        pairs = [(p99(getattr(small, name)), p99(getattr(large, name))) for _ in range(ROUNDS)]  # in turns: what disturbs one disturbs both
        slower[name] = statistics.median(b for _, b in pairs) / statistics.median(a for a, _ in pairs)
        print(f"{name}: p99 {statistics.median(a for a, _ in pairs) * 1e3:.1f} ms -> {statistics.median(b for _, b in pairs) * 1e3:.1f} ms")
    small.house.close()
    large.house.close()
    assert max(slower.values()) <= MOST, slower
