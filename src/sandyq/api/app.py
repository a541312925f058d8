"""The API as a plain ASGI application, and as a route that another application mounts.

No framework stands between the server and an endpoint: an address is looked up in a table, the answer's headers are ready lists. That is a third
of the event loop's time per call (docs/benchmarks.md).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from litestar import asgi
from litestar.types import ControllerRouterHandler

from sandyq.api import contract, faults
from sandyq.api.door import Answer, Call, Door, Limits, language_of, problem_answer
from sandyq.api.routes import ENDPOINTS, PREFIX
from sandyq.app import Office
from sandyq.errors import SandyqError
from sandyq.http.incoming import Incoming, Receive, Scope, Send

_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
"""What every answer says unless it says otherwise itself."""
_PART: Final = re.compile(r"\{(\w+)(:path)?\}")
_SLASHES: Final = re.compile("/{2,}")
_NO_PARTS: Final[Mapping[str, str]] = {}
_encode: Final = msgspec.json.Encoder().encode

Run = Callable[[Call], Awaitable[Answer]]
Methods = dict[str, Run]


class Api:
    """The API of one office, under `prefix` where it stands beside pages."""

    def __init__(self, office: Office, limits: Limits | None = None, *, prefix: str = PREFIX) -> None:
        self._door = Door(office, limits or Limits())
        self._prefix = prefix
        self._fixed: dict[str, Methods] = {"/openapi.json": {"GET": _description()}}
        self._open: dict[str, tuple[re.Pattern[str], Methods]] = {}
        for endpoint in ENDPOINTS:
            if "{" in endpoint.path:
                shape = _PART.sub(lambda part: f"(?P<{part[1]}>{'.+' if part[2] else '[^/]+'})", endpoint.path)
                self._open.setdefault(shape, (re.compile(shape), {}))[1][endpoint.method] = endpoint.run
            else:
                self._fixed.setdefault(endpoint.path, {})[endpoint.method] = endpoint.run

    def serves(self, path: str) -> bool:
        """Whether an address is this API's to answer."""
        return path.startswith(self._prefix) and path[len(self._prefix) : len(self._prefix) + 1] in ("", "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        methods, params = self._find(scope["path"].removeprefix(self._prefix))
        request = Incoming(scope, receive, params)
        answer = await self._answer(request, scope["method"], methods)
        if isinstance(answer.body, Iterator):
            await _flow(answer, answer.body, send)
            return
        body = answer.body if isinstance(answer.body, bytes) else _encode(answer.body)
        await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer, len(body))})
        await send({"type": "http.response.body", "body": body})

    def _find(self, path: str) -> tuple[Methods, Mapping[str, str]]:
        """What stands at an address, by method; nothing where nothing does."""
        found = self._fixed.get(path)
        if found is not None:
            return found, _NO_PARTS
        plain = "/" + _SLASHES.sub("/", path).strip("/")
        for pattern, methods in self._open.values():
            if match := pattern.fullmatch(plain):
                return methods, match.groupdict()
        return self._fixed.get(plain, {}), _NO_PARTS

    async def _answer(self, request: Incoming, method: str, methods: Methods) -> Answer:
        try:
            run = methods.get(method)
            if run is not None:
                call = Call(self._door, request)
                self._door.admit(call)
                return await run(call)
            if not methods:
                raise SandyqError("no_such_route")
            allow = (("allow", ", ".join([*methods, "OPTIONS"])),)
            if method == "OPTIONS":
                return Answer(b"", 204, "", allow)
            language = language_of(request)
            answer = problem_answer(faults.problem(SandyqError("method_not_allowed"), language), language)
            return Answer(answer.body, answer.status, answer.media_type, (*answer.headers, *allow))
        except Exception as error:  # whatever it was, the caller gets a problem in words and no trace of ours
            language = language_of(request)
            return problem_answer(faults.problem(error, language), language)


def create(office: Office, limits: Limits | None = None, *, prefix: str = PREFIX) -> Api:
    """The API of one office under `prefix`."""
    return Api(office, limits, prefix=prefix)


def routes(office: Office, limits: Limits | None = None) -> Sequence[ControllerRouterHandler]:
    """The API for mounting beside pages: unknown addresses below it and wrong methods are answered here too, as problems and not as pages."""
    inner = create(office, limits, prefix="")

    @asgi(PREFIX, is_mount=True, include_in_schema=False, copy_scope=True)
    async def api(scope: Any, receive: Any, send: Any) -> None:
        await inner(scope, receive, send)

    return [api]


async def _flow(answer: Answer, pieces: Iterator[bytes], send: Send) -> None:
    """Send pieces while they are made, each in a thread: a file is read and unsealed meanwhile. One that fails breaks the connection off, visibly."""
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer, None)})
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@cache
def _description() -> Run:
    """The API's own description; made once, and the same for everybody."""
    raw = msgspec.json.format(_encode(contract.document()), indent=1)

    async def describe(call: Call) -> Answer:
        return Answer(raw, headers=(("cache-control", "public, max-age=300"),))

    return describe


def _headers(answer: Answer, length: int | None) -> list[tuple[bytes, bytes]]:
    """The headers of an answer: its own, and of those that every answer has what it does not set itself."""
    own = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    made = [*_HEADERS, *own]
    if own:
        said = {name for name, _ in own}
        made = [*(each for each in _HEADERS if each[0] not in said), *own]
    if answer.media_type:
        made.append((b"content-type", answer.media_type.encode()))
    if answer.status != 204 and length is not None:
        made.append((b"content-length", b"%d" % length))
    return made
