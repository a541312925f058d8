"""Who holds our checkpoints so that we cannot take them back (design 15).

A log alone can be rewritten from end to end by who holds database, folder and signing key. It cannot be rewritten behind a checkpoint that
somebody else keeps. A folder on another machine is the simplest such somebody; a time stamp (RFC 3161), a cosigning witness and a mailbox
are others.
"""

from pathlib import Path
from typing import Protocol

from sandyq.audit.folder import write_new
from sandyq.audit.note import Checkpoint, Note


class Witness(Protocol):
    """One place outside that is given checkpoints and can be asked for them."""

    name: str

    def take(self, checkpoint: bytes) -> None:
        """Keep a signed checkpoint. Being given the same one again changes nothing."""
        ...

    def held(self) -> list[bytes]:
        """Every checkpoint it was ever given."""
        ...

    def latest(self) -> bytes | None:
        """The one of the greatest size."""
        ...


class FolderWitness:
    """A folder with one file per checkpoint, never overwritten: two checkpoints of one size and different roots stand side by side."""

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name or path.name

    def take(self, checkpoint: bytes) -> None:
        """Keep it under its size and the beginning of its root."""
        head = Checkpoint.parse(Note.parse(checkpoint).text)
        path = self.path / f"{head.size // 10**6:06d}" / f"{head.size:012d}-{head.root.hex()[:16]}"
        if not path.exists():
            write_new(path, checkpoint)

    def held(self) -> list[bytes]:
        """All files, whatever they hold: judging them is the verifier's work."""
        return [path.read_bytes() for path in sorted(self.path.glob("*/*-*"))]

    def latest(self) -> bytes | None:
        """By the names, so that a long history costs nothing."""
        folders = sorted(self.path.glob("*/"), reverse=True)
        newest = (max(folder.glob("*-*"), default=None) for folder in folders)
        return next((path.read_bytes() for path in newest if path), None)
