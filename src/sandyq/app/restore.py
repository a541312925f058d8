"""Bringing a backup back without forgetting a promise (policy 2.5, 8.2; design 16; scenario 11).

1. `place`: the backup is checked, the office is marked, the stores are put in place
2. `replay`: entries that the log has published and the database lacks are adopted; nothing old leaves any more; every restrictive event since
   the backup is carried out again; destructions run to their end; the stores are declared a pair; the log says `office.restored`

The mark stands outside the databases from before the first change until after the last, and while it stands nothing serves. Every stage can be begun
again, so a restore that was killed goes on where it stopped. Uploads in the media folder are never overwritten: a sealed file never changes.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from sandyq import correspondence, destroy, distribute, identity, outbox, staff
from sandyq.app import backup, pending, plans
from sandyq.app.backup import Manifest
from sandyq.app.office import Office
from sandyq.app.pending import Pending, Stage
from sandyq.audit import Act, Leaf, ledger, record, signing, store
from sandyq.audit import start as log_start
from sandyq.audit.folder import LogFolder
from sandyq.audit.ledger import Ledger
from sandyq.audit.recording import decode
from sandyq.clock import Clock, SystemClock
from sandyq.db import Stores, Work, pair
from sandyq.db.copy import put_pair, staged
from sandyq.distribute.acts import Resumed
from sandyq.errors import Conflict, NotReady
from sandyq.register import keystore
from sandyq.register.keystore import FileKeys, Keyring
from sandyq.settings import Settings

Progress = Callable[[Stage, int, int], None]
"""Told what is being done, how much of it, and of how much (0: not known)."""
BATCH: Final = 200
_PAGE: Final = 4096
_STAGING: Final = ".restore"
_LEFT: Final = frozenset({Act.TRANSFER_SENDING.value, Act.TRANSFER_SENT.value, Act.TRANSFER_ACKNOWLEDGED.value, Act.RECALL_CONFIRMED.value})


@dataclass(frozen=True, slots=True)
class Restored:
    """What this run of a restore did: of which backup, entries adopted from the published log, restrictive events since the backup, what became of
    transfers, destructions run to their end again."""

    backup: str
    entries: int
    events: int
    transfers: Resumed
    destroyed: int


def _quiet(stage: Stage, done: int, total: int) -> None:
    """Nobody watches."""


def restore(settings: Settings, folder: Path | None = None, *, clock: Clock | None = None, on: Progress = _quiet) -> Restored:
    """Restore from a backup's folder, or go on with a restore that was stopped (no folder). Afterwards the office can be started.

    Raises Conflict while the office runs, Tampered for a backup or ledger that was altered, NotReady with the remedy for what is missing.
    """
    if folder is not None:
        place(settings, folder, clock=clock, on=on)
    office = Office.open(settings, clock=clock, restoring=True)
    try:
        return replay(office, on)
    finally:
        office.close()


# --- the stores in their place -------------------------------------------------------------------------------------------------------------


def place(settings: Settings, folder: Path, *, clock: Clock | None = None, on: Progress = _quiet) -> None:
    """Check a backup, mark the office, put the backup's stores in place of its own. A restore of the same backup that came further is left as it is."""
    ring = Keyring(FileKeys(settings.keys_dir))
    on(Stage.PLACING, 0, 0)
    manifest, digest = backup.read(folder, ring)
    mark = _mark(settings)
    if mark is not None and mark.backup == manifest.id and mark.stage is not Stage.PLACING:
        return
    _check(settings, manifest, ring)
    staging = settings.folder / _STAGING
    shutil.rmtree(staging, ignore_errors=True)  # of a restore that was stopped
    staging.mkdir(mode=0o700, parents=True)
    try:
        names = [name for name in manifest.files if not name.startswith(f"{backup.MEDIA}/")]
        files = {Path(name).stem: Path(shutil.copyfile(folder / name, staging / name)) for name in names}
        if settings.engine == "sqlite":
            _look_at_copy(settings, staging, clock or SystemClock())
        mark = Pending(manifest.id, digest, Stage.PLACING, manifest.events, manifest.entries)
        pending.save(settings.ledger_dir, mark)
        put_pair(settings, files)
        _put_media(settings, folder, manifest)
        pending.save(settings.ledger_dir, replace(mark, stage=Stage.ADOPTING))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _mark(settings: Settings) -> Pending | None:
    try:
        return pending.load(settings.ledger_dir)
    except NotReady:
        return None  # a mark that cannot be read says only that a restore had begun: it begins again


def _check(settings: Settings, manifest: Manifest, ring: Keyring) -> None:
    if manifest.engine != settings.engine:
        raise Conflict("backup_of_another_engine", backup=manifest.engine, office=settings.engine)
    if manifest.origin != signing.load(settings.keys_dir).key.name:
        raise Conflict("backup_of_another_office", origin=manifest.origin)
    gone = backup.lost_generations(manifest, ring.provider)
    if gone:
        named = ", ".join(str(number) for number in gone)
        raise NotReady(
            "backup_keys_destroyed", generations=named, remedy="restore a later backup: what this one holds was made unreadable for good"
        )
    _check_ledger(settings, manifest)


