"""Looking for values in files in every dress they may wear: plain in three encodings, base64, hex, and inside compressed streams."""

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_STREAM: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04")
_LARGEST: Final = 64 * 1024 * 1024
_DEEPEST: Final = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a file: which one (by number, never itself), in which dress, where."""

    file: str
    value: int
    dress: str


def dresses(value: str) -> Iterator[tuple[str, bytes]]:
    """The byte forms of a value. Base64 has three, by where the value begins; the outer letters that neighbours share are cut off."""
    plain = value.encode()
    yield "plain", plain
    yield "utf-16-le", value.encode("utf-16-le")
    yield "utf-16-be", value.encode("utf-16-be")
    yield "hex", plain.hex().encode()
    for shift in range(3):
        yield f"base64+{shift}", base64.b64encode(b"\0" * shift + plain)[(0, 2, 3)[shift] :].rstrip(b"=")[:-1]


def search(root: Path, values: Iterable[str]) -> list[Found]:
    """Every value found in any file under a folder, file names too."""
    wanted = [(number, dress, data) for number, value in enumerate(values) for dress, data in dresses(value)]
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        name = str(path.relative_to(root))
        hits = {(number, dress) for number, dress, form in wanted if form in name.encode()}
        for layer, content in _layers(data):
            hits |= {(number, layer + dress) for number, dress, form in wanted if form in content}
        found += [Found(name, number, dress) for number, dress in sorted(hits)]
    return found


def _layers(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves and what unfolds from every compressed stream that begins anywhere in them."""
    yield ("", data) if depth == 0 else ("compressed ", data)
    if depth == _DEEPEST:
        return
    for match in _STREAM.finditer(data):
        unfolded = _unfolded(data, match.start(), match.group())
        if len(unfolded) > 8:
            for _, inner in _layers(unfolded, depth + 1):
                yield "compressed ", inner


def _unfolded(data: bytes, start: int, mark: bytes) -> bytes:
    if mark == b"PK\x03\x04":  # a member of an archive: its deflated bytes follow the local header
        header = data[start : start + 30]
        if len(header) < 30:
            return b""
        start += 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        window = -zlib.MAX_WBITS
    else:
        window = zlib.MAX_WBITS | 32
    try:
        return zlib.decompressobj(window).decompress(data[start : start + _LARGEST], _LARGEST)
    except zlib.error:
        return b""


def proves_itself(scratch: Path, value: str) -> list[str]:
    """Plant a value in every dress, and give the dresses in which it was not found again; empty when the search can be trusted."""
    import gzip
    import io
    import zipfile

    scratch.mkdir(parents=True, exist_ok=True)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inside.txt", f"before {value} after" * 20)
    plain = f"before {value} after".encode()
    planted = {
        "plain": plain,
        "utf16le": f"before {value} after".encode("utf-16-le"),
        "utf16be": f"before {value} after".encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "base64-0": base64.b64encode(plain),
        "base64-1": base64.b64encode(b"x" + plain),
        "base64-2": base64.b64encode(b"xy" + plain),
        "zlib": b"junk" + zlib.compress(plain * 20) + b"junk",
        "gzip": b"junk" + gzip.compress(plain * 20),
        "zip": archive.getvalue(),
        "pdf": b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>> stream\n" + zlib.compress(plain * 20) + b"\nendstream endobj",
    }
    for name, content in planted.items():
        (scratch / name).write_bytes(content)
    seen = {found.file for found in search(scratch, [value])}
    return sorted(planted.keys() - seen)
