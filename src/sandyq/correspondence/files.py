"""What of an e-mail's attachments is taken: by looking at the bytes, never by the name, and with nothing unpacked (policy 8.3, 6.2.5)."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandyq.correspondence.facts import File, Scan
from sandyq.errors import TooLarge
from sandyq.post.mime import Attachment
from sandyq.register import media
from sandyq.register.media import BadUpload

MOST_FILES: Final = 20
MOST_WHOLE: Final = 2 * 1024 * 1024
"""Bytes of a file that is kept whole inside the sealed letter."""
_MOST_ENTRIES: Final = 2_000
_MOST_UNPACKED: Final = 100 * 1024 * 1024
_MOST_RATIO: Final = 200
_SIGNATURE: Final = "application/pkcs7-signature"
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
"""The object identifier of CMS signed data (RFC 5652, 5.1), as it stands near the beginning of an electronic signature."""
_TNEF: Final = b"\x78\x9f\x3e\x22"
_REFUSED: Final = {"": "upload_kind", "archive": "archive_refused", "winmail": "winmail"}
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT: Final = "application/vnd.oasis.opendocument.text"


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is kept, and codes of what is not: upload_kind, upload_too_large, archive_refused, winmail, too_many_files."""

    scans: tuple[Scan, ...]
    files: tuple[File, ...]
    omitted: tuple[str, ...]


def take(folder: Path, us: int, attachments: Iterable[Attachment]) -> Sorted:
    """Seal what may be kept. Scans lie in the media folder afterwards; the key of each is only in its `Upload` until `receive` keeps it, and a file
    that nobody keeps is removed at the next start."""
    scans: list[Scan] = []
    files: list[File] = []
    omitted: list[str] = []
    for attachment in attachments:
        if len(scans) + len(files) >= MOST_FILES:
            omitted.append("too_many_files")
            break
        try:
            if media.sniff(attachment.data[:32]):
                scans.append(Scan(attachment.name, media.receive(folder, (attachment.data,), us)))
                continue
        except (TooLarge, BadUpload) as refused:
            omitted.append(refused.code)
            continue
        kind = kind_of(attachment.data)
        if kind in _REFUSED:
            omitted.append(_REFUSED[kind])
        elif len(attachment.data) > MOST_WHOLE:
            omitted.append("upload_too_large")
        else:
            files.append(File(attachment.name, kind, attachment.data))
    return Sorted(tuple(scans), tuple(files), tuple(dict.fromkeys(omitted)))


def kind_of(data: bytes) -> str:
    """The kind that the bytes show: a document of a word processor, plain text, an electronic signature (kept for whoever checks it), `archive` for what
    holds other files, `winmail` for what only Outlook can open (TNEF), or nothing."""
    if data.startswith(b"{\\rtf"):
        return "application/rtf"
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data.startswith((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x05\x06")):
        return "archive"
    if data.startswith(_TNEF):
        return "winmail"
    if data[:1] == b"\x30" and _SIGNED_DATA in data[:40]:
        return _SIGNATURE
    return "text/plain" if _is_text(data) else ""


def _office(data: bytes) -> str:
    """A word processor's file by its list of contents alone; a list that tells of a bomb, of macros, or of something else is an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return "archive"
    names = {entry.filename for entry in inside}
    unpacked = sum(entry.file_size for entry in inside)
    if len(inside) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * len(data):
        return "archive"
    if any(name.lower().endswith(("vbaproject.bin", ".zip", ".exe", ".js")) for name in names):
        return "archive"
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return _DOCX
    return _ODT if {"mimetype", "content.xml", "META-INF/manifest.xml"} <= names and b"opendocument.text" in data[:200] else "archive"


def _is_text(data: bytes) -> bool:
    if b"\0" in data[:4096]:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
