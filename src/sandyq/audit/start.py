"""The log when an office starts: does the database continue what was published, and what to do when an old database was brought back.

A database that is behind its published log, or that went on from an older state, was copied back by hand; the office must not serve then
(design 8, 16). A restore takes the missing entries from the published log, so that the log stays one log.
"""

from collections.abc import Sequence

from sandyq.audit import store
from sandyq.audit.folder import LogFolder
from sandyq.audit.note import Checkpoint, VerifierKey, open_checkpoint
from sandyq.audit.problem import Findings, Problem
from sandyq.audit.recording import decode
from sandyq.audit.sequencer import edge, number
from sandyq.audit.tiles import WIDTH, TileReader
from sandyq.audit.tree import Frontier, frontier, leaf_hash, root
from sandyq.audit.witness import Witness
from sandyq.db import Work
from sandyq.errors import SandyqError, Tampered


def check(work: Work, folder: LogFolder, key: VerifierKey, witnesses: Sequence[Witness] = ()) -> list[Problem]:
    """What keeps this office from serving: the database against the published checkpoint, and against the latest that each witness holds.

    It reads what is not published yet and the right edge of the tiles, not the whole log: that is `verify`'s work. `work` must be fresh.
    """
    found = Findings()
    heads = _latest(witnesses, key, found)  # what others hold is read before the database, which may grow meanwhile
    try:
        note = folder.checkpoint()
        published = open_checkpoint(note, key).head if note else None
        reader = TileReader(folder.read, published.size if published else 0)
        if published and root(published.size, reader.hash_at) != published.root:
            raise Tampered("tiles_differ", size=published.size)
    except SandyqError as problem:
        found.add(problem.code, "published log")
        return list(found)
    size, packed = store.head(work.durable) or (0, b"")
    if reader.size > size:
        found.add("database_behind", "published log", database=size, published=reader.size)
        return list(found)
    roots = _roots(work, reader, size, {head.size for head in heads.values()})
    if roots[size] != edge(size, packed).root():
        found.add("database_forked", "published log", database=size, published=reader.size)
    for name, head in heads.items():
        if head.size > size:
            found.add("database_behind", f"witness {name}", database=size, published=head.size)
        elif roots[head.size] != head.root:
            found.add("database_forked", f"witness {name}", size=head.size)
    return list(found)


def _latest(witnesses: Sequence[Witness], key: VerifierKey, found: Findings) -> dict[str, Checkpoint]:
    heads = {}
    for witness in witnesses:
        note = witness.latest()
        try:
            if note is not None:
                heads[witness.name] = open_checkpoint(note, key).head
        except Tampered as problem:
            found.add(problem.code, f"witness {witness.name}")
    return heads


def _roots(work: Work, reader: TileReader, size: int, asked: set[int]) -> dict[int, bytes]:
    """Roots at the sizes asked for and at `size`: up to what is published from its tiles, beyond that from the table."""
    found = {each: root(each, reader.hash_at) for each in asked if each <= reader.size}
    tree = frontier(reader.size, reader.hash_at) if reader.size else Frontier()
    for cut in sorted({each for each in asked if reader.size < each <= size} | {size}):
        while tree.size < cut:
            rows = store.entries(work, tree.size, min(32 * WIDTH, cut - tree.size))
            if not rows:
                break
            tree.extend([leaf_hash(body) for _, _, body in rows])
        found[cut] = tree.root()
    return found


def adopt(work: Work, folder: LogFolder, key: VerifierKey, limit: int = 16 * WIDTH) -> int:
    """Take up to `limit` entries that a restored database lacks from the published log; gives how many, 0 when none is missing.

    Raises Tampered("log_forked") when the database is not an earlier state of that log. Which persons the entries are about is not known any
    more to the database; their commitments still are in the entries.
    """
    missing = _missing(work, folder, key)
    if missing is None:
        return 0
    size, reader = missing
    bodies = list(reader.entries(size, min(size + limit, reader.size)))
    number(work.durable, [(decode(body).id, body) for body in bodies])
    store.drop_adopted(work)
    return len(bodies)


def earlier(work: Work, folder: LogFolder, key: VerifierKey) -> int:
    """How many published entries an old database lacks; 0 when none. Raises Tampered("log_forked") when it is not an earlier state of that log."""
    missing = _missing(work, folder, key)
    return missing[1].size - missing[0] if missing else 0


def _missing(work: Work, folder: LogFolder, key: VerifierKey) -> tuple[int, TileReader] | None:
    note = folder.checkpoint()
    if note is None:
        return None
    published = open_checkpoint(note, key).head
    reader = TileReader(folder.read, published.size)
    size, packed = store.head(work.durable) or (0, b"")
    if size >= published.size:
        return None
    if root(published.size, reader.hash_at) != published.root or root(size, reader.hash_at) != edge(size, packed).root():
        raise Tampered("log_forked", database=size, published=published.size)
    return size, reader
