"""Uploads: sealed while they stream, and any touch of the file noticed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from register_people import permit, person

from sandyq.db import Work
from sandyq.errors import Misuse, NotFound, Tampered, TooLarge
from sandyq.law.vocabulary import Operation
from sandyq.register import keystore, media

Write = Callable[[Callable[[Work], Any]], Any]
Ring = keystore.Keyring
US = 1_773_896_400_000_000
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1000
COPY = frozenset({"document_copy"})
SEALED = media.CHUNK + media.OVERHEAD


def pieces(data: bytes, size: int = 10_000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def kept(write: Write, ring: Ring, folder: Path, data: bytes = PDF) -> tuple[str, str]:
    """A person with one upload; gives subject and media id."""
    subject, ids = write(lambda w: person(w, ring))
    upload = media.receive(folder, pieces(data), US)
    write(lambda w: media.keep(w, ring, subject, upload, ids[0], "document_copy"))
    return subject, upload.media_id


def read(write: Write, ring: Ring, folder: Path, subject: str, media_id: str) -> bytes:
    return b"".join(write(lambda w: media.open(w, ring, permit(w, subject, fields=COPY), folder, media_id)))


@pytest.mark.parametrize("size", [32, 100, media.CHUNK - 1, media.CHUNK, media.CHUNK + 1, 2 * media.CHUNK, 3 * media.CHUNK + 7])
def test_an_upload_of_any_size_comes_back_as_it_was(write: Write, ring: Ring, folder: Path, size: int) -> None:
    data = (PDF * 2)[:size]
    subject, media_id = kept(write, ring, folder, data)
    assert read(write, ring, folder, subject, media_id) == data
    (entry,) = write(lambda w: media.of(w, subject))
    assert (entry.kind, entry.size, entry.field) == ("application/pdf", size, "document_copy")
    assert (folder / media_id).stat().st_size == size + media.OVERHEAD * max(1, -(-size // media.CHUNK))


def test_nothing_readable_is_in_the_file_and_it_is_the_owners_only(write: Write, ring: Ring, folder: Path) -> None:
    _, media_id = kept(write, ring, folder)
    raw = (folder / media_id).read_bytes()
    assert b"%PDF" not in raw
    assert bytes(range(64)) not in raw
    assert (folder / media_id).stat().st_mode & 0o777 == 0o600


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit turned": lambda raw: raw[:50] + bytes([raw[50] ^ 1]) + raw[51:],
    "cut inside the last chunk": lambda raw: raw[:-1],
    "the last chunk dropped": lambda raw: raw[: len(raw) // SEALED * SEALED],
    "two chunks exchanged": lambda raw: raw[SEALED : 2 * SEALED] + raw[:SEALED] + raw[2 * SEALED :],
    "a chunk dropped": lambda raw: raw[:SEALED] + raw[2 * SEALED :],
    "a chunk doubled": lambda raw: raw[:SEALED] + raw,
    "bytes added": lambda raw: raw + b"\x00",
    "emptied": lambda raw: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_touched_file_is_noticed(write: Write, ring: Ring, folder: Path, damage: str) -> None:
    subject, media_id = kept(write, ring, folder)
    path = folder / media_id
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(Tampered, match="upload_tampered"):
        read(write, ring, folder, subject, media_id)


@pytest.mark.parametrize(("column", "value"), [("size", 70_000), ("kind", "image/png")])
def test_a_changed_row_is_noticed(write: Write, ring: Ring, folder: Path, column: str, value: object) -> None:
    subject, media_id = kept(write, ring, folder)
    write(lambda w: w.durable.run(f"UPDATE media SET {column} = ? WHERE media_id = ?", value, media_id))
    with pytest.raises(Tampered):
        read(write, ring, folder, subject, media_id)


def test_files_exchanged_between_uploads_are_noticed(write: Write, ring: Ring, folder: Path) -> None:
    subject, one = kept(write, ring, folder)
    _, two = kept(write, ring, folder)
    (folder / one).write_bytes((folder / two).read_bytes())
    with pytest.raises(Tampered):
        read(write, ring, folder, subject, one)


def test_an_upload_opens_only_with_a_permit_for_its_field(write: Write, ring: Ring, folder: Path) -> None:
    subject, media_id = kept(write, ring, folder)
    with pytest.raises(Misuse, match="permit_does_not_cover"):
        write(lambda w: media.open(w, ring, permit(w, subject), folder, media_id))
    with pytest.raises(Misuse, match="permit_not_for_opening"):
        write(lambda w: media.open(w, ring, permit(w, subject, Operation.DESTROY, COPY), folder, media_id))
    stranger, _ = kept(write, ring, folder)
    with pytest.raises(NotFound, match="upload_unknown"):
        read(write, ring, folder, stranger, media_id)


def test_what_is_too_large_is_refused_and_nothing_stays(folder: Path) -> None:
    with pytest.raises(TooLarge, match="upload_too_large"):
        media.receive(folder, pieces(PDF), US, limit=100_000)
    assert media.stored(folder) == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(100), b"<html>" + bytes(100), b"MZ", b"\x00" * 40, b" %PDF-1.7" + bytes(40)])
def test_a_kind_that_is_not_allowed_is_refused_and_nothing_stays(folder: Path, data: bytes) -> None:
    with pytest.raises(media.BadUpload):
        media.receive(folder, pieces(data, 3), US)
    assert media.stored(folder) == []


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", ""),
    ],
)
def test_the_kind_is_what_the_first_bytes_show(start: bytes, kind: str) -> None:
    assert media.sniff(start) == kind


def test_a_stream_that_breaks_leaves_nothing(folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield PDF[:70_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        media.receive(folder, broken(), US)
    assert media.stored(folder) == []


def test_an_erased_upload_is_gone_key_row_and_file(write: Write, ring: Ring, folder: Path) -> None:
    subject, media_id = kept(write, ring, folder)
    write(lambda w: media.erase_keys(w, subject, [media_id]))
    with pytest.raises(NotFound, match="upload_gone"):
        read(write, ring, folder, subject, media_id)
    for _ in range(2):
        write(lambda w: media.erase_rows(w, subject, [media_id], folder))
    assert media.stored(folder) == []
    assert write(lambda w: media.of(w, subject)) == []
    assert "kkkk" not in repr(media.Upload("m", "application/pdf", 1, b"k" * 32))
