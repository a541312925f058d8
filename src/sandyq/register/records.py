"""SQL of subjects, items and uploads in the durable store, and the data map of every table of the register."""

from collections.abc import Mapping, Sequence
from typing import Final

from sandyq.db.work import Row, Statement, Tx, Value, places
from sandyq.register.holder import Column, Kind


def _columns(table: str, holder: str, term: str, kinds: Mapping[Kind, str]) -> dict[str, Column]:
    return {f"{table}.{name}": Column(kind, holder, term) for kind, names in kinds.items() for name in names.split()}


COLUMNS: Final[dict[str, Column]] = {
    **_columns(
        "subject",
        "register",
        "subject_stub",
        {"pseudonym": "subject_id", "none": "kind wall created_us revision iin_verified_us phone_verified_us matches_known destroyed_us"},
    ),
    **_columns(
        "item",
        "register",
        "item",
        {
            "pseudonym": "subject_id item_id consent decision",
            "none": "klass category version fields purposes source ground citation guaranteed source_cited term_rule term_end collected_us"
            " superseded_us",
            "sealed": "sealed",
        },
    ),
    **_columns("media", "register", "item", {"pseudonym": "subject_id media_id item_id", "none": "field kind size created_us"}),
    **_columns("generation", "keystore", "office", {"none": "kind number state created_us retired_us destroyed_us"}),
    **_columns("key_state", "keystore", "office", {"none": "id kek token"}),
    **_columns("wrapped_key", "keystore", "item", {"pseudonym": "subject_id key_id", "none": "generation", "sealed": "wrapped"}),
    **_columns("token", "index", "subject", {"pseudonym": "subject_id", "token": "token", "none": "kind generation asserted"}),
}
"""Class, holder and term of each column, `table.column` (design 13)."""

# subjects

_SUBJECT = "kind, wall, iin_verified_us, phone_verified_us, matches_known, destroyed_us, created_us, revision"


_STANDING = f"SELECT {_SUBJECT} FROM subject WHERE subject_id = ?"  # noqa: S608 fixed column list


def insert_subject(tx: Tx, subject: str, kind: str, wall: str, us: int, matches_known: bool, phone_us: int | None) -> None:
    """A new subject at revision 0."""
    tx.soon(
        "INSERT INTO subject (subject_id, kind, wall, created_us, revision, matches_known, phone_verified_us) VALUES (?, ?, ?, ?, 0, ?, ?)",
        subject,
        kind,
        wall,
        us,
        int(matches_known),
        phone_us,
    )


def subject_row(tx: Tx, subject: str) -> Row | None:
    """(kind, wall, iin_verified_us, phone_verified_us, matches_known, destroyed_us, created_us, revision)."""
    return tx.one(f"SELECT {_SUBJECT} FROM subject WHERE subject_id = ?", subject)  # noqa: S608 fixed column list


def subjects_brief(tx: Tx, ids: Sequence[str]) -> list[Row]:
    """(subject_id, iin_verified_us, matches_known) of those of these subjects that live."""
    marks = places(len(ids))
    sql = f"SELECT subject_id, iin_verified_us, matches_known FROM subject WHERE subject_id IN ({marks}) AND destroyed_us IS NULL"  # noqa: S608 only placeholders
    return tx.all(sql, *ids)


def lock_subject(tx: Tx, subject: str) -> Row | None:
    """The same row, shared-locked until the work ends."""
    return tx.lock_shared(_STANDING, subject)


def asked_by_gate(subject: str) -> tuple[Statement, Statement]:
    """The reads of `lock_subject` and `item_rows`, to be sent ahead."""
    return (_STANDING, (subject,)), (_ITEMS, (subject,))


def touch_subject(tx: Tx, subject: str) -> int:
    """Count one more change of standing; gives 0 when there is no such subject."""
    return tx.run(_TOUCH, subject)


def touch_seen(tx: Tx, subject: str) -> None:
    """The same for a subject whose row this work has read."""
    tx.soon(_TOUCH, subject)


_TOUCH = "UPDATE subject SET revision = revision + 1 WHERE subject_id = ?"


