"""Bodies, bounded while they stream in and held in memory alone: no file in clear ever reaches a disk (design 13)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from sandyq.errors import SandyqError, TooLarge

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """In bytes, except `parts`."""

    total: int = 64 * 1024
    text: int = 64 * 1024
    file: int = 0
    parts: int = 16


@dataclass(slots=True)
class Parts:
    """A `multipart/form-data` body: texts and the bytes of files by the name of their part."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def media_type(request: AnyRequest) -> tuple[str, dict[str, str]]:
    """The media type of a body and its parameters; empty where none is named."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    return str(kind), dict(options)


async def whole(request: AnyRequest, most: int) -> bytes:
    """All bytes of a body. Raises TooLarge."""
    return b"".join([chunk async for chunk in stream(request, most)])


async def stream(request: AnyRequest, most: int) -> AsyncIterator[bytes]:
    """The bytes of a body as they come. Raises TooLarge, before reading anything where the length is announced."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > most:
        raise TooLarge("body_too_large", limit=most)
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > most:
                raise TooLarge("body_too_large", limit=most)
            yield chunk
    except HTTPException:
        raise TooLarge("body_too_large", limit=most) from None


async def parts(request: AnyRequest, bounds: Bounds) -> Parts:
    """The parts of a multipart body. Raises TooLarge with the bound that was passed, `bad_form` when it is not one or a part comes twice."""
    kind, options = media_type(request)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise SandyqError("bad_form")
    found = Parts()
    try:
        await _parse(request, options["boundary"], bounds, found)
    except ParserLimitReached:
        raise TooLarge("file_too_large", limit=bounds.file) from None
    except (ParserError, UnicodeDecodeError, ValueError, LookupError):
        raise SandyqError("bad_form") from None
    return found


async def _parse(request: AnyRequest, boundary: str, bounds: Bounds, found: Parts) -> None:
    segment: MultipartSegment | None = None
    data = bytearray()
    with PushMultipartParser(boundary, max_segment_size=max(bounds.file, bounds.text), max_segment_count=bounds.parts) as parser:
        async for chunk in stream(request, bounds.total):
            for part in parser.parse(chunk):
                if isinstance(part, MultipartSegment):
                    segment, data = part, bytearray()
                elif part:
                    data += part
                    _check(segment, len(data), bounds)
                elif segment is not None:
                    _take(found, segment, bytes(data))
                    segment = None
            if parser.closed:
                return


def _check(segment: MultipartSegment | None, size: int, bounds: Bounds) -> None:
    is_file = segment is not None and segment.filename is not None
    limit = bounds.file if is_file else bounds.text
    if size > limit:
        raise TooLarge("file_too_large" if is_file else "text_too_large", limit=limit)


def _take(found: Parts, segment: MultipartSegment, data: bytes) -> None:
    home = found.texts if segment.filename is None else found.files
    if segment.name in found.texts or segment.name in found.files:
        raise SandyqError("bad_form")
    home[segment.name] = data
