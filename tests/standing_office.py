"""An office for the tests of the standing rooms: stores on both engines, keys, people, permits as the gate would give, and what each act logged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sandyq import audit
from sandyq.audit import ledger
from sandyq.audit.recording import Entry, decode
from sandyq.clock import MovedClock
from sandyq.db import Actor, Stores, Work
from sandyq.law.ask import Ask
from sandyq.law.decision import Permit, Verdict
from sandyq.law.vocabulary import Operation, StandingAct
from sandyq.register import keystore, subjects
from sandyq.register.keystore import datakeys

R = TypeVar("R")
KEY = bytes(range(32))
CLERK = Actor("staff", "01clerk0000000000000000001", "console")
SECOND = Actor("staff", "01clerk0000000000000000002", "console")
SYSTEM = Actor("system", "office", "cli")
FORM = Actor("public", "", "form")


class CountedTx:
    """Stands before a store and counts the round trips."""

    def __init__(self, tx: Any, trips: list[str]) -> None:
        self._tx, self._trips = tx, trips

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._tx, name)
        if name not in {"run", "many", "one", "all", "seldom", "lock_shared", "claim", "soon"}:
            return attribute

        def counted(sql: str, *rest: Any) -> Any:
            self._trips.append(sql)
            return attribute(sql, *rest)

        return counted


class Office:
    """Runs acts in units of work. `entries` are the log entries of the last one, `trips` its statements to the durable store."""

    def __init__(self, stores: Stores, clock: MovedClock, folder: Path) -> None:
        self.stores, self.clock = stores, clock
        self.ring = keystore.Keyring(keystore.FileKeys(folder / "keys"))
        audit.install(stores, lambda work, subject: datakeys.salt(work, self.ring, subject))
        self.entries: list[Entry] = []
        self.trips: list[str] = []
        self.do(lambda work: keystore.found(work, self.ring), SYSTEM)

    def do(self, fn: Callable[[Work], R], actor: Actor = CLERK) -> R:
        """Run one unit of work and commit it."""

        def watched(work: Work) -> R:
            trips: list[str] = []
            work.__dict__["durable"] = CountedTx(work.durable, trips)
            result = fn(work)
            self.trips = list(trips)  # without what the commit adds
            self.entries = [decode(leaf.body) for leaf in work.leaves]
            return result

        return self.stores.write(watched, actor)

    def person(self) -> str:
        """A subject with nothing but its standing."""
        return self.do(lambda work: subjects.create(work, self.ring), FORM)

    def reference(self) -> str:
        """The id of some document that is on file."""
        return self.do(lambda work: work.new_id())

    def permitted(
        self, operation: Operation | StandingAct, subject: str, act: Callable[[Work, Permit], R], actor: Actor = CLERK, **ask: Any
    ) -> R:
        """Run an act with the permit that the gate would give for this ask."""

        def asked(work: Work) -> R:
            return act(work, permit(work, operation, subject, **ask))

        return self.do(asked, actor)

    def revision(self, subject: str) -> int:
        """How often the subject's standing has changed."""
        return self.do(lambda work: subjects.see(work, subject)).revision

    def ledger(self) -> list[ledger.Event]:
        """The restrictive events so far."""
        return self.do(ledger.waiting)

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """Every row of a table as it lies in the store."""
        return self.do(lambda work: work.durable.all(f"SELECT * FROM {name}"))


def permit(work: Work, operation: Operation | StandingAct, subject: str, purpose: str = "", **ask: Any) -> Permit:
    """A permit of this unit of work."""
    given = Permit(Ask(operation, subject, purpose, **ask), Verdict(True, frozenset(), ()), work.new_id())
    work.grant(given)
    return given


@pytest.fixture
def office(stores: Stores, clock: MovedClock, tmp_path: Path) -> Office:
    return Office(stores, clock, tmp_path)


@pytest.fixture
def person(office: Office) -> str:
    return office.person()
