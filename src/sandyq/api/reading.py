"""Reading a JSON body: the typed decoder stops at its first fault, so what it refuses is read again loosely and every fault is named at once
(design 22). A fault tells the place and what belongs there, never the value that stood there.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from sandyq.errors import FieldError, Invalid, SandyqError

S = TypeVar("S", bound=msgspec.Struct)

ID: Final = r"^[0-7][0-9a-hjkmnp-tv-z]{25}$"
"""An id of ours, as JSON Schema states it."""
DIGEST: Final = r"^[0-9a-f]{64}$"
WORD: Final = r"^[a-z][a-z0-9_-]{0,60}$"
"""An id of the policy: a purpose, a field, a channel."""
_SHAPES: Final = {ID: "not_an_id", DIGEST: "not_a_digest", WORD: "not_a_word"}
_WANTED: Final[tuple[tuple[type, str], ...]] = (
    (inspect.BoolType, "boolean"),
    (inspect.IntType, "integer"),
    (inspect.FloatType, "number"),
    (inspect.StrType, "string"),
    (inspect.EnumType, "string"),
    (inspect.LiteralType, "string"),
)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MOST_NAMED: Final = 60  # characters of a key of the caller's that are told back


def read(kind: type[S], raw: bytes) -> S:
    """A body as `kind`. Raises `body_not_json`, or Invalid with every fault and its path."""
    try:
        made: S = _decoder(kind).decode(raw)
        return made
    except msgspec.ValidationError:
        faults = tuple(_struct(inspect.type_info(kind), _loose(raw), ""))
        raise Invalid(faults or (FieldError("body", "wrong_type", {"wanted": "object"}),)) from None
    except _UNREADABLE:
        raise SandyqError("body_not_json") from None


def _loose(raw: bytes) -> Any:
    """The typed decoder may find a fault before it finds that the text is no JSON at all."""
    try:
        return msgspec.json.decode(raw)
    except _UNREADABLE:
        raise SandyqError("body_not_json") from None


@cache
def _decoder(kind: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _struct(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path or "body", "wrong_type", {"wanted": "object"})
        return
    known = {field.encode_name: field for field in info.fields}
    for name, field in known.items():
        if name in value:
            yield from _value(field.type, value[name], _under(path, name))
        elif field.required:
            yield FieldError(_under(path, name), "missing")
    for name in sorted(value.keys() - known.keys()):
        yield FieldError(_under(path, name[:_MOST_NAMED]), "unknown_field")


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    if isinstance(info, inspect.Metadata):
        info = info.type
    if isinstance(info, inspect.UnionType):
        others = [one for one in info.types if not isinstance(one, inspect.NoneType)]
        if value is not None or len(others) == len(info.types):
            yield from _value(others[0], value, path)
    elif isinstance(info, inspect.StructType):
        yield from _struct(info, value, path)
    elif isinstance(info, inspect.DictType):
        yield from _mapping(info, value, path)
    elif isinstance(info, inspect.ListType | inspect.VarTupleType | inspect.FrozenSetType):
        yield from _list(info, value, path)
    elif not isinstance(info, inspect.AnyType | inspect.RawType):
        yield from _plain(info, value, path)


def _mapping(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield FieldError(path, "wrong_type", {"wanted": "object"})
        return
    if info.max_length is not None and len(value) > info.max_length:
        yield FieldError(path, "too_many_entries", {"most": info.max_length})
        return
    for name, inner in value.items():
        yield from _value(info.value_type, inner, _under(path, name[:_MOST_NAMED]))


def _list(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    if not isinstance(value, list):
        yield FieldError(path, "wrong_type", {"wanted": "array"})
        return
    if info.max_length is not None and len(value) > info.max_length:
        yield FieldError(path, "too_many_entries", {"most": info.max_length})
        return
    for place, inner in enumerate(value):
        yield from _value(info.item_type, inner, f"{path}[{place}]")


def _plain(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    if isinstance(info, inspect.DateType | inspect.DateTimeType):
        yield from _day(info, value, path)
        return
    wanted = next((word for kind, word in _WANTED if isinstance(info, kind)), "string")
    fits = {
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "string": isinstance(value, str),
    }
    if not fits[wanted]:
        yield FieldError(path, "wrong_type", {"wanted": wanted})
    elif isinstance(info, inspect.EnumType | inspect.LiteralType):
        allowed = [one.value for one in info.cls] if isinstance(info, inspect.EnumType) else list(info.values)
        if value not in allowed:
            yield FieldError(path, "not_in_list", {"allowed": ", ".join(map(str, allowed))})
    elif isinstance(info, inspect.StrType):
        yield from _text(info, value, path)
    elif isinstance(info, inspect.IntType):
        yield from _number(info, value, path)


def _day(info: Any, value: Any, path: str) -> Iterator[FieldError]:
    instant = isinstance(info, inspect.DateTimeType)
    try:
        made = msgspec.convert(value, datetime if instant else date)
    except msgspec.ValidationError:
        made = None
    if made is None or (isinstance(made, datetime) and made.tzinfo is None):
        yield FieldError(path, "instant_unreadable" if instant else "date_unreadable")


def _text(info: inspect.StrType, value: str, path: str) -> Iterator[FieldError]:
    if info.max_length is not None and len(value) > info.max_length:
        yield FieldError(path, "text_too_long", {"most": info.max_length})
    elif info.min_length is not None and len(value) < info.min_length:
        yield FieldError(path, "missing")
    elif info.pattern is not None and not re.search(info.pattern, value):
        yield FieldError(path, _SHAPES.get(info.pattern, "wrong_form"))


def _number(info: inspect.IntType, value: int, path: str) -> Iterator[FieldError]:
    least, most = info.ge, info.le
    if (least is not None and value < least) or (most is not None and value > most):
        yield FieldError(path, "out_of_range", {"least": least, "most": most})
