"""A plugin for a test run of its own: each test that `places.yaml` names runs while the code that the place names is broken on purpose.

Beside the rules of the pack, which `tests/law/test_mutation.py` breaks one by one, this is what lets `policy trace` count a clause that a room
carries. `PLACES` holds the numbers of the places, separated by commas; no test stands twice among them.
"""

import enum
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest

from sandyq.policy import trace


@contextmanager
def broken(name: str) -> Iterator[None]:
    """`sandyq.room.module:thing` does not work until the end: a function or method raises, an enumeration lacks a member, a table is empty."""
    module, _, inside = name.partition(":")
    owner: Any = import_module(module)
    *way, last = inside.split(".")
    for part in way:
        owner = getattr(owner, part)
    thing = vars(owner)[last]
    with ExitStack() as stack:
        if isinstance(thing, type) and issubclass(thing, enum.Enum):
            stack.enter_context(_without_a_member(thing))
        elif isinstance(thing, type):
            for function in list(_functions(thing)):
                stack.enter_context(_raises(function))
        elif isinstance(thing, tuple | dict):
            stack.enter_context(_emptied(thing))
        else:
            stack.enter_context(_raises(_plain(thing)))
        yield


def _plain(thing: Any) -> FunctionType:
    thing = getattr(thing, "fget", None) or getattr(thing, "func", None) or getattr(thing, "__func__", None) or thing
    while hasattr(thing, "__wrapped__"):
        thing = thing.__wrapped__
    assert isinstance(thing, FunctionType), thing
    return thing


def _functions(owner: type) -> Iterator[FunctionType]:
    for name, thing in vars(owner).items():
        if name == "__init__" or (not name.startswith("__") and isinstance(thing, FunctionType | staticmethod | classmethod | property)):
            yield _plain(thing)


@contextmanager
def _raises(function: FunctionType) -> Iterator[None]:
    """Its code is exchanged, so that everybody who imported it meets the broken one."""
    kept = function.__code__
    free = kept.co_freevars
    source = f"def outer({', '.join(free)}):\n def inner(*args, **kwargs):\n  {', '.join(free) or 'pass'}\n  raise RuntimeError('broken on purpose')\n return inner"
    made: dict[str, Callable[..., FunctionType]] = {}
    exec(source, made)
    function.__code__ = made["outer"](*free).__code__
    try:
        yield
    finally:
        function.__code__ = kept


@contextmanager
def _without_a_member(kind: Any) -> Iterator[None]:
    name = kind._member_names_[-1]
    member = kind._member_map_.pop(name)
    kind._member_names_.remove(name)
    try:
        yield
    finally:
        kind._member_names_.append(name)
        kind._member_map_[name] = member


@contextmanager
def _emptied(table: Any) -> Iterator[None]:
    """Every module that knows the table by a name sees an empty one."""
    places = [(module, name) for module in list(sys.modules.values()) for name, value in list(vars(module).items()) if value is table]
    for module, name in places:
        setattr(module, name, type(table)())
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, table)


PLACES = [trace.read_places()[0][int(number)] for number in os.environ.get("PLACES", "").split(",") if number]


def _place(nodeid: str) -> str:
    """The code of the place that names a test."""
    bare = nodeid.partition("[")[0].removeprefix("tests/")
    return next((place["code"] for place in PLACES if place["test"] == bare), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if _place(item.nodeid) and "postgres" not in item.name]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with broken(_place(item.nodeid)):
        yield
