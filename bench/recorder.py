"""What our own run does to its two files, heard and kept for the floor.

Nothing is guessed. `Recorder` listens to the two writing connections of an office while our own run is under way and keeps every statement that changed
a row, in its order, with the savepoints of its act and the commit that carried it. Of the reads it keeps those alone that no program could do without
(`NEEDED`, `LOOKED_AT`); every other one, and every thought, is ours.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import apsw

from sandyq.app import Office

STORES = ("perishable", "durable")
NEEDED = {
    "SELECT generation, wrapped FROM wrapped_key WHERE subject_id = ? AND key_id = ?": "a person's salt: without it an entry cannot be tied to them",
}
"""Reads of ours that the floor does too, and why."""
LOOKED_AT = ("SELECT klass, category, ", "SELECT key_id, generation, wrapped ")
"""How the two reads begin without which nobody can show a person's data: the items, and their keys."""
_INTO = re.compile(r"INSERT INTO (\w+) \(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with its parameters; `seals`, `opens`, `wraps`, `unwraps`, `macs` and `digests` are what it needs made, sizes in bytes."""

    store: str
    sql: str
    row: tuple[Any, ...]
    seals: tuple[int, ...] = ()
    wraps: int = 0
    unwraps: int = 0
    opens: int = 0
    macs: int = 0
    digests: tuple[int, ...] = ()


@dataclass
class Recorder:
    """What an office writes while this is entered."""

    office: Office
    opened: int = 0  # items that a look opens
    steps: list[Step] = field(default_factory=list)
    synced: int = 0

    def __enter__(self) -> "Recorder":
        self._connections: dict[str, apsw.Connection] = self.office.stores._engine._writer._connections  # type: ignore[attr-defined]
        self._waiting: dict[str, tuple[Step, int] | None] = dict.fromkeys(STORES)
        for store, made in self._connections.items():
            made.exec_trace = self._listener(store, made)
        self._sync = os.fsync
        os.fsync = self._synced  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync = self._sync
        for store, made in self._connections.items():
            self._settle(store, made)
            made.exec_trace = None

    def _synced(self, fd: int) -> None:
        self.synced += 1
        self._sync(fd)

    def _listener(self, store: str, made: apsw.Connection) -> Callable[[Any, str, Any], bool]:
        def heard(_: Any, sql: str, row: Any) -> bool:
            self._settle(store, made)
            if sql in NEEDED:
                self.steps.append(Step(store, sql, tuple(row), unwraps=1))
            elif self.opened and sql.startswith(LOOKED_AT):
                keys = self.opened if sql.startswith(LOOKED_AT[1]) else 0
                self.steps.append(Step(store, sql, tuple(row), unwraps=keys, opens=keys))
            elif not sql.startswith("SELECT"):
                self._waiting[store] = (step_of(store, sql, tuple(row or ())), made.total_changes())
                self.steps.append(self._waiting[store][0])  # type: ignore[index]
            return True

        return heard

    def _settle(self, store: str, made: apsw.Connection) -> None:
        """The statement before is over: keep it if it changed anything, or opens or closes something."""
        waiting, self._waiting[store] = self._waiting[store], None
        if waiting is not None and waiting[0].row and made.total_changes() == waiting[1]:
            for at in range(len(self.steps) - 1, -1, -1):
                if self.steps[at] is waiting[0]:
                    del self.steps[at]
                    break


def step_of(store: str, sql: str, row: tuple[Any, ...]) -> Step:
    """A statement and the secrets that stand in its row."""
    into = _INTO.match(sql)
    if into is None:
        return Step(store, sql, row)
    table, names = into[1], into[2].split(", ")
    held = dict(zip(names, row, strict=False))
    return Step(
        store,
        sql,
        row,
        seals=(len(held["sealed"]) - 28,) if "sealed" in held else (),
        wraps=int("wrapped" in held),
        macs=sum(isinstance(held.get(name), bytes) for name in ("token", "bound", "key", "request")) + (table == "subject_leaf"),
        digests=(len(held["body"]), 64) if table == "leaf" else (len(held["body"]),) if table == "fact_set" else (),
    )
