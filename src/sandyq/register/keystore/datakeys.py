"""Data keys and audit salts of one subject. The unit of a key is the unit of destruction: one per item version, one per upload (design 7).

Each is wrapped under the current generation with the subject id and key id as context, so a wrapped key moved to another row does not open.
"""

from collections.abc import Iterable, Sequence

from sandyq import seal
from sandyq.db.work import Work
from sandyq.errors import NotFound, NotReady
from sandyq.register import records as register
from sandyq.register.keystore import records
from sandyq.register.keystore.ring import Keyring

STAFF_WALL = "staff"


def context(subject: str, key_id: str) -> bytes:
    """What a wrapped key is bound to."""
    return f"sandyq key 1|{subject}|{key_id}".encode()


def adopt(work: Work, ring: Keyring, subject: str, keys: Sequence[tuple[str, bytes]]) -> None:
    """Keep keys, given as (key id, 32 bytes), that were made before the subject was known (uploads)."""
    generation = _newest(work, ring, subject)
    kek = ring.kek(generation)
    rows = [(subject, key_id, generation, kek.wrap(key, context(subject, key_id))) for key_id, key in keys]
    records.insert_keys(work.perishable, rows)


def _newest(work: Work, ring: Keyring, subject: str) -> int:
    """The generation to wrap with: people behind the wall of 3.7 have one of their own."""
    if wall_of(work, subject) != STAFF_WALL:
        return ring.live(work).kek[-1]
    live = ring.staff(work)
    if not live:
        raise NotReady("keys_not_founded", remedy="make the subject by `subjects.create`")
    return live[-1]


def wall_of(work: Work, subject: str) -> str:
    """The side of the wall that a subject stands on; most often this work knows it already."""
    known = walls(work)
    if subject not in known:
        row = register.subject_row(work.durable, subject)
        known[subject] = str(row[1]) if row else ""
    return known[subject]


def walls(work: Work) -> dict[str, str]:
    """What this work knows of the wall: subject to side."""
    found: dict[str, str] = work.once.setdefault("walls", {})
    return found


def new_keys(work: Work, ring: Keyring, subject: str, key_ids: Sequence[str]) -> list[bytes]:
    """Make and keep one data key per id; gives them in order."""
    keys = seal.new_keys(len(key_ids))
    adopt(work, ring, subject, list(zip(key_ids, keys, strict=True)))
    return keys


def load(work: Work, ring: Keyring, subject: str, key_ids: Iterable[str]) -> dict[str, bytes]:
    """The data keys that are there, by id; a deleted one is simply missing. Raises Tampered when a row was altered or moved."""
    wanted = set(key_ids)
    return {
        key_id: ring.kek(generation).unwrap(wrapped, context(subject, key_id))
        for key_id, generation, wrapped in records.subject_keys(work.perishable, subject)
        if key_id in wanted
    }


def delete(work: Work, subject: str, key_ids: Iterable[str]) -> None:
    """Delete data keys; without effect for those that are gone. After the commit nothing opens what they sealed."""
    records.delete_keys_of(work.perishable, subject, sorted(key_ids))


def ids(work: Work, subject: str) -> set[str]:
    """The key ids that a subject still has, the salt left out."""
    return {row[0] for row in records.subject_keys(work.perishable, subject)} - {records.SALT}


def new_salt(work: Work, ring: Keyring, subject: str) -> None:
    """Give a new subject its audit salt."""
    [work.salts[subject]] = new_keys(work, ring, subject, [records.SALT])  # the entries of this very work need it


def salt(work: Work, ring: Keyring, subject: str) -> bytes:
    """The 32-byte audit salt of a subject. Raises NotFound once it is shredded: its leaves can no longer be linked."""
    row = records.one_key(work.perishable, subject, records.SALT)
    if row is None:
        raise NotFound("salt_gone", subject=subject)
    return ring.kek(row[0]).unwrap(row[1], context(subject, records.SALT))


def has_salt(work: Work, subject: str) -> bool:
    """Whether the audit salt is still there."""
    return records.one_key(work.perishable, subject, records.SALT) is not None


def shred_salt(work: Work, subject: str) -> int:
    """Delete the audit salt; gives 1, or 0 when it is gone already."""
    work.salts.pop(subject, None)
    return records.delete_key(work.perishable, subject, records.SALT)
