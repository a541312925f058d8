"""Reading YAML written by people so that every value remembers the file and line it came from.

Scalars are text, whole numbers, true/false and null: no floats (clause 3.10 must not become 3.1), no dates (ISO text), no `yes`/`no`.
Aliases, tags and a key given twice are refused: what stands in the file is what counts.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sandyq.errors import BadFile

_MOST_BYTES = 2_000_000
_DEEPEST = 30


class Place(NamedTuple):
    """Where something stands in a file; lines count from 1."""

    file: str
    line: int


class BadFiles(BadFile):
    """Every fault found in one reading: `faults` holds a BadFile for each, the error itself shows the first and their number."""

    def __init__(self, faults: Iterable[BadFile]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0].params
        super().__init__(str(first["file"]), int(str(first["line"])), str(first["what"]), str(first["remedy"]))

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class Faults:
    """Collects what is wrong, so that the author of a file sees all of it at once."""

    def __init__(self) -> None:
        self.found: list[BadFile] = []

    def add(self, place: Place, what: str, remedy: str) -> None:
        """Note one fault: what is wrong and what to do about it."""
        self.found.append(BadFile(place.file, place.line, what, remedy))

    def stop(self) -> None:
        """Raise `BadFiles` when anything was found."""
        if self.found:
            raise BadFiles(sorted(self.found, key=lambda fault: (str(fault.params["file"]), int(str(fault.params["line"])))))


class Table(dict[str, Any]):
    """A mapping of the file. `place` is where it begins, `places` where each key stands."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: Any, place: Place) -> None:
        """Set a key together with its place."""
        self[key] = value
        self.places[key] = place


class Listing(list[Any]):
    """A list of the file; `places` has one place for each entry."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []


def read(path: Path, faults: Faults) -> Table:
    """Read one file whose top is a mapping. Faults are noted, and what could be read is returned (perhaps empty)."""
    name = str(path)
    text = _text(path, faults)
    if text is None:
        return Table(Place(name, 1))
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        faults.add(
            Place(name, line), f"this is not YAML: {wrong.problem or 'unreadable'}", "put quotes round text that has `: ` or ` #` in it"
        )
        return Table(Place(name, line))
    except yaml.YAMLError:
        faults.add(Place(name, 1), "the file has characters that YAML does not allow", "save it as plain UTF-8 text")
        return Table(Place(name, 1))
    except RecursionError:
        faults.add(Place(name, 1), "the file is nested too deep", f"keep it under {_DEEPEST} levels")
        return Table(Place(name, 1))
    if not isinstance(node, yaml.MappingNode):
        faults.add(Place(name, 1), "the file does not begin with `key: value` lines", "start from the sample office's policy.yaml")
        return Table(Place(name, 1))
    table = _Builder(name, faults).build(node, 0)
    assert isinstance(table, Table)
    return table


def _text(path: Path, faults: Faults) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        faults.add(Place(str(path), 1), f"the file cannot be read ({wrong.strerror})", "check its name and that this user may read it")
        return None
    if len(raw) > _MOST_BYTES:
        faults.add(Place(str(path), 1), f"the file has {len(raw)} bytes", f"keep it under {_MOST_BYTES}")
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        faults.add(Place(str(path), line), "this line is not UTF-8", "save the file as UTF-8")
        return None


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer implicit types, and no aliases: a small file must not unfold into a large one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not read here: write the value out", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}


class _Builder:
    def __init__(self, file: str, faults: Faults) -> None:
        self.file, self.faults = file, faults

    def build(self, node: yaml.Node, depth: int) -> Any:
        place = self.place(node)
        if depth > _DEEPEST:
            self.faults.add(place, "this is nested too deep", f"keep it under {_DEEPEST} levels")
            return None
        if node.tag not in {_STR, _MAP, _SEQ}:
            self.faults.add(place, f"the tag {node.tag} is not read here", "leave the tag out")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.table(node, place, depth)
        if isinstance(node, yaml.SequenceNode):
            listing = Listing(place)
            for child in node.value:
                listing.append(self.build(child, depth + 1))
                listing.places.append(self.place(child))
            return listing
        return _scalar(node)

    def table(self, node: yaml.MappingNode, place: Place, depth: int) -> Table:
        table = Table(place)
        for key, value in node.value:
            at = self.place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.faults.add(at, "a key must be plain text", "write `name: value`")
            elif key.value in table:
                self.faults.add(at, f"`{key.value}` is given twice (first on line {table.places[key.value].line})", "keep one of the two")
            else:
                table.put(key.value, self.build(value, depth + 1), at)
        return table

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1)


_STR, _MAP, _SEQ = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def _scalar(node: yaml.Node) -> str | int | bool | None:
    text = str(node.value)
    if getattr(node, "style", None):  # quoted or a block: text, whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    digits = text.removeprefix("-")
    plain = digits.isascii() and digits.isdigit() and (digits == "0" or not digits.startswith("0"))
    return int(text) if plain and len(digits) <= 15 else text


def plain(value: Any, *, lines: bool = False) -> Any:
    """The value as plain dicts and lists, ready for canonical JSON; with `lines` each mapping also carries its `__line__`."""
    if isinstance(value, Table):
        made = {key: plain(inner, lines=lines) for key, inner in value.items()}
        return made | {"__line__": value.place.line} if lines else made
    if isinstance(value, Mapping):
        return {str(key): plain(inner, lines=lines) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, lines=lines) for inner in value]
    return value


def lay_over(base: Table, over: Table) -> Table:
    """`over` laid on `base`: mappings are merged key by key, anything else is replaced. Each key keeps the place it came from."""
    merged = Table(base.place)
    for key, value in base.items():
        merged.put(key, value, base.places[key])
    for key, value in over.items():
        below = base.get(key)
        laid = lay_over(below, value) if isinstance(below, Table) and isinstance(value, Table) else value
        merged.put(key, laid, over.places[key])
    return merged
