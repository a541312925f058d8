"""One canonical JSON text for each ask, fact set and verdict, and back: what a stored decision is replayed from (design 2).

Keys are sorted, sets are sorted lists, instants are ISO text in UTC, what stands at its default is left out. So equal things have equal
text and equal digests, and a field that a later version adds does not change the digest of facts stored before it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sandyq.errors import SandyqError
from sandyq.law.ask import Ask, Facts
from sandyq.law.decide import Book, decide
from sandyq.law.decision import Verdict

T = TypeVar("T")


class Unreadable(SandyqError):
    """Stored text that is not what was asked for: `params` name the type and the key, never a value."""

    code = "stored_unreadable"


def digest(text: str) -> str:
    """SHA-256 (hex) of a canonical text: the address under which facts are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def ask_to_json(ask: Ask) -> str:
    """The canonical text of an ask."""
    return _text(ask)


def ask_from_json(text: str) -> Ask:
    """An ask from its text. Raises Unreadable."""
    return _read(Ask, text)


def facts_to_json(facts: Facts) -> str:
    """The canonical text of facts: the order in which they were gathered does not show."""
    return _text(facts)


def facts_from_json(text: str) -> Facts:
    """Facts from their text. Raises Unreadable."""
    return _read(Facts, text)


def verdict_to_json(verdict: Verdict) -> str:
    """The canonical text of a verdict."""
    return _text(verdict)


def verdict_from_json(text: str) -> Verdict:
    """A verdict from its text. Raises Unreadable."""
    return _read(Verdict, text)


@dataclass(frozen=True, slots=True)
class Stored:
    """A past decision as it was kept: three canonical texts and its instant."""

    ask: str
    facts: str
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """How a replay differs from what was stored: the names of what changed around it, and of what it changed in the verdict.

    `causes` are among `pack`, `policy`, `rules`: the revisions that differ; none of them means that the stored verdict or facts were
    altered. `changed` are fields of Verdict. `now` is the verdict of today's rules on the stored facts.
    """

    causes: tuple[str, ...]
    changed: tuple[str, ...]
    now: Verdict


_REVISIONS = ("pack", "policy", "rules")


def replay(stored: Stored, book: Book) -> Difference | None:
    """Decide a stored question again at its own instant. Nothing means the same verdict in every part that a person could feel.

    A verdict that is the same under other revisions is the same; the revisions are named only where the verdict differs.
    """
    then = verdict_from_json(stored.verdict)
    now = decide(ask_from_json(stored.ask), facts_from_json(stored.facts), book, stored.at)
    names = [f.name for f in fields(Verdict)]
    changed = tuple(n for n in names if n not in _REVISIONS and getattr(then, n) != getattr(now, n))
    if not changed:
        return None
    return Difference(tuple(n for n in _REVISIONS if getattr(then, n) != getattr(now, n)), changed, now)


def _text(thing: Any) -> str:
    """The text of a value. Every act of the office passes here, so each type's writer is made once and the texts of sets are kept."""
    return _WRITERS[type(thing)](thing)


class _Writers(dict[type, Callable[[Any], str]]):
    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if is_dataclass(kind):
            made = _of_dataclass(kind)
        elif issubclass(kind, StrEnum):
            made = _string  # a member is its own text
        else:
            raise Unreadable(type=kind.__name__)
        self[kind] = made
        return made


# Facts of one kind are a set in truth; the gate lists them in whatever order its tables gave.
_UNORDERED = frozenset({"consents", "states", "relations", "items", "extra"})


