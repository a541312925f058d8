"""Where master keys live. One protocol; a folder of files is the first provider, an HSM or a KMS can be another (design 9).

A provider that never lets a key out can still serve: it keeps each key wrapped under one of its own and hands it over opened; destroying is
then destroying that inner key.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol

from sandyq import seal
from sandyq.errors import NotFound, NotReady

Kind = Literal["kek", "staff", "token", "office"]
"""`kek` wraps the keys of clients, `staff` those behind the wall of 3.7; their numbers are one row, so that a number tells the side."""
_NAME = re.compile(r"^(kek|staff|token|office)-([0-9]{1,9})\.key$")


class KeyProvider(Protocol):
    """Makes, hands out and destroys 32-byte master keys, each named by kind and generation number."""

    def create(self, kind: Kind, number: int) -> None:
        """Make a fresh key that outlives a power cut once this returns. Raises NotReady when the number is taken."""
        ...

    def fetch(self, kind: Kind, number: int) -> bytes:
        """The key. Raises NotFound when it was destroyed or never made."""
        ...

    def destroy(self, kind: Kind, number: int) -> None:
        """Make the key unrecoverable here. Without effect when it is gone already."""
        ...

    def present(self, kind: Kind) -> list[int]:
        """The numbers that can be fetched, ascending."""
        ...


class FileKeys:
    """One file of 32 bytes per key, mode 0600, in a folder of mode 0700.

    Destroying overwrites before unlinking; on flash or a copying file system old blocks may outlive that, so such a folder belongs on a
    volume that is itself encrypted (docs/threats.md).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise NotReady("keys_folder_open", folder=str(folder), remedy=f"run `chmod 700 {folder}`")

    def create(self, kind: Kind, number: int) -> None:
        whole = self._path(kind, number)
        part = whole.with_name(f".{whole.name}.{seal.random_bytes(8).hex()}")
        _write(part, seal.new_key(), os.O_CREAT | os.O_EXCL)
        try:
            os.link(part, whole)  # unlike a rename, a link never replaces a key that is there
        except FileExistsError:
            raise NotReady("key_exists", kind=kind, number=number, remedy="take the next number") from None
        finally:
            part.unlink()
        self._sync()

    def fetch(self, kind: Kind, number: int) -> bytes:
        try:
            key = self._path(kind, number).read_bytes()
        except FileNotFoundError:
            raise NotFound("key_missing", kind=kind, number=number) from None
        if len(key) != seal.KEY_BYTES:
            raise NotReady("key_damaged", kind=kind, number=number, remedy="put the key file back from the key backup")
        return key

    def destroy(self, kind: Kind, number: int) -> None:
        path = self._path(kind, number)
        with suppress(FileNotFoundError):
            _write(path, seal.random_bytes(seal.KEY_BYTES), 0)
            path.unlink()
        self._sync()

    def present(self, kind: Kind) -> list[int]:
        names = (_NAME.match(entry.name) for entry in self._folder.iterdir())
        return sorted(int(name[2]) for name in names if name and name[1] == kind)

    def _path(self, kind: Kind, number: int) -> Path:
        return self._folder / f"{kind}-{number:06d}.key"

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write(path: Path, data: bytes, flags: int) -> None:
    handle = os.open(path, os.O_WRONLY | flags, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