def verify_subject(tx: Tx, subject: str, kind: str, iin_us: int | None, phone_us: int | None) -> int:
    """Set the kind, and the instants that are given; those that stand stay."""
    return tx.run(
        "UPDATE subject SET revision = revision + 1, kind = ?, iin_verified_us = COALESCE(?, iin_verified_us),"
        " phone_verified_us = COALESCE(?, phone_verified_us) WHERE subject_id = ? AND destroyed_us IS NULL",
        kind,
        iin_us,
        phone_us,
        subject,
    )


def set_matches_known(tx: Tx, subject: str, matches: bool) -> int:
    """Whether what was asserted meets a known person."""
    return tx.run("UPDATE subject SET revision = revision + 1, matches_known = ? WHERE subject_id = ?", int(matches), subject)


def destroy_subject(tx: Tx, subject: str, us: int) -> int:
    """Close a subject for good; gives 0 when it is closed already."""
    return tx.run(
        "UPDATE subject SET revision = revision + 1, kind = 'destroyed', destroyed_us = ?, matches_known = 0"
        " WHERE subject_id = ? AND destroyed_us IS NULL",
        us,
        subject,
    )


def subjects_after(tx: Tx, after: str, limit: int) -> list[str]:
    """Subject ids in order behind `after`."""
    return [row[0] for row in tx.all("SELECT subject_id FROM subject WHERE subject_id > ? ORDER BY subject_id LIMIT ?", after, limit)]


def subjects_between(tx: Tx, after: str, upto: str) -> list[Row]:
    """(subject_id, destroyed_us) in (after, upto]."""
    return tx.all("SELECT subject_id, destroyed_us FROM subject WHERE subject_id > ? AND subject_id <= ?", after, upto)


# items

_LEGAL = (
    "klass, category, version, item_id, fields, purposes, source, ground, citation, consent, decision,"
    " guaranteed, source_cited, term_rule, term_end, collected_us"
)
LEGAL_COUNT: Final = 16
# What the gate looks at, and with it the sealed bytes of what a permit will most likely open: one read where two would go over the same pages.
_ITEMS: Final = (
    f"SELECT {_LEGAL}, superseded_us, CASE WHEN klass = 'data' AND superseded_us IS NULL THEN sealed END FROM item WHERE subject_id = ?"  # noqa: S608
)


def insert_items(tx: Tx, rows: Sequence[Sequence[Value]]) -> None:
    """Each row is subject_id, the legal columns in their order, sealed."""
    marks = places(LEGAL_COUNT + 2)
    tx.many(f"INSERT INTO item (subject_id, {_LEGAL}, sealed) VALUES ({marks})", rows)  # noqa: S608 fixed column list


def last_versions(tx: Tx, subject: str) -> dict[tuple[str, str], int]:
    """The last version of each (klass, category)."""
    rows = tx.all("SELECT klass, category, version FROM item WHERE subject_id = ? ORDER BY klass, category, version", subject)
    return {(klass, category): version for klass, category, version in rows}


def supersede(tx: Tx, rows: Sequence[tuple[int, str, str]]) -> None:
    """Each row is (instant, subject_id, category): the current version of the category ends."""
    tx.many(
        "UPDATE item SET superseded_us = ? WHERE subject_id = ? AND klass = 'data' AND category = ? AND superseded_us IS NULL",
        rows,
    )


def sealed_items(tx: Tx, subject: str) -> list[Row]:
    """The legal columns, superseded_us, sealed, of all items of a subject."""
    return tx.all(f"SELECT {_LEGAL}, superseded_us, sealed FROM item WHERE subject_id = ?", subject)  # noqa: S608 fixed column list


def legal_rows(tx: Tx, subject: str) -> list[Row]:
    """The legal columns and superseded_us, in the order of category and version."""
    return tx.all(
        f"SELECT {_LEGAL}, superseded_us FROM item WHERE subject_id = ? ORDER BY klass, category, version",  # noqa: S608 fixed column list
        subject,
    )


