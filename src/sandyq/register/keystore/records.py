"""SQL of the keys: generations, wrapped keys and salts, all in the perishable store."""

from collections.abc import Sequence

from sandyq.db.work import Row, Tx, places

SALT = "salt"
"""The key id of a subject's audit salt."""
_FEW = 24


CLIENT, STAFF = 1, 2
"""The rows of the live generations: that of clients (and the office), and that behind the wall of 3.7, which is there once somebody is."""


def key_state(tx: Tx, side: int = CLIENT) -> Row | None:
    """The live generations as JSON: (kek, token). Shared-locked."""
    sql = "SELECT kek, token FROM key_state WHERE id = ?"
    if tx.engine != "sqlite":
        return tx.lock_shared(sql, side)
    rows = tx.seldom(sql, side)  # its one writer need lock nothing
    return rows[0] if rows else None


def founded(tx: Tx) -> bool:
    """Whether the office has keys."""
    return tx.one("SELECT 1 FROM key_state WHERE id = 1") is not None


def insert_state(tx: Tx, kek: str, token: str, side: int = CLIENT) -> None:
    """Begin with these live generations, as JSON."""
    tx.run("INSERT INTO key_state (id, kek, token) VALUES (?, ?, ?)", side, kek, token)


def set_state(tx: Tx, kek: str, token: str, side: int = CLIENT) -> None:
    """Replace the live generations, as JSON; whoever reads them shared is waited for."""
    tx.run("UPDATE key_state SET kek = ?, token = ? WHERE id = ?", kek, token, side)


def insert_generation(tx: Tx, kind: str, number: int, us: int) -> None:
    """A new current generation."""
    tx.run("INSERT INTO generation (kind, number, state, created_us) VALUES (?, ?, 'current', ?)", kind, number, us)


def retire_current(tx: Tx, kind: str, us: int) -> None:
    """The current generation of a kind begins to retire."""
    tx.run("UPDATE generation SET state = 'retiring', retired_us = ? WHERE kind = ? AND state = 'current'", us, kind)


def mark_destroyed(tx: Tx, kind: str, number: int, us: int) -> None:
    """The key of a generation is no more."""
    tx.run("UPDATE generation SET state = 'destroyed', destroyed_us = ? WHERE kind = ? AND number = ?", us, kind, number)


def generations(tx: Tx, kind: str) -> list[Row]:
    """(number, state, created_us, retired_us, destroyed_us), oldest first."""
    return tx.all("SELECT number, state, created_us, retired_us, destroyed_us FROM generation WHERE kind = ? ORDER BY number", kind)


def last_number(tx: Tx, kind: str) -> int:
    """The highest number ever given to a kind; 0 when there is none."""
    row = tx.one("SELECT COALESCE(MAX(number), 0) FROM generation WHERE kind = ?", kind)
    return int(row[0]) if row else 0


def keys_per_generation(tx: Tx) -> dict[int, int]:
    """How many wrapped keys stand under each generation."""
    return {int(number): int(count) for number, count in tx.all("SELECT generation, COUNT(*) FROM wrapped_key GROUP BY generation")}


def generation_used(tx: Tx, number: int) -> bool:
    """Whether some wrapped key stands under a generation."""
    return tx.one("SELECT 1 FROM wrapped_key WHERE generation = ? LIMIT 1", number) is not None


def insert_keys(tx: Tx, rows: Sequence[tuple[str, str, int, bytes]]) -> None:
    """Each row is (subject_id, key_id, generation, wrapped)."""
    sql = "INSERT INTO wrapped_key (subject_id, key_id, generation, wrapped) VALUES (?, ?, ?, ?)"
    if len(rows) > _FEW or tx.engine == "sqlite":
        tx.many(sql, rows)
        return
    for row in rows:  # those of one person travel with what comes next, where there is a network
        tx.soon(sql, *row)


def subject_keys(tx: Tx, subject: str) -> list[Row]:
    """(key_id, generation, wrapped) of one subject, the salt among them."""
    return tx.all("SELECT key_id, generation, wrapped FROM wrapped_key WHERE subject_id = ?", subject)


def one_key(tx: Tx, subject: str, key_id: str) -> Row | None:
    """(generation, wrapped) of one key."""
    return tx.one("SELECT generation, wrapped FROM wrapped_key WHERE subject_id = ? AND key_id = ?", subject, key_id)


def delete_key(tx: Tx, subject: str, key_id: str) -> int:
    """One key goes; gives 1, or 0 when it is gone already."""
    return tx.run("DELETE FROM wrapped_key WHERE subject_id = ? AND key_id = ?", subject, key_id)


def delete_keys(tx: Tx, pairs: Sequence[tuple[str, str]]) -> None:
    """Each pair is (subject_id, key_id)."""
    tx.many("DELETE FROM wrapped_key WHERE subject_id = ? AND key_id = ?", pairs)


def delete_keys_of(tx: Tx, subject: str, key_ids: Sequence[str]) -> None:
    """Keys of one subject go."""
    if key_ids:
        marks = places(len(key_ids))
        tx.soon(f"DELETE FROM wrapped_key WHERE subject_id = ? AND key_id IN ({marks})", subject, *key_ids)  # noqa: S608 only placeholders


def to_rewrap(tx: Tx, current: tuple[int, int], after: tuple[str, str], limit: int) -> list[Row]:
    """(subject_id, key_id, generation, wrapped) behind `after` in key order that do not stand under the `current` generation of either side."""
    return tx.all(
        "SELECT subject_id, key_id, generation, wrapped FROM wrapped_key WHERE (subject_id, key_id) > (?, ?) AND generation NOT IN (?, ?)"
        " ORDER BY subject_id, key_id LIMIT ?",
        *after,
        *current,
        limit,
    )


def rewrapped(tx: Tx, rows: Sequence[tuple[int, bytes, str, str, int]]) -> None:
    """Each row is (new generation, wrapped, subject_id, key_id, old generation); a key deleted meanwhile stays deleted."""
    tx.many("UPDATE wrapped_key SET generation = ?, wrapped = ? WHERE subject_id = ? AND key_id = ? AND generation = ?", rows)


def subject_at(tx: Tx, after: str, offset: int) -> str | None:
    """The subject of the key that lies `offset` keys behind subject `after`."""
    row = tx.one("SELECT subject_id FROM wrapped_key WHERE subject_id > ? ORDER BY subject_id LIMIT 1 OFFSET ?", after, offset)
    return str(row[0]) if row else None


def keys_between(tx: Tx, after: str, upto: str) -> list[Row]:
    """(subject_id, key_id) of subjects in (after, upto]."""
    return tx.all("SELECT subject_id, key_id FROM wrapped_key WHERE subject_id > ? AND subject_id <= ?", after, upto)
