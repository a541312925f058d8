"""A scanner for planted values: in clear, in other encodings, in base64, compressed, inside PDF streams, and any of these inside another."""

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

LEAST = 6
"""Shorter patterns would be found by chance in sealed bytes."""
_DEPTH = 3
_MOST = 64 * 1024 * 1024
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
_STREAM = re.compile(rb"stream\r?\n")


def forms(value: str | bytes) -> dict[str, bytes]:
    """The byte patterns that a value leaves in the usual encodings, by name."""
    raw = value if isinstance(value, bytes) else value.encode()
    found = {"clear": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):  # base64 has three alignments; the characters at the borders depend on neighbours
        inner = base64.b64encode(b"\0" * shift + raw)
        first = (0, 2, 3)[shift]
        found[f"base64+{shift}"] = inner[first : len(inner) - (4 if (len(raw) + shift) % 3 else 0)]
        found[f"base64url+{shift}"] = found[f"base64+{shift}"].replace(b"+", b"-").replace(b"/", b"_")
    if isinstance(value, str):
        found["utf-16-le"], found["utf-16-be"] = value.encode("utf-16-le"), value.encode("utf-16-be")
        found["escaped"] = value.encode("unicode_escape")
        found["percent"] = quote(value).encode()
        if not value.isascii():
            found["cp1251"] = value.encode("cp1251", "ignore")
        if value.isdecimal():
            found["integer-be"] = int(value).to_bytes(8, "big").lstrip(b"\0")
    return {name: pattern for name, pattern in found.items() if len(pattern) >= (5 if name == "integer-be" else LEAST)}


class Scanner:
    """Knows what was planted and finds it in bytes, files and folders."""

    def __init__(self, planted: Iterable[str | bytes]) -> None:
        self.patterns = [(value, name, pattern) for value in planted for name, pattern in forms(value).items()]

    def find(self, data: bytes, depth: int = _DEPTH) -> set[tuple[str | bytes, str]]:
        """(value, form) of everything found."""
        found = {(value, name) for value, name, pattern in self.patterns if pattern in data}
        if depth:
            for inner in unpacked(data):
                found |= {(value, f"packed {name}") for value, name in self.find(inner, depth - 1)}
        return found

    def files(self, folder: Path) -> dict[str, set[tuple[str | bytes, str]]]:
        """By path, what was found in each file of a folder, their names too."""
        found = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                hits = self.find(path.read_bytes()) | self.find(path.name.encode(), 0)
                if hits:
                    found[path.relative_to(folder).as_posix()] = hits
        return found


def unpacked(data: bytes) -> Iterator[bytes]:
    """Everything inside that can be decompressed: gzip, zlib, members of a zip, streams of a PDF, and what base64 hides of these."""
    for match in _PACKED.finditer(data):
        start = match.start()
        if match[0].startswith(b"PK"):
            header = data[start : start + 30]
            names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            yield from _inflate(data, start + 30 + names, -15)
        else:
            yield from _inflate(data, start, 47)
    for match in _STREAM.finditer(data):
        yield from _inflate(data, match.end(), 15)
    for match in re.finditer(rb"[A-Za-z0-9+/]{64,}={0,2}", data):
        text = match[0]
        for start in (b"H4sI", b"eJ", b"eN"):
            at = text.find(start)
            if at >= 0:
                yield base64.b64decode(text[at : at + (len(text) - at) // 4 * 4], validate=False)


def _inflate(data: bytes, start: int, bits: int) -> Iterator[bytes]:
    try:
        inner = zlib.decompressobj(bits).decompress(data[start : start + _MOST], _MOST)
    except zlib.error:
        return
    if len(inner) >= LEAST:
        yield inner
