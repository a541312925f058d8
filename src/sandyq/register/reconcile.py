"""Settles, at start, what a crash left between the two commits (design 8), both ways and idempotently.

Keys, salts and tokens without rows come from a create that committed only its keys: nothing was ever sealed under them, so they go.
Rows and files without keys come from a destruction that committed only the deletion of its keys: nobody can read them, so they go too.
Uploads without a row go. The two stores are walked side by side in ranges of subjects, so memory stays bounded whatever their size. What is
younger than `settled_us` is left alone: on the server store another worker may be between its own two commits, so give an instant
earlier than the longest request began. On SQLite nobody else is there: give `EVERYTHING`.

Rows without keys are also what a lost or wrong perishable store looks like. The pairing marks are checked before this runs; and above
`doubtful` such rows nothing is removed and NotReady is raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from sandyq.db.work import Work
from sandyq.errors import NotReady
from sandyq.ids import new_id
from sandyq.register import media, records
from sandyq.register.index import records as token_records
from sandyq.register.keystore import records as key_records
from sandyq.register.keystore.generations import Write

EVERYTHING = 0xFFFF_FFFF_FFFF * 1000
RANGE = 2_000
DOUBTFUL = 10_000
_END = "8"  # above every id: ids begin with 0 to 7
_STAMP = 10  # characters of an id that hold its millisecond


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found and removed; `files_missing` are uploads that have a row and a key but no file: reported, never repaired."""

    orphan_keys: int = 0
    orphan_salts: int = 0
    orphan_tokens: int = 0
    unreadable_items: int = 0
    unreadable_media: int = 0
    orphan_files: int = 0
    files_missing: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def clean(self) -> bool:
        """Whether the stores agreed already."""
        return self == Counts()


def run(write: Write, folder: Path, settled_us: int, *, doubtful: int = DOUBTFUL, size: int = RANGE) -> Counts:
    """Look first, then settle. `write` commits: `lambda fn: stores.write(fn, actor)`.

    Raises NotReady when more than `doubtful` items have lost their key.
    """
    seen = _walk(write, settled_us, size, settle=False)
    if seen.unreadable_items + seen.unreadable_media > doubtful:
        remedy = "check that the perishable store is the right one; if these items were truly destroyed, raise the bound"
        raise NotReady("too_many_unreadable", items=seen.unreadable_items, bound=doubtful, remedy=remedy)
    if not seen.clean:
        seen = _walk(write, settled_us, size, settle=True)
    return seen + _files(write, folder, settled_us, size)


def _walk(write: Write, settled_us: int, size: int, *, settle: bool) -> Counts:
    total, after = Counts(), ""
    while after != _END:
        after, counts = write(partial(_range, after=after, before=new_id(settled_us)[:_STAMP], size=size, settle=settle))
        total += counts
    return total


def keys_without_rows(work: Work, settled_us: int, size: int = RANGE) -> Iterator[tuple[str, str]]:
    """(subject, key) of keys older than an instant whose item or upload is nowhere, from a read of both stores. A destruction takes keys first, so what has
    a key and no row was taken out of its table by hand, or a crash left it and the next start settles it."""
    after, before = "", new_id(settled_us)[:_STAMP]
    while after != _END:
        after, found = _between(work, after, before, size)
        yield from sorted(found.keys)


def _range(work: Work, after: str, before: str, size: int, settle: bool) -> tuple[str, Counts]:
    upto, found = _between(work, after, before, size)
    return upto, found.settle(work) if settle else found.counts


def _between(work: Work, after: str, before: str, size: int) -> "tuple[str, _Found]":
    """One range of subjects, (after, upto], wide enough for about `size` rows of the table that has most of them."""
    d, p = work.durable, work.perishable
    # the durable store is looked at first: a row seen there had its key committed before, so a missing key was deleted
    ends = (records.item_subject_at(d, after, size), key_records.subject_at(p, after, size), token_records.subject_at(p, after, size))
    upto = min((end for end in ends if end is not None), default=_END)
    keys = {(s, k) for s, k in key_records.keys_between(p, after, upto)}
    tokens = token_records.subjects_between(p, after, upto)
    items = {(s, i) for s, i in records.item_ids_between(d, after, upto)}
    uploads = {(s, m) for s, m in records.media_between(d, after, upto)}
    subjects = {s for s, _ in records.subjects_between(d, after, upto)}
    salts = {(s, k) for s, k in keys if k == key_records.SALT}
    return upto, _Found(
        keys={pair for pair in keys - salts - items - uploads if pair[1] < before},
        salts={pair for pair in salts if pair[0] not in subjects and pair[0] < before},
        tokens={s for s in tokens - subjects if s < before},
        items={pair for pair in items - keys if pair[1] < before},
        uploads={pair for pair in uploads - keys if pair[1] < before},
    )


@dataclass(frozen=True, slots=True)
class _Found:
    keys: set[tuple[str, str]]
    salts: set[tuple[str, str]]
    tokens: set[str]
    items: set[tuple[str, str]]
    uploads: set[tuple[str, str]]

    @property
    def counts(self) -> Counts:
        return Counts(len(self.keys), len(self.salts), len(self.tokens), len(self.items), len(self.uploads))

    def settle(self, work: Work) -> Counts:
        if self.keys or self.salts:
            key_records.delete_keys(work.perishable, sorted(self.keys | self.salts))
        for subject in sorted(self.tokens):
            token_records.delete(work.perishable, subject)
        if self.items:
            records.delete_items(work.durable, sorted(self.items))
        if self.uploads:
            records.delete_media(work.durable, sorted(self.uploads))
        return self.counts


def _files(write: Write, folder: Path, settled_us: int, size: int) -> Counts:
    """Files without a row go, half files too; rows without a file are counted."""
    names = media.stored(folder) if folder.exists() else []
    before = new_id(settled_us)[:_STAMP]
    halves = [name for name in names if name.endswith(".part") and name < before]
    whole = [name for name in names if not name.endswith(".part")]
    orphans: list[str] = []
    for start in range(0, len(whole), size):
        batch = whole[start : start + size]
        known: set[str] = write(partial(_known, media_ids=batch))
        orphans += [name for name in batch if name not in known and name < before]
    for name in [*halves, *orphans]:
        media.discard(folder, name)
    return Counts(orphan_files=len(halves) + len(orphans), files_missing=_missing(write, set(whole), size))


def _known(work: Work, media_ids: list[str]) -> set[str]:
    return records.media_known(work.durable, media_ids)


def _missing(write: Write, there: set[str], size: int) -> int:
    missing, after = 0, ""
    while True:
        batch: list[str] = write(partial(_media_after, after=after, limit=size))
        missing += sum(name not in there for name in batch)
        if len(batch) < size:
            return missing
        after = batch[-1]


def _media_after(work: Work, after: str, limit: int) -> list[str]:
    return records.media_after(work.durable, after, limit)
