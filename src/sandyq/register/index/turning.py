"""Rotation of the token masters: a new link on every chain, without opening any plaintext (design 10).

Old masters stay with the provider, because a search computes the whole chain. What a rotation gains: masters stolen before it do not open
a table stolen after it.
"""

from functools import partial

import msgspec

from sandyq.db.work import Work
from sandyq.register.index import records
from sandyq.register.index.tokens import turn
from sandyq.register.keystore import records as key_records
from sandyq.register.keystore.generations import Write
from sandyq.register.keystore.ring import Keyring

Cursor = tuple[str, bytes]
START: Cursor = ("", b"")
BATCH = 5_000


def rotate(work: Work, ring: Keyring) -> int:
    """Begin a new generation of tokens; rows of the former stay findable. Gives the new number."""
    live = ring.live(work)
    number = live.token[-1] + 1
    if number not in ring.provider.present("token"):  # a run that failed left a key that no row names: it serves as well
        ring.provider.create("token", number)
    key_records.retire_current(work.perishable, "token", work.us)
    key_records.insert_generation(work.perishable, "token", number, work.us)
    _set(work, ring, (*live.token, number))
    return number


def rechain(work: Work, ring: Keyring, after: Cursor = START, limit: int = BATCH) -> tuple[Cursor | None, int]:
    """Turn one batch of tokens behind `after` to the newest generation; gives where to go on (None at the end) and how many were turned."""
    current = ring.live(work).token[-1]
    masters = ring.tokens(current)
    rows = records.to_rechain(work.perishable, current, after, limit)
    turned = []
    for subject, old, generation in rows:
        token = old
        for master in masters[generation:current]:
            token = turn(master, token)
        turned.append((token, current, subject, old))
    if turned:
        records.rechained(work.perishable, turned)
    return ((rows[-1][0], rows[-1][1]) if len(rows) == limit else None), len(rows)


def settle(work: Work, ring: Keyring) -> tuple[int, ...]:
    """Stop searching generations that no row stands under any more; gives those still in use."""
    live = ring.live(work)
    used = records.generations_used(work.perishable) | {live.token[-1]}
    kept = tuple(number for number in live.token if number in used)
    if kept != live.token:
        _set(work, ring, kept)
    return kept


def rechain_all(write: Write, ring: Keyring, limit: int = BATCH) -> int:
    """Turn every token, a unit of work per batch, then settle; stopped anywhere, it can be begun again. Gives how many were turned."""
    after: Cursor | None = START
    total = 0
    while after is not None:
        after, count = write(partial(_rechain_from, ring=ring, after=after, limit=limit))
        total += count
    write(partial(settle, ring=ring))
    return total


def _rechain_from(work: Work, ring: Keyring, after: Cursor, limit: int) -> tuple[Cursor | None, int]:
    return rechain(work, ring, after, limit)


def _set(work: Work, ring: Keyring, token: tuple[int, ...]) -> None:
    kek = msgspec.json.encode(ring.live(work).kek).decode()
    key_records.set_state(work.perishable, kek, msgspec.json.encode(token).decode())
    ring.changed()
