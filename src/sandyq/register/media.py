"""Uploads: sealed while they stream in, in chunks, under a key of their own; never in clear on a disk (design 7, 13).

The file is a row of chunks of 64 KiB, each sealed by itself and bound to the media id, the kind, its number and whether it is the last
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar, 2015), so a chunk changed, moved, dropped or cut off is noticed. Which
subject a file belongs to is bound by the wrapping of its key. The upload's own name is personal data and belongs into the item's fields.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from sandyq import seal
from sandyq.db.work import Work
from sandyq.errors import Misuse, NotFound, SandyqError, Tampered, TooLarge
from sandyq.ids import new_id
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import Operation, StandingAct
from sandyq.register import records
from sandyq.register.keystore import datakeys
from sandyq.register.keystore.ring import Keyring

CHUNK = 65_536
OVERHEAD = 28
LIMIT = 10 * 1024 * 1024
_SNIFF = 32
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis")
_OPENS = frozenset({Operation.USE, Operation.DISTRIBUTE, Operation.CHANGE})


class BadUpload(SandyqError):
    """An upload that is not kept: empty, or of no allowed kind."""

    code = "upload_kind"


def sniff(start: bytes) -> str:
    """The kind that the first bytes show: `application/pdf`, `image/jpeg`, `image/png`, `image/heic`, or nothing."""
    if start.startswith(b"%PDF-"):
        return "application/pdf"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS:
        return "image/heic"
    return ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file received and sealed, not yet anybody's. Its key is only here until `keep`."""

    media_id: str
    kind: str
    size: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One upload of a subject, as the table has it."""

    media_id: str
    item_id: str
    field: str
    kind: str
    size: int
    created_us: int


class Writer:
    """Takes the bytes of one upload as they come. `finish` or `abort` must follow; both leave no open file."""

    def __init__(self, folder: Path, us: int, limit: int = LIMIT) -> None:
        self._folder, self._limit = folder, limit
        self._id, self._key = new_id(us), seal.new_key()
        self._part = folder / f"{self._id}.part"
        self._file: BinaryIO = _create(self._part)
        self._held = bytearray()
        self._kind, self._size, self._number = "", 0, 0

    def feed(self, data: bytes) -> None:
        """Raises TooLarge over the bound and BadUpload when the first bytes show no allowed kind; the file is then gone already."""
        self._size += len(data)
        self._held += data
        if self._size > self._limit:
            self._refuse(TooLarge("upload_too_large", limit=self._limit))
        if not self._kind and self._size >= _SNIFF:
            self._look()
        while len(self._held) > CHUNK:  # the last chunk is known only at the end, so one is always held back
            self._write(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def finish(self) -> Upload:
        """Seal the last chunk, sync, and give the file its name. Raises BadUpload when nothing came."""
        if not self._kind:
            self._look()
        self._write(bytes(self._held), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self._folder / self._id)
        _sync(self._folder)
        return Upload(self._id, self._kind, self._size, self._key)

    def abort(self) -> None:
        """Drop what came so far."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _look(self) -> None:
        self._kind = sniff(bytes(self._held[:_SNIFF]))
        if not self._kind:
            self._refuse(BadUpload(allowed="pdf, jpeg, png, heic"))

    def _refuse(self, problem: SandyqError) -> None:
        self.abort()
        raise problem

    def _write(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(seal.seal(self._key, chunk, _context(self._id, self._kind, self._number, last)))
        self._number += 1


def receive(folder: Path, chunks: Iterable[bytes], us: int, limit: int = LIMIT) -> Upload:
    """Seal a whole upload; on any failure, the caller's too, nothing is left of it."""
    writer = Writer(folder, us, limit)
    try:
        for chunk in chunks:
            writer.feed(chunk)
        return writer.finish()
    except BaseException:  # whatever interrupts the stream, the half file goes before the error travels on
        writer.abort()
        raise


def discard(folder: Path, media_id: str) -> bool:
    """Remove the sealed file; without its key it was unreadable already. Gives whether there was one."""
    path = folder / media_id
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def keep(work: Work, ring: Keyring, subject: str, upload: Upload, item_id: str, field_id: str) -> None:
    """Make an upload the subject's: wrap its key, and tie it to the item and field (6.2.5) whose ground and term it shares."""
    datakeys.adopt(work, ring, subject, [(upload.media_id, upload.key)])
    records.insert_media(work.durable, subject, upload.media_id, item_id, field_id, upload.kind, upload.size, work.us)


def of(work: Work, subject: str) -> list[Entry]:
    """The uploads of a subject, oldest first."""
    return [Entry(*row) for row in records.media_rows(work.durable, subject)]


def open(work: Work, ring: Keyring, permit: Permit, folder: Path, media_id: str) -> Iterator[bytes]:
    """The clear bytes of one upload, chunk by chunk; the permit must cover its field and is spent.

    The chunks may be read after the work: the key lives in the iterator. Raises Tampered in the middle when the file was touched.
    """
    work.spend(permit)
    if permit.ask.operation not in _OPENS:
        raise Misuse("permit_not_for_opening", operation=permit.ask.operation)
    subject = permit.ask.subject
    entry = next((e for e in of(work, subject) if e.media_id == media_id), None)
    if entry is None:
        raise NotFound("upload_unknown")
    if entry.field not in permit.fields or (permit.ask.items and entry.item_id not in permit.ask.items):
        raise Misuse("permit_does_not_cover", fields=[entry.field])
    key = datakeys.load(work, ring, subject, [media_id]).get(media_id)
    if key is None:
        raise NotFound("upload_gone")
    return _read(folder / media_id, key, entry)


def open_all(work: Work, ring: Keyring, permit: Permit, folder: Path) -> dict[str, Iterator[bytes]]:
    """The clear bytes of every upload of a subject whose field the permit covers, by its id, under the one permit; as `open` else.

    An upload whose key is gone is left out: it is being destroyed.
    """
    work.spend(permit)
    if permit.ask.operation not in _OPENS:
        raise Misuse("permit_not_for_opening", operation=permit.ask.operation)
    subject, wanted = permit.ask.subject, permit.ask.items
    entries = [e for e in of(work, subject) if e.field in permit.fields and (not wanted or e.item_id in wanted)]
    keys = datakeys.load(work, ring, subject, [e.media_id for e in entries]) if entries else {}
    return {e.media_id: _read(folder / e.media_id, keys[e.media_id], e) for e in entries if e.media_id in keys}


def _read(path: Path, key: bytes, entry: Entry) -> Iterator[bytes]:
    chunks = max(1, -(-entry.size // CHUNK))
    try:
        with path.open("rb") as file:
            for number in range(chunks):
                last = number == chunks - 1
                sealed = file.read(-1 if last else CHUNK + OVERHEAD)
                yield seal.unseal(key, sealed, _context(entry.media_id, entry.kind, number, last))
    except FileNotFoundError:
        raise NotFound("upload_gone") from None
    except Tampered:
        raise Tampered("upload_tampered", media=entry.media_id) from None


def rehome(work: Work, ring: Keyring, permit: Permit, to: str, homes: Mapping[str, str]) -> int:
    """Move the uploads of a provisional subject to the known one it is merged with (design 11): `homes` gives each field the item it belongs to there.

    The permit is for `merge` and is spent. The old wrapping of each key goes with the destruction of the provisional subject, not before:
    a stop between the commits of the two stores leaves the upload readable where it was.
    """
    work.spend(permit)
    if permit.ask.operation is not StandingAct.MERGE:
        raise Misuse("permit_for_another_act", asked=permit.ask.operation.value, act="merge")
    subject = permit.ask.subject
    moving = [entry for entry in of(work, subject) if entry.field in homes]
    keys = datakeys.load(work, ring, subject, [entry.media_id for entry in moving])
    datakeys.adopt(work, ring, to, [(entry.media_id, keys[entry.media_id]) for entry in moving])
    records.delete_media(work.durable, [(subject, entry.media_id) for entry in moving])
    for entry in moving:
        home = homes[entry.field]
        records.insert_media(work.durable, to, entry.media_id, home, entry.field, entry.kind, entry.size, entry.created_us)
    return len(moving)


def stay(work: Work, subject: str, old: str, new: str) -> int:
    """The uploads of a version that a newer one replaces belong to the newer one: they are not destroyed with the former. Gives how many."""
    return records.move_media(work.durable, subject, old, new)


def erase_keys(work: Work, subject: str, media_ids: Iterable[str]) -> None:
    """Once committed, nothing opens these uploads. Can be run again."""
    datakeys.delete(work, subject, media_ids)


def erase_rows(work: Work, subject: str, media_ids: Iterable[str], folder: Path) -> None:
    """Delete the rows, and the files behind the commit. Can be run again; a file left by a crash goes at the next start."""
    gone = list(media_ids)
    if gone:
        records.delete_media(work.durable, [(subject, media_id) for media_id in gone])
        work.after_commit(partial(_discard_all, folder, gone))


def _discard_all(folder: Path, media_ids: Iterable[str]) -> None:
    for media_id in media_ids:
        discard(folder, media_id)


def stored(folder: Path) -> list[str]:
    """The names in the folder, sealed files and half ones (`.part`), ordered."""
    return sorted(entry.name for entry in os.scandir(folder) if entry.is_file())


def _context(media_id: str, kind: str, number: int, last: bool) -> bytes:
    return msgspec.json.encode(("sandyq media 1", media_id, kind, number, last))


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
