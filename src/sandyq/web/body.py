"""Reading a form's body: bounded while it streams in, files held in memory only.

The framework's own form reader spools a file of more than a megabyte to a temporary file in clear, which must not happen here
(design 13), and it counts parts but not their sizes. So bodies are read here: total, parts, each text and each file are bounded, and the
reading stops at the first byte too many.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import ClientException
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from sandyq.errors import SandyqError, TooLarge

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """In bytes, except `parts`."""

    total: int = 64 * 1024
    text: int = 8 * 1024
    file: int = 0  # no files
    parts: int = 200


@dataclass(frozen=True, slots=True)
class File:
    """One file part as it came."""

    name: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Body:
    """A form as sent: the last value of each name is kept, and `twice` names what came more than once."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)

    def add(self, name: str, value: str) -> None:
        if name in self.values:
            self.twice.add(name)
        self.values[name] = value

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()


async def read(request: Request[Any, Any, Any], bounds: Bounds) -> Body:
    """The form of this request. Raises TooLarge (which bound) or `bad_form` when it is not one."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bounds.total:
        raise TooLarge("body_too_large", limit=bounds.total)
    chunks = _bounded(request, bounds.total)
    try:
        if kind == "application/x-www-form-urlencoded":
            return _urlencoded(b"".join([c async for c in chunks]), bounds)
        if kind == "multipart/form-data" and options.get("boundary"):
            return await _multipart(chunks, options["boundary"], bounds)
    except (ParserError, UnicodeDecodeError, ValueError, LookupError):
        raise SandyqError("bad_form") from None
    raise SandyqError("bad_form")


async def _bounded(request: Request[Any, Any, Any], total: int) -> AsyncIterator[bytes]:
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > total:
                raise TooLarge("body_too_large", limit=total)
            yield chunk
    except ClientException:
        raise TooLarge("body_too_large", limit=total) from None


def _urlencoded(raw: bytes, bounds: Bounds) -> Body:
    body = Body()
    pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=bounds.parts)
    for name, value in pairs:
        if len(value.encode()) > bounds.text:
            raise TooLarge("text_too_large", limit=bounds.text)
        body.add(name, value)
    return body


async def _multipart(chunks: AsyncIterator[bytes], boundary: str, bounds: Bounds) -> Body:
    body, segment, data = Body(), None, bytearray()
    try:
        with PushMultipartParser(boundary, max_segment_size=max(bounds.file, bounds.text), max_segment_count=bounds.parts) as parser:
            async for chunk in chunks:
                for part in parser.parse(chunk):
                    if isinstance(part, MultipartSegment):
                        segment, data = part, bytearray()
                    elif part:
                        data += part
                        _check(segment, len(data), bounds)
                    elif segment is not None:
                        _take(body, segment, bytes(data))
                        segment, data = None, bytearray()
                if parser.closed:
                    break
    except ParserLimitReached:
        raise TooLarge("file_too_large", limit=bounds.file or bounds.text) from None
    return body


def _check(segment: MultipartSegment | None, size: int, bounds: Bounds) -> None:
    is_file = segment is not None and segment.filename is not None
    limit = bounds.file if is_file else bounds.text
    if size > limit:
        raise TooLarge("file_too_large" if is_file else "text_too_large", limit=limit)


def _take(body: Body, segment: MultipartSegment, data: bytes) -> None:
    if segment.filename is None:
        body.add(segment.name, data.decode("utf-8"))
    elif segment.filename or data:
        body.files[segment.name] = File(segment.filename, segment.content_type or "", data)
