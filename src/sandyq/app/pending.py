"""The mark of a restore that is not finished: a small file in the ledger folder, outside the databases (design 16).

While it is there the office does not serve, and only the restore itself opens it for writing. It says how far the restore has come, so that one
that was killed goes on where it stopped.
"""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from sandyq.errors import NotReady

FILE = "restore.json"
REMEDY = "run `sandyq restore` again; it goes on where it stopped"


class Stage(StrEnum):
    """What is being done; a stage is written down before it begins, and each can be begun again."""

    PLACING = "placing"  # the stores of the backup are being put in place
    ADOPTING = "adopting"  # entries that the log has published and the database lacks
    STOPPING = "stopping"  # what waited to leave is cancelled, recalls are queued again
    REPLAYING = "replaying"  # restrictive events since the backup
    FINISHING = "finishing"  # destructions run to their end, the stores are declared a pair


@dataclass(frozen=True, slots=True)
class Pending:
    """A restore under way: of which backup (id and digest of its manifest), how far, how many lines the ledger and how many entries the log had
    when the backup was made."""

    backup: str
    manifest: str
    stage: Stage
    events: int = 0
    entries: int = 0


def load(ledger_dir: Path) -> Pending | None:
    """The mark, or None when no restore is under way. Raises NotReady when the file cannot be read."""
    try:
        found = json.loads((ledger_dir / FILE).read_text(encoding="ascii"))
        return Pending(found["backup"], found["manifest"], Stage(found["stage"]), int(found["events"]), int(found["entries"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise NotReady("restore_mark_unreadable", file=FILE, remedy="run `sandyq restore` with the backup again") from None


def save(ledger_dir: Path, mark: Pending) -> None:
    """Write the mark, whole and synced."""
    path = ledger_dir / FILE
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="ascii") as out:
        json.dump(asdict(mark), out, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    _sync(ledger_dir)


def clear(ledger_dir: Path) -> None:
    """The restore is done."""
    (ledger_dir / FILE).unlink(missing_ok=True)
    _sync(ledger_dir)


def refuse(ledger_dir: Path) -> None:
    """Raises NotReady while a restore is under way."""
    mark = load(ledger_dir)
    if mark is not None:
        raise NotReady("restore_pending", backup=mark.backup, stage=mark.stage.value, remedy=REMEDY)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
