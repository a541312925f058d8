"""Frozen values that are quick to make stay what the library's are."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from sandyq.frozen import quick
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Operation


@quick
@dataclass(frozen=True, slots=True)
class Point:
    """For these tests."""

    x: int
    y: int = 2
    names: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Plain:
    """The same by the library alone."""

    x: int
    y: int = 2
    names: tuple[str, ...] = field(default_factory=tuple)


def test_nothing_can_be_set_once_it_is_made() -> None:
    made = Point(1)
    with pytest.raises(FrozenInstanceError):
        made.x = 3  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del made.y
    with pytest.raises((TypeError, AttributeError)):
        made.z = 1  # type: ignore[attr-defined]
    assert type(made) is Point


def test_it_equals_hashes_and_prints_as_the_librarys_own() -> None:
    assert Point(1) == Point(x=1, y=2, names=())
    assert Point(1) != Point(2)
    assert hash(Point(1)) == hash(Point(1))
    assert hash(Point(1)) == hash(Plain(1))
    assert repr(Point(1, names=("a",))) == "Point(x=1, y=2, names=('a',))"


def test_it_can_be_replaced_listed_and_copied() -> None:
    made = replace(Point(1, 5, ("a",)), y=7)
    assert (made.x, made.y, made.names) == (1, 7, ("a",))
    assert [f.name for f in fields(Point)] == ["x", "y", "names"]
    assert copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made


def test_a_missing_or_unknown_argument_is_told() -> None:
    with pytest.raises(TypeError, match="'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword"):
        Point(1, z=3)  # type: ignore[call-arg]


def test_a_default_that_is_made_is_made_each_time() -> None:
    @quick
    @dataclass(frozen=True, slots=True)
    class Box:
        inside: list[int] = field(default_factory=list)

    assert Box().inside is not Box().inside


def test_the_values_of_the_law_are_such() -> None:
    ask = Ask(Operation.USE, "s", "p")
    with pytest.raises(FrozenInstanceError):
        ask.purpose = "q"  # type: ignore[misc]
    assert replace(ask, purpose="q") == Ask(Operation.USE, "s", "q")
