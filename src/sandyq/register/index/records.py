"""SQL of the index tokens, in the perishable store."""

from collections.abc import Collection, Sequence

from sandyq.db.work import Row, Tx, places

TokenRow = tuple[str, bytes, str, int, int]
"""subject_id, token, kind, generation, asserted."""


def insert_tokens(tx: Tx, rows: Sequence[TokenRow]) -> None:
    """Add tokens; one that the subject has already stays as it is."""
    tx.many(
        "INSERT INTO token (subject_id, token, kind, generation, asserted) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (subject_id, token) DO NOTHING",
        rows,
    )


def find(tx: Tx, tokens: Sequence[bytes], limit: int) -> list[Row]:
    """(subject_id, asserted) of up to `limit` rows with any of these tokens, verified ones first, then the oldest."""
    if len(tokens) == 1:  # the common case reads the index alone, in its order
        return tx.all("SELECT subject_id, asserted FROM token WHERE token = ? ORDER BY asserted, subject_id LIMIT ?", tokens[0], limit)
    marks = places(len(tokens))
    return tx.all(
        f"SELECT subject_id, asserted FROM token WHERE token IN ({marks}) ORDER BY asserted, subject_id LIMIT ?",  # noqa: S608 only placeholders
        *tokens,
        limit,
    )


def confirm(tx: Tx, subject: str, tokens: Sequence[bytes]) -> int:
    """Turn asserted tokens into verified ones."""
    marks = places(len(tokens))
    return tx.run(
        f"UPDATE token SET asserted = 0 WHERE subject_id = ? AND token IN ({marks})",  # noqa: S608 only placeholders
        subject,
        *tokens,
    )


def delete(tx: Tx, subject: str) -> int:
    """All tokens of a subject go; gives how many."""
    return tx.run("DELETE FROM token WHERE subject_id = ?", subject)


def delete_kinds(tx: Tx, subject: str, kinds: Collection[str]) -> int:
    """The tokens of some kinds go; gives how many."""
    marks = places(len(kinds))
    return tx.run(f"DELETE FROM token WHERE subject_id = ? AND kind IN ({marks})", subject, *kinds)  # noqa: S608 only placeholders


def kinds_of(tx: Tx, subject: str) -> list[str]:
    """The kind of each token of a subject."""
    return [row[0] for row in tx.all("SELECT kind FROM token WHERE subject_id = ? ORDER BY kind", subject)]


def to_rechain(tx: Tx, current: int, after: tuple[str, bytes], limit: int) -> list[Row]:
    """(subject_id, token, generation) behind `after` in key order that do not stand under `current`."""
    return tx.all(
        "SELECT subject_id, token, generation FROM token WHERE (subject_id, token) > (?, ?) AND generation <> ?"
        " ORDER BY subject_id, token LIMIT ?",
        *after,
        current,
        limit,
    )


def rechained(tx: Tx, rows: Sequence[tuple[bytes, int, str, bytes]]) -> None:
    """Each row is (new token, new generation, subject_id, old token)."""
    tx.many("UPDATE token SET token = ?, generation = ? WHERE subject_id = ? AND token = ?", rows)


def tokens_of(tx: Tx, subject: str, kind: str) -> list[Row]:
    """(token, generation) of one kind."""
    return tx.all("SELECT token, generation FROM token WHERE subject_id = ? AND kind = ?", subject, kind)


def generations_used(tx: Tx) -> set[int]:
    """The generations that some token stands under."""
    return {row[0] for row in tx.all("SELECT DISTINCT generation FROM token")}


def subject_at(tx: Tx, after: str, offset: int) -> str | None:
    """The subject of the token that lies `offset` tokens behind subject `after`."""
    row = tx.one("SELECT subject_id FROM token WHERE subject_id > ? ORDER BY subject_id LIMIT 1 OFFSET ?", after, offset)
    return str(row[0]) if row else None


def subjects_between(tx: Tx, after: str, upto: str) -> set[str]:
    """The subjects in (after, upto] that have a token."""
    return {row[0] for row in tx.all("SELECT DISTINCT subject_id FROM token WHERE subject_id > ? AND subject_id <= ?", after, upto)}
