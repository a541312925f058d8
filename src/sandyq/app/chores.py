"""Everything that must happen by itself, as pieces that the clockwork runs (design 18).

Each piece does its work in units of its own. All but the post belong to one process at a time: on SQLite there is only one, on PostgreSQL the one
that was elected to number the log. The post claims each row by a conditional update, so any number may carry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sandyq import consent, distribute, identity, retain, rights, staff
from sandyq.app import keys, once, plans
from sandyq.app.carry import Post
from sandyq.audit import store
from sandyq.collect import codes
from sandyq.correspondence import records as letters
from sandyq.db import Work, pair
from sandyq.law.calendar import local_date

if TYPE_CHECKING:
    from sandyq.app.office import Office

PAGES: Final = 5  # of requests under way, in one look
SWEEP_PAGE: Final = 50  # people looked at in one unit of work: others wait for the writer meanwhile


@dataclass(frozen=True, slots=True)
class Chore:
    """One kind of due work: `run` returns how much it did, and is called again at once while that is not nothing."""

    name: str
    every: float  # seconds between two looks when there was nothing to do
    run: Callable[[], int]


def chores(office: "Office") -> list[Chore]:
    """The due work of an office, in the order in which one round of it makes sense."""
    alone = _Alone(office)
    every = [
        Chore("ledger", 1.0, alone(office.ship)),
        Chore("numbers", 0.2, lambda: office.sequencer.run_once(office.write)),
        Chore("post", 0.5, Post(office.stores, office.carriers).run),
        Chore("chase", 600.0, alone(lambda: office.write(distribute.chase))),
        Chore("sweep", 60.0, alone(Sweep(office).run)),
        Chore("destruction", 1.0, alone(lambda: plans.drive(office))),
        Chore("keys", 3600.0, alone(lambda: keys.run(office))),
        Chore("requests", 60.0, alone(Requests(office).run)),
        Chore("stale", 300.0, alone(lambda: office.write(_drop_stale))),
        Chore("calendar", 60.0, lambda: int(office.reload_calendar())),
        Chore("marks", 60.0, alone(Marks(office).run)),
        Chore("publish", 1.0, alone(lambda: _publish(office))),
    ]
    return every if office.stores.engine == "postgres" else [chore for chore in every if chore.name != "numbers"]


class _Alone:
    """Wraps a chore so that it rests in every process but the elected one."""

    def __init__(self, office: "Office") -> None:
        self._office = office

    def __call__(self, run: Callable[[], int]) -> Callable[[], int]:
        return lambda: run() if self._office.sequencer.elected() else 0


class Sweep:
    """The retention sweep, a page of people to a unit of work, once a day. A release looks at its person by itself (`requests`)."""

    def __init__(self, office: "Office") -> None:
        self._office = office
        self._done: date | None = None
        self._after = ""

    def run(self) -> int:
        """One page; 0 when this day's sweep is done."""
        office, today = self._office, local_date(self._office.clock.now())
        if self._done == today:
            return 0
        swept = office.write(lambda work: retain.sweep(work, office.gate, office.house, self._after, SWEEP_PAGE))
        self._after = swept.after
        if not swept.after:
            self._done = today
        return swept.looked_at


class Requests:
    """Requests of people: reminders of their terms, and a look at what is under way. Each case is a unit of work of its own."""

    def __init__(self, office: "Office") -> None:
        self._office = office
        self._after = ""

    def run(self) -> int:
        """Some pages; gives how many reminders were made and cases moved."""
        office = self._office
        done = sum(office.write(lambda work, c=case: rights.remind(work, office.rights, c)) for case in office.read(rights.to_remind))  # type: ignore[misc]
        moved = 0
        for _ in range(PAGES):  # answered requests may lie unfetched for long: one look is to reach many of them
            moving, self._after = office.read(lambda work: rights.ripe(work, office.rights, self._after))
            for case in moving:
                office.write(lambda work, c=case: rights.progress(work, office.rights, c))  # type: ignore[misc]
            moved += len(moving)
            if not self._after:
                break
        return done + moved


class Marks:
    """Raises the marks of the stores when something was written since, so that a copy from more than a minute ago is noticed at the next start."""

    def __init__(self, office: "Office") -> None:
        self._office = office
        self._size = -1

    def run(self) -> int:
        """Gives 0: once is enough."""
        head = self._office.read(lambda work: store.head(work.durable))
        size = head[0] if head else 0
        if size != self._size:
            pair.advance_marks(self._office.stores, self._office.settings.ledger_dir)
            self._size = size
        return 0


def _publish(office: "Office") -> int:
    office.publisher.publish(office.stores)
    return 0


def _drop_stale(work: Work) -> int:
    """Sessions, code limits, suppression marks, proofs of consents that are over, and idempotency keys, each when its own term is over."""
    today = local_date(work.at)
    proofs = len(consent.drop_run_out(work, today))
    counts = letters.drop_stale(work, today.isoformat())
    gone = staff.drop_over(work) + codes.drop_stale(work) + identity.drop_stale(work) + consent.drop_ended(work, today)
    return counts + gone + proofs + once.forget_old(work)
