"""The answer to take along: one ZIP with the document, its reading in DPV, its schema, the letter and the uploads, made while it is sent.

Nothing of it is ever on a disk in clear: uploads are unsealed chunk by chunk while the archive flows. It holds no date but that of the answer and no
attribute of this machine, so that the same answer gives the same bytes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from sandyq.access import dpv, schema
from sandyq.access.acts import ARTICLE, CLAUSE, Answered, own_access
from sandyq.access.facts import Package
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.gate import Gate
from sandyq.law.decision import Refusal
from sandyq.register import media
from sandyq.speech import ZONE

MEDIA_TYPE: Final = "application/zip"
ANSWER: Final = "answer.json"
IN_DPV: Final = "answer.dpv.jsonld"
LETTER: Final = "letter.pdf"
_READABLE_BY_OWNER: Final = 0o600 << 16


def uploads(
    work: Work, gate: Gate, folder: Path, given: Answered, *, documents: tuple[str, ...] = ()
) -> Mapping[str, Iterator[bytes]] | Refusal:
    """The bytes of the uploads that a full answer names, by their names in the archive; to be read after the commit, once.

    They pass the gate by themselves, and the log has an entry for them under the answer's own. A masked answer has none.
    """
    found: dict[str, Iterator[bytes]] = {}
    for held in given.package.people:
        named = {file.id: file.name for file in held.files if file.name}
        if not named:
            continue
        items = frozenset(file.item for file in held.files)
        fields = frozenset(file.field for file in held.files)
        subject = held.person.subject
        ask = own_access(work, gate, subject, items=items, fields=fields, documents=documents, wall=held.role.code)
        permit = gate.ask(work, ask)
        if isinstance(permit, Refusal):
            return permit
        opened = media.open_all(work, gate.ring, permit, folder)
        parent = given.leaf if held is given.package.people[0] else ""
        record(work, Leaf(Act.EXPORTED, subject, CLAUSE, ARTICLE, object="uploads", count=len(opened), parent=parent))
        found |= {named[media_id]: chunks for media_id, chunks in opened.items() if media_id in named}
    return found


def stream(package: Package, files: Mapping[str, Iterable[bytes]], letter: bytes = b"") -> Iterator[bytes]:
    """The archive, piece by piece."""
    sink = _Sink()
    at = package.made_at
    members: list[tuple[str, Iterable[bytes]]] = [
        (ANSWER, [package.to_json()]),
        (IN_DPV, [dpv.export(package)]),
        (schema.NAME, [schema.text()]),
        *([(LETTER, [letter])] if letter else []),
        *sorted(files.items(), key=lambda pair: pair[0]),
    ]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in members:
            with archive.open(_entry(name, at), "w", force_zip64=False) as member:
                for chunk in chunks:
                    member.write(chunk)
                    yield from sink.taken()
            yield from sink.taken()
    yield from sink.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    local = at.astimezone(ZONE)
    entry = zipfile.ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # so that the attributes below are read as they are meant
    entry.external_attr = _READABLE_BY_OWNER
    return entry


class _Sink(io.RawIOBase):
    """Takes what the archive writes and gives it on; it cannot seek, so the archive states sizes behind each member."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> list[bytes]:
        """What came since the last time."""
        held, self._held = b"".join(self._held), []
        return [held] if held else []
