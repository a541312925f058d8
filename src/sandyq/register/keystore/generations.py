"""Generations of key-encryption keys: founding, rotation, re-wrapping of survivors, destruction of the old (design 9).

A deleted data key is gone from the live store at once, and from every backup when the last generation that ever wrapped it is
destroyed and the backups of the keys themselves have expired: the two dates of a certificate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec

from sandyq import seal
from sandyq.clock import instant
from sandyq.db.work import Duplicate, Work
from sandyq.errors import Conflict, Retry
from sandyq.register.keystore import records
from sandyq.register.keystore.datakeys import STAFF_WALL, context, wall_of
from sandyq.register.keystore.provider import Kind
from sandyq.register.keystore.ring import OFFICE_KEY, Keyring

INTERVAL = timedelta(days=30)
BATCH = 5_000
Cursor = tuple[str, str]
SIDES: tuple[Kind, Kind] = ("kek", "staff")
"""The two sides of the wall of 3.7, each with generations of its own."""
START: Cursor = ("", "")
Write = Callable[[Callable[[Work], Any]], Any]
"""How a driver commits: a door hands in `lambda fn: stores.write(fn, actor)`."""


@dataclass(frozen=True, slots=True)
class GenerationStatus:
    """One generation of key-encryption keys as `sandyq keys status` shows it. `unrecoverable_at` is when what was deleted under it can come
    back from no backup; while the generation lives it is the planned instant."""

    number: int
    state: str  # current | retiring | destroyed
    created_at: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None
    keys: int
    fetchable: bool
    unrecoverable_at: datetime
    planned: bool
    side: str = "kek"  # or `staff`: behind the wall of 3.7


def found(work: Work, ring: Keyring) -> None:
    """Make the first keys of an office. Raises Conflict when it has some."""
    if records.founded(work.perishable):
        raise Conflict("keys_founded")
    if OFFICE_KEY not in ring.provider.present("office"):
        ring.provider.create("office", OFFICE_KEY)
    kek = _fresh(work, ring, "kek")
    if 1 not in ring.provider.present("token"):
        ring.provider.create("token", 1)
    records.insert_generation(work.perishable, "token", 1, work.us)
    records.insert_state(work.perishable, _json((kek,)), _json((1,)))
    ring.changed()


def found_staff(work: Work, ring: Keyring) -> None:
    """Make the first key of the side behind the wall of 3.7, when the first person comes there. Without effect when there is one."""
    if ring.staff(work):
        return
    number = _next(work, ring)
    try:
        records.insert_state(work.perishable, _json((number,)), _json(()), records.STAFF)
    except Duplicate:
        raise Retry("keys_founded_elsewhere") from None  # another worker took somebody on at the same moment
    _make(work, ring, "staff", number)
    ring.changed(work)


def rotate(work: Work, ring: Keyring) -> int:
    """Begin a new generation on each side; the former ones are kept until their keys are re-wrapped. Gives the new number of the clients' side."""
    live = ring.live(work)
    records.retire_current(work.perishable, "kek", work.us)
    number = _fresh(work, ring, "kek")
    records.set_state(work.perishable, _json((*live.kek, number)), _json(live.token))
    behind = ring.staff(work)
    if behind:
        records.retire_current(work.perishable, "staff", work.us)
        other = _fresh(work, ring, "staff")
        records.set_state(work.perishable, _json((*behind, other)), _json(()), records.STAFF)
    ring.changed(work)
    return number


def _fresh(work: Work, ring: Keyring, kind: Kind) -> int:
    """Make a key under the next number. Run again after a lost race it leaves a key that nothing names; `sweep_files` takes it away."""
    number = _next(work, ring)
    _make(work, ring, kind, number)
    return number


def _next(work: Work, ring: Keyring) -> int:
    """The next number of both sides: one that was never given on either."""
    return max(n for kind in SIDES for n in (records.last_number(work.perishable, kind), *ring.provider.present(kind))) + 1


def _make(work: Work, ring: Keyring, kind: Kind, number: int) -> None:
    ring.provider.create(kind, number)
    records.insert_generation(work.perishable, kind, number, work.us)


def rewrap(work: Work, ring: Keyring, after: Cursor = START, limit: int = BATCH) -> tuple[Cursor | None, int]:
    """Move one batch of keys behind `after` to the current generation; gives where to go on (None at the end) and how many were moved."""
    behind = ring.staff(work)
    newest = ring.live(work).kek[-1]
    rows = records.to_rewrap(work.perishable, (newest, behind[-1] if behind else newest), after, limit)
    by_generation: dict[int, list[tuple[str, str, bytes]]] = {}
    for subject, key_id, generation, wrapped in rows:
        by_generation.setdefault(generation, []).append((subject, key_id, wrapped))
    for generation, group in by_generation.items():
        current = behind[-1] if generation in behind else newest
        moved = seal.rewrap(ring.kek(generation), ring.kek(current), [(w, context(s, k)) for s, k, w in group])
        updates = [(current, new, s, k, generation) for (s, k, _), new in zip(group, moved, strict=True)]
        records.rewrapped(work.perishable, updates)
    return ((rows[-1][0], rows[-1][1]) if len(rows) == limit else None), len(rows)


