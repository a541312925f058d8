"""Bodies, bounded while they stream in and held in memory alone: no file in clear ever reaches a disk (design 13).

The framework's own form reader spools a file of more than a megabyte to a temporary file, and counts parts but not their sizes. So bodies are
read here: total, parts, each text and each file are bounded, and the reading stops at the first byte too many.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from sandyq.errors import SandyqError, TooLarge
from sandyq.http.incoming import Incoming

MEGABYTE = 1024 * 1024
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Bounds:
    """In bytes, except `parts`. `past`: how much of files over their bound is read on and thrown away, so that the rest of a form is not lost;
    with 0 such a file refuses the body."""

    total: int = 64 * 1024
    text: int = 64 * 1024
    file: int = 0
    parts: int = 16
    past: int = 0

    @property
    def stream(self) -> int:
        """What may come in all, with what is thrown away."""
        return self.total + self.past


@dataclass(frozen=True, slots=True)
class File:
    """One file part as it came; `over` when it passed the bound, and nothing of it was kept."""

    name: str
    media_type: str
    content: bytes
    over: bool = False


@dataclass(slots=True)
class Parts:
    """A `multipart/form-data` body: texts and the bytes of files by the name of their part."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """A form as a browser sent it: the last value of each name is kept, and `twice` names what came more than once."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """A value without the blanks around it, empty when it did not come."""
        return self.values.get(name, "").strip()

    def add(self, name: str, value: str) -> None:
        """One more value."""
        if name in self.values:
            self.twice.add(name)
        self.values[name] = value


def media_type(request: Incoming) -> tuple[str, dict[str, str]]:
    """The media type of a body and its parameters; empty where none is named."""
    given = request.header("content-type")
    if given == JSON:
        return JSON, {}
    kind, options = parse_options_header(given)
    return str(kind), dict(options)


async def whole(request: Incoming, most: int) -> bytes:
    """All bytes of a body. Raises TooLarge."""
    _announced(request, most)
    chunks, seen, more = [], 0, True
    while more:
        chunk, more = await request.chunk()
        seen += len(chunk)
        if seen > most:
            raise TooLarge("body_too_large", limit=most)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def stream(request: Incoming, most: int) -> AsyncIterator[bytes]:
    """The bytes of a body as they come. Raises TooLarge, before reading anything where the length is announced."""
    _announced(request, most)
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > most:
            raise TooLarge("body_too_large", limit=most)
        yield chunk


def _announced(request: Incoming, most: int) -> None:
    announced = request.header("content-length")
    if announced.isascii() and announced.isdigit() and int(announced) > most:
        raise TooLarge("body_too_large", limit=most)


async def parts(request: Incoming, bounds: Bounds) -> Parts:
    """The parts of a multipart body. Raises TooLarge with the bound that was passed, `bad_form` when it is not one or a part comes twice."""
    found = Parts()
    async for name, part in _each(request, bounds):
        if name in found.texts or name in found.files:
            raise SandyqError("bad_form")
        if isinstance(part, File):
            found.files[name] = part.content
        else:
            found.texts[name] = part
    return found


async def form(request: Incoming, bounds: Bounds) -> Form:
    """What the form of a page sent, with or without files. Raises TooLarge (which bound) or `bad_form` when it is not one."""
    if media_type(request)[0] == "application/x-www-form-urlencoded":
        return _urlencoded(await whole(request, bounds.total), bounds)
    found = Form()
    async for name, part in _each(request, bounds):
        if not isinstance(part, File):
            found.add(name, _decoded(part))
        elif part.name or part.content or part.over:
            if name in found.files:
                found.twice.add(name)
            found.files[name] = part
    return found


def _urlencoded(raw: bytes, bounds: Bounds) -> Form:
    found = Form()
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=bounds.parts)
    except ValueError:
        raise SandyqError("bad_form") from None
    for name, value in pairs:
        if len(value.encode()) > bounds.text:
            raise TooLarge("text_too_large", limit=bounds.text)
        found.add(name, value)
    return found


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise SandyqError("bad_form") from None


async def _each(request: Incoming, bounds: Bounds) -> AsyncIterator[tuple[str, bytes | File]]:
    """Each part of a multipart body with its name. Raises TooLarge, or `bad_form` when it is not one."""
    kind, options = media_type(request)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise SandyqError("bad_form")
    most = bounds.stream if bounds.past else max(bounds.file, bounds.text)
    part = _Part(bounds)
    try:
        with PushMultipartParser(options["boundary"], max_segment_size=most, max_segment_count=bounds.parts) as parser:
            async for chunk in stream(request, bounds.stream):
                for piece in parser.parse(chunk):
                    if isinstance(piece, MultipartSegment):
                        part.begin(piece)
                    elif piece:
                        part.add(piece)
                    elif part.segment is not None:
                        yield part.end()
                if parser.closed:
                    return
    except ParserLimitReached:
        raise TooLarge("file_too_large", limit=bounds.file or bounds.text) from None
    except (ParserError, UnicodeDecodeError, ValueError, LookupError):
        raise SandyqError("bad_form") from None


class _Part:
    """The part that is coming in."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._kept = 0  # bytes of all parts so far
        self._data = bytearray()
        self._over = False
        self.segment: MultipartSegment | None = None

    def begin(self, segment: MultipartSegment) -> None:
        self.segment, self._data, self._over = segment, bytearray(), False

    def add(self, piece: bytes | bytearray) -> None:
        bounds, is_file = self._bounds, self.segment is not None and self.segment.filename is not None
        if self._over:
            return
        self._data += piece
        size = len(self._data)
        if size <= (bounds.file if is_file else bounds.text) and self._kept + size <= bounds.total:
            return
        if not is_file:
            raise TooLarge("text_too_large", limit=bounds.text)
        if not bounds.past:
            raise TooLarge("file_too_large", limit=bounds.file)
        self._over, self._data = True, bytearray()

    def end(self) -> tuple[str, bytes | File]:
        segment, data = self.segment, bytes(self._data)
        self.segment, self._kept = None, self._kept + len(data)
        assert segment is not None
        name = str(segment.name)
        if segment.filename is None:
            return name, data
        return name, File(str(segment.filename), str(segment.content_type or ""), data, self._over)