def _check_ledger(settings: Settings, manifest: Manifest) -> None:
    """The ledger must hold at least what it held when the backup was made, unchanged."""
    remedy = "bring the ledger folder back from where it is copied to: without it the restore would forget destructions and blocks"
    if not Ledger(settings.ledger_dir).reaches(manifest.events, manifest.chain):
        raise NotReady("ledger_cut", wanted=manifest.events, remedy=remedy)


def _look_at_copy(settings: Settings, staging: Path, clock: Clock) -> None:
    """Open the copy where it lies: its schema is brought up to date, and it must be an earlier state of the published log. Raises Conflict while the
    office runs, Tampered when the log went another way."""
    stores = Stores.open(staged(settings, staging), clock)
    try:
        key = signing.load(settings.keys_dir).key
        stores.read(lambda work: log_start.earlier(work, LogFolder(settings.log_dir), key))
    finally:
        stores.close()


def _put_media(settings: Settings, folder: Path, manifest: Manifest) -> None:
    settings.media_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in manifest.files:
        target = settings.media_dir / Path(name).name
        if name.startswith(f"{backup.MEDIA}/") and not target.exists():
            half = target.with_name(f"{target.name}.part")
            shutil.copyfile(folder / name, half)
            half.chmod(0o600)
            half.replace(target)


# --- what the backup does not know ---------------------------------------------------------------------------------------------------------


def replay(office: Office, on: Progress = _quiet) -> Restored:
    """Bring a placed backup up to its promises and take the mark away. Raises NotReady when no restore is under way or the stores are not in place."""
    mark = pending.load(office.settings.ledger_dir)
    if mark is None:
        raise NotReady("restore_not_begun", remedy="run `sandyq restore` with the folder of a backup")
    if mark.stage is Stage.PLACING:
        raise NotReady("restore_pending", backup=mark.backup, stage=mark.stage.value, remedy="run `sandyq restore` with the backup again")
    run = _Replay(office, mark, on)
    for stage, step in run.stages().items():
        if list(Stage).index(stage) >= list(Stage).index(mark.stage):
            run.enter(stage)
            step()
    return run.end()


class _Replay:
    """One run over the stages that are left."""

    def __init__(self, office: Office, mark: Pending, on: Progress) -> None:
        self._office = office
        self._mark = mark
        self._on = on
        self._entries = self._destroyed = 0
        self._transfers = Resumed()

    def stages(self) -> dict[Stage, Callable[[], None]]:
        return {
            Stage.ADOPTING: self._adopt,
            Stage.STOPPING: self._stop,
            Stage.REPLAYING: self._replay,
            Stage.FINISHING: self._finish,
        }

    def enter(self, stage: Stage) -> None:
        self._mark = replace(self._mark, stage=stage)
        pending.save(self._office.settings.ledger_dir, self._mark)

    def _adopt(self) -> None:
        """First of all: until the log is whole again, one more entry would fork it."""
        office, key = self._office, self._office.publisher.key
        while count := office.write(lambda work: log_start.adopt(work, office.folder, key)):
            self._entries += count
            self._on(Stage.ADOPTING, self._entries, 0)

    def _stop(self) -> None:
        sent = frozenset(self._left_since())

        def stop(work: Work) -> Resumed:
            outbox.cancel_all(work)
            correspondence.stopped(work)
            staff.drop_all(work)
            identity.drop_all(work)
            return distribute.resume(work, sent)

        self._transfers = self._office.write(stop)

    def _left_since(self) -> Iterator[str]:
        """Transfers that the log knows to have left since the backup: their recipients hold the data, whatever the old tables say."""
        start = self._mark.entries
        while rows := self._office.read(lambda work, start=start: store.entries(work, start, _PAGE)):  # type: ignore[misc]
            entries = [decode(body) for _, _, body in rows]
            yield from (entry.object for entry in entries if entry.act in _LEFT)
            start = rows[-1][0] + 1

    def _replay(self) -> None:
        office, done = self._office, 0
        total, _ = office.ledger.head
        events = office.ledger.events()
        while batch := list(islice(events, BATCH)):
            office.write(lambda work, batch=batch: ledger.replay(work, batch, office.replayers))  # type: ignore[misc]
            done += len(batch)
            self._on(Stage.REPLAYING, done, total)

    def _finish(self) -> None:
        office = self._office
        pair.join_marks(office.stores, office.settings.ledger_dir)
        office.write(lambda work: keystore.sweep_files(work, office.ring))
        waiting = office.read(destroy.unfinished)
        self._on(Stage.FINISHING, 0, len(waiting))
        plans.drive(office)
        left = office.read(destroy.unfinished)
        if left:
            raise NotReady("restore_unfinished", plan=left[0].id, step=left[0].next, left=len(left), remedy=pending.REMEDY)
        self._destroyed = len(waiting)
        self._on(Stage.FINISHING, len(waiting), len(waiting))

    def end(self) -> Restored:
        """Say it in the log, publish that, take the mark away."""
        office, mark = self._office, self._mark
        events = office.ledger.head[0] - mark.events
        leaf = Leaf(Act.OFFICE_RESTORED, clause="2.5", article="94-V art. 22", object=mark.backup, count=events, body_digest=mark.manifest)
        office.write(lambda work: record(work, leaf))
        if office.sequencer.elected():
            while office.sequencer.run_once(office.write):
                pass
            office.publisher.publish(office.stores, witness=True)
        pending.clear(office.settings.ledger_dir)
        return Restored(mark.backup, self._entries, events, self._transfers, self._destroyed)