def rewrap_all(write: Write, ring: Keyring, limit: int = BATCH) -> int:
    """Re-wrap every survivor, a unit of work per batch; stopped anywhere, it can be begun again. Gives how many were moved."""
    after: Cursor | None = START
    total = 0
    while after is not None:
        after, count = write(partial(_rewrap_from, ring=ring, after=after, limit=limit))
        total += count
    return total


def _rewrap_from(work: Work, ring: Keyring, after: Cursor, limit: int) -> tuple[Cursor | None, int]:
    return rewrap(work, ring, after, limit)


def retire(work: Work, ring: Keyring) -> list[int]:
    """Destroy every former generation that no wrapped key uses any more; gives their numbers. The key goes once the work is committed."""
    live, behind = ring.live(work), ring.staff(work)
    ended = []
    for kind, numbers, side in (("kek", live.kek, records.CLIENT), ("staff", behind, records.STAFF)):
        idle = [number for number in numbers[:-1] if not records.generation_used(work.perishable, number)]
        if not idle:
            continue
        left = tuple(n for n in numbers if n not in idle)
        records.set_state(work.perishable, _json(left), _json(live.token if side == records.CLIENT else ()), side)
        for number in idle:
            records.mark_destroyed(work.perishable, kind, number, work.us)
            work.after_commit(partial(ring.provider.destroy, cast(Kind, kind), number))
        ended += idle
    if ended:
        ring.changed(work)
    return ended


def sweep_files(work: Work, ring: Keyring) -> int:
    """At start: destroy key files of generations that are destroyed in the table, or that no table names. Gives how many."""
    states = {kind: {number: state for number, state, *_ in records.generations(work.perishable, kind)} for kind in SIDES}
    if not states["kek"]:
        return 0  # a store without generations is not ours to judge by: it may be the wrong one
    last = max(number for side in states.values() for number in side)  # a higher one may belong to a rotation that is just being committed
    gone = 0
    for kind in SIDES:
        for number in ring.provider.present(kind):
            if number <= last and states[kind].get(number, "destroyed") == "destroyed":
                ring.provider.destroy(kind, number)
                gone += 1
    return gone


def newest_wrap(work: Work, subject: str = "") -> int:
    """The current generation of the subject's side (none named: the clients'): the last that can have wrapped a key of theirs that is deleted in this work."""
    kind = "staff" if subject and wall_of(work, subject) == STAFF_WALL else "kek"
    return max(int(number) for number, state, *_ in records.generations(work.perishable, kind) if state == "current")


def unrecoverable_at(work: Work, generation: int, key_backup: timedelta, interval: timedelta = INTERVAL) -> tuple[datetime, bool]:
    """When a key deleted under `generation` can come back from no backup, and whether that is a plan (True) or done (False)."""
    for status_ in _rows(work, key_backup, interval, {}, set()):
        if status_.number == generation:
            return status_.unrecoverable_at, status_.planned
    raise Conflict("generation_unknown", number=generation)


def status(work: Work, ring: Keyring, key_backup: timedelta, interval: timedelta = INTERVAL) -> list[GenerationStatus]:
    """Every generation with its number of keys and the instant of no return; `key_backup` is how long backups of keys are kept."""
    present = {number for kind in SIDES for number in ring.provider.present(kind)}
    return _rows(work, key_backup, interval, records.keys_per_generation(work.perishable), present)


def _rows(work: Work, key_backup: timedelta, interval: timedelta, counts: dict[int, int], present: set[int]) -> list[GenerationStatus]:
    made = []
    rows = [(kind, *row) for kind in SIDES for row in records.generations(work.perishable, kind)]
    for kind, number, state, created, retired, destroyed in sorted(rows, key=lambda row: row[1]):
        end = instant(destroyed) if destroyed else max(work.at, instant(retired) if retired else instant(created) + interval)
        made.append(
            GenerationStatus(
                number=number,
                state=state,
                created_at=instant(created),
                retired_at=instant(retired) if retired else None,
                destroyed_at=instant(destroyed) if destroyed else None,
                keys=counts.get(number, 0),
                fetchable=number in present,
                unrecoverable_at=end + key_backup,
                planned=destroyed is None,
                side=kind,
            )
        )
    return made


def _json(numbers: tuple[int, ...]) -> str:
    return msgspec.json.encode(numbers).decode()
