"""The unit of work: two stores, one instant, one actor, and the permits that live in it (design 8, 18).

A work belongs to the thread that runs it and ends with it; a store is begun when it is first touched. SQL is written once, with `?` for
parameters. After any database error a work is lost: it cannot go on and cannot be committed, on either engine.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from sandyq.clock import micros
from sandyq.errors import Conflict, Misuse, NotReady, SandyqError
from sandyq.frozen import quick
from sandyq.ids import new_id

R_co = TypeVar("R_co", covariant=True)
Value = str | int | float | bytes | None
Row = tuple[Any, ...]  # a column's type is known to the room that wrote the SQL, not to the seam
DURABLE: Final = "durable"
PERISHABLE: Final = "perishable"
_log = logging.getLogger("sandyq.db")
STORES: Final = (PERISHABLE, DURABLE)
"""In the order of their commits."""


class Duplicate(Conflict):
    """A row with this key is there already. Params: `store`, and `table` where the engine tells it; never a value."""

    code = "duplicate"


class StoreFailed(NotReady):
    """A store could not do what it was asked (full disk, lost connection, commit refused). Params: `store`, `what`."""

    code = "store_failed"


Statement = tuple[str, tuple[Value, ...]]
"""SQL and its parameters."""


class Promised(Protocol[R_co]):
    """The answer of an act that was handed in: there after its commit."""

    def result(self, timeout: float | None = None) -> R_co:
        """Wait for the commit; gives the act's answer, or raises what it raised. Raises TimeoutError after `timeout` seconds."""
        ...

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the commit; gives what the act raised, if anything."""
        ...

    def done(self) -> bool:
        """Whether it is there."""
        ...


class Tx(Protocol):
    """One store inside one unit of work."""

    engine: str  # "sqlite" | "postgres"
    store: str  # "durable" | "perishable"

    def run(self, sql: str, *params: Value) -> int:
        """Execute a statement that returns nothing; gives the number of rows it touched."""
        ...

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """Execute one statement for each row of parameters, in one round trip."""
        ...

    def one(self, sql: str, *params: Value) -> Row | None:
        """The first row, or None. Also for `INSERT ... RETURNING`."""
        ...

    def all(self, sql: str, *params: Value) -> list[Row]:
        """Every row."""
        ...

    def seldom(self, sql: str, *params: Value) -> list[Row]:
        """As `all`, for a plain select of one table that seldom changes (the policy, recipients, generations of keys): acts that share a commit on SQLite
        share its answer, until one of them writes to the table or fails. Nobody changes the list."""
        ...

    def lock_shared(self, sql: str, *params: Value) -> Row | None:
        """A select of one row that nobody may change before this work ends. Take no clause after WHERE but ORDER BY and LIMIT."""
        ...

    def ahead(self, locked: Statement, *asked: Statement) -> None:
        """Send these reads in one round trip, the first as `lock_shared`; `one`, `all` and `lock_shared` then find their answers waiting. A write
        throws away the answers that name its table. Costs nothing where there is no network."""
        ...

    def soon(self, sql: str, *params: Value) -> None:
        """A write whose count nobody asks for: it travels with the next statement, at the latest with the commit, and fails there."""
        ...

    def claim(self, sql: str, *params: Value) -> list[Row]:
        """A select of rows for this work alone; rows another work holds are passed over."""
        ...


@quick
@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: `kind` as `law.vocabulary.ActorKind`, a pseudonymous `id`, the door, and the system's user for a command line."""

    kind: str
    id: str
    door: str
    os_user: str = ""


