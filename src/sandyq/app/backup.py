"""Backups: both stores as of one moment, the sealed uploads, and a manifest that the office's own key vouches for (design 8, 16).

A backup holds no key. What is in it can be opened only with the keys folder, and only while the generation of its moment lives: keep the
two apart, and neither in the office's folder. The published log, the ledger and the keys have copies of their own; a restore needs the ledger and the log.
"""

import os
import shutil
from pathlib import Path
from typing import Final

import msgspec

from sandyq import __version__, seal
from sandyq.app import keys
from sandyq.app.office import SYSTEM, Office
from sandyq.audit import Act, Leaf, record, store
from sandyq.db import Actor
from sandyq.db.copy import copy_pair
from sandyq.errors import Conflict, NotFound, NotReady, Tampered
from sandyq.ids import new_id
from sandyq.register import keystore, media
from sandyq.register.keystore import Keyring

FORM: Final = 1
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.mac"
MEDIA: Final = "media"
KEY: Final = "backup"


class File(msgspec.Struct, frozen=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: where it is from, where log and ledger stood, the generations of keys it stands under, every file's digest."""

    form: int
    id: str
    made_us: int
    program: str
    office: str
    origin: str
    engine: str
    entries: int
    events: int
    chain: str
    generations: tuple[int, ...]
    files: dict[str, File]


def make(office: Office, folder: Path, actor: Actor = SYSTEM) -> Path:
    """Make a backup in a new folder inside `folder`; gives it. The office goes on meanwhile. Raises Conflict for a folder inside that of the office or of the keys.

    It appears under its name only when it is whole.
    """
    settings, into = office.settings, folder.resolve()
    if into.is_relative_to(settings.keys_dir.resolve()) or into.is_relative_to(settings.folder.resolve()):
        raise Conflict("backup_beside_keys", folder=str(folder), remedy="keep backups and keys apart: together they can undo a destruction")
    office.ship()
    us = office.read(lambda work: work.us)
    backup = new_id(us)
    whole, part = folder / f"sandyq-{backup}", folder / f".sandyq-{backup}.part"
    part.mkdir(mode=0o700, parents=True)
    try:
        manifest = _filled(office, part, backup, us)
        os.replace(part, whole)
    except BaseException:  # half a backup must not stay, whatever stopped it
        shutil.rmtree(part, ignore_errors=True)
        raise
    leaf = Leaf(Act.BACKUP_MADE, clause="8.2", article="94-V art. 22", object=backup, body_digest=seal.digest(manifest).hex())
    office.write(lambda work: record(work, leaf), actor)
    return whole


def _filled(office: Office, part: Path, backup: str, us: int) -> bytes:
    events, chain = office.ledger.head  # before the copy: what comes between the two is replayed once more, which changes nothing
    head = office.read(lambda work: store.head(work.durable))
    generations = tuple(g.number for g in keys.status(office) if g.keys or g.state == "current")
    files = {path.name: path for path in copy_pair(office.stores, part).values()}
    files.update(_copy_media(office.settings.media_dir, part / MEDIA))
    row = office.row
    made = Manifest(
        FORM,
        backup,
        us,
        __version__,
        row.id if row else "",
        row.origin if row else "",
        office.stores.engine,
        head[0] if head else 0,
        events,
        chain,
        generations,
        {name: File(path.stat().st_size, seal.digest_file(path).hex()) for name, path in sorted(files.items())},
    )
    text = msgspec.json.format(msgspec.json.encode(made, order="sorted"))
    _write(part / MANIFEST, text)
    _write(part / SEAL, seal.token(office.ring.office(KEY), text).hex().encode())
    return text


def _copy_media(source: Path, target: Path) -> dict[str, Path]:
    """The sealed uploads as they are now; one that is destroyed while we copy is left out."""
    target.mkdir(mode=0o700)
    copied = {}
    for name in media.stored(source) if source.exists() else []:
        if not name.endswith(".part"):
            try:
                copied[f"{MEDIA}/{name}"] = Path(shutil.copyfile(source / name, target / name))
            except FileNotFoundError:
                continue
            copied[f"{MEDIA}/{name}"].chmod(0o600)
    return copied


def read(folder: Path, ring: Keyring) -> tuple[Manifest, str]:
    """The manifest of a backup and its digest, once every file was found as it was written.

    Raises NotFound where no backup is, Tampered for a manifest or a file that is not what this office made, NotReady for a later form.
    """
    try:
        text, mac = (folder / MANIFEST).read_bytes(), (folder / SEAL).read_bytes()
    except FileNotFoundError:
        raise NotFound("backup_missing", folder=str(folder), remedy="name the folder sandyq-... that holds manifest.json") from None
    if not seal.same(seal.token(ring.office(KEY), text).hex().encode(), mac.strip()):
        raise Tampered("backup_manifest_altered", file=MANIFEST)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError:
        raise Tampered("backup_manifest_altered", file=MANIFEST) from None
    if manifest.form > FORM:
        raise NotReady("backup_newer", form=manifest.form, remedy="restore it with the version of the program that made it")
    for name, wanted in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise Tampered("backup_file_missing", file=name)
        if path.stat().st_size != wanted.bytes or seal.digest_file(path).hex() != wanted.sha256:
            raise Tampered("backup_file_altered", file=name)
    return manifest, seal.digest(text).hex()


def lost_generations(manifest: Manifest, provider: keystore.KeyProvider) -> list[int]:
    """Generations that the backup stands under and that are destroyed: what is sealed under them can never be read again."""
    return sorted(set(manifest.generations) - {*provider.present("kek"), *provider.present("staff")})


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
