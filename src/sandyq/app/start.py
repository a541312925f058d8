"""Starting and stopping an office: it serves only when its stores, its ledger, its log and its witnesses agree (design 8, 16).

Nothing is written before every check has passed: an entry numbered on top of an old database would fork the log.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sandyq.app import pending, plans
from sandyq.audit import Act, Leaf, ledger, record, signing
from sandyq.audit import start as log_start
from sandyq.clock import micros
from sandyq.db import pair
from sandyq.errors import NotReady, SandyqError
from sandyq.register import keystore, reconcile

if TYPE_CHECKING:
    from sandyq.app.office import Office

SETTLED: Final = timedelta(minutes=10)
"""On the server store another process may be between its two commits; what is younger than this is left alone."""
_RESTORE: Final = "run `sandyq restore` with the latest backup; it brings back what the published log and the ledger know"
_REMEDIES: Final = {
    "ledger_cut": "bring the newest ledger folder back from where it is copied to",
    "ledger_broken": "bring the newest ledger folder back from where it is copied to; compare both files to see what was altered",
    "log_key_missing": "bring the keys folder back from the backup of the keys",
    "checkpoint_missing": "bring the log folder back from where it is published to",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to serve: `code` of the catalog, the place, what to do."""

    code: str
    place: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.code} ({self.place}): {self.remedy}"


class OutOfOrder(NotReady):
    """The office does not serve. `faults` holds every reason with its remedy."""

    code = "office_out_of_order"

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("office_out_of_order", faults="; ".join(str(fault) for fault in faults), remedy=faults[0].remedy)


@dataclass(frozen=True, slots=True)
class Started:
    """What a start found to settle: steps of destructions, ledger events, rows that a crash left, files of old keys."""

    steps: int
    shipped: int
    settled: reconcile.Counts
    keys: int


def check(office: "Office") -> list[Fault]:
    """Every reason not to serve; empty when all is in order. Changes nothing."""
    mark = pending.load(office.settings.ledger_dir)
    if mark is not None:
        return [Fault("restore_pending", "ledger", pending.REMEDY)]
    faults = [Fault(p.code, p.place, p.remedy) for p in pair.check_marks(office.stores, office.settings.ledger_dir)]
    for look in (_log, _ledger):
        faults.extend(_looked(look, office))
    office.in_order = not faults
    return faults


def _looked(look: Callable[["Office"], Iterator[Fault]], office: "Office") -> list[Fault]:
    try:
        return list(look(office))
    except SandyqError as problem:
        remedy = _REMEDIES.get(problem.code) or str(problem.params.get("remedy", _RESTORE))
        return [Fault(problem.code, look.__name__.strip("_"), remedy)]


def _log(office: "Office") -> Iterator[Fault]:
    key = signing.load(office.settings.keys_dir).key
    for problem in office.read(lambda work: log_start.check(work, office.folder, key, office.witnesses)):
        yield Fault(problem.code, problem.place, _REMEDIES.get(problem.code, _RESTORE))


def _ledger(office: "Office") -> Iterator[Fault]:
    found = office.read(lambda work: ledger.compare(work, office.ledger))
    if found.missing:
        yield Fault("ledger_cut", f"ledger, {found.missing} events are missing", _REMEDIES["ledger_cut"])
    if found.unknown:
        yield Fault("database_behind", f"ledger, {found.unknown} events are not in the database", _RESTORE)


def start(office: "Office") -> Started:
    """Check, then settle what a crash left, then say so in the log. Raises OutOfOrder with every fault and its remedy; nothing is written then.

    Destructions go first: the reconciler would take away rows that their receipts have to count.
    """
    faults = check(office)
    if faults:
        raise OutOfOrder(faults)
    pair.advance_marks(office.stores, office.settings.ledger_dir)
    shipped = office.ship()
    steps = plans.drive(office)
    settled = reconcile.run(office.write, office.settings.media_dir, _settled_before(office))
    keys = office.write(lambda work: keystore.sweep_files(work, office.ring))
    office.write(lambda work: record(work, Leaf(Act.OFFICE_STARTED, clause="2.7", article="94-V art. 22")))
    return Started(steps, shipped, settled, keys)


def _settled_before(office: "Office") -> int:
    if office.stores.engine == "sqlite":
        return reconcile.EVERYTHING
    return micros(office.clock.now() - SETTLED)


def stop(office: "Office") -> None:
    """A clean stop: what waits goes into the ledger and the published log, the witnesses get the last checkpoint, the marks rise. Then close.

    Raises OutOfOrder for an office that is not in order, and leaves it as it is: marks that rose would make a store that was copied back look like the
    newest one, and the next start would serve it.
    """
    try:
        if not office.in_order and (faults := check(office)):
            raise OutOfOrder(faults)
        office.ship()
        if office.sequencer.elected():
            while office.sequencer.run_once(office.write):
                pass
            office.publisher.publish(office.stores, witness=True)
        pair.advance_marks(office.stores, office.settings.ledger_dir)
    finally:
        office.close()