class _Store:
    """Begins a store on first touch and then stands aside: the Tx is put into the instance, which shadows this descriptor."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, work: "Work", owner: type) -> Tx:
        tx = work._begin(self._name)
        work.__dict__[self._name] = tx
        return tx


class Work:
    """One unit of work. Acts get it, use it and never commit it."""

    durable = _Store()
    perishable = _Store()

    def __init__(self, actor: Actor, at: datetime, begin: Callable[[str], Tx], hooks: "Hooks | None" = None) -> None:
        self.actor = actor
        self.at = at
        self.us = micros(at)
        self.leaves: list[Any] = []  # pending audit leaves; their type lives on a higher floor
        self.events: list[Any] = []  # restrictive events, for `Hooks.after_events`
        self.salts: dict[str, bytes] = {}  # audit salts read or made in this work, by subject; gone with it
        self.once: dict[str, Any] = {}  # what a room reads at most once in a work, by the room's name
        self.hooks = hooks
        self._begin = begin
        self._granted: dict[int, object] = {}
        self._after: list[Callable[[], None]] = []

    def new_id(self) -> str:
        """A fresh id of this instant."""
        return new_id(self.us)

    def grant(self, permit: object) -> None:
        """Make a permit known to this work, by identity."""
        self._granted[id(permit)] = permit  # holding it keeps its identity from being reused

    def spend(self, permit: object) -> None:
        """Use a permit once. Raises Misuse unless it was granted in this very work and is unspent."""
        if self._granted.pop(id(permit), None) is None:
            raise Misuse("permit_unknown", remedy="ask the gate in this unit of work and use its permit once")

    def after_commit(self, fn: Callable[[], None]) -> None:
        """Run `fn` once both stores are committed. It must not raise and must not write: the act is done whatever it does."""
        self._after.append(fn)


@dataclass
class Hooks:
    """What higher floors hang into every commit. `before_commit` gets the works of one commit and the durable store."""

    before_commit: list[Callable[[Sequence[Work], Tx], None]] = field(default_factory=list)
    salt_of: Callable[[Work, str], bytes] | None = None  # how the audit gets a subject's salt, which is kept on a higher floor
    after_events: Callable[[Sequence[Any]], None] | None = (
        None  # where restrictive events go right after their commit, before the answers leave
    )
    at_step: Callable[[str], None] | None = None  # fault tests: "perishable.commit", "durable.commit", "committed"

    def step(self, name: str) -> None:
        """Tell a fault test where we are."""
        if self.at_step is not None:
            self.at_step(name)


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """Whether each store's journal was emptied into its file and cut to nothing; False means a reader was in the way."""

    durable: bool
    perishable: bool


def places(count: int) -> str:
    """`?, ?, ?` for an IN list of `count` values."""
    return ", ".join("?" * count)


def lost(store: str, what: str, **params: object) -> StoreFailed:
    """The error for a store that failed, without the driver's words, which may hold values."""
    return StoreFailed(store=store, what=what, **params)


def spent(*_: object) -> Any:
    """Stands in for the driver's calls once a work is over."""
    raise Misuse("work_over", remedy="a transaction ends with its unit of work; begin a new one")


def broken(*_: object) -> Any:
    """Stands in for the driver's calls after a database error."""
    raise Misuse("work_lost", remedy="let the first database error leave the unit of work; use ON CONFLICT where a duplicate is expected")


def run_after(works: Sequence[Work], hooks: Hooks) -> None:
    """Run what was hung behind the commit of these works, their restrictive events first and all at once. The acts are done, so a failure here is
    logged by its kind and goes no further."""
    events = [event for work in works for event in work.events]
    ship = hooks.after_events
    shipping = [lambda: ship(events)] if events and ship is not None else []
    for fn in (*shipping, *(fn for work in works for fn in work._after)):
        try:
            fn()
        except Exception as problem:  # the commit stands; telling the caller that it failed would be false
            _log.error("after_commit_failed", extra={"kind": type(problem).__name__})


def copy_for_group(error: BaseException, store: str) -> SandyqError:
    """The error each work of a failed commit gets: its own object, so that no traceback is shared between threads."""
    if isinstance(error, SandyqError):
        return StoreFailed(store=store, what=error.code)
    return StoreFailed(store=store, what=type(error).__name__)
