"""Turning the key-encryption keys: a new generation, every survivor re-wrapped, the old generation destroyed (design 9).

A deleted data key can come back from a backup only while a generation that wrapped it is fetchable. So each turn puts an end to what was
deleted before it; certificates name that day.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sandyq.audit import Act, Leaf, history, record
from sandyq.clock import instant, micros
from sandyq.db import Work, pair
from sandyq.logs import Log
from sandyq.register import keystore
from sandyq.register.keystore import GenerationStatus

if TYPE_CHECKING:
    from sandyq.app.office import Office

_CLAUSE, _ARTICLE = "2.5", "94-V art. 18, 22"
_PAGE: Final = 5_000
_LOG: Final = Log("keys")
NEW_BACKUP: Final = "make a new one now with `sandyq backup DIR`, and delete the old ones: they bring nothing back any more"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that the log knows: its id, which is the end of its folder's name, and when it was made."""

    id: str
    made_at: datetime


def due(office: "Office") -> bool:
    """Whether the current generation has served its time, or an old one waits for its end."""
    generations = status(office)
    served = [g.created_at + office.house.key_interval for g in generations if g.state == "current"]
    return any(g.state == "retiring" for g in generations) or office.clock.now() >= min(served)


def status(office: "Office") -> list[GenerationStatus]:
    """Every generation, with the instant after which nothing deleted under it can come back."""
    return office.read(lambda work: keystore.status(work, office.ring, office.house.key_backup, office.house.key_interval))


def turn(office: "Office", *, fresh: bool = True) -> list[int]:
    """Begin a new generation (unless not `fresh`: then only finish what a stop left), re-wrap what stands under old ones, destroy those. Gives
    the numbers of the destroyed ones. Stopped anywhere it is taken up again by the next call."""
    if fresh:
        office.write(lambda work: _begin(work, office))
    keystore.rewrap_all(office.write, office.ring)
    ended = office.write(lambda work: _end(work, office))
    pair.note_marks(office.stores, office.settings.ledger_dir)
    return ended


def backups(office: "Office") -> list[Backup]:
    """The backups that stand under a generation which is still there, oldest first: the next turning ends each of them. As the log says."""
    since = min(g.created_at for g in status(office) if g.state != "destroyed")
    return office.read(lambda work: _made_since(work, micros(since)))


def _made_since(work: Work, us: int) -> list[Backup]:
    found: list[Backup] = []
    before = 1 << 62
    while rows := history.latest(work, before=before, limit=_PAGE):
        found += [Backup(entry.object, instant(entry.at)) for _, entry in rows if entry.act == Act.BACKUP_MADE and entry.at >= us]
        before = rows[-1].number
        if rows[-1].entry.at < us:
            break
    return found[::-1]


def run(office: "Office") -> int:
    """The chore: turn when due; gives how many generations were destroyed."""
    if not due(office):
        return 0
    retiring, ending = any(g.state == "retiring" for g in status(office)), backups(office)
    if ending:
        _LOG.warning("backups_ended", count=len(ending), first=ending[0].id, last=ending[-1].id)
    return len(turn(office, fresh=not retiring))


def _begin(work: Work, office: "Office") -> None:
    number = keystore.rotate(work, office.ring)
    pair.bump_marks(work)
    record(work, Leaf(Act.KEYS_ROTATED, clause=_CLAUSE, article=_ARTICLE, count=number))


def _end(work: Work, office: "Office") -> list[int]:
    ended = keystore.retire(work, office.ring)
    for number in ended:
        record(work, Leaf(Act.KEYS_DESTROYED, clause=_CLAUSE, article=_ARTICLE, count=number))
    if ended:
        pair.bump_marks(work)  # a perishable store from before this moment would stand under keys that are gone
    return ended
