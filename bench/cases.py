"""Requests of people, inside one process on SQLite: ten thousand open ones listed by their last day, and requests carried out."""

import time
from datetime import timedelta

from bench.inside import run_all
from bench.result import Result, aimed, median, seconds
from bench.world import World
from sandyq import rights
from sandyq.db import Work
from sandyq.identity import Level
from sandyq.rights import Channel, Do, Kind, NewCase, PartDecision


def listed(quick: bool) -> list[Result]:
    """A page of the list, the whole list, and the day's work, over many open requests of the last days."""
    world = World()
    count = 1_000 if quick else 10_000
    [subject] = world.seed(1)
    r, now = world.office.rights, world.office.clock.now()
    kinds = (Kind.ACCESS, Kind.COMPLAINT, Kind.WITHDRAW, Kind.AUTOMATED_OBJECTION)

    def opened(n: int) -> NewCase:
        came = now - timedelta(minutes=n % 4000)
        return NewCase(kinds[n % len(kinds)], Channel.DESK, subject, subject, received_at=came, level=Level.CODE)

    for first in range(0, count, 1000):
        news = [opened(n) for n in range(first, min(first + 1000, count))]
        run_all(world, [lambda work, new=new: rights.open_case(work, r, new) for new in news], world.dpo)  # type: ignore[misc]
    rows = []
    for name, look in (
        ("a page of 100 by last day", rights.listing),
        ("all by last day", lambda work: rights.listing(work, limit=count)),
        ("the day's work", rights.today),
    ):
        took = median([seconds(lambda look=look: world.office.read(look)) for _ in range(5)])  # type: ignore[misc]
        row = Result(f"{count:,} open requests: {name}", took * 1000, "ms", less=True)
        rows.append(row if look is rights.today else aimed(row, at_most=50))
    world.close()
    return rows


def carried_out(quick: bool) -> list[Result]:
    """A request for a block and one for access: opened, decided, carried out, answered with a sealed letter; each act a commit of its own on disk."""
    world = World()
    count = 20 if quick else 200
    subjects = world.seed(count)
    r = world.office.rights
    began = time.perf_counter()
    for n, subject in enumerate(subjects):
        kind = Kind.BLOCK if n % 2 else Kind.ACCESS
        new = NewCase(kind, Channel.DESK, subject, subject, level=Level.DESK, text="made up")
        made = world.office.write(lambda work, new=new: rights.open_case(work, r, new), world.dpo)  # type: ignore[misc]
        if made.open_parts:
            world.office.write(lambda work, id_=made.id: _granted(work, r, id_), world.dpo)  # type: ignore[misc]
        world.office.write(lambda work, id_=made.id: rights.answer(work, r, id_), world.dpo)  # type: ignore[misc]
    took = time.perf_counter() - began
    world.close()
    row = Result(
        "requests opened, decided, carried out and answered",
        count / took * 60,
        "/min",
        note="half blocks, half access; one after the other",
    )
    return [aimed(row, at_least=1000)]


def _granted(work: Work, r: rights.Rights, case: str) -> None:
    parts = rights.case(work, case).open_parts
    rights.decide(work, r, case, [PartDecision(part.no, Do.GRANT) for part in parts])