def _of_dataclass(kind: Any) -> Callable[[Any], str]:
    """Fields by name; one at its default is left out, and one without a default never is.

    The writer is written out field by field, as the library writes the `__init__` of a dataclass: a third of the time of a loop over fields.
    """
    known: dict[str, Any] = {"writers": _WRITERS, "unordered": _unordered, "string": _string, "of_set": _of_set}
    lines = ["def write(thing):", "    text = ''"]
    for f in sorted(fields(kind), key=lambda f: f.name):
        write = "unordered(value)" if f.name in _UNORDERED else _written_by(f.type)
        add = f"text += ',\"{f.name}\":' + {write}"
        lines.append(f"    value = thing.{f.name}")
        if (default := _default(f)) is MISSING:
            lines.append(f"    {add}")
            continue
        known[f"default_{f.name}"] = default
        lines.append(f"    if value is not default_{f.name} and value != default_{f.name}: {add}")
    lines.append("    return '{' + text[1:] + '}'")
    exec("\n".join(lines), known)  # noqa: S102 of nothing but names of fields
    made: Callable[[Any], str] = known["write"]
    return made


def _written_by(kind: Any) -> str:
    """How a value of a declared type is written; only what may be of several types is looked up each time."""
    if isinstance(kind, type) and issubclass(kind, str):
        return "string(value)"
    return "of_set(value)" if get_origin(kind) is frozenset else "writers[type(value)](value)"


def _default(field: "Field[Any]") -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _unordered(value: Any) -> str:
    if type(value) is not tuple:
        return _text(value)
    writers = _WRITERS
    return f"[{','.join(sorted([writers[type(each)](each) for each in value]))}]"


@lru_cache(maxsize=8192)
def _of_set(value: frozenset[Any]) -> str:
    """Sets of fields, purposes and grants are the same few in every decision."""
    return f"[{','.join(map(_text, sorted(value, key=_rank)))}]"


def _rank(member: Any) -> str:
    return str(member if isinstance(member, str) else list(member))


@lru_cache(maxsize=8192)
def _of_instant(value: datetime) -> str:
    return f'"{(value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()}"'


_string: Callable[[str], str] = json.encoder.encode_basestring  # JSON without escapes for what is not ASCII
_WRITERS = _Writers(
    {
        str: _string,
        bool: lambda value: "true" if value else "false",
        int: int.__repr__,
        type(None): lambda _: "null",
        tuple: lambda value: f"[{','.join(map(_text, value))}]",
        frozenset: _of_set,
        datetime: _of_instant,
        date: lambda value: f'"{value.isoformat()}"',
    }
)


def _read(kind: type[T], text: str) -> T:
    try:
        made = _reader(kind)(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(type=kind.__name__) from error
    if not isinstance(made, kind):
        raise Unreadable(type=kind.__name__)
    return made


def _reader(kind: Any) -> Callable[[Any], Any]:
    return _make(kind)


@cache
def _make(kind: Any) -> Callable[[Any], Any]:
    """How to read back a value of a type."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is datetime:
        return datetime.fromisoformat
    if kind is date:
        return date.fromisoformat
    if is_dataclass(kind):
        return _maker(kind)
    if origin is frozenset:
        inside = _make(args[0])
        return lambda rows: frozenset(inside(row) for row in rows)
    if origin is tuple:
        parts = [_make(arg) for arg in args if arg is not ...]
        if args[-1] is ...:
            return lambda rows: tuple(parts[0](row) for row in rows)
        return lambda rows: tuple(part(row) for part, row in zip(parts, rows, strict=True))
    if origin in (UnionType, Union):
        return _union(args)
    return kind if isinstance(kind, type) and issubclass(kind, StrEnum) else _same(kind)


def _same(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(kind.__name__)
        return value

    return check


def _union(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Of two kinds of act the first that knows the word; else the value, or nothing."""
    makers = [_make(arg) for arg in args if arg is not type(None)]

    def read(value: Any) -> Any:
        if value is None and type(None) in args:
            return None
        for maker in makers[:-1]:
            try:
                return maker(value)
            except ValueError:
                continue
        return makers[-1](value)

    return read


def _maker(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)

    def make(row: Mapping[str, Any]) -> Any:
        if unknown := row.keys() - hints.keys():
            raise Unreadable(type=kind.__name__, keys=", ".join(sorted(unknown)))
        return kind(**{name: _make(hints[name])(value) for name, value in row.items()})

    return make
