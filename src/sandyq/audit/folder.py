"""The published log on disk: tiles and the latest checkpoint, in a folder that any web server can hand out (C2SP `tlog-tiles`).

What a checkpoint covers is on disk before the checkpoint is. A tile below a checkpoint is never written again; a partial tile goes once the
full one is there.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from sandyq.audit.tiles import Stored, Tile, parse_path
from sandyq.errors import NotFound

CHECKPOINT = "checkpoint"
VERIFIER_KEY = "vkey"
_SYNC_ALL = 32  # from so many files on, one sync of the whole system is quicker than one for each


class LogFolder:
    """Reads and writes one log. Only the process that publishes writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, path: str) -> bytes:
        """A tile by its canonical path. Raises NotFound, also for every other path."""
        parse_path(path)
        try:
            return (self.path / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("no_such_tile", tile=path) from None

    def checkpoint(self) -> bytes | None:
        """The latest published checkpoint, as it is signed; None before the first."""
        try:
            return (self.path / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, tiles: Sequence[Stored]) -> None:
        """Store tiles and wait until the disk has them."""
        write_synced([(self.path / name, data) for name, data in tiles])

    def put_checkpoint(self, note: bytes) -> None:
        """Publish a checkpoint: from now on its tiles are promised."""
        write_synced([(self.path / CHECKPOINT, note)])

    def put_key(self, verifier_key: str) -> None:
        """Lay the public key beside the log. Who verifies should have it from elsewhere too."""
        if not (self.path / VERIFIER_KEY).exists():
            write_synced([(self.path / VERIFIER_KEY, f"{verifier_key}\n".encode())])

    def drop_partials(self, full: Iterable[Tile]) -> None:
        """Remove the partial forms of tiles that are full; a reader takes the full one in their place."""
        for tile in full:
            partials = self.path / f"{tile.path}.p"
            if partials.exists():
                shutil.rmtree(partials)


def write_synced(files: Sequence[tuple[Path, bytes]], mode: int = 0o644) -> None:
    """Write files whole or not at all: beside their names, synced, renamed, folders synced."""
    folders: set[Path] = set()
    for path, _ in files:
        _make(path.parent, folders)
    every = len(files) < _SYNC_ALL
    fresh = [(_beside(path, data, mode, sync=every), path) for path, data in files]
    if not every:
        os.sync()
    for temporary, path in fresh:
        temporary.replace(path)
        folders.add(path.parent)
    for folder in folders:
        _sync(folder)


def write_new(path: Path, data: bytes, mode: int = 0o644) -> bool:
    """Write a file that is never changed again; False when its name is taken."""
    folders: set[Path] = set()
    _make(path.parent, folders)
    temporary = _beside(path, data, mode, sync=True)
    try:
        os.link(temporary, path)  # unlike a rename, this takes nobody's place
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    for folder in folders | {path.parent}:
        _sync(folder)
    return True


def _make(folder: Path, made: set[Path]) -> None:
    """Make a folder and those above it; a new one's name is synced through its parent."""
    if folder.exists():
        return
    _make(folder.parent, made)
    with suppress(FileExistsError):
        folder.mkdir()
    made.add(folder.parent)


def _beside(path: Path, data: bytes, mode: int, *, sync: bool) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    with open(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    return temporary


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