def item_kinds(tx: Tx, subject: str) -> list[Row]:
    """(item_id, klass, category) of all items of a subject."""
    return tx.all("SELECT item_id, klass, category FROM item WHERE subject_id = ?", subject)


def item_rows(tx: Tx, subject: str) -> list[Row]:
    """The legal columns and superseded_us of all items, and of current data what is sealed (of the rest None)."""
    return tx.all(_ITEMS, subject)


def delete_items(tx: Tx, pairs: Sequence[tuple[str, str]]) -> None:
    """Each pair is (subject_id, item_id)."""
    tx.many("DELETE FROM item WHERE subject_id = ? AND item_id = ?", pairs)


def delete_items_of(tx: Tx, subject: str, item_ids: Sequence[str]) -> None:
    """Items of one subject go, in one pass over theirs."""
    if item_ids:
        tx.soon(f"DELETE FROM item WHERE subject_id = ? AND item_id IN ({places(len(item_ids))})", subject, *item_ids)  # noqa: S608 only placeholders


def ending(tx: Tx, before: str, after: tuple[str, str, str], limit: int) -> list[Row]:
    """(term_end, subject_id, item_id) with a term that ended before an ISO date, in that order behind `after`."""
    return tx.all(
        "SELECT term_end, subject_id, item_id FROM item WHERE term_end < ? AND (term_end, subject_id, item_id) > (?, ?, ?)"
        " ORDER BY term_end, subject_id, item_id LIMIT ?",
        before,
        *after,
        limit,
    )


def item_ids_between(tx: Tx, after: str, upto: str) -> list[Row]:
    """(subject_id, item_id) of subjects in (after, upto]."""
    return tx.all("SELECT subject_id, item_id FROM item WHERE subject_id > ? AND subject_id <= ?", after, upto)


def item_subject_at(tx: Tx, after: str, offset: int) -> str | None:
    """The subject of the item that lies `offset` items behind subject `after`."""
    row = tx.one("SELECT subject_id FROM item WHERE subject_id > ? ORDER BY subject_id LIMIT 1 OFFSET ?", after, offset)
    return str(row[0]) if row else None


# uploads


def insert_media(tx: Tx, subject: str, media_id: str, item_id: str, field: str, kind: str, size: int, us: int) -> None:
    """A new upload."""
    tx.run(
        "INSERT INTO media (subject_id, media_id, item_id, field, kind, size, created_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
        subject,
        media_id,
        item_id,
        field,
        kind,
        size,
        us,
    )


def media_rows(tx: Tx, subject: str) -> list[Row]:
    """(media_id, item_id, field, kind, size, created_us), oldest first."""
    return tx.all("SELECT media_id, item_id, field, kind, size, created_us FROM media WHERE subject_id = ? ORDER BY media_id", subject)


def move_media(tx: Tx, subject: str, old: str, new: str) -> int:
    """The uploads of one item belong to another of the same subject from now on."""
    return tx.run("UPDATE media SET item_id = ? WHERE subject_id = ? AND item_id = ?", new, subject, old)


def delete_media(tx: Tx, pairs: Sequence[tuple[str, str]]) -> None:
    """Each pair is (subject_id, media_id)."""
    tx.many("DELETE FROM media WHERE subject_id = ? AND media_id = ?", pairs)


def media_between(tx: Tx, after: str, upto: str) -> list[Row]:
    """(subject_id, media_id) of subjects in (after, upto]."""
    return tx.all("SELECT subject_id, media_id FROM media WHERE subject_id > ? AND subject_id <= ?", after, upto)


def media_known(tx: Tx, media_ids: Sequence[str]) -> set[str]:
    """Which of these ids have a row."""
    marks = places(len(media_ids))
    return {row[0] for row in tx.all(f"SELECT media_id FROM media WHERE media_id IN ({marks})", *media_ids)}  # noqa: S608 only placeholders


def media_after(tx: Tx, after: str, limit: int) -> list[str]:
    """Media ids in order behind `after`."""
    return [row[0] for row in tx.all("SELECT media_id FROM media WHERE media_id > ? ORDER BY media_id LIMIT ?", after, limit)]
