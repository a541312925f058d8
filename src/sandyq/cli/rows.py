"""Reading people from a CSV or JSON-lines file, row by row: what cannot be read is told with its row and field, and stops no other row."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandyq.errors import BadFile, FieldError, Invalid

MOST_BYTES = 512 * 1024 * 1024
_LONGEST = 100_000  # characters of one line


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number (the header is row 1 of a CSV), values by field, and what could not be read."""

    number: int
    values: Mapping[str, str]
    faults: tuple[FieldError, ...] = ()

    def __repr__(self) -> str:  # values are personal data
        return f"Row({self.number})"


def read(path: Path, encoding: str = "utf-8") -> Iterator[Row]:
    """Rows of a file, by its ending: .csv, .jsonl or .ndjson. Raises BadFile when the file as a whole cannot be read."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".jsonl", ".ndjson"}:
        raise BadFile(str(path), 0, "the kind of the file is not known", "Name a file that ends in .csv, .jsonl or .ndjson.")
    lines = _lines(path, encoding)
    return _csv(path, lines) if kind == ".csv" else _json(lines)


def one_object(path: Path) -> dict[str, str]:
    """One JSON object of texts, from a file or (`-`) the standard input. Raises BadFile, Invalid with every fault."""
    try:
        text = sys.stdin.read(_LONGEST + 1) if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(str(path), 0, f"the file cannot be read ({type(problem).__name__})", "Name a UTF-8 file that you may read.") from None
    row = _object(1, text)
    if row.faults:
        raise Invalid(row.faults)
    return dict(row.values)


def _lines(path: Path, encoding: str) -> list[tuple[int, str | None]]:
    """Numbered lines; None for one that is not in the encoding."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(str(path), 0, f"the file is larger than {MOST_BYTES} bytes", "Split it.")
        raw = path.read_bytes()
        "".encode(encoding)
    except OSError as problem:
        raise BadFile(str(path), 0, f"the file cannot be read ({type(problem).__name__})", "Name a file that you may read.") from None
    except LookupError:
        raise BadFile(str(path), 0, f"there is no encoding {encoding!r}", "Write --encoding utf-8 or cp1251.") from None
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} and encoding == "utf-8":
        raise BadFile(str(path), 1, "the file is UTF-16", "Write --encoding utf-16, or save it as UTF-8.")
    if encoding.replace("_", "-").lower().startswith("utf-16"):
        return [(n, line) for n, line in enumerate(raw.decode(encoding, "replace").splitlines(), 1)]
    return [(n, _decoded(line, encoding)) for n, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)]


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.rstrip(b"\r").decode(encoding)
    except UnicodeDecodeError:
        return None


def _unreadable(number: int) -> Row:
    return Row(number, {}, (FieldError("row", "encoding_wrong", {"remedy": "--encoding"}),))


def _too_long(number: int) -> Row:
    return Row(number, {}, (FieldError("row", "row_too_long", {"most": _LONGEST}),))


def _json(lines: list[tuple[int, str | None]]) -> Iterator[Row]:
    for number, line in lines:
        if line is None:
            yield _unreadable(number)
        elif line.strip():
            yield _object(number, line)


def _object(number: int, line: str) -> Row:
    if len(line) > _LONGEST:
        return _too_long(number)
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {}, (FieldError("row", "not_json"),))
    if not isinstance(found, dict):
        return Row(number, {}, (FieldError("row", "not_an_object"),))
    faults = tuple(FieldError(str(name)[:60], "not_text") for name, value in found.items() if not isinstance(value, str | int | None))
    return Row(number, {str(name): str(value) for name, value in found.items() if isinstance(value, str | int)}, faults)


def _csv(path: Path, lines: list[tuple[int, str | None]]) -> Iterator[Row]:
    if not lines or lines[0][1] is None or not lines[0][1].strip():
        raise BadFile(str(path), 1, "the first row does not name the columns", "Write field ids there: iin,surname,first_name,...")
    separator = max(",;\t", key=lines[0][1].count)
    header = [name.strip() for name in _cells(lines[0][1], separator) or []]
    twice = {name for name in header if header.count(name) > 1}
    if twice or not all(header):
        raise BadFile(str(path), 1, "a column has no name or a name stands twice", "Name each column once.")
    for number, line in lines[1:]:
        if line is None:
            yield _unreadable(number)
        elif len(line) > _LONGEST:
            yield _too_long(number)
        elif line.strip():
            yield _row(number, header, _cells(line, separator))


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _row(number: int, header: list[str], cells: list[str] | None) -> Row:
    if cells is None:
        return Row(number, {}, (FieldError("row", "quotes_not_closed"),))
    if len(cells) != len(header):
        return Row(number, {}, (FieldError("row", "columns_differ", {"wanted": len(header), "found": len(cells)}),))
    return Row(number, {name: value.strip() for name, value in zip(header, cells, strict=True)})
